//! Searches kept in the rail.

use kontor_engine::{Engine, ViewRule};
use tauri::State;

use super::Answer;
use crate::dto::SavedViews;

/// The views in the order of the rail, each with how many mails it finds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn saved_views(app: State<'_, Engine>) -> Answer<SavedViews> {
    let views = app.views().await?;
    Ok(SavedViews {
        views: views.views.into_iter().map(Into::into).collect(),
        customers: views.customers,
    })
}

/// Keeps a search as a view, or gives one another name and search; answers its id.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_view(
    app: State<'_, Engine>,
    id: Option<String>,
    name: String,
    search: String,
) -> Answer<String> {
    Ok(app.keep_view(id.as_deref(), &name, &search).await?)
}

/// Removes a view.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_view(app: State<'_, Engine>, id: String) -> Answer<()> {
    Ok(app.remove_view(&id).await?)
}

/// Says what happens to mail that arrives and belongs to a view.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rule_view(
    app: State<'_, Engine>,
    id: String,
    star: bool,
    tell: bool,
) -> Answer<()> {
    Ok(app.rule_view(&id, ViewRule { star, tell }).await?)
}
