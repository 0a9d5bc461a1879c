//! `cargo xtask package`: the Debian package.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{shell, system, ui};

/// Builds the window's bundle, then the release program and the package through the Tauri CLI.
pub(crate) fn run() -> Result<()> {
    system::ensure(&[system::BUILD])?;
    ui::bundle()?;
    let cli = shell::root().join("ui/node_modules/.bin/tauri");
    if !cli.is_file() {
        bail!("ui/package.json names no @tauri-apps/cli");
    }
    let mut command = Command::new(cli);
    command
        .args(["build", "--bundles", "deb", "--ci"])
        .current_dir(shell::root())
        .env_remove("RUSTC_WORKSPACE_WRAPPER");
    shell::run(&mut command)?;
    let folder = shell::target().join("release/bundle/deb");
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "deb") {
            println!("{}", path.display());
        }
    }
    Ok(())
}
