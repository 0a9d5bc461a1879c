//! What a submission announces and what it puts on the wire, against scripted servers.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the functions around the tests are tests too"
)]

#[path = "smtp_script/run.rs"]
mod run;
#[path = "smtp_script/server.rs"]
mod server;

use kontor_auth::Secret;
use kontor_mail_imap::smtp::{Smtp, Submission};
use kontor_model::Security;
use rstest::rstest;
use run::{ANA, MAIL, Run, Setting, USUAL, Want, at_data, check, run, signed_in};
use server::{Seen, Step, hear, listen, no_roots, say};

/// What of the mail must stand in MAIL, or why it cannot go through this server.
#[rstest]
#[case::too_large(b"a\r\n".repeat(400), ANA, &["SIZE 1000", "AUTH PLAIN"], Err("takes at most 0.1 MB"))]
#[case::size_without_limit(b"a\r\n".repeat(400), ANA, &["SIZE", "AUTH PLAIN"], Ok(" SIZE=1200"))]
#[case::size_zero(b"a\r\n".repeat(400), ANA, &["SIZE 0", "AUTH PLAIN"], Ok(" SIZE=1200"))]
#[case::size_counts_crlf(b"a\n".repeat(400), ANA, &["SIZE 5000", "AUTH PLAIN"], Ok(" SIZE=1200"))]
#[case::ascii(b"S: a\r\n\r\nb\r\n".to_vec(), ANA, &["8BITMIME", "SMTPUTF8", "AUTH PLAIN"], Ok(""))]
#[case::eight_bit("S: a\r\n\r\nčšž\r\n".as_bytes().to_vec(), ANA, &["8BITMIME", "SMTPUTF8", "AUTH PLAIN"], Ok(" BODY=8BITMIME"))]
#[case::eight_bit_not_taken("S: a\r\n\r\nčšž\r\n".as_bytes().to_vec(), ANA, &["AUTH PLAIN"], Err("7-bit mail only"))]
#[case::utf8_address(b"S: a\r\n\r\nb\r\n".to_vec(), "žiga@example.com", &["SMTPUTF8", "AUTH PLAIN"], Ok(" SMTPUTF8"))]
#[case::utf8_address_not_taken(b"S: a\r\n\r\nb\r\n".to_vec(), "žiga@example.com", &["8BITMIME", "AUTH PLAIN"], Err("žiga@example.com"))]
#[case::utf8_domain(b"S: a\r\n\r\nb\r\n".to_vec(), "ana@čebela.si", &["AUTH PLAIN"], Ok(""))]
#[case::utf8_header("S: č\r\n\r\nb\r\n".as_bytes().to_vec(), ANA, &["8BITMIME", "SMTPUTF8", "AUTH PLAIN"], Ok(" BODY=8BITMIME SMTPUTF8"))]
#[case::utf8_header_the_old_way("S: č\r\n\r\nb\r\n".as_bytes().to_vec(), ANA, &["8BITMIME", "AUTH PLAIN"], Ok(" BODY=8BITMIME"))]
#[tokio::test]
async fn what_mail_announces(
    #[case] raw: Vec<u8>,
    #[case] to: &str,
    #[case] extensions: &[&str],
    #[case] want: Result<&str, &'static str>,
) {
    let mut steps = signed_in(extensions);
    if want.is_ok() {
        steps.extend([
            hear("MAIL"),
            say("250 Ok"),
            hear("RCPT"),
            say("250 Ok"),
            hear("DATA"),
            say("354 Go"),
        ]);
        steps.extend([Step::Content, say("250 Ok")]);
    }
    steps.push(Step::Wait);
    let run = run(
        steps,
        Setting {
            raw: &raw,
            to: &[to],
            ..Setting::default()
        },
    )
    .await;
    match want {
        Ok(parameters) => {
            check(&run, &Want::Accepted);
            let line = format!("MAIL FROM:<maja@hrastvijak.example>{parameters}");
            assert!(run.log.contains(&line), "{line:?} in {:#?}", run.log);
        }
        Err(part) => {
            check(&run, &Want::Never(None, part));
            assert!(
                !run.log.iter().any(|line| line.starts_with("MAIL")),
                "the server was not even asked"
            );
        }
    }
}

