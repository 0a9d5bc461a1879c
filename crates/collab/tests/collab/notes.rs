//! Notes on one desk: edits, versions, several processes, other ends.

use kontor_collab::{Collab, Edit, EditProblem, Error, TeamOpState};
use kontor_store::Store;
use proptest::prelude::*;
use rstest::rstest;

use crate::support::{Order, Place, at, customer, member, splice, text};

#[rstest]
#[case::append(text("č"), "aščb\nč")]
#[case::splice(splice(1, 2, "😀x"), "a😀xb\n")]
#[case::splice_at_the_end(splice(5, 0, "e"), "aščb\ne")]
#[case::replace(Edit::Replace("ščb".to_owned()), "ščb")]
#[case::emptied(Edit::Replace(String::new()), "")]
#[tokio::test]
async fn an_edit_does_what_it_says(#[case] edit: Edit, #[case] want: &str) {
    let p = Place::new(1);
    p.write(1, text("aščb\n"), 1).await;
    let done = p.write(1, edit, 2).await;
    assert_eq!((p.text(1).as_str(), done.version), (want, 2));
    assert_eq!(p.waiting(), 2, "both wait for a team");
}

#[rstest]
#[case::beyond_the_end(splice(4, 0, "x"), EditProblem::Range { at: 4, delete: 0, len: 3 })]
#[case::too_much(splice(2, 2, ""), EditProblem::Range { at: 2, delete: 2, len: 3 })]
#[case::overflow(splice(usize::MAX, 1, ""), EditProblem::Range { at: usize::MAX, delete: 1, len: 3 })]
#[tokio::test]
async fn an_edit_that_does_not_fit_changes_nothing(#[case] edit: Edit, #[case] want: EditProblem) {
    let p = Place::new(1);
    p.write(1, text("ščž"), 1).await;
    let error = p
        .collab
        .edit_note(&customer(1), edit, at(2))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Edit(problem) if problem == want));
    assert_eq!((p.text(1).as_str(), p.waiting()), ("ščž", 1));
}

#[tokio::test]
async fn an_edit_too_large_for_an_operation_is_not_kept() {
    let p = Place::new(1);
    p.write(1, text("ena"), 1).await;
    let noise: String = (0..400_000_u32)
        .map(|n| char::from_u32(0x4e00 + n.wrapping_mul(2_654_435_761) % 20_000).unwrap())
        .collect();
    let edits = vec![text(" dve"), Edit::Append(noise), text(" tri")];
    let done = p
        .collab
        .edit_note_all(&customer(1), edits, at(2))
        .await
        .unwrap();
    assert!(
        matches!(done[1], Err(EditProblem::TooLarge(_))),
        "{:?}",
        done[1]
    );
    assert_eq!(p.text(1), "ena dve tri", "the others stand");
    assert_eq!(done[2].as_ref().unwrap().version, 3);
}

#[tokio::test]
async fn replacing_all_of_a_long_text_does_not_take_long() {
    let p = Place::new(1);
    let noise = |seed: u32| -> String {
        let letter = |n: u32| char::from_u32(0x61 + (n ^ seed).wrapping_mul(2_654_435_761) % 26);
        (0..18_000).filter_map(letter).collect()
    };
    p.write(1, Edit::Replace(noise(1)), 1).await;
    let begun = std::time::Instant::now();
    p.write(1, Edit::Replace(noise(77)), 2).await;
    let took = begun.elapsed();
    assert!(
        took < std::time::Duration::from_secs(3),
        "the writer stood still for {took:?}"
    );
    assert_eq!(p.text(1), noise(77));
}

#[tokio::test]
async fn what_is_typed_and_taken_back_does_not_break_what_follows() {
    let mut order = Order::new();
    let (ana, bor) = (
        Place::joined(1, &order).await,
        Place::joined(2, &order).await,
    );
    ana.write(1, text("ena"), 1).await;
    let back = Edit::Several(vec![(0, 0, "x".to_owned()), (0, 1, String::new())]);
    ana.write(1, back, 2).await;
    ana.write(1, text(" dve"), 3).await;
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    assert_eq!(bor.text(1), "ena dve");
}

#[tokio::test]
async fn an_edit_of_nothing_is_none() {
    let p = Place::new(1);
    let first = p.write(1, text("ena"), 1).await;
    for edit in [text(""), splice(1, 0, ""), Edit::Replace("ena".to_owned())] {
        let done = p.write(1, edit, 2).await;
        assert_eq!((done.op_id, done.version), (None, first.version));
    }
    assert_eq!(p.waiting(), 1);
}

