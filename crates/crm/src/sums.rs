//! What a customer's documents come to. All sums are exact; the rules stand in docs/customers.md.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use kontor_model::Amount;
use kontor_store::{Figure, PaperKind};
use serde::{Deserialize, Serialize};

/// What a company may set of the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Turnover of twelve months, in EUR or about as much, from which a customer is an A.
    pub rank_a: Amount,
    /// The same for a B.
    pub rank_b: Amount,
    /// Days after the first order or bill that a customer is new.
    pub new_days: u32,
    /// Days without order or bill after which a customer sleeps.
    pub sleeping_days: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            rank_a: Amount::from_ten_thousandths(10_000 * 10_000),
            rank_b: Amount::from_ten_thousandths(1_000 * 10_000),
            new_days: 90,
            sleeping_days: 365,
        }
    }
}

/// How much a customer buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Rank {
    /// Most.
    A,
    /// Much.
    B,
    /// Something.
    C,
}

impl Rank {
    /// Returns the letter.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

/// How a customer stands with us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Never ordered anything.
    #[default]
    Prospect,
    /// Ordered for the first time not long ago.
    New,
    /// Orders.
    Active,
    /// Has not ordered for long.
    Sleeping,
    /// A bill should have been paid before today.
    Overdue,
}

impl Standing {
    /// Returns the stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prospect => "prospect",
            Self::New => "new",
            Self::Active => "active",
            Self::Sleeping => "sleeping",
            Self::Overdue => "overdue",
        }
    }
}

/// What bills come to in a currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// ISO 4217.
    pub currency: String,
    /// Bills less credit notes.
    pub total: Amount,
    /// Of it not paid.
    pub open: Amount,
    /// Of it due before today.
    pub overdue: Amount,
}

/// How many documents of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Offers.
    pub offers: u32,
    /// Orders.
    pub orders: u32,
    /// Bills and credit notes, drafts too.
    pub invoices: u32,
}

/// What bills come to per currency, by its code; one whose figures are all zero is left out. Drafts do not count.
#[must_use]
pub fn totals(figures: &[Figure], today: Date) -> Vec<Total> {
    let mut totals: BTreeMap<&str, Total> = BTreeMap::new();
    for figure in figures.iter().filter(|figure| counts_as_bill(figure)) {
        let total = totals.entry(figure.currency.as_str()).or_default();
        total.total = total.total.plus(billed(figure));
        total.open = total.open.plus(open(figure));
        if overdue_days(figure, today).is_some() {
            total.overdue = total.overdue.plus(open(figure));
        }
    }
    let named = totals.into_iter().map(|(currency, total)| Total {
        currency: currency.to_owned(),
        ..total
    });
    named
        .filter(|t| [t.total, t.open, t.overdue] != [Amount::ZERO; 3])
        .collect()
}

/// Billed less credited in the twelve months up to today, per currency, by its code; nothing is left out.
#[must_use]
pub fn turnover(figures: &[Figure], today: Date) -> Vec<(String, Amount)> {
    let since = year_before(today);
    let mut sums: BTreeMap<&str, Amount> = BTreeMap::new();
    for figure in figures.iter().filter(|figure| counts_as_bill(figure)) {
        if day(&figure.date).is_some_and(|date| date > since && date <= today) {
            let sum = sums.entry(figure.currency.as_str()).or_default();
            *sum = sum.plus(billed(figure));
        }
    }
    sums.into_iter()
        .map(|(currency, sum)| (currency.to_owned(), sum))
        .collect()
}

/// The day behind which the twelve months up to today begin.
#[must_use]
pub fn year_before(today: Date) -> Date {
    today.checked_sub(1.year()).unwrap_or(today)
}

/// What amounts of several currencies are in euros, or about: for comparing customers alone.
#[must_use]
pub fn about_euros(amounts: &[(String, Amount)]) -> Amount {
    amounts.iter().fold(Amount::ZERO, |sum, (currency, n)| {
        let share = n.ten_thousandths().saturating_mul(100);
        let euros = share.checked_div(per_euro(currency)).unwrap_or(0);
        sum.plus(Amount::from_ten_thousandths(euros))
    })
}

/// How much a customer buys; `None` where the last twelve months had no turnover.
#[must_use]
pub fn rank(turnover: &[(String, Amount)], rules: &Rules) -> Option<Rank> {
    match about_euros(turnover) {
        sum if sum <= Amount::ZERO => None,
        sum if sum >= rules.rank_a => Some(Rank::A),
        sum if sum >= rules.rank_b => Some(Rank::B),
        _ => Some(Rank::C),
    }
}

/// Hundredths of a currency that are about a euro: only for ranks, so that a thousand forints make nobody an A.
fn per_euro(currency: &str) -> i64 {
    match currency {
        "GBP" => 85,
        "CHF" => 95,
        "USD" => 110,
        "CAD" => 155,
        "AUD" => 170,
        "BAM" | "BGN" => 196,
        "PLN" => 430,
        "RON" => 500,
        "DKK" => 746,
        "CNY" => 800,
        "SEK" | "NOK" => 1150,
        "CZK" => 2500,
        "TRY" => 4000,
        "MKD" => 6150,
        "RUB" => 10_000,
        "RSD" => 11_700,
        "JPY" => 16_500,
        "HUF" => 40_000,
        // The euro, and what nobody knows better.
        _ => 100,
    }
}

