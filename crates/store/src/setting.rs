//! Table `setting`: the profile's settings, by name, as JSON of whoever owns the name.

use kontor_sqlite::Migration;
use rusqlite::OptionalExtension as _;

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 setting",
    sql: "
CREATE TABLE setting (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
",
};

impl Read<'_> {
    /// Returns a setting's text; `None` when it was never set.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        Ok(self
            .conn
            .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
            .query_row([name], |r| r.get(0))
            .optional()?)
    }
}

impl Write<'_> {
    /// Sets a setting's text.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_setting(&mut self, name: &str, value: &str) -> Result<()> {
        self.tx.execute(
            "INSERT INTO setting (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )?;
        Ok(())
    }
}
