//! What goes over the wire, byte by byte where it matters, and read again by the parser.

use kontor_mime::compose::{Attachment, Draft, build, message_id};
use kontor_model::{Address, Millis};
use proptest::prelude::*;
use rstest::rstest;

fn ana() -> Address {
    Address::new("Ana Kovač", "ana@hrast.si")
}

fn bor() -> Address {
    Address::new("Bor Žagar", "bor@vijak.si")
}

fn draft() -> Draft {
    Draft {
        from: ana(),
        to: vec![bor()],
        subject: "Ponudba za žičnike".into(),
        text: "Pozdravljeni,\n\nčakamo na žičnike.\n".into(),
        message_id: "0123@hrast.si".into(),
        date: Millis(1_763_712_000_123),
        ..Draft::default()
    }
}

fn wire(draft: &Draft) -> String {
    let bytes = build(draft);
    check_wire(&bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The limits of RFC 5322 §2.1.1 and RFC 5321 §4.5.3.1.6, and no byte that needs 8BITMIME.
fn check_wire(bytes: &[u8]) {
    assert!(
        bytes.iter().all(u8::is_ascii),
        "nothing above 127 goes over the wire"
    );
    let text = String::from_utf8_lossy(bytes);
    assert!(
        !text.replace("\r\n", "").contains(['\r', '\n']),
        "every line ends in CRLF"
    );
    assert!(
        text.split("\r\n").all(|l| l.len() <= 998),
        "no line is longer than 998"
    );
    let header = text.split("\r\n\r\n").next().unwrap_or("");
    for line in header.split("\r\n") {
        assert!(line.len() <= 78, "header line is folded: {line:?}");
    }
}

fn header<'a>(wire: &'a str, name: &str) -> Option<&'a str> {
    let head = wire.split("\r\n\r\n").next().unwrap_or("");
    head.split("\r\n")
        .find(|l| l.to_ascii_lowercase().starts_with(&format!("{name}: ")))
}

#[test]
fn plain_mail() {
    let wire = wire(&draft());
    assert_eq!(
        header(&wire, "date"),
        Some("Date: Fri, 21 Nov 2025 08:00:00 +0000")
    );
    assert_eq!(
        header(&wire, "message-id"),
        Some("Message-ID: <0123@hrast.si>")
    );
    assert_eq!(header(&wire, "mime-version"), Some("MIME-Version: 1.0"));
    assert_eq!(wire.matches("Message-ID:").count(), 1, "one Message-ID");
    assert!(
        header(&wire, "content-type")
            .is_some_and(|h| h.contains("text/plain") && h.contains("utf-8")),
        "{wire}"
    );
    let read = kontor_mime::parse(wire.as_bytes());
    assert_eq!(read.envelope.subject, "Ponudba za žičnike");
    assert_eq!(read.envelope.from, [ana()]);
    assert_eq!(read.envelope.to, [bor()]);
    assert_eq!(
        read.envelope.date,
        Some(Millis(1_763_712_000_000)),
        "seconds, as the header has them"
    );
    assert_eq!(
        read.text.as_deref().map(str::trim_end),
        Some("Pozdravljeni,\n\nčakamo na žičnike.")
    );
    assert_eq!(read.defects, [], "our own mail has no defects");
}

#[test]
fn same_draft_same_bytes() {
    let mut draft = draft();
    draft.html = Some("<p>a</p>".into());
    draft.attachments.push(Attachment {
        name: "a.txt".into(),
        bytes: b"x".to_vec(),
        ..Attachment::default()
    });
    assert_eq!(
        build(&draft),
        build(&draft),
        "a mail sent after a crash is the mail that was saved"
    );
}

#[test]
fn nobody_sees_bcc() {
    let mut draft = draft();
    draft.bcc = vec![Address::new("Skrivni", "skrivni@example.com")];
    let wire = wire(&draft).to_ascii_lowercase();
    assert!(!wire.contains("bcc") && !wire.contains("skrivni"), "{wire}");
}

