//! Records: bases, conflicts, choices, what waits and what was refused.

use kontor_collab::{ActivityFilter, Choice, Error};
use kontor_protocol::{CriticalFields, OpId, OpProblem};
use rstest::rstest;

use crate::support::{Order, Place, at, customer, member};

/// Ana and Bor know a credit limit of 5000; both change it without a line.
async fn disagreeing(order: &mut Order) -> (Place, Place) {
    let (ana, bor) = (Place::joined(1, order).await, Place::joined(2, order).await);
    ana.set("credit_limit", "5000", 1).await;
    ana.sync(order).await;
    bor.sync(order).await;
    ana.set("credit_limit", "8000", 2).await;
    bor.set("credit_limit", "6000", 3).await;
    ana.sync(order).await;
    (ana, bor)
}

fn only_conflict(p: &Place) -> kontor_collab::Conflict {
    let mut open = p.collab.conflicts().unwrap();
    assert_eq!(open.len(), 1, "one question is open");
    open.pop().unwrap()
}

#[tokio::test]
async fn a_conflict_shows_both_sides_and_what_holds() {
    let mut order = Order::new();
    let (ana, bor) = disagreeing(&mut order).await;
    assert!(
        ana.collab.conflicts().unwrap().is_empty(),
        "Ana cannot know"
    );
    bor.sync(&mut order).await;
    ana.sync(&mut order).await;
    for (place, mine, theirs, their_name) in
        [(&ana, "8000", "6000", "Bor"), (&bor, "6000", "8000", "Ana")]
    {
        let open = only_conflict(place);
        assert_eq!(open.mine.unwrap().value.as_deref(), Some(mine));
        let other = open.theirs.unwrap();
        assert_eq!(
            (other.value.as_deref(), other.name.as_deref()),
            (Some(theirs), Some(their_name))
        );
        assert_eq!((open.base.as_deref(), open.values.len()), (Some("5000"), 2));
        assert_eq!(
            place.value("credit_limit").as_deref(),
            Some("5000"),
            "what both had seen holds"
        );
        let record = place.collab.record(&customer(1)).unwrap();
        assert_eq!(record.fields[0].conflict, Some(open.id));
    }
    let filter = ActivityFilter {
        what: Some("conflict".to_owned()),
        ..ActivityFilter::default()
    };
    let shown = ana.collab.activity(&filter, None, 10).unwrap().rows;
    assert_eq!(
        shown.len(),
        1,
        "the set that came second is listed as a conflict"
    );
    assert_eq!(shown[0].name.as_deref(), Some("Bor"));
}

#[rstest]
#[case::mine(Choice::Mine, "8000")]
#[case::theirs(Choice::Theirs, "6000")]
#[case::another(Choice::Value(Some("7000".to_owned())), "7000")]
#[tokio::test]
async fn a_choice_holds_for_all(#[case] choice: Choice, #[case] want: &str) {
    let mut order = Order::new();
    let (ana, bor) = disagreeing(&mut order).await;
    bor.sync(&mut order).await;
    ana.sync(&mut order).await;
    let open = only_conflict(&ana);
    ana.collab.resolve(open.id, choice, at(9)).await.unwrap();
    assert_eq!(
        ana.value("credit_limit").as_deref(),
        Some(want),
        "shown at once"
    );
    assert!(ana.collab.conflicts().unwrap().is_empty());
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    for place in [&ana, &bor] {
        assert_eq!(place.value("credit_limit").as_deref(), Some(want));
        assert!(place.collab.conflicts().unwrap().is_empty());
    }
    let late = bor
        .collab
        .resolve(open.id, Choice::Mine, at(10))
        .await
        .unwrap_err();
    assert!(
        matches!(late, Error::NoConflict(id) if id == open.id),
        "{late}"
    );
}

