//! Notices what other processes commit.
//!
//! Whoever changes the file writes to its WAL first (sqlite.org/wal), and the system tells of that: where nothing happens,
//! nobody wakes. A write is not yet a commit, so for a while after each one the file's version is looked at. Where the
//! system tells nothing (another one than Linux, no watch left to be had, a silent file system) it is looked at all the time.

mod bell;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::watch;

use self::bell::{Bell, Heard};
use crate::{Error, Result};

/// After a write the version is looked at in these steps: most commits are through at once. Writes meanwhile are not
/// listened to, so that a bulk sync costs a few looks a second.
const SOON: [Duration; 3] = [
    Duration::from_millis(2),
    Duration::from_millis(20),
    Duration::from_millis(178),
];

/// The pace of looks while a commit may still be under way, and where nothing tells of writes.
const LOOK: Duration = Duration::from_millis(200);

/// So many looks follow a write: a commit that waits for a slow disk is through by then.
const LATE: u32 = 10;

/// The pace of looks otherwise, in case the system is silent.
const REST: Duration = Duration::from_secs(5);

/// The handle of the thread that notices. Dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Others {
    bell: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

impl Others {
    /// Ticks `any` soon after each commit from now on, whoever made it. `conn` is the thread's own.
    pub(crate) fn watch(conn: Connection, wal: PathBuf, any: watch::Sender<u64>) -> Result<Self> {
        let no_thread = |e: io::Error| Error::Damaged(format!("no thread could be started: {e}"));
        let bell = Arc::new(Bell::new(wal).map_err(no_thread)?);
        let mut watcher = Watcher {
            version: version(&conn)?,
            conn,
            bell: Arc::clone(&bell),
            any,
        };
        let thread = std::thread::Builder::new()
            .name("store others".to_owned())
            .spawn(move || watcher.run())
            .map_err(no_thread)?;
        Ok(Self {
            bell,
            thread: Some(thread),
        })
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        self.bell.end();
        let ended = self.thread.take().map(JoinHandle::join);
        if ended.is_some_and(|ended| ended.is_err()) {
            tracing::error!("The thread that notices other processes' commits had panicked.");
        }
    }
}

struct Watcher {
    conn: Connection,
    bell: Arc<Bell>,
    any: watch::Sender<u64>,
    /// As of the last look.
    version: i64,
}

impl Watcher {
    fn run(&mut self) {
        let mut late = 0_u32;
        loop {
            // Looked at after it hears again: what came in between is not missed.
            let hears = self.bell.listen();
            self.look();
            let rests = hears && late == 0;
            match self.bell.wait(if rests { REST } else { LOOK }) {
                Heard::End => return,
                Heard::Write => {
                    late = LATE;
                    if !self.look_soon() {
                        return;
                    }
                }
                Heard::Nothing => {
                    late = late.saturating_sub(1);
                    if rests && self.look() && self.bell.wait(Duration::ZERO) == Heard::Nothing {
                        tracing::info!(
                            "the system does not tell of writes to the store: it is looked at all the time"
                        );
                        self.bell.distrust();
                    }
                }
            }
        }
    }

    /// Looks a few times; false when it is to end.
    fn look_soon(&mut self) -> bool {
        for pause in SOON {
            if self.bell.wait(pause) == Heard::End {
                return false;
            }
            self.look();
        }
        true
    }

    /// Ticks where somebody has committed since the last look, and says so. Our own commits look the same from here: they
    /// tick twice.
    fn look(&mut self) -> bool {
        // What cannot be read now is looked at again.
        let now = version(&self.conn).unwrap_or(self.version);
        let changed = now != self.version;
        if changed {
            self.version = now;
            self.any.send_modify(|n| *n = n.wrapping_add(1));
        }
        changed
    }
}

fn version(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row("PRAGMA data_version", [], |row| row.get(0))?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::fs::File;

    use super::*;

    /// Notices two commits in a row, with this for the WAL.
    async fn notices(silent: impl FnOnce(PathBuf) -> PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.db");
        let theirs = Connection::open(&path).unwrap();
        theirs
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE word (text TEXT)")
            .unwrap();
        let (any, conn) = (watch::Sender::new(0), Connection::open(&path).unwrap());
        let mut ticks = any.subscribe();
        let _others = Others::watch(conn, silent(dir.path().join("silent")), any).unwrap();
        for text in ["one", "two"] {
            theirs
                .execute("INSERT INTO word (text) VALUES (?1)", [text])
                .unwrap();
            let longest = REST.saturating_mul(4);
            let ticked = tokio::time::timeout(longest, ticks.changed()).await;
            ticked.expect(text).unwrap();
        }
    }

    #[tokio::test]
    async fn what_cannot_be_listened_to_is_looked_at() {
        notices(|nowhere| nowhere).await;
    }

    #[tokio::test]
    async fn what_tells_nothing_is_looked_at() {
        notices(|file| {
            File::create(&file).unwrap();
            file
        })
        .await;
    }
}
