//! Tables `paper_read` and `paper_number`: what may be numbers of documents in the papers attached to mails, so that a
//! mail is found by them before and after the document itself is here.
//!
//! A number is kept as documents are looked up ([`crate::number_key`]), for each attachment that names it. Whether there is
//! such a document is asked when it is shown: documents come and go.

use kontor_model::MessageId;
use kontor_sqlite::Migration;
use rusqlite::params;

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 paper",
    sql: "
CREATE TABLE paper_read (
  message_id INTEGER PRIMARY KEY REFERENCES message(id),
  reader INTEGER NOT NULL                       -- which reader looked: a better one looks again
) STRICT;
CREATE TABLE paper_number (
  message_id INTEGER NOT NULL REFERENCES message(id),
  part INTEGER NOT NULL,                        -- which of the mail's attachments
  key TEXT NOT NULL,                            -- as documents are looked up
  PRIMARY KEY (message_id, part, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_number_key ON paper_number (key);
",
};

/// What may be a document's number, in an attachment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PaperNumber {
    /// Which of the mail's attachments.
    pub part: u32,
    /// As documents are looked up.
    pub key: String,
}

/// A mail whose attachments no reader, or an older one, has looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadPapers {
    /// Which mail.
    pub message: MessageId,
    /// Its place in time: where to go on.
    pub doc: i64,
}

impl Read<'_> {
    /// Returns mails with attachments and their bytes here into which this reader has not looked, the newest before `doc`
    /// first. Reads as many entries of an index as lie between them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unread_papers(&self, reader: u32, doc: i64, limit: u32) -> Result<Vec<UnreadPapers>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT m.id, m.doc FROM message m INDEXED BY message_attachment
             WHERE m.has_attachment = 1 AND m.places > 0 AND m.doc < ?2 AND m.body = 1
               AND NOT EXISTS (SELECT 1 FROM paper_read r WHERE r.message_id = m.id AND r.reader >= ?1)
             ORDER BY m.doc DESC LIMIT ?3",
        )?;
        let rows = statement.query_map(params![reader, doc, limit], |r| {
            Ok(UnreadPapers {
                message: MessageId(r.get(0)?),
                doc: r.get(1)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns what may be numbers in the attachments of a mail, by attachment and number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn paper_numbers(&self, message: MessageId) -> Result<Vec<PaperNumber>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT part, key FROM paper_number WHERE message_id = ?1 ORDER BY part, key",
        )?;
        let rows = statement.query_map([message.0], |r| {
            Ok(PaperNumber {
                part: r.get(0)?,
                key: r.get(1)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the search keys of the mails whose attachments name a number, ascending, each once; `begins`: a number that
    /// begins so.
    pub(crate) fn docs_of_papers(&self, key: &str, begins: bool) -> Result<Vec<i64>> {
        let end = if begins {
            format!("{key}{}", char::MAX)
        } else {
            key.to_owned()
        };
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT m.doc FROM paper_number n INDEXED BY paper_number_key JOIN message m ON m.id = n.message_id
             WHERE n.key >= ?1 AND n.key <= ?2 AND m.places > 0 ORDER BY m.doc",
        )?;
        let rows = statement.query_map(params![key, end], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Keeps what a reader found in the attachments of a mail, instead of what was found before; false where the mail has
    /// gone meanwhile.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_paper_numbers(
        &mut self,
        message: MessageId,
        reader: u32,
        numbers: &[PaperNumber],
    ) -> Result<bool> {
        let here = self
            .tx
            .prepare_cached("SELECT 1 FROM message WHERE id = ?1")?
            .exists([message.0])?;
        if !here {
            return Ok(false);
        }
        self.tx
            .prepare_cached("DELETE FROM paper_number WHERE message_id = ?1")?
            .execute([message.0])?;
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO paper_read (message_id, reader) VALUES (?1, ?2)",
            )?
            .execute(params![message.0, reader])?;
        let mut insert = self.tx.prepare_cached(
            "INSERT OR IGNORE INTO paper_number (message_id, part, key) VALUES (?1, ?2, ?3)",
        )?;
        let mut document = self.tx.prepare_cached(
            "SELECT 1 FROM document WHERE number_key = ?1 UNION ALL SELECT 1 FROM document WHERE their_key = ?1 LIMIT 1",
        )?;
        let mut bound = false;
        for number in numbers {
            insert.execute(params![message.0, number.part, number.key])?;
            bound = bound || document.exists([&number.key])?;
        }
        drop((insert, document));
        // Whoever looks at the mail is shown what it names.
        if bound {
            self.touch_customers();
        }
        Ok(true)
    }
}
