//! From fetched bytes to committed rows: parsing and compressing on worker threads, writing in large transactions, the
//! line never waiting for either (DESIGN.md §5: one writer, short transactions).

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use kontor_mail::provider::{Content, Depth, Fault, Fetched, Provider as _};
use kontor_mime::SourceEncoding;
use kontor_model::{AccountId, Envelope, FolderId, MessageId};
use kontor_store::{
    Arrival, Digest, NewBody, NewEnvelope, NewMail, PreparedMail, Store, Stored, TextEncoding,
    TextSource,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::line::Line;
use crate::workers;

/// Messages parsed together: enough to keep a thread busy, few enough to bound memory.
const CHUNK: usize = 32;
/// Bytes parsed together.
const CHUNK_BYTES: usize = 1 << 20;
/// Bytes taken over and not yet committed, raw or made ready; a larger message goes alone. Bounds memory, and what a kill
/// costs.
const IN_FLIGHT: usize = 32 << 20;
/// Messages written in one transaction of the backfill: a person's change waits for one at most.
const WRITE: usize = 1024;
/// And in the first one. Each may be twice as large as the one before: what comes first is shown soon, and the writer has
/// something to do while more is read.
const WRITE_FIRST: usize = 128;
/// Bytes written in one transaction, as they were made ready.
const WRITE_BYTES: usize = 12 << 20;
/// What is ready is written at least this often, however slow the line.
const WRITE_EVERY: Duration = Duration::from_secs(1);
/// Transactions queued at the writer before the line is made to wait.
const WRITES_AHEAD: usize = 1;

/// Reads the envelopes of what was fetched with [`Depth::Envelope`].
pub(crate) fn envelopes(fetched: Vec<Fetched>) -> Vec<NewEnvelope> {
    fetched
        .into_iter()
        .map(|f| {
            let (envelope, has_attachment) = match &f.content {
                Content::Envelope {
                    header,
                    has_attachment,
                } => (kontor_mime::headers(header), *has_attachment),
                Content::Raw(raw) => (kontor_mime::headers(raw), None),
            };
            NewEnvelope {
                uid: f.uid,
                flags: f.flags,
                internal_date: f.internal_date,
                size: f.size,
                envelope,
                has_attachment,
            }
        })
        .collect()
}

/// Reads and prepares one whole message.
///
/// # Errors
/// When it cannot be compressed (memory).
pub(crate) fn prepare(store: &Store, raw: &[u8]) -> Result<(Envelope, PreparedMail)> {
    let digest = kontor_mime::digest(raw);
    let plain = Digest {
        text: digest.text,
        attachments: digest.attachment_names,
        has_attachment: digest.has_attachment,
        preview: digest.preview,
        source: digest.source.map(source),
    };
    let mail = store.prepare(raw, &digest.envelope, &plain)?;
    Ok((digest.envelope, mail))
}

fn source(source: kontor_mime::Source) -> TextSource {
    TextSource {
        bytes: source.bytes,
        encoding: match source.encoding {
            SourceEncoding::Identity => TextEncoding::Identity,
            SourceEncoding::QuotedPrintable => TextEncoding::QuotedPrintable,
            SourceEncoding::Base64 => TextEncoding::Base64,
        },
        charset: source.charset,
    }
}

/// What a fetched message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Goal {
    /// New in this folder: envelope and body.
    Mail(FolderId),
    /// The body of a message whose envelope is here.
    Body(MessageId),
}

/// A message ready to be written.
enum Ready {
    Mail(FolderId, Box<NewMail>),
    Body(Box<NewBody>),
}

impl Ready {
    /// What it holds in memory.
    fn bytes(&self) -> usize {
        match self {
            Self::Mail(_, mail) => mail.body.held_bytes(),
            Self::Body(new) => new.body.held_bytes(),
        }
    }
}

/// Answers how many messages were new to their folder.
type Writing = Pin<Box<dyn Future<Output = kontor_store::Result<u64>> + Send>>;

/// Messages on their way into the store. Give it fetched messages; [`Pipeline::finish`] waits until all are committed.
pub(crate) struct Pipeline {
    ctx: Arc<Context>,
    /// `Some`: these are arrivals, logged as such and written at once.
    arrival: Option<Arrival>,
    chunk: Vec<(Goal, Fetched)>,
    chunk_bytes: usize,
    parsing: VecDeque<(usize, oneshot::Receiver<Result<Vec<Ready>>>)>,
    ready: Vec<Ready>,
    ready_bytes: usize,
    /// So many are written together.
    together: usize,
    /// So many are to come, those that are ready included, as far as anybody knows.
    expected: Option<usize>,
    writing: VecDeque<(usize, Writing)>,
    /// Bytes in all of these.
    in_flight: usize,
    wrote: Instant,
    /// Whose pace this is.
    paced: Option<AccountId>,
    /// Messages committed or on their way.
    pub(crate) count: u64,
    /// Of those committed, how many were new to their folder.
    pub(crate) fresh: u64,
}

