//! How Metakocka writes JSON, read without ever failing.
//!
//! Nearly every scalar is a string, a list of one is often the bare element, an empty string means absent, numbers come
//! with a dot or a Slovenian comma, dates in two forms (fact sheet, section 3). A [`Reader`] takes all of that; what it
//! cannot read is left out and noted as a [`Defect`], so that one odd field never costs a page.

mod decimal;
pub(crate) mod html;
pub(crate) mod time;

use std::cell::RefCell;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

pub(crate) use decimal::Dot;
pub use decimal::{Decimal, NotANumber};

use crate::id::MkId;

/// The most of a foreign value that is repeated in a defect.
const SHOWN: usize = 40;

/// Something in an answer that could not be taken. The rest of the answer was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// A whole row is missing from the result, because it has no id, is no object, or the service said so.
    Row {
        /// What is wrong with it, for the log.
        why: String,
    },
    /// A field of a row is empty in the result although the service sent something.
    Field {
        /// The row it belongs to.
        row: MkId,
        /// The service's name of the field.
        field: &'static str,
        /// What was there instead, shortened; for the log.
        why: String,
    },
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row { why } => write!(f, "A row was left out: {why}."),
            Self::Field { row, field, why } => {
                write!(f, "The field {field} of {row} was left empty: {why}.")
            }
        }
    }
}

/// Where the defects of one answer gather.
#[derive(Debug, Default)]
pub(crate) struct Defects(RefCell<Vec<Defect>>);

impl Defects {
    pub(crate) fn row(&self, why: impl Into<String>) {
        self.0.borrow_mut().push(Defect::Row { why: why.into() });
    }

    pub(crate) fn into_vec(self) -> Vec<Defect> {
        self.0.into_inner()
    }
}

