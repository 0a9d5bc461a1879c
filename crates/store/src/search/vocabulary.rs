//! Table `word`: the words of the index that begin with three letters, for prefixes.
//!
//! Words are only ever added; one no mail has any more finds nothing. What begins with digits (numbers, ids) is left out:
//! there is no end of those, and few mails have the same.

use std::sync::{Mutex, PoisonError};

use kontor_sqlite::Migration;
use rusqlite::params;

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 word",
    sql: "
CREATE TABLE word (
  text TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
",
};

/// Shorter prefixes have too many words.
const SHORTEST: usize = 3;

/// Words of the writing process that are surely in the table, by hash; a power of two. Half a mebibyte.
const KNOWN: usize = 1 << 16;
const MASK: u64 = (1 << 16) - 1;

/// Which words need not be looked up again.
#[derive(Debug)]
pub(crate) struct KnownWords(Mutex<Known>);

#[derive(Debug)]
struct Known {
    slots: Vec<u64>,
    /// Written by the last transaction, and how many commits there had been before it: known once it is committed.
    written: Vec<u64>,
    commits: u64,
}

impl Default for KnownWords {
    fn default() -> Self {
        Self(Mutex::new(Known {
            slots: Vec::new(),
            written: Vec::new(),
            commits: 0,
        }))
    }
}

/// The words of one message for the table: distinct, with their hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vocabulary {
    hashes: Vec<u64>,
    /// In the order of `hashes`, one space between.
    words: String,
}

impl Vocabulary {
    /// Gathers the words of folded texts.
    pub(crate) fn of(texts: &[&str]) -> Self {
        let mut found: Vec<(u64, &str)> = texts
            .iter()
            .flat_map(|t| t.split(' '))
            .filter(|w| belongs(w))
            .map(|w| (hash(w), w))
            .collect();
        found.sort_unstable();
        found.dedup();
        let mut vocabulary = Self {
            hashes: Vec::with_capacity(found.len()),
            words: String::with_capacity(
                found.iter().map(|(_, w)| w.len().saturating_add(1)).sum(),
            ),
        };
        for (hash, word) in found {
            vocabulary.hashes.push(hash);
            vocabulary.words.push_str(word);
            vocabulary.words.push(' ');
        }
        vocabulary
    }
}

/// True for a word the table has: its first three characters are no digits.
fn belongs(word: &str) -> bool {
    let mut chars = word.chars();
    (0..SHORTEST).all(|_| chars.next().is_some_and(|c| !c.is_numeric()))
}

/// FNV-1a: short, and good enough to remember words by.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3)
    })
}

impl Read<'_> {
    /// Returns the words that begin so; `None` when there may be others, or more than `most`.
    pub(crate) fn words_with_prefix(&self, prefix: &str, most: u32) -> Result<Option<Vec<String>>> {
        if !belongs(prefix) {
            return Ok(None);
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT text FROM word WHERE text >= ?1 AND text < ?1 || char(0x10FFFF) LIMIT ?2",
        )?;
        let rows = statement.query_map(params![prefix, most.saturating_add(1)], |r| r.get(0))?;
        let words: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
        let few = !words.is_empty() && words.len() <= usize::try_from(most).unwrap_or(usize::MAX);
        Ok(few.then_some(words))
    }
}

impl Write<'_> {
    /// Adds a message's words to the table.
    pub(crate) fn add_words(&self, vocabulary: &Vocabulary) -> Result<()> {
        let mut known = self
            .shared
            .words
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if known.slots.is_empty() {
            known.slots = vec![0; KNOWN];
        }
        let mut insert = self
            .tx
            .prepare_cached("INSERT INTO word (text) VALUES (?1) ON CONFLICT DO NOTHING")?;
        for (hash, word) in vocabulary.hashes.iter().zip(vocabulary.words.split(' ')) {
            if known.slots.get(slot(*hash)) != Some(hash) {
                insert.execute([word])?;
                known.written.push(*hash);
            }
        }
        drop(known);
        Ok(())
    }
}

impl KnownWords {
    /// Called when a transaction begins: the words of the one before are known if it was committed.
    pub(crate) fn begin(&self, commits: u64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = std::mem::take(&mut known.written);
        if commits != known.commits {
            known.commits = commits;
            for hash in written {
                if let Some(slot) = known.slots.get_mut(slot(hash)) {
                    *slot = hash;
                }
            }
        }
    }

    /// Called when the table was emptied.
    pub(crate) fn forget(&self) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.slots.clear();
        known.written.clear();
    }
}

fn slot(hash: u64) -> usize {
    usize::try_from(hash & MASK).unwrap_or(0)
}
