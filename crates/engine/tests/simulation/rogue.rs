//! Somebody who says what nobody should. Nothing of it may be stored.

use futures::StreamExt as _;
use jiff::Timestamp;
use kontor_protocol::{Body, ClientFrame, Hello, Op, OpId, Role, ServerFrame, VERSION};
use kontor_server::core::session::{Heard, LineProblem};
use kontor_server::core::storage::Storage;

use crate::base::Node;
use crate::place::{Place, subject};
use crate::wire::PATIENCE;

/// Says it, and waits for the refusal.
pub(crate) async fn visit<S: Storage>(node: &Node<S>, kind: u64, places: &[Place], bad: OpId) {
    let (victim, stranger) = (&places[0], &places[places.len() - 1]);
    let now = Timestamp::UNIX_EPOCH;
    let note = Body::Note {
        update: b"no update".to_vec(),
        mentions: Vec::new(),
    };
    let push = |op: Op| text(&ClientFrame::Push { ops: vec![op] });
    let good = push(Op::new(bad, now, subject(0), note));
    let half = |text: &str| {
        text.chars()
            .take(text.chars().count() / 2)
            .collect::<String>()
    };
    let hello = hello(victim, &victim.token);
    let admin = Body::Member {
        member: stranger.member,
        name: "Eve".into(),
        email: "eve@example.com".into(),
        role: Role::Admin,
        active: true,
    };
    let about_org = format!("org:{}", victim.org.id).parse().unwrap();
    let words = match kind {
        0 => vec![r#"{"type":"hel"#.to_owned()],
        1 => vec![half(&hello), good],
        2 => vec![good, hello],
        3 => vec![self::hello(victim, "guessed"), good],
        4 => vec![self::hello(victim, &stranger.token), good],
        5 => vec![hello, half(&good), good],
        6 => vec![hello, push(Op::new(bad, now, about_org, admin))],
        _ => vec![hello, good.replace("customer:1", "customer:2")],
    };
    let (to_hub, mut from_hub) = node.attach();
    for words in words {
        // The node may have closed the line after the first of them.
        drop(to_hub.unbounded_send(Ok::<_, LineProblem>(Heard::Frame(words))));
    }
    loop {
        let next = tokio::time::timeout(PATIENCE, from_hub.next()).await;
        let next = next
            .expect("a rogue is refused in time")
            .map(|text| serde_json::from_str(&text).unwrap());
        match next {
            Some(ServerFrame::Reject(_)) | None => return,
            Some(ServerFrame::Ack { acks }) => panic!("a rogue's {kind} was taken: {acks:?}"),
            Some(_) => {}
        }
    }
}

fn hello(place: &Place, token: &str) -> String {
    text(&ClientFrame::Hello(Hello {
        version: VERSION,
        token: token.to_owned(),
        device: place.device,
        cursor: 0,
        epoch: None,
        capabilities: Vec::new(),
        snapshot: None,
    }))
}

fn text(frame: &ClientFrame) -> String {
    serde_json::to_string(frame).unwrap()
}
