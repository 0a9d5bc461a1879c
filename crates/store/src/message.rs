//! Table `message`: one message of one account, the same bytes however many folders hold it.
//!
//! `doc` is the message's place in time: unique, ordered as dates are, and the row id of its search row. It is fixed
//! when the message is first seen, because lists and cursors are built on it.

mod roots;
mod sweep;

use kontor_model::subject::{self, Base};
use kontor_model::{
    AccountId, Address, BlobId, Envelope, MessageId, MessageRow, Millis, Placement, ThreadId,
};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::{Error, PreparedMail, Read, Result, Write, identity};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 message",
    sql: "
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account(id),
  thread_id INTEGER NOT NULL REFERENCES thread(id),
  blob_id INTEGER REFERENCES blob(id),
  doc INTEGER NOT NULL UNIQUE,                  -- seconds << 6 | number: order of lists, row id in search
  date INTEGER NOT NULL,
  internal_date INTEGER NOT NULL,
  size INTEGER NOT NULL,
  places INTEGER NOT NULL DEFAULT 0,            -- visible placements; 0: gone, or about to be
  body INTEGER NOT NULL DEFAULT 0,              -- 0 missing, 1 here and searchable, 2 not to be had
  has_attachment INTEGER,
  loose INTEGER NOT NULL DEFAULT 0,             -- 1: a reply by its subject that names no other message
  key INTEGER NOT NULL,                         -- hash of the Message-ID, or of what stands in for it
  subject_key INTEGER,                          -- hash of the folded base subject; NULL: too short to mean anything
  orphaned_at INTEGER,                          -- when the last placement went
  message_id TEXT,
  subject TEXT NOT NULL DEFAULT '',
  preview TEXT NOT NULL DEFAULT '',
  people TEXT NOT NULL DEFAULT '',              -- JSON: from, to, cc, reply-to, each [[name, address]]
  refs TEXT NOT NULL DEFAULT ''                 -- JSON: in-reply-to, references; empty: none
) STRICT;
CREATE INDEX message_thread ON message (thread_id, doc);
CREATE INDEX message_key ON message (key);
CREATE INDEX message_subject ON message (subject_key, doc) WHERE subject_key IS NOT NULL;
CREATE INDEX message_loose ON message (subject_key, doc) WHERE loose = 1;
CREATE INDEX message_blob ON message (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX message_missing ON message (account_id, doc) WHERE body = 0;
CREATE INDEX message_attachment ON message (doc) WHERE has_attachment = 1 AND places > 0;
CREATE INDEX message_orphan ON message (doc) WHERE places = 0;
CREATE TABLE day (
  id INTEGER PRIMARY KEY,                       -- UTC day of doc, counted from 1970-01-01
  messages INTEGER NOT NULL                     -- with a visible placement: totals of date ranges are sums of these
) STRICT;
",
};

/// The columns [`read_row`] wants, of `message m JOIN placement p`.
pub(crate) const ROW: &str = "m.id, m.message_id, m.subject, m.people, m.date, m.internal_date, m.size, m.thread_id, m.has_attachment, m.body, m.preview,
  p.id, p.folder_id, p.uid, p.flags, p.keywords";

/// Everything stored of a message besides its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageDetail {
    /// Whose.
    pub account: AccountId,
    /// As a list shows it, by the placement a person would look for it at (inbox first, trash and junk last).
    pub row: MessageRow,
    /// Reply-To.
    pub reply_to: Vec<Address>,
    /// In-Reply-To ids.
    pub in_reply_to: Vec<String>,
    /// References ids, oldest first.
    pub references: Vec<String>,
    /// All visible placements, in order of usefulness.
    pub placements: Vec<Placement>,
    /// True when the server does not give the body.
    pub body_failed: bool,
}

/// From, to, cc, reply-to.
pub(crate) type People = [Vec<Address>; 4];

type Pairs = Vec<(String, String)>;

/// Ids kept of a long References header: the root and the nearest.
const KEPT_REFERENCES: usize = 30;

