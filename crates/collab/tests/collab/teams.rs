//! Joining, leaving, coming back, changing; who is there and what they did.

use std::collections::BTreeMap;

use kontor_collab::{ActivityDetail, ActivityFilter, Collab, Error, thread_subject};
use kontor_protocol::OrgId;
use uuid::Uuid;

use crate::support::{KEY, Order, Place, at, customer, member, text};

#[tokio::test]
async fn what_was_made_before_joining_is_told_then() {
    let mut order = Order::new();
    let p = Place::new(1);
    p.write(1, text("pred ekipo"), 1).await;
    p.set("phone", "1", 2).await;
    assert_eq!(p.collab.team().unwrap(), None);
    p.join(1, &order).await;
    assert_eq!(p.waiting(), 2);
    p.sync(&mut order).await;
    assert_eq!(p.waiting(), 0);
    let note = p.collab.note(&customer(1), None).unwrap().unwrap();
    assert_eq!(note.updated_by, Some(member(1)), "the member's own");
    let bor = Place::joined(2, &order).await;
    bor.sync(&mut order).await;
    assert_eq!(
        (bor.text(1).as_str(), bor.value("phone").as_deref()),
        ("pred ekipo", Some("1"))
    );
    let names: Vec<_> = bor
        .collab
        .members()
        .unwrap()
        .into_iter()
        .map(|m| m.name)
        .collect();
    assert_eq!(names, ["Ana", "Bor", "Cene"]);
}

#[tokio::test]
async fn leaving_keeps_everything_and_coming_back_goes_on() {
    let mut order = Order::new();
    let (ana, bor) = (
        Place::joined(1, &order).await,
        Place::joined(2, &order).await,
    );
    ana.write(1, text("ena "), 1).await;
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    bor.write(1, text("dve "), 2).await;
    bor.sync(&mut order).await;
    ana.sync(&mut order).await;
    ana.collab.leave(at(3)).await.unwrap();
    assert_eq!(ana.collab.team().unwrap(), None);
    let error = ana.collab.leave(at(3)).await.unwrap_err();
    assert!(matches!(error, Error::NoTeam), "{error}");
    assert_eq!(ana.text(1), "ena dve ", "readable");
    ana.write(1, text("tri "), 4).await;
    ana.join(1, &order).await;
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    assert_eq!(
        (bor.text(1).as_str(), order.events.len()),
        ("ena dve tri ", 6),
        "each once"
    );
}

#[tokio::test]
async fn another_team_does_not_learn_of_the_former() {
    let mut former = Order::new();
    let mut next = Order::new();
    next.org = OrgId(Uuid::from_u128(88));
    let (mut ana, bor) = (
        Place::joined(1, &former).await,
        Place::joined(2, &former).await,
    );
    bor.write(1, text("med nami "), 1).await;
    bor.sync(&mut former).await;
    ana.sync(&mut former).await;
    ana.write(1, text("zame "), 2).await;
    let other_process = ana.other_process();
    other_process
        .edit_note(&customer(1), text("še "), at(2))
        .await
        .unwrap();
    ana.collab.leave(at(3)).await.unwrap();
    ana.write(2, text("sama "), 4).await;
    ana.join(1, &next).await;
    assert_eq!((ana.text(1).as_str(), ana.text(2).as_str()), ("", "sama "));
    ana.sync(&mut next).await;
    assert_eq!(next.events.len(), 4, "only what was made in no team");
    assert!(ana.collab.note_history(&customer(1)).unwrap().is_empty());
    other_process
        .edit_note(&customer(1), text("novo "), at(5))
        .await
        .unwrap();
    assert_eq!(
        ana.text(1),
        "novo ",
        "a document in memory of another process is void"
    );

    ana.join(1, &former).await;
    assert_eq!(
        ana.text(1),
        "med nami zame še ",
        "and it is all there again"
    );
    ana.sync(&mut former).await;
    bor.sync(&mut former).await;
    assert_eq!(
        (bor.text(1).as_str(), bor.text(2).as_str()),
        ("med nami zame še ", "")
    );
}

