//! Kontor as it is shipped, on a profile of its own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use kontor_testkit::Desk;
use serde_json::Value;

use super::Bench;
use super::harness::{PASSWORD, Server};
use super::spent::{Spent, measured};
use crate::shell;

/// Builds `kontorctl` for release and returns the folder it is in.
pub(super) fn programs(bench: &Bench) -> Result<PathBuf> {
    if !bench.built {
        println!("  building kontorctl for release …");
        let build = ["build", "--quiet", "--release", "-p", "kontor-cli"];
        shell::run(shell::plain_cargo().args(build))?;
    }
    Ok(shell::target().join("release"))
}

/// Builds an example for release and returns the program.
pub(super) fn example(bench: &Bench, package: &str, name: &str) -> Result<PathBuf> {
    if !bench.built {
        let build = ["build", "--quiet", "--release", "-p", package, "--example"];
        shell::run(shell::plain_cargo().args(build).arg(name))?;
    }
    Ok(shell::target().join("release/examples").join(name))
}

/// One profile.
#[derive(Debug)]
pub(super) struct Kontor {
    desk: Desk,
    dir: PathBuf,
    program: PathBuf,
}

impl Kontor {
    /// A profile in `dir` without accounts.
    pub(super) fn at(dir: &Path, programs: &Path) -> Result<Self> {
        Ok(Self {
            desk: Desk::at(dir, programs)?,
            dir: dir.to_owned(),
            program: programs.join("kontorctl"),
        })
    }

    /// Adds an account on this server, over TLS.
    pub(super) fn account(&self, server: &Server, user: &str) -> Result<()> {
        self.account_by(server, user, server.imaps)
    }

    /// Adds an account on this server, reached through another port.
    pub(super) fn account_by(&self, server: &Server, user: &str, port: u16) -> Result<()> {
        let (host, ca) = (format!("127.0.0.1:{port}"), server.certificate());
        let email = format!("{user}@bench.example");
        let words = [
            "account",
            "add",
            &email,
            "--imap",
            &host,
            "--imap-security",
            "tls",
            "--smtp",
            "none",
            "--username",
            user,
            "--ca",
            &ca.to_string_lossy(),
            "--password-stdin",
        ];
        self.desk.ctl(&words, &format!("{PASSWORD}\n")).map(drop)
    }

    /// The folder everything of the profile lies in.
    pub(super) fn profile(&self) -> PathBuf {
        self.desk.profile()
    }

    /// Where the desk lies.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs `kontorctl --json` and returns its answers.
    pub(super) fn ctl(&self, words: &[&str], stdin: &str) -> Result<Vec<Value>> {
        self.desk.ctl(words, stdin)
    }

    /// Runs `sync --once` and returns its cost and its answer.
    pub(super) fn sync_once(&self, more: &[&str]) -> Result<(Spent, Value)> {
        let mut command = Command::new(&self.program);
        command.args(["--json", "sync", "--once"]).args(more);
        command.envs(self.desk.environment());
        let (spent, out) = measured(&command)?;
        let answer = out.lines().last().unwrap_or_default();
        Ok((
            spent,
            serde_json::from_str(answer).context("read the answer of sync")?,
        ))
    }

    /// Starts `sync --watch`.
    pub(super) fn watch(&self) -> Result<Watch> {
        let mut child = Command::new(&self.program)
            .args(["sync", "--watch"])
            .envs(self.desk.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("start kontorctl")?;
        let out = child.stdout.take().context("its standard output")?;
        Ok(Watch {
            child,
            events: BufReader::new(out),
        })
    }
}

/// A running `sync --watch`; ends when dropped.
#[derive(Debug)]
pub(super) struct Watch {
    child: Child,
    events: BufReader<ChildStdout>,
}

impl Watch {
    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Reads events until `wanted` says so; that one is the answer.
    pub(super) fn until(&mut self, mut wanted: impl FnMut(&Value) -> bool) -> Result<Value> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.events.read_line(&mut line)? == 0 {
                bail!("kontorctl ended before what was waited for");
            }
            let event: Value = serde_json::from_str(&line).context("read an event")?;
            if wanted(&event) {
                return Ok(event);
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // SIGTERM: it ends itself within two seconds.
        let asked = Command::new("kill").arg(self.pid().to_string()).status();
        if !asked.is_ok_and(|s| s.success()) {
            drop(self.child.kill());
        }
        drop(self.child.wait());
    }
}

/// True for an event of this kind.
pub(super) fn is(event: &Value, kind: &str) -> bool {
    event.get("event").and_then(Value::as_str) == Some(kind)
}

/// Milliseconds since the midnight before a time an event carries.
pub(super) fn millis(event: &Value, field: &str) -> Result<f64> {
    let text = event.get(field).and_then(Value::as_str).unwrap_or_default();
    let clock = text
        .split_once('T')
        .map_or("", |(_, c)| c.trim_end_matches('Z'));
    let mut ms = 0.0;
    for part in clock.split(':') {
        ms = ms * 60.0
            + part
                .parse::<f64>()
                .with_context(|| format!("{field} is no time: {text:?}"))?;
    }
    Ok(ms * 1000.0)
}

/// From one time of a day to a later one, over midnight if need be.
pub(super) fn between(earlier: f64, later: f64) -> f64 {
    let span = later - earlier;
    if span < -43_200_000.0 {
        span + 86_400_000.0
    } else {
        span
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_compared_over_midnight() {
        let event = |at: &str| serde_json::json!({ "at": at });
        let late = millis(&event("2026-11-21T23:59:59.900Z"), "at").unwrap();
        let early = millis(&event("2026-11-22T00:00:00.150Z"), "at").unwrap();
        assert!(
            (between(late, early) - 250.0).abs() < 0.01,
            "a quarter of a second lies between"
        );
        assert!(
            millis(&event("soon"), "at").is_err(),
            "what is no time is said"
        );
    }
}
