//! The text snippets are cut from: most mails have it in their bytes, the others in a row of its own.

use base64::Engine as _;
use kontor_model::{MessageId, Millis, Query};
use kontor_store::{Digest, Error, NewMail, PreparedMail, Store, TextEncoding, TextSource};
use rstest::rstest;

use crate::support::{DAY, Mail, NEW_YEAR, Profile, text};

/// Longer than a preview, with the word that is looked for at its end.
const TEXT: &str = "Živjo,\n\nv prilogi  pošiljamo vse, o čemer smo govorili zadnjič;\tpreberite in odgovorite nam do konca tedna.\nLep pozdrav, igla";

const SNIPPET: &str = "…vorite nam do konca tedna. Lep pozdrav, [igla]";

const HEADERS: &[u8] = b"Subject: Zadeva\r\nFrom: a@b.example\r\n\r\n";

/// Stores a mail whose body is written in some way.
fn put(p: &Profile, body: &[u8], text: &str) -> MessageId {
    put_read(p, body, text, None)
}

/// Stores a mail of which the parser knows where its text stands.
fn put_read(p: &Profile, body: &[u8], text: &str, source: Option<TextSource>) -> MessageId {
    let head = Mail::new(1).head();
    let raw = [HEADERS, body].concat();
    let digest = Digest {
        text: text.to_owned(),
        preview: "Živjo".to_owned(),
        source,
        ..Digest::default()
    };
    let body = PreparedMail::new(&raw, &head.envelope, &digest).unwrap();
    let inbox = p.inbox;
    p.write(move |w| w.put_mails(inbox, vec![NewMail { head, body }], None))[0].message
}

fn snippet(store: &Store, word: &str) -> kontor_store::Result<String> {
    let query = Query {
        terms: vec![text(word)],
    };
    let page = store.search(&query, None, 10)?;
    let marked = page.hits[0].snippet.replace('\u{E000}', "[");
    Ok(marked.replace('\u{E001}', "]"))
}

/// As quoted-printable, every line ended early.
fn quoted(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for (n, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' => out.extend(b"\r\n"),
            b' '..=b'~' if byte != b'=' => out.push(byte),
            _ => out.extend(format!("={byte:02X}").bytes()),
        }
        if n % 50 == 49 {
            out.extend(b"=\r\n");
        }
    }
    out
}

/// Stands for base64: bytes that look nothing like the text.
fn hidden(text: &str) -> Vec<u8> {
    text.bytes()
        .flat_map(|b| format!("{b:02x}").into_bytes())
        .collect()
}

#[rstest]
#[case::as_it_is(TEXT.as_bytes().to_vec(), 0)]
#[case::other_white_space(TEXT.replace('\n', " \r\n").replace("  ", "\t").into_bytes(), 0)]
#[case::quoted(quoted(TEXT), 0)]
#[case::twice([TEXT.replace("igla", "igre"), TEXT.to_owned()].concat().into_bytes(), 0)]
#[case::behind_other_bytes([&b"\xE8\xFF\x80 "[..], TEXT.as_bytes(), b"\xC4"].concat(), 0)]
#[case::hidden(hidden(TEXT), 1)]
#[case::nearly(TEXT.replace("vse, o", "vseo").into_bytes(), 1)]
#[case::too_far_down([vec![b'x'; 16 << 10], TEXT.as_bytes().to_vec()].concat(), 1)]
#[case::cut_by_the_limit([vec![b'x'; (16 << 10) - 100], TEXT.as_bytes().to_vec()].concat(), 1)]
#[case::hidden_in_much([hidden(TEXT), vec![b'x'; 200 << 10]].concat(), 1)]
#[case::at_the_beginning_of_much([TEXT.as_bytes().to_vec(), vec![b'x'; 200 << 10]].concat(), 0)]
fn only_a_text_that_is_not_in_the_mail_is_kept_beside_it(#[case] body: Vec<u8>, #[case] rows: i64) {
    let p = Profile::new();
    put(&p, &body, TEXT);
    assert_eq!(p.count("message_text"), rows);
    assert_eq!(snippet(&p.store, "igla").unwrap(), SNIPPET);
    p.ok();
    let inbox = p.inbox;
    p.write(move |w| w.apply_vanished(inbox, &[1]));
    p.write(|w| w.sweep(Millis(NEW_YEAR + DAY), 100));
    assert_eq!(p.count("message_text"), 0, "it goes with its mail");
    p.ok();
}

