//! What waiting costs: three accounts, all live, nothing happens.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Bench;
use super::harness::Home;
use super::kontor::{self, Kontor, is};
use super::report::{Report, Row};

const USERS: [&str; 3] = ["ana", "bor", "cene"];

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let programs = kontor::programs(bench)?;
    let corpus = bench.harness.corpus(1000)?;
    let homes = USERS.map(|user| Home::Folders(user, &corpus));
    let server = bench.harness.server("idle", &homes)?;
    let kontor = Kontor::at(&bench.harness.fresh("profile-idle")?, &programs)?;
    for user in USERS {
        kontor.account(&server, user)?;
    }
    kontor.sync_once(&[])?;
    let mut watch = kontor.watch()?;
    for _ in USERS {
        watch
            .until(|e| is(e, "state") && e.get("state").and_then(Value::as_str) == Some("live"))?;
    }
    // What the start left to do (writing the log into the file) is no waiting.
    std::thread::sleep(Duration::from_secs(5));
    let seconds = if bench.quick { 20 } else { 60 };
    let before = on_cpu(watch.pid())?;
    std::thread::sleep(Duration::from_secs(seconds));
    let spent = on_cpu(watch.pid())? - before;
    let share = 100.0 * spent / Duration::from_secs(seconds).as_secs_f64();
    report.add(
        Row::at_most(
            "three accounts waiting for news",
            share,
            "% of a core",
            (0.3, 0.1),
        )
        .note(format!(
            "`sync --watch`, {:.0} ms of CPU in {seconds} s, user and system, all threads",
            spent * 1e3
        )),
    );
    Ok(())
}

/// Seconds all threads of a process have been on a processor, to the nanosecond.
pub(super) fn on_cpu(pid: u32) -> Result<f64> {
    let mut nanos = 0_u64;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task")).context("kontorctl has ended")? {
        let stat = std::fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
        let own: u64 = stat
            .split(' ')
            .next()
            .unwrap_or_default()
            .parse()
            .unwrap_or(0);
        nanos = nanos.saturating_add(own);
    }
    Ok(Duration::from_nanos(nanos).as_secs_f64())
}
