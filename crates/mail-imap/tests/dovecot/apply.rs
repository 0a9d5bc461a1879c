//! Flags, moves, deletions, filing.

use super::*;
use kontor_mail::provider::{Fault, RemoteAction};
use kontor_model::Flags;
use kontor_testkit::Mail;

fn six() -> Vec<Mail> {
    (1..=6)
        .map(|n| Mail::new(message(&format!("m{n}"), "x")))
        .collect()
}

fn flags(add: &[&str], remove: &[&str]) -> RemoteAction {
    let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    RemoteAction::Flags {
        add: owned(add),
        remove: owned(remove),
    }
}

fn to(folder: &str) -> RemoteAction {
    RemoteAction::Move {
        to: folder.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_are_set_and_cleared_and_missing_messages_named() {
    for profile in PROFILES {
        let dovecot = server(profile)
            .mails(USER, six())
            .start()
            .expect("a server");
        let mut provider = connect(&dovecot).await;
        let applied = provider
            .apply(
                "INBOX",
                &[1, 2, 99],
                &flags(&["\\Seen", "$Forwarded"], &["\\Flagged"]),
            )
            .await
            .expect("applied");
        assert_eq!(applied.missing, vec![99], "{profile:?}");
        let applied = provider
            .apply("INBOX", &[2], &flags(&[], &["\\Seen"]))
            .await
            .expect("applied");
        assert!(applied.missing.is_empty(), "{profile:?}");
        let applied = provider
            .apply("INBOX", &[99], &flags(&["\\Seen"], &[]))
            .await
            .expect("nothing to do");
        assert_eq!(applied.missing, vec![99], "{profile:?}");
        let mut other = dovecot.imap(USER).expect("another device");
        other.select("INBOX").expect("INBOX");
        assert_eq!(
            other.uids("SEEN").expect("a search"),
            vec![1],
            "{profile:?}"
        );
        assert_eq!(
            other.uids("KEYWORD $Forwarded").expect("a search"),
            vec![1, 2],
            "{profile:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_arrive_before_they_leave() {
    for hidden in [vec![], vec!["MOVE"], vec!["MOVE", "UIDPLUS"]] {
        let mut builder = Dovecot::builder()
            .user(USER)
            .mailbox("Računi")
            .mails(USER, six());
        for capability in &hidden {
            builder = builder.hide(capability);
        }
        let dovecot = builder.start().expect("a server");
        let mut provider = connect(&dovecot).await;
        let wire = "Ra&AQ0-uni";
        let applied = provider
            .apply("INBOX", &[2, 3, 77], &to(wire))
            .await
            .expect("moved");
        assert_eq!(applied.missing, vec![77], "{hidden:?}");
        assert!(
            applied.left_marked.is_empty(),
            "{hidden:?}: nothing else was marked"
        );
        let target = provider.status(wire).await.expect("counters");
        assert_eq!(target.messages, 2, "{hidden:?}");
        if !hidden.contains(&"UIDPLUS") {
            assert_eq!(
                applied.moved,
                Some((target.uidvalidity, vec![(2, 1), (3, 2)])),
                "{hidden:?}"
            );
        }
        assert_eq!(
            provider.status("INBOX").await.expect("counters").messages,
            4,
            "{hidden:?}"
        );
        let nowhere = provider
            .apply("INBOX", &[1], &to("Nowhere"))
            .await
            .expect_err("no such folder");
        assert!(matches!(nowhere, Fault::Gone(_)), "{nowhere:?}");
        assert_eq!(
            provider.status("INBOX").await.expect("counters").messages,
            4,
            "{hidden:?}: nothing is lost"
        );
        let gone = provider
            .apply("INBOX", &[2], &to(wire))
            .await
            .expect("nothing to do");
        assert_eq!(gone.missing, vec![2], "{hidden:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_spares_what_others_marked() {
    for uidplus in [true, false] {
        let mut builder = Dovecot::builder().user(USER).mails(USER, six());
        if !uidplus {
            builder = builder.hide("UIDPLUS");
        }
        let dovecot = builder.start().expect("a server");
        let mut provider = connect(&dovecot).await;
        let applied = provider
            .apply("INBOX", &[1], &RemoteAction::Delete)
            .await
            .expect("deleted");
        assert!(
            applied.left_marked.is_empty(),
            "nothing else is marked: it may go"
        );
        let mut other = dovecot.imap(USER).expect("another device");
        other.select("INBOX").expect("INBOX");
        other
            .flags(4, "+FLAGS", "\\Deleted")
            .expect("somebody else's mark");
        let applied = provider
            .apply("INBOX", &[2, 1], &RemoteAction::Delete)
            .await
            .expect("done what can be done");
        assert_eq!(applied.missing, vec![1]);
        assert_eq!(applied.left_marked, if uidplus { vec![] } else { vec![2] });
        other.command("NOOP").expect("news");
        let left = other.uids("ALL").expect("a search");
        assert!(
            left.contains(&4),
            "somebody else's message is still there: {left:?}"
        );
        assert_eq!(left.contains(&2), !uidplus);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filed_messages_are_found_again() {
    for profile in PROFILES {
        let dovecot = server(profile).start().expect("a server");
        let mut provider = connect(&dovecot).await;
        for (folder, body) in [
            ("Sent", "short".to_owned()),
            ("Fol&AQ0- nov", "č\r\n".repeat(9_000)),
        ] {
            let raw = message("filed", &body);
            let date = Millis(1_767_225_600_000);
            let at = provider
                .append(folder, &Flags::from_names(["\\Seen", "$Work"]), date, &raw)
                .await
                .expect("filed, the folder made where it was missing");
            assert_eq!(at.map(|(_, uid)| uid), Some(1), "{profile:?}: APPENDUID");
            let found = provider
                .find_message_id(folder, "filed@example.org")
                .await
                .expect("a search");
            assert_eq!(found, vec![1], "{profile:?}");
            assert_eq!(
                provider
                    .find_message_id(folder, "iled@example.org")
                    .await
                    .expect("a search"),
                Vec::<u32>::new()
            );
            let fetched = fetch(&mut provider, folder, &found, Depth::Full).await;
            assert!(
                super::raw(&fetched[0]) == raw.as_slice(),
                "{profile:?}: came back as it was filed"
            );
            assert_eq!(fetched[0].internal_date, date);
            assert_eq!(fetched[0].flags.names(), vec!["\\Seen", "$Work"]);
        }
    }
}
