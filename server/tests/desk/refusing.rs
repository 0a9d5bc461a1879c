//! What the server does not take, and how it says so.

use std::num::NonZeroU32;
use std::time::Duration;

use futures::SinkExt as _;
use kontor_protocol::{
    Availability, Body, CRITICAL_FIELDS, ClientFrame, MAX_BATCH, MAX_FRAME_BYTES, MAX_OP_BYTES,
    MemberId, Op, OrgId, Presence, RejectCode, Role,
};
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::storage::Storage as _;
use kontor_server::http::doors::HEAD;
use kontor_testkit::Rng;
use rstest::rstest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::house::{House, Line, PATIENCE, note, op};

fn damaged() -> Op {
    let mut damaged = note(5);
    damaged.checksum = "0".repeat(32);
    damaged
}

fn record(field: &str, value: &str) -> Op {
    let body = Body::Record {
        field: field.into(),
        value: Some(value.into()),
        base: None,
    };
    op("thread:1", body)
}

fn arrival() -> Op {
    let body = Body::Member {
        member: MemberId(Uuid::nil()),
        name: "Eve".into(),
        email: "eve@example.com".into(),
        role: Role::Admin,
        active: true,
    };
    op("org:1", body)
}

#[rstest]
#[case::damaged(damaged(), RejectCode::Checksum)]
#[case::too_large(note(MAX_OP_BYTES), RejectCode::TooLarge)]
#[case::makes_itself_admin(arrival(), RejectCode::Forbidden)]
#[case::about_the_org(op("org:1", Body::Replied { title: None, answered_after_seconds: None }), RejectCode::Forbidden)]
#[case::no_field(record("Ne polje", "x"), RejectCode::Invalid)]
#[case::no_status(record("status", "maybe"), RejectCode::Invalid)]
#[case::empty(note(0), RejectCode::Invalid)]
#[tokio::test]
async fn one_bad_operation_stops_nobody(#[case] bad: Op, #[case] want: RejectCode) {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let mut line = house.line(&ana, 1).await;
    let (before, after) = (note(1), note(2));
    line.push(vec![before.clone(), bad.clone(), after.clone()])
        .await;
    line.until("the answers", |l| l.acks.len() == 2 && l.rejects.len() == 1)
        .await;
    assert_eq!(
        (line.rejects[0].op_id, line.rejects[0].code),
        (Some(bad.op_id), want)
    );
    let acked: Vec<_> = line.acks.iter().map(|a| (a.op_id, a.seq)).collect();
    assert_eq!(
        acked,
        [(before.op_id, 2), (after.op_id, 3)],
        "the good ones have no gap"
    );
}

#[tokio::test]
async fn what_holds_for_the_organisation_is_for_its_admins_to_set() {
    let house = House::open().await;
    let (ana, other) = (house.org("cebela").await, house.org("osa").await);
    let bor = house.member(ana.org, "bor@example.com").await;
    let list = |org: OrgId| {
        let body = Body::Record {
            field: CRITICAL_FIELDS.into(),
            value: Some("discount".into()),
            base: None,
        };
        op(&format!("org:{org}"), body)
    };
    for (who, org, right) in [
        (&ana, ana.org, true),
        (&bor, ana.org, false),
        (&ana, other.org, false),
    ] {
        let mut line = house.line(who, 2).await;
        line.push(vec![list(org)]).await;
        line.until("an answer", |l| l.acks.len() + l.rejects.len() == 1)
            .await;
        let refused = line.rejects.first().map(|r| (r.code, r.message.as_str()));
        let want = (
            RejectCode::Forbidden,
            "only admins of the team may set this",
        );
        assert_eq!(refused, (!right).then_some(want), "{who:?} about {org}");
    }
    let events = house.storage.events(other.org, 0, 9).await.unwrap();
    assert_eq!(events.len(), 1, "nothing came to the other organisation");
}

#[tokio::test]
async fn an_id_stands_for_one_operation() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let mut line = house.line(&ana, 1).await;
    let first = note(1);
    let forged = Op::new(
        first.op_id,
        first.occurred_at,
        first.subject.clone(),
        note(2).body,
    );
    line.push(vec![first.clone()]).await;
    line.push(vec![forged]).await;
    line.until("the answers", |l| l.acks.len() == 1 && l.rejects.len() == 1)
        .await;
    assert_eq!(line.rejects[0].code, RejectCode::Reused);
    let mut other = house.line(&ana, 1).await;
    other.until("the event", |l| l.events.len() == 1).await;
    assert_eq!(other.events[0].op, first, "what was first stays");
}

