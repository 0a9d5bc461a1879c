//! Table `message_text`: the beginning of a body's text, compressed, for snippets.

use kontor_model::MessageId;
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

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

impl Read<'_> {
    /// Returns the text snippets are cut from; empty while the body is not here.
    pub(crate) fn message_text(&self, message: MessageId) -> Result<String> {
        let frame: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT data FROM message_text WHERE id = ?1")?
            .query_row([message.0], |r| r.get(0))
            .optional()?;
        match frame {
            Some(frame) => {
                Ok(String::from_utf8_lossy(&codec::decompress(&frame, LIMIT)?).into_owned())
            }
            None => Ok(String::new()),
        }
    }
}

impl Write<'_> {
    pub(crate) fn put_message_text(&mut self, message: MessageId, frame: &[u8]) -> Result<()> {
        if !frame.is_empty() {
            self.tx
                .prepare_cached(
                    "INSERT INTO message_text (id, data) VALUES (?1, ?2)
                     ON CONFLICT (id) DO UPDATE SET data = excluded.data",
                )?
                .execute(params![message.0, frame])?;
        }
        Ok(())
    }
}
