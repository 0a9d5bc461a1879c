//! Checkers that do not come with Rust or Node: used where they are, installed into `target/tools` on request.

use std::process::Command;

use anyhow::Result;

use crate::shell;
use crate::steps::Outcome;

/// typos, from its wheel where pip is at hand: seconds instead of a compilation of minutes.
pub(crate) fn typos(install: bool) -> Result<Outcome> {
    if shell::find("typos").is_none() && install {
        let folder = shell::target().join("tools/python");
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "typos~=1.46",
            "--target",
        ])
        .arg(folder);
        if shell::quiet(&mut pip).is_err() {
            cargo_install("typos-cli")?;
        }
    }
    with(
        "typos",
        &[],
        "pip install typos, or `cargo xtask check --full`",
    )
}

/// Licences, sources and forbidden crates (deny.toml).
pub(crate) fn deny(install: bool) -> Result<Outcome> {
    if shell::find("cargo-deny").is_none() && install {
        cargo_install("cargo-deny")?;
    }
    let words = [
        "--workspace",
        "--all-features",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ];
    with(
        "cargo-deny",
        &words,
        "`cargo xtask check --full` installs it, which takes minutes",
    )
}

/// Dependencies nobody uses.
pub(crate) fn machete(install: bool) -> Result<Outcome> {
    if shell::find("cargo-machete").is_none() && install {
        cargo_install("cargo-machete")?;
    }
    with(
        "cargo-machete",
        &["--skip-target-dir"],
        "`cargo xtask check --full` installs it",
    )
}

fn with(program: &str, words: &[&str], how: &str) -> Result<Outcome> {
    let Some(path) = shell::find(program) else {
        return Ok(Outcome::Skipped(format!(
            "{program} is not installed ({how})"
        )));
    };
    shell::quiet(Command::new(path).args(words).current_dir(shell::root()))?;
    Ok(Outcome::Done)
}

fn cargo_install(package: &str) -> Result<()> {
    println!("Installing {package} into target/tools");
    let root = shell::target().join("tools");
    shell::run(
        shell::plain_cargo()
            .args(["install", "--locked", "--quiet", package, "--root"])
            .arg(root),
    )
}
