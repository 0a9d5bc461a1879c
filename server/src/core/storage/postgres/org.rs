//! Organisations.

use kontor_protocol::OrgId;
use sqlx::{PgConnection, PgPool};

use super::super::numbering::{Standing, first_admin, membership, no_org};
use super::super::rows::{KeptOrg, new_epoch};
use super::super::{NewOrg, OrgRow, Result, StorageError};
use super::convert::{count, id, number};
use super::migration::{LOCK, Migration, guarded};
use super::{Scope, begin, enter, event, member};

/// Names are kept apart by `create` under a lock: a unique index could not be sharded by `org_id`.
pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 org",
    sql: guarded!(
        "org",
        "CREATE TABLE org (
          org_id UUID PRIMARY KEY,
          name TEXT NOT NULL,
          thread_key TEXT NOT NULL,
          epoch TEXT NOT NULL,             -- the life of these numbers: another after a restore
          head BIGINT NOT NULL DEFAULT 0,  -- the last seq of its events
          created_at TEXT NOT NULL
        )"
    ),
};

type Raw = (String, String, String, String, i64);

const COLUMNS: &str = "org_id::text, name, thread_key, epoch, head";

/// Answers the head after the admin's arrival.
pub(super) async fn create(tx: &mut PgConnection, new: &NewOrg) -> Result<Option<u64>> {
    lock_all(tx).await?;
    let org = KeptOrg::new(new);
    let taken: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM org WHERE name = $1)")
        .bind(&org.name)
        .fetch_one(&mut *tx)
        .await?;
    if taken {
        return Err(StorageError::Taken);
    }
    enter(tx, Scope::Org(new.id)).await?;
    insert(tx, &org).await?;
    let admin = first_admin(new);
    member::insert(tx, new.id, &admin, &new.password, new.now).await?;
    let arrival = membership(new.id, &admin, new.now)?;
    Ok(event::append(tx, new.id, &[arrival]).await?.1)
}

/// Until the transaction ends nobody else makes an organisation.
pub(super) async fn lock_all(tx: &mut PgConnection) -> Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(tx)
        .await?;
    Ok(())
}

/// Until the transaction ends nobody else writes events or members of this organisation. Answers where it stands.
pub(super) async fn lock(tx: &mut PgConnection, org: OrgId) -> Result<Standing> {
    let found: Option<(i64, Option<String>)> =
        sqlx::query_as("SELECT head, critical_fields FROM org WHERE org_id = $1::uuid FOR UPDATE")
            .bind(org.to_string())
            .fetch_optional(tx)
            .await?;
    let (head, critical) = found.ok_or_else(|| no_org(org))?;
    Ok(Standing {
        head: count(head),
        critical,
    })
}

/// With an epoch of its own.
pub(super) async fn insert(tx: &mut PgConnection, org: &KeptOrg) -> Result<()> {
    sqlx::query(
        "INSERT INTO org (org_id, name, thread_key, epoch, head, created_at, critical_fields)
         VALUES ($1::uuid, $2, $3, $4, $5, $6, $7)",
    )
    .bind(org.id.to_string())
    .bind(&org.name)
    .bind(&org.thread_key)
    .bind(new_epoch())
    .bind(number(org.head))
    .bind(&org.created_at)
    .bind(&org.critical_fields)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn get(tx: &mut PgConnection, org: OrgId) -> Result<Option<OrgRow>> {
    let raw: Option<Raw> = sqlx::query_as(&format!(
        "SELECT {COLUMNS} FROM org WHERE org_id = $1::uuid"
    ))
    .bind(org.to_string())
    .fetch_optional(tx)
    .await?;
    raw.map(read).transpose()
}

/// By name, in the order of bytes as in SQLite.
pub(super) async fn all(tx: &mut PgConnection) -> Result<Vec<OrgRow>> {
    let raw: Vec<Raw> = sqlx::query_as(&format!(
        "SELECT {COLUMNS} FROM org ORDER BY name COLLATE \"C\""
    ))
    .fetch_all(tx)
    .await?;
    raw.into_iter().map(read).collect()
}

pub(super) async fn heads(pool: &PgPool) -> Result<Vec<(OrgId, u64)>> {
    let mut tx = begin(pool, Scope::System).await?;
    let raw: Vec<(String, i64)> = sqlx::query_as("SELECT org_id::text, head FROM org")
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    raw.into_iter()
        .map(|(org, head)| Ok((id(&org)?, count(head))))
        .collect()
}

/// For a backup and a check, by id.
pub(super) async fn kept(tx: &mut PgConnection) -> Result<Vec<KeptOrg>> {
    let raw: Vec<(String, String, String, String, i64, Option<String>)> = sqlx::query_as(
        "SELECT org_id::text, name, thread_key, created_at, head, critical_fields FROM org ORDER BY org_id",
    )
    .fetch_all(tx)
    .await?;
    raw.into_iter()
        .map(
            |(org, name, thread_key, created_at, head, critical_fields)| {
                Ok(KeptOrg {
                    id: id(&org)?,
                    name,
                    thread_key,
                    head: count(head),
                    created_at,
                    critical_fields,
                })
            },
        )
        .collect()
}

fn read((org, name, thread_key, epoch, head): Raw) -> Result<OrgRow> {
    Ok(OrgRow {
        id: id(&org)?,
        name,
        thread_key,
        epoch,
        head: count(head),
    })
}
