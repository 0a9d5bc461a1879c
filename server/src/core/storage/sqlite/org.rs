//! Organisations.

use kontor_protocol::OrgId;
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::numbering::{first_admin, membership};
use super::super::rows::{KeptOrg, new_epoch};
use super::super::{NewOrg, OrgRow, Result, StorageError};
use super::convert::{Count, Id};
use super::{event, member};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 org",
    sql: "CREATE TABLE org (
      org_id BLOB NOT NULL PRIMARY KEY CHECK (length(org_id) = 16),
      name TEXT NOT NULL UNIQUE,
      thread_key TEXT NOT NULL,
      epoch TEXT NOT NULL,              -- the life of these numbers: another after a restore
      head INTEGER NOT NULL DEFAULT 0,  -- the last seq of its events
      created_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID",
};

const COLUMNS: &str = "org_id, name, thread_key, epoch, head";

/// Answers the head after the admin's arrival.
pub(super) fn create(tx: &Connection, new: &NewOrg) -> Result<Option<u64>> {
    let mut taken = tx.prepare_cached("SELECT 1 FROM org WHERE name = ?1")?;
    if taken.exists([&new.name])? {
        return Err(StorageError::Taken);
    }
    insert(tx, &KeptOrg::new(new))?;
    let admin = first_admin(new);
    member::insert(tx, new.id, &admin, &new.password, new.now)?;
    let arrival = membership(new.id, &admin, new.now)?;
    Ok(event::append(tx, new.id, &[arrival])?.1)
}

/// With an epoch of its own.
pub(super) fn insert(tx: &Connection, org: &KeptOrg) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO org (org_id, name, thread_key, epoch, head, created_at, critical_fields)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        Id::from(org.id),
        org.name,
        org.thread_key,
        new_epoch(),
        Count(org.head),
        org.created_at,
        org.critical_fields,
    ])?;
    Ok(())
}

pub(super) fn get(conn: &Connection, org: OrgId) -> Result<Option<OrgRow>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM org WHERE org_id = ?1"))?
        .query_row([Id::from(org)], read)
        .optional()?)
}

pub(super) fn all(conn: &Connection) -> Result<Vec<OrgRow>> {
    let mut rows = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM org ORDER BY name"))?;
    let rows = rows.query_map([], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn heads(conn: &Connection) -> Result<Vec<(OrgId, u64)>> {
    Ok(all(conn)?.into_iter().map(|o| (o.id, o.head)).collect())
}

/// For a backup and a check, by id.
pub(super) fn kept(conn: &Connection) -> Result<Vec<KeptOrg>> {
    let mut rows = conn.prepare_cached(
        "SELECT org_id, name, thread_key, head, created_at, critical_fields FROM org ORDER BY org_id",
    )?;
    let rows = rows.query_map([], |row| {
        Ok(KeptOrg {
            id: OrgId(row.get::<_, Id>(0)?.0),
            name: row.get(1)?,
            thread_key: row.get(2)?,
            head: row.get::<_, Count>(3)?.0,
            created_at: row.get(4)?,
            critical_fields: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<OrgRow> {
    Ok(OrgRow {
        id: OrgId(row.get::<_, Id>(0)?.0),
        name: row.get(1)?,
        thread_key: row.get(2)?,
        epoch: row.get(3)?,
        head: row.get::<_, Count>(4)?.0,
    })
}
