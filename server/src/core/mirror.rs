//! The mirror of an organisation's ERP: reads Metakocka, keeps facts, tells desks nothing itself (the storage's news do).
//!
//! One [`Worker`](worker::Worker) an organisation, on one node at a time (a lease in the storage), one call after the other
//! (`facts/metakocka.md` §2). Everything it knows lies in the storage: it may be killed at any moment and goes on with the
//! page it was at.
//!
//! ```text
//!   walk    everything once, newest first; later once a night (a sweep), counting what looks had missed
//!   look    every half minute, or at once when asked: what changed since the last one
//!   fill    customers of whom only documents told, one by one
//! ```

mod look;
mod memo;
mod shown;
mod translate;
mod walk;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kontor_protocol::OrgId;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::core::clock::Clock;
use crate::core::sealing::Keys;
use crate::core::storage::Storage;

/// How often to look for what somebody asked of the mirror: a connection, a look at once.
const GLANCE: Duration = Duration::from_secs(1);

/// How fast a mirror works; tests are in a hurry.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Between looks for changes.
    pub look: Duration,
    /// Between glances at the storage for what somebody asked.
    pub glance: Duration,
    /// The first pause after the ERP failed; doubled up to `longest_pause`.
    pub first_pause: Duration,
    /// See there.
    pub longest_pause: Duration,
    /// Changes how patient the client is with a service that fails.
    pub patience: fn(&mut kontor_metakocka::Config),
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(30),
            glance: GLANCE,
            first_pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(60),
            patience: |_| {},
        }
    }
}

/// The mirrors of a node. Runs until [`Mirrors::close`].
#[derive(Debug)]
pub struct Mirrors {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Mirrors {
    /// Begins to mirror for every organisation of this storage that has an ERP, now or later. Needs a tokio runtime.
    #[must_use]
    pub fn start<S: Storage>(storage: S, clock: Clock, keys: Keys, pace: Pace) -> Self {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let house = Arc::new(House {
            storage,
            clock,
            keys,
            pace,
            node: uuid::Uuid::now_v7().to_string(),
        });
        tasks.spawn(supervise(house, stop.clone(), tasks.clone()));
        Self { stop, tasks }
    }

    /// Ends after the call that is under way, or without it.
    pub async fn close(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// What all workers of a node share.
#[derive(Debug)]
struct House<S> {
    storage: S,
    clock: Clock,
    keys: Keys,
    pace: Pace,
    /// Names this node in leases.
    node: String,
}

/// Sees to it that each organisation with an ERP has a worker.
async fn supervise<S: Storage>(house: Arc<House<S>>, stop: CancellationToken, tasks: TaskTracker) {
    let mut working: BTreeMap<OrgId, tokio::task::JoinHandle<()>> = BTreeMap::new();
    loop {
        match house.storage.erps().await {
            Ok(orgs) => {
                for org in orgs {
                    if working.get(&org).is_none_or(|task| task.is_finished()) {
                        let worker = worker::Worker::new(Arc::clone(&house), org);
                        working.insert(org, tasks.spawn(worker.run(stop.clone())));
                    }
                }
            }
            Err(e) => tracing::debug!("looking for companies to mirror: {e}"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(house.pace.glance) => {}
        }
    }
}
