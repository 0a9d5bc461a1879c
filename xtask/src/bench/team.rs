//! The team's server under load: what it takes, how fast it tells, what a connection costs.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use kontor_testkit::Postgres;
use serde_json::Value;

use super::Bench;
use super::report::{Report, Row};
use super::spent::percentile;
use super::{hocuspocus, kontor};
use crate::shell;

const EMAIL: &str = "maja@hrastvijak.example";
const PASSWORD: &str = "correct horse";

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let load = kontor::example(bench, "kontor-server", "team_load")?;
    if !bench.built {
        let build = [
            "build",
            "--quiet",
            "--release",
            "-p",
            "kontor-server",
            "--bin",
            "kontor-server",
        ];
        shell::run(shell::plain_cargo().args(build))?;
    }
    let program = shell::target().join("release/kontor-server");
    let dir = bench.harness.fresh("team-server")?;
    let house = House::open(&program, &load, &dir, None)?;
    fanout(bench, &house, report)?;
    beside_hocuspocus(bench, &house, report)?;
    ops(bench, &house, "SQLite", (3000.0, 10_000.0), report)?;
    catchup(&house, report)?;
    drop(house);
    // A server that has nothing else to do: folding what was just typed takes memory, too.
    let house = House::open(&program, &load, &bench.harness.fresh("team-idle")?, None)?;
    idle(bench, &house, report)?;
    drop(house);
    match Postgres::start_durable() {
        Ok(server) => {
            let url = server.create_database("team")?;
            let house = House::open(&program, &load, &dir, Some(&url))?;
            ops(bench, &house, "PostgreSQL", (2000.0, 6000.0), report)?;
        }
        Err(e) => report.missing(&format!("operations on PostgreSQL ({e})")),
    }
    typed(bench, report)
}

fn ops(
    bench: &Bench,
    house: &House,
    what: &str,
    goal: (f64, f64),
    report: &mut Report,
) -> Result<()> {
    let each = if bench.quick { "500" } else { "4000" };
    let told = house.load(&["ops", "16", each])?;
    let seconds = number(&told, "seconds")?;
    let row = Row::at_least(
        &format!("durable operations, {what}"),
        number(&told, "ops_per_second")?.round(),
        "ops/s",
        goal,
    );
    let note = format!(
        "16 desks, {} operations, each a keystroke in one note, in {seconds:.1} s; the server took {:.2} s CPU, told all of them to all 16",
        number(&told, "ops")?,
        number(&told, "cpu")?
    );
    report.add(row.note(note));
    Ok(())
}

fn fanout(bench: &Bench, house: &House, report: &mut Report) -> Result<()> {
    let seconds = if bench.quick { "5" } else { "20" };
    let told = house.load(&["fanout", "1000", "50", seconds])?;
    let row = Row::at_most(
        "1000 desks, 50 events a second: from the push to every desk, p99",
        number(&told, "p99_ms")?,
        "ms",
        (100.0, 40.0),
    );
    let note = format!(
        "p50 {:.1} ms, p95 {:.1} ms over {} deliveries; desks and server share the machine; the server took {:.2} s CPU in {seconds} s",
        number(&told, "p50_ms")?,
        number(&told, "p95_ms")?,
        number(&told, "deliveries")?,
        number(&told, "cpu")?
    );
    report.add(row.note(note));
    Ok(())
}

/// People typing into one note, through either server.
fn beside_hocuspocus(bench: &Bench, house: &House, report: &mut Report) -> Result<()> {
    let (people, rate) = ("8", "50");
    let seconds = if bench.quick { "5" } else { "20" };
    let theirs = match hocuspocus::typing(bench, [people, rate, seconds]) {
        Ok(theirs) => theirs,
        Err(e) => {
            report.missing(&format!("note traffic beside Hocuspocus ({e:#})"));
            return Ok(());
        }
    };
    let told = house.load(&["typing", people, rate, seconds])?;
    let ours = number(&told, "ops")? / number(&told, "cpu")?;
    let theirs = number(&theirs, "ops")? / number(&theirs, "cpu")?;
    let row = Row::at_least(
        "keystrokes a second of the server's CPU",
        ours / theirs,
        "× Hocuspocus",
        (2.0, 5.0),
    );
    report.add(row.note(format!(
        "{ours:.0} and {theirs:.0}; {people} people, {rate} keys a second each into one note for {seconds} s, every key \
         told to all; here each is on the disk before it is acknowledged, there the note is written when it rests"
    )));
    Ok(())
}