#[tokio::test]
async fn versions_are_kept_and_come_back() {
    let p = Place::new(1);
    p.write(1, text("ena"), 1).await;
    p.write(1, text(" dve"), 2).await;
    p.write(1, splice(0, 3, "1"), 3).await;
    let old = p.collab.note(&customer(1), Some(2)).unwrap().unwrap();
    assert_eq!(
        (old.text.as_str(), old.version, old.updated_at),
        ("ena dve", 2, at(2))
    );
    assert_eq!(p.collab.note(&customer(1), Some(4)).unwrap(), None);
    let back = p.collab.restore_note(&customer(1), 2, at(4)).await.unwrap();
    assert_eq!(
        (p.text(1).as_str(), back.version),
        ("ena dve", 4),
        "an edit like any other"
    );
    let history = p.collab.note_history(&customer(1)).unwrap();
    let brief: Vec<_> = history
        .iter()
        .map(|v| (v.version, v.added, v.removed))
        .collect();
    assert_eq!(
        brief,
        [
            (Some(1), 3, 0),
            (Some(2), 4, 0),
            (Some(3), 1, 3),
            (Some(4), 3, 1)
        ]
    );
    assert_eq!(history[1].excerpt, " dve");
    let error = p
        .collab
        .restore_note(&customer(1), 9, at(5))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NoVersion(_, 9)), "{error}");
}

