//! The files of the packs: who may append, how far what was appended is on the disk, and reading from any of them.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::FULL;

/// Gathered before it is written: one call to the system for some dozens of mails.
const BUFFER: usize = 1 << 20;

/// So much may be written before a thread has it brought to the disk: what a start after a crash looks through.
const SYNC_EVERY: u64 = 16 << 20;

/// Files kept open for reading.
const OPEN: usize = 64;

/// A profile's packs, as one process has them.
#[derive(Debug)]
pub(crate) struct Packs {
    dir: PathBuf,
    reading: Mutex<BTreeMap<i64, Arc<File>>>,
    appending: Mutex<Appending>,
}

/// The appending side. Only the writer's thread uses it.
#[derive(Debug, Default)]
pub(crate) struct Appending {
    /// The lock: one process appends to a profile's packs, looks through them and deletes them. Ends with the process.
    right: Option<File>,
    /// The pack that grows.
    pub(crate) current: Option<Growing>,
    /// Packs that are full and perhaps not yet on the disk.
    pub(crate) full: Vec<Growing>,
    /// The running transaction has added to it, and how many commits there were before.
    pub(crate) added: bool,
    commits: u64,
}

/// A pack that grows.
#[derive(Debug)]
pub(crate) struct Growing {
    pub(crate) pack: i64,
    file: Arc<File>,
    /// Where the next frame goes.
    end: u64,
    buffer: Vec<u8>,
    /// Bytes of frames added in the running transaction.
    pub(crate) live: u64,
    progress: Arc<Progress>,
    /// The mark that stands in the table.
    pub(crate) marked: u64,
}

/// How far a pack is on the disk, told by the thread that brings it there.
#[derive(Debug, Default)]
struct Progress {
    synced: AtomicU64,
    busy: AtomicBool,
}

impl Packs {
    pub(crate) fn new(profile: &Path) -> Self {
        Self {
            dir: profile.join("packs"),
            reading: Mutex::default(),
            appending: Mutex::default(),
        }
    }

    fn path(&self, pack: i64) -> PathBuf {
        self.dir.join(format!("{pack}.pack"))
    }

    pub(crate) fn appending(&self) -> MutexGuard<'_, Appending> {
        self.appending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self) -> MutexGuard<'_, BTreeMap<i64, Arc<File>>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads `length` bytes of a pack.
    pub(crate) fn read(&self, pack: i64, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let known = self.reading().get(&pack).map(Arc::clone);
        let file = match known {
            Some(file) => file,
            None => {
                let file = Arc::new(File::open(self.path(pack))?);
                let mut reading = self.reading();
                if reading.len() >= OPEN {
                    reading.clear();
                }
                reading.insert(pack, Arc::clone(&file));
                file
            }
        };
        let mut bytes = vec![0; length];
        read_at(&file, &mut bytes, offset)?;
        Ok(bytes)
    }

    /// Takes the right to append, look through and delete; false while another process (or another store on this
    /// profile) has it, and where files cannot be locked: the database then takes all mail.
    pub(crate) fn have_right(&self, appending: &mut Appending) -> bool {
        if appending.right.is_none() {
            match self.lock() {
                Ok(file) => appending.right = Some(file),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(e)) => {
                    tracing::debug!("Mails go into the database, not into packs: {e}.");
                }
            }
        }
        appending.right.is_some()
    }

    fn lock(&self) -> Result<File, TryLockError> {
        std::fs::create_dir_all(&self.dir).map_err(TryLockError::Error)?;
        let file = private()
            .create(true)
            .truncate(false)
            .open(self.dir.join("lock"))
            .map_err(TryLockError::Error)?;
        file.try_lock()?;
        Ok(file)
    }

    /// Opens a pack to append at its end; `None` when its file is gone or shorter than what the table knows of it. A new
    /// pack is emptied: a file of its number belongs to a transaction that was never committed.
    pub(crate) fn grow(&self, pack: i64, length: u64) -> io::Result<Option<Growing>> {
        if self.length(pack) < length {
            return Ok(None);
        }
        let file = private()
            .create(length == 0)
            .truncate(length == 0)
            .open(self.path(pack))?;
        let end = file.metadata()?.len();
        self.reading().remove(&pack);
        Ok(Some(Growing {
            pack,
            file: Arc::new(file),
            end,
            buffer: Vec::with_capacity(BUFFER),
            live: 0,
            progress: Arc::new(Progress {
                synced: AtomicU64::new(length),
                busy: AtomicBool::new(false),
            }),
            marked: length,
        }))
    }

    /// Brings everything written to the disk; each answer comes when a part of it is there. Empty when all is.
    pub(crate) fn sync(&self) -> Vec<oneshot::Receiver<()>> {
        let appending = self.appending();
        let ahead = appending.all().filter(|g| g.synced() < g.end);
        let begun = ahead.map(|growing| growing.start_sync(&self.dir)).collect();
        drop(appending);
        begun
    }

    /// Has what was written brought to the disk once it is much, by a thread of its own.
    pub(crate) fn sync_if_much(&self, growing: &Growing) {
        let ahead = growing.end.saturating_sub(growing.synced());
        let due = ahead >= SYNC_EVERY || growing.end >= FULL;
        if due && !growing.progress.busy.swap(true, Ordering::AcqRel) {
            drop(growing.start_sync(&self.dir));
        }
    }

    /// Returns how many bytes a pack's file has; 0 where there is none.
    pub(crate) fn length(&self, pack: i64) -> u64 {
        std::fs::metadata(self.path(pack)).map_or(0, |file| file.len())
    }

    /// Brings a pack that does not grow any more to the disk.
    pub(crate) fn sync_old(&self, pack: i64) -> io::Result<()> {
        private().open(self.path(pack))?.sync_data()?;
        sync_dir(&self.dir)
    }

    /// True when there may be files.
    pub(crate) fn exist(&self) -> bool {
        self.dir.is_dir()
    }

    /// The numbers of the packs whose files are here.
    pub(crate) fn present(&self) -> io::Result<Vec<i64>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.dir)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|n| n.strip_suffix(".pack"));
            found.extend(number.and_then(|n| n.parse::<i64>().ok()));
        }
        Ok(found)
    }

    /// Deletes a file no row names any more.
    pub(crate) fn remove(&self, pack: i64) -> io::Result<()> {
        self.reading().remove(&pack);
        std::fs::remove_file(self.path(pack))
    }

    /// Called when a transaction begins. If the one before added to a pack and was not committed, nobody knows what the
    /// pack's row says: another one is begun.
    pub(crate) fn begin(&self, commits: u64) {
        let mut appending = self.appending();
        if appending.added && commits == appending.commits {
            appending.current = None;
            appending.full.clear();
        }
        appending.added = false;
        appending.commits = commits;
    }
}

