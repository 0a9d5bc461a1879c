//! Writing mail: drafts that are never lost, and the outbox.

use kontor_mime::compose::{self, Language, Original};
use kontor_model::{Account, AccountId, Address, MessageId, Millis, OutboxId, OutboxState};
use kontor_store::{Enqueued, NewDraft, NewOutgoing, Outgoing, PreparedRaw};
use serde::{Deserialize, Serialize};

use crate::context::blocking;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};

/// How a draft begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// An answer to the author.
    Reply,
    /// An answer to everyone.
    ReplyAll,
    /// A new mail.
    New,
}

/// A mail being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftForm {
    /// The row, once saved.
    pub id: Option<i64>,
    /// From which account.
    pub account: AccountId,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc.
    pub bcc: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as simple HTML; `None` for plain text.
    pub html: Option<String>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
}

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

/// What a draft row keeps besides its columns.
#[derive(Serialize, Deserialize)]
struct Content {
    to: Vec<Address>,
    cc: Vec<Address>,
    bcc: Vec<Address>,
    subject: String,
    text: String,
    html: Option<String>,
}

impl Engine {
    /// Begins a mail.
    ///
    /// # Errors
    /// When there is no account, or the message to answer is missing.
    pub async fn start_draft(&self, mode: Mode, message: Option<MessageId>) -> Result<DraftForm> {
        let accounts: Vec<Account> = self
            .accounts()
            .await?
            .into_iter()
            .map(|a| a.account)
            .collect();
        let first = accounts
            .first()
            .ok_or_else(|| Error::usage("Add an account first; then you can write."))?;
        let blank = DraftForm {
            id: None,
            account: first.id,
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: String::new(),
            text: String::new(),
            html: None,
            reply_to: None,
        };
        let (Mode::Reply | Mode::ReplyAll, Some(message)) = (mode, message) else {
            return Ok(blank);
        };
        let owner = self.message(message).await?.account;
        let draft = self.reply_draft(message, mode == Mode::ReplyAll).await?;
        Ok(DraftForm {
            account: owner,
            to: draft.to,
            cc: draft.cc,
            subject: draft.subject,
            text: draft.text,
            reply_to: Some(message),
            ..blank
        })
    }

    async fn reply_draft(&self, message: MessageId, all: bool) -> Result<compose::Draft> {
        let detail = self.message(message).await?;
        let accounts = self.accounts().await?;
        let mut me: Vec<Address> = accounts
            .iter()
            .map(|a| Address::new(a.account.name.clone(), a.account.email.clone()))
            .collect();
        // The account the mail came to answers, where no address says otherwise.
        me.sort_by_key(|a| {
            accounts
                .iter()
                .any(|row| row.account.id != detail.account && row.account.email == a.address)
        });
        let parsed = match self.raw(message).await {
            Ok(raw) => blocking(move || Ok(kontor_mime::parse(&raw))).await?,
            // Offline with the text still at the server: the answer is written without a quote.
            Err(e) if e.code == Code::Offline => kontor_mime::Message::default(),
            Err(e) => return Err(e),
        };
        let language = if self.settings().await?.language == "sl" {
            Language::Slovenian
        } else {
            Language::English
        };
        let mut envelope = parsed.envelope.clone();
        if envelope.from.is_empty() {
            envelope.from.clone_from(&detail.row.from);
            envelope.message_id.clone_from(&detail.row.message_id);
            envelope.subject.clone_from(&detail.row.subject);
        }
        let text = match (&parsed.text, &parsed.html) {
            (Some(text), _) => text.clone(),
            (None, Some(html)) => kontor_mime::html::to_text(html),
            (None, None) => String::new(),
        };
        let now = jiff::Zoned::now();
        let minutes = now.offset().seconds().checked_div(60).unwrap_or(0);
        let original = Original {
            envelope: &envelope,
            followup_to: &[],
            text: &text,
            utc_offset_minutes: minutes,
        };
        Ok(compose::reply_to(&original, &me, all, language))
    }

