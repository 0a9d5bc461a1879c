//! The outbox: exactly once, or a question to the person (KONTORCTL.md, "Outbox, exactly once").

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kontor_mail::provider::{Fault, Poke, Provider as _};
use kontor_mail_imap::smtp::{Outcome, Smtp, Submission};
use kontor_model::{Action, Flags, Millis, OutboxId, OutboxState, Role};
use kontor_store::{Outgoing, SentCopy};
use tokio_util::sync::CancellationToken;

use super::listing::broken_store;
use super::{Life, drafts, making};
use crate::engine::Engine;
use crate::line::{self, Line};

/// Pauses between tries of a mail that could not be offered (facts §3).
const PAUSES: [i64; 4] = [60_000, 300_000, 900_000, 3_600_000];

/// A mail that is leaving when the program ends gets this long: cut off, nobody would know whether it was sent.
const GRACE: Duration = Duration::from_millis(1500);

/// Which mails are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Those whose time has come.
    Planned,
    /// Also those put off after a failed try: somebody asks for it.
    All,
}

/// Sends what is due, whenever it is due, on lines of its own; ends with the account.
pub(super) async fn run(life: &Life, gone: &CancellationToken) {
    let bells = life.ctx.wakes.bells(life.id());
    let leaving = AtomicBool::new(false);
    while !gone.is_cancelled() {
        let end = async {
            gone.cancelled().await;
            if leaving.load(Ordering::SeqCst) {
                tokio::time::sleep(GRACE).await;
            }
        };
        tokio::select! {
            biased;
            answer = Box::pin(flush_watched(life, Due::Planned, &leaving)) => {
                if let Err(fault) = answer {
                    tracing::info!(account = life.id().0, "the outbox waits: {fault}");
                }
            }
            () = end => return,
        }
        tokio::select! {
            () = gone.cancelled() => return,
            () = bells.outbox.notified() => {}
            () = tokio::time::sleep(until_next(life).await) => {}
        }
    }
}

async fn until_next(life: &Life) -> Duration {
    const LOOK: Duration = Duration::from_secs(60);
    let id = life.id();
    let next = life
        .ctx
        .read(move |r| r.next_due_of(id))
        .await
        .ok()
        .flatten();
    let ms = next
        .map(|at| at.since(life.ctx.clock.now()).max(0))
        .and_then(|ms| u64::try_from(ms).ok());
    // What just came due between two looks is near; never spin.
    ms.map_or(LOOK, |ms| {
        Duration::from_millis(ms).clamp(Duration::from_millis(50), LOOK)
    })
}

/// Sends everything of this account that is due and files the copies. Does what can be done, then says what stood in
/// the way first.
pub(crate) async fn flush(life: &Life, due: Due) -> Result<(), Fault> {
    flush_watched(life, due, &AtomicBool::new(false)).await
}

async fn flush_watched(life: &Life, due: Due, leaving: &AtomicBool) -> Result<(), Fault> {
    let bells = life.ctx.wakes.bells(life.id());
    let alone = bells.sending.lock().await;
    let mut answer = resolve_left(life).await;
    answer = answer.and(recognise_unknown(life).await);
    hurry(life, due).await?;
    let now = life.ctx.clock.now();
    let mails = life
        .ctx
        .read(move |r| r.due_outgoing(now))
        .await
        .map_err(|e| broken_store(&e))?;
    for outgoing in mails.into_iter().filter(|o| o.account == life.id()) {
        let sent = send(life, &outgoing, leaving).await;
        leaving.store(false, Ordering::SeqCst);
        answer = answer.and(sent);
    }
    answer = answer.and(file_copies(life).await);
    drop(alone);
    answer
}

/// Mails found as "sending" are nobody's: this process was killed in the middle of it. DATA may have been said.
async fn resolve_left(life: &Life) -> Result<(), Fault> {
    let left = life
        .ctx
        .read(|r| r.outgoing_in(OutboxState::Sending))
        .await
        .map_err(|e| broken_store(&e))?;
    for outgoing in left.into_iter().filter(|o| o.account == life.id()) {
        let why = "Kontor was interrupted while it was being sent.";
        resolve(life, &outgoing, why).await?;
    }
    Ok(())
}

/// A mail nobody knew about that lies in Sent was sent: the server files what it sends, if late.
async fn recognise_unknown(life: &Life) -> Result<(), Fault> {
    let id = life.id();
    let found = life
        .ctx
        .read(move |r| {
            let mut unknown = r.outgoing_in(OutboxState::Unknown)?;
            unknown.retain(|o| o.account == id);
            if unknown.is_empty() {
                return Ok(unknown);
            }
            let sent: Vec<_> = r
                .folders(Some(id))?
                .into_iter()
                .filter(|f| f.folder.role == Some(Role::Sent))
                .map(|f| f.folder.id)
                .collect();
            let mut found = Vec::new();
            for outgoing in unknown {
                let mut places = Vec::new();
                for message in r.messages_by_mid(&outgoing.message_id)? {
                    places.extend(r.placements(message)?);
                }
                if places.iter().any(|p| sent.contains(&p.folder)) {
                    found.push(outgoing);
                }
            }
            Ok(found)
        })
        .await
        .map_err(|e| broken_store(&e))?;
    for outgoing in found {
        sent(life, &outgoing, SentCopy::Filed).await?;
    }
    Ok(())
}

