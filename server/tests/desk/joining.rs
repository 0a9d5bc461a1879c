//! A new desk of an old organisation gets what its events have come to.

use std::collections::BTreeSet;

use kontor_protocol::{
    Body, ClientFrame, Event, Fold, Hello, Op, ServerFrame, SignedIn, SnapshotPage, SnapshotPlace,
    SnapshotRow, VERSION,
};
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::snapshot::step;
use kontor_server::core::storage::{Snapshots as _, Storage as _};
use kontor_server::http::doors::HEAD;

use crate::house::{House, Line, PATIENCE, note, op};

/// A server that folds by itself after so many events.
async fn house(fold_every: u64) -> House {
    let limits = Limits {
        fold_every,
        fold_edits: 2,
        ..Limits::default()
    };
    House::with(limits, HEAD).await
}

fn set(customer: u64, value: &str) -> Op {
    let body = Body::Record {
        field: "phone".to_owned(),
        value: Some(value.to_owned()),
        base: None,
    };
    op(&format!("customer:{customer}"), body)
}

async fn push(line: &mut Line, ops: Vec<Op>) {
    let want = line.acks.len() + ops.len();
    for some in ops.chunks(200) {
        line.push(some.to_vec()).await;
    }
    line.until("the acks", |l| l.acks.len() == want).await;
}

