//! One desk's conversation: hello, welcome, events after its cursor, then live.
//!
//! It runs over any pair of a stream of frames and a sink of frames, so a WebSocket and a channel in one process are the
//! same to it.

mod acts;
mod facts;
pub(crate) mod line;
mod push;
mod snapshot;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use futures::{Sink, Stream, StreamExt as _};
use kontor_protocol::{
    ACT_FILES, ACTS, Availability, ClientFrame, FACTS, Hello, MAX_BATCH, Org, Presence, Reject,
    RejectCode, ServerFrame, VERSION, Welcome,
};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep};

use crate::core::hub::Hub;
use crate::core::hub::limits::Buckets;
use crate::core::hub::order::json;
use crate::core::hub::ring::After;
use crate::core::hub::room::Room;
use crate::core::identity::secret;
use crate::core::session::acts::Acts;
use crate::core::session::facts::Facts;
use crate::core::session::line::{End, Ending, Line};
use crate::core::session::push::Waiting;
use crate::core::session::snapshot::Joining;
use crate::core::storage::{Storage, Who};

/// About how many bytes an event frame has; a single event may be larger.
const FRAME_BYTES: usize = 1 << 20;
/// Pushes of one desk that may wait for the storage at once.
const MAX_WAITING: usize = 8;
/// What this server can, in the protocol's words.
const CAPABILITIES: [&str; 6] = ["presence", "intents", "snapshot", FACTS, ACTS, ACT_FILES];

/// Something came over the line.
#[derive(Debug)]
pub enum Heard {
    /// A frame's text.
    Frame(String),
    /// A sign of life below the frames, such as a WebSocket's own ping.
    Alive,
}

/// The line cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LineProblem {
    /// A frame is longer than [`kontor_protocol::MAX_FRAME_BYTES`].
    #[error("a frame is too long")]
    TooLarge,
    /// What came is no text.
    #[error("what came is no text")]
    NotText,
    /// Anything else; the line is over.
    #[error("the line broke")]
    Broken,
}

impl<S: Storage> Hub<S> {
    /// Serves one desk until its line ends; the caller drops the line then.
    ///
    /// The first frame must be a hello with a device's token. Never panics, whatever comes.
    pub async fn attach<I, O>(&self, incoming: I, outgoing: O)
    where
        I: Stream<Item = Result<Heard, LineProblem>> + Send + Unpin,
        O: Sink<String> + Send + Unpin,
    {
        let serving = self.serve(incoming, outgoing);
        self.inner.sessions.track_future(Box::pin(serving)).await;
    }

    async fn serve<I, O>(&self, mut incoming: I, outgoing: O)
    where
        I: Stream<Item = Result<Heard, LineProblem>> + Send + Unpin,
        O: Sink<String> + Send + Unpin,
    {
        let patience = self.inner.limits.silence();
        let mut line = Line::new(outgoing, Ending::below(&self.inner.leaving), patience);
        let hello = async {
            let _reading = self.inner.greeters.acquire().await;
            greeting(&mut incoming).await
        };
        let greeted = tokio::select! {
            greeted = tokio::time::timeout(self.inner.limits.hello, hello) => greeted,
            // Nobody who has not even said who they are holds a server up that stops.
            () = line.ended() => return line.finish(End::Leaving).await,
        };
        let end = match greeted {
            Ok(Ok(hello)) => Box::pin(self.welcome(&hello, incoming, &mut line)).await,
            Ok(Err(end)) => end,
            Err(_) => End::refuse(RejectCode::Malformed, "no hello came in time"),
        };
        if let End::Refused(reject) = &end {
            self.inner.figures.rejected(reject.code);
        }
        line.finish(end).await;
    }

