//! What people are told of a mirror.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kontor_metakocka as mk;
use kontor_metakocka::DocType;
use kontor_protocol::{FactKind, FactsState, Freshness, MirrorCounts, MirrorProgress, MirrorState};

use super::goods::PRODUCTS;
use super::looked::Covered;
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
            None => (healthy, self.refused()),
        };
        let seen = self.line.as_ref().map(|line| line.client.statistics());
        let sum = |count: fn(&mk::PathStatistics) -> u64| -> u64 {
            seen.iter().flat_map(|s| s.values()).map(count).sum()
        };
        FactsState {
            life: String::new(),
            version: 0,
            products: 0,
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

    /// What the ERP refuses to show, for people; empty where nothing.
    fn refused(&self) -> String {
        let refused = self.memo.refused.iter();
        let refused = refused
            .filter(|(word, _)| *word == PRODUCTS || !self.lacks(&DocType::from(word.as_str())));
        let refused: Vec<String> = refused
            .map(|(word, message)| format!("Metakocka does not show {word}: {message}"))
            .collect();
        refused.join("; ")
    }

    /// Until when each kind is known to be true: since the last round for all of it, since the last look for what it saw.
    /// A kind is known as far as the least known of its types.
    fn fresh(&self) -> Vec<Freshness> {
        let mut fresh = Vec::new();
        let all = |kind, at: Option<Timestamp>| {
            at.map(|at| Freshness {
                kind,
                at,
                from: None,
            })
        };
        // Each customer is asked for by itself.
        fresh.extend(all(FactKind::Customer, self.memo.cards));
        fresh.extend(all(FactKind::Product, self.memo.goods.swept));
        for (kind, types) in super::look::LOOKED_AT {
            let there = || types.iter().filter(|t| !self.lacks(t)).map(DocType::as_str);
            let read: Option<Vec<Timestamp>> = there()
                .map(|word| self.memo.read_whole.get(word).copied())
                .collect();
            fresh.extend(all(*kind, read.and_then(|at| at.into_iter().min())));
            // Before the first walk is whole a look covers only what is here already, and that has its own age.
            if self.memo.is_first() {
                continue;
            }
            let seen: Option<Vec<Covered>> = there()
                .map(|word| self.memo.looks.get(word).and_then(|look| look.covered))
                .collect();
            let seen = seen.and_then(|seen| seen.into_iter().reduce(Covered::both));
            fresh.extend(seen.map(|Covered { at, from }| Freshness {
                kind: *kind,
                at,
                from,
            }));
        }
        fresh
    }
}
