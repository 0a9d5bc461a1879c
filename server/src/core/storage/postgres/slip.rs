//! What is kept for minutes, of no organisation yet: sign-ins that were begun. Never in a backup.

use jiff::Timestamp;
use kontor_protocol::OrgId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::rows::hex;
use super::super::{Hash, Result, Slip};
use super::migration::{Migration, guarded};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 slip",
    sql: guarded!(
        "slip",
        "CREATE TABLE slip (
          org_id UUID NOT NULL,       -- nobody's: zeros
          key_hash TEXT NOT NULL,     -- SHA-256, hex
          body TEXT NOT NULL,
          expires_at BIGINT NOT NULL, -- milliseconds since 1970
          PRIMARY KEY (org_id, key_hash)
        )"
    ),
};

/// The organisation no organisation has.
pub(super) const NOBODYS: OrgId = OrgId(Uuid::nil());

pub(super) async fn keep(tx: &mut PgConnection, slip: &Slip, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM slip WHERE org_id = $1::uuid AND expires_at <= $2")
        .bind(NOBODYS.to_string())
        .bind(now.as_millisecond())
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO slip (org_id, key_hash, body, expires_at) VALUES ($1::uuid, $2, $3, $4)",
    )
    .bind(NOBODYS.to_string())
    .bind(hex(&slip.key))
    .bind(&slip.body)
    .bind(slip.expires_at.as_millisecond())
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn take(
    tx: &mut PgConnection,
    key: &Hash,
    now: Timestamp,
) -> Result<Option<String>> {
    let found: Option<(String, i64)> = sqlx::query_as(
        "DELETE FROM slip WHERE org_id = $1::uuid AND key_hash = $2 RETURNING body, expires_at",
    )
    .bind(NOBODYS.to_string())
    .bind(hex(key))
    .fetch_optional(tx)
    .await?;
    Ok(found.and_then(|(body, until)| (until > now.as_millisecond()).then_some(body)))
}
