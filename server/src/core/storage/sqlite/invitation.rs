//! Invitations: hashes of codes that make one member each.

use jiff::Timestamp;
use kontor_protocol::{OrgId, Role};
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::rows::{KeptInvitation, hex, role};
use super::super::{Hash, NewInvitation, Result};
use super::convert::Id;

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 invitation",
    sql: "CREATE TABLE invitation (
      org_id BLOB NOT NULL REFERENCES org (org_id),
      code_hash TEXT NOT NULL,    -- SHA-256, hex
      role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
      expires_at TEXT NOT NULL,
      used_at TEXT,
      PRIMARY KEY (org_id, code_hash)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX invitation_code ON invitation (code_hash)",
};

type Raw = (String, String, String, Option<String>);

pub(super) fn add(tx: &Connection, new: &NewInvitation) -> Result<()> {
    insert(tx, new.org, &KeptInvitation::new(new))
}

pub(super) fn insert(tx: &Connection, org: OrgId, row: &KeptInvitation) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO invitation (org_id, code_hash, role, expires_at, used_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        Id::from(org),
        row.code_hash,
        row.role.as_str(),
        row.expires_at,
        row.used_at,
    ])?;
    Ok(())
}

/// Where the code leads, if it still does.
pub(super) fn open(
    conn: &Connection,
    code_hash: &Hash,
    now: Timestamp,
) -> Result<Option<(OrgId, Role)>> {
    let found = conn
        .prepare_cached(
            "SELECT code_hash, role, expires_at, used_at, org_id FROM invitation
             WHERE code_hash = ?1 AND used_at IS NULL",
        )?
        .query_row([hex(code_hash)], |row| {
            let raw = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok((raw, row.get::<_, Id>(4)?))
        })
        .optional()?;
    let Some((raw, org)) = found else {
        return Ok(None);
    };
    let row = read(raw)?;
    Ok(row.open_at(now)?.then_some((OrgId(org.0), row.role)))
}

pub(super) fn use_up(tx: &Connection, org: OrgId, code_hash: &Hash, now: Timestamp) -> Result<()> {
    tx.prepare_cached("UPDATE invitation SET used_at = ?3 WHERE org_id = ?1 AND code_hash = ?2")?
        .execute(params![Id::from(org), hex(code_hash), now.to_string()])?;
    Ok(())
}

/// For a backup.
pub(super) fn kept(conn: &Connection, org: OrgId) -> Result<Vec<KeptInvitation>> {
    let mut rows = conn.prepare_cached(
        "SELECT code_hash, role, expires_at, used_at FROM invitation
         WHERE org_id = ?1 ORDER BY code_hash",
    )?;
    let rows = rows.query_map([Id::from(org)], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    rows.map(|raw| read(raw?)).collect()
}

fn read((code_hash, word, expires_at, used_at): Raw) -> Result<KeptInvitation> {
    Ok(KeptInvitation {
        code_hash,
        role: role(&word)?,
        expires_at,
        used_at,
    })
}
