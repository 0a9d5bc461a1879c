//! What other processes (and this one's window) ask of the one that talks to servers: a body now, a look now, everything.

use std::sync::Arc;
use std::time::Duration;

use kontor_mail::provider::{Fault, Provider as _};
use kontor_model::{AccountId, AccountState, Layer, MessageId};
use kontor_store::SyncRequest;
use tokio::time::{Instant, sleep};

use super::listing::{self, Looked, broken_store};
use super::outgoing::{self, Due};
use super::{Life, Put, backfill, carry_out, drafts};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::ingest::{self, Goal, Pipeline};
use crate::line::{self, Line};
use crate::syncing::Summary;

/// The other process is given so long to get its line back before it is believed to be offline.
const HICCUP: Duration = Duration::from_secs(3);

/// The answer of the other process is looked for this often.
const LOOK: Duration = Duration::from_millis(20);

/// Whether the other process still lives is looked at this often.
const ALIVE: Duration = Duration::from_millis(100);

/// Something one process wants of the one that talks to servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// A look at everything, operations and outbox first, until all is local.
    Once,
    /// A look at all folders.
    Look,
    /// The body of a message, before everything else.
    Body(MessageId),
}

impl Wish {
    pub(crate) fn words(self) -> String {
        match self {
            Self::Once => "once".into(),
            Self::Look => "look".into(),
            Self::Body(message) => format!("body:{message}"),
        }
    }

    fn read(words: &str) -> Option<Self> {
        match words {
            "once" => Some(Self::Once),
            "look" => Some(Self::Look),
            _ => words
                .strip_prefix("body:")
                .and_then(|m| m.parse().ok())
                .map(Self::Body),
        }
    }

    /// How long somebody waits for it before being told that it takes longer.
    fn patience(self) -> Duration {
        match self {
            // A first sync on a slow line takes hours; the person can stop waiting any time.
            Self::Once => Duration::from_secs(24 * 3600),
            Self::Look | Self::Body(_) => Duration::from_secs(60),
        }
    }
}

/// A wish for everything that is answered when the backfill is through.
pub(super) struct Waiting {
    request: i64,
    before: u64,
    looked: Looked,
}

/// Does what is asked for this account; what takes longer is added to `waiting`, see [`settle`].
pub(super) async fn serve(
    life: &Life,
    line: &mut Line,
    waiting: &mut Vec<Waiting>,
) -> Result<(), Fault> {
    let id = life.id();
    let open = life
        .ctx
        .read(|r| r.open_sync_requests())
        .await
        .map_err(|e| broken_store(&e))?;
    for request in open.into_iter().filter(|r| r.account == Some(id)) {
        if waiting.iter().any(|w| w.request == request.id) {
            continue;
        }
        let answer = match one(life, line, &request, waiting).await {
            Ok(None) => continue,
            Ok(Some(answer)) => answer,
            Err(fault) if fault.line_is_gone() => return Err(fault),
            Err(fault) => format!("!{fault}"),
        };
        reply(life, request.id, answer).await?;
    }
    Ok(())
}

async fn one(
    life: &Life,
    line: &mut Line,
    request: &SyncRequest,
    waiting: &mut Vec<Waiting>,
) -> Result<Option<String>, Fault> {
    match Wish::read(&request.what) {
        Some(Wish::Body(message)) => bring(life, line, message).await?,
        Some(Wish::Look) => {
            listing::look_at_all(life, line, Layer::Poll, false).await?;
            life.backfill.notify_one();
        }
        Some(Wish::Once) => {
            let (before, looked) = look_and_send(life, line).await?;
            life.backfill.notify_one();
            waiting.push(Waiting {
                request: request.id,
                before,
                looked,
            });
            return Ok(None);
        }
        // A newer version asks for something we do not know: say so rather than let it wait.
        None => {
            let what = &request.what;
            return Ok(Some(format!(
                "!This version of Kontor does not know “{what}”."
            )));
        }
    }
    Ok(Some(String::new()))
}

async fn reply(life: &Life, request: i64, answer: String) -> Result<(), Fault> {
    life.ctx
        .write(move |w| w.answer_sync_request(request, &answer))
        .await
        .map_err(|e| broken_store(&e))
}

