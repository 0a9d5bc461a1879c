//! What a mirror must know after a new start. Kept with the facts, in one transaction with every page.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A full look begins when the last one is so old: at night where that comes first.
const SWEEP_AFTER: SignedDuration = SignedDuration::from_hours(26);
/// In the night a sweep is due when the last one is so old.
const SWEEP_AT_NIGHT_AFTER: SignedDuration = SignedDuration::from_hours(12);
/// The hours of the night in the ERP's country.
const NIGHT: std::ops::Range<i8> = 1..5;
/// Where its night is.
const COUNTRY: &str = "Europe/Ljubljana";

/// How far a mirror has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memo {
    /// The walk over everything that is under way, or the last one.
    pub(super) walk: Walk,
    /// When the last whole walk had begun.
    pub(super) swept: Option<Timestamp>,
    /// When the last look for changes had begun.
    pub(super) looked: Option<Timestamp>,
    /// The ERP's own time of the newest change that was seen, by document type: its clock is not ours.
    pub(super) newest: BTreeMap<String, Timestamp>,
    /// Rows sweeps found other than looks had left them.
    pub(super) drift: u64,
}

/// A walk over all documents, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Walk {
    /// 0 before the first.
    pub(super) number: u64,
    /// When it began.
    pub(super) began: Option<Timestamp>,
    /// How far each document type was read.
    pub(super) reads: BTreeMap<String, Reading>,
    /// What was not met on the way was looked at, too.
    pub(super) whole: bool,
}

/// How far one document type was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Reading {
    /// Documents that were read.
    pub(super) offset: u64,
    /// Documents there are, as last told.
    pub(super) total: u64,
    /// The end was reached.
    pub(super) done: bool,
}

impl Memo {
    /// What stands there; a new beginning where it cannot be read, which costs calls and loses nothing.
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub(super) fn to_text(&self) -> String {
        // Numbers, times and words only.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// True until everything was read once.
    pub(super) fn is_first(&self) -> bool {
        self.swept.is_none()
    }

    /// Whether everything is to be walked over again.
    pub(super) fn is_sweep_due(&self, now: Timestamp) -> bool {
        let Some(swept) = self.swept else {
            return false;
        };
        let age = now.duration_since(swept);
        let hour = now.in_tz(COUNTRY).map(|zoned| zoned.hour());
        let is_night = hour.is_ok_and(|hour| NIGHT.contains(&hour));
        age >= SWEEP_AFTER || (is_night && age >= SWEEP_AT_NIGHT_AFTER)
    }

    /// Begins a walk over these document types.
    pub(super) fn begin_walk(&mut self, types: &[&str], now: Timestamp) {
        let reads = types.iter().map(|t| ((*t).to_owned(), Reading::default()));
        self.walk = Walk {
            number: self.walk.number.saturating_add(1),
            began: Some(now),
            reads: reads.collect(),
            whole: false,
        };
    }

    /// Ends it: all that was there when it began is here.
    pub(super) fn end_walk(&mut self) {
        self.walk.whole = true;
        self.swept = self.walk.began;
    }
}

impl Walk {
    /// The document type to read next: the one that is least far, so that the newest of each comes first.
    pub(super) fn next(&self) -> Option<(String, u64)> {
        let open = self.reads.iter().filter(|(_, read)| !read.done);
        open.min_by_key(|(_, read)| read.offset)
            .map(|(doc_type, read)| (doc_type.clone(), read.offset))
    }

    /// A page of a type was read.
    pub(super) fn read(&mut self, doc_type: &str, rows: u64, limit: u64, total: Option<u64>) {
        let read = self.reads.entry(doc_type.to_owned()).or_default();
        read.offset = read.offset.saturating_add(rows);
        // Where no total is told the end is a page that is not full.
        read.done = match total {
            Some(total) => rows == 0 || read.offset >= total,
            None => rows < limit,
        };
        read.total = total.unwrap_or(read.offset).max(read.offset);
    }

    /// Documents read and documents there are.
    pub(super) fn progress(&self) -> (u64, u64) {
        let add = |sum: (u64, u64), read: &Reading| {
            (
                sum.0.saturating_add(read.offset),
                sum.1.saturating_add(read.total),
            )
        };
        self.reads.values().fold((0, 0), add)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Memo, Walk};

    fn at(text: &str) -> jiff::Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_newest_of_each_type_is_read_first() {
        let mut memo = Memo::default();
        memo.begin_walk(&["offer", "order"], at("2026-11-19T09:00:00Z"));
        let mut seen = Vec::new();
        while let Some((doc_type, offset)) = memo.walk.next() {
            let total = if doc_type == "offer" { 150 } else { 250 };
            let rows = (total - offset).min(100);
            memo.walk.read(&doc_type, rows, 100, Some(total));
            seen.push(format!("{doc_type} {offset}"));
        }
        assert_eq!(
            seen,
            ["offer 0", "order 0", "offer 100", "order 100", "order 200"]
        );
        assert_eq!(memo.walk.progress(), (400, 400));
        memo.end_walk();
        assert!(!memo.is_first(), "all was read once");
    }

    #[rstest]
    #[case::no_total_and_full(100, None, false)]
    #[case::no_total_and_short(99, None, true)]
    #[case::total_not_reached(100, Some(101), false)]
    #[case::total_reached(100, Some(100), true)]
    #[case::total_shrank(100, Some(40), true)]
    #[case::nothing_more_though_told(0, Some(400), true)]
    fn a_type_is_done_at_its_end(
        #[case] rows: u64,
        #[case] total: Option<u64>,
        #[case] done: bool,
    ) {
        let mut walk = Walk::default();
        walk.read("order", rows, 100, total);
        assert_eq!(walk.reads["order"].done, done);
    }

    #[rstest]
    #[case::never_read(None, "2026-11-20T02:00:00Z", false)]
    #[case::same_day(Some("2026-11-19T09:00:00Z"), "2026-11-19T20:00:00Z", false)]
    #[case::night(Some("2026-11-19T09:00:00Z"), "2026-11-20T01:30:00Z", true)]
    #[case::twice_a_night(Some("2026-11-20T00:30:00Z"), "2026-11-20T03:30:00Z", false)]
    #[case::was_off_at_night(Some("2026-11-19T09:00:00Z"), "2026-11-20T12:00:00Z", true)]
    fn everything_is_looked_at_once_a_night(
        #[case] swept: Option<&str>,
        #[case] now: &str,
        #[case] want: bool,
    ) {
        let memo = Memo {
            swept: swept.map(at),
            ..Memo::default()
        };
        assert_eq!(memo.is_sweep_due(at(now)), want);
    }

    #[test]
    fn a_memo_is_read_as_it_was_written() {
        let mut memo = Memo::default();
        memo.begin_walk(&["order"], at("2026-11-19T09:00:00Z"));
        memo.walk.read("order", 100, 100, Some(250));
        assert_eq!(Memo::read(&memo.to_text()), memo);
        assert_eq!(Memo::read("half a m"), Memo::default(), "a new beginning");
    }
}
