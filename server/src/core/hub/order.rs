//! The order of an organisation's events: the queue before the storage, and the ring behind it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use kontor_protocol::field::Policy;
use kontor_protocol::{DeviceId, Event, MAX_BATCH, MemberId, Op};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::core::hub::ring::After;
use crate::core::hub::room::Room;
use crate::core::storage::{Appended, Incoming, Storage};

/// Pushes that wait; further sessions wait with their own.
pub(super) const QUEUE: usize = 256;
/// Operations after which an append takes no further push in.
const COMMIT_OPS: usize = 2048;
/// Bytes after which an append takes no further push in.
const COMMIT_BYTES: usize = 8 << 20;
/// How long the next append waits after the begin of one, for each push that one had. The more people type at the same
/// time, the more of them share a transaction and a frame; who types alone waits for nothing.
const PACE: Duration = Duration::from_millis(5);
/// The most it waits: nobody sees it.
const LONGEST_PACE: Duration = Duration::from_millis(40);

/// A checked push on its way to the storage.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) ops: Vec<Incoming>,
    /// Their [`tail`]s: written by the session, so that the room's one loop has less to do.
    pub(crate) tails: Vec<String>,
    /// About how large.
    pub(crate) bytes: usize,
    /// One answer an operation; an error when nothing was stored.
    pub(crate) answer: Answering,
}

/// Where it goes what became of a push.
type Answering = oneshot::Sender<Result<Vec<Appended>, Unstored>>;

/// The storage did not take it; the reason is in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unstored;

/// What goes into one append.
struct Batch {
    ops: Vec<Incoming>,
    tails: Vec<String>,
    bytes: usize,
    /// Who waits, and for how many operations.
    answers: Vec<(usize, Answering)>,
}

impl Batch {
    /// Takes in what waits at that time, as long as there is room.
    async fn gather(
        first: Submission,
        queue: &mut mpsc::Receiver<Submission>,
        until: Instant,
    ) -> Self {
        let mut batch = Self {
            answers: vec![(first.ops.len(), first.answer)],
            ops: first.ops,
            tails: first.tails,
            bytes: first.bytes,
        };
        // Asleep, not listening: whoever types does not wake this loop by it.
        sleep_until(until).await;
        while batch.ops.len() < COMMIT_OPS && batch.bytes < COMMIT_BYTES {
            let Ok(next) = queue.try_recv() else { break };
            batch.bytes = batch.bytes.saturating_add(next.bytes);
            batch.answers.push((next.ops.len(), next.answer));
            batch.ops.extend(next.ops);
            batch.tails.extend(next.tails);
        }
        batch
    }
}

impl<S: Storage> Room<S> {
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
        let mut due = Instant::now();
        loop {
            tokio::select! {
                biased;
                first = queue.recv() => match first {
                    Some(first) => {
                        let batch = Batch::gather(first, &mut queue, due).await;
                        due = after(Instant::now(), pace(batch.answers.len()));
                        self.append(batch).await;
                    }
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

    async fn append(&self, batch: Batch) {
        let Batch {
            ops,
            tails,
            answers,
            ..
        } = batch;
        let begun = Instant::now();
        let appended = self.storage.append(self.org, ops).await;
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
        let missing = self.keep(&appended, &tails);
        // Before the news: a session that wakes finds both and sends them in one go.
        let mut rest = appended.into_iter();
        for (count, answer) in answers {
            drop(answer.send(Ok(rest.by_ref().take(count).collect())));
        }
        match missing {
            Some(seq) => self.catch_up(seq).await,
            None => self.announce(),
        }
    }

    /// Puts new events in the ring. Answers one of them where others' are missing before it.
    fn keep(&self, appended: &[Appended], tails: &[String]) -> Option<u64> {
        let mut stored = 0_u64;
        let mut missing = None;
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        for (appended, tail) in appended.iter().zip(tails) {
            let Appended::New(seq, policy) = appended else {
                self.figures.repeats.inc();
                continue;
            };
            stored = stored.saturating_add(1);
            if !ring.push(*seq, whole(*seq, *policy, tail).into()) {
                missing = Some(*seq);
            }
        }
        self.figures.ops.inc_by(stored);
        missing
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
}

/// The time between an append of so many pushes and the next one.
fn pace(pushes: usize) -> Duration {
    let pushes = u32::try_from(pushes).unwrap_or(u32::MAX);
    PACE.saturating_mul(pushes).min(LONGEST_PACE)
}

fn after(moment: Instant, pause: Duration) -> Instant {
    moment.checked_add(pause).unwrap_or(moment)
}

/// An event's JSON.
pub(crate) fn json(event: &Event) -> String {
    // Strings, numbers and ids only: there is nothing serde_json could refuse.
    serde_json::to_string(event).unwrap_or_default()
}

/// An event's JSON, put together once the append has said its number and policy.
fn whole(seq: u64, policy: Option<Policy>, tail: &str) -> String {
    match policy {
        None => format!("{{\"seq\":{seq},{tail}"),
        Some(policy) => {
            let policy = policy.as_str();
            format!("{{\"seq\":{seq},\"policy\":\"{policy}\",{tail}")
        }
    }
}

/// An event's JSON behind what is not known before the append.
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
    use kontor_protocol::field::Policy;
    use kontor_protocol::{Body, DeviceId, Event, MemberId, Op, OpId};
    use rstest::rstest;
    use uuid::Uuid;

    use super::{json, tail, whole};
    use crate::core::storage::Incoming;

    #[rstest]
    #[case::standard(None)]
    #[case::as_admins_set_it(Some(Policy::Critical))]
    fn what_is_sent_live_is_what_is_read_later(#[case] policy: Option<Policy>) {
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
            policy,
            member: incoming.member,
            device: incoming.device,
            accepted_at: incoming.accepted_at,
            op,
        };
        assert_eq!(whole(4711, policy, &tail(&incoming)), json(&event));
    }
}
