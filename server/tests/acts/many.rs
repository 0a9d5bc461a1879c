//! Many seeds of faults, kills and repeated confirmations: nothing is ever there twice, and nothing is said that is not so.

use kontor_protocol::{Act, ActOutcome, ActState, ActStep, NewPayment};
use rstest::rstest;

use crate::chance::Chance;
use crate::stage::{Desk, Stage, id, partner};

/// Of each case: few enough for a busy machine.
const SEEDS: u64 = 10;

const CALLS: [&str; 8] = [
    "put_document",
    "add_partner",
    "put_transaction",
    "put_document",
    "add_partner",
    "get_partner",
    "get_document",
    "search",
];

#[rstest]
#[tokio::test]
async fn whatever_fails_nothing_is_written_twice(#[values(1, 11, 21, 31)] first: u64) {
    let mut stage = Stage::open().await;
    let order = stage.order().await;
    let paid = stage.newest_order().await;
    let mut ends = std::collections::BTreeMap::<&str, u32>::new();
    for seed in first..first + SEEDS {
        let mut chance = Chance::new(seed);
        let tax = format!("SI{:08}", 77_000_000 + seed);
        let act = match chance.below(3) {
            0 => partner(
                &format!("Novinec {seed}"),
                &tax,
                &format!("novinec{seed}@primer.example"),
            ),
            1 => Act::AddPayment(NewPayment {
                document: paid.clone(),
                amount: format!("{seed}.01").parse().unwrap(),
                date: "2026-11-20".parse().unwrap(),
                way: "TRR".to_owned(),
                notes: String::new(),
            }),
            _ => order.clone(),
        };
        let before = (
            stage.applied("add_partner"),
            stage.applied("put_transaction"),
        );
        let act_id = id();
        let mut desk = stage.desk(&stage.maja).await;
        let mut outcome = seen(&stage, &mut desk, act_id, &act).await;
        for _ in 0..chance.below(4) {
            let call = CALLS[usize::try_from(chance.below(8)).unwrap()];
            let times = u32::try_from(chance.below(2)).unwrap() + 1;
            let fault = chance.fault();
            stage.erp.fail_call(call, times, fault);
        }
        for _ in 0..8 {
            let token = outcome.preview.clone().unwrap_or_default().token;
            desk.send(act_id, ActStep::Do, Some(&act), &token).await;
            if chance.below(3) == 0 {
                // Said twice, by an impatient person.
                desk.send(act_id, ActStep::Do, Some(&act), &token).await;
            }
            if chance.below(3) == 0 {
                for _ in 0..chance.below(200) {
                    tokio::task::yield_now().await;
                }
                stage.kill().await;
                stage.start();
                // The line went with the node: another desk's line asks.
                desk = stage.desk(&stage.maja).await;
            }
            outcome = stage.settled(&mut desk, act_id).await;
            let times = match &act {
                Act::AddPartner(_) => stage.applied("add_partner") - before.0,
                Act::AddPayment(_) => stage.applied("put_transaction") - before.1,
                _ => stage.written(act_id),
            };
            honest(seed, times, &outcome);
            if matches!(outcome.state, ActState::Written | ActState::CannotTell) {
                break;
            }
            stage.erp.well();
            outcome = seen(&stage, &mut desk, act_id, &act).await;
        }
        stage.erp.well();
        *ends.entry(outcome.state.as_str()).or_default() += 1;
        if matches!(act, Act::AddPartner(_)) {
            assert!(stage.partners(&tax).await <= 1, "seed {seed}: a twin");
        }
    }
    let written = ends.get("written").copied().unwrap_or_default();
    assert_eq!(
        u64::from(written),
        SEEDS,
        "in the end all are there: {ends:?}"
    );
    stage.close().await;
}

/// It is there once at most, and what is said of it is so.
fn honest(seed: u64, times: u64, outcome: &ActOutcome) {
    assert!(
        times <= 1,
        "seed {seed}: written {times} times: {outcome:#?}"
    );
    match outcome.state {
        ActState::Written => assert_eq!(times, 1, "seed {seed}: {outcome:#?}"),
        ActState::NotWritten => assert_eq!(times, 0, "seed {seed}: {outcome:#?}"),
        _ => {}
    }
}

/// A preview, whatever fails on the way.
async fn seen(
    stage: &Stage,
    desk: &mut Desk,
    act_id: kontor_protocol::ActId,
    act: &Act,
) -> ActOutcome {
    for _ in 0..50 {
        let outcome = desk.preview(act_id, act).await;
        if outcome.preview.is_some() || outcome.state == ActState::Written {
            return outcome;
        }
        stage.later(1);
    }
    panic!("no preview comes");
}
