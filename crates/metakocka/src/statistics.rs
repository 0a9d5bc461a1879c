//! What was asked and how it went.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Counters of a client and its clones since it was made, by the path asked.
pub type Statistics = BTreeMap<&'static str, PathStatistics>;

/// How calls of one path went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathStatistics {
    /// Requests sent, retries among them.
    pub calls: u64,
    /// Requests that were second or later attempts.
    pub retries: u64,
    /// Requests that failed: no answer, or none that can be read.
    pub failures: u64,
    /// Answers that were refusals.
    pub refusals: u64,
    /// Time spent waiting for answers, all requests together.
    pub waited: Duration,
}

/// How a request went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Went {
    Well,
    Refused,
    Failed,
}

#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<Statistics>);

impl Counters {
    pub(crate) fn count(&self, path: &'static str, retry: bool, went: Went, waited: Duration) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = all.entry(path).or_default();
        let add = |to: &mut u64, when: bool| *to = to.saturating_add(u64::from(when));
        add(&mut of.calls, true);
        add(&mut of.retries, retry);
        add(&mut of.failures, went == Went::Failed);
        add(&mut of.refusals, went == Went::Refused);
        of.waited = of.waited.saturating_add(waited);
        drop(all);
    }

    pub(crate) fn read(&self) -> Statistics {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