impl Growing {
    /// Takes a frame; says where it will lie. It is in the file after [`Self::flush`].
    pub(crate) fn append(&mut self, frame: &[u8]) -> io::Result<u64> {
        let offset = self.end.saturating_add(len(&self.buffer));
        self.buffer.extend_from_slice(frame);
        self.live = self.live.saturating_add(len(frame));
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(offset)
    }

    /// Hands what was taken to the system: from now on it survives the end of the process.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        let mut file: &File = &self.file;
        io::Seek::seek(&mut file, io::SeekFrom::Start(self.end))?;
        file.write_all(&self.buffer)?;
        self.end = self.end.saturating_add(len(&self.buffer));
        self.buffer.clear();
        Ok(())
    }

    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Bytes from the beginning that are on the disk.
    pub(crate) fn synced(&self) -> u64 {
        self.progress.synced.load(Ordering::Acquire)
    }

    fn start_sync(&self, dir: &Path) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        let (file, progress, end) = (Arc::clone(&self.file), Arc::clone(&self.progress), self.end);
        let dir = dir.to_owned();
        let begun = std::thread::Builder::new()
            .name("store pack sync".to_owned())
            .spawn(move || {
                match file.sync_data().and_then(|()| sync_dir(&dir)) {
                    Ok(()) => drop(progress.synced.fetch_max(end, Ordering::AcqRel)),
                    Err(e) => tracing::warn!("A pack of mails is not on the disk yet: {e}."),
                }
                progress.busy.store(false, Ordering::Release);
                // Often nobody waits for it.
                let _unheard = tell.send(());
            });
        if let Err(e) = begun {
            self.progress.busy.store(false, Ordering::Release);
            tracing::debug!("No thread for the packs could be started: {e}.");
        }
        told
    }
}

impl Appending {
    /// The packs this process has begun and not yet seen on the disk, and the one that grows.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Growing> {
        self.full.iter().chain(&self.current)
    }
}

fn len(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Mail is private to its owner, as the profile's folder is.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Elsewhere a folder cannot be synced, and its entries are kept with the file.
#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = bytes.get_mut(read..).unwrap_or_default();
        offset = offset.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    }
    Ok(())
}