#[rstest]
#[case::garbage(Message::text("\u{0}{{{"), RejectCode::Malformed)]
#[case::no_frame(Message::text(r#"{"type":"wish"}"#), RejectCode::Malformed)]
#[case::deep(Message::text("[".repeat(100_000)), RejectCode::Malformed)]
#[case::hello_again(
    Message::text(r#"{"type":"hello","version":1,"token":"x","device":"00000000-0000-0000-0000-000000000000","cursor":0}"#),
    RejectCode::Malformed
)]
#[case::binary(Message::binary(vec![0xff; 9]), RejectCode::Malformed)]
#[case::oversized(Message::text("x".repeat(MAX_FRAME_BYTES + 1)), RejectCode::TooLarge)]
#[case::too_many(
    Message::text(serde_json::to_string(&ClientFrame::Push { ops: vec![note(1); MAX_BATCH + 1] }).unwrap()),
    RejectCode::TooLarge
)]
#[case::says_it_is_offline(
    Message::text(serde_json::to_string(&ClientFrame::Presence(Presence {
        state: Availability::Offline, viewing: None, writing: None, caret: None,
    })).unwrap()),
    RejectCode::Malformed
)]
#[tokio::test]
async fn a_bad_frame_ends_the_line(#[case] bad: Message, #[case] want: RejectCode) {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let mut line = house.line(&ana, 1).await;
    drop(line.ws.send(bad).await);
    let reject = line.closed().await.expect("the server says why");
    assert_eq!(
        (reject.op_id, reject.code),
        (None, want),
        "{}",
        reject.message
    );
    let mut next = house.line(&ana, 1).await;
    next.push(vec![note(1)]).await;
    next.until("the ack", |l| l.acks.len() == 1).await;
    assert_eq!(
        next.acks[0].seq, 2,
        "nothing was stored, and others are served"
    );
}

#[rstest]
#[case::garbage("hello?", RejectCode::Malformed)]
#[case::not_a_hello(r#"{"type":"ping","nonce":1}"#, RejectCode::Malformed)]
#[case::version_0(
    r#"{"type":"hello","version":0,"token":"x","device":"00000000-0000-0000-0000-000000000000","cursor":0}"#,
    RejectCode::Version
)]
#[case::version_2_in_other_words(
    r#"{"type":"hello","version":2,"ticket":{"x":1}}"#,
    RejectCode::Version
)]
#[case::half_a_hello(r#"{"type":"hello","version":1}"#, RejectCode::Malformed)]
#[case::unknown_token(
    r#"{"type":"hello","version":1,"token":"x","device":"00000000-0000-0000-0000-000000000000","cursor":0}"#,
    RejectCode::Auth
)]
#[tokio::test]
async fn without_a_good_hello_there_is_nothing(#[case] first: &str, #[case] want: RejectCode) {
    let house = House::open().await;
    let mut line = Line::dial(house.address).await;
    line.ws.send(Message::text(first)).await.unwrap();
    let reject = line.closed().await.expect("the server says why");
    assert_eq!(reject.code, want, "{}", reject.message);
}

