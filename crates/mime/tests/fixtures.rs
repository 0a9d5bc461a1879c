//! The project's own mails, a feature each.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::fs;
use std::path::Path;

use kontor_mime::{attachment, digest, headers, parse, part_by_cid};
use serde_json::{Value, json};

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
        .with_extension("eml");
    fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// Compares what `kontorctl mime parse` would print, at JSON pointers; and that every door says the same.
fn check(name: &str, want: &[(&str, Value)]) {
    let raw = fixture(name);
    let message = parse(&raw);
    let got = serde_json::to_value(&message).expect("a message serialises");
    for (pointer, want) in want {
        assert_eq!(
            got.pointer(pointer).unwrap_or(&Value::Null),
            want,
            "{name} {pointer} in {got:#}"
        );
    }
    assert_eq!(
        headers(&raw),
        message.envelope,
        "{name}: headers and parse agree"
    );
    let digest = digest(&raw);
    assert_eq!(
        digest.envelope, message.envelope,
        "{name}: digest and parse agree"
    );
    for wanted in &message.attachments {
        let found = attachment(&raw, wanted.n).map(|(found, _)| found);
        assert_eq!(
            found.as_ref(),
            Some(wanted),
            "{name}: attachment {} is the one listed",
            wanted.n
        );
    }
}

#[test]
fn every_field_of_a_plain_mail() {
    let raw = fixture("plain");
    let want = json!({
        "message_id": "plain@hrast.si",
        "subject": "Račun št. 5",
        "from": [{"name": "Ana Novak", "address": "ana@hrast.si"}],
        "to": [{"name": "Bor Kos", "address": "bor@vijak.si"}],
        "cc": [{"name": "Kos, Žiga", "address": "ziga@vijak.si"}, {"name": "", "address": "team@vijak.si"}],
        "reply_to": [{"name": "", "address": "prodaja@hrast.si"}],
        "date": "2026-11-21T09:00:00.000Z",
        "in_reply_to": ["prej@vijak.si"],
        "references": ["prvi@vijak.si", "prej@vijak.si"],
        "text": "Živjo Bor,\n\nračun je v priponki.\n",
        "html": null,
        "attachments": [],
        "parts": {
            "section": "1", "content_type": "text/plain", "charset": "utf-8", "name": null, "size": 35,
            "sha256": "5eb65d130bce00bf06982ecc9b98591bd7b8827bdd5573661614a21399281725", "parts": []
        },
        "defects": []
    });
    let got = serde_json::to_value(parse(&raw)).expect("a message serialises");
    assert_eq!(got, want, "exactly the fields of KONTORCTL.md");
}

#[rstest::rstest]
#[case::windows_1250("charset_windows_1250", "Žiga je čisto šel.", &[])]
#[case::iso_8859_2("charset_iso_8859_2", "Žiga je čisto šel.", &[])]
#[case::koi8_r("charset_koi8_r", "Привет, мир", &[])]
#[case::iso_2022_jp("charset_iso_2022_jp", "こんにちは、世界", &[])]
#[case::gb18030("charset_gb18030", "你好，世界", &[])]
#[case::utf_7("charset_utf_7", "Račun + št.", &[])]
#[case::utf_16("charset_utf_16", "Račun", &[])]
#[case::ascii_but_utf8("label_ascii_but_utf8", "Žiga je čisto šel.", &[])]
#[case::latin1_but_utf8("label_latin1_but_utf8", "Žiga je čisto šel.", &["wrong_charset"])]
#[case::latin2_but_1250("label_latin2_but_1250", "Žiga je čisto šel.", &["wrong_charset"])]
#[case::unknown_1250("label_unknown_1250", "Žiga je čisto šel.", &["unknown_charset"])]
#[case::unknown_utf8("label_unknown_utf8", "Žiga je čisto šel.", &["unknown_charset"])]
#[case::utf8_but_1250("label_utf8_but_1250", "Žiga je čisto šel.", &["wrong_charset"])]
fn charsets(#[case] name: &str, #[case] text: &str, #[case] defects: &[&str]) {
    let message = parse(&fixture(name));
    assert_eq!(
        message.text.as_deref().map(str::trim_end),
        Some(text),
        "{name}"
    );
    let kinds: Vec<Value> = message.defects.iter().map(|d| json!(d.kind)).collect();
    assert_eq!(kinds, defects, "{name}: what was wrong is told");
    assert_eq!(
        digest(&fixture(name)).text.trim_end(),
        text,
        "{name}: the index reads the same"
    );
}