#[tokio::test]
async fn an_own_value_in_a_conflict_may_be_changed() {
    let mut order = Order::new();
    let (ana, bor) = disagreeing(&mut order).await;
    bor.sync(&mut order).await;
    bor.set("credit_limit", "6500", 5).await;
    bor.sync(&mut order).await;
    ana.sync(&mut order).await;
    let values: Vec<_> = only_conflict(&ana)
        .values
        .into_iter()
        .filter_map(|v| v.value)
        .collect();
    assert_eq!(values, ["8000", "6500"], "in place of the former");
}

#[tokio::test]
async fn a_conflict_is_seen_before_it_is_told() {
    let mut order = Order::new();
    let (ana, bor) = disagreeing(&mut order).await;
    let mut desk = kontor_collab::Desk::new(bor.collab.clone());
    desk.hello("token").unwrap();
    let cursor = bor.collab.team().unwrap().unwrap().cursor;
    desk.take(order.welcome(member(2)), at(5)).await.unwrap();
    for frame in order.after(cursor) {
        desk.take(frame, at(5)).await.unwrap();
    }
    let open = only_conflict(&bor);
    bor.collab
        .resolve(open.id, Choice::Mine, at(6))
        .await
        .unwrap();
    bor.sync(&mut order).await;
    ana.sync(&mut order).await;
    assert_eq!(
        ana.value("credit_limit").as_deref(),
        Some("6000"),
        "set and choice went out in order"
    );
    assert!(ana.collab.conflicts().unwrap().is_empty());
}

#[tokio::test]
async fn who_took_no_part_chooses_by_value() {
    let mut order = Order::new();
    let (_ana, bor) = disagreeing(&mut order).await;
    bor.sync(&mut order).await;
    let cene = Place::joined(3, &order).await;
    cene.sync(&mut order).await;
    let open = only_conflict(&cene);
    assert_eq!((open.mine.is_none(), open.theirs.is_some()), (true, true));
    let error = cene
        .collab
        .resolve(open.id, Choice::Mine, at(9))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NoSuchValue(_)), "{error}");
    let unknown = OpId(uuid::Uuid::from_u128(5));
    let error = cene
        .collab
        .resolve(unknown, Choice::Theirs, at(9))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NoConflict(_)), "{error}");
}

#[tokio::test]
async fn a_completion_survives_a_desk_that_was_away() {
    let mut order = Order::new();
    let (ana, bor) = (
        Place::joined(1, &order).await,
        Place::joined(2, &order).await,
    );
    ana.set("status", "open", 1).await;
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    ana.set("status", "done", 2).await;
    ana.sync(&mut order).await;
    bor.set("status", "waiting", 9).await;
    assert_eq!(
        bor.value("status").as_deref(),
        Some("waiting"),
        "Bor has not heard yet"
    );
    bor.sync(&mut order).await;
    assert_eq!(bor.value("status").as_deref(), Some("done"));
    bor.set("status", "open", 10).await;
    bor.sync(&mut order).await;
    ana.sync(&mut order).await;
    assert_eq!(
        ana.value("status").as_deref(),
        Some("open"),
        "Bor had seen it when reopening"
    );
}

#[tokio::test]
async fn a_refused_set_rolls_back() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    p.set("phone", "1", 1).await;
    p.sync(&mut order).await;
    order.refused = Some("skrivnost");
    p.set("phone", "skrivnost", 2).await;
    assert_eq!(
        p.value("phone").as_deref(),
        Some("skrivnost"),
        "shown at once"
    );
    let taken = p.sync(&mut order).await;
    assert_eq!(taken.rejected[0].message, "ne gre");
    assert_eq!(p.value("phone").as_deref(), Some("1"));
}

#[tokio::test]
async fn fields_wait_without_a_team_and_are_checked() {
    let p = Place::new(1);
    p.set("phone", "1", 1).await;
    p.set("phone", "2", 2).await;
    let fields = vec![
        ("tag.vip".to_owned(), Some("1".to_owned())),
        ("phone".to_owned(), None),
    ];
    p.collab
        .set_fields(&customer(1), fields, at(3))
        .await
        .unwrap();
    let record = p.collab.record(&customer(1)).unwrap();
    let brief: Vec<_> = record
        .fields
        .iter()
        .map(|f| (f.field.as_str(), f.waiting, f.member))
        .collect();
    assert_eq!(brief, [("tag.vip", true, None)], "an emptied field is gone");
    for (field, value) in [("Phone", "1"), ("status", "finished"), ("assignee", "ana")] {
        let value = Some(value.to_owned());
        let error = p
            .collab
            .set_field(&customer(1), field, value, at(4))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Field(_)), "{error}");
    }
    assert_eq!(p.waiting(), 4, "nothing of those was kept");
}

