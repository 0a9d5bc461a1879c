//! Table `record_field`: shared fields as the acknowledged events make them. What waits here is laid over on reading.

use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 record_field",
    sql: "
CREATE TABLE record_field (
  subject TEXT NOT NULL,
  field TEXT NOT NULL,
  folded TEXT NOT NULL,                         -- JSON of protocol's Field
  conflict TEXT,                                -- id of the open one
  PRIMARY KEY (subject, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_field_conflict ON record_field (conflict) WHERE conflict IS NOT NULL;
",
};

/// A field as the acknowledged events make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFieldRow {
    /// What it is about.
    pub subject: String,
    /// Its name.
    pub field: String,
    /// JSON of the protocol's `Field`.
    pub folded: String,
    /// Id of the open conflict.
    pub conflict: Option<String>,
}

const SELECT: &str = "SELECT subject, field, folded, conflict FROM record_field";

impl Read<'_> {
    fn record_fields_where(
        &self,
        tail: &str,
        bind: impl rusqlite::Params,
    ) -> Result<Vec<RecordFieldRow>> {
        let mut statement = self.conn.prepare_cached(&format!("{SELECT} {tail}"))?;
        let rows = statement.query_map(bind, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the fields of a subject, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn record_fields(&self, subject: &str) -> Result<Vec<RecordFieldRow>> {
        self.record_fields_where("WHERE subject = ?1 ORDER BY field", [subject])
    }

    /// Returns one field of a subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn record_field(&self, subject: &str, field: &str) -> Result<Option<RecordFieldRow>> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE subject = ?1 AND field = ?2"))?
            .query_row([subject, field], read)
            .optional()?)
    }

    /// Returns the subjects with this prefix (`address:`) that have a field, sorted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn subjects_with_field(&self, prefix: &str, field: &str) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(
            // U+10FFFF sorts behind every id.
            "SELECT subject FROM record_field WHERE subject >= ?1 AND subject < ?1 || char(1114111) AND field = ?2
             ORDER BY subject",
        )?;
        let rows = statement.query_map([prefix, field], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the subjects with this prefix that have a field whose name begins so, sorted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn subjects_with_fields(&self, prefix: &str, name: &str) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT subject FROM record_field WHERE subject >= ?1 AND subject < ?1 || char(1114111)
             AND field >= ?2 AND field < ?2 || char(1114111) ORDER BY subject",
        )?;
        let rows = statement.query_map([prefix, name], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns all fields with an open conflict, by subject and name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn conflicting_fields(&self) -> Result<Vec<RecordFieldRow>> {
        self.record_fields_where("WHERE conflict IS NOT NULL ORDER BY subject, field", [])
    }
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<RecordFieldRow> {
    Ok(RecordFieldRow {
        subject: row.get(0)?,
        field: row.get(1)?,
        folded: row.get(2)?,
        conflict: row.get(3)?,
    })
}

impl Write<'_> {
    /// Stores a field as the events make it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_record_field(&mut self, row: &RecordFieldRow) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO record_field (subject, field, folded, conflict) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (subject, field) DO UPDATE SET folded = excluded.folded, conflict = excluded.conflict",
            )?
            .execute(params![row.subject, row.field, row.folded, row.conflict])?;
        Ok(())
    }

    /// Forgets all folded fields: the events are read anew.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn clear_record_fields(&mut self) -> Result<()> {
        self.tx.execute("DELETE FROM record_field", [])?;
        Ok(())
    }
}