#[test]
fn encoded_words_and_their_broken_kin() {
    check(
        "words",
        &[
            ("/subject", json!("Račun za šestnajst dni [ž]")),
            (
                "/from",
                json!([{"name": "Žan Kos", "address": "ana@hrast.si"}]),
            ),
        ],
    );
    check(
        "words_broken",
        &[
            ("/subject", json!("Račun za maj račun =?utf-8?Q?nedokon=C4")),
            (
                "/cc",
                json!([{"name": "Kos, Žan", "address": "z@vijak.si"}, {"name": "Žan", "address": "k@vijak.si"},
            {"name": "Novak, Ana", "address": "a@vijak.si"}]),
            ),
        ],
    );
    check(
        "raw_header",
        &[
            ("/subject", json!("Račun št. 5")),
            ("/from/0/name", json!("Žiga Kos")),
            ("/to/0/name", json!("Čopić")),
            (
                "/defects",
                json!([{"kind": "raw_header_bytes", "section": null}]),
            ),
        ],
    );
}

#[test]
fn file_names() {
    check(
        "rfc2231",
        &[
            ("/attachments/0/name", json!("račun.pdf")),
            ("/attachments/0/inline", json!(false)),
            ("/attachments/1/name", json!("pogodba ťtšt podpisana.pdf")),
            ("/attachments/2/name", json!("članek.pdf")),
            ("/attachments/3/name", json!("zlo.exe")),
            ("/attachments/4", Value::Null),
            ("/parts/parts/1/name", json!("račun.pdf")),
            ("/parts/section", json!("TEXT")),
            ("/parts/parts/3/section", json!("4")),
        ],
    );
    assert_eq!(
        attachment(&fixture("rfc2231"), 1).map(|(_, bytes)| bytes),
        Some(b"%PDF".to_vec()),
        "decoded"
    );
    assert_eq!(attachment(&fixture("rfc2231"), 5), None, "there are four");
    assert_eq!(
        attachment(&fixture("rfc2231"), 0),
        None,
        "numbers begin at 1"
    );
    let digest = digest(&fixture("rfc2231"));
    assert!(
        digest.has_attachment && digest.attachment_names.len() == 4,
        "{:?}",
        digest.attachment_names
    );
}

#[test]
fn format_flowed() {
    check(
        "flowed",
        &[(
            "/text",
            json!(
                "To je dolg odstavek, ki se nadaljuje.\nFrom tu naprej velja.\n\n> Navedek, ki se nadaljuje.\n>> Starejši.\n-- \nAna\n"
            ),
        )],
    );
    check("flowed_delsp", &[("/text", json!("日本語です。\n"))]);
}

