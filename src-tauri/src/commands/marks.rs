//! Tags and tasks.

use kontor_engine::Engine;
use kontor_engine::protocol::Task;
use tauri::State;

use super::{Answer, id};
use crate::dto::{ApiError, Code, SubjectMarks, TaskForm};

/// What a customer, an address or a conversation is marked with.
#[tauri::command]
#[specta::specta]
pub(crate) async fn marks(app: State<'_, Engine>, subject: String) -> Answer<SubjectMarks> {
    Ok(app.marks(&id(&subject)?).await?.into())
}

/// Puts a tag on it, or takes it away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_tag(
    app: State<'_, Engine>,
    subject: String,
    words: String,
    on: bool,
) -> Answer<()> {
    Ok(app.set_tag(&id(&subject)?, &words, on).await?)
}

/// Writes a task down, or changes the one of this id; answers its id.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_task(
    app: State<'_, Engine>,
    subject: String,
    task: Option<String>,
    form: TaskForm,
) -> Answer<String> {
    let due = form.due.as_deref().map(str::parse).transpose();
    let due = due.map_err(|_why| ApiError {
        code: Code::Usage,
        message: "a day is written YYYY-MM-DD".to_owned(),
    })?;
    let member = form.member.as_deref().map(id).transpose()?;
    let text = form.text.trim().to_owned();
    let form = Task { text, due, member };
    Ok(app.save_task(&id(&subject)?, task, &form).await?)
}

/// Says that a task is finished, or that it is not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn finish_task(
    app: State<'_, Engine>,
    subject: String,
    task: String,
    done: bool,
) -> Answer<()> {
    Ok(app.finish_task(&id(&subject)?, &task, done).await?)
}

/// Takes a task away; it stays in the history.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_task(
    app: State<'_, Engine>,
    subject: String,
    task: String,
) -> Answer<()> {
    Ok(app.remove_task(&id(&subject)?, &task).await?)
}
