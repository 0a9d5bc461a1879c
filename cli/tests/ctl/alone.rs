//! Without a team: the server inside the program has what is written, a team gets it on joining, and whoever is killed on the
//! way there or back has lost nothing and told nothing twice.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdout, Stdio};
use std::thread::sleep;
use std::time::Duration;

use kontor_server::core::storage::{SqliteStorage, Storage as _};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::desk::{Desk, spawn};
use crate::team::{House, sync};

/// `notes edit --stdin`, line by line.
struct Typing {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Typing {
    fn start(desk: &Desk) -> Self {
        let mut child = desk
            .command()
            .args(["--json", "notes", "edit", "customer:7", "--stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said }
    }

    fn write(&mut self, text: &str) {
        let line = json!({ "append": text });
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The next line of which something is said.
    fn wait(&mut self, what: &str) -> Value {
        loop {
            let line = self.said.next().expect("it goes on").unwrap();
            let line: Value = serde_json::from_str(&line).unwrap();
            if line[what].is_string() {
                return line;
            }
        }
    }

    /// As `kill -9` does it.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What lies in the profile's `team.db`, by id: the order there is not asked for.
fn inside(desk: &Desk) -> Vec<String> {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let storage = SqliteStorage::open(&desk.profile().join("team.db")).unwrap();
        let orgs = storage.orgs().await.unwrap();
        assert_eq!(orgs.len(), 1, "an organisation of one");
        assert_eq!(storage.members(orgs[0].id).await.unwrap().len(), 1);
        assert_eq!(storage.devices(orgs[0].id).await.unwrap().len(), 1);
        assert_eq!(storage.check().await.unwrap().problems, [""; 0]);
        let events = storage.events(orgs[0].id, 0, 10_000).await.unwrap();
        let ops = events.into_iter().filter(|e| e.op.body.kind() != "member");
        ops.map(|e| e.op.op_id.to_string()).collect()
    })
}

fn note(desk: &Desk) -> String {
    desk.run(&["notes", "show", "customer:7"]).ok().text()
}

fn history(desk: &Desk) -> BTreeSet<String> {
    let lines = desk.json(&["notes", "history", "customer:7"]).ok().lines();
    let ids = lines
        .iter()
        .map(|line| line["op_id"].as_str().unwrap().to_owned());
    ids.collect()
}

#[test]
fn alone_an_edit_is_acknowledged_while_another_process_asks() {
    let desk = Desk::new();
    let empty = desk.json(&["team", "sync"]).ok().one();
    assert_eq!(empty, json!({ "queue": 0, "cursor": 0, "head": 0 }));
    assert!(
        !desk.profile().join("team.db").exists(),
        "no file for nothing"
    );

    let mut typing = Typing::start(&desk);
    typing.write("ena ");
    let acked = typing.wait("acked_at");
    assert!(acked["seq"].as_u64().is_some_and(|seq| seq > 0), "{acked}");
    desk.json(&["notes", "edit", "customer:7", "--append", "dve "])
        .ok();
    let level = sync(&desk);
    assert!(level["head"].as_u64() >= acked["seq"].as_u64(), "{level}");
    let status = desk.json(&["team", "status"]).ok().one();
    for (name, want) in [
        ("state", json!("alone")),
        ("server", Value::Null),
        ("org", Value::Null),
        ("why", Value::Null),
        ("cursor", level["head"].clone()),
    ] {
        assert_eq!(status[name], want, "{name}: {status}");
    }
    assert_eq!(status["queue"]["length"], 0, "{status}");
    assert_eq!(desk.json(&["presence"]).ok().one()["members"], json!([]));
    typing.write("tri ");
    typing.wait("acked_at");
    typing.kill();
    assert_eq!(note(&desk), "ena dve tri ");
    assert_eq!(inside(&desk).len(), 3);
}

#[test]
fn killed_on_the_way_there_and_back_nothing_is_lost_or_told_twice() {
    let house = House::open();
    let desk = Desk::new();
    let mut typing = Typing::start(&desk);
    for n in 0..200 {
        typing.write(&format!("{n} "));
    }
    for _ in 0..150 {
        typing.wait("stored_at");
    }
    typing.kill();
    for pause in [5, 40, 120] {
        killed_sync(&desk, pause);
    }
    sync(&desk);
    let own = history(&desk);
    assert!(
        own.len() >= 150,
        "what was said to be stored is: {}",
        own.len()
    );
    assert_eq!(inside(&desk).into_iter().collect::<BTreeSet<_>>(), own);
    assert_eq!(inside(&desk).len(), own.len(), "each once");

    house.join(&desk, "Ana");
    for pause in [5, 40, 120] {
        killed_sync(&desk, pause);
    }
    sync(&desk);
    assert_eq!(house.told(), own.len(), "each once");
    let bor = house.desk("Bor");
    sync(&bor);
    assert_eq!(note(&bor), note(&desk));
    bor.json(&["notes", "edit", "customer:7", "--append", "Bor "])
        .ok();
    sync(&bor);
    sync(&desk);
    for n in 0..20 {
        let text = format!("v ekipi {n} ");
        desk.json(&["notes", "edit", "customer:7", "--append", &text])
            .ok();
    }
    sync(&desk);

    desk.json(&["team", "leave"]).ok();
    let text = note(&desk);
    assert!(
        text.contains("Bor "),
        "what a colleague wrote stays readable"
    );
    killed_sync(&desk, 5);
    killed_sync(&desk, 40);
    sync(&desk);
    let mut ours = history(&desk);
    assert_eq!(ours.len(), own.len() + 21);
    let there = inside(&desk);
    assert_eq!(
        there.len(),
        own.len() + 20,
        "one's own, each once; not Bor's"
    );
    ours.retain(|id| there.contains(id));
    assert_eq!(ours.len(), there.len());
    assert_eq!(note(&desk), text);

    desk.json(&["notes", "edit", "customer:7", "--append", "doma "])
        .ok();
    sync(&desk);
    house.join(&desk, "Ana");
    sync(&desk);
    sync(&bor);
    assert_eq!(house.told(), own.len() + 22);
    assert_eq!(note(&bor), format!("{text}doma "));
}

/// A sync that does not get far.
fn killed_sync(desk: &Desk, milliseconds: u64) {
    let mut child = spawn(desk, &["team", "sync"]);
    // Where it dies is chance on purpose: whatever it was doing must not matter.
    sleep(Duration::from_millis(milliseconds));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_second_file_that_is_gone_or_damaged_is_made_anew_and_a_lost_store_comes_back() {
    let desk = Desk::new();
    for n in 0..5 {
        let text = format!("{n} ");
        desk.json(&["notes", "edit", "customer:7", "--append", &text])
            .ok();
    }
    desk.json(&["records", "set", "customer:7", "phone=041 123 456"])
        .ok();
    sync(&desk);
    let there: BTreeSet<_> = inside(&desk).into_iter().collect();
    assert_eq!(there.len(), 6);
    let file = |end: &str| desk.profile().join(format!("team.db{end}"));
    for end in ["", "-wal", "-shm"] {
        drop(fs::remove_file(file(end)));
    }
    sync(&desk);
    assert_eq!(
        inside(&desk).into_iter().collect::<BTreeSet<_>>(),
        there,
        "gone"
    );
    for end in ["-wal", "-shm"] {
        drop(fs::remove_file(file(end)));
    }
    fs::write(
        file(""),
        b"this was a database once, and then the disk had a bad day",
    )
    .unwrap();
    sync(&desk);
    assert_eq!(
        inside(&desk).into_iter().collect::<BTreeSet<_>>(),
        there,
        "damaged"
    );
    assert!(file(".damaged").exists(), "and kept aside");

    let fresh = Desk::new();
    fs::create_dir_all(fresh.profile()).unwrap();
    fs::copy(file(""), fresh.profile().join("team.db")).unwrap();
    sync(&fresh);
    assert_eq!(
        note(&fresh),
        "0 1 2 3 4 ",
        "the store is new, the notes are back"
    );
    let record = fresh.json(&["records", "get", "customer:7"]).ok().text();
    assert!(record.contains("041 123 456"), "{record}");
    assert_eq!(history(&fresh), history(&desk));
}
