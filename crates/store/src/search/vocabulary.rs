//! Table `word`: the words of the index that begin with three letters, for prefixes.
//!
//! Words are only ever added; one no mail has any more finds nothing. What begins with digits (numbers, ids) is left out:
//! there is no end of those, and few mails have the same.
//!
//! The words of a large batch lie all over the table, so that writing them touches most of its pages. They are put down in
//! a row of table `word_fresh` first, and some batches' words are brought into the table together.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use kontor_sqlite::Migration;
use rusqlite::params;

use crate::search::IndexRow;
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

/// Words remembered of the mail in hand, a power of two: they are looked up once, in the large table, which no cache holds.
const MET: usize = 1 << 11;

/// Which words need not be inserted again. The writer's thread fills it; those that prepare mail look into it, so that
/// what everybody writes is not handed over with every mail.
#[derive(Debug, Default)]
pub(crate) struct KnownWords {
    /// The upper half of a word's hash, at the place its lower half says; made when mail comes in.
    slots: OnceLock<Box<[AtomicU32]>>,
    /// Counts how often everything was forgotten: what was looked up before says nothing any more.
    generation: AtomicU64,
    writer: Mutex<Writer>,
}

/// What the writer's thread knows besides.
#[derive(Debug, Default)]
struct Writer {
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
    /// Words known then are left out; `None`: these are all.
    generation: Option<u64>,
}

impl Vocabulary {
    /// Gathers the words of folded texts, those left out that are `known`.
    pub(crate) fn of(texts: &[&str], known: Option<&KnownWords>) -> Self {
        // Read first: what is forgotten from now on makes the answer void.
        let generation = known.map(KnownWords::generation);
        let slots = known.map(KnownWords::slots);
        let new = |hash: u64| slots.is_none_or(|slots| !has(slots, hash));
        let mut met = [0; MET];
        let mut found: Vec<(u64, &[u8])> = texts
            .iter()
            .flat_map(|text| Words(text.as_bytes()))
            .filter(|(hash, word)| belongs(word) && first(&mut met, *hash) && new(*hash))
            .collect();
        // Words that differ and have one hash: so rare that it may cost one of them its prefixes.
        found.sort_unstable_by_key(|(hash, _)| *hash);
        found.dedup_by_key(|(hash, _)| *hash);
        let mut vocabulary = Self {
            generation,
            ..Self::default()
        };
        for (hash, word) in found {
            // Cut at spaces, so whole characters they are.
            if let Ok(word) = std::str::from_utf8(word) {
                vocabulary.hashes.push(hash);
                vocabulary.words.push_str(word);
                vocabulary.words.push(' ');
            }
        }
        vocabulary
    }
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

/// The words of a text between its spaces, with their hashes. Eight bytes at a time: words are short, and a first sync
/// looks at some hundred million bytes of them.
struct Words<'t>(&'t [u8]);

impl<'t> Iterator for Words<'t> {
    type Item = (u64, &'t [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0;
        let (mut rest, mut len, mut hash) = (text, 0usize, 0xCBF2_9CE4_8422_2325);
        while let Some((eight, behind)) = rest.split_first_chunk() {
            let eight = u64::from_le_bytes(*eight);
            let before = bytes_before_space(eight);
            hash = mix(hash, first_bytes(eight, before));
            len = len.saturating_add(before);
            if before < 8 {
                self.0 = text.get(len.saturating_add(1)..).unwrap_or_default();
                return Some((finish(hash, len), text.get(..len).unwrap_or_default()));
            }
            rest = behind;
        }
        // The last bytes of a text.
        let before = rest.iter().take_while(|byte| **byte != b' ').count();
        let last = rest.iter().take(before).rev();
        hash = mix(hash, last.fold(0, |n, byte| n << 8 | u64::from(*byte)));
        len = len.saturating_add(before);
        self.0 = text.get(len.saturating_add(1)..).unwrap_or_default();
        (!text.is_empty()).then(|| (finish(hash, len), text.get(..len).unwrap_or_default()))
    }
}

/// How many of eight bytes stand before the first space; the first byte is the lowest.
const fn bytes_before_space(eight: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let found = eight ^ (ONES * 0x20);
    // The lowest bit set belongs to the first byte that is zero now.
    let zeros = found.wrapping_sub(ONES) & !found & (ONES << 7);
    (zeros.trailing_zeros() / 8) as usize
}

/// The first so many bytes of eight, zeros behind.
const fn first_bytes(eight: u64, bytes: usize) -> u64 {
    match u64::MAX.checked_shr(64_u32.saturating_sub(8_u32.saturating_mul(bytes as u32))) {
        Some(mask) => eight & mask,
        None => 0,
    }
}

