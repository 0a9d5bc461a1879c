//! A desk that joined by a snapshot, beside one that read everything.

use jiff::Timestamp;
use kontor_collab::{Choice, Conflict, Desk, Member, Record, TeamOpState};
use kontor_protocol::{MemberId, ServerFrame};
use rstest::rstest;

use crate::support::{Dice, Order, Place, at, customer, splice, text};

/// What everybody sees: texts with their versions, fields, open questions, members.
#[derive(Debug, PartialEq)]
struct View {
    notes: Vec<(String, String, u64, Option<MemberId>, Timestamp)>,
    records: Vec<Record>,
    conflicts: Vec<Conflict>,
    members: Vec<Member>,
}

fn view(place: &Place) -> View {
    let mut notes: Vec<_> = place
        .collab
        .notes()
        .unwrap()
        .into_iter()
        .map(|n| {
            (
                n.subject.to_string(),
                n.text,
                n.version,
                n.updated_by,
                n.updated_at,
            )
        })
        .collect();
    notes.sort();
    let mut conflicts = place.collab.conflicts().unwrap();
    for conflict in &mut conflicts {
        // Whose is mine depends on who asks.
        (conflict.mine, conflict.theirs) = (None, None);
    }
    View {
        notes,
        records: (1..=4)
            .map(|n| place.collab.record(&customer(n)).unwrap())
            .collect(),
        conflicts,
        members: place.collab.members().unwrap(),
    }
}

/// One of many things that a person does.
async fn act(place: &Place, dice: &mut Dice, n: i64) {
    let about = u32::try_from(dice.below(3)).unwrap() + 1;
    match dice.below(8) {
        0..=3 => {
            let length = place.text(about).chars().count() as u64;
            let word = ["ena ", "dva ", "tri\n", "@Bor "][usize::try_from(dice.below(4)).unwrap()];
            let spot = usize::try_from(dice.below(length + 1)).unwrap();
            let delete = usize::try_from(dice.below(4).min(length - spot as u64)).unwrap();
            place.write(about, splice(spot, delete, word), n).await;
        }
        4 => {
            let value = ["open", "waiting", "done"][usize::try_from(dice.below(3)).unwrap()];
            place.set("status", value, n).await;
        }
        5 => {
            place
                .set("credit_limit", &dice.below(9).to_string(), n)
                .await;
        }
        6 => {
            let open = place.collab.conflicts().unwrap();
            if let Some(one) = open.first() {
                let choice = Choice::Value(Some("1".to_owned()));
                place.collab.resolve(one.id, choice, at(n)).await.unwrap();
            }
        }
        _ => {
            place
                .collab
                .replied(&customer(about), None, None, at(n))
                .await
                .unwrap();
        }
    }
}

async fn busy(order: &mut Order, places: &[&Place], dice: &mut Dice, begin: i64) {
    for n in begin..begin + 60 {
        let place = places[usize::try_from(dice.below(places.len() as u64)).unwrap()];
        act(place, dice, n).await;
        if dice.below(4) == 0 {
            place.sync_once(order).await;
        }
    }
    level(order, places).await;
}

async fn level(order: &mut Order, places: &[&Place]) {
    for _ in 0..2 {
        for place in places {
            place.sync(order).await;
        }
    }
}

/// A team that has done much, with a snapshot of most of it.
async fn team(seed: u64) -> (Order, Place, Place, Dice) {
    let mut order = Order::new();
    let mut dice = Dice(seed);
    let ana = Place::joined(1, &order).await;
    let bor = Place::joined(2, &order).await;
    busy(&mut order, &[&ana, &bor], &mut dice, 1).await;
    order.fold(7);
    busy(&mut order, &[&ana, &bor], &mut dice, 100).await;
    order.fold(11);
    for word in ["later ", "still later "] {
        ana.write(2, text(word), 200).await;
        ana.set("phone", word, 201).await;
    }
    level(&mut order, &[&ana, &bor]).await;
    (order, ana, bor, dice)
}

