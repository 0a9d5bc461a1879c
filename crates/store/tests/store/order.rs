//! Lists by what a customer weighs: pages, who counts, and that one thread alone weighs what it does among all.

use kontor_model::{FolderId, Role, ThreadId};
use kontor_store::{AddressWeights, ThreadRow, ThreadWeights};

use crate::support::{Mail, Profile};

const OWN: &str = "ana@hrast.example";

fn addresses() -> AddressWeights {
    let of = [
        ("heavy@kupec.example", 30),
        ("light@drugi.example", 7),
        ("nothing@tretji.example", 0),
    ];
    of.map(|(address, weight)| (address.to_owned(), weight))
        .into()
}

/// Forty conversations: every eighth of the heavy customer, others of the light one, of one that weighs nothing, of nobody.
fn profile() -> Profile {
    let p = Profile::new();
    for n in 1..=40_u32 {
        let from = match n % 8 {
            0 => "heavy@kupec.example",
            3 => "light@drugi.example",
            5 => "nothing@tretji.example",
            _ => "kdo@drugje.example",
        };
        let folder = if n % 3 == 0 { p.archive } else { p.inbox };
        let subject = format!("Z{n}");
        p.put(
            folder,
            &[Mail::new(n).at(i64::from(n)).from(from).subject(&subject)],
        );
    }
    p
}

fn weights(p: &Profile) -> ThreadWeights {
    p.store.read(|r| r.thread_weights(&addresses())).unwrap()
}

/// Weighs one thread again.
fn again(p: &Profile, weights: &mut ThreadWeights, thread: ThreadId) {
    p.store
        .read(|r| r.weigh_again(weights, thread, &addresses()))
        .unwrap();
}

fn pages(p: &Profile, folders: &[FolderId], limit: u32) -> Vec<ThreadRow> {
    pages_with(p, &weights(p), folders, limit)
}

fn pages_with(
    p: &Profile,
    weights: &ThreadWeights,
    folders: &[FolderId],
    limit: u32,
) -> Vec<ThreadRow> {
    let (mut rows, mut after): (Vec<ThreadRow>, Option<String>) = (Vec::new(), None);
    loop {
        let page = p
            .store
            .read(|r| r.threads_by_weight(folders, weights, after.as_deref(), limit))
            .unwrap();
        assert!(page.rows.len() <= limit as usize);
        rows.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next),
            None => return rows,
        }
    }
}

fn subjects(rows: &[ThreadRow]) -> Vec<&str> {
    rows.iter().map(|row| row.subject.as_str()).collect()
}

#[rstest::rstest]
#[case(1)]
#[case(3)]
#[case(5)]
#[case(10)]
#[case(100)]
fn what_weighs_most_goes_first_then_the_newest_whatever_the_page(#[case] limit: u32) {
    let p = profile();
    let rows = pages(&p, &[p.inbox, p.archive], limit);
    let shown = subjects(&rows);
    assert_eq!(
        shown[..10],
        [
            "Z40", "Z32", "Z24", "Z16", "Z8", "Z35", "Z27", "Z19", "Z11", "Z3"
        ]
    );
    assert_eq!(
        shown[10..14],
        ["Z39", "Z38", "Z37", "Z36"],
        "then all others by date"
    );
    let all: std::collections::BTreeSet<&str> = shown.iter().copied().collect();
    assert_eq!((shown.len(), all.len()), (40, 40), "each once");
    let archived = pages(&p, &[p.archive], limit);
    assert_eq!(
        subjects(&archived)[..4],
        ["Z24", "Z27", "Z3", "Z39"],
        "of one folder"
    );
}

