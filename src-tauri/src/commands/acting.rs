//! Archive, trash, flags, moves; and taking them back.

use kontor_engine::{Engine, Request};
use tauri::State;

use super::{Answer, id, ids};
use crate::dto::{ActResult, MailAction, Target};

/// Acts on threads or messages, at once here and later at the server.
#[tauri::command]
#[specta::specta]
pub(crate) async fn act(
    app: State<'_, Engine>,
    target: Target,
    action: MailAction,
) -> Answer<ActResult> {
    let request = request(&action)?;
    let done = match &target {
        Target::Threads { scope, threads } => {
            app.act_on_threads(super::reading::scope(scope)?, ids(threads)?, request)
                .await?
        }
        Target::Messages { messages } => app.act_on_messages(ids(messages)?, request, None).await?,
    };
    let count = u32::try_from(done.operations.len()).unwrap_or(u32::MAX);
    Ok(ActResult {
        undo: done.undo_token(),
        count,
        what: word(&action).to_owned(),
    })
}

/// Takes an action back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo(app: State<'_, Engine>, token: String) -> Answer<()> {
    Ok(app.undo(&token).await?)
}

fn request(action: &MailAction) -> Answer<Request> {
    Ok(match action {
        MailAction::Read => Request::Read,
        MailAction::Unread => Request::Unread,
        MailAction::Flag => Request::Flag,
        MailAction::Unflag => Request::Unflag,
        MailAction::Archive => Request::Archive,
        MailAction::Trash => Request::Trash,
        MailAction::Junk => Request::Junk,
        MailAction::Move { folder } => Request::Move(id(folder)?),
    })
}

fn word(action: &MailAction) -> &'static str {
    match action {
        MailAction::Read => "read",
        MailAction::Unread => "unread",
        MailAction::Flag => "flag",
        MailAction::Unflag => "unflag",
        MailAction::Archive => "archive",
        MailAction::Trash => "trash",
        MailAction::Junk => "junk",
        MailAction::Move { .. } => "move",
    }
}
