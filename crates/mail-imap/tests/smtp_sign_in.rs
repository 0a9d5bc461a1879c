//! The way in, against scripted servers: greeting, TLS, STARTTLS, sign-in. No password leaves before all is well.
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

use std::sync::Arc;

use kontor_auth::Secret;
use kontor_mail::provider::Fault;
use kontor_mail_imap::smtp::Smtp;
use kontor_model::Security;
use rstest::rstest;
use run::{ANA, AUTH_PLAIN, Setting, USUAL, Want, check, ehlo, run, signed_in};
use server::{Log, Step, hear, listen, no_roots, play, say};

#[rstest]
#[case::usual("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6")]
#[case::other_words("334 VXNlciBOYW1lAA==", "334 UGFzc3dvcmQA")]
#[case::no_words("334 ", "334")]
#[tokio::test]
async fn login_only(#[case] name: &str, #[case] password: &str) {
    let mut steps = vec![Step::Encrypt, say("220 Hi")];
    steps.extend(ehlo(&["AUTH=LOGIN", "AUTH LOGIN"]));
    steps.extend([
        hear("AUTH LOGIN"),
        say(name),
        hear("bWFqYUBocmFzdHZpamFrLmV4YW1wbGU="),
        say(password),
        hear("Z2VzbG8tMQ=="),
        say("235 Ok"),
    ]);
    steps.extend([
        hear("MAIL"),
        say("250 Ok"),
        hear("RCPT"),
        say("250 Ok"),
        hear("RCPT"),
        say("250 Ok"),
        hear("DATA"),
    ]);
    steps.extend([say("354 Go"), Step::Content, say("250 Ok"), Step::Wait]);
    check(&run(steps, Setting::default()).await, &Want::Accepted);
}

#[rstest]
#[case::wrong_password("AUTH PLAIN LOGIN", vec![hear(AUTH_PLAIN), say("535 5.7.8 Bad credentials")], Want::SignIn("535 5.7.8"))]
#[case::server_trouble("AUTH PLAIN", vec![hear("AUTH"), say("454 4.7.0 Try later")], Want::Busy("454 4.7.0"))]
#[case::other_mechanism("AUTH PLAIN LOGIN", vec![hear("AUTH PLAIN"), say("504 5.5.4 No"), hear("AUTH LOGIN"), say("535 5.7.8 Bad")], Want::SignIn("535"))]
#[case::app_password("AUTH PLAIN", vec![hear("AUTH PLAIN"), say("534 5.7.9 Application-specific password required")], Want::SignIn("app password"))]
#[case::endless_challenge("AUTH PLAIN", vec![hear("AUTH PLAIN"), say("334 YQ=="), hear("*"), say("501 5.7.0 Cancelled")], Want::SignIn("501"))]
#[case::token_only("AUTH XOAUTH2 OAUTHBEARER", vec![], Want::SignIn("XOAUTH2, OAUTHBEARER"))]
#[case::none_at_all("PIPELINING", vec![], Want::SignIn("offers nothing"))]
#[tokio::test]
async fn sign_in(#[case] extension: &str, #[case] then: Vec<Step>, #[case] want: Want) {
    let mut steps = vec![Step::Encrypt, say("220 Hi")];
    steps.extend(ehlo(&[extension]));
    steps.extend(then);
    steps.push(Step::Wait);
    let run = run(steps, Setting::default()).await;
    check(&run, &want);
    let asked = run
        .log
        .iter()
        .filter(|line| line.starts_with("AUTH PLAIN"))
        .count();
    assert!(asked <= 1, "a wrong password is tried once: {:#?}", run.log);
}

#[rstest]
#[case::busy(say("421 4.3.2 Too many connections"), Want::Busy("Too many"))]
#[case::unwelcome(say("554 5.7.1 Your network is listed"), Want::Busy("554"))]
#[case::web_server(say("HTTP/1.1 400 Bad Request"), Want::Protocol("does not speak SMTP"))]
#[tokio::test]
async fn greetings(#[case] greeting: Step, #[case] want: Want) {
    check(
        &run(
            vec![Step::Encrypt, greeting, Step::Wait],
            Setting::default(),
        )
        .await,
        &want,
    );
}

