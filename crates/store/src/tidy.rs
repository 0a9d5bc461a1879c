//! Upkeep for idle time: deleting what nothing refers to, merging the search index, trimming logs.

use kontor_model::Millis;

use crate::{Result, Store, Write};

/// A message no folder holds is kept this long: a move by another program shows as a removal first, an arrival later.
const ORPHAN_KEPT: i64 = 10 * 60_000;

/// Operations that ended are kept a week, for taking them back and for looking.
const OPERATION_KEPT: i64 = 7 * 86_400_000;

/// Bytes of sent and cancelled messages are kept 30 days, as long as the outbox lists them.
const OUTGOING_KEPT: i64 = 30 * 86_400_000;

/// Rows deleted, and index pages merged, in one transaction: some tens of milliseconds.
const STEP: u32 = 500;

/// How much time there is for upkeep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leisure {
    /// Nothing goes on.
    Idle,
    /// A process is about to end, or mail is coming in.
    Passing,
}

impl Store {
    /// Does one step of upkeep behind all other work; true when more is left. Call it when nothing goes on.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn tidy(&self, now: Millis) -> Result<bool> {
        self.tidy_at(now, Leisure::Idle).await
    }

    /// Like [`Self::tidy`], but for a process that is about to end, or where mail is coming in: what only a search would
    /// gain by is left for later.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn tidy_in_passing(&self, now: Millis) -> Result<bool> {
        self.tidy_at(now, Leisure::Passing).await
    }

    async fn tidy_at(&self, now: Millis, leisure: Leisure) -> Result<bool> {
        for synced in self.shared().packs.sync() {
            // A thread that could not be started leaves it for the next time.
            drop(synced.await);
        }
        self.write_bulk(now, move |w| w.tidy_step(leisure)).await
    }

    /// Like [`Self::tidy`], for threads that may block.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn tidy_blocking(&self, now: Millis) -> Result<bool> {
        for synced in self.shared().packs.sync() {
            drop(synced.blocking_recv());
        }
        self.write_blocking(now, |w| w.tidy_step(Leisure::Idle))
    }
}

impl Write<'_> {
    fn tidy_step(&mut self, leisure: Leisure) -> Result<bool> {
        let now = self.now();
        if self.sweep(now.plus(-ORPHAN_KEPT), STEP)? > 0 {
            return Ok(true);
        }
        if self.remove_gone_folders(STEP)? || self.remove_account_some(STEP)? {
            return Ok(true);
        }
        if self.trim_changes(STEP.saturating_mul(10))? {
            return Ok(true);
        }
        self.settle_words()?;
        if self.tidy_packs()? {
            return Ok(true);
        }
        self.forget_operations(now.plus(-OPERATION_KEPT))?;
        self.forget_outgoing(now.plus(-OUTGOING_KEPT))?;
        self.merge_search(STEP, leisure)
    }
}
