//! How long to wait before the next try.

use std::time::Duration;

/// Pauses that double from `first` to `most`, each spread by ±25 % so that many desks do not knock at the same time.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    most: Duration,
    tries: u32,
    seed: u64,
}

impl Backoff {
    /// For a line that broke: 1 s to 2 min.
    pub(crate) fn for_lines(seed: u64) -> Self {
        Self {
            first: Duration::from_secs(1),
            most: Duration::from_secs(120),
            tries: 0,
            seed: seed | 1,
        }
    }

    /// For the line to the team: 0.25 s to 5 s. Colleagues wait for each other's words.
    pub(crate) fn for_desks(seed: u64) -> Self {
        Self {
            first: Duration::from_millis(250),
            most: Duration::from_secs(5),
            tries: 0,
            seed: seed | 1,
        }
    }

    /// For a server that asks for a pause: 5 s to 15 min (facts: provider limits).
    pub(crate) fn for_busy(seed: u64) -> Self {
        Self {
            first: Duration::from_secs(5),
            most: Duration::from_secs(900),
            tries: 0,
            seed: seed | 1,
        }
    }

    /// Starts over after a success.
    pub(crate) fn reset(&mut self) {
        self.tries = 0;
    }

    /// Returns the next pause.
    pub(crate) fn next(&mut self) -> Duration {
        let factor = 1u32.checked_shl(self.tries.min(16)).unwrap_or(u32::MAX);
        let base = self.first.saturating_mul(factor).min(self.most);
        self.tries = self.tries.saturating_add(1);
        // xorshift64: spread is all that is asked of it.
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        let spread = 75u32.saturating_add(u32::try_from(self.seed % 51).unwrap_or(25));
        base.saturating_mul(spread).checked_div(100).unwrap_or(base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_cap_and_spreads() {
        let mut backoff = Backoff::for_lines(42);
        let pauses: Vec<f64> = (0..12).map(|_| backoff.next().as_secs_f64()).collect();
        for (n, pause) in pauses.iter().enumerate() {
            let base = (1u64 << n).min(120) as f64;
            assert!(
                (base * 0.74..=base * 1.27).contains(pause),
                "try {n} waits about {base} s, not {pause}"
            );
        }
        backoff.reset();
        assert!(backoff.next().as_secs_f64() < 1.3, "a success starts over");
    }

    #[test]
    fn two_desks_do_not_knock_together() {
        assert_ne!(Backoff::for_lines(1).next(), Backoff::for_lines(77).next());
    }
}