/// Answers those who wait for everything, once nothing is missing.
pub(super) async fn settle(
    life: &Life,
    line: &mut Line,
    waiting: &mut Vec<Waiting>,
) -> Result<(), Fault> {
    if waiting.is_empty() || backfill::anything_missing(life).await? {
        return Ok(());
    }
    carry_out(life, line, Put::Any).await?;
    for done in std::mem::take(waiting) {
        let summary = summary(life, done.before, done.looked).await?;
        let answer = serde_json::to_string(&summary).map_err(|e| Fault::Protocol(e.to_string()))?;
        reply(life, done.request, answer).await?;
    }
    Ok(())
}

/// Operations, outbox, drafts, folders; answers how many messages there were before, and what the look found.
async fn look_and_send(life: &Life, line: &mut Line) -> Result<(u64, Looked), Fault> {
    carry_out(life, line, Put::Any).await?;
    // What cannot leave stays in the outbox with its reason; reading goes on.
    if let Err(fault) = outgoing::flush(life, Due::All).await {
        tracing::warn!(account = life.id().0, "mail waits in the outbox: {fault}");
    }
    let before = life.counts().await?;
    // Without modseq no counter tells of a changed flag: then everything is compared.
    let full = !line.capabilities().modseq;
    let looked = listing::look_at_all(life, line, Layer::Poll, full).await?;
    drafts::mirror_all(life, line).await?;
    Ok((before, looked))
}

/// Operations, outbox, folders, envelopes, bodies: until all is here and nothing that could be done is left.
pub(crate) async fn everything(life: &Life, line: &mut Line) -> Result<Summary, Fault> {
    let (before, looked) = look_and_send(life, line).await?;
    backfill::bring_all(life, line).await?;
    backfill::synced(life).await?;
    // A mail just sent is answered and filed by operations of its own.
    carry_out(life, line, Put::Any).await?;
    summary(life, before, looked).await
}

async fn summary(life: &Life, before: u64, looked: Looked) -> Result<Summary, Fault> {
    let after = life.counts().await?;
    Ok(Summary {
        arrived: looked.arrived.max(after.saturating_sub(before)),
        removed: looked.removed,
        changed: looked.changed,
        ..Summary::default()
    })
}

/// Only what waits: operations and mails, and the operations that sending made. Does what can be done, then says what
/// stood in the way.
pub(crate) async fn waiting_work(life: &Life) -> Result<(), Fault> {
    let mut line = line::connect(&life.ctx, &life.account).await;
    let mut answer = match &mut line {
        Ok(line) => carry_out(life, line, Put::Any).await.map(|_| ()),
        Err(fault) => Err(fault.clone()),
    };
    answer = answer.and(outgoing::flush(life, Due::All).await);
    if let Ok(mut line) = line {
        answer = answer.and(carry_out(life, &mut line, Put::Any).await.map(|_| ()));
        line.logout().await;
    }
    answer
}

async fn bring(life: &Life, line: &mut Line, message: MessageId) -> Result<(), Fault> {
    // A message moved here and not yet at the server has no UID to ask by.
    carry_out(life, line, Put::Any).await?;
    let detail = life
        .ctx
        .read(move |r| r.message(message))
        .await
        .map_err(|e| Fault::Gone(e.message))?;
    for place in detail.placements {
        let Some(uid) = place.uid else { continue };
        let folder = place.folder;
        let row = life
            .ctx
            .read(move |r| r.folder(folder))
            .await
            .map_err(|e| broken_store(&e))?;
        line.expect_uidvalidity(&row.folder.wire, row.folder.uidvalidity);
        let mut pipeline = Pipeline::backfill(Arc::clone(&life.ctx));
        let goals = [(uid, Goal::Body(message))].into();
        ingest::fetch_into(line, &row.folder.wire, &goals, &mut pipeline).await?;
        let came = pipeline.count > 0;
        pipeline.finish().await.map_err(|e| broken_store(&e))?;
        if came {
            return Ok(());
        }
    }
    Err(Fault::Gone(
        "The server does not have this mail any more.".into(),
    ))
}

