//! What colleagues hear of an answer, and who is told that somebody answered already.

use kontor_testkit::{Dovecot, Mail};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::team::{House, sync};
use crate::{ANA, MAJA, letter};

#[test]
fn colleagues_hear_of_an_answer_and_nothing_of_what_it_says() {
    let house = House::open();
    let letter = Mail::new(letter("q", "Kdaj dobavite?"));
    let (_dovecot, ana) = Desk::synced(Dovecot::builder().user(ANA).mail(MAJA, letter));
    house.join(&ana, "Ana");
    let bor = house.desk("Bor");
    let text = ana.file("a.txt", b"V petek.\n");
    ana.json(&["reply", "mid:q@example.org", "--text-file", &text, "--wait"])
        .ok();
    sync(&ana);
    sync(&bor);
    let replies = bor.json(&["activity", "--type", "reply"]).ok().lines();
    assert_eq!(replies.len(), 1, "{replies:?}");
    assert_eq!(
        (&replies[0]["name"], &replies[0]["title"]),
        (&json!("Ana"), &Value::Null)
    );
    let thread = ana.messages("INBOX")[0]["thread"]
        .as_str()
        .unwrap()
        .to_owned();
    ana.json(&["assign", &thread, "Ana"]).ok();
    let assigned = ana.json(&["activity", "--type", "assign"]).ok().one();
    assert_eq!(
        assigned["subject"], replies[0]["subject"],
        "one thread, one name"
    );
}

#[test]
fn who_answers_what_a_colleague_answered_is_told() {
    let house = House::open();
    // Old enough for any clock.
    let raw = String::from_utf8(letter("q", "Kdaj dobavite?")).unwrap();
    let letter = Mail::new(raw.replace("21 Nov 2026", "21 Nov 2020").into_bytes());
    let dovecot = Dovecot::builder().user(ANA).mail(MAJA, letter.clone());
    let (_dovecot, ana) = Desk::synced(dovecot);
    // Alone there is nobody to ask about.
    let text = ana.file("a.txt", b"V petek.\n");
    let reply = ["reply", "mid:q@example.org", "--text-file", &text];
    let asking = [&reply[..], &["--ask"]].concat();
    let alone = ana.json(&asking).ok();
    assert_eq!(alone.err, "", "{alone:?}");
    house.join(&ana, "Ana");
    ana.json(&[&asking[..], &["--wait"]].concat()).ok();
    sync(&ana);

    let (_other, bor) = Desk::synced(Dovecot::builder().user(ANA).mail(MAJA, letter));
    house.join(&bor, "Bor");
    sync(&bor);
    let text = bor.file("b.txt", b"Jutri.\n");
    let reply = ["reply", "mid:q@example.org", "--text-file", &text];
    let refused = bor.json(&[&reply[..], &["--ask"]].concat()).code(1);
    let (code, message) = refused.error();
    assert_eq!(code, "collision", "{message}");
    assert!(
        message.starts_with("Ana answered this conversation"),
        "{message}"
    );
    assert_eq!(
        bor.json(&["outbox", "list"]).ok().lines(),
        [Value::Null; 0],
        "nothing was queued"
    );
    let told = bor.json(&reply).ok();
    let warning: Value = serde_json::from_str(told.err.trim()).unwrap();
    assert_eq!(warning["warning"]["code"], "collision", "{warning}");
    assert_eq!(told.one()["state"], "queued", "and it is sent");
    let file = bor.file(
        "c.eml",
        b"From: maja@hrastvijak.example\r\nTo: s@example.org\r\nIn-Reply-To: <q@example.org>\r\nMessage-ID: <c@x.example>\r\n\r\nJutri.\r\n",
    );
    let refused = bor.json(&["send", &file, "--ask"]).code(1);
    assert_eq!(refused.error().0, "collision");
}
