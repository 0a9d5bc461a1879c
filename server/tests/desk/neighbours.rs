//! Who is there, as desks of several nodes on one PostgreSQL see each other.

use kontor_protocol::Availability::{Away, Busy, Offline, Online};
use kontor_protocol::SignedIn;
use kontor_testkit::Postgres;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::{Asking, Line, PASSWORD, ask};
use crate::presence::{until, word};
use crate::process::{Program, attach, login, run};

struct Nodes {
    dir: TempDir,
    url: String,
    _postgres: Postgres,
}

impl Nodes {
    fn new() -> Self {
        let postgres = Postgres::start().unwrap();
        let nodes = Self {
            url: postgres.create_database("team").unwrap(),
            dir: TempDir::new().unwrap(),
            _postgres: postgres,
        };
        nodes.admin(&[
            "create-org",
            "Čebela",
            "--admin",
            "ana@example.com",
            "--password-stdin",
        ]);
        nodes
    }

    fn admin(&self, words: &[&str]) -> Value {
        let words = [&["admin", "--json", "--database-url", &self.url], words].concat();
        let output = run(self.dir.path(), &words);
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn node(&self) -> Program {
        Program::serve(self.dir.path(), &["--database-url", &self.url])
    }

    /// A new member, who signs in at this node.
    async fn member(&self, node: &Program, email: &str) -> SignedIn {
        let invited = self.admin(&["invite", "Čebela"]);
        let join =
            json!({ "code": invited["code"], "email": email, "password": PASSWORD, "device": "x" });
        let join = join.to_string();
        let asking = Asking {
            token: None,
            body: Some(&join),
        };
        let (status, joined) = ask(node.address, "POST", "/api/v1/join", asking).await;
        assert_eq!(status, 200, "{joined}");
        serde_json::from_value(joined).unwrap()
    }
}

#[tokio::test]
async fn colleagues_on_different_nodes_see_each_other_and_a_dead_node_loses_no_intent() {
    let nodes = Nodes::new();
    let (one, two) = (nodes.node(), nodes.node());
    let ana = login(one.address).await;
    let bor = nodes.member(&two, "bor@example.com").await;
    let mut here = attach(one.address, &ana, 0).await;
    let mut there = attach(two.address, &bor, 0).await;
    until(&mut here, bor.member, Online, None).await;
    until(&mut there, ana.member, Online, None).await;
    there.say(&word(Busy, Some("thread:a"))).await;
    until(&mut here, bor.member, Busy, Some("thread:a")).await;
    here.say(&word(Away, None)).await;
    until(&mut there, ana.member, Away, None).await;

    // Two desks of one person on two nodes are one person: the newest word counts.
    let laptop = login(two.address).await;
    let mut second = attach(two.address, &laptop, 0).await;
    second.say(&word(Busy, None)).await;
    until(&mut here, ana.member, Busy, None).await;
    drop(second);
    until(&mut there, ana.member, Away, None).await;

    // The node dies with a reply half written.
    two.kill();
    drop(there);
    until(&mut here, bor.member, Offline, Some("thread:a")).await;
    // Who comes to another node later is told as well.
    let three = nodes.node();
    let eva = nodes.member(&three, "eva@example.com").await;
    let mut late = attach(three.address, &eva, 0).await;
    until(&mut late, bor.member, Offline, Some("thread:a")).await;
    until(&mut late, ana.member, Away, None).await;

    // The desk is back on a node that never knew of it, and has sent the reply.
    let mut back = attach(three.address, &bor, 0).await;
    until(&mut here, bor.member, Online, Some("thread:a")).await;
    back.say(&word(Online, None)).await;
    until(&mut here, bor.member, Online, None).await;
    until(&mut late, bor.member, Online, None).await;

    // Who leaves in order leaves an intent, too, and it outlives the node that heard of it.
    back.say(&word(Online, Some("thread:b"))).await;
    until(&mut here, bor.member, Online, Some("thread:b")).await;
    drop(back);
    until(&mut here, bor.member, Offline, Some("thread:b")).await;
    drop(late);
    three.kill();
    let four = nodes.node();
    let mut late = attach(four.address, &eva, 0).await;
    until(&mut late, bor.member, Offline, Some("thread:b")).await;
    until(&mut here, eva.member, Online, None).await;
}

#[tokio::test]
async fn organisations_on_the_same_nodes_hear_nothing_of_each_other() {
    let nodes = Nodes::new();
    let (one, two) = (nodes.node(), nodes.node());
    nodes.admin(&[
        "create-org",
        "Osa",
        "--admin",
        "osa@example.com",
        "--password-stdin",
    ]);
    let ana = login(one.address).await;
    let body = json!({ "email": "osa@example.com", "password": PASSWORD, "device": "x" });
    let body = body.to_string();
    let asking = Asking {
        token: None,
        body: Some(&body),
    };
    let (_, osa) = ask(two.address, "POST", "/api/v1/login", asking).await;
    let osa: SignedIn = serde_json::from_value(osa).unwrap();
    let mut here = attach(one.address, &ana, 0).await;
    let mut there: Line = attach(two.address, &osa, 0).await;
    there.say(&word(Busy, Some("thread:a"))).await;
    until(&mut there, osa.member, Busy, Some("thread:a")).await;
    // Later than what might have crossed.
    let laptop = login(two.address).await;
    let mut own = attach(two.address, &laptop, 0).await;
    own.say(&word(Busy, Some("thread:c"))).await;
    until(&mut here, ana.member, Busy, Some("thread:c")).await;
    assert!(
        here.presence.iter().all(|m| m.member == ana.member),
        "{:?}",
        here.presence
    );
}

#[tokio::test]
async fn a_device_signed_out_at_one_node_is_cut_off_at_another() {
    let nodes = Nodes::new();
    let (one, two) = (nodes.node(), nodes.node());
    let (ana, laptop) = (login(one.address).await, login(two.address).await);
    let mut line = attach(two.address, &laptop, 0).await;
    let path = format!("/api/v1/orgs/{}/devices/{}", ana.org, laptop.device);
    let asking = Asking {
        token: Some(&ana.token),
        body: None,
    };
    assert_eq!(ask(one.address, "DELETE", &path, asking).await.0, 204);
    let reject = line.closed().await.expect("the server says why");
    assert_eq!(reject.code, kontor_protocol::RejectCode::Auth);
}
