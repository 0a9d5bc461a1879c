//! The hub every desk is attached to: takes operations, has them stored in order, and tells everybody.
//!
//! ```text
//!   desk ── session ──push──► room: one append for all that wait ──► storage
//!   desk ── session ◄──ring── room ◄── heads of other nodes and processes
//! ```
//! A [`Room`] is an organisation on this node. A session sends from its own place in the order, out of the room's ring or
//! out of the storage, so a desk that reads slowly costs a cursor and nobody else waits for it.

pub(crate) mod facts;
pub mod figures;
mod folding;
pub mod limits;
pub(crate) mod order;
pub(crate) mod ring;
pub(crate) mod room;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use kontor_protocol::{DeviceId, MemberId, OrgId};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Semaphore, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::core::clock::Clock;
use crate::core::hub::figures::Figures;
use crate::core::hub::limits::Limits;
use crate::core::hub::room::Room;
use crate::core::storage::Storage;

/// Most pages read from the storage at the same time for desks that are behind: the ones that write go first.
const READERS: usize = 8;
/// Most lines whose hello is waited for at the same time; further ones are not read yet. Each may hold one frame.
const GREETERS: usize = 4096;

/// All organisations with a desk on this node. Cheap to clone.
pub struct Hub<S: Storage> {
    pub(crate) inner: Arc<Inner<S>>,
}

pub(crate) struct Inner<S: Storage> {
    pub(crate) storage: S,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) figures: Figures,
    pub(crate) readers: Semaphore,
    pub(crate) greeters: Semaphore,
    /// One organisation is folded at a time.
    folders: Semaphore,
    /// Ends the sessions.
    pub(crate) leaving: CancellationToken,
    pub(crate) sessions: TaskTracker,
    /// Ends the rooms, after the sessions.
    stop: CancellationToken,
    tasks: TaskTracker,
    rooms: Mutex<BTreeMap<OrgId, Arc<Room<S>>>>,
}

impl<S: Storage> Clone for Hub<S> {
    fn clone(&self) -> Self {
        let inner = self.inner.clone();
        Self { inner }
    }
}

impl<S: Storage> fmt::Debug for Hub<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub")
            .field("storage", &self.inner.storage)
            .finish_non_exhaustive()
    }
}

impl<S: Storage> Hub<S> {
    /// Opens the hub on a storage. Needs a tokio runtime.
    #[must_use]
    pub fn new(storage: S, clock: Clock, limits: Limits) -> Self {
        let inner = Arc::new(Inner {
            storage,
            clock,
            limits,
            figures: Figures::default(),
            readers: Semaphore::new(READERS),
            greeters: Semaphore::new(GREETERS),
            folders: Semaphore::new(1),
            leaving: CancellationToken::new(),
            sessions: TaskTracker::new(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            rooms: Mutex::default(),
        });
        let hub = Self { inner };
        // Listening begins here, not in the task: a head between the two would be missed.
        let heads = hub.inner.storage.heads();
        hub.inner.tasks.spawn(hub.clone().listen(heads));
        let news = hub.inner.storage.presence_news();
        hub.inner
            .tasks
            .spawn(hub.clone().hear(news, Room::hear_others));
        let facts = Some(hub.inner.storage.fact_news());
        hub.inner
            .tasks
            .spawn(hub.clone().hear(facts, Room::facts_moved));
        hub.inner.tasks.spawn(hub.clone().recheck());
        hub
    }

    /// What was counted since the hub was opened.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.inner.figures
    }

    /// Ends the live sessions of a device on this node; on others within the recheck's time.
    pub fn end_device(&self, org: OrgId, device: DeviceId) {
        if let Some(room) = self.known(org) {
            room.revoke(|seat| seat.device == device);
        }
    }

    /// Ends the live sessions of a member on this node; on others within the recheck's time.
    pub fn end_member(&self, org: OrgId, member: MemberId) {
        if let Some(room) = self.known(org) {
            room.revoke(|seat| seat.member == member);
        }
    }

    /// Says goodbye to every desk and waits until what was pushed is stored; a desk whose answer came too late asks again.
    pub async fn close(&self) {
        self.inner.leaving.cancel();
        self.inner.sessions.close();
        self.inner.sessions.wait().await;
        self.inner.stop.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    /// The organisation's room, made where there is none yet.
    pub(crate) fn room(&self, org: OrgId) -> Arc<Room<S>> {
        let mut rooms = self.rooms();
        rooms.entry(org).or_insert_with(|| self.open(org)).clone()
    }

    fn open(&self, org: OrgId) -> Arc<Room<S>> {
        let inner = &self.inner;
        let (room, queue) = Room::new(org, inner);
        let stop = inner.stop.clone();
        inner.tasks.spawn(room.clone().commit(queue, stop.clone()));
        inner
            .tasks
            .spawn(room.clone().gather_presence(stop.clone()));
        inner.tasks.spawn(room.clone().share_presence(stop.clone()));
        inner.tasks.spawn(room.clone().tell_facts(stop.clone()));
        let folding = self.clone().fold(room.clone(), stop);
        inner.tasks.spawn(folding);
        room
    }

    fn known(&self, org: OrgId) -> Option<Arc<Room<S>>> {
        self.rooms().get(&org).cloned()
    }

    fn rooms(&self) -> std::sync::MutexGuard<'_, BTreeMap<OrgId, Arc<Room<S>>>> {
        self.inner
            .rooms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Heads of this storage: other nodes' events, and members who came and went.
    async fn listen(self, mut heads: broadcast::Receiver<(OrgId, u64)>) {
        loop {
            let head = tokio::select! {
                head = heads.recv() => head,
                () = self.inner.stop.cancelled() => return,
            };
            match head {
                Ok((org, head)) => {
                    if let Some(room) = self.known(org) {
                        room.hint(head);
                    }
                }
                // Some were missed: the next recheck looks at every room.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Something changed in an organisation: presence at other nodes, facts at any.
    async fn hear(self, news: Option<broadcast::Receiver<OrgId>>, tell: fn(&Room<S>)) {
        let Some(mut news) = news else { return };
        loop {
            let org = tokio::select! {
                org = news.recv() => org,
                () = self.inner.stop.cancelled() => return,
            };
            match org {
                Ok(org) => {
                    if let Some(room) = self.known(org) {
                        tell(&room);
                    }
                }
                // Some were missed: the next recheck looks at every room.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Looks at every room with desks in it, again and again: devices revoked and events written by other processes.
    async fn recheck(self) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.inner.limits.recheck) => {}
                () = self.inner.stop.cancelled() => return,
            }
            let rooms: Vec<_> = self.rooms().values().cloned().collect();
            match self.inner.storage.keep_alive().await {
                Ok(true) => rooms.iter().for_each(|room| room.tell_again()),
                Ok(false) => {}
                Err(e) => tracing::warn!("telling other nodes that this one lives: {e}"),
            }
            for room in rooms {
                if let Err(e) = room.recheck().await {
                    tracing::warn!(org = %room.org, "looking for revoked devices: {e}");
                }
            }
        }
    }
}
