//! Table `facts`: how the mirror of the ERP stands, and how far this desk has read its directory.

use kontor_model::Millis;
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use crate::team::{signed, unsigned};
use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 facts",
    sql: "
CREATE TABLE facts (
  id INTEGER PRIMARY KEY CHECK (id = 1),        -- one company
  life TEXT NOT NULL,                           -- names the versions; empty: no ERP is connected
  directory INTEGER NOT NULL DEFAULT 0,         -- the directory was read up to this version
  state TEXT NOT NULL,                          -- JSON of protocol's FactsState
  told_at INTEGER NOT NULL                      -- when the server last said so
) STRICT;
",
};

/// How the mirror stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsRow {
    /// Names the versions; empty: no ERP is connected.
    pub life: String,
    /// The directory was read up to this version.
    pub directory: u64,
    /// The products were read up to this version.
    pub products: u64,
    /// JSON of the protocol's `FactsState`.
    pub state: String,
    /// When the server last said so.
    pub told_at: Millis,
}

impl Read<'_> {
    /// Returns how the mirror stands; `None` before a server told.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn facts(&self) -> Result<Option<FactsRow>> {
        Ok(self
            .conn
            .prepare_cached("SELECT life, directory, products, state, told_at FROM facts")?
            .query_row([], |r| {
                Ok(FactsRow {
                    life: r.get(0)?,
                    directory: unsigned(r.get(1)?),
                    products: unsigned(r.get(2)?),
                    state: r.get(3)?,
                    told_at: Millis(r.get(4)?),
                })
            })
            .optional()?)
    }
}

impl Write<'_> {
    /// Stores how the mirror stands. Another life than before makes this desk forget what the ERP told of the former one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_facts_state(&mut self, life: &str, state: &str) -> Result<()> {
        let known = self.facts()?;
        if known.as_ref().is_some_and(|known| known.life != life) {
            self.forget_facts()?;
        }
        if known.is_none_or(|known| known.state != state) {
            self.touch_customers();
        }
        self.tx
            .prepare_cached(
                "INSERT INTO facts (id, life, state, told_at) VALUES (1, ?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET life = excluded.life, state = excluded.state, told_at = excluded.told_at",
            )?
            .execute(params![life, state, self.now.0])?;
        Ok(())
    }

    /// Notes how far the directory was read.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_directory_cursor(&mut self, upto: u64) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE facts SET directory = ?1")?
            .execute([signed(upto)])?;
        Ok(())
    }

    /// Notes how far the products were read.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_products_cursor(&mut self, upto: u64) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE facts SET products = ?1")?
            .execute([signed(upto)])?;
        Ok(())
    }
}
