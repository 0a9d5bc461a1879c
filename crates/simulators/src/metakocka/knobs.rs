//! The handle's knobs: everything that can be turned while clients are at it.

use std::time::Duration;

use super::faults::{Fault, Totals};
use super::statistics::Statistics;
use super::{Metakocka, control};

impl Metakocka {
    /// Every call takes at least so long.
    pub fn slow(&self, pause: Duration) {
        self.shared.inner().faults.slow = pause;
    }

    /// The next `times` calls go wrong.
    pub fn fail(&self, times: u32, fault: Fault) {
        self.shared.inner().faults.plan(fault, times, None);
    }

    /// The next `times` calls of this name, for example `put_document`, go wrong.
    pub fn fail_call(&self, call: &str, times: u32, fault: Fault) {
        self.shared.inner().faults.plan(fault, times, Some(call));
    }

    /// Whatever key is sent is wrong from now on, or right again.
    pub fn wrong_key(&self, wrong: bool) {
        self.shared.inner().faults.wrong_key = wrong;
    }

    /// The service's clock is wrong by so many seconds.
    pub fn skew(&self, seconds: i64) {
        self.shared.inner().world.clock().skew = seconds;
    }

    /// Before each of the next `searches` a document of the searched type is added (`grow`), or the newest one deleted.
    pub fn changing_totals(&self, searches: u32, grow: bool) {
        self.shared.inner().faults.totals = Some(Totals { searches, grow });
    }

    /// No faults any more; the clock keeps its error.
    pub fn well(&self) {
        self.shared.inner().faults.clear();
    }

    /// What was asked until now.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.shared.inner().statistics.clone()
    }

    /// Counts anew.
    pub fn reset_statistics(&self) {
        self.shared.inner().statistics.reset();
    }

    /// Does what a `POST /_control/<name>` with this body does.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the name or the body.
    pub fn control(
        &self,
        name: &str,
        body: &serde_json::Value,
    ) -> Result<serde_json::Value, String> {
        control::act(&self.shared, name, body)
    }
}