/// One object of an answer.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    map: &'a Map<String, Value>,
    row: &'a str,
    defects: &'a Defects,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(map: &'a Map<String, Value>, defects: &'a Defects) -> Self {
        Self {
            map,
            row: "",
            defects,
        }
    }

    /// The same object, its defects named after `id`.
    pub(crate) fn named(self, id: &'a MkId) -> Self {
        Self {
            row: id.as_str(),
            ..self
        }
    }

    /// The names of the object's fields with what is in them as text.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.map.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn value(&self, field: &str) -> Option<&'a Value> {
        self.map.get(field).filter(|value| !is_nothing(value))
    }

    /// Text; a real number or flag as its text; a list of one as its element. Empty is absent.
    pub(crate) fn text(&self, field: &'static str) -> Option<String> {
        let value = self.value(field)?;
        let text = scalar(value);
        if text.is_none() {
            self.odd(field, "no text", value);
        }
        text
    }

    pub(crate) fn id(&self, field: &'static str) -> Option<MkId> {
        self.text(field).map(MkId::new)
    }

    pub(crate) fn decimal(&self, field: &'static str) -> Option<Decimal> {
        self.parsed(field, "no number", |text| Decimal::read(text, Dot::Decimal))
    }

    /// An amount as the payments of a document have it: a dot stands between thousands. A real number has no such dots.
    pub(crate) fn paid_amount(&self, field: &'static str) -> Option<Decimal> {
        let dot = match self.value(field) {
            Some(Value::Number(_)) => Dot::Decimal,
            _ => Dot::Thousands,
        };
        self.parsed(field, "no number", |text| Decimal::read(text, dot))
    }

    /// A number of things.
    pub(crate) fn count(&self, field: &'static str) -> Option<u64> {
        self.parsed(field, "no whole number", |text| {
            let units = Decimal::read(text, Dot::Decimal)?;
            let whole = units.to_units(0)?;
            (Decimal::from_units(whole, 0)? == units).then_some(())?;
            u64::try_from(whole).ok()
        })
    }

    pub(crate) fn date(&self, field: &'static str) -> Option<Date> {
        self.parsed(field, "no date", time::date)
    }

    pub(crate) fn timestamp(&self, field: &'static str) -> Option<Timestamp> {
        self.parsed(field, "no date with time", time::timestamp)
    }

    pub(crate) fn flag(&self, field: &'static str) -> Option<bool> {
        self.parsed(field, "neither true nor false", |text| {
            match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "da" => Some(true),
                "false" | "0" | "no" | "ne" => Some(false),
                _ => None,
            }
        })
    }

    /// The objects of a list, of a bare object, or none. An element that is no object is a defect.
    pub(crate) fn many(&self, field: &'static str) -> impl Iterator<Item = Self> {
        let this = *self;
        self.elements(field).filter_map(move |value| {
            let inner = value.as_object();
            if inner.is_none() {
                this.odd(field, "no object", value);
            }
            inner.map(|map| Self { map, ..this })
        })
    }

    /// An object, or the first of a list of them.
    pub(crate) fn one(&self, field: &'static str) -> Option<Self> {
        self.many(field).next()
    }

    /// The texts of a list, of a bare text, or none.
    pub(crate) fn texts(&self, field: &'static str) -> Vec<String> {
        let texts = self.elements(field).filter_map(|value| {
            let text = scalar(value);
            if text.is_none() {
                self.odd(field, "no text", value);
            }
            text
        });
        texts.collect()
    }

    /// Reads every row of a list; a row without an id is left out and noted. `read` gets the row and its id.
    pub(crate) fn rows<T>(
        &self,
        field: &'static str,
        read: impl Fn(Reader<'_>, MkId) -> T,
    ) -> Vec<T> {
        let rows = self
            .elements(field)
            .filter_map(|value| self.row(value, &read));
        rows.collect()
    }

    fn row<T>(&self, value: &Value, read: &impl Fn(Reader<'_>, MkId) -> T) -> Option<T> {
        let Some(map) = value.as_object() else {
            self.defects
                .row(format!("it is no object but {}", shown(value)));
            return None;
        };
        let row = Reader { map, ..*self };
        if let Some(code) = row.text("opr_code").filter(|code| !is_fine(code)) {
            let said = row.text("opr_desc").unwrap_or_default();
            let id = row.text("mk_id").unwrap_or_default();
            self.defects.row(format!(
                "the service answers {code} for {id} {}",
                html::plain(&said)
            ));
            return None;
        }
        let Some(id) = row.id("mk_id") else {
            let number = row.text("count_code").unwrap_or_default();
            self.defects
                .row(format!("it has no mk_id (number “{number}”)"));
            return None;
        };
        Some(read(row.named(&id), id.clone()))
    }

    /// How many elements a list has, defective ones among them.
    pub(crate) fn len(&self, field: &str) -> u64 {
        u64::try_from(self.elements(field).count()).unwrap_or(u64::MAX)
    }

    pub(crate) fn elements(&self, field: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        let list: &[Value] = match self.map.get(field) {
            Some(Value::Array(list)) => list,
            Some(value) => std::slice::from_ref(value),
            None => &[],
        };
        list.iter().filter(|value| !is_nothing(value))
    }

    fn parsed<T>(
        &self,
        field: &'static str,
        otherwise: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(field)?;
        let parsed = scalar(value).as_deref().and_then(parse);
        if parsed.is_none() {
            self.odd(field, otherwise, value);
        }
        parsed
    }

    fn odd(&self, field: &'static str, what: &str, value: &Value) {
        self.defects.0.borrow_mut().push(Defect::Field {
            row: MkId::new(self.row),
            field,
            why: format!("{} is {what}", shown(value)),
        });
    }
}

/// True for the code of success. A missing code means success, too.
pub(crate) fn is_fine(code: &str) -> bool {
    code.trim() == "0"
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The text of a scalar, or of a list of one scalar.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(list) => match list.as_slice() {
            [only] if !only.is_array() => scalar(only),
            _ => None,
        },
        Value::Null | Value::Object(_) => None,
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    let start: String = text.chars().take(SHOWN).collect();
    if start.len() < text.len() {
        format!("{start}…")
    } else {
        start
    }
}

#[cfg(test)]
#[path = "dialect_tests.rs"]
mod tests;
