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
