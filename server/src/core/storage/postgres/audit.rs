//! The audit log: who did what that matters.

use kontor_protocol::OrgId;
use sqlx::PgConnection;

use super::super::rows::KeptAudit;
use super::super::{AuditEntry, Result};
use super::convert::{id, limit};
use super::migration::{Migration, guarded};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 audit",
    sql: guarded!(
        "audit",
        "CREATE TABLE audit (
          org_id UUID NOT NULL REFERENCES org (org_id),
          line BIGINT GENERATED ALWAYS AS IDENTITY,
          at TEXT NOT NULL,
          member_id UUID,             -- NULL: the command line on the server
          action TEXT NOT NULL,
          detail TEXT NOT NULL,
          PRIMARY KEY (org_id, line)
        )"
    ),
};

type Raw = (String, Option<String>, String, String);

const COLUMNS: &str = "at, member_id::text, action, detail";

pub(super) async fn add(tx: &mut PgConnection, entry: &AuditEntry) -> Result<()> {
    insert(tx, entry.org, &KeptAudit::new(entry)).await
}

pub(super) async fn insert(tx: &mut PgConnection, org: OrgId, row: &KeptAudit) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit (org_id, at, member_id, action, detail)
         VALUES ($1::uuid, $2, $3::text::uuid, $4, $5)",
    )
    .bind(org.to_string())
    .bind(&row.at)
    .bind(row.member.map(|member| member.to_string()))
    .bind(&row.action)
    .bind(&row.detail)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn newest(
    tx: &mut PgConnection,
    org: OrgId,
    count: usize,
) -> Result<Vec<AuditEntry>> {
    let raw: Vec<Raw> = sqlx::query_as(&format!(
        "SELECT {COLUMNS} FROM audit WHERE org_id = $1::uuid ORDER BY line DESC LIMIT $2"
    ))
    .bind(org.to_string())
    .bind(limit(count))
    .fetch_all(tx)
    .await?;
    raw.into_iter().map(|raw| read(raw)?.read(org)).collect()
}

/// For a backup, in order.
pub(super) async fn kept(tx: &mut PgConnection, org: OrgId) -> Result<Vec<KeptAudit>> {
    let raw: Vec<Raw> = sqlx::query_as(&format!(
        "SELECT {COLUMNS} FROM audit WHERE org_id = $1::uuid ORDER BY line"
    ))
    .bind(org.to_string())
    .fetch_all(tx)
    .await?;
    raw.into_iter().map(read).collect()
}

fn read((at, member, action, detail): Raw) -> Result<KeptAudit> {
    Ok(KeptAudit {
        at,
        member: member.as_deref().map(id).transpose()?,
        action,
        detail,
    })
}
