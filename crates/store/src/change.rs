//! Table `change`: the log of visible changes, numbered by the store.

use kontor_model::Change;
use kontor_sqlite::Migration;
use rusqlite::params;

use crate::{Error, Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 change",
    sql: "
CREATE TABLE change (
  id INTEGER PRIMARY KEY AUTOINCREMENT,         -- the number readers ask by: never reused
  at INTEGER NOT NULL,
  entry TEXT NOT NULL                           -- JSON of model::Change
) STRICT;
",
};

/// Entries kept; a reader further behind starts over.
const KEPT: i64 = 100_000;

/// What changed since a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The entries after it, oldest first, at most as many as asked for.
    pub entries: Vec<(i64, Change)>,
    /// The number to ask by next time.
    pub seq: i64,
    /// True when entries after the number asked for are gone already: read everything anew.
    pub reset: bool,
}

impl Read<'_> {
    /// Returns the newest number, 0 before the first change.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn change_seq(&self) -> Result<i64> {
        Ok(self
            .conn
            .prepare_cached("SELECT coalesce(max(id), 0) FROM change")?
            .query_row([], |r| r.get(0))?)
    }

    /// Returns what changed after `seq`, at most `limit` entries. Entries of a newer version's kinds are passed over.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn changes_after(&self, seq: i64, limit: u32) -> Result<Changes> {
        let newest = self.change_seq()?;
        let oldest: i64 = self
            .conn
            .prepare_cached("SELECT coalesce(min(id), 0) FROM change")?
            .query_row([], |r| r.get(0))?;
        if seq > newest || (oldest > 0 && seq.saturating_add(1) < oldest) {
            return Ok(Changes {
                entries: Vec::new(),
                seq: newest,
                reset: true,
            });
        }
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, entry FROM change WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let mut rows = statement.query(params![seq, limit])?;
        let mut changes = Changes {
            seq,
            ..Changes::default()
        };
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let entry = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            changes.seq = id;
            match serde_json::from_str(entry) {
                Ok(entry) => changes.entries.push((id, entry)),
                Err(e) => tracing::debug!("Change {id} is not understood: {e}."),
            }
        }
        Ok(changes)
    }
}

impl Write<'_> {
    /// Appends an entry to the change log.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn log(&mut self, change: &Change) -> Result<()> {
        let entry = serde_json::to_string(change).map_err(|e| Error::unreadable("a change", e))?;
        self.tx
            .prepare_cached("INSERT INTO change (at, entry) VALUES (?1, ?2)")?
            .execute(params![self.now.0, entry])?;
        Ok(())
    }

    /// Forgets all but the newest 100,000 entries, at most `limit` a call; for idle time. True when more is left.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn trim_changes(&mut self, limit: u32) -> Result<bool> {
        let keep_from = self.change_seq()?.saturating_sub(KEPT);
        let gone = self.tx.execute(
            "DELETE FROM change WHERE id IN (SELECT id FROM change WHERE id <= ?1 ORDER BY id LIMIT ?2)",
            params![keep_from, limit],
        )?;
        Ok(u32::try_from(gone).is_ok_and(|n| n >= limit))
    }
}
