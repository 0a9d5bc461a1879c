//! `sync --once`, `folders`, `messages`, `threads`, `thread`, `show`, `attachment`.

use kontor_testkit::{Dovecot, Mail};
use serde_json::{Value, json};

use crate::desk::{Desk, field};
use crate::{MAJA, dated, letter, letters};

#[test]
fn sync_once_brings_everything_and_says_how_much() {
    let builder = Dovecot::builder()
        .mailbox("Naročila")
        .mails(MAJA, letters("in", 7))
        .mail(
            MAJA,
            Mail::new(letter("order", "Naročilo 7")).folder("Naročila"),
        );
    let (dovecot, desk) = Desk::with(builder);
    let first = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(first["messages"], 8, "{first}");
    assert_eq!(first["arrived"], 8);
    assert_eq!(first["folders"], 7, "INBOX, five usual ones, Naročila");
    for name in ["removed", "changed", "operations_left", "outbox_left"] {
        assert_eq!(first[name], 0, "{name}: {first}");
    }
    assert!(first["seconds"].is_number());
    let again = desk.json(&["sync"]).ok().one();
    assert_eq!(again["arrived"], 0, "nothing changed: {again}");

    dovecot.deliver(MAJA, &letter("new", "sveže")).unwrap();
    let mut other = dovecot.imap(MAJA).unwrap();
    other.select("INBOX").unwrap();
    other.flags(2, "+FLAGS", "\\Flagged $Stranka").unwrap();
    other.expunge(3).unwrap();
    let third = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(
        (&third["arrived"], &third["removed"], &third["changed"]),
        (&json!(1), &json!(1), &json!(1)),
        "{third}"
    );
    let rows = desk.messages("inbox");
    assert_eq!(rows.len(), 7, "INBOX in any case");
    let flagged: Vec<&Value> = rows.iter().filter(|r| r["uid"] == 2).collect();
    assert_eq!(flagged[0]["flags"], json!(["\\Flagged", "$Stranka"]));
    assert!(rows.iter().all(|r| r["uid"] != 3), "expunged");
    assert!(
        rows.iter().all(|r| r["body"] == true),
        "every body is local"
    );
}

#[test]
fn folders_have_every_field() {
    let builder = Dovecot::builder()
        .mailbox("Projekti/2026 & več")
        .mail(MAJA, Mail::new(letter("seen", "x")).flag("\\Seen"))
        .mails(MAJA, letters("unseen", 2));
    let (_dovecot, desk) = Desk::synced(builder);
    let folders = desk.json(&["folders"]).ok().lines();
    let of = |path: &str| {
        folders
            .iter()
            .find(|f| f["path"] == path)
            .unwrap_or_else(|| panic!("{path}: {folders:?}"))
    };
    let inbox = of("INBOX");
    assert_eq!((&inbox["total"], &inbox["unread"]), (&json!(3), &json!(2)));
    assert_eq!(inbox["role"], "inbox");
    assert!(inbox["uidvalidity"].as_u64().unwrap() > 0);
    assert!(inbox["id"].is_string() && inbox["account"].is_string());
    for (path, role) in [
        ("Sent", "sent"),
        ("Drafts", "drafts"),
        ("Trash", "trash"),
        ("Junk", "junk"),
        ("Archive", "archive"),
    ] {
        assert_eq!(of(path)["role"], role);
    }
    let other = of("Projekti/2026 & več");
    assert_eq!(other["name"], "2026 & več", "the last part, decoded");
    assert_eq!(other["role"], Value::Null);
    let by_id = desk
        .json(&["messages", inbox["id"].as_str().unwrap()])
        .ok()
        .lines();
    assert_eq!(by_id.len(), 3, "a folder by its id");
}

