//! What a person writes into the ERP from their desk, whole: the engine, the team's server, Metakocka simulated at the HTTP
//! line, and a line between desk and server that can be cut.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why"
)]

mod files;
mod house;
mod twins;

use kontor_engine::protocol::{Act, ActState, NewDocument, NewKind, NewLine};
use kontor_engine::{ActView, Code, DocumentsAsked, Engine, LineHold, TeamState};
use kontor_testkit::company::people::person;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::house::{House, PATIENCE, open, until};

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

/// A customer this desk knows, once its directory is here.
async fn customer(engine: &Engine) -> String {
    until("the directory", || async {
        let found = engine
            .find_customer(person("tomaz").unwrap().address)
            .await
            .ok()?;
        // Looked at: its dossier is followed from here on.
        engine.dossier(&found).await.ok()?;
        Some(found)
    })
    .await
}

async fn order(house: &House, engine: &Engine) -> Act {
    Act::AddDocument(NewDocument {
        what: NewKind::Order,
        customer: customer(engine).await,
        date: "2026-11-20".parse().unwrap(),
        currency: "EUR".to_owned(),
        until: None,
        their_number: "PO-4711".to_owned(),
        title: "Police".to_owned(),
        notes: String::new(),
        lines: vec![NewLine {
            code: house.product().await,
            amount: "2".parse().unwrap(),
            price: Some("12.50".parse().unwrap()),
            discount: "0".parse().unwrap(),
            tax: Some("22".parse().unwrap()),
        }],
    })
}

async fn until_the_line_is(engine: &Engine, live: bool) {
    until("the line", || async {
        let state = engine.team_status().await.ok()?.link.state;
        ((state == TeamState::Live) == live).then_some(())
    })
    .await;
}

/// The act once somebody can say yes to it.
async fn seen(engine: &Engine, id: &str) -> (ActView, String) {
    until("its preview", || async {
        let act = engine.erp_act(id).await.unwrap();
        let token = act.outcome.preview.as_ref()?.token.clone();
        (!token.is_empty()).then_some((act, token))
    })
    .await
}

async fn numbers(engine: &Engine, customer: &str) -> Vec<String> {
    let asked = DocumentsAsked::default();
    let page = engine.document_page(customer, asked, None, 200).await;
    let documents = page.unwrap().documents.into_iter();
    documents.map(|document| document.number).collect()
}

/// It is there once, the desk shows it, and the log says who and what.
async fn is_there_once(house: &House, engine: &Engine, done: &ActView) {
    assert_eq!(done.state, ActState::Written, "{:#?}", done.outcome);
    assert_eq!(done.outcome.differences, []);
    let result = &done.outcome.results[0];
    let there = house.erp.find_document("sales_order", &result.number);
    assert_eq!(there.as_ref(), Some(&result.id), "it is in Metakocka");
    assert_eq!(house.written(&done.id), 1);
    until("it is in the dossier", || async {
        let numbers = numbers(engine, &result.customer).await;
        numbers.contains(&result.number).then_some(())
    })
    .await;
    let log = house.audit().await;
    assert_eq!(log.len(), 1, "{log:#?}");
    assert!(log[0].contains(&result.number), "{log:#?}");
}

/// A desk of the team with its line, and an order it may write.
async fn begin(dir: &TempDir) -> (House, Engine, LineHold, Act) {
    let house = House::open().await;
    let engine = open(dir).await;
    house.join(&engine).await;
    let hold = engine.hold_line();
    let act = order(&house, &engine).await;
    (house, engine, hold, act)
}

async fn plan_offline(house: &House, engine: &Engine, act: Act) -> ActView {
    house.cut();
    until_the_line_is(engine, false).await;
    engine.plan_act(act, None).await.unwrap()
}