fn windows_1250(text: &str) -> Vec<u8> {
    let letters = [('Ž', 0x8E), ('š', 0x9A), ('č', 0xE8), ('ž', 0x9E)];
    text.chars()
        .map(|c| {
            let found = letters.iter().find(|(letter, _)| *letter == c);
            found.map_or(c as u8, |(_, byte)| *byte)
        })
        .collect()
}

/// In lines, as mailers write it.
fn base64(text: &str) -> Vec<u8> {
    let letters = base64::engine::general_purpose::STANDARD.encode(text);
    let lines: Vec<&[u8]> = letters.as_bytes().chunks(76).collect();
    lines.join(&b"\r\n"[..])
}

#[rstest]
#[case::base64(base64(TEXT), (TextEncoding::Base64, "UTF-8"), 0)]
#[case::charset(windows_1250(TEXT), (TextEncoding::Identity, "windows-1250"), 0)]
#[case::more_behind([base64(TEXT), b"\r\n--x".to_vec()].concat(), (TextEncoding::Base64, "UTF-8"), 0)]
#[case::much_behind([base64(TEXT), vec![b' '; 200 << 10]].concat(), (TextEncoding::Base64, "UTF-8"), 0)]
#[case::another_charset(windows_1250(TEXT), (TextEncoding::Identity, "ISO-8859-2"), 1)]
#[case::no_charset(windows_1250(TEXT), (TextEncoding::Identity, "EBCDIC"), 1)]
#[case::no_base64(hidden(TEXT), (TextEncoding::Base64, "UTF-8"), 1)]
#[case::more_said(base64(&format!("{TEXT} in sukanec")), (TextEncoding::Base64, "UTF-8"), 1)]
#[case::the_label_lies(TEXT.as_bytes().to_vec(), (TextEncoding::Identity, "windows-1252"), 0)]
#[case::quoted_and_the_label_lies(quoted(TEXT), (TextEncoding::QuotedPrintable, "ISO-8859-2"), 0)]
#[case::plain_after_all(TEXT.as_bytes().to_vec(), (TextEncoding::Identity, "UTF-8"), 0)]
fn a_text_the_parser_knows_is_read_where_it_stands(
    #[case] body: Vec<u8>,
    #[case] (encoding, charset): (TextEncoding, &'static str),
    #[case] rows: i64,
) {
    let p = Profile::new();
    let end = body.iter().rposition(|byte| *byte == b'-');
    let end = end.map_or(body.len(), |dashes| dashes.saturating_sub(3));
    let source = TextSource {
        bytes: HEADERS.len()..HEADERS.len() + end,
        encoding,
        charset,
    };
    put_read(&p, &body, TEXT, Some(source));
    assert_eq!(p.count("message_text"), rows);
    assert_eq!(snippet(&p.store, "igla").unwrap(), SNIPPET);
    p.ok();
}

#[test]
fn of_a_long_text_the_beginning_is_read_where_it_stands() {
    let p = Profile::new();
    let body = windows_1250(&format!("{TEXT}\r\n").repeat(400));
    let source = TextSource {
        bytes: HEADERS.len()..HEADERS.len() + body.len(),
        encoding: TextEncoding::Identity,
        charset: "windows-1250",
    };
    put_read(&p, &body, &format!("{TEXT}\n").repeat(400), Some(source));
    assert_eq!(p.count("message_text"), 0);
    assert!(snippet(&p.store, "igla").unwrap().contains("[igla]"));
    p.ok();
}

