//! Folders, message lists, thread lists: what is shown, in which order, page by page.

use kontor_model::{Flags, FolderId, Millis, Role, ThreadId};
use kontor_store::Page;

use crate::support::{DAY, MINUTE, Mail, NEW_YEAR, Profile, put_folders, settings};

fn all_pages<T>(limit: u32, page: impl Fn(Option<&str>, u32) -> Page<T>) -> (Vec<T>, usize) {
    let (mut rows, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let mut next = page(cursor.as_deref(), limit);
        assert!(
            next.rows.len() <= limit as usize,
            "a page is no longer than asked for"
        );
        rows.append(&mut next.rows);
        pages += 1;
        match next.next {
            Some(c) => cursor = Some(c),
            None => return (rows, pages),
        }
    }
}

#[test]
fn a_folder_is_listed_newest_first_page_by_page() {
    let p = Profile::new();
    let mails: Vec<Mail> = (1..=25)
        .map(|n| Mail::new(n).at(i64::from(n * 7 % 25)))
        .collect();
    p.put(p.inbox, &mails);
    let (rows, pages) = all_pages(10, |after, limit| {
        p.store.read(|r| r.messages(p.inbox, after, limit)).unwrap()
    });
    assert_eq!(
        (rows.len(), pages),
        (25, 3),
        "25 rows in three pages of ten"
    );
    assert!(
        rows.is_sorted_by(|a, b| a.date > b.date),
        "newest first, each once"
    );
    assert_eq!(
        rows[0].placement.folder, p.inbox,
        "a row says where it lies"
    );
    p.ok();
}

#[test]
fn an_exact_page_has_no_next() {
    let p = Profile::new();
    p.put(p.inbox, &[Mail::new(1), Mail::new(2)]);
    let page = p.store.read(|r| r.messages(p.inbox, None, 2)).unwrap();
    assert_eq!(
        (page.rows.len(), page.next),
        (2, None),
        "the last page says so"
    );
}

#[test]
fn many_mails_of_one_second_keep_a_total_order() {
    let p = Profile::new();
    let mails: Vec<Mail> = (1..=150).map(|n| Mail::new(n).at(5)).collect();
    p.put(p.inbox, &mails);
    let (rows, _) = all_pages(7, |after, limit| {
        p.store.read(|r| r.messages(p.inbox, after, limit)).unwrap()
    });
    let mut uids: Vec<u32> = rows.iter().filter_map(|r| r.placement.uid).collect();
    uids.sort_unstable();
    assert_eq!(
        uids,
        (1..=150).collect::<Vec<u32>>(),
        "none is lost or doubled at a page's edge"
    );
    p.ok();
}

#[test]
fn a_date_is_the_header_s_or_else_the_internal_date() {
    let p = Profile::new();
    let mut undated = Mail::new(2).at(3).head();
    undated.envelope.date = None;
    let mut ancient = Mail::new(3).head();
    ancient.envelope.date = Some(Millis(-5_000_000_000_000));
    p.put(p.inbox, &[Mail::new(1)]);
    p.write({
        let inbox = p.inbox;
        move |w| w.put_envelopes(inbox, &[undated, ancient], None)
    });
    let rows = p
        .store
        .read(|r| r.messages(p.inbox, None, 10))
        .unwrap()
        .rows;
    assert_eq!(
        rows[0].date,
        Millis(NEW_YEAR + 3 * MINUTE + 5000),
        "no date: when the server received it"
    );
    assert_eq!(
        rows[2].date,
        Millis(-5_000_000_000_000),
        "an absurd date is shown as it is, last"
    );
    p.ok();
}

