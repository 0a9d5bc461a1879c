//! What changes mail: journalled at once, offline too, carried out by whoever talks to servers.

use kontor_testkit::{Dovecot, Mail};
use serde_json::{Value, json};

use crate::desk::{Desk, field, until};
use crate::{MAJA, letter, letters};

/// Flags of a UID at the server.
fn flags_there(dovecot: &Dovecot, folder: &str, uid: u32) -> String {
    let mut imap = dovecot.imap(MAJA).unwrap();
    imap.select(folder).unwrap();
    imap.text(&format!("UID FETCH {uid} FLAGS")).unwrap()
}

fn count_there(dovecot: &Dovecot, folder: &str) -> usize {
    let mut imap = dovecot.imap(MAJA).unwrap();
    imap.select(folder).unwrap();
    imap.uids("ALL").unwrap().len()
}

fn operations(answer: &Value) -> Vec<(String, String)> {
    answer["operations"]
        .as_array()
        .expect("operations")
        .iter()
        .map(|o| {
            let of = |name: &str| o[name].as_str().unwrap().to_owned();
            (of("id"), of("state"))
        })
        .collect()
}

#[test]
fn offline_everything_is_journalled_and_shown_at_once() {
    let (mut dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("a", 9)));
    let id = |n: u32| desk.id(&format!("a-{n}"));
    let ids: Vec<String> = (1..=9).map(id).collect();
    dovecot.stop().unwrap();
    let act = |words: &[&str]| {
        let answer = desk.json(words).ok().one();
        let operations = operations(&answer);
        assert_eq!(operations.len(), 1, "{words:?}: {answer}");
        assert_eq!(operations[0].1, "pending", "{words:?}");
    };
    act(&["read", &ids[0]]);
    act(&["flag", &ids[1]]);
    act(&["archive", &ids[2]]);
    act(&["trash", &ids[3]]);
    act(&["junk", &ids[4]]);
    act(&["move", "Drafts", &ids[5]]);
    act(&["delete", "--forever", &ids[6]]);
    assert_eq!(desk.status()["pending"]["operations"], 7);
    let (code, _) = desk.json(&["sync", "--once"]).code(4).error();
    assert_eq!(code, "offline");

    let inbox = desk.messages("INBOX");
    assert_eq!(field(&inbox, "subject"), ["a-9", "a-8", "a-2", "a-1"]);
    assert_eq!(inbox[3]["flags"], json!(["\\Seen"]), "shown at once");
    assert_eq!(inbox[2]["flags"], json!(["\\Flagged"]));
    for (folder, name) in [
        ("Archive", "a-3"),
        ("Trash", "a-4"),
        ("Junk", "a-5"),
        ("Drafts", "a-6"),
    ] {
        let rows = desk.messages(folder);
        assert_eq!(field(&rows, "subject"), [name], "{folder}");
        assert_eq!(
            rows[0]["uid"],
            Value::Null,
            "no UID until the server gave one"
        );
    }
    let folders = desk.json(&["folders"]).ok().lines();
    let counts = |path: &str| {
        let f = folders.iter().find(|f| f["path"] == path).unwrap();
        (f["total"].clone(), f["unread"].clone())
    };
    assert_eq!(
        counts("INBOX"),
        (json!(4), json!(3)),
        "folders show it at once, too"
    );
    assert_eq!(counts("Archive"), (json!(1), json!(1)));

    dovecot.restart().unwrap();
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(summary["operations_left"], 0, "{summary}");
    assert_eq!(
        summary["arrived"], 0,
        "what we moved ourselves is no news: {summary}"
    );
    assert!(flags_there(&dovecot, "INBOX", 1).contains("\\Seen"));
    assert!(flags_there(&dovecot, "INBOX", 2).contains("\\Flagged"));
    assert_eq!(count_there(&dovecot, "INBOX"), 4);
    for folder in ["Archive", "Trash", "Junk", "Drafts"] {
        assert_eq!(count_there(&dovecot, folder), 1, "{folder}");
        let rows = desk.messages(folder);
        assert_eq!(rows.len(), 1, "{folder}: {rows:?}");
        assert_eq!(rows[0]["uid"], 1, "the UID the server gave: {rows:?}");
    }
    assert!(
        desk.json(&["show", &ids[6]]).code(1).error().0 == "not_found",
        "deleted for good"
    );
}

#[test]
fn flags_go_on_and_off_in_every_folder_that_holds_the_message() {
    let raw = letter("both", "x");
    let builder = Dovecot::builder()
        .mail(MAJA, Mail::new(raw.clone()))
        .mail(MAJA, Mail::new(raw).folder("Archive"));
    let (dovecot, desk) = Desk::synced(builder);
    for (verb, has, flag) in [
        ("read", true, "\\Seen"),
        ("flag", true, "\\Flagged"),
        ("unread", false, "\\Seen"),
        ("unflag", false, "\\Flagged"),
    ] {
        let answer = desk
            .json(&[verb, "mid:both@example.org", "--wait"])
            .ok()
            .one();
        let operations = operations(&answer);
        assert_eq!(
            operations.len(),
            2,
            "{verb} acts on all placements: {answer}"
        );
        assert!(operations.iter().all(|o| o.1 == "done"), "{answer}");
        for folder in ["INBOX", "Archive"] {
            assert_eq!(
                flags_there(&dovecot, folder, 1).contains(flag),
                has,
                "{verb} in {folder}"
            );
        }
        let again = desk.json(&[verb, "mid:both@example.org"]).ok().one();
        assert_eq!(again["operations"], json!([]), "nothing to change");
    }
}