fn list(text: &str) -> CriticalFields {
    text.parse().unwrap()
}

/// Ana is the admin; both know a discount of 5 and change it without a line.
async fn discounting(order: &mut Order, critical: bool) -> (Place, Place) {
    let (ana, bor) = (Place::joined(1, order).await, Place::joined(2, order).await);
    ana.sync(order).await;
    ana.set("discount", "5", 1).await;
    ana.sync(order).await;
    bor.sync(order).await;
    bor.set("discount", "8", 3).await;
    if critical {
        // Bor cannot know: what counts is the list when the server takes it.
        let list = list("discount");
        ana.collab
            .set_critical_fields(Some(&list), at(2))
            .await
            .unwrap();
    }
    ana.set("discount", "6", 4).await;
    for place in [&ana, &bor, &ana] {
        place.sync(order).await;
    }
    (ana, bor)
}

#[tokio::test]
async fn what_admins_call_critical_waits_for_a_person_on_every_desk() {
    let mut order = Order::new();
    let (ana, bor) = discounting(&mut order, true).await;
    let late = Place::joined(3, &order).await;
    late.sync(&mut order).await;
    for place in [&ana, &bor, &late] {
        let open = only_conflict(place);
        assert_eq!((open.field.as_str(), open.values.len()), ("discount", 2));
        assert_eq!(
            place.value("discount").as_deref(),
            Some("5"),
            "what both had seen holds"
        );
        assert_eq!(place.collab.critical_fields().unwrap(), list("discount"));
    }
    let standard = Order::new();
    let (mut order, wanted) = (standard, Some("6"));
    let (ana, bor) = discounting(&mut order, false).await;
    for place in [&ana, &bor] {
        assert_eq!(
            place.value("discount").as_deref(),
            wanted,
            "elsewhere the newest wins"
        );
        assert!(place.collab.conflicts().unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_was_taken_off_the_list_is_settled_by_the_newest() {
    let mut order = Order::new();
    let (ana, bor) = (
        Place::joined(1, &order).await,
        Place::joined(2, &order).await,
    );
    ana.sync(&mut order).await;
    ana.collab
        .set_critical_fields(Some(&list("")), at(1))
        .await
        .unwrap();
    ana.sync(&mut order).await;
    ana.set("credit_limit", "8000", 2).await;
    bor.set("credit_limit", "6000", 3).await;
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    ana.sync(&mut order).await;
    for place in [&ana, &bor] {
        assert_eq!(
            place.value("credit_limit").as_deref(),
            Some("6000"),
            "nobody is asked"
        );
        assert!(place.collab.conflicts().unwrap().is_empty());
    }

    ana.collab.set_critical_fields(None, at(9)).await.unwrap();
    let known = ana.collab.critical_fields().unwrap();
    assert_eq!(
        known,
        CriticalFields::default(),
        "shown at once, while it waits"
    );
}

#[tokio::test]
async fn a_list_is_set_by_admins_alone() {
    let mut order = Order::new();
    let alone = Place::new(9);
    let answer = alone
        .collab
        .set_critical_fields(None, at(1))
        .await
        .unwrap_err();
    assert!(matches!(answer, Error::NoTeam), "{answer}");
    let bor = Place::joined(2, &order).await;
    bor.sync(&mut order).await;
    let answer = bor
        .collab
        .set_critical_fields(None, at(1))
        .await
        .unwrap_err();
    assert!(
        matches!(answer, Error::Op(OpProblem::AdminsOnly)),
        "{answer}"
    );
    assert_eq!(bor.waiting(), 0, "nothing goes out");
}
