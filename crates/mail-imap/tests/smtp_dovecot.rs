//! Submission through a real Dovecot, which relays to a sink.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::panic,
    reason = "the functions around the tests are tests too"
)]

use std::path::Path;
use std::time::Duration;

use kontor_auth::Secret;
use kontor_mail::provider::Fault;
use kontor_mail_imap::smtp::{Outcome, Smtp, Submission};
use kontor_mail_imap::tls::TlsConfig;
use kontor_model::{Endpoint, Security, ServerSettings};
use kontor_testkit::Dovecot;
use kontor_testkit::dovecot::PASSWORD;
use rstest::rstest;
use rustls::RootCertStore;

const MAJA: &str = "maja@hrastvijak.example";

fn installed() -> bool {
    let there = Path::new("/usr/sbin/dovecot").exists();
    if !there {
        eprintln!(
            "NOT RUN: no Dovecot; on Debian: apt install dovecot-imapd dovecot-lmtpd dovecot-submissiond"
        );
    }
    there
}

fn settings(dovecot: &Dovecot, security: Security) -> ServerSettings {
    let port = match security {
        Security::Tls => dovecot.submissions_port(),
        Security::Starttls => dovecot.submission_port(),
    };
    let endpoint = Endpoint {
        host: "localhost".to_owned(),
        port,
        security,
    };
    ServerSettings {
        imap: endpoint.clone(),
        smtp: Some(endpoint),
        username: MAJA.to_owned(),
        ca_pem: Some(std::fs::read_to_string(dovecot.ca_pem()).unwrap()),
    }
}

#[rstest]
#[case::tls(Security::Tls, false)]
#[case::starttls(Security::Starttls, false)]
#[case::careless_certificate(Security::Tls, true)]
#[tokio::test]
async fn a_real_server_takes_mail(#[case] security: Security, #[case] says_ca: bool) {
    if !installed() {
        return;
    }
    let mut builder = Dovecot::builder();
    if says_ca {
        builder = builder.certificate_says_ca();
    }
    let dovecot = builder.start().unwrap();
    let settings = settings(&dovecot, security);
    let (password, tls) = (
        Secret::new(PASSWORD),
        TlsConfig::with_roots(RootCertStore::empty()),
    );
    let smtp = Smtp::new(&settings, &password, &tls);
    smtp.probe().await.unwrap();

    let raw = "From: maja@hrastvijak.example\r\nTo: ana@example.com\r\nSubject: Ponudba\r\nMessage-ID: <1@hrastvijak.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n.na začetku pika\r\n..\r\n.\r\nkonec\r\n";
    let recipients = ["ana@example.com".to_owned(), "bor@example.net".to_owned()];
    let mail = Submission {
        from: MAJA,
        recipients: &recipients,
        raw: raw.as_bytes(),
    };
    let outcome = smtp.submit(&mail, async || Ok(())).await.unwrap();
    assert!(
        matches!(outcome, Outcome::Accepted { .. }),
        "{outcome:?}\n{}",
        dovecot.log()
    );

    let relayed = dovecot.wait_relayed(1, Duration::from_secs(10));
    assert_eq!(relayed.len(), 1, "sent once");
    assert_eq!(relayed[0].from, MAJA);
    assert_eq!(relayed[0].to, recipients);
    let got = String::from_utf8_lossy(&relayed[0].raw);
    // Dovecot puts its own Received line before.
    assert!(
        got.ends_with(raw),
        "every byte arrived, dots included:\n{got}"
    );
}

#[tokio::test]
async fn a_real_server_refuses() {
    if !installed() {
        return;
    }
    let dovecot = Dovecot::builder().start().unwrap();
    dovecot.refuse_recipient("nobody@example.com", "550 5.1.1 no such user");
    let settings = settings(&dovecot, Security::Tls);
    let (password, tls) = (
        Secret::new(PASSWORD),
        TlsConfig::with_roots(RootCertStore::empty()),
    );
    let recipients = [
        "ana@example.com".to_owned(),
        "nobody@example.com".to_owned(),
    ];
    let mail = Submission {
        from: MAJA,
        recipients: &recipients,
        raw: b"Subject: a\r\n\r\nb\r\n",
    };
    let smtp = Smtp::new(&settings, &password, &tls);
    let outcome = smtp
        .submit(&mail, async || panic!("nothing is sent"))
        .await
        .unwrap();
    let Outcome::Refused {
        permanent,
        reply,
        recipient,
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert!(permanent && reply.contains("5.1.1"), "{reply}");
    assert_eq!(
        recipient.as_deref(),
        Some("nobody@example.com"),
        "the recipient is named"
    );
    assert_eq!(
        dovecot.relayed().len(),
        0,
        "the other recipient got nothing either"
    );

    let wrong = Secret::new("wrong");
    let fault = Smtp::new(&settings, &wrong, &tls)
        .probe()
        .await
        .unwrap_err();
    assert!(matches!(fault, Fault::SignIn(_)), "{fault:?}");
}