#[test]
fn attached_messages() {
    check(
        "nested",
        &[
            ("/text", json!("Glej spodaj.")),
            ("/attachments/0/content_type", json!("message/rfc822")),
            ("/attachments/1/content_type", json!("message/rfc822")),
            ("/attachments/2", Value::Null),
            ("/parts/parts/1/section", json!("2")),
            ("/parts/parts/1/parts/0/section", json!("2.TEXT")),
            ("/parts/parts/1/parts/0/parts/1/section", json!("2.2")),
            ("/parts/parts/1/parts/0/parts/1/name", json!("skica.png")),
            ("/parts/parts/2/parts/0/parts/0/section", json!("3.1")),
            (
                "/parts/parts/2/parts/0/parts/0/content_type",
                json!("text/plain"),
            ),
            ("/parts/parts/1/sha256", Value::Null),
            ("/defects", json!([])),
        ],
    );
    check(
        "nested_single",
        &[
            ("/parts/parts/1/parts/0/section", json!("2.1")),
            ("/text", json!("Prvi.")),
        ],
    );
    let digest = digest(&fixture("nested"));
    for word in [
        "Glej spodaj",
        "Koliko stane hrastovina",
        "Povpraševanje",
        "cene@brest.si",
    ] {
        assert!(
            digest.text.contains(word),
            "{word} is searchable in {:?}",
            digest.text
        );
    }
    let (_, bytes) = attachment(&fixture("nested"), 2).expect("it was base64");
    assert!(
        bytes.starts_with(b"From: Cene"),
        "an encoded message is decoded"
    );
    check(
        "digest",
        &[
            ("/parts/parts/0/content_type", json!("message/rfc822")),
            ("/parts/parts/1/parts/0/section", json!("2.1")),
            ("/attachments/1/content_type", json!("message/rfc822")),
        ],
    );
}

#[test]
fn pictures_of_the_body() {
    check(
        "cid",
        &[
            (
                "/html",
                json!("<p>Logotip: <img src=\"cid:logo@hrast.si\"></p>"),
            ),
            ("/attachments/0/content_id", json!("logo@hrast.si")),
            ("/attachments/0/inline", json!(true)),
            ("/attachments/1", Value::Null),
        ],
    );
    let raw = fixture("cid");
    let png = (String::from("image/png"), b"\x89PNG\r\n\x1A\n".to_vec());
    assert_eq!(
        part_by_cid(&raw, "logo@hrast.si"),
        Some(png.clone()),
        "by its id"
    );
    assert_eq!(
        part_by_cid(&raw, "<logo@hrast.si>"),
        Some(png),
        "in brackets too"
    );
    assert_eq!(part_by_cid(&raw, "other@hrast.si"), None, "no other");
    let digest = digest(&raw);
    assert!(!digest.has_attachment, "a logo is no attachment");
    assert!(
        !digest.text.contains("Logotip:"),
        "HTML with a text alternative is not searched twice"
    );
}

#[test]
fn files_inside_other_things() {
    check(
        "uuencode",
        &[
            ("/text", json!("Priloga je tu:\nLep pozdrav\n")),
            ("/attachments/0/name", json!("pozdrav.txt")),
            ("/attachments/0/size", json!(5)),
            ("/attachments/0/inline", json!(false)),
        ],
    );
    assert_eq!(
        attachment(&fixture("uuencode"), 1).map(|(_, b)| b),
        Some(b"hello".to_vec()),
        "decoded"
    );
    check(
        "winmail",
        &[
            ("/html", json!("<p>Ponudba za čopiče</p>")),
            ("/attachments/0/name", json!("winmail.dat")),
            ("/attachments/0/inline", json!(true)),
            ("/attachments/1/name", json!("ponudba za čopiče.pdf")),
            ("/attachments/1/content_type", json!("application/pdf")),
            ("/attachments/1/inline", json!(false)),
            ("/parts/parts/0/content_type", json!("application/ms-tnef")),
        ],
    );
    assert_eq!(
        attachment(&fixture("winmail"), 2).map(|(_, b)| b),
        Some(b"%PDF-1.4".to_vec()),
        "decoded"
    );
    let digest = digest(&fixture("winmail"));
    assert_eq!(
        (digest.text.trim(), digest.has_attachment),
        ("Ponudba za čopiče", true),
        "searchable"
    );
}

