//! `attachment`, `import`, `export`

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use kontor_engine::ExportFormat;
use serde_json::json;

use super::{App, PATIENCE};
use crate::args::{Format, Wait};
use crate::output;

pub(super) async fn attachment(app: &App, message: &str, n: u32, to: &Path) -> Result<()> {
    let id = app.engine.find_message(message).await?;
    let (attachment, bytes) = app.engine.attachment(id, n).await?;
    if to == Path::new("-") {
        return Ok(output::bytes(&bytes)?);
    }
    std::fs::write(to, &bytes).with_context(|| format!("write {}", to.display()))?;
    let mut value = serde_json::to_value(&attachment)?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert("path".into(), json!(to));
    }
    app.answer(
        &value,
        &format!("{} bytes saved as {}.", bytes.len(), to.display()),
    );
    Ok(())
}

pub(super) async fn import(
    app: &App,
    folder: &str,
    paths: Vec<PathBuf>,
    account: Option<String>,
    wait: Wait,
) -> Result<()> {
    let account = app.account(account.as_deref()).await?;
    let folder = app.engine.find_folder(folder, account).await?.folder.id;
    let done = app.engine.import(folder, paths).await?;
    let waited = if wait.wait && !done.operations.is_empty() {
        app.engine
            .finish_operations(&done.operations, PATIENCE)
            .await
    } else {
        Ok(())
    };
    let text = format!(
        "{} messages imported, {} were there already.",
        done.imported, done.skipped
    );
    app.answer(
        &json!({ "imported": done.imported, "skipped": done.skipped }),
        &text,
    );
    Ok(waited?)
}

pub(super) async fn export(app: &App, query: &str, output: PathBuf, format: Format) -> Result<()> {
    let format = match format {
        Format::Mbox => ExportFormat::Mbox,
        Format::Maildir => ExportFormat::Maildir,
        Format::Eml => ExportFormat::Eml,
    };
    let shown = output.display().to_string();
    let count = app.engine.export(query, output, format).await?;
    app.answer(
        &json!({ "exported": count, "path": shown }),
        &format!("{count} messages exported to {shown}."),
    );
    Ok(())
}
