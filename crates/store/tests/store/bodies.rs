//! Envelopes first, bodies later; the same bytes twice; the same mail under a new UID.

use kontor_model::{Change, Flags, Millis, Query};
use kontor_store::{Error, NewMail, Store};
use rstest::rstest;

use crate::support::{DAY, Mail, NEW_YEAR, Profile, text};

fn bodies_here(p: &Profile) -> (u64, u64) {
    let status = p.store.read(|r| r.status()).unwrap();
    (status.messages, status.bodies)
}

#[test]
fn envelopes_first_then_bodies() {
    let p = Profile::new();
    let mails = [Mail::new(1), Mail::new(2).attachment("račun.pdf")];
    let stored = p.put_envelopes(p.inbox, &mails);
    assert_eq!(bodies_here(&p), (2, 0), "listed, not yet searchable");
    assert!(
        p.store
            .read(|r| r.raw(stored[0].message))
            .unwrap()
            .is_none(),
        "no bytes yet"
    );
    let missing = p
        .store
        .read(|r| r.missing_bodies(p.account, None, None, 10))
        .unwrap();
    let uids: Vec<u32> = missing.iter().map(|m| m.uid).collect();
    assert_eq!(uids, [2, 1], "newest first");
    let rest = p
        .store
        .read(|r| r.missing_bodies(p.account, Some(missing[0].key), None, 10))
        .unwrap();
    assert_eq!(rest.len(), 1, "behind the first one");
    p.put_bodies(vec![
        (stored[0].message, &mails[0]),
        (stored[1].message, &mails[1]),
    ]);
    assert_eq!(bodies_here(&p), (2, 2), "all here");
    let row = p.store.read(|r| r.message(stored[1].message)).unwrap().row;
    assert_eq!(
        (row.body, row.has_attachment),
        (true, Some(true)),
        "the body tells of attachments"
    );
    assert!(row.preview.starts_with("Besedilo"), "{}", row.preview);
    assert_eq!(
        p.store.read(|r| r.raw(stored[0].message)).unwrap().unwrap(),
        mails[0].raw(),
        "exactly the server's bytes"
    );
    let threads = p
        .store
        .read(|r| r.threads(&[p.inbox], None, 10))
        .unwrap()
        .rows;
    assert!(threads[0].has_attachment, "the list shows it too");
    p.ok();
}

#[tokio::test]
async fn mails_are_stored_by_what_they_have_in_common() {
    let p = Profile::new();
    let headers =
        "Received: from mail.hrast.example by imap.hrast.example with ESMTPS\r\n".repeat(80);
    let mails: Vec<Mail> = (0..150)
        .map(|n| Mail::new(n).text(&format!("{headers} beseda številka{n} in še kaj")))
        .collect();
    let whole: Vec<NewMail> = mails.iter().map(|m| p.prepared(m)).collect();
    let sizes: Vec<usize> = whole.iter().map(|m| m.body.stored_bytes()).collect();
    assert!(
        sizes[149] * 2 < sizes[0],
        "a later mail needs less room than the first: {sizes:?}"
    );
    let inbox = p.inbox;
    let stored = p.write(move |w| w.put_mails(inbox, whole, None));
    // Another process, which has to read what mails follow from the file.
    let other = Store::open(p.dir.path()).unwrap();
    for (mail, stored) in mails.iter().zip(&stored) {
        let raw = other.read(|r| r.raw(stored.message)).unwrap().unwrap();
        assert_eq!(raw, mail.raw(), "byte for byte");
    }
    let query = Query {
        terms: vec![text("številka149")],
    };
    let hits = other.search(&query, None, 10).unwrap().hits;
    assert!(
        hits[0].snippet.contains("\u{E000}številka149\u{E001}"),
        "the snippet is cut from the mail itself: {}",
        hits[0].snippet
    );
    assert_eq!(p.count("dictionary"), 1, "one for all");
    let again = p
        .prepared(&Mail::new(200).text(&headers))
        .body
        .stored_bytes();
    assert!(
        again * 2 < sizes[0],
        "a dictionary is used as long as it is there"
    );
    p.ok();
    p.store
        .remove_account(Millis(NEW_YEAR), p.account)
        .await
        .unwrap();
    assert_eq!(p.count("dictionary"), 0, "nothing of a mail stays in it");
    let first = p
        .prepared(&Mail::new(300).text(&headers))
        .body
        .stored_bytes();
    assert!(
        first * 2 > sizes[0],
        "nothing is followed that is not there: {first}"
    );
}