/// What goes over the wire for what is in the file.
#[rstest]
#[case::dots(b".\r\n..\r\na.b\r\n.c\r\n".to_vec(), b"..\r\n...\r\na.b\r\n..c\r\n.\r\n".to_vec())]
#[case::no_last_line_end(b"a\r\nb".to_vec(), b"a\r\nb\r\n.\r\n".to_vec())]
#[case::unix_file(b"a\n.\nb\n".to_vec(), b"a\r\n..\r\nb\r\n.\r\n".to_vec())]
#[case::empty(b"".to_vec(), b".\r\n".to_vec())]
#[case::ends_with_a_dot(b"a\r\n.".to_vec(), b"a\r\n..\r\n.\r\n".to_vec())]
#[case::blank_lines_at_the_end(b"a\r\n\r\n\r\n".to_vec(), b"a\r\n\r\n\r\n.\r\n".to_vec())]
#[case::long_line([b"x".repeat(5000), b"\r\n".to_vec()].concat(), [b"x".repeat(5000), b"\r\n.\r\n".to_vec()].concat())]
#[case::a_megabyte(b".23456789\r\n".repeat(100_000), [b"..23456789\r\n".repeat(100_000), b".\r\n".to_vec()].concat())]
#[case::every_byte([(1..=255).filter(|b| *b != b'\r' && *b != b'\n').collect::<Vec<u8>>(), b"\r\n".to_vec()].concat(), [(1..=255).filter(|b| *b != b'\r' && *b != b'\n').collect::<Vec<u8>>(), b"\r\n.\r\n".to_vec()].concat())]
#[tokio::test]
async fn the_wire(#[case] raw: Vec<u8>, #[case] want: Vec<u8>) {
    let mut steps = at_data(USUAL);
    steps.extend([say("354 Go"), Step::Content, say("250 Ok"), Step::Wait]);
    let run = run(
        steps,
        Setting {
            raw: &raw,
            ..Setting::default()
        },
    )
    .await;
    check(&run, &Want::Accepted);
    assert!(
        run.seen.wire == want,
        "not a byte too many, not a byte too few"
    );
}

#[rstest]
#[case::no_recipient("maja@hrastvijak.example", &[], None, "no recipient")]
#[case::no_address("maja@hrastvijak.example", &["ana"], Some("ana"), "not an address")]
#[case::injection("maja@hrastvijak.example", &["ana@example.com>\r\nRCPT TO:<eva@example.com"], Some("ana@example.com>\r\nRCPT TO:<eva@example.com"), "no address has")]
#[case::bad_sender("maja", &[ANA], None, "sender")]
#[tokio::test]
async fn what_is_refused_before_anybody_is_asked(
    #[case] from: &str,
    #[case] to: &[&str],
    #[case] whom: Option<&'static str>,
    #[case] part: &'static str,
) {
    let (listener, settings) = listen(Security::Tls).await;
    drop(listener); // asking would be a fault
    let recipients: Vec<String> = to.iter().map(|&to| to.to_owned()).collect();
    let (password, tls) = (Secret::new("geslo-1"), no_roots());
    let mail = Submission {
        from,
        recipients: &recipients,
        raw: MAIL,
    };
    let result = Smtp::new(&settings, &password, &tls)
        .submit(&mail, async || Ok(()))
        .await;
    check(
        &Run {
            result,
            log: Vec::new(),
            seen: Seen::default(),
        },
        &Want::Never(whom, part),
    );
}

#[tokio::test]
async fn automatic_mail_has_the_null_return_path() {
    let mut steps = signed_in(&["AUTH PLAIN"]);
    steps.extend([
        hear("MAIL FROM:<>"),
        say("250 Ok"),
        hear("RCPT"),
        say("250 Ok"),
        hear("DATA"),
        say("354 Go"),
    ]);
    steps.extend([Step::Content, say("250 Ok"), Step::Wait]);
    check(
        &run(
            steps,
            Setting {
                from: "",
                to: &[ANA],
                ..Setting::default()
            },
        )
        .await,
        &Want::Accepted,
    );
}
