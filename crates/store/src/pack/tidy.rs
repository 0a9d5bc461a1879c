//! Upkeep of the packs: those mostly dead are rewritten, those without a live byte deleted, a little at a time.

use kontor_model::BlobId;
use rusqlite::{OptionalExtension as _, params};

use super::{Packed, cannot};
use crate::{Result, Write};

/// Frames moved in one transaction, and bytes read for it: some tens of milliseconds.
const STEP: u32 = 256;
const STEP_BYTES: u64 = 4 << 20;

impl Write<'_> {
    /// Does one step; true when more may be left. Nothing is deleted before all that was moved is on the disk.
    pub(crate) fn tidy_packs(&mut self) -> Result<bool> {
        let any: bool = self
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM pack)")?
            .query_row([], |r| r.get(0))?;
        let packs = &self.shared.packs;
        if !any && !packs.exist() {
            return Ok(false);
        }
        let mut appending = packs.appending();
        if !packs.have_right(&mut appending) {
            return Ok(false);
        }
        drop(appending);
        self.settle_packs()?;
        // Those of a process that ended since this one began.
        self.look_through()?;
        if self
            .find("SELECT id FROM pack WHERE synced < length LIMIT 1")?
            .is_some()
        {
            return Ok(false);
        }
        self.remove_files_without_rows()?;
        // The rows are the truth; the count only says where to look.
        let dead = "SELECT id FROM pack p WHERE live <= 0
           AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.pack_id = p.id) LIMIT 1";
        if let Some(dead) = self.find(dead)? {
            self.grow_no_more(dead);
            // The file goes with the next step: until this one commits, rows may need it.
            self.tx.execute("DELETE FROM pack WHERE id = ?1", [dead])?;
            return Ok(true);
        }
        let mostly_dead = "SELECT id FROM pack WHERE live * 2 < length LIMIT 1";
        match self.find(mostly_dead)? {
            Some(pack) => {
                self.grow_no_more(pack);
                self.move_some(pack)
            }
            None => Ok(false),
        }
    }

    fn find(&self, sql: &str) -> Result<Option<i64>> {
        let mut statement = self.tx.prepare_cached(sql)?;
        Ok(statement.query_row([], |r| r.get(0)).optional()?)
    }

    fn grow_no_more(&self, pack: i64) {
        let mut appending = self.shared.packs.appending();
        if appending.current.as_ref().is_some_and(|c| c.pack == pack) {
            appending.current = None;
        }
    }

    /// Appends some of a pack's frames to the one that grows.
    fn move_some(&mut self, pack: i64) -> Result<bool> {
        let blobs: Vec<(i64, Packed)> = {
            let mut statement = self.tx.prepare_cached(
                "SELECT id, pack_offset, pack_length FROM blob WHERE pack_id = ?1 LIMIT ?2",
            )?;
            let rows = statement.query_map(params![pack, STEP], |r| {
                let (offset, length) = (r.get(1)?, r.get(2)?);
                Ok((
                    r.get(0)?,
                    Packed {
                        pack,
                        offset,
                        length,
                    },
                ))
            })?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        if blobs.is_empty() {
            // Without a row the pack goes with the next step.
            self.tx
                .execute("UPDATE pack SET live = 0 WHERE id = ?1", [pack])?;
            return Ok(true);
        }
        let mut moved = 0_u64;
        for (blob, place) in blobs {
            if moved >= STEP_BYTES {
                break;
            }
            // What cannot be read stays, for `doctor` to say so.
            let Ok(frame) = self.frame(place, usize::MAX) else {
                return Ok(false);
            };
            let Some(new) = self.pack(&frame)? else {
                return Ok(false);
            };
            moved = moved.saturating_add(place.length);
            self.put_place(BlobId(blob), new)?;
            self.unpack(place)?;
        }
        Ok(true)
    }

    fn remove_files_without_rows(&self) -> Result<()> {
        let packs = &self.shared.packs;
        for pack in packs.present().map_err(cannot)? {
            let named = self
                .tx
                .prepare_cached("SELECT 1 FROM pack WHERE id = ?1")?
                .exists([pack])?;
            if !named {
                packs.remove(pack).map_err(cannot)?;
            }
        }
        Ok(())
    }
}
