//! Numbers, ids and order.

use kontor_protocol::{Body, OpId, OrgId};
use kontor_server::core::storage::{Appended, Storage, StorageError};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::stage::{Stage, Team, at, incoming, note, note_of, notes, team};

/// All events' numbers, read in small pages.
async fn seqs(storage: &impl Storage, org: OrgId) -> Vec<u64> {
    let mut seqs = Vec::new();
    loop {
        let after = seqs.last().copied().unwrap_or(0);
        let page = storage.events(org, after, 100).await.unwrap();
        if page.is_empty() {
            return seqs;
        }
        seqs.extend(page.iter().map(|e| e.seq));
    }
}

async fn assert_gapless(storage: &impl Storage, org: OrgId, count: u64) {
    let want: Vec<u64> = (1..=count).collect();
    assert_eq!(seqs(storage, org).await, want, "1 to {count}, each once");
    let row = storage.org(org).await.unwrap().unwrap();
    assert_eq!(row.head, count, "the head is the last number");
    let checked = storage.check().await.unwrap();
    assert_eq!(checked.problems, [""; 0], "all is well");
}

pub(crate) async fn numbers_have_no_gaps_in_any_organisation(stage: &impl Stage) {
    let storage = stage.open().await;
    let (hrast, vijak) = (team(&storage, "hrast").await, team(&storage, "vijak").await);
    for (one, count) in [(hrast, 3), (vijak, 1), (hrast, 300), (vijak, 2)] {
        let head = storage.org(one.org).await.unwrap().unwrap().head;
        let answers = storage.append(one.org, notes(one, count)).await.unwrap();
        let want: Vec<_> = (1..=count as u64)
            .map(|n| Appended::New(head + n, None))
            .collect();
        assert_eq!(answers, want, "each goes on from its own head");
    }
    assert_gapless(&storage, hrast.org, 304).await;
    assert_gapless(&storage, vijak.org, 4).await;
    assert_eq!(storage.append(hrast.org, Vec::new()).await.unwrap(), []);
}