#[rstest]
#[case::side_by_side([7, 8, 9])]
#[case::far_apart([7, 8000, 4_000_000_000])]
fn what_a_folder_holds_is_told_from_what_is_new(#[case] uids: [u32; 3]) {
    let p = Profile::new();
    let mail = |n: usize| Mail::new(u32::try_from(n).unwrap()).uid(uids[n]);
    let held = p.put(p.inbox, &[mail(1)]);
    for _ in 0..2 {
        // One that is told twice in one go, and one that was here before.
        let stored = p.put(p.inbox, &[mail(2), mail(1), mail(0), mail(2)]);
        assert_eq!(stored[1].placement, held[0].placement, "the same as before");
        assert_eq!(
            stored[0].placement, stored[3].placement,
            "one mail, one place"
        );
        assert!(!stored[1].fresh && !stored[3].fresh, "known by then");
        assert_eq!(p.counts(p.inbox).0, 3, "nothing is twice");
    }
    p.ok();
}

#[test]
fn a_snippet_of_a_large_message_reads_only_its_beginning() {
    let p = Profile::new();
    let noise: String = (0..200_000)
        .map(|n: u32| char::from_u32(0x4E00 + n.wrapping_mul(2_654_435_761) % 5000).unwrap())
        .collect();
    let mail = Mail::new(1).text(&format!("igla v senu {noise}"));
    let whole = p.prepared(&mail);
    let inbox = p.inbox;
    p.write(move |w| w.put_mails(inbox, vec![whole], None));
    let query = Query {
        terms: vec![text("igla")],
    };
    let hits = p.store.search(&query, None, 10).unwrap().hits;
    assert!(
        hits[0].snippet.contains("igla\u{E001} v senu"),
        "{}",
        hits[0].snippet
    );
    p.ok();
}

#[test]
fn a_large_message_comes_back_byte_for_byte() {
    let p = Profile::new();
    let text: String = (0..400_000)
        .map(|n| char::from_digit(n * 7919 % 36, 36).unwrap())
        .collect();
    let mail = Mail::new(1).text(&text.repeat(8));
    let stored = p.put(p.inbox, std::slice::from_ref(&mail));
    let raw = p.store.read(|r| r.raw(stored[0].message)).unwrap().unwrap();
    assert!(raw.len() > 3 << 20, "several chunks");
    assert!(raw == mail.raw(), "byte for byte");
    p.ok();
}

#[test]
fn the_same_bytes_in_two_folders_are_one_message() {
    let p = Profile::new();
    let mail = Mail::new(1);
    let first = p.put(p.inbox, std::slice::from_ref(&mail));
    let second = p.put(p.archive, &[mail.clone().uid(9)]);
    assert_eq!(first[0].message, second[0].message, "one message");
    let detail = p.store.read(|r| r.message(first[0].message)).unwrap();
    assert_eq!(detail.placements.len(), 2, "with two placements");
    assert_eq!(
        detail.row.placement.folder, p.inbox,
        "looked for in the inbox first"
    );
    assert_eq!(bodies_here(&p), (1, 1), "counted once");
    p.ok();
}

