//! Several processes on one profile: one talks to servers, the others attach or wait.

use kontor_testkit::{Dovecot, FaultProxy};
use serde_json::json;

use crate::desk::{Desk, until};
use crate::{MAJA, dated, letter, letters};

#[test]
fn two_syncs_at_once_do_the_work_once() {
    let dovecot = Dovecot::builder()
        .mails(MAJA, letters("t", 60))
        .start()
        .unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let desk = Desk::new();
    desk.add_at(&dovecot, MAJA, proxy.port(), dovecot.submissions_port());
    let both: Vec<_> = (0..3)
        .map(|_| {
            desk.command()
                .args(["--json", "sync", "--once"])
                .spawn()
                .unwrap()
        })
        .collect();
    for child in both {
        let out = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{err}");
        let answer: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!(answer["messages"], 60, "each answers when all is here");
    }
    assert_eq!(desk.messages("INBOX").len(), 60);
    assert_eq!(desk.json(&["doctor"]).ok().one()["ok"], true);
}

#[test]
fn a_sync_attaches_to_a_running_watch() {
    let (dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, letters("a", 40)));
    let watch = desk.watch();
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(summary["messages"], 40, "{summary}");
    for name in [
        "folders",
        "arrived",
        "removed",
        "changed",
        "operations_left",
        "outbox_left",
        "seconds",
    ] {
        assert!(summary[name].is_number(), "{name}: {summary}");
    }
    let rows = desk.messages("INBOX");
    assert!(
        rows.iter().all(|r| r["body"] == true),
        "until every body is local"
    );
    let mut other = dovecot.imap(MAJA).unwrap();
    other.select("INBOX").unwrap();
    other.flags(1, "+FLAGS", "\\Seen").unwrap();
    desk.json(&["sync", "--once"]).ok();
    let rows = desk.messages("INBOX");
    assert_eq!(rows[39]["flags"], json!(["\\Seen"]));
    watch.stop();
}

#[test]
fn the_claim_ends_with_its_process() {
    let (dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, letters("c", 5)));
    let first = desk.watch();
    first.wait_state("live");
    let second = desk.watch();
    first.kill();
    second.wait_state("live");
    dovecot.deliver(MAJA, &letter("late", "x")).unwrap();
    assert_eq!(second.wait_arrived("late")["layer"], "push");
    second.kill();
    desk.json(&["sync", "--once"]).ok();
}

#[test]
fn whoever_waits_goes_on_alone_when_the_other_is_killed() {
    let dovecot = Dovecot::builder()
        .mails(MAJA, letters("k", 30))
        .start()
        .unwrap();
    let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
    let desk = Desk::new();
    desk.add_at(&dovecot, MAJA, proxy.port(), dovecot.submissions_port());
    proxy.freeze();
    let before = proxy.connections();
    let stuck = desk.watch();
    until("it connects", || {
        (proxy.connections() > before).then_some(())
    });
    let waiting = desk
        .command()
        .args(["--json", "sync", "--once"])
        .spawn()
        .unwrap();
    until("it waits", || {
        let path = desk.profile().join("store.db");
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let store = rusqlite::Connection::open_with_flags(path, flags).ok()?;
        let open: i64 = store
            .query_row(
                "SELECT count(*) FROM sync_request WHERE done_at IS NULL",
                [],
                |r| r.get(0),
            )
            .ok()?;
        (open > 0).then_some(())
    });
    stuck.kill();
    proxy.thaw();
    let out = waiting.wait_with_output().unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert_eq!(desk.messages("INBOX").len(), 30);
}

#[test]
fn a_body_is_fetched_by_the_process_that_talks_to_servers() {
    let old = kontor_testkit::Mail::new(dated("old", 3, "stara vsebina")).received(1_600_000_000);
    let (_dovecot, desk) = Desk::with(Dovecot::builder().mail(MAJA, old));
    let mut command = desk.command();
    command.args(["--json", "-v"]);
    let watch = crate::desk::Watch::start_with(&mut command, &["--bodies", "1"]);
    watch.wait_event("synced");
    assert_eq!(desk.messages("INBOX")[0]["body"], false);
    let raw = desk
        .run(&["show", "mid:old@example.org", "--raw"])
        .ok()
        .text();
    assert!(raw.contains("stara vsebina"), "{raw}");
    assert_eq!(desk.messages("INBOX")[0]["body"], true);
    let found = desk.json(&["search", "stara vsebina"]).ok().one();
    assert_eq!(found["total"], 1, "and is searchable");
    watch.stop();
}

#[test]
fn an_import_works_beside_a_running_watch() {
    let (dovecot, desk) = Desk::with(Dovecot::builder().mailbox("Uvoz"));
    let watch = desk.watch();
    watch.wait_state("live");
    let file = desk.file("i.eml", &letter("imported", "x"));
    desk.json(&["import", "Uvoz", &file, "--wait"]).ok();
    let rows = until("it is here", || {
        let rows = desk.messages("Uvoz");
        (rows.len() == 1 && rows[0]["uid"] == 1).then_some(rows)
    });
    assert_eq!(rows[0]["body"], true);
    let mut imap = dovecot.imap(MAJA).unwrap();
    imap.select("Uvoz").unwrap();
    assert_eq!(imap.uids("ALL").unwrap().len(), 1);
    watch.stop();
}

#[test]
fn many_commands_at_once_wait_for_each_other() {
    let (_dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("m", 12)));
    let children: Vec<_> = (1..=12)
        .map(|n| {
            let mid = format!("mid:m-{n}@example.org");
            desk.command()
                .args(["--json", "flag", &mid])
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let out = child.wait_with_output().unwrap();
        assert!(
            out.status.success(),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
    }
    assert_eq!(desk.status()["pending"]["operations"], 12);
    desk.json(&["sync", "--once"]).ok();
    assert_eq!(desk.json(&["search", "is:flagged"]).ok().one()["total"], 12);
}

#[test]
fn what_a_killed_watch_left_behind_is_not_believed() {
    let (_dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, letters("k", 2)));
    let state = || desk.status()["accounts"][0]["state"].clone();
    for kill in [true, false] {
        let watch = desk.watch();
        watch.wait_state("live");
        assert_eq!(state(), "live");
        if kill {
            watch.kill();
        } else {
            watch.stop();
        }
        assert_eq!(state(), "polling", "nobody is connected any more");
    }
}
