//! A desk: a profile of its own, and `kontorctl` run on it.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use kontor_testkit::{Dovecot, DovecotBuilder, dovecot::PASSWORD};
use serde_json::Value;
use tempfile::TempDir;

use crate::MAJA;

/// Nothing a test waits for takes longer, however slow the machine; what takes longer is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);

/// A profile and the program on it.
pub(crate) struct Desk {
    dir: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Said {
    /// Wants exit 0.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "it succeeds: {self:?}");
        self
    }

    /// Wants this exit code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "the exit code: {self:?}");
        self
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// One object a line.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text()
            .lines()
            .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}")))
            .collect()
    }

    /// Exactly one object.
    #[track_caller]
    pub(crate) fn one(&self) -> Value {
        let mut lines = self.lines();
        assert_eq!(lines.len(), 1, "exactly one object: {}", self.text());
        lines.remove(0)
    }

    /// The `{"error":{code,message}}` on stderr.
    #[track_caller]
    pub(crate) fn error(&self) -> (String, String) {
        let line = self.err.lines().last().unwrap_or_default();
        let value: Value =
            serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {}", self.err));
        let of = |name: &str| value["error"][name].as_str().expect("a string").to_owned();
        (of("code"), of("message"))
    }
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().expect("a folder"),
        }
    }

    /// A desk with an account on a server; nothing is synced yet.
    pub(crate) fn with(builder: DovecotBuilder) -> (Dovecot, Self) {
        let dovecot = builder.user(MAJA).start().expect("Dovecot runs");
        let desk = Self::new();
        desk.add(&dovecot, MAJA);
        (dovecot, desk)
    }

    /// A desk whose account is synced.
    pub(crate) fn synced(builder: DovecotBuilder) -> (Dovecot, Self) {
        let (dovecot, desk) = Self::with(builder);
        desk.json(&["sync", "--once"]).ok();
        (dovecot, desk)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn profile(&self) -> PathBuf {
        self.path("profile")
    }

    /// Writes a file beside the profile.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("a file");
        path.to_string_lossy().into_owned()
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kontorctl"));
        let mut keychain = std::ffi::OsString::from("file:");
        keychain.push(self.path("keychain.json"));
        command
            .env("KONTOR_PROFILE", self.profile())
            .env("KONTOR_KEYCHAIN", keychain)
            .env("XDG_DATA_HOME", self.path("data"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, words: &[S]) -> Said {
        said(self.command().args(words), b"")
    }

    pub(crate) fn json(&self, words: &[&str]) -> Said {
        said(self.command().arg("--json").args(words), b"")
    }

    pub(crate) fn json_in(&self, words: &[&str], stdin: &[u8]) -> Said {
        said(self.command().arg("--json").args(words), stdin)
    }

    /// Adds an account on this server, over TLS.
    pub(crate) fn add(&self, dovecot: &Dovecot, user: &str) -> String {
        self.add_at(
            dovecot,
            user,
            dovecot.imaps_port(),
            dovecot.submissions_port(),
        )
    }

    /// Adds an account whose ports are those of proxies.
    pub(crate) fn add_at(&self, dovecot: &Dovecot, user: &str, imap: u16, smtp: u16) -> String {
        let said = self.json_in(
            &[
                "account",
                "add",
                user,
                "--imap",
                &format!("localhost:{imap}"),
                "--smtp",
                &format!("localhost:{smtp}"),
                "--security",
                "tls",
                "--ca",
                &dovecot.ca_pem().to_string_lossy(),
                "--password-stdin",
            ],
            format!("{PASSWORD}\n").as_bytes(),
        );
        let answer = said.ok().one();
        assert_eq!(answer["email"], user, "the answer names the account");
        answer["id"].as_str().expect("an id").to_owned()
    }

    /// All rows of a folder.
    pub(crate) fn messages(&self, folder: &str) -> Vec<Value> {
        self.json(&["messages", folder, "--limit", "0"])
            .ok()
            .lines()
    }

    /// The id of the message with this Message-ID (without `@example.org`).
    pub(crate) fn id(&self, name: &str) -> String {
        let mid = format!("mid:{name}@example.org");
        let shown = self.json(&["show", &mid]).ok().one();
        shown["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) fn status(&self) -> Value {
        self.json(&["status"]).ok().one()
    }

    /// Starts `sync --watch`.
    pub(crate) fn watch(&self) -> Watch {
        Watch::start(&mut self.command())
    }
}

/// Runs a command to its end.
pub(crate) fn said(command: &mut Command, stdin: &[u8]) -> Said {
    if !stdin.is_empty() {
        command.stdin(Stdio::piped());
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("kontorctl starts");
    if let Some(mut pipe) = child.stdin.take() {
        // A command that does not read to the end has its reasons.
        drop(pipe.write_all(stdin));
    }
    let out = child.wait_with_output().expect("kontorctl ends");
    Said {
        code: out.status.code().unwrap_or(-1),
        out: out.stdout,
        err: String::from_utf8_lossy(&out.stderr).into_owned(),
    }
}

/// Starts a command whose answer does not matter.
pub(crate) fn spawn(desk: &Desk, words: &[&str]) -> Child {
    desk.command()
        .args(words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("kontorctl starts")
}

/// A running `sync --watch` and what it printed so far.
pub(crate) struct Watch {
    child: Child,
    printed: Arc<(Mutex<Vec<Value>>, Condvar)>,
}

impl Watch {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::start_with(command, &[])
    }

    pub(crate) fn start_with(command: &mut Command, words: &[&str]) -> Self {
        Self::following(command.args(["sync", "--watch"]).args(words))
    }

    /// Starts a command that stays and prints.
    pub(crate) fn following(command: &mut Command) -> Self {
        let mut child = command
            .stderr(Stdio::inherit())
            .spawn()
            .expect("kontorctl starts");
        let out = child.stdout.take().expect("a pipe");
        let printed = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let heard = Arc::clone(&printed);
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).expect("one JSON object per line");
                heard.0.lock().unwrap().push(value);
                heard.1.notify_all();
            }
        });
        Self { child, printed }
    }

    /// Everything printed so far.
    pub(crate) fn printed(&self) -> Vec<Value> {
        self.printed.0.lock().unwrap().clone()
    }

    /// Waits for the first event of which this holds.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        self.wait_from(0, what, holds)
    }

    /// The same, passing over the first `skip` lines.
    #[track_caller]
    pub(crate) fn wait_from(
        &self,
        skip: usize,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Value {
        let begun = Instant::now();
        let mut lines = self.printed.0.lock().unwrap();
        loop {
            if let Some(found) = lines.iter().skip(skip).find(|v| holds(v)) {
                return found.clone();
            }
            let left = PATIENCE.checked_sub(begun.elapsed());
            let left = left.unwrap_or_else(|| {
                let all: Vec<String> = lines.iter().map(ToString::to_string).collect();
                panic!("never came: {what}\n{}", all.join("\n"))
            });
            lines = self.printed.1.wait_timeout(lines, left).unwrap().0;
        }
    }

    #[track_caller]
    pub(crate) fn wait_event(&self, event: &str) -> Value {
        self.wait(event, |v| v["event"] == event)
    }

    #[track_caller]
    pub(crate) fn wait_state(&self, state: &str) -> Value {
        self.wait(state, |v| v["event"] == "state" && v["state"] == state)
    }

    #[track_caller]
    pub(crate) fn wait_arrived(&self, name: &str) -> Value {
        self.wait_arrived_mid(&format!("{name}@example.org"))
    }

    #[track_caller]
    pub(crate) fn wait_arrived_mid(&self, mid: &str) -> Value {
        self.wait(mid, |v| v["event"] == "arrived" && v["message_id"] == mid)
    }

    /// True once the program handles SIGTERM itself (Linux tells in /proc).
    pub(crate) fn catches_term(&self) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it runs");
        let caught = status.lines().find_map(|l| l.strip_prefix("SigCgt:"));
        let mask = caught.and_then(|m| u64::from_str_radix(m.trim(), 16).ok());
        mask.expect("a mask") & (1 << (15 - 1)) != 0
    }

    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("kill");
        assert!(status.success(), "the watch runs");
    }

    /// Waits for its end; how long that took.
    pub(crate) fn end(mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let status = self.child.wait().expect("it ends");
        (status, begun.elapsed())
    }

    /// Ends it in good order.
    pub(crate) fn stop(self) {
        self.signal("-TERM");
        let (status, _) = self.end();
        assert_eq!(status.code(), Some(0), "SIGTERM ends it in good order");
    }

    /// Ends it without a word.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits until `look` answers something.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "never came: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Names of the values of one field, in order.
pub(crate) fn field<'a>(rows: &'a [Value], name: &str) -> Vec<&'a str> {
    rows.iter().filter_map(|r| r[name].as_str()).collect()
}
