//! Sets of UIDs as IMAP writes them: `1:3,5,9` (RFC 3501 §9 `sequence-set`).
//!
//! Written sets ascend: one large provider answers BAD to `1593:1580` (docs/provider-quirks.md).

use std::fmt::Write as _;

/// A command line should stay below 8,192 octets (RFC 7162 §4); this leaves room for everything around the set.
const LONGEST: usize = 7_000;

/// Ranges (both ends included), as read; in the server's order, each with its smaller end first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct UidSet {
    ranges: Vec<(u32, u32)>,
}

impl UidSet {
    /// Reads `1:3,5,9:7`. `*` reads as the largest UID. `None` for anything else, the empty set included.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let mut ranges = Vec::new();
        for part in text.split(|b| *b == b',') {
            let mut ends = part.split(|b| *b == b':');
            let first = uid(ends.next()?)?;
            let last = match ends.next() {
                Some(end) => uid(end)?,
                None => first,
            };
            if ends.next().is_some() {
                return None;
            }
            ranges.push((first.min(last), first.max(last)));
        }
        Some(Self { ranges })
    }

    /// Returns how many UIDs the set names.
    pub(crate) fn count(&self) -> u64 {
        self.ranges
            .iter()
            .map(|(a, b)| u64::from(b.saturating_sub(*a)).saturating_add(1))
            .fold(0, u64::saturating_add)
    }

    /// Returns the UIDs below `end`, ascending and without duplicates.
    ///
    /// The bound is what keeps a hostile `1:4294967295` from filling the memory: pass the largest UID that can matter.
    pub(crate) fn below(&self, end: u32) -> Vec<u32> {
        let mut out: Vec<u32> = Vec::new();
        for (first, last) in self.merged() {
            out.extend(first..end.min(last.saturating_add(1)).max(first));
        }
        out
    }

    /// Returns how many UIDs below `end` the set names.
    pub(crate) fn count_below(&self, end: u32) -> u64 {
        self.merged()
            .into_iter()
            .map(|(first, last)| u64::from(end.min(last.saturating_add(1)).saturating_sub(first)))
            .fold(0, u64::saturating_add)
    }

    /// Returns those of `known` (ascending) that the set names.
    pub(crate) fn intersect(&self, known: &[u32]) -> Vec<u32> {
        let mut out = Vec::new();
        for (first, last) in self.merged() {
            let from = known.partition_point(|u| *u < first);
            let to = known.partition_point(|u| *u <= last);
            out.extend_from_slice(known.get(from..to).unwrap_or_default());
        }
        out
    }

    /// Returns the UIDs in the order the server gave them, at most `limit`: COPYUID pairs its two sets by position.
    pub(crate) fn in_order(&self, limit: usize) -> Vec<u32> {
        self.ranges
            .iter()
            .flat_map(|(a, b)| *a..=*b)
            .take(limit)
            .collect()
    }

    fn merged(&self) -> Vec<(u32, u32)> {
        let mut ranges = self.ranges.clone();
        ranges.sort_unstable();
        let mut out: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match out.last_mut() {
                Some(open) if first <= open.1.saturating_add(1) => open.1 = open.1.max(last),
                _ => out.push((first, last)),
            }
        }
        out
    }
}

fn uid(text: &[u8]) -> Option<u32> {
    if text == b"*" {
        return Some(u32::MAX);
    }
    u32::try_from(crate::scan::number(text)?).ok()
}

/// Writes UIDs (any order, duplicates allowed) as sets that each fit a command line; runs become ranges.
pub(crate) fn sets(uids: &[u32]) -> Vec<String> {
    let mut sorted = uids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut out: Vec<String> = Vec::new();
    let mut set = String::new();
    for (first, last) in runs(&sorted) {
        if set.len() > LONGEST {
            out.push(std::mem::take(&mut set));
        }
        if !set.is_empty() {
            set.push(',');
        }
        // Writing to a String cannot fail.
        let _ = if first == last {
            write!(set, "{first}")
        } else {
            write!(set, "{first}:{last}")
        };
    }
    if !set.is_empty() {
        out.push(set);
    }
    out
}

fn runs(sorted: &[u32]) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for uid in sorted {
        match out.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*uid) => *last = *uid,
            _ => out.push((*uid, *uid)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::single("7", Some(vec![7]))]
    #[case::range_and_single("41,43:45", Some(vec![41, 43, 44, 45]))]
    #[case::descending("9:7", Some(vec![7, 8, 9]))]
    #[case::overlapping("1:3,2:4", Some(vec![1, 2, 3, 4]))]
    #[case::empty("", None)]
    #[case::word("NIL", None)]
    #[case::three_ends("1:2:3", None)]
    #[case::too_large("4294967296", None)]
    fn reads(#[case] text: &str, #[case] want: Option<Vec<u32>>) {
        let got = UidSet::parse(text.as_bytes()).map(|s| s.below(1000));
        assert_eq!(got, want, "{text:?}");
    }

    #[test]
    fn a_set_of_everything_costs_nothing() {
        let all = UidSet::parse(b"1:*").expect("a set");
        assert_eq!(
            all.below(4),
            vec![1, 2, 3],
            "only what can matter is spelled out"
        );
        assert_eq!(all.intersect(&[5, 9]), vec![5, 9]);
        assert_eq!(all.count(), 4_294_967_295);
        assert_eq!((all.count_below(4), all.count_below(0)), (3, 0));
        assert_eq!(all.in_order(2), vec![1, 2]);
    }

    #[test]
    fn written_sets_ascend_and_fit_a_command_line() {
        assert_eq!(sets(&[5, 3, 2, 1, 9, 9]), vec!["1:3,5,9"]);
        assert!(sets(&[]).is_empty(), "an empty set cannot be written");
        let odd: Vec<u32> = (0..20_000).map(|n| n * 2 + 1_000_000_000).collect();
        let written = sets(&odd);
        assert!(written.iter().all(|s| s.len() < 8_000), "RFC 7162 §4");
        let read: Vec<u32> = written
            .iter()
            .flat_map(|s| {
                UidSet::parse(s.as_bytes())
                    .expect("our own set")
                    .below(u32::MAX)
            })
            .collect();
        assert_eq!(read, odd, "nothing is lost in splitting");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(mut uids in proptest::collection::vec(1u32..5_000_000, 0..300)) {
            let read: Vec<u32> = sets(&uids).iter()
                .flat_map(|s| UidSet::parse(s.as_bytes()).expect("our own set").below(u32::MAX)).collect();
            uids.sort_unstable();
            uids.dedup();
            prop_assert_eq!(read, uids);
        }

        #[test]
        fn no_bytes_panic(raw: Vec<u8>) {
            if let Some(set) = UidSet::parse(&raw) { set.below(1000); set.in_order(10); set.intersect(&[1, 2, 3]); }
        }
    }
}