#[test]
fn what_was_planned_without_a_line_is_asked_again_and_confirmed_by_the_person() {
    let dir = TempDir::new().unwrap();
    runtime().block_on(async {
        let (house, engine, hold, act) = begin(&dir).await;

        let planned = plan_offline(&house, &engine, act).await;
        assert_eq!((planned.state, planned.waiting), (ActState::Planned, true));
        let early = engine.confirm_act(&planned.id, "yes").await.unwrap_err();
        assert_eq!(early.code, Code::NotNow, "nothing was looked at yet");

        house.restore();
        let (act, token) = seen(&engine, &planned.id).await;
        assert_eq!(act.state, ActState::Planned, "nobody has said yes");
        assert_eq!(house.written(&planned.id), 0, "nothing is sent by itself");
        house.cut();
        until_the_line_is(&engine, false).await;
        let offline = engine.confirm_act(&planned.id, &token).await.unwrap_err();
        assert_eq!(offline.code, Code::Offline, "a yes is not kept for later");
        house.restore();
        until_the_line_is(&engine, true).await;
        assert_eq!(house.written(&planned.id), 0);

        engine.confirm_act(&planned.id, &token).await.unwrap();
        let done = engine.await_act(&planned.id, PATIENCE).await.unwrap();
        is_there_once(&house, &engine, &done).await;
        hold.release().await;
    });
}

#[test]
fn a_desk_that_is_offline_while_metakocka_is_disconnected_forgets_when_it_is_back() {
    let dir = TempDir::new().unwrap();
    runtime().block_on(async {
        let (house, engine, hold, act) = begin(&dir).await;
        let id = customer(&engine).await;
        until("its documents", || async {
            (!numbers(&engine, &id).await.is_empty()).then_some(())
        })
        .await;

        let planned = plan_offline(&house, &engine, act).await;
        house.disconnect().await;
        assert!(!numbers(&engine, &id).await.is_empty(), "it cannot know");

        house.restore();
        until("this desk has forgotten", || async {
            let known = engine.crm_status().await.unwrap();
            (known.known == 0 && known.state.life.is_empty()).then_some(())
        })
        .await;
        assert_eq!(numbers(&engine, &id).await, Vec::<String>::new());
        let act = until("what was planned says so", || async {
            let act = engine.erp_act(&planned.id).await.unwrap();
            (act.state == ActState::Refused).then_some(act)
        })
        .await;
        assert!(act.outcome.why.contains("No Metakocka"), "{act:#?}");
        assert_eq!(house.written(&planned.id), 0);
        hold.release().await;
    });
}

/// A desk that plans an order and says yes to it; its process dies in that moment.
fn dies_after_its_yes(house: &House, dir: &TempDir, heard: bool) -> String {
    let desk = runtime();
    let id = desk.block_on(async {
        let engine = open(dir).await;
        house.join(&engine).await;
        let _hold = engine.hold_line();
        let act = order(house, &engine).await;
        let planned = engine.plan_act(act, None).await.unwrap();
        let (_, token) = seen(&engine, &planned.id).await;
        if !heard {
            house.line.freeze();
        }
        engine.confirm_act(&planned.id, &token).await.unwrap();
        if heard {
            // The server has it; what it answers is never read.
            until("it is on its way", || async {
                (house.written(&planned.id) > 0).then_some(())
            })
            .await;
        }
        planned.id
    });
    desk.shutdown_background();
    house.line.cut();
    house.line.thaw();
    id
}

#[test]
fn a_desk_that_dies_after_its_yes_is_told_what_became_of_it() {
    let (dir, world) = (TempDir::new().unwrap(), runtime());
    let house = world.block_on(House::open());
    let id = dies_after_its_yes(&house, &dir, true);
    runtime().block_on(async {
        let engine = open(&dir).await;
        let done = engine.await_act(&id, PATIENCE).await.unwrap();
        let hold = engine.hold_line();
        is_there_once(&house, &engine, &done).await;
        let again = engine.confirm_act(&id, "yes").await.unwrap_err();
        assert_eq!(again.code, Code::NotNow);
        hold.release().await;
    });
}

#[test]
fn a_yes_that_nobody_heard_is_not_said_again_by_itself() {
    let (dir, world) = (TempDir::new().unwrap(), runtime());
    let house = world.block_on(House::open());
    let id = dies_after_its_yes(&house, &dir, false);
    runtime().block_on(async {
        let engine = open(&dir).await;
        let act = engine.await_act(&id, PATIENCE).await.unwrap();
        assert_eq!((act.state, act.waiting), (ActState::Planned, false));
        assert_eq!(house.written(&id), 0);

        // The person looks at it again, and means it.
        let hold = engine.hold_line();
        until_the_line_is(&engine, true).await;
        let done = engine.do_act(&id, PATIENCE).await.unwrap();
        is_there_once(&house, &engine, &done).await;
        hold.release().await;
    });
}
