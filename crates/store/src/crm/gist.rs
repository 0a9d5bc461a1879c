//! What lists say of many customers at once: read from narrow indexes, so that a page of a list costs a few hundred entries
//! however many documents its customers have. `INDEXED BY` says which: another one would read the documents themselves.

use kontor_model::Amount;
use kontor_sqlite::Migration;
use rusqlite::params;

use super::customer::list;
use super::document::PaperKind;
use crate::{Read, Result};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 document gist",
    sql: "
-- Each says what counts in kontor-crm's sums: bought, billed, not paid in time, promised.
CREATE INDEX document_bought ON document (customer, date)
  WHERE kind IN ('order', 'invoice') AND issued = 1 AND date <> '';
CREATE INDEX document_billed ON document (customer, date, currency, kind, total)
  WHERE kind IN ('invoice', 'credit_note') AND issued = 1;
CREATE INDEX document_unpaid ON document (customer, due)
  WHERE kind = 'invoice' AND issued = 1 AND total > paid AND due IS NOT NULL;
CREATE INDEX document_promised ON document (customer, due, status) WHERE kind = 'order' AND due IS NOT NULL;
",
};

const BOUGHT: &str = "kind IN ('order', 'invoice') AND issued = 1 AND date <> ''";
const UNPAID: &str = "kind = 'invoice' AND issued = 1 AND total > paid AND due IS NOT NULL";

/// The days that say how a customer stands, YYYY-MM-DD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerDays {
    /// Who.
    pub customer: String,
    /// Of the first order or bill.
    pub first: Option<String>,
    /// Of the newest.
    pub last: Option<String>,
    /// On which the bill that waits longest was to be paid.
    pub unpaid: Option<String>,
}

/// What was billed, or is promised, of a customer: one row of [`Read::billed_since`] or [`Read::orders_due`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dues {
    /// Who.
    pub customer: String,
    /// Currency of a bill; the state of an order.
    pub word: String,
    /// What a bill adds; less than zero of a credit note. Zero of an order.
    pub amount: Amount,
}

impl Read<'_> {
    /// Returns the days of these customers, or of all that are followed; one row each, in no order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn customer_days(&self, among: Option<&[String]>) -> Result<Vec<CustomerDays>> {
        let of = if among.is_some() {
            "SELECT value AS customer FROM json_each(?1)"
        } else {
            "SELECT customer FROM followed WHERE ?1 = '' AND held > 0"
        };
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT f.customer,
               (SELECT min(date) FROM document d INDEXED BY document_bought WHERE d.customer = f.customer AND {BOUGHT}),
               (SELECT max(date) FROM document d INDEXED BY document_bought WHERE d.customer = f.customer AND {BOUGHT}),
               (SELECT min(due) FROM document d INDEXED BY document_unpaid WHERE d.customer = f.customer AND {UNPAID})
             FROM ({of}) f"
        ))?;
        let rows = statement.query_map([among.map(list).unwrap_or_default()], |r| {
            Ok(CustomerDays {
                customer: r.get(0)?,
                first: r.get(1)?,
                last: r.get(2)?,
                unpaid: r.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the bills and credit notes of these customers dated behind `since` and up to `until` (YYYY-MM-DD).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn billed_since(
        &self,
        customers: &[String],
        since: &str,
        until: &str,
    ) -> Result<Vec<Dues>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT d.customer, d.currency, d.kind, d.total FROM json_each(?1) j
               CROSS JOIN document d INDEXED BY document_billed ON d.customer = j.value
             WHERE d.kind IN ('invoice', 'credit_note') AND d.issued = 1 AND d.date > ?2 AND d.date <= ?3",
        )?;
        let rows = statement.query_map(params![list(customers), since, until], |r| {
            let total = Amount::from_ten_thousandths(r.get(3)?);
            let credited = r.get_ref(2)?.as_str()? == PaperKind::CreditNote.as_str();
            // Whichever sign the ERP writes it with, a credit note takes away.
            let taken = total.min(Amount::ZERO.minus(total));
            Ok(Dues {
                customer: r.get(0)?,
                word: r.get(1)?,
                amount: if credited { taken } else { total },
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the orders of these customers that are promised for a day (YYYY-MM-DD).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn orders_due(&self, customers: &[String], day: &str) -> Result<Vec<Dues>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT d.customer, d.status FROM json_each(?1) j
               CROSS JOIN document d INDEXED BY document_promised ON d.customer = j.value
             WHERE d.kind = 'order' AND d.due = ?2",
        )?;
        let rows = statement.query_map(params![list(customers), day], |r| {
            Ok(Dues {
                customer: r.get(0)?,
                word: r.get(1)?,
                amount: Amount::ZERO,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
