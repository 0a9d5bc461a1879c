//! Templates: a text with placeholders such as `{{customer.name}}`, which facts fill in. Which there are stands in
//! docs/customers.md.

use std::collections::BTreeMap;
use std::ops::Range;

/// The placeholders there are, in the order they are offered.
pub const PLACEHOLDERS: &[&str] = &[
    "customer.name",
    "customer.number",
    "customer.tax_number",
    "contact.name",
    "contact.first_name",
    "order.last.number",
    "order.last.date",
    "order.last.due",
    "order.last.total",
    "order.last.status",
    "offer.last.number",
    "offer.last.date",
    "offer.last.due",
    "offer.last.total",
    "invoice.last.number",
    "invoice.last.date",
    "invoice.last.due",
    "invoice.last.total",
    "invoice.last.open",
    "invoice.open.total",
    "invoice.open.count",
    "invoice.overdue.total",
    "invoice.oldest.number",
    "invoice.oldest.due",
    "me.name",
    "me.email",
    "today",
];

/// A piece of a filled in text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Of the template itself.
    Text(String),
    /// What a placeholder stands for.
    Value {
        /// The placeholder.
        name: String,
        /// What fills it in.
        value: String,
    },
    /// A placeholder nothing is known for, or that there is not.
    Missing {
        /// The placeholder.
        name: String,
    },
}

/// Fills the placeholders in. One that has no value stays a piece of its own: nobody is to send braces.
#[must_use]
pub fn fill(text: &str, values: &BTreeMap<String, String>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut end = 0_usize;
    for (place, name) in placeholders(text) {
        let before = text.get(end..place.start).unwrap_or_default();
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        let value = values.get(&name).filter(|value| !value.is_empty());
        pieces.push(match value {
            Some(value) => Piece::Value {
                name,
                value: value.clone(),
            },
            None => Piece::Missing { name },
        });
        end = place.end;
    }
    let rest = text.get(end..).unwrap_or_default();
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// The text of pieces; `None` while something is missing.
#[must_use]
pub fn joined(pieces: &[Piece]) -> Option<String> {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => Some(text.clone()),
        Piece::Value { value, .. } => Some(value.clone()),
        Piece::Missing { .. } => None,
    };
    pieces.iter().map(text).collect()
}

/// The placeholders that are missing, each once, in the order of the text.
#[must_use]
pub fn missing(pieces: &[Piece]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for piece in pieces {
        if let Piece::Missing { name } = piece
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    }
    names
}

/// The placeholders of a text that there are not: typing mistakes of who wrote it.
#[must_use]
pub fn unknown(text: &str) -> Vec<String> {
    let mut names: Vec<String> = placeholders(text)
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    names.retain(|name| !PLACEHOLDERS.contains(&name.as_str()));
    names.dedup();
    names
}

/// Where `{{name}}` stands, with its name.
fn placeholders(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut from = 0_usize;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find("{{")) {
        let start = from.saturating_add(open);
        let inner = start.saturating_add(2);
        let Some(close) = text.get(inner..).and_then(|rest| rest.find("}}")) else {
            break;
        };
        let name = text
            .get(inner..inner.saturating_add(close))
            .unwrap_or_default();
        // An opening that is not closed leaves the next one its braces.
        if let Some(again) = name.rfind("{{") {
            from = inner.saturating_add(again);
            continue;
        }
        let end = inner.saturating_add(close).saturating_add(2);
        found.push((start..end, name.trim().to_lowercase()));
        from = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn values() -> BTreeMap<String, String> {
        let of = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        BTreeMap::from([of("customer.name", "Kupec"), of("order.last.number", "")])
    }

    #[rstest]
    #[case::filled("Za {{customer.name}}.", Some("Za Kupec."), "")]
    #[case::spaces_and_capitals("{{ Customer.Name }}", Some("Kupec"), "")]
    #[case::nothing_to_fill("Lep pozdrav", Some("Lep pozdrav"), "")]
    #[case::empty_is_missing("{{order.last.number}}", None, "order.last.number")]
    #[case::no_such("{{order.first}} {{order.first}}", None, "order.first")]
    #[case::unclosed("{{customer.name", Some("{{customer.name"), "")]
    #[case::opened_twice("{{ {{customer.name}}", Some("{{ Kupec"), "")]
    #[case::no_name("a {{}} b", None, "")]
    fn templates_are_filled_in(
        #[case] text: &str,
        #[case] want: Option<&str>,
        #[case] lacks: &str,
    ) {
        let pieces = fill(text, &values());
        assert_eq!(joined(&pieces).as_deref(), want, "{text}");
        assert_eq!(missing(&pieces).join(","), lacks, "{text}");
    }

    #[test]
    fn mistakes_are_told_from_what_is_unknown_now() {
        assert_eq!(
            unknown("{{customer.nam}} {{customer.name}} {{order.last.number}}"),
            ["customer.nam"]
        );
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(text in "\\PC{0,60}|([{} a-z.]|customer.name){0,40}") {
            let pieces = fill(&text, &values());
            if let Some(joined) = joined(&pieces).filter(|_| pieces.iter().all(|p| matches!(p, Piece::Text(_)))) {
                prop_assert_eq!(joined, text);
            }
        }
    }
}
