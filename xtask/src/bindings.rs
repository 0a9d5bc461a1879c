//! `ui/src/api/bindings.ts`: what the window may ask of Rust, in TypeScript, written by the program itself.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{shell, ui};

const FILE: &str = "ui/src/api/bindings.ts";

/// Writes the file, or with `--check` only compares.
pub(crate) fn run(words: &[String]) -> Result<()> {
    ui::bundle()?;
    shell::run(
        shell::cargo()
            .arg("build")
            .args(shell::WORKSPACE)
            .arg("--bins"),
    )?;
    if words.iter().any(|w| w == "--check") {
        return check();
    }
    write(FILE)?;
    println!("{FILE} is written.");
    Ok(())
}

/// Compares with what the built program would write.
pub(crate) fn check() -> Result<()> {
    let fresh = shell::target().join("bindings.ts");
    write(&fresh.to_string_lossy())?;
    if fs::read(&fresh)? != fs::read(shell::root().join(FILE)).context(FILE)? {
        bail!("{FILE} is not what src-tauri says; run `cargo xtask bindings` and commit it");
    }
    Ok(())
}

fn write(path: &str) -> Result<()> {
    shell::quiet(Command::new(shell::built("kontor")).args(["--bindings", path]))
}
