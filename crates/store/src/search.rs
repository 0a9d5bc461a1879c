//! Search: an FTS5 table over subject, people, body and attachment names.
//!
//! Texts are folded before they get here ([`crate::fold()`]), so words only have to be split at spaces: index, query and
//! snippet can never disagree about what a word is. New rows are written without FTS5, in its own form ([`segment`]). The row id is `message.doc`, which orders as dates do: "the newest
//! fifty" is the tail of a posting list, nothing is sorted. The table is contentless; snippets are cut from
//! the mails (`message_text`). A whole address is one more word (`zaddr` and its hash), so that `from:a@b.si` is exact.

mod leaves;
mod plan;
mod postings;
mod segment;
#[cfg(test)]
mod segment_tests;
mod snippet;
mod strangers;
mod structure;
mod totals;
mod varint;
mod vocabulary;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use kontor_model::{MessageId, MessageRow, Query};
use kontor_sqlite::Migration;
use rusqlite::OptionalExtension as _;

use crate::message_text::PackedText;
use crate::{Error, Read, Result, Store, Write, identity};

use plan::Plan;
pub(crate) use postings::Postings;
pub(crate) use strangers::{KnownStrangers, MIGRATION as INSTANCE_MIGRATION};
pub(crate) use totals::Totals;
use totals::around;
pub(crate) use vocabulary::{FRESH_MIGRATION, KnownWords, MIGRATION as WORD_MIGRATION};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 search",
    sql: "
CREATE VIRTUAL TABLE search USING fts5 (
  subject, sender, recipients, body, attachments,
  content = '', contentless_delete = 1, detail = full, tokenize = 'ascii'
);
-- A batch of a thousand mails fits into memory and becomes one segment; segments are merged sixteen at a time while
-- mail comes in and down to a few when nothing goes on. Against the defaults this halves the writer's work.
INSERT INTO search (search, rank) VALUES ('hashsize', 16777216), ('automerge', 16), ('crisismerge', 64);
CREATE TABLE search_stretch (
  id INTEGER PRIMARY KEY,                       -- seven weeks of doc
  version INTEGER NOT NULL                      -- counts the transactions that changed the index there
) STRICT;
",
};

/// FTS5 merges no fewer than sixteen segments of a level when it is asked to: fewer cost a search some tens of
/// microseconds, and a merge leaves as much free space in the file as it has read. When it is asked, [`segment`] says.
pub(crate) const MERGE_MIGRATION: Migration = Migration {
    name: "2026-11-21 search merges",
    sql: "INSERT INTO search (search, rank) VALUES ('usermerge', 16);",
};

/// Of more messages than this a search is asked within their whole range of time.
const ONE_BY_ONE: usize = 16;

/// A match this near to a preview's end is shown from the text instead, bytes.
const ROOM: usize = 80;

/// One found message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// The message, by the placement a person would look for it at.
    pub row: MessageRow,
    /// Text around the first match, matched words between [`crate::MATCH_START`] and [`crate::MATCH_END`]; the preview
    /// where the match is elsewhere.
    pub snippet: String,
}

/// One page of a search, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchPage {
    /// Messages found in all, exactly.
    pub total: u64,
    /// Share of messages whose bodies are searchable, 0 to 1.
    pub coverage: f64,
    /// The messages.
    pub hits: Vec<SearchHit>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
}

/// Returns the word a whole address is indexed as. `key` is `Address::key`.
pub(crate) fn address_token(key: &str) -> String {
    format!("zaddr{:016x}", identity::hash64(key))
}

impl Store {
    /// Answers a search: the newest `limit` messages (behind `after`, a page's `next`) and the exact total.
    ///
    /// # Errors
    /// When the store cannot be read. A cursor that makes no sense begins at the newest.
    pub fn search(&self, query: &Query, after: Option<&str>, limit: u32) -> Result<SearchPage> {
        self.read(|r| r.search(query, after, limit))
    }
}

