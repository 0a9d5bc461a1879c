//! Submission against scripted servers: every way it can go, and for each what is known about the mail afterwards.
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
use std::time::Duration;

use kontor_mail::provider::Fault;
use kontor_mail_imap::smtp::{Outcome, Timeouts};
use rstest::rstest;
use run::{ANA, BOR, Setting, USUAL, Want, at_data, check, run, signed_in};
use server::{Step, hear, say};
use tokio::sync::Notify;

#[tokio::test]
async fn happy_path() {
    let mut steps = at_data(USUAL);
    steps.extend([
        say("354 Go"),
        Step::Content,
        say("250 2.0.0 Ok: queued as 17"),
        Step::Wait,
    ]);
    let run = run(steps, Setting::default()).await;
    check(&run, &Want::Accepted);
    assert_eq!(
        run.result,
        Ok(Outcome::Accepted {
            reply: "250 2.0.0 Ok: queued as 17".to_owned()
        })
    );
    assert_eq!(run.seen.wrong, None);
    assert_eq!(
        run.seen.wire, b"Subject: Ponudba\r\n\r\nPozdrav\r\n.\r\n",
        "exactly the mail and its end"
    );
    assert!(
        run.log
            .contains(&"MAIL FROM:<maja@hrastvijak.example> SIZE=29".to_owned()),
        "{:#?}",
        run.log
    );
    assert_eq!(
        run.log.last().map(String::as_str),
        Some("QUIT"),
        "a polite end"
    );
}

#[rstest]
#[case::greylisted(&["451 4.7.1 Greylisted, come back"], 0, Want::Later(Some(ANA), "451 4.7.1 Greylisted"))]
#[case::no_such_user(&["550-5.1.1 No such", "550 5.1.1 user here"], 0, Want::Never(Some(ANA), "550 5.1.1 No such user here"))]
#[case::second_of_two(&["550 5.1.1 No such user"], 1, Want::Never(Some(BOR), "550 5.1.1"))]
#[case::second_later(&["452 4.2.2 Full"], 1, Want::Later(Some(BOR), "452 4.2.2"))]
#[case::shutting_down(&["421 4.3.2 Going down"], 0, Want::Later(Some(ANA), "421 4.3.2"))]
#[tokio::test]
async fn one_refused_recipient_stops_the_mail(
    #[case] reply: &[&str],
    #[case] accepted: usize,
    #[case] want: Want,
) {
    let mut steps = signed_in(USUAL);
    steps.extend([hear("MAIL FROM:"), say("250 Ok")]);
    for _ in 0..accepted {
        steps.extend([hear("RCPT TO:"), say("250 Ok")]);
    }
    steps.push(hear("RCPT TO:"));
    steps.extend(reply.iter().map(|line| say(line)));
    steps.push(Step::Wait);
    let run = run(steps, Setting::default()).await;
    check(&run, &want);
    assert!(
        !run.log
            .iter()
            .any(|line| line == "(on_data)" || line == "DATA"),
        "nothing was sent: {:#?}",
        run.log
    );
}

#[rstest]
#[case::too_big("552 5.3.4 Message too big", Want::Never(None, "552 5.3.4"))]
#[case::not_now("451 4.3.0 Disk trouble", Want::Later(None, "451 4.3.0"))]
#[case::wants_sign_in("530 5.7.0 Authentication required", Want::SignIn("wants a sign-in"))]
#[case::nonsense("354 Go", Want::Protocol("out of turn"))]
#[tokio::test]
async fn refused_sender(#[case] reply: &str, #[case] want: Want) {
    let mut steps = signed_in(USUAL);
    steps.extend([hear("MAIL FROM:"), say(reply), Step::Wait]);
    check(&run(steps, Setting::default()).await, &want);
}

#[rstest]
#[case::not_now("451 4.3.0 Not now", Want::Later(None, "451"))]
#[case::never("554 5.7.1 Looks like spam", Want::Never(None, "554 5.7.1"))]
#[tokio::test]
async fn data_refused(#[case] reply: &str, #[case] want: Want) {
    let mut steps = at_data(USUAL);
    steps.extend([say(reply), Step::Wait]);
    check(&run(steps, Setting::default()).await, &want);
}

#[rstest]
#[case::spam("554 5.7.1 Looks like spam", Want::Never(None, "554 5.7.1"))]
#[case::too_big("552 5.3.4 Too big", Want::Never(None, "552"))]
#[case::greylisted("451 4.7.1 Later", Want::Later(None, "451 4.7.1"))]
#[case::going_down("421 4.3.2 Going down", Want::Later(None, "421"))]
#[case::nonsense("354 Go on", Want::Unknown("354 Go on"))]
#[case::not_smtp("what?", Want::Unknown("what?"))]
#[tokio::test]
async fn the_verdict(#[case] reply: &str, #[case] want: Want) {
    let mut steps = at_data(USUAL);
    steps.extend([say("354 Go"), Step::Content, say(reply), Step::Wait]);
    check(&run(steps, Setting::default()).await, &want);
}