#[test]
fn messages_page_by_cursor_newest_first() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("m", 25)));
    let first = desk
        .json(&["messages", "INBOX", "--limit", "10"])
        .ok()
        .lines();
    assert_eq!(first.len(), 11, "ten rows and where to go on");
    let next = first[10]["next"].as_str().expect("a cursor").to_owned();
    // Mail that comes in between moves nobody.
    dovecot.deliver(MAJA, &dated("late", 2000, "x")).unwrap();
    desk.json(&["sync", "--once"]).ok();
    let second = desk
        .json(&["messages", "INBOX", "--limit", "10", "--after", &next])
        .ok()
        .lines();
    let next = second[10]["next"].as_str().unwrap().to_owned();
    let third = desk
        .json(&["messages", "INBOX", "--limit", "10", "--after", &next])
        .ok()
        .lines();
    assert_eq!(third.len(), 5, "the last page has no cursor");
    let mut all: Vec<String> = Vec::new();
    for page in [&first[..10], &second[..10], &third[..]] {
        all.extend(field(page, "subject").into_iter().map(str::to_owned));
    }
    let want: Vec<String> = (1..=25).rev().map(|n| format!("m-{n}")).collect();
    assert_eq!(all, want, "every row once, newest first");
    assert_eq!(
        desk.messages("INBOX").len(),
        26,
        "--limit 0 is all, without a cursor"
    );
}

#[test]
fn a_row_is_what_the_server_says() {
    let raw = "From: =?utf-8?q?Ana_Kosma=C4=8D?= <ana@example.org>\r\nTo: Maja <maja@hrastvijak.example>, bo@x.example\r\n\
         Cc: \"Vijak, d.o.o.\" <info@vijak.example>\r\nSubject: =?utf-8?b?UmHEjXVu?=\r\nMessage-ID: <r1@example.org>\r\n\
         Date: Fri, 2 Jan 2026 09:30:00 +0200\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: application/pdf\r\n\
         Content-Disposition: attachment; filename=\"racun.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n";
    let nodate = "From: x@y.example\r\nSubject: no date\r\n\r\nbody\r\n";
    let builder = Dovecot::builder()
        .mail(
            MAJA,
            Mail::new(raw)
                .flag("\\Seen")
                .flag("\\Answered")
                .flag("$Forwarded")
                .received(1_767_343_000),
        )
        .mail(MAJA, Mail::new(nodate).received(1_767_000_000));
    let (_dovecot, desk) = Desk::synced(builder);
    let rows = desk.messages("INBOX");
    let row = &rows[0];
    assert_eq!(row["message_id"], "r1@example.org", "without brackets");
    assert_eq!(row["subject"], "Račun");
    assert_eq!(
        row["from"],
        json!([{"name": "Ana Kosmač", "address": "ana@example.org"}])
    );
    assert_eq!(
        row["to"],
        json!([{"name": "Maja", "address": MAJA}, {"name": "", "address": "bo@x.example"}])
    );
    assert_eq!(
        row["cc"],
        json!([{"name": "Vijak, d.o.o.", "address": "info@vijak.example"}])
    );
    assert_eq!(
        row["date"], "2026-01-02T07:30:00.000Z",
        "UTC with milliseconds"
    );
    assert_eq!(row["internal_date"], "2026-01-02T08:36:40.000Z");
    assert_eq!(row["flags"], json!(["\\Seen", "\\Answered", "$Forwarded"]));
    assert_eq!(row["size"], raw.len());
    assert_eq!(row["has_attachment"], true);
    assert_eq!(row["body"], true);
    assert_eq!(row["folder"], "INBOX");
    assert!(row["id"].is_string() && row["thread"].is_string() && row["uid"].is_number());
    let other = &rows[1];
    assert_eq!(other["message_id"], Value::Null);
    assert_eq!(
        other["date"], other["internal_date"],
        "no Date header: the internal date"
    );
    assert_eq!(other["has_attachment"], false);
    for name in ["cc", "to"] {
        assert_eq!(other[name], json!([]), "named fields are always there");
    }
}

