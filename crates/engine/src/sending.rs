//! The outbox: finished messages and answers on their way out, and what a person does about them.

use std::collections::BTreeSet;
use std::time::Duration;

use kontor_mime::compose;
use kontor_model::{Account, AccountId, Address, MessageId, Millis, OutboxId, OutboxState};
use kontor_store::{Enqueued, NewOutgoing, Outgoing, PreparedRaw, Read};

use crate::composing::new_message_id;
use crate::context::blocking;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::team::Colliding;

/// What became of a wish to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The row in the outbox.
    pub id: OutboxId,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Where it stands.
    pub state: OutboxState,
    /// The Message-ID was here already; nothing was queued.
    pub duplicate: bool,
}

impl Engine {
    /// Queues a finished message. Its Message-ID is kept, one is made where missing; Bcc is taken out of the bytes.
    ///
    /// # Errors
    /// When it names no sender of ours or no recipient.
    pub async fn send_raw(
        &self,
        raw: Vec<u8>,
        account: Option<AccountId>,
        at: Option<Millis>,
    ) -> Result<Queued> {
        let envelope = kontor_mime::headers(&raw);
        let accounts: Vec<Account> = self
            .accounts()
            .await?
            .into_iter()
            .map(|a| a.account)
            .collect();
        let wanted = envelope.from.first().map(Address::key).unwrap_or_default();
        let account = match account {
            Some(id) => accounts
                .into_iter()
                .find(|a| a.id == id)
                .ok_or_else(|| Error::not_found(format!("There is no account {id}.")))?,
            None => {
                let only = accounts.len() == 1;
                accounts
                    .into_iter()
                    .find(|a| only || a.email.to_lowercase() == wanted)
                    .ok_or_else(|| Error::usage(format!("No account has the address “{wanted}” of From. Say which with --account ID.")))?
            }
        };
        let header = crate::files::header_fields(&raw);
        let bcc = header.bcc;
        let recipients = recipients(&[&envelope.to, &envelope.cc, &bcc])?;
        let message_id = envelope
            .message_id
            .clone()
            .unwrap_or_else(|| new_message_id(&account.email));
        let missing = envelope.message_id.is_none().then(|| message_id.clone());
        let bytes = blocking(move || {
            Ok(PreparedRaw::new(&crate::files::ready_to_send(
                &raw,
                missing.as_deref(),
            ))?)
        })
        .await?;
        let answers = self.answered(&envelope.in_reply_to).await?;
        let new = NewOutgoing {
            account: account.id,
            message_id,
            raw: bytes,
            sender: account.email,
            recipients,
            subject: envelope.subject,
            to: envelope.to,
            answers,
            draft: None,
            due: at.unwrap_or_else(|| self.ctx.clock.now()),
        };
        self.enqueue(new).await
    }

    async fn answered(&self, in_reply_to: &[String]) -> Result<Option<MessageId>> {
        let Some(mid) = in_reply_to.first().cloned() else {
            return Ok(None);
        };
        Ok(self
            .ctx
            .read(move |r| r.messages_by_mid(&mid))
            .await?
            .first()
            .copied())
    }

