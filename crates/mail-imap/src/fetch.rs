//! Fetching envelopes and whole messages.
//!
//! Commands name a few hundred UIDs each and the next one is sent before the answers to the first have come, so a long
//! line never runs dry. Nothing is held back: a message is handed on as soon as its answer is read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kontor_mail::provider::{Content, Depth, Fault, Fetched, RemoteStatus, Result};
use kontor_model::{Flags, Millis};
use tokio::sync::mpsc;

use crate::ImapProvider;
use crate::answer::Answer;
use crate::changes::Opening;
use crate::command::Command;
use crate::fetch_item::Fetch;
use crate::session::Tag;
use crate::set::sets;

/// Larger messages come in pieces of this size, so that one of them never fills the memory twice.
const PIECE: usize = 4 * 1024 * 1024;
/// First pieces of large messages kept until the rest is asked for; beyond that they are fetched again.
const KEPT: usize = 4 * PIECE;
/// Commands under way at a time.
const AHEAD: usize = 2;

const ENVELOPE: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS \
    (DATE FROM SENDER REPLY-TO TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES)])";

/// How many messages one command names.
const fn batch(depth: Depth) -> usize {
    match depth {
        Depth::Envelope => 500,
        Depth::Full => 100,
    }
}

fn items(depth: Depth) -> String {
    match depth {
        Depth::Envelope => ENVELOPE.to_owned(),
        // The first piece, which is the whole of nearly all: no size need be known beforehand.
        Depth::Full => format!("(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{PIECE}>)"),
    }
}

/// What is known of a message so far; servers may spread it over several answers (RFC 3501 §7.4.2).
#[derive(Debug, Default)]
struct Part {
    flags: Option<Flags>,
    internal_date: Option<Millis>,
    size: Option<u64>,
    has_attachment: Option<bool>,
    body: Option<Vec<u8>>,
}

impl Part {
    fn take(&mut self, fetch: Fetch<'_>) {
        self.flags = fetch.flags.or_else(|| self.flags.take());
        self.internal_date = fetch.internal_date.or(self.internal_date);
        self.size = fetch.size.or(self.size);
        self.has_attachment = fetch.has_attachment.or(self.has_attachment);
        if let Some(body) = fetch.body {
            self.body = Some(body.into_owned());
        }
    }

    fn is_whole(&self) -> bool {
        self.flags.is_some()
            && self.internal_date.is_some()
            && self.size.is_some()
            && self.body.is_some()
    }

    /// The message, once no more is to come; `None` when its body never came (it is gone, or only its flags changed).
    fn into_fetched(self, uid: u32, depth: Depth) -> Option<Fetched> {
        let body = self.body?;
        let len = u64::try_from(body.len()).unwrap_or(u64::MAX);
        Some(Fetched {
            uid,
            flags: self.flags.unwrap_or_default(),
            internal_date: self.internal_date.unwrap_or_default(),
            size: self.size.unwrap_or(len),
            content: match depth {
                Depth::Envelope => Content::Envelope {
                    header: body,
                    has_attachment: self.has_attachment,
                },
                Depth::Full => Content::Raw(body),
            },
        })
    }

    fn continues(&self, depth: Depth) -> bool {
        depth == Depth::Full && self.body.as_ref().is_some_and(|b| b.len() == PIECE)
    }
}

/// One run of [`ImapProvider::fetch_messages`].
struct Run<'a> {
    depth: Depth,
    sink: &'a mpsc::Sender<Fetched>,
    wanted: BTreeSet<u32>,
    parts: BTreeMap<u32, Part>,
    /// Messages of which only the first piece came.
    large: BTreeMap<u32, Part>,
    kept: usize,
    closed: bool,
}

impl Run<'_> {
    /// Takes one answer in; returns a message that is whole now.
    fn take(&mut self, fetch: Fetch<'_>) -> Option<Fetched> {
        let uid = fetch.uid?;
        // Somebody else's flag change, mixed in.
        if self.closed || !self.wanted.contains(&uid) {
            return None;
        }
        let mut part = self.parts.remove(&uid).unwrap_or_default();
        part.take(fetch);
        if !part.is_whole() {
            self.parts.insert(uid, part);
            return None;
        }
        self.finish(uid, part)
    }

    fn finish(&mut self, uid: u32, mut part: Part) -> Option<Fetched> {
        if part.continues(self.depth) {
            if self.kept >= KEPT {
                part.body = None;
            } else {
                self.kept = self.kept.saturating_add(PIECE);
            }
            self.wanted.remove(&uid);
            self.large.insert(uid, part);
            return None;
        }
        let fetched = part.into_fetched(uid, self.depth)?;
        self.wanted.remove(&uid);
        Some(fetched)
    }

    /// Hands a message on, waiting while the receiver is busy; once it is gone, the rest is passed over.
    async fn hand_on(&mut self, fetched: Fetched) {
        if self.sink.send(fetched).await.is_err() {
            self.closed = true;
        }
    }

    /// What came only in part, now that nothing more will come.
    async fn hand_on_rest(&mut self) {
        for (uid, part) in std::mem::take(&mut self.parts) {
            if let Some(fetched) = self.finish(uid, part) {
                self.hand_on(fetched).await;
            }
        }
    }
}

impl ImapProvider {
    pub(crate) async fn fetch_messages(
        &mut self,
        wire: &str,
        uids: &[u32],
        depth: Depth,
        sink: &mpsc::Sender<Fetched>,
    ) -> Result<()> {
        self.open(wire).await?;
        let mut run = Run {
            depth,
            sink,
            wanted: uids.iter().copied().collect(),
            parts: BTreeMap::new(),
            large: BTreeMap::new(),
            kept: 0,
            closed: false,
        };
        let refused = self.fetch_batches(uids, &mut run).await?;
        run.hand_on_rest().await;
        self.fetch_one_by_one(refused, &mut run).await?;
        self.fetch_large(&mut run).await
    }