#[tokio::test]
async fn lost_before_data_was_answered_is_not_sent() {
    check(
        &run(at_data(USUAL), Setting::default()).await,
        &Want::Offline("closed the connection"),
    );
}

#[tokio::test]
async fn lost_in_the_middle_of_the_content_is_not_sent() {
    // More than every buffer between the two ends, so that the end of the content cannot have been written.
    let raw = b"0123456789012345678901234567890123456789012345678901234567890\r\n".repeat(500_000);
    let mut steps = at_data(&["AUTH PLAIN"]);
    steps.extend([say("354 Go"), Step::Some(100_000)]);
    check(
        &run(
            steps,
            Setting {
                raw: &raw,
                ..Setting::default()
            },
        )
        .await,
        &Want::Offline("broke"),
    );
}

#[tokio::test]
async fn last_words_in_the_middle_of_the_content_are_heard() {
    let raw = b"0123456789012345678901234567890123456789012345678901234567890\r\n".repeat(500_000);
    let mut steps = at_data(&["AUTH PLAIN"]);
    steps.extend([
        say("354 Go"),
        Step::Some(100_000),
        say("552 5.3.4 Too big, stop"),
    ]);
    check(
        &run(
            steps,
            Setting {
                raw: &raw,
                ..Setting::default()
            },
        )
        .await,
        &Want::Never(None, "552 5.3.4"),
    );
}

#[tokio::test]
async fn lost_after_the_end_is_unknown() {
    let mut steps = at_data(USUAL);
    steps.extend([say("354 Go"), Step::Content]);
    let run = run(steps, Setting::default()).await;
    check(&run, &Want::Unknown("closed the connection"));
    let sentence = run.result.unwrap().sentence();
    assert!(
        sentence.contains("not known") && sentence.contains("Sent"),
        "it says what to do: {sentence}"
    );
}

#[tokio::test]
async fn half_a_verdict_is_unknown() {
    let mut steps = at_data(USUAL);
    steps.extend([
        say("354 Go"),
        Step::Content,
        Step::Say("250 2.0.0 O".to_owned()),
    ]);
    check(
        &run(steps, Setting::default()).await,
        &Want::Unknown("closed the connection"),
    );
}

#[tokio::test]
async fn a_silent_verdict_is_unknown_and_a_silent_command_is_not_sent() {
    let short = Duration::from_millis(200);
    let timeouts = Timeouts {
        after_data: short,
        ..Timeouts::default()
    };
    let mut steps = at_data(USUAL);
    steps.extend([say("354 Go"), Step::Content, Step::Wait]);
    check(
        &run(
            steps,
            Setting {
                timeouts,
                ..Setting::default()
            },
        )
        .await,
        &Want::Unknown("did not answer"),
    );

    let timeouts = Timeouts {
        command: short,
        ..Timeouts::default()
    };
    let mut steps = at_data(USUAL);
    steps.push(Step::Wait);
    check(
        &run(
            steps,
            Setting {
                timeouts,
                ..Setting::default()
            },
        )
        .await,
        &Want::Offline("did not answer"),
    );
}

#[tokio::test]
async fn a_server_that_stops_reading_is_not_sent() {
    let raw = b"0123456789012345678901234567890123456789012345678901234567890\r\n".repeat(500_000);
    let timeouts = Timeouts {
        block: Duration::from_millis(300),
        ..Timeouts::default()
    };
    let mut steps = at_data(&["AUTH PLAIN"]);
    // The server neither reads nor hangs up until the client has given up.
    let done = Arc::new(Notify::new());
    steps.extend([
        say("354 Go"),
        Step::Some(100_000),
        Step::Hold(Arc::clone(&done)),
    ]);
    let setting = Setting {
        done,
        raw: &raw,
        timeouts,
        ..Setting::default()
    };
    check(&run(steps, setting).await, &Want::Offline("did not answer"));
}

#[tokio::test]
async fn when_the_caller_cannot_commit_nothing_is_sent() {
    let mut steps = signed_in(USUAL);
    steps.extend([
        hear("MAIL"),
        say("250 Ok"),
        hear("RCPT"),
        say("250 Ok"),
        hear("RCPT"),
        say("250 Ok"),
        Step::Wait,
    ]);
    let fault = Fault::Busy("The disk is full.".to_owned());
    let run = run(
        steps,
        Setting {
            on_data: Err(fault.clone()),
            ..Setting::default()
        },
    )
    .await;
    assert_eq!(run.result, Err(fault), "the caller's own fault comes back");
    assert!(!run.log.contains(&"DATA".to_owned()), "{:#?}", run.log);
}
