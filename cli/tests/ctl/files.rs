//! `import` and `export`: byte for byte, both ways.

use std::collections::BTreeSet;

use kontor_testkit::{Direction, Dovecot, FaultProxy, Faults, Mail};

use crate::desk::{Desk, field};
use crate::{MAJA, letter, letters};

/// The bytes of every message of a folder at the server, sorted.
fn bytes_there(dovecot: &Dovecot, folder: &str) -> Vec<Vec<u8>> {
    let mut imap = dovecot.imap(MAJA).unwrap();
    imap.select(folder).unwrap();
    let mut all: Vec<Vec<u8>> = imap
        .uids("ALL")
        .unwrap()
        .into_iter()
        .map(|uid| imap.raw(uid).unwrap())
        .collect();
    all.sort();
    all
}

#[test]
fn export_writes_the_servers_bytes() {
    let builder = Dovecot::builder().mails(MAJA, letters("e", 5)).mail(
        MAJA,
        Mail::new(letter("odd", "From here\r\n>From there")).folder("Archive"),
    );
    let (dovecot, desk) = Desk::synced(builder);
    let out = desk.path("new/folder");
    let path = out.to_string_lossy().into_owned();
    let answer = desk
        .json(&["export", "*", "-o", &path, "--format", "eml"])
        .ok()
        .one();
    assert_eq!(answer["exported"], 6, "* is everything: {answer}");
    let id = desk.id("odd");
    let raw = std::fs::read(out.join(format!("{id}.eml"))).unwrap();
    assert_eq!(
        raw,
        bytes_there(&dovecot, "Archive")[0],
        "PATH/ID.eml, the server's bytes"
    );
    let few = desk.path("few");
    let path = few.to_string_lossy().into_owned();
    let answer = desk
        .json(&["export", "in:archive", "-o", &path, "--format", "eml"])
        .ok()
        .one();
    assert_eq!(answer["exported"], 1);
}

#[test]
fn what_is_exported_can_be_imported_in_every_format() {
    let builder = Dovecot::builder()
        .mailbox("Uvoz")
        .mail(
            MAJA,
            Mail::new(letter("odd", "From here\r\n>From there\r\n\r\nFrom x")).flag("\\Seen"),
        )
        .mails(MAJA, letters("e", 4));
    let (dovecot, desk) = Desk::synced(builder);
    let want = bytes_there(&dovecot, "INBOX");
    for format in ["mbox", "maildir", "eml"] {
        let path = desk
            .path(&format!("out.{format}"))
            .to_string_lossy()
            .into_owned();
        desk.json(&["export", "in:inbox", "-o", &path, "--format", format])
            .ok();
        let answer = desk.json(&["import", "Uvoz", &path, "--wait"]).ok().one();
        assert_eq!(answer["imported"], 5, "{format}: {answer}");
        desk.json(&["sync", "--once"]).ok();
        assert_eq!(
            bytes_there(&dovecot, "Uvoz"),
            want,
            "{format}: byte for byte"
        );
        let rows = desk.messages("Uvoz");
        assert_eq!(rows.len(), 5, "{format}: here, too");
        if format == "maildir" {
            let seen = rows.iter().find(|r| r["subject"] == "odd").unwrap();
            assert_eq!(
                seen["flags"],
                serde_json::json!(["\\Seen"]),
                "a Maildir has flags"
            );
        }
        let again = desk.json(&["import", "Uvoz", &path, "--wait"]).ok().one();
        assert_eq!(
            (&again["imported"], &again["skipped"]),
            (&0.into(), &5.into()),
            "{format}"
        );
        let ids: Vec<String> = rows
            .iter()
            .map(|r| r["id"].as_str().unwrap().to_owned())
            .collect();
        let mut words = vec!["delete", "--forever", "--from", "Uvoz", "--wait"];
        words.extend(ids.iter().map(String::as_str));
        desk.json(&words).ok();
        assert!(bytes_there(&dovecot, "Uvoz").is_empty());
    }
}