impl Read<'_> {
    /// Returns one message.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none, or no folder shows it any more.
    pub fn message(&self, id: MessageId) -> Result<MessageDetail> {
        let placements = self.placements(id)?;
        let missing = || Error::Missing(format!("message {id}"));
        let shown = placements.first().ok_or_else(missing)?;
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {ROW}, m.account_id, m.people, m.refs FROM message m JOIN placement p ON p.message_id = m.id
             WHERE m.id = ?1 AND p.id = ?2"
        ))?;
        let mut rows = statement.query([id.0, shown.id.0])?;
        let row = rows.next()?.ok_or_else(missing)?;
        let refs: String = row.get(18)?;
        let (in_reply_to, references) = parse_refs(&refs);
        let [_, _, _, reply_to] = parse_people(&row.get::<_, String>(17)?);
        Ok(MessageDetail {
            account: AccountId(row.get(16)?),
            row: read_row(row)?,
            reply_to,
            in_reply_to,
            references,
            body_failed: row.get::<_, i64>(9)? == 2,
            placements,
        })
    }

    /// Returns the messages with this Message-ID (without angle brackets) that some folder shows, oldest row first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn messages_by_mid(&self, message_id: &str) -> Result<Vec<MessageId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM message WHERE key = ?1 AND message_id = ?2 AND places > 0 ORDER BY id",
        )?;
        let rows = statement.query_map(params![identity::hash64(message_id), message_id], |r| {
            r.get(0).map(MessageId)
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the message a search key stands for, with the placement a person would look for it at.
    pub(crate) fn row_by_doc(&self, doc: i64) -> Result<Option<MessageRow>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {ROW} FROM message m JOIN placement p ON p.message_id = m.id JOIN folder f ON f.id = p.folder_id
             WHERE m.doc = ?1 AND p.hidden = 0 ORDER BY {} LIMIT 1",
            crate::placement::USEFUL_FIRST
        ))?;
        let mut rows = statement.query([doc])?;
        Ok(match rows.next()? {
            Some(row) => Some(read_row(row)?),
            None => None,
        })
    }
}

/// A message about to be inserted.
pub(crate) struct NewRow<'a> {
    pub(crate) account: AccountId,
    pub(crate) thread: ThreadId,
    pub(crate) doc: i64,
    pub(crate) date: Millis,
    pub(crate) internal_date: Millis,
    pub(crate) size: u64,
    pub(crate) key: i64,
    pub(crate) envelope: &'a Envelope,
    pub(crate) has_attachment: Option<bool>,
    /// The bytes, and what was made of them, where they came along.
    pub(crate) body: Option<(BlobId, &'a PreparedMail)>,
}

impl Write<'_> {
    /// Returns a free search key for a moment: the next one in its second, beyond 64 in the following seconds.
    pub(crate) fn free_doc(&self, date: Millis) -> Result<i64> {
        let mut doc = identity::first_doc(date);
        let mut statement = self
            .tx
            .prepare_cached("SELECT max(doc) FROM message WHERE doc >= ?1 AND doc < ?2")?;
        loop {
            let end = identity::end_of_second(doc);
            let last: Option<i64> = statement.query_row([doc, end], |r| r.get(0))?;
            match last {
                None => return Ok(doc),
                Some(last) if last.saturating_add(1) < end => return Ok(last.saturating_add(1)),
                Some(_) => doc = end,
            }
        }
    }

    /// Inserts a message that has one visible placement, which is about to be inserted too.
    pub(crate) fn insert_message(&mut self, new: &NewRow<'_>) -> Result<MessageId> {
        let e = new.envelope;
        let Base {
            text: base,
            answer: reply,
            ..
        } = subject::base(&e.subject);
        let loose = reply && e.in_reply_to.is_empty() && e.references.is_empty();
        let span = new.body.and_then(|(_, body)| body.text.span());
        self.tally_addresses(e, new.date);
        self.tx
            .prepare_cached(
                "INSERT INTO message (account_id, thread_id, doc, date, internal_date, size, key, subject_key,
                   message_id, subject, people, refs, has_attachment, loose, places, blob_id, body, preview,
                   text_form, text_start, text_end)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 1, ?15, ?16, ?17, ?18, ?19, ?20)",
            )?
            .execute(params![
                new.account.0,
                new.thread.0,
                new.doc,
                new.date.0,
                new.internal_date.0,
                new.size,
                new.key,
                subject_key(&base),
                e.message_id,
                e.subject,
                people_json(e)?,
                refs_json(e)?,
                new.has_attachment,
                loose,
                new.body.map(|(blob, _)| blob.0),
                new.body.is_some(),
                new.body.map_or("", |(_, body)| body.preview.as_str()),
                span.map(|s| s.form),
                span.map(|s| s.start),
                span.map(|s| s.end),
            ])?;
        Ok(MessageId(self.tx.last_insert_rowid()))
    }

    /// Records that the server does not give a message's body, so that it is not asked for again and again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn body_failed(&mut self, message: MessageId) -> Result<()> {
        let changed: Option<(i64, i64)> = self
            .tx
            .prepare_cached(
                "UPDATE message SET body = 2 WHERE id = ?1 AND body = 0 RETURNING account_id, places",
            )?
            .query_row([message.0], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        if let Some((account, places)) = changed
            && places > 0
        {
            self.tally_account(AccountId(account), (0, 0, 1));
        }
        Ok(())
    }
}

