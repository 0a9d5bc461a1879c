//! Notices what other processes commit.
//!
//! Whoever changes the file writes to its WAL first (sqlite.org/wal), and the system tells of that: where nothing happens,
//! nobody wakes. A write is not yet a commit, so for a while after each one the file's version is looked at. Where the
//! system tells nothing (another one than Linux, no watch left to be had, a silent file system) it is looked at all the time.

mod bell;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::watch;

use self::bell::{Bell, Heard};
use crate::Result;

/// After a write the version is looked at in these steps: most commits are through at once. Writes meanwhile are not
/// listened to, so that a bulk sync costs some twenty looks a second.
const SOON: [Duration; 3] = [
    Duration::from_millis(2),
    Duration::from_millis(20),
    Duration::from_millis(178),
];

/// The pace of looks while a commit may still be under way, and where nothing tells of writes.
const LOOK: Duration = Duration::from_millis(200);

/// So many looks follow a write: a commit that waits for a slow disk is mostly through by then.
const LATE: u32 = 10;

/// The pace of looks otherwise, in case the system is silent.
const REST: Duration = Duration::from_secs(5);

/// The handle of the thread that notices. Dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Others {
    bell: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

/// What is told.
pub(crate) struct Counts {
    /// Our own commits.
    pub(crate) own: watch::Receiver<u64>,
    /// Ticks after each commit, whoever made it.
    pub(crate) any: watch::Sender<u64>,
}

impl Others {
    /// Tells of commits to the file at `path` from now on. `open` gives the thread a connection of its own.
    pub(crate) fn watch(
        path: &Path,
        counts: Counts,
        open: impl Fn() -> Result<Connection> + Send + 'static,
    ) -> io::Result<Self> {
        let mut wal = path.to_owned().into_os_string();
        wal.push("-wal");
        Self::listen_to(wal.into(), counts, open)
    }

    fn listen_to(
        wal: PathBuf,
        counts: Counts,
        open: impl Fn() -> Result<Connection> + Send + 'static,
    ) -> io::Result<Self> {
        let bell = Arc::new(Bell::new(wal)?);
        let mut watcher = Watcher {
            bell: Arc::clone(&bell),
            conn: None,
            open,
            version: 0,
            counted: 0,
            owed: false,
            counts,
            deaf: false,
        };
        let thread = std::thread::Builder::new()
            .name("store others".to_owned())
            .spawn(move || watcher.run())?;
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

struct Watcher<F> {
    bell: Arc<Bell>,
    /// `None` until the file could be opened and read.
    conn: Option<Connection>,
    open: F,
    counts: Counts,
    /// As of the last look.
    version: i64,
    /// Our own commits before the last look.
    counted: u64,
    /// Something was committed, by us for all we know: told once for a bunch.
    owed: bool,
    /// The system did not tell of a write.
    deaf: bool,
}

impl<F: Fn() -> Result<Connection>> Watcher<F> {
    fn run(&mut self) {
        let mut late = 0_u32;
        loop {
            // Looked at after it hears again: what came in between is not missed.
            let hears = self.bell.listen();
            self.look();
            self.tell();
            let rests = hears && late == 0 && !self.deaf && self.conn.is_some();
            let mut heard = self.bell.wait(if rests { REST } else { LOOK });
            if heard == Heard::Nothing && rests && self.look() {
                heard = self.bell.wait(Duration::ZERO);
                self.deaf = heard == Heard::Nothing;
            }
            match heard {
                Heard::End => return,
                Heard::Nothing => late = late.saturating_sub(1),
                Heard::Write => {
                    (late, self.deaf) = (LATE, false);
                    if !self.look_soon() {
                        return;
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

    /// Looks whether somebody has committed since the last look, and says so. Tells of it at once where it was nobody here:
    /// our own commits have told of themselves.
    fn look(&mut self) -> bool {
        let own = *self.counts.own.borrow();
        let (version, news) = match self.read() {
            Ok(version) => (version, version != self.version),
            Err(e) => {
                if self.conn.take().is_some() {
                    tracing::warn!("what other processes write goes unnoticed for now: {e}");
                }
                return false;
            }
        };
        if news {
            self.version = version;
            self.owed = true;
            if own == self.counted {
                self.tell();
            }
        }
        self.counted = own;
        news
    }

    fn read(&mut self) -> Result<i64> {
        if let Some(conn) = &self.conn {
            return version(conn);
        }
        let conn = (self.open)()?;
        self.version = version(&conn)?;
        self.conn = Some(conn);
        // Who has asked to be told may have missed something until now.
        self.owed = true;
        Ok(self.version)
    }

    fn tell(&mut self) {
        if std::mem::take(&mut self.owed) {
            self.counts.any.send_modify(|n| *n = n.wrapping_add(1));
        }
    }
}

/// Another one than the last time when another connection has committed meanwhile (sqlite.org/pragma).
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
        let (own, any) = (watch::Sender::new(0), watch::Sender::new(0));
        let mut ticks = any.subscribe();
        let counts = Counts {
            own: own.subscribe(),
            any,
        };
        let open = move || Ok(Connection::open(&path)?);
        let silent = silent(dir.path().join("silent"));
        let _others = Others::listen_to(silent, counts, open).unwrap();
        ticks.changed().await.unwrap();
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