/// Makes due what only waits for its next try: all of it when asked for, after an outage what could not be offered.
async fn hurry(life: &Life, due: Due) -> Result<(), Fault> {
    let reached = life.reached.swap(false, Ordering::SeqCst);
    if due == Due::Planned && !reached {
        return Ok(());
    }
    let (id, now) = (life.id(), life.ctx.clock.now());
    life.ctx
        .write(move |w| {
            for o in w.outbox(false, now)? {
                let tried = o.attempts > 0 || !o.error.is_empty();
                let waits = o.account == id && o.state == OutboxState::Queued && o.due > now;
                if waits && tried && (due == Due::All || o.attempts == 0) {
                    w.retry_later(o.id, now, &o.error)?;
                }
            }
            Ok(())
        })
        .await
        .map_err(|e| broken_store(&e))
}

async fn send(life: &Life, outgoing: &Outgoing, leaving: &AtomicBool) -> Result<(), Fault> {
    let id = outgoing.id;
    if life.account.settings.smtp.is_none() {
        return fail(
            life,
            id,
            "This account only reads mail: it has no outgoing server. Add the account anew with one.",
        )
        .await;
    }
    let Some(blob) = outgoing.blob else {
        return fail(life, id, "The text of this mail is no longer kept.").await;
    };
    if let Some(why) = Engine::around(&life.ctx).overtaken(outgoing).await {
        return hold(life, id, why).await;
    }
    if let Some(why) = Engine::around(&life.ctx).outdated(outgoing).await {
        return hold(life, id, why).await;
    }
    let raw = life
        .ctx
        .read(move |r| r.blob(blob))
        .await
        .map_err(|e| broken_store(&e))?;
    let taken_back = AtomicBool::new(false);
    let claim = || async {
        match life.ctx.write_durable(move |w| w.claim_outgoing(id)).await {
            Ok(Some(_)) => {
                leaving.store(true, Ordering::SeqCst);
                Ok(())
            }
            Ok(None) => {
                taken_back.store(true, Ordering::SeqCst);
                Err(Fault::Refused("The mail was taken back.".into()))
            }
            Err(e) => Err(broken_store(&e)),
        }
    };
    let submitted = async {
        let secret = line::secret(&life.ctx, &life.account).await?;
        let smtp = Smtp::new(&life.account.settings, &secret, &life.ctx.tls);
        let mail = Submission {
            from: &outgoing.sender,
            recipients: &outgoing.recipients,
            raw: &raw,
        };
        smtp.submit(&mail, claim).await
    };
    match submitted.await {
        Ok(outcome) => record(life, outgoing, outcome).await,
        // Taken back while we connected: nothing was sent, nothing is to be said.
        Err(_) if taken_back.load(Ordering::SeqCst) => Ok(()),
        // Could not be offered, or was cut off before its end: nothing was sent. The outbox says why it waits.
        Err(fault) => {
            later(life, outgoing, fault.to_string()).await?;
            Err(fault)
        }
    }
}

async fn fail(life: &Life, id: OutboxId, why: &str) -> Result<(), Fault> {
    let why = why.to_owned();
    life.ctx
        .write(move |w| w.mark_failed(id, &why))
        .await
        .map_err(|e| broken_store(&e))
}

/// Keeps a reply here until its author decides, unless it was taken back meanwhile.
async fn hold(life: &Life, id: OutboxId, why: String) -> Result<(), Fault> {
    let held = move |w: &mut kontor_store::Write<'_>| {
        if w.outgoing(id)?.state == OutboxState::Queued {
            w.hold_outgoing(id, &why)?;
        }
        Ok(())
    };
    life.ctx.write(held).await.map_err(|e| broken_store(&e))
}

async fn record(life: &Life, outgoing: &Outgoing, outcome: Outcome) -> Result<(), Fault> {
    let sentence = outcome.sentence();
    match outcome {
        Outcome::Accepted { .. } => sent(life, outgoing, SentCopy::Needed).await,
        Outcome::Refused {
            permanent: true, ..
        } => fail(life, outgoing.id, &sentence).await,
        Outcome::Refused {
            permanent: false, ..
        } => later(life, outgoing, sentence).await,
        Outcome::Unknown { why } => resolve(life, outgoing, &why).await,
    }
}

