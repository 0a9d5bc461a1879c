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

fn pages(p: &Profile, folders: &[FolderId], limit: u32) -> Vec<ThreadRow> {
    let weights = weights(p);
    let (mut rows, mut after): (Vec<ThreadRow>, Option<String>) = (Vec::new(), None);
    loop {
        let page = p
            .store
            .read(|r| r.threads_by_weight(folders, &weights, after.as_deref(), limit))
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
    let all = threads
        .iter()
        .map(|id| weights.get(id).copied().unwrap_or(0));
    assert_eq!(all.collect::<Vec<_>>(), [7, 0, 7, 7, 0]);
    for thread in threads {
        let alone = p
            .store
            .read(|r| r.thread_weight(thread, &addresses()))
            .unwrap();
        let among_all = weights.get(&thread).copied().unwrap_or(0);
        assert_eq!(alone, among_all, "{thread}");
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
