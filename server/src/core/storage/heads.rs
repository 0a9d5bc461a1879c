//! Tells this node's sessions of new heads, whoever wrote them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kontor_protocol::OrgId;
use tokio::sync::broadcast;

/// Heads a slow listener may lag behind before it misses some; a missed one costs a look.
const CAPACITY: usize = 1024;

/// The last head told of each organisation, and who wants to hear.
#[derive(Debug)]
pub(super) struct Heads {
    told: Mutex<BTreeMap<OrgId, u64>>,
    tell: broadcast::Sender<(OrgId, u64)>,
}

impl Heads {
    pub(super) fn new() -> Self {
        Self {
            told: Mutex::default(),
            tell: broadcast::Sender::new(CAPACITY),
        }
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<(OrgId, u64)> {
        self.tell.subscribe()
    }

    /// Takes these as told already.
    pub(super) fn know(&self, heads: &[(OrgId, u64)]) {
        self.told().extend(heads.iter().copied());
    }

    /// Tells of a head, once.
    pub(super) fn announce(&self, org: OrgId, head: u64) {
        self.tell_if(org, head, |head, last| head > last);
    }

    /// Tells of all of these, those told before, too: somebody may have missed them.
    pub(super) fn announce_all(&self, heads: &[(OrgId, u64)]) {
        for (org, head) in heads {
            self.tell_if(*org, *head, |head, last| head >= last);
        }
    }

    fn tell_if(&self, org: OrgId, head: u64, wanted: impl FnOnce(u64, u64) -> bool) {
        let mut told = self.told();
        let last = told.entry(org).or_default();
        if wanted(head, *last) {
            *last = head;
            // Under the lock, so that heads are told in order. Nobody listening is fine.
            drop(self.tell.send((org, head)));
        }
        drop(told);
    }

    fn told(&self) -> MutexGuard<'_, BTreeMap<OrgId, u64>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
