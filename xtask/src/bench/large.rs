//! A large mailbox: what a person waits for must not grow with it.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Bench;
use super::harness::{Home, Server};
use super::kontor::{self, Kontor, between, is, millis};
use super::report::{Report, Row};
use super::spent::median;
use super::sync::{drain, whole};

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let programs = kontor::programs(bench)?;
    let (small, large) = (
        bench.harness.corpus(1000)?,
        bench.harness.corpus(bench.large)?,
    );
    let homes = [
        Home::Flat("small", &small),
        Home::Flat("flat", &large),
        Home::Folders("bench", &large),
    ];
    let server = bench.harness.server("large", &homes)?;
    for user in ["small", "flat", "bench"] {
        drain(&bench.harness, &server, user, "env")?; // builds the server's own indexes
    }
    let desk = |user: &str| -> Result<Kontor> {
        let dir = bench.harness.fresh(&format!("profile-{user}"))?;
        let kontor = Kontor::at(&dir, &programs)?;
        kontor.account(&server, user)?;
        Ok(kontor)
    };
    for (user, mails) in [("small", 1000), ("flat", bench.large)] {
        let mut times = Vec::new();
        for _ in 0..bench.rounds.max(3) {
            times.push(listed(&desk(user)?)?);
        }
        report.add(
            Row::at_most(
                &format!("newest 200 of an INBOX of {mails} listed, from connect"),
                median(&times),
                "ms",
                (500.0, 200.0),
            )
            .note("from the first “connecting” of `sync --watch` to “listed”"),
        );
    }
    envelopes(bench, &server, &desk, report)?;
    first_sync(bench, &server, &programs, report)
}

/// Milliseconds from "connecting" to the moment the newest 200 of INBOX are stored.
fn listed(kontor: &Kontor) -> Result<f64> {
    let mut watch = kontor.watch()?;
    let state = |e: &Value| e.get("state").and_then(Value::as_str) == Some("connecting");
    let from = watch.until(|e| is(e, "state") && state(e))?;
    let inbox = |e: &Value| e.get("folder").and_then(Value::as_str) == Some("INBOX");
    let to = watch.until(|e| is(e, "listed") && inbox(e))?;
    Ok(between(millis(&from, "at")?, millis(&to, "at")?))
}

/// All envelopes and no body. The corpus is older than a day.
fn envelopes(
    bench: &Bench,
    server: &Server,
    desk: &impl Fn(&str) -> Result<Kontor>,
    report: &mut Report,
) -> Result<()> {
    let (mut limits, mut times, mut cpu) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        limits.push(drain(&bench.harness, server, "flat", "env")?);
        let (spent, answer) = desk("flat")?.sync_once(&["--bodies", "1"])?;
        whole(&answer, server, "flat")?;
        times.push(spent.wall);
        cpu.push(spent.cpu);
    }
    let (limit, time) = (median(&limits), median(&times));
    report.add(
        Row::at_most(
            &format!("all {} envelopes of one folder", bench.large),
            time / limit,
            "× drain env",
            (4.0, 2.0),
        )
        .note(format!(
            "{time:.2} s, {:.2} s CPU; drain of ENVELOPE and BODYSTRUCTURE {limit:.2} s",
            median(&cpu)
        )),
    );
    Ok(())
}

/// Memory and time of the large first sync; its profile is kept for the searches.
fn first_sync(
    bench: &Bench,
    server: &Server,
    programs: &std::path::Path,
    report: &mut Report,
) -> Result<()> {
    let dir = bench.harness.fresh(&format!("profile-{}", bench.large))?;
    let kontor = Kontor::at(&dir, programs)?;
    kontor.account(server, "bench")?;
    drain(&bench.harness, server, "bench", "full")?;
    let limit = drain(&bench.harness, server, "bench", "full")?;
    let (spent, answer) = kontor.sync_once(&[]).context("the large first sync")?;
    whole(&answer, server, "bench")?;
    let large = bench.large;
    report.add(
        Row::at_most(
            &format!("memory of a first sync of {large}"),
            spent.rss,
            "MB peak RSS",
            (150.0, 80.0),
        )
        .note("GNU time's maximum resident set; one run"),
    );
    report.add(
        Row::beside(
            &format!("first sync of {large}"),
            spent.wall / limit,
            "× drain",
        )
        .note(format!(
            "{:.1} s, {:.1} s CPU; one run",
            spent.wall, spent.cpu
        )),
    );
    Ok(())
}
