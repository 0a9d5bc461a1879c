//! `send`, `reply`, `outbox`: exactly once.

use kontor_testkit::{Dovecot, Mail};
use serde_json::{Value, json};

use crate::desk::{Desk, PATIENCE, until};
use crate::{ANA, MAJA, letter};

fn outgoing(name: &str, extra: &str) -> Vec<u8> {
    format!(
        "From: Maja <{MAJA}>\r\nTo: Ana <{ANA}>\r\nSubject: {name}\r\nMessage-ID: <{name}@hrastvijak.example>\r\n\
         Date: Sat, 21 Nov 2026 10:00:00 +0100\r\n{extra}\r\nLep pozdrav\r\n.\r\n..dots\r\n"
    )
    .into_bytes()
}

fn outbox(desk: &Desk, words: &[&str]) -> Vec<Value> {
    let mut all = vec!["outbox", "list"];
    all.extend(words);
    desk.json(&all).ok().lines()
}

/// UIDs in a folder with this Message-ID.
fn copies(dovecot: &Dovecot, user: &str, folder: &str, mid: &str) -> usize {
    let mut imap = dovecot.imap(user).unwrap();
    imap.select(folder).unwrap();
    imap.uids(&format!("HEADER Message-ID \"<{mid}>\""))
        .unwrap()
        .len()
}

#[test]
fn a_mail_is_sent_once_and_filed_once() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder().user(ANA));
    let file = desk.file("m.eml", &outgoing("m1", ""));
    let queued = desk.json(&["send", &file]).ok().one();
    assert_eq!(queued["message_id"], "m1@hrastvijak.example");
    assert_eq!(queued["state"], "queued", "journalled, not sent: {queued}");
    let id = queued["id"].as_str().unwrap();
    let listed = outbox(&desk, &[]);
    assert_eq!(listed.len(), 1);
    for (name, want) in [
        ("id", json!(id)),
        ("state", json!("queued")),
        ("attempts", json!(0)),
        ("error", json!(null)),
    ] {
        assert_eq!(listed[0][name], want, "{name}");
    }
    assert!(listed[0]["at"].is_string());
    let again = desk.json(&["send", &file]).ok().one();
    assert_eq!(
        (&again["id"], &again["duplicate"]),
        (&json!(id), &json!(true))
    );
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(summary["outbox_left"], 0, "{summary}");
    let relayed = dovecot.relayed();
    assert_eq!(relayed.len(), 1, "sent once");
    assert_eq!(
        (relayed[0].from.as_str(), &relayed[0].to[..]),
        (MAJA, &[ANA.to_owned()][..])
    );
    let text = String::from_utf8_lossy(&relayed[0].raw).into_owned();
    assert!(text.ends_with("Lep pozdrav\r\n.\r\n..dots\r\n"), "{text:?}");
    assert_eq!(copies(&dovecot, MAJA, "Sent", "m1@hrastvijak.example"), 1);
    let sent = desk.messages("Sent");
    assert_eq!(sent.len(), 1, "the copy is here, too");
    assert_eq!(sent[0]["flags"], json!(["\\Seen"]));
    assert_eq!(outbox(&desk, &[]).len(), 0);
    let all = outbox(&desk, &["--all"]);
    assert_eq!(
        (&all[0]["state"], &all[0]["id"]),
        (&json!("sent"), &json!(id))
    );
    let third = desk.json(&["send", &file, "--wait"]).ok().one();
    assert_eq!(
        (&third["id"], &third["duplicate"]),
        (&json!(id), &json!(true)),
        "sent from this profile"
    );
    desk.json(&["sync", "--once"]).ok();
    assert_eq!(dovecot.relayed().len(), 1);
    assert_eq!(copies(&dovecot, MAJA, "Sent", "m1@hrastvijak.example"), 1);
    desk.json(&["outbox", "cancel", id]).code(1);
    desk.json(&["outbox", "retry", id]).code(1);
}

#[test]
fn wait_sends_at_once_and_bcc_never_travels() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder().user(ANA));
    let file = desk.file(
        "b.eml",
        &outgoing("b1", "Bcc: skrit@x.example,\r\n drug@x.example\r\n"),
    );
    let sent = desk.json(&["send", &file, "--wait"]).ok().one();
    assert_eq!(sent["state"], "sent");
    let relayed = dovecot.wait_relayed(1, PATIENCE);
    assert_eq!(relayed[0].to, [ANA, "skrit@x.example", "drug@x.example"]);
    assert!(
        !String::from_utf8_lossy(&relayed[0].raw).contains("skrit"),
        "nobody sees it"
    );
    assert_eq!(copies(&dovecot, MAJA, "Sent", "b1@hrastvijak.example"), 1);
    assert_eq!(copies(&dovecot, ANA, "INBOX", "b1@hrastvijak.example"), 1);
}

