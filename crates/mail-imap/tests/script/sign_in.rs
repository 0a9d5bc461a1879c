//! Greetings, protection, passwords.

use super::*;
use kontor_mail::provider::{Fault, Provider as _};
use rstest::rstest;
use server::{FallSilent, Line, Literal, Protect};

async fn refused(security: Security, script: Vec<Step>) -> (String, Fault) {
    refused_with(Options::default(), security, script).await
}

async fn refused_with(options: Options, security: Security, script: Vec<Step>) -> (String, Fault) {
    let server = Server::new(security).await;
    let (sent, provider) = timeout(Duration::from_secs(30), async {
        tokio::join!(server.play(script), async {
            connect_with(&server, options).await.err()
        })
    })
    .await
    .expect("neither side waits for ever");
    (sent, provider.expect("refused"))
}

#[rstest]
#[case::bye("* BYE Too many connections\n", "Busy")]
#[case::shut("* BYE We are closed\n", "Offline")]
#[case::not_imap("220 smtp.example.org ESMTP\n", "Protocol")]
#[tokio::test]
async fn greetings_that_are_none(#[case] greeting: &str, #[case] kind: &str) {
    let (sent, fault) = refused(Security::Tls, vec![say(greeting)]).await;
    assert!(format!("{fault:?}").starts_with(kind), "{fault:?}");
    assert_eq!(sent, "", "nothing was said to it");
}

#[rstest]
#[case::stripped(vec![say("* OK [CAPABILITY IMAP4rev1 LOGIN] hi\n")])]
#[case::stripped_after_asking(vec![say("* OK hi\n"), Expect("CAPABILITY"), say("* CAPABILITY IMAP4rev1\nK OK\n")])]
#[case::preauth(vec![say("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi\n")])]
#[case::refused(vec![say("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\n"), Expect("STARTTLS"), say("K NO not today\n")])]
#[case::injected(vec![say("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\n"), Expect("STARTTLS"), say("K OK go\n* CAPABILITY EVIL\n")])]
#[tokio::test]
async fn without_protection_no_password_is_sent(#[case] script: Vec<Step>) {
    let (sent, fault) = refused(Security::Starttls, script).await;
    assert!(matches!(fault, Fault::Tls(_)), "{fault:?}");
    assert!(!sent.contains("secret") && !sent.contains("maja"), "{sent}");
}

#[tokio::test]
async fn a_port_that_waits_for_tls_is_told_soon() {
    let impatient = Options {
        greeting: Duration::from_millis(200),
        ..Options::default()
    };
    let (sent, fault) = refused_with(impatient, Security::Starttls, vec![FallSilent]).await;
    let Fault::Offline(said) = fault else {
        panic!("{fault:?}");
    };
    assert!(said.contains("TLS or STARTTLS"), "{said}");
    assert_eq!(sent, "", "nothing was said to it");
}

#[tokio::test]
async fn what_was_said_before_protection_does_not_count() {
    let script = vec![
        say("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hi\n"),
        Expect("STARTTLS"),
        say("K OK go\n"),
        Protect,
        Expect("CAPABILITY"),
        say("* CAPABILITY IMAP4rev1 AUTH=PLAIN\nK OK\n"),
        Expect("LOGIN"),
        say("K OK in\n"),
        Expect("CAPABILITY"),
        say("* CAPABILITY IMAP4rev1 IDLE\nK OK\n"),
    ];
    let server = Server::new(Security::Starttls).await;
    let (_, capabilities) = tokio::join!(server.play(script), async {
        connect_with(&server, Options::default())
            .await
            .expect("signed in")
            .capabilities()
    });
    assert!(capabilities.push, "asked for again after the sign-in");
}

#[rstest]
#[case::failed("K NO [AUTHENTICATIONFAILED] wrong\n", "SignIn")]
#[case::no_code("K NO LOGIN failed.\n", "SignIn")]
#[case::unavailable("K NO [UNAVAILABLE] backend down\n", "Busy")]
#[case::bye("* BYE Too many connections\nK NO x\n", "SignIn")]
#[tokio::test]
async fn sign_ins_that_fail(#[case] answer: &str, #[case] kind: &str) {
    let (_, fault) = refused(
        Security::Tls,
        vec![
            say("* OK [CAPABILITY IMAP4rev1] hi\n"),
            Expect("LOGIN"),
            say(answer),
        ],
    )
    .await;
    assert!(format!("{fault:?}").starts_with(kind), "{fault:?}");
}

