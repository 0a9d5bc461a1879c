//! Table `document`: offers, orders and bills of the customers that are followed, as they are now.

use kontor_model::{Amount, Millis};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use super::document_body::{BODY, Body, pack};
use crate::team::{signed, unsigned};
use crate::{Read, Result, Write, words};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 document",
    sql: "
CREATE TABLE document (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,                      -- the ERP's
  customer TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,                           -- offer, order, invoice, credit_note
  number TEXT NOT NULL,                         -- as people know it
  number_key TEXT NOT NULL,                     -- as it is looked up
  their_key TEXT,                               -- the same of the customer's own number for it
  date TEXT NOT NULL,                           -- YYYY-MM-DD; empty: unknown
  due TEXT,
  currency TEXT NOT NULL,
  total INTEGER NOT NULL,                       -- ten-thousandths
  paid INTEGER NOT NULL,
  status TEXT NOT NULL,
  issued INTEGER NOT NULL,                      -- 0: a draft
  seen_at INTEGER NOT NULL,                     -- when the ERP was last seen to say so
  body TEXT NOT NULL                            -- JSON: the rest of it
) STRICT;
CREATE INDEX document_newest ON document (customer, date, row);
CREATE INDEX document_kind ON document (customer, kind, date, row);
CREATE INDEX document_number ON document (number_key);
CREATE INDEX document_theirs ON document (their_key) WHERE their_key IS NOT NULL;
",
};

/// What kind of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaperKind {
    /// An offer.
    Offer,
    /// An order.
    Order,
    /// A bill.
    Invoice,
    /// Takes away from what was sold.
    CreditNote,
}

impl PaperKind {
    /// Returns the stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Order => "order",
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        [Self::Offer, Self::Order, Self::Invoice, Self::CreditNote]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// What a document comes to, without what stands on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it is.
    pub kind: PaperKind,
    /// Its day, YYYY-MM-DD; empty where unknown.
    pub date: String,
    /// When it is to be paid (bills) or runs out (offers) or is promised (orders).
    pub due: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// All of it, with taxes.
    pub total: Amount,
    /// What was paid of it.
    pub paid: Amount,
    /// False while a bill is a draft.
    pub issued: bool,
    /// When the ERP was last seen to say so.
    pub seen_at: Millis,
}

/// A document as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRow {
    /// The ERP's id.
    pub id: String,
    /// Whose.
    pub customer: String,
    /// Larger than before when it changed.
    pub version: u64,
    /// The number people know it by.
    pub number: String,
    /// The customer's own number for it; empty without one, and when read back: it stands in `body`.
    pub their_number: String,
    /// The stable word of its state, else the label; may be empty.
    pub status: String,
    /// What it comes to.
    pub figure: Figure,
    /// JSON: the rest of it.
    pub body: String,
}

pub(super) const FIGURE: &str = "kind, date, due, currency, total, paid, issued, seen_at";

fn read_figure(row: &Row<'_>) -> rusqlite::Result<Figure> {
    let kind = row.get_ref(0)?.as_str()?;
    Ok(Figure {
        // Nothing else is ever written.
        kind: PaperKind::read(kind).unwrap_or(PaperKind::Offer),
        date: row.get(1)?,
        due: row.get(2)?,
        currency: row.get(3)?,
        total: Amount::from_ten_thousandths(row.get(4)?),
        paid: Amount::from_ten_thousandths(row.get(5)?),
        issued: row.get(6)?,
        seen_at: Millis(row.get(7)?),
    })
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<DocumentRow> {
    Ok(DocumentRow {
        figure: read_figure(row)?,
        id: row.get(8)?,
        customer: row.get(9)?,
        version: unsigned(row.get(10)?),
        number: row.get(11)?,
        their_number: String::new(),
        status: row.get(12)?,
        body: row.get::<_, Body>(13)?.0,
    })
}

/// How a document's number is looked up: its runs of letters and of digits, folded, whatever stands between them, so that
/// `PO 4711`, `po-4711` and `PO4711` are one, and `1.240` is not `1240`. Empty without a letter or digit.
#[must_use]
pub fn number_key(number: &str) -> String {
    let mut key = String::with_capacity(number.len().saturating_add(4));
    for word in words(number) {
        let mut before: Option<bool> = None;
        for c in word.chars() {
            let digit = c.is_ascii_digit();
            if !key.is_empty() && before != Some(digit) {
                key.push('-');
            }
            before = Some(digit);
            key.push(c);
        }
    }
    key
}

impl Read<'_> {
    fn documents_where(&self, tail: &str, bind: impl rusqlite::Params) -> Result<Vec<DocumentRow>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {FIGURE}, id, customer, version, number, status, {BODY} FROM document {tail}"
        ))?;
        let rows = statement.query_map(bind, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the newest documents of a customer, of one kind where it is named; at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn documents(
        &self,
        customer: &str,
        kind: Option<PaperKind>,
        limit: u32,
    ) -> Result<Vec<DocumentRow>> {
        match kind {
            None => self.documents_where(
                "WHERE customer = ?1 ORDER BY date DESC, row DESC LIMIT ?2",
                params![customer, limit],
            ),
            Some(kind) => self.documents_where(
                "WHERE customer = ?1 AND kind = ?2 ORDER BY date DESC, row DESC LIMIT ?3",
                params![customer, kind.as_str(), limit],
            ),
        }
    }

    /// Returns what all documents of a customer come to, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn document_figures(&self, customer: &str) -> Result<Vec<Figure>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {FIGURE} FROM document WHERE customer = ?1 ORDER BY date DESC, row DESC"
        ))?;
        let rows = statement.query_map([customer], read_figure)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the documents with this number, by [`number_key`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn documents_numbered(&self, key: &str) -> Result<Vec<DocumentRow>> {
        self.documents_where("WHERE number_key = ?1 ORDER BY date DESC, row DESC", [key])
    }

    /// Returns the documents whose number, or the customer's own for it, begins so, by [`number_key`]; the highest numbers
    /// first, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn documents_beginning(&self, key: &str, limit: u32) -> Result<Vec<DocumentRow>> {
        let until = format!("{key}\u{10ffff}");
        let mut found = self.documents_where(
            "WHERE number_key >= ?1 AND number_key < ?2 ORDER BY number_key DESC, row DESC LIMIT ?3",
            params![key, until, limit],
        )?;
        let theirs = self.documents_where(
            "WHERE their_key >= ?1 AND their_key < ?2 ORDER BY their_key DESC, row DESC LIMIT ?3",
            params![key, until, limit],
        )?;
        for row in theirs {
            if !found.iter().any(|known| known.id == row.id) {
                found.push(row);
            }
        }
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    /// Returns the document with this id of the ERP; of whoever has it now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn document_with_id(&self, id: &str) -> Result<Option<DocumentRow>> {
        let found = self.documents_where("WHERE id = ?1 ORDER BY row DESC LIMIT 1", [id])?;
        Ok(found.into_iter().next())
    }

    /// Returns the documents a customer has this number of its own for, by [`number_key`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn documents_numbered_by_them(
        &self,
        key: &str,
        customer: &str,
    ) -> Result<Vec<DocumentRow>> {
        self.documents_where(
            // The plus keeps the search with the number: a customer may have ten thousand documents.
            "WHERE their_key = ?1 AND +customer = ?2 ORDER BY date DESC, row DESC",
            [key, customer],
        )
    }
}

