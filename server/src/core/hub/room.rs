//! One organisation on this node: what it holds, and who is there. How it orders operations is in [`super::order`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use kontor_protocol::{DeviceId, MemberId, MemberPresence, OrgId};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::core::clock::Clock;
use crate::core::hub::Inner;
use crate::core::hub::facts::Telling;
use crate::core::hub::figures::Figures;
use crate::core::hub::order::{QUEUE, Submission};
use crate::core::hub::ring::Ring;
use crate::core::presence::Presences;
use crate::core::session::line::Ending;
use crate::core::storage::{Storage, StorageError, Who};

/// Changes of presence are told together: a thousand desks that come back at once are not a million frames.
const GATHER: Duration = Duration::from_millis(40);

/// See the module.
pub(crate) struct Room<S: Storage> {
    pub(crate) org: OrgId,
    pub(super) storage: S,
    clock: Clock,
    pub(super) figures: Figures,
    pub(super) ring: RwLock<Ring>,
    pub(super) head: watch::Sender<u64>,
    pub(super) hinted: watch::Sender<u64>,
    pub(super) queue: mpsc::Sender<Submission>,
    presences: Mutex<Presences>,
    presence: watch::Sender<u64>,
    presence_moved: Notify,
    /// Other nodes are to be told, or have told, of somebody.
    others_moved: Notify,
    pub(super) facts: Telling,
    /// Counts that something to be written may have got on.
    pub(super) acts: watch::Sender<u64>,
    seats: Mutex<BTreeMap<u64, Seat>>,
    next_seat: AtomicU64,
}

/// A live session, as the room knows it.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) member: MemberId,
    pub(crate) device: DeviceId,
    /// Ends the session.
    pub(crate) ending: Ending,
}

/// A seat that somebody sits on; dropped, it is free, however the session came to its end.
pub(crate) struct Taken<S: Storage> {
    room: Arc<Room<S>>,
    member: MemberId,
    pub(crate) number: u64,
}

impl<S: Storage> Drop for Taken<S> {
    fn drop(&mut self) {
        self.room.rise(self.member, self.number);
    }
}

impl<S: Storage> Room<S> {
    pub(crate) fn new(org: OrgId, hub: &Inner<S>) -> (Arc<Self>, mpsc::Receiver<Submission>) {
        let (queue, submissions) = mpsc::channel(QUEUE);
        let room = Self {
            org,
            storage: hub.storage.clone(),
            clock: hub.clock.clone(),
            figures: hub.figures.clone(),
            ring: RwLock::default(),
            head: watch::Sender::new(0),
            hinted: watch::Sender::new(0),
            queue,
            presences: Mutex::default(),
            presence: watch::Sender::new(0),
            presence_moved: Notify::new(),
            others_moved: Notify::new(),
            facts: Telling::default(),
            acts: watch::Sender::new(0),
            seats: Mutex::default(),
            next_seat: AtomicU64::new(1),
        };
        (Arc::new(room), submissions)
    }

    /// A session begins, and ends with the taken seat.
    pub(crate) fn sit(self: &Arc<Self>, who: &Who, ending: Ending) -> Taken<S> {
        let number = self.next_seat.fetch_add(1, Ordering::Relaxed);
        let seat = Seat {
            member: who.member,
            device: who.device,
            ending,
        };
        self.seats().insert(number, seat);
        self.presences()
            .arrive(number, (who.member, who.device), self.clock.now());
        self.moved();
        self.figures.desks.inc();
        Taken {
            room: self.clone(),
            member: who.member,
            number,
        }
    }

    /// A session ended.
    fn rise(&self, member: MemberId, number: u64) {
        let empty = {
            let mut seats = self.seats();
            seats.remove(&number);
            seats.is_empty()
        };
        self.presences().leave(member, number, self.clock.now());
        self.moved();
        self.figures.desks.dec();
        if empty {
            let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
            ring.forget();
        }
    }

    /// Ends some sessions: their tokens are worthless now.
    pub(crate) fn revoke(&self, which: impl Fn(&Seat) -> bool) {
        let seats = self.seats();
        for seat in seats.values().filter(|seat| which(seat)) {
            seat.ending.revoke();
        }
    }

    /// What other processes did: revoked devices, events.
    pub(crate) async fn recheck(&self) -> Result<(), StorageError> {
        self.presences().tick(self.clock.now());
        self.moved();
        if self.seats().is_empty() {
            return Ok(());
        }
        self.facts_moved();
        let devices = self.storage.devices(self.org).await?;
        let good: BTreeSet<DeviceId> = devices
            .into_iter()
            .filter(|device| device.revoked_at.is_none())
            .map(|device| device.id)
            .collect();
        self.revoke(|seat| !good.contains(&seat.device));
        if let Some(org) = self.storage.org(self.org).await? {
            self.hint(org.head);
        }
        Ok(())
    }

    /// A desk's word about its person.
    pub(crate) fn say(&self, member: MemberId, number: u64, word: kontor_protocol::Presence) {
        self.presences().say(member, number, word, self.clock.now());
        self.moved();
    }

    /// Wakes when somebody came, went or changed.
    pub(crate) fn presence(&self) -> watch::Receiver<u64> {
        self.presence.subscribe()
    }

    /// Who changed after that count, and the count now.
    pub(crate) fn changed_after(&self, version: u64) -> (Vec<MemberPresence>, u64) {
        let presences = self.presences();
        (presences.changed_after(version), presences.version())
    }

    /// The loop that tells changes of presence together.
    pub(crate) async fn gather_presence(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = self.presence_moved.notified() => {}
                () = stop.cancelled() => return,
            }
            tokio::time::sleep(GATHER).await;
            let version = self.presences().version();
            self.presence
                .send_if_modified(|known| std::mem::replace(known, version) != version);
        }
    }

    fn moved(&self) {
        self.presence_moved.notify_one();
        self.others_moved.notify_one();
    }

    /// Another node has told something.
    pub(crate) fn hear_others(&self) {
        self.others_moved.notify_one();
    }

    /// Other nodes may have given this one up: they are told everything again.
    pub(crate) fn tell_again(&self) {
        self.presences().tell_again();
        self.others_moved.notify_one();
    }

    /// The loop between the nodes, and between one program and the next: tells what moved here, sees what moved there.
    pub(crate) async fn share_presence(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = self.others_moved.notified() => {}
                () = stop.cancelled() => {
                    // The sessions have ended: the others hear that everybody went.
                    let untold = self.presences().take_untold();
                    drop(self.storage.share_presence(self.org, &untold).await);
                    return;
                }
            }
            tokio::time::sleep(GATHER).await;
            if let Err(e) = self.share_once().await {
                tracing::warn!(org = %self.org, "telling who is there: {e}");
            }
        }
    }

    async fn share_once(&self) -> Result<(), StorageError> {
        loop {
            let untold = self.presences().take_untold();
            if let Err(e) = self.storage.share_presence(self.org, &untold).await {
                // The next recheck tries again.
                self.presences().put_back(untold);
                return Err(e);
            }
            // Nobody would be told.
            if self.seats().is_empty() {
                return Ok(());
            }
            let now = self.clock.now();
            let others = self.storage.others_presence(self.org, now).await?;
            if self.presences().see_others(others, now) {
                self.presence_moved.notify_one();
                return Ok(());
            }
        }
    }

    fn presences(&self) -> MutexGuard<'_, Presences> {
        self.presences
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn seats(&self) -> MutexGuard<'_, BTreeMap<u64, Seat>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
