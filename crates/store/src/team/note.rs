//! Tables `note` and `note_snapshot`: a shared note's text, and the document it is the text of.
//!
//! The row of an edit is small; the document is written every so often and lies in a table of its own, so that a
//! keystroke does not write it again. What came after the snapshot is in `team_op`.

use kontor_model::Millis;
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use super::{signed, unsigned};
use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 note",
    sql: "
CREATE TABLE note (
  subject TEXT PRIMARY KEY NOT NULL,
  version INTEGER NOT NULL,                     -- how many operations made it
  generation INTEGER NOT NULL,                  -- another one: operations were taken out, documents in memory are void
  head INTEGER NOT NULL,                        -- team_op.id of the last operation in it
  text TEXT NOT NULL,
  text_head INTEGER NOT NULL,                   -- head when text was written; a long text lags behind
  updated_at INTEGER NOT NULL,
  updated_by TEXT                               -- member; NULL before any team
) STRICT;
CREATE TABLE note_snapshot (
  subject TEXT PRIMARY KEY NOT NULL,
  head INTEGER NOT NULL,                        -- team_op.id of the last operation in it
  document BLOB NOT NULL                        -- Loro's snapshot
) STRICT;
",
};

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteRow {
    /// What it is about.
    pub subject: String,
    /// How many operations made it.
    pub version: u64,
    /// Changes when operations were taken out of it: a document in memory of another generation is void.
    pub generation: i64,
    /// `team_op.id` of the last operation in it.
    pub head: i64,
    /// Its text when `head` was `text_head`.
    pub text: String,
    /// See `text`; a long text lags behind.
    pub text_head: i64,
    /// When the last operation was stored.
    pub updated_at: Millis,
    /// Who made it; `None` before any team.
    pub updated_by: Option<String>,
}

/// A note's document as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSnapshot {
    /// `team_op.id` of the last operation in it.
    pub head: i64,
    /// Loro's snapshot.
    pub document: Vec<u8>,
}

const SELECT: &str =
    "SELECT subject, version, generation, head, text, text_head, updated_at, updated_by FROM note";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<NoteRow> {
    Ok(NoteRow {
        subject: row.get(0)?,
        version: unsigned(row.get(1)?),
        generation: row.get(2)?,
        head: row.get(3)?,
        text: row.get(4)?,
        text_head: row.get(5)?,
        updated_at: Millis(row.get(6)?),
        updated_by: row.get(7)?,
    })
}

impl Read<'_> {
    /// Returns a subject's note.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note(&self, subject: &str) -> Result<Option<NoteRow>> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE subject = ?1"))?
            .query_row([subject], read)
            .optional()?)
    }

    /// Returns version, generation and head of a note, without its text.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_state(&self, subject: &str) -> Result<Option<(u64, i64, i64)>> {
        Ok(self
            .conn
            .prepare_cached("SELECT version, generation, head FROM note WHERE subject = ?1")?
            .query_row([subject], |r| {
                Ok((unsigned(r.get(0)?), r.get(1)?, r.get(2)?))
            })
            .optional()?)
    }

    /// Returns all notes, last changed first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn notes(&self) -> Result<Vec<NoteRow>> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{SELECT} ORDER BY updated_at DESC, subject"))?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the document of a note as it was last written.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_snapshot(&self, subject: &str) -> Result<Option<NoteSnapshot>> {
        Ok(self
            .conn
            .prepare_cached("SELECT head, document FROM note_snapshot WHERE subject = ?1")?
            .query_row([subject], |r| {
                Ok(NoteSnapshot {
                    head: r.get(0)?,
                    document: r.get(1)?,
                })
            })
            .optional()?)
    }
}

impl Write<'_> {
    /// Stores a note; without `with_text` the text of before stays, with its `text_head`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_note(&mut self, row: &NoteRow, with_text: bool) -> Result<()> {
        let sql = if with_text {
            "INSERT INTO note (subject, version, generation, head, updated_at, updated_by, text, text_head)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (subject) DO UPDATE SET version = ?2, generation = ?3, head = ?4, updated_at = ?5, updated_by = ?6,
               text = ?7, text_head = ?8"
        } else {
            "INSERT INTO note (subject, version, generation, head, updated_at, updated_by, text, text_head)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', 0)
             ON CONFLICT (subject) DO UPDATE SET version = ?2, generation = ?3, head = ?4, updated_at = ?5, updated_by = ?6"
        };
        let mut statement = self.tx.prepare_cached(sql)?;
        let (version, updated) = (signed(row.version), row.updated_at.0);
        if with_text {
            statement.execute(params![
                row.subject,
                version,
                row.generation,
                row.head,
                updated,
                row.updated_by,
                row.text,
                row.text_head
            ])?;
        } else {
            statement.execute(params![
                row.subject,
                version,
                row.generation,
                row.head,
                updated,
                row.updated_by
            ])?;
        }
        Ok(())
    }

    /// Says who made the last edit, and when.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn sign_note(&mut self, subject: &str, at: Millis, by: &str) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE note SET updated_at = ?2, updated_by = ?3 WHERE subject = ?1")?
            .execute(params![subject, at.0, by])?;
        Ok(())
    }

    /// Stores a note's document.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_note_snapshot(&mut self, subject: &str, snapshot: &NoteSnapshot) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO note_snapshot (subject, head, document) VALUES (?1, ?2, ?3)
                 ON CONFLICT (subject) DO UPDATE SET head = excluded.head, document = excluded.document",
            )?
            .execute(params![subject, snapshot.head, snapshot.document])?;
        Ok(())
    }

    /// Forgets a note's document: it is made anew of the operations.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_note_snapshot(&mut self, subject: &str) -> Result<()> {
        self.tx
            .execute("DELETE FROM note_snapshot WHERE subject = ?1", [subject])?;
        Ok(())
    }

    /// Forgets a note: none of its operations is left.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_note(&mut self, subject: &str) -> Result<()> {
        self.remove_note_snapshot(subject)?;
        self.tx
            .execute("DELETE FROM note WHERE subject = ?1", [subject])?;
        Ok(())
    }
}
