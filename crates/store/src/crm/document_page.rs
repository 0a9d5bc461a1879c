//! All documents of a customer, a page at a time, narrowed to what is looked for.

use rusqlite::types::Value;
use rusqlite::{ToSql, params_from_iter};

use super::document::{DocumentRow, FIGURE, PaperKind, read};
use super::document_body::BODY;
use crate::{Read, Result};

/// Where a document stands, as far as lists are narrowed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperState {
    /// A bill of which something is not paid.
    Open,
    /// A bill that was to be paid before today, and is not.
    Overdue,
    /// A bill of which nothing is open.
    Paid,
    /// A bill that is not issued.
    Draft,
    /// An order that is not done.
    ToShip,
}

/// What is looked for; nothing narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentFilter {
    /// Of one kind; bills with their credit notes.
    pub kind: Option<PaperKind>,
    /// In one state.
    pub state: Option<PaperState>,
    /// Of this day or later, YYYY-MM-DD.
    pub from: Option<String>,
    /// Of this day or earlier.
    pub until: Option<String>,
    /// Today, for what is overdue.
    pub today: String,
    /// States in which an order is done, in small letters.
    pub done: Vec<String>,
}

/// A page of documents, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentPage {
    /// The documents.
    pub rows: Vec<DocumentRow>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
    /// How many there are in all that match.
    pub total: u64,
}

/// Conditions with their values.
struct Where {
    sql: String,
    values: Vec<Value>,
}

impl Where {
    fn and(&mut self, sql: &str, value: Option<&str>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.extend(value.map(|v| Value::from(v.to_owned())));
    }
}

impl DocumentFilter {
    fn conditions(&self, customers: &[String]) -> Where {
        let (sql, value) = match customers {
            // Read in the order of the index; several are sorted.
            [one] => ("customer = ?", one.clone()),
            several => (
                "customer IN (SELECT value FROM json_each(?))",
                super::customer::list(several),
            ),
        };
        let mut all = Where {
            sql: sql.to_owned(),
            values: vec![Value::from(value)],
        };
        match self.kind {
            None => {}
            // The plus keeps the index that has the order.
            Some(PaperKind::Invoice) => all.and("+kind IN ('invoice', 'credit_note')", None),
            Some(kind) => all.and("+kind = ?", Some(kind.as_str())),
        }
        let unpaid = "+kind = 'invoice' AND issued = 1 AND total > paid";
        match self.state {
            None => {}
            Some(PaperState::Open) => all.and(unpaid, None),
            Some(PaperState::Overdue) => {
                all.and(&format!("{unpaid} AND due < ?"), Some(&self.today));
            }
            Some(PaperState::Paid) => {
                all.and("+kind = 'invoice' AND issued = 1 AND total <= paid", None);
            }
            Some(PaperState::Draft) => {
                all.and("+kind IN ('invoice', 'credit_note') AND issued = 0", None);
            }
            Some(PaperState::ToShip) => {
                let done = super::customer::list(&self.done);
                let open =
                    "+kind = 'order' AND lower(status) NOT IN (SELECT value FROM json_each(?))";
                all.and(open, Some(&done));
            }
        }
        if let Some(from) = &self.from {
            all.and("date >= ?", Some(from));
        }
        if let Some(until) = &self.until {
            all.and("date <= ? AND date <> ''", Some(until));
        }
        all
    }
}

impl Read<'_> {
    /// Returns a page of the documents of a customer, or of several as if they were one, newest first; `after` is a page's
    /// `next`.
    ///
    /// # Errors
    /// When the store cannot be read. A cursor that makes no sense begins at the newest.
    pub fn document_page(
        &self,
        customers: &[String],
        filter: &DocumentFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<DocumentPage> {
        let Where { sql, values } = filter.conditions(customers);
        let total: i64 = self
            .conn
            .prepare_cached(&format!("SELECT count(*) FROM document WHERE {sql}"))?
            .query_row(params_from_iter(&values), |r| r.get(0))?;
        let behind = after.and_then(behind);
        let keyset = if behind.is_some() {
            "AND (date, row) < (?, ?)"
        } else {
            ""
        };
        let wanted = limit.saturating_add(1);
        let mut bind: Vec<Box<dyn ToSql>> = Vec::new();
        for value in values {
            bind.push(Box::new(value));
        }
        if let Some((date, row)) = behind {
            bind.push(Box::new(date));
            bind.push(Box::new(row));
        }
        bind.push(Box::new(wanted));
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {FIGURE}, id, customer, version, number, status, {BODY}, row
             FROM document INDEXED BY document_newest WHERE {sql} {keyset} ORDER BY date DESC, row DESC LIMIT ?"
        ))?;
        let found = statement.query_map(params_from_iter(&bind), |r| {
            Ok((read(r)?, r.get::<_, i64>(14)?))
        })?;
        let mut found: Vec<(DocumentRow, i64)> = found.collect::<rusqlite::Result<_>>()?;
        let more = found.len() >= usize::try_from(wanted).unwrap_or(usize::MAX);
        if more {
            found.pop();
        }
        let next = found
            .last()
            .filter(|_| more)
            .map(|(document, row)| format!("{row}/{}", document.figure.date));
        Ok(DocumentPage {
            rows: found.into_iter().map(|(document, _)| document).collect(),
            next,
            total: u64::try_from(total).unwrap_or(0),
        })
    }
}

/// The day and row of a cursor.
fn behind(cursor: &str) -> Option<(String, i64)> {
    let (row, date) = cursor.split_once('/')?;
    Some((date.to_owned(), row.parse().ok()?))
}
