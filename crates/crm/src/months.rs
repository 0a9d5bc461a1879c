//! What was billed in each month.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use kontor_model::Amount;
use kontor_store::Figure;

use crate::sums::{billed, counts_as_bill, day, open};

/// A month of one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Month {
    /// Its first day, YYYY-MM-DD.
    pub begins: String,
    /// Bills less credit notes dated in it, with taxes.
    pub billed: Amount,
    /// Of it what is not paid; never more than was billed, nor less than nothing.
    pub open: Amount,
}

/// Returns the last `count` months up to today's, oldest first, for each currency that has a bill at all; months without
/// one are zero.
#[must_use]
pub fn months(figures: &[Figure], today: Date, count: usize) -> BTreeMap<String, Vec<Month>> {
    let begins = begins(today, count);
    let empty: Vec<Month> = begins
        .iter()
        .map(|day| Month {
            begins: day.to_string(),
            ..Month::default()
        })
        .collect();
    let mut months: BTreeMap<String, Vec<Month>> = BTreeMap::new();
    for figure in figures.iter().filter(|figure| counts_as_bill(figure)) {
        let of_currency = months
            .entry(figure.currency.clone())
            .or_insert_with(|| empty.clone());
        let date = day(&figure.date).filter(|date| *date <= today);
        let at = date.and_then(|date| begins.iter().rposition(|first| *first <= date));
        if let Some(month) = at.and_then(|at| of_currency.get_mut(at)) {
            month.billed = month.billed.plus(billed(figure));
            month.open = month.open.plus(open(figure));
        }
    }
    for month in months.values_mut().flatten() {
        let most = month.billed.max(Amount::ZERO);
        month.open = month.open.clamp(Amount::ZERO, most);
    }
    months
}

/// The first days of the last months, oldest first.
fn begins(today: Date, count: usize) -> Vec<Date> {
    let this = today.first_of_month();
    let back = i64::try_from(count).unwrap_or(0);
    let days = (0..back).map(|n| this.checked_sub(n.months()).unwrap_or(this));
    let mut days: Vec<Date> = days.collect();
    days.reverse();
    days
}

#[cfg(test)]
mod tests {
    use kontor_model::Millis;
    use kontor_store::PaperKind;

    use super::*;

    /// KIND DATE CURRENCY TOTAL PAID
    fn figure(words: &str) -> Figure {
        let words: Vec<&str> = words.split(' ').collect();
        Figure {
            kind: PaperKind::read(words[0]).unwrap(),
            date: words[1].to_owned(),
            due: None,
            currency: words[2].to_owned(),
            total: words[3].parse().unwrap(),
            paid: words[4].parse().unwrap(),
            issued: true,
            seen_at: Millis(0),
        }
    }

    #[test]
    fn bills_stand_in_their_month_and_currency() {
        let figures: Vec<Figure> = [
            "invoice 2026-11-22 EUR 100 60",
            "invoice 2026-11-01 EUR 10 10",
            "credit_note 2026-10-31 EUR 5 5",
            "invoice 2026-10-01 EUR 7 7",
            "order 2026-10-01 EUR 1000 0",
            "invoice 2026-08-31 EUR 1000 0",
            "invoice 2026-11-23 EUR 1000 0",
            "invoice 2025-01-01 HUF 1000 0",
        ]
        .map(figure)
        .to_vec();
        let months = months(&figures, "2026-11-22".parse().unwrap(), 3);
        let shown: Vec<String> = months
            .iter()
            .flat_map(|(currency, months)| {
                let one =
                    move |m: &Month| format!("{currency} {} {} {}", m.begins, m.billed, m.open);
                months.iter().map(one).collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(
            shown,
            [
                "EUR 2026-09-01 0.00 0.00",
                "EUR 2026-10-01 2.00 0.00",
                "EUR 2026-11-01 110.00 40.00",
                "HUF 2026-09-01 0.00 0.00",
                "HUF 2026-10-01 0.00 0.00",
                "HUF 2026-11-01 0.00 0.00",
            ]
        );
    }

    #[test]
    fn what_was_taken_back_opens_nothing() {
        let figures = [
            figure("credit_note 2026-11-02 EUR 50 0"),
            figure("invoice 2026-11-03 EUR 20 0"),
        ];
        let months = months(&figures, "2026-11-22".parse().unwrap(), 1);
        let month = months.get("EUR").and_then(|m| m.first()).unwrap();
        assert_eq!(month.billed.to_string(), "-30.00");
        assert_eq!(month.open, Amount::ZERO, "less than nothing is not drawn");
    }
}
