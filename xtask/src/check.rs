//! `cargo xtask check`: everything about the code that needs no server.

use anyhow::{Result, bail};

use crate::steps::{Outcome, Steps};
use crate::{bindings, layers, lints, shell, system, tidy, tools, ui};

/// Runs all steps, also after a failure, and names what failed.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let full = words.iter().any(|w| w == "--full");
    if let Some(other) = words.iter().find(|w| *w != "--full") {
        bail!("`cargo xtask check` does not know {other}, only --full");
    }
    system::ensure(&[system::BUILD])?;
    let mut steps = Steps::default();
    text(&mut steps, full);
    window(&mut steps);
    code(&mut steps);
    if full {
        steps.must("documentation", documentation);
    }
    steps.finish()
}

/// What can be seen without building.
pub(crate) fn text(steps: &mut Steps, install: bool) {
    steps.must("format", || {
        let with_clue = |e| anyhow::anyhow!("{e:#}\n`cargo fmt --all` mends it");
        shell::quiet(shell::plain_cargo().args(["fmt", "--all", "--check"])).map_err(with_clue)
    });
    steps.must("layers", || {
        let problems = layers::problems()?;
        if problems.is_empty() {
            Ok(())
        } else {
            bail!("{}", problems.join("\n"))
        }
    });
    steps.must("tidy", tidy::check);
    steps.step("typos", || tools::typos(install));
    steps.step("licences and sources", || tools::deny(install));
    steps.step("unused dependencies", || tools::machete(install));
}

/// The window's code, and its bundle, which the programs embed.
pub(crate) fn window(steps: &mut Steps) {
    steps.must("window: packages", ui::packages);
    for (name, script) in [
        ("window: lints", "lint"),
        ("window: types", "typecheck"),
        ("window: tests", "test"),
        ("window: dead exports", "knip"),
    ] {
        steps.must(name, || {
            shell::quiet(&mut shell::npm(&["run", "--silent", script]))
        });
    }
    steps.must("window: bundle", ui::bundle);
}

/// One build of everything with the lints in it, and what the built programs say.
pub(crate) fn code(steps: &mut Steps) {
    let linted = shell::find("clippy-driver").is_some();
    steps.must("build and lints", lints::build);
    if !linted {
        let why = "clippy is missing (`rustup component add clippy`); the compiler's own lints ran";
        steps.step("lints of clippy", || Ok(Outcome::Skipped(why.into())));
    }
    steps.must("bindings", bindings::check);
}

/// rustdoc without a warning. It compiles all dependencies once more, in its own way: only in the full check.
fn documentation() -> Result<()> {
    let mut cargo = shell::plain_cargo();
    cargo
        .arg("doc")
        .args(shell::WORKSPACE)
        .args(["--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings");
    shell::quiet(&mut cargo)
}