#[test]
fn html_mail_has_text_first() {
    let mut draft = draft();
    draft.text = String::new();
    draft.html = Some("<p>Čakamo na <b>žičnike</b>.</p><img src=\"cid:logo@hrast.si\">".into());
    draft.attachments = vec![
        Attachment {
            name: "logo.png".into(),
            content_type: "image/png".into(),
            bytes: vec![0x89, 0x50, 0, 255],
            content_id: Some("logo@hrast.si".into()),
        },
        Attachment {
            name: "Račun št. 7.pdf".into(),
            content_type: "application/pdf".into(),
            bytes: (0..=255).collect(),
            content_id: None,
        },
    ];
    let read = kontor_mime::parse(wire(&draft).as_bytes());
    assert_eq!(
        read.text.as_deref().map(str::trim_end),
        Some("Čakamo na žičnike."),
        "made from the HTML"
    );
    assert!(
        read.html
            .as_deref()
            .is_some_and(|h| h.contains("<b>žičnike</b>")),
        "{:?}",
        read.html
    );
    assert_eq!(read.parts.content_type, "multipart/mixed");
    let kinds: Vec<&str> = read
        .parts
        .parts
        .iter()
        .map(|p| p.content_type.as_str())
        .collect();
    assert_eq!(kinds, ["multipart/alternative", "application/pdf"]);
    let shown: Vec<(Option<&str>, u64, bool)> = read
        .attachments
        .iter()
        .map(|a| (a.name.as_deref(), a.size, a.inline))
        .collect();
    assert!(shown.contains(&(Some("logo.png"), 4, true)), "{shown:?}");
    assert!(
        shown.contains(&(Some("Račun št. 7.pdf"), 256, false)),
        "{shown:?}"
    );
    assert_eq!(read.defects, []);
}

#[rstest]
#[case::dots("a\n.\n..b\n.c\n")]
#[case::long_line(&format!("{}\n", "beseda ".repeat(400)))]
#[case::long_word(&format!("{}\n", "x".repeat(3000)))]
#[case::eight_bit("čšž ČŠŽ €\n")]
#[case::from_line("From me\n>From you\n")]
#[case::trailing_spaces("a  \n-- \nAna\n")]
#[case::tabs("\ta\tb\n")]
#[case::equals("a=b=3D\n=\n")]
#[case::emoji("👍🏽 hvala 🙏\n")]
#[case::cr_alone("a\rb\r\nc\n")]
#[case::empty("\n")]
#[case::boundary_like("--=_alternative_\n--\n")]
fn text_arrives_as_written(#[case] text: &str) {
    let mut draft = draft();
    draft.text = text.to_owned();
    let read = kontor_mime::parse(wire(&draft).as_bytes());
    let want = text.replace("\r\n", "\n").replace('\r', "\n");
    assert_eq!(
        read.text.as_deref().map(|t| t.trim_end_matches('\n')),
        Some(want.trim_end_matches('\n'))
    );
}

#[rstest]
#[case::bytes("a.bin", "application/octet-stream", &[0, 13, 10, 255])]
#[case::text("a.txt", "text/plain", b"a\r\nb\nc\r")]
#[case::message("a.eml", "message/rfc822", b"Subject: a\r\n\r\nb\r\n")]
#[case::message_8bit("a.eml", "message/rfc822", "Subject: \u{10d}\n\nb".as_bytes())]
#[case::nonsense("a", "x; y", b"abc")]
#[case::empty("prazna.txt", "", b"")]
fn files_arrive_whole(#[case] name: &str, #[case] content_type: &str, #[case] bytes: &[u8]) {
    let mut draft = draft();
    draft.attachments = vec![Attachment {
        name: name.into(),
        content_type: content_type.into(),
        bytes: bytes.to_vec(),
        content_id: None,
    }];
    let wire = build(&draft);
    check_wire(&wire);
    let parsed = mail_parser::MessageParser::default()
        .parse(&wire)
        .expect("a message");
    let file = parsed.attachment(0).expect("one file");
    assert_eq!(file.contents(), bytes, "byte by byte");
}

