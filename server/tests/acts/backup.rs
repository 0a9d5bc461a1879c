//! A server set back to a backup that was taken in the middle of a write: it looks for what it had under way, sends none of
//! it again, and says what it cannot know.

use std::time::Duration;

use kontor_protocol::{Act, ActId, ActOutcome, ActState, ActStep, NewPayment};
use kontor_server::core::storage::{PostgresStorage, SqliteStorage, Storage};
use kontor_testkit::Postgres;
use rstest::rstest;
use tempfile::TempDir;

use crate::stage::{Stage, id, novak};

/// What somebody had said yes to.
#[derive(Clone, Copy, Debug)]
enum What {
    Order,
    Customer,
    Payment,
    File,
}

/// How far it was when the backup was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    /// Somebody had said yes; it was written after that.
    Confirmed,
    /// The same, and it never was.
    ConfirmedOnly,
    /// It had left, and nobody knew more.
    Sent,
}

/// What is to be written, and the name of the call that does it.
async fn planned<S: Storage>(stage: &Stage<S>, what: What) -> (Act, &'static str) {
    let document = stage.newest_order().await;
    match what {
        What::Order => (stage.order().await, "put_document"),
        What::Customer => (novak(), "add_partner"),
        What::Payment => {
            let payment = NewPayment {
                document,
                amount: "7.77".parse().unwrap(),
                date: "2026-11-20".parse().unwrap(),
                way: "TRR".to_owned(),
                notes: String::new(),
            };
            (Act::AddPayment(payment), "put_transaction")
        }
        What::File => {
            let (name, data) = ("nacrt.pdf".to_owned(), "JVBERi0xLjQ=".to_owned());
            let file = Act::AttachFile {
                document,
                name,
                data,
                file: None,
            };
            (file, "add_attachment")
        }
    }
}

/// Confirms it, takes the backup at the moment that is wanted, and lets the old server do what it then did.
async fn before<S: Storage>(stage: &mut Stage<S>, act: &Act, call: &str, taken: Taken) -> ActId {
    let act_id = id();
    let mut desk = stage.desk(&stage.maja).await;
    let token = desk.token(act_id, act).await;
    if taken == Taken::Sent {
        // The answer never comes within the node's life.
        stage.erp.hold(call);
    } else {
        stage.kill().await;
    }
    desk.send(act_id, ActStep::Do, Some(act), &token).await;
    if taken == Taken::Sent {
        while stage.applied(call) == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    } else {
        assert_eq!(desk.told(act_id).await.state, ActState::Confirmed);
    }
    stage
        .storage
        .backup(&stage.dir.path().join("backup"))
        .await
        .unwrap();
    if taken == Taken::Confirmed {
        stage.start();
        assert_eq!(desk.last(act_id).await.state, ActState::Written);
    }
    stage.kill().await;
    stage.erp.let_go(call);
    act_id
}

/// The story of one act over the loss of its server.
async fn set_back<S: Storage>(mut stage: Stage<S>, empty: S, what: What, taken: Taken) {
    stage.start();
    stage.mirrored().await;
    let (act, call) = planned(&stage, what).await;
    let act_id = before(&mut stage, &act, call, taken).await;
    let times = stage.applied(call);
    let sent = stage.erp.statistics().calls_of(call);
    empty
        .restore(&stage.dir.path().join("backup"))
        .await
        .unwrap();
    stage.set_back(empty).await;
    stage.start();
    let mut desk = stage.desk(&stage.maja).await;
    let outcome = stage.settled(&mut desk, act_id).await;
    assert_eq!(outcome.state, ends(what, taken), "{outcome:#?}");
    assert_eq!(
        stage.erp.statistics().calls_of(call),
        sent,
        "nothing is sent"
    );
    assert_eq!(stage.applied(call), times);
    assert_eq!(stage.audit().await.len(), 1, "the end is in the log");
    if outcome.state == ActState::NotWritten {
        again(&stage, act_id, &act, call).await;
    }
    stage.close().await;
}

fn ends(what: What, taken: Taken) -> ActState {
    match (what, taken) {
        (_, Taken::ConfirmedOnly) => ActState::NotWritten,
        // How many there were before somebody said yes, the backup does not say.
        (What::Payment, Taken::Confirmed) => ActState::CannotTell,
        _ => ActState::Written,
    }
}

/// Its person may look at it and say yes once more.
async fn again<S: Storage>(stage: &Stage<S>, act_id: ActId, act: &Act, call: &str) {
    let mut desk = stage.desk(&stage.maja).await;
    let token = desk.token(act_id, act).await;
    let outcome: ActOutcome = desk.confirm(act_id, act, &token).await;
    assert_eq!(outcome.state, ActState::Written, "{outcome:#?}");
    assert_eq!(stage.applied(call), 1);
}

#[rstest]
#[tokio::test]
async fn what_was_under_way_is_looked_for_after_a_restore(
    #[values(What::Order, What::Customer, What::Payment, What::File)] what: What,
    #[values(Taken::Confirmed, Taken::ConfirmedOnly, Taken::Sent)] taken: Taken,
) {
    let dir = TempDir::new().unwrap();
    let one = SqliteStorage::open(&dir.path().join("server.db")).unwrap();
    let empty = SqliteStorage::open(&dir.path().join("other.db")).unwrap();
    set_back(Stage::on(one, dir).await, empty, what, taken).await;
}

#[rstest]
#[case::written_since(Taken::Confirmed)]
#[case::never_sent(Taken::ConfirmedOnly)]
#[case::sent(Taken::Sent)]
#[tokio::test]
async fn so_it_is_on_postgresql(#[case] taken: Taken) {
    let postgres = Postgres::start().unwrap();
    let url = postgres.create_database("one").unwrap();
    let one = PostgresStorage::connect(&url).await.unwrap();
    let url = postgres.create_database("other").unwrap();
    let empty = PostgresStorage::connect(&url).await.unwrap();
    let stage = Stage::on(one, TempDir::new().unwrap()).await;
    set_back(stage, empty, What::Order, taken).await;
}
