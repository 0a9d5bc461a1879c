//! Table `layer_stat`: when each layer last looked at an account, and what it found that a higher one had missed.

use kontor_model::{AccountId, Layer, Millis};
use kontor_sqlite::Migration;
use rusqlite::params;

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 layer stat",
    sql: "
CREATE TABLE layer_stat (
  account_id INTEGER NOT NULL REFERENCES account(id),
  layer TEXT NOT NULL,
  last_at INTEGER NOT NULL DEFAULT 0,
  found INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, layer)
) STRICT, WITHOUT ROWID;
",
};

/// One layer of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerStat {
    /// Which layer.
    pub layer: Layer,
    /// When it last looked.
    pub last_at: Millis,
    /// How much it has found.
    pub found: u64,
}

impl Read<'_> {
    /// Returns what is known of an account's layers; a layer that never looked is absent.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn layer_stats(&self, account: AccountId) -> Result<Vec<LayerStat>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT layer, last_at, found FROM layer_stat WHERE account_id = ?1")?;
        let mut rows = statement.query([account.0])?;
        let mut stats = Vec::new();
        while let Some(row) = rows.next()? {
            let layer: String = row.get(0)?;
            if let Some(layer) = Layer::parse(&layer) {
                stats.push(LayerStat {
                    layer,
                    last_at: Millis(row.get(1)?),
                    found: row.get(2)?,
                });
            }
        }
        stats.sort_by_key(|s| s.layer);
        Ok(stats)
    }
}

impl Write<'_> {
    /// Records that a layer looked now and found so much.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn layer_looked(&mut self, account: AccountId, layer: Layer, found: u64) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO layer_stat (account_id, layer, last_at, found) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (account_id, layer) DO UPDATE SET last_at = excluded.last_at, found = found + excluded.found",
            )?
            .execute(params![account.0, layer.as_str(), self.now.0, found])?;
        Ok(())
    }
}
