//! `sync --watch`: what it prints, when, and how it ends.

use std::time::Duration;

use kontor_testkit::{Dovecot, FaultProxy, Mail};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::desk::{Desk, Watch, until};
use crate::{MAJA, letter, letters};

/// What KONTORCTL.md allows from the signal or the closed pipe to the end.
const LEAVING: Duration = Duration::from_secs(2);

fn at<'a>(event: &'a Value, name: &str) -> &'a str {
    event[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name}: {event}"))
}

#[test]
fn on_an_empty_profile_it_does_the_first_sync_itself() {
    let builder = Dovecot::builder()
        .mailbox("Naročila")
        .mails(MAJA, letters("w", 230))
        .mail(MAJA, Mail::new(letter("n1", "x")).folder("Naročila"));
    let (dovecot, desk) = Desk::with(builder);
    let watch = desk.watch();
    let synced = watch.wait_event("synced");
    assert!(synced["account"].is_string() && synced["at"].is_string());
    watch.wait_state("live");
    let printed = watch.printed();
    assert_eq!(
        printed[0]["state"], "connecting",
        "how it begins: {printed:?}"
    );
    let listed: Vec<&Value> = printed.iter().filter(|e| e["event"] == "listed").collect();
    assert_eq!(listed.len(), 7, "once per folder: {printed:?}");
    let inbox = listed.iter().find(|e| e["folder"] == "INBOX").unwrap();
    assert_eq!(inbox["count"], 230, "messages on the server");
    assert!(inbox["at"].is_string());
    assert_eq!(
        printed.iter().find(|e| e["event"] == "listed").unwrap()["folder"],
        "INBOX",
        "first"
    );
    assert!(
        printed.iter().all(|e| e["event"] != "arrived"),
        "what was there before is listed, it did not arrive"
    );
    let live = printed.iter().find(|e| e["state"] == "live").unwrap();
    for name in ["account", "why", "at"] {
        assert!(live[name].is_string(), "{name}: {live}");
    }
    assert_eq!(desk.messages("INBOX").len(), 230);

    dovecot.deliver(MAJA, &letter("fresh", "novo")).unwrap();
    let arrived = watch.wait_arrived("fresh");
    assert_eq!(arrived["layer"], "push");
    assert_eq!(arrived["folder"], "INBOX");
    assert!(arrived["account"].is_string());
    let (announced, stored) = (at(&arrived, "announced_at"), at(&arrived, "stored_at"));
    assert!(
        announced.ends_with('Z') && announced.contains('.'),
        "RFC 3339 with milliseconds"
    );
    assert!(announced <= stored, "{arrived}");
    let shown = desk.json(&["show", at(&arrived, "message")]).ok().one();
    assert_eq!(shown["subject"], "fresh", "printed after COMMIT");
    assert_eq!(shown["body"], true);

    let mut other = dovecot.imap(MAJA).unwrap();
    other.select("INBOX").unwrap();
    other.flags(231, "+FLAGS", "\\Seen $Moja").unwrap();
    let flags = watch.wait_event("flags");
    assert_eq!(flags["message"], arrived["message"]);
    assert_eq!(
        (&flags["folder"], &flags["flags"]),
        (&json!("INBOX"), &json!(["\\Seen", "$Moja"]))
    );
    other.expunge(231).unwrap();
    let removed = watch.wait_event("removed");
    assert_eq!(
        (&removed["folder"], &removed["message"]),
        (&json!("INBOX"), &arrived["message"])
    );
    // What push found is counted once the folder has been looked at, after each event: not to be cut off by the end.
    until("three found by push", || {
        (desk.status()["accounts"][0]["layers"]["push"]["found"] == 3).then_some(())
    });
    watch.signal("-TERM");
    let (status, took) = watch.end();
    assert_eq!(status.code(), Some(0));
    assert!(took < LEAVING, "SIGTERM: {took:?}");
}

#[test]
fn other_folders_are_announced_too() {
    let (dovecot, desk) = Desk::with(Dovecot::builder().mailbox("Stranke/Žaga"));
    let watch = desk.watch();
    watch.wait_event("synced");
    watch.wait_state("live");
    let mut other = dovecot.imap(MAJA).unwrap();
    other
        .append("Stranke/Žaga", "\\Flagged", &letter("there", "x"))
        .unwrap();
    let arrived = watch.wait_arrived("there");
    assert_eq!(
        (&arrived["layer"], &arrived["folder"]),
        (&json!("push"), &json!("Stranke/Žaga"))
    );
    watch.stop();
}