#[tokio::test]
async fn several_processes_write_one_note() {
    let mut p = Place::new(1);
    let other = p.other_process();
    for n in 0..100_i64 {
        let who = if n % 3 == 0 { &other } else { &p.collab };
        let done = who.edit_note(&customer(1), text("x"), at(n)).await.unwrap();
        assert_eq!(done.version, u64::try_from(n).unwrap() + 1);
    }
    let third = p.other_process();
    for collab in [&p.collab, &other, &third] {
        let note = collab.note(&customer(1), None).unwrap().unwrap();
        assert_eq!((note.text.len(), note.version), (100, 100));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_write_at_once_while_one_tells() {
    let mut order = Order::new();
    let mut p = Place::joined(1, &order).await;
    let (second, third) = (p.other_process(), p.other_process());
    let write = async |collab: &Collab, word: &str| {
        for n in 0..60 {
            collab
                .edit_note(&customer(1), text(word), at(n))
                .await
                .unwrap();
        }
    };
    let tell = async {
        for _ in 0..8 {
            p.sync_once(&mut order).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(
        write(&p.collab, "a"),
        write(&second, "bb"),
        write(&third, "ccc"),
        tell
    );
    let other = Place::joined(2, &order).await;
    other.write(1, text("dddd"), 1).await;
    for place in [&p, &other, &p] {
        place.sync(&mut order).await;
    }
    let counted = |text: &str| ["a", "b", "c", "d"].map(|letter| text.matches(letter).count());
    for collab in [&p.collab, &second, &third, &other.collab] {
        let note = collab.note(&customer(1), None).unwrap().unwrap();
        assert_eq!(counted(&note.text), [60, 120, 180, 4]);
        assert_eq!((note.text, note.version), (other.text(1), 181));
        let last = collab.note(&customer(1), Some(181)).unwrap().unwrap();
        assert_eq!(last.text, other.text(1), "the last version is the note");
    }
}

#[tokio::test]
async fn a_note_is_whole_when_the_process_ended_at_any_moment() {
    let mut p = Place::new(1);
    for n in 0..70 {
        // Nothing is closed, nothing is flushed: the file as it lies is read by the next one.
        let next = p.other_process();
        std::mem::forget(std::mem::replace(&mut p.collab, next));
        p.write(1, text("ž"), n).await;
    }
    let next = p.other_process();
    let note = next.note(&customer(1), None).unwrap().unwrap();
    assert_eq!((note.text.chars().count(), note.version), (70, 70));
}

#[tokio::test]
async fn opening_a_long_note_does_not_replay_it() {
    let mut p = Place::new(1);
    for part in 0..20 {
        let edits = (0..256).map(|_| text("beseda ")).collect();
        let done = p
            .collab
            .edit_note_all(&customer(1), edits, at(part))
            .await
            .unwrap();
        assert!(done.iter().all(Result::is_ok));
    }
    let db = Store::open(p.dir.path()).unwrap();
    let snapshot = db.read(|r| r.note_snapshot("customer:1")).unwrap().unwrap();
    let rest = db
        .read(|r| r.note_ops_after("customer:1", snapshot.head))
        .unwrap();
    assert!(
        rest.len() <= 336,
        "{} edits are read at opening",
        rest.len()
    );
    let next = p.other_process();
    let done = next
        .edit_note(&customer(1), text("!"), at(99))
        .await
        .unwrap();
    assert_eq!(done.version, 5_121);
    let note = next.note(&customer(1), None).unwrap().unwrap();
    assert_eq!(note.text, "beseda ".repeat(5_120) + "!");
}

#[tokio::test]
async fn members_are_named_once() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    p.sync(&mut order).await;
    for (edit, want) in [
        (text("@Bor, poglej. "), vec![2]),
        (text("@bor@hrast.example še enkrat "), vec![]),
        (text("in @Cene"), vec![3]),
        (Edit::Replace("@Cene".to_owned()), vec![]),
        (text(" @Bor"), vec![2]),
    ] {
        let done = p.write(1, edit.clone(), 1).await;
        let activity = p.collab.activity_of(done.op_id.unwrap()).unwrap().unwrap();
        let kontor_collab::ActivityDetail::Note { mentions, .. } = activity.detail else {
            panic!("an edit is an edit");
        };
        let want: Vec<_> = want.into_iter().map(member).collect();
        assert_eq!(mentions, want, "{edit:?}");
    }
    let other = Place::joined(2, &order).await;
    p.sync(&mut order).await;
    let taken = other.sync(&mut order).await;
    assert_eq!(taken.mentions.len(), 2, "Bor was named twice");
}

#[tokio::test]
async fn a_refused_edit_goes_and_stays_listed() {
    let mut order = Order::new();
    let (ana, bor) = (
        Place::joined(1, &order).await,
        Place::joined(2, &order).await,
    );
    ana.write(1, text("ena"), 1).await;
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    // Names Cene: the order refuses operations that name somebody.
    order.refused = Some("00000000-0000-0000-0000-000000000003");
    ana.write(1, text(" @Cene"), 2).await;
    ana.write(1, text(" dve"), 3).await;
    let taken = ana.sync_but_for_dependents(&mut order).await;
    assert_eq!(taken, 1, "one was refused");
    let history = ana.collab.note_history(&customer(1)).unwrap();
    let refused: Vec<_> = history
        .iter()
        .filter(|v| v.state == TeamOpState::Rejected)
        .collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        (refused[0].version, refused[0].reason.as_str()),
        (None, "ne gre")
    );
    assert_eq!(refused[0].excerpt, " @Cene", "the words are not lost");
    bor.sync(&mut order).await;
    ana.sync(&mut order).await;
    assert_eq!(ana.text(1), bor.text(1), "desks agree");
    ana.write(1, text(" tri"), 4).await;
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    assert_eq!(
        (bor.text(1).as_str(), ana.text(1).as_str()),
        ("ena tri", "ena tri"),
        "and go on"
    );
}

impl Place {
    /// Syncs and returns how many operations were refused.
    async fn sync_but_for_dependents(&self, order: &mut Order) -> usize {
        self.sync(order).await.rejected.len()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Splice(usize, usize, String),
    Replace(String),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..60_usize, 0..9_usize, "[a-zčšž😀\n@]{0,6}").prop_map(|(at, del, ins)| Step::Splice(at, del, ins)),
        1 => "[a-zčšž😀 ]{0,30}".prop_map(Step::Replace),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn splices_do_what_a_string_does(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut p = Place::new(1);
            let mut model: Vec<char> = Vec::new();
            let mut versions = vec![String::new()];
            for step in steps {
                let edit = match step {
                    Step::Splice(at, delete, insert) => {
                        let at = at.min(model.len());
                        let delete = delete.min(model.len() - at);
                        model.splice(at..at + delete, insert.chars());
                        splice(at, delete, &insert)
                    }
                    Step::Replace(to) => {
                        model = to.chars().collect();
                        Edit::Replace(to)
                    }
                    Step::Reopen => {
                        p.collab = p.other_process();
                        continue;
                    }
                };
                let done = p.write(1, edit, 1).await;
                if done.op_id.is_some() {
                    versions.push(model.iter().collect());
                }
                assert_eq!(p.text(1), model.iter().collect::<String>());
                assert_eq!(usize::try_from(done.version).unwrap(), versions.len() - 1);
            }
            for (version, want) in (0_u64..).zip(&versions).skip(1) {
                let note = p.collab.note(&customer(1), Some(version)).unwrap().unwrap();
                assert_eq!(&note.text, want, "version {version}");
            }
        });
    }
}

#[test]
fn a_collab_is_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Collab>();
}
