//! Files of notes: added, shown, fetched, opened, saved.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use kontor_engine::protocol::NoteFile;
use kontor_engine::{Engine, FileShown, FileState};
use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_opener::OpenerExt as _;

use super::saving::Saved;
use super::system::cannot;
use super::{Answer, id};
use crate::convert::small;
use crate::dto::{ApiError, Code, KeptNoteFile, NewNoteFile, NoteFileState, NoteFileView};

/// The files a note names, each once, and where they are.
#[tauri::command]
#[specta::specta]
pub(crate) async fn note_files(
    app: State<'_, Engine>,
    subject: String,
) -> Answer<Vec<NoteFileView>> {
    let shown = app.note_files(&id(&subject)?).await?;
    Ok(shown.into_iter().map(view).collect())
}

/// Keeps a file that was dropped, pasted, picked or recorded; answers what a note says to name it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_note_file(
    app: State<'_, Engine>,
    file: NewNoteFile,
) -> Answer<KeptNoteFile> {
    let bytes = BASE64_STANDARD.decode(file.data);
    let bytes = bytes.map_err(|_other| ApiError {
        code: Code::Usage,
        message: "The file did not come through whole; try again.".to_owned(),
    })?;
    let kept = app.keep_bytes(&file.name, &file.content_type, bytes);
    let kept = kept.await?;
    Ok(KeptNoteFile {
        link: kept.file.link(&kept.name),
        sha256: kept.file.hash.to_string(),
        name: kept.name,
    })
}

/// Has a file come here, now or once it can.
#[tauri::command]
#[specta::specta]
pub(crate) async fn want_note_file(app: State<'_, Engine>, target: String) -> Answer<()> {
    Ok(app.want_file(&id(&target)?).await?)
}

/// Saves a file in Downloads under a free name; answers where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_note_file(
    handle: AppHandle,
    app: State<'_, Engine>,
    saved: State<'_, Saved>,
    name: String,
    target: String,
) -> Answer<String> {
    let folder = handle.path().download_dir();
    let folder = folder.map_err(|e| cannot("There is no Downloads folder", e))?;
    let path = save(&app, &folder, name, &target).await?;
    Ok(saved.note(path))
}

/// Opens a file with the program the computer has for it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_note_file(
    handle: AppHandle,
    app: State<'_, Engine>,
    name: String,
    target: String,
) -> Answer<()> {
    let folder = handle.path().app_cache_dir();
    let folder = folder.map_err(|e| cannot("There is no folder for it", e))?;
    let path = save(&app, &folder.join("opened"), name, &target).await?;
    handle
        .opener()
        .open_path(path.display().to_string(), None::<&str>)
        .map_err(|e| cannot("No program opens this file", e))
}

async fn save(app: &Engine, folder: &Path, name: String, target: &str) -> Answer<PathBuf> {
    let file: NoteFile = id(target)?;
    app.fetch_file(&file).await?;
    let mut bytes = Vec::new();
    loop {
        let at = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let more = app.file_bytes(file.hash, at).await?;
        if more.is_empty() {
            break;
        }
        bytes.extend(more);
    }
    let name = kontor_engine::protocol::plain_name(&name);
    Ok(kontor_engine::save_as(folder.to_owned(), name, bytes).await?)
}

fn view(shown: FileShown) -> NoteFileView {
    NoteFileView {
        sha256: shown.file.hash.to_string(),
        size: small(shown.file.size),
        content_type: shown.file.media.clone(),
        state: match shown.state {
            FileState::Local => NoteFileState::Local,
            FileState::Uploading => NoteFileState::Uploading,
            FileState::Waiting => NoteFileState::Waiting,
            FileState::Remote => NoteFileState::Remote,
        },
        received: small(shown.received),
        wanted: shown.wanted,
        by_name: shown.by_name,
        target: shown.file.to_string(),
        name: shown.name,
    }
}