/// Records a mail as sent and its original as answered; its draft goes, here and at the server.
async fn sent(life: &Life, outgoing: &Outgoing, copy: SentCopy) -> Result<(), Fault> {
    let (id, account) = (outgoing.id, outgoing.account);
    let (answers, draft) = (outgoing.answers, outgoing.draft);
    let message_id = outgoing.message_id.clone();
    let record = move |w: &mut kontor_store::Write<'_>| {
        w.mark_sent(id, copy)?;
        if let Some(draft) = draft {
            w.discard_draft(draft)?;
            drafts::forget_copy(w, account, &message_id)?;
        }
        if let Some(original) = answers {
            let places: Vec<_> = w.placements(original)?.into_iter().map(|p| p.id).collect();
            let action = Action::Flags {
                add: vec!["\\Answered".into()],
                remove: Vec::new(),
            };
            w.journal(&action, &places)?;
        }
        Ok(())
    };
    life.ctx.write(record).await.map_err(|e| broken_store(&e))?;
    life.ctx.wakes.ring(life.id());
    if let Some(original) = answers {
        Engine::around(&life.ctx)
            .tell_replied(original, &outgoing.message_id)
            .await;
    }
    Ok(())
}

/// Queues a mail for another try. Only what surely was not sent comes here.
async fn later(life: &Life, outgoing: &Outgoing, why: String) -> Result<(), Fault> {
    let (id, due) = (
        outgoing.id,
        next_try(life.ctx.clock.now(), outgoing.attempts),
    );
    let still = move |w: &mut kontor_store::Write<'_>| {
        let now = w.outgoing(id)?;
        match now.state {
            OutboxState::Queued | OutboxState::Sending => w.retry_later(id, due, &why),
            OutboxState::Unknown
            | OutboxState::Failed
            | OutboxState::Cancelled
            | OutboxState::Sent => Ok(()),
        }
    };
    life.ctx.write(still).await.map_err(|e| broken_store(&e))
}

fn next_try(now: Millis, attempts: u32) -> Millis {
    let n = usize::try_from(attempts).unwrap_or(usize::MAX);
    let pause = PAUSES.get(n).or(PAUSES.last()).copied();
    now.plus(pause.unwrap_or(60_000))
}

/// The reply to the end of DATA never came. Found in Sent (nobody but the server can have filed it there) it was sent;
/// else only the person can decide, unless it turns up there later ([`recognise_unknown`]).
async fn resolve(life: &Life, outgoing: &Outgoing, why: &str) -> Result<(), Fault> {
    let found = match line::connect(&life.ctx, &life.account).await {
        Ok(mut line) => {
            let found = in_sent(life, &mut line, &outgoing.message_id).await;
            line.logout().await;
            found.unwrap_or(false)
        }
        Err(_) => false,
    };
    if found {
        return sent(life, outgoing, SentCopy::Filed).await;
    }
    let id = outgoing.id;
    let text = format!(
        "{why} It may or may not have been delivered. Ask a recipient or look in Sent, then send it again or cancel it."
    );
    life.ctx
        .write(move |w| w.mark_unknown(id, &text))
        .await
        .map_err(|e| broken_store(&e))
}

async fn in_sent(life: &Life, line: &mut Line, message_id: &str) -> Result<bool, Fault> {
    let id = life.id();
    let rows = life
        .ctx
        .read(move |r| r.folders(Some(id)))
        .await
        .map_err(|e| broken_store(&e))?;
    let Some(row) = rows.into_iter().find(|f| f.folder.role == Some(Role::Sent)) else {
        return Ok(false);
    };
    let found = line.find_message_id(&row.folder.wire, message_id).await?;
    Ok(!found.is_empty())
}

async fn file_copies(life: &Life) -> Result<(), Fault> {
    let id = life.id();
    let copies = life
        .ctx
        .read(move |r| r.sent_copies_needed(id))
        .await
        .map_err(|e| broken_store(&e))?;
    if copies.is_empty() {
        return Ok(());
    }
    let mut line = line::connect(&life.ctx, &life.account).await?;
    for outgoing in copies {
        file_copy(life, &mut line, &outgoing).await?;
    }
    line.logout().await;
    Ok(())
}

/// Puts the copy into Sent, once: a copy that is there already (ours from before a crash, or the server's) is enough.
async fn file_copy(life: &Life, line: &mut Line, outgoing: &Outgoing) -> Result<(), Fault> {
    let wire = making::folder_of(life, line, Role::Sent).await?.folder.wire;
    let there = line.capabilities().files_sent
        || !line
            .find_message_id(&wire, &outgoing.message_id)
            .await?
            .is_empty();
    if !there && let Some(blob) = outgoing.blob {
        let raw = life
            .ctx
            .read(move |r| r.blob(blob))
            .await
            .map_err(|e| broken_store(&e))?;
        let flags = Flags {
            bits: Flags::SEEN,
            keywords: Vec::new(),
        };
        line.append(&wire, &flags, outgoing.changed_at, &raw)
            .await?;
    }
    let id: OutboxId = outgoing.id;
    life.ctx
        .write(move |w| w.mark_copy_filed(id))
        .await
        .map_err(|e| broken_store(&e))?;
    // Main looks at Sent now, so that the person sees the mail in its conversation.
    let at = life.ctx.clock.now();
    life.poke(Poke::Folder { wire, at });
    Ok(())
}