#[test]
fn a_closed_stdout_ends_it() {
    let (_dovecot, desk) = Desk::with(Dovecot::builder());
    let mut child = desk.command().args(["sync", "--watch"]).spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    assert!(line.starts_with('{'), "flushed line by line: {line}");
    drop(out);
    let begun = std::time::Instant::now();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(begun.elapsed() < LEAVING, "{:?}", begun.elapsed());
}

#[test]
fn without_push_it_polls_and_says_so() {
    let (dovecot, desk) = Desk::with(Dovecot::builder().hide("IDLE").hide("NOTIFY"));
    let watch = desk.watch();
    let state = watch.wait_state("polling");
    assert!(at(&state, "why").contains("30 seconds"), "{state}");
    watch.wait_event("synced");
    dovecot.deliver(MAJA, &letter("quiet", "x")).unwrap();
    // Asking the running watch for a look is the poll that would come within 30 s.
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(summary["messages"], 1, "{summary}");
    assert_eq!(watch.wait_arrived("quiet")["layer"], "poll");
    let status = desk.status();
    assert_eq!(status["accounts"][0]["state"], "polling");
    watch.stop();
}

#[test]
fn folders_come_change_their_names_and_go() {
    let (dovecot, desk) = Desk::with(
        Dovecot::builder().mails(
            MAJA,
            letters("f", 3)
                .into_iter()
                .map(|m| m.folder("Stara"))
                .collect(),
        ),
    );
    let watch = desk.watch();
    watch.wait_event("synced");
    let id = desk.id("f-1");
    let mut other = dovecot.imap(MAJA).unwrap();
    other.create("Nova").unwrap();
    other.append("Nova", "", &letter("new", "x")).unwrap();
    desk.json(&["sync", "--once"]).ok();
    watch.wait("the new folder", |e| {
        e["event"] == "listed" && e["folder"] == "Nova"
    });
    other.command("RENAME Stara Drugace").unwrap();
    desk.json(&["sync", "--once"]).ok();
    watch.wait("the renamed folder", |e| {
        e["event"] == "listed" && e["folder"] == "Drugace"
    });
    let rows = desk.messages("Drugace");
    assert_eq!(rows.len(), 3);
    assert!(
        rows.iter().any(|r| r["id"] == id.as_str()),
        "the same messages: {rows:?}"
    );
    desk.json(&["messages", "Stara"]).code(1);
    other.command("DELETE Nova").unwrap();
    desk.json(&["sync", "--once"]).ok();
    watch.wait("what was in it", |e| {
        e["event"] == "removed" && e["folder"] == "Nova"
    });
    desk.json(&["messages", "Nova"]).code(1);
    let found = desk.json(&["search", "*"]).ok().one();
    assert_eq!(
        found["total"], 3,
        "what was deleted with it is not found any more"
    );
    watch.stop();
}

#[test]
fn an_account_added_while_it_runs_is_synced() {
    let dovecot = Dovecot::builder()
        .mails(MAJA, letters("l", 3))
        .start()
        .unwrap();
    let desk = Desk::new();
    let watch = desk.watch();
    desk.add(&dovecot, MAJA);
    watch.wait_event("synced");
    assert_eq!(desk.messages("INBOX").len(), 3);
    let id = desk.json(&["account", "list"]).ok().one()["id"].clone();
    desk.json(&["account", "remove", id.as_str().unwrap()]).ok();
    assert!(desk.json(&["folders"]).ok().lines().is_empty());
    desk.add(&dovecot, MAJA);
    let before = watch.printed().len();
    watch.wait_from(before, "the second first sync", |e| e["event"] == "synced");
    watch.stop();
}