/// From a key in one real window to the frame that shows it in another.
fn typed(bench: &Bench, report: &mut Report) -> Result<()> {
    let programs = shell::target().join("release");
    if !programs.join("kontor").is_file() {
        report.missing(
            "keystroke → painted: the window is not built for release; `cargo xtask package` builds it",
        );
        return Ok(());
    }
    kontor::programs(bench)?;
    let count = if bench.quick { "20" } else { "200" };
    let out = shell::output(
        Command::new(kontor::example(bench, "e2e", "typed")?)
            .arg(&programs)
            .arg(count),
    )?;
    let times: Vec<f64> = out.lines().filter_map(|line| line.parse().ok()).collect();
    report.add(
        Row::at_most(
            "a key in one window → painted in another, p95",
            percentile(&times, 95),
            "ms",
            (100.0, 30.0),
        )
        .note(format!(
            "p50 {:.0} ms, {} keys; two windows, their mail server and the team's on two cores, drawn without a graphics card",
            percentile(&times, 50),
            times.len()
        )),
    );
    Ok(())
}

fn catchup(house: &House, report: &mut Report) -> Result<()> {
    let told = house.load(&["catchup", "100", "100"])?;
    let row = Row::at_most(
        "a new connection until 100 missed events are here, p95",
        number(&told, "p95_ms")?,
        "ms",
        (1000.0, 300.0),
    );
    report.add(row.note(format!(
        "from connect to the last event, p50 {:.1} ms; nothing stored by the desk",
        number(&told, "p50_ms")?
    )));
    Ok(())
}

fn idle(bench: &Bench, house: &House, report: &mut Report) -> Result<()> {
    let desks = if bench.quick { "1000" } else { "10000" };
    let told = house.load(&["idle", desks, &house.server.id().to_string()])?;
    let held = number(&told, "alive")?;
    report.add(Row::at_least("connections held by one node", held, "desks", (10_000.0, 25_000.0)).note(
        "all of one organisation; each answers a ping afterwards; one program cannot open more than 20,000 on the machine measured",
    ));
    report.add(
        Row::at_most(
            "memory of a desk that says nothing",
            number(&told, "kib_per_desk")?,
            "KiB",
            (20.0, 20.0),
        )
        .note(format!(
            "resident memory of the server, {:.0} MB with all of them",
            number(&told, "server_kib")? / 1024.0
        )),
    );
    Ok(())
}

/// A running server with one organisation.
struct House {
    server: Child,
    url: String,
    load: PathBuf,
}

impl House {
    fn open(program: &Path, load: &Path, dir: &Path, database: Option<&str>) -> Result<Self> {
        let store: Vec<String> = match database {
            Some(url) => vec!["--database-url".into(), url.into()],
            None => vec!["--data".into(), dir.display().to_string()],
        };
        let mut made = Command::new(program)
            .args([
                "admin",
                "create-org",
                "Hrast",
                "--admin",
                EMAIL,
                "--password-stdin",
            ])
            .args(&store)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("start kontor-server")?;
        made.stdin
            .take()
            .context("a pipe")?
            .write_all(format!("{PASSWORD}\n").as_bytes())?;
        ensure!(made.wait()?.success(), "no organisation could be made");
        let mut server = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(&store)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(server.stdout.take().context("a pipe")?).read_line(&mut line)?;
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .context("the server does not listen")?;
        Ok(Self {
            url: url.to_owned(),
            server,
            load: load.to_owned(),
        })
    }

    /// Puts a load on it; what the load says, and the server's CPU seconds meanwhile as `cpu`.
    fn load(&self, words: &[&str]) -> Result<Value> {
        let (before, begun) = (self.cpu()?, Instant::now());
        let done = Command::new(&self.load)
            .args([&self.url, EMAIL, PASSWORD])
            .args(words)
            .output()?;
        ensure!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        println!(
            "  {} took {:.0} s",
            words.join(" "),
            begun.elapsed().as_secs_f64()
        );
        let mut told: Value = serde_json::from_slice(&done.stdout)?;
        if let Some(fields) = told.as_object_mut() {
            fields.insert("cpu".into(), (self.cpu()? - before).into());
        }
        Ok(told)
    }

    fn cpu(&self) -> Result<f64> {
        super::idle::on_cpu(self.server.id())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // It was started here and ends here, also when a figure could not be taken.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

pub(super) fn number(told: &Value, field: &str) -> Result<f64> {
    told.get(field)
        .and_then(Value::as_f64)
        .with_context(|| format!("no {field} in {told}"))
}
