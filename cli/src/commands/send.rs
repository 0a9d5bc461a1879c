//! `send`, `reply`, `outbox …`

use std::path::Path;

use anyhow::{Context as _, Result};
use kontor_engine::model::{Millis, OutboxId};
use kontor_engine::{Clash, Code, Colliding, Error, Queued};
use serde_json::json;

use super::{App, PATIENCE, account_id, mime};
use crate::args::{OutboxCommand, Wait};
use crate::{output, rows};

pub(super) async fn send(
    app: &App,
    file: &Path,
    account: Option<String>,
    at: Option<String>,
    (ask, wait): (bool, Wait),
) -> Result<()> {
    let raw = mime::read(file)?;
    let account = account_id(account.as_deref())?;
    let at = at.as_deref().map(moment).transpose()?;
    collides(app, ask, app.engine.collision_of_raw(&raw).await)?;
    let queued = app.engine.send_raw(raw, account, at).await?;
    answer(app, queued, wait).await
}

fn moment(text: &str) -> Result<Millis, Error> {
    let read: Result<jiff::Timestamp, _> = text.parse();
    read.map(Millis::from).map_err(|e| Error {
        code: Code::Usage,
        message: format!("“{text}” is not a moment such as 2026-11-21T08:00:00Z: {e}"),
    })
}

pub(super) async fn reply(
    app: &App,
    message: &str,
    text_file: &Path,
    all: bool,
    (ask, wait): (bool, Wait),
) -> Result<()> {
    let id = app.engine.find_message(message).await?;
    let text = String::from_utf8(mime::read(text_file)?).context("the text is not UTF-8")?;
    collides(app, ask, app.engine.collision(id, None).await)?;
    let queued = app.engine.reply(id, &text, all).await?;
    answer(app, queued, wait).await
}

/// Says who else answers the conversation; with `ask` that ends the command before anything is queued.
fn collides(
    app: &App,
    ask: bool,
    found: kontor_engine::Result<Vec<Colliding>>,
) -> Result<(), Error> {
    let sentences: Vec<String> = found?.iter().map(told).collect();
    if sentences.is_empty() {
        return Ok(());
    }
    let message = sentences.join(" ");
    if ask {
        return Err(Error {
            code: Code::Collision,
            message: format!("{message} Nothing was queued; without --ask it would be."),
        });
    }
    if app.json {
        let code = Code::Collision.as_str();
        let warning = json!({ "warning": { "code": code, "message": message } });
        output::say(&warning.to_string());
    } else {
        output::say(&format!("kontorctl: {message}"));
    }
    Ok(())
}

fn told(of: &Colliding) -> String {
    let (name, at) = (&of.name, of.at.unwrap_or_default());
    match of.what {
        Clash::Answered => format!("{name} answered this conversation at {at}."),
        Clash::Answering => format!("{name} is answering this conversation now."),
        Clash::Unsent => format!("{name}, offline since {at}, has an unsent reply to it."),
    }
}

async fn answer(app: &App, queued: Queued, wait: Wait) -> Result<()> {
    let waited = if wait.wait {
        wait_sent(app, queued.id).await
    } else {
        Ok(())
    };
    let state = app
        .engine
        .outgoing(queued.id)
        .await
        .map_or(queued.state, |o| o.state);
    let mut value = json!({ "id": queued.id.to_string(), "message_id": queued.message_id, "state": state.as_str() });
    if queued.duplicate
        && let Some(fields) = value.as_object_mut()
    {
        fields.insert("duplicate".into(), json!(true));
    }
    let text = if queued.duplicate {
        "This mail is in the outbox already or was sent; nothing was queued."
    } else {
        state.as_str()
    };
    app.answer(&value, &format!("{}: {text}", queued.id));
    waited
}

async fn wait_sent(app: &App, id: OutboxId) -> Result<()> {
    app.engine.finish_outgoing(id, PATIENCE).await?;
    Ok(())
}

pub(super) async fn outbox(app: &App, command: OutboxCommand) -> Result<()> {
    let read = |id: &str| {
        id.parse::<OutboxId>().map_err(|_unreadable| Error {
            code: Code::NotFound,
            message: format!("There is no outgoing message {id}."),
        })
    };
    match command {
        OutboxCommand::List { all } => {
            for o in app.engine.outbox(all).await? {
                let text = format!("{}\t{}\t{}\t{}", o.id, o.state.as_str(), o.subject, o.error);
                if !app.answer(&rows::outgoing(&o), &text) {
                    break;
                }
            }
        }
        OutboxCommand::Cancel { id } => {
            let o = app.engine.cancel_outgoing(read(&id)?).await?;
            app.answer(&rows::outgoing(&o), "Cancelled; it is not sent.");
        }
        OutboxCommand::Retry { id, wait } => {
            let id = read(&id)?;
            app.engine.retry_outgoing(id).await?;
            let waited = if wait.wait {
                wait_sent(app, id).await
            } else {
                Ok(())
            };
            let o = app.engine.outgoing(id).await?;
            app.answer(&rows::outgoing(&o), o.state.as_str());
            waited?;
        }
    }
    Ok(())
}
