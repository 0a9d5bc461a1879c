//! Devices and the hashes of their tokens.

use jiff::Timestamp;
use kontor_protocol::{DeviceId, MemberId, OrgId};
use sqlx::PgConnection;

use super::super::rows::{KeptDevice, hex, role};
use super::super::{DeviceRow, Hash, NewDevice, Result, Who};
use super::convert::id;
use super::migration::{Migration, guarded};
use super::{Scope, enter};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 device",
    sql: guarded!(
        "device",
        "CREATE TABLE device (
          org_id UUID NOT NULL,
          device_id UUID NOT NULL,
          member_id UUID NOT NULL,
          name TEXT NOT NULL,
          token_hash TEXT NOT NULL,   -- SHA-256, hex
          created_at TEXT NOT NULL,
          revoked_at TEXT,
          PRIMARY KEY (org_id, device_id),
          FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, member_id)
        );
        CREATE INDEX device_token ON device (token_hash)"
    ),
};

type Raw = (String, String, String, String, String, Option<String>);

pub(super) async fn add(tx: &mut PgConnection, new: &NewDevice) -> Result<()> {
    insert(tx, new.org, &KeptDevice::new(new)).await
}

pub(super) async fn insert(tx: &mut PgConnection, org: OrgId, row: &KeptDevice) -> Result<()> {
    sqlx::query(
        "INSERT INTO device (org_id, device_id, member_id, name, token_hash, created_at, revoked_at)
         VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7)",
    )
    .bind(org.to_string())
    .bind(row.id.to_string())
    .bind(row.member.to_string())
    .bind(&row.name)
    .bind(&row.token_hash)
    .bind(&row.created_at)
    .bind(&row.revoked_at)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn who(tx: &mut PgConnection, token_hash: &Hash) -> Result<Option<Who>> {
    let raw: Option<(String, String, String, String)> = sqlx::query_as(
        "SELECT d.org_id::text, d.member_id::text, d.device_id::text, m.role
         FROM device d JOIN member m ON m.org_id = d.org_id AND m.member_id = d.member_id
         WHERE d.token_hash = $1 AND d.revoked_at IS NULL AND m.active",
    )
    .bind(hex(token_hash))
    .fetch_optional(tx)
    .await?;
    raw.map(|(org, member, device, word)| {
        Ok(Who {
            org: id(&org)?,
            member: id(&member)?,
            device: id(&device)?,
            role: role(&word)?,
        })
    })
    .transpose()
}

pub(super) async fn all(tx: &mut PgConnection, org: OrgId) -> Result<Vec<DeviceRow>> {
    let kept = kept(tx, org).await?;
    kept.into_iter().map(KeptDevice::read).collect()
}

/// Looks for the device everywhere where no organisation is named. The transaction is the system's.
pub(super) async fn revoke(
    tx: &mut PgConnection,
    org: Option<OrgId>,
    device: DeviceId,
    now: Timestamp,
) -> Result<bool> {
    let orgs: Vec<String> = sqlx::query_scalar(
        "SELECT org_id::text FROM device
         WHERE device_id = $1::uuid AND ($2::text IS NULL OR org_id = $2::text::uuid)",
    )
    .bind(device.to_string())
    .bind(org.map(|org| org.to_string()))
    .fetch_all(&mut *tx)
    .await?;
    for org in &orgs {
        enter(tx, Scope::Org(id(org)?)).await?;
        sqlx::query(
            "UPDATE device SET revoked_at = COALESCE(revoked_at, $3)
             WHERE org_id = $1::uuid AND device_id = $2::uuid",
        )
        .bind(org)
        .bind(device.to_string())
        .bind(now.to_string())
        .execute(&mut *tx)
        .await?;
    }
    Ok(!orgs.is_empty())
}

pub(super) async fn revoke_all(
    tx: &mut PgConnection,
    org: OrgId,
    member: MemberId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "UPDATE device SET revoked_at = $3
         WHERE org_id = $1::uuid AND member_id = $2::uuid AND revoked_at IS NULL",
    )
    .bind(org.to_string())
    .bind(member.to_string())
    .bind(now.to_string())
    .execute(tx)
    .await?;
    Ok(())
}

/// By time of sign-in.
pub(super) async fn kept(tx: &mut PgConnection, org: OrgId) -> Result<Vec<KeptDevice>> {
    let raw: Vec<Raw> = sqlx::query_as(
        "SELECT device_id::text, member_id::text, name, token_hash, created_at, revoked_at
         FROM device WHERE org_id = $1::uuid ORDER BY created_at COLLATE \"C\", device_id",
    )
    .bind(org.to_string())
    .fetch_all(tx)
    .await?;
    raw.into_iter()
        .map(
            |(device, member, name, token_hash, created_at, revoked_at)| {
                Ok(KeptDevice {
                    id: id(&device)?,
                    member: id(&member)?,
                    name,
                    token_hash,
                    created_at,
                    revoked_at,
                })
            },
        )
        .collect()
}
