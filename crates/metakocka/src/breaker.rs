//! Leaves a service alone that fails and fails.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::config::BreakerConfig;

/// What the circuit breaker does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls go out.
    Closed,
    /// Nothing goes out until then.
    Open {
        /// When one call may try whether the service is back.
        until: Instant,
    },
    /// That one call is out.
    Probing,
}

/// The breaker. Decides by the moments it is told; the only state is in here.
#[derive(Debug)]
pub(crate) struct Breaker {
    config: BreakerConfig,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: BreakerState,
    failures: u32,
    rest: Duration,
}

/// The right to make one attempt. Dropped without a word, as when a call is cancelled, it leaves everything as it was, and
/// a probe may be made by another.
#[derive(Debug)]
pub(crate) struct Attempt<'b> {
    breaker: &'b Breaker,
    probe: bool,
    settled: bool,
}

impl Breaker {
    pub(crate) fn new(config: BreakerConfig) -> Self {
        Self {
            config,
            inner: Mutex::new(Inner {
                state: BreakerState::Closed,
                failures: 0,
                rest: config.first,
            }),
        }
    }

    pub(crate) fn state(&self) -> BreakerState {
        self.inner().state
    }

    /// Lets an attempt out, or says how long to wait.
    pub(crate) fn admit(&self, now: Instant) -> Result<Attempt<'_>, Duration> {
        let mut inner = self.inner();
        let probe = match inner.state {
            BreakerState::Closed => false,
            BreakerState::Open { until } if now >= until => {
                inner.state = BreakerState::Probing;
                true
            }
            BreakerState::Open { until } => return Err(until.saturating_duration_since(now)),
            BreakerState::Probing => return Err(inner.rest),
        };
        drop(inner);
        Ok(Attempt {
            breaker: self,
            probe,
            settled: false,
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A poisoned lock only means that another thread stopped between two looks; the state is whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// The service answered, if only to refuse.
    pub(crate) fn answered(mut self) {
        self.settled = true;
        let mut inner = self.breaker.inner();
        inner.state = BreakerState::Closed;
        inner.failures = 0;
        inner.rest = self.breaker.config.first;
    }

    /// The service failed.
    pub(crate) fn failed(mut self, now: Instant) {
        self.settled = true;
        let config = self.breaker.config;
        let mut inner = self.breaker.inner();
        inner.failures = inner.failures.saturating_add(1);
        if self.probe {
            inner.rest = inner.rest.saturating_mul(2).min(config.longest);
        }
        let closed = inner.state == BreakerState::Closed;
        if self.probe || (closed && inner.failures >= config.failures) {
            let until = now.checked_add(inner.rest).unwrap_or(now);
            inner.state = BreakerState::Open { until };
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.probe && !self.settled {
            let mut inner = self.breaker.inner();
            inner.state = BreakerState::Open {
                until: Instant::now(),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Breaker, BreakerState};
    use crate::config::BreakerConfig;

    const CONFIG: BreakerConfig = BreakerConfig {
        failures: 3,
        first: Duration::from_secs(10),
        longest: Duration::from_secs(30),
    };

    fn fail(breaker: &Breaker, now: Instant) {
        breaker.admit(now).expect("let out").failed(now);
    }

    fn after(from: Instant, seconds: u64) -> Instant {
        from.checked_add(Duration::from_secs(seconds))
            .expect("soon")
    }

    #[tokio::test]
    async fn it_opens_after_failures_in_a_row_only() {
        let (breaker, now) = (Breaker::new(CONFIG), Instant::now());
        fail(&breaker, now);
        fail(&breaker, now);
        breaker.admit(now).expect("let out").answered();
        fail(&breaker, now);
        fail(&breaker, now);
        assert_eq!(
            breaker.state(),
            BreakerState::Closed,
            "an answer came between"
        );
        fail(&breaker, now);
        let until = after(now, 10);
        assert_eq!(breaker.state(), BreakerState::Open { until });
        assert_eq!(
            breaker.admit(after(now, 4)).expect_err("open"),
            Duration::from_secs(6),
            "it says how long"
        );
    }

    #[tokio::test]
    async fn one_probe_goes_out_and_rests_grow_to_their_bound() {
        let (breaker, mut now) = (Breaker::new(CONFIG), Instant::now());
        for _ in 0..3 {
            fail(&breaker, now);
        }
        for (rested, next) in [(10, 20), (20, 30), (30, 30)] {
            now = after(now, rested);
            let probe = breaker.admit(now).expect("the probe");
            assert_eq!(breaker.state(), BreakerState::Probing);
            assert!(breaker.admit(now).is_err(), "one at a time");
            probe.failed(now);
            let until = after(now, next);
            assert_eq!(breaker.state(), BreakerState::Open { until });
        }
        now = after(now, 30);
        breaker.admit(now).expect("the probe").answered();
        assert_eq!(breaker.state(), BreakerState::Closed);
        for _ in 0..3 {
            fail(&breaker, now);
        }
        let until = after(now, 10);
        assert_eq!(breaker.state(), BreakerState::Open { until }, "short again");
    }

    #[tokio::test]
    async fn a_probe_that_is_given_up_is_made_by_another() {
        let (breaker, now) = (Breaker::new(CONFIG), Instant::now());
        for _ in 0..3 {
            fail(&breaker, now);
        }
        let now = after(now, 10);
        drop(breaker.admit(now).expect("the probe"));
        assert!(breaker.admit(now).is_ok(), "the next one may");
    }

    #[tokio::test]
    async fn what_was_out_already_does_not_lengthen_the_rest() {
        let (breaker, now) = (Breaker::new(CONFIG), Instant::now());
        let late = breaker.admit(now).expect("let out");
        for _ in 0..3 {
            fail(&breaker, now);
        }
        late.failed(after(now, 5));
        let until = after(now, 10);
        assert_eq!(breaker.state(), BreakerState::Open { until });
    }
}
