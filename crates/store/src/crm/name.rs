//! Table `customer_word`: the words of customers' names, so that who types a name need not wait for the whole directory.

use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use super::customer::{CustomerRow, read};
use crate::{Read, Result, Write, words};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 customer_word",
    sql: "
CREATE TABLE customer_word (
  word TEXT NOT NULL,                           -- folded
  customer TEXT NOT NULL,
  PRIMARY KEY (word, customer)
) STRICT, WITHOUT ROWID;
-- Folded names are letters, digits and one space between words.
INSERT OR IGNORE INTO customer_word (word, customer)
  SELECT word.value, c.id FROM customer c, json_each('[\"' || replace(c.folded, ' ', '\",\"') || '\"]') word
  WHERE word.value <> '';
CREATE INDEX customer_name ON customer (gone, name, id);
",
};

/// So many customers with a word are gathered and put in order; of more, the names are gone through in order until enough
/// are found, which is soon.
const FEW: u32 = 1500;

impl Read<'_> {
    /// Returns customers whose name has all these words, or beginnings of them; those that are gone last, by name, at most
    /// `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn customers_named(&self, name: &str, limit: u32) -> Result<Vec<CustomerRow>> {
        let wanted = words(name);
        let mut rarest: Option<(u32, &String)> = None;
        for word in &wanted {
            let found = (self.customers_with_word(word)?, word);
            rarest = Some(rarest.map_or(found, |known| known.min(found)));
        }
        let Some((count, word)) = rarest else {
            return Ok(Vec::new());
        };
        let (from, until) = beginning(word);
        let of = if count > FEW {
            "FROM customer c INDEXED BY customer_name WHERE ?1 < ?2"
        } else {
            "FROM (SELECT DISTINCT customer FROM customer_word WHERE word >= ?1 AND word < ?2) w
               CROSS JOIN customer c ON c.id = w.customer"
        };
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT c.id, c.version, c.name, c.gone, c.folded {of} ORDER BY c.gone, c.name, c.id"
        ))?;
        let mut rows = statement.query([from, until])?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let folded = row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
            let has = |word: &String| folded.split(' ').any(|w| w.starts_with(word.as_str()));
            if wanted.iter().all(has) {
                if found.len() >= limit {
                    break;
                }
                found.push(read(row)?);
            }
        }
        Ok(found)
    }

    /// Counts the names that have a word with this beginning, up to just beyond [`FEW`].
    fn customers_with_word(&self, word: &str) -> Result<u32> {
        let (from, until) = beginning(word);
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM (SELECT 1 FROM customer_word WHERE word >= ?1 AND word < ?2 LIMIT ?3)",
            )?
            .query_row(params![from, until, FEW.saturating_add(1)], |r| r.get(0))?)
    }
}

impl Write<'_> {
    /// Keeps the words of a customer's name; called before the name is written.
    pub(super) fn index_name(&mut self, customer: &str, folded: &str) -> Result<()> {
        let known: Option<String> = self
            .tx
            .prepare_cached("SELECT folded FROM customer WHERE id = ?1")?
            .query_row([customer], |r| r.get(0))
            .optional()?;
        if known.as_deref() == Some(folded) {
            return Ok(());
        }
        for word in known.iter().flat_map(|known| known.split(' ')) {
            self.tx
                .prepare_cached("DELETE FROM customer_word WHERE word = ?1 AND customer = ?2")?
                .execute([word, customer])?;
        }
        for word in folded.split(' ').filter(|word| !word.is_empty()) {
            self.tx
                .prepare_cached(
                    "INSERT OR IGNORE INTO customer_word (word, customer) VALUES (?1, ?2)",
                )?
                .execute([word, customer])?;
        }
        Ok(())
    }
}

/// The range of words that begin with this one.
fn beginning(word: &str) -> (String, String) {
    (word.to_owned(), format!("{word}\u{10ffff}"))
}
