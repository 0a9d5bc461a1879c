//! What a customer bought lately: the lines of its newest orders, and of bills that come from no order.

use std::collections::BTreeMap;

use kontor_model::Amount;

/// A line of a document that says what was bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    /// The product's code; may be empty.
    pub code: String,
    /// What people read.
    pub name: String,
    /// How much; less than zero of what was given back.
    pub amount: Amount,
    /// Of what; may be empty.
    pub unit: String,
    /// The document's day, YYYY-MM-DD; empty where unknown.
    pub date: String,
}

/// A product with all that was bought of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its code; may be empty.
    pub code: String,
    /// What people read, from the newest line.
    pub name: String,
    /// How much.
    pub amount: Amount,
    /// Of what; may be empty.
    pub unit: String,
    /// Day of the newest line; empty where unknown.
    pub last_at: String,
}

/// Adds the lines up by code (by name where there is none) and unit, newest first, at most `limit` products.
#[must_use]
pub fn products(lines: Vec<Bought>, limit: usize) -> Vec<Product> {
    let mut by_key: BTreeMap<(String, String), Product> = BTreeMap::new();
    for line in lines {
        let key = if line.code.is_empty() {
            format!("={}", line.name)
        } else {
            line.code.clone()
        };
        let product = by_key
            .entry((key, line.unit.clone()))
            .or_insert_with(|| Product {
                code: line.code.clone(),
                name: line.name.clone(),
                amount: Amount::ZERO,
                unit: line.unit.clone(),
                last_at: line.date.clone(),
            });
        product.amount = product.amount.plus(line.amount);
        if line.date > product.last_at {
            product.last_at = line.date;
            product.name = line.name;
        }
    }
    let mut products: Vec<Product> = by_key.into_values().collect();
    products.sort_by(|a, b| {
        let newest = b.last_at.cmp(&a.last_at);
        newest.then_with(|| (&a.code, &a.name).cmp(&(&b.code, &b.name)))
    });
    products.truncate(limit);
    products
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bought(code: &str, name: &str, amount: &str, date: &str) -> Bought {
        Bought {
            code: code.to_owned(),
            name: name.to_owned(),
            amount: amount.parse().unwrap(),
            unit: "kos".to_owned(),
            date: date.to_owned(),
        }
    }

    #[test]
    fn amounts_are_added_newest_first() {
        let lines = vec![
            bought("K1", "Klop", "2", "2026-01-02"),
            bought("", "Prevoz", "1", "2026-03-01"),
            bought("K1", "Klop hrast", "0.5", "2026-02-02"),
            bought("", "Montaža", "1", "2026-03-01"),
            bought("M1", "Miza", "1", ""),
        ];
        let shown: Vec<String> = products(lines, 4)
            .into_iter()
            .map(|p| format!("{}|{}|{}|{}", p.code, p.name, p.amount, p.last_at))
            .collect();
        assert_eq!(
            shown,
            [
                "|Montaža|1.00|2026-03-01",
                "|Prevoz|1.00|2026-03-01",
                "K1|Klop hrast|2.50|2026-02-02",
                "M1|Miza|1.00|",
            ]
        );
    }
}
