//! New rows of the index, written as one segment of FTS5's own form.
//!
//! FTS5 takes a text apart, looks each word up and sorts what it has, on the writer's thread: half of that thread's time
//! in a first sync. Here the words come taken apart by the threads that read mail ([`Postings`]), and what is left to do
//! is to bring those of some hundred mails together and write the pages. All else (questions, deleting, merging) is
//! FTS5's. How the tables of its index look is written in `fts5_index.c` of SQLite, whose version is ours to choose; a
//! test holds them against those that FTS5 writes, byte for byte.

use std::collections::BTreeMap;

use rusqlite::params;

use super::leaves::{Leaves, Row};
use super::postings::{COLUMNS, Postings, Seats};
use super::structure::{Segment, Structure};
use super::varint;
use crate::tidy::Leisure;
use crate::{Error, Result, Write};

/// The rows of `search_data` with FTS5's averages and structure.
const AVERAGES: i64 = 1;
const STRUCTURE: i64 = 10;

/// New segments are merged while mail comes in when there are so many: a merge reads and writes them all on the thread
/// everybody waits for. FTS5 itself merges sixty-four at once, whatever the time, and some from sixteen on whenever it
/// notes a deletion.
const MANY: usize = 48;

/// And when nothing goes on: a search looks into each. A few small accounts leave fewer, and merge nothing while they wait
/// for news.
const MANY_AT_REST: usize = 24;

/// What is written of a merge with each page of a new segment: each row is merged a few times in its life.
const MERGED: u64 = 4;

/// One word of several messages.
struct Term<'r> {
    hash: u64,
    word: &'r [u8],
    /// The word's first letters, to sort by.
    first: u64,
    /// Where its rows lie in [`Terms::rows`].
    rows: std::ops::Range<usize>,
}

/// The words of several messages, and of each the messages that have it.
struct Terms<'r> {
    /// In the index's order.
    terms: Vec<Term<'r>>,
    /// Message (its number here) and the range of its places.
    rows: Vec<(u32, (u32, u32))>,
}