#[test]
fn threads_gather_a_conversation_over_folders() {
    let re = |name: &str, parent: &str, n: i64| {
        let raw = String::from_utf8(dated(name, n, "odgovor")).unwrap();
        let head =
            format!("In-Reply-To: <{parent}@example.org>\r\nReferences: <root@example.org>\r\n");
        raw.replacen("Date:", &format!("{head}Date:"), 1)
            .into_bytes()
    };
    let builder = Dovecot::builder()
        .mail(
            MAJA,
            Mail::new(dated("root", 1, "vprašanje")).flag("\\Seen"),
        )
        .mail(
            MAJA,
            Mail::new(re("re1", "root", 2))
                .folder("Sent")
                .flag("\\Seen"),
        )
        .mail(MAJA, Mail::new(re("re2", "re1", 3)))
        .mails(MAJA, letters("other", 4));
    let (_dovecot, desk) = Desk::synced(builder);
    let threads = desk
        .json(&["threads", "INBOX", "--limit", "0"])
        .ok()
        .lines();
    let thread = threads
        .iter()
        .find(|t| t["subject"] == "root")
        .expect("the conversation");
    assert_eq!(thread["count"], 3, "messages of all folders: {thread}");
    assert_eq!(thread["unread"], 1);
    assert_eq!(thread["folder"], "INBOX");
    assert!(thread["people"].is_array() && thread["snippet"].is_string());
    assert_eq!(thread["date"], "2026-01-01T00:03:00.000Z");
    let id = thread["id"].as_str().unwrap();
    let whole = desk.json(&["thread", id]).ok().one();
    assert_eq!(whole["subject"], "root");
    let messages = whole["messages"].as_array().unwrap();
    assert_eq!(
        field(messages, "subject"),
        ["root", "re1", "re2"],
        "oldest first"
    );
    assert_eq!(messages[1]["placements"][0]["folder"], "Sent");
    assert_eq!(messages[1]["placements"][0]["flags"], json!(["\\Seen"]));
    assert!(messages[1]["placements"][0]["uid"].is_number());

    let first = desk
        .json(&["threads", "INBOX", "--limit", "2"])
        .ok()
        .lines();
    assert_eq!(first.len(), 3);
    let next = first[2]["next"].as_str().unwrap();
    let rest = desk
        .json(&["threads", "INBOX", "--limit", "10", "--after", next])
        .ok()
        .lines();
    assert_eq!(rest.len(), 3, "five threads in all: {rest:?}");
}

#[test]
fn one_message_may_lie_in_many_folders() {
    let raw = letter("twice", "enaka zlogom");
    let builder = Dovecot::builder()
        .mail(MAJA, Mail::new(raw.clone()))
        .mail(
            MAJA,
            Mail::new(raw.clone()).folder("Archive").flag("\\Flagged"),
        )
        .mail(MAJA, Mail::new(raw).folder("Archive"));
    let (_dovecot, desk) = Desk::with(builder);
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(
        summary["messages"], 1,
        "same bytes in one account are one message"
    );
    assert_eq!(desk.messages("Archive").len(), 2, "a line per placement");
    let id = desk.id("twice");
    let thread = desk.messages("INBOX")[0]["thread"]
        .as_str()
        .unwrap()
        .to_owned();
    let whole = desk.json(&["thread", &thread]).ok().one();
    assert_eq!(whole["messages"].as_array().unwrap().len(), 1);
    assert_eq!(whole["messages"][0]["id"], id.as_str());
    assert_eq!(
        whole["messages"][0]["placements"].as_array().unwrap().len(),
        3
    );
    let found = desk.json(&["search", "zlogom"]).ok().one();
    assert_eq!(found["total"], 1);
}

