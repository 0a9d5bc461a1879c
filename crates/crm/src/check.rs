//! Facts in a text: prices, totals, dates, quantities and document numbers, and whether the ERP says the same.
//!
//! [`values`] finds them by their form, in Slovenian and English; plain prose has none. [`check`] holds them against the
//! documents of those the mail goes to and those it names: *matched* when one says so now, *stale* when it did before or says
//! something else, *unknown* when nobody can say.
//!
//! Architecture invariant: a text that only looks like a fact (telephone numbers, tax numbers, times, percentages, post
//! codes, addresses of the web) is never one. Better a fact too few than a mark on plain words.

mod days;
mod judge;
mod money;
mod places;
mod values;
mod words;

use std::ops::Range;

use jiff::civil::Date;
use kontor_model::{Amount, Millis};

pub use days::Day;
pub use judge::{Known, check};
pub use values::{Found, Value, values};

/// What kind of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What one of something costs.
    Price,
    /// Any other amount of money.
    Total,
    /// A day.
    Date,
    /// How much of something.
    Quantity,
    /// A document's number.
    Number,
}

/// Whether the ERP says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A document says so now.
    Matched,
    /// A document said so before, or says something else.
    Stale,
    /// No document here says anything about it.
    Unknown,
}

/// A fact of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What kind.
    pub kind: Kind,
    /// Where it stands, bytes; always on the borders of characters.
    pub at: Range<usize>,
    /// Whether it holds.
    pub state: State,
    /// What the document says now; `None` of unknown ones.
    pub value: Option<Said>,
    /// Which document: its place among [`Paper`]s.
    pub paper: Option<usize>,
}

/// A value a document has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Money, with its currency.
    Money(Amount, String),
    /// A day.
    Day(Date),
    /// How much, of which unit.
    Quantity(Amount, String),
    /// A number, as the document writes it.
    Number(String),
    /// The document is no longer in the ERP.
    Gone,
}

/// A document as it is told to [`check`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// The ERP's id.
    pub id: String,
    /// The number people know.
    pub number: String,
    /// How it is looked up: its own number and, in mails of its customer, theirs.
    pub keys: Vec<String>,
    /// What it says now; `None` when it is gone.
    pub now: Option<Sheet>,
    /// What it said before, oldest first.
    pub before: Vec<Sheet>,
    /// When it was last known to say so.
    pub as_of: Millis,
}

/// What stands on a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// ISO 4217.
    pub currency: String,
    /// All of it, with taxes.
    pub total: Amount,
    /// What was paid.
    pub paid: Amount,
    /// Its day.
    pub date: Option<Date>,
    /// When it is to be paid, runs out or is promised.
    pub due: Option<Date>,
    /// What stands on it.
    pub lines: Vec<Line>,
    /// What was paid and when.
    pub payments: Vec<(Option<Date>, Amount)>,
}

/// A line of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What people read.
    pub name: String,
    /// How much.
    pub amount: Amount,
    /// Of what; may be empty.
    pub unit: String,
    /// For one, before discount.
    pub price: Amount,
    /// Percent.
    pub discount: Amount,
}

impl Kind {
    /// Returns the stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Total => "total",
            Self::Date => "date",
            Self::Quantity => "quantity",
            Self::Number => "number",
        }
    }
}

impl State {
    /// Returns the stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Stale => "stale",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests;
