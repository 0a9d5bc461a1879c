//! From fetched bytes to committed rows: parsing and compressing on worker threads, writing in large transactions, the
//! line never waiting for either (DESIGN.md §5: one writer, short transactions).

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;

use kontor_mail::provider::{Content, Depth, Fault, Fetched, Provider as _};
use kontor_model::{Envelope, FolderId, MessageId};
use kontor_store::{Arrival, Digest, NewBody, NewEnvelope, NewMail, PreparedMail};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::line::Line;

/// Messages parsed together: enough to keep a thread busy, few enough to bound memory.
const CHUNK: usize = 32;
/// Bytes parsed together.
const CHUNK_BYTES: usize = 1 << 20;
/// Messages written in one transaction of the backfill: a person's change waits for one at most.
const WRITE: usize = 256;
/// Compressed bytes written in one transaction.
const WRITE_BYTES: usize = 4 << 20;
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
pub(crate) fn prepare(raw: &[u8]) -> Result<(Envelope, PreparedMail)> {
    let digest = kontor_mime::digest(raw);
    let plain = Digest {
        text: digest.text,
        attachments: digest.attachment_names,
        has_attachment: digest.has_attachment,
        preview: digest.preview,
    };
    let mail = PreparedMail::new(raw, &digest.envelope, &plain)?;
    Ok((digest.envelope, mail))
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

type Writing = Pin<Box<dyn Future<Output = kontor_store::Result<()>> + Send>>;

/// Messages on their way into the store. Give it fetched messages; [`Pipeline::finish`] waits until all are committed.
pub(crate) struct Pipeline {
    ctx: Arc<Context>,
    /// `Some`: these are arrivals, logged as such and written at once.
    arrival: Option<Arrival>,
    chunk: Vec<(Goal, Fetched)>,
    chunk_bytes: usize,
    parsing: VecDeque<JoinHandle<Result<Vec<Ready>>>>,
    ready: Vec<Ready>,
    ready_bytes: usize,
    writing: VecDeque<Writing>,
    workers: usize,
    /// Messages committed or on their way.
    pub(crate) count: u64,
}

impl Pipeline {
    /// For older messages: large transactions behind what a person waits for.
    pub(crate) fn backfill(ctx: Arc<Context>) -> Self {
        let workers = std::thread::available_parallelism()
            .map_or(2, usize::from)
            .min(4);
        Self {
            ctx,
            arrival: None,
            chunk: Vec::new(),
            chunk_bytes: 0,
            parsing: VecDeque::new(),
            ready: Vec::new(),
            ready_bytes: 0,
            writing: VecDeque::new(),
            workers,
            count: 0,
        }
    }

    /// For new messages: first in the writer's queue, announced in the change log.
    pub(crate) fn arrivals(ctx: Arc<Context>, arrival: Arrival) -> Self {
        Self {
            arrival: Some(arrival),
            ..Self::backfill(ctx)
        }
    }

    /// Takes one message; waits when the stages behind are full.
    pub(crate) async fn push(&mut self, goal: Goal, fetched: Fetched) -> Result<()> {
        self.count = self.count.saturating_add(1);
        self.chunk_bytes = self
            .chunk_bytes
            .saturating_add(usize::try_from(fetched.size).unwrap_or(usize::MAX));
        self.chunk.push((goal, fetched));
        if self.chunk.len() >= CHUNK || self.chunk_bytes >= CHUNK_BYTES {
            self.parse_chunk();
            while self.parsing.len() > self.workers {
                self.take_parsed().await?;
            }
        }
        Ok(())
    }

    /// Waits until everything given is committed.
    pub(crate) async fn finish(&mut self) -> Result<()> {
        self.parse_chunk();
        while !self.parsing.is_empty() {
            self.take_parsed().await?;
        }
        self.write();
        while let Some(writing) = self.writing.pop_front() {
            writing.await?;
        }
        Ok(())
    }

    fn parse_chunk(&mut self) {
        if self.chunk.is_empty() {
            return;
        }
        let chunk = std::mem::take(&mut self.chunk);
        self.chunk_bytes = 0;
        self.parsing.push_back(tokio::task::spawn_blocking(move || {
            chunk.into_iter().map(ready).collect()
        }));
    }

    async fn take_parsed(&mut self) -> Result<()> {
        let Some(parsing) = self.parsing.pop_front() else {
            return Ok(());
        };
        let broken = || {
            Err(Error::new(
                Code::Internal,
                "an internal error stopped the reading of a message; it stays on the server",
            ))
        };
        for one in parsing.await.unwrap_or_else(|_| broken())? {
            self.ready_bytes = self.ready_bytes.saturating_add(one.bytes());
            self.ready.push(one);
        }
        if self.ready.len() >= WRITE || self.ready_bytes >= WRITE_BYTES {
            self.write();
            while self.writing.len() > WRITES_AHEAD {
                if let Some(writing) = self.writing.pop_front() {
                    writing.await?;
                }
            }
        }
        Ok(())
    }

    /// Queues one transaction with everything ready.
    fn write(&mut self) {
        let ready = std::mem::take(&mut self.ready);
        self.ready_bytes = 0;
        if ready.is_empty() {
            return;
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
            for (folder, mails) in mails {
                w.put_mails(folder, mails, arrival)?;
            }
            w.put_bodies(bodies)?;
            Ok(())
        };
        let now = self.ctx.clock.now();
        self.writing.push_back(match arrival {
            Some(_) => Box::pin(self.ctx.store.write(now, job)),
            None => Box::pin(self.ctx.store.write_bulk(now, job)),
        });
    }
}

impl Ready {
    fn bytes(&self) -> usize {
        match self {
            Self::Mail(_, mail) => mail.body.stored_bytes(),
            Self::Body(body) => body.body.stored_bytes(),
        }
    }
}

fn ready((goal, fetched): (Goal, Fetched)) -> Result<Ready> {
    let raw = match fetched.content {
        Content::Raw(raw) => raw,
        Content::Envelope { header, .. } => header,
    };
    let (envelope, body) = prepare(&raw)?;
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

/// Fetches whole messages of one folder into a pipeline; `goals` says by UID what each is for.
pub(crate) async fn fetch_into(
    line: &mut Line,
    wire: &str,
    goals: &BTreeMap<u32, Goal>,
    pipeline: &mut Pipeline,
) -> Result<(), Fault> {
    let uids: Vec<u32> = goals.keys().copied().collect();
    let (sink, mut source) = mpsc::channel::<Fetched>(16);
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