#[test]
fn a_message_is_shown_in_every_form() {
    let html = "From: a@x.example\r\nSubject: rich\r\nMessage-ID: <rich@example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         Golo besedilo č\r\n--q\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <p onclick=\"x()\">Bogato <b>besedilo</b><script>alert(1)</script><img src=\"https://t.example/p.gif\"></p>\r\n--q--\r\n";
    let odd =
        b"Subject: odd\r\nMessage-ID: <odd@example.org>\r\n\r\nbare\nLF, \xff\xfe bytes, no end";
    let builder = Dovecot::builder().mail(MAJA, Mail::new(html));
    let (dovecot, desk) = Desk::with(builder);
    // By APPEND: a file in a Maildir would be served with its line ends mended.
    dovecot
        .imap(MAJA)
        .unwrap()
        .append("INBOX", "", odd)
        .unwrap();
    desk.json(&["sync", "--once"]).ok();
    let mut imap = dovecot.imap(MAJA).unwrap();
    imap.select("INBOX").unwrap();
    for (mid, uid) in [("rich", 1), ("odd", 2)] {
        let raw = desk
            .run(&["show", &format!("mid:{mid}@example.org"), "--raw"])
            .ok();
        assert_eq!(
            raw.out,
            imap.raw(uid).unwrap(),
            "exactly the server's bytes"
        );
    }
    let id = desk.id("rich");
    let text = desk.run(&["show", &id, "--text"]).ok().text();
    assert!(text.contains("Golo besedilo č"), "{text}");
    let shown = desk.run(&["show", &id, "--html"]).ok().text();
    assert!(shown.contains("Bogato"), "{shown}");
    for bad in ["onclick", "<script", "t.example"] {
        assert!(
            !shown.contains(bad),
            "the form the window shows has no {bad}: {shown}"
        );
    }
    let header = desk.run(&["show", &id, "--headers"]).ok().text();
    assert!(header.starts_with("From: a@x.example\r\n"), "{header}");
    assert!(!header.contains("Golo"), "the header alone");
    let one = desk.json(&["show", &id]).ok().one();
    assert_eq!(one["id"], id.as_str());
    assert_eq!(one["subject"], "rich");
    assert!(one["placements"].is_array());
    let flags = imap.text("UID FETCH 1:2 FLAGS").unwrap();
    assert!(
        !flags.contains("\\Seen"),
        "reading here marks nothing: {flags}"
    );
}

#[test]
fn attachments_are_saved_as_they_are() {
    let raw = "Subject: files\r\nMessage-ID: <files@example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n\
         --b\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Disposition: attachment; filename=a.bin\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nAAECAwQ=\r\n--b--\r\n";
    let (_dovecot, desk) = Desk::synced(Dovecot::builder().mail(MAJA, Mail::new(raw)));
    let to = desk.path("saved.bin");
    let path = to.to_string_lossy().into_owned();
    let answer = desk
        .json(&["attachment", "mid:files@example.org", "1", "-o", &path])
        .ok()
        .one();
    assert_eq!(std::fs::read(to).unwrap(), [0, 1, 2, 3, 4]);
    assert_eq!(answer["name"], "a.bin");
    desk.json(&["attachment", "mid:files@example.org", "2", "-o", &path])
        .code(1);
}

#[test]
fn bodies_of_some_days_only() {
    let old = Mail::new(dated("old", 5, "star")).received(1_600_000_000);
    let fresh =
        "From: a@x.example\r\nSubject: fresh\r\nMessage-ID: <fresh@example.org>\r\n\r\nnov\r\n";
    let (dovecot, desk) = Desk::with(Dovecot::builder().mail(MAJA, old));
    // Without a Date header the day of delivery counts: today.
    dovecot.deliver(MAJA, fresh.as_bytes()).unwrap();
    desk.json(&["sync", "--once", "--bodies", "3"]).ok();
    let rows = desk.messages("INBOX");
    let body = |name: &str| {
        let row = rows.iter().find(|r| r["subject"] == name);
        row.map(|r| r["body"].clone()).unwrap()
    };
    assert_eq!(body("fresh"), true, "{rows:?}");
    assert_eq!(
        body("old"),
        false,
        "older than the days asked for: {rows:?}"
    );
    let raw = desk
        .run(&["show", "mid:old@example.org", "--raw"])
        .ok()
        .text();
    assert!(raw.contains("star"), "fetched when it is opened");
}

#[test]
fn two_accounts_with_the_same_path_are_told_apart() {
    let (dovecot, desk) = Desk::synced(
        Dovecot::builder()
            .mails(MAJA, letters("maja", 1))
            .mails(crate::ANA, letters("ana", 2)),
    );
    let second = desk.add(&dovecot, crate::ANA);
    desk.json(&["sync", "--once", "--account", &second]).ok();
    let (code, message) = desk.json(&["messages", "INBOX"]).code(2).error();
    assert_eq!(code, "usage");
    assert!(message.contains("--account"), "{message}");
    let rows = desk
        .json(&["messages", "INBOX", "--account", &second])
        .ok()
        .lines();
    assert_eq!(field(&rows, "subject"), ["ana-2", "ana-1"]);
    desk.json(&["messages", "INBOX", "--account", "99"]).code(1);
    desk.json(&["sync", "--once", "--account", "99"]).code(1);
}
