//! The audit log: who did what that matters.

use kontor_protocol::{MemberId, OrgId};
use kontor_sqlite::Migration;
use rusqlite::{Connection, params};

use super::super::rows::KeptAudit;
use super::super::{AuditEntry, Result};
use super::convert::{Id, limit};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 audit",
    sql: "CREATE TABLE audit (
      org_id BLOB NOT NULL REFERENCES org (org_id),
      line INTEGER NOT NULL,      -- from 1, in each organisation
      at TEXT NOT NULL,
      member_id BLOB,             -- NULL: the command line on the server
      action TEXT NOT NULL,
      detail TEXT NOT NULL,
      PRIMARY KEY (org_id, line)
    ) STRICT, WITHOUT ROWID",
};

pub(super) fn add(tx: &Connection, entry: &AuditEntry) -> Result<()> {
    insert(tx, entry.org, &KeptAudit::new(entry))
}

pub(super) fn insert(tx: &Connection, org: OrgId, row: &KeptAudit) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO audit (org_id, line, at, member_id, action, detail)
         SELECT ?1, COALESCE(MAX(line), 0) + 1, ?2, ?3, ?4, ?5 FROM audit WHERE org_id = ?1",
    )?
    .execute(params![
        Id::from(org),
        row.at,
        row.member.map(Id::from),
        row.action,
        row.detail,
    ])?;
    Ok(())
}

pub(super) fn newest(conn: &Connection, org: OrgId, count: usize) -> Result<Vec<AuditEntry>> {
    let order = "ORDER BY line DESC LIMIT ?2";
    list(conn, org, order, limit(count))?
        .into_iter()
        .map(|row| row.read(org))
        .collect()
}

/// For a backup, in order.
pub(super) fn kept(conn: &Connection, org: OrgId) -> Result<Vec<KeptAudit>> {
    list(conn, org, "ORDER BY line LIMIT ?2", -1)
}

fn list(conn: &Connection, org: OrgId, order: &str, count: i64) -> Result<Vec<KeptAudit>> {
    let mut rows = conn.prepare_cached(&format!(
        "SELECT at, member_id, action, detail FROM audit WHERE org_id = ?1 {order}"
    ))?;
    let rows = rows.query_map(params![Id::from(org), count], |row| {
        Ok(KeptAudit {
            at: row.get(0)?,
            member: row.get::<_, Option<Id>>(1)?.map(|id| MemberId(id.0)),
            action: row.get(2)?,
            detail: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
