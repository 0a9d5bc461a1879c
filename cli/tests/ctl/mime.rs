//! `mime …`: messages without a profile.

use serde_json::{Value, json};

use crate::desk::Desk;

const MAIL: &str = "Message-ID: <m@x>\r\nFrom: Ana <a@x.example>\r\nTo: b@x.example\r\nSubject: =?utf-8?q?=C4=8Das?=\r\n\
    Date: Fri, 2 Jan 2026 09:30:00 +0200\r\nIn-Reply-To: <p@x>\r\nReferences: <q@x> <p@x>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nnovo\r\n\
    > staro\r\n--b\r\nContent-Type: image/png; name=a.png\r\nContent-Disposition: attachment; filename=a.png\r\n\
    Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--\r\n";

#[test]
fn parse_has_every_field() {
    let desk = Desk::new();
    let file = desk.file("m.eml", MAIL.as_bytes());
    let one = desk.json(&["mime", "parse", &file]).ok().one();
    assert_eq!(one["message_id"], "m@x");
    assert_eq!(one["subject"], "čas");
    assert_eq!(
        one["from"],
        json!([{"name": "Ana", "address": "a@x.example"}])
    );
    assert_eq!(
        one["date"].as_str().unwrap().get(..19),
        Some("2026-01-02T07:30:00")
    );
    assert_eq!(one["in_reply_to"], json!(["p@x"]));
    assert_eq!(one["references"], json!(["q@x", "p@x"]));
    assert_eq!(one["html"], Value::Null);
    assert!(one["text"].as_str().unwrap().contains("novo"));
    let attachment = &one["attachments"][0];
    assert_eq!(
        (&attachment["n"], &attachment["size"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(attachment["name"], "a.png");
    assert_eq!(attachment["inline"], false);
    assert!(attachment["sha256"].is_string() && attachment.get("content_id").is_some());
    assert_eq!(
        one["parts"]["parts"].as_array().unwrap().len(),
        2,
        "the root node"
    );
    assert_eq!(one["parts"]["parts"][1]["section"], "2");
    assert_eq!(one["defects"], json!([]));
    assert!(!desk.profile().exists(), "no profile is needed or made");
    let same = desk
        .json_in(&["mime", "parse", "-"], MAIL.as_bytes())
        .ok()
        .one();
    assert_eq!(same, one, "- is stdin");
}

#[test]
fn every_input_gets_an_answer() {
    let desk = Desk::new();
    for raw in [
        &b""[..],
        b"\x00\xff\xfe",
        b"From \r\n\r\n",
        b"Content-Type: multipart/mixed\r\n\r\n--",
    ] {
        let file = desk.file("odd.eml", raw);
        let one = desk.json(&["mime", "parse", &file]).ok().one();
        assert!(one["defects"].is_array(), "{one}");
    }
    desk.json(&["mime", "parse", "/no/such/file"]).code(1);
}

#[test]
fn sanitise_makes_html_safe() {
    let desk = Desk::new();
    let html = "<p onclick=x>a<script>bad()</script><img src='https://t.example/p.png'><a href='https://evil.example'>https://bank.example</a>";
    let file = desk.file("a.html", html.as_bytes());
    let safe = desk.run(&["mime", "sanitise", &file]).ok().text();
    assert!(
        safe.contains("<p>a") && !safe.contains("script") && !safe.contains("t.example"),
        "{safe}"
    );
    let one = desk.json(&["mime", "sanitise", &file]).ok().one();
    assert_eq!(one["remote"], json!(["https://t.example/p.png"]));
    assert!(one["html"].is_string() && !one["removed"].is_null());
    assert_eq!(one["links"][0]["href"], "https://evil.example");
    assert_eq!(one["links"][0]["text"], "https://bank.example");
    let remote = desk
        .run(&["mime", "sanitise", &file, "--remote"])
        .ok()
        .text();
    assert!(remote.contains("https://t.example/p.png"), "{remote}");
}

#[test]
fn reply_text_is_what_the_author_wrote() {
    let desk = Desk::new();
    let file = desk.file("m.eml", MAIL.as_bytes());
    assert_eq!(
        desk.run(&["mime", "reply-text", &file]).ok().text().trim(),
        "novo"
    );
    let one = desk.json(&["mime", "reply-text", &file]).ok().one();
    assert!(one["quoted"].as_str().unwrap().contains("staro"), "{one}");
    assert!(one["signature"].is_string());
    let body = desk.file("b.txt", b"hello\n\n-- \nAna\n");
    let one = desk
        .json(&["mime", "reply-text", &body, "--as", "text"])
        .ok()
        .one();
    assert_eq!(one["text"].as_str().unwrap().trim(), "hello");
    assert!(one["signature"].as_str().unwrap().contains("Ana"), "{one}");
    let html = desk.file("b.html", b"<p>hi</p><blockquote type=cite>old</blockquote>");
    let one = desk
        .json(&["mime", "reply-text", &html, "--as", "html"])
        .ok()
        .one();
    assert!(
        one["text"].as_str().unwrap().contains("hi")
            && !one["text"].as_str().unwrap().contains("old")
    );
}

#[test]
fn the_line_protocol_keeps_ids_and_order() {
    let desk = Desk::new();
    let base64 = kontor_testkit::mime::base64(MAIL.as_bytes());
    let lines = format!(
        "{}\n{}\n{{\"id\":3}}\n",
        json!({"id": "a", "in": MAIL}),
        json!({"id": 2, "in_base64": base64})
    );
    let answers = desk
        .json_in(&["mime", "parse", "--jsonl"], lines.as_bytes())
        .ok()
        .lines();
    assert_eq!(answers.len(), 3);
    assert_eq!(answers[0]["id"], "a");
    assert_eq!(answers[1]["id"], 2);
    assert_eq!(answers[0]["subject"], "čas");
    assert_eq!(answers[1]["parts"], answers[0]["parts"]);
    assert_eq!(answers[2]["id"], 3);
    assert!(answers[2]["error"].is_object());
    let html = format!("{}\n", json!({"id": 1, "in": "<b onclick=x>a</b>"}));
    let safe = desk
        .json_in(&["mime", "sanitise", "--jsonl"], html.as_bytes())
        .ok()
        .one();
    assert_eq!(safe["html"], "<b>a</b>");
    let body = format!("{}\n", json!({"id": 1, "in": "new\n> old"}));
    let words = ["mime", "reply-text", "--jsonl", "--as", "text"];
    let text = desk.json_in(&words, body.as_bytes()).ok().one();
    assert_eq!(text["text"].as_str().unwrap().trim(), "new");
}

#[test]
fn threads_of_an_mbox_hold_every_message_once() {
    let desk = Desk::new();
    let mail = |id: &str, refs: &str, subject: &str| {
        let id = if id.is_empty() {
            String::new()
        } else {
            format!("Message-ID: <{id}>\n")
        };
        let refs = if refs.is_empty() {
            String::new()
        } else {
            format!("References: {refs}\n")
        };
        format!(
            "From x Fri Jan  2 09:30:00 2026\n{id}{refs}Subject: {subject}\nDate: 2 Jan 2026 09:30:00 +0000\n\nx\n\n"
        )
    };
    let mbox = [
        mail("a@x", "", "first"),
        mail("b@x", "<a@x>", "Re: first"),
        mail("", "", "alone"),
        mail("a@x", "", "copy of a"),
        mail("d@x", "<missing@x>", "orphan one"),
        mail("e@x", "<missing@x>", "orphan two"),
    ]
    .concat();
    let file = desk.file("t.mbox", mbox.as_bytes());
    let one = desk.json(&["mime", "threads", &file]).ok().one();
    let threads = one["threads"].as_array().unwrap();
    assert!(threads.contains(&json!(["a@x", ["b@x"]])), "{one}");
    assert!(threads.contains(&json!(["#3"])), "without an id: {one}");
    assert!(
        one.to_string().contains("\"#4\""),
        "a duplicate's second copy: {one}"
    );
    assert!(
        threads.contains(&json!([null, ["d@x"], ["e@x"]])),
        "a missing parent: {one}"
    );
}

#[test]
fn every_command_answers_every_input() {
    let desk = Desk::new();
    let noise: Vec<u8> = (0..4000_u32)
        .map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap())
        .collect();
    let inputs: [&[u8]; 6] = [
        b"",
        b"\n",
        b"\0\0\0",
        &noise,
        b"Content-Type: multipart/mixed; boundary=\"\r\n\r\n--\r\n--",
        b"<div><div><table><!--",
    ];
    let fields = |words: &[&str]| match words[1] {
        "parse" => vec![
            "message_id",
            "subject",
            "from",
            "to",
            "cc",
            "date",
            "in_reply_to",
            "references",
            "text",
            "html",
            "attachments",
            "parts",
            "defects",
        ],
        "sanitise" => vec!["html", "removed", "remote", "links"],
        _ => vec!["text", "quoted", "signature"],
    };
    for words in [
        vec!["mime", "parse"],
        vec!["mime", "sanitise"],
        vec!["mime", "sanitise", "--remote"],
        vec!["mime", "reply-text"],
        vec!["mime", "reply-text", "--as", "text"],
        vec!["mime", "reply-text", "--as", "html"],
    ] {
        for (n, raw) in inputs.iter().enumerate() {
            let file = desk.file("in.bin", raw);
            let mut all = words.clone();
            all.push(&file);
            let one = desk.json(&all).ok().one();
            for name in fields(&words) {
                assert!(
                    one.get(name).is_some(),
                    "{name} is always there: {words:?} of input {n}: {one}"
                );
            }
            desk.run(&all).ok();
        }
    }
    let file = desk.file("noise.mbox", &noise);
    let one = desk.json(&["mime", "threads", &file]).ok().one();
    assert_eq!(
        one,
        json!({"threads": [["#1"]]}),
        "what is no mbox is one message"
    );
    let empty = desk.file("empty.mbox", b"");
    let one = desk.json(&["mime", "threads", &empty]).ok().one();
    assert_eq!(one, json!({"threads": []}));
}

#[test]
fn no_line_stops_the_next_one() {
    let desk = Desk::new();
    let lines = b"{\"id\":1,\"in\":\"Subject: a\"}\n\xff\n{\"id\":2,\"in\":\"Subject: \\udcff b\"}\n{\"id\":3,\"in\":5}\n\
                  {\"id\":4,\"in_base64\":\"?\"}\n{\"id\":5,\"in\":null,\"in_base64\":\"U3ViamVjdDogeg==\"}\n{\"id\":6,\"in\":\"\"}";
    let answers = desk
        .json_in(&["mime", "parse", "--jsonl"], lines)
        .ok()
        .lines();
    let ids: Vec<&Value> = answers.iter().map(|a| &a["id"]).collect();
    assert_eq!(
        ids,
        [
            &json!(1),
            &json!(null),
            &json!(2),
            &json!(3),
            &json!(4),
            &json!(5),
            &json!(6)
        ],
        "same order, and every id that can be read"
    );
    assert!(answers[2]["subject"].as_str().unwrap().ends_with(" b"));
    for n in [1, 3, 4] {
        assert!(answers[n]["error"]["code"].is_string(), "{}", answers[n]);
    }
    assert_eq!(answers[5]["subject"], "z");
    assert!(
        answers[6]["defects"].is_array(),
        "an empty message is one, too"
    );
}

#[test]
fn the_tree_has_children_and_hashes_of_text_with_bare_line_feeds() {
    let raw = "From: a@x.example\r\nDate: Fri, 2 Jan 2026 09:30:00 +0200\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=o\r\n\r\n\
        --o\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ0KYg1jCmQ=\r\n\
        --o\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n\
        --i\r\nContent-Type: text/plain\r\n\r\nhi\r\n--i\r\nContent-Type: text/html\r\n\r\n<b>hi</b>\r\n--i--\r\n\
        --o\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"b.bin\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nYQ0KYg==\r\n--o--\r\n";
    let desk = Desk::new();
    let file = desk.file("m.eml", raw.as_bytes());
    let one = desk.json(&["mime", "parse", &file]).ok().one();
    assert_eq!(
        one["date"], "2026-01-02T07:30:00.000Z",
        "UTC with milliseconds"
    );
    let parts = one["parts"]["parts"].as_array().unwrap();
    assert_eq!(one["parts"]["content_type"], "multipart/mixed");
    let row = |part: &Value| {
        let of = |name: &str| part[name].clone();
        (of("section"), of("content_type"), of("size"), of("sha256"))
    };
    // sha256sum of "a\nb\nc\nd": CRLF and CR are LF in text.
    let text = "f729ae0cbcc8241ebb6918af712a88d5ca2c13f7fbe08f809aa297bfdf99fbe4";
    assert_eq!(
        row(&parts[0]),
        (json!("1"), json!("text/plain"), json!(7), json!(text))
    );
    assert_eq!(parts[1]["content_type"], "message/rfc822");
    let inner = &parts[1]["parts"][0];
    assert_eq!(inner["content_type"], "multipart/alternative");
    let leaves: Vec<&str> = inner["parts"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|p| p["section"].as_str())
        .collect();
    assert_eq!(leaves, ["2.1", "2.2"], "sections as IMAP counts them");
    let file = "18745f36a05e29072709042d6062ce54f1b08ff36c27ba80c39f81fb010c8ce2";
    assert_eq!(
        row(&parts[2]),
        (
            json!("3"),
            json!("application/octet-stream"),
            json!(4),
            json!(file)
        ),
        "bytes of a file stay as they are"
    );
    assert_eq!(parts[2]["name"], "b.bin");
    assert_eq!(
        one["attachments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["n"].clone())
            .collect::<Vec<_>>(),
        [json!(1), json!(2)],
        "n from 1"
    );
}

#[test]
fn an_mbox_may_come_on_stdin() {
    let desk = Desk::new();
    let mbox = b"From x Fri Jan  2 09:30:00 2026\nMessage-ID: <a@x>\n\nx\n\n";
    let one = desk.json_in(&["mime", "threads", "-"], mbox).ok().one();
    assert_eq!(one, json!({"threads": [["a@x"]]}));
}
