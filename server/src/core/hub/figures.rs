//! What the hub counts. Numbers only: no names, no addresses, no ids.

use kontor_protocol::RejectCode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// The hub's counters since the program started.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Desks attached now.
    pub desks: Gauge,
    /// Desks welcomed.
    pub welcomes: Counter,
    /// Operations stored.
    pub ops: Counter,
    /// Operations that had been stored before.
    pub repeats: Counter,
    /// Events sent to desks.
    pub events: Counter,
    /// Pages read from the storage for desks that were behind.
    pub pages: Counter,
    rejects: Family<Vec<(&'static str, &'static str)>, Counter>,
    /// Seconds one append took, transaction and all.
    pub append: Histogram,
    /// Operations in one append.
    pub batch: Histogram,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            desks: Gauge::default(),
            welcomes: Counter::default(),
            ops: Counter::default(),
            repeats: Counter::default(),
            events: Counter::default(),
            pages: Counter::default(),
            rejects: Family::default(),
            // 0.25 ms to 4 s.
            append: Histogram::new(exponential_buckets(0.000_25, 2.0, 15)),
            batch: Histogram::new(exponential_buckets(1.0, 2.0, 12)),
        }
    }
}

impl Figures {
    /// Counts a refusal.
    pub(crate) fn rejected(&self, code: RejectCode) {
        self.rejects
            .get_or_create(&vec![("code", word(code))])
            .inc();
    }

    /// Puts all of them where `/metrics` finds them.
    pub fn register(&self, registry: &mut Registry) {
        let hub = registry.sub_registry_with_prefix("kontor");
        hub.register("desks", "Desks attached now", self.desks.clone());
        hub.register("welcomes", "Desks welcomed", self.welcomes.clone());
        hub.register("ops", "Operations stored", self.ops.clone());
        hub.register(
            "repeats",
            "Operations that came again",
            self.repeats.clone(),
        );
        hub.register("events", "Events sent to desks", self.events.clone());
        hub.register("pages", "Pages read for desks behind", self.pages.clone());
        hub.register("rejects", "Refusals by code", self.rejects.clone());
        hub.register(
            "append_seconds",
            "Duration of an append",
            self.append.clone(),
        );
        hub.register("append_ops", "Operations in an append", self.batch.clone());
    }
}

fn word(code: RejectCode) -> &'static str {
    match code {
        RejectCode::Auth => "auth",
        RejectCode::Version => "version",
        RejectCode::Malformed => "malformed",
        RejectCode::TooLarge => "too_large",
        RejectCode::Checksum => "checksum",
        RejectCode::Forbidden => "forbidden",
        RejectCode::Reused => "reused",
        RejectCode::Invalid => "invalid",
        RejectCode::Busy => "busy",
        RejectCode::Internal => "internal",
    }
}
