//! What other processes (and this one's window) ask of the one that talks to servers: a body now, a look now.

use std::sync::Arc;
use std::time::Duration;

use kontor_mail::provider::{Fault, Provider as _};
use kontor_model::{AccountId, Layer, MessageId};
use kontor_store::SyncRequest;

use super::listing::{self, broken_store};
use super::{Life, backfill, carry_out, outgoing};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::ingest::{self, Goal, Pipeline};
use crate::line::{self, Line};
use crate::syncing::Summary;

/// How long a person waits for a body before being told.
const PATIENCE: Duration = Duration::from_secs(60);

/// A look at everything, operations and outbox first, until all is local.
pub(crate) const ONCE: &str = "once";
/// A look at all folders.
pub(crate) const LOOK: &str = "look";
const BODY: &str = "body:";

/// Does what is asked for this account.
pub(super) async fn serve(life: &Life, line: &mut Line) -> Result<(), Fault> {
    let id = life.id();
    let open = life
        .ctx
        .read(|r| r.open_sync_requests())
        .await
        .map_err(|e| broken_store(&e))?;
    for request in open.into_iter().filter(|r| r.account == Some(id)) {
        let answer = match one(life, line, &request).await {
            Ok(answer) => answer,
            Err(fault) if fault.line_is_gone() => return Err(fault),
            Err(fault) => format!("!{fault}"),
        };
        let n = request.id;
        life.ctx
            .write(move |w| w.answer_sync_request(n, &answer))
            .await
            .map_err(|e| broken_store(&e))?;
    }
    Ok(())
}

async fn one(life: &Life, line: &mut Line, request: &SyncRequest) -> Result<String, Fault> {
    if let Some(message) = request.what.strip_prefix(BODY).and_then(|m| m.parse().ok()) {
        bring(life, line, message).await?;
        return Ok(String::new());
    }
    match request.what.as_str() {
        LOOK => {
            listing::look_at_all(life, line, Layer::Poll, false).await?;
            life.backfill.notify_one();
            Ok(String::new())
        }
        ONCE => {
            let summary = everything(life, line).await?;
            serde_json::to_string(&summary).map_err(|e| Fault::Protocol(e.to_string()))
        }
        // A newer version asks for something we do not know: say so rather than let it wait.
        other => Ok(format!("!This version of Kontor does not know “{other}”.")),
    }
}

/// Operations, outbox, folders, envelopes, bodies: until all is here and nothing that could be done is left.
pub(crate) async fn everything(life: &Life, line: &mut Line) -> Result<Summary, Fault> {
    carry_out(life, line).await?;
    outgoing::flush(life).await?;
    let before = life.counts().await?;
    let looked = listing::look_at_all(life, line, Layer::Poll, false).await?;
    backfill::bring_all(life, line).await?;
    // A mail just sent is answered and filed by operations of its own.
    carry_out(life, line).await?;
    let after = life.counts().await?;
    Ok(Summary {
        arrived: looked.arrived.max(after.saturating_sub(before)),
        removed: looked.removed,
        changed: looked.changed,
        ..Summary::default()
    })
}

/// Only what waits: operations and mails, and the operations that sending made.
pub(crate) async fn waiting_work(life: &Life) -> Result<(), Fault> {
    let id = life.id();
    let mut line = line::connect(&life.ctx, &life.account).await?;
    carry_out(life, &mut line).await?;
    outgoing::flush(life).await?;
    let left = life
        .ctx
        .read(move |r| r.pending_operations(id))
        .await
        .map_err(|e| broken_store(&e))?;
    if !left.is_empty() {
        carry_out(life, &mut line).await?;
    }
    line.logout().await;
    Ok(())
}

async fn bring(life: &Life, line: &mut Line, message: MessageId) -> Result<(), Fault> {
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

/// Brings a body here: by the process that talks to servers, or by this one where none does.
pub(crate) async fn fetch_body(ctx: &Arc<Context>, message: MessageId) -> Result<()> {
    let account = ctx.read(move |r| Ok(r.message(message)?.account)).await?;
    if let Some(claim) = ctx.profile.claim()? {
        let row = ctx.read(move |r| r.account(account)).await?;
        let life = Life::new(Arc::clone(ctx), row.account, None);
        let mut line = line::connect(ctx, &life.account).await?;
        bring(&life, &mut line, message).await?;
        drop(claim);
        return Ok(());
    }
    ask(ctx, account, &format!("{BODY}{message}"), PATIENCE)
        .await
        .map(|_| ())
}

/// Leaves a request for the process that talks to servers and waits for its answer.
pub(crate) async fn ask(
    ctx: &Arc<Context>,
    account: AccountId,
    what: &str,
    patience: Duration,
) -> Result<String> {
    let what = what.to_owned();
    let id = ctx
        .write(move |w| w.request_sync(Some(account), &what))
        .await?;
    ctx.wakes.ring(account);
    let started = tokio::time::Instant::now();
    loop {
        let request = ctx.read(move |r| r.sync_request(id)).await?;
        match request.map(|r| (r.done_at, r.answer)) {
            Some((Some(_), Some(answer))) => {
                return match answer.strip_prefix('!') {
                    Some(why) => Err(Error::new(Code::Refused, why)),
                    None => Ok(answer),
                };
            }
            Some((Some(_), None)) => return Ok(String::new()),
            Some((None, _)) => {}
            None => {
                return Err(Error::new(
                    Code::Internal,
                    "The request was lost; try again.",
                ));
            }
        }
        if started.elapsed() >= patience {
            return Err(Error::new(
                Code::Offline,
                "The server cannot be reached now. What is here stays here; try again later.",
            ));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
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
