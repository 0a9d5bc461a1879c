//! Every desk gets exactly what it lacks, at its own pace.

use kontor_protocol::{ClientFrame, ServerFrame};
use kontor_server::core::hub::limits::Limits;
use kontor_server::http::doors::HEAD;

use crate::house::{House, Line, PATIENCE, note};

async fn push(line: &mut Line, pushes: usize, each: usize, size: usize) {
    let before = line.acks.len();
    for _ in 0..pushes {
        line.push((0..each).map(|_| note(size)).collect()).await;
        let want = line.acks.len() + each;
        line.until("the acks", |l| l.acks.len() >= want).await;
    }
    assert_eq!(line.acks.len(), before + pushes * each);
}

/// Everything that was on its way when this was asked has come.
async fn settle(line: &mut Line) {
    line.say(&ClientFrame::Ping { nonce: 1 }).await;
    loop {
        match line.frame().await.expect("the line stays") {
            ServerFrame::Event { events } => line.events.extend(events),
            ServerFrame::Pong { .. } => return,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_desk_that_comes_back_gets_exactly_what_it_missed() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let bor = house.member(ana.org, "bor@cebela.example").await;
    let mut writer = house.line(&ana, 2).await;
    push(&mut writer, 7, 200, 30).await;
    let head = 2 + 1400;
    for cursor in [0, 1, 2, 401, 402, 1000, head - 1, head] {
        let (mut line, welcome) = house.line_of(&bor, cursor, None).await;
        assert_eq!(welcome.head, head);
        line.until("what was missed", |l| {
            l.events.len() as u64 == head - cursor
        })
        .await;
        settle(&mut line).await;
        assert_eq!(
            line.seqs(),
            (cursor + 1..=head).collect::<Vec<_>>(),
            "after {cursor}"
        );
    }
    let (mut line, welcome) = house.line_of(&bor, head, None).await;
    push(&mut writer, 1, 3, 30).await;
    line.until("what is new", |l| l.events.len() == 3).await;
    assert_eq!(line.seqs(), [head + 1, head + 2, head + 3]);

    let same = Some(welcome.epoch.clone());
    let (mut line, _) = house.line_of(&bor, head, same).await;
    line.until("what is new", |l| l.events.len() == 3).await;
    assert_eq!(
        line.events[0].seq,
        head + 1,
        "the cursor counts in this store"
    );
    let other = Some("another store".to_owned());
    let (mut line, _) = house.line_of(&bor, head, other).await;
    line.until("everything", |l| l.events.len() as u64 == head + 3)
        .await;
    assert_eq!(
        line.events[0].seq, 1,
        "a cursor of another store counts nothing here"
    );
    let (mut line, _) = house.line_of(&bor, head + 99, None).await;
    line.until("everything", |l| l.events.len() as u64 == head + 3)
        .await;
    assert_eq!(line.events[0].seq, 1, "nor does one that was never reached");
}

#[tokio::test]
async fn large_events_come_in_frames_that_can_be_borne() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let mut writer = house.line(&ana, 1).await;
    push(&mut writer, 8, 4, 300_000).await;
    let mut line = house.line(&ana, 1).await;
    let (mut largest, mut count) = (0, 0);
    while count < 32 {
        if let Some(ServerFrame::Event { events }) = line.frame().await {
            let bytes = serde_json::to_string(&events).unwrap().len();
            largest = largest.max(bytes);
            count += events.len();
        }
    }
    assert!(largest < 2 << 20, "{largest} bytes in a frame");
}

#[tokio::test]
async fn a_desk_that_does_not_read_stops_nobody_and_gets_everything_later() {
    const PUSHES: usize = 45;
    const EACH: usize = 100;
    // The deaf desk says nothing either, for as long as a busy machine takes.
    let limits = Limits {
        heartbeat: PATIENCE,
        ..Limits::default()
    };
    let house = House::with(limits, HEAD).await;
    let ana = house.org("cebela").await;
    let bor = house.member(ana.org, "bor@cebela.example").await;
    let cene = house.member(ana.org, "cene@cebela.example").await;
    let mut writer = house.line(&ana, 3).await;
    let mut deaf = house.line(&bor, 3).await;
    let mut quick = house.line(&cene, 3).await;
    // 24 MB: more than the sockets, the ring and everything between hold.
    for _ in 0..PUSHES {
        push(&mut writer, 1, EACH, 4000).await;
        let want = quick.events.len() + EACH;
        quick.until("the events", |l| l.events.len() == want).await;
        writer.events.clear();
    }
    let want: Vec<u64> = (4..4 + (PUSHES * EACH) as u64).collect();
    assert_eq!(
        quick.seqs(),
        want,
        "the quick desk had them all while the deaf one read nothing"
    );
    deaf.until("everything", |l| l.events.len() == PUSHES * EACH)
        .await;
    assert_eq!(deaf.seqs(), want, "later, but all, in order");
}

#[tokio::test]
async fn the_server_stops_politely() {
    let limits = Limits {
        hello: 2 * PATIENCE,
        ..Limits::default()
    };
    let house = House::with(limits, HEAD).await;
    let ana = house.org("cebela").await;
    let mut line = house.line(&ana, 1).await;
    push(&mut line, 1, 10, 10).await;
    let mut mute = Line::dial(house.address).await;
    house.close().await;
    assert_eq!(line.closed().await, None, "closed, not refused");
    assert_eq!(
        mute.closed().await,
        None,
        "who says nothing holds nobody up"
    );
}
