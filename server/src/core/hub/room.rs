//! One organisation on this node: the queue before the storage, the ring behind it, who is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use kontor_protocol::{DeviceId, Event, MAX_BATCH, MemberId, MemberPresence, Op, OrgId};
use serde::Serialize;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::core::clock::Clock;
use crate::core::hub::Inner;
use crate::core::hub::figures::Figures;
use crate::core::hub::ring::{After, Ring};
use crate::core::presence::Presences;
use crate::core::session::line::Ending;
use crate::core::storage::{Appended, Incoming, Storage, StorageError, Who};

/// Pushes that wait; further sessions wait with their own.
const QUEUE: usize = 256;
/// Operations after which an append takes no further push in.
const COMMIT_OPS: usize = 2048;
/// Bytes after which an append takes no further push in.
const COMMIT_BYTES: usize = 8 << 20;
/// Changes of presence are told together: a thousand desks that come back at once are not a million frames.
const GATHER: Duration = Duration::from_millis(40);

/// See the module.
pub(crate) struct Room<S: Storage> {
    pub(crate) org: OrgId,
    storage: S,
    clock: Clock,
    figures: Figures,
    ring: RwLock<Ring>,
    head: watch::Sender<u64>,
    hinted: watch::Sender<u64>,
    queue: mpsc::Sender<Submission>,
    presences: Mutex<Presences>,
    presence: watch::Sender<u64>,
    presence_moved: Notify,
    /// Other nodes are to be told, or have told, of somebody.
    others_moved: Notify,
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

/// A checked push on its way to the storage.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) ops: Vec<Incoming>,
    /// Their [`tail`]s: written by the session, so that the room's one loop has less to do.
    pub(crate) tails: Vec<String>,
    /// About how large.
    pub(crate) bytes: usize,
    /// One answer an operation; an error when nothing was stored.
    pub(crate) answer: oneshot::Sender<Result<Vec<Appended>, Unstored>>,
}

