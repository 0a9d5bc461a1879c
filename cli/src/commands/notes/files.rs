//! `notes attach`, `notes files`, `notes file`

use std::path::Path;

use anyhow::Result;
use kontor_engine::protocol::FileHash;
use kontor_engine::{Code, Error, FileState};
use serde_json::json;

use crate::commands::App;
use crate::output;

/// Exit 0: the file and the note that names it are durable here.
pub(super) async fn attach(app: &App, subject: &str, file: &Path) -> Result<()> {
    let named = app.engine.subject(subject).await?;
    let (kept, edited) = app.engine.attach(&named, file).await?;
    let value = json!({
        "subject": subject,
        "op_id": edited.op_id.map(|id| id.to_string()),
        "sha256": kept.file.hash.to_string(),
        "name": kept.name,
        "size": kept.file.size,
        "type": kept.file.media,
    });
    let text = format!("{} is in the note on {named}.", kept.name);
    app.answer(&value, &text);
    Ok(())
}

pub(super) async fn list(app: &App, subject: &str) -> Result<()> {
    let subject = app.engine.subject(subject).await?;
    app.engine.look_for_files(&subject).await?;
    for shown in app.engine.note_files(&subject).await? {
        let (hash, size) = (shown.file.hash, shown.file.size);
        let value = json!({
            "sha256": hash.to_string(),
            "name": shown.name,
            "size": size,
            "type": shown.file.media,
            "state": shown.state.as_str(),
            "received": shown.received,
            "by": shown.file.by.map(|by| by.to_string()),
            "by_name": shown.by_name,
        });
        let state = match (shown.state, &shown.by_name) {
            (FileState::Waiting, Some(name)) => format!("waiting for {name}"),
            (state, _) => state.as_str().to_owned(),
        };
        let text = format!("{hash}\t{size}\t{state}\t{}", shown.name);
        if !app.answer(&value, &text) {
            break;
        }
    }
    Ok(())
}

pub(super) async fn save(app: &App, subject: &str, sha256: &str, to: &Path) -> Result<()> {
    let hash: FileHash = sha256.parse().map_err(|_none| Error {
        code: Code::Usage,
        message: "A file is named by its SHA-256: 64 small hex digits, as `notes files` tells it."
            .into(),
    })?;
    let named = app.engine.subject(subject).await?;
    let files = app.engine.note_files(&named).await?;
    let found = files.into_iter().find(|shown| shown.file.hash == hash);
    let shown = found.ok_or_else(|| Error {
        code: Code::NotFound,
        message: format!("The note on {subject} has no such file."),
    })?;
    app.engine.fetch_file(&shown.file).await?;
    if to == Path::new("-") {
        let mut at = 0_u64;
        loop {
            let bytes = app.engine.file_bytes(hash, at).await?;
            if bytes.is_empty() {
                return Ok(());
            }
            output::bytes(&bytes)?;
            at = at.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        }
    }
    let size = app.engine.save_file(hash, to).await?;
    let value = json!({
        "subject": subject,
        "sha256": sha256,
        "name": shown.name,
        "size": size,
        "path": to,
    });
    app.answer(&value, &format!("{size} bytes saved as {}.", to.display()));
    Ok(())
}