#[test]
fn rows_become_one_when_their_bytes_turn_out_to_be_the_same() {
    let p = Profile::new();
    let mail = Mail::new(1).mid("");
    let here = p.put(p.inbox, std::slice::from_ref(&mail));
    let copy = mail.clone().uid(5).flags(Flags::SEEN | Flags::FLAGGED);
    let there = p.put_envelopes(p.archive, std::slice::from_ref(&copy));
    assert_ne!(
        here[0].message, there[0].message,
        "two rows while nobody knows"
    );
    let now = p.put_bodies(vec![(there[0].message, &copy)]);
    assert_eq!(now, [here[0].message], "the older row is kept");
    let detail = p.store.read(|r| r.message(here[0].message)).unwrap();
    assert_eq!(detail.placements.len(), 2, "with both placements");
    assert!(
        matches!(
            p.store.read(|r| r.message(there[0].message)),
            Err(Error::Missing(_))
        ),
        "the other is gone"
    );
    assert_eq!(
        p.counts(p.archive),
        (1, 0),
        "flags stay the placement's own"
    );
    assert_eq!(p.search(vec![text("besedilo")]), ["Zadeva 1"], "found once");
    p.ok();
}

#[test]
fn two_deliveries_of_one_mail_stay_two_messages() {
    let p = Profile::new();
    let first = Mail::new(1).trace("Received: by mx1 for <ana@hrast.example>\r\n");
    let second = first
        .clone()
        .uid(2)
        .trace("Received: by mx2 for <ana@hrast.example>\r\n");
    let stored = p.put(p.inbox, &[first, second]);
    assert_ne!(stored[0].message, stored[1].message, "their bytes differ");
    assert_eq!(
        stored[0].thread, stored[1].thread,
        "but they are one conversation"
    );
    p.ok();
}

#[test]
fn a_body_the_server_does_not_give_is_not_asked_for_again() {
    let p = Profile::new();
    let mail = Mail::new(1);
    let stored = p.put_envelopes(p.inbox, std::slice::from_ref(&mail));
    let message = stored[0].message;
    p.write(move |w| w.body_failed(message));
    assert!(
        p.store
            .read(|r| r.missing_bodies(p.account, None, None, 10))
            .unwrap()
            .is_empty(),
        "not missing any more"
    );
    assert_eq!(
        p.store.read(|r| r.backlog(p.account)).unwrap().1,
        0,
        "and no backlog"
    );
    assert!(
        p.store.read(|r| r.message(message)).unwrap().body_failed,
        "said so"
    );
    p.put_bodies(vec![(message, &mail)]);
    assert_eq!(
        bodies_here(&p),
        (1, 1),
        "should it come after all, it is taken"
    );
    p.ok();
}

#[test]
fn a_new_uidvalidity_fetches_nothing_again() {
    let p = Profile::new();
    let mails: Vec<Mail> = (1..=5)
        .map(|n| Mail::new(n).mid(if n == 3 { "" } else { "same@x" }))
        .map(|m| {
            m.clone().mid(
                &m.mid
                    .clone()
                    .map(|_| format!("v{}@x", m.uid))
                    .unwrap_or_default(),
            )
        })
        .collect();
    let before = p.put(p.inbox, &mails);
    let (inbox, account) = (p.inbox, p.account);
    p.write(move |w| w.void_uids(inbox));
    assert_eq!(
        p.store.read(|r| r.known_uids(inbox)).unwrap(),
        Vec::<u32>::new(),
        "all UIDs are void"
    );
    assert_eq!(p.counts(inbox), (5, 5), "the mail is still shown");
    // The server lists four of them under new numbers, and one that is new.
    let mut listed: Vec<Mail> = mails[..4]
        .iter()
        .map(|m| m.clone().uid(m.uid + 100))
        .collect();
    listed.push(Mail::new(200));
    let after = p.put_envelopes(inbox, &listed);
    for (old, new) in before.iter().zip(&after[..4]) {
        assert_eq!(
            (old.message, old.placement),
            (new.message, new.placement),
            "recognised"
        );
        assert!(new.body && !new.fresh, "with its body, and not as news");
    }
    while p.write(move |w| w.drop_void(inbox, 1)) {}
    assert_eq!(
        p.store.read(|r| r.known_uids(inbox)).unwrap(),
        [101, 102, 103, 104, 200],
        "the new numbers"
    );
    assert_eq!(
        p.store
            .read(|r| r.missing_bodies(account, None, None, 10))
            .unwrap()
            .len(),
        1,
        "one body to fetch"
    );
    p.ok();
}

