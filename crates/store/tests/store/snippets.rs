//! The text snippets are cut from: most mails have it in their bytes, the others in a row of its own.

use kontor_model::{MessageId, Millis, Query};
use kontor_store::{Digest, Error, NewMail, PreparedMail, Store};
use rstest::rstest;

use crate::support::{DAY, Mail, NEW_YEAR, Profile, text};

/// Longer than a preview, with the word that is looked for at its end.
const TEXT: &str = "Živjo,\n\nv prilogi  pošiljamo vse, o čemer smo govorili zadnjič;\tpreberite in odgovorite nam do konca tedna.\nLep pozdrav, igla";

const SNIPPET: &str = "…vorite nam do konca tedna. Lep pozdrav, [igla]";

/// Stores a mail whose body is written in some way.
fn put(p: &Profile, body: &[u8], text: &str) -> MessageId {
    let head = Mail::new(1).head();
    let raw = [b"Subject: Zadeva\r\nFrom: a@b.example\r\n\r\n", body].concat();
    let digest = Digest {
        text: text.to_owned(),
        preview: "Živjo".to_owned(),
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
#[case::from_a_newer_program("text_form = 2", false)]
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
