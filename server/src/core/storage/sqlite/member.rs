//! Members: who may sign in, and who has gone.

use jiff::Timestamp;
use kontor_protocol::{MemberId, MemberRow, OrgId, Role};
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::numbering::{member, membership};
use super::super::rows::{KeptCompany, KeptMember, role};
use super::super::{Joined, Joining, LoginRow, Result, StorageError};
use super::convert::Id;
use super::{company, device, event, invitation};

/// Somebody who comes again after having been removed is another member: what the first one wrote stays theirs.
pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 member",
    sql: "CREATE TABLE member (
      org_id BLOB NOT NULL REFERENCES org (org_id),
      member_id BLOB NOT NULL CHECK (length(member_id) = 16),
      name TEXT NOT NULL,
      email TEXT NOT NULL,        -- lower case
      role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
      password TEXT NOT NULL,     -- argon2id, PHC
      active INTEGER NOT NULL,
      joined_at TEXT NOT NULL,
      PRIMARY KEY (org_id, member_id)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX member_address ON member (org_id, email) WHERE active = 1;
    CREATE INDEX member_login ON member (email) WHERE active = 1",
};

const COLUMNS: &str = "member_id, name, email, role, active";

/// Answers what became of it, and the head after a new member's arrival.
pub(super) fn join(tx: &Connection, joining: &Joining) -> Result<(Joined, Option<u64>)> {
    let Some((org, role)) = invitation::open(tx, &joining.code_hash, joining.now)? else {
        return Err(StorageError::Gone);
    };
    let mut there =
        tx.prepare_cached("SELECT 1 FROM member WHERE org_id = ?1 AND email = ?2 AND active = 1")?;
    if there.exists(params![Id::from(org), joining.email])? {
        return Ok((Joined::Exists(org), None));
    }
    invitation::use_up(tx, org, &joining.code_hash, joining.now)?;
    let row = member(joining.member, &joining.name, &joining.email, role);
    insert(tx, org, &row, &joining.password, joining.now)?;
    if let Some(who) = &joining.company {
        company::insert(tx, org, &KeptCompany::new(row.member, who, joining.now))?;
    }
    let arrival = membership(org, &row, joining.now)?;
    let (_, head) = event::append(tx, org, &[arrival])?;
    Ok((Joined::New(org), head))
}

pub(super) fn insert(
    tx: &Connection,
    org: OrgId,
    row: &MemberRow,
    password: &str,
    now: Timestamp,
) -> Result<()> {
    insert_kept(tx, org, &KeptMember::new(row, password, now))
}

pub(super) fn insert_kept(tx: &Connection, org: OrgId, row: &KeptMember) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO member (org_id, member_id, name, email, role, password, active, joined_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        Id::from(org),
        Id::from(row.id),
        row.name,
        row.email,
        row.role.as_str(),
        row.password,
        row.active,
        row.joined_at,
    ])?;
    Ok(())
}

pub(super) fn logins(conn: &Connection, email: &str) -> Result<Vec<LoginRow>> {
    let mut rows = conn.prepare_cached(
        "SELECT org_id, member_id, password FROM member
         WHERE email = ?1 AND active = 1 ORDER BY org_id",
    )?;
    let rows = rows.query_map([email], |row| {
        Ok(LoginRow {
            org: OrgId(row.get::<_, Id>(0)?.0),
            member: MemberId(row.get::<_, Id>(1)?.0),
            password: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn all(conn: &Connection, org: OrgId) -> Result<Vec<MemberRow>> {
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM member WHERE org_id = ?1 ORDER BY name, member_id"
    ))?;
    let rows = rows.query_map([Id::from(org)], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

/// Answers the head after the departure; `None` where nobody went.
pub(super) fn remove(
    tx: &Connection,
    org: OrgId,
    member: MemberId,
    now: Timestamp,
) -> Result<Option<u64>> {
    let found = tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM member WHERE org_id = ?1 AND member_id = ?2 AND active = 1"
        ))?
        .query_row(params![Id::from(org), Id::from(member)], |row| {
            Ok(read(row))
        })
        .optional()?
        .transpose()?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    let mut admins = tx.prepare_cached(
        "SELECT 1 FROM member
         WHERE org_id = ?1 AND member_id <> ?2 AND role = 'admin' AND active = 1",
    )?;
    if row.role == Role::Admin && !admins.exists(params![Id::from(org), Id::from(member)])? {
        return Ok(None);
    }
    tx.prepare_cached("UPDATE member SET active = 0 WHERE org_id = ?1 AND member_id = ?2")?
        .execute(params![Id::from(org), Id::from(member)])?;
    device::revoke_all(tx, org, member, now)?;
    row.active = false;
    Ok(event::append(tx, org, &[membership(org, &row, now)?])?.1)
}

/// For a backup, by id.
pub(super) fn kept(conn: &Connection, org: OrgId) -> Result<Vec<KeptMember>> {
    let mut rows = conn.prepare_cached(
        "SELECT member_id, name, email, role, active, password, joined_at FROM member
         WHERE org_id = ?1 ORDER BY member_id",
    )?;
    let rows = rows.query_map([Id::from(org)], |row| {
        let password = row.get(5)?;
        let joined_at = row.get(6)?;
        Ok(read(row).map(|seen| KeptMember {
            id: seen.member,
            name: seen.name,
            email: seen.email,
            role: seen.role,
            password,
            active: seen.active,
            joined_at,
        }))
    })?;
    rows.map(|row| row?).collect()
}

fn read(row: &Row<'_>) -> Result<MemberRow> {
    Ok(MemberRow {
        member: MemberId(row.get::<_, Id>(0)?.0),
        name: row.get(1)?,
        email: row.get(2)?,
        role: role(&row.get::<_, String>(3)?)?,
        active: row.get(4)?,
    })
}
