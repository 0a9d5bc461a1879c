//! No bytes make the crate panic, and its doors agree about every message.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use kontor_mime::{attachment, digest, headers, notices, parse, part_by_cid};
use proptest::prelude::{Strategy, any, prop, proptest};
use proptest::sample::Index;

static FIXTURES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<_> = fs::read_dir(dir)
        .expect("the fixtures are there")
        .map(|e| e.expect("readable").path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| fs::read(file).expect("a fixture is readable"))
        .collect()
});

/// Opens every door.
fn open(raw: &[u8]) {
    let message = parse(raw);
    assert_eq!(headers(raw), message.envelope, "headers and parse agree");
    let digest = digest(raw);
    assert_eq!(digest.envelope, message.envelope, "digest and parse agree");
    assert_eq!(
        digest.has_attachment,
        message.attachments.iter().any(|a| !a.inline),
        "digest counts as parse does"
    );
    for (place, wanted) in (1..).zip(&message.attachments) {
        assert_eq!(wanted.n, place, "attachments are numbered from 1");
        let found = attachment(raw, wanted.n).map(|(found, _)| found);
        assert_eq!(found.as_ref(), Some(wanted), "each attachment opens");
        if let Some(id) = &wanted.content_id {
            assert!(part_by_cid(raw, id).is_some(), "each Content-ID is found");
        }
    }
    drop(notices(raw));
    let printed = serde_json::to_value(&message).expect("a message serialises");
    assert!(printed["parts"].is_object(), "the tree has a root");
}

/// A change a damaged disk, a bad gateway or an attacker could make.
#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Cut(Index, usize),
    Insert(Index, Vec<u8>),
    Repeat(Index, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let words = prop::sample::select(vec![
        &b"\n"[..],
        b"\r",
        b"\r\n\r\n",
        b"--",
        b"--b--\n",
        b"=?utf-8?Q?",
        b"?=",
        b"\"",
        b"(",
        b"<",
        b">",
        b";",
        b":",
        b",",
        b"\0",
        b"\xFF",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n",
        b"Content-Type: message/rfc822\n\n",
        b"begin 644 a\n",
        b"Content-Transfer-Encoding: base64\n",
        b"=",
        b"name*0*=",
        b"'",
        b"%",
        b"@",
    ]);
    proptest::prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (any::<Index>(), 1_usize..200).prop_map(|(at, n)| Change::Cut(at, n)),
        (any::<Index>(), words).prop_map(|(at, word)| Change::Insert(at, word.to_vec())),
        (any::<Index>(), 1_usize..80, 1_usize..40)
            .prop_map(|(at, n, times)| Change::Repeat(at, n, times)),
    ]
}

fn apply(raw: &mut Vec<u8>, change: &Change) {
    let end = |at: usize, n: usize, raw: &[u8]| at.saturating_add(n).min(raw.len());
    match change {
        Change::Set(at, byte) if !raw.is_empty() => {
            let at = at.index(raw.len());
            raw[at] = *byte;
        }
        Change::Cut(at, n) if !raw.is_empty() => {
            let at = at.index(raw.len());
            raw.drain(at..end(at, *n, raw));
        }
        Change::Insert(at, bytes) => {
            let at = at.index(raw.len().saturating_add(1));
            raw.splice(at..at, bytes.iter().copied());
        }
        Change::Repeat(at, n, times) if !raw.is_empty() => {
            let at = at.index(raw.len());
            let piece = raw[at..end(at, *n, raw)].repeat(*times);
            raw.splice(at..at, piece);
        }
        Change::Set(..) | Change::Cut(..) | Change::Repeat(..) => {}
    }
}

proptest! {
    #[test]
    fn any_bytes(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
        open(&raw);
    }

    #[test]
    fn any_text_of_mail_letters(raw in "[ -~\n\r\t=?;:<>\"()-]{0,1500}") {
        open(raw.as_bytes());
    }

    #[test]
    fn changed_fixtures(which in any::<Index>(), changes in prop::collection::vec(change(), 1..12)) {
        let mut raw = which.get(&FIXTURES).clone();
        for change in &changes {
            apply(&mut raw, change);
        }
        open(&raw);
    }
}

#[test]
fn fixtures_cut_anywhere() {
    for fixture in FIXTURES.iter() {
        for end in (0..fixture.len()).step_by(7) {
            drop(parse(&fixture[..end]));
            drop(notices(&fixture[..end]));
        }
    }
}

/// Hostile mails: each is read to a value in time that grows with its size alone, which the runner's time limit judges.
#[test]
fn hostile_mails_end() {
    let repeat = |piece: &str, n: usize| piece.repeat(n).into_bytes();
    let header = |name: &str, piece: &str| {
        [
            format!("{name}: ").into_bytes(),
            repeat(piece, 8_000),
            b"\n\nx\n".to_vec(),
        ]
        .concat()
    };
    let mut mails = vec![
        header("Subject", "=?utf-8?Q?a "),
        header("Subject", "=?"),
        header("From", "<,"),
        header("From", "\\\""),
        header("From", "("),
        header("From", "a@b, "),
        header("From", "a()"),
        header("References", "<a@b> "),
        header("Content-Type", "; a=\"\\\""),
        header("Content-Type", "; a*0*=x"),
        header("Date", "1 "),
        repeat("a: b\n", 50_000),
        repeat("begin 644 x\n", 20_000),
        [
            b"Content-Transfer-Encoding: base64\n\n".to_vec(),
            repeat("A=", 60_000),
        ]
        .concat(),
        [
            b"Content-Type: multipart/mixed; boundary=b\n\n".to_vec(),
            repeat("--b\n\nx\n", 15_000),
        ]
        .concat(),
        [
            b"Content-Type: text/html\n\n".to_vec(),
            repeat("<div>", 50_000),
        ]
        .concat(),
    ];
    let mut deep = Vec::new();
    for level in 0..500 {
        deep.extend(
            format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n")
                .into_bytes(),
        );
    }
    mails.push(deep);
    mails.push(repeat("Content-Type: message/rfc822\n\n", 500));
    for mail in &mails {
        let message = parse(mail);
        assert_eq!(headers(mail), message.envelope, "headers and parse agree");
        drop(digest(mail));
        drop(notices(mail));
    }
}
