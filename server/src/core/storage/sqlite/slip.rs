//! What is kept for minutes, of no organisation yet: sign-ins that were begun. Never in a backup.

use jiff::Timestamp;
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::rows::hex;
use super::super::{Hash, Result, Slip};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 slip",
    sql: "CREATE TABLE slip (
      org_id BLOB NOT NULL,       -- nobody's: sixteen zeros
      key_hash TEXT NOT NULL,     -- SHA-256, hex
      body TEXT NOT NULL,
      expires_at INTEGER NOT NULL, -- milliseconds since 1970
      PRIMARY KEY (org_id, key_hash)
    ) STRICT, WITHOUT ROWID",
};

const NOBODYS: [u8; 16] = [0; 16];

pub(super) fn keep(tx: &Connection, slip: &Slip, now: Timestamp) -> Result<()> {
    tx.prepare_cached("DELETE FROM slip WHERE org_id = ?1 AND expires_at <= ?2")?
        .execute(params![NOBODYS, now.as_millisecond()])?;
    tx.prepare_cached(
        "INSERT INTO slip (org_id, key_hash, body, expires_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        NOBODYS,
        hex(&slip.key),
        slip.body,
        slip.expires_at.as_millisecond()
    ])?;
    Ok(())
}

pub(super) fn take(tx: &Connection, key: &Hash, now: Timestamp) -> Result<Option<String>> {
    let found: Option<(String, i64)> = tx
        .prepare_cached(
            "DELETE FROM slip WHERE org_id = ?1 AND key_hash = ?2 RETURNING body, expires_at",
        )?
        .query_row(params![NOBODYS, hex(key)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(found.and_then(|(body, until)| (until > now.as_millisecond()).then_some(body)))
}
