//! Drafts and the outbox.

use kontor_engine::model::Millis;
use kontor_engine::{Colliding, DraftForm, Engine, Mode};
use tauri::State;

use super::{Answer, id};
use crate::convert::{outgoing, people};
use crate::dto::{Collision, Draft, OutboxView, ReplyMode, Seq};

fn form(d: Draft) -> Answer<DraftForm> {
    let list = |l: Vec<crate::dto::Address>| l.into_iter().map(Into::into).collect();
    Ok(DraftForm {
        id: d.id.as_deref().map(id).transpose()?,
        account: id(&d.account)?,
        to: list(d.to),
        cc: list(d.cc),
        bcc: list(d.bcc),
        subject: d.subject,
        text: d.text,
        html: d.html,
        reply_to: d.reply_to.as_deref().map(id).transpose()?,
        began: d.began.map(|Seq(ms)| Millis(ms)),
        message_id: d.message_id,
    })
}

fn draft(f: DraftForm) -> Draft {
    Draft {
        id: f.id.map(|i| i.to_string()),
        account: f.account.to_string(),
        to: people(f.to),
        cc: people(f.cc),
        bcc: people(f.bcc),
        subject: f.subject,
        text: f.text,
        html: f.html,
        reply_to: f.reply_to.map(|m| m.to_string()),
        began: f.began.map(|Millis(ms)| Seq(ms)),
        message_id: f.message_id,
    }
}

/// Begins a mail: an answer, an answer to all, or a new one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_draft(
    app: State<'_, Engine>,
    mode: ReplyMode,
    message: Option<String>,
) -> Answer<Draft> {
    let mode = match mode {
        ReplyMode::Reply => Mode::Reply,
        ReplyMode::ReplyAll => Mode::ReplyAll,
        ReplyMode::New => Mode::New,
    };
    Ok(draft(
        app.start_draft(mode, message.as_deref().map(id).transpose()?)
            .await?,
    ))
}

/// Keeps a draft; answers its id.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_draft(app: State<'_, Engine>, draft: Draft) -> Answer<String> {
    Ok(app.save_draft(form(draft)?).await?.to_string())
}

/// Drafts kept here.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_drafts(app: State<'_, Engine>) -> Answer<Vec<Draft>> {
    Ok(app.drafts().await?.into_iter().map(draft).collect())
}

/// Throws a draft away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_draft(app: State<'_, Engine>, id: String) -> Answer<()> {
    Ok(app.discard_draft(super::id(&id)?).await?)
}

/// Who else answers the conversation of a kept draft: asked before it is sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft_collision(app: State<'_, Engine>, id: String) -> Answer<Vec<Collision>> {
    Ok(collisions(app.collision_of_draft(super::id(&id)?).await?))
}

/// Who answered while a mail waited in the outbox.
#[tauri::command]
#[specta::specta]
pub(crate) async fn outbox_collision(app: State<'_, Engine>, id: String) -> Answer<Vec<Collision>> {
    Ok(collisions(
        app.collision_of_outgoing(super::id(&id)?).await?,
    ))
}

fn collisions(found: Vec<Colliding>) -> Vec<Collision> {
    found.into_iter().map(Into::into).collect()
}

/// Queues a draft; it leaves after the undo window. Answers the id in the outbox.
#[tauri::command]
#[specta::specta]
pub(crate) async fn send_draft(app: State<'_, Engine>, id: String) -> Answer<String> {
    Ok(app.send_draft(super::id(&id)?).await?.to_string())
}

/// Takes a queued mail back and opens its draft again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unsend(app: State<'_, Engine>, outbox: String) -> Answer<Draft> {
    Ok(draft(app.unsend(id(&outbox)?).await?))
}

/// What waits, failed or is unknown.
#[tauri::command]
#[specta::specta]
pub(crate) async fn outbox(app: State<'_, Engine>) -> Answer<Vec<OutboxView>> {
    Ok(app.outbox(false).await?.into_iter().map(outgoing).collect())
}

/// Tries again; sends an unknown one once more.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_outbox(app: State<'_, Engine>, id: String) -> Answer<()> {
    app.retry_outgoing(super::id(&id)?).await?;
    Ok(())
}

/// Drops a mail that has not been sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_outbox(app: State<'_, Engine>, id: String) -> Answer<()> {
    app.cancel_outgoing(super::id(&id)?).await?;
    Ok(())
}