/// base64 of NUL maja NUL secret
const PLAIN: &str = "AG1hamEAc2VjcmV0";

#[rstest]
#[case::at_once("SASL-IR", vec![Expect("AUTHENTICATE PLAIN AG1hamEAc2VjcmV0")])]
#[case::asked_for("", vec![Expect("AUTHENTICATE PLAIN"), say("* OK one moment\n+ \n"), Line(PLAIN)])]
#[tokio::test]
async fn logins_that_are_disabled_use_plain(#[case] ir: &str, #[case] exchange: Vec<Step>) {
    let greeting = format!("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN {ir}] hi\n");
    let script = [
        vec![say(&greeting)],
        exchange,
        vec![say("K OK [CAPABILITY IMAP4rev1] in\n")],
    ]
    .concat();
    let server = Server::new(Security::Tls).await;
    let (sent, provider) = tokio::join!(server.play(script), async {
        connect_with(&server, Options::default()).await.map(drop)
    });
    provider.expect("signed in");
    assert!(!sent.contains("LOGIN "), "{sent}");
}

#[tokio::test]
async fn a_server_that_takes_no_passwords_says_so() {
    let script = vec![say(
        "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2] hi\n",
    )];
    let (sent, fault) = refused(Security::Tls, script).await;
    assert!(matches!(fault, Fault::SignIn(_)), "{fault:?}");
    assert_eq!(sent, "");
}

#[tokio::test]
async fn odd_names_go_as_literals_where_nothing_else_can_carry_them() {
    let mut server = Server::new(Security::Tls).await;
    server.settings.username = "majač".to_owned();
    let script = vec![
        say("* OK [CAPABILITY IMAP4rev1] hi\n"),
        Expect("LOGIN {6}"),
        say("* OK a word in between\n+ go on\n"),
        Literal(15),
        say("K1 OK [CAPABILITY IMAP4rev1] in\n"),
    ];
    let (sent, provider) = tokio::join!(server.play(script), async {
        connect_with(&server, Options::default()).await.map(drop)
    });
    provider.expect("signed in");
    assert!(sent.ends_with("majač \"secret\"\r\n"), "{sent}");
}

#[rstest]
#[case::dovecot(Kind::Dovecot, (true, true, true, true, true, false))]
#[case::gmail(Kind::Gmail, (true, false, true, true, false, true))]
#[case::exchange(Kind::Exchange, (true, false, false, false, false, false))]
#[case::icloud(Kind::Icloud, (true, false, false, true, false, false))]
#[case::bare(Kind::Bare, (false, false, false, false, false, false))]
#[tokio::test]
async fn every_kind_is_planned_for(
    #[case] kind: Kind,
    #[case] want: (bool, bool, bool, bool, bool, bool),
) {
    let (_, got) = play(kind, vec![], async |provider| provider.capabilities()).await;
    let got = (
        got.push,
        got.push_all,
        got.status_of_all,
        got.modseq,
        got.vanished,
        got.files_sent,
    );
    assert_eq!(
        got, want,
        "push, of all, status of all, modseq, vanished, files sent"
    );
}

#[tokio::test]
async fn alerts_are_kept_for_the_person() {
    let script = vec![
        Expect("STATUS"),
        say(
            "* OK [ALERT] Your disk is nearly full\n* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 3 UNSEEN 0)\nK OK [ALERT] Going down at noon\n",
        ),
    ];
    let (_, alerts) = play(Kind::Bare, script, async |mut provider| {
        provider.status("INBOX").await.expect("counters");
        (provider.take_alerts(), provider.take_alerts())
    })
    .await;
    assert_eq!(
        alerts,
        (
            vec![
                "Your disk is nearly full".to_owned(),
                "Going down at noon".to_owned()
            ],
            vec![]
        )
    );
}