/// Has something done: by this process where none talks to servers, else by the one that does.
pub(crate) async fn have_done(ctx: &Arc<Context>, account: AccountId, wish: Wish) -> Result<()> {
    loop {
        if let Some(claim) = ctx.profile.claim()? {
            let answer = here(ctx, account, wish).await;
            drop(claim);
            return answer;
        }
        if let Asked::Answered(answer) = ask(ctx, account, wish).await? {
            return answer.map(|_| ());
        }
    }
}

async fn here(ctx: &Arc<Context>, account: AccountId, wish: Wish) -> Result<()> {
    let row = ctx.read(move |r| r.account(account)).await?;
    let life = Life::new(Arc::clone(ctx), row.account, None);
    let mut line = line::connect(ctx, &life.account).await?;
    match wish {
        Wish::Once => drop(everything(&life, &mut line).await?),
        Wish::Look => drop(listing::look_at_all(&life, &mut line, Layer::Poll, false).await?),
        Wish::Body(message) => bring(&life, &mut line, message).await?,
    }
    line.logout().await;
    Ok(())
}

/// What became of asking another process.
pub(crate) enum Asked {
    /// It answered, or cannot.
    Answered(Result<String>),
    /// It has ended: the claim is free.
    Ended,
}

/// Leaves a request for the process that talks to servers and waits for its answer.
pub(crate) async fn ask(ctx: &Arc<Context>, account: AccountId, wish: Wish) -> Result<Asked> {
    let what = wish.words();
    let id = ctx
        .write(move |w| w.request_sync(Some(account), &what))
        .await?;
    ctx.wakes.ring(account);
    let asked = listen(ctx, account, id, wish.patience()).await;
    if !matches!(asked, Ok(Asked::Answered(Ok(_)))) {
        // Nobody waits for it any more.
        ctx.write(move |w| w.answer_sync_request(id, "!withdrawn"))
            .await?;
    }
    asked
}

async fn listen(
    ctx: &Arc<Context>,
    account: AccountId,
    id: i64,
    patience: Duration,
) -> Result<Asked> {
    let (started, mut looked) = (Instant::now(), Instant::now());
    loop {
        let request = ctx.read(move |r| r.sync_request(id)).await?;
        let Some(request) = request else {
            return Err(Error::new(
                Code::Internal,
                "The request was lost; try again.",
            ));
        };
        if request.done_at.is_some() {
            let answer = request.answer.unwrap_or_default();
            return Ok(Asked::Answered(match answer.strip_prefix('!') {
                Some(why) => Err(Error::new(Code::Refused, why)),
                None => Ok(answer),
            }));
        }
        if looked.elapsed() >= ALIVE {
            looked = Instant::now();
            if ctx.profile.claim()?.is_some() {
                return Ok(Asked::Ended);
            }
            if let Some(error) = given_up(ctx, account, started).await? {
                return Ok(Asked::Answered(Err(error)));
            }
        }
        if started.elapsed() >= patience {
            let text = "The server has not answered yet. What is here stays here; try again later.";
            return Ok(Asked::Answered(Err(Error::new(Code::Offline, text))));
        }
        sleep(LOOK).await;
    }
}

/// Why the process that talks to servers cannot do it now: the account needs the person, or stays offline.
pub(crate) async fn given_up(
    ctx: &Arc<Context>,
    account: AccountId,
    since: Instant,
) -> Result<Option<Error>> {
    if since.elapsed() < HICCUP {
        return Ok(None);
    }
    let row = ctx.read(move |r| r.account(account)).await?;
    Ok(match row.state {
        AccountState::NeedsYou => Some(Error::new(Code::SignIn, row.why)),
        AccountState::Offline => Some(Error::new(Code::Offline, row.why)),
        AccountState::Connecting | AccountState::Live | AccountState::Polling => None,
    })
}

impl Life {
    /// Messages stored of this account.
    async fn counts(&self) -> Result<u64, Fault> {
        let id = self.id();
        self.ctx
            .read(move |r| Ok(r.account(id)?.messages))
            .await
            .map_err(|e| broken_store(&e))
    }
}
