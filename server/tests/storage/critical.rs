//! Which fields are critical: from which event on, and told by whom.

use kontor_protocol::field::Policy;
use kontor_protocol::{Body, CRITICAL_FIELDS, Op, OpId};
use kontor_server::core::storage::{Appended, Storage};
use uuid::Uuid;

use crate::stage::{Stage, Team, at, incoming, team};

fn set(subject: &str, field: &str, value: Option<&str>) -> Op {
    let body = Body::Record {
        field: field.to_owned(),
        value: value.map(str::to_owned),
        base: None,
    };
    let id = OpId(Uuid::now_v7());
    Op::new(id, at(9), subject.parse().unwrap(), body)
}

fn discount() -> Op {
    set("customer:7", "discount", Some("5"))
}

fn list(team: Team, value: Option<&str>) -> Op {
    set(&format!("org:{}", team.org), CRITICAL_FIELDS, value)
}

async fn policies(storage: &impl Storage, team: Team, after: u64) -> Vec<Option<Policy>> {
    let events = storage.events(team.org, after, 100).await.unwrap();
    events.into_iter().map(|event| event.policy).collect()
}

pub(crate) async fn a_list_holds_from_the_event_that_sets_it(stage: &impl Stage) {
    const CRITICAL: Option<Policy> = Some(Policy::Critical);
    const NEWEST: Option<Policy> = Some(Policy::Newest);
    let storage = stage.open().await;
    let (one, other) = (team(&storage, "hrast").await, team(&storage, "vijak").await);
    let credit = || set("customer:7", "credit_limit", Some("5000"));
    let batches = [
        (
            vec![
                discount(),
                credit(),
                list(one, Some("discount")),
                discount(),
                credit(),
            ],
            vec![None, None, None, CRITICAL, NEWEST],
        ),
        (vec![discount()], vec![CRITICAL]),
        (
            vec![list(one, None), discount(), credit()],
            vec![None, None, None],
        ),
    ];
    let mut head = 1;
    for (ops, want) in batches {
        let batch = ops.into_iter().map(|op| incoming(one, op)).collect();
        let answers = storage.append(one.org, batch).await.unwrap();
        let wanted: Vec<_> = (head + 1..)
            .zip(&want)
            .map(|(seq, p)| Appended::New(seq, *p))
            .collect();
        assert_eq!(answers, wanted, "as it stands at each number");
        assert_eq!(
            policies(&storage, one, head).await,
            want,
            "as told to who comes later"
        );
        head += want.len() as u64;
    }
    let batch = vec![incoming(other, discount())];
    let there = storage.append(other.org, batch).await.unwrap();
    assert_eq!(
        there,
        [Appended::New(2, None)],
        "a list is its organisation's alone"
    );
    // A customer's field of that name says nothing about the organisation.
    let batch = vec![
        incoming(other, set("customer:7", CRITICAL_FIELDS, Some("discount"))),
        incoming(other, discount()),
    ];
    let there = storage.append(other.org, batch).await.unwrap();
    assert_eq!(there, [Appended::New(3, None), Appended::New(4, None)]);
}

pub(crate) async fn a_list_is_in_a_backup(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let ops = [list(one, Some("discount")), discount()];
    let batch = ops.map(|op| incoming(one, op)).to_vec();
    storage.append(one.org, batch).await.unwrap();
    let file = stage.folder().join("critical.jsonl");
    storage.backup(&file).await.unwrap();

    let restored = stage.open_empty().await;
    restored.restore(&file).await.unwrap();
    let before = policies(&storage, one, 0).await;
    assert_eq!(before, [None, None, Some(Policy::Critical)]);
    assert_eq!(
        policies(&restored, one, 0).await,
        before,
        "old events say what they said"
    );
    let batch = vec![incoming(one, discount())];
    let more = restored.append(one.org, batch).await.unwrap();
    assert_eq!(
        more,
        [Appended::New(4, Some(Policy::Critical))],
        "and the list holds on"
    );
}
