//! Two desks and a real server: what one writes, the other reads; offline, after a restore, and when both are right.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use kontor_protocol::Role;
use kontor_server::core::clock::Clock;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::identity::Identity;
use kontor_server::core::storage::{SqliteStorage, Storage as _};
use kontor_server::http::App;
use kontor_server::http::doors::{Doors, HEAD};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, Watch};

const PASSWORD: &[u8] = b"correct horse\n";

/// A server that can be stopped and started again at its address.
pub(crate) struct House {
    pub(crate) dir: TempDir,
    pub(crate) runtime: Runtime,
    pub(crate) address: SocketAddr,
    running: Option<Running>,
}

struct Running {
    stop: CancellationToken,
    serving: tokio::task::JoinHandle<()>,
    storage: SqliteStorage,
}

impl House {
    pub(crate) fn open() -> Self {
        let mut house = Self {
            dir: tempfile::tempdir().unwrap(),
            runtime: Runtime::new().unwrap(),
            address: "127.0.0.1:0".parse().unwrap(),
            running: None,
        };
        house.start("server.db");
        let identity = house.identity();
        let made = identity.create_org("Hrast & Vijak", "maja@hrast.example", "correct horse");
        house.runtime.block_on(made).unwrap();
        house
    }

    pub(crate) fn start(&mut self, file: &str) {
        let path = self.dir.path().join(file);
        let address = self.address;
        let running = self.runtime.block_on(async {
            let storage = SqliteStorage::open(&path).unwrap();
            let doors = Doors::open(address, None, HEAD).await.unwrap();
            let url = doors.url();
            let app = App::new(storage.clone(), Clock::system(), Limits::default(), &url);
            let stop = CancellationToken::new();
            let stopped = stop.clone();
            let serving = self.runtime.spawn(async move {
                let stop = async move { stopped.cancelled().await };
                app.serve(doors, stop).await.unwrap();
            });
            (
                url,
                Running {
                    stop,
                    serving,
                    storage,
                },
            )
        });
        self.address = running.0.strip_prefix("http://").unwrap().parse().unwrap();
        self.running = Some(running.1);
    }

    pub(crate) fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.stop.cancel();
        self.runtime.block_on(running.serving).unwrap();
    }

    pub(crate) fn storage(&self) -> SqliteStorage {
        self.running.as_ref().unwrap().storage.clone()
    }

    fn identity(&self) -> Identity<SqliteStorage> {
        Identity::new(self.storage(), Clock::system())
    }

    pub(crate) fn backup(&self, file: &Path) {
        self.runtime.block_on(self.storage().backup(file)).unwrap();
    }

    pub(crate) fn restore(&self, file: &Path) {
        self.runtime.block_on(self.storage().restore(file)).unwrap();
    }

    pub(crate) fn invitation(&self) -> String {
        let identity = self.identity();
        let orgs = self.runtime.block_on(self.storage().orgs()).unwrap();
        let invited = identity.invite(orgs[0].id, Role::Member, None);
        self.runtime.block_on(invited).unwrap().code
    }

    /// How many changes of people the server has.
    pub(crate) fn told(&self) -> usize {
        let storage = self.storage();
        let events = self.runtime.block_on(async {
            let orgs = storage.orgs().await.unwrap();
            storage.events(orgs[0].id, 0, 100_000).await.unwrap()
        });
        let ops = events.iter().filter(|e| e.op.body.kind() != "member");
        ops.count()
    }

    /// A new desk of a new member.
    pub(crate) fn desk(&self, name: &str) -> Desk {
        let desk = Desk::new();
        self.join(&desk, name);
        desk
    }

    pub(crate) fn join(&self, desk: &Desk, name: &str) -> Value {
        let (code, server) = (self.invitation(), format!("http://{}", self.address));
        let email = format!("{name}@hrast.example");
        let words = [
            "team",
            "join",
            &code,
            "--server",
            &server,
            "--name",
            name,
            "--email",
            &email,
            "--password-stdin",
        ];
        desk.json_in(&words, PASSWORD).ok().one()
    }
}

pub(crate) fn sync(desk: &Desk) -> Value {
    let synced = desk.json(&["team", "sync"]).ok().one();
    assert_eq!(synced["queue"], 0, "{synced}");
    assert_eq!(synced["cursor"], synced["head"], "{synced}");
    synced
}

pub(crate) fn note(desk: &Desk, subject: &str) -> String {
    desk.run(&["notes", "show", subject]).ok().text()
}