/// How a customer stands with us.
#[must_use]
pub fn standing(figures: &[Figure], today: Date, rules: &Rules) -> Standing {
    if figures.iter().any(|f| overdue_days(f, today).is_some()) {
        return Standing::Overdue;
    }
    let bought = figures.iter().filter(|figure| match figure.kind {
        PaperKind::Order | PaperKind::Invoice => figure.issued,
        PaperKind::Offer | PaperKind::CreditNote => false,
    });
    let days: Vec<Date> = bought.filter_map(|figure| day(&figure.date)).collect();
    let bought = days.iter().min().copied().zip(days.iter().max().copied());
    standing_of(bought, today, rules)
}

/// How a customer stands that has no late bill, by the days of its first and newest order or bill.
#[must_use]
pub fn standing_of(bought: Option<(Date, Date)>, today: Date, rules: &Rules) -> Standing {
    let Some((first, last)) = bought else {
        return Standing::Prospect;
    };
    if days_between(first, today) <= i64::from(rules.new_days) {
        Standing::New
    } else if days_between(last, today) <= i64::from(rules.sleeping_days) {
        Standing::Active
    } else {
        Standing::Sleeping
    }
}

/// How many documents of each kind.
#[must_use]
pub fn counts(figures: &[Figure]) -> Counts {
    let mut counts = Counts::default();
    for figure in figures {
        let count = match figure.kind {
            PaperKind::Offer => &mut counts.offers,
            PaperKind::Order => &mut counts.orders,
            PaperKind::Invoice | PaperKind::CreditNote => &mut counts.invoices,
        };
        *count = count.saturating_add(1);
    }
    counts
}

/// What is not paid of a bill; of a credit note what was not given back, less than zero. Zero of anything else.
#[must_use]
pub fn open(figure: &Figure) -> Amount {
    if !counts_as_bill(figure) {
        return Amount::ZERO;
    }
    match figure.kind {
        PaperKind::CreditNote => billed(figure).plus(magnitude(figure.paid)),
        PaperKind::Invoice | PaperKind::Offer | PaperKind::Order => figure.total.minus(figure.paid),
    }
}

/// How many days a bill is late; `None` where it is not, or nothing is open.
#[must_use]
pub fn overdue_days(figure: &Figure, today: Date) -> Option<u32> {
    if figure.kind != PaperKind::Invoice || open(figure) <= Amount::ZERO {
        return None;
    }
    late_days(day(figure.due.as_deref()?)?, today)
}

/// How many days today is behind the day something was due; `None` where it is not.
#[must_use]
pub fn late_days(due: Date, today: Date) -> Option<u32> {
    let late = days_between(due, today);
    u32::try_from(late).ok().filter(|days| *days > 0)
}

/// A day as the store has it.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn days_between(from: Date, to: Date) -> i64 {
    let span = from.until(to);
    span.map_or(0, |span| i64::from(span.get_days()))
}

pub(crate) fn counts_as_bill(figure: &Figure) -> bool {
    matches!(figure.kind, PaperKind::Invoice | PaperKind::CreditNote) && figure.issued
}

/// What a bill adds; a credit note takes away, whichever sign the ERP writes it with.
pub(crate) fn billed(figure: &Figure) -> Amount {
    if figure.kind == PaperKind::CreditNote {
        Amount::ZERO.minus(magnitude(figure.total))
    } else {
        figure.total
    }
}

fn magnitude(amount: Amount) -> Amount {
    amount.max(Amount::ZERO.minus(amount))
}

#[cfg(test)]
mod tests {
    use kontor_model::Millis;
    use rstest::rstest;

    use super::*;

    /// KIND DATE DUE CURRENCY TOTAL PAID, `-` for none; a kind with `?` is a draft.
    fn figure(words: &str) -> Figure {
        let words: Vec<&str> = words.split(' ').collect();
        let some = |word: &str| (word != "-").then(|| word.to_owned());
        Figure {
            kind: PaperKind::read(words[0].trim_end_matches('?')).unwrap(),
            date: some(words[1]).unwrap_or_default(),
            due: some(words[2]),
            currency: words[3].to_owned(),
            total: words[4].parse().unwrap(),
            paid: words[5].parse().unwrap(),
            issued: !words[0].ends_with('?'),
            seen_at: Millis(0),
        }
    }

    fn figures(lines: &[&str]) -> Vec<Figure> {
        lines.iter().map(|line| figure(line)).collect()
    }

    fn today() -> Date {
        "2026-11-22".parse().unwrap()
    }