    async fn welcome<I, O>(&self, hello: &Hello, incoming: I, line: &mut Line<O>) -> End
    where
        I: Stream<Item = Result<Heard, LineProblem>> + Send + Unpin,
        O: Sink<String> + Send + Unpin,
    {
        let stranger = || End::refuse(RejectCode::Auth, "sign in again: this token is not valid");
        let hash = secret::token_hash(&hello.token);
        let who = match self.inner.storage.who(hash, self.inner.clock.now()).await {
            Ok(Some(who)) if who.device == hello.device => who,
            Ok(_) => return stranger(),
            Err(e) => return End::unstored(&e),
        };
        // The room first: what is appended from here on is heard.
        let room = self.room(who.org);
        let org = match self.inner.storage.org(who.org).await {
            Ok(Some(org)) => org,
            Ok(None) => return stranger(),
            Err(e) => return End::unstored(&e),
        };
        room.hint(org.head);
        let other = hello
            .epoch
            .as_ref()
            .is_some_and(|epoch| *epoch != org.epoch);
        // A cursor beyond the head counts in another store, too.
        let cursor = if other || hello.cursor > org.head {
            0
        } else {
            hello.cursor
        };
        // A desk that was told other numbers has something already, and is to know what is missing here.
        let asked = hello.snapshot.clone().filter(|_| cursor == 0 && !other);
        let joining = match Joining::begin(&self.inner.storage, org.id, asked).await {
            Ok(joining) => joining,
            Err(e) => return End::unstored(&e),
        };
        let welcome = ServerFrame::Welcome(Box::new(Welcome {
            version: VERSION,
            epoch: org.epoch,
            head: org.head,
            org: Org {
                id: org.id,
                name: org.name,
                thread_key: org.thread_key,
            },
            member: who.member,
            heartbeat_seconds: u32::try_from(self.inner.limits.heartbeat.as_secs().max(1))
                .unwrap_or(u32::MAX),
            capabilities: CAPABILITIES.map(Into::into).to_vec(),
        }));
        if let Err(end) = line.say(&welcome).await {
            return end;
        }
        let taken = room.sit(&who, line.ending_sign());
        let wants_facts = hello.capabilities.iter().any(|word| word == FACTS);
        let ear = wants_facts.then(|| room.listen_to_facts());
        self.inner.figures.welcomes.inc();
        tracing::debug!(org = %who.org, device = %who.device, cursor, "a desk is attached");
        let mut session = Session {
            hub: self,
            acts: Acts::new(room.listen_to_acts()),
            head: room.head(),
            presence: room.presence(),
            room,
            who,
            number: taken.number,
            line,
            incoming,
            sent: cursor,
            joining,
            page: FIRST_PAGE,
            seen: 0,
            facts: Facts::new(ear),
            waiting: VecDeque::new(),
            buckets: Buckets::new(&self.inner.limits),
            heard_at: Instant::now(),
        };
        let end = session.run().await;
        tracing::debug!(device = %session.who.device, ?end, "a desk left");
        end
    }
}

/// Events in the first page out of the storage. Grows while pages are small, so that one of large events stays bearable.
const FIRST_PAGE: usize = 32;

/// A welcomed desk.
struct Session<'a, S: Storage, I, O> {
    hub: &'a Hub<S>,
    room: Arc<Room<S>>,
    who: Who,
    number: u64,
    line: &'a mut Line<O>,
    incoming: I,
    head: watch::Receiver<u64>,
    presence: watch::Receiver<u64>,
    /// The last event that was sent.
    sent: u64,
    /// The snapshot that is sent before events are.
    joining: Option<Joining>,
    /// How many events the next page out of the storage has.
    page: usize,
    /// The count of presence that was sent.
    seen: u64,
    facts: Facts,
    acts: Acts,
    waiting: VecDeque<Waiting>,
    buckets: Buckets,
    heard_at: Instant,
}

/// What a session does next.
enum Turn {
    Heard(Option<Result<Heard, LineProblem>>),
    Answered(push::Answer),
    Events,
    Presence,
    Facts(facts::Turn),
    Acts(acts::Turn),
    /// Nothing for now.
    Said,
    Quiet,
    Ended,
}