#[rstest]
#[tokio::test]
async fn it_shows_the_same_and_goes_on(#[values(1, 2, 3, 4, 5, 6, 7, 8)] seed: u64) {
    let (mut order, ana, bor, mut dice) = team(seed).await;
    let late = Place::new(33);
    // Written in no team yet: goes along, and merges.
    late.write(1, text("mine "), 300).await;
    late.set("phone", "mine", 301).await;
    late.join(3, &order).await;
    let taken = late.sync(&mut order).await;
    assert_eq!(late.waiting(), 0);
    assert!(
        taken.events < order.events.len() as u64 / 2,
        "most is folded: {} of {}",
        taken.events,
        order.events.len()
    );
    level(&mut order, &[&ana, &bor]).await;
    let (want, got) = (view(&ana), view(&late));
    assert_eq!(got, want);

    let folds = order.folds.take();
    let replayed = Place::joined(3, &order).await;
    replayed.sync(&mut order).await;
    assert_eq!(view(&replayed), want, "as who read everything");
    order.folds = folds;

    busy(&mut order, &[&ana, &bor, &late, &replayed], &mut dice, 400).await;
    let want = view(&ana);
    for (who, place) in [("late", &late), ("replayed", &replayed), ("Bor", &bor)] {
        assert_eq!(view(place), want, "{who} goes on");
    }
}

#[tokio::test]
async fn the_later_versions_are_its_history() {
    let (mut order, ana, _bor, _) = team(1).await;
    let late = Place::joined(3, &order).await;
    late.sync(&mut order).await;
    for n in 1..=3 {
        let whole = ana.collab.note_history(&customer(n)).unwrap();
        let here = late.collab.note_history(&customer(n)).unwrap();
        assert!(
            here.len() >= 2 && here.len() < whole.len(),
            "the newest ones"
        );
        let (first, tail) = (here[0].version.unwrap(), &whole[whole.len() - here.len()..]);
        for (mine, theirs) in here.iter().zip(tail) {
            assert_eq!(
                (
                    mine.version,
                    mine.op_id,
                    mine.seq,
                    mine.member,
                    &mine.excerpt
                ),
                (
                    theirs.version,
                    theirs.op_id,
                    theirs.seq,
                    theirs.member,
                    &theirs.excerpt
                )
            );
        }
        for version in [first - 1, first, whole.len() as u64] {
            let text = |place: &Place| {
                let note = place.collab.note(&customer(n), Some(version)).unwrap();
                note.map(|note| note.text)
            };
            if version >= first {
                assert_eq!(text(&late), text(&ana), "version {version}");
            }
        }
        let before = late.collab.note(&customer(n), Some(first - 2)).unwrap();
        assert_eq!(
            before, None,
            "what is in the document alone has no versions"
        );
    }
    let shown = |place: &Place| {
        let page = place
            .collab
            .activity(&Default::default(), None, 20)
            .unwrap();
        let rows = page.rows.into_iter();
        rows.map(|row| (row.op_id, row.what, row.state))
            .collect::<Vec<_>>()
    };
    let lately = shown(&late);
    assert_eq!(lately.len(), 20, "the newest events are there");
    assert!(
        lately
            .iter()
            .all(|(.., state)| *state == TeamOpState::Accepted)
    );
}

/// Takes so many answers of a connection that is torn then.
async fn torn(place: &Place, order: &mut Order, answers: usize) -> usize {
    let mut desk = Desk::new(place.collab.clone());
    let hello = desk.hello("token").unwrap();
    let all = order.take(&mut None, hello);
    let count = all.len();
    for answer in all.into_iter().take(answers) {
        desk.take(answer, at(500)).await.unwrap();
        let done = desk.collab().team().unwrap().unwrap().cursor > 0;
        assert!(
            done || desk.next_push().unwrap().is_none(),
            "nothing is told before its end"
        );
    }
    count
}

#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    Nothing,
    /// The others write on, and that is folded.
    News,
    /// The server lost its snapshot.
    NoFolds,
    /// The server was put back to a backup.
    Restored,
}

