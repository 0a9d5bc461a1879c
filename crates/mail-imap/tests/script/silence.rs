//! IDLE, and lines that die in different ways.

use super::*;
use kontor_mail::provider::{Fault, Poke, Provider as _};
use rstest::rstest;
use server::{Drop, FallSilent, Line};
use tokio::sync::{mpsc, watch};

const OPEN: &str = "* 9 EXISTS\n* OK [UIDVALIDITY 5] x\nK OK\n";

/// Watches INBOX until `enough` pokes have come, then stops; returns the pokes and how the watch ended.
async fn watched(
    kind: Kind,
    options: Options,
    script: Vec<Step>,
    enough: usize,
) -> (String, (Vec<Poke>, Result<()>)) {
    let script = [vec![Expect("SELECT"), say(OPEN)], script].concat();
    play_with(kind, options, script, async |mut provider| {
        let (send, mut pokes) = mpsc::channel(100);
        let (stop, mut stopped) = watch::channel(false);
        let counting = async {
            let mut all = Vec::new();
            while all.len() < enough {
                match pokes.recv().await {
                    Some(poke) => all.push(poke),
                    None => return all,
                }
            }
            stop.send_replace(true);
            all
        };
        let watching = async {
            let ended = provider.watch("INBOX", &send, &mut stopped).await;
            drop(send);
            ended
        };
        tokio::join!(counting, watching)
    })
    .await
}

fn here() -> Poke {
    Poke::Folder {
        wire: "INBOX".to_owned(),
        at: Millis(1),
    }
}

#[tokio::test]
async fn words_around_idle_are_not_lost() {
    let script = vec![
        Expect("IDLE"),
        say("* 10 EXISTS\n+ idling\n"),
        say("* OK [ALERT] Disk full\n* 11 EXISTS\n* 1 RECENT\n"),
        Line("DONE"),
        say("* 12 EXISTS\nK OK\n"),
    ];
    let options = Options {
        notify: false,
        ..Options::default()
    };
    let (_, (pokes, ended)) = watched(Kind::Dovecot, options, script, 3).await;
    ended.expect("stopped in order");
    assert_eq!(
        pokes,
        vec![here(), Poke::Alert("Disk full".to_owned()), here()],
        "EXISTS and RECENT are one reason to look"
    );
}

#[tokio::test]
async fn what_comes_between_two_idles_is_announced() {
    let script = vec![
        Expect("IDLE"),
        say("+ idling\n"),
        Line("DONE"),
        say("* 10 EXISTS\nK OK\n"),
        Expect("IDLE"),
        say("+ idling\n"),
        Line("DONE"),
        say("K OK\n"),
    ];
    let options = Options {
        notify: false,
        idle_renewal: Duration::from_millis(50),
        ..Options::default()
    };
    let (_, (pokes, ended)) = watched(Kind::Dovecot, options, script, 2).await;
    ended.expect("stopped in order");
    assert_eq!(pokes, vec![here(), here()]);
}

#[tokio::test]
async fn notify_names_folders_even_unencoded_and_overflows() {
    let script = vec![
        Expect("NOTIFY SET (SELECTED"),
        say("* STATUS Archive (MESSAGES 3)\nK OK\n"),
        Expect("IDLE"),
        say("+ idling\n"),
        say(
            "* STATUS {7}\nRačuni (MESSAGES 3 UIDNEXT 4)\n* STATUS R&-D (MESSAGES 1)\n* OK [NOTIFICATIONOVERFLOW] lost count\n",
        ),
        Line("DONE"),
        say("K OK\n"),
        Expect("NOTIFY SET"),
        say("K NO not again\n"),
        Expect("IDLE"),
        say("+ idling\n* 10 EXISTS\n"),
        Line("DONE"),
        say("K OK\n"),
    ];
    let (_, (pokes, ended)) = watched(Kind::Dovecot, Options::default(), script, 4).await;
    ended.expect("stopped in order");
    let there = |wire: &str| Poke::Folder {
        wire: wire.to_owned(),
        at: Millis(1),
    };
    assert_eq!(
        pokes,
        vec![here(), there("Ra&AQ0-uni"), there("R&-D"), here()]
    );
}

#[rstest]
#[case::dropped(vec![Expect("IDLE"), say("+ idling\n"), Drop], "Offline")]
#[case::autologout(vec![Expect("IDLE"), say("+ idling\n* BYE Autologout\n"), Drop], "Offline")]
#[case::throttled(vec![Expect("IDLE"), say("+ idling\n* BYE [THROTTLED] x\n"), Drop], "Busy")]
#[case::refused(vec![Expect("IDLE"), say("K NO not here\n")], "Refused")]
#[case::ends_at_once(vec![Expect("IDLE"), say("+ idling\nK OK\n")], "Refused")]
#[tokio::test]
async fn watches_that_end(#[case] script: Vec<Step>, #[case] kind: &str) {
    let (_, (_, ended)) = watched(Kind::Exchange, Options::default(), script, 9).await;
    let fault = ended.expect_err("over");
    assert!(format!("{fault:?}").starts_with(kind), "{fault:?}");
}

#[tokio::test]
async fn a_half_open_line_is_noticed_at_the_renewal() {
    let script = vec![Expect("IDLE"), say("+ idling\n"), FallSilent];
    let options = Options {
        idle_renewal: Duration::from_millis(50),
        idle_ending: Duration::from_millis(200),
        ..Options::default()
    };
    let (sent, (_, ended)) = watched(Kind::Exchange, options, script, 9).await;
    assert!(matches!(ended, Err(Fault::Offline(_))), "{ended:?}");
    assert!(sent.ends_with("DONE\n"), "it was asked: {sent}");
}

#[tokio::test]
async fn a_watch_that_is_dropped_can_be_followed_by_anything() {
    let script = vec![
        Expect("SELECT"),
        say(OPEN),
        Expect("IDLE"),
        say("+ idling\n"),
        Line("DONE"),
        say("* 10 EXISTS\nK OK\n"),
        Expect("NOOP"),
        say("K OK\n"),
        Expect("STATUS"),
        say("* STATUS INBOX (MESSAGES 10)\nK OK\n"),
    ];
    let (_, status) = play(Kind::Exchange, script, async |mut provider| {
        let (send, mut pokes) = mpsc::channel(100);
        let (_stop, mut stopped) = watch::channel(false);
        tokio::select! {
            biased;
            _ = pokes.recv() => {}
            ended = provider.watch("INBOX", &send, &mut stopped) => panic!("ended: {ended:?}"),
        }
        provider.status("INBOX").await
    })
    .await;
    assert_eq!(status.expect("usable").messages, 10);
}
