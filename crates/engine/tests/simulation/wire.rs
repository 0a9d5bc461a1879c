//! A line between a desk and a node, frame by frame: what is under way lies in two queues until it is carried on.

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use futures::channel::mpsc::Receiver;
use futures::{FutureExt as _, StreamExt as _};
use jiff::SignedDuration;
use kontor_protocol::{
    ClientFrame, DeviceId, Event, Hello, MemberId, OrgId, ServerFrame, SnapshotRow,
};
use kontor_server::core::session::Heard;
use kontor_testkit::Rng;
use uuid::Uuid;

use crate::base::ToHub;
use crate::plan::Damage;

/// Nothing takes longer, however busy the machine; what takes longer is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);

/// An organisation, as far as it may be seen from its desks.
#[derive(Debug)]
pub(crate) struct Org {
    pub(crate) id: OrgId,
    pub(crate) name: &'static str,
    pub(crate) thread_key: String,
    pub(crate) members: BTreeSet<MemberId>,
    pub(crate) devices: BTreeSet<DeviceId>,
}

impl Org {
    /// Fails when an event is none of this organisation's business.
    pub(crate) fn assert_own(&self, event: &Event) {
        let server = event.device.0 == Uuid::nil();
        let own = self.members.contains(&event.member)
            && (server || self.devices.contains(&event.device));
        assert!(own, "{} heard of a stranger's event: {event:?}", self.name);
    }
}

/// One connection.
pub(crate) struct Wire {
    org: Rc<Org>,
    pub(crate) node: usize,
    to_hub: ToHub,
    from_hub: Receiver<String>,
    pub(crate) up: VecDeque<String>,
    pub(crate) down: VecDeque<String>,
    /// What arrived at the server as the first frame.
    hello: Option<Hello>,
    welcomed: bool,
    /// Operations that arrived at the server, and those it answered.
    pushed: usize,
    answered: usize,
    /// The last event the server sent.
    seen: u64,
    /// The highest number the server told.
    pub(crate) top: u64,
    /// The server closed it, or will: what arrived was no frame.
    pub(crate) closed: bool,
    closing: bool,
    /// Frames to the server were damaged: it may be right to refuse and end it.
    pub(crate) hurt_up: bool,
    /// Frames to the desk were damaged or came in another order.
    pub(crate) hurt_down: bool,
}

impl Wire {
    pub(crate) fn new(
        org: Rc<Org>,
        node: usize,
        (to_hub, from_hub): (ToHub, Receiver<String>),
    ) -> Self {
        Self {
            org,
            node,
            to_hub,
            from_hub,
            up: VecDeque::new(),
            down: VecDeque::new(),
            hello: None,
            welcomed: false,
            pushed: 0,
            answered: 0,
            seen: 0,
            top: 0,
            closed: false,
            closing: false,
            hurt_up: false,
            hurt_down: false,
        }
    }

    /// The desk says something; it is under way.
    pub(crate) fn say(&mut self, frame: &ClientFrame) {
        self.up.push_back(serde_json::to_string(frame).unwrap());
    }

    /// The oldest frame under way arrives at the server; false when there was none.
    pub(crate) fn carry_up(&mut self) -> bool {
        let Some(text) = self.up.pop_front() else {
            return false;
        };
        match serde_json::from_str(&text) {
            Ok(ClientFrame::Hello(hello)) if self.hello.is_none() => self.hello = Some(hello),
            Ok(ClientFrame::Push { ops }) if self.hello.is_some() => self.pushed += ops.len(),
            Ok(
                ClientFrame::Presence(_)
                | ClientFrame::Ping { .. }
                | ClientFrame::Customers { .. }
                | ClientFrame::Products { .. }
                | ClientFrame::Dossiers { .. }
                | ClientFrame::ErpAct(_),
            ) if self.hello.is_some() => {}
            _ => self.closing = true,
        }
        // A server that is gone hears nothing.
        drop(self.to_hub.unbounded_send(Ok(Heard::Frame(text))));
        true
    }

    /// The oldest frame under way to the desk, where there is one.
    pub(crate) fn carry_down(&mut self) -> Option<String> {
        self.gather();
        self.down.pop_front()
    }

    /// Takes up what the server has sent so far.
    pub(crate) fn gather(&mut self) {
        while let Some(next) = self.from_hub.next().now_or_never() {
            match next {
                Some(text) => self.heard(text),
                None => {
                    self.closed = true;
                    break;
                }
            }
        }
    }

    /// Waits until the server has answered all that arrived and sent all events up to `head`.
    pub(crate) async fn settle(&mut self, head: u64) {
        self.gather();
        while !self.is_quiet(head) {
            self.wait(&format!("events up to {head}")).await;
        }
    }

    /// Waits until the server has let go of the line.
    pub(crate) async fn ended(&mut self) {
        while !self.closed {
            self.wait("the end of a dead node's line").await;
        }
    }

    async fn wait(&mut self, what: &str) {
        match tokio::time::timeout(PATIENCE, self.from_hub.next()).await {
            Ok(Some(text)) => self.heard(text),
            Ok(None) => self.closed = true,
            Err(_late) => panic!(
                "{what} do not come from node {}: welcomed {}, {} of {} operations answered, event {} sent",
                self.node, self.welcomed, self.answered, self.pushed, self.seen
            ),
        }
    }

    fn is_quiet(&self, head: u64) -> bool {
        let asked = self.hello.is_some();
        let done = !asked || (self.welcomed && self.answered >= self.pushed && self.seen >= head);
        self.closed || (done && !self.closing)
    }

