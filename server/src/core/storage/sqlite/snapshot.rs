//! Folds.

use kontor_protocol::{OrgId, SnapshotPlace, SnapshotRow, Subject};
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::rows::new_epoch;
use super::super::snapshots::{SnapshotHead, Snapshots};
use super::super::{Result, StorageError};
use super::SqliteStorage;
use super::convert::{Count, Id, limit};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 snapshot",
    sql: "CREATE TABLE snapshot (
      org_id BLOB NOT NULL,
      subject TEXT NOT NULL,
      upto INTEGER NOT NULL,       -- the events up to this one are in it
      fold TEXT NOT NULL,          -- JSON, as summed
      checksum TEXT NOT NULL,
      PRIMARY KEY (org_id, subject)
    ) STRICT;
    CREATE INDEX snapshot_upto ON snapshot (org_id, upto, subject);
    CREATE TABLE snapshot_head (
      org_id BLOB NOT NULL PRIMARY KEY,
      life TEXT NOT NULL,
      upto INTEGER NOT NULL        -- every subject is folded up to this event
    ) STRICT, WITHOUT ROWID",
};

const COLUMNS: &str = "subject, upto, fold, checksum";

impl Snapshots for SqliteStorage {
    async fn snapshot_head(&self, org: OrgId) -> Result<SnapshotHead> {
        self.read(move |c| head(c, org)).await
    }

    async fn folds(&self, org: OrgId, subjects: Vec<Subject>) -> Result<Vec<SnapshotRow>> {
        self.read(move |c| {
            let mut rows = Vec::with_capacity(subjects.len());
            let mut find = c.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM snapshot WHERE org_id = ?1 AND subject = ?2"
            ))?;
            for subject in subjects {
                let row = find.query_row(params![Id::from(org), subject.to_string()], read);
                rows.extend(row.optional()?.transpose()?);
            }
            Ok(rows)
        })
        .await
    }

    async fn put_folds(
        &self,
        org: OrgId,
        from: SnapshotHead,
        upto: u64,
        rows: Vec<SnapshotRow>,
    ) -> Result<bool> {
        self.write(move |tx| {
            if head(tx, org)? != from {
                return Ok(false);
            }
            let life = if from.life.is_empty() {
                new_epoch()
            } else {
                from.life
            };
            tx.prepare_cached(
                "INSERT OR REPLACE INTO snapshot_head (org_id, life, upto) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![Id::from(org), life, Count(upto)])?;
            let mut put = tx.prepare_cached(
                "INSERT OR REPLACE INTO snapshot (org_id, subject, upto, fold, checksum) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for row in &rows {
                put.execute(params![
                    Id::from(org),
                    row.subject.to_string(),
                    Count(row.upto),
                    row.fold,
                    row.checksum
                ])?;
            }
            Ok(true)
        })
        .await
    }

    async fn snapshot_page(
        &self,
        org: OrgId,
        after: SnapshotPlace,
        count: usize,
    ) -> Result<(SnapshotHead, Vec<SnapshotRow>)> {
        self.read(move |c| {
            let head = head(c, org)?;
            let mut rows = c.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM snapshot WHERE org_id = ?1 AND (upto, subject) > (?2, ?3)
                 ORDER BY upto, subject LIMIT ?4"
            ))?;
            let place = params![
                Id::from(org),
                Count(after.upto),
                after.subject,
                limit(count)
            ];
            let rows = rows.query_map(place, read)?;
            let rows: Vec<Result<SnapshotRow>> = rows.collect::<rusqlite::Result<_>>()?;
            Ok((head, rows.into_iter().collect::<Result<_>>()?))
        })
        .await
    }

    async fn forget_folds(&self, org: OrgId) -> Result<()> {
        self.write(move |tx| {
            for table in ["snapshot", "snapshot_head"] {
                tx.execute(
                    &format!("DELETE FROM {table} WHERE org_id = ?1"),
                    [Id::from(org)],
                )?;
            }
            Ok(())
        })
        .await
    }
}

fn head(conn: &Connection, org: OrgId) -> Result<SnapshotHead> {
    let found = conn
        .prepare_cached("SELECT life, upto FROM snapshot_head WHERE org_id = ?1")?
        .query_row([Id::from(org)], |row| {
            Ok(SnapshotHead {
                life: row.get(0)?,
                upto: row.get::<_, Count>(1)?.0,
            })
        });
    Ok(found.optional()?.unwrap_or_default())
}

/// Hands every fold of the organisation to `each`; what is none is told.
pub(super) fn each(
    conn: &Connection,
    org: OrgId,
    mut each: impl FnMut(Result<SnapshotRow>),
) -> Result<()> {
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM snapshot WHERE org_id = ?1 ORDER BY subject"
    ))?;
    for row in rows.query_map([Id::from(org)], read)? {
        each(row?);
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<SnapshotRow>> {
    let subject: String = row.get(0)?;
    let (upto, fold, checksum) = (row.get::<_, Count>(1)?.0, row.get(2)?, row.get(3)?);
    Ok(subject
        .parse()
        .map(|subject| SnapshotRow {
            subject,
            upto,
            fold,
            checksum,
            more: false,
        })
        .map_err(|e| StorageError::Damaged(format!("a fold is of no subject: {e}"))))
}
