//! Customers: what a dossier costs offline beside a large directory, how soon a change shows, what a first mirror asks.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Bench;
use super::kontor;
use super::report::{Report, Row};
use super::spent::percentile;
use super::team::number;
use crate::shell;

/// Customers whose facts a desk keeps, less the two with long timelines.
const KNOWN: usize = 4998;

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let speed = kontor::example(bench, "kontor-engine", "crm_speed")?;
    let partners = if bench.quick { 5000 } else { 100_000 };
    offline(bench, &speed, partners, report)?;
    let programs = shell::target().join("release");
    if !programs.join("kontor").is_file() || !programs.join("kontor-server").is_file() {
        report.missing(
            "mail opened → dossier painted, and changes: the window and the server are not built for release; \
             `cargo xtask package` builds them",
        );
        return Ok(());
    }
    let window = kontor::example(bench, "e2e", "dossier")?;
    painted(bench, &window, &programs, (&speed, partners), report)?;
    changed(bench, &window, &programs, report)?;
    mirrored(bench, &window, &programs, report)
}

fn offline(bench: &Bench, speed: &Path, partners: usize, report: &mut Report) -> Result<()> {
    let dir = bench.harness.fresh("profile-crm")?;
    let sizes = [partners.to_string(), KNOWN.to_string()];
    let filled = told(Command::new(speed).arg("fill").arg(&dir).args(&sizes))?;
    let asked = told(Command::new(speed).arg("ask").arg(&dir))?;
    let p = |what: &str, which: &str| number(asked.get(what).context("a spread")?, which);
    for (row, what, goal) in [
        ("dossier asked for, p95", "dossier_ms", (5.0, 1.0)),
        (
            "senders → customers for a list page of 50, p95",
            "badges_ms",
            (5.0, 2.0),
        ),
        (
            "first page of a customer with 100 documents, p95",
            "timeline_100_ms",
            (50.0, 15.0),
        ),
        (
            "first page of a customer with 10,000 documents, p95",
            "timeline_10000_ms",
            (50.0, 15.0),
        ),
    ] {
        let row = Row::at_most(row, p(what, "p95")?, "ms", goal);
        report.add(row.note(format!(
            "p50 {:.2} ms; offline, a directory of {partners} customers, facts of {}",
            p(what, "p50")?,
            KNOWN.saturating_add(2)
        )));
    }
    report.add(
        Row::at_most(
            "memory for 5,000 known customers",
            number(&asked, "memory_mb")?,
            "MB",
            (30.0, 30.0),
        )
        .note("private memory after all of these questions, less that of the opened profile"),
    );
    report.add(
        Row::at_most("disk for 5,000 known customers", number(&filled, "known_mb")?, "MB", (50.0, 50.0)).note(
            format!(
                "20 documents each with three lines, one with 100, one with 10,000; the directory of {partners} takes {:.0} MB more",
                number(&filled, "directory_mb")?
            ),
        ),
    );
    Ok(())
}

fn painted(
    bench: &Bench,
    window: &Path,
    programs: &Path,
    (speed, partners): (&Path, usize),
    report: &mut Report,
) -> Result<()> {
    let times = if bench.quick { 10 } else { 60 };
    let mut command = Command::new(window);
    command.arg(programs).arg(speed);
    command.args([partners, KNOWN, times].map(|n| n.to_string()));
    let told = shell::output(&mut command)?;
    let by = |way: &str| -> Result<Vec<f64>> {
        let of = told.lines().filter_map(|line| line.strip_prefix(way));
        of.map(|ms| ms.trim().parse().context("milliseconds"))
            .collect()
    };
    let (pointer, key, cold) = (by("pointer")?, by("key")?, by("cold")?);
    let hand = [pointer.as_slice(), key.as_slice()].concat();
    report.add(
        Row::at_most("mail opened → dossier painted, p95", percentile(&hand, 95), "ms", (50.0, 20.0)).note(format!(
            "p50 {:.0} ms; {} mails of known customers in the real window, offline, drawn without a graphics card; by pointer, \
             resting on the row 120 ms before the press (p95 {:.0} ms), and by J (p95 {:.0} ms)",
            percentile(&hand, 50),
            hand.len(),
            percentile(&pointer, 95),
            percentile(&key, 95),
        )),
    );
    report.add(
        Row::beside("the same out of the blue, p95", percentile(&cold, 95), "ms").note(format!(
            "p50 {:.0} ms, {} mails; pressed by a program, without a pointer that came near: nothing was asked for before",
            percentile(&cold, 50),
            cold.len()
        )),
    );
    Ok(())
}

fn changed(bench: &Bench, window: &Path, programs: &Path, report: &mut Report) -> Result<()> {
    let times = if bench.quick { 4 } else { 20 };
    let ms = lines(
        Command::new(window)
            .arg(programs)
            .arg("changes")
            .arg(times.to_string()),
    )?;
    report.add(
        Row::at_most("change in Metakocka → painted on the open dossier, p95", percentile(&ms, 95), "ms", (1000.0, 300.0))
            .note(format!(
                "p50 {:.0} ms, {times} changes; from the first call of the look that saw it, so the look itself counts, too",
                percentile(&ms, 50)
            )),
    );
    Ok(())
}

fn mirrored(bench: &Bench, window: &Path, programs: &Path, report: &mut Report) -> Result<()> {
    let sizes = if bench.quick {
        ["200", "2000"]
    } else {
        ["2000", "20000"]
    };
    let told = told(Command::new(window).arg(programs).arg("mirror").args(sizes))?;
    let (calls, seconds) = (number(&told, "calls")?, number(&told, "seconds")?);
    let (partners, documents) = (number(&told, "partners")?, number(&told, "documents")?);
    let least = (documents / 100.0).ceil() + partners;
    report.add(
        Row::at_most("first mirror: calls ÷ the least the API allows", calls / least, "×", (1.2, 1.05)).note(format!(
            "{calls:.0} calls for {documents:.0} documents, a hundred a page, and {partners:.0} partners, one a call; {seconds:.0} s"
        )),
    );
    Ok(())
}

fn told(command: &mut Command) -> Result<Value> {
    Ok(serde_json::from_str(&shell::output(command)?)?)
}

fn lines(command: &mut Command) -> Result<Vec<f64>> {
    let out = shell::output(command)?;
    out.lines()
        .map(|line| line.parse().context("milliseconds"))
        .collect()
}