#[test]
fn counts_follow_arrivals_flags_and_removals() {
    let p = Profile::new();
    p.put(
        p.inbox,
        &[Mail::new(1), Mail::new(2).flags(Flags::SEEN), Mail::new(3)],
    );
    assert_eq!(p.counts(p.inbox), (3, 2), "two unread");
    let inbox = p.inbox;
    let seen = Flags {
        bits: Flags::SEEN,
        keywords: vec!["$Work".into()],
    };
    let changed = p.write({
        let seen = seen.clone();
        move |w| {
            w.apply_flags(
                inbox,
                &[
                    (1, seen.clone()),
                    (
                        2,
                        Flags {
                            bits: Flags::SEEN,
                            keywords: vec![],
                        },
                    ),
                    (9, seen),
                ],
            )
        }
    });
    assert_eq!(
        changed, 1,
        "one placement looks different, one is the same, one is not here"
    );
    assert_eq!(p.counts(p.inbox), (3, 1), "one unread");
    assert_eq!(
        p.store
            .read(|r| r.placement_by_uid(inbox, 1))
            .unwrap()
            .unwrap()
            .flags,
        seen,
        "keywords are kept"
    );
    let gone = p.write(move |w| w.apply_vanished(inbox, &[3, 77]));
    assert_eq!(gone.len(), 1, "an unknown UID is no error");
    assert_eq!(p.counts(p.inbox), (2, 0), "the unread one went");
    assert_eq!(
        p.store.read(|r| r.known_uids(inbox)).unwrap(),
        [1, 2],
        "what we hold"
    );
    p.ok();
}