#[tokio::test]
async fn silence_ends_a_line() {
    let limits = Limits {
        hello: Duration::from_millis(200),
        heartbeat: Duration::from_millis(100),
        ..Limits::default()
    };
    let house = House::with(limits, HEAD).await;
    let ana = house.org("cebela").await;
    let mut mute = Line::dial(house.address).await;
    let reject = mute.closed().await.expect("the server says why");
    assert_eq!(reject.code, RejectCode::Malformed, "no hello came");

    let mut silent = house.line(&ana, 1).await;
    assert_eq!(silent.closed().await, None, "closed without a word");

    // Half a frame, byte by byte, is not a sign of life.
    let mut line = house.line(&ana, 1).await;
    let tcp = line.ws.get_mut();
    tcp.write_all(&[0x81, 0xfe, 0x10, 0x00, 0, 0, 0, 0])
        .await
        .unwrap();
    let dribble = async {
        while tcp.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, dribble)
        .await
        .expect("the line is cut");
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut() {
    let house = House::with(Limits::default(), Duration::from_millis(300)).await;
    let mut tcp = TcpStream::connect(house.address).await.unwrap();
    tcp.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
        .await
        .unwrap();
    let dribble = async {
        while tcp.write_all(b"a: b\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, dribble)
        .await
        .expect("the line is cut");
    // One that asks and then does nothing is closed, too.
    let mut tcp = TcpStream::connect(house.address).await.unwrap();
    tcp.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, tcp.read_to_end(&mut answer)).await;
    read.expect("the line is closed").ok();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "but answered first");
}

#[tokio::test]
async fn too_fast_is_told_to_wait() {
    let limits = Limits {
        ops: NonZeroU32::new(5).unwrap(),
        ..Limits::default()
    };
    let house = House::with(limits, HEAD).await;
    let ana = house.org("cebela").await;
    let mut line = house.line(&ana, 1).await;
    let ops: Vec<Op> = (1..=40).map(note).collect();
    line.push(ops.clone()).await;
    line.push(ops[..20].to_vec()).await;
    line.until("the answers", |l| {
        l.acks.len() == 40 && l.rejects.len() == 20
    })
    .await;
    assert!(
        line.rejects
            .iter()
            .all(|r| r.code == RejectCode::Busy && r.op_id.is_some())
    );
    // A flood of pings is no work for the server either.
    for nonce in 0..2000 {
        let text = serde_json::to_string(&ClientFrame::Ping { nonce }).unwrap();
        if line.ws.feed(Message::text(text)).await.is_err() {
            break;
        }
    }
    drop(line.ws.flush().await);
    let reject = line.closed().await.expect("the server says why");
    assert_eq!((reject.op_id, reject.code), (None, RejectCode::Busy));
}

#[tokio::test]
async fn a_device_that_is_signed_out_is_out_at_once() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let laptop = house.device(&ana).await;
    let (mut desk, mut line) = (house.line(&ana, 1).await, house.line(&laptop, 1).await);
    let path = format!("/api/v1/orgs/{}/devices/{}", ana.org, laptop.device);
    let asking = crate::house::Asking {
        token: Some(&ana.token),
        body: None,
    };
    let (status, _) = house.ask("DELETE", &path, asking).await;
    assert_eq!(status, 204);
    let reject = line.closed().await.expect("the server says why");
    assert_eq!(reject.code, RejectCode::Auth);
    let mut again = Line::dial(house.address).await;
    again.hello(&laptop, 1, None).await;
    let reject = again.closed().await.expect("the server says why");
    assert_eq!(reject.code, RejectCode::Auth, "its token is worthless");
    desk.push(vec![note(1)]).await;
    desk.until("the ack", |l| l.acks.len() == 1).await;
}

#[tokio::test]
async fn whatever_comes_others_are_served_and_nothing_is_damaged() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let good = serde_json::to_string(&ClientFrame::Push { ops: vec![note(9)] }).unwrap();
    for seed in 0..150 {
        let mut rng = Rng::new(seed);
        let mut bytes = good.clone().into_bytes();
        for _ in 0..rng.between(1, 6) {
            let at = usize::try_from(rng.below(bytes.len() as u64)).unwrap();
            match rng.below(3) {
                0 => bytes[at] = rng.next_u64().to_le_bytes()[0],
                1 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, b"{}[],:\"0"[usize::try_from(rng.below(8)).unwrap()]),
            }
        }
        let mut line = house.line(&ana, 1).await;
        if rng.chance(20) {
            // Not even WebSocket.
            line.ws.get_mut().write_all(&bytes).await.unwrap();
            line.ws.get_mut().shutdown().await.unwrap();
        } else {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            line.ws.send(Message::text(text)).await.unwrap();
            drop(line.ws.close(None).await);
        }
        line.closed().await;
    }
    let mut line = house.line(&ana, 1).await;
    let whole = note(1);
    line.push(vec![whole.clone()]).await;
    line.until("its event", |l| {
        l.events.iter().any(|event| event.op == whole)
    })
    .await;
    for event in &line.events {
        assert_eq!(
            event.op.check(),
            Ok(()),
            "only whole operations were stored"
        );
    }
    let checked = house.storage.check().await.unwrap();
    assert_eq!(checked.problems, Vec::<String>::new());
}