/// Waits until the server has folded so far, as it does behind everybody's back.
async fn folded(house: &House, desk: &SignedIn, upto: u64) {
    let patience = async {
        while house.storage.snapshot_head(desk.org).await.unwrap().upto < upto {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, patience)
        .await
        .expect("it folds");
}

async fn fold_up(house: &House, desk: &SignedIn) -> u64 {
    let mut upto = 0;
    loop {
        let head = step(&house.storage, desk.org, 2).await.unwrap();
        if head.upto == upto {
            return upto;
        }
        upto = head.upto;
    }
}

async fn ask(house: &House, desk: &SignedIn, snapshot: Option<SnapshotPlace>) -> Line {
    let mut line = Line::dial(house.address).await;
    let hello = Hello {
        version: VERSION,
        token: desk.token.clone(),
        device: desk.device,
        cursor: 0,
        epoch: None,
        capabilities: vec!["snapshot".to_owned()],
        snapshot,
    };
    line.say(&ClientFrame::Hello(hello)).await;
    line
}

/// The pages of a snapshot, in order.
async fn pages(line: &mut Line) -> Vec<SnapshotPage> {
    let mut pages: Vec<SnapshotPage> = Vec::new();
    while pages.last().is_none_or(|page| page.end.is_none()) {
        match line.frame().await.expect("the line stays") {
            ServerFrame::Snapshot(page) => pages.push(*page),
            ServerFrame::Event { events } => panic!("events before the end: {events:?}"),
            _ => {}
        }
    }
    pages
}

/// Rows put together, as they were told.
fn rows(pages: &[SnapshotPage]) -> Vec<SnapshotRow> {
    let mut rows: Vec<SnapshotRow> = Vec::new();
    for row in pages.iter().flat_map(|page| &page.rows) {
        match rows.last_mut().filter(|last| last.more) {
            Some(last) => {
                last.fold.push_str(&row.fold);
                last.more = row.more;
            }
            None => rows.push(row.clone()),
        }
    }
    rows
}

fn fold_of(rows: &[SnapshotRow], customer: u64) -> Fold {
    let name = format!("customer:{customer}");
    let mut found = rows.iter().filter(|row| row.subject.to_string() == name);
    found.next_back().unwrap().read().unwrap()
}

#[tokio::test]
async fn it_is_told_folds_and_then_events() {
    let house = house(100).await;
    let ana = house.org("cebela").await;
    let bor = house.member(ana.org, "bor@cebela.example").await;
    let mut writer = house.line(&ana, 2).await;
    push(
        &mut writer,
        (0..1500).map(|n| set(n % 40, &n.to_string())).collect(),
    )
    .await;
    folded(&house, &ana, 1403).await;
    let head = house.storage.org(ana.org).await.unwrap().unwrap().head;

    let mut line = ask(&house, &bor, Some(SnapshotPlace::default())).await;
    let told = pages(&mut line).await;
    let end = told.last().unwrap().end.unwrap();
    let rows = rows(&told);
    let subjects: BTreeSet<String> = rows.iter().map(|row| row.subject.to_string()).collect();
    assert_eq!(
        subjects.len(),
        41,
        "each customer, and the organisation's people"
    );
    let mut before = SnapshotPlace::default();
    for page in &told {
        assert!(
            page.after.is_start() || page.after == before,
            "each follows on the one before"
        );
        before = page.place.clone();
    }
    let recent: Vec<u64> = told.iter().flat_map(|p| &p.recent).map(|e| e.seq).collect();
    assert_eq!(recent, (end - 999..=end).collect::<Vec<_>>());
    line.until("what came later", |l| l.events.len() as u64 == head - end)
        .await;
    assert_eq!(
        line.seqs(),
        (end + 1..=head).collect::<Vec<_>>(),
        "and then events"
    );
    let events: Vec<Event> = house.storage.events(ana.org, 0, 2000).await.unwrap();
    for customer in 0..40 {
        let mut whole = Fold::default();
        let name = format!("customer:{customer}");
        for event in events
            .iter()
            .filter(|e| e.seq <= end && e.op.subject.to_string() == name)
        {
            whole.take(event.clone());
        }
        whole.tidy();
        assert_eq!(fold_of(&rows, customer), whole, "customer {customer}");
    }

    let mut older = ask(&house, &bor, None).await;
    older
        .until("all events", |l| l.events.len() as u64 == head)
        .await;
    assert_eq!(older.seqs()[0], 1, "who does not ask reads everything");
}

#[tokio::test]
async fn it_goes_on_where_it_was_torn() {
    let house = house(u64::MAX).await;
    let ana = house.org("cebela").await;
    let mut writer = house.line(&ana, 1).await;
    push(&mut writer, (0..400).map(|n| set(n % 100, "1")).collect()).await;
    assert_eq!(fold_up(&house, &ana).await, 401);
    let mut line = ask(&house, &ana, Some(SnapshotPlace::default())).await;
    let first = loop {
        if let Some(ServerFrame::Snapshot(page)) = line.frame().await {
            break *page;
        }
    };
    drop(line);
    assert!(first.rows.len() < 100, "a part");
    let seen = rows(std::slice::from_ref(&first));
    let news = seen.last().unwrap().subject.to_string();
    let customer: u64 = news.strip_prefix("customer:").unwrap().parse().unwrap();
    push(&mut writer, (0..200).map(|_| set(customer, "2")).collect()).await;
    assert_eq!(fold_up(&house, &ana).await, 601);

    let mut line = ask(&house, &ana, Some(first.place.clone())).await;
    let rest = rows(&pages(&mut line).await);
    let again: Vec<&SnapshotRow> = rest
        .iter()
        .filter(|row| seen.iter().any(|s| s.subject == row.subject))
        .collect();
    assert_eq!(again.len(), 1, "only what has news comes again");
    assert_eq!((again[0].subject.to_string(), again[0].upto), (news, 601));
    assert_eq!(rest.len() + seen.len(), 102);

    let elsewhere = SnapshotPlace {
        life: "another".to_owned(),
        ..first.place
    };
    let mut line = ask(&house, &ana, Some(elsewhere)).await;
    assert_eq!(
        rows(&pages(&mut line).await).len(),
        101,
        "from the beginning"
    );
}

#[tokio::test]
async fn large_folds_come_in_frames_that_can_be_borne() {
    let house = house(u64::MAX).await;
    let ana = house.org("cebela").await;
    let mut writer = house.line(&ana, 1).await;
    push(&mut writer, (0..4).map(|_| note(700_000)).collect()).await;
    push(&mut writer, (0..200).map(|n| set(n % 3, "1")).collect()).await;
    fold_up(&house, &ana).await;
    let mut line = ask(&house, &ana, Some(SnapshotPlace::default())).await;
    let told = pages(&mut line).await;
    let largest = told
        .iter()
        .map(|page| serde_json::to_string(page).unwrap().len())
        .max();
    assert!(largest.unwrap() < 4 << 20, "{largest:?}");
    let whole = fold_of(&rows(&told), 4711);
    assert_eq!(whole.events.len(), 4, "in pieces, and whole");
}

#[tokio::test]
async fn nobody_is_told_another_organisations_folds() {
    let house = house(u64::MAX).await;
    let (ana, eve) = (house.org("cebela").await, house.org("osa").await);
    let mut writer = house.line(&ana, 1).await;
    push(&mut writer, (0..300).map(|n| set(n, "1")).collect()).await;
    fold_up(&house, &ana).await;
    let place = SnapshotPlace {
        life: house.storage.snapshot_head(ana.org).await.unwrap().life,
        ..SnapshotPlace::default()
    };
    let mut line = ask(&house, &eve, Some(place)).await;
    line.until("her own events", |l| l.events.len() == 1).await;
    assert_eq!(line.events[0].member, eve.member);
}
