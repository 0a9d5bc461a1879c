//! Writes whose answer does not come: each is there once, or not at all, and it is said which.

use std::time::Duration;

use kontor_protocol::{Act, ActOutcome, ActState, ActStep, DocumentName, NewPayment};
use kontor_server::core::mirror::Pace;
use kontor_simulators::metakocka::Fault;
use rstest::rstest;
use serde_json::json;

use crate::stage::{Stage, id, novak, pace, partner};

#[rstest]
#[case::cut_after(Fault::DropAfter)]
#[case::half_an_answer(Fault::HalfBody)]
#[tokio::test]
async fn an_order_whose_answer_is_lost_is_found_and_not_written_again(#[case] fault: Fault) {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let act = stage.order().await;
    let act_id = id();
    let token = desk.token(act_id, &act).await;
    stage.erp.fail_call("put_document", 1, fault);
    let outcome = desk.confirm(act_id, &act, &token).await;
    assert_eq!(outcome.state, ActState::Written, "{outcome:#?}");
    assert_eq!(outcome.differences, []);
    assert_eq!(stage.written(act_id), 1);
    stage.close().await;
}

#[rstest]
#[case::cut_before(Fault::DropBefore)]
#[case::overloaded(Fault::Status(503))]
#[case::a_page(Fault::HtmlPage)]
#[tokio::test]
async fn an_order_that_did_not_arrive_is_given_up_only_when_nothing_can_come(#[case] fault: Fault) {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let act = stage.order().await;
    let act_id = id();
    let token = desk.token(act_id, &act).await;
    stage.erp.fail_call("put_document", 1, fault);
    desk.send(act_id, ActStep::Do, Some(&act), &token).await;
    loop {
        let outcome = desk.told(act_id).await;
        if !outcome.why.is_empty() {
            assert_eq!(
                outcome.state,
                ActState::Sent,
                "it may still come: {outcome:#?}"
            );
            break;
        }
    }
    stage.later(181);
    let outcome = stage.settled(&mut desk, act_id).await;
    assert_eq!(outcome.state, ActState::NotWritten, "{outcome:#?}");
    assert_eq!(stage.written(act_id), 0);

    // The person says yes once more: the same act, the same trace.
    let again = desk.confirm(act_id, &act, &token).await;
    assert_eq!(again.state, ActState::Written, "{again:#?}");
    assert_eq!(stage.written(act_id), 1);
    stage.close().await;
}

#[tokio::test]
async fn a_customer_whose_answer_is_lost_is_found_by_what_is_new() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let act = novak();
    let act_id = id();
    let token = desk.token(act_id, &act).await;
    stage.erp.fail_call("add_partner", 1, Fault::DropAfter);
    let outcome = desk.confirm(act_id, &act, &token).await;
    assert_eq!(outcome.state, ActState::Written, "{outcome:#?}");
    assert_eq!(stage.partners("SI99887766").await, 1);
    stage.close().await;
}

#[tokio::test]
async fn a_write_that_takes_longer_than_anybody_waits_is_there_once() {
    let mut stage = Stage::open().await;
    stage.kill().await;
    stage.start_with(Pace {
        patience: |config| config.write_timeout = Duration::from_millis(300),
        ..pace()
    });
    let mut desk = stage.desk(&stage.maja).await;
    let act = stage.order().await;
    let act_id = id();
    let token = desk.token(act_id, &act).await;
    stage.erp.hold("put_document");
    while stage.written(act_id) == 0 {
        desk.send(act_id, ActStep::Do, Some(&act), &token).await;
        let looked_for = |told: &ActOutcome| !told.why.is_empty() || !told.state.is_under_way();
        while !looked_for(&desk.told(act_id).await) {}
        if stage.written(act_id) == 0 {
            // Given up before it arrived: the machine is as slow as that.
            stage.settled(&mut desk, act_id).await;
        }
    }
    let outcome = stage.settled(&mut desk, act_id).await;
    assert_eq!(outcome.state, ActState::Written, "{outcome:#?}");
    assert_eq!(stage.written(act_id), 1);
    stage.close().await;
}

