//! Who is at their desks on which node. A node says every few seconds that it lives; the desks of one that does not are
//! gone, and what was being written there is left unsent.
//!
//! Nothing here is worth a wait for the disk: after a crash of the database the nodes tell everything again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kontor_protocol::{DeviceId, OrgId, Presence};
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::desks::{DeskChange, OtherDesk};
use super::super::{Result, StorageError};
use super::convert::{id, number};
use super::migration::{Migration, guarded};
use super::slip::NOBODYS;

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 presence",
    sql: guarded!(
        "presence",
        "CREATE TABLE presence (
          org_id UUID NOT NULL,
          device_id UUID NOT NULL,
          node_id UUID NOT NULL,
          session BIGINT NOT NULL,    -- counted by the node
          member_id UUID NOT NULL,
          word TEXT,                  -- JSON, as the desk said it
          said_at BIGINT,             -- milliseconds since 1970
          writing BOOLEAN NOT NULL,
          left_at BIGINT,             -- milliseconds since 1970; with a reply unsent
          PRIMARY KEY (org_id, device_id, node_id, session)
        )"
    ),
};

pub(super) const NODES: Migration = Migration {
    name: "2026-11-22 node",
    sql: guarded!(
        "node",
        "CREATE TABLE node (
          org_id UUID NOT NULL,       -- nobody's: zeros
          node_id UUID NOT NULL,      -- another one at each start
          alive_at TIMESTAMPTZ NOT NULL,
          PRIMARY KEY (org_id, node_id)
        )"
    ),
};

/// How long a node may be silent; it speaks every three seconds.
const SILENCE_SECONDS: i32 = 12;
/// How long what was left unsent is told, as [`crate::core::presence::INTENT`].
const LEFT_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Says that this node lives. True where the others may have given it up. The transaction is nobody's.
pub(super) async fn keep_alive(tx: &mut PgConnection, node: Uuid) -> Result<bool> {
    lightly(tx).await?;
    let given_up: Option<bool> = sqlx::query_scalar(
        "SELECT alive_at < now() - make_interval(secs => $3) FROM node
         WHERE org_id = $1::uuid AND node_id = $2::uuid",
    )
    .bind(NOBODYS.to_string())
    .bind(node.to_string())
    .bind(f64::from(SILENCE_SECONDS))
    .fetch_optional(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO node (org_id, node_id, alive_at) VALUES ($1::uuid, $2::uuid, now())
         ON CONFLICT (org_id, node_id) DO UPDATE SET alive_at = now()",
    )
    .bind(NOBODYS.to_string())
    .bind(node.to_string())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "DELETE FROM node WHERE org_id = $1::uuid AND alive_at < now() - interval '25 hours'",
    )
    .bind(NOBODYS.to_string())
    .execute(tx)
    .await?;
    Ok(given_up.unwrap_or(false))
}

/// The nodes that spoke lately, true, and those that spoke once, false; with when. The transaction is the system's.
pub(super) async fn nodes(tx: &mut PgConnection) -> Result<BTreeMap<String, (bool, i64)>> {
    let raw: Vec<(String, bool, i64)> = sqlx::query_as(
        "SELECT node_id::text, alive_at >= now() - make_interval(secs => $2),
                (extract(epoch FROM alive_at) * 1000)::bigint
         FROM node WHERE org_id = $1::uuid",
    )
    .bind(NOBODYS.to_string())
    .bind(f64::from(SILENCE_SECONDS))
    .fetch_all(tx)
    .await?;
    let pair = |(node, alive, at)| (node, (alive, at));
    Ok(raw.into_iter().map(pair).collect())
}

/// Writes what changed at desks of this node. The transaction is the organisation's, as below.
pub(super) async fn share(
    tx: &mut PgConnection,
    org: OrgId,
    node: Uuid,
    changes: &[DeskChange],
) -> Result<()> {
    lightly(tx).await?;
    for change in changes {
        match change {
            DeskChange::Here {
                session,
                member,
                device,
                word,
            } => {
                if word.is_some() {
                    forget_left(tx, org, *device).await?;
                }
                let (text, said_at, writing) = kept(word.as_ref());
                sqlx::query(
                    "INSERT INTO presence (org_id, device_id, node_id, session, member_id, word, said_at, writing)
                     VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5::uuid, $6, $7, $8)
                     ON CONFLICT (org_id, device_id, node_id, session) DO UPDATE
                     SET word = excluded.word, said_at = excluded.said_at, writing = excluded.writing, left_at = NULL",
                )
                .bind(org.to_string())
                .bind(device.to_string())
                .bind(node.to_string())
                .bind(number(*session))
                .bind(member.to_string())
                .bind(text)
                .bind(said_at)
                .bind(writing)
                .execute(&mut *tx)
                .await?;
            }
            DeskChange::Gone {
                session,
                device,
                left_at,
            } => {
                let sql = match left_at {
                    Some(_) => {
                        "UPDATE presence SET left_at = $5 WHERE org_id = $1::uuid AND device_id = $2::uuid
                         AND node_id = $3::uuid AND session = $4"
                    }
                    None => {
                        "DELETE FROM presence WHERE org_id = $1::uuid AND device_id = $2::uuid
                         AND node_id = $3::uuid AND session = $4 AND $5::bigint IS NULL"
                    }
                };
                sqlx::query(sql)
                    .bind(org.to_string())
                    .bind(device.to_string())
                    .bind(node.to_string())
                    .bind(number(*session))
                    .bind(left_at.map(Timestamp::as_millisecond))
                    .execute(&mut *tx)
                    .await?;
            }
        }
    }
    Ok(())
}