/// The storage did not take it; the reason is in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unstored;

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
            presences: Mutex::new(Presences::new(hub.storage.is_shared())),
            presence: watch::Sender::new(0),
            presence_moved: Notify::new(),
            others_moved: Notify::new(),
            seats: Mutex::default(),
            next_seat: AtomicU64::new(1),
        };
        (Arc::new(room), submissions)
    }

    // ---- Order -----------------------------------------------------------------------------------------------------

    /// Hands operations to the next append; waits where too many do.
    pub(crate) async fn submit(&self, submission: Submission) {
        // A closed queue drops the answer's sender, which the session takes for not stored.
        drop(self.queue.send(submission).await);
    }

    /// The head as of some moment; never blocks.
    pub(crate) fn hint(&self, head: u64) {
        let first = {
            let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
            let first = !ring.is_begun();
            if first {
                ring.jump(head);
            }
            first
        };
        if first {
            self.head.send_replace(head);
        } else {
            self.hinted
                .send_if_modified(|hinted| head > std::mem::replace(hinted, head.max(*hinted)));
        }
    }

    /// Wakes when there are new events.
    pub(crate) fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// The next events after a cursor, out of the ring.
    pub(crate) fn after(&self, cursor: u64, most: usize, bytes: usize) -> After {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.after(cursor, most, bytes)
    }

    /// The loop before the storage: whatever waits goes into one append, so that one transaction serves many desks.
    pub(crate) async fn commit(
        self: Arc<Self>,
        mut queue: mpsc::Receiver<Submission>,
        stop: CancellationToken,
    ) {
        let mut hinted = self.hinted.subscribe();
        loop {
            tokio::select! {
                biased;
                first = queue.recv() => match first {
                    Some(first) => self.append(first, &mut queue).await,
                    None => return,
                },
                _ = hinted.changed() => {
                    let head = *hinted.borrow_and_update();
                    self.catch_up(head).await;
                }
                () = stop.cancelled() => return,
            }
        }
    }

    async fn append(&self, first: Submission, queue: &mut mpsc::Receiver<Submission>) {
        let mut bytes = first.bytes;
        let (mut batch, mut tails) = (first.ops, first.tails);
        let mut answers = vec![(batch.len(), first.answer)];
        while batch.len() < COMMIT_OPS && bytes < COMMIT_BYTES {
            let Ok(next) = queue.try_recv() else { break };
            bytes = bytes.saturating_add(next.bytes);
            answers.push((next.ops.len(), next.answer));
            batch.extend(next.ops);
            tails.extend(next.tails);
        }
        let begun = Instant::now();
        let appended = self.storage.append(self.org, batch).await;
        self.figures.append.observe(begun.elapsed().as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        self.figures.batch.observe(tails.len() as f64);
        let appended = match appended {
            Ok(appended) => appended,
            Err(e) => {
                tracing::error!(org = %self.org, ops = tails.len(), "storing operations: {e}");
                for (_, answer) in answers {
                    // A desk that is gone asks again.
                    drop(answer.send(Err(Unstored)));
                }
                return;
            }
        };
        self.publish(&appended, &tails).await;
        let mut rest = appended.into_iter();
        for (count, answer) in answers {
            drop(answer.send(Ok(rest.by_ref().take(count).collect())));
        }
    }

    /// Puts new events in the ring, those of other nodes in between included, and wakes the sessions.
    async fn publish(&self, appended: &[Appended], tails: &[String]) {
        let mut stored = 0_u64;
        let mut missing = None;
        {
            let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
            for (appended, tail) in appended.iter().zip(tails) {
                let Appended::New(seq) = appended else {
                    self.figures.repeats.inc();
                    continue;
                };
                stored = stored.saturating_add(1);
                if !ring.push(*seq, format!("{{\"seq\":{seq},{tail}").into()) {
                    missing = Some(*seq);
                }
            }
        }
        self.figures.ops.inc_by(stored);
        match missing {
            Some(seq) => self.catch_up(seq).await,
            None => self.announce(),
        }
    }

    /// Reads what others wrote up to `head`.
    async fn catch_up(&self, head: u64) {
        loop {
            let (known, near) = {
                let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
                (ring.head(), ring.is_near(head))
            };
            if known >= head {
                break;
            }
            let events = if near {
                self.storage.events(self.org, known, MAX_BATCH).await
            } else {
                Ok(Vec::new())
            };
            let events = events.unwrap_or_else(|e| {
                tracing::warn!(org = %self.org, "reading new events: {e}");
                Vec::new()
            });
            let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
            if events.is_empty() {
                // Too far, or not readable now: the sessions read for themselves.
                ring.jump(head);
            }
            for event in events {
                if !ring.push(event.seq, json(&event).into()) {
                    ring.jump(event.seq);
                }
            }
        }
        self.announce();
    }

    fn announce(&self) {
        let head = {
            let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
            ring.head()
        };
        self.head
            .send_if_modified(|known| std::mem::replace(known, head) != head);
    }

    // ---- Who is there ----------------------------------------------------------------------------------------------

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

    /// The loop between the nodes: tells what moved here, sees what moved there.
    pub(crate) async fn share_presence(self: Arc<Self>, stop: CancellationToken) {
        while self.storage.is_shared() {
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
                tracing::warn!(org = %self.org, "telling other nodes who is there: {e}");
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

/// An event's JSON.
pub(crate) fn json(event: &Event) -> String {
    // Strings, numbers and ids only: there is nothing serde_json could refuse.
    serde_json::to_string(event).unwrap_or_default()
}

/// An event's JSON behind its `seq`, which is not known before the append.
pub(crate) fn tail(incoming: &Incoming) -> String {
    #[derive(Serialize)]
    struct Tail<'a> {
        member: MemberId,
        device: DeviceId,
        accepted_at: Timestamp,
        op: &'a Op,
    }
    let text = serde_json::to_string(&Tail {
        member: incoming.member,
        device: incoming.device,
        accepted_at: incoming.accepted_at,
        op: &incoming.op,
    });
    let mut text = text.unwrap_or_default();
    // Its opening brace stands before the `seq`.
    text.drain(..text.len().min(1));
    text
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kontor_protocol::{Body, DeviceId, Event, MemberId, Op, OpId};
    use uuid::Uuid;

    use super::{json, tail};
    use crate::core::storage::Incoming;

    #[test]
    fn what_is_sent_live_is_what_is_read_later() {
        let body = Body::Replied {
            title: Some("Odg: \"ponudba\"\n".into()),
            answered_after_seconds: Some(90),
        };
        let subject = "customer:7".parse().unwrap();
        let op = Op::new(
            OpId(Uuid::from_u128(1)),
            Timestamp::UNIX_EPOCH,
            subject,
            body,
        );
        let incoming = Incoming {
            member: MemberId(Uuid::from_u128(2)),
            device: DeviceId(Uuid::from_u128(3)),
            accepted_at: Timestamp::UNIX_EPOCH,
            op: op.clone(),
        };
        let event = Event {
            seq: 4711,
            member: incoming.member,
            device: incoming.device,
            accepted_at: incoming.accepted_at,
            op,
        };
        assert_eq!(format!("{{\"seq\":4711,{}", tail(&incoming)), json(&event));
    }
}
