//! The program itself: killed, stopped, asked beside itself.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use kontor_protocol::Availability::Online;
use kontor_protocol::{RejectCode, SignedIn};
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::{Asking, Line, PASSWORD, ask, note};
use crate::presence::{until, word};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_kontor-server");

/// `kontor-server serve` on a folder; killed when dropped.
pub(crate) struct Program {
    child: Child,
    url: String,
    pub(crate) address: SocketAddr,
}

impl Program {
    pub(crate) fn serve(dir: &Path, more: &[&str]) -> Self {
        let mut child = command(dir)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .expect("the line")
            .to_owned();
        let address = url.split("//").nth(1).unwrap().parse().unwrap();
        Self {
            child,
            url,
            address,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(asked.success(), "asked to stop");
        assert!(self.child.wait().unwrap().success(), "it ends with exit 0");
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn command(dir: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().arg("--data").arg(dir);
    command
}

fn admin(dir: &Path, words: &[&str]) -> Output {
    run(dir, &[&["admin", "--json"], words].concat())
}

/// A command with the password on its stdin.
pub(crate) fn run(dir: &Path, words: &[&str]) -> Output {
    let mut child = command(dir)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that wants no password closes its end.
    drop(
        child
            .stdin
            .take()
            .unwrap()
            .write_all(format!("{PASSWORD}\n").as_bytes()),
    );
    child.wait_with_output().unwrap()
}

#[track_caller]
fn answer(dir: &Path, words: &[&str]) -> Value {
    let output = admin(dir, words);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{words:?}: {output:?}");
    serde_json::from_str(&said).unwrap()
}

fn create(dir: &Path) -> String {
    let words = [
        "create-org",
        "Čebela",
        "--admin",
        "ana@example.com",
        "--password-stdin",
    ];
    let made = answer(dir, &words);
    assert_eq!(made["name"], "Čebela");
    made["org"].as_str().unwrap().to_owned()
}

pub(crate) async fn login(address: SocketAddr) -> SignedIn {
    let body = json!({ "email": "ana@example.com", "password": PASSWORD, "device": "desk" });
    let body = body.to_string();
    let asking = Asking {
        token: None,
        body: Some(&body),
    };
    let (status, answer) = ask(address, "POST", "/api/v1/login", asking).await;
    assert_eq!(status, 200, "{answer}");
    serde_json::from_value(answer).unwrap()
}

pub(crate) async fn attach(address: SocketAddr, desk: &SignedIn, cursor: u64) -> Line {
    let mut line = Line::dial(address).await;
    line.hello(desk, cursor, None).await;
    line.until("the welcome and who is there", |l| !l.presence.is_empty())
        .await;
    line
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let dir = TempDir::new().unwrap();
    create(dir.path());
    let mut server = Program::serve(dir.path(), &[]);
    let desk = login(server.address).await;
    let (mut acked, mut pushed) = (Vec::new(), Vec::new());
    for round in 1..=3 {
        let mut line = attach(server.address, &desk, 0).await;
        let ops: Vec<_> = (0..200).map(|n| note(n + 1)).collect();
        for op in &ops {
            line.push(vec![op.clone()]).await;
        }
        pushed.extend(ops);
        let want = 40 * round;
        line.until("some of the acks", |l| l.acks.len() >= want)
            .await;
        server.kill();
        acked.extend(line.acks);
        server = Program::serve(dir.path(), &[]);
    }
    let mut line = attach(server.address, &desk, 0).await;
    for ops in pushed.chunks(100) {
        line.push(ops.to_vec()).await;
    }
    line.until("everything", |l| {
        l.acks.len() == 600 && l.events.len() == 601
    })
    .await;
    assert_eq!(
        line.seqs(),
        (1..=601).collect::<Vec<_>>(),
        "no gap, nothing twice"
    );
    for ack in &acked {
        let event = line.events.iter().find(|event| event.seq == ack.seq);
        assert_eq!(
            event.map(|e| e.op.op_id),
            Some(ack.op_id),
            "{ack:?} was promised"
        );
        assert!(line.acks.contains(ack), "and is promised again");
    }
    let checked = answer(dir.path(), &["check"]);
    assert_eq!(
        checked,
        json!({ "ok": true, "events": 601, "problems": [] })
    );
}

#[tokio::test]
async fn admin_works_beside_a_running_server() {
    let dir = TempDir::new().unwrap();
    let server = Program::serve(dir.path(), &[]);
    let org = create(dir.path());
    let invited = answer(dir.path(), &["invite", "čebela", "--role", "member"]);
    let code = invited["code"].as_str().unwrap();
    assert_eq!(
        invited["link"],
        json!(format!("{}/join/{code}", server.url))
    );
    assert_eq!(invited["role"], "member");
    let join = json!({ "code": code, "name": "Bor", "email": "bor@example.com",
                       "password": PASSWORD, "device": "laptop" });
    let join = join.to_string();
    let asking = Asking {
        token: None,
        body: Some(&join),
    };
    let (status, joined) = ask(server.address, "POST", "/api/v1/join", asking).await;
    assert_eq!(status, 200, "{joined}");
    let bor: SignedIn = serde_json::from_value(joined).unwrap();
    let ana = login(server.address).await;

    let mut desk = attach(server.address, &ana, 0).await;
    desk.until("the members", |l| l.events.len() == 2).await;
    desk.push(vec![note(5)]).await;
    desk.until("the ack", |l| l.acks.len() == 1).await;
    let listed = answer(dir.path(), &["list"]);
    let listed = &listed["orgs"][0];
    assert_eq!((&listed["org"], &listed["head"]), (&json!(org), &json!(3)));
    let devices = listed["devices"].as_array().unwrap();
    assert!(
        devices.iter().any(|d| d["device"] == json!(bor.device)),
        "{listed}"
    );

    let mut line = attach(server.address, &bor, 3).await;
    answer(dir.path(), &["revoke", &bor.device.to_string()]);
    let reject = line.closed().await.expect("the running server hears of it");
    assert_eq!(reject.code, RejectCode::Auth);

    // A backup while the server goes on, restored elsewhere: another epoch, the same events.
    let (file, other) = (dir.path().join("backup"), dir.path().join("other"));
    let saved = answer(dir.path(), &["backup", file.to_str().unwrap()]);
    assert_eq!(saved["events"], 3);
    desk.push(vec![note(6)]).await;
    desk.until("the ack", |l| l.acks.len() == 2).await;
    let restored = answer(&other, &["restore", file.to_str().unwrap()]);
    assert_eq!(restored["events"], 3);
    let again = admin(&other, &["restore", file.to_str().unwrap()]);
    assert_eq!(
        again.status.code(),
        Some(1),
        "into an empty one only: {again:?}"
    );
    let epoch = &answer(&other, &["list"])["orgs"][0]["epoch"];
    assert_ne!(epoch, &answer(dir.path(), &["list"])["orgs"][0]["epoch"]);
    let there = Program::serve(&other, &[]);
    let mut line = attach(there.address, &ana, 0).await;
    line.until("the events", |l| l.events.len() == 3).await;
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_says_goodbye() {
    let dir = TempDir::new().unwrap();
    create(dir.path());
    let server = Program::serve(dir.path(), &[]);
    let desk = login(server.address).await;
    let mut line = attach(server.address, &desk, 0).await;
    line.push(vec![note(1)]).await;
    line.until("the ack", |l| l.acks.len() == 1).await;
    server.stop();
    assert_eq!(line.closed().await, None, "closed, not refused");
}

#[tokio::test]
async fn a_reply_left_unsent_is_told_of_after_a_new_start() {
    let dir = TempDir::new().unwrap();
    create(dir.path());
    let server = Program::serve(dir.path(), &[]);
    let (desk, laptop) = (login(server.address).await, login(server.address).await);
    let me = desk.member;
    let mut writing = attach(server.address, &desk, 0).await;
    let mut seeing = attach(server.address, &laptop, 0).await;
    writing.say(&word(Online, Some("thread:a"))).await;
    until(&mut seeing, me, Online, Some("thread:a")).await;
    server.stop();
    drop((writing, seeing));

    // The desk does not come back: its reply may wait there.
    let server = Program::serve(dir.path(), &[]);
    let mut seeing = attach(server.address, &laptop, 0).await;
    until(&mut seeing, me, Online, Some("thread:a")).await;
    let mut back = attach(server.address, &desk, 0).await;
    back.say(&word(Online, None)).await;
    until(&mut seeing, me, Online, None).await;
}

#[test]
fn with_a_certificate_it_speaks_tls() {
    let dir = TempDir::new().unwrap();
    let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
        ])
        .args(["-nodes", "-days", "3650", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    let server = Program::serve(dir.path(), &["--tls-cert", cert, "--tls-key", key]);
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let mut client = Command::new("openssl")
        .args([
            "s_client",
            "-quiet",
            "-verify_return_error",
            "-CAfile",
            cert,
        ])
        .args(["-servername", "localhost", "-connect"])
        .arg(server.address.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = client.stdin.take().unwrap();
    stdin
        .write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let answer = client.wait_with_output().unwrap();
    let answer = String::from_utf8_lossy(&answer.stdout);
    assert!(
        answer.contains("200 OK") && answer.contains("ready"),
        "{answer}"
    );
}

#[rstest]
#[case::open_to_everybody(&["serve", "--listen", "0.0.0.0:0"], 2, "usage")]
#[case::certificate_alone(&["serve", "--tls-cert", "x"], 2, "usage")]
#[case::no_certificate(&["serve", "--tls-cert", "/nowhere", "--tls-key", "/nowhere"], 2, "usage")]
#[case::no_command(&["admin", "wish"], 2, "usage")]
#[case::no_role(&["admin", "invite", "x", "--role", "king"], 2, "usage")]
#[case::not_run_yet(&["admin", "invite", "x"], 2, "usage")]
#[case::no_org(&["admin", "invite", "x", "--public-url", "https://x.example"], 1, "not_found")]
#[case::no_device(&["admin", "revoke", "x"], 1, "not_found")]
#[case::no_address(&["admin", "create-org", "x", "--admin", "x", "--password-stdin"], 2, "usage")]
#[case::no_backup(&["admin", "restore", "/nowhere"], 1, "store")]
#[case::other_database(&["admin", "list", "--database-url", "mysql://x"], 2, "usage")]
fn failures_say_what_to_do(#[case] words: &[&str], #[case] exit: i32, #[case] code: &str) {
    let dir = TempDir::new().unwrap();
    let output = command(dir.path())
        .args(words)
        .arg("--json")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(exit), "{output:?}");
    assert_eq!(output.stdout, b"", "stdout is for answers");
    let said: Value = serde_json::from_slice(&output.stderr).expect("one JSON object");
    assert_eq!(said["error"]["code"], code, "{said}");
    assert!(
        said["error"]["message"]
            .as_str()
            .is_some_and(|m| m.len() > 10),
        "{said}"
    );
}

#[test]
fn a_name_is_taken_once() {
    let dir = TempDir::new().unwrap();
    create(dir.path());
    let words = [
        "create-org",
        "Čebela",
        "--admin",
        "bor@example.com",
        "--password-stdin",
    ];
    let output = admin(dir.path(), &words);
    assert_eq!(output.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(said["error"]["code"], "refused");
}
