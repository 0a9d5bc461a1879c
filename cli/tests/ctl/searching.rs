//! `search`: every operator, exact totals, pages, the line protocol.

use kontor_testkit::{Dovecot, Mail};
use serde_json::{Value, json};

use crate::MAJA;
use crate::desk::{Desk, field};

fn mail(name: &str, head: &str, body: &str) -> Mail {
    Mail::new(format!(
        "Message-ID: <{name}@example.org>\r\n{head}\r\n\r\n{body}\r\n"
    ))
}

fn desk() -> (Dovecot, Desk) {
    let rich = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b";
    let pdf = "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Skriti <b>za\u{10d}imbe</b><style>nevidno</style></p>\r\n\
        --b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"Predra\u{10d}un 2026-17.pdf\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--";
    let builder = Dovecot::builder()
        .mailbox("Računi")
        .mail(
            MAJA,
            mail(
                "s1",
                "From: Čedomir Žagar <cedo@zagar.example>\r\nTo: Maja <maja@hrastvijak.example>\r\nSubject: Račun št. 2026/17\r\n\
                 Date: 5 Feb 2026 10:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8",
                "Prosimo za plačilo računa do petka. Dve vrsti besed tu.",
            ),
        )
        .mail(
            MAJA,
            mail(
                "s2",
                &format!(
                    "From: ana@example.org\r\nTo: skupina@x.example\r\nCc: Maja <maja@hrastvijak.example>\r\n\
                     Subject: priloge\r\nDate: 6 Feb 2026 00:00:00 +0000\r\n{rich}"
                ),
                pdf,
            )
            .flag("\\Seen")
            .folder("Računi"),
        )
        .mail(
            MAJA,
            mail(
                "s3",
                "From: bo@example.net\r\nTo: maja@hrastvijak.example\r\nSubject: vrsti dve\r\nDate: 6 Feb 2026 23:59:59 +0000",
                "nothing here but racunalnik",
            )
            .flag("\\Flagged")
            .flag("\\Seen"),
        )
        .mail(
            MAJA,
            mail(
                "s4",
                "From: x@ana.example\r\nTo: y@z.example\r\nSubject: old\r\nDate: 1 Jan 2025 12:00:00 +0000",
                "star besedilo",
            )
            .flag("\\Answered"),
        );
    Desk::synced(builder)
}

#[track_caller]
fn check(desk: &Desk, query: &str, want: &[&str]) {
    let found = desk.json(&["search", query]).ok().one();
    let results = found["results"].as_array().expect("results");
    let names: Vec<String> = field(results, "message_id")
        .into_iter()
        .map(|m| m.trim_end_matches("@example.org").to_owned())
        .collect();
    assert_eq!(names, want, "{query}");
    assert_eq!(found["total"], want.len(), "the total of {query}");
}

