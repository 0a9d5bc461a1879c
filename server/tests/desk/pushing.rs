//! Operations become events, once, in order, for everybody.

use kontor_protocol::{Body, ClientFrame, ServerFrame};

use crate::house::{House, note, op};

#[tokio::test]
async fn what_one_desk_pushes_every_desk_gets() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let bor = house.member(ana.org, "bor@cebela.example").await;
    let (mut first, welcome) = house.line_of(&ana, 0, None).await;
    assert_eq!(
        (welcome.org.name.as_str(), welcome.member),
        ("cebela", ana.member)
    );
    assert_eq!(welcome.head, 2, "two members arrived");
    let mut second = house.line(&bor, 2).await;

    let ops = vec![note(10), note(20)];
    first.push(ops.clone()).await;
    first.until("the acks", |l| l.acks.len() == 2).await;
    let acked: Vec<_> = first.acks.iter().map(|a| (a.op_id, a.seq)).collect();
    assert_eq!(
        acked,
        [(ops[0].op_id, 3), (ops[1].op_id, 4)],
        "acks in order"
    );

    second.until("the events", |l| l.events.len() == 2).await;
    assert_eq!(second.seqs(), [3, 4]);
    for (event, op) in second.events.iter().zip(&ops) {
        assert_eq!(&event.op, op, "as it was pushed");
        assert_eq!(event.op.check(), Ok(()), "undamaged");
        assert_eq!(
            (event.member, event.device),
            (ana.member, ana.device),
            "as the token says"
        );
    }
    first.until("its own events", |l| l.events.len() == 4).await;
    assert_eq!(
        first.seqs(),
        [1, 2, 3, 4],
        "the members' arrival, then its own"
    );
    assert_eq!(first.events[2..], second.events, "live is what is read");

    let mut later = house.line(&bor, 0).await;
    later
        .until("all from the storage", |l| l.events.len() == 4)
        .await;
    assert_eq!(
        later.events, first.events,
        "what is read later is what was sent live"
    );
}

#[tokio::test]
async fn an_operation_is_applied_once() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let mut line = house.line(&ana, 1).await;
    let (one, other) = (note(1), note(2));
    line.push(vec![one.clone(), one.clone(), other.clone()])
        .await;
    line.push(vec![other, one.clone()]).await;
    line.until("five acks", |l| l.acks.len() == 5).await;
    let seqs: Vec<u64> = line.acks.iter().map(|ack| ack.seq).collect();
    assert_eq!(
        seqs,
        [2, 2, 3, 3, 2],
        "the same answer again, in one push and in two"
    );

    // From another desk after a reconnect, it is still the same operation.
    let laptop = house.device(&ana).await;
    let mut again = house.line(&laptop, 3).await;
    again.push(vec![one]).await;
    again.until("the ack", |l| l.acks.len() == 1).await;
    assert_eq!(again.acks[0].seq, 2);
    again.say(&ClientFrame::Ping { nonce: 7 }).await;
    loop {
        match again.frame().await.expect("the line stays") {
            ServerFrame::Event { events } => panic!("nothing new happened: {events:?}"),
            ServerFrame::Pong { nonce } => break assert_eq!(nonce, 7),
            _ => {}
        }
    }
}

#[tokio::test]
async fn many_desks_push_at_once_and_the_order_has_no_gaps() {
    const DESKS: usize = 8;
    const PUSHES: usize = 40;
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let mut lines = Vec::new();
    for _ in 0..DESKS {
        let desk = house.device(&ana).await;
        lines.push(house.line(&desk, 1).await);
    }
    let done = futures::future::join_all(lines.into_iter().map(async |mut line| {
        for n in 0..PUSHES {
            line.push(vec![
                note(n + 1),
                op(
                    "customer:1",
                    Body::Replied {
                        title: None,
                        answered_after_seconds: None,
                    },
                ),
            ])
            .await;
        }
        line.until("every ack and event", |l| {
            l.acks.len() == 2 * PUSHES && l.events.len() == 2 * PUSHES * DESKS
        })
        .await;
        let mut sorted = line.acks.clone();
        sorted.sort_by_key(|ack| ack.seq);
        assert_eq!(sorted, line.acks, "a desk's own order is kept");
        line.events
    }))
    .await;
    let want: Vec<u64> = (2..2 + (2 * PUSHES * DESKS) as u64).collect();
    for events in &done {
        let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, want, "gapless, in order, at every desk");
        assert_eq!(events, &done[0], "and the same");
    }
}
