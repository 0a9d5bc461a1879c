//! Until when facts are known to be true. Nothing is shown younger than it is.

use kontor_model::Millis;
use kontor_store::{Figure, PaperKind};
use serde::Serialize;

/// Until when all facts of a kind are known to be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// Which: bills and credit notes are one.
    pub kind: Kind,
    /// When all changes of it were last taken over.
    pub at: Millis,
    /// Only of those dated on or after this day (YYYY-MM-DD); `None`: of all.
    pub from: Option<String>,
}

/// Kinds of facts that are looked for apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Who customers are.
    Customer,
    /// Offers.
    Offer,
    /// Orders.
    Order,
    /// Bills and credit notes.
    Invoice,
}

impl From<PaperKind> for Kind {
    fn from(kind: PaperKind) -> Self {
        match kind {
            PaperKind::Offer => Self::Offer,
            PaperKind::Order => Self::Order,
            PaperKind::Invoice | PaperKind::CreditNote => Self::Invoice,
        }
    }
}

/// How much of an age is worth a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Staleness {
    /// At most 26 hours: what the server looks through at night was looked at.
    #[default]
    Fresh,
    /// At most a week.
    Old,
    /// Older: nobody should rely on it.
    VeryOld,
}

/// A day, and the two hours a night's look may take.
const FRESH: i64 = 26 * 3_600_000;
const WEEK: i64 = 7 * 24 * 3_600_000;

impl Staleness {
    /// Returns the stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Old => "old",
            Self::VeryOld => "very_old",
        }
    }
}

/// How stale something is that was last seen true at `as_of`.
#[must_use]
pub fn staleness(as_of: Millis, now: Millis) -> Staleness {
    let age = now.0.saturating_sub(as_of.0);
    if age <= FRESH {
        Staleness::Fresh
    } else if age <= WEEK {
        Staleness::Old
    } else {
        Staleness::VeryOld
    }
}

/// When a document was last known to be as it is here.
#[must_use]
pub fn of_document(figure: &Figure, fresh: &[Fresh]) -> Millis {
    let kind = Kind::from(figure.kind);
    let covered = fresh.iter().filter(|f| {
        // A document without a day is only covered by a look at all.
        let reaches = |from: &String| !figure.date.is_empty() && figure.date >= *from;
        f.kind == kind && f.from.as_ref().is_none_or(reaches)
    });
    covered.map(|f| f.at).fold(figure.seen_at, Millis::max)
}

/// When a customer's card was last known to be as it is here.
#[must_use]
pub fn of_card(seen_at: Millis, fresh: &[Fresh]) -> Millis {
    let all = fresh
        .iter()
        .filter(|f| f.kind == Kind::Customer && f.from.is_none());
    all.map(|f| f.at).fold(seen_at, Millis::max)
}

#[cfg(test)]
mod tests {
    use kontor_model::Amount;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::seen_later("2026-11-01", 900, 900)]
    #[case::covered("2026-11-01", 10, 500)]
    #[case::too_old_to_be_covered("2026-01-01", 10, 100)]
    #[case::no_day("", 10, 100)]
    fn the_later_of_both_counts(#[case] date: &str, #[case] seen: i64, #[case] want: i64) {
        let figure = Figure {
            kind: PaperKind::CreditNote,
            date: date.to_owned(),
            due: None,
            currency: "EUR".to_owned(),
            total: Amount::ZERO,
            paid: Amount::ZERO,
            issued: true,
            seen_at: Millis(seen),
        };
        let fresh = |kind, at, from: Option<&str>| Fresh {
            kind,
            at: Millis(at),
            from: from.map(str::to_owned),
        };
        let fresh = [
            fresh(Kind::Invoice, 500, Some("2026-10-01")),
            fresh(Kind::Invoice, 100, None),
            fresh(Kind::Order, 999, None),
        ];
        assert_eq!(of_document(&figure, &fresh), Millis(want), "{date}");
    }

    #[rstest]
    #[case::now(0, Staleness::Fresh)]
    #[case::ahead(-5, Staleness::Fresh)]
    #[case::yesterday(25, Staleness::Fresh)]
    #[case::days(27, Staleness::Old)]
    #[case::a_week(7 * 24, Staleness::Old)]
    #[case::longer(7 * 24 + 1, Staleness::VeryOld)]
    fn ages_have_words(#[case] hours: i64, #[case] want: Staleness) {
        let now = Millis(1_800_000_000_000);
        let as_of = Millis(now.0.saturating_sub(hours.saturating_mul(3_600_000)));
        assert_eq!(staleness(as_of, now), want, "{hours} hours");
    }
}
