//! Table `product`: everything the company sells, with prices and stock, for whoever writes an offer.

use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::team::{signed, unsigned};
use crate::{Read, Result, Write, fold, words};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 product",
    sql: "
CREATE TABLE product (
  id TEXT PRIMARY KEY NOT NULL,                 -- the ERP's
  version INTEGER NOT NULL,
  code TEXT NOT NULL,                           -- as lines of documents name it; may be empty
  number TEXT NOT NULL,                         -- in the register; may be empty
  name TEXT NOT NULL,
  folded TEXT NOT NULL,                         -- code, number and name as search compares them
  body TEXT NOT NULL                            -- JSON of protocol's ProductRow
) STRICT, WITHOUT ROWID;
CREATE INDEX product_code ON product (code) WHERE code <> '';
ALTER TABLE facts ADD COLUMN products INTEGER NOT NULL DEFAULT 0; -- the products were read up to this version
ALTER TABLE customer ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;  -- no longer in the register of the ERP
",
};

/// Most products one search answers.
pub const MOST_PRODUCTS: u32 = 100;

/// Something that is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductRow {
    /// The ERP's id.
    pub id: String,
    /// Larger than before when anything of it changed.
    pub version: u64,
    /// The code that lines of documents name it by; may be empty.
    pub code: String,
    /// Its number in the register; may be empty.
    pub number: String,
    /// Its name.
    pub name: String,
    /// JSON of the protocol's `ProductRow`: unit, prices, stock and how old they are.
    pub body: String,
}

const SELECT: &str = "SELECT id, version, code, number, name, body";

fn read(row: &Row<'_>) -> rusqlite::Result<ProductRow> {
    Ok(ProductRow {
        id: row.get(0)?,
        version: unsigned(row.get(1)?),
        code: row.get(2)?,
        number: row.get(3)?,
        name: row.get(4)?,
        body: row.get(5)?,
    })
}

impl Read<'_> {
    /// Returns a product by the ERP's id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn product(&self, id: &str) -> Result<Option<ProductRow>> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} FROM product WHERE id = ?1"))?
            .query_row([id], read)
            .optional()?)
    }

    /// Returns the product with exactly this code; the first by id where several have it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn product_coded(&self, code: &str) -> Result<Option<ProductRow>> {
        if code.is_empty() {
            return Ok(None);
        }
        Ok(self
            .conn
            .prepare_cached(&format!(
                "{SELECT} FROM product WHERE code = ?1 AND code <> '' ORDER BY id LIMIT 1"
            ))?
            .query_row([code], read)
            .optional()?)
    }

    /// Returns products whose code, number and name have all these words, or beginnings of them: those whose code is or
    /// begins with what was typed first, then by name; at most `limit`, and never more than [`MOST_PRODUCTS`]. Looks
    /// through all of them: for a person who types, not for a list.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn products_named(&self, text: &str, limit: u32) -> Result<Vec<ProductRow>> {
        let wanted = words(text);
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let most = usize::try_from(limit.min(MOST_PRODUCTS)).unwrap_or(usize::MAX);
        let code = fold(text);
        let mut statement = self
            .conn
            .prepare_cached(&format!("{SELECT}, folded FROM product ORDER BY name, id"))?;
        let mut rows = statement.query([])?;
        // By how well the code fits, at most so many of each.
        let mut found: [Vec<ProductRow>; 3] = Default::default();
        while let Some(row) = rows.next()? {
            let folded = row.get_ref(6)?.as_str().map_err(rusqlite::Error::from)?;
            let has = |word: &String| folded.split(' ').any(|w| w.starts_with(word.as_str()));
            if !wanted.iter().all(has) {
                continue;
            }
            let row = read(row)?;
            let own = fold(&row.code);
            let [exact, beginning, other] = &mut found;
            let place = if own == code {
                exact
            } else if own.starts_with(&code) {
                beginning
            } else {
                other
            };
            if place.len() < most {
                place.push(row);
            }
        }
        Ok(found.into_iter().flatten().take(most).collect())
    }

    /// Returns how many products are here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn product_count(&self) -> Result<u64> {
        let n: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM product")?
            .query_row([], |r| r.get(0))?;
        Ok(unsigned(n))
    }
}

impl Write<'_> {
    /// Stores a product in place of the one before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_product(&mut self, row: &ProductRow) -> Result<()> {
        self.touch_customers();
        let text = format!("{} {} {}", row.code, row.number, row.name);
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO product (id, version, code, number, name, folded, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                row.id,
                signed(row.version),
                row.code,
                row.number,
                row.name,
                fold(&text),
                row.body
            ])?;
        Ok(())
    }

    /// Forgets a product that is no longer sold.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_product(&mut self, id: &str) -> Result<()> {
        self.touch_customers();
        self.tx
            .prepare_cached("DELETE FROM product WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }
}
