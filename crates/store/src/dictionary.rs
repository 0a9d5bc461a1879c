//! Table `dictionary`: the beginnings of the first mails of a profile. Mails are compressed as if they followed them:
//! a short mail is mostly headers, and headers are mostly those of other mails.
//!
//! A dictionary never changes; its id is a hash of its bytes, so two processes that make one each make two, and both
//! stay readable. A profile without one (its first mails, or few of them) stores mails as they are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use crate::{Error, Read, Result, Store, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 dictionary",
    sql: "
CREATE TABLE dictionary (
  id INTEGER PRIMARY KEY,                       -- the beginning of SHA-256 of the data
  data BLOB NOT NULL
) STRICT;
ALTER TABLE blob ADD COLUMN dictionary_id INTEGER REFERENCES dictionary(id); -- its frames follow this; NULL: nothing
ALTER TABLE message_text ADD COLUMN follows_raw INTEGER NOT NULL DEFAULT 0; -- 1: its frame follows the raw message's beginning
",
};

/// Bytes of a dictionary. Four times as much gains nothing at our level.
const SIZE: usize = 128 << 10;

/// Taken of each mail: its headers and the first of its text.
const TAKEN: usize = 8 << 10;

/// What every dictionary begins with: zstd must take it for plain text, whatever a mail begins with.
const BEGINNING: &[u8] = b"Received: from ";

/// Bytes that came before a compressed frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dictionary {
    pub(crate) id: i64,
    pub(crate) data: Vec<u8>,
}

impl Dictionary {
    fn new(data: Vec<u8>) -> Self {
        let hash: [u8; 32] = Sha256::digest(&data).into();
        let id = hash
            .iter()
            .take(8)
            .fold(0_i64, |id, byte| id << 8 | i64::from(*byte));
        Self {
            id: id & i64::MAX,
            data,
        }
    }
}

/// The dictionaries this process knows.
#[derive(Debug, Default)]
pub(crate) struct Dictionaries(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    by_id: BTreeMap<i64, Arc<Dictionary>>,
    /// The one new mails follow.
    current: Current,
}

#[derive(Debug, Default)]
enum Current {
    /// Not yet looked for in the file.
    #[default]
    Unknown,
    /// There is none; this is gathered for one.
    Gathering(Vec<u8>),
    Is(Arc<Dictionary>),
}

impl Dictionaries {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Returns what this mail is to follow, if anything yet. Mails that come before there is a dictionary make one.
    pub(crate) fn dictionary_for(&self, raw: &[u8]) -> Result<Option<Arc<Dictionary>>> {
        let known = &self.shared().dictionaries;
        let looked = !matches!(known.lock().current, Current::Unknown);
        let found = if looked {
            None
        } else {
            self.read(|r| r.any_dictionary())?
        };
        Ok(known.lock().follow(found, raw))
    }
}

impl Known {
    /// Says what a mail follows; `found` is what the file has, where it was looked for.
    fn follow(&mut self, found: Option<Dictionary>, raw: &[u8]) -> Option<Arc<Dictionary>> {
        if matches!(self.current, Current::Unknown) {
            self.current = match found {
                Some(found) => Current::Is(Arc::new(found)),
                None => Current::Gathering(BEGINNING.to_vec()),
            };
        }
        let gathered = match &mut self.current {
            Current::Unknown => return None,
            Current::Is(dictionary) => return Some(Arc::clone(dictionary)),
            Current::Gathering(gathered) => gathered,
        };
        let room = SIZE.saturating_sub(gathered.len()).min(TAKEN);
        gathered.extend_from_slice(raw.get(..room).unwrap_or(raw));
        if gathered.len() >= SIZE {
            let whole = Dictionary::new(std::mem::take(gathered));
            self.current = Current::Is(Arc::new(whole));
        }
        None
    }
}

impl Read<'_> {
    fn any_dictionary(&self) -> Result<Option<Dictionary>> {
        Ok(self
            .conn
            .prepare_cached("SELECT id, data FROM dictionary ORDER BY id LIMIT 1")?
            .query_row([], |r| {
                Ok(Dictionary {
                    id: r.get(0)?,
                    data: r.get(1)?,
                })
            })
            .optional()?)
    }

    /// Returns a dictionary a blob names.
    pub(crate) fn dictionary(&self, id: i64) -> Result<Arc<Dictionary>> {
        let known = &self.shared.dictionaries;
        if let Some(found) = known.lock().by_id.get(&id) {
            return Ok(Arc::clone(found));
        }
        let data: Vec<u8> = self
            .conn
            .prepare_cached("SELECT data FROM dictionary WHERE id = ?1")?
            .query_row([id], |r| r.get(0))
            .optional()?
            .ok_or_else(|| Error::Missing(format!("dictionary {id}")))?;
        let found = Arc::new(Dictionary { id, data });
        known.lock().by_id.insert(id, Arc::clone(&found));
        Ok(found)
    }
}

impl Write<'_> {
    /// Makes sure that a dictionary is in the file before the first blob that follows it; once a transaction, because
    /// the one that brought it may have been rolled back.
    pub(crate) fn keep_dictionary(&mut self, dictionary: &Dictionary) -> Result<()> {
        if self.tally.dictionaries.insert(dictionary.id) {
            self.tx
                .prepare_cached(
                    "INSERT INTO dictionary (id, data) SELECT ?1, ?2
                     WHERE NOT EXISTS (SELECT 1 FROM dictionary WHERE id = ?1)",
                )?
                .execute(params![dictionary.id, dictionary.data])?;
        }
        Ok(())
    }

    /// Deletes the dictionaries no blob follows: nothing of a mail may stay in one once no mail is left.
    pub(crate) fn forget_dictionaries(&mut self) -> Result<()> {
        self.tx.execute(
            "DELETE FROM dictionary WHERE id NOT IN (SELECT dictionary_id FROM blob WHERE dictionary_id IS NOT NULL)",
            [],
        )?;
        self.tally.dictionaries.clear();
        let mut known = self.shared.dictionaries.lock();
        known.current = Current::Unknown;
        known.by_id.clear();
        drop(known);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_belongs_to_the_bytes() {
        let one = Dictionary::new(b"Received: from a".to_vec());
        assert!(one.id > 0, "usable as a row id: {}", one.id);
        assert_eq!(
            one,
            Dictionary::new(b"Received: from a".to_vec()),
            "the same bytes, the same dictionary"
        );
    }
}
