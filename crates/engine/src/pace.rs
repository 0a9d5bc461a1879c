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
}