#[test]
fn the_newest_sender_who_is_a_customer_counts_and_of_our_own_mails_the_recipients() {
    let p = Profile::new();
    let talk = |n: u32, from: &str, to: &str, of: &str| {
        Mail::new(n)
            .at(i64::from(n))
            .from(from)
            .to(to)
            .refs(&[of])
            .subject("Re: Zadeva")
    };
    p.put(
        p.inbox,
        &[
            talk(1, "heavy@kupec.example", OWN, "a@x"),
            talk(2, "light@drugi.example", OWN, "a@x"),
            talk(3, "kdo@drugje.example", "heavy@kupec.example", "a@x"),
            talk(4, "heavy@kupec.example", OWN, "b@x"),
            talk(5, "nothing@tretji.example", OWN, "b@x"),
            talk(6, OWN, "heavy@kupec.example", "c@x"),
            talk(7, OWN, "light@drugi.example", "c@x"),
            talk(8, OWN, "heavy@kupec.example", "d@x"),
            talk(9, "light@drugi.example", OWN, "d@x"),
            talk(10, "kdo@drugje.example", "heavy@kupec.example", "e@x"),
        ],
    );
    let weights = weights(&p);
    let page = p.store.read(|r| r.threads(&[p.inbox], None, 10)).unwrap();
    let mut threads: Vec<ThreadId> = page.rows.iter().map(|row| row.id).collect();
    threads.reverse();
    let all = threads.iter().map(|id| weights.weight(*id));
    assert_eq!(all.collect::<Vec<_>>(), [7, 0, 7, 7, 0]);
    for thread in threads {
        let mut alone = ThreadWeights::default();
        again(&p, &mut alone, thread);
        assert_eq!(alone.weight(thread), weights.weight(thread), "{thread}");
    }
}

#[test]
fn a_cursor_that_makes_no_sense_begins_at_the_first() {
    let p = profile();
    let weights = weights(&p);
    let page = |after: Option<&str>| {
        let page = p
            .store
            .read(|r| r.threads_by_weight(&[p.inbox], &weights, after, 3));
        page.unwrap().rows
    };
    assert_eq!(page(Some("nonsense")), page(None));
    let inbox = p.store.read(|r| r.folders_by_role(Role::Inbox)).unwrap();
    assert_eq!(inbox.len(), 1);
}

/// Sixty mails of twenty conversations over three folders, written by whoever the number gives.
fn talks(p: &Profile) {
    for n in 1..=60_u32 {
        let from = match n * 7 % 11 {
            0 | 3 => "heavy@kupec.example",
            1 | 5 | 8 => "light@drugi.example",
            2 => OWN,
            _ => "kdo@drugje.example",
        };
        let folder = [p.inbox, p.archive, p.sent][(n * 5 % 13 % 3) as usize];
        let talk = Mail::new(n)
            .at(i64::from(n))
            .from(from)
            .refs(&[&format!("t{}@x", n * 3 % 20)])
            .subject("Re: Zadeva");
        p.arrive(folder, &[talk]);
    }
}

/// All threads of these folders as they should stand: every row, by what its thread weighs, then by date.
fn sorted(p: &Profile, weights: &ThreadWeights, folders: &[FolderId]) -> Vec<ThreadRow> {
    let page = p.store.read(|r| r.threads(folders, None, 100)).unwrap();
    let mut rows = page.rows;
    rows.sort_by_key(|row| std::cmp::Reverse((weights.weight(row.id), row.date)));
    rows
}

fn scopes(p: &Profile) -> [Vec<FolderId>; 4] {
    [
        vec![p.inbox],
        vec![p.sent],
        vec![p.inbox, p.archive],
        vec![p.sent, p.archive, p.inbox],
    ]
}

#[rstest::rstest]
#[case(1)]
#[case(4)]
#[case(50)]
fn a_conversation_in_several_folders_stands_once_where_its_newest_mail_is(#[case] limit: u32) {
    let p = Profile::new();
    talks(&p);
    let weights = weights(&p);
    for scope in scopes(&p) {
        let want = sorted(&p, &weights, &scope);
        assert!(want.len() > 5, "a list to speak of");
        assert_eq!(pages_with(&p, &weights, &scope, limit), want, "{scope:?}");
    }
}

