//! Table `word`: the words of the index that begin with three letters, for prefixes.
//!
//! Words are only ever added; one no mail has any more finds nothing. What begins with digits (numbers, ids) is left out:
//! there is no end of those, and few mails have the same.
//!
//! The words of a large batch lie all over the table, so that writing them touches most of its pages. They are put down in
//! a row of table `word_fresh` first, and some batches' words are brought into the table together.

use std::collections::BTreeSet;
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

pub(crate) const FRESH_MIGRATION: Migration = Migration {
    name: "2026-11-23 word_fresh",
    sql: "
CREATE TABLE word_fresh (
  id INTEGER PRIMARY KEY,
  words TEXT NOT NULL                           -- of one batch, one space between; not yet in word
) STRICT;
",
};

/// The setting that counts how often the table was emptied.
const EPOCH: &str = "search.words.epoch";

/// Shorter prefixes have too many words.
const SHORTEST: usize = 3;

/// From so many new words on a batch's wait in a row of their own.
const MANY: usize = 256;

/// At so many rows their words are brought into the table, which takes some hundredths of a second.
const WAITING: u32 = 8;

/// Words remembered as being in the table, a power of two; 2 MiB.
const KNOWN: usize = 1 << 19;
const MASK: u64 = (1 << 19) - 1;

/// Which words need not be inserted again.
#[derive(Debug, Default)]
pub(crate) struct KnownWords(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// The upper half of a word's hash, at the place its lower half says; made when mail comes in.
    slots: Vec<u32>,
    /// Counts how often the table was emptied, by whatever process.
    epoch: i64,
    /// The running transaction has added words, and how many commits there were before it.
    added: bool,
    commits: u64,
}

/// True for a word the table has: its first three characters are no digits.
fn belongs(word: &[u8]) -> bool {
    let [a, b, c, ..] = word else {
        return false;
    };
    if [a, b, c].iter().all(|byte| byte.is_ascii()) {
        return ![a, b, c].iter().any(|byte| byte.is_ascii_digit());
    }
    let mut chars = std::str::from_utf8(word).unwrap_or_default().chars();
    (0..SHORTEST).all(|_| chars.next().is_some_and(|c| !c.is_numeric()))
}

impl Read<'_> {
    /// Returns the words that begin so; `None` when there may be others, or more than `most`.
    pub(crate) fn words_with_prefix(&self, prefix: &str, most: u32) -> Result<Option<Vec<String>>> {
        if !belongs(prefix.as_bytes()) {
            return Ok(None);
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT text FROM word WHERE text >= ?1 AND text < ?1 || char(0x10FFFF) LIMIT ?2",
        )?;
        let rows = statement.query_map(params![prefix, most.saturating_add(1)], |r| r.get(0))?;
        let mut words: BTreeSet<String> = rows.collect::<rusqlite::Result<_>>()?;
        self.each_fresh_word(|word| {
            if word.starts_with(prefix) {
                words.insert(word.to_owned());
            }
        })?;
        let few = !words.is_empty() && words.len() <= usize::try_from(most).unwrap_or(usize::MAX);
        Ok(few.then(|| words.into_iter().collect()))
    }

    /// Shows the words that are not yet in the table.
    fn each_fresh_word(&self, mut show: impl FnMut(&str)) -> Result<()> {
        let mut statement = self.conn.prepare_cached("SELECT words FROM word_fresh")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let words = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            words.split(' ').for_each(&mut show);
        }
        Ok(())
    }
}

impl Write<'_> {
    /// Adds the words of new search rows to the table; each comes once, with its hash.
    pub(super) fn add_words<'r>(&self, words: impl Iterator<Item = (u64, &'r [u8])>) -> Result<()> {
        let epoch = self.word_epoch()?;
        let known = &self.shared.words;
        let mut writer = known.lock();
        if writer.epoch != epoch {
            writer.forget();
            writer.epoch = epoch;
        }
        let mut new = Vec::new();
        for (hash, word) in words.filter(|(_, word)| belongs(word)) {
            // Words that differ and have one hash: so rare that it may cost one of them its prefixes.
            if writer.remember(hash)
                && let Ok(word) = std::str::from_utf8(word)
            {
                new.push(word.to_owned());
            }
        }
        writer.added |= !new.is_empty();
        drop(writer);
        if new.len() < MANY {
            return self.insert_words(new);
        }
        self.tx
            .prepare_cached("INSERT INTO word_fresh (words) VALUES (?1)")?
            .execute([new.join(" ")])?;
        let waiting: u32 = self
            .tx
            .prepare_cached("SELECT count(*) FROM word_fresh")?
            .query_row([], |r| r.get(0))?;
        if waiting >= WAITING {
            return self.settle_words();
        }
        Ok(())
    }

    /// Brings the words that wait into the table.
    pub(crate) fn settle_words(&self) -> Result<()> {
        let mut words = Vec::new();
        self.each_fresh_word(|word| words.push(word.to_owned()))?;
        if !words.is_empty() {
            self.insert_words(words)?;
            self.tx.execute("DELETE FROM word_fresh", [])?;
        }
        Ok(())
    }

    fn insert_words(&self, mut words: Vec<String>) -> Result<()> {
        let mut insert = self
            .tx
            .prepare_cached("INSERT INTO word (text) VALUES (?1) ON CONFLICT DO NOTHING")?;
        // In the table's order: neighbours share a page.
        words.sort_unstable();
        for word in words {
            insert.execute([word])?;
        }
        Ok(())
    }

    /// Empties the table: nothing of a mail may stay in it once no mail is left.
    pub(crate) fn forget_words(&self) -> Result<()> {
        self.tx.execute("DELETE FROM word", [])?;
        self.tx.execute("DELETE FROM word_fresh", [])?;
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
            known.forget();
        }
        known.added = false;
        known.commits = commits;
    }
}

impl Known {
    fn forget(&mut self) {
        self.slots.fill(0);
    }

    /// Notes a word; true when it was not known.
    fn remember(&mut self, hash: u64) -> bool {
        self.slots.resize(KNOWN, 0);
        let place = usize::try_from(hash & MASK).unwrap_or(0);
        // Zero is an empty slot.
        let tag = u32::try_from(hash >> 32).unwrap_or(0).max(1);
        let slot = self.slots.get_mut(place);
        slot.is_some_and(|slot| std::mem::replace(slot, tag) != tag)
    }
}