    #[rstest]
    #[case::none(&[], "")]
    #[case::half_paid(&["invoice 2026-11-01 2026-12-01 EUR 100.10 40"], "EUR 100.10 60.10 0.00;")]
    #[case::due_today(&["invoice 2026-11-01 2026-11-22 EUR 5 0"], "EUR 5.00 5.00 0.00;")]
    #[case::due_yesterday(&["invoice 2026-11-01 2026-11-21 EUR 5 0"], "EUR 5.00 5.00 5.00;")]
    #[case::no_due_day(&["invoice 2026-11-01 - EUR 5 0"], "EUR 5.00 5.00 0.00;")]
    #[case::credited(&["invoice 2026-11-01 - EUR 50 50", "credit_note 2026-11-02 - EUR 20.50 20.50"], "EUR 29.50 0.00 0.00;")]
    #[case::credited_with_a_sign(&["invoice 2026-11-01 - EUR 50 50", "credit_note 2026-11-02 - EUR -20.50 0"], "EUR 29.50 -20.50 0.00;")]
    #[case::all_zero_is_left_out(&["invoice 2026-11-01 - EUR 50 50", "credit_note 2026-11-02 - EUR 50 50"], "")]
    #[case::paid_back_but_open(&["invoice 2026-11-01 - EUR 50 0", "credit_note 2026-11-02 - EUR 50 50"], "EUR 0.00 50.00 0.00;")]
    #[case::drafts_do_not_count(&["invoice? 2026-11-01 2026-11-02 EUR 5 0"], "")]
    #[case::orders_do_not_count(&["order 2026-11-01 2026-11-02 EUR 5 0", "offer 2026-11-01 2026-11-02 EUR 5 0"], "")]
    #[case::currencies_by_code(&["invoice 2026-11-01 - USD 1 1", "invoice 2026-11-01 - EUR 2 2"], "EUR 2.00 0.00 0.00;USD 1.00 0.00 0.00;")]
    #[case::paid_too_much(&["invoice 2026-01-01 2026-02-01 EUR 5 6"], "EUR 5.00 -1.00 0.00;")]
    fn bills_add_up(#[case] lines: &[&str], #[case] want: &str) {
        let got: String = totals(&figures(lines), today())
            .iter()
            .map(|t| format!("{} {} {} {};", t.currency, t.total, t.open, t.overdue))
            .collect();
        assert_eq!(got, want, "{lines:?}");
    }

    #[test]
    fn a_year_is_what_lies_behind_today() {
        let figures = figures(&[
            "invoice 2025-11-22 - EUR 1000 0",
            "invoice 2025-11-23 - EUR 1 0",
            "invoice 2026-11-22 - EUR 0.1 0",
            "invoice 2026-11-23 - EUR 1000 0",
            "credit_note 2026-01-01 - EUR 0.05 0",
        ]);
        let sums = turnover(&figures, today());
        let shown: Vec<_> = sums.iter().map(|(c, n)| format!("{c} {n}")).collect();
        assert_eq!(shown, ["EUR 1.05"]);
    }

    #[rstest]
    #[case::a("EUR", "10000", Some(Rank::A))]
    #[case::b("EUR", "9999.9999", Some(Rank::B))]
    #[case::c("EUR", "999.99", Some(Rank::C))]
    #[case::nothing("EUR", "0", None)]
    #[case::took_back("EUR", "-5", None)]
    #[case::forints("HUF", "10000", Some(Rank::C))]
    #[case::many_forints("HUF", "4000000", Some(Rank::A))]
    fn ranks_follow_turnover(
        #[case] currency: &str,
        #[case] sum: &str,
        #[case] want: Option<Rank>,
    ) {
        let turnover = [(currency.to_owned(), sum.parse().unwrap())];
        assert_eq!(rank(&turnover, &Rules::default()), want, "{sum} {currency}");
    }

    #[rstest]
    #[case::stranger(&[], Standing::Prospect)]
    #[case::offered(&["offer 2026-11-01 - EUR 5 0"], Standing::Prospect)]
    #[case::first_order(&["order 2026-08-24 - EUR 5 0"], Standing::New)]
    #[case::not_new_any_more(&["order 2026-08-23 - EUR 5 0"], Standing::Active)]
    #[case::a_year_ago(&["order 2025-11-22 - EUR 5 0"], Standing::Active)]
    #[case::long_ago(&["order 2025-11-21 - EUR 5 0"], Standing::Sleeping)]
    #[case::an_offer_wakes_nobody(&["order 2020-01-01 - EUR 5 0", "offer 2026-11-01 - EUR 5 0"], Standing::Sleeping)]
    #[case::late_with_one(&["order 2026-11-01 - EUR 5 0", "invoice 2020-01-01 2020-02-01 EUR 5 4.99"], Standing::Overdue)]
    fn standing_follows_documents(#[case] lines: &[&str], #[case] want: Standing) {
        let got = standing(&figures(lines), today(), &Rules::default());
        assert_eq!(got, want, "{lines:?}");
    }

    #[test]
    fn late_days_are_counted() {
        let late = figure("invoice 2026-10-01 2026-10-31 EUR 5 0");
        assert_eq!(overdue_days(&late, today()), Some(22));
        let order = figure("order 2026-10-01 2026-10-31 EUR 5 0");
        assert_eq!(overdue_days(&order, today()), None, "a promise is no debt");
    }
}
