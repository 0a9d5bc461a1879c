//! The window: commands, events, notifications. The only room that knows Tauri.
//!
//! - A command is a door: it calls the engine and changes clothes ([`dto`], [`convert`]).
//! - Two events leave: `stale` (what to ask again) and `notice` (a sentence for the person).
//! - The window never leaves its own pages and opens no other ([`bounds`]).
//! - Parts of mails (pictures) come over the `kontor-part` scheme, from the engine, never from the network;
//!   files of notes over `kontor-file`.
//!
//! Architecture invariant: the webview never sees a token, SQL, or HTML outside a sandboxed frame.

mod bindings;
mod bounds;
mod commands;
mod convert;
pub mod dto;
mod events;
mod note_files;
mod notify;
mod parts;

use std::path::PathBuf;

use kontor_engine::{Config, Engine, Profile};
use tauri::Manager as _;

pub use bindings::write as write_bindings;

/// What the surroundings decide, read once at the start.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The profile's folder; the app's own where not named.
    pub profile: Option<PathBuf>,
    /// `KONTOR_KEYCHAIN`.
    pub keychain: Option<String>,
}

/// Runs the app until its window is closed.
///
/// # Errors
/// When the profile cannot be opened, or no window can be made.
pub fn run(setting: Setting) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    let profile = Profile::open(setting.profile.unwrap_or_default())?;
    let config = Config {
        keychain: setting.keychain,
        ..Config::default()
    };
    let engine = runtime.block_on(Engine::open(profile, config))?;
    let specta = bindings::builder();
    let handler = specta.invoke_handler();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_opener::init())
        .register_asynchronous_uri_scheme_protocol(parts::SCHEME, parts::serve)
        .register_asynchronous_uri_scheme_protocol(note_files::SCHEME, note_files::serve)
        .invoke_handler(handler)
        .setup(move |app| {
            specta.mount_events(app);
            bounds::window(app)?;
            events::start(app.handle(), app.state::<Engine>().inner());
            notify::start(app.handle(), app.state::<Engine>().inner());
            // The loops are tasks of our runtime; setup runs on the main thread, outside of it.
            let engine = app.state::<Engine>().inner().clone();
            tauri::async_runtime::block_on(async move { engine.start(None) });
            Ok(())
        })
        .manage(engine.clone())
        .manage(commands::saving::Saved::default())
        .build(context())?;
    app.run(move |_app, event| {
        if let tauri::RunEvent::Exit = event {
            // What is queued at the writer is committed before the process ends.
            runtime.block_on(engine.stop());
        }
    });
    Ok(())
}

#[expect(
    clippy::disallowed_types,
    reason = "generate_context! expands to a HashMap"
)]
fn context() -> tauri::Context {
    tauri::generate_context!()
}
