//! Members who sign in by the company's sign-in.

use kontor_protocol::{MemberId, OrgId};
use kontor_sqlite::Migration;
use rusqlite::{Connection, params};

use super::super::rows::{KeptCompany, plain};
use super::super::{CompanyId, CompanyLink, NO_PASSWORD, Result};
use super::convert::Id;
use super::device;

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 company",
    sql: "CREATE TABLE company (
      org_id BLOB NOT NULL,
      issuer TEXT NOT NULL,       -- the provider's URL
      subject TEXT NOT NULL,      -- its name for the person
      member_id BLOB NOT NULL,
      linked_at TEXT NOT NULL,
      PRIMARY KEY (org_id, issuer, subject),
      FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, member_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX company_person ON company (issuer, subject)",
};

/// Somebody who was removed and came again is another member: the newest counts.
pub(super) fn insert(tx: &Connection, org: OrgId, row: &KeptCompany) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO company (org_id, issuer, subject, member_id, linked_at)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (org_id, issuer, subject)
         DO UPDATE SET member_id = excluded.member_id, linked_at = excluded.linked_at",
    )?
    .execute(params![
        Id::from(org),
        row.issuer,
        row.subject,
        Id::from(row.member),
        row.linked_at,
    ])?;
    Ok(())
}

pub(super) fn logins(conn: &Connection, who: &CompanyId) -> Result<Vec<(OrgId, MemberId)>> {
    let mut rows = conn.prepare_cached(
        "SELECT c.org_id, c.member_id
         FROM company c JOIN member m ON m.org_id = c.org_id AND m.member_id = c.member_id
         WHERE c.issuer = ?1 AND c.subject = ?2 AND m.active = 1 ORDER BY c.org_id",
    )?;
    let rows = rows.query_map(params![plain(&who.issuer), plain(&who.subject)], |row| {
        Ok((
            OrgId(row.get::<_, Id>(0)?.0),
            MemberId(row.get::<_, Id>(1)?.0),
        ))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn link(tx: &Connection, link: &CompanyLink) -> Result<bool> {
    // The same address, but somebody else at the company: it was given to a new colleague.
    let mut tied = tx.prepare_cached(
        "SELECT 1 FROM company WHERE org_id = ?1 AND member_id = ?2 AND issuer = ?3",
    )?;
    let (org, member) = (Id::from(link.org), Id::from(link.member));
    if tied.exists(params![org, member, plain(&link.company.issuer)])? {
        return Ok(false);
    }
    let changed = tx
        .prepare_cached(
            "UPDATE member SET password = ?3
             WHERE org_id = ?1 AND member_id = ?2 AND active = 1",
        )?
        .execute(params![
            Id::from(link.org),
            Id::from(link.member),
            NO_PASSWORD
        ])?;
    if changed == 0 {
        return Ok(false);
    }
    device::revoke_all(tx, link.org, link.member, link.now)?;
    let row = KeptCompany::new(link.member, &link.company, link.now);
    insert(tx, link.org, &row)?;
    Ok(true)
}

/// For a backup.
pub(super) fn kept(conn: &Connection, org: OrgId) -> Result<Vec<KeptCompany>> {
    let mut rows = conn.prepare_cached(
        "SELECT member_id, issuer, subject, linked_at FROM company
         WHERE org_id = ?1 ORDER BY issuer, subject",
    )?;
    let rows = rows.query_map([Id::from(org)], |row| {
        Ok(KeptCompany {
            member: MemberId(row.get::<_, Id>(0)?.0),
            issuer: row.get(1)?,
            subject: row.get(2)?,
            linked_at: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
