//! The outbox: exactly once, or a question to the person (KONTORCTL.md, "Outbox, exactly once").

use std::time::Duration;

use kontor_mail::provider::{Fault, Poke, Provider as _};
use kontor_mail_imap::smtp::{Outcome, Smtp, Submission};
use kontor_model::{Action, Flags, OutboxId, OutboxState, Role};
use kontor_store::{FolderRow, Outgoing, SentCopy};

use super::Life;
use super::listing::broken_store;
use crate::line::{self, Line};

/// Pauses between tries of a mail that could not be offered (facts §3).
const PAUSES: [i64; 4] = [60_000, 300_000, 900_000, 3_600_000];

/// Sends what is due, whenever it is due, on lines of its own; never ends but with the account.
pub(super) async fn run(life: &Life) -> Result<(), Fault> {
    let bells = life.ctx.wakes.bells(life.id());
    loop {
        if let Err(fault) = flush(life).await {
            tracing::info!(account = life.id().0, "the outbox waits: {fault}");
        }
        tokio::select! {
            () = bells.outbox.notified() => {}
            () = tokio::time::sleep(until_next(life).await) => {}
        }
    }
}

async fn until_next(life: &Life) -> Duration {
    const LOOK: Duration = Duration::from_secs(60);
    let next = life.ctx.read(|r| r.next_due()).await.ok().flatten();
    let ms = next
        .map(|at| at.since(life.ctx.clock.now()).max(0))
        .and_then(|ms| u64::try_from(ms).ok());
    // What just failed is due at once by another account's clock: never spin.
    ms.map_or(LOOK, |ms| {
        Duration::from_millis(ms).clamp(Duration::from_millis(50), LOOK)
    })
}

/// Sends everything of this account that is due and files the copies.
pub(crate) async fn flush(life: &Life) -> Result<(), Fault> {
    let id = life.id();
    let now = life.ctx.clock.now();
    let left = life
        .ctx
        .read(|r| r.outgoing_in(OutboxState::Sending))
        .await
        .map_err(|e| broken_store(&e))?;
    for outgoing in left.into_iter().filter(|o| o.account == id) {
        // Found after a crash: DATA may have been said.
        let why = "Kontor was interrupted while it was being sent.".to_owned();
        resolve(life, &outgoing, why).await?;
    }
    let due = life
        .ctx
        .read(move |r| r.due_outgoing(now))
        .await
        .map_err(|e| broken_store(&e))?;
    let mut first_fault = Ok(());
    for outgoing in due.into_iter().filter(|o| o.account == id) {
        if let Err(fault) = send(life, &outgoing).await {
            put_off(life, &outgoing, &fault).await?;
            first_fault = Err(fault);
        }
    }
    let copies = life
        .ctx
        .read(move |r| r.sent_copies_needed(id))
        .await
        .map_err(|e| broken_store(&e))?;
    if !copies.is_empty() {
        let mut line = line::connect(&life.ctx, &life.account).await?;
        for outgoing in copies {
            file_copy(life, &mut line, &outgoing).await?;
        }
        line.logout().await;
    }
    first_fault
}

async fn send(life: &Life, outgoing: &Outgoing) -> Result<(), Fault> {
    let id = outgoing.id;
    if life.account.settings.smtp.is_none() {
        let why =
            "This account only reads mail: it has no outgoing server. Add one in the settings.";
        return life
            .ctx
            .write(move |w| w.mark_failed(id, why))
            .await
            .map_err(|e| broken_store(&e));
    }
    let Some(blob) = outgoing.blob else {
        let why = "The text of this mail is no longer kept.";
        return life
            .ctx
            .write(move |w| w.mark_failed(id, why))
            .await
            .map_err(|e| broken_store(&e));
    };
    let raw = life
        .ctx
        .read(move |r| r.blob(blob))
        .await
        .map_err(|e| broken_store(&e))?;
    let secret = line::secret(&life.ctx, &life.account).await?;
    let smtp = Smtp::new(&life.account.settings, &secret, &life.ctx.tls);
    let mail = Submission {
        from: &outgoing.sender,
        recipients: &outgoing.recipients,
        raw: &raw,
    };
    let claim = || async {
        match life.ctx.write(move |w| w.claim_outgoing(id)).await {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(Fault::Refused("The mail was taken back.".into())),
            Err(e) => Err(broken_store(&e)),
        }
    };
    let outcome = match smtp.submit(&mail, claim).await {
        // Taken back while we connected: nothing was sent, nothing is to be said.
        Err(Fault::Refused(_)) => return Ok(()),
        other => other?,
    };
    record(life, outgoing, outcome).await
}

