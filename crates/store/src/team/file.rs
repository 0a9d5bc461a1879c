//! Tables `note_file` and `note_file_part`: the files of notes, once each by the hash of their bytes.
//!
//! A file comes whole from this desk or piece by piece from the team's server, and is anybody's to read once it is whole.
//! What the server lacks is what does not carry the life of the server's store (`epoch`): after a server was restored, and
//! before it was ever asked, that is every file here. So there is no queue beside the files that could disagree with them.

use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{signed, unsigned};
use crate::{Error, Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 note file",
    sql: "
CREATE TABLE note_file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,                    -- SHA-256 of its bytes
  size INTEGER NOT NULL,
  received INTEGER NOT NULL,                    -- bytes that are here, from the beginning
  whole INTEGER NOT NULL,                       -- 1: all are here and have the hash
  wanted INTEGER NOT NULL DEFAULT 0,            -- 1: to be fetched
  absent INTEGER NOT NULL DEFAULT 0,            -- 1: the server did not have it when it was asked last
  org TEXT,                                     -- whose it is; NULL before any team
  epoch TEXT                                    -- life of the server's store that has it
) STRICT;
CREATE INDEX note_file_epoch ON note_file (epoch) WHERE whole = 1;
CREATE INDEX note_file_wanted ON note_file (wanted) WHERE wanted = 1;
CREATE TABLE note_file_part (
  id INTEGER PRIMARY KEY,                       -- note_file.id * 4096 + number: parts lie together
  data BLOB NOT NULL                            -- 256 KiB, the last one less
) STRICT;
",
};

/// Bytes of every part but the last.
const PART: u64 = 256 << 10;
/// Parts a file may have.
const MOST_PARTS: i64 = 4096;

/// A file of a note, or the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteFileRow {
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// Bytes it has.
    pub size: u64,
    /// Bytes that are here, from the beginning.
    pub received: u64,
    /// All are here and have the hash.
    pub whole: bool,
    /// To be fetched.
    pub wanted: bool,
    /// The server did not have it when it was asked last.
    pub absent: bool,
    /// Whose it is; `None` before any team.
    pub org: Option<String>,
    /// Life of the server's store that has it.
    pub epoch: Option<String>,
}

/// In place of a team: a file that is nobody's but this profile's.
const APART: &str = "";

const SELECT: &str =
    "SELECT hash, size, received, whole, wanted, absent, org, epoch FROM note_file";

fn read(row: &Row<'_>) -> rusqlite::Result<NoteFileRow> {
    Ok(NoteFileRow {
        hash: row.get(0)?,
        size: unsigned(row.get(1)?),
        received: unsigned(row.get(2)?),
        whole: row.get(3)?,
        wanted: row.get(4)?,
        absent: row.get(5)?,
        org: row.get(6)?,
        epoch: row.get(7)?,
    })
}