type Raw = (
    String,
    String,
    String,
    Option<String>,
    Option<i64>,
    bool,
    Option<i64>,
);

/// The desks of other nodes that live, and what was left unsent anywhere; what lies around of dead nodes is put in order.
pub(super) async fn others(
    tx: &mut PgConnection,
    org: OrgId,
    own: Uuid,
    nodes: &BTreeMap<String, (bool, i64)>,
    now: Timestamp,
) -> Result<Vec<OtherDesk>> {
    let own = own.to_string();
    let now = now.as_millisecond();
    let rows: Vec<Raw> = sqlx::query_as(
        "SELECT device_id::text, node_id::text, member_id::text, word, said_at, writing, left_at
         FROM presence WHERE org_id = $1::uuid AND (node_id <> $2::uuid OR left_at IS NOT NULL)",
    )
    .bind(org.to_string())
    .bind(&own)
    .fetch_all(&mut *tx)
    .await?;
    let (mut others, mut stale) = (Vec::new(), false);
    for (device, node, member, word, said_at, writing, left_at) in rows {
        let (alive, spoke_at) = nodes
            .get(&node)
            .copied()
            .unwrap_or((node == own, if node == own { now } else { 0 }));
        let left_at = match (left_at, alive) {
            (None, false) if !writing => {
                stale = true;
                continue;
            }
            (None, false) => {
                stale = true;
                Some(spoke_at)
            }
            (left_at, _) => left_at,
        };
        if left_at.is_some_and(|at| now.saturating_sub(at) >= LEFT_MILLIS) {
            stale = true;
            continue;
        }
        others.push(OtherDesk {
            member: id(&member)?,
            device: id(&device)?,
            word: read(word, said_at)?,
            left_at: left_at.map(instant).transpose()?,
        });
    }
    if stale {
        bury(tx, org, nodes, now).await?;
    }
    Ok(others)
}

/// The desks of dead nodes are gone, those with a reply unsent since their node last spoke.
async fn bury(
    tx: &mut PgConnection,
    org: OrgId,
    nodes: &BTreeMap<String, (bool, i64)>,
    now: i64,
) -> Result<()> {
    lightly(tx).await?;
    let living = |(node, (alive, _)): (&String, &(bool, i64))| alive.then(|| node.clone());
    let living: Vec<String> = nodes.iter().filter_map(living).collect();
    let known: Vec<String> = nodes.keys().cloned().collect();
    sqlx::query(
        "DELETE FROM presence WHERE org_id = $1::uuid
         AND (left_at <= $4 OR left_at IS NULL AND
              (node_id::text <> ALL($3) OR NOT writing AND node_id::text <> ALL($2)))",
    )
    .bind(org.to_string())
    .bind(&living)
    .bind(&known)
    .bind(now.saturating_sub(LEFT_MILLIS))
    .execute(&mut *tx)
    .await?;
    for (node, (_, spoke_at)) in nodes.iter().filter(|(_, (alive, _))| !alive) {
        sqlx::query(
            "UPDATE presence SET left_at = $3
             WHERE org_id = $1::uuid AND node_id = $2::uuid AND left_at IS NULL AND writing",
        )
        .bind(org.to_string())
        .bind(node)
        .bind(spoke_at)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Somebody speaks from this device again: nothing is left there but what they say.
async fn forget_left(tx: &mut PgConnection, org: OrgId, device: DeviceId) -> Result<()> {
    sqlx::query(
        "DELETE FROM presence
         WHERE org_id = $1::uuid AND device_id = $2::uuid AND left_at IS NOT NULL",
    )
    .bind(org.to_string())
    .bind(device.to_string())
    .execute(tx)
    .await?;
    Ok(())
}

/// The transaction's end does not wait for the disk.
async fn lightly(tx: &mut PgConnection) -> Result<()> {
    sqlx::query("SET LOCAL synchronous_commit = off")
        .execute(tx)
        .await?;
    Ok(())
}

fn kept(word: Option<&(Timestamp, Presence)>) -> (Option<String>, Option<i64>, bool) {
    let Some((at, word)) = word else {
        return (None, None, false);
    };
    // Words and ids only: there is nothing serde_json could refuse.
    let text = serde_json::to_string(word).ok();
    (text, Some(at.as_millisecond()), word.writing.is_some())
}

fn read(word: Option<String>, said_at: Option<i64>) -> Result<Option<(Timestamp, Presence)>> {
    let Some((word, at)) = word.zip(said_at) else {
        return Ok(None);
    };
    let word = serde_json::from_str(&word)
        .map_err(|e| StorageError::Damaged(format!("a word of presence cannot be read: {e}")))?;
    Ok(Some((instant(at)?, word)))
}

fn instant(millis: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(millis)
        .map_err(|e| StorageError::Damaged(format!("{millis} stands where a time should: {e}")))
}
