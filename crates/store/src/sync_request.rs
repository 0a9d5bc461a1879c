//! Table `sync_request`: wishes of one process to the one that talks to the servers.

use kontor_model::{AccountId, Millis};
use kontor_sqlite::Migration;
use rusqlite::params;

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 sync request",
    sql: "
CREATE TABLE sync_request (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER,                           -- NULL: all accounts
  what TEXT NOT NULL,                           -- the engine's own words, JSON
  at INTEGER NOT NULL,
  done_at INTEGER,
  answer TEXT                                   -- the engine's own words, JSON
) STRICT;
CREATE INDEX sync_request_open ON sync_request (id) WHERE done_at IS NULL;
",
};

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncRequest {
    /// The row.
    pub id: i64,
    /// Which account; `None` for all.
    pub account: Option<AccountId>,
    /// What is wished, in the engine's own words.
    pub what: String,
    /// When.
    pub at: Millis,
    /// When it was done; `None` while open.
    pub done_at: Option<Millis>,
    /// What came of it, in the engine's own words.
    pub answer: Option<String>,
}

const COLUMNS: &str = "id, account_id, what, at, done_at, answer";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<SyncRequest> {
    Ok(SyncRequest {
        id: row.get(0)?,
        account: row.get::<_, Option<i64>>(1)?.map(AccountId),
        what: row.get(2)?,
        at: Millis(row.get(3)?),
        done_at: row.get::<_, Option<i64>>(4)?.map(Millis),
        answer: row.get(5)?,
    })
}

impl Read<'_> {
    /// Returns the open wishes, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open_sync_requests(&self) -> Result<Vec<SyncRequest>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM sync_request WHERE done_at IS NULL ORDER BY id"
        ))?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns one wish; `None` once it was forgotten.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sync_request(&self, id: i64) -> Result<Option<SyncRequest>> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM sync_request WHERE id = ?1"))?;
        let mut rows = statement.query_map([id], read)?;
        Ok(rows.next().transpose()?)
    }
}

impl Write<'_> {
    /// Leaves a wish and returns its number. Wishes done more than a day ago are forgotten.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn request_sync(&mut self, account: Option<AccountId>, what: &str) -> Result<i64> {
        const DAY: i64 = 86_400_000;
        self.tx.execute(
            "DELETE FROM sync_request WHERE done_at < ?1",
            [self.now.0.saturating_sub(DAY)],
        )?;
        self.tx.execute(
            "INSERT INTO sync_request (account_id, what, at) VALUES (?1, ?2, ?3)",
            params![account.map(|a| a.0), what, self.now.0],
        )?;
        Ok(self.tx.last_insert_rowid())
    }

    /// Marks a wish as done.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn answer_sync_request(&mut self, id: i64, answer: &str) -> Result<()> {
        self.tx.execute(
            "UPDATE sync_request SET done_at = ?2, answer = ?3 WHERE id = ?1",
            params![id, self.now.0, answer],
        )?;
        Ok(())
    }
}
