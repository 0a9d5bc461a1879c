//! The window's code: npm packages and the bundle, each made again only when its sources changed.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result};

use crate::shell;

/// Runs `npm ci` when `package-lock.json` is not the one the installed packages came from.
pub(crate) fn packages() -> Result<()> {
    let ui = shell::root().join("ui");
    let lock = fs::read(ui.join("package-lock.json")).context("read ui/package-lock.json")?;
    let stamp = ui.join("node_modules/.kontor-lock");
    if fs::read(&stamp).is_ok_and(|have| have == lock) {
        return Ok(());
    }
    anyhow::ensure!(
        shell::find("npm").is_some(),
        "npm is missing: install Node.js 20 or newer (https://nodejs.org)"
    );
    println!("Installing the window's packages (npm ci)");
    let quietly = ["--no-audit", "--no-fund", "--loglevel=error"];
    let npm = |verb| shell::npm(&[&[verb], &quietly[..]].concat());
    // npm 11 leaves other systems' optional packages out of a lock file it writes, and `npm ci` then refuses the lock for
    // lacking them. `npm install` takes the same versions from the same lock and changes nothing in it.
    if shell::quiet(&mut npm("ci")).is_err() {
        shell::run(&mut npm("install"))?;
    }
    fs::write(stamp, lock).context("remember the installed package-lock.json")
}

/// Builds `ui/dist`, which the program embeds, when a source is newer.
pub(crate) fn bundle() -> Result<()> {
    packages()?;
    let ui = shell::root().join("ui");
    let built = modified(&ui.join("dist/index.html"));
    if built.is_some() && newest(&ui)? <= built {
        return Ok(());
    }
    println!("Building the window (vite)");
    shell::quiet(&mut shell::npm(&["run", "build", "--silent"]))
}

/// The newest modification below `dir`, without what is installed or built.
fn newest(dir: &Path) -> Result<Option<SystemTime>> {
    let mut latest = None;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if matches!(
            name.as_str(),
            "node_modules" | "dist" | "dev" | "test" | "coverage"
        ) || name.starts_with('.')
        {
            continue;
        }
        latest = latest.max(if path.is_dir() {
            newest(&path)?
        } else {
            modified(&path)
        });
    }
    Ok(latest)
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|m| m.modified()).ok()
}
