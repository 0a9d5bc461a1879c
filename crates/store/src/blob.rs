//! Tables `blob` and `blob_chunk`: raw messages, compressed, stored once by the hash of their bytes.
//!
//! Those that come in bulk and are not large lie in packs beside the database ([`crate::pack`]). Any other blob is cut into chunks of 1 MiB, each its own zstd frame, so that a large mail is read piece by piece. Frames follow
//! what mails have in common (`dictionary`).

use std::io::{self, Read as _};
use std::sync::Arc;

use kontor_model::{BlobId, MessageId};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use crate::body::PreparedRaw;
use crate::codec;
use crate::dictionary::Dictionary;
use crate::pack::Packed;
use crate::{Error, Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 blob",
    sql: "
CREATE TABLE blob (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,                    -- SHA-256 of the raw bytes
  size INTEGER NOT NULL,                        -- raw bytes
  codec INTEGER NOT NULL DEFAULT 1              -- 1: zstd frames
) STRICT;
CREATE TABLE blob_chunk (
  id INTEGER PRIMARY KEY,                       -- blob_id * 4096 + number: no index needed, chunks lie together
  data BLOB NOT NULL
) STRICT;
",
};

/// Raw bytes of a chunk.
pub(crate) const CHUNK: usize = 1 << 20;

/// Larger mails are not unpacked whole when only their beginning is wanted, bytes.
const WHOLE: usize = 64 << 10;

/// Chunks a blob may have; with [`CHUNK`] a message of 4 GiB, beyond any server's limit.
const MOST_CHUNKS: i64 = 4096;

/// The beginning of a raw message as it lies in the store: taken from the file by one thread, unpacked by any.
#[derive(Debug)]
pub(crate) struct RawHead {
    frame: Vec<u8>,
    /// The frame is all of the message.
    whole: bool,
    dictionary: Option<Arc<Dictionary>>,
}

impl RawHead {
    /// Returns the first `length` bytes of the message, or all when it is shorter.
    pub(crate) fn unpack(&self, length: usize) -> Result<Vec<u8>> {
        let dictionary = self.dictionary.as_deref();
        if self.whole {
            let mut raw = codec::decompress(&self.frame, WHOLE, dictionary)?;
            raw.truncate(length);
            Ok(raw)
        } else {
            codec::decompress_head(&self.frame, length, dictionary)
        }
    }
}

/// Where raw bytes lie from now on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    pub(crate) id: BlobId,
    /// Nobody had these bytes before, so no message has them.
    pub(crate) new: bool,
}

/// What is known of a blob besides its bytes.
struct BlobRow {
    size: u64,
    dictionary: Option<i64>,
    packed: Option<Packed>,
}