impl Read<'_> {
    /// Returns how a file stands here; `None` when nothing is known of it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_file(&self, hash: [u8; 32]) -> Result<Option<NoteFileRow>> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE hash = ?1"))?
            .query_row([&hash[..]], read)
            .optional()?)
    }

    /// Returns bytes of a file from `from` on, to the end of the part they stand in at most; none behind its end.
    ///
    /// # Errors
    /// [`Error::Missing`] when these bytes are not here.
    pub fn note_file_bytes(&self, hash: [u8; 32], from: u64) -> Result<Vec<u8>> {
        let found: Option<(i64, i64)> = self
            .conn
            .prepare_cached("SELECT id, size FROM note_file WHERE hash = ?1")?
            .query_row([&hash[..]], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        let missing = || Error::Missing("a part of a note's file".to_owned());
        let (id, size) = found.ok_or_else(missing)?;
        if from >= unsigned(size) {
            return Ok(Vec::new());
        }
        let number = from.checked_div(PART).unwrap_or(0);
        let skip = usize::try_from(from.checked_rem(PART).unwrap_or(0)).unwrap_or(usize::MAX);
        let part: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT data FROM note_file_part WHERE id = ?1")?
            .query_row([part_id(id, number)], |r| r.get(0))
            .optional()?;
        let mut part = part.filter(|p| p.len() > skip).ok_or_else(missing)?;
        Ok(part.split_off(skip))
    }

    /// Returns the files the team's server may lack: it has another life than the one that had them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_files_untold(&self, org: &str, epoch: &str) -> Result<Vec<NoteFileRow>> {
        let mut rows = self.conn.prepare_cached(&format!(
            "{SELECT} WHERE whole = 1 AND (org IS NULL OR org = ?1) AND (epoch IS NULL OR epoch <> ?2) ORDER BY id"
        ))?;
        let rows = rows.query_map([org, epoch], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the files to be fetched, those first that the server did not lack.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_files_wanted(&self) -> Result<Vec<NoteFileRow>> {
        let mut rows = self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE wanted = 1 ORDER BY absent, id"))?;
        let rows = rows.query_map([], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Stores a file of this desk, whole: `parts` of 256 KiB, the last one less. `org` is the team it is shared with.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_note_file(
        &mut self,
        hash: [u8; 32],
        size: u64,
        parts: &[Vec<u8>],
        org: Option<&str>,
    ) -> Result<()> {
        self.touch_team();
        let here: Option<(bool, Option<String>)> = self
            .tx
            .prepare_cached("SELECT whole, org FROM note_file WHERE hash = ?1")?
            .query_row([&hash[..]], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        if let Some((true, old)) = &here {
            // The same content in another team's note: that team's server has to be asked.
            if old.as_deref() != org && (org.is_some() || old.as_deref() == Some(APART)) {
                self.tx
                    .prepare_cached("UPDATE note_file SET org = ?2, epoch = NULL WHERE hash = ?1")?
                    .execute(params![&hash[..], org])?;
            }
            return Ok(());
        }
        if here.is_some() {
            self.drop_note_file(hash)?;
        }
        self.tx
            .prepare_cached(
                "INSERT INTO note_file (hash, size, received, whole, org) VALUES (?1, ?2, ?2, 1, ?3)",
            )?
            .execute(params![&hash[..], signed(size), org])?;
        let id = self.tx.last_insert_rowid();
        for (number, part) in (0..).zip(parts) {
            self.put_part(id, number, part)?;
        }
        Ok(())
    }

    /// Stores a file of an act, as [`Self::put_note_file`] does. Without a team it is of no team a later one would be told
    /// of, unless a note names it, too.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_act_file(
        &mut self,
        hash: [u8; 32],
        size: u64,
        parts: &[Vec<u8>],
        org: Option<&str>,
    ) -> Result<()> {
        let here: Option<bool> = self
            .tx
            .prepare_cached("SELECT whole FROM note_file WHERE hash = ?1")?
            .query_row([&hash[..]], |r| r.get(0))
            .optional()?;
        if org.is_none() && here == Some(true) {
            return Ok(());
        }
        self.put_note_file(hash, size, parts, Some(org.unwrap_or(APART)))
    }

    /// Notes that a file is to be fetched. One that is here stays as it is.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_note_file(&mut self, hash: [u8; 32], size: u64, org: &str) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO note_file (hash, size, received, whole, wanted, org) VALUES (?1, ?2, 0, 0, 1, ?3)
                 ON CONFLICT (hash) DO UPDATE SET wanted = 1 WHERE whole = 0 AND wanted = 0",
            )?
            .execute(params![&hash[..], signed(size), org])?;
        Ok(())
    }

    /// Keeps a piece of a file that is fetched, where it goes on there; answers how much is here then.
    ///
    /// # Errors
    /// [`Error::Missing`] when the file is not known.
    pub fn add_note_file_piece(&mut self, hash: [u8; 32], at: u64, bytes: &[u8]) -> Result<u64> {
        let found: Option<(i64, i64, i64, bool)> = self
            .tx
            .prepare_cached("SELECT id, size, received, whole FROM note_file WHERE hash = ?1")?
            .query_row([&hash[..]], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
            })
            .optional()?;
        let Some((id, size, received, whole)) = found else {
            return Err(Error::Missing("a note's file".to_owned()));
        };
        let (size, received) = (unsigned(size), unsigned(received));
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let after = at.saturating_add(length);
        // Another process may be faster with the same file.
        if whole || received != at || after > size {
            return Ok(received);
        }
        let first = at.checked_div(PART).unwrap_or(0);
        let mut all: Vec<u8> = Vec::new();
        if !at.is_multiple_of(PART) {
            all = self
                .tx
                .prepare_cached("SELECT data FROM note_file_part WHERE id = ?1")?
                .query_row([part_id(id, first)], |r| r.get(0))?;
        }
        all.extend_from_slice(bytes);
        let part = usize::try_from(PART).unwrap_or(usize::MAX);
        for (number, data) in (first..).zip(all.chunks(part)) {
            self.put_part(id, number, data)?;
        }
        self.tx
            .prepare_cached("UPDATE note_file SET received = ?2, absent = 0 WHERE id = ?1")?
            .execute(params![id, signed(after)])?;
        Ok(after)
    }

    /// Ends a fetch whose bytes were looked at: the file is whole, the server's store of this life has it. Or it is
    /// thrown away.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn end_note_file(&mut self, hash: [u8; 32], good: bool, epoch: &str) -> Result<()> {
        self.touch_team();
        if !good {
            return self.drop_note_file(hash);
        }
        self.tx
            .prepare_cached(
                "UPDATE note_file SET whole = 1, wanted = 0, absent = 0, epoch = ?2
                 WHERE hash = ?1 AND received = size",
            )?
            .execute(params![&hash[..], epoch])?;
        Ok(())
    }

    /// Notes that the team's server has a file.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_file_told(&mut self, hash: [u8; 32], org: &str, epoch: &str) -> Result<()> {
        self.touch_team();
        self.tx
            .prepare_cached("UPDATE note_file SET org = ?2, epoch = ?3 WHERE hash = ?1")?
            .execute(params![&hash[..], org, epoch])?;
        Ok(())
    }

    /// Notes whether the team's server has a file that is not here; it is not wanted for that.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn know_note_file(
        &mut self,
        hash: [u8; 32],
        size: u64,
        org: &str,
        absent: bool,
    ) -> Result<()> {
        let changed = self
            .tx
            .prepare_cached(
                "INSERT INTO note_file (hash, size, received, whole, absent, org) VALUES (?1, ?2, 0, 0, ?4, ?3)
                 ON CONFLICT (hash) DO UPDATE SET absent = ?4 WHERE whole = 0 AND absent <> ?4",
            )?
            .execute(params![&hash[..], signed(size), org, absent])?;
        if changed > 0 {
            self.touch_team();
        }
        Ok(())
    }

    /// Notes that the team's server does not have a file that is wanted.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_file_absent(&mut self, hash: [u8; 32]) -> Result<()> {
        let changed = self
            .tx
            .prepare_cached("UPDATE note_file SET absent = 1 WHERE hash = ?1 AND absent = 0")?
            .execute([&hash[..]])?;
        if changed > 0 {
            self.touch_team();
        }
        Ok(())
    }

    fn put_part(&self, id: i64, number: u64, data: &[u8]) -> Result<()> {
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO note_file_part (id, data) VALUES (?1, ?2)")?
            .execute(params![part_id(id, number), data])?;
        Ok(())
    }

    fn drop_note_file(&self, hash: [u8; 32]) -> Result<()> {
        let id: Option<i64> = self
            .tx
            .prepare_cached("DELETE FROM note_file WHERE hash = ?1 RETURNING id")?
            .query_row([&hash[..]], |r| r.get(0))
            .optional()?;
        if let Some(id) = id {
            let first = part_id(id, 0);
            self.tx
                .prepare_cached("DELETE FROM note_file_part WHERE id >= ?1 AND id < ?2")?
                .execute([first, first.saturating_add(MOST_PARTS)])?;
        }
        Ok(())
    }
}

fn part_id(file: i64, number: u64) -> i64 {
    let number = signed(number).min(MOST_PARTS.saturating_sub(1));
    file.saturating_mul(MOST_PARTS).saturating_add(number)
}
