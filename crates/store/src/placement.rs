//! Table `placement`: one message in one folder, with its UID and flags.
//!
//! `flags` is what is shown: the server's flags with this computer's pending changes applied. `server_flags` is what the
//! server said last, so that a change can be undone and an answer of the server never overwrites what a person just did.

mod counts;
mod server;

use kontor_model::{
    AccountId, Change, Flags, FolderId, MessageId, MessageRow, Placement, PlacementId, ThreadId,
};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::message::{ROW, read_row};
use crate::{Page, Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 placement",
    sql: "
CREATE TABLE placement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  folder_id INTEGER NOT NULL REFERENCES folder(id),
  message_id INTEGER NOT NULL REFERENCES message(id),
  uid INTEGER,                                  -- NULL: moved here, or UIDVALIDITY changed; the server will tell
  doc INTEGER NOT NULL,                         -- message.doc: the order of the folder's list
  flags INTEGER NOT NULL DEFAULT 0,             -- shown: bits of model::Flags
  keywords TEXT NOT NULL DEFAULT '',            -- shown: words, one space between
  server_flags INTEGER NOT NULL DEFAULT 0,
  server_keywords TEXT NOT NULL DEFAULT '',
  hidden INTEGER NOT NULL DEFAULT 0,            -- 1: deleted here, not yet at the server
  stale INTEGER NOT NULL DEFAULT 0,             -- 1: its UID became void with UIDVALIDITY
  UNIQUE (folder_id, uid)
) STRICT;
CREATE INDEX placement_list ON placement (folder_id, doc) WHERE hidden = 0;
CREATE INDEX placement_message ON placement (message_id);
CREATE INDEX placement_unread ON placement (doc) WHERE hidden = 0 AND flags & 1 = 0;
CREATE INDEX placement_flagged ON placement (doc) WHERE hidden = 0 AND flags & 4 <> 0;
CREATE INDEX placement_answered ON placement (doc) WHERE hidden = 0 AND flags & 2 <> 0;
",
};

/// Order of a message's placements, of `placement p JOIN folder f`: where a person would look for it first.
pub(crate) const USEFUL_FIRST: &str =
    "CASE f.role WHEN 'inbox' THEN 0 WHEN 'archive' THEN 2 WHEN 'sent' THEN 3 WHEN 'drafts' THEN 4
  WHEN 'junk' THEN 5 WHEN 'trash' THEN 6 ELSE 1 END, p.id";

/// Reads five columns from `at` on: id, folder, uid, flags, keywords.
pub(crate) fn read(row: &Row<'_>, at: usize, message: MessageId) -> Result<Placement> {
    let col = |n: usize| at.saturating_add(n);
    let bits: i64 = row.get(col(3))?;
    let keywords = row
        .get_ref(col(4))?
        .as_str()
        .map_err(rusqlite::Error::from)?;
    Ok(Placement {
        id: PlacementId(row.get(at)?),
        message,
        folder: FolderId(row.get(col(1))?),
        uid: row.get(col(2))?,
        flags: flags(bits, keywords),
    })
}

pub(crate) fn flags(bits: i64, keywords: &str) -> Flags {
    Flags {
        bits: u8::try_from(bits).unwrap_or(0),
        keywords: keywords
            .split(' ')
            .filter(|k| !k.is_empty())
            .map(str::to_owned)
            .collect(),
    }
}

/// A placement with what its counts depend on.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) id: PlacementId,
    pub(crate) folder: FolderId,
    pub(crate) account: AccountId,
    pub(crate) message: MessageId,
    pub(crate) thread: ThreadId,
    pub(crate) uid: Option<u32>,
    pub(crate) doc: i64,
    pub(crate) shown: Flags,
    pub(crate) server: Flags,
    pub(crate) hidden: bool,
    pub(crate) has_attachment: bool,
    pub(crate) body: i64,
}

const PLACE: &str = "SELECT p.id, p.folder_id, m.account_id, p.message_id, m.thread_id, p.uid, p.doc, p.flags, p.keywords,
  p.server_flags, p.server_keywords, p.hidden, m.has_attachment IS 1, m.body
  FROM placement p JOIN message m ON m.id = p.message_id";

fn read_place(row: &Row<'_>) -> rusqlite::Result<Place> {
    Ok(Place {
        id: PlacementId(row.get(0)?),
        folder: FolderId(row.get(1)?),
        account: AccountId(row.get(2)?),
        message: MessageId(row.get(3)?),
        thread: ThreadId(row.get(4)?),
        uid: row.get(5)?,
        doc: row.get(6)?,
        shown: flags(row.get(7)?, row.get_ref(8)?.as_str()?),
        server: flags(row.get(9)?, row.get_ref(10)?.as_str()?),
        hidden: row.get(11)?,
        has_attachment: row.get(12)?,
        body: row.get(13)?,
    })
}

