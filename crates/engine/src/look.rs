//! When the store is looked at for what other processes wrote.

use std::sync::LazyLock;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Another process's change is seen within this.
pub(crate) const LOOK: Duration = Duration::from_millis(200);

/// Waits for the next look. All who look do so at the same moments, so that a process that only waits wakes once for them
/// all.
pub(crate) async fn next_look() {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    sleep_until(after(*BEGUN, Instant::now())).await;
}

/// The first of the moments `begun`, `begun` + [`LOOK`], … that is still to come.
fn after(begun: Instant, now: Instant) -> Instant {
    let since = now.saturating_duration_since(begun).as_nanos();
    let into = since.checked_rem(LOOK.as_nanos()).unwrap_or_default();
    let into = u64::try_from(into).map_or(Duration::ZERO, Duration::from_nanos);
    now.checked_add(LOOK.saturating_sub(into)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_look_at_the_same_moments() {
        let begun = Instant::now();
        let at = |ms| begun + Duration::from_millis(ms);
        for (now, want) in [(0, 200), (1, 200), (199, 200), (200, 400), (250, 400)] {
            assert_eq!(after(begun, at(now)), at(want), "{now}");
        }
        assert_eq!(after(at(500), begun), at(200), "another clock");
    }
}