#[tokio::test]
async fn starttls() {
    let mut steps = vec![say("220 Hi")];
    // Before encryption the server claims to take passwords; nobody listens to that.
    steps.extend(ehlo(&["STARTTLS", "AUTH PLAIN"]));
    steps.extend([hear("STARTTLS"), say("220 2.0.0 Go"), Step::Encrypt]);
    steps.extend(ehlo(&["AUTH PLAIN"]));
    steps.extend([
        hear(AUTH_PLAIN),
        say("235 Ok"),
        hear("MAIL"),
        say("250 Ok"),
        hear("RCPT"),
        say("250 Ok"),
    ]);
    steps.extend([
        hear("DATA"),
        say("354 Go"),
        Step::Content,
        say("250 Ok"),
        Step::Wait,
    ]);
    let setting = Setting {
        security: Security::Starttls,
        to: &[ANA, ANA],
        ..Setting::default()
    };
    let run = run(steps, setting).await;
    check(&run, &Want::Accepted);
    assert!(
        run.log
            .contains(&"MAIL FROM:<maja@hrastvijak.example>".to_owned()),
        "no SIZE where none is offered"
    );
}

#[rstest]
#[case::stripped(vec![], &["AUTH PLAIN"], Want::Tls("does not offer encryption"))]
#[case::refused(vec![hear("STARTTLS"), say("502 No"), Step::Wait], &["STARTTLS"], Want::Tls("then refused it"))]
#[case::not_now(vec![hear("STARTTLS"), say("454 4.7.0 Later"), Step::Wait], &["STARTTLS"], Want::Busy("454"))]
#[case::injected(vec![hear("STARTTLS"), Step::Say("220 Go\r\n250-evil\r\n250 AUTH PLAIN\r\n".to_owned()), Step::Wait], &["STARTTLS"], Want::Tls("slipped text"))]
#[case::no_tls_after_all(vec![hear("STARTTLS"), say("220 Go"), Step::Some(10), say("220 plain words, no TLS"), Step::Wait], &["STARTTLS"], Want::Tls("does not speak TLS"))]
#[tokio::test]
async fn starttls_spoiled(
    #[case] then: Vec<Step>,
    #[case] extensions: &[&str],
    #[case] want: Want,
) {
    let mut steps = vec![say("220 Hi")];
    steps.extend(ehlo(extensions));
    steps.extend(then);
    let run = run(
        steps,
        Setting {
            security: Security::Starttls,
            ..Setting::default()
        },
    )
    .await;
    check(&run, &want);
    assert!(
        !run.log.iter().any(|line| line.starts_with("AUTH")),
        "no password in the clear: {:#?}",
        run.log
    );
}

#[rstest]
#[case::other_name("127.0.0.1", true, "another name")]
#[case::unknown_issuer("localhost", false, "authority")]
#[tokio::test]
async fn certificates_are_checked(#[case] host: &str, #[case] pinned: bool, #[case] part: &str) {
    let (listener, mut settings) = listen(Security::Tls).await;
    settings.smtp.as_mut().unwrap().host = host.to_owned();
    if !pinned {
        settings.ca_pem = None;
    }
    let (password, tls) = (Secret::new("geslo-1"), no_roots());
    let smtp = Smtp::new(&settings, &password, &tls);
    let script = play(listener, vec![Step::Encrypt, say("220 Hi")], Log::default());
    let (result, _seen) = tokio::join!(smtp.probe(), script);
    let Err(Fault::Tls(text)) = result else {
        panic!("{result:?}: such a server is not trusted")
    };
    assert!(text.contains(part), "{text:?} must say {part:?}");
}

#[tokio::test]
async fn probing_signs_in_and_leaves() {
    let (listener, settings) = listen(Security::Tls).await;
    let (password, tls, log) = (Secret::new("geslo-1"), no_roots(), Log::default());
    let mut steps = signed_in(USUAL);
    steps.push(Step::Wait);
    let smtp = Smtp::new(&settings, &password, &tls);
    let (result, seen) = tokio::join!(smtp.probe(), play(listener, steps, Arc::clone(&log)));
    assert_eq!((result, seen.wrong), (Ok(()), None));
    assert_eq!(log.lock().unwrap().last().map(String::as_str), Some("QUIT"));
}

#[tokio::test]
async fn nobody_there_and_nowhere_to_send() {
    let (listener, mut settings) = listen(Security::Tls).await;
    drop(listener);
    let (password, tls) = (Secret::new("geslo-1"), no_roots());
    let result = Smtp::new(&settings, &password, &tls).probe().await;
    assert!(
        matches!(result, Err(Fault::Offline(_))),
        "{result:?}: it may come back"
    );
    settings.smtp = None;
    let result = Smtp::new(&settings, &password, &tls).probe().await;
    assert!(
        matches!(result, Err(Fault::Refused(_))),
        "{result:?}: waiting does not help"
    );
}
