//! The file of a backup: a JSON object a line, the same for both databases.
//!
//! The first line says what it is, the last one counts and sums all the others, so a file that was cut off or changed is
//! noticed. Between them each organisation's line is followed by its rows. The file holds hashes of passwords and tokens:
//! only its owner may read it.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::acts::KeptAct;
use super::rows::{
    KeptAudit, KeptCompany, KeptDevice, KeptErp, KeptEvent, KeptFile, KeptInvitation, KeptMember,
    KeptOrg, KeptPart, hex,
};
use super::{Result, StorageError};

/// The form of the file this program writes and reads.
const VERSION: u32 = 1;
/// Longest line: an operation may have a mebibyte, and a little more once it is quoted.
const MAX_LINE_BYTES: u64 = 16 << 20;
/// Rows read or written at a time, all in memory: few enough that even the largest are no trouble.
pub(super) const CHUNK: usize = 128;
/// Once so many bytes of lines were read, a chunk ends early.
const CHUNK_BYTES: usize = 8 << 20;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// The first.
    KontorBackup {
        version: u32,
    },
    /// Begins an organisation.
    Org(KeptOrg),
    /// Of the organisation above, as all that follow.
    Member(KeptMember),
    Device(KeptDevice),
    Invitation(KeptInvitation),
    Company(KeptCompany),
    Erp(KeptErp),
    Audit(KeptAudit),
    Act(KeptAct),
    /// In order of `seq`.
    Event(KeptEvent),
    /// A whole file; all its parts follow.
    File(KeptFile),
    FilePart(KeptPart),
    /// The last.
    End(End),
}

/// What the other lines must come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    /// Lines before this one.
    pub(super) lines: u64,
    /// Of them organisations.
    pub(super) orgs: u64,
    /// Of them events.
    pub(super) events: u64,
    /// SHA-256 of all bytes before this line, in hex.
    pub(super) sha256: String,
}

/// A running count and sum of lines.
#[derive(Debug, Default)]
struct Tally {
    end: End,
    sum: Sha256,
}

impl Tally {
    fn add(&mut self, line: &Line, bytes: &[u8]) {
        let one = |n: &mut u64, is: bool| *n = n.saturating_add(u64::from(is));
        one(&mut self.end.lines, true);
        one(&mut self.end.orgs, matches!(line, Line::Org(_)));
        one(&mut self.end.events, matches!(line, Line::Event(_)));
        self.sum.update(bytes);
    }

    fn end(&self) -> End {
        let hash: [u8; 32] = self.sum.clone().finalize().into();
        End {
            sha256: hex(&hash),
            ..self.end.clone()
        }
    }
}

/// Writes a new file; unless finished, it is gone when dropped.
#[derive(Debug)]
pub(super) struct BackupWriter {
    path: PathBuf,
    file: BufWriter<File>,
    tally: Tally,
    finished: bool,
}

impl BackupWriter {
    pub(super) fn create(path: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|e| wrong(path, &e))?;
        let mut writer = Self {
            path: path.to_owned(),
            file: BufWriter::with_capacity(1 << 16, file),
            tally: Tally::default(),
            finished: false,
        };
        writer.put(&Line::KontorBackup { version: VERSION })?;
        Ok(writer)
    }

    pub(super) fn put(&mut self, line: &Line) -> Result<()> {
        let bytes = self.write(line)?;
        self.tally.add(line, &bytes);
        Ok(())
    }

    /// Writes the last line and waits for the disk; answers the number of events.
    pub(super) fn finish(mut self) -> Result<u64> {
        let end = self.tally.end();
        let events = end.events;
        self.write(&Line::End(end))?;
        self.file.flush().map_err(|e| wrong(&self.path, &e))?;
        self.file
            .get_ref()
            .sync_all()
            .map_err(|e| wrong(&self.path, &e))?;
        self.finished = true;
        Ok(events)
    }

    fn write(&mut self, line: &Line) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(line).map_err(|e| wrong(&self.path, &e))?;
        bytes.push(b'\n');
        self.file
            .write_all(&bytes)
            .map_err(|e| wrong(&self.path, &e))?;
        Ok(bytes)
    }
}

