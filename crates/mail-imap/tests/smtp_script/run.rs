//! One submission against one script, and what must be known in the end.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "made for tests, each of which uses a part of it"
)]

use std::sync::Arc;

use kontor_auth::Secret;
use kontor_mail::provider::Fault;
use kontor_mail_imap::smtp::{Outcome, Smtp, Submission, Timeouts};
use kontor_model::Security;
use tokio::sync::Notify;

use crate::server::{Log, Seen, Step, hear, listen, no_roots, play, say};

pub(crate) const ANA: &str = "ana@example.com";
pub(crate) const BOR: &str = "bor@example.net";
pub(crate) const MAIL: &[u8] = b"Subject: Ponudba\r\n\r\nPozdrav\r\n";
/// `\0maja@hrastvijak.example\0geslo-1`
pub(crate) const AUTH_PLAIN: &str = "AUTH PLAIN AG1hamFAaHJhc3R2aWphay5leGFtcGxlAGdlc2xvLTE=";

pub(crate) struct Run {
    pub(crate) result: Result<Outcome, Fault>,
    /// Lines the server heard, and "(on_data)" where the caller was told.
    pub(crate) log: Vec<String>,
    pub(crate) seen: Seen,
}

/// What a run may be told to do otherwise.
pub(crate) struct Setting<'a> {
    pub(crate) security: Security,
    pub(crate) from: &'a str,
    pub(crate) to: &'a [&'a str],
    pub(crate) raw: &'a [u8],
    /// What the caller answers to `on_data`.
    pub(crate) on_data: Result<(), Fault>,
    pub(crate) timeouts: Timeouts,
    /// Told when the submission has ended.
    pub(crate) done: Arc<Notify>,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Self {
            security: Security::Tls,
            from: "maja@hrastvijak.example",
            to: &[ANA, BOR],
            raw: MAIL,
            on_data: Ok(()),
            timeouts: Timeouts::default(),
            done: Arc::default(),
        }
    }
}

pub(crate) async fn run(steps: Vec<Step>, setting: Setting<'_>) -> Run {
    let (listener, settings) = listen(setting.security).await;
    let log = Log::default();
    let (password, tls) = (Secret::new("geslo-1"), no_roots());
    let recipients: Vec<String> = setting.to.iter().map(|&to| to.to_owned()).collect();
    let mail = Submission {
        from: setting.from,
        recipients: &recipients,
        raw: setting.raw,
    };
    let smtp = Smtp {
        timeouts: setting.timeouts,
        ..Smtp::new(&settings, &password, &tls)
    };
    let told = Arc::clone(&log);
    let on_data = async || {
        told.lock().unwrap().push("(on_data)".to_owned());
        setting.on_data.clone()
    };
    let submit = Box::pin(async {
        let result = smtp.submit(&mail, on_data).await;
        setting.done.notify_one();
        result
    });
    let (result, seen) = tokio::join!(submit, play(listener, steps, Arc::clone(&log)));
    let log = log.lock().unwrap().clone();
    Run { result, log, seen }
}

/// Greeting, EHLO with these extensions, sign-in.
pub(crate) fn signed_in(extensions: &[&str]) -> Vec<Step> {
    let mut steps = vec![Step::Encrypt, say("220 mail.example ESMTP")];
    steps.extend(ehlo(extensions));
    steps.extend([hear(AUTH_PLAIN), say("235 2.7.0 Ok")]);
    steps
}

pub(crate) fn ehlo(extensions: &[&str]) -> Vec<Step> {
    let mut reply = String::from("250-mail.example greets you\r\n");
    for extension in extensions {
        reply.push_str(&format!("250-{extension}\r\n"));
    }
    reply.push_str("250 HELP\r\n");
    vec![hear("EHLO [127.0.0.1]"), Step::Say(reply)]
}

/// Signed in, sender and both recipients accepted, DATA heard.
pub(crate) fn at_data(extensions: &[&str]) -> Vec<Step> {
    let mut steps = signed_in(extensions);
    steps.extend([
        hear("MAIL FROM:<maja@hrastvijak.example>"),
        say("250 2.1.0 Ok"),
        hear("RCPT TO:<ana@example.com>"),
        say("250 2.1.5 Ok"),
        hear("RCPT TO:<bor@example.net>"),
        say("251 2.1.5 Will forward"),
        hear("DATA"),
    ]);
    steps
}

pub(crate) const USUAL: &[&str] = &["SIZE 10000000", "8BITMIME", "SMTPUTF8", "AUTH PLAIN LOGIN"];

/// What must be known in the end.
pub(crate) enum Want {
    Accepted,
    Later(Option<&'static str>, &'static str),
    Never(Option<&'static str>, &'static str),
    Unknown(&'static str),
    Offline(&'static str),
    Busy(&'static str),
    SignIn(&'static str),
    Tls(&'static str),
    Protocol(&'static str),
}

#[track_caller]
pub(crate) fn check(run: &Run, want: &Want) {
    let said = |text: &str, part: &str| {
        assert!(
            text.contains(part),
            "{text:?} must say {part:?}; heard {:#?}",
            run.log
        );
        assert!(!text.contains("geslo-1"), "no password in a sentence");
    };
    match (&run.result, want) {
        (Ok(Outcome::Accepted { .. }), Want::Accepted) => {}
        (
            Ok(Outcome::Refused {
                permanent: false,
                reply,
                recipient,
            }),
            Want::Later(whom, part),
        )
        | (
            Ok(Outcome::Refused {
                permanent: true,
                reply,
                recipient,
            }),
            Want::Never(whom, part),
        ) => {
            said(reply, part);
            assert_eq!(recipient.as_deref(), *whom, "the recipient it was about");
        }
        (Ok(Outcome::Unknown { why: text }), Want::Unknown(part))
        | (Err(Fault::Offline(text)), Want::Offline(part))
        | (Err(Fault::Busy(text)), Want::Busy(part))
        | (Err(Fault::SignIn(text)), Want::SignIn(part))
        | (Err(Fault::Tls(text)), Want::Tls(part))
        | (Err(Fault::Protocol(text)), Want::Protocol(part)) => said(text, part),
        (got, _) => panic!("got {got:?}; heard {:#?}; {:?}", run.log, run.seen.wrong),
    }
    let told = run.log.iter().position(|line| line == "(on_data)");
    let data = run.log.iter().position(|line| line == "DATA");
    assert!(
        data.is_none_or(|data| told.is_some_and(|told| told < data)),
        "told before DATA: {:#?}",
        run.log
    );
    if matches!(
        run.result,
        Ok(Outcome::Unknown { .. } | Outcome::Accepted { .. })
    ) {
        assert!(
            run.log.iter().any(|line| line == "(content)"),
            "only a whole content leaves doubt or success"
        );
    }
}
