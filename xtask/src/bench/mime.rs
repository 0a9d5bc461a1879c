//! A full parse beside bare mail-parser, over the same bytes in memory.

use std::process::Command;

use anyhow::{Context as _, Result};

use super::Bench;
use super::kontor;
use super::report::{Report, Row};
use crate::shell;

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let program = kontor::example(bench, "kontor-mime", "parse_speed")?;
    let corpus = bench.harness.corpus(bench.count)?;
    let out = shell::output(
        Command::new(program)
            .arg(&corpus)
            .arg(bench.rounds.max(3).to_string()),
    )?;
    for (name, what, must) in [
        (
            "kontor parse",
            "full parse, every leaf hashed, all strings owned",
            Some(0.85),
        ),
        ("kontor digest", "what a sync reads of a mail", None),
        ("kontor headers", "headers alone", None),
    ] {
        let line = out
            .lines()
            .find(|l| l.starts_with(name))
            .with_context(|| format!("the parser's example does not name {name}"))?;
        let ratio = line
            .split(" x mail-parser")
            .next()
            .and_then(|l| l.split_whitespace().last()?.parse::<f64>().ok())
            .context("a ratio")?;
        let speed = line
            .split(" MB/s")
            .next()
            .and_then(|l| l.split_whitespace().last())
            .unwrap_or("?");
        let row = match must {
            Some(must) => Row::at_least(what, ratio, "× mail-parser", (must, must)),
            None => Row::beside(what, ratio, "× mail-parser"),
        };
        report.add(row.note(format!("{speed} MB/s, one thread, {} mails", bench.count)));
    }
    Ok(())
}