#[tokio::test]
async fn a_node_killed_between_sending_and_the_answer_looks_first() {
    let mut stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let act = stage.order().await;
    let act_id = id();
    let token = desk.token(act_id, &act).await;
    // The answer never comes within the node's life.
    stage.erp.hold("put_document");
    desk.send(act_id, ActStep::Do, Some(&act), &token).await;
    while stage.written(act_id) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    stage.kill().await;
    stage.erp.let_go("put_document");
    let calls = stage.erp.statistics().calls_of("put_document");
    stage.start();
    let outcome = stage.settled(&mut desk, act_id).await;
    assert_eq!(outcome.state, ActState::Written, "{outcome:#?}");
    assert_eq!(stage.written(act_id), 1);
    assert_eq!(
        stage.erp.statistics().calls_of("put_document"),
        calls,
        "no second try"
    );
    stage.close().await;
}

#[tokio::test]
async fn a_yes_that_nobody_could_act_on_in_time_is_asked_again() {
    let mut stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let act = partner("Novak mizarstvo", "SI99887766", "");
    let act_id = id();
    let token = desk.token(act_id, &act).await;
    stage.kill().await;
    desk.send(act_id, ActStep::Do, Some(&act), &token).await;
    assert_eq!(desk.told(act_id).await.state, ActState::Confirmed);
    stage.later(600);
    stage.start();
    let outcome = desk.last(act_id).await;
    assert_eq!(outcome.state, ActState::Planned, "{outcome:#?}");
    assert!(outcome.why.contains("confirm it"), "{outcome:#?}");
    assert_eq!(stage.applied("add_partner"), 0);
    stage.close().await;
}

#[tokio::test]
async fn a_wrong_key_writes_nothing_and_is_said_without_the_key() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let act = partner("Novak mizarstvo", "SI99887766", "");
    let act_id = id();
    let token = desk.token(act_id, &act).await;
    stage.erp.wrong_key(true);
    let outcome = desk.confirm(act_id, &act, &token).await;
    assert_eq!(outcome.state, ActState::NotWritten, "{outcome:#?}");
    assert!(outcome.why.contains("key"), "{outcome:#?}");
    assert!(!outcome.why.contains(stage.erp.secret_key()));
    assert_eq!(stage.applied("add_partner"), 0);
    stage.erp.wrong_key(false);
    stage.close().await;
}

#[tokio::test]
async fn the_same_yes_from_two_desks_writes_once() {
    let stage = Stage::open().await;
    let second = stage
        .identity
        .sign_in((stage.org, stage.maja.member), "laptop", "login");
    let second = second.await.unwrap();
    let (mut one, mut two) = (stage.desk(&stage.maja).await, stage.desk(&second).await);
    let act = stage.order().await;
    let act_id = id();
    let token = one.token(act_id, &act).await;
    one.send(act_id, ActStep::Do, Some(&act), &token).await;
    two.send(act_id, ActStep::Do, Some(&act), &token).await;
    let (first, other) = (one.last(act_id).await, two.last(act_id).await);
    assert_eq!(first.state, ActState::Written, "{first:#?}");
    assert_eq!(
        other.results, first.results,
        "both are told of the same one"
    );
    assert_eq!(stage.written(act_id), 1);
    stage.close().await;
}

#[tokio::test]
async fn two_people_who_add_the_same_customer_at_once_add_one() {
    let stage = Stage::open().await;
    let second = stage
        .identity
        .sign_in((stage.org, stage.maja.member), "laptop", "login");
    let second = second.await.unwrap();
    let (mut one, mut two) = (stage.desk(&stage.maja).await, stage.desk(&second).await);
    let act = novak();
    let ids = [id(), id()];
    let tokens = [one.token(ids[0], &act).await, two.token(ids[1], &act).await];
    // The first one's answer is lost on top.
    stage.erp.fail_call("add_partner", 1, Fault::DropAfter);
    one.send(ids[0], ActStep::Do, Some(&act), &tokens[0]).await;
    two.send(ids[1], ActStep::Do, Some(&act), &tokens[1]).await;
    let (first, other) = (one.last(ids[0]).await, two.last(ids[1]).await);
    let mut states = [first.state, other.state];
    states.sort_by_key(|state| state.as_str());
    assert_eq!(
        states,
        [ActState::Refused, ActState::Written],
        "{first:#?} {other:#?}"
    );
    assert_eq!(stage.partners("SI99887766").await, 1);
    stage.close().await;
}

