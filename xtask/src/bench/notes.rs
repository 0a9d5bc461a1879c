//! Notes: recordings of people writing, replayed; conflicts, found and settled.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Bench;
use super::kontor;
use super::report::{Report, Row};
use super::team::number;
use crate::shell;

/// Those besides ours, in `tests/peers/crdt`.
const PEERS: [&str; 3] = ["yrs", "automerge", "loro"];

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let program = kontor::example(bench, "kontor-collab", "note_speed")?;
    conflicts(&program, report)?;
    let recordings = recordings()?;
    if recordings.is_empty() {
        report.missing("recordings: KONTOR_CORPORA does not name a folder that has them");
        return Ok(());
    }
    let peers = peers(bench)?;
    let ours = replayed(Command::new(&program).arg("replay").args(&recordings))?;
    let mut theirs = Vec::new();
    for peer in PEERS {
        theirs.push(replayed(Command::new(&peers).arg(peer).args(&recordings))?);
    }
    let exact = ours.iter().filter(|told| is_exact(told)).count();
    let (all, exact) = (count(recordings.len())?, count(exact)?);
    report.add(
        Row::at_least(
            "recordings replayed to the exact final text",
            exact,
            "of them",
            (all, all),
        )
        .note(format!(
            "of {all}; the one of two people is replayed by `cargo xtask test --long`, exact, too"
        )),
    );
    for (n, path) in recordings.iter().enumerate() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.trim_end_matches(".json");
        let seconds = |of: &[Value]| number(of.get(n).context("an answer each")?, "seconds");
        let (ours, yrs) = (seconds(&ours)?, seconds(theirs.first().context("yrs")?)?);
        let mut note = Vec::new();
        for (peer, told) in PEERS.iter().zip(&theirs) {
            let exact = told.get(n).is_some_and(is_exact);
            let flaw = if exact { "" } else { ", another text" };
            note.push(format!("{peer} {:.2} s{flaw}", seconds(told)?));
        }
        let row = Row::beside(
            &format!("{name} into a note of the store"),
            ours / yrs,
            "× yrs in memory",
        );
        report.add(row.note(format!(
            "{ours:.2} s, every edit a stored operation; bare, storing nothing: {}",
            note.join(", ")
        )));
    }
    Ok(())
}

fn conflicts(program: &Path, report: &mut Report) -> Result<()> {
    let many = "200";
    let told = replayed(Command::new(program).args(["conflicts", many]))?;
    let told = told.first().context("an answer")?;
    report.add(
        Row::at_most(
            "a conflict found among what comes, each",
            number(told, "found_ms_each")?,
            "ms",
            (1.0, 0.1),
        )
        .note(format!(
            "{many} fields two desks disagree about, told, taken, compared and stored"
        )),
    );
    report.add(
        Row::at_most(
            "a conflict settled by a person, p50",
            number(told, "settled_p50_ms")?,
            "ms",
            (1.0, 0.1),
        )
        .note(format!(
            "p95 {:.2} ms; one of the two chosen; survives the process, and a power cut leaves the question open",
            number(told, "settled_p95_ms")?
        )),
    );
    Ok(())
}

/// The recordings of one person each, by name.
fn recordings() -> Result<Vec<PathBuf>> {
    let corpora = std::env::var_os("KONTOR_CORPORA")
        .map_or_else(|| shell::root().join("../shared/corpora"), PathBuf::from);
    let folder = corpora.join("crdt/editing-traces/sequential_traces");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        found.push(entry?.path());
    }
    found.retain(|path| path.extension().is_some_and(|end| end == "gz"));
    found.sort();
    Ok(found)
}

/// Builds the peers, in a folder of their own: they share nothing with the product.
fn peers(bench: &Bench) -> Result<PathBuf> {
    let target = shell::target().join("peers");
    if !bench.built {
        println!("  building yrs, automerge and Loro for release …");
        let manifest = shell::root().join("tests/peers/crdt/Cargo.toml");
        shell::run(
            shell::plain_cargo()
                .args([
                    "build",
                    "--quiet",
                    "--release",
                    "--locked",
                    "--manifest-path",
                ])
                .arg(manifest)
                .arg("--target-dir")
                .arg(&target),
        )?;
    }
    Ok(target.join("release/kontor-peers-crdt"))
}

fn replayed(command: &mut Command) -> Result<Vec<Value>> {
    let out = shell::output(command)?;
    let lines = out.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().context("an answer in JSON")
}

fn is_exact(told: &Value) -> bool {
    told.get("exact").and_then(Value::as_bool) == Some(true)
}

fn count(n: usize) -> Result<f64> {
    Ok(f64::from(u32::try_from(n)?))
}