#[test]
fn a_missing_message_id_is_made() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder().user(ANA));
    let raw = format!("From: {MAJA}\nTo: {ANA}\nSubject: no id\n\nhi\n");
    let file = desk.file("n.eml", raw.as_bytes());
    let sent = desk.json(&["send", &file, "--wait"]).ok().one();
    let mid = sent["message_id"].as_str().unwrap();
    assert!(mid.contains('@') && !mid.contains('<'), "{mid}");
    let raw = String::from_utf8_lossy(&dovecot.relayed()[0].raw).into_owned();
    assert!(raw.contains(&format!("Message-ID: <{mid}>\r\n")), "{raw}");
    assert!(raw.contains("\r\n\r\nhi\r\n"), "CRLF: {raw:?}");
}

#[test]
fn offline_it_waits_and_can_be_taken_back() {
    let (mut dovecot, desk) = Desk::synced(Dovecot::builder().user(ANA));
    dovecot.stop().unwrap();
    let one = desk.file("1.eml", &outgoing("o1", ""));
    let two = desk.file("2.eml", &outgoing("o2", ""));
    desk.json(&["send", &one]).ok();
    let second = desk.json(&["send", &two]).ok().one();
    let (code, _) = desk.json(&["sync", "--once"]).code(4).error();
    assert_eq!(code, "offline");
    let waited = desk
        .json(&["send", &desk.file("3.eml", &outgoing("o3", "")), "--wait"])
        .code(4);
    assert_eq!(
        waited.one()["state"],
        "queued",
        "still journalled: {waited:?}"
    );
    assert_eq!(desk.status()["pending"]["outbox"], 3);
    let id = second["id"].as_str().unwrap();
    let cancelled = desk.json(&["outbox", "cancel", id]).ok().one();
    assert_eq!(cancelled["state"], "cancelled");
    dovecot.restart().unwrap();
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(summary["outbox_left"], 0, "{summary}");
    let mut subjects: Vec<String> = dovecot
        .relayed()
        .iter()
        .map(|r| {
            let text = String::from_utf8_lossy(&r.raw).into_owned();
            let subject = text.lines().find(|l| l.starts_with("Subject:"));
            subject.unwrap_or_default().to_owned()
        })
        .collect();
    subjects.sort();
    assert_eq!(
        subjects,
        ["Subject: o1", "Subject: o3"],
        "the cancelled one was not sent"
    );
    // Cancelled, it may be sent after all.
    let again = desk.json(&["send", &two, "--wait"]).ok().one();
    assert_eq!(
        (&again["id"], &again["state"]),
        (&json!(id), &json!("sent"))
    );
    assert_eq!(dovecot.relayed().len(), 3);
}

#[test]
fn a_mail_for_later_waits_for_its_time() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder().user(ANA));
    let file = desk.file("l.eml", &outgoing("l1", ""));
    let queued = desk
        .json(&["send", &file, "--at", "2099-01-02T03:04:05Z"])
        .ok()
        .one();
    assert_eq!(queued["state"], "queued");
    assert_eq!(outbox(&desk, &[])[0]["at"], "2099-01-02T03:04:05.000Z");
    let summary = desk.json(&["sync", "--once"]).ok().one();
    assert_eq!(summary["outbox_left"], 1, "{summary}");
    assert!(dovecot.relayed().is_empty());
    let id = queued["id"].as_str().unwrap();
    desk.json(&["outbox", "retry", id, "--wait"]).ok();
    assert_eq!(dovecot.relayed().len(), 1, "retry sends it now");
    desk.json(&["send", &file, "--at", "tomorrow"]).code(2);
    // In the past is now.
    let file = desk.file("p.eml", &outgoing("p1", ""));
    desk.json(&["send", &file, "--at", "2020-01-01T00:00:00Z", "--wait"])
        .ok();
    assert_eq!(dovecot.relayed().len(), 2);
}

#[test]
fn a_refused_mail_fails_with_the_servers_words() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder().user(ANA));
    dovecot.refuse_recipient("gone@x.example", "550 5.1.1 no such user");
    let raw = String::from_utf8(outgoing("f1", ""))
        .unwrap()
        .replacen(ANA, "gone@x.example", 1);
    let file = desk.file("f.eml", raw.as_bytes());
    let said = desk.json(&["send", &file, "--wait"]).code(1);
    assert!(said.error().1.contains("no such user"), "{said:?}");
    assert_eq!(said.one()["state"], "failed");
    let listed = &outbox(&desk, &[])[0];
    assert_eq!(listed["state"], "failed");
    assert!(listed["error"].as_str().unwrap().contains("no such user"));
    desk.json(&["outbox", "cancel", listed["id"].as_str().unwrap()])
        .ok();
    assert!(outbox(&desk, &[]).is_empty());

    // "Later" is no refusal.
    dovecot.refuse_recipient("busy@x.example", "450 4.2.1 try later");
    let raw = String::from_utf8(outgoing("f2", ""))
        .unwrap()
        .replacen(ANA, "busy@x.example", 1);
    let file = desk.file("g.eml", raw.as_bytes());
    let said = desk.json(&["send", &file, "--wait"]).code(1);
    assert_eq!(said.one()["state"], "queued");
    assert!(said.error().1.contains("try later"), "{said:?}");
}