impl Write<'_> {
    /// Stores a document as it is now.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_document(&mut self, row: &DocumentRow) -> Result<()> {
        self.touch_customers();
        let theirs = number_key(&row.their_number);
        let figure = &row.figure;
        if self.says_something_else(row)? {
            self.keep_past(&row.id)?;
        }
        self.tx
            .prepare_cached(
                "INSERT INTO document (id, customer, version, kind, number, number_key, their_key, date, due, currency,
                   total, paid, status, issued, seen_at, packed, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, '{}')
                 ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, version = excluded.version,
                   kind = excluded.kind, number = excluded.number, number_key = excluded.number_key,
                   their_key = excluded.their_key, date = excluded.date, due = excluded.due,
                   currency = excluded.currency, total = excluded.total, paid = excluded.paid,
                   status = excluded.status, issued = excluded.issued, seen_at = excluded.seen_at,
                   packed = excluded.packed, body = excluded.body",
            )?
            .execute(params![
                row.id,
                row.customer,
                signed(row.version),
                figure.kind.as_str(),
                row.number,
                number_key(&row.number),
                (!theirs.is_empty()).then_some(theirs),
                figure.date,
                figure.due,
                figure.currency,
                figure.total.ten_thousandths(),
                figure.paid.ten_thousandths(),
                row.status,
                figure.issued,
                figure.seen_at.0,
                pack(&row.body)?
            ])?;
        Ok(())
    }

    /// Whether a document is here and says something else than this row: when it was seen does not count.
    fn says_something_else(&self, row: &DocumentRow) -> Result<bool> {
        let figure = &row.figure;
        let mut statement = self.tx.prepare_cached(&format!(
            "SELECT (number, date, due, currency, total, paid, status, issued) IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9), {BODY}
             FROM document WHERE id = ?1",
        ))?;
        let bind = params![
            row.id,
            row.number,
            figure.date,
            figure.due,
            figure.currency,
            figure.total.ten_thousandths(),
            figure.paid.ten_thousandths(),
            row.status,
            figure.issued
        ];
        let known: Option<(bool, Body)> = statement
            .query_row(bind, |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        Ok(known.is_some_and(|(other, body)| other || body.0 != row.body))
    }

    /// Forgets a document that is no longer in the ERP, unless it is another customer's by now.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_document(&mut self, id: &str, customer: &str) -> Result<()> {
        self.touch_customers();
        self.keep_past_of(id, customer)?;
        self.tx
            .prepare_cached("DELETE FROM document WHERE id = ?1 AND customer = ?2")?
            .execute([id, customer])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::number_key;

    #[rstest]
    #[case::plain("2026-1184", "2026-1184")]
    #[case::slash("RA-2026/0012", "ra-2026-0012")]
    #[case::glued("PO4711", "po-4711")]
    #[case::apart("PO 4711", "po-4711")]
    #[case::diacritics("RAČ-7", "rac-7")]
    #[case::no_thousands("1.240", "1-240")]
    #[case::whole("1240", "1240")]
    #[case::nothing(" –/ ", "")]
    fn numbers_are_looked_up_by_their_runs(#[case] number: &str, #[case] want: &str) {
        assert_eq!(number_key(number), want, "{number:?}");
    }
}
