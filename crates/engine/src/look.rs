//! When the store is looked at for what was written to it.

use std::time::Duration;

use kontor_store::Store;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Between two looks: while mail pours in, every moment has a change.
pub(crate) const LOOK: Duration = Duration::from_millis(200);

/// The moments to look at the store: when any process has changed it, and [`LOOK`] apart at least.
#[derive(Debug)]
pub(crate) struct Looks {
    commits: watch::Receiver<u64>,
    not_before: Instant,
}

impl Looks {
    /// Changes from now on count.
    pub(crate) fn from_now(store: &Store) -> Self {
        Self {
            commits: store.commits(),
            not_before: Instant::now(),
        }
    }

    /// Waits for the next one. A wait that is given up loses no change.
    pub(crate) async fn next(&mut self) {
        sleep_until(self.not_before).await;
        if self.commits.changed().await.is_err() {
            // A store that is closed changes no more.
            std::future::pending::<()>().await;
        }
        let now = Instant::now();
        self.not_before = now.checked_add(LOOK).unwrap_or(now);
    }
}