    /// A frame from the server; whatever it is, it is right.
    fn heard(&mut self, text: String) {
        let frame: ServerFrame =
            serde_json::from_str(&text).expect("the server speaks the protocol");
        match &frame {
            ServerFrame::Welcome(welcome) => {
                assert_eq!(welcome.org.id, self.org.id, "everybody is welcomed at home");
                let hello = self.hello.as_ref().expect("a welcome answers a hello");
                let other = hello
                    .epoch
                    .as_ref()
                    .is_some_and(|epoch| *epoch != welcome.epoch);
                let anew = other || hello.cursor > welcome.head;
                self.seen = if anew { 0 } else { hello.cursor };
                self.top = self.top.max(welcome.head);
                self.welcomed = true;
            }
            ServerFrame::Ack { acks } => {
                self.answered += acks.len();
                self.top = acks.iter().map(|ack| ack.seq).fold(self.top, u64::max);
            }
            ServerFrame::Event { events } => {
                for event in events {
                    assert_eq!(
                        event.seq,
                        self.seen + 1,
                        "events come in order, without gaps"
                    );
                    self.org.assert_own(event);
                    self.seen = event.seq;
                }
                self.top = self.top.max(self.seen);
            }
            ServerFrame::Snapshot(page) => {
                for event in &page.recent {
                    self.org.assert_own(event);
                }
                let whole = page.rows.iter().filter(|row| !row.more);
                for event in whole
                    .filter_map(SnapshotRow::read)
                    .flat_map(|fold| fold.events)
                {
                    self.org.assert_own(&event);
                }
                self.seen = page.end.unwrap_or(self.seen);
                self.top = self.top.max(self.seen);
            }
            ServerFrame::Reject(reject) if reject.op_id.is_some() => self.answered += 1,
            ServerFrame::Reject(_) => self.closing = true,
            ServerFrame::Presence { members } => {
                let strangers = members
                    .iter()
                    .any(|m| !self.org.members.contains(&m.member));
                assert!(!strangers, "{} sees a stranger: {members:?}", self.org.name);
            }
            ServerFrame::Pong { .. }
            | ServerFrame::Facts(_)
            | ServerFrame::Customers(_)
            | ServerFrame::Products(_)
            | ServerFrame::Dossier(_)
            | ServerFrame::ErpTold(_) => {}
        }
        self.down.push_back(text);
    }

    // ---- What happens to frames under way --------------------------------------------------------------------------

    /// The newest push is there twice.
    pub(crate) fn double(&mut self) {
        let push = self.up.iter().rev().find(|text| is_push(text)).cloned();
        self.up.extend(push);
    }

    /// The newest two frames change places; a hello or a welcome is always the first.
    pub(crate) fn swap(&mut self, up: bool) {
        self.gather();
        let queue = if up { &mut self.up } else { &mut self.down };
        let first = |text: &String| {
            text.starts_with(r#"{"type":"hello""#) || text.starts_with(r#"{"type":"welcome""#)
        };
        let len = queue.len();
        if len < 2 || first(&queue[len - 2]) {
            return;
        }
        queue.swap(len - 2, len - 1);
        self.hurt_down |= !up;
    }

    pub(crate) fn spoil(&mut self, how: Damage) {
        self.gather();
        match how {
            Damage::PushedOp => {
                if let Some(text) = self.up.iter_mut().find(|text| is_push(text)) {
                    *text = spoiled_push(text);
                }
            }
            Damage::Letter(random) => {
                if let Some(text) = self.up.iter_mut().find(|text| is_push(text)) {
                    *text = other_letter(text, random);
                    self.hurt_up = true;
                }
            }
            Damage::Half => {
                if let Some(text) = self.up.back_mut() {
                    let half = text.chars().count() / 2;
                    *text = text.chars().take(half).collect();
                    self.hurt_up = true;
                }
            }
            Damage::Event => {
                let events = |text: &&mut String| text.starts_with(r#"{"type":"event""#);
                if let Some(text) = self.down.iter_mut().find(events) {
                    *text = spoiled_event(text);
                    self.hurt_down = true;
                }
            }
        }
    }
}

fn is_push(text: &str) -> bool {
    text.starts_with(r#"{"type":"push""#)
}

fn spoiled_push(text: &str) -> String {
    let Ok(ClientFrame::Push { mut ops }) = serde_json::from_str(text) else {
        return text.to_owned();
    };
    let middle = ops.len() / 2;
    if let Some(op) = ops.get_mut(middle) {
        op.occurred_at = op
            .occurred_at
            .saturating_add(SignedDuration::from_secs(1))
            .unwrap();
    }
    serde_json::to_string(&ClientFrame::Push { ops }).unwrap()
}

fn spoiled_event(text: &str) -> String {
    let Ok(ServerFrame::Event { mut events }) = serde_json::from_str(text) else {
        return text.to_owned();
    };
    if let Some(event) = events.last_mut() {
        let at = event.op.occurred_at;
        event.op.occurred_at = at.saturating_sub(SignedDuration::from_secs(1)).unwrap();
    }
    serde_json::to_string(&ServerFrame::Event { events }).unwrap()
}

/// One letter or digit behind the frame's type is another.
fn other_letter(text: &str, random: u64) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (r#"{"type":"push""#.len()..letters.len())
        .filter(|n| letters[*n].is_ascii_alphanumeric())
        .collect();
    let mut rng = Rng::new(random);
    if let Some(place) = rng.pick(&places) {
        let here = letters[*place];
        let others: Vec<char> = ('a'..='z')
            .chain('0'..='9')
            .filter(|c| *c != here)
            .collect();
        letters[*place] = *rng.pick(&others).unwrap();
    }
    letters.into_iter().collect()
}
