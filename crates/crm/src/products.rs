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
    /// ISO 4217.
    pub currency: String,
    /// What the line comes to: amount by price less discount, before taxes.
    pub worth: Amount,
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
    /// What it came to before taxes, by currency.
    pub worth: BTreeMap<String, Amount>,
}

/// What a line comes to before taxes: so much of it, the price of one, less a discount in percent.
#[must_use]
pub fn worth(amount: Amount, price: Amount, discount: Amount) -> Amount {
    let part = |n: Amount| i128::from(n.ten_thousandths());
    let kept = 1_000_000_i128.saturating_sub(part(discount));
    // Ten-thousandths thrice, of which one stays; and of a hundred percent.
    let product = part(amount)
        .saturating_mul(part(price))
        .saturating_mul(kept);
    let worth = product.checked_div(10_000 * 1_000_000).unwrap_or(0);
    let bound = if worth < 0 { i64::MIN } else { i64::MAX };
    Amount::from_ten_thousandths(i64::try_from(worth).unwrap_or(bound))
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
                worth: BTreeMap::new(),
            });
        product.amount = product.amount.plus(line.amount);
        let worth = product.worth.entry(line.currency).or_default();
        *worth = worth.plus(line.worth);
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
    use rstest::rstest;

    use super::*;

    fn bought(code: &str, name: &str, amount: &str, date: &str) -> Bought {
        Bought {
            code: code.to_owned(),
            name: name.to_owned(),
            amount: amount.parse().unwrap(),
            unit: "kos".to_owned(),
            date: date.to_owned(),
            currency: "EUR".to_owned(),
            worth: worth(amount.parse().unwrap(), "10".parse().unwrap(), Amount::ZERO),
        }
    }

    #[rstest]
    #[case::plain("3", "2.50", "0", "7.50")]
    #[case::less_a_discount("240", "3.85", "3", "896.28")]
    #[case::given_back("-2", "10", "50", "-10.00")]
    #[case::all_of_it_off("2", "10", "100", "0.00")]
    #[case::beyond_all_bounds("900000000000000", "900000000000000", "0", "922337203685477.5807")]
    fn a_line_is_worth_its_amount_by_its_price(
        #[case] amount: &str,
        #[case] price: &str,
        #[case] discount: &str,
        #[case] want: &str,
    ) {
        let [amount, price, discount] = [amount, price, discount].map(|n| n.parse().unwrap());
        assert_eq!(worth(amount, price, discount).to_string(), want);
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
            .map(|p| {
                let euros = p.worth.get("EUR").copied().unwrap_or_default();
                format!("{}|{}|{}|{}|{euros}", p.code, p.name, p.amount, p.last_at)
            })
            .collect();
        assert_eq!(
            shown,
            [
                "|Montaža|1.00|2026-03-01|10.00",
                "|Prevoz|1.00|2026-03-01|10.00",
                "K1|Klop hrast|2.50|2026-02-02|25.00",
                "M1|Miza|1.00||10.00",
            ]
        );
    }
}
