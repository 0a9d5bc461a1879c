//! `read`, `flag`, `archive`, `move`, `delete` …

use anyhow::{Result, bail};
use kontor_engine::model::{FolderId, MessageId, OperationState};
use kontor_engine::{Acted, Request};
use serde_json::{Value, json};

use super::{App, PATIENCE};
use crate::args::{Command, Messages, MoveMessages, Wait};

pub(super) async fn run(app: &App, command: Command) -> Result<()> {
    match command {
        Command::Read(m) => flags(app, m, Request::Read).await,
        Command::Unread(m) => flags(app, m, Request::Unread).await,
        Command::Flag(m) => flags(app, m, Request::Flag).await,
        Command::Unflag(m) => flags(app, m, Request::Unflag).await,
        Command::Archive(m) => moves(app, m, Request::Archive).await,
        Command::Trash(m) => moves(app, m, Request::Trash).await,
        Command::Junk(m) => moves(app, m, Request::Junk).await,
        Command::Delete { what, forever: _ } => moves(app, what, Request::Delete).await,
        Command::Move { to, account, what } => {
            let Some(first) = what.messages.first() else {
                bail!("no message named")
            };
            let account = match app.account(account.as_deref()).await? {
                Some(named) => named,
                None => {
                    let message = app.engine.find_message(first).await?;
                    app.engine.message(message).await?.account
                }
            };
            let to = app.engine.find_folder(&to, Some(account)).await?.folder.id;
            moves(app, what, Request::Move(to)).await
        }
        other => bail!("not an action: {other:?}"),
    }
}

async fn flags(app: &App, what: Messages, request: Request) -> Result<()> {
    let ids = find(app, &what.messages).await?;
    let acted = app.engine.act_on_messages(ids, request, None).await?;
    answer(app, acted, what.wait).await
}

async fn moves(app: &App, what: MoveMessages, request: Request) -> Result<()> {
    let ids = find(app, &what.messages).await?;
    let from = match (&what.from, ids.first()) {
        (Some(name), Some(first)) => {
            let account = app.engine.message(*first).await?.account;
            Some(app.engine.find_folder(name, Some(account)).await?.folder.id)
        }
        _ => None::<FolderId>,
    };
    let acted = app.engine.act_on_messages(ids, request, from).await?;
    answer(app, acted, what.wait).await
}

async fn find(app: &App, names: &[String]) -> Result<Vec<MessageId>> {
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        ids.push(app.engine.find_message(name).await?);
    }
    Ok(ids)
}

async fn answer(app: &App, acted: Acted, wait: Wait) -> Result<()> {
    let waited = if wait.wait && !acted.operations.is_empty() {
        app.engine
            .finish_operations(&acted.operations, PATIENCE)
            .await
    } else {
        Ok(())
    };
    let mut operations: Vec<Value> = Vec::new();
    for id in &acted.operations {
        let state = app
            .engine
            .operation(*id)
            .await
            .map_or(OperationState::Done, |o| o.state);
        operations.push(json!({ "id": id.to_string(), "state": state.as_str() }));
    }
    let text = format!("{} changes journalled.", operations.len());
    app.answer(&json!({ "operations": operations }), &text);
    Ok(waited?)
}