pub(crate) async fn many_tasks_at_once(stage: &impl Stage) {
    let storage = stage.open().await;
    let teams = [team(&storage, "hrast").await, team(&storage, "vijak").await];
    let mut tasks = JoinSet::new();
    for n in 0..16 {
        let storage = storage.clone();
        let one = teams[n % 2];
        tasks.spawn(async move {
            for _ in 0..5 {
                storage.append(one.org, notes(one, 7)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    for one in teams {
        assert_gapless(&storage, one.org, 8 * 5 * 7 + 1).await;
    }
}

pub(crate) async fn two_nodes_on_one_database(stage: &impl Stage) {
    let nodes = [stage.open().await, stage.open().await];
    let one = team(&nodes[0], "hrast").await;
    let last = 1 + 2 * 10 * 3;
    let mut heads = nodes.each_ref().map(Storage::heads);
    let mut tasks = JoinSet::new();
    for node in nodes.clone() {
        tasks.spawn(async move {
            for _ in 0..10 {
                node.append(one.org, notes(one, 3)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    for heard in &mut heads {
        let mut before = 0;
        while before < last {
            let (org, head) = heard.recv().await.unwrap();
            assert_eq!(org, one.org);
            assert!(head > before, "heads go up: {head} after {before}");
            before = head;
        }
    }
    assert_gapless(&nodes[0], one.org, last).await;
}

pub(crate) async fn the_same_operation_is_stored_once(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let (a, b, c) = (note("a"), note("b"), note("c"));
    let batch =
        |ops: &[&kontor_protocol::Op]| ops.iter().map(|op| incoming(one, (*op).clone())).collect();
    let first = storage.append(one.org, batch(&[&a, &b, &a])).await.unwrap();
    let want = [
        Appended::New(2, None),
        Appended::New(3, None),
        Appended::Known(2),
    ];
    assert_eq!(first, want, "the third is the first again");
    let second = storage.append(one.org, batch(&[&b, &c, &a])).await.unwrap();
    let want = [
        Appended::Known(3),
        Appended::New(4, None),
        Appended::Known(2),
    ];
    assert_eq!(second, want, "the same numbers again");
    assert_gapless(&storage, one.org, 4).await;

    let other = team(&storage, "vijak").await;
    let there = storage.append(other.org, vec![incoming(other, a)]).await;
    assert_eq!(
        there.unwrap(),
        [Appended::New(2, None)],
        "ids count in one organisation"
    );
}

pub(crate) async fn a_reused_id_is_refused(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let (id, other) = (OpId(Uuid::now_v7()), OpId(Uuid::now_v7()));
    let batch = [
        note_of(id, "words"),
        note_of(id, "other words"),
        note_of(other, "more"),
    ];
    let batch = batch.map(|op| incoming(one, op)).to_vec();
    let answers = storage.append(one.org, batch).await.unwrap();
    let want = [
        Appended::New(2, None),
        Appended::Reused,
        Appended::New(3, None),
    ];
    assert_eq!(answers, want, "in one batch");
    let again = vec![incoming(one, note_of(id, "third words"))];
    let answers = storage.append(one.org, again).await.unwrap();
    assert_eq!(answers, [Appended::Reused], "in a later one");
    assert_gapless(&storage, one.org, 3).await;
}

pub(crate) async fn an_unknown_organisation_is_refused(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let nowhere = OrgId(Uuid::new_v4());
    let answer = storage.append(nowhere, notes(one, 1)).await;
    assert!(
        matches!(answer, Err(StorageError::Damaged(_))),
        "{answer:?}"
    );
    assert_eq!(storage.org(nowhere).await.unwrap(), None);
    assert_eq!(storage.events(nowhere, 0, 9).await.unwrap(), []);
}

pub(crate) async fn what_was_stored_is_read_exactly(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let record = Body::Record {
        field: "phone".to_owned(),
        value: Some("“+386 1”\t\u{1F333}\nčšž \\u0000 '\"".to_owned()),
        base: Some(OpId(Uuid::nil())),
    };
    let subject = "address:ana@example.com".parse().unwrap();
    let ops = [
        note(&"long ".repeat(100_000)),
        note("\u{0}\u{1}"),
        kontor_protocol::Op::new(OpId(Uuid::now_v7()), at(9), subject, record),
    ];
    let batch: Vec<_> = ops.into_iter().map(|op| incoming(one, op)).collect();
    storage.append(one.org, batch.clone()).await.unwrap();
    let events = storage.events(one.org, 1, 10).await.unwrap();
    assert_eq!(events.len(), batch.len());
    for (event, sent) in events.iter().zip(&batch) {
        assert_eq!(event.op, sent.op);
        assert_eq!(event.op.check(), Ok(()));
        let by = (event.member, event.device, event.accepted_at);
        assert_eq!(by, (sent.member, sent.device, sent.accepted_at));
    }
    assert_eq!(storage.events(one.org, 2, 1).await.unwrap()[0].seq, 3);
}

pub(crate) async fn reopening_keeps_all(stage: &impl Stage) {
    let (one, org, events, devices): (Team, _, _, _) = {
        let storage = stage.open().await;
        let one = team(&storage, "hrast").await;
        storage.append(one.org, notes(one, 20)).await.unwrap();
        (
            one,
            storage.org(one.org).await.unwrap(),
            storage.events(one.org, 0, 100).await.unwrap(),
            storage.devices(one.org).await.unwrap(),
        )
    };
    let storage = stage.open().await;
    assert_eq!(storage.org(one.org).await.unwrap(), org, "epoch included");
    assert_eq!(storage.events(one.org, 0, 100).await.unwrap(), events);
    assert_eq!(storage.devices(one.org).await.unwrap(), devices);
    let answers = storage.append(one.org, notes(one, 1)).await.unwrap();
    assert_eq!(answers, [Appended::New(22, None)]);
    storage.ready().await.unwrap();
}