impl<'r> Terms<'r> {
    fn of(messages: &[(i64, &'r Postings)]) -> Self {
        let mut terms: Vec<Term<'r>> = Vec::new();
        let mut seats = Seats::default();
        let mut numbers = Vec::with_capacity(messages.iter().map(|(_, m)| m.len()).sum());
        for (_, postings) in messages {
            for posting in postings.iter() {
                let (hash, word) = (posting.hash, posting.word);
                let number = seats.find(hash, |n| {
                    terms
                        .get(n)
                        .is_some_and(|t| t.hash == hash && t.word == word)
                });
                numbers.push(number);
                if let Some(term) = terms.get_mut(number) {
                    term.rows.end = term.rows.end.saturating_add(1);
                } else {
                    terms.push(Term {
                        hash,
                        word,
                        first: first_letters(word),
                        rows: 0..1,
                    });
                    seats.grow(terms.iter().map(|term| term.hash));
                }
            }
        }
        let mut end = 0_usize;
        for term in &mut terms {
            let begin = end;
            end = end.saturating_add(term.rows.end);
            term.rows = begin..begin;
        }
        let mut rows = vec![(0, (0, 0)); numbers.len()];
        let mut numbers = numbers.into_iter();
        for (message, (_, postings)) in (0_u32..).zip(messages) {
            for (posting, number) in postings.iter().zip(&mut numbers) {
                if let Some(term) = terms.get_mut(number)
                    && let Some(row) = rows.get_mut(term.rows.end)
                {
                    *row = (message, posting.places);
                    term.rows.end = term.rows.end.saturating_add(1);
                }
            }
        }
        terms.sort_unstable_by(|a, b| a.first.cmp(&b.first).then_with(|| a.word.cmp(b.word)));
        Self { terms, rows }
    }
}

/// The first eight letters as a number that sorts as they do.
fn first_letters(word: &[u8]) -> u64 {
    let mut first = [0; 8];
    for (to, from) in first.iter_mut().zip(word) {
        *to = *from;
    }
    u64::from_be_bytes(first)
}

impl Write<'_> {
    /// Adds rows to the index; none of them may be in it.
    pub(super) fn add_segment(&mut self, rows: &BTreeMap<i64, Postings>) -> Result<()> {
        let messages: Vec<(i64, &Postings)> = rows.iter().map(|(doc, row)| (*doc, row)).collect();
        let terms = Terms::of(&messages);
        self.add_words(terms.terms.iter().map(|term| (term.hash, term.word)))?;
        self.forget_structure()?;
        let mut structure = Structure::read(&self.index_record(STRUCTURE)?)?;
        let origin = structure.next_origin();
        let mut pages = 0;
        if !terms.terms.is_empty() {
            let id = structure
                .free_id()
                .ok_or_else(|| Error::unreadable("the search index", "it has too many segments"))?;
            pages = self.write_leaves(id, &terms, &messages)?;
            structure.wrote(pages);
            structure.add(Segment {
                id,
                first_page: 1,
                last_page: pages,
                first_origin: origin,
                last_origin: origin,
                tombstone_pages: 0,
                tombstones: 0,
                rows: u64::try_from(messages.len()).unwrap_or(u64::MAX),
            });
            self.put_index_record(STRUCTURE, &structure.write())?;
        }
        self.count_words_of(&messages, origin)?;
        if structure.has_level_of(MANY) {
            self.merge_pages(pages.saturating_mul(MERGED))?;
        }
        Ok(())
    }

    fn write_leaves(
        &self,
        id: u64,
        terms: &Terms<'_>,
        messages: &[(i64, &Postings)],
    ) -> Result<u64> {
        let mut leaves = Leaves::new(self.tx, id)?;
        let mut rows: Vec<Row<'_>> = Vec::new();
        for term in &terms.terms {
            rows.clear();
            let found = terms.rows.get(term.rows.clone()).unwrap_or_default();
            rows.extend(found.iter().filter_map(|(message, places)| {
                let (doc, postings) = messages.get(usize::try_from(*message).ok()?)?;
                Some((*doc, postings.places(*places)))
            }));
            leaves.add(term.word, &rows)?;
        }
        leaves.finish()
    }

    /// Notes how many words each row has, and all together.
    fn count_words_of(&self, messages: &[(i64, &Postings)], origin: u64) -> Result<()> {
        let record = self.index_record(AVERAGES)?;
        let mut rest = record.as_slice();
        // No row was ever there: the record is empty.
        let mut next = || varint::take(&mut rest).unwrap_or(0);
        let mut rows = next();
        let mut totals = [(); COLUMNS].map(|()| next());
        let mut insert = self.tx.prepare_cached(
            "INSERT OR REPLACE INTO search_docsize (id, sz, origin) VALUES (?1, ?2, ?3)",
        )?;
        let mut sizes = Vec::new();
        for (doc, postings) in messages {
            sizes.clear();
            for (size, total) in postings.sizes.iter().zip(&mut totals) {
                varint::put(&mut sizes, u64::from(*size));
                *total = total.wrapping_add(u64::from(*size));
            }
            rows = rows.wrapping_add(1);
            insert.execute(params![doc, sizes, origin.cast_signed()])?;
        }
        let mut record = Vec::new();
        varint::put(&mut record, rows);
        for total in totals {
            varint::put(&mut record, total);
        }
        self.put_index_record(AVERAGES, &record)
    }

    /// Makes FTS5 write what it has in hand and read its structure anew: a merge of no pages does the latter.
    fn forget_structure(&self) -> Result<()> {
        self.tx
            .prepare_cached("INSERT INTO search (search) VALUES ('flush')")?
            .execute([])?;
        self.merge_pages(0)
    }

    /// Merges about `pages` pages of the index where it has many segments; true when more may be to merge.
    pub(crate) fn merge_search(&self, pages: u32, leisure: Leisure) -> Result<bool> {
        let changes = || {
            self.tx
                .query_row("SELECT total_changes()", [], |r| r.get::<_, i64>(0))
        };
        let structure = Structure::read(&self.index_record(STRUCTURE)?)?;
        let due = match leisure {
            Leisure::Idle => structure.has_level_of(MANY_AT_REST) || structure.is_merging(),
            Leisure::Passing => structure.has_level_of(MANY),
        };
        if !due {
            return Ok(false);
        }
        let before = changes()?;
        self.merge_pages(u64::from(pages))?;
        // A merge that found nothing to do counts as one change (FTS5's own documentation, "merge").
        Ok(changes()?.saturating_sub(before) >= 2)
    }

    fn merge_pages(&self, pages: u64) -> Result<()> {
        self.tx
            .prepare_cached("INSERT INTO search (search, rank) VALUES ('merge', ?1)")?
            .execute([pages.cast_signed()])?;
        Ok(())
    }

    fn index_record(&self, id: i64) -> Result<Vec<u8>> {
        Ok(self
            .tx
            .prepare_cached("SELECT block FROM search_data WHERE id = ?1")?
            .query_row([id], |r| r.get(0))?)
    }

    fn put_index_record(&self, id: i64, record: &[u8]) -> Result<()> {
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO search_data (id, block) VALUES (?1, ?2)")?
            .execute(params![id, record])?;
        Ok(())
    }
}