#[test]
fn an_import_is_journalled_and_filed_once() {
    let (mut dovecot, desk) = Desk::synced(Dovecot::builder().mailbox("Uvoz"));
    dovecot.stop().unwrap();
    let mbox: String = (1..=30)
        .map(|n| format!("From x Fri Jan  2 09:{n:02}:00 2026\nSubject: j-{n}\nMessage-ID: <j-{n}@example.org>\n\nbody {n}\n\n"))
        .collect();
    let file = desk.file("j.mbox", mbox.as_bytes());
    let answer = desk.json(&["import", "Uvoz", &file]).ok().one();
    assert_eq!(answer["imported"], 30, "offline, too: {answer}");
    assert_eq!(
        desk.json(&["import", "Uvoz", &file]).ok().one()["skipped"],
        30
    );
    let rows = desk.messages("Uvoz");
    assert_eq!(rows.len(), 30, "here at once");
    assert!(
        rows.iter().all(|r| r["uid"].is_null() && r["body"] == true),
        "{:?}",
        rows[0]
    );
    assert_eq!(
        desk.json(&["search", "body in:uvoz"]).ok().one()["total"],
        30
    );
    // What is done to it before the server has it is done there, too.
    desk.json(&["flag", "mid:j-3@example.org"]).ok();
    desk.json(&["archive", "mid:j-4@example.org"]).ok();
    desk.json(&["delete", "--forever", "mid:j-5@example.org"])
        .ok();
    dovecot.restart().unwrap();
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(summary["operations_left"], 0, "{summary}");
    assert_eq!(bytes_there(&dovecot, "Uvoz").len(), 28);
    assert_eq!(bytes_there(&dovecot, "Archive").len(), 1);
    let rows = desk.messages("Uvoz");
    assert_eq!(rows.len(), 28);
    assert!(rows.iter().all(|r| r["uid"].is_number()), "{rows:?}");
    let mut imap = dovecot.imap(MAJA).unwrap();
    imap.select("Uvoz").unwrap();
    assert_eq!(imap.uids("FLAGGED").unwrap().len(), 1);
    assert_eq!(desk.json(&["doctor"]).ok().one()["ok"], true);
}

#[test]
fn messages_of_one_id_are_as_many_as_their_bytes() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder().mailbox("Uvoz"));
    let mbox: String = ["prvi", "drugi", "tretji"]
        .map(|body| {
            format!("From x Fri Jan  2 09:00:00 2026\nSubject: s\nMessage-ID: <same@example.org>\n\n{body}\n\n")
        })
        .concat();
    let file = desk.file("s.mbox", mbox.as_bytes());
    let answer = desk.json(&["import", "Uvoz", &file, "--wait"]).ok().one();
    assert_eq!(
        (&answer["imported"], &answer["skipped"]),
        (&3.into(), &0.into()),
        "{answer}"
    );
    assert_eq!(bytes_there(&dovecot, "Uvoz").len(), 3);
    let answer = desk.json(&["import", "Uvoz", &file]).ok().one();
    assert_eq!(answer["skipped"], 3, "the same bytes: {answer}");
    desk.json(&["sync", "--once"]).ok();
    assert_eq!(desk.messages("Uvoz").len(), 3);
}

