//! From the server's `EXISTS` on the wire to the commit here, and to the row on the screen.
//!
//! Kontor speaks TLS only, so what it hears is stamped before it is encrypted: a small front takes its TLS connection,
//! hands it to the harness' tap, which stamps every line and passes it to the server. Both detours count against us.
//! The server's own half second between delivery and `EXISTS` does not.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use kontor_testkit::ports;
use serde_json::Value;

use super::Bench;
use super::harness::{Home, Server};
use super::kontor::{self, Kontor, is, millis};
use super::report::{Report, Row};
use super::spent::percentile;
use crate::shell;

/// Ends the other side's program with this one.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let programs = kontor::programs(bench)?;
    let corpus = bench.harness.corpus(1000)?;
    let mails = bench.harness.deliveries()?;
    let server = bench
        .harness
        .server("push", &[Home::Folders("bench", &corpus)])?;
    let deliveries = if bench.quick { 20 } else { 100 };
    let (tap, log) = tap(bench, &server)?;
    let (_front, port, offset) = front(&server, tap.1)?;
    let kontor = Kontor::at(&bench.harness.fresh("profile-push")?, &programs)?;
    kontor.account_by(&server, "bench", port)?;
    kontor.sync_once(&[])?;
    let mut watch = kontor.watch()?;
    let live = |e: &Value| e.get("state").and_then(Value::as_str) == Some("live");
    watch.until(|e| is(e, "state") && live(e))?;
    let mut stored = Vec::new();
    let mut own = Vec::new();
    for mail in mails.iter().cycle().take(deliveries) {
        let raw = std::fs::read(mail)?;
        // The same mail twice is one message; each delivery must be its own.
        let raw = [format!("X-Bench: {}\r\n", stored.len()).as_bytes(), &raw].concat();
        kontor_testkit::lmtp::deliver(server.lmtp, "x@bench.example", &["bench"], &raw)?;
        let event = watch.until(|e| is(e, "arrived"))?;
        stored.push(millis(&event, "stored_at")?);
        own.push(millis(&event, "stored_at")? - millis(&event, "announced_at")?);
    }
    drop(watch);
    let times = since_announced(&std::fs::read_to_string(&log)?, offset, &stored)?;
    report.add(
        Row::at_most("EXISTS on the wire → committed, p95", percentile(&times, 95), "ms", (30.0, 15.0)).note(format!(
            "p50 {:.0} ms, {deliveries} deliveries; from the read to the commit p95 {:.0} ms; clocks to the millisecond",
            percentile(&times, 50),
            percentile(&own, 95)
        )),
    );
    if !programs.join("kontor").is_file() {
        report.missing(
            "→ painted: the window is not built for release; `cargo xtask package` builds it",
        );
        return Ok(());
    }
    let painted = painted(bench, &server, &kontor, deliveries)?;
    let times = since_announced(&std::fs::read_to_string(&log)?, offset, &painted)?;
    report.add(
        Row::at_most("EXISTS on the wire → painted, p95", percentile(&times, 95), "ms", (100.0, 60.0)).note(format!(
            "p50 {:.0} ms, {deliveries} deliveries into the open list of the real window, drawn without a graphics card",
            percentile(&times, 50)
        )),
    );
    Ok(())
}

/// Opens the real window on the profile and delivers mails; answers when each was on the screen.
fn painted(bench: &Bench, server: &Server, kontor: &Kontor, deliveries: usize) -> Result<Vec<f64>> {
    let program = kontor::example(bench, "e2e", "painted")?;
    let mut command = Command::new(program);
    command
        .arg(shell::target().join("release"))
        .arg(kontor.dir())
        .args([server.lmtp.to_string(), "bench".to_owned()])
        .arg(deliveries.to_string());
    let out = shell::output(&mut command)?;
    out.lines()
        .map(|line| line.parse().context("read when a mail was painted"))
        .collect()
}

/// How long after the server's last announcement before it each of these happened: deliveries follow each other, none
/// overlap.
fn since_announced(log: &str, offset: f64, happened: &[f64]) -> Result<Vec<f64>> {
    let announced = announced(log, offset);
    let since = happened.iter().map(|at| {
        let before = announced.range(..=key(*at)).next_back();
        before.map(|(_, ms)| at - ms)
    });
    since
        .collect::<Option<_>>()
        .context("the tap saw no EXISTS for some of the mails")
}

/// Starts the harness' tap in front of the plain port; answers it with its port, and its log.
fn tap(bench: &Bench, server: &Server) -> Result<((Ending, u16), PathBuf)> {
    let port = ports::free(1)?.pop().context("a free port")?;
    let log = bench.harness.fresh("tap")?.join("log");
    let child = Command::new("python3")
        .arg(bench.harness.scripts.join("imap_tap.py"))
        .args([port.to_string(), server.imap.to_string()])
        .arg(&log)
        .spawn()
        .context("start imap_tap.py")?;
    Ok(((Ending(child), port), log))
}

/// Starts the TLS front of the tap; answers its port and what to add to the tap's clock to have the time of day, ms.
fn front(server: &Server, to: u16) -> Result<(Ending, u16, f64)> {
    let mut child = Command::new("python3")
        .args(["-c", include_str!("tls_front.py"), &to.to_string()])
        .args([server.certificate(), server.key()])
        .stdout(Stdio::piped())
        .spawn()
        .context("start python3")?;
    let out = child.stdout.take().context("its standard output")?;
    let ending = Ending(child);
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let (port, offset) = line
        .trim()
        .split_once(' ')
        .context("the TLS front did not start")?;
    Ok((ending, port.parse()?, offset.parse()?))
}

/// Times of day at which the server announced more messages, microseconds to milliseconds.
fn announced(log: &str, offset: f64) -> BTreeMap<u64, f64> {
    log.lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let ns: f64 = fields.next()?.parse().ok()?;
            let (side, text) = (fields.nth(1)?, fields.next()?);
            let day = 86_400_000.0;
            let ms = (ns / 1e6 + offset).rem_euclid(day);
            (side == "S" && text.ends_with(" EXISTS")).then(|| (key(ms), ms))
        })
        .collect()
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a time of day, never below zero"
)]
fn key(ms: f64) -> u64 {
    (ms * 1000.0) as u64
}
