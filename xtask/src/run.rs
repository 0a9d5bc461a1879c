//! `cargo xtask run`: Kontor on the person's own profile.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{shell, system, ui};

/// Builds and opens it; ends when the window closes.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let release = match words {
        [] => false,
        [one] if one == "--release" => true,
        _ => bail!("`cargo xtask run` knows only --release"),
    };
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        bail!("there is no display to open a window on; `cargo xtask demo` makes one of its own");
    }
    build(release)?;
    let program = shell::target()
        .join(if release { "release" } else { "debug" })
        .join("kontor");
    let status = Command::new(&program)
        .status()
        .with_context(|| format!("start {}", program.display()))?;
    if !status.success() {
        bail!("Kontor ended with {status}");
    }
    Ok(())
}

/// Makes everything a window needs: system packages, its code, the programs.
pub(crate) fn build(release: bool) -> Result<()> {
    system::ensure(&[system::BUILD])?;
    ui::bundle()?;
    let mut cargo = if release {
        shell::plain_cargo()
    } else {
        shell::cargo()
    };
    cargo.arg("build").args(shell::WORKSPACE).arg("--bins");
    if release {
        cargo.arg("--release");
    }
    shell::run(&mut cargo)
}
