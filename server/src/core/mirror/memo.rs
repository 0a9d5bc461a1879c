//! What a mirror must know after a new start. Kept with the facts, in one transaction with every page.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::looked::Looked;

/// How far a mirror has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memo {
    /// The walk over everything that is under way, or the last one.
    pub(super) walk: Walk,
    /// When the last whole walk had begun.
    pub(super) swept: Option<Timestamp>,
    /// When the last walk that read a document type to its end had begun, by type.
    pub(super) read_whole: BTreeMap<String, Timestamp>,
    /// When the last look for changes had begun, whatever it could see.
    pub(super) looked: Option<Timestamp>,
    /// What looks have seen, by document type.
    pub(super) looks: BTreeMap<String, Looked>,
    /// The ERP's own time of the newest change that was taken over, by document type: its clock is not ours.
    pub(super) newest: BTreeMap<String, Timestamp>,
    /// When the ERP's clock was last heard, by ours.
    pub(super) heard: Option<Timestamp>,
    /// What the ERP says about document types (and [`PRODUCTS`](super::goods::PRODUCTS)) it refuses to show.
    pub(super) refused: BTreeMap<String, String>,
    /// When the customer whose card was not asked for longest was asked for.
    pub(super) cards: Option<Timestamp>,
    /// The round over all products.
    pub(super) goods: Round,
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
    /// The end was reached, or cannot be.
    pub(super) done: bool,
    /// The ERP refused it on the way.
    pub(super) refused: bool,
}

/// A round over all products.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Round {
    /// 0 before the first.
    pub(super) number: u64,
    /// When it began.
    pub(super) began: Option<Timestamp>,
    /// Products that were read.
    pub(super) offset: u64,
    /// The end of the list was reached.
    pub(super) read: bool,
    /// What was not met was looked for, too.
    pub(super) whole: bool,
    /// When the last whole one had begun.
    pub(super) swept: Option<Timestamp>,
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

    /// Ends it: all that was there when it began, of the types that could be read, is here.
    pub(super) fn end_walk(&mut self) {
        self.walk.whole = true;
        self.swept = self.walk.began;
        let Some(began) = self.walk.began else {
            return;
        };
        let read = self.walk.reads.iter().filter(|(_, read)| !read.refused);
        self.read_whole
            .extend(read.map(|(doc_type, _)| (doc_type.clone(), began)));
    }

    /// The ERP refuses to show a type: what is here of it gets no younger.
    pub(super) fn refuse(&mut self, word: &str, message: &str) {
        self.refused.insert(word.to_owned(), message.to_owned());
    }

    /// It does show it.
    pub(super) fn admit(&mut self, word: &str) {
        self.refused.remove(word);
    }
}

impl Round {
    /// Begins another one.
    pub(super) fn begin(&mut self, now: Timestamp) {
        *self = Self {
            number: self.number.saturating_add(1),
            began: Some(now),
            swept: self.swept,
            ..Self::default()
        };
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
        let end = read.offset.saturating_add(rows);
        // Where no total is told the end is a page that is not full.
        read.done = match total {
            Some(total) => rows == 0 || end >= total,
            None => rows < limit,
        };
        // What went away meanwhile made the rest move up: some of it stands where was read already.
        let gone = total.map_or(0, |total| read.total.saturating_sub(total));
        read.offset = if read.done {
            end
        } else {
            end.saturating_sub(gone)
        };
        read.total = total.unwrap_or(read.offset).max(read.offset);
    }

    /// A type cannot be read.
    pub(super) fn skip(&mut self, doc_type: &str) {
        let read = self.reads.entry(doc_type.to_owned()).or_default();
        (read.done, read.refused) = (true, true);
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
    #[case::nothing_went(250, 100, 200)]
    #[case::some_went(247, 100, 197)]
    #[case::some_came(260, 100, 200)]
    #[case::more_went_than_was_read(20, 0, 100)]
    fn a_walk_goes_back_for_what_moved_up(
        #[case] total: u64,
        #[case] rows: u64,
        #[case] offset: u64,
    ) {
        let mut walk = Walk::default();
        walk.read("order", 100, 100, Some(250));
        walk.read("order", rows, 100, Some(total));
        assert_eq!(walk.reads["order"].offset, offset);
    }

    #[test]
    fn what_was_refused_was_not_read() {
        let mut memo = Memo::default();
        memo.begin_walk(&["offer", "order"], at("2026-11-19T09:00:00Z"));
        memo.walk.read("order", 0, 100, Some(0));
        memo.walk.skip("offer");
        assert_eq!(memo.walk.next(), None);
        memo.end_walk();
        let whole: Vec<&String> = memo.read_whole.keys().collect();
        assert_eq!(whole, ["order"]);
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
