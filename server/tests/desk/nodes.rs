//! Several nodes on one PostgreSQL.

use std::path::Path;
use std::process::Output;

use kontor_protocol::RejectCode;
use kontor_testkit::Postgres;
use serde_json::Value;
use tempfile::TempDir;

use crate::house::{Asking, ask, note};
use crate::process::{Program, attach, login, run};

fn admin(dir: &Path, url: &str, words: &[&str]) -> Output {
    run(
        dir,
        &[&["admin", "--json", "--database-url", url], words].concat(),
    )
}

#[tokio::test]
async fn desks_of_two_nodes_are_one_team_and_move_when_a_node_is_killed() {
    let postgres = Postgres::start().unwrap();
    let url = postgres.create_database("team").unwrap();
    let dir = TempDir::new().unwrap();
    let made = admin(
        dir.path(),
        &url,
        &[
            "create-org",
            "Čebela",
            "--admin",
            "ana@example.com",
            "--password-stdin",
        ],
    );
    assert!(made.status.success(), "{made:?}");
    let one = Program::serve(dir.path(), &["--database-url", &url]);
    let two = Program::serve(dir.path(), &["--database-url", &url]);
    let (ana, laptop) = (login(one.address).await, login(two.address).await);
    let mut here = attach(one.address, &ana, 0).await;
    let mut there = attach(two.address, &laptop, 0).await;
    for n in 1..=20 {
        let pushing = if n % 2 == 0 { &mut here } else { &mut there };
        pushing.push(vec![note(n), note(n)]).await;
    }
    here.until("all events", |l| l.events.len() == 41 && l.acks.len() == 20)
        .await;
    there
        .until("all events", |l| l.events.len() == 41 && l.acks.len() == 20)
        .await;
    assert_eq!(
        here.seqs(),
        (1..=41).collect::<Vec<_>>(),
        "gapless over both nodes"
    );
    assert_eq!(here.events, there.events, "in one order");

    // The node dies with a push on its way; the desk goes to the other with its cursor and asks again.
    let last = note(99);
    here.push(vec![last.clone()]).await;
    one.kill();
    let mut here = attach(two.address, &ana, 41).await;
    here.push(vec![last.clone()]).await;
    here.until("the ack and the event", |l| {
        l.acks.len() == 1 && l.events.len() == 1
    })
    .await;
    there.until("the event", |l| l.events.len() == 42).await;
    assert_eq!(here.events[0].op, last, "once, wherever it was stored");
    assert_eq!(here.events[0], there.events[41]);

    let revoked = admin(dir.path(), &url, &["revoke", &laptop.device.to_string()]);
    assert!(revoked.status.success(), "{revoked:?}");
    let reject = there.closed().await.expect("the server hears of it");
    assert_eq!(reject.code, RejectCode::Auth);
    let checked = admin(dir.path(), &url, &["check"]);
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(
        (&checked["ok"], &checked["events"]),
        (&Value::from(true), &Value::from(42))
    );
}

#[tokio::test]
async fn a_database_that_goes_away_and_comes_back_costs_nothing() {
    let postgres = Postgres::start().unwrap();
    let url = postgres.create_database("team").unwrap();
    let dir = TempDir::new().unwrap();
    let words = [
        "create-org",
        "Čebela",
        "--admin",
        "ana@example.com",
        "--password-stdin",
    ];
    assert!(admin(dir.path(), &url, &words).status.success());
    let server = Program::serve(dir.path(), &["--database-url", &url]);
    let ana = login(server.address).await;
    let mut line = attach(server.address, &ana, 0).await;
    line.push(vec![note(1)]).await;
    line.until("the ack", |l| l.acks.len() == 1).await;
    let ready = async || {
        ask(server.address, "GET", "/readyz", Asking::default())
            .await
            .0
    };
    assert_eq!(ready().await, 200);

    let away = "ALTER DATABASE team ALLOW_CONNECTIONS false; \
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'team'";
    postgres.psql("postgres", away).unwrap();
    let op = note(2);
    line.push(vec![op.clone()]).await;
    line.until("the refusal", |l| l.rejects.len() == 1).await;
    let reject = line.rejects.remove(0);
    assert_eq!(
        (reject.op_id, reject.code),
        (Some(op.op_id), RejectCode::Internal)
    );
    assert!(
        reject.code.is_passing(),
        "the desk keeps it and tries again"
    );
    assert_eq!(ready().await, 503);

    postgres
        .psql("postgres", "ALTER DATABASE team ALLOW_CONNECTIONS true")
        .unwrap();
    while line.acks.len() < 2 {
        let (acks, rejects) = (line.acks.len(), line.rejects.len());
        line.push(vec![op.clone()]).await;
        line.until("an answer", |l| {
            l.acks.len() > acks || l.rejects.len() > rejects
        })
        .await;
    }
    line.until("the event", |l| l.events.iter().any(|event| event.op == op))
        .await;
    assert_eq!(line.seqs(), [1, 2, 3], "on the same line, without a gap");
    assert_eq!(ready().await, 200);
}
