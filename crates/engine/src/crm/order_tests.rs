//! Lists in the order of business, documents found by number, and views.

use kontor_model::{Millis, Role};
use rstest::rstest;

use super::ListOrder;
use super::tests::{Desk, NOW, PLAIN};
use crate::lists::Scope;

/// Three customers: one late and small, one big and on time, one tied by hand; mails S1 to S6.
async fn company() -> Desk {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example", "2 cene@drugi.example", "3"])
        .await;
    desk.documents(&[
        "invoice RA-2026-1 1 2026-10-01 2026-10-20 100 0",
        "invoice RA-2026-2 2 2026-11-01 2026-12-20 5000 0",
        "invoice RB-2026-3 3 2026-09-01 2026-11-01 900 0",
    ])
    .await;
    desk.write(|w| {
        w.follow("3")?;
        w.hold_customer("3", 5, false, 5)
    })
    .await;
    for (n, from) in [
        (1, "bor@kupec.example"),
        (2, "cene@drugi.example"),
        (3, "kdo@drugje.example"),
        (4, "tujec@drugje.example"),
        (5, "bor@kupec.example"),
        (6, "zadnji@drugje.example"),
    ] {
        let head = format!("From: {from}\r\nTo: maja@hrast.example\r\nSubject: S{n}");
        desk.mail(n, &head, PLAIN).await;
    }
    desk.engine.link("kdo@drugje.example", "3").await.unwrap();
    desk
}

async fn listed(desk: &Desk, order: ListOrder) -> String {
    let (mut shown, mut after) = (Vec::new(), None);
    loop {
        let scope = Scope::Role(Role::Inbox);
        let page = desk.engine.threads(scope, order, after, 2).await.unwrap().0;
        shown.extend(page.rows.into_iter().map(|row| row.subject));
        match page.next {
            Some(next) => after = Some(next),
            None => return shown.join(" "),
        }
    }
}

#[rstest]
#[case(ListOrder::Newest, "S6 S5 S4 S3 S2 S1")]
#[case(ListOrder::Overdue, "S5 S1 S3 S6 S4 S2")]
#[case(ListOrder::Value, "S2 S3 S5 S1 S6 S4")]
#[tokio::test]
async fn a_list_stands_in_the_order_of_business(#[case] order: ListOrder, #[case] want: &str) {
    let desk = company().await;
    assert_eq!(listed(&desk, order).await, want);
}

#[tokio::test]
async fn what_changes_is_weighed_anew() {
    let desk = company().await;
    assert_eq!(listed(&desk, ListOrder::Overdue).await, "S5 S1 S3 S6 S4 S2");
    let head = "From: bor@kupec.example\r\nTo: maja@hrast.example\r\nSubject: S7";
    desk.arrive(7, head, PLAIN).await;
    assert_eq!(
        listed(&desk, ListOrder::Overdue).await,
        "S7 S5 S1 S3 S6 S4 S2",
        "a mail that came"
    );
    desk.documents(&["invoice RA-2026-9 2 2026-01-01 2026-02-01 10 0"])
        .await;
    assert_eq!(
        listed(&desk, ListOrder::Overdue).await,
        "S7 S5 S1 S3 S6 S4 S2",
        "rows rest while facts stream in"
    );
    desk.engine.ctx.clock.set(Millis(NOW + 5000));
    assert_eq!(
        listed(&desk, ListOrder::Overdue).await,
        "S2 S7 S5 S1 S3 S6 S4",
        "then they follow"
    );
}

#[tokio::test]
async fn the_first_mail_of_a_customers_other_address_is_weighed_like_the_others() {
    let desk = company().await;
    desk.customers(&["1 bor@kupec.example racuni@kupec.example"])
        .await;
    assert_eq!(listed(&desk, ListOrder::Overdue).await, "S5 S1 S3 S6 S4 S2");
    desk.engine.ctx.clock.set(Millis(NOW + 5000));
    listed(&desk, ListOrder::Overdue).await;
    let head = "From: racuni@kupec.example\r\nTo: maja@hrast.example\r\nSubject: S7";
    desk.arrive(7, head, PLAIN).await;
    desk.engine.ctx.clock.set(Millis(NOW + 10_000));
    let weighed = "S7 S5 S1 S3 S6 S4 S2";
    assert_eq!(listed(&desk, ListOrder::Overdue).await, weighed);
}

