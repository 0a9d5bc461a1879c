//! Table `trusted_sender`: whose remote images may be shown.

use kontor_model::Millis;
use kontor_sqlite::Migration;
use rusqlite::params;

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 trusted sender",
    sql: "
CREATE TABLE trusted_sender (
  address TEXT PRIMARY KEY NOT NULL,            -- model::Address::key
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
",
};

impl Read<'_> {
    /// True when the person trusts this address (compared by `Address::key`).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_trusted_sender(&self, key: &str) -> Result<bool> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM trusted_sender WHERE address = ?1")?
            .exists([key])?)
    }

    /// Returns the trusted addresses and since when, in order of the addresses.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn trusted_senders(&self) -> Result<Vec<(String, Millis)>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT address, at FROM trusted_sender ORDER BY address")?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, Millis(r.get(1)?))))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Trusts an address (`Address::key`) or no longer does.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_trusted_sender(&mut self, key: &str, trusted: bool) -> Result<()> {
        if trusted {
            self.tx.execute(
                "INSERT INTO trusted_sender (address, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![key, self.now.0],
            )?;
        } else {
            self.tx
                .execute("DELETE FROM trusted_sender WHERE address = ?1", [key])?;
        }
        Ok(())
    }
}
