//! How fast bodies come, so that "3 min left" is measured and not promised.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kontor_model::AccountId;
use tokio::time::Instant;

/// The pace of the last half minute counts: a line gets slower and faster.
const WINDOW: Duration = Duration::from_secs(30);

/// Shorter than this, a pace is a guess.
const LEAST: Duration = Duration::from_secs(2);

/// What came when, per account; in memory, because a pace of yesterday says nothing.
#[derive(Debug, Default)]
pub(crate) struct Paces(Mutex<BTreeMap<AccountId, VecDeque<(Instant, u64)>>>);

impl Paces {
    /// Notes that so many bodies came (0 to say that it begins).
    pub(crate) fn note(&self, account: AccountId, bodies: u64) {
        self.note_at(account, bodies, Instant::now());
    }

    /// Forgets an account's pace: nothing is coming any more.
    pub(crate) fn end(&self, account: AccountId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&account);
    }

    /// True while bodies are coming, for any account.
    pub(crate) fn any(&self) -> bool {
        self.any_at(Instant::now())
    }

    /// Returns how many seconds `left` bodies take at the present pace; `None` where there is none to tell by.
    pub(crate) fn seconds_for(&self, account: AccountId, left: u64) -> Option<u32> {
        self.seconds_at(account, left, Instant::now())
    }

    fn note_at(&self, account: AccountId, bodies: u64, now: Instant) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = all.entry(account).or_default();
        while let Some((at, _)) = noted.front()
            && now.duration_since(*at) > WINDOW
        {
            noted.pop_front();
        }
        noted.push_back((now, bodies));
        drop(all);
    }

    fn any_at(&self, now: Instant) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = |(at, _): &(Instant, u64)| now.duration_since(*at) <= WINDOW;
        all.values().any(|noted| noted.back().is_some_and(lately))
    }

    fn seconds_at(&self, account: AccountId, left: u64, now: Instant) -> Option<u32> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = all.get(&account)?;
        // The first note opens the window; what it counts came before.
        let (begun, _) = noted.front()?;
        let took = now.duration_since(*begun);
        let came: u64 = noted.iter().skip(1).map(|(_, n)| n).sum();
        drop(all);
        if left == 0 || came == 0 || took < LEAST {
            return None;
        }
        let ms = u128::from(left)
            .saturating_mul(took.as_millis())
            .checked_div(u128::from(came))?;
        u32::try_from(ms.div_ceil(1000)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: AccountId = AccountId(1);

    fn at(begun: Instant, seconds: u64) -> Instant {
        begun.checked_add(Duration::from_secs(seconds)).unwrap()
    }

    #[test]
    fn tells_by_what_came_lately() {
        let (paces, begun) = (Paces::default(), Instant::now());
        let left = |paces: &Paces, n, seconds| paces.seconds_at(ME, n, at(begun, seconds));
        assert_eq!(left(&paces, 100, 0), None, "nothing is coming yet");
        paces.note_at(ME, 0, begun);
        paces.note_at(ME, 50, at(begun, 1));
        assert_eq!(left(&paces, 100, 1), None, "one second tells nothing");
        paces.note_at(ME, 50, at(begun, 5));
        assert_eq!(left(&paces, 100, 5), Some(5), "100 in 5 s");
        assert_eq!(
            left(&paces, 100, 10),
            Some(10),
            "a line that stalls takes longer"
        );
        assert_eq!(left(&paces, 0, 5), None, "nothing is left");
        for second in 40..=60 {
            paces.note_at(ME, 1, at(begun, second));
        }
        assert_eq!(
            left(&paces, 60, 60),
            Some(60),
            "what came a minute ago does not count"
        );
        paces.end(ME);
        assert_eq!(left(&paces, 100, 60), None, "it is over");
    }

    #[test]
    fn what_does_not_come_any_more_is_told() {
        let (paces, begun) = (Paces::default(), Instant::now());
        assert!(!paces.any_at(begun));
        paces.note_at(ME, 0, begun);
        assert!(paces.any_at(at(begun, 30)));
        assert!(!paces.any_at(at(begun, 31)), "the line went");
        paces.note_at(ME, 5, at(begun, 40));
        assert!(paces.any_at(at(begun, 41)));
        paces.end(ME);
        assert!(!paces.any_at(at(begun, 41)), "all is here");
    }
}
