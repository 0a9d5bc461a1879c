//! Files in notes, over two desks and a real server: offline, over a line that is cut, killed, and after a restore.

use std::str::FromStr as _;
use std::time::Instant;

use kontor_protocol::{FileHash, MemberId};
use kontor_server::core::clock::Clock;
use kontor_server::core::storage::{FilePiece, Files as _, PutPiece, Storage as _};
use kontor_testkit::{Direction, FaultProxy, Faults};
use serde_json::{Value, json};

use crate::desk::{Desk, PATIENCE, spawn};
use crate::team::{House, note, sync};

const NOTE: &str = "customer:7";

fn content(length: usize, seed: usize) -> Vec<u8> {
    (0..length)
        .map(|n| (n.wrapping_mul(31).wrapping_add(n / 997 + seed) % 251) as u8)
        .collect()
}

fn attach(desk: &Desk, name: &str, bytes: &[u8]) -> Value {
    let file = desk.file(name, bytes);
    let said = desk.json(&["notes", "attach", NOTE, &file]).ok().one();
    assert_eq!(said["sha256"], FileHash::of(bytes).to_string(), "{said}");
    assert_eq!(
        (&said["name"], &said["size"], &said["subject"]),
        (&json!(name), &json!(bytes.len()), &json!(NOTE))
    );
    assert!(said["op_id"].is_string(), "{said}");
    said
}

fn files(desk: &Desk) -> Vec<(String, String)> {
    let lines = desk.json(&["notes", "files", NOTE]).ok().lines();
    let of = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    lines
        .iter()
        .map(|line| (of(line, "name"), of(line, "state")))
        .collect()
}

fn state(name: &str, state: &str) -> (String, String) {
    (name.to_owned(), state.to_owned())
}

/// What the file saved from the note has in it.
fn saved(desk: &Desk, bytes: &[u8]) -> bool {
    let to = desk.path("saved");
    let hash = FileHash::of(bytes).to_string();
    let words = ["notes", "file", NOTE, &hash, "-o", to.to_str().unwrap()];
    let said = desk.json(&words).ok().one();
    assert_eq!(said["size"], bytes.len(), "{said}");
    std::fs::read(&to).unwrap() == bytes
}

impl House {
    /// How the server has a file: bytes, and whether it is whole.
    fn has(&self, bytes: &[u8]) -> Option<(u64, bool)> {
        let orgs = self.runtime.block_on(self.storage().orgs()).unwrap();
        let (storage, hash) = (self.storage(), FileHash::of(bytes));
        let head = self.runtime.block_on(storage.file(orgs[0].id, hash));
        head.unwrap().map(|head| (head.received, head.whole))
    }

    fn join_through(&self, desk: &Desk, name: &str, port: u16) {
        let (code, server) = (self.invitation(), format!("http://127.0.0.1:{port}"));
        let email = format!("{name}@hrast.example");
        let words = ["team", "join", &code, "--server", &server, "--name", name];
        let more = ["--email", &email, "--password-stdin"];
        let words = [&words[..], &more].concat();
        desk.json_in(&words, b"correct horse\n").ok();
    }
}

#[test]
fn a_file_is_here_at_once_and_at_the_colleagues_desk_when_they_want_it() {
    let mut house = House::open();
    let alone = Desk::new();
    let (small, large) = (content(900, 1), content(25 << 20, 2));
    alone
        .json(&["notes", "edit", NOTE, "--append", "Ponudba:"])
        .ok();
    attach(&alone, "ponudba [č].pdf", &small);
    assert_eq!(
        files(&alone),
        [state("ponudba [č].pdf", "local")],
        "no team"
    );
    assert!(saved(&alone, &small), "without any server");
    let hash = FileHash::of(&small);
    let link = format!("[ponudba \\[č\\].pdf](kontor-file:{hash}?size=900&type=application/pdf)");
    assert_eq!(note(&alone, NOTE), format!("Ponudba:\n{link}\n"));

    house.join(&alone, "Ana");
    let (ana, bor) = (alone, house.desk("Bor"));
    house.stop();
    attach(&ana, "large.bin", &large);
    let both = |large: &str| {
        [
            state("ponudba [č].pdf", "uploading"),
            state("large.bin", large),
        ]
    };
    assert_eq!(files(&ana), both("uploading"), "offline it waits");
    let waits = ana.json(&["team", "sync", "--wait", "0.5"]).code(4);
    assert!(waits.error().1.contains("wait"), "{waits:?}");
    house.start("server.db");
    sync(&ana);
    assert_eq!(house.has(&small), Some((900, true)));
    assert_eq!(house.has(&large), Some((25 << 20, true)));
    let local = [
        state("ponudba [č].pdf", "local"),
        state("large.bin", "local"),
    ];
    assert_eq!(files(&ana), local);

    sync(&bor);
    let remote = [
        state("ponudba [č].pdf", "remote"),
        state("large.bin", "remote"),
    ];
    assert_eq!(
        files(&bor),
        remote,
        "the note is here, its files are asked for"
    );
    assert!(saved(&bor, &large), "the largest there is");
    assert!(saved(&bor, &small));
    assert_eq!(files(&bor), local, "kept here");
    house.stop();
    assert!(saved(&bor, &large), "offline, too");
}

