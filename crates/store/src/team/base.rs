//! Table `note_base`: the first edits of a note as one document, where this profile has them from a snapshot and not one
//! by one.

use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use super::{signed, unsigned};
use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 note_base",
    sql: "
CREATE TABLE note_base (
  org TEXT NOT NULL,
  subject TEXT NOT NULL,
  edits INTEGER NOT NULL,                       -- how many are in it
  loose INTEGER NOT NULL DEFAULT 0,             -- 1: the server's store has another life and may lack some of them
  document BLOB NOT NULL,                       -- Loro's snapshot
  PRIMARY KEY (org, subject)
) STRICT;
CREATE INDEX note_base_loose ON note_base (org) WHERE loose = 1;
",
};

/// The first edits of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteBase {
    /// What the note is about.
    pub subject: String,
    /// How many edits are in it.
    pub edits: u64,
    /// Loro's snapshot.
    pub document: Vec<u8>,
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<NoteBase> {
    Ok(NoteBase {
        subject: row.get(0)?,
        edits: unsigned(row.get(1)?),
        document: row.get(2)?,
    })
}

impl Read<'_> {
    /// Returns the first edits of a note, where they came at once from the team of now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_base(&self, subject: &str) -> Result<Option<NoteBase>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT subject, edits, document FROM note_base WHERE subject = ?1 AND org = (SELECT org FROM team)",
            )?
            .query_row([subject], read)
            .optional()?)
    }

    /// Returns how many edits came at once; see [`Self::note_base`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_base_edits(&self, subject: &str) -> Result<u64> {
        let edits: Option<i64> = self
            .conn
            .prepare_cached(
                "SELECT edits FROM note_base WHERE subject = ?1 AND org = (SELECT org FROM team)",
            )?
            .query_row([subject], |r| r.get(0))
            .optional()?;
        Ok(edits.map_or(0, unsigned))
    }

    /// Returns at most `limit` of those the server may have lost some of.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn loose_note_bases(&self, org: &str, limit: u32) -> Result<Vec<NoteBase>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT subject, edits, document FROM note_base WHERE org = ?1 AND loose = 1 ORDER BY subject LIMIT ?2",
        )?;
        let rows = statement.query_map(params![org, limit], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// True when something of this organisation was here before, told or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_org_known(&self, org: &str) -> Result<bool> {
        let mut known = self.conn.prepare_cached(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM team_op WHERE org = ?1) OR EXISTS (SELECT 1 FROM note_base WHERE org = ?1)",
        )?;
        Ok(known.exists([org])?)
    }
}

impl Write<'_> {
    /// Stores the first edits of a note.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_note_base(&mut self, org: &str, base: &NoteBase) -> Result<()> {
        self.touch_team();
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO note_base (org, subject, edits, document) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![org, base.subject, signed(base.edits), base.document])?;
        Ok(())
    }

    /// Forgets the first edits of a note: they are here one by one, or not at all any more.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_note_base(&mut self, org: &str, subject: &str) -> Result<()> {
        self.tx
            .prepare_cached("DELETE FROM note_base WHERE org = ?1 AND subject = ?2")?
            .execute([org, subject])?;
        Ok(())
    }

    /// Forgets what a snapshot has brought about a subject: it is brought anew.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn clear_snapshot_of(&mut self, org: &str, subject: &str) -> Result<()> {
        self.touch_team();
        self.remove_note_base(org, subject)?;
        self.tx
            .prepare_cached(
                "DELETE FROM team_op WHERE subject = ?2 AND org = ?1 AND state = 'accepted'",
            )?
            .execute([org, subject])?;
        self.tx
            .prepare_cached("DELETE FROM record_field WHERE subject = ?1")?
            .execute([subject])?;
        Ok(())
    }

    /// What came at once stays as it is: it was compared, or cannot be told.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn fasten_note_base(&mut self, org: &str, subject: &str) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE note_base SET loose = 0 WHERE org = ?1 AND subject = ?2")?
            .execute([org, subject])?;
        Ok(())
    }

    /// The numbers of before are void: the server may lack what came at once. Edits that are in such a document count by
    /// themselves again, until it is compared; those that are in an edit of ours stay past.
    pub(super) fn loosen_note_bases(&mut self, org: &str) -> Result<()> {
        self.tx
            .execute("UPDATE note_base SET loose = 1 WHERE org = ?1", [org])?;
        self.tx.execute(
            "UPDATE team_op SET kind = 'note' WHERE org = ?1 AND kind = 'past'
               AND subject IN (SELECT subject FROM note_base WHERE org = ?1)",
            [org],
        )?;
        Ok(())
    }
}
