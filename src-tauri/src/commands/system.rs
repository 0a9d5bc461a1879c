//! Files, links, health, settings, the window itself.

use std::path::{Path, PathBuf};

use kontor_engine::Engine;
use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_opener::OpenerExt as _;

use super::saving::Saved;
use super::{Answer, id};
use crate::bounds;
use crate::convert::{seq, small};
use crate::dto::{
    AccountHealth, ApiError, Code, Density, HealthView, Language, LayerView, Pending, Real,
    Settings, ShortBacklog, Theme,
};

pub(super) fn cannot(what: &str, why: impl std::fmt::Display) -> ApiError {
    ApiError {
        code: Code::Internal,
        message: format!("{what}: {why}"),
    }
}

/// Saves an attachment in Downloads under a free name; answers where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_attachment(
    handle: AppHandle,
    app: State<'_, Engine>,
    saved: State<'_, Saved>,
    message: String,
    n: u32,
) -> Answer<String> {
    let folder = handle
        .path()
        .download_dir()
        .map_err(|e| cannot("There is no Downloads folder", e))?;
    let path = save(&app, &folder, &message, n).await?;
    Ok(saved.note(path))
}

/// Opens an attachment with the program the computer has for it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_attachment(
    handle: AppHandle,
    app: State<'_, Engine>,
    message: String,
    n: u32,
) -> Answer<()> {
    let folder = handle
        .path()
        .app_cache_dir()
        .map_err(|e| cannot("There is no folder for it", e))?
        .join("opened");
    let path = save(&app, &folder, &message, n).await?;
    let path = path.display().to_string();
    handle
        .opener()
        .open_path(path, None::<&str>)
        .map_err(|e| cannot("No program opens this file", e))
}

async fn save(app: &Engine, folder: &Path, message: &str, n: u32) -> Answer<PathBuf> {
    let (attachment, bytes) = app.attachment(id(message)?, n).await?;
    let name = attachment.name.unwrap_or_else(|| format!("attachment-{n}"));
    Ok(kontor_engine::save_as(folder.to_owned(), name, bytes).await?)
}

/// Opens a link of a mail in the browser; only the kinds a mail may have.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_link(handle: AppHandle, href: String) -> Answer<()> {
    if !bounds::opens_outside(&href) {
        return Err(ApiError {
            code: Code::Refused,
            message: "Links of this kind are not opened.".to_owned(),
        });
    }
    handle
        .opener()
        .open_url(href, None::<&str>)
        .map_err(|e| cannot("The browser does not open", e))
}

/// How everything fares.
#[tauri::command]
#[specta::specta]
pub(crate) async fn health(app: State<'_, Engine>) -> Answer<HealthView> {
    let health = app.health().await?;
    let account = |a: kontor_engine::AccountHealth| AccountHealth {
        id: a.view.row.account.id.to_string(),
        email: a.view.row.account.email,
        state: a.view.row.state.into(),
        why: a.view.row.why,
        layers: a
            .layers
            .into_iter()
            .map(|l| LayerView {
                layer: l.layer.into(),
                last_at: l.last_at.map(|t| t.to_string()),
                found: small(l.found),
            })
            .collect(),
        backlog: ShortBacklog {
            envelopes: small(a.view.envelopes),
            bodies: small(a.view.bodies),
        },
    };
    Ok(HealthView {
        accounts: health.accounts.into_iter().map(account).collect(),
        pending: Pending {
            operations: small(health.status.operations),
            outbox: small(health.status.outbox),
            unknown: small(health.status.unknown),
        },
        coverage: Real(health.status.coverage()),
        store_bytes: seq(health.status.bytes),
        keychain: health.keychain,
    })
}

/// What the person chose.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_settings(app: State<'_, Engine>) -> Answer<Settings> {
    let s = app.settings().await?;
    Ok(Settings {
        language: match s.language.as_str() {
            "en" => Language::En,
            "sl" => Language::Sl,
            _ => Language::System,
        },
        theme: match s.theme.as_str() {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        },
        density: if s.density == "compact" {
            Density::Compact
        } else {
            Density::Comfortable
        },
        single_keys: s.single_keys,
        undo_seconds: s.undo_seconds,
        reconcile_minutes: s.reconcile_minutes,
        notifications: s.notifications,
        notification_text: s.notification_text,
        share_subjects: s.share_subjects,
    })
}

/// Keeps what the person chose.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_settings(app: State<'_, Engine>, settings: Settings) -> Answer<()> {
    let word = |w: &str| w.to_owned();
    let settings = kontor_engine::Settings {
        language: word(match settings.language {
            Language::En => "en",
            Language::Sl => "sl",
            Language::System => "system",
        }),
        theme: word(match settings.theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::System => "system",
        }),
        density: word(match settings.density {
            Density::Comfortable => "comfortable",
            Density::Compact => "compact",
        }),
        single_keys: settings.single_keys,
        undo_seconds: settings.undo_seconds,
        reconcile_minutes: settings.reconcile_minutes,
        notifications: settings.notifications,
        notification_text: settings.notification_text,
        share_subjects: settings.share_subjects,
    };
    Ok(app.set_settings(&settings).await?)
}

/// The window has painted its first content.
#[tauri::command]
#[specta::specta]
pub(crate) async fn window_ready(handle: AppHandle) -> Answer<()> {
    let window = handle
        .get_webview_window("main")
        .ok_or_else(|| cannot("The window is gone", "closed"))?;
    window
        .set_title("Kontor")
        .map_err(|e| cannot("The title cannot be set", e))
}