#[test]
fn a_colleagues_file_that_is_not_sent_yet_is_waited_for() {
    let house = House::open();
    let (ana, bor) = (house.desk("Ana"), house.desk("Bor"));
    let bytes = content(3000, 3);
    sync(&bor);
    // Bor names it as Ana's desk would, before that desk has sent it.
    let members = ana.json(&["team", "status"]).ok().one();
    let member = members["member"]
        .as_str()
        .unwrap_or_else(|| panic!("{members}"));
    let hash = FileHash::of(&bytes);
    let link = format!("[slika.png](kontor-file:{hash}?size=3000&type=image/png&by={member})");
    bor.json(&["notes", "edit", NOTE, "--append", &link]).ok();
    sync(&bor);
    assert_eq!(files(&bor), [state("slika.png", "waiting")]);
    let text = bor.run(&["notes", "files", NOTE]).ok().text();
    assert!(text.contains("waiting for Ana"), "{text}");
    let to = bor.path("none");
    let name = hash.to_string();
    let words = ["notes", "file", NOTE, &name, "-o", to.to_str().unwrap()];
    let early = bor.json(&words).code(1).error();
    assert_eq!(early.0, "not_found");
    assert!(early.1.contains("desk of Ana"), "{early:?}");
    assert!(!to.exists(), "nothing was written");

    attach(&ana, "slika.png", &bytes);
    sync(&ana);
    assert!(saved(&bor, &bytes));
}

