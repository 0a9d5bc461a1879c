//! `cargo xtask`: the one door for developers. It prepares the machine, runs the demo, proves the code.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for terminals"
)]

mod bench;
mod bindings;
mod check;
mod demo;
mod layers;
mod leftovers;
mod lints;
mod package;
mod run;
mod shell;
mod steps;
mod system;
mod test;
mod tidy;
mod tools;
mod ui;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask: the one door for developers

  demo       opens Kontor on the sample company Hrast & Vijak: a real mail server, a few hundred threads, new mail
             arriving. Installs what the machine lacks, after saying what.
               --screenshot FILE   saves what a person would see, then ends
               --theme light|dark  --lang en|sl  --size WxH (1440x900)  --seconds N (ends by itself)
  run        opens Kontor on your own profile (--release: as it is shipped)
  test       proves everything in the order of CI: code, real servers, the real window
               --long              only the simulation of a team, with ten thousand seeds (an hour)
               NAME…               only Rust tests whose names contain this; nothing else is looked at
  check      what of it needs no server: formats, lints as errors, layers, tidiness, the window's code
               --full              also what takes minutes: documentation, licences, unused dependencies
  bench      measures Kontor beside its peers and writes docs/BENCHMARKS.md
  bindings   writes ui/src/api/bindings.ts from src-tauri (--check: only compares)
  layers     checks the arrows of the house and the invariants that can be searched for
  package    builds the Debian package

Everything is safe to repeat. Missing system packages (Debian, Ubuntu) are named before they are installed.
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n✗ {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    std::env::set_current_dir(shell::root())?;
    let mut words = std::env::args().skip(1);
    let verb = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    if rest.iter().any(|w| w == "--help" || w == "-h") {
        print!("{HELP}");
        return Ok(());
    }
    match verb.as_str() {
        "" | "help" | "--help" | "-h" => print!("{HELP}"),
        "demo" => demo::run(&rest)?,
        "run" => run::run(&rest)?,
        "test" => test::run(&rest)?,
        "check" => check::run(&rest)?,
        "bench" => bench::run(&rest)?,
        "bindings" => bindings::run(&rest)?,
        "layers" => layers::run()?,
        "package" => package::run()?,
        other => {
            bail!("there is no `cargo xtask {other}`; `cargo xtask --help` lists what there is")
        }
    }
    Ok(())
}
