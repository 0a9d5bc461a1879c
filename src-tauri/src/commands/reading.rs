//! Lists, conversations, bodies, search.

use kontor_engine::store::FolderRow;
use kontor_engine::{BodyOptions, Engine, Scope as EngineScope};
use tauri::State;

use super::{Answer, id};
use crate::convert;
use crate::dto::{
    Chip, Conversation, MessageBody, Overview, Real, Scope, SearchPage, Seq, ThreadDelta,
    ThreadOrder, ThreadPage,
};

pub(crate) fn scope(scope: &Scope) -> Answer<EngineScope> {
    Ok(match scope {
        Scope::Role { role } => EngineScope::Role((*role).into()),
        Scope::Folder { folder } => EngineScope::Folder(id(folder)?),
    })
}

/// Everything the rail shows.
#[tauri::command]
#[specta::specta]
pub(crate) async fn overview(app: State<'_, Engine>) -> Answer<Overview> {
    Ok(app.overview().await?.into())
}

/// A page of threads in an order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_threads(
    app: State<'_, Engine>,
    scope: Scope,
    order: ThreadOrder,
    cursor: Option<String>,
    limit: u32,
) -> Answer<ThreadPage> {
    let (page, seq) = app
        .threads(self::scope(&scope)?, order.into(), cursor, limit.min(500))
        .await?;
    Ok(ThreadPage {
        threads: page.rows.into_iter().map(Into::into).collect(),
        next: page.next,
        seq: Seq(seq),
    })
}

/// What changed in a list since a number.
#[tauri::command]
#[specta::specta]
pub(crate) async fn changes_since(
    app: State<'_, Engine>,
    scope: Scope,
    seq: Seq,
) -> Answer<ThreadDelta> {
    let delta = app.thread_delta(self::scope(&scope)?, seq.0).await?;
    let removed = delta.removed.iter().map(ToString::to_string).collect();
    Ok(ThreadDelta {
        seq: Seq(delta.seq),
        upserts: delta.upserts.into_iter().map(Into::into).collect(),
        removed,
        reset: delta.reset,
    })
}

/// A conversation, oldest message first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_thread(app: State<'_, Engine>, thread: String) -> Answer<Conversation> {
    let (subject, messages) = app.conversation(id(&thread)?).await?;
    let folders = app.folders(None).await?;
    let own: Vec<String> = app
        .accounts()
        .await?
        .iter()
        .map(|a| a.account.email.to_lowercase())
        .collect();
    let messages = messages
        .into_iter()
        .map(|m| convert::head(m, &folders, &own))
        .collect();
    Ok(Conversation {
        id: thread,
        subject,
        messages,
    })
}

/// A body, safe to show.
#[tauri::command]
#[specta::specta]
pub(crate) async fn message_body(
    app: State<'_, Engine>,
    message: String,
    images: bool,
    dark: bool,
) -> Answer<MessageBody> {
    let options = BodyOptions {
        images,
        dark,
        parts_at: Some(crate::parts::BASE.to_owned()),
    };
    Ok(app.body(id(&message)?, options).await?.into())
}

/// Brings a body here that is still on the server.
#[tauri::command]
#[specta::specta]
pub(crate) async fn fetch_body(app: State<'_, Engine>, message: String) -> Answer<()> {
    Ok(app.fetch_body(id(&message)?).await?)
}

/// Shows remote pictures of this sender from now on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn trust_sender(app: State<'_, Engine>, message: String) -> Answer<()> {
    Ok(app.trust_sender(id(&message)?).await?)
}

/// Searches while the person types: the last word is a beginning.
#[tauri::command]
#[specta::specta]
pub(crate) async fn search(
    app: State<'_, Engine>,
    text: String,
    cursor: Option<String>,
    limit: u32,
) -> Answer<SearchPage> {
    let found = app.search(&text, cursor, limit.min(500), true).await?;
    let folders: Vec<FolderRow> = app.folders(None).await?;
    Ok(SearchPage {
        total: convert::small(found.page.total),
        coverage: Real(found.page.coverage),
        next: found.page.next,
        hits: found
            .page
            .hits
            .into_iter()
            .map(|h| convert::hit(h, &folders))
            .collect(),
        ms: Real(found.ms),
        chips: found
            .operators
            .into_iter()
            .map(|o| Chip {
                label: o.clone(),
                text: o,
            })
            .collect(),
        problem: (!found.problems.is_empty()).then(|| found.problems.join(" ")),
    })
}
