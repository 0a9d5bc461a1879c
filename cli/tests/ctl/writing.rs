//! `crm check` and `templates …`: facts of mails, and texts that facts fill in.

use kontor_testkit::{Dovecot, Mail};
use serde_json::{Value, json};

use crate::customers::put;
use crate::desk::Desk;
use crate::{MAJA, letter};

fn file(desk: &Desk, name: &str, text: &str) -> String {
    let path = desk.profile().join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn facts_of_a_file_are_held_against_the_mirror() {
    let desk = Desk::new();
    put(&desk);
    let mail = "From: maja@hrast.example\r\nTo: ana@example.org\r\nSubject: Naročilo\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\r\n\
        Order 2026-1184 comes to EUR 110.00, RA-2026/0012 to 100,50 EUR.\r\n\
        Call 041 555 012 at 9:30.\r\n\r\nOn Fri, Ana wrote:\r\n> 7777 EUR\r\n";
    let mail = file(&desk, "draft.eml", mail);
    let found = desk.json(&["crm", "check", &mail]).ok().one();
    let shown: Vec<_> = found["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let word = |name: &str| f[name].as_str().unwrap_or("–").to_owned();
            ["kind", "text", "state", "value", "document"]
                .map(word)
                .join(" ")
        })
        .collect();
    assert_eq!(
        shown,
        [
            "number 2026-1184 matched 2026-1184 2026-1184",
            "total EUR 110.00 unknown – –",
            "number RA-2026/0012 matched RA-2026/0012 RA-2026/0012",
            "total 100,50 EUR matched 100.50 EUR RA-2026/0012",
        ]
    );
    assert_eq!(found["facts"][0]["as_of"], "2026-11-20T09:00:00.000Z");
    assert_eq!(found["facts"][1]["as_of"], Value::Null);
}

#[test]
fn templates_are_kept_filled_in_and_removed() {
    let (_dovecot, desk) =
        Desk::synced(Dovecot::builder().mail(MAJA, Mail::new(letter("2026-1184", "Kdaj?"))));
    put(&desk);
    let text = "{{customer.name}}: {{invoice.open.total}} za {{invoice.last.number}}, {{invoice.last.date}}";
    let text = file(&desk, "opomin.txt", text);
    let save = [
        "templates",
        "save",
        "Opomin",
        "--file",
        &text,
        "--language",
        "sl",
    ];
    let id = desk.json(&save).ok().one()["id"].clone();
    assert_eq!(
        desk.json(&save).ok().one()["id"],
        id,
        "the same name is the same template"
    );
    let all = desk.json(&["templates", "list"]).ok().one();
    assert_eq!(all["templates"].as_array().unwrap().len(), 1);
    assert_eq!(all["templates"][0]["name"], "Opomin");
    let shown = desk.json(&["templates", "show", "opomin"]).ok().one();
    assert_eq!(shown["language"], "sl");
    let render = [
        "templates",
        "render",
        "Opomin",
        "--message",
        "mid:2026-1184@example.org",
    ];
    let filled = desk.json(&render).ok().one();
    assert_eq!(
        filled["text"],
        json!("Firma 1600: 60,50\u{a0}€ za RA-2026/0012, 3.\u{a0}11.\u{a0}2026")
    );

    let lacking = file(
        &desk,
        "b.txt",
        "{{offer.last.number}} in {{order.last.due}}",
    );
    desk.json(&["templates", "save", "B", "--file", &lacking])
        .ok();
    let (_, message) = desk
        .json(&[
            "templates",
            "render",
            "B",
            "--message",
            "mid:2026-1184@example.org",
        ])
        .code(1)
        .error();
    assert!(
        message.contains("offer.last.number, order.last.due"),
        "each is named: {message}"
    );
    desk.json(&["templates", "remove", "B"]).ok();
    desk.json(&["templates", "show", "B"]).code(1);
    let mistake = file(&desk, "c.txt", "{{customer.nam}}");
    let (_, message) = desk
        .json(&["templates", "save", "C", "--file", &mistake])
        .code(2)
        .error();
    assert!(message.contains("customer.nam"), "{message}");
}
