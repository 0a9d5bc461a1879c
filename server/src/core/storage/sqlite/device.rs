//! Devices and the hashes of their tokens.

use jiff::Timestamp;
use kontor_protocol::{DeviceId, MemberId, OrgId};
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::rows::{KeptDevice, hex, role};
use super::super::{DeviceRow, Hash, NewDevice, Result, Who};
use super::convert::Id;

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 device",
    sql: "CREATE TABLE device (
      org_id BLOB NOT NULL,
      device_id BLOB NOT NULL CHECK (length(device_id) = 16),
      member_id BLOB NOT NULL,
      name TEXT NOT NULL,
      token_hash TEXT NOT NULL,   -- SHA-256, hex
      created_at TEXT NOT NULL,
      revoked_at TEXT,
      PRIMARY KEY (org_id, device_id),
      FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, member_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX device_token ON device (token_hash)",
};

const COLUMNS: &str = "device_id, member_id, name, token_hash, created_at, revoked_at";

pub(super) fn add(tx: &Connection, new: &NewDevice) -> Result<()> {
    insert(tx, new.org, &KeptDevice::new(new))
}

pub(super) fn insert(tx: &Connection, org: OrgId, row: &KeptDevice) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO device (org_id, device_id, member_id, name, token_hash, created_at, revoked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        Id::from(org),
        Id(row.id.0),
        Id::from(row.member),
        row.name,
        row.token_hash,
        row.created_at,
        row.revoked_at,
    ])?;
    Ok(())
}

pub(super) fn who(conn: &Connection, token_hash: &Hash) -> Result<Option<Who>> {
    let found = conn
        .prepare_cached(
            "SELECT d.org_id, d.member_id, d.device_id, m.role
             FROM device d JOIN member m ON m.org_id = d.org_id AND m.member_id = d.member_id
             WHERE d.token_hash = ?1 AND d.revoked_at IS NULL AND m.active = 1",
        )?
        .query_row([hex(token_hash)], |row| {
            let ids = (
                row.get::<_, Id>(0)?,
                row.get::<_, Id>(1)?,
                row.get::<_, Id>(2)?,
            );
            Ok((ids, row.get::<_, String>(3)?))
        })
        .optional()?;
    let Some(((org, member, device), word)) = found else {
        return Ok(None);
    };
    Ok(Some(Who {
        org: OrgId(org.0),
        member: MemberId(member.0),
        device: DeviceId(device.0),
        role: role(&word)?,
    }))
}

pub(super) fn all(conn: &Connection, org: OrgId) -> Result<Vec<DeviceRow>> {
    kept(conn, org)?.into_iter().map(KeptDevice::read).collect()
}

pub(super) fn revoke(
    tx: &Connection,
    org: Option<OrgId>,
    device: DeviceId,
    now: Timestamp,
) -> Result<bool> {
    let changed = tx
        .prepare_cached(
            "UPDATE device SET revoked_at = COALESCE(revoked_at, ?3)
             WHERE device_id = ?2 AND (?1 IS NULL OR org_id = ?1)",
        )?
        .execute(params![org.map(Id::from), Id(device.0), now.to_string()])?;
    Ok(changed > 0)
}

pub(super) fn revoke_all(
    tx: &Connection,
    org: OrgId,
    member: MemberId,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE device SET revoked_at = ?3
         WHERE org_id = ?1 AND member_id = ?2 AND revoked_at IS NULL",
    )?
    .execute(params![Id::from(org), Id::from(member), now.to_string()])?;
    Ok(())
}

/// By time of sign-in.
pub(super) fn kept(conn: &Connection, org: OrgId) -> Result<Vec<KeptDevice>> {
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM device WHERE org_id = ?1 ORDER BY created_at, device_id"
    ))?;
    let rows = rows.query_map([Id::from(org)], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeptDevice> {
    Ok(KeptDevice {
        id: DeviceId(row.get::<_, Id>(0)?.0),
        member: MemberId(row.get::<_, Id>(1)?.0),
        name: row.get(2)?,
        token_hash: row.get(3)?,
        created_at: row.get(4)?,
        revoked_at: row.get(5)?,
    })
}
