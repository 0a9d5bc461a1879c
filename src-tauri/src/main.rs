//! The desktop app.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::path::PathBuf;

use kontor_desktop::Setting;
use kontor_engine::Profile;

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter("kontor=info,error")
        .with_writer(std::io::stderr)
        .init();
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge: where settings of the environment are read once"
    )]
    let read = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let path = |name: &str| read(name).map(PathBuf::from);
    let own = Profile::default_dir(path("XDG_DATA_HOME"), path("HOME"));
    let profile = path("KONTOR_PROFILE").unwrap_or(own);
    if let Some(file) = std::env::args().skip_while(|a| a != "--bindings").nth(1) {
        return kontor_desktop::write_bindings(&PathBuf::from(file));
    }
    kontor_desktop::run(Setting {
        profile: Some(profile),
        keychain: read("KONTOR_KEYCHAIN"),
    })
}