#[test]
fn boundaries() {
    check(
        "no_closing_boundary",
        &[
            ("/text", json!("prvi")),
            ("/html", json!("<p>drugi</p>")),
            (
                "/defects",
                json!([{"kind": "no_closing_boundary", "section": "TEXT"}]),
            ),
        ],
    );
    check(
        "boundary_traps",
        &[
            (
                "/text",
                json!("v sredini vrstice --b ni meja\n--bb\nje le podobna\n --b\ntudi ne"),
            ),
            ("/html", json!("<p>drugi</p>")),
            ("/parts/parts/2", Value::Null),
            ("/defects", json!([])),
        ],
    );
    check(
        "no_boundary",
        &[
            ("/text", json!("Tu bi moralo biti več delov.\n")),
            ("/defects", json!([{"kind": "no_boundary", "section": "1"}])),
        ],
    );
    check(
        "boundary_never",
        &[
            ("/text", json!("Tu bi moralo biti več delov.\n")),
            ("/defects/0/kind", json!("boundary_not_found")),
        ],
    );
}

#[test]
fn damaged_encodings() {
    check(
        "bad_base64",
        &[
            ("/text", json!("Živjo!")),
            ("/attachments/0/size", json!(6)),
            (
                "/defects",
                json!([{"kind": "bad_base64", "section": "1"}, {"kind": "bad_base64", "section": "2"}]),
            ),
        ],
    );
    check(
        "bad_quoted_printable",
        &[
            ("/text", json!("Cena = 5 EUR, račun sledi=ZZ.\n")),
            ("/defects/0/kind", json!("bad_quoted_printable")),
        ],
    );
    check(
        "unknown_encoding",
        &[
            ("/text", json!("tako kot je\n")),
            ("/defects/0/kind", json!("unknown_encoding")),
        ],
    );
}

#[test]
fn odd_shapes() {
    check(
        "no_mime_version",
        &[
            ("/html", json!("<p>Račun</p>\n")),
            ("/message_id", Value::Null),
        ],
    );
    check(
        "signed",
        &[
            ("/text", json!("podpisano")),
            ("/attachments/0/inline", json!(true)),
        ],
    );
    check(
        "mac_line_ends",
        &[("/subject", json!("x")), ("/text", json!("prva\ndruga\n"))],
    );
    check(
        "crlf",
        &[
            ("/subject", json!("dolg naslov")),
            ("/text", json!("prva\ndruga")),
            ("/parts/parts/0/size", json!(10)),
            ("/attachments/0/size", json!(7)),
        ],
    );
    let csv = attachment(&fixture("crlf"), 1).map(|(_, bytes)| bytes);
    assert_eq!(
        csv,
        Some(b"1;2\r\n3;4".to_vec()),
        "saved with the sender's line ends"
    );
}

#[test]
fn odd_headers() {
    check(
        "bad_header_lines",
        &[
            ("/subject", json!("x")),
            ("/date", Value::Null),
            ("/text", json!("besedilo\n")),
            (
                "/defects",
                json!([{"kind": "bad_header_line", "section": null}, {"kind": "bad_date", "section": null}]),
            ),
        ],
    );
    check(
        "no_blank_line",
        &[
            ("/subject", json!("x")),
            ("/text", json!("To je že besedilo.\nIn se nadaljuje.\n")),
        ],
    );
    check(
        "two_froms",
        &[
            ("/from/1/address", json!("bor@vijak.si")),
            ("/to/1/address", json!("b@x.si")),
            ("/subject", json!("prvi")),
        ],
    );
    check(
        "apple_mail",
        &[
            ("/text", json!("Pred sliko.")),
            ("/attachments/0/inline", json!(false)),
            ("/attachments/1/content_type", json!("text/plain")),
            ("/attachments/1/inline", json!(true)),
        ],
    );
    check(
        "empty",
        &[
            ("/subject", Value::Null),
            ("/text", json!("")),
            ("/defects/0/kind", json!("no_header")),
        ],
    );
    check(
        "only_body",
        &[("/text", json!("Samo besedilo brez glave.\n"))],
    );
}