#[test]
fn every_operator() {
    let (_dovecot, desk) = desk();
    for (query, want) in [
        // Words: anywhere, all of them, folded, whole.
        ("račun", vec!["s1"]),
        ("RACUN", vec!["s1"]),
        ("racun*", vec!["s3", "s1"]),
        ("plačilo petka", vec!["s1"]),
        ("plačilo nikoli", vec![]),
        ("2026", vec!["s2", "s1"]),
        ("cedomir", vec!["s1"]),
        ("začimbe", vec!["s2"]),
        ("nevidno", vec![]),
        ("predračun", vec!["s2"]),
        ("skupina", vec!["s2"]),
        ("plač", vec![]),
        // Phrases and prefixes.
        ("\"dve vrsti\"", vec!["s1"]),
        ("\"vrsti dve\"", vec!["s3"]),
        ("vrsti dve", vec!["s3", "s1"]),
        ("\"dve vrs\"*", vec!["s1"]),
        // People.
        ("from:ana", vec!["s2", "s4"]),
        ("from:ana@example.org", vec!["s2"]),
        ("from:ANA@EXAMPLE.ORG", vec!["s2"]),
        ("from:žagar", vec!["s1"]),
        ("to:maja", vec!["s3", "s2", "s1"]),
        ("to:maja@hrastvijak.example", vec!["s3", "s2", "s1"]),
        ("to:skupina", vec!["s2"]),
        ("from:\"Čedomir Žagar\"", vec!["s1"]),
        // Subject.
        ("subject:račun", vec!["s1"]),
        ("subject:petka", vec![]),
        ("subject:\"vrsti dve\"", vec!["s3"]),
        // Days, in UTC.
        ("before:2026-02-06", vec!["s1", "s4"]),
        ("after:2026-02-06", vec!["s3", "s2"]),
        ("after:2026-02-06 before:2026-02-07", vec!["s3", "s2"]),
        // What it is and where.
        ("has:attachment", vec!["s2"]),
        ("is:unread", vec!["s1", "s4"]),
        ("is:read", vec!["s3", "s2"]),
        ("is:flagged", vec!["s3"]),
        ("is:answered", vec!["s4"]),
        ("in:računi", vec!["s2"]),
        ("in:racuni", vec!["s2"]),
        ("in:inbox", vec!["s3", "s1", "s4"]),
        ("in:inbox is:read racunalnik", vec!["s3"]),
        // Everything.
        ("*", vec!["s3", "s2", "s1", "s4"]),
        ("", vec!["s3", "s2", "s1", "s4"]),
    ] {
        check(&desk, query, &want);
    }
    let (code, message) = desk.json(&["search", "before:yesterday"]).code(2).error();
    assert_eq!(code, "usage");
    assert!(
        message.contains("before:2026-"),
        "what to write instead: {message}"
    );
    let one = desk.json(&["search", "račun"]).ok().one();
    let hit = &one["results"][0];
    for name in [
        "id",
        "message_id",
        "thread",
        "folder",
        "subject",
        "date",
        "snippet",
    ] {
        assert!(hit[name].is_string(), "{name}: {hit}");
    }
    assert!(hit["from"].is_array());
    assert!(hit["snippet"].as_str().unwrap().contains("računa") || hit["snippet"] != "");
    assert_eq!(one["coverage"], 1.0);
    assert_eq!(one["next"], Value::Null);
}

#[test]
fn totals_are_exact_over_all_pages() {
    let (_dovecot, desk) = Desk::synced(
        Dovecot::builder()
            .mails(MAJA, crate::letters("t", 120))
            .mails(
                MAJA,
                crate::letters("u", 15)
                    .into_iter()
                    .map(|m| m.folder("Archive"))
                    .collect(),
            ),
    );
    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut words = vec!["search", "ljubljane", "--limit", "40"];
        if let Some(after) = &after {
            words.extend(["--after", after]);
        }
        let page = desk.json(&words).ok().one();
        assert_eq!(page["total"], 135, "exact on every page");
        seen.extend(
            field(page["results"].as_array().unwrap(), "id")
                .into_iter()
                .map(str::to_owned),
        );
        match page["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(seen.len(), 135);
    let unique: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!(unique.len(), 135, "every hit once");
    let default = desk.json(&["search", "ljubljane"]).ok().one();
    assert_eq!(default["results"].as_array().unwrap().len(), 50);
    let all = desk
        .json(&["search", "ljubljane", "--limit", "0"])
        .ok()
        .one();
    assert_eq!(all["results"].as_array().unwrap().len(), 135);
    assert_eq!(all["next"], Value::Null);
}

#[test]
fn the_line_protocol_answers_each_line() {
    let (_dovecot, desk) = desk();
    let asked = concat!(
        "{\"id\":1,\"query\":\"račun\",\"limit\":5}\n",
        "{\"id\":\"two\",\"query\":\"*\"}\n",
        "\n",
        "{\"id\":3,\"query\":\"is:nothing\"}\n",
        "not json\n",
        "{\"id\":[4],\"query\":\"*\",\"limit\":1}\n"
    );
    let answers = desk
        .json_in(&["search", "--jsonl"], asked.as_bytes())
        .ok()
        .lines();
    assert_eq!(answers.len(), 5);
    assert_eq!(
        (&answers[0]["id"], &answers[0]["total"]),
        (&json!(1), &json!(1))
    );
    assert!(
        answers[0]["ms"].is_number(),
        "the time inside: {}",
        answers[0]
    );
    assert_eq!(
        (&answers[1]["id"], &answers[1]["total"]),
        (&json!("two"), &json!(4))
    );
    assert_eq!(answers[2]["id"], 3);
    assert_eq!(answers[2]["error"]["code"], "usage");
    assert_eq!(answers[3]["error"]["code"], "usage");
    assert_eq!(
        (&answers[4]["id"], &answers[4]["total"]),
        (&json!([4]), &json!(4))
    );
    assert_eq!(answers[4]["results"].as_array().unwrap().len(), 1);
    assert!(answers[4]["next"].is_string());
}

#[test]
fn no_line_stops_the_next_one() {
    let (_dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, crate::letters("j", 2)));
    let asked = b"{\"id\":1,\"query\":\"pozdrav\"}\n\xff\xfe\n{\"id\":\"no query\"}\n{\"id\":3,\"query\":\"\\ud800\"}\n\
                  {\"id\":4,\"query\":\"pozdrav\",\"limit\":0}";
    let answers = desk.json_in(&["search", "--jsonl"], asked).ok().lines();
    assert_eq!(answers.len(), 5, "{answers:?}");
    let ids: Vec<&Value> = answers.iter().map(|a| &a["id"]).collect();
    assert_eq!(
        ids,
        [
            &json!(1),
            &json!(null),
            &json!("no query"),
            &json!(3),
            &json!(4)
        ],
        "an id that can be read comes back"
    );
    assert!(answers[2]["error"].is_object());
    assert_eq!(
        answers[3]["error"],
        Value::Null,
        "half a character is no failure"
    );
    assert_eq!(
        answers[4]["results"].as_array().unwrap().len(),
        2,
        "0 is all"
    );
}

