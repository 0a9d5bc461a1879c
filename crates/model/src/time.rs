//! Time as the store keeps it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The months in English, January first: in mails, whatever the window speaks.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Milliseconds since 1970-01-01T00:00:00Z; negative before it. Prints as RFC 3339 in UTC with milliseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// Returns the moment `ms` milliseconds later, saturating at the ends of time.
    #[must_use]
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Returns how many milliseconds have passed since `earlier`; negative when the clock went back.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<Timestamp> for Millis {
    fn from(t: Timestamp) -> Self {
        Self(t.as_millisecond())
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A date header may hold any year; what jiff cannot represent prints as the nearest end of time.
        let end = if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        let t = Timestamp::from_millisecond(self.0).unwrap_or(end);
        write!(f, "{t:.3}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_rfc3339_utc_with_milliseconds() {
        assert_eq!(Millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            Millis(1_763_712_000_123).to_string(),
            "2025-11-21T08:00:00.123Z"
        );
    }

    #[test]
    fn absurd_times_do_not_panic() {
        assert!(
            Millis(i64::MAX).to_string().starts_with("9999"),
            "clamped to the end of time"
        );
    }
}