#[test]
fn a_server_that_comes_back_is_found_again() {
    let (mut dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, letters("b", 2)));
    dovecot.stop().unwrap();
    let watch = desk.watch();
    let offline = watch.wait_state("offline");
    assert!(!at(&offline, "why").is_empty(), "{offline}");
    dovecot.restart().unwrap();
    watch.wait_state("live");
    watch.wait_event("synced");
    let before = watch.printed().len();
    dovecot.restart().unwrap();
    watch.wait_from(before, "live again", |e| e["state"] == "live");
    dovecot.deliver(MAJA, &letter("after", "x")).unwrap();
    watch.wait_arrived("after");
    let states: Vec<String> = watch
        .printed()
        .iter()
        .filter(|e| e["event"] == "state")
        .map(|e| e["state"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(states.len() < 12, "no flood of states: {states:?}");
    watch.stop();
}

#[test]
fn a_changed_password_needs_the_person() {
    let (_dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("p", 2)));
    let text = std::fs::read_to_string(desk.path("keychain.json")).unwrap();
    let wrong = text.replace("\"secret\"", "\"other\"");
    assert_ne!(text, wrong, "the file holds the password: {text}");
    std::fs::write(desk.path("keychain.json"), wrong).unwrap();
    let (code, _) = desk.json(&["sync", "--once"]).code(3).error();
    assert_eq!(code, "sign_in");
    assert_eq!(desk.status()["accounts"][0]["state"], "needs_you");
    let watch = desk.watch();
    watch.wait_state("needs_you");
    desk.json(&["sync", "--once"]).code(3);
    desk.json(&["read", "mid:p-1@example.org", "--wait"])
        .code(3);
    watch.stop();
    assert_eq!(desk.messages("INBOX").len(), 2, "reading goes on");
}

#[test]
fn the_database_can_be_read_while_in_use() {
    let (dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, letters("d", 20)));
    let watch = desk.watch();
    watch.wait_event("synced");
    let path = desk.profile().join("store.db");
    let other = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let count = || -> i64 {
        other
            .query_row("SELECT count(*) FROM message", [], |r| r.get(0))
            .unwrap()
    };
    assert_eq!(count(), 20);
    dovecot.deliver(MAJA, &letter("seen", "x")).unwrap();
    watch.wait_arrived("seen");
    assert_eq!(count(), 21, "a reader sees what was committed");
    watch.stop();
    assert_eq!(count(), 21);
}

/// Throws a folder's numbering away, as a restored backup or a moved mailbox does.
fn renumber(dovecot: &mut Dovecot) {
    dovecot.stop().unwrap();
    let dir = dovecot.maildir(MAJA);
    for entry in std::fs::read_dir(&dir).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("dovecot.index")
            || name == "dovecot-uidlist"
            || name == "dovecot-uidvalidity"
        {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    dovecot.restart().unwrap();
}

#[test]
fn new_numbers_download_nothing() {
    let body = "Dolgo pismo. ".repeat(4000);
    let mails = (1..=12)
        .map(|n| Mail::new(letter(&format!("v-{n}"), &body)).received(1_767_225_600 + n))
        .collect();
    let mut dovecot = Dovecot::builder()
        .user(MAJA)
        .mails(MAJA, mails)
        .start()
        .unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let desk = Desk::new();
    desk.add_at(&dovecot, MAJA, proxy.port(), dovecot.submissions_port());
    desk.json(&["sync", "--once"]).ok();
    let all = proxy.bytes(kontor_testkit::Direction::Down);
    let inbox = |desk: &Desk| {
        let folders = desk.json(&["folders"]).ok().lines();
        let row = folders.iter().find(|f| f["path"] == "INBOX").cloned();
        row.unwrap()["uidvalidity"].clone()
    };
    let (before, ids) = (inbox(&desk), desk.messages("INBOX"));
    // A change that waits for the server survives the renumbering.
    desk.json(&["flag", "mid:v-3@example.org"]).ok();
    let after = until("another UIDVALIDITY", || {
        renumber(&mut dovecot);
        desk.json(&["sync", "--once"]).ok();
        Some(inbox(&desk)).filter(|v| *v != before)
    });
    assert_ne!(after, before);
    let again = proxy.bytes(kontor_testkit::Direction::Down) - all;
    assert!(
        again < all / 4,
        "no body comes twice: {all} bytes first, {again} later"
    );
    let rows = desk.messages("INBOX");
    let key = |rows: &[Value]| -> Vec<(Value, Value)> {
        rows.iter()
            .map(|r| (r["id"].clone(), r["body"].clone()))
            .collect()
    };
    assert_eq!(key(&rows), key(&ids), "the same messages");
    let mut imap = dovecot.imap(MAJA).unwrap();
    imap.select("INBOX").unwrap();
    assert_eq!(
        imap.uids("FLAGGED").unwrap().len(),
        1,
        "the change was carried out"
    );
    assert_eq!(desk.json(&["doctor"]).ok().one()["ok"], true);
}

#[test]
fn a_profile_without_accounts_is_watched_in_peace() {
    let desk = Desk::new();
    let watch = Watch::start(&mut desk.command());
    until("the store is there", || {
        desk.profile().join("store.db").exists().then_some(())
    });
    desk.status();
    watch.signal("-TERM");
    let (status, took) = watch.end();
    // A signal that comes before the program listens ends it the usual way.
    assert!(
        status.code() == Some(0) || status.code().is_none(),
        "{status}"
    );
    assert!(took < LEAVING, "{took:?}");
}

#[test]
fn a_server_that_goes_is_noticed_before_the_next_poll() {
    let (mut dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, letters("g", 2)));
    let watch = desk.watch();
    watch.wait_event("synced");
    watch.wait_state("live");
    let begun = std::time::Instant::now();
    dovecot.stop().unwrap();
    watch.wait_state("offline");
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "polls come every 30 s, this is known earlier: {:?}",
        begun.elapsed()
    );
    // Beside a watch that is offline, who waits is told so.
    for words in [
        vec!["read", "mid:g-1@example.org", "--wait"],
        vec!["sync", "--once"],
    ] {
        let (code, _) = desk.json(&words).code(4).error();
        assert_eq!(code, "offline", "{words:?}");
    }
    assert_eq!(
        desk.status()["pending"]["operations"],
        1,
        "still journalled"
    );
    assert_eq!(desk.messages("INBOX")[1]["flags"], json!(["\\Seen"]));
    assert_eq!(desk.status()["accounts"][0]["state"], "offline");
    watch.stop();
}

