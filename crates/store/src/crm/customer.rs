//! Tables `customer`, `customer_address` and `customer_card`: the directory of all customers, and the cards of those that
//! are followed.

use kontor_model::Millis;
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::team::{signed, unsigned};
use crate::{Read, Result, Write, fold};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 customer",
    sql: "
CREATE TABLE customer (
  id TEXT PRIMARY KEY NOT NULL,                 -- the ERP's
  version INTEGER NOT NULL,                     -- larger than before when it or a document of it changed
  name TEXT NOT NULL,
  folded TEXT NOT NULL                          -- the name as search compares it
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_address (
  address TEXT NOT NULL,                        -- lower case
  domain TEXT NOT NULL,
  customer TEXT NOT NULL,
  PRIMARY KEY (address, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_address_customer ON customer_address (customer);
CREATE INDEX customer_address_domain ON customer_address (domain, customer);
CREATE TABLE customer_card (
  customer TEXT PRIMARY KEY NOT NULL,
  seen_at INTEGER NOT NULL,                     -- when the ERP was last seen to say so
  card TEXT NOT NULL                            -- JSON of protocol's CustomerCard
) STRICT, WITHOUT ROWID;
",
};

/// A customer, as far as it takes to tell whose mail this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRow {
    /// The ERP's id.
    pub id: String,
    /// Larger than before when it or a document of it changed.
    pub version: u64,
    /// Its name.
    pub name: String,
    /// No longer in the register of the ERP; its documents are still here.
    pub gone: bool,
}

/// Who a customer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerCardRow {
    /// When the ERP was last seen to say so.
    pub seen_at: Millis,
    /// JSON of the protocol's `CustomerCard`.
    pub card: String,
}

/// The setting that counts changes of table `customer_address`.
const ADDRESSES_VERSION: &str = "customer addresses";

/// Most customers one address is looked up for: a desk of many firms has no more that a person would choose from.
const CANDIDATES: u32 = 20;

/// Of those with an address (`a`) a customer (`c`) that is gone counts only where nobody else has it: two that were made one
/// in the ERP leave the one that stays.
const THERE: &str = "(c.gone = 0 OR NOT EXISTS (SELECT 1 FROM customer_address b JOIN customer d ON d.id = b.customer
                 WHERE b.address = a.address AND d.gone = 0))";

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<CustomerRow> {
    Ok(CustomerRow {
        id: row.get(0)?,
        version: unsigned(row.get(1)?),
        name: row.get(2)?,
        gone: row.get(3)?,
    })
}

