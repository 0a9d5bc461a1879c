//! Several desks, lines that drop, repeat and come late: all end alike, with all that was acknowledged.

use std::collections::BTreeMap;

use kontor_collab::{Desk, Error};
use kontor_protocol::{Body, ClientFrame, DeviceId, Op, OpId, ServerFrame};
use rstest::rstest;
use uuid::Uuid;

use crate::support::{Dice, Order, Place, Who, at, customer, member, splice, text};

/// One desk's connection: what is under way to it.
struct Wire {
    desk: Desk,
    who: Who,
    inbox: Vec<ServerFrame>,
}

async fn check(places: &[Place], order: &mut Order) {
    for place in places.iter().chain(places) {
        place.sync(order).await;
    }
    let seen = |p: &Place| {
        let notes: BTreeMap<_, _> = p
            .collab
            .notes()
            .unwrap()
            .into_iter()
            .map(|n| (n.subject.clone(), n))
            .collect();
        let records: Vec<_> = (0..3)
            .map(|n| p.collab.record(&customer(n)).unwrap())
            .collect();
        let history = p.collab.note_history(&customer(0)).unwrap();
        let history: Vec<_> = history
            .into_iter()
            .map(|v| (v.version, v.op_id, v.seq))
            .collect();
        let conflicts: Vec<_> = p
            .collab
            .conflicts()
            .unwrap()
            .into_iter()
            .map(|c| (c.id, c.values))
            .collect();
        (notes, records, history, conflicts)
    };
    let first = seen(&places[0]);
    for place in &places[1..] {
        assert_eq!(seen(place), first, "desks agree");
        assert_eq!(place.waiting(), 0, "queues are empty");
    }
    let versions = first.2.len() as u64;
    for version in 1..=versions {
        let of = |p: &Place| {
            p.collab
                .note(&customer(0), Some(version))
                .unwrap()
                .unwrap()
                .text
        };
        assert!(
            places.iter().all(|p| of(p) == of(&places[0])),
            "version {version}"
        );
    }
}

#[rstest]
#[case(1)]
#[case(2)]
#[case(3)]
#[case(4)]
#[case(5)]
#[tokio::test]
async fn desks_converge_over_bad_lines(#[case] seed: u64) {
    let mut order = Order::new();
    let mut dice = Dice(seed);
    let mut places = Vec::new();
    for n in 1..=3 {
        places.push(Place::joined(n, &order).await);
    }
    let mut wires: Vec<Option<Wire>> = vec![None, None, None];
    for step in 0..220 {
        let n = usize::try_from(dice.below(3)).unwrap();
        let place = &mut places[n];
        match dice.below(12) {
            0..4 => edit(place, &mut dice, step).await,
            4 => {
                let value = ["open", "done", "waiting"][usize::try_from(dice.below(3)).unwrap()];
                place.set("status", value, step).await;
            }
            5 => {
                place
                    .set("credit_limit", &dice.below(3).to_string(), step)
                    .await;
            }
            6 => wires[n] = None,
            7 => {
                place.collab = place.other_process();
                wires[n] = None;
            }
            _ => talk(place, &mut wires[n], &mut order, &mut dice).await,
        }
    }
    check(&places, &mut order).await;
}

async fn edit(place: &Place, dice: &mut Dice, step: i64) {
    let subject = u32::try_from(dice.below(2)).unwrap();
    let length = place.text(subject).chars().count() as u64;
    let from = usize::try_from(dice.below(length + 1)).unwrap();
    let delete = usize::try_from(dice.below(3))
        .unwrap()
        .min(usize::try_from(length).unwrap() - from);
    place
        .write(subject, splice(from, delete, &format!("{step}č ")), step)
        .await;
}

/// One exchange on a line that loses, repeats and delays.
async fn talk(place: &Place, wire: &mut Option<Wire>, order: &mut Order, dice: &mut Dice) {
    let mut open = wire.take().unwrap_or_else(|| {
        let mut desk = Desk::new(place.collab.clone());
        let mut who = None;
        let hello = desk.hello("token").unwrap();
        let inbox = order.take(&mut who, hello);
        Wire { desk, who, inbox }
    });
    if let Some(push) = open.desk.next_push().unwrap() {
        if dice.below(4) == 0 {
            return; // Lost, and the line with it.
        }
        let answers = order.take(&mut open.who, push);
        open.inbox.extend(answers);
    }
    let arrived = usize::try_from(dice.below(open.inbox.len() as u64 + 1)).unwrap();
    for frame in open.inbox.drain(..arrived).collect::<Vec<_>>() {
        let welcome = matches!(frame, ServerFrame::Welcome(_));
        let again = (!welcome && dice.below(4) == 0).then(|| frame.clone());
        for frame in [Some(frame), again].into_iter().flatten() {
            open.desk.take(frame, at(60)).await.unwrap();
        }
    }
    if dice.below(8) > 0 {
        *wire = Some(open);
    }
}