impl Pipeline {
    /// For older messages: large transactions behind what a person waits for.
    pub(crate) fn backfill(ctx: Arc<Context>) -> Self {
        Self {
            ctx,
            arrival: None,
            chunk: Vec::new(),
            chunk_bytes: 0,
            parsing: VecDeque::new(),
            ready: Vec::new(),
            ready_bytes: 0,
            together: WRITE_FIRST,
            expected: None,
            writing: VecDeque::new(),
            in_flight: 0,
            wrote: Instant::now(),
            paced: None,
            count: 0,
            fresh: 0,
        }
    }

    /// For new messages: first in the writer's queue, announced in the change log.
    pub(crate) fn arrivals(ctx: Arc<Context>, arrival: Arrival) -> Self {
        Self {
            arrival: Some(arrival),
            ..Self::backfill(ctx)
        }
    }

    /// Lets the person be told how long the rest takes.
    pub(crate) fn paced(mut self, account: AccountId) -> Self {
        self.ctx.paces.note(account, 0);
        self.paced = Some(account);
        self
    }

    /// Says how many messages are to come: the last ones are written in small transactions, so that little is left to do
    /// when all have come.
    pub(crate) const fn expecting(mut self, messages: usize) -> Self {
        self.expected = Some(messages);
        self
    }

    /// Takes one message; waits when the stages behind are full.
    pub(crate) async fn push(&mut self, goal: Goal, fetched: Fetched) -> Result<()> {
        let bytes = usize::try_from(fetched.size).unwrap_or(usize::MAX);
        while self.in_flight > 0 && self.in_flight.saturating_add(bytes) > IN_FLIGHT {
            self.move_on().await?;
        }
        self.count = self.count.saturating_add(1);
        self.in_flight = self.in_flight.saturating_add(bytes);
        self.chunk_bytes = self.chunk_bytes.saturating_add(bytes);
        self.chunk.push((goal, fetched));
        if self.chunk.len() >= CHUNK || self.chunk_bytes >= CHUNK_BYTES {
            self.parse_chunk();
            while self.parsing.len() > workers::count() {
                self.take_parsed().await?;
            }
        } else if self.wrote.elapsed() >= WRITE_EVERY {
            // A slow line fills no chunk: what came is shown all the same.
            self.parse_chunk();
            while self.parsing.front().is_some_and(|(_, p)| !p.is_empty()) {
                self.take_parsed().await?;
            }
        }
        Ok(())
    }

    /// Brings what is furthest one stage further.
    async fn move_on(&mut self) -> Result<()> {
        if !self.writing.is_empty() {
            return self.take_written().await;
        }
        if !self.ready.is_empty() {
            self.write();
            return Ok(());
        }
        self.parse_chunk();
        self.take_parsed().await
    }

    /// Waits until everything given is committed.
    pub(crate) async fn finish(&mut self) -> Result<()> {
        self.parse_chunk();
        while !self.parsing.is_empty() {
            self.take_parsed().await?;
        }
        self.write();
        while !self.writing.is_empty() {
            self.take_written().await?;
        }
        Ok(())
    }

    async fn take_written(&mut self) -> Result<()> {
        if let Some((bytes, writing)) = self.writing.pop_front() {
            self.in_flight = self.in_flight.saturating_sub(bytes);
            self.fresh = self.fresh.saturating_add(writing.await?);
        }
        Ok(())
    }

    fn parse_chunk(&mut self) {
        if self.chunk.is_empty() {
            return;
        }
        let chunk = std::mem::take(&mut self.chunk);
        let bytes = std::mem::take(&mut self.chunk_bytes);
        let store = self.ctx.store.clone();
        let read = move || chunk.into_iter().map(|one| ready(&store, one)).collect();
        let parsing = if self.arrival.is_some() {
            let (tell, told) = oneshot::channel();
            // Whoever is gone wants no answer.
            tokio::task::spawn_blocking(move || drop(tell.send(read())));
            told
        } else {
            self.ctx.workers.run(read)
        };
        self.parsing.push_back((bytes, parsing));
    }

    async fn take_parsed(&mut self) -> Result<()> {
        let Some((bytes, parsing)) = self.parsing.pop_front() else {
            return Ok(());
        };
        let parsed = read(parsing).await.flatten()?;
        let held: usize = parsed.iter().map(Ready::bytes).sum();
        self.in_flight = self.in_flight.saturating_sub(bytes).saturating_add(held);
        self.ready_bytes = self.ready_bytes.saturating_add(held);
        self.ready.extend(parsed);
        if self.ready.len() >= enough(self.together, self.expected)
            || self.ready_bytes >= WRITE_BYTES
            || self.wrote.elapsed() >= WRITE_EVERY
        {
            self.write();
            while self.writing.len() > WRITES_AHEAD {
                self.take_written().await?;
            }
        }
        Ok(())
    }

