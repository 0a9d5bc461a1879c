//! Invitations: hashes of codes that make one member each.

use jiff::Timestamp;
use kontor_protocol::{OrgId, Role};
use sqlx::PgConnection;

use super::super::rows::{KeptInvitation, hex, role};
use super::super::{Hash, NewInvitation, Result};
use super::convert::id;
use super::migration::{Migration, guarded};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 invitation",
    sql: guarded!(
        "invitation",
        "CREATE TABLE invitation (
          org_id UUID NOT NULL REFERENCES org (org_id),
          code_hash TEXT NOT NULL,    -- SHA-256, hex
          role TEXT NOT NULL CHECK (role IN ('admin', 'member')),
          expires_at TEXT NOT NULL,
          used_at TEXT,
          PRIMARY KEY (org_id, code_hash)
        );
        CREATE INDEX invitation_code ON invitation (code_hash)"
    ),
};

type Raw = (String, String, String, String, Option<String>);

const COLUMNS: &str = "org_id::text, code_hash, role, expires_at, used_at";

pub(super) async fn add(tx: &mut PgConnection, new: &NewInvitation) -> Result<()> {
    insert(tx, new.org, &KeptInvitation::new(new)).await
}

pub(super) async fn insert(tx: &mut PgConnection, org: OrgId, row: &KeptInvitation) -> Result<()> {
    sqlx::query(
        "INSERT INTO invitation (org_id, code_hash, role, expires_at, used_at)
         VALUES ($1::uuid, $2, $3, $4, $5)",
    )
    .bind(org.to_string())
    .bind(&row.code_hash)
    .bind(row.role.as_str())
    .bind(&row.expires_at)
    .bind(&row.used_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Where the code leads, if it still does.
pub(super) async fn open(
    tx: &mut PgConnection,
    code_hash: &Hash,
    now: Timestamp,
) -> Result<Option<(OrgId, Role)>> {
    let raw: Option<Raw> = sqlx::query_as(&format!(
        "SELECT {COLUMNS} FROM invitation WHERE code_hash = $1 AND used_at IS NULL"
    ))
    .bind(hex(code_hash))
    .fetch_optional(tx)
    .await?;
    let Some(raw) = raw else { return Ok(None) };
    let (org, row) = read(raw)?;
    Ok(row.open_at(now)?.then_some((org, row.role)))
}

pub(super) async fn use_up(
    tx: &mut PgConnection,
    org: OrgId,
    code_hash: &Hash,
    now: Timestamp,
) -> Result<()> {
    sqlx::query("UPDATE invitation SET used_at = $3 WHERE org_id = $1::uuid AND code_hash = $2")
        .bind(org.to_string())
        .bind(hex(code_hash))
        .bind(now.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// For a backup.
pub(super) async fn kept(tx: &mut PgConnection, org: OrgId) -> Result<Vec<KeptInvitation>> {
    let raw: Vec<Raw> = sqlx::query_as(&format!(
        "SELECT {COLUMNS} FROM invitation WHERE org_id = $1::uuid ORDER BY code_hash"
    ))
    .bind(org.to_string())
    .fetch_all(tx)
    .await?;
    raw.into_iter().map(|raw| Ok(read(raw)?.1)).collect()
}

fn read((org, code_hash, word, expires_at, used_at): Raw) -> Result<(OrgId, KeptInvitation)> {
    let row = KeptInvitation {
        code_hash,
        role: role(&word)?,
        expires_at,
        used_at,
    };
    Ok((id(&org)?, row))
}
