//! Opening the file, and the two ways into it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction};
use tokio::sync::{oneshot, watch};

use crate::checkpoint::Checkpointer;
use crate::migration::{self, Migration};
use crate::others::{Counts, Others};
use crate::readers::Readers;
use crate::writer::{Lane, Writer};
use crate::{Error, Result};

/// Sizes. All memory the database may hold is bounded by these.
#[derive(Clone, Debug)]
pub struct Options {
    /// At most this many readers at a time; one more waits.
    pub readers: usize,
    /// Page cache of the writer, KiB.
    pub writer_cache_kib: u32,
    /// Page cache of each reader, KiB.
    pub reader_cache_kib: u32,
    /// How much of the file readers map into memory, bytes. Mapped pages count as resident, so this is bounded too.
    pub mmap_bytes: u64,
    /// Pages of a new file, bytes; a file that exists keeps its own.
    pub page_bytes: u32,
    /// The WAL is moved into the file once it has this many pages.
    pub checkpoint_pages: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            writer_cache_kib: 16 * 1024,
            reader_cache_kib: 4 * 1024,
            mmap_bytes: 32 << 20,
            page_bytes: 4096,
            checkpoint_pages: 8192,
        }
    }
}

/// One open file. Clones share it; the last one to go closes it.
#[derive(Clone, Debug)]
pub struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    /// Begun once somebody wants to know.
    others: Mutex<Option<Others>>,
    /// Ticks with each commit, whoever made it.
    any: watch::Sender<u64>,
    writer: Writer,
    readers: Readers,
    options: Options,
}

impl Database {
    /// Opens the file, creating it where missing, and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened or written, is damaged, or an applied migration has a changed text.
    pub fn open(path: &Path, options: &Options, migrations: &[Migration]) -> Result<Self> {
        let mut conn = connect(path, options)?;
        migration::apply(&mut conn, migrations)?;
        let mover = connect(path, options)?;
        let checkpointer = Checkpointer::start(mover, options.checkpoint_pages)?;
        let any = watch::Sender::new(0);
        Ok(Self {
            inner: Arc::new(Inner {
                path: path.to_owned(),
                others: Mutex::new(None),
                writer: Writer::start(conn, checkpointer, any.clone())?,
                readers: Readers::new(path.to_owned(), options.clone()),
                any,
                options: options.clone(),
            }),
        })
    }

    /// Returns where the file lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Runs `f` in one immediate transaction on the writer thread: committed when it answers `Ok`, else rolled back.
    ///
    /// The job is queued at once and runs even if the future is dropped.
    ///
    /// # Errors
    /// What `f` answers, or what SQLite says of the transaction.
    pub fn write<T, E, F>(
        &self,
        lane: Lane,
        f: F,
    ) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let queued = self.inner.writer.queue(lane, f, move |answer| {
            // Nobody listens any more: the change stands all the same.
            drop(tell.send(answer));
        });
        async move {
            queued?;
            told.await.unwrap_or_else(|_| Err(Error::Closed.into()))
        }
    }

    /// Like [`Self::write`], for threads that may block.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_blocking<T, E, F>(&self, lane: Lane, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        self.inner.writer.queue(lane, f, move |answer| {
            drop(tell.send(answer));
        })?;
        told.recv().unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// Runs `f` on one snapshot of the file, on this thread.
    ///
    /// # Errors
    /// What `f` answers, or what SQLite says.
    pub fn read<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.inner.readers.read(f)
    }

    /// Counts the commits of this process; changes after each that wrote something.
    #[must_use]
    pub fn own_commits(&self) -> watch::Receiver<u64> {
        self.inner.writer.commits()
    }

    /// Changes after each commit from now on: of this process at once, of another one soon (mostly within milliseconds).
    /// It tells no more than that: what this process writes shows in it more than once.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        let inner = &self.inner;
        let commits = inner.any.subscribe();
        let mut others = inner.others.lock().unwrap_or_else(PoisonError::into_inner);
        if others.is_none() {
            match inner.watch() {
                Ok(watching) => *others = Some(watching),
                Err(e) => tracing::error!("what other processes write goes unnoticed: {e}"),
            }
        }
        drop(others);
        commits
    }
}

impl Inner {
    fn watch(&self) -> io::Result<Others> {
        let (path, options) = (self.path.clone(), self.options.clone());
        let counts = Counts {
            own: self.writer.commits(),
            any: self.any.clone(),
        };
        Others::watch(&self.path, counts, move || open_reader(&path, &options))
    }
}

/// Waits for a lock another process holds: every millisecond at first, since it is held for a batch at most, then every
/// five, for about a minute in all.
fn busy(tries: i32) -> bool {
    let pause = if tries < 1000 { 1 } else { 5 };
    std::thread::sleep(Duration::from_millis(pause));
    tries < 13_000
}

fn connect(path: &Path, options: &Options) -> Result<Connection> {
    let conn = Connection::open(path).map_err(|e| open_error(path, &e))?;
    conn.busy_handler(Some(busy))?;
    conn.pragma_update(None, "page_size", options.page_bytes)?;
    set_wal(&conn).map_err(|e| match e {
        Error::Sqlite(e) => open_error(path, &e),
        e => e,
    })?;
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cache_size", kib(options.writer_cache_kib))?;
    conn.pragma_update(None, "wal_autocheckpoint", options.checkpoint_pages)?;
    let limit = u64::from(options.checkpoint_pages)
        .saturating_mul(u64::from(options.page_bytes))
        .saturating_mul(4);
    conn.pragma_update(
        None,
        "journal_size_limit",
        i64::try_from(limit).unwrap_or(-1),
    )?;
    keep_statements(&conn, 256)?;
    Ok(conn)
}

pub(crate) fn open_reader(path: &Path, options: &Options) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(|e| open_error(path, &e))?;
    conn.busy_handler(Some(busy))?;
    conn.pragma_update(None, "query_only", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cache_size", kib(options.reader_cache_kib))?;
    conn.pragma_update(
        None,
        "mmap_size",
        i64::try_from(options.mmap_bytes).unwrap_or(0),
    )?;
    keep_statements(&conn, 128)?;
    Ok(conn)
}

/// Keeps prepared statements, and keeps them prepared: without the "stability guarantee" SQLite compiles a statement
/// with a bound LIMIT anew each time it is run, in case the number suggested another plan.
fn keep_statements(conn: &Connection, count: usize) -> Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(count);
    Ok(())
}

/// SQLite counts pages when positive and KiB when negative.
fn kib(n: u32) -> i64 {
    i64::from(n).saturating_neg()
}

/// Changing the journal mode asks for an exclusive lock without calling the busy handler, so we wait ourselves.
fn set_wal(conn: &Connection) -> Result<()> {
    let mut tries = 0;
    loop {
        match conn
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(Error::from)
        {
            Err(Error::Busy) if busy(tries) => tries = tries.saturating_add(1),
            answer => return answer,
        }
    }
}

fn open_error(path: &Path, e: &rusqlite::Error) -> Error {
    Error::Open {
        path: path.to_owned(),
        reason: e.to_string(),
    }
}