#[test]
fn an_import_cut_off_files_nothing_twice() {
    for hidden in [&[][..], &["UIDPLUS", "QRESYNC", "CONDSTORE"][..]] {
        let mut builder = Dovecot::builder().user(MAJA).mailbox("Uvoz");
        for capability in hidden {
            builder = builder.hide(capability);
        }
        let dovecot = builder.start().unwrap();
        let proxy = FaultProxy::before(dovecot.imaps_port()).unwrap();
        let desk = Desk::new();
        desk.add_at(&dovecot, MAJA, proxy.port(), dovecot.submissions_port());
        desk.json(&["sync", "--once"]).ok();
        let mbox: String = (1..=40)
            .map(|n| {
                let body = "vrstica\n".repeat(100);
                format!("From x Fri Jan  2 09:{n:02}:00 2026\nSubject: c-{n}\nMessage-ID: <c-{n}@example.org>\n\n{body}\n")
            })
            .collect();
        let file = desk.file("c.mbox", mbox.as_bytes());
        desk.json(&["import", "Uvoz", &file]).ok();
        for cut in [9_000, 17_500, 6_001] {
            proxy.change(|f| f.cut_after = Some((Direction::Up, cut)));
            desk.json(&["sync", "--once"]).code(4);
        }
        // A reply that is lost: the server has it, we do not know.
        for cut in [4_000, 4_700] {
            proxy.change(|f| f.cut_after = Some((Direction::Down, cut)));
            desk.json(&["sync", "--once"]).code(4);
        }
        proxy.set(Faults::default());
        let summary = desk.json(&["sync", "--once"]).ok().one();
        assert_eq!(summary["operations_left"], 0, "{summary}");
        assert_eq!(
            bytes_there(&dovecot, "Uvoz").len(),
            40,
            "each once: {hidden:?}"
        );
        let rows = desk.messages("Uvoz");
        assert_eq!(rows.len(), 40);
        assert!(rows.iter().all(|r| r["uid"].is_number()), "{rows:?}");
    }
}

#[test]
fn an_import_keeps_dates_and_needs_a_readable_file() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder());
    let mbox = "From ana@example.org Fri Jan  2 09:30:00 2026\nSubject: one\nMessage-ID: <one@example.org>\n\nbody\n\n\
                From bo@example.org Sat Jan  3 10:00:00 2026\nSubject: two\nMessage-ID: <two@example.org>\n\n>From me\n\n";
    let file = desk.file("in.mbox", mbox.as_bytes());
    let eml = desk.file(
        "three.eml",
        b"Subject: three\nMessage-ID: <three@example.org>\n\nx\n",
    );
    let answer = desk
        .json(&["import", "INBOX", &file, &eml, "--wait"])
        .ok()
        .one();
    assert_eq!(answer["imported"], 3);
    desk.json(&["sync", "--once"]).ok();
    let rows = desk.messages("INBOX");
    let names: BTreeSet<&str> = field(&rows, "subject").into_iter().collect();
    assert_eq!(names, BTreeSet::from(["one", "two", "three"]));
    let one = rows.iter().find(|r| r["subject"] == "one").unwrap();
    assert_eq!(
        one["internal_date"], "2026-01-02T09:30:00.000Z",
        "the moment of the From line"
    );
    let raw = desk
        .run(&["show", "mid:two@example.org", "--raw"])
        .ok()
        .text();
    assert!(raw.ends_with("\r\nFrom me\r\n"), "unquoted, CRLF: {raw:?}");
    assert_eq!(bytes_there(&dovecot, "INBOX").len(), 3);
    desk.json(&["import", "INBOX", "/no/such/file"]).code(2);
    desk.json(&["import", "Nowhere", &eml]).code(1);
}

#[test]
fn an_export_saves_what_was_meant_or_nothing() {
    let (_dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("x", 3)));
    for format in ["eml", "mbox", "maildir"] {
        let to = desk.path(&format!("deep/{format}/new"));
        let path = to.to_string_lossy().into_owned();
        let words = ["export", "is:nothing", "-o", &path, "--format", format];
        let (code, _) = desk.json(&words).code(2).error();
        assert_eq!(code, "usage", "{format}");
        assert!(!to.exists(), "{format}: nothing is written");
        let words = ["export", "x-2", "-o", &path, "--format", format];
        assert_eq!(desk.json(&words).ok().one()["exported"], 1, "{format}");
        assert!(to.exists(), "{format}: missing folders are made");
    }
}
