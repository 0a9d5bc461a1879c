//! Replies that are being written or were left unsent, so that a server that starts anew still tells of them.
//!
//! There is one node, so nothing else of presence is worth a row: a desk that is here says so again. All of it is in
//! memory as well, because a caret moves several times a second and hardly ever changes what is written on. Nothing here
//! is worth a wait for the disk, and none of it is in a backup.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use kontor_protocol::{Availability, DeviceId, MemberId, OrgId, Presence, Subject};
use kontor_sqlite::{Database, Lane, Migration};
use rusqlite::{Connection, params};

use super::super::desks::{DeskChange, OtherDesk};
use super::super::{Result, StorageError, blocking};
use super::convert::Id;
use crate::core::presence::INTENT;

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 unsent",
    sql: "CREATE TABLE unsent (
      org_id BLOB NOT NULL,
      device_id BLOB NOT NULL,
      member_id BLOB NOT NULL,
      subject TEXT NOT NULL,      -- what the reply is to
      told_at INTEGER NOT NULL,   -- milliseconds since 1970: begun, or left
      PRIMARY KEY (org_id, device_id)
    ) STRICT, WITHOUT ROWID",
};

/// A reply somebody writes, or wrote before they went.
#[derive(Clone, Debug)]
struct Reply {
    member: MemberId,
    on: Subject,
    at: Timestamp,
    /// Nobody sits there any more.
    left: bool,
}

type Replies = BTreeMap<DeviceId, Reply>;

/// What lies in the table.
#[derive(Debug, Default)]
pub(super) struct Unsent(Mutex<BTreeMap<OrgId, Replies>>);

impl Unsent {
    /// Notes what changed at desks. One caller an organisation at a time.
    pub(super) async fn share(
        &self,
        db: &Database,
        org: OrgId,
        changes: &[DeskChange],
    ) -> Result<()> {
        let mut replies = self.of(db, org).await?;
        let mut moved = BTreeMap::new();
        for change in changes {
            if let Some((device, reply)) = apply(&mut replies, change) {
                moved.insert(device, reply);
            }
        }
        if moved.is_empty() {
            return Ok(());
        }
        db.write(Lane::Prompt, move |tx| keep(tx, org, moved))
            .await?;
        self.lock().insert(org, replies);
        Ok(())
    }

    /// What was left unsent within a day.
    pub(super) async fn left(
        &self,
        db: &Database,
        org: OrgId,
        now: Timestamp,
    ) -> Result<Vec<OtherDesk>> {
        let replies = self.of(db, org).await?;
        let fresh = |reply: &Reply| reply.left && now.duration_since(reply.at) < INTENT;
        let desk = |(device, reply): (DeviceId, Reply)| OtherDesk {
            member: reply.member,
            device,
            left_at: Some(reply.at),
            word: Some((
                reply.at,
                Presence {
                    state: Availability::Offline,
                    viewing: None,
                    writing: Some(reply.on),
                    caret: None,
                },
            )),
        };
        Ok(replies
            .into_iter()
            .filter(|(_, r)| fresh(r))
            .map(desk)
            .collect())
    }

    /// An organisation's replies; those of a program that ran before were left when they were last told of.
    async fn of(&self, db: &Database, org: OrgId) -> Result<Replies> {
        if let Some(known) = self.lock().get(&org) {
            return Ok(known.clone());
        }
        let db = db.clone();
        let read = blocking(move || db.read(|c| read(c, org))).await?;
        Ok(self.lock().entry(org).or_insert(read).clone())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<OrgId, Replies>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a change in; returns the device whose row changes, and to what.
fn apply(replies: &mut Replies, change: &DeskChange) -> Option<(DeviceId, Option<Reply>)> {
    let (device, reply) = match change {
        DeskChange::Here { word: None, .. } | DeskChange::Gone { left_at: None, .. } => {
            return None;
        }
        DeskChange::Here {
            member,
            device,
            word: Some((at, word)),
            ..
        } => {
            let known = replies.get(device);
            let same =
                known.map(|r| (&r.on, r.left)) == word.writing.as_ref().map(|on| (on, false));
            if same {
                return None;
            }
            let reply = word.writing.clone().map(|on| Reply {
                member: *member,
                on,
                at: *at,
                left: false,
            });
            (*device, reply)
        }
        DeskChange::Gone {
            device,
            left_at: Some(at),
            ..
        } => {
            let known = replies.get(device)?.clone();
            let reply = Reply {
                at: *at,
                left: true,
                ..known
            };
            (*device, Some(reply))
        }
    };
    match reply.clone() {
        Some(reply) => replies.insert(device, reply),
        None => replies.remove(&device),
    };
    Some((device, reply))
}

fn keep(tx: &Connection, org: OrgId, moved: BTreeMap<DeviceId, Option<Reply>>) -> Result<()> {
    for (device, reply) in moved {
        let device = Id(device.0);
        let Some(reply) = reply else {
            tx.prepare_cached("DELETE FROM unsent WHERE org_id = ?1 AND device_id = ?2")?
                .execute(params![Id::from(org), device])?;
            continue;
        };
        tx.prepare_cached(
            "INSERT INTO unsent (org_id, device_id, member_id, subject, told_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (org_id, device_id) DO UPDATE
             SET member_id = excluded.member_id, subject = excluded.subject, told_at = excluded.told_at",
        )?
        .execute(params![
            Id::from(org),
            device,
            Id::from(reply.member),
            reply.on.to_string(),
            reply.at.as_millisecond()
        ])?;
        // A day after anything was told of them they are nobody's any more.
        let old = reply.at.as_millisecond().saturating_sub(milliseconds());
        tx.prepare_cached("DELETE FROM unsent WHERE org_id = ?1 AND told_at <= ?2")?
            .execute(params![Id::from(org), old])?;
    }
    Ok(())
}

fn milliseconds() -> i64 {
    i64::try_from(INTENT.as_millis()).unwrap_or(i64::MAX)
}

fn read(conn: &Connection, org: OrgId) -> Result<Replies> {
    let mut statement = conn.prepare_cached(
        "SELECT device_id, member_id, subject, told_at FROM unsent WHERE org_id = ?1",
    )?;
    let mut rows = statement.query([Id::from(org)])?;
    let mut replies = Replies::new();
    while let Some(row) = rows.next()? {
        let (device, member): (Id, Id) = (row.get(0)?, row.get(1)?);
        let (subject, at): (String, i64) = (row.get(2)?, row.get(3)?);
        let damaged = |e: &dyn std::fmt::Display| {
            StorageError::Damaged(format!("a reply left unsent cannot be read: {e}"))
        };
        let reply = Reply {
            member: MemberId(member.0),
            on: subject.parse().map_err(|e| damaged(&e))?,
            at: Timestamp::from_millisecond(at).map_err(|e| damaged(&e))?,
            left: true,
        };
        replies.insert(DeviceId(device.0), reply);
    }
    Ok(replies)
}
