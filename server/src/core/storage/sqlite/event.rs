//! Events, numbered without gaps in each organisation.

use kontor_protocol::{DeviceId, Event, MemberId, OpId, OrgId};
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::numbering::{Known, Standing, no_org, number};
use super::super::rows::{KeptEvent, read_events};
use super::super::{Appended, Incoming, Result};
use super::convert::{Count, Id, limit};

/// No foreign keys: `append` finds its organisation anyway, authors come from tokens, and `check` looks at them all.
pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 event",
    sql: "CREATE TABLE event (
      org_id BLOB NOT NULL,
      seq INTEGER NOT NULL,
      op_id BLOB NOT NULL CHECK (length(op_id) = 16),
      member_id BLOB NOT NULL,
      device_id BLOB NOT NULL,     -- zeros: the server itself
      accepted_at TEXT NOT NULL,
      occurred_at TEXT NOT NULL,   -- as summed
      subject TEXT NOT NULL,
      body TEXT NOT NULL,          -- JSON, as summed
      checksum TEXT NOT NULL,
      PRIMARY KEY (org_id, seq)
    ) STRICT;
    CREATE UNIQUE INDEX event_op ON event (org_id, op_id)",
};

/// Which fields are critical is the admins' to say, and the event's to tell.
pub(super) const POLICY_MIGRATION: Migration = Migration {
    name: "2026-11-22 event policy",
    sql: "ALTER TABLE event ADD COLUMN policy TEXT;        -- where it is not the field's standard one
          ALTER TABLE org ADD COLUMN critical_fields TEXT",
};

const COLUMNS: &str =
    "seq, op_id, member_id, device_id, accepted_at, occurred_at, subject, body, checksum, policy";

/// Answers for each operation, and the new head where something was new.
pub(super) fn append(
    tx: &Connection,
    org: OrgId,
    batch: &[Incoming],
) -> Result<(Vec<Appended>, Option<u64>)> {
    let id = Id::from(org);
    let before = tx
        .prepare_cached("SELECT head, critical_fields FROM org WHERE org_id = ?1")?
        .query_row([id], |row| {
            Ok(Standing {
                head: row.get::<_, Count>(0)?.0,
                critical: row.get(1)?,
            })
        })
        .optional()?
        .ok_or_else(|| no_org(org))?;
    let mut known = Known::new();
    let mut find =
        tx.prepare_cached("SELECT seq, checksum FROM event WHERE org_id = ?1 AND op_id = ?2")?;
    for incoming in batch {
        let op = incoming.op.op_id;
        let found = find
            .query_row(params![id, Id(op.0)], |row| {
                Ok((row.get::<_, Count>(0)?.0, row.get(1)?))
            })
            .optional()?;
        known.extend(found.map(|found| (op, found)));
    }
    let numbered = number(batch, known, before);
    if numbered.rows.is_empty() {
        return Ok((numbered.answers, None));
    }
    for row in &numbered.rows {
        insert(tx, org, row)?;
    }
    let after = numbered.after;
    tx.prepare_cached("UPDATE org SET head = ?2, critical_fields = ?3 WHERE org_id = ?1")?
        .execute(params![id, Count(after.head), after.critical])?;
    Ok((numbered.answers, Some(after.head)))
}

pub(super) fn insert(tx: &Connection, org: OrgId, row: &KeptEvent) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO event (org_id, seq, op_id, member_id, device_id, accepted_at, occurred_at, subject, body, checksum, policy)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        Id::from(org),
        Count(row.seq),
        Id(row.op_id.0),
        Id::from(row.member),
        Id(row.device.0),
        row.accepted_at,
        row.occurred_at,
        row.subject,
        row.body,
        row.checksum,
        row.policy,
    ])?;
    Ok(())
}

pub(super) fn after(conn: &Connection, org: OrgId, after: u64, count: usize) -> Result<Vec<Event>> {
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM event WHERE org_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3"
    ))?;
    let rows = rows.query_map(params![Id::from(org), Count(after), limit(count)], read)?;
    let kept: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
    read_events(after, &kept)
}

/// Hands every event of the organisation to `each`, in order.
pub(super) fn each(
    conn: &Connection,
    org: OrgId,
    mut each: impl FnMut(KeptEvent) -> Result<()>,
) -> Result<()> {
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM event WHERE org_id = ?1 ORDER BY seq"
    ))?;
    for row in rows.query_map([Id::from(org)], read)? {
        each(row?)?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeptEvent> {
    Ok(KeptEvent {
        seq: row.get::<_, Count>(0)?.0,
        op_id: OpId(row.get::<_, Id>(1)?.0),
        member: MemberId(row.get::<_, Id>(2)?.0),
        device: DeviceId(row.get::<_, Id>(3)?.0),
        accepted_at: row.get(4)?,
        occurred_at: row.get(5)?,
        subject: row.get(6)?,
        body: row.get(7)?,
        checksum: row.get(8)?,
        policy: row.get(9)?,
    })
}
