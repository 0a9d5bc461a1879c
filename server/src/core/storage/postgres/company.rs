//! Members who sign in by the company's sign-in.

use kontor_protocol::{MemberId, OrgId};
use sqlx::PgConnection;

use super::super::rows::{KeptCompany, plain};
use super::super::{CompanyId, CompanyLink, NO_PASSWORD, Result};
use super::convert::id;
use super::migration::{Migration, guarded};
use super::{device, org};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 company",
    sql: guarded!(
        "company",
        "CREATE TABLE company (
          org_id UUID NOT NULL,
          issuer TEXT NOT NULL,       -- the provider's URL
          subject TEXT NOT NULL,      -- its name for the person
          member_id UUID NOT NULL,
          linked_at TEXT NOT NULL,
          PRIMARY KEY (org_id, issuer, subject),
          FOREIGN KEY (org_id, member_id) REFERENCES member (org_id, member_id)
        );
        CREATE INDEX company_person ON company (issuer, subject)"
    ),
};

/// Somebody who was removed and came again is another member: the newest counts.
pub(super) async fn insert(tx: &mut PgConnection, org: OrgId, row: &KeptCompany) -> Result<()> {
    sqlx::query(
        "INSERT INTO company (org_id, issuer, subject, member_id, linked_at)
         VALUES ($1::uuid, $2, $3, $4::uuid, $5)
         ON CONFLICT (org_id, issuer, subject)
         DO UPDATE SET member_id = excluded.member_id, linked_at = excluded.linked_at",
    )
    .bind(org.to_string())
    .bind(&row.issuer)
    .bind(&row.subject)
    .bind(row.member.to_string())
    .bind(&row.linked_at)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn logins(
    tx: &mut PgConnection,
    who: &CompanyId,
) -> Result<Vec<(OrgId, MemberId)>> {
    let raw: Vec<(String, String)> = sqlx::query_as(
        "SELECT c.org_id::text, c.member_id::text
         FROM company c JOIN member m ON m.org_id = c.org_id AND m.member_id = c.member_id
         WHERE c.issuer = $1 AND c.subject = $2 AND m.active ORDER BY c.org_id",
    )
    .bind(plain(&who.issuer))
    .bind(plain(&who.subject))
    .fetch_all(tx)
    .await?;
    raw.into_iter()
        .map(|(org, member)| Ok((id(&org)?, id(&member)?)))
        .collect()
}

pub(super) async fn link(tx: &mut PgConnection, link: &CompanyLink) -> Result<bool> {
    org::lock(tx, link.org).await?;
    // The same address, but somebody else at the company: it was given to a new colleague.
    let tied: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM company
         WHERE org_id = $1::uuid AND member_id = $2::uuid AND issuer = $3)",
    )
    .bind(link.org.to_string())
    .bind(link.member.to_string())
    .bind(plain(&link.company.issuer))
    .fetch_one(&mut *tx)
    .await?;
    if tied {
        return Ok(false);
    }
    let changed = sqlx::query(
        "UPDATE member SET password = $3
         WHERE org_id = $1::uuid AND member_id = $2::uuid AND active",
    )
    .bind(link.org.to_string())
    .bind(link.member.to_string())
    .bind(NO_PASSWORD)
    .execute(&mut *tx)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(false);
    }
    device::revoke_all(tx, link.org, link.member, link.now).await?;
    let row = KeptCompany::new(link.member, &link.company, link.now);
    insert(tx, link.org, &row).await?;
    Ok(true)
}

/// For a backup.
pub(super) async fn kept(tx: &mut PgConnection, org: OrgId) -> Result<Vec<KeptCompany>> {
    let raw: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT member_id::text, issuer, subject, linked_at FROM company
         WHERE org_id = $1::uuid ORDER BY issuer COLLATE \"C\", subject COLLATE \"C\"",
    )
    .bind(org.to_string())
    .fetch_all(tx)
    .await?;
    raw.into_iter()
        .map(|(member, issuer, subject, linked_at)| {
            Ok(KeptCompany {
                member: id(&member)?,
                issuer,
                subject,
                linked_at,
            })
        })
        .collect()
}
