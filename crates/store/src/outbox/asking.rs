//! A reply that waits may be overtaken by a colleague's. Its author is asked again then, before it leaves.

use kontor_model::{OutboxId, OutboxState};
use kontor_sqlite::Migration;
use rusqlite::params;

use crate::{Result, Write};

/// `asked_at`: what colleagues had answered until then its author knew; NULL: it leaves without asking. `held`: 1 where it
/// did not leave because a colleague answered meanwhile.
pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 outbox asks",
    sql: "
ALTER TABLE outbox ADD COLUMN asked_at INTEGER;
ALTER TABLE outbox ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
",
};

impl Write<'_> {
    /// From now on a colleague's answer keeps this mail here until its author has decided.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn ask_before_sending(&mut self, id: OutboxId) -> Result<()> {
        self.tx.execute(
            "UPDATE outbox SET asked_at = ?2 WHERE id = ?1",
            params![id.0, self.now.0],
        )?;
        Ok(())
    }

    /// Keeps a mail here until its author decides: it counts as failed, and nothing was offered to a server.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn hold_outgoing(&mut self, id: OutboxId, why: &str) -> Result<()> {
        self.mark(id, OutboxState::Failed, why)?;
        self.tx
            .execute("UPDATE outbox SET held = 1 WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// Its author has decided and knows what was answered until now.
    pub(super) fn asked(&mut self, id: OutboxId) -> Result<()> {
        self.tx.execute(
            "UPDATE outbox SET asked_at = ?2 WHERE id = ?1 AND asked_at IS NOT NULL",
            params![id.0, self.now.0],
        )?;
        Ok(())
    }
}
