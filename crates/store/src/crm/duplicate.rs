//! Customers the ERP likely has twice: the same tax number, the same name at the same place, or the same mail address.
//! Read from the whole directory, followed or not.

use kontor_sqlite::Migration;
use rusqlite::params;

use super::customer::CustomerRow;
use crate::team::unsigned;
use crate::{Read, Result, Write, words};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 customer clues",
    sql: "
ALTER TABLE customer ADD COLUMN tax TEXT NOT NULL DEFAULT '';   -- tax number as it is compared; empty: none that tells
ALTER TABLE customer ADD COLUMN place TEXT NOT NULL DEFAULT ''; -- post code, else town, as it is compared
CREATE INDEX customer_tax ON customer (tax) WHERE tax <> '';
CREATE INDEX customer_folded ON customer (folded, place) WHERE place <> '';
-- The directory is read again: what was read before had neither.
UPDATE facts SET directory = 0;
",
};

/// Customers with one address beyond which it says nothing: an accountant's, a buying group's.
const SHARED: u32 = 5;

/// Why two customers are likely one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// They have the same tax number.
    TaxNumber,
    /// They have the same name and the same post code or town.
    NameAndPlace,
    /// They have a mail address in common.
    Address,
}

impl Likeness {
    fn read(n: i64) -> Self {
        match n {
            0 => Self::TaxNumber,
            1 => Self::NameAndPlace,
            _ => Self::Address,
        }
    }
}

/// How a tax number is compared: letters and digits, without the country before them. Empty where it tells nothing: too
/// short, or one digit over and over, as whoever has none is given.
#[must_use]
pub fn tax_key(number: &str) -> String {
    let key: String = words(number).concat();
    let country = key.chars().take_while(char::is_ascii_alphabetic).count();
    let rest: String = key.chars().skip(country).collect();
    let bare = if country == 2 && rest.chars().all(|c| c.is_ascii_digit()) {
        rest
    } else {
        key
    };
    let first = bare.chars().next();
    let tells = bare.chars().count() >= 5 && bare.chars().any(|c| Some(c) != first);
    if tells { bare } else { String::new() }
}

/// How post code and town are compared: by the code where there is one, however the town is written.
fn place_key(place: &str) -> String {
    let words = words(place);
    let coded = words.iter().find(|word| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        digits >= 3 && digits == word.len()
    });
    coded.cloned().unwrap_or_else(|| words.join(" "))
}

/// Customers (`a`, `b`, each way round) that are likely one, and why, a row for each reason. Asked for one `a` it looks into
/// the indexes from there.
const PAIRS: &str = "
  SELECT a.id AS a, b.id AS b, 0 AS why FROM customer a
    JOIN customer b ON b.tax = a.tax AND b.tax <> '' AND b.id <> a.id WHERE a.tax <> ''
  UNION ALL
  SELECT a.id, b.id, 1 FROM customer a
    JOIN customer b ON b.folded = a.folded AND b.place = a.place AND b.place <> '' AND b.id <> a.id WHERE a.place <> ''
  UNION ALL
  SELECT x.customer, y.customer, 2 FROM customer_address x
    JOIN customer_address y ON y.address = x.address AND y.customer <> x.customer
   WHERE (SELECT count(*) FROM customer_address z WHERE z.address = x.address) <= ?1";

impl Read<'_> {
    /// Returns the customers that are likely the same as this one, with every reason, the strongest first; at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn likely_same(
        &self,
        customer: &str,
        limit: u32,
    ) -> Result<Vec<(CustomerRow, Vec<Likeness>)>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT c.id, c.version, c.name, c.gone, group_concat(DISTINCT why) AS whys
               FROM ({PAIRS}) found JOIN customer c ON c.id = found.b WHERE found.a = ?2
              GROUP BY c.id ORDER BY min(why), c.gone, c.name, c.id LIMIT ?3",
        ))?;
        let rows = statement.query_map(params![SHARED, customer, limit], |r| {
            let row = CustomerRow {
                id: r.get(0)?,
                version: unsigned(r.get(1)?),
                name: r.get(2)?,
                gone: r.get(3)?,
            };
            let whys: String = r.get(4)?;
            let mut whys: Vec<Likeness> = whys
                .split(',')
                .filter_map(|n| n.parse().ok())
                .map(Likeness::read)
                .collect();
            whys.sort_unstable();
            Ok((row, whys))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns pairs of customers that are likely one, the smaller id first, with the reason; a pair comes once for each
    /// reason. By reason and ids; at most `limit`. Looks through the whole directory.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn all_likely_same(&self, limit: u32) -> Result<Vec<(String, String, Likeness)>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT a, b, why FROM ({PAIRS}) WHERE a < b ORDER BY why, a, b LIMIT ?2"
        ))?;
        let rows = statement.query_map([SHARED, limit], |r| {
            Ok((r.get(0)?, r.get(1)?, Likeness::read(r.get(2)?)))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Notes what tells that a customer of the directory is another one: its tax number, and post code and town.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_customer_clues(&mut self, customer: &str, tax: &str, place: &str) -> Result<()> {
        self.touch_customers();
        self.tx
            .prepare_cached(
                "UPDATE customer SET tax = ?2, place = ?3 WHERE id = ?1 AND (tax, place) IS NOT (?2, ?3)",
            )?
            .execute(params![customer, tax_key(tax), place_key(place)])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{place_key, tax_key};

    #[rstest]
    #[case::plain("12345678", "12345678")]
    #[case::country("SI12345678", "12345678")]
    #[case::spaced("SI 1234-5678", "12345678")]
    #[case::letters_within("ATU12345678", "atu12345678")]
    #[case::of_nobody("99999999", "")]
    #[case::short("12", "")]
    #[case::none("", "")]
    fn tax_numbers_are_compared_without_their_country(#[case] number: &str, #[case] want: &str) {
        assert_eq!(tax_key(number), want, "{number:?}");
    }

    #[rstest]
    #[case::code("1000 Ljubljana", "1000")]
    #[case::other_town("1000 Ljubljana - Črnuče", "1000")]
    #[case::country("SI-1000 Ljubljana", "1000")]
    #[case::glued("SI1000 Ljubljana", "si1000 ljubljana")]
    #[case::no_code("Škofja Loka", "skofja loka")]
    #[case::none("", "")]
    fn places_are_compared_by_their_code(#[case] place: &str, #[case] want: &str) {
        assert_eq!(place_key(place), want, "{place:?}");
    }
}