impl Drop for BackupWriter {
    fn drop(&mut self) {
        if !self.finished
            && let Err(e) = std::fs::remove_file(&self.path)
        {
            tracing::warn!("The unfinished backup {} stays: {e}.", self.path.display());
        }
    }
}

/// Reads a file to its end and refuses it there, when it does not come to what its last line says. Whatever was done with
/// its lines by then must be undone.
#[derive(Debug)]
pub(super) struct BackupReader {
    path: PathBuf,
    file: BufReader<File>,
    tally: Tally,
    ended: bool,
}

impl BackupReader {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| wrong(path, &e))?;
        let mut reader = Self {
            path: path.to_owned(),
            file: BufReader::with_capacity(1 << 16, file),
            tally: Tally::default(),
            ended: false,
        };
        match reader.line() {
            Ok(Some((line, bytes))) if line == (Line::KontorBackup { version: VERSION }) => {
                reader.tally.add(&line, &bytes);
                Ok(reader)
            }
            Ok(Some((Line::KontorBackup { version }, _))) => Err(wrong(
                path,
                &format!("it is of version {version}, this program reads {VERSION}: update it"),
            )),
            _ => Err(wrong(path, &"it is no backup of a kontor-server")),
        }
    }

    /// The next lines, [`CHUNK`] at most and fewer where they are large; none after the last.
    pub(super) fn chunk(&mut self) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        let mut bytes = 0_usize;
        while lines.len() < CHUNK && bytes < CHUNK_BYTES {
            match self.next()? {
                Some(line) => {
                    bytes = bytes.saturating_add(match &line {
                        Line::FilePart(part) => part.data.len(),
                        Line::Act(act) => act.act.len(),
                        _ => 0,
                    });
                    lines.push(line);
                }
                None => break,
            }
        }
        Ok(lines)
    }

    /// Number of events read so far.
    pub(super) fn events(&self) -> u64 {
        self.tally.end.events
    }

    /// The next line that is a row; `None` once the end was reached and all is right.
    fn next(&mut self) -> Result<Option<Line>> {
        if self.ended {
            return Ok(None);
        }
        let Some((line, bytes)) = self.line()? else {
            return Err(wrong(
                &self.path,
                &"it is cut off: its last line is missing",
            ));
        };
        match line {
            Line::End(end) if end != self.tally.end() => Err(wrong(
                &self.path,
                &"it was changed or damaged: its checksum does not match",
            )),
            Line::End(_) => {
                self.ended = true;
                match self.file.fill_buf() {
                    Ok([]) => Ok(None),
                    Ok(_) => Err(wrong(&self.path, &"there is more after its end")),
                    Err(e) => Err(wrong(&self.path, &e)),
                }
            }
            Line::KontorBackup { .. } => Err(wrong(&self.path, &"it begins twice")),
            line => {
                self.tally.add(&line, &bytes);
                if self.tally.end.orgs == 0 {
                    return Err(wrong(&self.path, &"a row belongs to no organisation"));
                }
                Ok(Some(line))
            }
        }
    }

    fn line(&mut self) -> Result<Option<(Line, Vec<u8>)>> {
        let mut bytes = Vec::new();
        (&mut self.file)
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut bytes)
            .map_err(|e| wrong(&self.path, &e))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.last() != Some(&b'\n') {
            return Err(wrong(&self.path, &"it is cut off in the middle of a line"));
        }
        let number = self.tally.end.lines.saturating_add(1);
        let line = serde_json::from_slice(&bytes)
            .map_err(|e| wrong(&self.path, &format!("line {number} cannot be read: {e}")))?;
        Ok(Some((line, bytes)))
    }
}

fn wrong(path: &Path, what: &dyn std::fmt::Display) -> StorageError {
    StorageError::File(format!("the backup {}: {what}", path.display()))
}
