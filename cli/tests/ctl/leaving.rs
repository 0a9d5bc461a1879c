//! A mail that leaves while the line breaks, the program is killed, or the person ends it: sent once, or a question.

use std::time::Duration;

use kontor_testkit::{Direction, Dovecot, FaultProxy, Faults};
use serde_json::{Value, json};

use crate::desk::{Desk, PATIENCE, spawn, until};
use crate::{ANA, MAJA};

fn outgoing(name: &str, body: &str) -> Vec<u8> {
    format!(
        "From: {MAJA}\r\nTo: {ANA}\r\nSubject: {name}\r\nMessage-ID: <{name}@hrastvijak.example>\r\n\
         Date: Sat, 21 Nov 2026 10:00:00 +0100\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

/// A desk whose mail leaves through a proxy.
fn sender(builder: kontor_testkit::DovecotBuilder) -> (Dovecot, FaultProxy, Desk) {
    let dovecot = builder.user(MAJA).user(ANA).start().unwrap();
    let proxy = FaultProxy::before(dovecot.submissions_port()).unwrap();
    let desk = Desk::new();
    desk.add_at(&dovecot, MAJA, dovecot.imaps_port(), proxy.port());
    desk.json(&["sync", "--once"]).ok();
    (dovecot, proxy, desk)
}

fn outbox(desk: &Desk) -> Vec<Value> {
    desk.json(&["outbox", "list", "--all"]).ok().lines()
}

#[test]
fn cut_off_before_the_end_it_is_sent_later_exactly_once() {
    let (dovecot, proxy, desk) = sender(Dovecot::builder());
    // Larger than what the network holds: a line that breaks in the middle is noticed before the end is said.
    let large = "vsebina ki se vlece in vlece\r\n".repeat(400_000);
    for (n, body, cut) in [(1, "x", 300), (2, "x", 800), (3, large.as_str(), 2_000_000)] {
        let file = desk.file("m.eml", &outgoing(&format!("c{n}"), body));
        proxy.set(Faults {
            cut_after: Some((Direction::Up, cut)),
            ..Faults::default()
        });
        let said = desk.json(&["send", &file, "--wait"]);
        assert_eq!(said.code, 4, "cut after {cut}: {said:?}");
        let one = said.one();
        assert_eq!(one["state"], "queued", "cut after {cut}");
        assert_eq!(dovecot.relayed().len(), n - 1, "nothing was sent");
        let listed = outbox(&desk);
        assert!(
            listed[0]["error"].is_string(),
            "the outbox says why it waits: {listed:?}"
        );
        proxy.set(Faults::default());
        desk.json(&["sync", "--once"]).ok();
        assert_eq!(dovecot.relayed().len(), n, "sent once the network is back");
        desk.json(&["sync", "--once"]).ok();
        assert_eq!(dovecot.relayed().len(), n, "and only once");
    }
    assert!(outbox(&desk).iter().all(|o| o["state"] == "sent"));
    assert_eq!(desk.messages("Sent").len(), 3);
}

/// Queues a mail and loses the line between the end of DATA and the reply.
fn lose_the_reply(dovecot: &Dovecot, proxy: &FaultProxy, desk: &Desk, name: &str) -> String {
    let file = desk.file("m.eml", &outgoing(name, "x"));
    let before = dovecot.relayed().len();
    // Slow enough that the reply is still on its way when the line is cut.
    proxy.set(Faults {
        delay: Duration::from_millis(120),
        ..Faults::default()
    });
    let running = desk
        .command()
        .args(["--json", "send", &file, "--wait"])
        .spawn()
        .unwrap();
    assert_eq!(dovecot.wait_relayed(before + 1, PATIENCE).len(), before + 1);
    proxy.cut();
    proxy.set(Faults::default());
    let out = running.wait_with_output().unwrap();
    let said: Value = serde_json::from_slice(&out.stdout).unwrap();
    said["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_lost_reply_is_a_question_to_the_person() {
    let (dovecot, proxy, desk) = sender(Dovecot::builder());
    let id = lose_the_reply(&dovecot, &proxy, &desk, "u1");
    let of = |id: &str| {
        let all = outbox(&desk);
        all.into_iter().find(|o| o["id"] == id).unwrap()
    };
    assert_eq!(of(&id)["state"], "unknown");
    assert!(
        of(&id)["error"]
            .as_str()
            .unwrap()
            .contains("may or may not")
    );
    assert_eq!(desk.status()["pending"]["unknown"], 1);
    for _ in 0..2 {
        desk.json(&["sync", "--once"]).ok();
    }
    assert_eq!(dovecot.relayed().len(), 1, "never sent again by itself");
    assert_eq!(of(&id)["state"], "unknown");
    desk.json(&["outbox", "retry", &id, "--wait"]).ok();
    assert_eq!(dovecot.relayed().len(), 2, "the person says so");
    assert_eq!(of(&id)["state"], "sent");

    let id = lose_the_reply(&dovecot, &proxy, &desk, "u2");
    assert_eq!(of(&id)["state"], "unknown");
    desk.json(&["outbox", "cancel", &id]).ok();
    assert_eq!(of(&id)["state"], "cancelled");
    desk.json(&["sync", "--once"]).ok();
    assert_eq!(dovecot.relayed().len(), 3, "cancel drops it");
    assert_eq!(desk.status()["pending"]["unknown"], 0);
}

#[test]
fn a_lost_reply_is_no_question_where_the_server_files_what_it_sends() {
    let (dovecot, proxy, desk) = sender(Dovecot::builder().files_sent_mail());
    let id = lose_the_reply(&dovecot, &proxy, &desk, "s1");
    let row = &outbox(&desk)[0];
    assert_eq!(
        (&row["id"], &row["state"]),
        (&json!(id), &json!("sent")),
        "found in Sent: {row}"
    );
    desk.json(&["sync", "--once"]).ok();
    assert_eq!(dovecot.relayed().len(), 1);
    assert_eq!(desk.messages("Sent").len(), 1, "one copy");
}

#[test]
fn killed_while_sending_it_is_never_sent_twice() {
    let (dovecot, proxy, desk) = sender(Dovecot::builder());
    let file = desk.file("m.eml", &outgoing("k1", "x"));
    proxy.set(Faults {
        delay: Duration::from_millis(120),
        ..Faults::default()
    });
    let mut running = spawn(&desk, &["send", &file, "--wait"]);
    until("it is being sent", || {
        outbox(&desk)
            .first()
            .is_some_and(|o| o["state"] == "sending")
            .then_some(())
    });
    running.kill().unwrap();
    running.wait().unwrap();
    proxy.set(Faults::default());
    desk.json(&["sync", "--once"]).ok();
    let row = &outbox(&desk)[0];
    assert_eq!(row["state"], "unknown", "{row}");
    let relayed = dovecot.relayed().len();
    desk.json(&["sync", "--once"]).ok();
    assert_eq!(dovecot.relayed().len(), relayed, "never again by itself");
    assert!(relayed <= 1);
}

#[test]
fn a_mail_that_is_leaving_is_not_broken_off_at_the_end() {
    let (dovecot, proxy, desk) = sender(Dovecot::builder());
    let watch = desk.watch();
    watch.wait_state("live");
    proxy.set(Faults {
        delay: Duration::from_millis(40),
        ..Faults::default()
    });
    let file = desk.file("m.eml", &outgoing("l1", "x"));
    desk.json(&["send", &file]).ok();
    until("it is being sent", || {
        outbox(&desk)
            .first()
            .is_some_and(|o| o["state"] != "queued")
            .then_some(())
    });
    watch.signal("-TERM");
    let (status, took) = watch.end();
    assert_eq!(status.code(), Some(0));
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(
        outbox(&desk)[0]["state"],
        "sent",
        "it got the time it needed"
    );
    assert_eq!(dovecot.relayed().len(), 1);
    desk.json(&["sync", "--once"]).ok();
    assert_eq!(desk.messages("Sent").len(), 1, "the copy follows");
}
