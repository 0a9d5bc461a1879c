//! What the index keeps of a mail.

#![allow(clippy::expect_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use kontor_mime::{DefectKind, Digest, SourceEncoding, digest};

fn of_fixture(name: &str) -> Digest {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    digest(&fs::read(path.with_extension("eml")).expect("the fixture is there"))
}

fn of_text(text: &str) -> Digest {
    digest(format!("Subject: x\nContent-Type: text/plain; charset=utf-8\n\n{text}").as_bytes())
}

#[test]
fn html_alone_is_searched_as_it_is_seen() {
    let digest = of_fixture("html_only");
    assert_eq!(
        digest.text.trim(),
        "Žiga je čisto šel.",
        "visible text, in the charset the document names"
    );
    assert_eq!(digest.preview, "Žiga je čisto šel.", "and previewed");
}

#[test]
fn html_is_searched_where_its_text_alternative_is_a_stub() {
    let stub = of_fixture("invite");
    assert!(stub.text.contains("Vabljeni"), "the text: {}", stub.text);
    let raw = "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nYour reader shows no HTML.\n--b\n\
               Content-Type: text/html\n\n<p>hrastovina</p>\n--b--\n";
    assert!(
        digest(raw.as_bytes()).text.contains("hrastovina"),
        "what the mail says is found"
    );
}

/// What the raw message has where the text is said to stand, and how that is read.
fn source(raw: &str) -> Option<(&str, SourceEncoding, &'static str)> {
    let source = digest(raw.as_bytes()).source?;
    Some((raw.get(source.bytes)?, source.encoding, source.charset))
}

const IN_PARTS: &str = "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; \
    charset=windows-1250\nContent-Transfer-Encoding: quoted-printable\n\n=E8as\n--b\nContent-Type: text/html\n\n\
    <p>x</p>\n--b--\n";

#[rstest::rstest]
#[case::bare("Subject: x\n\nena\n", Some(("ena\n", SourceEncoding::Identity, "UTF-8")))]
#[case::encoded(
    "Content-Transfer-Encoding: base64\nContent-Type: text/plain; charset=\"latin2\"\n\nZW5h\n",
    Some(("ZW5h\n", SourceEncoding::Base64, "ISO-8859-2"))
)]
#[case::a_part(IN_PARTS, Some(("=E8as", SourceEncoding::QuotedPrintable, "windows-1250")))]
#[case::html("Content-Type: text/html\n\n<p>ena</p>", None)]
#[case::a_charset_only_mail_has_met("Content-Type: text/plain; charset=cp437\n\nena", None)]
#[case::another_encoding("Content-Transfer-Encoding: uuencode\n\nena", None)]
#[case::nothing("", None)]
fn where_a_text_stands_is_told(
    #[case] raw: &str,
    #[case] want: Option<(&str, SourceEncoding, &str)>,
) {
    assert_eq!(source(raw), want, "{raw:?}");
}

#[test]
fn a_part_that_says_nothing_is_passed_over() {
    let raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n \n--b\n\ndve\n--b--\n";
    let (text, ..) = source(raw).expect("a text");
    assert_eq!(text, "dve");
}

#[test]
fn only_the_text_that_comes_first_is_told_of() {
    let raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>ena</p>\n--b\n\
               Content-Type: text/plain\n\ndve\n--b--\n";
    assert_eq!(source(raw), None, "what search finds begins with the HTML");
}

#[rstest::rstest]
#[case::without_quote(
    "Se strinjam,   kar naprej.\n\nDne 20. 11. 2026 ob 10:00 je Bor Kos napisal:\n> Naj začnemo?\n",
    "Se strinjam, kar naprej."
)]
#[case::folded("prva\n\n\tdruga", "prva druga")]
#[case::only_quote("> Naj začnemo?\n", "> Naj začnemo?")]
#[case::empty("", "")]
fn previews(#[case] text: &str, #[case] want: &str) {
    assert_eq!(of_text(text).preview, want, "{text:?}");
}

#[test]
fn a_preview_is_short_and_whole() {
    for text in [
        "č".repeat(5000),
        "beseda ".repeat(500),
        format!("Dne 1: {}", "ž ".repeat(3000)),
    ] {
        let preview = of_text(&text).preview;
        assert!(
            (150..=200).contains(&preview.chars().count()),
            "{} characters",
            preview.chars().count()
        );
    }
}

#[test]
fn an_answer_below_a_long_quote_is_previewed() {
    let quote = "> stara pošta, ki jo je kdo citiral v celoti\n".repeat(60);
    let preview = of_text(&format!("Bor Kos je napisal:\n{quote}\nDa, velja.\n")).preview;
    assert_eq!(preview, "Da, velja.", "not the quote above it");
}

#[test]
fn text_is_cut_at_a_mebibyte_and_that_is_told() {
    let digest = of_text(&"čakanje ".repeat(200_000));
    assert!(
        digest.text.len() <= 1024 * 1024,
        "{} bytes",
        digest.text.len()
    );
    assert!(digest.text.len() > 1024 * 1024 - 4, "as much as fits");
    assert!(
        digest.defects.iter().any(|d| d.kind == DefectKind::TextCut),
        "{:?}",
        digest.defects
    );
}
