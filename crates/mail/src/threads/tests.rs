use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn entry(id: &str, references: &str, subject: &str, date: i64) -> Entry {
    Entry {
        id: (!id.is_empty()).then(|| id.to_owned()),
        references: references.split_whitespace().map(str::to_owned).collect(),
        subject: subject.to_owned(),
        date: Millis(date),
        ..Entry::default()
    }
}

/// Prints trees as IMAP does: `(1 2 (3)(4))`.
fn print(nodes: &[Node]) -> String {
    fn one(node: &Node, out: &mut String) {
        if let Some(n) = node.entry {
            out.push_str(&n.saturating_add(1).to_string());
        }
        match node.children.as_slice() {
            [] => {}
            [only] if node.entry.is_some() => {
                out.push(' ');
                one(only, out);
            }
            many => {
                if node.entry.is_some() {
                    out.push(' ');
                }
                for child in many {
                    out.push('(');
                    one(child, out);
                    out.push(')');
                }
            }
        }
    }
    let mut out = String::new();
    for node in nodes {
        out.push('(');
        one(node, &mut out);
        out.push(')');
    }
    out
}

fn check(entries: &[Entry], want: &str) {
    assert_eq!(
        print(&threads(entries, Merge::Subjects)),
        want,
        "trees of {entries:#?}"
    );
}

#[test]
fn an_answer_hangs_below_its_question_and_siblings_go_by_date() {
    check(
        &[
            entry("a", "", "x", 1),
            entry("c", "a", "Re: x", 3),
            entry("b", "a", "Re: x", 2),
        ],
        "(1 (3)(2))",
    );
}

#[test]
fn a_corrected_parent_wins_unless_it_closes_a_loop() {
    check(
        &[
            entry("a", "", "", 3),
            entry("b", "a c", "", 1),
            entry("c", "b", "", 2),
        ],
        "(3 2)(1)",
    );
}

#[test]
fn a_missing_parent_holds_two_orphans_together_and_vanishes_for_one() {
    check(
        &[entry("", "gone", "", 1), entry("", "gone", "", 2)],
        "((1)(2))",
    );
    check(&[entry("b", "gone", "", 1)], "(1)");
}

#[test]
fn a_second_copy_of_an_id_is_a_message_of_its_own() {
    check(&[entry("a", "", "", 1), entry("a", "", "", 2)], "(1)(2)");
}

#[rstest]
#[case::reply_joins(&["foo", "Re: foo"], "(1 2)")]
#[case::reply_first(&["Odg: foo", "foo"], "(2 1)")]
#[case::equals_get_a_holder(&["foo", "foo"], "((1)(2))")]
#[case::three_equals(&["foo", "foo", "Re: foo"], "((1)(2)(3))")]
#[case::other_subjects(&["foo", "bar"], "(1)(2)")]
fn subjects_join_roots(#[case] subjects: &[&str], #[case] want: &str) {
    let entries: Vec<Entry> = subjects
        .iter()
        .enumerate()
        .map(|(n, s)| entry(&format!("m{n}"), "", s, n as i64))
        .collect();
    check(&entries, want);
}

#[test]
fn in_reply_to_counts_only_without_references() {
    let mut b = entry("b", "", "", 2);
    b.in_reply_to = vec!["a".into(), "zzz".into()];
    check(&[entry("a", "", "", 1), b.clone()], "(1 2)");
    b.references = vec!["other".into()];
    check(&[entry("a", "", "", 1), b], "(1)(2)");
}

#[test]
fn a_very_long_chain_needs_no_stack() {
    let chain: Vec<Entry> = (0..100_000)
        .map(|n| {
            entry(
                &format!("m{n}"),
                &if n == 0 {
                    String::new()
                } else {
                    format!("m{}", n - 1)
                },
                "",
                n,
            )
        })
        .collect();
    assert_eq!(threads(&chain, Merge::Ids).len(), 1, "one conversation");
}

fn count(nodes: &[Node], seen: &mut Vec<usize>) {
    for node in nodes {
        seen.extend(node.entry);
        count(&node.children, seen);
    }
}

proptest! {
    #[test]
    fn every_message_stands_in_the_trees_exactly_once(
        mails in prop::collection::vec((0u8..12, prop::collection::vec(0u8..12, 0..5), 0u8..4, 0i64..50), 0..40),
    ) {
        let entries: Vec<Entry> = mails
            .iter()
            .map(|(id, refs, subject, date)| Entry {
                id: (*id > 0).then(|| id.to_string()),
                references: refs.iter().map(u8::to_string).collect(),
                subject: ["", "a", "Re: a", "b"][usize::from(*subject)].to_owned(),
                date: Millis(*date),
                ..Entry::default()
            })
            .collect();
        for merge in [Merge::Ids, Merge::Subjects] {
            let mut seen = Vec::new();
            count(&threads(&entries, merge), &mut seen);
            seen.sort_unstable();
            prop_assert_eq!(&seen, &(0..entries.len()).collect::<Vec<_>>(), "each message once");
        }
    }
}