async fn record(life: &Life, outgoing: &Outgoing, outcome: Outcome) -> Result<(), Fault> {
    let id = outgoing.id;
    let sentence = outcome.sentence();
    match outcome {
        Outcome::Accepted { .. } => sent(life, outgoing, SentCopy::Needed).await,
        Outcome::Refused {
            permanent: true, ..
        } => life
            .ctx
            .write(move |w| w.mark_failed(id, &sentence))
            .await
            .map_err(|e| broken_store(&e)),
        Outcome::Refused {
            permanent: false, ..
        } => {
            let due = life.ctx.clock.now().plus(pause(outgoing.attempts));
            life.ctx
                .write(move |w| w.retry_later(id, due, &sentence))
                .await
                .map_err(|e| broken_store(&e))
        }
        Outcome::Unknown { why } => resolve(life, outgoing, why).await,
    }
}

fn pause(attempts: u32) -> i64 {
    let n = usize::try_from(attempts).unwrap_or(usize::MAX);
    PAUSES.get(n).or(PAUSES.last()).copied().unwrap_or(60_000)
}

/// Records a mail as sent and its original as answered.
async fn sent(life: &Life, outgoing: &Outgoing, copy: SentCopy) -> Result<(), Fault> {
    let (id, answers, draft) = (outgoing.id, outgoing.answers, outgoing.draft);
    let record = move |w: &mut kontor_store::Write<'_>| {
        w.mark_sent(id, copy)?;
        if let Some(draft) = draft {
            w.discard_draft(draft)?;
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
    Ok(())
}

/// Not offered: it stays queued, and the outbox says why.
async fn put_off(life: &Life, outgoing: &Outgoing, fault: &Fault) -> Result<(), Fault> {
    let (id, why) = (outgoing.id, fault.to_string());
    let due = life.ctx.clock.now().plus(pause(outgoing.attempts));
    let still = move |w: &mut kontor_store::Write<'_>| {
        if w.outgoing(id)?.state == OutboxState::Queued {
            w.retry_later(id, due, &why)
        } else {
            Ok(())
        }
    };
    life.ctx.write(still).await.map_err(|e| broken_store(&e))
}

/// The reply to the end of DATA never came. Where the server files sent mail itself its Sent folder knows; elsewhere
/// only the person can decide.
async fn resolve(life: &Life, outgoing: &Outgoing, why: String) -> Result<(), Fault> {
    let found = match line::connect(&life.ctx, &life.account).await {
        Ok(mut line) => {
            let found = line.capabilities().files_sent
                && in_sent(life, &mut line, &outgoing.message_id)
                    .await
                    .unwrap_or(false);
            line.logout().await;
            found
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
    let Some(row) = sent_folder(life).await? else {
        return Ok(false);
    };
    Ok(!line
        .find_message_id(&row.folder.wire, message_id)
        .await?
        .is_empty())
}

async fn sent_folder(life: &Life) -> Result<Option<FolderRow>, Fault> {
    let id = life.id();
    let rows = life
        .ctx
        .read(move |r| r.folders(Some(id)))
        .await
        .map_err(|e| broken_store(&e))?;
    Ok(rows.into_iter().find(|f| f.folder.role == Some(Role::Sent)))
}

/// Puts the copy into Sent, once: a copy that is there already (ours from before a crash, or the server's) is enough.
async fn file_copy(life: &Life, line: &mut Line, outgoing: &Outgoing) -> Result<(), Fault> {
    let wire = match sent_folder(life).await? {
        Some(row) => row.folder.wire,
        None => {
            line.create_folder("Sent", None).await?;
            "Sent".to_owned()
        }
    };
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