#[test]
fn nothing_typed_adds_a_header() {
    let mut draft = draft();
    draft.subject = "a\r\nBcc: x@example.com\r\n\r\nb".into();
    draft.to = vec![Address::new("B\r\nX-Evil: 1", "bor@vijak.si>\r\nX-Evil: 2")];
    draft.in_reply_to = Some("1@x>\r\nX-Evil: 3".into());
    draft.attachments = vec![Attachment {
        name: "a\"\r\nX-Evil: 4".into(),
        ..Attachment::default()
    }];
    let wire = wire(&draft);
    for line in wire.split("\r\n") {
        assert!(
            !line.starts_with("X-Evil") && !line.starts_with("Bcc"),
            "{line:?} is no header of ours"
        );
    }
    assert_eq!(
        kontor_mime::parse(wire.as_bytes()).envelope.subject,
        "a Bcc: x@example.com b"
    );
}

#[test]
fn long_headers_fold_and_read_back() {
    let mut draft = draft();
    draft.subject = "Čebelji vosek, žičniki in šivalni stroji "
        .repeat(8)
        .trim()
        .to_owned();
    draft.to = (0..40)
        .map(|n| {
            Address::new(
                format!("Žiga Šuštar {n}"),
                format!("ziga.sustar.{n}@zelo-dolga-domena.example.com"),
            )
        })
        .collect();
    draft.references = (0..60).map(|n| format!("{n:040}@example.com")).collect();
    let read = kontor_mime::parse(wire(&draft).as_bytes());
    assert_eq!(read.envelope.subject, draft.subject);
    assert_eq!(read.envelope.to, draft.to);
    let references = read.envelope.references;
    assert_eq!(references.len(), 21, "the first and the last twenty");
    assert_eq!(
        references.first(),
        draft.references.first(),
        "the first names the conversation"
    );
    assert_eq!(
        references.last(),
        draft.references.last(),
        "the last is the parent"
    );
}

#[test]
fn foreign_domains_in_ascii() {
    let mut draft = draft();
    draft.to = vec![Address::new("", "info@čebela.si")];
    assert_eq!(
        header(&wire(&draft), "to"),
        Some("To: <info@xn--ebela-gya.si>")
    );
}

#[test]
fn message_ids() {
    assert_eq!(
        message_id("hrast.si", [0xab; 16]),
        "abababababababababababababababab@hrast.si"
    );
    assert_eq!(
        message_id("ana@hrast.si", [0; 16]),
        "00000000000000000000000000000000@hrast.si"
    );
    for nothing in ["", "localhost", "a b", "<x>"] {
        assert!(
            message_id(nothing, [0; 16]).ends_with("@kontor.invalid"),
            "{nothing:?} is no host"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_draft_keeps_the_limits(subject in ".{0,200}", name in ".{0,60}", address in ".{0,40}", text in "(?s).{0,400}", id in ".{0,40}") {
        let draft = Draft {
            from: ana(),
            to: vec![Address::new(name, address)],
            subject,
            text,
            references: vec![id.clone(), id.clone()],
            message_id: id,
            ..Draft::default()
        };
        let bytes = build(&draft);
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(!text.replace("\r\n", "").contains('\n'), "CRLF only");
        prop_assert!(text.split("\r\n").all(|l| l.len() <= 998), "line limit");
    }

    #[test]
    fn any_text_arrives(text in "[a-zčšž .\\-=\t\n👍]{0,600}") {
        let mut draft = draft();
        draft.text = text.clone();
        let read = kontor_mime::parse(&build(&draft));
        let read = read.text.unwrap_or_default();
        prop_assert_eq!(read.trim_end_matches('\n'), text.trim_end_matches('\n'));
    }
}
