//! Moves the WAL into the file while the writer goes on writing.
//!
//! A checkpoint waits for the disk, twice (sqlite.org/wal, "Performance Considerations"). On the writer's thread that
//! would be a third of a second in which nobody's change is taken. So a thread of its own moves the bulk; the writer
//! only moves the last few pages itself, because the WAL begins anew when all of it has been moved.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use crate::{Error, Result};

/// The writer moves the last pages itself, no more than this part of the wanted length.
const FEW: u32 = 4;

/// At so many times the wanted length the disk is too slow for us, and the writer waits for it.
const TOO_LONG: u32 = 4;

/// How often the writer then looks whether the thread is done.
const POLL: Duration = Duration::from_millis(2);

thread_local! {
    /// Pages in the WAL after this thread's last commit.
    static LENGTH: Cell<u32> = const { Cell::new(0) };
}

/// Makes a connection note the WAL's length instead of checkpointing by itself.
pub(crate) fn note_length(conn: &Connection) {
    conn.wal_hook(Some(|_, pages| {
        LENGTH.set(u32::try_from(pages).unwrap_or(0));
        Ok(())
    }));
}

/// The handle of the thread. Dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Checkpointer {
    /// The WAL is moved from so many pages on.
    from: u32,
    /// Its length when it was last looked at: shorter means that it has begun anew.
    length: u32,
    moving: Arc<Moving>,
    ask: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Moving {
    busy: AtomicBool,
    /// Pages of this WAL that are in the file.
    moved: AtomicU32,
}

impl Moving {
    fn note(&self, moved: Option<u32>) {
        if let Some(moved) = moved {
            self.moved.store(moved, Ordering::Release);
        }
    }
}

impl Checkpointer {
    /// `conn` is the thread's own.
    pub(crate) fn start(conn: Connection, from: u32) -> Result<Self> {
        let moving = Arc::new(Moving::default());
        let (ask, asked) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("store checkpoint".to_owned())
            .spawn({
                let moving = Arc::clone(&moving);
                move || {
                    while let Ok(()) = asked.recv() {
                        moving.note(checkpoint(&conn));
                        moving.busy.store(false, Ordering::Release);
                    }
                }
            })
            .map_err(|e| Error::Damaged(format!("no checkpoint thread could be started: {e}")))?;
        Ok(Self {
            from,
            length: 0,
            moving,
            ask: Some(ask),
            thread: Some(thread),
        })
    }

    /// Called by the writer after each transaction.
    pub(crate) fn after_commit(&mut self, conn: &Connection) {
        let before = std::mem::replace(&mut self.length, LENGTH.get());
        if self.length < before {
            self.moving.moved.store(0, Ordering::Release);
        }
        if self.length < self.from {
            return;
        }
        while self.is_busy() && self.length >= self.from.saturating_mul(TOO_LONG) {
            std::thread::sleep(POLL);
        }
        let left = self
            .length
            .saturating_sub(self.moving.moved.load(Ordering::Acquire));
        if !self.is_busy() && left <= self.from / FEW {
            self.moving.note(checkpoint(conn));
        } else {
            self.ask();
        }
    }

    fn is_busy(&self) -> bool {
        let lives = self.thread.as_ref().is_some_and(|t| !t.is_finished());
        lives && self.moving.busy.load(Ordering::Acquire)
    }

    /// Has all moved that can be.
    pub(crate) fn ask(&self) {
        if !self.moving.busy.swap(true, Ordering::AcqRel)
            && let Some(ask) = &self.ask
            && ask.send(()).is_err()
        {
            tracing::debug!("The checkpoint thread is gone.");
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("The store's checkpoint thread had panicked.");
        }
    }
}

/// Moves what it can without waiting for anybody; what a reader still needs moves next time. Answers how many pages of
/// the WAL are in the file.
fn checkpoint(conn: &Connection) -> Option<u32> {
    let moved = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |r| r.get::<_, i64>(2));
    moved
        .inspect_err(|e| tracing::debug!("The WAL was not checkpointed: {e}."))
        .ok()
        .and_then(|moved| u32::try_from(moved).ok())
}
