//! Shared notes.

use kontor_engine::Engine;
use tauri::State;

use super::{Answer, id};
use crate::convert::{small, team};
use crate::dto::{NoteEdit, NoteEdited, NoteVersion, NoteView};

/// A note to begin writing in; empty where none was written yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn note(app: State<'_, Engine>, subject: String) -> Answer<NoteView> {
    let about = id(&subject)?;
    let (text, typed) = app.open_note(&about).await?;
    let last = app.note(&about, None).await?;
    Ok(NoteView {
        subject,
        text,
        revision: typed.revision,
        version: small(typed.version),
        updated_at: last.as_ref().map(|n| n.updated_at.to_string()),
        updated_by: last.and_then(|n| n.updated_by).map(|m| m.to_string()),
        waiting: small(app.waiting_changes().await?.changes),
    })
}

/// Writes what was typed and answers what others wrote meanwhile; without splices it only catches up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn edit_note(app: State<'_, Engine>, edit: NoteEdit) -> Answer<NoteEdited> {
    let splices = edit.splices.into_iter().map(Into::into).collect();
    let about = id(&edit.subject)?;
    let typed = app.type_note(&about, &edit.revision, splices).await?;
    Ok(team::typed(typed, app.waiting_changes().await?))
}

/// Earlier versions of a note, the newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn note_history(
    app: State<'_, Engine>,
    subject: String,
) -> Answer<Vec<NoteVersion>> {
    Ok(team::versions(app.note_history(&id(&subject)?).await?))
}

/// The text of a version.
#[tauri::command]
#[specta::specta]
pub(crate) async fn note_at(
    app: State<'_, Engine>,
    subject: String,
    version: u32,
) -> Answer<String> {
    let note = app.note(&id(&subject)?, Some(version.into())).await?;
    Ok(note.map(|n| n.text).unwrap_or_default())
}

/// Puts a note back to one of its versions, as an edit.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_note(
    app: State<'_, Engine>,
    subject: String,
    version: u32,
) -> Answer<()> {
    app.restore_note(&id(&subject)?, version.into()).await?;
    Ok(())
}
