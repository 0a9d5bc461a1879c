//! Where time comes from. Everything else takes a [`Clock`], so that tests own the hours.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// A source of the time of day, to the millisecond: what is stored reads back as it was.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Set(Arc<AtomicI64>),
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Clock(system)",
            Source::Set(_) => "Clock(set)",
        })
    }
}

impl Clock {
    /// The computer's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands until [`Clock::set`] moves it.
    #[must_use]
    pub fn standing(at: Timestamp) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(at.as_millisecond()))))
    }

    /// Moves a standing clock; the computer's clock stays as it is.
    pub fn set(&self, at: Timestamp) {
        if let Source::Set(cell) = &self.0 {
            cell.store(at.as_millisecond(), Ordering::SeqCst);
        }
    }

    /// Returns the time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let millis = match &self.0 {
            Source::System => Timestamp::now().as_millisecond(),
            Source::Set(cell) => cell.load(Ordering::SeqCst),
        };
        // Every millisecond of a timestamp is one: it came from there.
        Timestamp::from_millisecond(millis).unwrap_or_default()
    }

    /// Returns the time in a while; the end of time where there is no such moment.
    #[must_use]
    pub fn after(&self, seconds: i64) -> Timestamp {
        let now = self.now();
        now.checked_add(SignedDuration::from_secs(seconds))
            .unwrap_or(Timestamp::MAX)
    }
}
