//! What looks have seen of a document type, and where one stopped: only what was read to its end is told to be fresh.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kontor_metakocka as mk;
use kontor_metakocka::{DocType, Filter, Order, Search};
use serde::{Deserialize, Serialize};

use super::walk::WANTED;

/// So far before the newest change that was taken over: changes may be numbered late.
pub(super) const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// Rows of the page before that are read again: as many may have gone while others came, and the count is the same.
const READ_AGAIN: u64 = 5;

/// What looks have seen of a document type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Looked {
    /// The last one that saw everything it asked for.
    pub(super) covered: Option<Covered>,
    /// One that has not come to its end: the next look goes on with it.
    pub(super) open: Option<Open>,
}

/// What a look that came to its end saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Covered {
    /// When it had begun.
    pub(super) at: Timestamp,
    /// Only documents dated on or after this day; `None`: all.
    pub(super) from: Option<Date>,
}

/// A look that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Open {
    /// When it began.
    pub(super) began: Timestamp,
    /// What it asks for.
    pub(super) asks: Asks,
    /// Rows to leave out on the next page.
    #[serde(default)]
    pub(super) offset: u64,
    /// Rows there are, as last told.
    #[serde(default)]
    pub(super) total: Option<u64>,
    /// The ERP's own time of the newest change it has taken over.
    #[serde(default)]
    pub(super) newest: Option<Timestamp>,
}

/// How changes are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Asks {
    /// What changed since, by the ERP's clock.
    ChangedFrom(Timestamp),
    /// What is dated on or after this day, changed or not.
    DatedFrom(Date),
    /// The newest page, and on while there is something new: says nothing of the others.
    Newest,
}

impl Open {
    pub(super) fn new(began: Timestamp, asks: Asks) -> Self {
        Self {
            began,
            asks,
            offset: 0,
            total: None,
            newest: None,
        }
    }

    /// The next page.
    pub(super) fn search(&self, doc_type: &DocType) -> Search {
        let search = Search::of(doc_type.clone()).show(WANTED).from(self.offset);
        match self.asks {
            Asks::ChangedFrom(at) => search.filter(Filter::ChangedFrom(at)),
            Asks::DatedFrom(day) => search
                .filter(Filter::DateFrom(day))
                .order(Order::NewestFirst),
            Asks::Newest => search.order(Order::NewestFirst),
        }
    }

    /// Takes note of a page; true at the end. Goes back over rows that moved up.
    pub(super) fn read<T>(&mut self, page: &mk::Page<T>) -> bool {
        let Some(next) = page.next_offset() else {
            return true;
        };
        let gone = match (self.total, page.total) {
            (Some(before), Some(now)) => before.saturating_sub(now),
            _ => 0,
        };
        self.total = page.total;
        let again = gone.saturating_add(READ_AGAIN);
        // Never back to where this page began: it would be read for ever.
        self.offset = next
            .saturating_sub(again)
            .max(page.offset.saturating_add(1));
        false
    }

    /// A changed document was taken over.
    pub(super) fn note(&mut self, changed_at: Option<Timestamp>) {
        self.newest = self.newest.max(changed_at);
    }

    /// What is known once the end was reached.
    pub(super) fn covers(&self) -> Option<Covered> {
        let from = match self.asks {
            Asks::ChangedFrom(_) => None,
            Asks::DatedFrom(day) => Some(day),
            Asks::Newest => return None,
        };
        Some(Covered {
            at: self.began,
            from,
        })
    }
}

impl Covered {
    /// What several types together are known to.
    pub(super) fn both(self, other: Self) -> Self {
        Self {
            at: self.at.min(other.at),
            // `None`, all of them, is before any day.
            from: self.from.max(other.from),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Covered, Date, Timestamp};

    #[rstest]
    #[case::all_of_both(None, None, None)]
    #[case::one_of_the_last_weeks(None, Some("2026-09-20"), Some("2026-09-20"))]
    #[case::the_later_day(Some("2026-09-22"), Some("2026-09-20"), Some("2026-09-22"))]
    fn several_types_are_known_as_far_as_the_least_known(
        #[case] one: Option<&str>,
        #[case] other: Option<&str>,
        #[case] both: Option<&str>,
    ) {
        let day = |text: Option<&str>| text.map(|text| text.parse::<Date>().unwrap());
        let at = |second| Timestamp::from_second(second).unwrap();
        let covered = |second, from| Covered {
            at: at(second),
            from: day(from),
        };
        assert_eq!(covered(9, one).both(covered(7, other)), covered(7, both));
        assert_eq!(covered(7, one).both(covered(9, other)), covered(7, both));
    }
}
