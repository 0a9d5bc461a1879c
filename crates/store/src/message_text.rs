//! Table `message_text`: the beginning of a body's text, compressed, for snippets.
//!
//! Most of it stands in the raw message as well, so it is compressed as if it followed that: half of the bytes, for the
//! price of unpacking the beginning of the message along with it.

use kontor_model::{BlobId, MessageId};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use crate::blob::RawHead;
use crate::body::PreparedMail;
use crate::{Read, Result, Write, codec};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 message text",
    sql: "
CREATE TABLE message_text (
  id INTEGER PRIMARY KEY REFERENCES message(id),
  data BLOB NOT NULL                            -- a zstd frame, at most 16 KiB of text
) STRICT;
",
};

/// Above what [`crate::body`] keeps.
const LIMIT: usize = 16 * 1024;

/// How much of a raw message its text may follow, bytes.
const HEAD: usize = 16 * 1024;

/// The part of a raw message its text may follow.
pub(crate) fn head(raw: &[u8]) -> &[u8] {
    raw.get(..HEAD).unwrap_or(raw)
}

/// A text as it lies in the store: taken from the file by one thread, unpacked by any.
#[derive(Debug)]
pub(crate) struct PackedText {
    frame: Vec<u8>,
    follows: Option<RawHead>,
}

impl PackedText {
    /// Returns the text.
    pub(crate) fn unpack(&self) -> Result<String> {
        let text = match &self.follows {
            None => codec::decompress(&self.frame, LIMIT, None)?,
            Some(raw) => codec::decompress_after(&self.frame, LIMIT, &raw.unpack(HEAD)?)?,
        };
        Ok(String::from_utf8(text)
            .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
    }
}

impl Read<'_> {
    /// Returns the text snippets are cut from; `None` while the body is not here.
    pub(crate) fn message_text(&self, message: MessageId) -> Result<Option<PackedText>> {
        let found: Option<(Vec<u8>, Option<i64>)> = self
            .conn
            .prepare_cached(
                "SELECT t.data, CASE WHEN t.follows_raw THEN m.blob_id END
                 FROM message_text t JOIN message m ON m.id = t.id WHERE t.id = ?1",
            )?
            .query_row([message.0], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        let Some((frame, follows)) = found else {
            return Ok(None);
        };
        let follows = follows
            .map(|blob| self.raw_head(BlobId(blob)))
            .transpose()?;
        Ok(Some(PackedText { frame, follows }))
    }
}

impl Write<'_> {
    pub(crate) fn put_message_text(
        &mut self,
        message: MessageId,
        mail: &PreparedMail,
    ) -> Result<()> {
        if !mail.text.is_empty() {
            self.tx
                .prepare_cached(
                    "INSERT INTO message_text (id, data, follows_raw) VALUES (?1, ?2, ?3)
                     ON CONFLICT (id) DO UPDATE SET data = excluded.data, follows_raw = excluded.follows_raw",
                )?
                .execute(params![message.0, mail.text, mail.text_follows_raw])?;
        }
        Ok(())
    }
}