#[test]
fn what_was_written_before_joining_is_shared_and_both_words_stay() {
    let house = House::open();
    let ana = Desk::new();
    let alone = ana.json(&["team", "status"]).ok().one();
    assert_eq!(
        (&alone["state"], &alone["server"]),
        (&json!("alone"), &Value::Null),
        "{alone}"
    );
    ana.json(&[
        "notes",
        "edit",
        "customer:7",
        "--append",
        "Pokliči v sredo.",
    ])
    .ok();
    sync(&ana);
    let joined = house.join(&ana, "Ana");
    assert_eq!(
        joined["queue"]["length"], 1,
        "what was written waits: {joined}"
    );
    let bor = house.desk("Bor");
    sync(&ana);
    sync(&bor);
    assert_eq!(
        note(&bor, "customer:7"),
        "Pokliči v sredo.",
        "exactly the text"
    );

    ana.json(&[
        "notes",
        "edit",
        "customer:7",
        "--splice",
        "10",
        "5",
        "četrtek",
    ])
    .ok();
    bor.json(&[
        "notes",
        "edit",
        "customer:7",
        "--splice",
        "0",
        "0",
        "Nujno! ",
    ])
    .ok();
    for desk in [&ana, &bor, &ana] {
        sync(desk);
    }
    assert_eq!(note(&ana, "customer:7"), "Nujno! Pokliči v četrtek.");
    assert_eq!(note(&ana, "customer:7"), note(&bor, "customer:7"));
    let history = ana.json(&["notes", "history", "customer:7"]).ok().lines();
    assert_eq!(history.len(), 3);
    let first = ana
        .run(&["notes", "show", "customer:7", "--version", "1"])
        .ok()
        .text();
    assert_eq!(first, "Pokliči v sredo.");

    ana.json(&["team", "leave"]).ok();
    assert_eq!(
        note(&ana, "customer:7"),
        "Nujno! Pokliči v četrtek.",
        "a copy stays"
    );
    assert_eq!(ana.json(&["team", "status"]).ok().one()["state"], "alone");
}

#[test]
fn offline_edits_wait_are_told_once_and_survive_a_restored_server() {
    let mut house = House::open();
    let (ana, bor) = (house.desk("Ana"), house.desk("Bor"));
    ana.json(&["notes", "edit", "customer:7", "--append", "one "])
        .ok();
    sync(&ana);
    let backup = house.dir.path().join("backup");
    house.backup(&backup);
    ana.json(&["notes", "edit", "customer:7", "--append", "two "])
        .ok();
    sync(&ana);
    sync(&bor);

    house.stop();
    bor.json(&["notes", "edit", "customer:7", "--append", "three "])
        .ok();
    let offline = bor.json(&["team", "sync", "--wait", "0.5"]).code(4);
    assert!(offline.error().1.contains("1 changes wait"), "{offline:?}");
    let status = bor.json(&["team", "status"]).ok().one();
    assert_eq!(status["queue"]["length"], 1, "{status}");
    assert!(status["queue"]["oldest_at"].is_string(), "{status}");

    // The server comes back from a backup that lacks what was acknowledged since.
    house.start("restored.db");
    house.restore(&backup);
    for desk in [&bor, &ana, &bor] {
        sync(desk);
    }
    assert_eq!(note(&ana, "customer:7"), "one two three ");
    assert_eq!(note(&ana, "customer:7"), note(&bor, "customer:7"));
    let checked = house.runtime.block_on(house.storage().check()).unwrap();
    assert_eq!(checked.problems, [""; 0]);
}