#[test]
fn moving_takes_the_placement_that_is_meant() {
    let raw = letter("many", "x");
    let builder = Dovecot::builder()
        .mailbox("One")
        .mailbox("Two")
        .mail(MAJA, Mail::new(raw.clone()).folder("One"))
        .mail(MAJA, Mail::new(raw.clone()).folder("Two"));
    let (dovecot, desk) = Desk::synced(builder);
    let (code, message) = desk
        .json(&["archive", "mid:many@example.org"])
        .code(2)
        .error();
    assert_eq!(code, "usage", "several folders and none is the inbox");
    assert!(message.contains("--from"), "{message}");
    let from = [
        "move",
        "Archive",
        "mid:many@example.org",
        "--from",
        "Two",
        "--wait",
    ];
    desk.json(&from).ok();
    assert_eq!(desk.messages("One").len(), 1);
    assert_eq!(desk.messages("Two").len(), 0);
    assert_eq!(desk.messages("Archive").len(), 1);
    desk.json(&["move", "Archive", "mid:many@example.org", "--from", "Junk"])
        .code(2);

    dovecot
        .imap(MAJA)
        .unwrap()
        .append("INBOX", "", &raw)
        .unwrap();
    desk.json(&["sync", "--once"]).ok();
    desk.json(&["trash", "mid:many@example.org", "--wait"]).ok();
    assert_eq!(desk.messages("INBOX").len(), 0, "with several, the inbox's");
    assert_eq!(desk.messages("One").len(), 1);
}

#[test]
fn wait_ends_when_the_server_has_it() {
    let (mut dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("w", 3)));
    let done = desk
        .json(&["archive", "mid:w-1@example.org", "--wait"])
        .ok()
        .one();
    assert_eq!(operations(&done)[0].1, "done");
    assert_eq!(count_there(&dovecot, "Archive"), 1);
    assert_eq!(desk.messages("Archive")[0]["uid"], 1);
    dovecot.stop().unwrap();
    let (code, _) = desk
        .json(&["read", "mid:w-2@example.org", "--wait"])
        .code(4)
        .error();
    assert_eq!(code, "offline", "offline: exit 4, still journalled");
    assert_eq!(desk.status()["pending"]["operations"], 1);
    dovecot.restart().unwrap();
    desk.json(&["sync", "--once"]).ok();
    assert!(flags_there(&dovecot, "INBOX", 2).contains("\\Seen"));
}

#[test]
fn a_running_watch_carries_out_what_commands_journal() {
    let (dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, letters("r", 4)));
    let watch = desk.watch();
    watch.wait_event("synced");
    watch.wait_state("live");
    let id = desk.id("r-1");
    desk.json(&["move", "Archive", &id]).ok();
    watch.wait("the removal", |v| {
        v["event"] == "removed" && v["folder"] == "INBOX" && v["message"] == id.as_str()
    });
    until("the server has it", || {
        (count_there(&dovecot, "Archive") == 1).then_some(())
    });
    until("the UID is known", || {
        (desk.messages("Archive")[0]["uid"] == 1).then_some(())
    });
    let done = desk
        .json(&["flag", "mid:r-2@example.org", "--wait"])
        .ok()
        .one();
    assert_eq!(
        operations(&done)[0].1,
        "done",
        "--wait waits for the other process"
    );
    let flags = watch.wait("the flag", |v| v["event"] == "flags");
    assert_eq!(flags["flags"], json!(["\\Flagged"]));
    assert_eq!(flags["folder"], "INBOX");
    watch.stop();
}

