//! Table `followed`: the customers whose cards and documents are here or wanted. So many at most as the person allows; the
//! least lately used one goes first.

use kontor_model::Millis;
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::team::{signed, unsigned};
use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 followed",
    sql: "
CREATE TABLE followed (
  customer TEXT PRIMARY KEY NOT NULL,
  held INTEGER NOT NULL DEFAULT 0,              -- version up to which its facts are here; 0: none are
  wanted INTEGER NOT NULL,                      -- 1: there is something newer
  used_at INTEGER NOT NULL                      -- its newest mail, or when somebody last looked
) STRICT, WITHOUT ROWID;
CREATE INDEX followed_wanted ON followed (used_at) WHERE wanted = 1;
CREATE INDEX followed_used ON followed (used_at);
",
};

/// The setting that says how many customers' facts are kept here; a number.
pub const FOLLOWED_SETTING: &str = "crm.followed";
/// Customers whose facts are kept where nothing was set.
pub const FOLLOWED_DEFAULT: u32 = 5000;

/// A customer whose facts are here or wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedRow {
    /// Who.
    pub customer: String,
    /// The version up to which its facts are here; 0 for none.
    pub held: u64,
    /// There is something newer, and it was not asked for or did not come yet.
    pub wanted: bool,
    /// Its newest mail, or when somebody last looked.
    pub used_at: Millis,
}

const SELECT: &str = "SELECT customer, held, wanted, used_at FROM followed";

fn read(row: &Row<'_>) -> rusqlite::Result<FollowedRow> {
    Ok(FollowedRow {
        customer: row.get(0)?,
        held: unsigned(row.get(1)?),
        wanted: row.get(2)?,
        used_at: Millis(row.get(3)?),
    })
}

impl Read<'_> {
    /// Returns how a customer is followed; `None` when it is not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn followed(&self, customer: &str) -> Result<Option<FollowedRow>> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE customer = ?1"))?
            .query_row([customer], read)
            .optional()?)
    }

    /// Returns at most `limit` customers of whom there is something newer, those lately used first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn wanted_customers(&self, limit: u32) -> Result<Vec<FollowedRow>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{SELECT} WHERE wanted = 1 ORDER BY used_at DESC, customer LIMIT ?1"
        ))?;
        let rows = statement.query_map([limit], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns of how many customers facts are kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn followed_bound(&self) -> Result<u32> {
        let bound = self.setting(FOLLOWED_SETTING)?;
        let bound = bound.and_then(|text| text.trim().parse().ok());
        Ok(bound.unwrap_or(FOLLOWED_DEFAULT))
    }

    /// Returns how many customers are followed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn followed_count(&self) -> Result<u64> {
        let n: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM followed")?
            .query_row([], |r| r.get(0))?;
        Ok(unsigned(n))
    }
}

impl Write<'_> {
    /// Follows a customer because somebody looks at it now. False when the directory has no such customer.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn follow(&mut self, customer: &str) -> Result<bool> {
        if self.customer(customer)?.is_none() {
            return Ok(false);
        }
        self.follow_at(customer, self.now)?;
        Ok(true)
    }

    /// Follows a customer an address (lower case) was tied to by hand, where a mail of that address is here. What is known
    /// of customers changed either way.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn follow_tied(&mut self, address: &str, customer: Option<&str>) -> Result<()> {
        self.touch_customers();
        let (Some(customer), Some(at)) = (customer, self.mail_address(address)?) else {
            return Ok(());
        };
        if self.customer(customer)?.is_some() {
            self.follow_at(customer, at)?;
        }
        Ok(())
    }

    /// Two customers of the directory were said to be one: where one is followed, the other is. What is known of customers
    /// changed either way.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn follow_same(&mut self, customer: &str, main: Option<&str>) -> Result<()> {
        self.touch_customers();
        let Some(main) = main else {
            return Ok(());
        };
        for (held, other) in [(customer, main), (main, customer)] {
            let followed = self.followed(held)?;
            if let Some(row) = followed
                && self.customer(other)?.is_some()
            {
                self.follow_at(other, row.used_at)?;
            }
        }
        Ok(())
    }

    /// Follows a customer that was used at a moment.
    pub(crate) fn follow_at(&mut self, customer: &str, at: Millis) -> Result<()> {
        let known = self
            .tx
            .prepare_cached("UPDATE followed SET used_at = max(used_at, ?2) WHERE customer = ?1")?
            .execute(params![customer, at.0])?;
        if known > 0 {
            return Ok(());
        }
        self.touch_customers();
        self.tally.followed = true;
        self.tx
            .prepare_cached("INSERT INTO followed (customer, wanted, used_at) VALUES (?1, 1, ?2)")?
            .execute(params![customer, at.0])?;
        Ok(())
    }

    /// The directory says how new a customer is: where that is newer than what is here, it is wanted.
    pub(crate) fn want_news_of(&mut self, customer: &str, version: u64) -> Result<()> {
        self.tx
            .prepare_cached(
                "UPDATE followed SET wanted = 1 WHERE customer = ?1 AND held < ?2 AND wanted = 0",
            )?
            .execute(params![customer, signed(version)])?;
        Ok(())
    }

    /// Notes up to which version a customer's facts are here. It stays wanted while `more` follows, or when the directory
    /// has gone beyond `asked`, what it said when this was asked for.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn hold_customer(
        &mut self,
        customer: &str,
        held: u64,
        more: bool,
        asked: u64,
    ) -> Result<()> {
        self.touch_customers();
        let newest = self.customer(customer)?.map_or(0, |row| row.version);
        let wanted = more || newest > asked.max(held);
        self.tx
            .prepare_cached("UPDATE followed SET held = ?2, wanted = ?3 WHERE customer = ?1")?
            .execute(params![customer, signed(held), wanted])?;
        Ok(())
    }

    /// Forgets a customer's facts and follows it no more.
    pub(crate) fn unfollow(&mut self, customer: &str) -> Result<()> {
        self.touch_customers();
        for sql in [
            "DELETE FROM followed WHERE customer = ?1",
            "DELETE FROM customer_card WHERE customer = ?1",
            "DELETE FROM document WHERE customer = ?1",
            "DELETE FROM document_past WHERE customer = ?1",
        ] {
            self.tx.prepare_cached(sql)?.execute([customer])?;
        }
        Ok(())
    }

    /// Sets of how many customers facts are kept; those beyond are dropped at once, the least lately used first.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_followed(&mut self, most: u32) -> Result<()> {
        self.tally.followed = true;
        self.set_setting(FOLLOWED_SETTING, &most.to_string())
    }

    /// Drops the least lately used ones beyond the bound.
    pub(crate) fn settle_followed(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.tally.followed) {
            return Ok(());
        }
        let bound = u64::from(self.followed_bound()?);
        let beyond = self.followed_count()?.saturating_sub(bound);
        if beyond == 0 {
            return Ok(());
        }
        let mut statement = self
            .tx
            .prepare_cached("SELECT customer FROM followed ORDER BY used_at, customer LIMIT ?1")?;
        let gone: Vec<String> = statement
            .query_map([signed(beyond)], |r| r.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for customer in gone {
            self.unfollow(&customer)?;
        }
        Ok(())
    }
}
