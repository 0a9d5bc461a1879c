//! The writer thread: takes jobs from two lanes and runs each in one immediate transaction.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::watch;

use crate::checkpoint::{self, Checkpointer};
use crate::{Error, Result};

/// How long the writer waits for more work before it has the WAL moved into the file.
const IDLE: Duration = Duration::from_millis(200);

/// The pause after a bulk transaction. Another process polls for the lock once a millisecond (see `database::busy`),
/// so this lets it in between two of our batches, for about one hundredth of a batch's time.
const YIELD: Duration = Duration::from_micros(1500);

/// Which queue a job waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Somebody waits for it: goes before all bulk work. Survives the end of the process, however it ends.
    Prompt,
    /// As prompt, and on the disk itself once committed: survives a power cut too, for the price of an fsync.
    Durable,
    /// First sync, upkeep.
    Bulk,
}

type Job = Box<dyn FnOnce(&mut Connection) -> bool + Send>;

#[derive(Default)]
struct Queue {
    prompt: VecDeque<Job>,
    bulk: VecDeque<Job>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Condvar,
}

/// The handle of the writer thread. Dropping it finishes what is queued, then ends the thread.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    commits: watch::Sender<u64>,
    any: watch::Sender<u64>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    /// `any` ticks with each commit, too.
    pub(crate) fn start(
        conn: Connection,
        checkpointer: Checkpointer,
        any: watch::Sender<u64>,
    ) -> Result<Self> {
        let shared = Arc::new(Shared::default());
        let thread = std::thread::Builder::new()
            .name("store writer".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || run(&shared, conn, checkpointer)
            })
            .map_err(|e| Error::Damaged(format!("no writer thread could be started: {e}")))?;
        Ok(Self {
            shared,
            commits: watch::Sender::new(0),
            any,
            thread: Some(thread),
        })
    }

    pub(crate) fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Queues `f`; `reply` gets its answer once it is committed (or rolled back).
    pub(crate) fn queue<T, E, F, R>(&self, lane: Lane, f: F, reply: R) -> Result<()>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
        R: FnOnce(Result<T, E>) + Send + 'static,
    {
        let (commits, any) = (self.commits.clone(), self.any.clone());
        let job: Job = Box::new(move |conn| {
            let before = conn.total_changes();
            let transact = AssertUnwindSafe(|| in_transaction(conn, lane, f));
            let answer = catch_unwind(transact).unwrap_or_else(|_| Err(Error::Panicked.into()));
            let wrote = answer.is_ok() && conn.total_changes() != before;
            if wrote {
                for count in [&commits, &any] {
                    count.send_modify(|n| *n = n.wrapping_add(1));
                }
            }
            reply(answer);
            wrote
        });
        let mut queue = lock(&self.shared);
        if queue.closed {
            return Err(Error::Closed);
        }
        match lane {
            Lane::Prompt | Lane::Durable => queue.prompt.push_back(job),
            Lane::Bulk => queue.bulk.push_back(job),
        }
        drop(queue);
        self.shared.filled.notify_one();
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        lock(&self.shared).closed = true;
        self.shared.filled.notify_one();
        let Some(thread) = self.thread.take() else {
            return;
        };
        // The last handle may go with a job: nobody waits for the thread then, and it ends when that job has committed.
        if thread.thread().id() == std::thread::current().id() {
            return;
        }
        if thread.join().is_err() {
            tracing::error!("The store's writer thread had panicked.");
        }
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, Queue> {
    shared.queue.lock().unwrap_or_else(PoisonError::into_inner)
}

fn in_transaction<T, E: From<Error>>(
    conn: &mut Connection,
    lane: Lane,
    f: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    // In WAL mode NORMAL leaves the last commits to the operating system, FULL waits for the disk (sqlite.org/pragma).
    let wanted = if lane == Lane::Durable { 2 } else { 1 };
    let now: i64 = conn
        .query_row("PRAGMA synchronous", [], |r| r.get(0))
        .map_err(Error::from)?;
    if now != wanted {
        conn.pragma_update(None, "synchronous", wanted)
            .map_err(Error::from)?;
    }
    let tx = conn
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(Error::from)?;
    let value = f(&tx)?;
    tx.commit().map_err(Error::from)?;
    Ok(value)
}

fn run(shared: &Shared, mut conn: Connection, mut checkpointer: Checkpointer) {
    checkpoint::note_length(&conn);
    let mut dirty = false;
    loop {
        let mut queue = lock(shared);
        let (job, lane) = loop {
            if let Some(job) = queue.prompt.pop_front() {
                break (job, Lane::Prompt);
            }
            if let Some(job) = queue.bulk.pop_front() {
                break (job, Lane::Bulk);
            }
            if queue.closed {
                return;
            }
            if dirty {
                let (q, timeout) = shared
                    .filled
                    .wait_timeout(queue, IDLE)
                    .unwrap_or_else(PoisonError::into_inner);
                queue = q;
                if timeout.timed_out() {
                    drop(queue);
                    checkpointer.ask();
                    dirty = false;
                    queue = lock(shared);
                }
            } else {
                queue = shared
                    .filled
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        };
        drop(queue);
        if job(&mut conn) {
            checkpointer.after_commit(&conn);
            dirty = true;
        }
        if lane == Lane::Bulk {
            std::thread::sleep(YIELD);
        }
    }
}