#[test]
fn a_range_beyond_the_mail_is_no_reason_to_stop() {
    for (from, to) in [(0, usize::MAX), (90_000, 90_001), (9, 3), (200, 300)] {
        let p = Profile::new();
        let source = TextSource {
            bytes: from..to,
            encoding: TextEncoding::Base64,
            charset: "UTF-8",
        };
        put_read(&p, TEXT.as_bytes(), TEXT, Some(source));
        assert_eq!(p.count("message_text"), 0, "it is looked for");
        assert_eq!(snippet(&p.store, "igla").unwrap(), SNIPPET);
    }
}

#[test]
fn a_body_that_comes_later_has_its_text_too() {
    let p = Profile::new();
    let mail = Mail::new(1).text(TEXT);
    let stored = p.put_envelopes(p.inbox, std::slice::from_ref(&mail));
    p.put_bodies(vec![(stored[0].message, &mail)]);
    assert_eq!(p.count("message_text"), 0, "it stands in the mail");
    assert_eq!(snippet(&p.store, "igla").unwrap(), SNIPPET);
    p.ok();
}

/// Takes a profile back to before texts were found in the mails.
const OLD: &str = "
    DELETE FROM migration WHERE name = '2026-11-23 message text in raw';
    ALTER TABLE message DROP COLUMN text_form;
    ALTER TABLE message DROP COLUMN text_start;
    ALTER TABLE message DROP COLUMN text_end;";

#[test]
fn a_profile_of_before_shows_the_texts_it_has() {
    let p = Profile::new();
    let message = put(&p, TEXT.as_bytes(), TEXT);
    let Profile { store, dir, .. } = p;
    let path = store.path().to_owned();
    drop(store);
    let squeezed = TEXT.split_whitespace().collect::<Vec<_>>().join(" ");
    let db = rusqlite::Connection::open(path).unwrap();
    db.execute_batch(OLD).unwrap();
    db.execute(
        "INSERT INTO message_text (id, data) VALUES (?1, ?2)",
        rusqlite::params![
            message.0,
            zstd::bulk::compress(squeezed.as_bytes(), 1).unwrap()
        ],
    )
    .unwrap();
    drop(db);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(snippet(&store, "igla").unwrap(), SNIPPET);
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
}

#[rstest]
#[case::beyond_the_end("text_end = 16384", true)]
#[case::beyond_any_text("text_end = 60000", true)]
#[case::backwards("text_start = text_end, text_end = text_start", true)]
#[case::within_a_letter("text_start = text_start + 1", false)]
#[case::quoted_without_being("text_form = 1", false)]
#[case::base64_without_being("text_form = 2", false)]
#[case::another_charset("text_form = 6", false)]
#[case::from_a_newer_program("text_form = 3", false)]
#[case::with_a_charset_of_a_newer_program("text_form = 4000", false)]
#[case::no_number_of_a_byte("text_start = -1", false)]
#[case::no_numbers("text_start = NULL, text_end = NULL", false)]
fn a_damaged_range_is_told_and_nothing_breaks(#[case] damage: &str, #[case] error: bool) {
    let p = Profile::new();
    put(&p, TEXT.as_bytes(), TEXT);
    let db = rusqlite::Connection::open(p.store.path()).unwrap();
    db.execute(&format!("UPDATE message SET {damage}"), [])
        .unwrap();
    drop(db);
    match snippet(&p.store, "igla") {
        Err(Error::Unreadable { .. }) if error => {
            let told = p.store.check().unwrap();
            assert!(told[0].contains("beyond their bytes"), "{told:?}");
        }
        Ok(shown) if !error => assert!(!shown.is_empty(), "some of it, or the preview"),
        other => panic!("{other:?}"),
    }
}
