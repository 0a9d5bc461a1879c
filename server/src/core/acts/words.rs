//! Metakocka's numbers and ours, and what the audit log says.

use kontor_metakocka as mk;
use kontor_model::Amount;
use kontor_protocol::{Act, ActField, ActOutcome};

use crate::core::storage::ActRow;

/// Exact: both have at least four decimals.
pub(super) fn decimal(amount: Amount) -> mk::Decimal {
    mk::Decimal::from_units(amount.ten_thousandths(), 4).unwrap_or_default()
}

/// Nothing where none is told.
pub(super) fn amount(decimal: Option<mk::Decimal>) -> Amount {
    let units = decimal.and_then(|d| d.to_units(4));
    units.map(Amount::from_ten_thousandths).unwrap_or_default()
}

/// A text that says something.
pub(super) fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

pub(super) fn text(text: Option<&String>) -> String {
    text.map(|t| t.trim().to_owned()).unwrap_or_default()
}

/// A value that is new.
pub(super) fn new(name: &str, value: impl Into<String>) -> ActField {
    ActField {
        name: name.to_owned(),
        before: String::new(),
        value: value.into(),
    }
}

/// A value that must stay as it is.
pub(super) fn stays(name: &str, value: impl Into<String>) -> ActField {
    let value = value.into();
    ActField {
        name: name.to_owned(),
        before: value.clone(),
        value,
    }
}

/// A value in place of another.
pub(super) fn changes(name: &str, before: impl Into<String>, value: impl Into<String>) -> ActField {
    ActField {
        name: name.to_owned(),
        before: before.into(),
        value: value.into(),
    }
}

/// Letters' case and space around it aside.
pub(super) fn alike(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// A line of the audit log: what, of whom, and what became of it.
pub(super) fn audit(row: &ActRow, outcome: &ActOutcome) -> String {
    let act: Option<Act> = serde_json::from_str(&row.act).ok();
    let kind = act.as_ref().map_or("unknown", Act::kind);
    let about = act
        .as_ref()
        .and_then(Act::document)
        .map(|d| format!(" {}", d.id));
    let mut line = format!(
        "{kind}{} {}: {}",
        about.unwrap_or_default(),
        row.id,
        outcome.state.as_str()
    );
    for result in &outcome.results {
        line.push_str(&format!(" {} {}", result.id, result.number));
    }
    if !outcome.differences.is_empty() {
        line.push_str(&format!(", {} differences", outcome.differences.len()));
    }
    line.trim_end().to_owned()
}
