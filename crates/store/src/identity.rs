//! Numbers a message is found by: hashes of its ids, and its place in time.

use kontor_model::{Envelope, Millis};
use sha2::{Digest as _, Sha256};

/// Bits of a search key below the second: up to 64 messages may share one before they spill into the next.
const SUB: u32 = 6;

/// Seconds beyond which dates are clamped (about the year 4147): a Date header may hold any year.
const LAST_SECOND: i64 = (1 << 36) - 1;

const DAY_SECONDS: i64 = 86_400;

/// Returns the first 64 bits of SHA-256: enough that two ids of one profile never meet by chance.
pub(crate) fn hash64(text: &str) -> i64 {
    let hash = Sha256::digest(text.as_bytes());
    let mut first = [0_u8; 8];
    for (to, from) in first.iter_mut().zip(hash) {
        *to = from;
    }
    i64::from_be_bytes(first)
}

/// Returns what a message is recognised by: its Message-ID, else what an envelope has besides.
pub(crate) fn message_key(envelope: &Envelope) -> i64 {
    match &envelope.message_id {
        Some(id) => hash64(id),
        None => {
            let from = envelope.from.first().map_or("", |a| a.address.as_str());
            let date = envelope.date.map_or(0, |d| d.0);
            hash64(&format!("{from}\n{date}\n{}", envelope.subject))
        }
    }
}

/// Returns the first search key of a moment: keys order as dates do.
pub(crate) fn first_doc(date: Millis) -> i64 {
    date.0.div_euclid(1000).clamp(0, LAST_SECOND) << SUB
}

/// Returns the first key after the 64 a second has.
pub(crate) fn end_of_second(doc: i64) -> i64 {
    ((doc >> SUB).saturating_add(1)) << SUB
}

/// Returns the UTC day a key lies in, counted from 1970-01-01.
pub(crate) fn day_of(doc: i64) -> i64 {
    (doc >> SUB).div_euclid(DAY_SECONDS)
}

/// Returns the first key of a day.
pub(crate) fn first_doc_of_day(day: i64) -> i64 {
    day.saturating_mul(DAY_SECONDS) << SUB
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_dates_do_and_absurd_dates_are_clamped() {
        let dates = [i64::MIN, -1, 0, 999, 1000, 1_763_712_000_123, i64::MAX];
        let docs: Vec<i64> = dates.iter().map(|d| first_doc(Millis(*d))).collect();
        assert!(docs.is_sorted(), "{docs:?}");
        assert_eq!(
            docs.first(),
            Some(&0),
            "before 1970 is clamped, never negative"
        );
        assert_eq!(
            day_of(first_doc_of_day(20_000)),
            20_000,
            "days and keys agree"
        );
    }
}