    /// Returns who else answers the mail that a finished message answers; see [`Engine::collision`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn collision_of_raw(&self, raw: &[u8]) -> Result<Vec<Colliding>> {
        let envelope = kontor_mime::headers(raw);
        match self.answered(&envelope.in_reply_to).await? {
            Some(answered) => self.collision(answered, None).await,
            None => Ok(Vec::new()),
        }
    }

    /// Answers a message with a text and queues it at once.
    ///
    /// # Errors
    /// When the message is missing or nobody is to get the answer.
    pub async fn reply(&self, message: MessageId, text: &str, all: bool) -> Result<Queued> {
        let detail = self.message(message).await?;
        let account = self
            .ctx
            .read({
                let id = detail.account;
                move |r| r.account(id)
            })
            .await?
            .account;
        let mut draft = self.reply_draft(message, all).await?;
        draft.from = Address::new(account.name.clone(), account.email.clone());
        draft.text = format!("{}\n\n{}", text.trim_end(), draft.text);
        draft.message_id = new_message_id(&account.email);
        draft.date = self.ctx.clock.now();
        let recipients = recipients(&[&draft.to, &draft.cc])?;
        let (message_id, subject, to) = (
            draft.message_id.clone(),
            draft.subject.clone(),
            draft.to.clone(),
        );
        let raw = blocking(move || Ok(PreparedRaw::new(&compose::build(&draft))?)).await?;
        let due = self.ctx.clock.now();
        let new = NewOutgoing {
            account: account.id,
            message_id,
            raw,
            sender: account.email,
            recipients,
            subject,
            to,
            answers: Some(message),
            draft: None,
            due,
        };
        self.enqueue(new).await
    }

    pub(crate) async fn enqueue(&self, new: NewOutgoing) -> Result<Queued> {
        let (account, message_id) = (new.account, new.message_id.clone());
        let Enqueued {
            id,
            state,
            duplicate,
        } = self.ctx.write_durable(move |w| w.enqueue(&new)).await?;
        self.ctx.wakes.ring_outbox(account);
        Ok(Queued {
            id,
            message_id,
            state,
            duplicate,
        })
    }

    /// Returns the outbox, newest first; with `all` what was sent or cancelled in the last 30 days, too.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn outbox(&self, all: bool) -> Result<Vec<Outgoing>> {
        let now = self.ctx.clock.now();
        self.ctx.read(move |r| r.outbox(all, now)).await
    }

    /// Returns one mail of the outbox.
    ///
    /// # Errors
    /// When there is none.
    pub async fn outgoing(&self, id: OutboxId) -> Result<Outgoing> {
        self.ctx.read(move |r| r.outgoing(id)).await
    }

    /// Drops a mail that has not been sent.
    ///
    /// # Errors
    /// [`Code::NotNow`] when it was sent or is being sent.
    pub async fn cancel_outgoing(&self, id: OutboxId) -> Result<Outgoing> {
        self.ctx.write(move |w| w.cancel_outgoing(id)).await
    }

    /// Sends a mail (again), now.
    ///
    /// # Errors
    /// [`Code::NotNow`] when it was sent or is being sent.
    pub async fn retry_outgoing(&self, id: OutboxId) -> Result<Outgoing> {
        let outgoing = self
            .ctx
            .write(move |w| {
                w.retry_outgoing(id)?;
                w.outgoing(id)
            })
            .await?;
        self.ctx.wakes.ring_outbox(outgoing.account);
        Ok(outgoing)
    }

    /// Waits until a mail has left, failed, or become unknown, sending it here where no other process does. One whose
    /// time has not come is not waited for.
    ///
    /// # Errors
    /// [`Code::Refused`] with the reason when it did not leave; [`Code::Offline`] when it could not be offered,
    /// [`Code::NotNow`] when the server wants it later: it is kept and sent then.
    pub async fn finish_outgoing(&self, id: OutboxId, patience: Duration) -> Result<Outgoing> {
        let first = self.outgoing(id).await?;
        let now = self.ctx.clock.now();
        if first.state == OutboxState::Queued && first.due > now && first.error.is_empty() {
            return Ok(first);
        }
        let check = async || {
            let outgoing = self.outgoing(id).await?;
            match outgoing.state {
                OutboxState::Sent => Ok(Some(outgoing)),
                OutboxState::Failed | OutboxState::Unknown | OutboxState::Cancelled => {
                    Err(Error::new(Code::Refused, outgoing.error))
                }
                OutboxState::Queued | OutboxState::Sending => Ok(None),
            }
        };
        let answer = self.finish(&[first.account], patience, check).await;
        match (answer, self.outgoing(id).await) {
            // The outbox knows better why.
            (Err(e), Ok(o)) if e.code == Code::NotNow && !o.error.is_empty() => {
                Err(Error::new(Code::NotNow, o.error))
            }
            (answer, _) => answer,
        }
    }
}

/// Drafts that lie in the outbox.
pub(crate) fn queued_drafts(r: &Read<'_>, now: Millis) -> kontor_store::Result<BTreeSet<i64>> {
    let leaving = r.outbox(false, now)?;
    Ok(leaving.into_iter().filter_map(|o| o.draft).collect())
}

pub(crate) fn recipients(lists: &[&Vec<Address>]) -> Result<Vec<String>> {
    let mut all: Vec<String> = lists
        .iter()
        .flat_map(|l| l.iter())
        .map(|a| a.address.trim().to_owned())
        .filter(|a| !a.is_empty())
        .collect();
    let mut seen = BTreeSet::new();
    all.retain(|a| seen.insert(a.to_lowercase()));
    if all.is_empty() {
        return Err(Error::usage(
            "The mail has no recipient. Add one in To, Cc or Bcc.",
        ));
    }
    Ok(all)
}