    /// Fetches all in batches; returns the UIDs of batches the server refused.
    async fn fetch_batches(&mut self, uids: &[u32], run: &mut Run<'_>) -> Result<Vec<u32>> {
        let items = items(run.depth);
        // In the order given, so that the newest come first where the caller wants that; ascending within a batch.
        let mut batches = uids
            .chunks(batch(run.depth))
            .flat_map(|chunk| sets(chunk).into_iter().map(move |set| (set, chunk)));
        let mut under_way: VecDeque<(Tag, &[u32])> = VecDeque::with_capacity(AHEAD);
        let mut refused = Vec::new();
        loop {
            while under_way.len() < AHEAD
                && !run.closed
                && let Some((set, chunk)) = batches.next()
            {
                let tag = self
                    .session
                    .send(Command::new(format!("UID FETCH {set} {items}")))
                    .await?;
                under_way.push_back((tag, chunk));
            }
            let Some((tag, chunk)) = under_way.front().copied() else {
                return Ok(refused);
            };
            let whole = match self.session.next_of(tag).await? {
                Some(Answer::Fetch(fetch)) => run.take(fetch),
                Some(_) => None,
                None => {
                    under_way.pop_front();
                    let outcome = self.session.outcome(tag)?;
                    if !outcome.is_ok() {
                        refusal_of_a_few(outcome.fault("read messages"))?;
                        refused.extend(chunk);
                    }
                    None
                }
            };
            if let Some(fetched) = whole {
                run.hand_on(fetched).await;
            }
        }
    }

    /// One message the server cannot read must not take those beside it along.
    async fn fetch_one_by_one(&mut self, uids: Vec<u32>, run: &mut Run<'_>) -> Result<()> {
        let items = items(run.depth);
        for uid in uids {
            if run.closed || !run.wanted.contains(&uid) {
                continue;
            }
            let tag = self
                .session
                .send(Command::new(format!("UID FETCH {uid} {items}")))
                .await?;
            while let Some(answer) = self.session.next_of(tag).await? {
                if let Answer::Fetch(fetch) = answer
                    && let Some(fetched) = run.take(fetch)
                {
                    run.hand_on(fetched).await;
                }
            }
            let outcome = self.session.outcome(tag)?;
            if !outcome.is_ok() {
                tracing::warn!(uid, why = %outcome.text, "the server cannot read a message");
                refusal_of_a_few(outcome.fault("read a message"))?;
            }
            run.hand_on_rest().await;
        }
        Ok(())
    }

    /// Fetches what lies behind the first piece, a message at a time.
    async fn fetch_large(&mut self, run: &mut Run<'_>) -> Result<()> {
        while let Some((uid, mut part)) = run.large.pop_first() {
            if run.closed {
                return Ok(());
            }
            let mut body = part.body.take().unwrap_or_default();
            loop {
                let Some(piece) = self.fetch_piece(uid, body.len()).await? else {
                    // Gone in between: no part of a message passes for the whole.
                    body.clear();
                    break;
                };
                body.extend_from_slice(&piece);
                if piece.len() < PIECE {
                    break;
                }
            }
            if body.is_empty() {
                continue;
            }
            part.body = Some(body);
            if let Some(fetched) = part.into_fetched(uid, run.depth) {
                run.hand_on(fetched).await;
            }
        }
        Ok(())
    }

    async fn fetch_piece(&mut self, uid: u32, from: usize) -> Result<Option<Vec<u8>>> {
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<{from}.{PIECE}>)");
        let tag = self.session.send(Command::new(command)).await?;
        let mut piece = None;
        while let Some(answer) = self.session.next_of(tag).await? {
            if let Answer::Fetch(fetch) = answer
                && fetch.uid == Some(uid)
                && let Some(body) = fetch.body
            {
                piece = Some(body.into_owned());
            }
        }
        self.session.outcome(tag)?.ok("read a message")?;
        Ok(piece)
    }

    pub(crate) async fn newest_envelopes(
        &mut self,
        wire: &str,
        n: u32,
    ) -> Result<(RemoteStatus, Vec<Fetched>)> {
        let opened = self.select(wire, Opening::Plain).await?;
        let status = opened.status;
        self.expected.insert(wire.to_owned(), status.uidvalidity);
        if status.messages == 0 || n == 0 {
            return Ok((status, Vec::new()));
        }
        // By sequence number: which UIDs are the newest need not be known. Nothing else is under way that could renumber.
        let from = status.messages.saturating_sub(n).saturating_add(1);
        let tag = self
            .session
            .send(Command::new(format!("FETCH {from}:* {ENVELOPE}")))
            .await?;
        let mut parts: BTreeMap<u32, Part> = BTreeMap::new();
        while let Some(answer) = self.session.next_of(tag).await? {
            if let Answer::Fetch(fetch) = answer
                && let Some(uid) = fetch.uid
            {
                parts.entry(uid).or_default().take(fetch);
            }
        }
        self.session.outcome(tag)?.ok("read the newest messages")?;
        let newest = parts
            .into_iter()
            .rev()
            .filter_map(|(uid, part)| part.into_fetched(uid, Depth::Envelope))
            .collect();
        Ok((status, newest))
    }
}

/// A refusal that concerns a few messages lets the others go on; any other ends the fetch.
fn refusal_of_a_few(fault: Fault) -> Result<()> {
    match fault {
        Fault::Refused(_) => Ok(()),
        other => Err(other),
    }
}