#[test]
fn cuts_and_kills_cost_a_piece_at_most() {
    let house = House::open();
    let (ana, bor) = (Desk::new(), Desk::new());
    let proxy = FaultProxy::before(house.address.port()).unwrap();
    house.join_through(&ana, "Ana", proxy.port());
    house.join_through(&bor, "Bor", proxy.port());
    sync(&ana);
    let bytes = content(6 << 20, 4);
    attach(&ana, "video.mp4", &bytes);

    // Killed on the way up: what the server has stays there.
    proxy.change(|f| f.bytes_per_second = Some(2 << 20));
    let mut child = spawn(&ana, &["team", "sync", "--wait", "60"]);
    let begun = Instant::now();
    while house
        .has(&bytes)
        .is_none_or(|(received, _)| received < 512 << 10)
    {
        assert!(begun.elapsed() < PATIENCE, "it is sent");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let (kept, whole) = house.has(&bytes).unwrap();
    assert!(!whole && kept >= 512 << 10, "{kept}");
    assert_eq!(files(&ana), [state("video.mp4", "uploading")]);

    // Every connection breaks before a mebibyte is through; together they do it.
    let sent = proxy.bytes(Direction::Up);
    proxy.set(Faults {
        cut_after: Some((Direction::Up, 700 << 10)),
        ..Faults::default()
    });
    sync(&ana);
    assert_eq!(house.has(&bytes), Some((6 << 20, true)));
    let sent = proxy.bytes(Direction::Up) - sent;
    assert!(
        sent < 12 << 20,
        "it did not begin anew each time: {sent} bytes"
    );

    // The same on the way down.
    proxy.set(Faults {
        cut_after: Some((Direction::Down, 900 << 10)),
        ..Faults::default()
    });
    sync(&bor);
    let hash = FileHash::of(&bytes).to_string();
    let to = bor.path("down");
    let words = ["notes", "file", NOTE, &hash, "-o", to.to_str().unwrap()];
    let got = proxy.bytes(Direction::Down);
    let mut tries = 0;
    while bor.json(&words).code != 0 {
        tries += 1;
        assert!(tries < 40, "each try brings something");
    }
    assert!(std::fs::read(&to).unwrap() == bytes);
    let got = proxy.bytes(Direction::Down) - got;
    assert!(
        got < 12 << 20,
        "it did not begin anew each time: {got} bytes"
    );
    let checked = house.runtime.block_on(house.storage().check()).unwrap();
    assert_eq!(checked.problems, [""; 0]);
}

#[test]
fn a_restored_server_is_given_what_it_lacks() {
    let mut house = House::open();
    let (ana, bor) = (house.desk("Ana"), house.desk("Bor"));
    let (old, new) = (content(300_000, 5), content(400_000, 6));
    attach(&ana, "old.pdf", &old);
    sync(&ana);
    let backup = house.dir.path().join("backup");
    house.backup(&backup);
    attach(&ana, "new.pdf", &new);
    sync(&ana);
    sync(&bor);
    assert!(saved(&bor, &new), "Bor has it from the server");
    house.stop();
    house.start("restored.db");
    house.restore(&backup);
    assert_eq!(
        house.has(&old),
        Some((300_000, true)),
        "it was in the backup"
    );
    assert_eq!(house.has(&new), None);
    // Whoever comes first and has it gives it back, though somebody else added it.
    sync(&bor);
    assert_eq!(house.has(&new), Some((400_000, true)));
    sync(&ana);
    let local = [state("old.pdf", "local"), state("new.pdf", "local")];
    assert_eq!(files(&ana), local);
}

#[test]
fn nobody_blocks_a_name_by_another_size_or_other_bytes() {
    let house = House::open();
    let ana = house.desk("Ana");
    let (bytes, other) = (content(300_000, 9), content(300_000, 10));
    let orgs = house.runtime.block_on(house.storage().orgs()).unwrap();
    let begin = |size: u64, with: &[u8], named: &[u8]| {
        let piece = FilePiece {
            hash: FileHash::of(named),
            size,
            member: MemberId::from_str("00000000-0000-0000-0000-000000000000").unwrap(),
            at: 0,
            bytes: with.to_vec(),
            now: Clock::system().now(),
        };
        let storage = house.storage();
        let put = house.runtime.block_on(storage.put_piece(orgs[0].id, piece));
        assert!(matches!(put.unwrap(), PutPiece::Kept(_)));
    };
    let third = content(300_000, 12);
    begin(777_777, &other[..70_000], &bytes);
    begin(300_000, &third[..90_000], &other);
    attach(&ana, "one.pdf", &bytes);
    attach(&ana, "two.pdf", &other);
    sync(&ana);
    assert_eq!(house.has(&bytes), Some((300_000, true)));
    assert_eq!(
        house.has(&other),
        Some((300_000, true)),
        "sent anew, once looked at"
    );
}

#[test]
fn what_cannot_be_in_a_note_is_refused_and_nothing_is_stored() {
    let desk = Desk::new();
    let folder = desk.path("folder");
    std::fs::create_dir(&folder).unwrap();
    let folder = folder.to_str().unwrap().to_owned();
    let none = desk.path("none").to_str().unwrap().to_owned();
    let empty = desk.file("empty", b"");
    let large = desk.file("large", &content((25 << 20) + 1, 7));
    for (file, exit, code, says) in [
        (&folder, 2, "usage", "not a file"),
        (&none, 1, "not_found", "no file"),
        (&empty, 2, "usage", "empty"),
        (&large, 2, "usage", "25 MB"),
    ] {
        let said = desk.json(&["notes", "attach", NOTE, file]).code(exit);
        let (found, message) = said.error();
        assert_eq!(found, code, "{file}: {message}");
        assert!(message.contains(says), "{file}: {message}");
    }
    desk.json(&["notes", "show", NOTE]).code(1);
    assert_eq!(files(&desk), []);
    for (sha256, code) in [("x", "usage"), (&*"ab".repeat(32), "not_found")] {
        let words = ["notes", "file", NOTE, sha256, "-o", "-"];
        let said = desk.json(&words).error();
        assert_eq!(said.0, code, "{said:?}");
    }
    let edge = desk.file("edge", &content(25 << 20, 8));
    desk.json(&["notes", "attach", NOTE, &edge]).ok();
}