/// The second payment of a day and amount, while nobody knows of the first: which of them is there could not be told.
#[tokio::test]
async fn a_payment_like_one_whose_answer_is_lost_waits_for_its_end() {
    let stage = Stage::open().await;
    let second = stage
        .identity
        .sign_in((stage.org, stage.maja.member), "laptop", "login");
    let second = second.await.unwrap();
    let (mut one, mut two) = (stage.desk(&stage.maja).await, stage.desk(&second).await);
    let act = Act::AddPayment(NewPayment {
        document: stage.newest_order().await,
        amount: "7.77".parse().unwrap(),
        date: "2026-11-20".parse().unwrap(),
        way: "TRR".to_owned(),
        notes: String::new(),
    });
    let ids = [id(), id()];
    let tokens = [one.token(ids[0], &act).await, two.token(ids[1], &act).await];
    stage.erp.fail_call("put_transaction", 1, Fault::DropBefore);
    one.send(ids[0], ActStep::Do, Some(&act), &tokens[0]).await;
    while one.told(ids[0]).await.why.is_empty() {}
    two.send(ids[1], ActStep::Do, Some(&act), &tokens[1]).await;
    assert_eq!(two.told(ids[1]).await.state, ActState::Confirmed);
    let lost = stage.settled(&mut one, ids[0]).await;
    assert_eq!(lost.state, ActState::NotWritten, "{lost:#?}");
    let other = stage.settled(&mut two, ids[1]).await;
    let written = u64::from(other.state == ActState::Written);
    assert_eq!(stage.applied("put_transaction"), written, "{other:#?}");
    stage.close().await;
}

#[tokio::test]
async fn a_file_that_did_not_arrive_is_not_taken_for_one_that_somebody_else_attached() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let document = stage.newest_order().await;
    let act = Act::AttachFile {
        document: document.clone(),
        name: "nacrt.pdf".to_owned(),
        data: "JVBERi0xLjQ=".to_owned(),
        file: None,
    };
    // One of its name lies there from before, under many others.
    for n in 0..20 {
        let name = if n == 0 {
            "nacrt.pdf".to_owned()
        } else {
            format!("{n}.pdf")
        };
        attach(&stage, &document, &name, "JVBERi0xLjMK").await;
    }
    let act_id = id();
    let token = desk.token(act_id, &act).await;
    stage.erp.fail_call("add_attachment", 1, Fault::DropBefore);
    desk.send(act_id, ActStep::Do, Some(&act), &token).await;
    while desk.told(act_id).await.why.is_empty() {}
    attach(&stage, &document, "dobavnica.pdf", "JVBERi0xLjUK").await;
    let outcome = stage.settled(&mut desk, act_id).await;
    assert_eq!(outcome.state, ActState::NotWritten, "{outcome:#?}");
    stage.close().await;
}

#[tokio::test]
async fn a_node_whose_clock_is_ahead_waits_as_long_by_its_own() {
    let mut stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let act = stage.order().await;
    let act_id = id();
    let token = desk.token(act_id, &act).await;
    stage.erp.fail_call("put_document", 1, Fault::DropBefore);
    desk.send(act_id, ActStep::Do, Some(&act), &token).await;
    while desk.told(act_id).await.why.is_empty() {}
    stage.kill().await;
    // To the next node it left ten minutes ago; it may have been a moment.
    stage.later(600);
    stage.start();
    let looked = desk.told(act_id).await;
    assert_eq!(
        looked.state,
        ActState::Sent,
        "it may still come: {looked:#?}"
    );
    let outcome = stage.settled(&mut desk, act_id).await;
    assert_eq!(outcome.state, ActState::NotWritten, "{outcome:#?}");
    stage.close().await;
}

/// Somebody attaches a file in Metakocka itself; `data` is Base64.
async fn attach(stage: &Stage, document: &DocumentName, name: &str, data: &str) {
    let body = json!({
        "mk_id": document.id, "doc_type": document.doc_type,
        "attachment_list": [{ "file_name": name, "data_b64": data }],
    });
    stage.call("/rest/eshop/add_attachment", body).await;
}