#[test]
fn changes_of_both_sides_meet() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("b", 6)));
    let id = |n: u32| desk.id(&format!("b-{n}"));
    // Here: read 1, flag 2, archive 3, archive 4, trash 5. There: flag 1, unflag 2, expunge 3, move 4, flags on 5.
    desk.json(&["read", &id(1)]).ok();
    desk.json(&["flag", &id(2)]).ok();
    desk.json(&["archive", &id(3)]).ok();
    desk.json(&["archive", &id(4)]).ok();
    desk.json(&["trash", &id(5)]).ok();
    let mut other = dovecot.imap(MAJA).unwrap();
    other.select("INBOX").unwrap();
    other.flags(1, "+FLAGS", "\\Flagged").unwrap();
    other.flags(2, "+FLAGS", "$Stranka").unwrap();
    other.expunge(3).unwrap();
    other.move_to(4, "Junk").unwrap();
    other.flags(5, "+FLAGS", "\\Seen").unwrap();
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(summary["operations_left"], 0);
    let flags = |folder: &str, name: &str| {
        let rows = desk.messages(folder);
        let row = rows.iter().find(|r| r["subject"] == name);
        row.map(|r| r["flags"].clone())
    };
    assert_eq!(flags("INBOX", "b-1"), Some(json!(["\\Seen", "\\Flagged"])));
    assert_eq!(
        flags("INBOX", "b-2"),
        Some(json!(["\\Flagged", "$Stranka"]))
    );
    assert_eq!(flags("INBOX", "b-3"), None, "gone there is gone");
    assert_eq!(flags("Archive", "b-3"), None);
    assert_eq!(flags("Archive", "b-4"), None);
    assert_eq!(
        flags("Junk", "b-4"),
        Some(json!([])),
        "where the other device put it"
    );
    assert_eq!(flags("Trash", "b-5"), Some(json!(["\\Seen"])));
    assert_eq!(flags("INBOX", "b-6"), Some(json!([])));
}

#[test]
fn several_changes_of_one_message_keep_their_order() {
    for (hidden, what) in [
        (vec![], "a server with everything"),
        (
            vec!["MOVE", "UIDPLUS", "QRESYNC", "CONDSTORE"],
            "without MOVE, UIDPLUS and QRESYNC",
        ),
    ] {
        let mut builder = Dovecot::builder()
            .mailbox("Deep")
            .mails(MAJA, letters("o", 3));
        for capability in hidden {
            builder = builder.hide(capability);
        }
        let (mut dovecot, desk) = Desk::synced(builder);
        let id = desk.id("o-2");
        dovecot.stop().unwrap();
        for words in [
            vec!["flag", &id],
            vec!["archive", &id],
            vec!["read", &id],
            vec!["move", "Deep", &id],
            vec!["unflag", &id],
        ] {
            desk.json(&words).ok();
        }
        dovecot.restart().unwrap();
        let summary = until("all of it is done", || {
            let summary = desk.json(&["sync", "--once"]).ok().one();
            (summary["operations_left"] == 0).then_some(summary)
        });
        assert_eq!(summary["operations_left"], 0, "{what}");
        assert_eq!(count_there(&dovecot, "Deep"), 1, "{what}");
        assert_eq!(count_there(&dovecot, "Archive"), 0, "{what}");
        let flags = flags_there(&dovecot, "Deep", 1);
        assert!(
            flags.contains("\\Seen") && !flags.contains("\\Flagged"),
            "{what}: {flags}"
        );
        let rows = desk.messages("Deep");
        assert_eq!(
            (&rows[0]["uid"], &rows[0]["id"]),
            (&json!(1), &json!(id)),
            "{what}: {rows:?}"
        );
        assert_eq!(desk.messages("INBOX").len(), 2, "{what}");
    }
}

#[test]
fn a_folder_the_account_lacks_is_made() {
    let (mut dovecot, desk) = Desk::synced(Dovecot::builder().bare().mails(MAJA, letters("n", 4)));
    dovecot.stop().unwrap();
    desk.json(&["archive", "mid:n-1@example.org"]).ok();
    desk.json(&["archive", "mid:n-2@example.org"]).ok();
    desk.json(&["trash", "mid:n-3@example.org"]).ok();
    assert_eq!(desk.messages("Archive").len(), 2, "there at once");
    dovecot.restart().unwrap();
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(summary["operations_left"], 0, "{summary}");
    assert_eq!(count_there(&dovecot, "Archive"), 2);
    assert_eq!(count_there(&dovecot, "Trash"), 1);
    let folders = desk.json(&["folders"]).ok().lines();
    let archive = folders.iter().find(|f| f["path"] == "Archive").unwrap();
    assert_eq!(archive["role"], "archive", "known for what it is");
    assert_eq!(desk.messages("Archive").len(), 2);
    assert!(
        desk.messages("Archive")
            .iter()
            .all(|r| r["uid"].is_number())
    );

    let below = Dovecot::builder()
        .bare()
        .namespace('.', "INBOX.")
        .mailbox("INBOX.Stranke")
        .mails(MAJA, letters("p", 2));
    let (dovecot, desk) = Desk::synced(below);
    desk.json(&["junk", "mid:p-1@example.org", "--wait"]).ok();
    assert_eq!(
        count_there(&dovecot, "INBOX.Junk"),
        1,
        "where this server keeps its folders"
    );
}

#[test]
fn mid_must_be_unique() {
    let builder = Dovecot::builder()
        .mail(MAJA, Mail::new(letter("twin", "one")))
        .mail(MAJA, Mail::new(letter("twin", "two")));
    let (_dovecot, desk) = Desk::synced(builder);
    let (code, message) = desk.json(&["read", "mid:twin@example.org"]).code(2).error();
    assert_eq!(code, "usage", "{message}");
}
