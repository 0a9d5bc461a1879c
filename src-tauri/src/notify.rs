//! Desktop notifications: new mail in an inbox, while the window does not have the person's attention.

use kontor_engine::Engine;
use kontor_engine::model::{Change, Layer, Role};
use tauri::{AppHandle, Manager as _};

/// More arrivals at once than this are told as one.
const ONE_BY_ONE: usize = 3;

/// One notification.
#[derive(Debug, PartialEq, Eq)]
struct Toast {
    title: String,
    body: String,
}

/// Starts notifying.
pub(crate) fn start(app: &AppHandle, engine: &Engine) {
    let (app, engine) = (app.clone(), engine.clone());
    tauri::async_runtime::spawn(async move { follow(&app, &engine).await });
}

async fn follow(app: &AppHandle, engine: &Engine) {
    let mut commits = engine.commits();
    let mut seq = engine.change_seq().await.unwrap_or_default();
    while commits.changed().await.is_ok() {
        let Ok(changes) = engine.changes_after(seq, 5000).await else {
            continue;
        };
        seq = changes.seq;
        let toasts = toasts(engine, changes.entries.into_iter().map(|(_, c)| c)).await;
        let focused = app
            .get_webview_window("main")
            .is_some_and(|w| w.is_focused().unwrap_or(false));
        if toasts.is_empty() || focused || !engine.settings().await.is_ok_and(|s| s.notifications) {
            continue;
        }
        let shown = tokio::task::spawn_blocking(move || toasts.iter().try_for_each(show)).await;
        if let Ok(Err(e)) = shown {
            // No notification service: the window shows the mail all the same.
            tracing::info!("no notification could be shown: {e}");
        }
    }
}

async fn toasts(engine: &Engine, changes: impl Iterator<Item = Change>) -> Vec<Toast> {
    let inboxes: Vec<_> = match engine.folders(None).await {
        Ok(folders) => folders
            .into_iter()
            .filter(|f| f.folder.role == Some(Role::Inbox))
            .map(|f| f.folder.id)
            .collect(),
        Err(_) => return Vec::new(),
    };
    let mut arrived = Vec::new();
    for change in changes {
        if let Change::Arrived {
            folder,
            message,
            layer: Layer::Push | Layer::Poll,
            ..
        } = change
            && inboxes.contains(&folder)
            && let Ok(detail) = engine.message(message).await
            && !detail.placements.iter().any(|p| p.flags.seen())
        {
            arrived.push(detail.row);
        }
    }
    if arrived.len() > ONE_BY_ONE {
        let people: Vec<&str> = arrived
            .iter()
            .filter_map(|m| m.from.first())
            .map(kontor_engine::model::Address::label)
            .take(ONE_BY_ONE)
            .collect();
        return vec![Toast {
            title: format!("Kontor: {}", arrived.len()),
            body: format!("{} …", people.join(", ")),
        }];
    }
    let one = |m: kontor_engine::model::MessageRow| Toast {
        title: m
            .from
            .first()
            .map(|a| a.label().to_owned())
            .unwrap_or_default(),
        body: if m.preview.is_empty() {
            m.subject
        } else {
            format!("{}\n{}", m.subject, m.preview)
        },
    };
    arrived.into_iter().map(one).collect()
}

fn show(toast: &Toast) -> Result<(), notify_rust::error::Error> {
    // The body may be read as markup by the desktop: what a stranger wrote must stay text.
    let body = toast
        .body
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    notify_rust::Notification::new()
        .appname("Kontor")
        .summary(&toast.title)
        .body(&body)
        .icon("kontor")
        .show()
        .map(|_| ())
}
