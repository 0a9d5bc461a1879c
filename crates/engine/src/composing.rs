//! Writing mail: drafts that are never lost.

use std::sync::Arc;

use kontor_mime::compose::{self, Language, Original};
use kontor_model::{Account, AccountId, Address, MessageId, Millis, OutboxId};
use kontor_store::{NewDraft, NewOutgoing, PreparedRaw};
use serde::{Deserialize, Serialize};

use crate::account;
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::sending::{queued_drafts, recipients};

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
    /// When it was begun: what colleagues answered before, its author could know.
    pub began: Option<Millis>,
    /// The Message-ID of its copy at the server, once it is kept. Saving does not read it: it is fixed at the first save.
    pub message_id: Option<String>,
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
    #[serde(default)]
    began: Option<Millis>,
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
            began: Some(self.ctx.clock.now()),
            message_id: None,
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

    pub(crate) async fn reply_draft(
        &self,
        message: MessageId,
        all: bool,
    ) -> Result<compose::Draft> {
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
            Err(e) if e.code == Code::NotFound => return Err(e),
            // The text is still at the server and cannot be had now: the answer is written without a quote.
            Err(_) => kontor_mime::Message::default(),
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
        let began = match (form.began, form.id) {
            (Some(began), _) => began,
            (None, Some(id)) => {
                let kept = self.ctx.read(move |r| r.draft(id)).await;
                let kept = kept.ok().map(|row| began(&row).unwrap_or(row.updated_at));
                kept.unwrap_or_else(|| self.ctx.clock.now())
            }
            (None, None) => self.ctx.clock.now(),
        };
        let content = Content {
            began: Some(began),
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
        let saved = self
            .ctx
            .write_durable(move |w| w.save_draft(id, &new))
            .await?;
        self.ctx.wakes.ring_drafts(account.id);
        Ok(saved)
    }

    /// Returns the drafts kept here, newest first. One that is on its way out is in the outbox instead.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn drafts(&self) -> Result<Vec<DraftForm>> {
        let now = self.ctx.clock.now();
        let drafts = self
            .ctx
            .read(move |r| {
                let leaving = queued_drafts(r, now)?;
                let mut drafts = r.drafts()?;
                drafts.retain(|d| !leaving.contains(&d.id));
                Ok(drafts)
            })
            .await?;
        Ok(drafts.iter().map(form).collect())
    }

    /// Throws a draft away, and its copy at the server.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn discard_draft(&self, id: i64) -> Result<()> {
        let gone = self
            .ctx
            .write(move |w| {
                let gone = w.discard_draft(id)?;
                if let Some(draft) = &gone {
                    account::forget_copy(w, draft.draft.account, &draft.draft.message_id)?;
                }
                Ok(gone)
            })
            .await?;
        if let Some(draft) = gone {
            self.ctx.wakes.ring(draft.draft.account);
        }
        Ok(())
    }

    /// Queues a draft; it leaves after the undo window. The draft stays until then, so that taking it back loses nothing.
    ///
    /// # Errors
    /// When nobody is to get it, or its account cannot send.
    pub async fn send_draft(&self, id: i64) -> Result<OutboxId> {
        let undo = i64::from(self.settings().await?.undo_seconds).saturating_mul(1000);
        let row = self.ctx.read(move |r| r.draft(id)).await?;
        let due = self.ctx.clock.now().plus(undo);
        let draft = mail_of(&self.ctx, &row, self.ctx.clock.now()).await?;
        let recipients = recipients(&[&draft.to, &draft.cc, &draft.bcc])?;
        let (message_id, sender) = (draft.message_id.clone(), draft.from.address.clone());
        let (subject, to) = (draft.subject.clone(), draft.to.clone());
        let raw = blocking(move || Ok(PreparedRaw::new(&compose::build(&draft))?)).await?;
        let new = NewOutgoing {
            account: row.draft.account,
            message_id,
            raw,
            sender,
            recipients,
            subject,
            to,
            answers: row.draft.answers,
            draft: Some(id),
            due,
        };
        let account = new.account;
        // Its author was asked, if there was something to ask; what colleagues do from now on is asked about again.
        let queued = move |w: &mut kontor_store::Write<'_>| {
            let queued = w.enqueue(&new)?;
            w.ask_before_sending(queued.id)?;
            Ok(queued.id)
        };
        let id = self.ctx.write_durable(queued).await?;
        self.ctx.wakes.ring_outbox(account);
        Ok(id)
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
}

/// The mail a draft is, dated `date`.
async fn mail_of(
    ctx: &Arc<Context>,
    row: &kontor_store::Draft,
    date: Millis,
) -> Result<compose::Draft> {
    let (id, answers) = (row.draft.account, row.draft.answers);
    let (account, original) = ctx
        .read(move |r| {
            let original = answers.map(|message| r.message(message));
            Ok((r.account(id)?.account, original.transpose()?))
        })
        .await?;
    let form = form(row);
    let parent = original.as_ref().and_then(|o| o.row.message_id.clone());
    let mut references = original.map(|o| o.references).unwrap_or_default();
    references.extend(parent.clone());
    Ok(compose::Draft {
        from: Address::new(account.name, account.email),
        to: form.to,
        cc: form.cc,
        bcc: form.bcc,
        subject: form.subject,
        text: form.text,
        html: form.html,
        in_reply_to: parent,
        references,
        message_id: row.draft.message_id.clone(),
        date,
        attachments: Vec::new(),
    })
}

/// The bytes of a draft as the server keeps it. Here Bcc stands in the header: nobody gets a draft.
pub(crate) async fn draft_bytes(ctx: &Arc<Context>, row: &kontor_store::Draft) -> Result<Vec<u8>> {
    let draft = mail_of(ctx, row, row.updated_at).await?;
    let bcc: Vec<String> = draft
        .bcc
        .iter()
        .map(|a| a.address.chars().filter(|c| !c.is_control()).collect())
        .collect();
    let mut raw = Vec::new();
    if !bcc.is_empty() {
        raw.extend_from_slice(format!("Bcc: {}\r\n", bcc.join(",\r\n ")).as_bytes());
    }
    raw.extend(compose::build(&draft));
    Ok(raw)
}

/// When a draft was begun, where that is known.
pub(crate) fn began(row: &kontor_store::Draft) -> Option<Millis> {
    let content: Content = serde_json::from_str(&row.draft.content).ok()?;
    content.began
}

/// What a draft holds.
pub(crate) fn form(row: &kontor_store::Draft) -> DraftForm {
    // A content of another version that cannot be read opens as an empty mail; the row keeps it.
    let content: Option<Content> = serde_json::from_str(&row.draft.content).ok();
    let c = content.unwrap_or(Content {
        to: Vec::new(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: String::new(),
        text: String::new(),
        html: None,
        began: None,
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
        began: c.began,
        message_id: Some(row.draft.message_id.clone()),
    }
}

pub(crate) fn new_message_id(email: &str) -> String {
    let domain = email.rsplit('@').next().unwrap_or_default();
    compose::message_id(domain, *uuid::Uuid::new_v4().as_bytes())
}
