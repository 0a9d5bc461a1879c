//! Search: an FTS5 table over subject, people, body and attachment names.
//!
//! Texts are folded before they get here ([`crate::fold()`]), so the tokenizer only splits at spaces: index, query and
//! snippet can never disagree about what a word is. The row id is `message.doc`, which orders as dates do: "the newest
//! fifty" is the tail of a posting list, nothing is sorted. The table is contentless; snippets are cut from
//! `message_text`. A whole address is one more word (`zaddr` and its hash), so that `from:a@b.si` is exact.

mod plan;
mod snippet;
mod totals;

use kontor_model::{MessageRow, Query};
use kontor_sqlite::Migration;
use rusqlite::params;

use crate::{Read, Result, Store, Write, identity};

use plan::Plan;
pub(crate) use totals::Totals;

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
",
};

/// One message's texts, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IndexRow {
    pub(crate) subject: String,
    pub(crate) sender: String,
    pub(crate) recipients: String,
    pub(crate) body: String,
    pub(crate) attachments: String,
}

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
        let status = self.status()?;
        let plan = Plan::new(self, query)?;
        let total = self.total(&plan)?;
        let before = after.and_then(|c| c.parse().ok()).unwrap_or(i64::MAX);
        let docs = if total == 0 {
            Vec::new()
        } else {
            plan.docs(self.conn, before, limit.saturating_add(1))?
        };
        let mut page = SearchPage {
            total,
            coverage: status.coverage(),
            hits: Vec::with_capacity(docs.len()),
            next: None,
        };
        let mut last = 0;
        for doc in docs {
            if page.hits.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
                page.next = Some(format!("{last}"));
                break;
            }
            last = doc;
            if let Some(row) = self.row_by_doc(doc)? {
                let snippet = self.snippet(&plan, &row)?;
                page.hits.push(SearchHit { row, snippet });
            }
        }
        Ok(page)
    }

    /// Returns the ids of everything found, newest first: for `export`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn search_all(&self, query: &Query) -> Result<Vec<kontor_model::MessageId>> {
        let docs = Plan::new(self, query)?.docs(self.conn, i64::MAX, u32::MAX)?;
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM message WHERE doc = ?1")?;
        let mut ids = Vec::with_capacity(docs.len());
        for doc in docs {
            ids.push(kontor_model::MessageId(
                statement.query_row([doc], |r| r.get(0))?,
            ));
        }
        Ok(ids)
    }

    fn snippet(&self, plan: &Plan, row: &MessageRow) -> Result<String> {
        if plan.words.is_empty() || !row.body {
            return Ok(row.preview.clone());
        }
        let text = self.message_text(row.id)?;
        Ok(snippet::cut(&text, &plan.words).unwrap_or_else(|| row.preview.clone()))
    }
}

impl Write<'_> {
    /// Merges about `pages` pages of the search index; true when more is to be merged.
    pub(crate) fn merge_search(&mut self, pages: u32) -> Result<bool> {
        let before: i64 = self
            .tx
            .query_row("SELECT total_changes()", [], |r| r.get(0))?;
        self.tx.execute(
            "INSERT INTO search (search, rank) VALUES ('merge', ?1)",
            [pages],
        )?;
        let after: i64 = self
            .tx
            .query_row("SELECT total_changes()", [], |r| r.get(0))?;
        // A merge that found nothing to do counts as one change (FTS5's own documentation, "merge").
        Ok(after.saturating_sub(before) >= 2)
    }

    /// Writes the gathered search rows, ascending: FTS5 flushes its memory whenever a row id goes back.
    pub(crate) fn settle_search(&mut self) -> Result<()> {
        for doc in std::mem::take(&mut self.tally.unindex) {
            self.tx
                .prepare_cached("DELETE FROM search WHERE rowid = ?1")?
                .execute([doc])?;
        }
        let rows = std::mem::take(&mut self.tally.index);
        if rows.is_empty() {
            return Ok(());
        }
        let mut insert = self.tx.prepare_cached(
            "INSERT INTO search (rowid, subject, sender, recipients, body, attachments) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (doc, row) in rows {
            insert.execute(params![
                doc,
                row.subject,
                row.sender,
                row.recipients,
                row.body,
                row.attachments
            ])?;
        }
        Ok(())
    }
}