#[test]
fn threads_of_a_folder_show_people_counts_and_newest() {
    let p = Profile::new();
    p.put(
        p.inbox,
        &[
            Mail::new(1)
                .mid("root@x")
                .subject("Ponudba 12")
                .flags(Flags::SEEN),
            Mail::new(2).at(30).subject("Drugo"),
            Mail::new(3)
                .at(60)
                .refs(&["root@x", "mine@x"])
                .subject("Re: Ponudba 12")
                .from("Cilka <cilka@lipa.example>")
                .attachment("ponudba.pdf"),
        ],
    );
    p.put(
        p.sent,
        &[Mail::new(4)
            .at(40)
            .mid("mine@x")
            .refs(&["root@x"])
            .subject("Re: Ponudba 12")
            .from("Ana <ana@hrast.example>")
            .to("Borut@lipa.example, cilka@lipa.example, vlado@lipa.example, ana@hrast.example")
            .flags(Flags::SEEN)],
    );
    let page = p.store.read(|r| r.threads(&[p.inbox], None, 10)).unwrap();
    assert_eq!(page.rows.len(), 2, "two conversations");
    let row = &page.rows[0];
    assert_eq!(row.subject, "Ponudba 12", "the oldest message names it");
    assert_eq!(
        (row.count, row.unread),
        (3, 1),
        "the whole conversation counts, unread in this folder"
    );
    assert!(
        row.has_attachment && !row.flagged && !row.answered,
        "{row:?}"
    );
    let people: Vec<&str> = row.people.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(
        people,
        ["Cilka", "Borut Lipa", "Ana"],
        "newest first, oneself last"
    );
    assert_eq!(
        row.date,
        Millis(NEW_YEAR + 60 * MINUTE),
        "the newest in this folder"
    );
    let sent = p.store.read(|r| r.threads(&[p.sent], None, 10)).unwrap();
    assert_eq!(
        sent.rows[0].date,
        Millis(NEW_YEAR + 40 * MINUTE),
        "another folder has its own order"
    );
    assert_eq!(sent.rows[0].unread, 0, "and its own unread");
    let to = |row: &kontor_store::ThreadRow| {
        let keys = row.recipients.iter().map(kontor_model::Address::key);
        keys.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(to(&sent.rows[0]), "vlado@lipa.example");
    let (subject, messages) = p.store.read(|r| r.thread(row.id)).unwrap();
    assert_eq!(
        (subject.as_str(), messages.len()),
        ("Ponudba 12", 3),
        "opened, it is all there, oldest first"
    );
    p.ok();
}

#[test]
fn a_unified_list_merges_accounts_and_shows_each_thread_once() {
    let p = Profile::new();
    let second = p.write(|w| {
        let account = w.add_account("ana@drugo.example", "", &settings("imap.drugo.example"))?;
        put_folders(w, account)
    });
    // A conversation that reached both accounts, and others around it.
    for n in 1..=20_u32 {
        let folder = if n % 2 == 0 { p.inbox } else { second[0] };
        p.put(folder, &[Mail::new(n).at(i64::from(n) * 10)]);
    }
    p.put(
        p.inbox,
        &[Mail::new(100).at(5).mid("both@x").subject("Skupaj")],
    );
    p.put(
        second[0],
        &[Mail::new(101)
            .at(105)
            .refs(&["both@x"])
            .subject("Re: Skupaj")],
    );
    let folders: Vec<FolderId> = p
        .store
        .read(|r| r.folders_by_role(Role::Inbox))
        .unwrap()
        .iter()
        .map(|f| f.folder.id)
        .collect();
    assert_eq!(folders.len(), 2, "two inboxes");
    let (rows, _) = all_pages(4, |after, limit| {
        p.store.read(|r| r.threads(&folders, after, limit)).unwrap()
    });
    assert_eq!(rows.len(), 21, "each conversation once");
    assert!(
        rows.is_sorted_by(|a, b| a.date > b.date),
        "newest first over both"
    );
    let both = rows.iter().find(|r| r.subject == "Skupaj").unwrap();
    assert_eq!(
        both.date,
        Millis(NEW_YEAR + 105 * MINUTE),
        "at its newest over all folders"
    );
    let again = p
        .store
        .read(|r| r.thread_rows(&[both.id, ThreadId(9999)], &folders))
        .unwrap();
    assert_eq!(
        again,
        std::slice::from_ref(both),
        "a row by itself is the same; one that is gone is absent"
    );
    assert!(
        p.store
            .read(|r| r.thread_rows(&[both.id], &[p.sent]))
            .unwrap()
            .is_empty(),
        "not in this scope"
    );
    p.ok();
}

#[test]
fn folders_come_change_and_go() {
    let p = Profile::new();
    let (account, archive) = (p.account, p.archive);
    p.put(p.archive, &[Mail::new(1)]);
    let listed = vec![
        crate::support::folder("INBOX", Some(Role::Inbox)),
        kontor_store::NewFolder {
            path: "Poslana pošta".into(),
            ..crate::support::folder("Poslano", Some(Role::Sent))
        },
        crate::support::folder("Novo", None),
    ];
    let (changed, gone) = p.write({
        let listed = listed.clone();
        move |w| w.put_folders(account, &listed)
    });
    assert!(changed, "one was renamed, one is new, one is gone");
    assert_eq!(gone, [archive], "the archive is gone");
    while p.write(move |w| w.remove_folder_some(archive, 10)) {}
    let paths: Vec<String> = p
        .store
        .read(|r| r.folders(Some(account)))
        .unwrap()
        .into_iter()
        .map(|f| f.folder.path)
        .collect();
    assert_eq!(
        paths,
        ["INBOX", "Novo", "Poslana pošta"],
        "as the server lists them"
    );
    let (changed, gone) = p.write(move |w| w.put_folders(account, &listed));
    assert!(!changed && gone.is_empty(), "nothing new the second time");
    p.write(|w| w.sweep(Millis(NEW_YEAR + DAY), 100));
    assert_eq!(
        p.store.read(|r| r.status()).unwrap().messages,
        0,
        "its mail went with it"
    );
    p.ok();
}

#[test]
fn cursors_backlog_and_listing_are_kept() {
    let p = Profile::new();
    let inbox = p.inbox;
    p.put_envelopes(p.inbox, &[Mail::new(1), Mail::new(2)]);
    p.write(move |w| {
        w.set_cursor(inbox, 7, 3, 99)?;
        w.set_remote_total(inbox, 10)?;
        w.set_listed(inbox, 10)
    });
    let row = p.store.read(|r| r.folder(inbox)).unwrap();
    assert_eq!(
        (
            row.folder.uidvalidity,
            row.folder.uidnext,
            row.folder.highestmodseq
        ),
        (7, 3, 99),
        "where to go on"
    );
    assert!(row.listed, "listed once");
    assert_eq!(
        p.store.read(|r| r.backlog(p.account)).unwrap(),
        (8, 2),
        "eight envelopes and two bodies to come"
    );
}
