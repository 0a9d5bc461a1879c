//! Folds. Of several nodes that fold at once, the head lets one through.

use kontor_protocol::{OrgId, SnapshotPlace, SnapshotRow, Subject};
use sqlx::PgConnection;

use super::super::rows::new_epoch;
use super::super::snapshots::{SnapshotHead, Snapshots};
use super::super::{Result, StorageError};
use super::convert::{count, limit, number};
use super::migration::{Migration, guarded};
use super::{PostgresStorage, Scope};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 snapshot",
    sql: guarded!(
        "snapshot",
        "CREATE TABLE snapshot (
          org_id UUID NOT NULL,
          subject TEXT COLLATE \"C\" NOT NULL,
          upto BIGINT NOT NULL,        -- the events up to this one are in it
          fold TEXT NOT NULL,          -- JSON, as summed
          checksum TEXT NOT NULL,
          PRIMARY KEY (org_id, subject)
        );
        CREATE INDEX snapshot_upto ON snapshot (org_id, upto, subject)"
    ),
};

pub(super) const HEAD_MIGRATION: Migration = Migration {
    name: "2026-11-22 snapshot_head",
    sql: guarded!(
        "snapshot_head",
        "CREATE TABLE snapshot_head (
          org_id UUID PRIMARY KEY,
          life TEXT NOT NULL,
          upto BIGINT NOT NULL         -- every subject is folded up to this event
        )"
    ),
};

type Raw = (String, i64, String, String);

const COLUMNS: &str = "subject, upto, fold, checksum";

impl Snapshots for PostgresStorage {
    async fn snapshot_head(&self, org: OrgId) -> Result<SnapshotHead> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let head = head(&mut tx, org).await?;
        tx.commit().await?;
        Ok(head)
    }

    async fn folds(&self, org: OrgId, subjects: Vec<Subject>) -> Result<Vec<SnapshotRow>> {
        let subjects: Vec<String> = subjects.iter().map(ToString::to_string).collect();
        let mut tx = self.begin(Scope::Org(org)).await?;
        let raw: Vec<Raw> = sqlx::query_as(&format!(
            "SELECT {COLUMNS} FROM snapshot WHERE org_id = $1::uuid AND subject = ANY($2)"
        ))
        .bind(org.to_string())
        .bind(subjects)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        raw.into_iter().map(read).collect()
    }

    async fn put_folds(
        &self,
        org: OrgId,
        from: SnapshotHead,
        upto: u64,
        rows: Vec<SnapshotRow>,
    ) -> Result<bool> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let first = from.life.is_empty();
        // Whoever changes the row of the head holds it until the end; the next finds it changed.
        let moved = if first {
            sqlx::query(
                "INSERT INTO snapshot_head (org_id, life, upto) VALUES ($1::uuid, $2, $3) ON CONFLICT DO NOTHING",
            )
            .bind(org.to_string())
            .bind(new_epoch())
            .bind(number(upto))
        } else {
            sqlx::query(
                "UPDATE snapshot_head SET upto = $3 WHERE org_id = $1::uuid AND life = $2 AND upto = $4",
            )
            .bind(org.to_string())
            .bind(&from.life)
            .bind(number(upto))
            .bind(number(from.upto))
        };
        if moved.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let texts = |of: fn(&SnapshotRow) -> String| rows.iter().map(of).collect::<Vec<_>>();
        let uptos: Vec<i64> = rows.iter().map(|row| number(row.upto)).collect();
        sqlx::query(
            "INSERT INTO snapshot (org_id, subject, upto, fold, checksum)
             SELECT $1::uuid, * FROM UNNEST($2::text[], $3::bigint[], $4::text[], $5::text[])
             ON CONFLICT (org_id, subject) DO UPDATE
               SET upto = excluded.upto, fold = excluded.fold, checksum = excluded.checksum",
        )
        .bind(org.to_string())
        .bind(texts(|row| row.subject.to_string()))
        .bind(uptos)
        .bind(texts(|row| row.fold.clone()))
        .bind(texts(|row| row.checksum.clone()))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn snapshot_page(
        &self,
        org: OrgId,
        after: SnapshotPlace,
        count: usize,
    ) -> Result<(SnapshotHead, Vec<SnapshotRow>)> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        // The head before the rows, each statement sees its own moment: rows that are newer than the head come again.
        let head = head(&mut tx, org).await?;
        let raw = page(&mut tx, org, &after, count).await?;
        tx.commit().await?;
        let rows = raw.into_iter().map(read).collect::<Result<_>>()?;
        Ok((head, rows))
    }

    async fn forget_folds(&self, org: OrgId) -> Result<()> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        for table in ["snapshot", "snapshot_head"] {
            sqlx::query(&format!("DELETE FROM {table} WHERE org_id = $1::uuid"))
                .bind(org.to_string())
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}

async fn head(tx: &mut PgConnection, org: OrgId) -> Result<SnapshotHead> {
    let found: Option<(String, i64)> =
        sqlx::query_as("SELECT life, upto FROM snapshot_head WHERE org_id = $1::uuid")
            .bind(org.to_string())
            .fetch_optional(tx)
            .await?;
    let head = found.map(|(life, upto)| SnapshotHead {
        life,
        upto: count(upto),
    });
    Ok(head.unwrap_or_default())
}

async fn page(
    tx: &mut PgConnection,
    org: OrgId,
    after: &SnapshotPlace,
    most: usize,
) -> Result<Vec<Raw>> {
    let raw = sqlx::query_as(&format!(
        "SELECT {COLUMNS} FROM snapshot WHERE org_id = $1::uuid AND (upto, subject) > ($2, $3)
         ORDER BY upto, subject LIMIT $4"
    ))
    .bind(org.to_string())
    .bind(number(after.upto))
    .bind(&after.subject)
    .bind(limit(most))
    .fetch_all(tx)
    .await?;
    Ok(raw)
}

/// At most so many folds behind a place, for a check; what is none is told.
pub(super) async fn some(
    tx: &mut PgConnection,
    org: OrgId,
    after: &mut SnapshotPlace,
    most: usize,
) -> Result<Vec<Result<SnapshotRow>>> {
    let raw = page(tx, org, after, most).await?;
    if let Some((subject, upto, ..)) = raw.last() {
        after.subject.clone_from(subject);
        after.upto = count(*upto);
    }
    Ok(raw.into_iter().map(read).collect())
}

fn read((subject, upto, fold, checksum): Raw) -> Result<SnapshotRow> {
    let subject = subject
        .parse()
        .map_err(|e| StorageError::Damaged(format!("a fold is of no subject: {e}")))?;
    Ok(SnapshotRow {
        subject,
        upto: count(upto),
        fold,
        checksum,
        more: false,
    })
}