    /// Queues one transaction with everything ready.
    fn write(&mut self) {
        let ready = std::mem::take(&mut self.ready);
        let bytes = std::mem::take(&mut self.ready_bytes);
        self.wrote = Instant::now();
        if ready.is_empty() {
            return;
        }
        self.together = self.together.saturating_mul(2).min(WRITE);
        self.expected = self.expected.map(|n| n.saturating_sub(ready.len()));
        if let Some(account) = self.paced {
            let messages = u64::try_from(ready.len()).unwrap_or_default();
            self.ctx.paces.note(account, messages);
        }
        let arrival = self.arrival;
        let job = move |w: &mut kontor_store::Write<'_>| {
            let mut mails: BTreeMap<FolderId, Vec<NewMail>> = BTreeMap::new();
            let mut bodies = Vec::new();
            for one in ready {
                match one {
                    Ready::Mail(folder, mail) => mails.entry(folder).or_default().push(*mail),
                    Ready::Body(body) => bodies.push(*body),
                }
            }
            let mut new = 0u64;
            for (folder, mails) in mails {
                new = new.saturating_add(fresh(&w.put_mails(folder, mails, arrival)?));
            }
            w.put_bodies(bodies)?;
            Ok(new)
        };
        let now = self.ctx.clock.now();
        let writing: Writing = match arrival {
            Some(_) => Box::pin(self.ctx.store.write(now, job)),
            None => Box::pin(self.ctx.store.write_bulk(now, job)),
        };
        self.writing.push_back((bytes, writing));
    }
}

/// How many are written in the next transaction, where so many may be and so many are to come.
fn enough(together: usize, expected: Option<usize>) -> usize {
    let near_the_end = expected.map_or(WRITE, |left| left / 2);
    together.min(near_the_end.max(WRITE_FIRST))
}

/// Waits for what a worker reads.
pub(crate) async fn read<T>(told: oneshot::Receiver<T>) -> Result<T> {
    told.await.map_err(|oneshot::error::RecvError { .. }| {
        Error::new(
            Code::Internal,
            "an internal error stopped the reading of a message; it stays on the server",
        )
    })
}

/// How many of these were new to their folder.
pub(crate) fn fresh(stored: &[Stored]) -> u64 {
    let new = stored.iter().filter(|s| s.fresh).count();
    u64::try_from(new).unwrap_or(u64::MAX)
}

fn ready(store: &Store, (goal, fetched): (Goal, Fetched)) -> Result<Ready> {
    let raw = match fetched.content {
        Content::Raw(raw) => raw,
        Content::Envelope { header, .. } => header,
    };
    let (envelope, body) = prepare(store, &raw)?;
    Ok(match goal {
        Goal::Body(message) => Ready::Body(Box::new(NewBody { message, body })),
        Goal::Mail(folder) => {
            let head = NewEnvelope {
                uid: fetched.uid,
                flags: fetched.flags,
                internal_date: fetched.internal_date,
                size: fetched.size,
                envelope,
                has_attachment: None,
            };
            Ready::Mail(folder, Box::new(NewMail { head, body }))
        }
    })
}

/// Fetches whole messages of one folder into a pipeline, the newest first; `goals` says by UID what each is for.
pub(crate) async fn fetch_into(
    line: &mut Line,
    wire: &str,
    goals: &BTreeMap<u32, Goal>,
    pipeline: &mut Pipeline,
) -> Result<(), Fault> {
    let uids: Vec<u32> = goals.keys().rev().copied().collect();
    let (sink, mut source) = mpsc::channel::<Fetched>(4);
    let fetch = async {
        let answer = line.fetch(wire, &uids, Depth::Full, &sink).await;
        drop(sink);
        answer
    };
    // A store that fails drops the receiver, which ends the fetch.
    let take = async move {
        while let Some(one) = source.recv().await {
            if let Some(goal) = goals.get(&one.uid) {
                pipeline.push(*goal, one).await?;
            }
        }
        Ok::<(), Error>(())
    };
    let (fetched, taken) = tokio::join!(fetch, take);
    taken.map_err(|e| Fault::Offline(format!("The mail store cannot be written: {e}")))?;
    fetched
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nobody_knows(None, WRITE)]
    #[case::many_to_come(Some(20_000), WRITE)]
    #[case::few_to_come(Some(600), 300)]
    #[case::the_last(Some(40), WRITE_FIRST)]
    #[case::more_than_thought(Some(0), WRITE_FIRST)]
    fn the_last_transactions_are_small(#[case] expected: Option<usize>, #[case] want: usize) {
        assert_eq!(enough(WRITE, expected), want);
        assert_eq!(
            enough(WRITE_FIRST, expected),
            WRITE_FIRST,
            "nor are the first ones large"
        );
    }
}
