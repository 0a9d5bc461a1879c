//! What was asked of the service.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// Counts since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Calls that arrived, by path; failed ones included.
    pub calls: BTreeMap<String, u64>,
    /// The most searches that were sent and not answered at one time. More than one means that a client did not wait.
    pub most_searches: u64,
    /// The most searches the service worked on at one time: one, however many wait.
    pub most_running_searches: u64,
    /// The most calls of any kind at one time.
    pub most_calls: u64,
    /// Documents created or changed by `put_document` and `update_document`, by `document_change_log_notes`. More than
    /// one write under one trace is a write done twice.
    pub writes: BTreeMap<String, u64>,
    /// Writes applied, by path.
    pub applied: BTreeMap<String, u64>,
    /// Fields that no contract knows, as `path: field.inner`.
    pub unknown_fields: BTreeSet<String>,
    pub(crate) searches: u64,
    pub(crate) running: u64,
    pub(crate) in_flight: u64,
}

impl Statistics {
    /// Calls of this name, whatever their path.
    #[must_use]
    pub fn calls_of(&self, name: &str) -> u64 {
        let of_name = |(path, _): &(&String, _)| path.rsplit('/').next() == Some(name);
        self.calls.iter().filter(of_name).map(|(_, n)| *n).sum()
    }

    /// All calls.
    #[must_use]
    pub fn all_calls(&self) -> u64 {
        self.calls.values().sum()
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "calls": self.calls,
            "most_searches": self.most_searches,
            "most_running_searches": self.most_running_searches,
            "most_calls": self.most_calls,
            "writes": self.writes,
            "applied": self.applied,
            "unknown_fields": self.unknown_fields,
        })
    }

    pub(crate) fn arrive(&mut self, path: &str, search: bool) {
        let calls = self.calls.entry(path.to_owned()).or_default();
        *calls = calls.saturating_add(1);
        self.in_flight = self.in_flight.saturating_add(1);
        self.most_calls = self.most_calls.max(self.in_flight);
        if search {
            self.searches = self.searches.saturating_add(1);
            self.most_searches = self.most_searches.max(self.searches);
        }
    }

    /// A search has its turn.
    pub(crate) fn run(&mut self) {
        self.running = self.running.saturating_add(1);
        self.most_running_searches = self.most_running_searches.max(self.running);
    }

    /// A search gives its turn to the next one.
    pub(crate) const fn rest(&mut self) {
        self.running = self.running.saturating_sub(1);
    }

    /// A write was applied.
    pub(crate) fn write(&mut self, path: &str, traces: Vec<String>) {
        let applied = self.applied.entry(path.to_owned()).or_default();
        *applied = applied.saturating_add(1);
        for trace in traces {
            let writes = self.writes.entry(trace).or_default();
            *writes = writes.saturating_add(1);
        }
    }

    pub(crate) const fn leave(&mut self, search: bool) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if search {
            self.searches = self.searches.saturating_sub(1);
        }
    }

    /// Counts anew; what is under way stays under way.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            searches: self.searches,
            running: self.running,
            most_running_searches: self.running,
            in_flight: self.in_flight,
            most_searches: self.searches,
            most_calls: self.in_flight,
            ..Self::default()
        };
    }
}
