//! Which messages become one conversation, whatever the order they come in.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert_eq, proptest};
use rstest::rstest;

use crate::support::{Mail, Profile};

/// Groups of UIDs that share a thread.
fn partition(p: &Profile) -> BTreeSet<BTreeSet<u32>> {
    let mut threads: BTreeMap<i64, BTreeSet<u32>> = BTreeMap::new();
    for row in p
        .store
        .read(|r| r.messages(p.inbox, None, 1000))
        .unwrap()
        .rows
    {
        threads
            .entry(row.thread.0)
            .or_default()
            .insert(row.placement.uid.unwrap());
    }
    threads.into_values().collect()
}

fn check(mails: &[Mail], want: &[&[u32]]) {
    let want: BTreeSet<BTreeSet<u32>> = want.iter().map(|g| g.iter().copied().collect()).collect();
    for backwards in [false, true] {
        let p = Profile::new();
        let mut mails = mails.to_vec();
        if backwards {
            mails.reverse();
        }
        for mail in &mails {
            p.put(p.inbox, std::slice::from_ref(mail));
        }
        assert_eq!(partition(&p), want, "backwards: {backwards}");
        p.ok();
    }
}

#[rstest]
#[case::strangers(vec![Mail::new(1), Mail::new(2)], &[&[1_u32][..], &[2]])]
#[case::reply(vec![Mail::new(1).mid("a"), Mail::new(2).refs(&["a"])], &[&[1, 2][..]])]
#[case::siblings_of_a_missing_parent(vec![Mail::new(1).refs(&["gone"]), Mail::new(2).refs(&["gone"])], &[&[1, 2][..]])]
#[case::linked_late(
    vec![Mail::new(1).mid("a"), Mail::new(2).mid("b"), Mail::new(3).refs(&["a", "b"])],
    &[&[1, 2, 3][..]]
)]
#[case::without_an_id(vec![Mail::new(1).mid(""), Mail::new(2).mid("")], &[&[1][..], &[2]])]
#[case::same_subject_is_not_enough(
    vec![Mail::new(1).subject("Tedensko poročilo"), Mail::new(2).subject("Tedensko poročilo")],
    &[&[1][..], &[2]]
)]
#[case::reply_without_references(
    vec![Mail::new(1).subject("Ponudba za hrast"), Mail::new(2).subject("Odg: Ponudba za hrast")],
    &[&[1, 2][..]]
)]
#[case::reply_by_a_stranger(
    vec![Mail::new(1).subject("Ponudba za hrast"), Mail::new(2).subject("Re: Ponudba za hrast").from("X <x@x.example>")],
    &[&[1][..], &[2]]
)]
#[case::reply_a_month_later(
    vec![Mail::new(1).subject("Ponudba za hrast"), Mail::new(2).at(60 * 24 * 30).subject("Re: Ponudba za hrast")],
    &[&[1][..], &[2]]
)]
#[case::reply_before_the_question(
    vec![Mail::new(1).subject("Re: Ponudba za hrast"), Mail::new(2).subject("Ponudba za hrast")],
    &[&[1][..], &[2]]
)]
#[case::subject_too_short(vec![Mail::new(1).subject("Test"), Mail::new(2).subject("Re: Test")], &[&[1][..], &[2]])]
#[case::reply_with_references_keeps_to_them(
    vec![Mail::new(1).subject("Ponudba za hrast"), Mail::new(2).subject("Re: Ponudba za hrast").refs(&["elsewhere"])],
    &[&[1][..], &[2]]
)]
fn joins(#[case] mails: Vec<Mail>, #[case] want: &[&[u32]]) {
    check(&mails, want);
}

#[test]
fn a_merged_thread_keeps_its_list_rows() {
    let p = Profile::new();
    p.put(p.inbox, &[Mail::new(1).mid("a").subject("Prva")]);
    p.put(
        p.archive,
        &[Mail::new(2).at(10).mid("b").subject("Druga").flags(4)],
    );
    p.put(
        p.inbox,
        &[Mail::new(3).at(20).refs(&["a", "b"]).subject("Re: Prva")],
    );
    let rows = p
        .store
        .read(|r| r.threads(&[p.inbox, p.archive], None, 10))
        .unwrap()
        .rows;
    assert_eq!(rows.len(), 1, "one conversation over two folders");
    assert_eq!(
        (rows[0].count, rows[0].flagged, rows[0].subject.as_str()),
        (3, true, "Prva"),
        "with all that it had"
    );
    p.ok();
}

fn mails() -> impl Strategy<Value = (Vec<Mail>, Vec<usize>)> {
    let one = (
        any::<u8>(),
        proptest::collection::vec(0_u8..8, 0..3),
        0_u8..4,
        0_u8..3,
    );
    proptest::collection::vec(one, 1..9).prop_flat_map(|seeds| {
        let mails: Vec<Mail> = seeds
            .iter()
            .enumerate()
            .map(|(n, (at, refs, subject, prefix))| {
                let refs: Vec<String> = refs.iter().map(|r| format!("id{r}")).collect();
                let refs: Vec<&str> = refs.iter().map(String::as_str).collect();
                let prefix = ["", "Re: ", "Odg: "][usize::from(*prefix)];
                Mail::new(u32::try_from(n + 1).unwrap())
                    .mid(&format!("id{n}"))
                    // Up to ten days apart: on both sides of the week that subjects join within.
                    .at(i64::from(*at) * 57)
                    .refs(&refs)
                    .subject(&format!("{prefix}Predmet pogovora {subject}"))
            })
            .collect();
        let order = proptest::collection::vec(any::<proptest::sample::Index>(), mails.len());
        (proptest::strategy::Just(mails), order).prop_map(|(mails, picks)| {
            let mut left: Vec<usize> = (0..mails.len()).collect();
            let order = picks
                .iter()
                .map(|i| left.remove(i.index(left.len())))
                .collect();
            (mails, order)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_does_not_matter((mails, order) in mails()) {
        let straight = Profile::new();
        straight.put(straight.inbox, &mails);
        let shuffled = Profile::new();
        for n in order {
            shuffled.put(shuffled.inbox, std::slice::from_ref(&mails[n]));
        }
        prop_assert_eq!(partition(&straight), partition(&shuffled));
        straight.ok();
        shuffled.ok();
    }
}
