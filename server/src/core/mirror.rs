//! The mirror of an organisation's ERP: reads Metakocka, keeps facts, tells desks nothing itself (the storage's news do).
//!
//! One [`Worker`](worker::Worker) an organisation, on one node at a time (a lease in the storage), one call after the other
//! (`facts/metakocka.md` §2). Everything it knows lies in the storage: it may be killed at any moment and goes on with the
//! page it was at.
//!
//! ```text
//!   walk    everything once, newest first, as fast as it goes
//!   look    every half minute, or at once when asked: what changed since the last one
//!   fill    customers of whom only documents told, one by one
//!   sweep   all day, a turn every ten seconds: the next page of another walk, counting what looks had missed, the customers
//!           not asked for longest, a page of products
//!   stock   of products the ERP sent news of, at once
//! ```

mod goods;
mod look;
mod looked;
mod memo;
mod shown;
mod sweep;
pub(in crate::core) mod translate;
mod walk;
pub(in crate::core) mod worker;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use kontor_metakocka as mk;
use kontor_protocol::OrgId;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::worker::Problem;
use crate::core::acts::Acting;
use crate::core::clock::Clock;
use crate::core::sealing::Keys;
use crate::core::storage::{ErpRow, Storage};

/// How often to look for what somebody asked of the mirror: a connection, a look at once.
const GLANCE: Duration = Duration::from_secs(1);
/// Files of acts in memory at a time, of all organisations.
const FILES: usize = 3;

/// How fast a mirror works; tests are in a hurry.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Between looks for changes.
    pub look: Duration,
    /// Pages of one document type a look reads; the next look goes on behind them.
    pub look_pages: u32,
    /// Between turns of the sweep.
    pub sweep: Duration,
    /// From the beginning of one round of it to that of the next, at least; a customer is asked for no more often.
    pub round: Duration,
    /// The same of the rounds over all products.
    pub goods: Duration,
    /// Between glances at the storage for what somebody asked.
    pub glance: Duration,
    /// The first pause after the ERP failed; doubled up to `longest_pause`.
    pub first_pause: Duration,
    /// See there.
    pub longest_pause: Duration,
    /// How long a write whose answer did not come may still happen there: longer than the client waits for one.
    pub settle: SignedDuration,
    /// Changes how patient the client is with a service that fails.
    pub patience: fn(&mut kontor_metakocka::Config),
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(30),
            look_pages: 50,
            sweep: Duration::from_secs(10),
            round: Duration::from_mins(30),
            goods: Duration::from_mins(15),
            glance: GLANCE,
            first_pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(60),
            settle: SignedDuration::from_mins(3),
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
            clients: Mutex::default(),
            files: Semaphore::new(FILES),
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
pub(in crate::core) struct House<S> {
    pub(in crate::core) storage: S,
    pub(in crate::core) clock: Clock,
    keys: Keys,
    pub(in crate::core) pace: Pace,
    /// Names this node in leases.
    pub(in crate::core) node: String,
    /// One a company, for the mirror and for acts: the ERP bears one search at a time.
    clients: Mutex<Clients>,
    /// Files of acts that may be in memory at a time: each may have 25 MB.
    pub(in crate::core) files: Semaphore,
}

type Clients = BTreeMap<OrgId, (ErpRow, mk::Client)>;

impl<S> House<S> {
    /// The client of what is connected, the same one for whoever asks.
    pub(in crate::core) async fn client(
        &self,
        org: OrgId,
        erp: &ErpRow,
    ) -> Result<mk::Client, Problem> {
        if let Some(client) = known(&self.clients(), org, erp) {
            return Ok(client);
        }
        let key = self.keys.open_apart(org, &erp.sealed_key).await;
        let key = mk::SecretKey::new(key.map_err(|e| Problem::Settings(e.to_string()))?);
        let mut config = mk::Config::new(&erp.base_url, &erp.company_id, key);
        (self.pace.patience)(&mut config);
        let client = mk::Client::new(config)?;
        let mut clients = self.clients();
        // Somebody else may have asked meanwhile.
        let client = known(&clients, org, erp).unwrap_or(client);
        clients.insert(org, (erp.clone(), client.clone()));
        drop(clients);
        Ok(client)
    }

    /// Nothing is connected any more: the key goes with the client.
    pub(in crate::core) fn forget(&self, org: OrgId) {
        self.clients().remove(&org);
    }

    fn clients(&self) -> MutexGuard<'_, Clients> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn known(clients: &Clients, org: OrgId, erp: &ErpRow) -> Option<mk::Client> {
    let (of, client) = clients.get(&org)?;
    worker::is_same(of, erp).then(|| client.clone())
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
                        let acting = Acting::new(Arc::clone(&house), org);
                        let ended = stop.child_token();
                        let both = async move {
                            // Acts end with the mirror: nothing is connected any more, or the node stops. The mirror is
                            // waited for: it gives its lease back, so that another node need not wait.
                            let mirroring = async {
                                worker.run(ended.clone()).await;
                                ended.cancel();
                            };
                            tokio::join!(mirroring, acting.run(ended.clone()));
                        };
                        working.insert(org, tasks.spawn(both));
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
