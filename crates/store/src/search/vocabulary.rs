//! Table `word`: the words of the index that begin with three letters, for prefixes.
//!
//! Words are only ever added; one no mail has any more finds nothing. What begins with digits (numbers, ids) is left out:
//! there is no end of those, and few mails have the same.

use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// The setting that counts how often the table was emptied.
const EPOCH: &str = "search.words.epoch";

/// Shorter prefixes have too many words.
const SHORTEST: usize = 3;

/// Words remembered as being in the table, a power of two; 2 MiB.
const KNOWN: usize = 1 << 19;
const MASK: u64 = (1 << 19) - 1;

/// Which words need not be inserted again. Only the writer's thread uses it.
#[derive(Debug, Default)]
pub(crate) struct KnownWords(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// The upper half of a word's hash, at the place its lower half says; empty until mail comes in.
    slots: Vec<u32>,
    /// Counts how often the table was emptied, by whatever process.
    epoch: i64,
    /// The running transaction has added words, and how many commits there were before it.
    added: bool,
    commits: u64,
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
        let words = texts.iter().flat_map(|t| t.split(' '));
        let mut found: Vec<(u64, &str)> =
            words.filter(|w| belongs(w)).map(|w| (hash(w), w)).collect();
        // Words that differ and have one hash: so rare that it may cost one of them its prefixes.
        found.sort_unstable_by_key(|(hash, _)| *hash);
        found.dedup_by_key(|(hash, _)| *hash);
        let bytes = found.iter().map(|(_, w)| w.len().saturating_add(1)).sum();
        let mut vocabulary = Self {
            hashes: Vec::with_capacity(found.len()),
            words: String::with_capacity(bytes),
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
    if let [a, b, c, ..] = word.as_bytes()
        && [a, b, c].iter().all(|byte| byte.is_ascii())
    {
        return ![a, b, c].iter().any(|byte| byte.is_ascii_digit());
    }
    let mut chars = word.chars();
    (0..SHORTEST).all(|_| chars.next().is_some_and(|c| !c.is_numeric()))
}

/// As FNV-1a, eight bytes at a time: short, and good enough to remember words by.
fn hash(word: &str) -> u64 {
    let mix = |h: u64, n: u64| {
        let h = (h ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        h ^ (h >> 29)
    };
    let (eights, rest) = word.as_bytes().as_chunks::<8>();
    let start = mix(
        0xCBF2_9CE4_8422_2325,
        u64::try_from(word.len()).unwrap_or(0),
    );
    let h = eights
        .iter()
        .fold(start, |h, eight| mix(h, u64::from_le_bytes(*eight)));
    let last = rest.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
    mix(mix(h, last), 0)
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
    /// Adds messages' words to the table.
    pub(crate) fn add_words<'v>(
        &self,
        vocabularies: impl Iterator<Item = &'v Vocabulary>,
    ) -> Result<()> {
        let epoch = self.word_epoch()?;
        let mut insert = self
            .tx
            .prepare_cached("INSERT INTO word (text) VALUES (?1) ON CONFLICT DO NOTHING")?;
        let mut known = self.shared.words.lock();
        if known.slots.is_empty() || known.epoch != epoch {
            known.slots = vec![0; KNOWN];
            known.epoch = epoch;
        }
        let mut new = Vec::new();
        for vocabulary in vocabularies {
            for (hash, word) in vocabulary.hashes.iter().zip(vocabulary.words.split(' ')) {
                let (place, tag) = slot(*hash);
                if let Some(slot) = known.slots.get_mut(place)
                    && *slot != tag
                {
                    *slot = tag;
                    new.push(word);
                }
            }
        }
        known.added |= !new.is_empty();
        // In the table's order: neighbours share a page.
        new.sort_unstable();
        for word in new {
            insert.execute([word])?;
        }
        drop(known);
        Ok(())
    }

    /// Empties the table: nothing of a mail may stay in it once no mail is left.
    pub(crate) fn forget_words(&self) -> Result<()> {
        self.tx.execute("DELETE FROM word", [])?;
        self.tx.execute(
            "INSERT INTO setting (name, value) VALUES (?1, '1')
             ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
            [EPOCH],
        )?;
        Ok(())
    }

    fn word_epoch(&self) -> Result<i64> {
        Ok(self
            .setting(EPOCH)?
            .and_then(|n| n.parse().ok())
            .unwrap_or(0))
    }
}

impl KnownWords {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called when a transaction begins. If the one before added words and was not committed, nothing is known any more.
    pub(crate) fn begin(&self, commits: u64) {
        let mut known = self.lock();
        if known.added && commits == known.commits {
            known.slots.clear();
        }
        known.added = false;
        known.commits = commits;
    }
}

/// Where a word is remembered, and as what.
fn slot(hash: u64) -> (usize, u32) {
    let place = usize::try_from(hash & MASK).unwrap_or(0);
    // Zero is an empty slot.
    (place, u32::try_from(hash >> 32).unwrap_or(0).max(1))
}