impl Read<'_> {
    /// Returns the raw message, exactly the server's bytes; `None` while its body is not here.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such message.
    pub fn raw(&self, message: MessageId) -> Result<Option<Vec<u8>>> {
        let mut raw = Vec::new();
        Ok(self.raw_to(message, &mut raw)?.then_some(raw))
    }

    /// Writes the raw message to `out`, one mebibyte in memory at a time; false while its body is not here.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such message; [`Error::NotNow`] when `out` cannot be written.
    pub fn raw_to(&self, message: MessageId, out: &mut impl io::Write) -> Result<bool> {
        let blob: Option<i64> = self
            .conn
            .prepare_cached("SELECT blob_id FROM message WHERE id = ?1")?
            .query_row([message.0], |r| r.get(0))
            .optional()?
            .ok_or_else(|| Error::Missing(format!("message {message}")))?;
        let Some(blob) = blob else {
            return Ok(false);
        };
        self.blob_to(BlobId(blob), out)?;
        Ok(true)
    }

    /// Returns a blob's bytes.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such blob.
    pub fn blob(&self, blob: BlobId) -> Result<Vec<u8>> {
        let mut raw = Vec::new();
        self.blob_to(blob, &mut raw)?;
        Ok(raw)
    }

    fn blob_to(&self, blob: BlobId, out: &mut impl io::Write) -> Result<()> {
        let missing = || Error::Missing(format!("blob {blob}"));
        let row = self.blob_row(blob)?;
        let dictionary = self.dictionary_of(&row)?;
        let mut unpack = |frame: &[u8]| {
            let raw = codec::decompress(frame, CHUNK, dictionary.as_deref())?;
            out.write_all(&raw)
                .map_err(|e| Error::NotNow(format!("the message could not be written out: {e}")))
        };
        if let Some(place) = row.packed {
            return unpack(&self.frame(place, usize::MAX)?);
        }
        let first = blob.0.saturating_mul(MOST_CHUNKS);
        let mut statement = self
            .conn
            .prepare_cached("SELECT data FROM blob_chunk WHERE id >= ?1 AND id < ?2 ORDER BY id")?;
        let mut rows = statement.query([first, first.saturating_add(MOST_CHUNKS)])?;
        let mut any = false;
        while let Some(row) = rows.next()? {
            any = true;
            unpack(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
        }
        if any { Ok(()) } else { Err(missing()) }
    }

    fn blob_row(&self, blob: BlobId) -> Result<BlobRow> {
        self.conn
            .prepare_cached(
                "SELECT size, dictionary_id, pack_id, pack_offset, pack_length FROM blob WHERE id = ?1",
            )?
            .query_row([blob.0], |r| {
                let pack: Option<i64> = r.get(2)?;
                let place = |pack| {
                    Ok::<_, rusqlite::Error>(Packed {
                        pack,
                        offset: r.get(3)?,
                        length: r.get(4)?,
                    })
                };
                Ok(BlobRow {
                    size: r.get(0)?,
                    dictionary: r.get(1)?,
                    packed: pack.map(place).transpose()?,
                })
            })
            .optional()?
            .ok_or_else(|| Error::Missing(format!("blob {blob}")))
    }

    fn dictionary_of(&self, row: &BlobRow) -> Result<Option<Arc<Dictionary>>> {
        row.dictionary.map(|id| self.dictionary(id)).transpose()
    }

    /// Returns the beginning of a blob, still packed.
    pub(crate) fn raw_head(&self, blob: BlobId) -> Result<RawHead> {
        let row = self.blob_row(blob)?;
        let chunk = blob.0.saturating_mul(MOST_CHUNKS);
        let whole = row.size <= WHOLE as u64;
        let frame = match (row.packed, whole) {
            (Some(place), true) => self.frame(place, usize::MAX)?,
            (None, true) => self
                .conn
                .prepare_cached("SELECT data FROM blob_chunk WHERE id = ?1")?
                .query_row([chunk], |r| r.get(0))?,
            // Not all of it: an attachment's pages need not be read for two lines of text.
            (Some(place), false) => self.frame(place, codec::BLOCK)?,
            (None, false) => self.chunk_head(chunk)?,
        };
        Ok(RawHead {
            frame,
            whole,
            dictionary: self.dictionary_of(&row)?,
        })
    }

    fn chunk_head(&self, chunk: i64) -> Result<Vec<u8>> {
        let mut head = Vec::with_capacity(codec::BLOCK);
        self.conn
            .blob_open("main", "blob_chunk", "data", chunk, true)?
            .take(codec::BLOCK as u64)
            .read_to_end(&mut head)
            .map_err(|e| Error::unreadable("a message", e))?;
        Ok(head)
    }
}

