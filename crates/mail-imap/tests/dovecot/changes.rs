//! Listing folders, and finding what differs.

use super::*;
use kontor_mail::provider::{Fault, RemoteStatus};
use kontor_model::{Flags, Role};
use kontor_testkit::Mail;
use rstest::rstest;

#[rstest]
#[case::with_status(Profile::Full)]
#[case::plain_list(Profile::Bare)]
#[tokio::test(flavor = "multi_thread")]
async fn folders_have_names_roles_and_counters(#[case] profile: Profile) {
    let dovecot = server(profile)
        .mail(USER, Mail::new(message("one", "x")))
        .mail(USER, Mail::new(message("two", "x")).flag("\\Seen"))
        .mailbox("Projekti/Neželena pošta")
        .start()
        .expect("a server");
    let mut other = dovecot.imap(USER).expect("another device");
    other
        .command(r#"CREATE "Ko&AWE- \"za\" papir &- smeti""#)
        .expect("an odd name");
    let mut provider = connect(&dovecot).await;
    let folders = provider.folders(true).await.expect("a listing");
    let find = |path: &str| {
        folders
            .iter()
            .find(|f| f.path == path)
            .unwrap_or_else(|| panic!("{path} is listed in {folders:#?}"))
    };
    assert_eq!(folders[0].path, "INBOX", "first, as people expect");
    assert_eq!(find("INBOX").role, Some(Role::Inbox));
    for (path, role) in [
        ("Sent", Role::Sent),
        ("Drafts", Role::Drafts),
        ("Trash", Role::Trash),
        ("Junk", Role::Junk),
        ("Archive", Role::Archive),
    ] {
        assert_eq!(
            find(path).role,
            Some(role),
            "by special-use, or by name where that is not offered"
        );
    }
    let odd = find("Koš \"za\" papir & smeti").clone();
    assert_eq!(
        odd.wire, "Ko&AWE- \"za\" papir &- smeti",
        "unescaped, as the key to ask by"
    );
    assert_eq!(
        find("Projekti/Neželena pošta").role,
        None,
        "somebody's own folder"
    );
    assert_eq!(
        provider.capabilities().status_of_all,
        profile == Profile::Full
    );
    let inbox = match find("INBOX").status {
        Some(status) => status,
        None => provider.status("INBOX").await.expect("counters"),
    };
    assert_eq!((inbox.messages, inbox.unseen, inbox.uidnext), (2, 1, 3));
    assert_eq!(inbox.highestmodseq > 0, profile == Profile::Full);
    let status = provider.status(&odd.wire).await.expect("quotes and all");
    assert_eq!(status.messages, 0);
    let gone = provider
        .status("Nowhere")
        .await
        .expect_err("no such folder");
    assert!(matches!(gone, Fault::Gone(_)), "{gone:?}");
    provider
        .folders(true)
        .await
        .expect("a refusal leaves the connection usable");
}

/// The selected folder's counters are as old as the session's view of it, unless the view is brought up to date.
#[tokio::test(flavor = "multi_thread")]
async fn counters_of_the_selected_folder_are_of_now() {
    let dovecot = server(Profile::Full)
        .mail(USER, Mail::new(message("one", "x")))
        .start()
        .expect("a server");
    let mut provider = connect(&dovecot).await;
    provider
        .changes("INBOX", &Cursor::default(), false)
        .await
        .expect("it is selected now");
    let mut other = dovecot.imap(USER).expect("another device");
    other.select("INBOX").expect("the same folder");
    for (flags, unseen) in [("+FLAGS", 0), ("-FLAGS", 1), ("+FLAGS", 0)] {
        let before = provider.status("INBOX").await.expect("counters");
        other.flags(1, flags, "\\Seen").expect("a change");
        let listed = provider.folders(true).await.expect("a listing");
        let listed = listed.iter().find(|f| f.path == "INBOX");
        let after = listed.and_then(|f| f.status).expect("LIST-STATUS");
        assert_eq!(after.unseen, unseen, "{flags}");
        assert!(
            after.highestmodseq > before.highestmodseq,
            "{before:?} {after:?}"
        );
        let status = provider.status("INBOX").await.expect("counters");
        assert_eq!(
            status.highestmodseq, after.highestmodseq,
            "both tell the same"
        );
    }
}

/// What the second device does between two looks, and what is found.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn changes_are_found_whatever_the_server_offers() {
    for profile in PROFILES {
        let mails = (1..=6)
            .map(|n| Mail::new(message(&format!("m{n}"), "x")))
            .collect();
        let dovecot = server(profile)
            .mails(USER, mails)
            .start()
            .expect("a server");
        let mut provider = connect(&dovecot).await;
        assert_eq!(
            provider.capabilities().vanished,
            profile == Profile::Full,
            "{profile:?}"
        );
        let first = provider
            .changes("INBOX", &Cursor::default(), false)
            .await
            .expect("a first look");
        assert_eq!(first.new, vec![1, 2, 3, 4, 5, 6], "{profile:?}");
        assert!(first.keywords_allowed, "Dovecot takes new keywords");
        let cursor = advance(&Cursor::default(), &first);

        let again = provider
            .changes("INBOX", &cursor, false)
            .await
            .expect("a second look");
        assert!(
            again.new.is_empty() && again.vanished.is_empty(),
            "{profile:?}: {again:?}"
        );
        if profile == Profile::Full || profile == Profile::Condstore {
            assert!(
                again.flags.is_empty(),
                "{profile:?}: nothing changed, nothing is said"
            );
        }

        let mut other = dovecot.imap(USER).expect("another device");
        other.select("INBOX").expect("INBOX");
        other
            .flags(2, "+FLAGS", "\\Seen $Forwarded")
            .expect("flags");
        other.expunge(3).expect("one goes");
        other.expunge(6).expect("the newest goes, too");
        dovecot
            .deliver(USER, &message("m7", "x"))
            .expect("delivered");
        other
            .append("INBOX", "\\Flagged", &message("m8", "x"))
            .expect("filed");

        for full in [false, true] {
            let found = provider
                .changes("INBOX", &cursor, full)
                .await
                .expect("a look");
            assert_eq!(found.new, vec![7, 8], "{profile:?} full={full}");
            assert_eq!(found.vanished, vec![3, 6], "{profile:?} full={full}");
            let two = found
                .flags
                .iter()
                .find(|(uid, _)| *uid == 2)
                .map(|(_, f)| f.clone());
            assert_eq!(
                two,
                Some(Flags::from_names(["\\Seen", "$Forwarded"])),
                "{profile:?} full={full}"
            );
            assert_eq!(found.status.messages, 6);
            assert_eq!(found.status.uidnext, 9);
            assert!(
                found
                    .flags
                    .iter()
                    .all(|(uid, _)| cursor.known.contains(uid)),
                "only what we hold"
            );
        }
        let cursor = advance(
            &cursor,
            &provider
                .changes("INBOX", &cursor, false)
                .await
                .expect("a look"),
        );
        let calm = provider
            .changes("INBOX", &cursor, false)
            .await
            .expect("a look");
        assert!(
            calm.new.is_empty() && calm.vanished.is_empty(),
            "{profile:?}: {calm:?}"
        );
        assert_eq!(cursor.known, vec![1, 2, 4, 5, 7, 8]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_made_anew_voids_all_uids() {
    for profile in PROFILES {
        let dovecot = server(profile)
            .mailbox("Work")
            .mails(USER, vec![Mail::new(message("old", "x")).folder("Work")])
            .start()
            .expect("a server");
        let mut provider = connect(&dovecot).await;
        let first = provider
            .changes("Work", &Cursor::default(), false)
            .await
            .expect("a look");
        let cursor = advance(&Cursor::default(), &first);
        let mut other = dovecot.imap(USER).expect("another device");
        // UIDVALIDITY is a time in seconds: a new one must differ.
        other.command("RENAME Work Old").expect("renamed");
        other.create("Work").expect("made");
        other
            .append("Work", "", &message("new", "x"))
            .expect("filed");
        let found = provider
            .changes("Work", &cursor, false)
            .await
            .expect("a look");
        assert_ne!(found.status.uidvalidity, cursor.uidvalidity, "{profile:?}");
        assert_eq!(
            (found.new, found.flags, found.vanished),
            (vec![1], vec![], vec![]),
            "{profile:?}"
        );

        provider.expect_uidvalidity("Work", cursor.uidvalidity);
        let (sink, _received) = mpsc::channel(1);
        let refused = provider
            .fetch("Work", &[1], Depth::Full, &sink)
            .await
            .expect_err("another message has this UID");
        assert!(
            matches!(refused, Fault::Gone(_)),
            "{profile:?}: {refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_and_missing_folders() {
    for profile in PROFILES {
        let dovecot = server(profile).start().expect("a server");
        let mut provider = connect(&dovecot).await;
        for full in [false, true] {
            let first = provider
                .changes("Sent", &Cursor::default(), full)
                .await
                .expect("a look");
            assert!(
                first.new.is_empty() && first.vanished.is_empty(),
                "{profile:?}"
            );
            let again = provider
                .changes("Sent", &advance(&Cursor::default(), &first), full)
                .await
                .expect("a look");
            assert!(
                again.new.is_empty() && again.vanished.is_empty(),
                "{profile:?}"
            );
        }
        let missing = provider
            .changes("Nowhere", &Cursor::default(), false)
            .await
            .expect_err("no such folder");
        assert!(matches!(missing, Fault::Gone(_)), "{missing:?}");
        let (status, newest) = provider.newest("Sent", 200).await.expect("nothing to see");
        assert_eq!((status.messages, newest.len()), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_come_newest_first_without_knowing_the_folder() {
    let mails = (1..=30)
        .map(|n| Mail::new(message(&format!("m{n}"), "x")).received(1_767_225_600 + n))
        .collect();
    let dovecot = server(Profile::Full)
        .mails(USER, mails)
        .start()
        .expect("a server");
    let mut provider = connect(&dovecot).await;
    let (status, newest) = provider.newest("INBOX", 10).await.expect("the newest");
    assert_eq!(
        newest.iter().map(|f| f.uid).collect::<Vec<_>>(),
        (21..=30).rev().collect::<Vec<_>>()
    );
    assert!(String::from_utf8_lossy(raw(&newest[0])).contains("Subject: m30"));
    assert_eq!(newest[0].internal_date, Millis(1_767_225_630_000));
    let want = RemoteStatus {
        messages: 30,
        uidnext: 31,
        uidvalidity: status.uidvalidity,
        ..RemoteStatus::default()
    };
    assert_eq!(
        RemoteStatus {
            highestmodseq: 0,
            ..status
        },
        want
    );
    let (_, all) = provider.newest("INBOX", 200).await.expect("the newest");
    assert_eq!(all.len(), 30, "fewer than asked for are all");
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_are_made_once() {
    let dovecot = server(Profile::Full).start().expect("a server");
    let mut provider = connect(&dovecot).await;
    for _ in 0..2 {
        provider
            .create_folder("Računi/Č & Ž", Some('/'))
            .await
            .expect("made, or there already");
    }
    let folders = provider.folders(true).await.expect("a listing");
    assert!(
        folders
            .iter()
            .any(|f| f.path == "Računi/Č & Ž" && f.selectable),
        "{folders:#?}"
    );
}