#[test]
fn a_colleague_follows_while_one_types() {
    let house = House::open();
    let (ana, bor) = (house.desk("Ana"), house.desk("Bor"));
    let follow = |words: &[&str]| Watch::following(bor.command().arg("--json").args(words));
    let note = follow(&["notes", "show", "customer:7", "--follow"]);
    note.wait("the first line", |line| line["version"] == 0);
    let activity = follow(&["activity", "--follow"]);
    let presence = follow(&["presence", "--follow"]);
    presence.wait("Bor is there", |line| {
        line["name"] == "Bor" && line["state"] == "online"
    });

    let mut typing = ana
        .command()
        .args(["--json", "notes", "edit", "customer:7", "--stdin"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = typing.stdin.take().unwrap();
    stdin
        .write_all(
            b"{\"append\":\"Ana \"}\n{\"splice\":[0,3,\"Maja\"]}\n{\"splice\":[99,1,\"\"]}\n",
        )
        .unwrap();
    note.wait("both edits", |line| line["text"] == "Maja ");
    activity.wait("who did it", |line| {
        line["name"] == "Ana" && line["type"] == "note"
    });
    presence.wait("Ana is there", |line| {
        line["name"] == "Ana" && line["state"] == "online"
    });
    drop(stdin);
    let output = typing.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        said.iter()
            .filter(|line| line["stored_at"].is_string())
            .count(),
        2,
        "{said:?}"
    );
    assert_eq!(
        said.iter()
            .filter(|line| line["error"]["code"] == "usage")
            .count(),
        1,
        "{said:?}"
    );
    let news = note.wait("the last", |line| line["text"] == "Maja ");
    assert!(
        news["occurred_at"].is_string() && news["received_at"].is_string(),
        "{news}"
    );
    presence.wait("Ana is gone", |line| {
        line["name"] == "Ana" && line["state"] == "offline"
    });
}

#[test]
fn a_critical_field_waits_for_a_person_the_newest_wins_elsewhere() {
    let house = House::open();
    let (ana, bor) = (house.desk("Ana"), house.desk("Bor"));
    ana.json(&[
        "records",
        "set",
        "customer:7",
        "credit_limit=5000",
        "phone=1",
    ])
    .ok();
    sync(&ana);
    sync(&bor);
    ana.json(&[
        "records",
        "set",
        "customer:7",
        "credit_limit=8000",
        "phone=2",
    ])
    .ok();
    bor.json(&[
        "records",
        "set",
        "customer:7",
        "credit_limit=6000",
        "phone=3",
    ])
    .ok();
    for desk in [&ana, &bor, &ana] {
        sync(desk);
    }
    let fields =
        |desk: &Desk| desk.json(&["records", "get", "customer:7"]).ok().one()["fields"].clone();
    assert_eq!(
        fields(&ana)["credit_limit"]["value"],
        "5000",
        "nobody wins silently"
    );
    assert_eq!(fields(&ana)["phone"]["value"], "3", "the newest edit");
    let open = ana.json(&["records", "conflicts"]).ok().one();
    assert_eq!(
        (&open["mine"], &open["theirs"]),
        (&json!("8000"), &json!("6000")),
        "{open}"
    );

    let id = open["id"].as_str().unwrap();
    bor.json(&["records", "resolve", id, "--take", "7000"]).ok();
    sync(&bor);
    sync(&ana);
    assert_eq!(fields(&ana), fields(&bor), "all desks agree");
    assert_eq!(fields(&ana)["credit_limit"]["value"], "7000");
    ana.json(&["records", "resolve", id, "--take", "mine"])
        .code(1);
    assert_eq!(
        ana.json(&["records", "conflicts"]).ok().lines(),
        [Value::Null; 0]
    );
}

#[test]
fn admins_say_which_fields_wait_for_a_person() {
    let house = House::open();
    let (ana, bor) = (house.desk("Ana"), house.desk("Bor"));
    let admin = house.desk("maja");
    sync(&admin);
    let standard = json!(["credit_limit", "delivery_promise", "price_agreement"]);
    let fields = |desk: &Desk| desk.json(&["team", "critical"]).ok().one()["fields"].clone();
    assert_eq!(fields(&ana), standard);
    ana.json(&["team", "critical", "--set", "discount"]).code(1);
    admin
        .json(&["team", "critical", "--set", "discount,status"])
        .code(2);
    admin.json(&["team", "critical", "--set", "discount"]).ok();
    sync(&admin);
    for (desk, value) in [
        (&ana, "discount=8"),
        (&bor, "discount=6"),
        (&ana, "phone=1"),
    ] {
        desk.json(&["records", "set", "customer:7", value]).ok();
    }
    for desk in [&ana, &bor, &ana] {
        sync(desk);
    }
    assert_eq!(fields(&bor), json!(["discount"]), "told to all");
    for desk in [&ana, &bor] {
        let open = desk.json(&["records", "conflicts"]).ok().one();
        assert_eq!(open["field"], "discount", "{open}");
    }
    admin.json(&["team", "critical", "--standard"]).ok();
    sync(&admin);
    sync(&bor);
    assert_eq!(fields(&bor), standard);
}

#[test]
fn what_cannot_be_is_said() {
    let house = House::open();
    let desk = Desk::new();
    let server = format!("http://{}", house.address);
    let join = |code: &str, server: &str| {
        let words = [
            "team",
            "join",
            code,
            "--server",
            server,
            "--email",
            "ana@hrast.example",
            "--password-stdin",
        ];
        desk.json_in(&words, PASSWORD)
    };
    join("NOTA-CODE-0000-0000", &server).code(1);
    join("A", "http://team.example.com").code(2);
    join("A", "http://127.0.0.1:1").code(4);
    let code = house.invitation();
    join(&code, &server).ok();
    let (right, wrong) = (Desk::new(), Desk::new());
    let again = [
        "team",
        "join",
        &code,
        "--server",
        &server,
        "--email",
        "ana@hrast.example",
        "--password-stdin",
    ];
    right.json_in(&again, PASSWORD).ok();
    let refused = wrong.json_in(&again, b"wrong password\n");
    assert_ne!(
        refused.code, 0,
        "a used code signs its member in, nobody else"
    );
    desk.json(&["team", "invite"]).code(1);
    desk.json(&["notes", "show", "customer:nobody"]).code(1);
    for words in [
        &["notes", "show", "order:7"][..],
        &["notes", "edit", "customer:7", "--splice", "1", "x", "y"],
        &["notes", "edit", "customer:7", "--splice", "5", "1", ""],
        &["notes", "edit", "customer:7"],
        &["records", "set", "customer:7", "Phone=1"],
        &["records", "set", "customer:7", "status=finished"],
        &["team", "sync", "--wait", "soon"],
    ] {
        desk.json(words).code(2);
    }
    sync(&desk);
    desk.json(&["assign", "thread:a@b", "nobody"]).code(1);
    let ana = desk
        .json(&["assign", "thread:a@b", "ana@hrast.example"])
        .ok()
        .one();
    assert_eq!(
        ana["member"],
        desk.json(&["team", "status"]).ok().one()["member"],
        "{ana}"
    );
}
