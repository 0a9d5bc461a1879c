//! What people are told of a mirror.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kontor_metakocka as mk;
use kontor_protocol::{FactKind, FactsState, Freshness, MirrorCounts, MirrorProgress, MirrorState};

use super::worker::Worker;
use crate::core::storage::Storage;

/// Documents of so many days are looked at each time where the ERP cannot say what changed.
pub(super) const WINDOW_DAYS: i64 = 60;

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) state: MirrorState,
    /// What happened and what to do.
    pub(super) why: String,
}

impl Trouble {
    pub(super) fn of(error: &mk::Error) -> Self {
        let state = if error.is_temporary() {
            MirrorState::Behind
        } else {
            MirrorState::NeedsYou
        };
        let why = error.to_string();
        Self { state, why }
    }
}

/// The first day a look covers where the ERP cannot say what changed.
pub(super) fn window(now: Timestamp) -> Date {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    today.checked_sub(WINDOW_DAYS.days()).unwrap_or(Date::MIN)
}

impl<S: Storage> Worker<S> {
    /// The state as of now; `life`, `version` and counts of rows are the storage's.
    pub(super) fn state(&self) -> FactsState {
        let now = self.house.clock.now();
        let healthy = if self.memo.is_first() {
            MirrorState::First
        } else {
            MirrorState::Live
        };
        let (state, why) = match &self.trouble {
            Some(trouble) => (trouble.state, trouble.why.clone()),
            None => (healthy, String::new()),
        };
        let seen = self.line.as_ref().map(|line| line.client.statistics());
        let sum = |count: fn(&mk::PathStatistics) -> u64| -> u64 {
            seen.iter().flat_map(|s| s.values()).map(count).sum()
        };
        FactsState {
            life: String::new(),
            version: 0,
            state,
            why,
            last_at: self.memo.looked.or(self.memo.walk.began),
            fresh: self.fresh(),
            progress: self.memo.is_first().then(|| self.progress(now)),
            counts: MirrorCounts {
                calls: sum(|path| path.calls),
                errors: sum(|path| path.failures.saturating_add(path.refusals)),
                drift: self.memo.drift,
                breaker_open: self
                    .line
                    .as_ref()
                    .is_some_and(|line| line.client.breaker() != mk::BreakerState::Closed),
                ..MirrorCounts::default()
            },
        }
    }

    fn progress(&self, now: Timestamp) -> MirrorProgress {
        let (done, total) = self.memo.walk.progress();
        let began = self.line.as_ref().and_then(|line| line.walking);
        let seconds_left = began.and_then(|(at, from)| {
            let millis = u64::try_from(now.duration_since(at).as_millis()).ok()?;
            let read = done.checked_sub(from).filter(|n| *n > 0)?;
            let left = total.saturating_sub(done);
            Some(
                left.saturating_mul(millis)
                    .checked_div(read)?
                    .div_ceil(1000),
            )
        });
        MirrorProgress {
            done,
            total,
            seconds_left,
        }
    }

    /// Until when each kind is known to be true: since the last sweep for all of it, since the last look for what looks
    /// cover.
    fn fresh(&self) -> Vec<Freshness> {
        let mut fresh = Vec::new();
        let kinds = [
            FactKind::Customer,
            FactKind::Offer,
            FactKind::Order,
            FactKind::Invoice,
        ];
        if let Some(at) = self.memo.swept {
            fresh.extend(kinds.map(|kind| Freshness {
                kind,
                at,
                from: None,
            }));
        }
        // Before the first walk is whole a look covers only what is here already, and that has its own age.
        let (Some(at), false) = (self.memo.looked, self.memo.is_first()) else {
            return fresh;
        };
        for (kind, types) in super::look::LOOKED_AT {
            let from = if self.covers(types, "last_change_from") {
                None
            } else if self.covers(types, "doc_date_from") {
                Some(window(at))
            } else {
                // A look at the newest page says nothing of the others, however young they are.
                continue;
            };
            fresh.push(Freshness {
                kind: *kind,
                at,
                from,
            });
        }
        fresh
    }

    /// True where all of these can be searched by this filter.
    fn covers(&self, types: &[mk::DocType], filter: &str) -> bool {
        let discovery = self.line.as_ref().and_then(|line| line.discovery.as_ref());
        discovery.is_some_and(|d| types.iter().all(|t| d.knows(t, filter)))
    }
}
