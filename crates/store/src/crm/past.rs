//! Table `document_past`: what documents said before they changed here, so that a mail that quotes the former value, or was
//! begun before the change, can be told.

use kontor_model::{Amount, Millis};
use kontor_sqlite::Migration;
use rusqlite::{Row, params};

use super::document_body::{BODY, Body};
use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 document past",
    sql: "
CREATE TABLE document_past (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  document TEXT NOT NULL,                       -- the ERP's id
  customer TEXT NOT NULL,
  number TEXT NOT NULL,
  number_key TEXT NOT NULL,
  until INTEGER NOT NULL,                       -- when another state came to be known here
  date TEXT NOT NULL,
  due TEXT,
  currency TEXT NOT NULL,
  total INTEGER NOT NULL,                       -- ten-thousandths
  paid INTEGER NOT NULL,
  status TEXT NOT NULL,
  issued INTEGER NOT NULL,
  body TEXT NOT NULL                            -- JSON: the rest of it
) STRICT;
CREATE INDEX document_past_document ON document_past (document, row);
CREATE INDEX document_past_number ON document_past (number_key);
CREATE INDEX document_past_customer ON document_past (customer, until);
",
};

/// Former states kept of one document: the newest.
const KEPT: u32 = 8;

/// What a document said until a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastDocument {
    /// The ERP's id.
    pub document: String,
    /// Whose.
    pub customer: String,
    /// The number people knew it by.
    pub number: String,
    /// When another state came to be known here.
    pub until: Millis,
    /// Its day, YYYY-MM-DD; empty where unknown.
    pub date: String,
    /// When it was to be paid, runs out or is promised.
    pub due: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// All of it, with taxes.
    pub total: Amount,
    /// What was paid of it.
    pub paid: Amount,
    /// The stable word of its state, else the label.
    pub status: String,
    /// False while a bill is a draft.
    pub issued: bool,
    /// JSON: the rest of it.
    pub body: String,
}

fn read(row: &Row<'_>) -> rusqlite::Result<PastDocument> {
    Ok(PastDocument {
        document: row.get(0)?,
        customer: row.get(1)?,
        number: row.get(2)?,
        until: Millis(row.get(3)?),
        date: row.get(4)?,
        due: row.get(5)?,
        currency: row.get(6)?,
        total: Amount::from_ten_thousandths(row.get(7)?),
        paid: Amount::from_ten_thousandths(row.get(8)?),
        status: row.get(9)?,
        issued: row.get(10)?,
        body: row.get::<_, Body>(11)?.0,
    })
}

const COLUMNS: &str =
    "document, customer, number, until, date, due, currency, total, paid, status, issued";

impl Read<'_> {
    fn past_where(&self, tail: &str, bind: impl rusqlite::Params) -> Result<Vec<PastDocument>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS}, {BODY} FROM document_past {tail}"
        ))?;
        let rows = statement.query_map(bind, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns what a document said before, oldest first; at most eight states.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn past_of_document(&self, id: &str) -> Result<Vec<PastDocument>> {
        self.past_where("WHERE document = ?1 ORDER BY row", [id])
    }

    /// Returns what documents of this number said before, by [`crate::number_key`]; also of those that are gone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn past_numbered(&self, key: &str) -> Result<Vec<PastDocument>> {
        self.past_where("WHERE number_key = ?1 ORDER BY row", [key])
    }

    /// Returns what documents of a customer said that changed at this moment or later, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn past_of_customer(&self, customer: &str, since: Millis) -> Result<Vec<PastDocument>> {
        self.past_where(
            "WHERE customer = ?1 AND until >= ?2 ORDER BY row",
            params![customer, since.0],
        )
    }
}

impl Write<'_> {
    /// Keeps what a document says, before another state takes its place.
    pub(super) fn keep_past(&mut self, id: &str) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO document_past (document, customer, number, number_key, until, date, due, currency, total, paid,
                   status, issued, packed, body)
                 SELECT id, customer, number, number_key, ?2, date, due, currency, total, paid, status, issued, packed, body
                 FROM document WHERE id = ?1",
            )?
            .execute(params![id, self.now.0])?;
        self.tx
            .prepare_cached(
                "DELETE FROM document_past WHERE document = ?1 AND row NOT IN
                   (SELECT row FROM document_past WHERE document = ?1 ORDER BY row DESC LIMIT ?2)",
            )?
            .execute(params![id, KEPT])?;
        Ok(())
    }

    /// The same, where it is this customer's.
    pub(super) fn keep_past_of(&mut self, id: &str, customer: &str) -> Result<()> {
        let here = self
            .tx
            .prepare_cached("SELECT 1 FROM document WHERE id = ?1 AND customer = ?2")?
            .exists([id, customer])?;
        if here { self.keep_past(id) } else { Ok(()) }
    }
}