#[tokio::test]
async fn mail_that_comes_in_bulk_is_shown_at_once_and_weighed_within_a_minute() {
    let desk = company().await;
    assert_eq!(listed(&desk, ListOrder::Overdue).await, "S5 S1 S3 S6 S4 S2");
    let head = "From: bor@kupec.example\r\nTo: maja@hrast.example\r\nSubject: S8";
    desk.mail(8, head, PLAIN).await;
    let unweighed = "S5 S1 S3 S8 S6 S4 S2";
    assert_eq!(listed(&desk, ListOrder::Overdue).await, unweighed);
    desk.arrive(9, &head.replace("S8", "S9"), PLAIN).await;
    let unweighed = "S9 S5 S1 S3 S8 S6 S4 S2";
    assert_eq!(listed(&desk, ListOrder::Overdue).await, unweighed);
    desk.engine.ctx.clock.set(Millis(NOW + 60_000));
    let weighed = "S9 S8 S5 S1 S3 S6 S4 S2";
    assert_eq!(listed(&desk, ListOrder::Overdue).await, weighed);
}

#[tokio::test]
async fn a_place_in_another_order_is_none_here() {
    let desk = company().await;
    for (order, cursor) in [
        (ListOrder::Value, "12"),
        (ListOrder::Newest, "12.12"),
        (ListOrder::Overdue, "nonsense.1"),
    ] {
        let page = desk
            .engine
            .threads(Scope::Role(Role::Inbox), order, Some(cursor.to_owned()), 2);
        assert!(page.await.is_err(), "{cursor}");
    }
}

#[rstest]
#[case::begun("RA-20", "RA-2026-2 2 Firma 2, RA-2026-1 1 Firma 1")]
#[case::whole("ra2026-1", "RA-2026-1 1 Firma 1")]
#[case::among_words("plačilo RB-2026", "RB-2026-3 3 Firma 3")]
#[case::nothing("RZ-2026", "")]
#[case::words("plačilo", "")]
#[tokio::test]
async fn documents_are_found_by_their_numbers(#[case] text: &str, #[case] want: &str) {
    let desk = company().await;
    let found = desk.engine.documents_numbered_like(text, 5).await.unwrap();
    let shown = found.iter().map(|found| {
        let number = &found.document.number;
        format!("{number} {} {}", found.customer, found.customer_name)
    });
    assert_eq!(shown.collect::<Vec<_>>().join(", "), want, "{text}");
}

async fn views(desk: &Desk) -> String {
    let views = desk.engine.views().await.unwrap().views.into_iter();
    let shown = views.map(|view| {
        let (name, total, unread) = (view.name.unwrap_or_default(), view.total, view.unread);
        format!("{}:{name}:{}:{total}/{unread}", view.id, view.search)
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn views_are_offered_kept_renamed_and_removed() {
    let desk = company().await;
    assert_eq!(
        views(&desk).await,
        "overdue::overdue:30:2/2, first::first:contact:2/2"
    );
    let engine = &desk.engine;
    let id = engine
        .keep_view(None, " Novi ", "subject:s4")
        .await
        .unwrap();
    engine.remove_view("first").await.unwrap();
    engine
        .keep_view(Some("overdue"), "Zamujajo", "overdue:20")
        .await
        .unwrap();
    assert_eq!(
        views(&desk).await,
        format!("overdue:Zamujajo:overdue:20:3/3, {id}:Novi:subject:s4:1/1")
    );
    engine
        .keep_view(Some(&id), "Drugi", "subject:s9")
        .await
        .unwrap();
    engine.remove_view("overdue").await.unwrap();
    engine.remove_view("nobody").await.unwrap();
    assert_eq!(views(&desk).await, format!("{id}:Drugi:subject:s9:0/0"));
}

#[rstest]
#[case::no_name(None, " ", "is:unread")]
#[case::no_search(None, "Moje", " ")]
#[case::unknown(Some("v9"), "Moje", "is:unread")]
#[tokio::test]
async fn a_view_that_is_none_is_refused(
    #[case] id: Option<&str>,
    #[case] name: &str,
    #[case] search: &str,
) {
    let desk = Desk::new().await;
    assert!(desk.engine.keep_view(id, name, search).await.is_err());
    assert_eq!(views(&desk).await, "", "without an ERP nothing is offered");
}