#[test]
fn threads_weighed_again_one_by_one_stand_as_if_all_were() {
    let p = Profile::new();
    talks(&p);
    let mut weights = weights(&p);
    let seq = p.store.read(|r| r.change_seq()).unwrap();
    let heavier = Mail::new(61)
        .at(61)
        .from("heavy@kupec.example")
        .refs(&["t4@x"])
        .subject("Re: Zadeva");
    let lighter = Mail::new(62)
        .at(62)
        .from("nothing@tretji.example")
        .refs(&["t9@x"])
        .subject("Re: Zadeva");
    let fresh = Mail::new(63)
        .at(63)
        .from("light@drugi.example")
        .subject("Čisto nova");
    p.arrive(p.inbox, &[heavier, lighter]);
    p.arrive(p.archive, &[fresh]);
    let (inbox, uids): (FolderId, Vec<u32>) = (p.inbox, (1..=61).step_by(2).collect());
    p.write(move |w| w.apply_vanished(inbox, &uids));
    let changes = p.store.read(|r| r.changes_after(seq, 100)).unwrap();
    let mut touched = std::collections::BTreeSet::new();
    for (_, change) in &changes.entries {
        match change {
            kontor_model::Change::Arrived { thread, .. }
            | kontor_model::Change::Removed { thread, .. }
            | kontor_model::Change::Thread { thread } => touched.insert(*thread),
            _ => false,
        };
    }
    assert!(touched.len() > 4, "{touched:?}");
    for thread in touched {
        again(&p, &mut weights, thread);
    }
    for scope in scopes(&p) {
        let all_again = self::weights(&p);
        assert_eq!(weights.len(), all_again.len());
        let want = sorted(&p, &all_again, &scope);
        assert_eq!(pages_with(&p, &weights, &scope, 7), want, "{scope:?}");
    }
}

#[test]
fn what_changed_since_the_weighing_is_missed_by_no_page_and_shown_by_none_twice() {
    let p = Profile::new();
    talks(&p);
    let weights = weights(&p);
    let later = |n: u32, of: &str| {
        Mail::new(n)
            .at(i64::from(n))
            .from("heavy@kupec.example")
            .refs(&[of])
            .subject("Re: Zadeva")
    };
    for n in 0..20 {
        let folder = [p.archive, p.inbox, p.sent][n as usize % 3];
        p.arrive(folder, &[later(70 + n, &format!("t{n}@x"))]);
    }
    let (inbox, uids): (FolderId, Vec<u32>) = (p.inbox, (1..=60).collect());
    p.write(move |w| w.apply_vanished(inbox, &uids));
    for scope in scopes(&p) {
        for limit in [1, 6, 50] {
            let ids = |rows: Vec<ThreadRow>| {
                let mut ids: Vec<ThreadId> = rows.into_iter().map(|row| row.id).collect();
                ids.sort_unstable();
                ids
            };
            let (found, want) = (
                ids(pages_with(&p, &weights, &scope, limit)),
                ids(sorted(&p, &weights, &scope)),
            );
            assert_eq!(found, want, "{scope:?}, {limit} to a page");
        }
    }
}

#[test]
fn a_mail_that_lies_in_two_folders_is_one_row_in_every_order() {
    let p = Profile::new();
    let mail = Mail::new(1).from("heavy@kupec.example");
    p.put(p.inbox, std::slice::from_ref(&mail));
    p.put(p.archive, &[mail.uid(9), Mail::new(2)]);
    let both = [p.inbox, p.archive];
    for limit in [1, 2, 50] {
        assert_eq!(pages(&p, &both, limit).len(), 2, "{limit} to a page");
        let page = |after: Option<&str>| p.store.read(|r| r.threads(&both, after, limit)).unwrap();
        let first = page(None);
        let rest = first.next.as_deref().map(|next| page(Some(next)));
        let rows = first.rows.len() + rest.map_or(0, |page| page.rows.len());
        assert_eq!(rows, 2, "{limit} to a page, by date");
    }
}

#[test]
fn the_threads_of_addresses_are_those_with_a_mail_from_or_to_them() {
    let p = Profile::new();
    let of = |n: u32, from: &str, to: &str| Mail::new(n).from(from).to(to);
    let stored = p.put(
        p.inbox,
        &[
            of(1, "heavy@kupec.example", OWN),
            of(2, OWN, "light@drugi.example"),
            of(3, "kdo@drugje.example", OWN),
        ],
    );
    let (heavy, light) = (
        "heavy@kupec.example".to_owned(),
        "light@drugi.example".to_owned(),
    );
    let found = p.store.read(|r| r.threads_with(&[&heavy, &light])).unwrap();
    let want = std::collections::BTreeSet::from([stored[0].thread, stored[1].thread]);
    assert_eq!(found, want);
    let nobody = p.store.read(|r| r.threads_with(&[])).unwrap();
    assert!(nobody.is_empty(), "{nobody:?}");
}