#[tokio::test]
async fn activity_tells_what_was_done() {
    let mut order = Order::new();
    let (ana, bor) = (
        Place::joined(1, &order).await,
        Place::joined(2, &order).await,
    );
    bor.sync(&mut order).await;
    bor.write(1, text("@Ana poglej"), 10).await;
    bor.set("status", "done", 11).await;
    bor.set("assignee", &member(1).to_string(), 12).await;
    bor.set("phone", "1", 13).await;
    bor.collab
        .replied(&customer(1), Some("Ponudba".to_owned()), Some(90), at(14))
        .await
        .unwrap();
    bor.sync(&mut order).await;
    let mark = ana.collab.last_activity().unwrap();
    let taken = ana.sync(&mut order).await;
    assert_eq!(taken.mentions[0].by, member(2));
    let all = |filter: &ActivityFilter| kinds(&ana.collab, filter);
    let by_bor = ActivityFilter {
        since: Some(at(1)),
        member: Some(member(2)),
        ..ActivityFilter::default()
    };
    assert_eq!(
        all(&by_bor),
        ["reply", "record", "assign", "status", "mention"]
    );
    let late = ActivityFilter {
        since: Some(at(13)),
        ..ActivityFilter::default()
    };
    assert_eq!(all(&late), ["reply", "record"]);
    let replies = ActivityFilter {
        what: Some("reply".to_owned()),
        ..ActivityFilter::default()
    };
    let reply = ana
        .collab
        .activity(&replies, None, 10)
        .unwrap()
        .rows
        .remove(0);
    assert_eq!(
        reply.detail,
        ActivityDetail::Reply {
            title: Some("Ponudba".to_owned())
        }
    );
    assert_eq!(
        (reply.name.as_deref(), reply.occurred_at, reply.received_at),
        (Some("Bor"), at(14), Some(at(100)))
    );
    let followed = ana.collab.activity_after(mark, 100).unwrap();
    assert_eq!(followed.len(), 8, "all that came, oldest first");
    assert_eq!(followed[0].what, "member");
    assert!(followed.is_sorted_by_key(|a| a.row));
}

fn kinds(collab: &Collab, filter: &ActivityFilter) -> Vec<String> {
    let mut found = Vec::new();
    let mut page = None;
    loop {
        let part = collab.activity(filter, page.as_deref(), 2).unwrap();
        found.extend(part.rows.into_iter().map(|a| a.what));
        page = part.next;
        if page.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn threads_get_the_teams_names_on_joining() {
    let mut order = Order::new();
    let p = Place::new(1);
    let own = thread_subject(&"ab".repeat(32), "root@hrast.example").unwrap();
    let shared = thread_subject(KEY, "root@hrast.example").unwrap();
    for n in 0..3 {
        p.collab
            .edit_note(&own, text("beseda "), at(n))
            .await
            .unwrap();
    }
    let done = Some("done".to_owned());
    p.collab
        .set_field(&own, "status", done, at(4))
        .await
        .unwrap();
    p.write(1, text("stranka"), 5).await;
    assert_eq!(
        p.collab.unshared_subjects().unwrap(),
        [customer(1), own.clone()]
    );
    let names = BTreeMap::from([(own.clone(), shared.clone())]);
    p.collab
        .join_renaming(order.team(1), names, at(6))
        .await
        .unwrap();
    assert_eq!(p.collab.note(&own, None).unwrap(), None);
    let note = p.collab.note(&shared, None).unwrap().unwrap();
    assert_eq!(
        (note.text.as_str(), note.version),
        ("beseda beseda beseda ", 3)
    );
    p.sync(&mut order).await;
    let bor = Place::joined(2, &order).await;
    bor.sync(&mut order).await;
    let there = bor.collab.note(&shared, None).unwrap().unwrap();
    assert_eq!((there.text, bor.text(1)), (note.text, "stranka".to_owned()));
    assert_eq!(
        bor.collab.record(&shared).unwrap().fields[0]
            .value
            .as_deref(),
        Some("done")
    );
}
