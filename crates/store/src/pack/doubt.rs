//! After a crash: is in the packs what the rows say?

use kontor_model::{AccountId, BlobId, Change, MessageId, Millis, ThreadId};
use rusqlite::params;

use super::{Packed, cannot};
use crate::blob::CHUNK;
use crate::{Error, Read, Result, Store, Write, codec};

/// A blob in a pack, with what is known of its bytes.
struct Suspect {
    blob: BlobId,
    hash: Vec<u8>,
    dictionary: Option<i64>,
    place: Packed,
}

/// What a pack may lack.
struct Doubt {
    pack: i64,
    /// From here on it may.
    from: u64,
    /// From here on it does.
    end: u64,
}

impl Store {
    /// Looks through what was perhaps not yet on the disk when the last process ended: at most some tens of megabytes,
    /// nothing at all after an orderly end. A pack another process is at work on is left to it.
    pub(crate) fn settle_doubts(&self) -> Result<()> {
        if self.read(|r| r.doubtful_packs())?.is_empty() {
            return Ok(());
        }
        // No clock here: what stamps these changes is shown nowhere.
        self.write_blocking(Millis(0), |w| w.look_through())
    }
}

impl Read<'_> {
    /// The packs that may lack something, whose files end where, and from where on. One whose file is gone or cut short
    /// is among them whatever was noted: somebody copied the profile without it.
    fn doubtful_packs(&self) -> Result<Vec<Doubt>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, length, synced FROM pack")?;
        let mut rows = statement.query([])?;
        let mut doubts = Vec::new();
        while let Some(row) = rows.next()? {
            let (pack, length, synced): (i64, u64, u64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let end = self.shared.packs.length(pack).min(length);
            let from = synced.min(end);
            if from < length {
                doubts.push(Doubt { pack, from, end });
            }
        }
        Ok(doubts)
    }

    /// The blobs of a pack that reach beyond `from`.
    fn suspects(&self, pack: i64, from: u64) -> Result<Vec<Suspect>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, hash, dictionary_id, pack_offset, pack_length FROM blob
             WHERE pack_id = ?1 AND pack_offset + pack_length > ?2 ORDER BY pack_offset",
        )?;
        let rows = statement.query_map(params![pack, from], |r| {
            Ok(Suspect {
                blob: BlobId(r.get(0)?),
                hash: r.get(1)?,
                dictionary: r.get(2)?,
                place: Packed {
                    pack,
                    offset: r.get(3)?,
                    length: r.get(4)?,
                },
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// True when the bytes are those of the mail.
    fn is_sound(&self, suspect: &Suspect) -> Result<bool> {
        let dictionary = suspect
            .dictionary
            .map(|id| self.dictionary(id))
            .transpose()?;
        let raw = self
            .frame(suspect.place, usize::MAX)
            .and_then(|frame| codec::decompress(&frame, CHUNK, dictionary.as_deref()));
        Ok(match raw {
            Ok(raw) => crate::body::hash(&raw)[..] == suspect.hash[..],
            Err(Error::Unreadable { .. }) => false,
            Err(e) => return Err(e),
        })
    }

    /// Reads every frame of every pack; returns the blobs whose bytes are not those of the mail.
    pub(crate) fn broken_in_packs(&self) -> Result<Vec<BlobId>> {
        let mut statement = self.conn.prepare_cached("SELECT id FROM pack")?;
        let packs = statement.query_map([], |r| r.get(0))?;
        let mut broken = Vec::new();
        for pack in packs.collect::<rusqlite::Result<Vec<i64>>>()? {
            for suspect in self.suspects(pack, 0)? {
                if !self.is_sound(&suspect)? {
                    broken.push(suspect.blob);
                }
            }
        }
        Ok(broken)
    }
}

impl Write<'_> {
    pub(crate) fn look_through(&mut self) -> Result<()> {
        let packs = &self.shared.packs;
        let mut appending = packs.appending();
        if !packs.have_right(&mut appending) {
            return Ok(());
        }
        let ours: Vec<i64> = appending.all().map(|growing| growing.pack).collect();
        drop(appending);
        // Read again: until now another process may have had the right.
        let mut packs_in_doubt = self.doubtful_packs()?;
        packs_in_doubt.retain(|doubt| !ours.contains(&doubt.pack));
        for Doubt { pack, from, end } in packs_in_doubt {
            for suspect in self.suspects(pack, from)? {
                if !self.is_sound(&suspect)? {
                    self.lose(&suspect)?;
                }
            }
            if end > 0 {
                packs.sync_old(pack).map_err(cannot)?;
            }
            self.tx.execute(
                "UPDATE pack SET length = ?2, synced = ?2 WHERE id = ?1",
                params![pack, end],
            )?;
        }
        Ok(())
    }

    /// The bytes are gone: its messages are as before their body came, and the backfill asks for it again.
    fn lose(&mut self, suspect: &Suspect) -> Result<()> {
        let messages: Vec<(i64, i64, i64, i64, i64)> = {
            let mut statement = self.tx.prepare_cached(
                "UPDATE message SET blob_id = NULL, body = 0, text_form = NULL, text_start = NULL, text_end = NULL
                 WHERE blob_id = ?1 RETURNING id, account_id, thread_id, doc, places",
            )?;
            let rows = statement.query_map([suspect.blob.0], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
            })?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        for (id, account, thread, doc, places) in messages {
            tracing::warn!(
                message = id,
                "The bytes of a mail did not survive; they are fetched again."
            );
            if places > 0 {
                self.tally_account(AccountId(account), (0, -1, 0));
            }
            self.forget_text(MessageId(id), doc)?;
            self.log(&Change::Thread {
                thread: ThreadId(thread),
            })?;
        }
        self.drop_blob_if_unused(suspect.blob)
    }
}
