//! The store itself: opening, and the doors to reading and writing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kontor_model::{AccountId, Millis};
use kontor_sqlite::{Database, Lane, Options};
use tokio::sync::watch;

use crate::dictionary::Dictionaries;
use crate::pack::Packs;
use crate::search::{KnownStrangers, KnownWords, Totals};
use crate::{Read, Result, Write, schema};

/// One profile's data. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    db: Database,
    shared: Arc<Shared>,
}

/// What readers and writer of one process share besides the file.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) totals: Totals,
    pub(crate) strangers: KnownStrangers,
    pub(crate) words: KnownWords,
    pub(crate) dictionaries: Dictionaries,
    pub(crate) packs: Packs,
}

impl Store {
    /// Opens `DIR/store.db`, creating folder and file where missing.
    ///
    /// # Errors
    /// When the folder cannot be made or the file cannot be opened, in a sentence.
    pub fn open(dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(|e| kontor_sqlite::Error::Open {
            path: dir.to_owned(),
            reason: e.to_string(),
        })?;
        let path: PathBuf = dir.join("store.db");
        let store = Self {
            db: Database::open(&path, &options(), schema::MIGRATIONS)?,
            shared: Arc::new(Shared {
                totals: Totals::default(),
                strangers: KnownStrangers::default(),
                words: KnownWords::default(),
                dictionaries: Dictionaries::default(),
                packs: Packs::new(dir),
            }),
        };
        store.settle_doubts()?;
        Ok(store)
    }

    /// Returns where the file lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.db.path()
    }

    /// Runs `f` in one transaction on the writer thread: committed when it answers `Ok`, else nothing happened.
    /// `now` stamps what it writes. Goes before all bulk work. Queued at once; runs even if the future is dropped.
    ///
    /// # Errors
    /// What `f` answers, or why the store cannot be written.
    pub fn write<T, F>(
        &self,
        now: Millis,
        f: F,
    ) -> impl Future<Output = Result<T>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> Result<T> + Send + 'static,
    {
        self.db.write(Lane::Prompt, self.job(now, f))
    }

    /// Like [`Self::write`], and on the disk when it answers, whatever becomes of the power: what a person wrote, and
    /// what must not be sent twice.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_durable<T, F>(
        &self,
        now: Millis,
        f: F,
    ) -> impl Future<Output = Result<T>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> Result<T> + Send + 'static,
    {
        self.db.write(Lane::Durable, self.job(now, f))
    }

    /// Like [`Self::write`], behind everything a person waits for: backfill, first sync, upkeep.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_bulk<T, F>(
        &self,
        now: Millis,
        f: F,
    ) -> impl Future<Output = Result<T>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> Result<T> + Send + 'static,
    {
        self.db.write(Lane::Bulk, self.job(now, f))
    }

    /// Like [`Self::write`], for threads that may block.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_blocking<T, F>(&self, now: Millis, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> Result<T> + Send + 'static,
    {
        self.db.write_blocking(Lane::Prompt, self.job(now, f))
    }

    /// Runs `f` on one snapshot of the store, on this thread.
    ///
    /// # Errors
    /// What `f` answers, or why the store cannot be read.
    pub fn read<T>(&self, f: impl FnOnce(&Read<'_>) -> Result<T>) -> Result<T> {
        self.db.read(|conn| {
            f(&Read {
                conn,
                shared: &self.shared,
            })
        })
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Changes after each commit: of this process at once, of another one soon (mostly within milliseconds); a loop that
    /// shows changes waits on it. It counts nothing: what this process writes shows in it more than once.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.db.commits()
    }

    /// Counts the commits of this process.
    #[must_use]
    pub fn own_commits(&self) -> watch::Receiver<u64> {
        self.db.own_commits()
    }

    /// Removes an account: hides it at once, then deletes its rows in batches that let others in between.
    ///
    /// # Errors
    /// [`crate::Error::Missing`] when there is no such account.
    pub async fn remove_account(&self, now: Millis, account: AccountId) -> Result<()> {
        self.write(now, move |w| w.begin_remove_account(account))
            .await?;
        while self.write_bulk(now, |w| w.remove_account_some(500)).await? {}
        Ok(())
    }

    fn job<T, F>(
        &self,
        now: Millis,
        f: F,
    ) -> impl FnOnce(&rusqlite::Transaction<'_>) -> Result<T> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> Result<T> + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let commits = self.db.own_commits();
        move |tx| {
            let before = *commits.borrow();
            shared.words.begin(before);
            shared.packs.begin(before);
            let mut write = Write::new(tx, &shared, now);
            let value = f(&mut write)?;
            write.settle()?;
            Ok(value)
        }
    }
}

fn options() -> Options {
    Options::default()
}
