//! The newest events of an organisation, serialised once for all desks.

use std::collections::VecDeque;
use std::sync::Arc;

/// Most events kept. A desk that is further behind reads the storage.
const MAX_EVENTS: usize = 1024;
/// Most bytes kept; one event more than this is still kept alone.
const MAX_BYTES: usize = 4 << 20;

/// Events without gaps, up to and with the head.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    head: u64,
    begun: bool,
    bytes: usize,
    events: VecDeque<Arc<str>>,
}

/// What comes after a cursor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// The cursor is at the head.
    Nothing,
    /// JSON of the next events, in order.
    Events(Vec<Arc<str>>),
    /// Not here any more: ask the storage.
    TooOld,
}

impl Ring {
    /// The last event that was announced.
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// Whether the head is known yet.
    pub(crate) fn is_begun(&self) -> bool {
        self.begun
    }

    /// Takes the next event. False when it is not the next one: then something is missing in between.
    #[must_use]
    pub(crate) fn push(&mut self, seq: u64, json: Arc<str>) -> bool {
        if seq != self.head.saturating_add(1) {
            return seq <= self.head;
        }
        self.head = seq;
        self.bytes = self.bytes.saturating_add(json.len());
        self.events.push_back(json);
        while self.events.len() > MAX_EVENTS || (self.bytes > MAX_BYTES && self.events.len() > 1) {
            let gone = self.events.pop_front().map_or(0, |json| json.len());
            self.bytes = self.bytes.saturating_sub(gone);
        }
        true
    }

    /// Goes on from `head` with nothing kept.
    pub(crate) fn jump(&mut self, head: u64) {
        self.begun = true;
        self.head = self.head.max(head);
        self.forget();
    }

    /// Lets go of the memory; the storage has everything.
    pub(crate) fn forget(&mut self) {
        self.events = VecDeque::new();
        self.bytes = 0;
    }

    /// Whether catching up to `head` event by event is worth it.
    pub(crate) fn is_near(&self, head: u64) -> bool {
        self.begun && head.saturating_sub(self.head) <= MAX_EVENTS as u64
    }

    /// The next events after a cursor: at most `most`, and about `bytes` of them, but one at least.
    pub(crate) fn after(&self, cursor: u64, most: usize, bytes: usize) -> After {
        let Some(missing) = self.head.checked_sub(cursor).filter(|n| *n > 0) else {
            return After::Nothing;
        };
        let skipped = usize::try_from(missing)
            .ok()
            .and_then(|missing| self.events.len().checked_sub(missing));
        let Some(skipped) = skipped else {
            return After::TooOld;
        };
        let mut size = 0_usize;
        let fits = |json: &&Arc<str>| {
            let first = size == 0;
            size = size.saturating_add(json.len());
            first || size <= bytes
        };
        After::Events(
            self.events
                .iter()
                .skip(skipped)
                .take(most)
                .take_while(fits)
                .cloned()
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::arithmetic_side_effects,
        reason = "small numbers, seen to by the tests"
    )]
    use rstest::rstest;

    use super::{After, MAX_BYTES, MAX_EVENTS, Ring};

    fn ring(from: u64, to: u64) -> Ring {
        let mut ring = Ring::default();
        ring.jump(from);
        for seq in from + 1..=to {
            assert!(ring.push(seq, seq.to_string().into()), "{seq} is the next");
        }
        ring
    }

    #[rstest]
    #[case::at_the_head(10, &[])]
    #[case::ahead(11, &[])]
    #[case::one_behind(9, &["10"])]
    #[case::from_the_start_of_the_ring(5, &["6", "7", "8"])]
    fn a_cursor_gets_what_follows(#[case] cursor: u64, #[case] want: &[&str]) {
        let found = match ring(5, 10).after(cursor, 3, 100) {
            After::Events(events) => events,
            After::Nothing => Vec::new(),
            After::TooOld => panic!("{cursor} is in the ring"),
        };
        let found: Vec<&str> = found.iter().map(|e| &**e).collect();
        assert_eq!(found, want, "after {cursor}");
    }

    #[test]
    fn a_gap_and_the_past_are_told() {
        let mut ring = ring(5, 10);
        assert_eq!(
            ring.after(4, 3, 100),
            After::TooOld,
            "4 came before the ring"
        );
        assert!(!ring.push(12, "12".into()), "11 is missing");
        assert!(ring.push(7, "again".into()), "what was there does no harm");
        assert_eq!(ring.head(), 10);
    }

    #[test]
    fn memory_is_bounded() {
        let mut many = ring(0, MAX_EVENTS as u64 + 5);
        assert_eq!(many.events.len(), MAX_EVENTS, "by count");
        let big: std::sync::Arc<str> = "x".repeat(MAX_BYTES).into();
        for seq in many.head() + 1..many.head() + 4 {
            assert!(many.push(seq, big.clone()));
        }
        assert_eq!(many.events.len(), 1, "by bytes, but one stays");
        assert!(matches!(many.after(many.head() - 1, 9, 1), After::Events(e) if e.len() == 1));
    }
}