/// Subjects shorter than this group nothing: "Re: ok", "Re: test".
const SHORTEST_SUBJECT: usize = 6;

/// Returns what subjects are compared by; `None` for one too short to mean anything.
pub(crate) fn subject_key(base: &str) -> Option<i64> {
    let folded = crate::fold::fold(base);
    (folded.chars().count() >= SHORTEST_SUBJECT).then(|| identity::hash64(&folded))
}

fn people_json(e: &Envelope) -> Result<String> {
    fn pairs(people: &[Address]) -> Vec<(&str, &str)> {
        people
            .iter()
            .map(|a| (a.name.as_str(), a.address.as_str()))
            .collect()
    }
    let people = [
        pairs(&e.from),
        pairs(&e.to),
        pairs(&e.cc),
        pairs(&e.reply_to),
    ];
    serde_json::to_string(&people).map_err(|e| Error::unreadable("a message's people", e))
}

/// Reads people back; what cannot be read is empty, because a list must show the rest.
pub(crate) fn parse_people(json: &str) -> People {
    fn people(pairs: Pairs) -> Vec<Address> {
        pairs
            .into_iter()
            .map(|(name, address)| Address { name, address })
            .collect()
    }
    let lists: [Pairs; 4] = serde_json::from_str(json).unwrap_or_default();
    lists.map(people)
}

fn refs_json(e: &Envelope) -> Result<String> {
    if e.in_reply_to.is_empty() && e.references.is_empty() {
        return Ok(String::new());
    }
    let kept: Vec<&String> = if e.references.len() > KEPT_REFERENCES {
        let near = e
            .references
            .iter()
            .rev()
            .take(KEPT_REFERENCES.saturating_sub(1));
        e.references.first().into_iter().chain(near.rev()).collect()
    } else {
        e.references.iter().collect()
    };
    let near: Vec<&String> = e.in_reply_to.iter().take(KEPT_REFERENCES).collect();
    serde_json::to_string(&(near, kept)).map_err(|e| Error::unreadable("a message's references", e))
}

fn parse_refs(json: &str) -> (Vec<String>, Vec<String>) {
    serde_json::from_str(json).unwrap_or_default()
}

/// Reads the columns of [`ROW`].
pub(crate) fn read_row(row: &Row<'_>) -> Result<MessageRow> {
    let people = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
    let [from, to, cc, _] = parse_people(people);
    let id = MessageId(row.get(0)?);
    Ok(MessageRow {
        id,
        message_id: row.get(1)?,
        placement: crate::placement::read(row, 11, id)?,
        subject: row.get(2)?,
        from,
        to,
        cc,
        date: Millis(row.get(4)?),
        internal_date: Millis(row.get(5)?),
        size: row.get(6)?,
        thread: ThreadId(row.get(7)?),
        has_attachment: row.get(8)?,
        body: row.get::<_, i64>(9)? == 1,
        preview: row.get(10)?,
    })
}