#[test]
fn a_word_is_a_run_of_letters_and_digits() {
    let words = mail(
        "w1",
        "From: \"O'Neil, Žan\" <zan_o.neil@firma-dve.example>\r\nTo: b@x.example\r\nSubject: foo_bar a.b-c abc123 12,50 stra\u{df}e\r\n\
         Date: 3 Mar 2026 10:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8",
        "re\u{301}sume\u{301} \u{110}uro na\u{ef}ve O'Hara",
    );
    let picture = "--b\r\nContent-Type: text/html\r\n\r\n<p>vidna <img src=\"cid:p1\" alt=\"nadomestno\"><span>be</span>seda</p>\r\n\
        --b\r\nContent-Type: image/png\r\nContent-ID: <p1>\r\nContent-Disposition: inline; filename=\"slika.png\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--";
    let inline = mail(
        "w2",
        "From: b@x.example\r\nSubject: vgrajena\r\nDate: not a date\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/related; boundary=b",
        picture,
    )
    .received(1_767_225_600);
    let (_dovecot, desk) = Desk::synced(Dovecot::builder().mail(MAJA, words).mail(MAJA, inline));
    for (query, want) in [
        ("foo", vec!["w1"]),
        ("bar", vec!["w1"]),
        ("\"foo bar\"", vec!["w1"]),
        ("abc", vec![]),
        ("abc*", vec!["w1"]),
        ("ABC123", vec!["w1"]),
        ("12", vec!["w1"]),
        ("\"12 50\"", vec!["w1"]),
        ("5*", vec!["w1"]),
        ("resume", vec!["w1"]),
        ("r\u{e9}sum\u{e9}", vec!["w1"]),
        ("naive", vec!["w1"]),
        ("hara", vec!["w1"]),
        ("from:neil", vec!["w1"]),
        ("from:zan", vec!["w1"]),
        ("from:dve", vec!["w1"]),
        ("from:zan_o.neil@firma-dve.example", vec!["w1"]),
        ("from:neil@firma-dve.example", vec![]),
        // Visible text of HTML: tags do not part words, pictures and their addresses are not text.
        ("beseda", vec!["w2"]),
        ("seda", vec![]),
        ("cid", vec![]),
        ("slika", vec!["w2"]),
        // Inline is no attachment; an unreadable Date means the moment of delivery.
        ("has:attachment", vec![]),
        ("before:2026-01-02", vec!["w2"]),
        ("after:2026-01-01", vec!["w1", "w2"]),
        // Only operators, in any order.
        ("after:2026-01-01 is:unread in:INBOX", vec!["w1", "w2"]),
    ] {
        check(&desk, query, &want);
    }
}
