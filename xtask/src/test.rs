//! `cargo xtask test`: everything, in the order of CI, real servers and the real window included.

use std::process::Command;

use anyhow::{Result, bail};

use crate::leftovers::Home;
use crate::steps::Steps;
use crate::{check, shell, system};

/// Seeds of the team's simulation in a long run; an ordinary one plays some dozens.
const LONG: &str = "10000";

/// Proves the code. The tests come last, so that their summary is the last thing on the screen.
pub(crate) fn run(names: &[String]) -> Result<()> {
    if names.iter().any(|n| n == "--long") {
        return long();
    }
    if let Some(flag) = names.iter().find(|n| n.starts_with('-')) {
        bail!("`cargo xtask test` does not know {flag}");
    }
    system::ensure(&[system::BUILD, system::SCREEN, system::SERVERS])?;
    let mut steps = Steps::default();
    if names.is_empty() {
        check::text(&mut steps, false);
        check::window(&mut steps);
        check::code(&mut steps);
        steps.must("examples in the documentation", || {
            shell::quiet(
                shell::cargo()
                    .arg("test")
                    .args(shell::WORKSPACE)
                    .args(["--doc", "--quiet"]),
            )
        });
    } else {
        crate::ui::bundle()?;
        shell::run(
            shell::cargo()
                .arg("build")
                .args(shell::WORKSPACE)
                .arg("--all-targets"),
        )?;
    }
    if !shell::built("kontor").is_file() {
        steps.finish()?;
        bail!("there is no built program to test");
    }
    let home = Home::new()?;
    let tested = shell::run(&mut tests(names, &home));
    for name in home.end_processes()? {
        println!("A test left a process behind, which was ended: {name}");
        steps.must("no process left behind", || bail!("{name}"));
    }
    let hermetic = home.must_be_untouched();
    if steps.good() && hermetic.is_ok() && tested.is_ok() {
        return Ok(());
    }
    steps.must("the person's folders untouched", || hermetic);
    steps.must("tests", || tested);
    steps.finish()
}

/// What takes hours, and nothing else: whole recordings of people writing, then the team's simulation with very many
/// seeds. A seed that fails says how to play it again.
fn long() -> Result<()> {
    system::ensure(&[system::BUILD, system::SERVERS])?;
    let home = Home::new()?;
    let recordings = ["kontor-collab", "collab", "--ignored", "traces"];
    let seeds = ["kontor-engine", "simulation", "--nocapture", ""];
    for [package, test, flag, name] in [recordings, seeds] {
        let mut cargo = shell::cargo();
        // Not nextest: it would end a test that takes an hour.
        cargo
            .args(["test", "--package", package, "--test", test])
            .args(["--", "--test-threads=2", flag, name])
            .env("KONTOR_SEEDS", LONG);
        home.move_in(&mut cargo);
        shell::run(&mut cargo)?;
    }
    Ok(())
}

/// One run of all Rust tests, those of the window included; what must not run side by side says .config/nextest.toml.
fn tests(names: &[String], home: &Home) -> Command {
    let mut cargo = shell::cargo();
    if shell::find("cargo-nextest").is_some() {
        cargo
            .args(["nextest", "run"])
            .args(shell::WORKSPACE)
            .arg("--no-fail-fast")
            .args(names);
        if std::env::var_os("CI").is_some() {
            cargo.args(["--profile", "ci"]);
        }
    } else {
        println!(
            "cargo-nextest is not installed: the tests run under `cargo test`, which is slower and says less."
        );
        cargo
            .arg("test")
            .args(shell::WORKSPACE)
            .args(["--all-targets", "--no-fail-fast"]);
        cargo.args(names.first()).args(["--", "--test-threads=2"]);
    }
    home.move_in(&mut cargo);
    cargo
}