impl Read<'_> {
    /// Returns a folder's messages, newest first; `after` is a page's `next`, `limit` at most so many rows.
    ///
    /// # Errors
    /// When the store cannot be read. A cursor that makes no sense begins at the newest.
    pub fn messages(
        &self,
        folder: FolderId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<MessageRow>> {
        let (doc, id) = after.and_then(parse_cursor).unwrap_or((i64::MAX, i64::MAX));
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {ROW}, p.doc FROM placement p JOIN message m ON m.id = p.message_id
             WHERE p.folder_id = ?1 AND p.hidden = 0 AND (p.doc, p.id) < (?2, ?3)
             ORDER BY p.doc DESC, p.id DESC LIMIT ?4"
        ))?;
        let mut rows = statement.query(params![
            folder.0,
            doc,
            id,
            i64::from(limit).saturating_add(1)
        ])?;
        let mut page = Page {
            rows: Vec::new(),
            next: None,
        };
        let mut last = (0_i64, 0_i64);
        while let Some(row) = rows.next()? {
            if page.rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
                page.next = Some(format!("{}.{}", last.0, last.1));
                break;
            }
            let line = read_row(row)?;
            last = (row.get(16)?, line.placement.id.0);
            page.rows.push(line);
        }
        Ok(page)
    }

    /// Returns a message's visible placements, the one a person would look for first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn placements(&self, message: MessageId) -> Result<Vec<Placement>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT p.id, p.folder_id, p.uid, p.flags, p.keywords FROM placement p JOIN folder f ON f.id = p.folder_id
             WHERE p.message_id = ?1 AND p.hidden = 0 ORDER BY {USEFUL_FIRST}"
        ))?;
        let mut rows = statement.query([message.0])?;
        let mut placements = Vec::new();
        while let Some(row) = rows.next()? {
            placements.push(read(row, 0, message)?);
        }
        Ok(placements)
    }

    /// Returns the placement of a UID.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn placement_by_uid(&self, folder: FolderId, uid: u32) -> Result<Option<Placement>> {
        Ok(self.place_by_uid(folder, uid)?.map(|p| Placement {
            id: p.id,
            message: p.message,
            folder: p.folder,
            uid: p.uid,
            flags: p.shown,
        }))
    }

    /// Returns the UIDs of a folder we hold, ascending. Those whose move or deletion waits for the server are among
    /// them: they are known, and must not be fetched as new.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn known_uids(&self, folder: FolderId) -> Result<Vec<u32>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT uid FROM placement WHERE folder_id = ?1 AND uid IS NOT NULL ORDER BY uid",
        )?;
        let rows = statement.query_map([folder.0], |r| r.get(0))?;
        let mut uids: Vec<u32> = rows.collect::<rusqlite::Result<_>>()?;
        let departing = self.departing(folder)?;
        if !departing.is_empty() {
            uids.extend(departing.keys());
            uids.sort_unstable();
            uids.dedup();
        }
        Ok(uids)
    }

    pub(crate) fn place(&self, id: PlacementId) -> Result<Option<Place>> {
        Ok(self
            .conn
            .prepare_cached(&format!("{PLACE} WHERE p.id = ?1"))?
            .query_row([id.0], read_place)
            .optional()?)
    }

    pub(crate) fn place_by_uid(&self, folder: FolderId, uid: u32) -> Result<Option<Place>> {
        Ok(self
            .conn
            .prepare_cached(&format!("{PLACE} WHERE p.folder_id = ?1 AND p.uid = ?2"))?
            .query_row(params![folder.0, uid], read_place)
            .optional()?)
    }

    pub(crate) fn places(&self, sql_tail: &str, bind: impl rusqlite::Params) -> Result<Vec<Place>> {
        let mut statement = self.conn.prepare_cached(&format!("{PLACE} {sql_tail}"))?;
        let rows = statement.query_map(bind, read_place)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Inserts a placement of a message that is here and counts it.
    pub(crate) fn add_placement(&mut self, place: &mut Place) -> Result<()> {
        self.insert_placement(place)?;
        self.count_in(place)
    }

    /// Inserts a new message's first placement and counts both.
    pub(crate) fn add_first_placement(&mut self, place: &mut Place) -> Result<()> {
        self.insert_placement(place)?;
        self.count_first(place)
    }

    fn insert_placement(&mut self, place: &mut Place) -> Result<()> {
        let words = place.shown.keywords.join(" ");
        self.tx
            .prepare_cached(
                "INSERT INTO placement (folder_id, message_id, uid, doc, flags, keywords, server_flags, server_keywords)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5, ?6)",
            )?
            .execute(params![
                place.folder.0,
                place.message.0,
                place.uid,
                place.doc,
                place.shown.bits,
                words
            ])?;
        place.id = PlacementId(self.tx.last_insert_rowid());
        Ok(())
    }

    /// Deletes a placement and what depends on it; logs its removal.
    pub(crate) fn drop_placement(&mut self, place: &Place) -> Result<()> {
        if !place.hidden {
            self.count_out(place)?;
        }
        self.tx
            .prepare_cached("DELETE FROM placement WHERE id = ?1")?
            .execute([place.id.0])?;
        self.log_removed(place)
    }

    pub(crate) fn log_removed(&mut self, place: &Place) -> Result<()> {
        self.log(&Change::Removed {
            folder: place.folder,
            message: place.message,
            thread: place.thread,
        })
    }
}

fn parse_cursor(text: &str) -> Option<(i64, i64)> {
    let (doc, id) = text.split_once('.')?;
    Some((doc.parse().ok()?, id.parse().ok()?))
}