#[test]
fn a_move_by_another_program_is_recognised() {
    let p = Profile::new();
    let mail = Mail::new(1);
    let before = p.put(p.inbox, std::slice::from_ref(&mail));
    let inbox = p.inbox;
    p.write(move |w| w.apply_vanished(inbox, &[1]));
    assert!(
        p.search(vec![text("besedilo")]).is_empty(),
        "what no folder shows is not found"
    );
    assert_eq!(
        p.store
            .read(|r| r.threads(&[p.inbox], None, 10))
            .unwrap()
            .rows
            .len(),
        0,
        "nor listed"
    );
    p.ok();
    let after = p.put_envelopes(p.archive, &[mail.clone().uid(77)]);
    assert_eq!(after[0].message, before[0].message, "the same message");
    assert!(after[0].body, "nothing is fetched again");
    assert_eq!(
        p.search(vec![text("besedilo")]),
        ["Zadeva 1"],
        "found again"
    );
    p.ok();
}

#[test]
fn what_stays_gone_is_swept_with_its_bytes() {
    let p = Profile::new();
    p.put(p.inbox, &[Mail::new(1).mid("a"), Mail::new(2).refs(&["a"])]);
    let inbox = p.inbox;
    p.write(move |w| w.apply_vanished(inbox, &[1, 2]));
    assert_eq!(
        p.write(|w| w.sweep(Millis(NEW_YEAR - DAY), 100)),
        0,
        "not at once"
    );
    assert_eq!(
        p.write(|w| w.sweep(Millis(NEW_YEAR + DAY), 1)),
        1,
        "in steps"
    );
    assert_eq!(
        p.write(|w| w.sweep(Millis(NEW_YEAR + DAY), 100)),
        1,
        "later"
    );
    let db = rusqlite::Connection::open(p.store.path()).unwrap();
    for table in [
        "message",
        "blob",
        "blob_chunk",
        "message_text",
        "thread",
        "thread_node",
        "search_docsize",
    ] {
        let rows: i64 = db
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))
            .unwrap();
        assert_eq!(rows, 0, "{table} is empty");
    }
    p.ok();
}

#[test]
fn storing_a_known_uid_again_only_updates_its_flags() {
    let p = Profile::new();
    let mail = Mail::new(1);
    let first = p.put_envelopes(p.inbox, std::slice::from_ref(&mail));
    let again = p.put(p.inbox, &[mail.flags(Flags::SEEN)]);
    assert_eq!(first[0].message, again[0].message, "the same message");
    assert!(!again[0].fresh && again[0].body, "known, now with its body");
    assert_eq!(p.counts(p.inbox), (1, 0), "with its new flags");
    p.ok();
}

#[test]
fn arrivals_are_news_and_first_syncs_are_not() {
    let p = Profile::new();
    let seq = p.store.read(|r| r.change_seq()).unwrap();
    p.put(p.inbox, &[Mail::new(1), Mail::new(2)]);
    p.arrive(p.inbox, &[Mail::new(3)]);
    let news = p.store.read(|r| r.changes_after(seq, 100)).unwrap().entries;
    let arrived = news
        .iter()
        .filter(|(_, c)| matches!(c, Change::Arrived { .. }))
        .count();
    let folders = news
        .iter()
        .filter(|(_, c)| matches!(c, Change::Folders { .. }))
        .count();
    assert_eq!((arrived, folders), (1, 1), "{news:?}");
}