impl<S: Storage, I, O> Session<'_, S, I, O>
where
    I: Stream<Item = Result<Heard, LineProblem>> + Send + Unpin,
    O: Sink<String> + Send + Unpin,
{
    async fn run(&mut self) -> End {
        if let Err(end) = self.tell_presence().await {
            return end;
        }
        let silence = self.hub.inner.limits.silence();
        let mut alarm = Box::pin(tokio::time::sleep(silence));
        loop {
            let turn = self.turn(&mut alarm).await;
            let done = match turn {
                Turn::Heard(None) => Err(End::Gone),
                Turn::Heard(Some(heard)) => self.hear(heard).await,
                Turn::Answered(answer) => self.answer(answer).await,
                Turn::Events => Box::pin(self.tell_events()).await,
                Turn::Presence => self.tell_presence().await,
                Turn::Facts(turn) => Box::pin(self.tell_facts(turn)).await,
                Turn::Acts(turn) => Box::pin(self.tell_acts(turn)).await,
                Turn::Said => self.line.flush().await,
                Turn::Quiet => {
                    let until = self.heard_at.checked_add(silence);
                    match until.filter(|until| *until > Instant::now()) {
                        Some(until) => {
                            alarm.as_mut().reset(until);
                            Ok(())
                        }
                        None => Err(End::Silent),
                    }
                }
                Turn::Ended => Err(self.line.ending()),
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    /// What there is to do, and before waiting for that, to let go of what was said.
    async fn turn(&mut self, alarm: &mut std::pin::Pin<Box<Sleep>>) -> Turn {
        let holding = self.line.is_holding();
        tokio::select! {
            biased;
            turn = self.next(alarm) => turn,
            () = std::future::ready(()), if holding => Turn::Said,
        }
    }

    async fn next(&mut self, alarm: &mut std::pin::Pin<Box<Sleep>>) -> Turn {
        let behind = *self.head.borrow_and_update() > self.sent || self.joining.is_some();
        let room_for_more =
            self.waiting.len() < MAX_WAITING && !self.facts.is_busy() && !self.acts.is_busy();
        tokio::select! {
            heard = self.incoming.next(), if room_for_more => Turn::Heard(heard),
            answer = push::next(&mut self.waiting) => Turn::Answered(answer),
            () = std::future::ready(()), if behind => Turn::Events,
            _ = self.head.changed(), if !behind => Turn::Events,
            _ = self.presence.changed() => Turn::Presence,
            turn = self.facts.next() => Turn::Facts(turn),
            turn = self.acts.next() => Turn::Acts(turn),
            () = alarm.as_mut() => Turn::Quiet,
            () = self.line.ended() => Turn::Ended,
        }
    }

    async fn hear(&mut self, heard: Result<Heard, LineProblem>) -> Result<(), End> {
        let text = match heard {
            Ok(Heard::Frame(text)) => text,
            Ok(Heard::Alive) => String::new(),
            Err(problem) => return Err(End::unread(&problem)),
        };
        self.heard_at = Instant::now();
        if !self.buckets.take_frame(text.len()) {
            return Err(too_fast());
        }
        if text.is_empty() {
            return self.count();
        }
        let frame: ClientFrame = serde_json::from_str(&text).map_err(|e| {
            tracing::debug!(device = %self.who.device, line = e.line(), "a frame that is none");
            End::refuse(RejectCode::Malformed, "this is not a frame of the protocol")
        })?;
        match frame {
            // Counted by its operations, which are refused one by one.
            ClientFrame::Push { ops } => self.push(ops, text.len()).await,
            ClientFrame::Ping { nonce } => {
                self.count()?;
                self.line.say(&ServerFrame::Pong { nonce }).await
            }
            ClientFrame::Presence(presence) => self.take_presence(presence),
            ClientFrame::Customers { after } => self.ask_customers(after),
            ClientFrame::Products { after } => self.ask_products(after),
            ClientFrame::Dossiers { wanted } => self.ask_dossiers(wanted),
            ClientFrame::ErpAct(ask) => self.ask_act(ask),
            ClientFrame::Hello(_) => {
                Err(End::refuse(RejectCode::Malformed, "hello was said already"))
            }
        }
    }

    /// Counts a frame that is no push.
    fn count(&self) -> Result<(), End> {
        if self.buckets.take_ops(1) {
            Ok(())
        } else {
            Err(too_fast())
        }
    }

    fn take_presence(&self, presence: Presence) -> Result<(), End> {
        if presence.state == Availability::Offline {
            let message = "a desk cannot say that it is offline: it hangs up";
            return Err(End::refuse(RejectCode::Malformed, message));
        }
        self.count()?;
        self.room.say(self.who.member, self.number, presence);
        Ok(())
    }

    async fn tell_presence(&mut self) -> Result<(), End> {
        self.presence.mark_unchanged();
        let (members, now) = self.room.changed_after(self.seen);
        self.seen = now;
        if members.is_empty() {
            return Ok(());
        }
        self.line.say(&ServerFrame::Presence { members }).await
    }

    /// Sends one frame of events, or a page of them out of the storage.
    async fn tell_events(&mut self) -> Result<(), End> {
        if let Some(joining) = self.joining.take() {
            return self.tell_snapshot(joining).await;
        }
        match self.room.after(self.sent, MAX_BATCH, FRAME_BYTES) {
            After::Nothing => Ok(()),
            After::Events(events) => {
                let count = events.len() as u64;
                self.send_events(events.iter().map(|json| &**json), count)
                    .await
            }
            After::TooOld => self.tell_page().await,
        }
    }

    async fn tell_page(&mut self) -> Result<(), End> {
        let inner = &self.hub.inner;
        let events = {
            let _reading = inner.readers.acquire().await;
            inner
                .storage
                .events(self.who.org, self.sent, self.page)
                .await
                .map_err(|e| End::unstored(&e))?
        };
        inner.figures.pages.inc();
        if events.first().map(|event| event.seq) != self.sent.checked_add(1) {
            tracing::error!(org = %self.who.org, after = self.sent, "events are missing here");
            return Err(End::refuse(
                RejectCode::Internal,
                "events are missing on the server",
            ));
        }
        let mut frame: Vec<String> = Vec::new();
        let (mut bytes, mut total) = (0_usize, 0_usize);
        for event in &events {
            let text = json(event);
            if !frame.is_empty() && bytes.saturating_add(text.len()) > FRAME_BYTES {
                let full = std::mem::take(&mut frame);
                self.send_strings(&full).await?;
                bytes = 0;
            }
            bytes = bytes.saturating_add(text.len());
            total = total.saturating_add(text.len());
            frame.push(text);
        }
        self.send_strings(&frame).await?;
        self.page = if total > FRAME_BYTES {
            (self.page / 2).max(1)
        } else {
            self.page.saturating_mul(2).min(MAX_BATCH)
        };
        Ok(())
    }

    async fn send_strings(&mut self, events: &[String]) -> Result<(), End> {
        let count = events.len() as u64;
        self.send_events(events.iter().map(String::as_str), count)
            .await
    }

    async fn send_events(
        &mut self,
        events: impl Iterator<Item = &str>,
        count: u64,
    ) -> Result<(), End> {
        let mut text = String::from("{\"type\":\"event\",\"events\":[");
        for (n, json) in events.enumerate() {
            if n > 0 {
                text.push(',');
            }
            text.push_str(json);
        }
        text.push_str("]}");
        self.line.say_text(text).await?;
        self.sent = self.sent.saturating_add(count);
        self.hub.inner.figures.events.inc_by(count);
        Ok(())
    }
}

fn too_fast() -> End {
    let message = "too much came at once: connect again in a while";
    End::refuse(RejectCode::Busy, message)
}

/// Enough of a hello to see its version: another version may look different otherwise.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    version: Option<u32>,
}

async fn greeting<I>(incoming: &mut I) -> Result<Hello, End>
where
    I: Stream<Item = Result<Heard, LineProblem>> + Send + Unpin,
{
    let text = loop {
        match incoming.next().await {
            Some(Ok(Heard::Frame(text))) => break text,
            Some(Ok(Heard::Alive)) => {}
            Some(Err(problem)) => return Err(End::unread(&problem)),
            None => return Err(End::Gone),
        }
    };
    let no_hello = || End::refuse(RejectCode::Malformed, "the first frame must be a hello");
    let probe: Probe = serde_json::from_str(&text).map_err(|_why| no_hello())?;
    if probe.kind == "hello" && probe.version.is_some_and(|version| version != VERSION) {
        return Err(End::Refused(Reject {
            op_id: None,
            code: RejectCode::Version,
            message: format!("this server speaks version {VERSION}: update Kontor or the server"),
        }));
    }
    match serde_json::from_str(&text) {
        Ok(ClientFrame::Hello(hello)) => Ok(hello),
        _ => Err(no_hello()),
    }
}

impl<S: Storage, I, O> fmt::Debug for Session<'_, S, I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("device", &self.who.device)
            .finish_non_exhaustive()
    }
}
