//! Waiting for news.

use super::*;
use kontor_mail::provider::Poke;
use kontor_testkit::Mail;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(20);

async fn next(pokes: &mut mpsc::Receiver<Poke>) -> Poke {
    timeout(SOON, pokes.recv())
        .await
        .expect("news in time")
        .expect("the watch lives")
}

/// Runs a watch beside a story; returns how the watch ended once the story told it to stop.
async fn watching<F>(
    provider: &mut ImapProvider,
    story: impl FnOnce(mpsc::Receiver<Poke>) -> F,
) -> kontor_mail::provider::Result<()>
where
    F: Future<Output = ()>,
{
    let (send, pokes) = mpsc::channel(8);
    let (stop, mut stopped) = watch::channel(false);
    let telling = async {
        story(pokes).await;
        stop.send(true).expect("the watch listens");
    };
    let (ended, ()) = timeout(SOON * 2, async {
        tokio::join!(provider.watch("INBOX", &send, &mut stopped), telling)
    })
    .await
    .expect("a watch stops when it is told");
    ended
}

fn folder(poke: &Poke) -> &str {
    match poke {
        Poke::Folder { wire, .. } => wire,
        other => panic!("{other:?} names no folder"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn arrivals_changes_and_expunges_are_announced() {
    for notify in [false, true] {
        let dovecot = server(Profile::Full)
            .mail(USER, Mail::new(message("m1", "x")))
            .start()
            .expect("a server");
        let options = Options {
            notify,
            ..Options::default()
        };
        let mut provider = connect_with(&dovecot, options).await;
        assert_eq!(
            provider.capabilities().push_all,
            notify,
            "Dovecot offers NOTIFY"
        );
        let ended = watching(&mut provider, async |mut pokes: mpsc::Receiver<Poke>| {
            assert_eq!(
                folder(&next(&mut pokes).await),
                "INBOX",
                "what came before the watch is looked for once"
            );
            dovecot
                .deliver(USER, &message("m2", "x"))
                .expect("delivered");
            let Poke::Folder { wire, at } = next(&mut pokes).await else {
                panic!("an arrival")
            };
            assert!(wire == "INBOX" && at.0 > 0, "stamped when it was read");
            let mut other = dovecot.imap(USER).expect("another device");
            other.select("INBOX").expect("INBOX");
            other.flags(1, "+FLAGS", "\\Seen").expect("a flag");
            assert_eq!(folder(&next(&mut pokes).await), "INBOX");
            other.expunge(1).expect("one goes");
            assert_eq!(folder(&next(&mut pokes).await), "INBOX");
        })
        .await;
        ended.expect("stopped in order");
        assert_eq!(
            provider
                .status("INBOX")
                .await
                .expect("usable afterwards")
                .messages,
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notify_tells_of_other_folders() {
    let dovecot = server(Profile::Full)
        .mailbox("Računi")
        .start()
        .expect("a server");
    let mut provider = connect(&dovecot).await;
    let ended = watching(&mut provider, async |mut pokes: mpsc::Receiver<Poke>| {
        next(&mut pokes).await;
        let mut other = dovecot.imap(USER).expect("another device");
        other
            .append("Računi", "", &message("bill", "x"))
            .expect("filed");
        let mut named = next(&mut pokes).await;
        // The first STATUS lines tell where every folder stands.
        while folder(&named) != "Ra&AQ0-uni" {
            named = next(&mut pokes).await;
        }
    })
    .await;
    ended.expect("stopped in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_is_renewed_and_nothing_is_missed_meanwhile() {
    let dovecot = server(Profile::Full).start().expect("a server");
    let options = Options {
        idle_renewal: Duration::from_millis(150),
        ..Options::default()
    };
    let mut provider = connect_with(&dovecot, options).await;
    let ended = watching(&mut provider, async |mut pokes: mpsc::Receiver<Poke>| {
        next(&mut pokes).await;
        for n in 0..4 {
            dovecot
                .deliver(USER, &message(&format!("m{n}"), "x"))
                .expect("delivered");
            assert_eq!(
                folder(&next(&mut pokes).await),
                "INBOX",
                "in between renewals or during one"
            );
        }
    })
    .await;
    ended.expect("stopped in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_idle_is_not_watched() {
    let dovecot = server(Profile::Bare).start().expect("a server");
    let mut provider = connect(&dovecot).await;
    let (send, _pokes) = mpsc::channel(1);
    let (_stop, mut stopped) = watch::channel(false);
    let refused = provider
        .watch("INBOX", &send, &mut stopped)
        .await
        .expect_err("no IDLE");
    assert!(!refused.line_is_gone(), "{refused:?}");
    assert!(!provider.capabilities().push);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_is_noticed_at_once() {
    for in_order in [true, false] {
        let mut dovecot = server(Profile::Full).start().expect("a server");
        let mut provider = connect(&dovecot).await;
        let (send, mut pokes) = mpsc::channel(8);
        let (_stop, mut stopped) = watch::channel(false);
        let ending = async {
            next(&mut pokes).await;
            if in_order {
                dovecot.stop().expect("stopped");
            } else {
                dovecot.kill().expect("killed");
            }
        };
        let (ended, ()) = timeout(SOON, async {
            tokio::join!(provider.watch("INBOX", &send, &mut stopped), ending)
        })
        .await
        .expect("noticed");
        let fault = ended.expect_err("nobody is there");
        assert!(fault.line_is_gone(), "in_order={in_order}: {fault:?}");
    }
}