#[test]
fn a_reply_quotes_answers_and_threads() {
    let builder = Dovecot::builder()
        .user(ANA)
        .mail(MAJA, Mail::new(letter("q", "Kdaj dobavite?")));
    let (dovecot, desk) = Desk::synced(builder);
    let text = desk.file("a.txt", "V petek. Lep pozdrav, Maja\n".as_bytes());
    let sent = desk
        .json(&["reply", "mid:q@example.org", "--text-file", &text, "--wait"])
        .ok()
        .one();
    assert_eq!(sent["state"], "sent");
    let relayed = dovecot.relayed();
    assert_eq!(relayed[0].to, ["ana@example.org"]);
    let raw = String::from_utf8_lossy(&relayed[0].raw).into_owned();
    for part in [
        "Subject: Re: q\r\n",
        "In-Reply-To: <q@example.org>",
        "References: <q@example.org>",
        "V petek.",
    ] {
        assert!(raw.contains(part), "{part}: {raw}");
    }
    assert!(raw.contains("> Kdaj dobavite?"), "{raw}");
    desk.json(&["sync", "--once"]).ok();
    let mut imap = dovecot.imap(MAJA).unwrap();
    imap.select("INBOX").unwrap();
    assert!(
        imap.text("UID FETCH 1 FLAGS")
            .unwrap()
            .contains("\\Answered")
    );
    let row = &desk.messages("INBOX")[0];
    assert_eq!(row["flags"], json!(["\\Answered"]));
    let thread = desk
        .json(&["thread", row["thread"].as_str().unwrap()])
        .ok()
        .one();
    assert_eq!(
        thread["messages"].as_array().unwrap().len(),
        2,
        "the answer lies in the conversation"
    );
}

#[test]
fn a_reply_to_all_leaves_nobody_out_but_me() {
    let raw = format!(
        "From: ana@example.org\r\nTo: {MAJA}, bo@example.org\r\nCc: cilka@example.org\r\nSubject: vsi\r\n\
         Message-ID: <vsi@example.org>\r\n\r\nhej\r\n"
    );
    let (dovecot, desk) = Desk::synced(Dovecot::builder().mail(MAJA, Mail::new(raw)));
    let text = desk.file("a.txt", b"ok\n");
    desk.json(&[
        "reply",
        "mid:vsi@example.org",
        "--text-file",
        &text,
        "--all",
        "--wait",
    ])
    .ok();
    let mut to = dovecot.relayed()[0].to.clone();
    to.sort();
    assert_eq!(
        to,
        ["ana@example.org", "bo@example.org", "cilka@example.org"]
    );
}

#[test]
fn a_server_that_files_sent_mail_itself_gets_no_second_copy() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder().user(ANA).files_sent_mail());
    let file = desk.file("s.eml", &outgoing("s1", ""));
    desk.json(&["send", &file, "--wait"]).ok();
    assert_eq!(copies(&dovecot, MAJA, "Sent", "s1@hrastvijak.example"), 1);
}

#[test]
fn a_watch_sends_what_commands_queue() {
    let (dovecot, desk) = Desk::with(Dovecot::builder().user(ANA));
    let watch = desk.watch();
    watch.wait_state("live");
    let file = desk.file("w.eml", &outgoing("w1", ""));
    desk.json(&["send", &file]).ok();
    assert_eq!(dovecot.wait_relayed(1, PATIENCE).len(), 1);
    until("the copy lies in Sent", || {
        (copies(&dovecot, MAJA, "Sent", "w1@hrastvijak.example") == 1).then_some(())
    });
    watch.wait_arrived_mid("w1@hrastvijak.example");
    let file = desk.file("v.eml", &outgoing("v1", ""));
    assert_eq!(
        desk.json(&["send", &file, "--wait"]).ok().one()["state"],
        "sent"
    );
    watch.stop();
}

#[test]
fn a_mail_nobody_gets_or_nobody_of_us_sends_is_refused() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder().user(ANA));
    desk.add(&dovecot, ANA);
    let nobody = desk.file(
        "n.eml",
        format!("From: {MAJA}\r\nSubject: x\r\n\r\nx").as_bytes(),
    );
    assert_ne!(desk.json(&["send", &nobody]).code, 0);
    let stranger = desk.file("s.eml", b"From: x@y.example\r\nTo: z@y.example\r\n\r\nx");
    let said = desk.json(&["send", &stranger]).code(2);
    assert!(said.error().1.contains("--account"), "{said:?}");
    let id = desk.json(&["account", "list"]).ok().lines()[1]["id"].clone();
    let words = [
        "send",
        &stranger,
        "--account",
        id.as_str().unwrap(),
        "--wait",
    ];
    desk.json(&words).ok();
    assert_eq!(
        dovecot.relayed()[0].from,
        ANA,
        "through the account that was named"
    );
    desk.json(&["send", "/no/such/file"]).code(1);
}