#[rstest]
#[tokio::test]
async fn a_torn_one_goes_on(
    #[values(
        Meanwhile::Nothing,
        Meanwhile::News,
        Meanwhile::NoFolds,
        Meanwhile::Restored
    )]
    meanwhile: Meanwhile,
) {
    for pages in 1.. {
        let (mut order, ana, bor, _) = team(5).await;
        let late = Place::joined(3, &order).await;
        let count = torn(&late, &mut order, pages).await;
        // Into what is there by now.
        late.write(1, text("half-way "), 510).await;
        late.set("status", "waiting", 511).await;
        match meanwhile {
            Meanwhile::Nothing => {}
            Meanwhile::News => {
                bor.write(1, splice(0, 2, "news "), 520).await;
                bor.set("credit_limit", "77", 521).await;
                bor.sync(&mut order).await;
                order.fold(3);
            }
            Meanwhile::NoFolds => order.folds = None,
            Meanwhile::Restored => order.restore(40),
        }
        late.sync(&mut order).await;
        level(&mut order, &[&ana, &bor, &late]).await;
        level(&mut order, &[&ana, &bor, &late]).await;
        assert_eq!(
            view(&late),
            view(&ana),
            "{meanwhile:?}, torn after {pages} of {count}"
        );
        assert!(late.text(1).contains("half-way"), "{meanwhile:?} {pages}");
        if pages >= count {
            break;
        }
    }
}

#[tokio::test]
async fn what_a_restored_server_lacks_is_told() {
    let (mut order, ana, bor, _) = team(3).await;
    let late = Place::joined(3, &order).await;
    late.sync(&mut order).await;
    let texts: Vec<String> = (1..=3).map(|n| late.text(n)).collect();
    // Those who wrote it are gone for good.
    drop((ana, bor));
    order.restore(30);
    level(&mut order, &[&late]).await;
    let new = Place::joined(2, &order).await;
    new.sync(&mut order).await;
    for (n, want) in (1..).zip(&texts) {
        assert_eq!(&new.text(n), want, "customer:{n} came back from the desk");
    }
    assert_eq!(view(&new).notes, view(&late).notes);
    let told = order.events.len();
    level(&mut order, &[&late, &new]).await;
    assert_eq!(order.events.len(), told, "once");

    order.restore(30);
    level(&mut order, &[&new, &late]).await;
    level(&mut order, &[&new, &late]).await;
    assert_eq!(view(&new).notes, view(&late).notes, "and again");
}

#[tokio::test]
async fn who_was_here_before_reads_events() {
    let (mut order, ana, _, _) = team(2).await;
    let again = Place::joined(3, &order).await;
    again.sync(&mut order).await;
    again.collab.leave(at(600)).await.unwrap();
    again.write(1, text("outside "), 601).await;
    again.join(3, &order).await;
    let mut desk = Desk::new(again.collab.clone());
    let hello = desk.hello("token").unwrap();
    for answer in order.take(&mut None, hello) {
        assert!(!matches!(answer, ServerFrame::Snapshot(_)), "not asked for");
    }
    level(&mut order, &[&again, &ana]).await;
    level(&mut order, &[&again, &ana]).await;
    assert_eq!(view(&again), view(&ana));
    assert!(ana.text(1).contains("outside"));
}

#[tokio::test]
async fn pages_that_do_not_follow_are_not_taken() {
    let (mut order, ..) = team(4).await;
    let late = Place::joined(3, &order).await;
    let mut desk = Desk::new(late.collab.clone());
    let hello = desk.hello("token").unwrap();
    let mut answers = order.take(&mut None, hello);
    desk.take(answers.remove(0), at(1)).await.unwrap();
    let end = answers
        .iter()
        .position(|answer| matches!(answer, ServerFrame::Snapshot(page) if page.end.is_some()));
    let last = answers.remove(end.unwrap());
    let error = desk.take(last, at(1)).await.unwrap_err();
    assert!(matches!(error, kontor_collab::Error::Gap { .. }), "{error}");

    let mut desk = Desk::new(late.collab.clone());
    let hello = desk.hello("token").unwrap();
    let mut answers = order.take(&mut None, hello);
    desk.take(answers.remove(0), at(1)).await.unwrap();
    let whole = |answer: &ServerFrame| matches!(answer, ServerFrame::Snapshot(page) if page.rows.iter().any(|row| !row.more));
    let at_row = answers.iter().position(whole).unwrap();
    for answer in answers.drain(..at_row) {
        desk.take(answer, at(1)).await.unwrap();
    }
    let mut damaged = answers.remove(0);
    if let ServerFrame::Snapshot(page) = &mut damaged {
        page.rows[0].fold.push(' ');
    }
    let error = desk.take(damaged, at(1)).await.unwrap_err();
    assert!(matches!(error, kontor_collab::Error::Damaged(_)), "{error}");
    let cursor = late.collab.team().unwrap().unwrap().cursor;
    assert_eq!(cursor, 0, "nothing of it was taken");
    late.sync(&mut order).await;
}
