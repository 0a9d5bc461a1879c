//! `kontor-server admin crm …`, against a Metakocka that is simulated at the HTTP line.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use futures::SinkExt as _;
use jiff::Timestamp;
use kontor_protocol::{ClientFrame, FACTS, MirrorState, ServerFrame};
use kontor_server::core::clock::Clock;
use kontor_server::core::sealing::Keys;
use kontor_server::core::storage::{AuditEntry, ErpRow, Facts as _, SqliteStorage, Storage as _};
use kontor_simulators::{Metakocka, Options};
use kontor_testkit::Postgres;
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;

use crate::house::{Line, PASSWORD};
use crate::process::{PROGRAM, Program, login};

/// A command with a line on its stdin.
fn run(dir: &Path, words: &[&str], line: &str) -> Output {
    let mut child = Command::new(PROGRAM)
        .env_clear()
        .arg("--data")
        .arg(dir)
        .args(["--json", "admin"])
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that wants nothing closes its end.
    drop(writeln!(stdin, "{line}"));
    drop(stdin);
    child.wait_with_output().unwrap()
}

#[track_caller]
fn good(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn bad(output: &Output, exit: i32, code: &str) -> String {
    assert_eq!(output.status.code(), Some(exit), "{output:?}");
    let said: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(said["error"]["code"], code, "{said}");
    said["error"]["message"].as_str().unwrap().to_owned()
}

fn org(dir: &Path) -> String {
    org_in(dir, &[])
}

fn org_in(dir: &Path, place: &[&str]) -> String {
    let words = [
        "create-org",
        "Hrast",
        "--admin",
        "ana@example.com",
        "--password-stdin",
    ];
    let made = good(&run(dir, &[&words, place].concat(), PASSWORD));
    made["org"].as_str().unwrap().to_owned()
}

fn connect(dir: &Path, erp: &Metakocka, key: &str) -> Output {
    connect_in(dir, &[], erp, key)
}

/// In a database that is named by more words.
fn connect_in(dir: &Path, place: &[&str], erp: &Metakocka, key: &str) -> Output {
    let words = [
        "crm",
        "connect",
        "hrast",
        "--base-url",
        erp.base_url(),
        "--company",
        erp.company_id(),
        "--key-stdin",
    ];
    run(dir, &[&words, place].concat(), key)
}

/// What lies in the database: the connection, and the audit log, oldest first.
async fn kept(dir: &Path, org: &str) -> (Option<ErpRow>, Vec<AuditEntry>) {
    let storage = SqliteStorage::open(&dir.join("server.db")).unwrap();
    let org = org.parse().unwrap();
    let mut log = storage.audit_log(org, 100).await.unwrap();
    log.reverse();
    (storage.erp(org).await.unwrap(), log)
}

#[tokio::test]
async fn a_key_is_tried_sealed_and_kept() {
    let dir = TempDir::new().unwrap();
    let erp = Metakocka::start(Options::small()).unwrap();
    let org = org(dir.path());
    let status = || good(&run(dir.path(), &["crm", "status", "hrast"], ""));
    assert_eq!(status()["state"], "off");
    bad(
        &run(dir.path(), &["crm", "poll", "hrast"], ""),
        1,
        "not_found",
    );

    let wrong = bad(&connect(dir.path(), &erp, "wrong-key-17"), 1, "refused");
    assert!(!wrong.contains("wrong-key-17"), "{wrong}");
    assert_eq!(kept(dir.path(), &org).await.0, None, "nothing is kept");

    let answer = good(&connect(dir.path(), &erp, erp.secret_key()));
    let want = json!({
        "org": org, "base_url": erp.base_url(), "company": erp.company_id(), "state": "first",
    });
    assert_eq!(answer, want);
    let (row, log) = kept(dir.path(), &org).await;
    let row = row.unwrap();
    let keys = Keys::in_folder(dir.path());
    let opened = keys.open(org.parse().unwrap(), &row.sealed_key).unwrap();
    assert_eq!(opened, erp.secret_key());
    let found = row
        .sealed_key
        .windows(erp.secret_key().len())
        .any(|bytes| bytes == erp.secret_key().as_bytes());
    assert!(!found, "it is sealed");
    let actions = |log: &[AuditEntry]| -> Vec<String> {
        log.iter().skip(1).map(|line| line.action.clone()).collect()
    };
    assert_eq!(actions(&log), ["connect"]);
    let line = log.last().unwrap();
    assert_eq!(line.member, None);
    let company = format!("company {} at {}", erp.company_id(), erp.base_url());
    assert_eq!(line.detail, company, "never the key");

    // The key of now once more: the facts stay.
    good(&connect(
        dir.path(),
        &erp,
        &format!(" {} ", erp.secret_key()),
    ));
    let (again, log) = kept(dir.path(), &org).await;
    let again = again.unwrap();
    assert_eq!(again.life, row.life);
    assert_ne!(again.sealed_key, row.sealed_key);
    assert_eq!(actions(&log), ["connect", "key"]);

    let state = status();
    assert_eq!(
        (&state["state"], &state["why"]),
        (&json!("first"), &Value::Null)
    );
    let names: Vec<&str> = state
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for name in [
        "state",
        "why",
        "last_at",
        "age_seconds",
        "progress",
        "calls",
        "errors",
        "breaker",
        "partners",
        "documents",
        "products",
        "drift",
    ] {
        assert!(names.contains(&name), "{name} is always there: {names:?}");
    }
}

#[tokio::test]
async fn a_running_server_looks_at_once() {
    let dir = TempDir::new().unwrap();
    let erp = Metakocka::start(Options::small()).unwrap();
    let org = org(dir.path());
    let server = Program::serve(dir.path(), &[]);
    let before = Clock::system().now();
    good(&connect(dir.path(), &erp, erp.secret_key()));
    let state = good(&run(dir.path(), &["crm", "poll", "hrast"], ""));
    assert_eq!(state["why"], Value::Null, "{state}");
    let looked: Timestamp = state["last_at"].as_str().unwrap().parse().unwrap();
    assert!(looked >= before, "a look that began after it was asked for");
    assert!(state["calls"].as_u64() > Some(0), "{state}");
    server.stop();
    // What was read stands in the database, told without a server.
    let kept = good(&run(dir.path(), &["crm", "status", &org], ""));
    assert_eq!(kept["state"], state["state"]);
    assert!(kept["documents"].as_u64() >= state["documents"].as_u64());
}

#[tokio::test]
async fn what_is_disconnected_is_forgotten_while_the_server_runs() {
    let dir = TempDir::new().unwrap();
    let erp = Metakocka::start(Options::small()).unwrap();
    let org = org(dir.path());
    let words = ["crm", "disconnect", "hrast"];
    let why = bad(&run(dir.path(), &words, ""), 1, "not_found");
    assert!(why.contains("no Metakocka is connected"), "{why}");
    let server = Program::serve(dir.path(), &[]);
    good(&connect(dir.path(), &erp, erp.secret_key()));
    good(&run(dir.path(), &["crm", "poll", "hrast"], ""));
    let done = good(&run(dir.path(), &words, ""));
    assert_eq!(done["company"], erp.company_id(), "{done}");
    let state = good(&run(dir.path(), &["crm", "status", &org], ""));
    assert_eq!(
        (&state["state"], &state["documents"]),
        (&json!("off"), &json!(0))
    );
    server.stop();
    let (erp, log) = kept(dir.path(), &org).await;
    assert_eq!(erp, None);
    let last = log.last().unwrap();
    assert_eq!((last.action.as_str(), last.member), ("disconnect", None));
}

#[tokio::test]
async fn desks_of_every_node_are_told() {
    let postgres = Postgres::start().unwrap();
    let url = postgres.create_database("team").unwrap();
    let place = ["--database-url", url.as_str()];
    let dir = TempDir::new().unwrap();
    let erp = Metakocka::start(Options::small()).unwrap();
    org_in(dir.path(), &place);
    let nodes = [(); 2].map(|()| Program::serve(dir.path(), &place));
    let mut lines = Vec::new();
    for node in &nodes {
        let desk = login(node.address).await;
        let mut line = Line::dial(node.address).await;
        let hello = json!({
            "type": "hello", "version": 1, "token": desk.token, "device": desk.device,
            "cursor": 0, "capabilities": [FACTS],
        });
        line.ws
            .send(Message::text(hello.to_string()))
            .await
            .unwrap();
        lines.push(line);
    }
    good(&connect_in(dir.path(), &place, &erp, erp.secret_key()));
    // One node mirrors; the desks of both hear of it and read the same.
    let mut read = Vec::new();
    for line in &mut lines {
        let state = loop {
            match line.frame().await {
                Some(ServerFrame::Facts(state)) if state.state == MirrorState::Live => break state,
                Some(_) => {}
                None => panic!("the line closed"),
            }
        };
        line.say(&ClientFrame::Customers { after: 0 }).await;
        let page = loop {
            match line.frame().await {
                Some(ServerFrame::Customers(page)) => break page,
                Some(_) => {}
                None => panic!("the line closed"),
            }
        };
        assert_eq!(page.life, state.life);
        assert!(page.upto >= state.version);
        // Their names may still be getting better.
        let mut ids: Vec<String> = page.rows.into_iter().map(|row| row.id).collect();
        ids.sort();
        assert!(ids.len() > 10, "{ids:?}");
        read.push(ids);
    }
    assert_eq!(read[0], read[1]);
    for node in nodes {
        node.stop();
    }
    let checked = good(&run(dir.path(), &["check", place[0], place[1]], ""));
    assert_eq!(checked["ok"], true, "{checked}");
}

#[tokio::test]
async fn what_news_are_signed_with_is_sealed_and_can_be_taken_back() {
    let dir = TempDir::new().unwrap();
    let erp = Metakocka::start(Options::small()).unwrap();
    let org = org(dir.path());
    let on = ["crm", "webhook", "hrast", "--secret-stdin"];
    bad(&run(dir.path(), &on, "skrivnost-42"), 1, "not_found");
    good(&connect(dir.path(), &erp, erp.secret_key()));
    bad(&run(dir.path(), &on, " "), 2, "usage");
    let said = good(&run(dir.path(), &on, "skrivnost-42"));
    let path = format!("/api/v1/erp/{org}/webhook");
    assert_eq!(said, json!({ "org": org, "path": path, "on": true }));
    let (row, log) = kept(dir.path(), &org).await;
    let sealed = row.unwrap().sealed_webhook.unwrap();
    let opened = Keys::in_folder(dir.path()).open(org.parse().unwrap(), &sealed);
    assert_eq!(opened.unwrap(), "skrivnost-42");
    let line = log.last().unwrap();
    assert_eq!(
        (line.action.as_str(), line.detail.as_str()),
        ("webhook", "on")
    );
    good(&run(dir.path(), &["crm", "webhook", "hrast", "--off"], ""));
    assert_eq!(kept(dir.path(), &org).await.0.unwrap().sealed_webhook, None);
}

#[tokio::test]
async fn nobody_looks_where_no_server_runs() {
    let dir = TempDir::new().unwrap();
    let erp = Metakocka::start(Options::small()).unwrap();
    let org = org(dir.path());
    good(&connect(dir.path(), &erp, erp.secret_key()));
    let words = ["crm", "poll", "hrast", "--wait", "1"];
    let said = bad(&run(dir.path(), &words, ""), 1, "unreachable");
    assert!(said.contains("no server runs"), "{said}");
    let asked = kept(dir.path(), &org).await.0.unwrap().asked_at;
    assert!(asked.is_some(), "a server that starts looks at once");
}

#[rstest]
#[case::in_the_clear(&["--base-url", "http://erp.example", "--company", "1"], "key", 2, "usage")]
#[case::no_url(&["--base-url", "erp.example", "--company", "1"], "key", 2, "usage")]
#[case::no_company(&["--base-url", "https://erp.example", "--company", " "], "key", 2, "usage")]
#[case::no_key(&["--base-url", "https://erp.example", "--company", "1"], " ", 2, "usage")]
fn what_cannot_be_connected_is_refused(
    #[case] more: &[&str],
    #[case] key: &str,
    #[case] exit: i32,
    #[case] code: &str,
) {
    let dir = TempDir::new().unwrap();
    org(dir.path());
    let words = [&["crm", "connect", "hrast", "--key-stdin"], more].concat();
    bad(&run(dir.path(), &words, key), exit, code);
    let status = good(&run(dir.path(), &["crm", "status", "hrast"], ""));
    assert_eq!(status["state"], "off");
    assert!(
        !dir.path().join("server.key").exists(),
        "nothing was sealed"
    );
}

#[test]
fn an_address_where_nobody_listens_is_not_kept() {
    let dir = TempDir::new().unwrap();
    org(dir.path());
    let words = [
        "crm",
        "connect",
        "hrast",
        "--base-url",
        "http://127.0.0.1:1",
        "--company",
        "1",
        "--key-stdin",
    ];
    bad(&run(dir.path(), &words, "key"), 1, "unreachable");
    let missing = ["crm", "status", "javor"];
    bad(&run(dir.path(), &missing, ""), 1, "not_found");
}
