//! Table `pack`: raw messages that came in bulk, in append-only files beside the database.
//!
//! What the write-ahead log would write twice is written once (docs/adr/0002). Only what a server has and would give
//! again lies here; all else stays in the database. The bytes are handed to the system before the transaction that
//! refers to them commits, so the end of a process loses nothing. How far they are on the disk itself is noted, and what
//! lies beyond is looked through when the profile is opened again (`doubt`): a mail whose bytes a power cut took is
//! fetched anew.

mod doubt;
mod files;
mod tidy;

use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use crate::{Error, Read, Result, Write};

use files::Appending;
pub(crate) use files::Packs;

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 pack",
    sql: "
CREATE TABLE pack (
  id INTEGER PRIMARY KEY AUTOINCREMENT,         -- packs/ID.pack; never reused: a file left behind must not be taken for another
  length INTEGER NOT NULL DEFAULT 0,            -- bytes that rows may refer to
  synced INTEGER NOT NULL DEFAULT 0,            -- of these, known to be on the disk
  live INTEGER NOT NULL DEFAULT 0               -- bytes that rows do refer to
) STRICT;
ALTER TABLE blob ADD COLUMN pack_id INTEGER REFERENCES pack(id); -- NULL: its frames are in blob_chunk
ALTER TABLE blob ADD COLUMN pack_offset INTEGER;
ALTER TABLE blob ADD COLUMN pack_length INTEGER;                 -- one frame
CREATE INDEX blob_pack ON blob (pack_id) WHERE pack_id IS NOT NULL;
",
};

/// A pack that has so many bytes grows no more.
const FULL: u64 = 64 << 20;

/// Where a frame lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Packed {
    pub(crate) pack: i64,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

impl Read<'_> {
    /// Returns the first `most` bytes of a frame.
    pub(crate) fn frame(&self, place: Packed, most: usize) -> Result<Vec<u8>> {
        let length = usize::try_from(place.length).unwrap_or(usize::MAX);
        self.shared
            .packs
            .read(place.pack, place.offset, length.min(most))
            .map_err(|e| Error::unreadable("a message", e))
    }
}

impl Write<'_> {
    /// Appends a frame to the pack that grows; `None` where another process does so, and the database has to take it.
    pub(crate) fn pack(&mut self, frame: &[u8]) -> Result<Option<Packed>> {
        let packs = &self.shared.packs;
        let mut appending = packs.appending();
        if !packs.have_right(&mut appending) {
            return Ok(None);
        }
        if let Some(mut full) = appending.current.take_if(|c| c.end() >= FULL) {
            full.flush().map_err(cannot)?;
            packs.sync_if_much(&full);
            appending.full.push(full);
        }
        if appending.current.is_none() {
            appending.current = Some(self.next_pack()?);
        }
        appending.added = true;
        let Some(current) = appending.current.as_mut() else {
            return Ok(None);
        };
        let place = Packed {
            pack: current.pack,
            offset: current.append(frame).map_err(cannot)?,
            length: u64::try_from(frame.len()).unwrap_or(u64::MAX),
        };
        drop(appending);
        Ok(Some(place))
    }

    /// The newest pack, where it may grow on, or a new one.
    fn next_pack(&self) -> Result<files::Growing> {
        let packs = &self.shared.packs;
        let newest: Option<(i64, u64)> = self
            .tx
            .prepare_cached(
                "SELECT id, length FROM pack WHERE id = (SELECT max(id) FROM pack)
                   AND length > 0 AND length < ?1 AND synced = length AND live * 2 >= length",
            )?
            .query_row([FULL], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        if let Some((id, length)) = newest
            && let Some(growing) = packs.grow(id, length).map_err(cannot)?
        {
            return Ok(growing);
        }
        self.tx.execute("INSERT INTO pack DEFAULT VALUES", [])?;
        let id = self.tx.last_insert_rowid();
        let new = packs.grow(id, 0).map_err(cannot)?;
        new.ok_or_else(|| cannot("a new file is not empty"))
    }

    /// Hands to the system what was appended and notes it, and how far it is on the disk; called before each commit.
    pub(crate) fn settle_packs(&mut self) -> Result<()> {
        let mut appending = self.shared.packs.appending();
        let Appending { current, full, .. } = &mut *appending;
        for growing in full.iter_mut().chain(current.as_mut()) {
            if growing.live > 0 {
                growing.flush().map_err(cannot)?;
                self.shared.packs.sync_if_much(growing);
            }
            let synced = growing.synced().min(growing.end());
            if growing.live == 0 && synced == growing.marked {
                continue;
            }
            growing.marked = synced;
            self.tx
                .prepare_cached(
                    "UPDATE pack SET length = ?2, synced = ?3, live = live + ?4 WHERE id = ?1",
                )?
                .execute(params![
                    growing.pack,
                    growing.end(),
                    synced,
                    std::mem::take(&mut growing.live)
                ])?;
        }
        full.retain(|growing| growing.marked < growing.end());
        drop(appending);
        Ok(())
    }

    /// Counts a frame as dead.
    pub(crate) fn unpack(&self, place: Packed) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE pack SET live = live - ?2 WHERE id = ?1")?
            .execute(params![place.pack, place.length])?;
        Ok(())
    }
}

fn cannot(e: impl std::fmt::Display) -> Error {
    Error::NotNow(format!(
        "the mails' files in the profile's folder \"packs\" cannot be written: {e}"
    ))
}