const fn mix(hash: u64, n: u64) -> u64 {
    let h = (hash ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    h ^ (h >> 29)
}

/// The hash of a word of this length: a word that fills eight bytes and one that ends before them are told apart.
const fn finish(hash: u64, len: usize) -> u64 {
    mix(hash, len as u64)
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
    /// Adds messages' words to the table.
    pub(crate) fn add_words<'r>(&self, rows: impl Iterator<Item = &'r IndexRow>) -> Result<()> {
        let epoch = self.word_epoch()?;
        let known = &self.shared.words;
        let mut writer = known.lock();
        if writer.epoch != epoch {
            known.forget();
            writer.epoch = epoch;
        }
        let (slots, generation) = (known.slots(), known.generation());
        let mut new = Vec::new();
        for row in rows {
            let again;
            let vocabulary = match row.vocabulary.generation {
                Some(then) if then != generation => {
                    again = Vocabulary::of(&row.texts(), Some(known));
                    &again
                }
                _ => &row.vocabulary,
            };
            for (hash, word) in vocabulary.hashes.iter().zip(vocabulary.words.split(' ')) {
                if !has(slots, *hash) {
                    remember(slots, *hash);
                    new.push(word.to_owned());
                }
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
    fn lock(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slots(&self) -> &[AtomicU32] {
        self.slots
            .get_or_init(|| (0..KNOWN).map(|_| AtomicU32::new(0)).collect())
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Nothing is known any more. Who reads the new generation finds the slots empty.
    fn forget(&self) {
        for slot in self.slots.get().into_iter().flatten() {
            slot.store(0, Ordering::Relaxed);
        }
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Called when a transaction begins. If the one before added words and was not committed, nothing is known any more.
    pub(crate) fn begin(&self, commits: u64) {
        let mut writer = self.lock();
        if writer.added && commits == writer.commits {
            self.forget();
        }
        writer.added = false;
        writer.commits = commits;
    }
}

/// False for a word that was met before; now and then true for one.
fn first(met: &mut [u32; MET], hash: u64) -> bool {
    let (place, tag) = slot(hash);
    match met.get_mut(place % MET) {
        Some(met) if *met == tag => false,
        Some(met) => {
            *met = tag;
            true
        }
        None => true,
    }
}

fn has(slots: &[AtomicU32], hash: u64) -> bool {
    let (place, tag) = slot(hash);
    slots
        .get(place)
        .is_some_and(|slot| slot.load(Ordering::Relaxed) == tag)
}

fn remember(slots: &[AtomicU32], hash: u64) {
    let (place, tag) = slot(hash);
    if let Some(slot) = slots.get(place) {
        slot.store(tag, Ordering::Relaxed);
    }
}

/// Where a word is remembered, and as what.
fn slot(hash: u64) -> (usize, u32) {
    let place = usize::try_from(hash & MASK).unwrap_or(0);
    // Zero is an empty slot.
    (place, u32::try_from(hash >> 32).unwrap_or(0).max(1))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing("")]
    #[case::one("ponudba")]
    #[case::eight("racunovo ok")]
    #[case::spaces("  a  b ")]
    #[case::long("nabiralniki zaddr0123456789abcdef x")]
    #[case::no_latin("račun čaša ponudbaž 見積書見積書 ok")]
    fn words_stand_between_spaces(#[case] text: &str) {
        let found: Vec<&[u8]> = Words(text.as_bytes())
            .map(|(_, word)| word)
            .filter(|word| !word.is_empty())
            .collect();
        let want: Vec<&[u8]> = text.split_whitespace().map(str::as_bytes).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn a_word_has_one_hash_wherever_it_stands() {
        let words = [
            "a",
            "ponudba",
            "racunovo",
            "racunovodstvo",
            "0123456789abcdef",
        ];
        let mut hashes = BTreeSet::new();
        for word in words {
            let places = [
                word.to_owned(),
                format!("x {word} y"),
                format!("{word} 12345678 9"),
                format!("nekaj {word}"),
            ];
            let found: BTreeSet<u64> = places
                .iter()
                .flat_map(|text| Words(text.as_bytes()))
                .filter(|(_, found)| *found == word.as_bytes())
                .map(|(hash, _)| hash)
                .collect();
            assert_eq!(found.len(), 1, "{word}");
            hashes.extend(found);
        }
        assert_eq!(hashes.len(), words.len());
    }

    #[test]
    fn zeros_make_another_word() {
        let hash = |word: &[u8]| Words(word).next().map(|(hash, _)| hash);
        assert_ne!(hash(b"ab"), hash(b"ab\0"));
        assert_ne!(hash(b"abcdefgh"), hash(b"abcdefgh\0"));
    }
}