impl Write<'_> {
    /// Stores raw bytes in the database unless they are there already; says where. For what nobody else has yet, and
    /// for the few mails that come while somebody looks.
    pub(crate) fn put_blob(&mut self, mail: &PreparedRaw) -> Result<Kept> {
        if let Some(id) = self.known_blob(mail)? {
            self.take_from_pack(id, mail)?;
            return Ok(Kept { id, new: false });
        }
        let id = self.insert_blob(mail, None)?;
        self.put_chunks(id, mail)?;
        Ok(Kept { id, new: true })
    }

    /// Stores raw bytes a server has as well, where bulk is cheap to write: a large mail keeps to the database, which
    /// reads it piece by piece.
    pub(crate) fn put_fetched(&mut self, mail: &PreparedRaw) -> Result<Kept> {
        if let Some(id) = self.known_blob(mail)? {
            return Ok(Kept { id, new: false });
        }
        let place = match mail.chunks.as_slice() {
            [frame] => self.pack(frame)?,
            _ => None,
        };
        let id = self.insert_blob(mail, place)?;
        if place.is_none() {
            self.put_chunks(id, mail)?;
        }
        Ok(Kept { id, new: true })
    }

    fn known_blob(&self, mail: &PreparedRaw) -> Result<Option<BlobId>> {
        Ok(self
            .tx
            .prepare_cached("SELECT id FROM blob WHERE hash = ?1")?
            .query_row([&mail.hash[..]], |r| r.get(0).map(BlobId))
            .optional()?)
    }

    fn insert_blob(&mut self, mail: &PreparedRaw, place: Option<Packed>) -> Result<BlobId> {
        if let Some(dictionary) = &mail.dictionary {
            self.keep_dictionary(dictionary)?;
        }
        self.tx
            .prepare_cached(
                "INSERT INTO blob (hash, size, codec, dictionary_id, pack_id, pack_offset, pack_length)
                 VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                &mail.hash[..],
                mail.size,
                mail.dictionary.as_ref().map(|d| d.id),
                place.map(|p| p.pack),
                place.map(|p| p.offset),
                place.map(|p| p.length),
            ])?;
        Ok(BlobId(self.tx.last_insert_rowid()))
    }

    fn put_chunks(&self, blob: BlobId, mail: &PreparedRaw) -> Result<()> {
        let mut insert = self
            .tx
            .prepare_cached("INSERT INTO blob_chunk (id, data) VALUES (?1, ?2)")?;
        let first = blob.0.saturating_mul(MOST_CHUNKS);
        for (n, chunk) in (0_i64..MOST_CHUNKS).zip(&mail.chunks) {
            insert.execute(params![first.saturating_add(n), chunk])?;
        }
        Ok(())
    }

    /// Bytes that lie in a pack are wanted where nothing can take them.
    fn take_from_pack(&mut self, blob: BlobId, mail: &PreparedRaw) -> Result<()> {
        let Some(place) = self.blob_row(blob)?.packed else {
            return Ok(());
        };
        if let Some(dictionary) = &mail.dictionary {
            self.keep_dictionary(dictionary)?;
        }
        self.unpack(place)?;
        self.tx
            .prepare_cached(
                "UPDATE blob SET pack_id = NULL, pack_offset = NULL, pack_length = NULL, dictionary_id = ?2 WHERE id = ?1",
            )?
            .execute(params![blob.0, mail.dictionary.as_ref().map(|d| d.id)])?;
        self.put_chunks(blob, mail)
    }

    /// Notes that a blob's frame lies elsewhere now.
    pub(crate) fn put_place(&mut self, blob: BlobId, place: Packed) -> Result<()> {
        self.tx
            .prepare_cached(
                "UPDATE blob SET pack_id = ?2, pack_offset = ?3, pack_length = ?4 WHERE id = ?1",
            )?
            .execute(params![blob.0, place.pack, place.offset, place.length])?;
        Ok(())
    }

    /// Deletes a blob nothing refers to any more.
    pub(crate) fn drop_blob_if_unused(&mut self, blob: BlobId) -> Result<()> {
        let used: bool = self
            .tx
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM message WHERE blob_id = ?1)
                     OR EXISTS (SELECT 1 FROM outbox WHERE blob_id = ?1)",
            )?
            .query_row([blob.0], |r| r.get(0))?;
        if used {
            return Ok(());
        }
        if let Some(place) = self.blob_row(blob)?.packed {
            self.unpack(place)?;
        }
        let first = blob.0.saturating_mul(MOST_CHUNKS);
        self.tx
            .prepare_cached("DELETE FROM blob_chunk WHERE id >= ?1 AND id < ?2")?
            .execute([first, first.saturating_add(MOST_CHUNKS)])?;
        self.tx
            .prepare_cached("DELETE FROM blob WHERE id = ?1")?
            .execute([blob.0])?;
        Ok(())
    }
}