#[test]
fn a_signal_that_comes_early_is_heard() {
    let (_dovecot, desk) = Desk::with(Dovecot::builder());
    // Somebody else writes: opening takes as long as that.
    desk.status();
    let store = Connection::open(desk.profile().join("store.db")).unwrap();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    let watch = desk.watch();
    // The program listens before it opens the store; that it does is told by the kernel.
    until("it listens", || watch.catches_term().then_some(()));
    watch.signal("-TERM");
    let (status, took) = watch.end();
    assert_eq!(status.code(), Some(0), "{status}");
    assert!(took < LEAVING, "{took:?}");
    store.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn two_watches_tell_the_same() {
    let (dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, letters("t", 2)));
    let first = desk.watch();
    first.wait_event("synced");
    first.wait_state("live");
    let second = desk.watch();
    // The second attaches once it has read where the change log stands.
    until("the second listens", || second.catches_term().then_some(()));
    let told = until("a mail the second tells of", || {
        dovecot.deliver(MAJA, &letter("both", "x")).unwrap();
        let told = second.printed();
        told.into_iter().find(|e| e["event"] == "arrived")
    });
    let id = told["message"].clone();
    let same = first.wait("the same mail", |e| {
        e["event"] == "arrived" && e["message"] == id
    });
    for name in ["account", "folder", "message_id", "announced_at", "layer"] {
        assert_eq!(same[name], told[name], "{name}");
    }
    first.stop();
    second.stop();
}

#[test]
fn a_server_that_says_nothing_keeps_nobody() {
    let dovecot = Dovecot::builder()
        .mails(MAJA, letters("q", 3))
        .start()
        .unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let desk = Desk::new();
    desk.add_at(&dovecot, MAJA, proxy.port(), dovecot.submissions_port());
    proxy.freeze();
    let connected = |before: usize| {
        until("it has called", || {
            (proxy.connections() > before).then_some(())
        });
    };
    let before = proxy.connections();
    let watch = desk.watch();
    connected(before);
    watch.signal("-TERM");
    let (status, took) = watch.end();
    assert_eq!(status.code(), Some(0), "SIGTERM");
    assert!(took < LEAVING, "SIGTERM: {took:?}");
    let before = proxy.connections();
    let mut child = desk.command().args(["sync", "--watch"]).spawn().unwrap();
    connected(before);
    drop(child.stdout.take());
    let begun = std::time::Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(0), "a closed stdout");
    assert!(begun.elapsed() < LEAVING, "{:?}", begun.elapsed());
}