#[tokio::test]
async fn an_acknowledgement_that_was_lost_costs_nothing() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    p.write(1, text("ena"), 1).await;
    let mut desk = Desk::new(p.collab.clone());
    let mut who = None;
    let hello = desk.hello("token").unwrap();
    for frame in order.take(&mut who, hello) {
        desk.take(frame, at(2)).await.unwrap();
    }
    let push = desk.next_push().unwrap().unwrap();
    assert_eq!(desk.next_push().unwrap(), None, "it is under way");
    drop(order.take(&mut who, push));
    assert_eq!(p.waiting(), 1, "we do not know");
    let taken = p.sync(&mut order).await;
    assert_eq!(taken.acked.len(), 1, "the event says so");
    assert_eq!((order.events.len(), p.waiting()), (4, 0), "once");
    assert_eq!(p.text(1), "ena");
}

#[rstest]
#[case::one_missing(&[1, 2, 4], Some((2, 4)))]
#[case::late(&[2, 1], Some((0, 2)))]
#[case::repeated(&[1, 1, 2, 1, 2, 3], None)]
#[tokio::test]
async fn events_follow_on_each_other(#[case] seqs: &[u64], #[case] gap: Option<(u64, u64)>) {
    let mut order = Order::new();
    for n in 0..3 {
        let op = Op::new(
            OpId(Uuid::from_u128(100 + n)),
            at(1),
            customer(1),
            Body::Replied {
                title: None,
                answered_after_seconds: None,
            },
        );
        order.append(member(2), DeviceId(Uuid::from_u128(2)), op);
    }
    let p = Place::joined(1, &order).await;
    let mut desk = Desk::new(p.collab.clone());
    desk.hello("token").unwrap();
    desk.take(order.welcome(member(1)), at(2)).await.unwrap();
    let mut found = None;
    for seq in seqs {
        let events = vec![order.events[usize::try_from(*seq).unwrap() - 1].clone()];
        match desk.take(ServerFrame::Event { events }, at(3)).await {
            Ok(_) => {}
            Err(Error::Gap { have, got }) => {
                found = Some((have, got));
                break;
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(found, gap);
}

#[tokio::test]
async fn a_page_with_a_gap_changes_nothing() {
    let mut order = Order::new();
    let writer = Place::joined(2, &order).await;
    writer.write(1, text("ena"), 1).await;
    writer.write(1, text("dve"), 2).await;
    writer.sync(&mut order).await;
    let p = Place::joined(1, &order).await;
    let mut desk = Desk::new(p.collab.clone());
    desk.hello("token").unwrap();
    desk.take(order.welcome(member(1)), at(2)).await.unwrap();
    let mut events = order.events.clone();
    events.remove(3);
    let error = desk
        .take(ServerFrame::Event { events }, at(3))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Gap { have: 3, got: 5 }), "{error}");
    assert_eq!(p.collab.team().unwrap().unwrap().cursor, 0);
    assert!(p.collab.members().unwrap().is_empty() && p.text(1).is_empty());
}

#[tokio::test]
async fn damaged_and_senseless_events_do_no_harm() {
    let mut order = Order::new();
    let (ana, bor) = (
        Place::joined(1, &order).await,
        Place::joined(2, &order).await,
    );
    ana.write(1, text("ena"), 1).await;
    ana.sync(&mut order).await;
    let mut desk = Desk::new(bor.collab.clone());
    desk.hello("token").unwrap();
    desk.take(order.welcome(member(2)), at(2)).await.unwrap();
    let mut events = order.events.clone();
    events[3].op.checksum = "0".repeat(32);
    let error = desk
        .take(ServerFrame::Event { events }, at(2))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Damaged(4)), "{error}");

    for n in 0..3 {
        let update = vec![b'x'; usize::try_from(n).unwrap() * 40 + 1];
        let mentions = Vec::new();
        let op = Op::new(
            OpId(Uuid::from_u128(200 + n)),
            at(3),
            customer(1),
            Body::Note { update, mentions },
        );
        order.append(member(3), DeviceId(Uuid::from_u128(3)), op);
    }
    ana.write(1, text(" dve"), 4).await;
    for place in [&ana, &bor, &ana, &bor] {
        place.sync(&mut order).await;
    }
    for place in [&ana, &bor] {
        assert_eq!(place.text(1), "ena dve");
        let versions = place.collab.note_history(&customer(1)).unwrap().len();
        assert_eq!(versions, 2, "what is no edit makes no version");
    }
}

#[tokio::test]
async fn a_long_queue_is_told_in_order_and_in_parts() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    let edits = (0..1500).map(|n| text(&format!("{n} "))).collect();
    p.collab
        .edit_note_all(&customer(1), edits, at(1))
        .await
        .unwrap();
    let mut desk = Desk::new(p.collab.clone());
    desk.hello("token").unwrap();
    assert_eq!(
        desk.next_push().unwrap(),
        None,
        "nothing before the welcome"
    );
    desk.take(order.welcome(member(1)), at(1)).await.unwrap();
    assert_eq!(
        desk.next_push().unwrap(),
        None,
        "nothing before what there is was read"
    );
    for frame in order.after(0) {
        desk.take(frame, at(1)).await.unwrap();
    }
    let mut told = 0;
    while let Some(ClientFrame::Push { ops }) = desk.next_push().unwrap() {
        assert!(ops.len() <= 256);
        told += ops.len();
    }
    assert_eq!(
        (told, desk.in_flight()),
        (1024, 1024),
        "no more than the server can take"
    );
    p.sync(&mut order).await;
    let other = Place::joined(2, &order).await;
    other.sync(&mut order).await;
    assert_eq!(other.text(1), p.text(1));
}
