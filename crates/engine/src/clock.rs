//! Where time comes from. Everything else takes a [`Clock`], so that tests own the hours.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kontor_model::Millis;

/// A source of the time of day.
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
    pub fn standing(at: Millis) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(at.0))))
    }

    /// Moves a standing clock; the computer's clock stays as it is.
    pub fn set(&self, at: Millis) {
        if let Source::Set(cell) = &self.0 {
            cell.store(at.0, Ordering::SeqCst);
        }
    }

    /// Returns the time now.
    #[must_use]
    pub fn now(&self) -> Millis {
        match &self.0 {
            Source::System => jiff::Timestamp::now().into(),
            Source::Set(cell) => Millis(cell.load(Ordering::SeqCst)),
        }
    }
}