    /// Keeps a draft; durable when this answers. Answers its id.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn save_draft(&self, form: DraftForm) -> Result<i64> {
        let account = self
            .ctx
            .read({
                let id = form.account;
                move |r| r.account(id)
            })
            .await?
            .account;
        let content = Content {
            to: form.to,
            cc: form.cc,
            bcc: form.bcc,
            subject: form.subject,
            text: form.text,
            html: form.html,
        };
        let content = serde_json::to_string(&content).map_err(|e| Error::usage(e.to_string()))?;
        let new = NewDraft {
            account: form.account,
            message_id: new_message_id(&account.email),
            content,
            answers: form.reply_to,
        };
        let id = form.id;
        self.ctx.write(move |w| w.save_draft(id, &new)).await
    }

    /// Returns the drafts kept here, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn drafts(&self) -> Result<Vec<DraftForm>> {
        Ok(self
            .ctx
            .read(|r| r.drafts())
            .await?
            .iter()
            .map(form)
            .collect())
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn discard_draft(&self, id: i64) -> Result<()> {
        self.ctx
            .write(move |w| w.discard_draft(id).map(|_| ()))
            .await
    }

    /// Queues a draft; it leaves after the undo window. The draft stays until then, so that taking it back loses nothing.
    ///
    /// # Errors
    /// When nobody is to get it, or its account cannot send.
    pub async fn send_draft(&self, id: i64) -> Result<OutboxId> {
        let undo = i64::from(self.settings().await?.undo_seconds).saturating_mul(1000);
        let row = self.ctx.read(move |r| r.draft(id)).await?;
        let message_id = row.draft.message_id.clone();
        let form = form(&row);
        let account = self
            .ctx
            .read({
                let id = form.account;
                move |r| r.account(id)
            })
            .await?
            .account;
        let original = match form.reply_to {
            Some(message) => Some(self.message(message).await?),
            None => None,
        };
        let mut references = original
            .as_ref()
            .map(|o| o.references.clone())
            .unwrap_or_default();
        references.extend(original.as_ref().and_then(|o| o.row.message_id.clone()));
        let now = self.ctx.clock.now();
        let draft = compose::Draft {
            from: Address::new(account.name.clone(), account.email.clone()),
            to: form.to.clone(),
            cc: form.cc.clone(),
            bcc: form.bcc.clone(),
            subject: form.subject.clone(),
            text: form.text.clone(),
            html: form.html.clone(),
            in_reply_to: original.as_ref().and_then(|o| o.row.message_id.clone()),
            references,
            message_id: message_id.clone(),
            date: now,
            attachments: Vec::new(),
        };
        let recipients = recipients(&[&form.to, &form.cc, &form.bcc])?;
        let raw = blocking(move || Ok(PreparedRaw::new(&compose::build(&draft))?)).await?;
        let new = NewOutgoing {
            account: account.id,
            message_id,
            raw,
            sender: account.email,
            recipients,
            subject: form.subject,
            to: form.to,
            answers: form.reply_to,
            draft: Some(id),
            due: now.plus(undo),
        };
        Ok(self.enqueue(new).await?.id)
    }

    /// Takes a queued mail back and opens its draft again.
    ///
    /// # Errors
    /// [`Code::NotNow`] when it has left.
    pub async fn unsend(&self, id: OutboxId) -> Result<DraftForm> {
        let outgoing = self.cancel_outgoing(id).await?;
        let draft = outgoing
            .draft
            .ok_or_else(|| Error::not_found("This mail was not written here; it was cancelled."))?;
        Ok(form(&self.ctx.read(move |r| r.draft(draft)).await?))
    }

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

    async fn enqueue(&self, new: NewOutgoing) -> Result<Queued> {
        let (account, message_id) = (new.account, new.message_id.clone());
        let Enqueued {
            id,
            state,
            duplicate,
        } = self.ctx.write(move |w| w.enqueue(&new)).await?;
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

    /// Waits until a mail has left, failed, or become unknown.
    ///
    /// # Errors
    /// [`Code::Refused`] with the reason; [`Code::Offline`] after `patience`, still queued.
    pub async fn wait_sent(&self, id: OutboxId, patience: std::time::Duration) -> Result<Outgoing> {
        let started = tokio::time::Instant::now();
        loop {
            let outgoing = self.ctx.read(move |r| r.outgoing(id)).await?;
            match outgoing.state {
                OutboxState::Sent => return Ok(outgoing),
                OutboxState::Failed | OutboxState::Unknown | OutboxState::Cancelled => {
                    return Err(Error::new(Code::Refused, outgoing.error));
                }
                OutboxState::Queued | OutboxState::Sending if started.elapsed() >= patience => {
                    return Err(Error::new(
                        Code::Offline,
                        "The mail could not leave yet. It is kept and sent later.",
                    ));
                }
                OutboxState::Queued | OutboxState::Sending => {
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
            }
        }
    }
}

fn form(row: &kontor_store::Draft) -> DraftForm {
    // A content of another version that cannot be read opens as an empty mail; the row keeps it.
    let content: Option<Content> = serde_json::from_str(&row.draft.content).ok();
    let c = content.unwrap_or(Content {
        to: Vec::new(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: String::new(),
        text: String::new(),
        html: None,
    });
    DraftForm {
        id: Some(row.id),
        account: row.draft.account,
        to: c.to,
        cc: c.cc,
        bcc: c.bcc,
        subject: c.subject,
        text: c.text,
        html: c.html,
        reply_to: row.draft.answers,
    }
}

fn recipients(lists: &[&Vec<Address>]) -> Result<Vec<String>> {
    let mut all: Vec<String> = lists
        .iter()
        .flat_map(|l| l.iter())
        .map(|a| a.address.trim().to_owned())
        .filter(|a| !a.is_empty())
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|a| seen.insert(a.to_lowercase()));
    if all.is_empty() {
        return Err(Error::usage(
            "The mail has no recipient. Add one in To, Cc or Bcc.",
        ));
    }
    Ok(all)
}

fn new_message_id(email: &str) -> String {
    let domain = email.rsplit('@').next().unwrap_or_default();
    compose::message_id(domain, *uuid::Uuid::new_v4().as_bytes())
}