/// Texts as one parameter of a query.
pub(super) fn list(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// The part behind the last `@`; empty without one.
pub(crate) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

impl Read<'_> {
    /// Returns a customer of the directory.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn customer(&self, id: &str) -> Result<Option<CustomerRow>> {
        Ok(self
            .conn
            .prepare_cached("SELECT id, version, name, gone FROM customer WHERE id = ?1")?
            .query_row([id], read)
            .optional()?)
    }

    /// Returns the customers with this address (lower case), by name; at most 20.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn customers_of_address(&self, address: &str) -> Result<Vec<CustomerRow>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT c.id, c.version, c.name, c.gone FROM customer_address a JOIN customer c ON c.id = a.customer
             WHERE a.address = ?1 AND {THERE} ORDER BY c.name, c.id LIMIT ?2",
        ))?;
        let rows = statement.query_map(params![address, CANDIDATES], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the customers with these addresses (lower case), a row for each pair of address and customer, by address.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn customers_of_addresses(
        &self,
        addresses: &[String],
    ) -> Result<Vec<(String, CustomerRow)>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT c.id, c.version, c.name, c.gone, a.address FROM json_each(?1) j
               CROSS JOIN customer_address a ON a.address = j.value JOIN customer c ON c.id = a.customer
             WHERE {THERE} ORDER BY a.address, c.id",
        ))?;
        let rows = statement.query_map([list(addresses)], |r| Ok((r.get(4)?, read(r)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the addresses of these customers that some mail here has, each with the customer, by address. One that
    /// another customer has too comes with every customer that has it, wanted or not: whose it is, is not for this room to
    /// say.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn writing_addresses(&self, customers: &[String]) -> Result<Vec<(String, String)>> {
        let mut statement = self.conn.prepare_cached(
            &format!(
                "SELECT DISTINCT a.address, a.customer FROM
                   (SELECT DISTINCT w.address FROM json_each(?1) j CROSS JOIN customer_address w ON w.customer = j.value
                      JOIN mail_address m ON m.address = w.address) wanted
                   CROSS JOIN customer_address a ON a.address = wanted.address JOIN customer c ON c.id = a.customer
                 WHERE {THERE} ORDER BY a.address, a.customer"
            ),
        )?;
        let rows = statement.query_map([list(customers)], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the customers the ERP has under this number, of those whose cards are here; by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn customers_numbered(&self, number: &str) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT customer FROM customer_card
             WHERE CASE WHEN json_valid(card) THEN card ->> 'number' END = ?1 ORDER BY customer",
        )?;
        let rows = statement.query_map([number], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns customers with an address of this domain (lower case), by name, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn customers_of_domain(&self, domain: &str, limit: u32) -> Result<Vec<CustomerRow>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, version, name, gone FROM customer
             WHERE gone = 0 AND id IN (SELECT DISTINCT customer FROM customer_address WHERE domain = ?1 LIMIT ?2)
             ORDER BY name, id",
        )?;
        let rows = statement.query_map(params![domain, limit], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the addresses of a customer, sorted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn customer_addresses(&self, customer: &str) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT address FROM customer_address WHERE customer = ?1 ORDER BY address",
        )?;
        let rows = statement.query_map([customer], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns who a customer is; `None` while that is not here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn customer_card(&self, customer: &str) -> Result<Option<CustomerCardRow>> {
        Ok(self
            .conn
            .prepare_cached("SELECT seen_at, card FROM customer_card WHERE customer = ?1")?
            .query_row([customer], |r| {
                Ok(CustomerCardRow {
                    seen_at: Millis(r.get(0)?),
                    card: r.get(1)?,
                })
            })
            .optional()?)
    }

    /// Returns how many customers the directory has here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn customer_count(&self) -> Result<u64> {
        let n: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM customer")?
            .query_row([], |r| r.get(0))?;
        Ok(unsigned(n))
    }
}

impl Read<'_> {
    /// A number that grows whenever an address becomes a customer's or ceases to be one.
    pub(crate) fn customer_addresses_version(&self) -> Result<i64> {
        let version = self.setting(ADDRESSES_VERSION)?;
        Ok(version.and_then(|n| n.parse().ok()).unwrap_or(0))
    }
}

impl Write<'_> {
    /// Counts up the version of customers' addresses, once a transaction.
    pub(crate) fn settle_customer_addresses(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.tally.customer_addresses) {
            return Ok(());
        }
        let next = self.customer_addresses_version()?.saturating_add(1);
        self.set_setting(ADDRESSES_VERSION, &next.to_string())
    }

    /// Stores a customer of the directory with its addresses (lower case). It is followed when a mail of such an address
    /// is here; where it was followed, what is new of it is wanted.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_customer(&mut self, row: &CustomerRow, addresses: &[String]) -> Result<()> {
        self.touch_customers();
        let folded = fold(&row.name);
        self.index_name(&row.id, &folded)?;
        self.tx
            .prepare_cached(
                "INSERT INTO customer (id, version, name, folded, gone) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET version = excluded.version, name = excluded.name, folded = excluded.folded,
                                                gone = excluded.gone",
            )?
            .execute(params![
                row.id,
                signed(row.version),
                row.name,
                folded,
                row.gone
            ])?;
        // Most changes are a document's: the addresses stay as they are and need not be written.
        let mut wanted: Vec<&str> = addresses.iter().map(String::as_str).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let known = self.customer_addresses(&row.id)?;
        if !known.iter().map(String::as_str).eq(wanted.iter().copied()) {
            self.tally.customer_addresses = true;
            self.tx
                .prepare_cached("DELETE FROM customer_address WHERE customer = ?1")?
                .execute([&row.id])?;
            for address in &wanted {
                self.tx
                    .prepare_cached(
                        "INSERT INTO customer_address (address, domain, customer) VALUES (?1, ?2, ?3)",
                    )?
                    .execute([address, domain(address), &row.id])?;
            }
        }
        for address in wanted {
            if let Some(at) = self.mail_address(address)? {
                self.follow_at(&row.id, at)?;
            }
        }
        self.want_news_of(&row.id, row.version)
    }

    /// Stores who a customer is.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_customer_card(&mut self, customer: &str, card: &CustomerCardRow) -> Result<()> {
        self.touch_customers();
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO customer_card (customer, seen_at, card) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![customer, card.seen_at.0, card.card])?;
        Ok(())
    }
}