impl Read<'_> {
    /// As [`Store::search`], within a snapshot.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn search(&self, query: &Query, after: Option<&str>, limit: u32) -> Result<SearchPage> {
        let coverage = self.status()?.coverage();
        let plan = Plan::new(self, query)?;
        let before = after.and_then(|c| c.parse().ok()).unwrap_or(i64::MAX);
        let wanted = limit.saturating_add(1);
        let (total, mut rows) = if plan.is_plain() {
            let (total, parts) = self.total(&plan)?;
            let rows = match parts.docs() {
                Some(docs) => self.rows_before(docs, before, wanted)?,
                None if total == 0 => Vec::new(),
                None => self.rows_of(&plan, before, wanted)?,
            };
            (total, rows)
        } else {
            let docs = self.answer(&plan)?;
            let total = u64::try_from(docs.len()).unwrap_or(u64::MAX);
            (
                total,
                self.rows_before(docs.iter().rev().copied(), before, wanted)?,
            )
        };
        let more = rows.len() >= usize::try_from(wanted).unwrap_or(usize::MAX);
        if more {
            rows.pop();
        }
        let next = rows.last().filter(|_| more).map(|(doc, _)| doc.to_string());
        let hits = self.hits(&plan, rows.into_iter().map(|(_, row)| row))?;
        Ok(SearchPage {
            total,
            coverage,
            hits,
            next,
        })
    }

    /// Returns how many messages a search finds, exactly.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn search_total(&self, query: &Query) -> Result<u64> {
        let plan = Plan::new(self, query)?;
        if plan.is_plain() {
            return Ok(self.total(&plan)?.0);
        }
        Ok(u64::try_from(self.answer(&plan)?.len()).unwrap_or(u64::MAX))
    }

    /// Returns which of these messages a search finds, as [`Read::search`] would; what it costs depends on them and not on
    /// the mail here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn search_among(
        &self,
        query: &Query,
        messages: &[MessageId],
    ) -> Result<BTreeSet<MessageId>> {
        let mut docs = BTreeMap::new();
        let mut statement = self
            .conn
            .prepare_cached("SELECT doc FROM message WHERE id = ?1")?;
        for message in messages {
            let doc: Option<i64> = statement.query_row([message.0], |r| r.get(0)).optional()?;
            docs.extend(doc.map(|doc| (doc, *message)));
        }
        let plan = Plan::new(self, query)?;
        let keys = if docs.len() <= ONE_BY_ONE {
            let mut keys = Vec::new();
            for doc in docs.keys() {
                keys.extend(self.keys_of(&plan.within(*doc, doc.saturating_add(1)))?);
            }
            keys
        } else {
            let asked: Vec<i64> = docs.keys().copied().collect();
            self.keys_of(&around(&plan, &asked))?
        };
        Ok(keys
            .iter()
            .filter_map(|doc| docs.get(doc).copied())
            .collect())
    }

    /// The newest rows among known keys, given newest first.
    fn rows_before(
        &self,
        docs: impl Iterator<Item = i64>,
        before: i64,
        wanted: u32,
    ) -> Result<Vec<(i64, MessageRow)>> {
        let full = usize::try_from(wanted).unwrap_or(usize::MAX);
        let mut rows = Vec::new();
        for doc in docs.skip_while(|doc| *doc >= before) {
            if rows.len() >= full {
                break;
            }
            rows.extend(self.row_by_doc(doc)?.map(|row| (doc, row)));
        }
        Ok(rows)
    }

    /// The newest rows that match; what no folder shows any more is passed over.
    fn rows_of(&self, plan: &Plan, mut before: i64, wanted: u32) -> Result<Vec<(i64, MessageRow)>> {
        let mut rows = Vec::new();
        let full = usize::try_from(wanted).unwrap_or(usize::MAX);
        loop {
            let docs = self.docs(plan, before, wanted)?;
            let last = docs.len() < full;
            for doc in docs {
                before = doc;
                rows.extend(self.row_by_doc(doc)?.map(|row| (doc, row)));
                if rows.len() >= full {
                    return Ok(rows);
                }
            }
            if last {
                return Ok(rows);
            }
        }
    }

    /// Returns the ids of everything found, newest first: for `export`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn search_all(&self, query: &Query) -> Result<Vec<MessageId>> {
        let plan = Plan::new(self, query)?;
        let docs = if plan.is_plain() {
            self.docs(&plan, i64::MAX, u32::MAX)?
        } else {
            self.answer(&plan)?.iter().rev().copied().collect()
        };
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM message WHERE doc = ?1 AND places > 0")?;
        let mut ids = Vec::with_capacity(docs.len());
        for doc in docs {
            ids.extend(
                statement
                    .query_row([doc], |r| r.get(0).map(MessageId))
                    .optional()?,
            );
        }
        Ok(ids)
    }

    /// Cuts the snippets of a page. Unpacking fifty mails is most of a search: the other cores unpack one while the next
    /// is read.
    fn hits(&self, plan: &Plan, rows: impl Iterator<Item = MessageRow>) -> Result<Vec<SearchHit>> {
        let plain = |row: MessageRow| {
            let snippet = row.preview.clone();
            (SearchHit { row, snippet }, Ok(()))
        };
        let mut hits: Vec<(SearchHit, Result<()>)> = rows.map(plain).collect();
        rayon::in_place_scope(|scope| {
            for (hit, outcome) in &mut hits {
                if let Some(text) = self.text_for(plan, hit)? {
                    scope.spawn(move |_| *outcome = cut_from(&text, plan, hit));
                }
            }
            Ok::<(), Error>(())
        })?;
        hits.into_iter()
            .map(|(hit, outcome)| outcome.map(|()| hit))
            .collect()
    }

    /// Cuts the snippet from the preview where the match stands early in it: nothing needs to be unpacked. Otherwise
    /// returns the text to look for it in.
    fn text_for(&self, plan: &Plan, hit: &mut SearchHit) -> Result<Option<PackedText>> {
        if plan.words.is_empty() || !hit.row.body {
            return Ok(None);
        }
        match snippet::cut(&hit.row.preview, &plan.words, ROOM) {
            Some(snippet) => hit.snippet = snippet,
            None => return self.message_text(hit.row.id),
        }
        Ok(None)
    }
}

fn cut_from(text: &PackedText, plan: &Plan, hit: &mut SearchHit) -> Result<()> {
    if let Some(snippet) = snippet::cut(&text.unpack()?, &plan.words, 0) {
        hit.snippet = snippet;
    }
    Ok(())
}

impl Write<'_> {
    /// Writes the gathered search rows.
    pub(crate) fn settle_search(&mut self) -> Result<()> {
        let gone = std::mem::take(&mut self.tally.unindex);
        let rows = std::mem::take(&mut self.tally.index);
        self.touch_stretches(gone.iter().copied())?;
        self.touch_stretches(rows.keys().copied())?;
        for doc in gone {
            self.tx
                .prepare_cached("DELETE FROM search WHERE rowid = ?1")?
                .execute([doc])?;
        }
        if rows.is_empty() {
            return Ok(());
        }
        self.add_segment(&rows)
    }
}
