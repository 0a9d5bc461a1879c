//! Alone with a Metakocka: the server inside the program mirrors it; a team takes its place, and gives it back.

use std::fs;

use kontor_engine::auth::Secret;
use kontor_engine::protocol::{Act, ActState, FactsState, MirrorState};
use kontor_engine::{Code, DocumentView, DocumentsAsked, Engine, ErpForm};
use kontor_simulators::metakocka::{Metakocka, Options};
use kontor_testkit::company::people::person;
use serde_json::json;
use tempfile::TempDir;

use crate::colliding::House;
use crate::{PATIENCE, QUICK, open, until};

/// Of the customer below.
const ORDER: &str = "NAR-2025-0770";
const CUSTOMER: &str = "tomaz";

fn erp() -> Metakocka {
    Metakocka::start(Options::small()).unwrap()
}

async fn connect(engine: &Engine, erp: &Metakocka, key: &str) -> Result<bool, (Code, String)> {
    let form = ErpForm {
        base_url: erp.base_url().to_owned(),
        company: erp.company_id().to_owned(),
        key: Secret::new(key),
    };
    let done = engine.connect_erp(form).await;
    done.map(|connected| connected.renewed)
        .map_err(|e| (e.code, e.message))
}

async fn state(engine: &Engine) -> FactsState {
    engine.crm_status().await.unwrap().state
}

async fn until_it_is(engine: &Engine, wanted: MirrorState) -> FactsState {
    until(&format!("{wanted:?}"), || async {
        let state = state(engine).await;
        (state.state == wanted).then_some(state)
    })
    .await
}

/// The order as it stands in this desk's own rows; its customer is followed from the first look on.
async fn order(engine: &Engine) -> Option<DocumentView> {
    let customer = engine
        .find_customer(person(CUSTOMER).unwrap().address)
        .await
        .ok()?;
    engine.dossier(&customer).await.ok()?;
    let asked = DocumentsAsked::default();
    let page = engine.document_page(&customer, asked, None, 100).await;
    let mut documents = page.ok()?.documents.into_iter();
    documents.find(|document| document.number == ORDER)
}

async fn until_the_order_is(engine: &Engine, status: &str) {
    until(status, || async {
        order(engine).await.filter(|order| order.status == status)
    })
    .await;
}

fn change(erp: &Metakocka, status: &str) {
    let id = erp.find_document("sales_order", ORDER).unwrap();
    erp.change_document(&id, &json!({ "status": status }))
        .unwrap();
}

async fn audited(engine: &Engine) -> Vec<String> {
    let log = engine.audit_log(10).await.unwrap();
    log.into_iter().map(|line| line.action).collect()
}

fn keychain(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join("keys.json")).unwrap_or_default()
}

/// A key nobody can read without the keychain.
fn is_nowhere(dir: &TempDir, key: &str) {
    for entry in fs::read_dir(dir.path().join("profile")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap_or_default();
        let there = bytes.windows(key.len()).any(|w| w == key.as_bytes());
        assert!(!there, "the key lies in {}", path.display());
    }
    let keychain = keychain(dir);
    assert!(!keychain.contains(key), "it was only handed over there");
    assert!(!keychain.contains("asked"), "{keychain}");
}

#[tokio::test]
async fn alone_a_company_is_connected_mirrored_and_written_into() {
    let (dir, erp) = (tempfile::tempdir().unwrap(), erp());
    let engine = open(&dir, QUICK).await;
    let hold = engine.hold_line();

    let (code, why) = connect(&engine, &erp, "wrong").await.unwrap_err();
    assert_eq!(code, Code::Refused, "{why}");
    assert!(
        why.starts_with("Metakocka does not accept this company number and key"),
        "{why}"
    );
    assert!(state(&engine).await.life.is_empty(), "nothing is kept");
    assert!(audited(&engine).await.is_empty());
    assert!(!keychain(&dir).contains("inside"), "nor anything to seal");

    let key = erp.secret_key();
    assert_eq!(connect(&engine, &erp, key).await, Ok(false));
    is_nowhere(&dir, key);
    let first = until_it_is(&engine, MirrorState::Live).await;
    assert!(first.products > 0, "{first:?}");
    until_the_order_is(&engine, "shipped").await;

    // What a colleague changes there is here soon.
    change(&erp, "lost");
    until_the_order_is(&engine, "lost").await;

    // And what is written here is there.
    let document = engine.document_for_act(ORDER).await.unwrap();
    let status = "shipped".to_owned();
    let act = Act::SetStatus { document, status };
    let planned = engine.plan_act(act, None).await.unwrap();
    let done = engine.do_act(&planned.id, PATIENCE).await.unwrap();
    assert_eq!(done.state, ActState::Written, "{:?}", done.outcome);
    until_the_order_is(&engine, "shipped").await;

    assert_eq!(connect(&engine, &erp, key).await, Ok(true), "another key");
    assert_eq!(state(&engine).await.life, first.life, "keeps the facts");
    let log = audited(&engine).await;
    assert_eq!(log.first().map(String::as_str), Some("key"));
    assert_eq!(log.last().map(String::as_str), Some("connect"));
    is_nowhere(&dir, key);
    hold.release().await;
    let asked = engine
        .document_for_act(ORDER)
        .await
        .map(|document| Act::SetStatus {
            document,
            status: "lost".to_owned(),
        });
    let planned = engine.plan_act(asked.unwrap(), None).await.unwrap();
    assert!(planned.waiting, "planned while nothing runs");
    assert!(engine.confirm_act(&planned.id, "yes").await.is_err());
}

#[tokio::test]
async fn the_next_start_goes_on_and_a_lost_key_is_said() {
    let (dir, erp) = (tempfile::tempdir().unwrap(), erp());
    let engine = open(&dir, QUICK).await;
    connect(&engine, &erp, erp.secret_key()).await.unwrap();
    let hold = engine.hold_line();
    let before = until_it_is(&engine, MirrorState::Live).await;
    until_the_order_is(&engine, "shipped").await;
    hold.release().await;
    engine.stop().await;
    change(&erp, "lost");

    let engine = open(&dir, QUICK).await;
    let hold = engine.hold_line();
    until_the_order_is(&engine, "lost").await;
    assert_eq!(state(&engine).await.life, before.life, "the same facts");
    hold.release().await;
    engine.stop().await;

    fs::remove_file(dir.path().join("keys.json")).unwrap();
    let engine = open(&dir, QUICK).await;
    let hold = engine.hold_line();
    let lost = until_it_is(&engine, MirrorState::NeedsYou).await;
    assert!(
        lost.why.starts_with("The keychain of this computer"),
        "{lost:?}"
    );
    assert!(order(&engine).await.is_some(), "nothing else is lost");
    let key = erp.secret_key();
    assert_eq!(connect(&engine, &erp, key).await, Ok(true));
    until_it_is(&engine, MirrorState::Live).await;
    hold.release().await;
}

#[tokio::test]
async fn what_is_disconnected_alone_is_forgotten_and_another_company_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (erp(), erp());
    let engine = open(&dir, QUICK).await;
    let nothing = engine.disconnect_erp(false).await.unwrap_err();
    assert_eq!(nothing.code, Code::Refused, "{}", nothing.message);
    let hold = engine.hold_line();
    connect(&engine, &first, first.secret_key()).await.unwrap();
    let before = until_it_is(&engine, MirrorState::Live).await;
    until_the_order_is(&engine, "shipped").await;
    let address = "somebody@elsewhere.example";
    let linked = engine.find_customer(person(CUSTOMER).unwrap().address);
    let linked = linked.await.unwrap();
    engine.link(address, &linked).await.unwrap();
    let document = engine.document_for_act(ORDER).await.unwrap();

    let done = engine.disconnect_erp(false).await.unwrap();
    assert_eq!(done.company, first.company_id());
    until("this desk has forgotten", || async {
        let known = engine.crm_status().await.unwrap();
        (known.known == 0 && known.state.life.is_empty()).then_some(())
    })
    .await;
    assert!(order(&engine).await.is_none());
    let dossier = engine.dossier(&linked).await.unwrap_err();
    assert_eq!(dossier.code, Code::UnknownCustomer);
    let status = "lost".to_owned();
    let written = engine
        .plan_act(Act::SetStatus { document, status }, None)
        .await;
    assert!(written.is_err(), "nothing is written back");
    assert!(!keychain(&dir).contains("inside"), "nothing is sealed");
    let log = audited(&engine).await;
    assert_eq!(log.first().map(String::as_str), Some("disconnect"));
    assert_eq!(
        engine.disconnect_erp(false).await.unwrap_err().code,
        Code::Refused
    );

    // Whatever the first one does now is not heard of; the second one is read from the beginning.
    change(&first, "lost");
    change(&second, "draft");
    connect(&engine, &second, second.secret_key())
        .await
        .unwrap();
    let after = until_it_is(&engine, MirrorState::Live).await;
    assert_ne!(after.life, before.life);
    until_the_order_is(&engine, "draft").await;
    let whose = engine.find_customer(address).await.unwrap();
    assert_eq!(whose, linked, "a link by hand stays");
    hold.release().await;
}

#[tokio::test]
async fn a_team_has_its_own_facts_and_whoever_leaves_it_finds_theirs() {
    let (dir, erp, house) = (tempfile::tempdir().unwrap(), erp(), House::open().await);
    let engine = open(&dir, QUICK).await;
    let hold = engine.hold_line();
    connect(&engine, &erp, erp.secret_key()).await.unwrap();
    let before = until_it_is(&engine, MirrorState::Live).await;
    until_the_order_is(&engine, "shipped").await;

    house.join(&engine, "Ana", "ana@hrastvijak.example").await;
    assert!(order(&engine).await.is_none(), "they are not the team's");
    engine.team_sync(PATIENCE).await.unwrap();
    until("the team has no ERP", || async {
        let known = engine.crm_status().await.unwrap();
        (known.told_at.is_some() && known.known == 0).then_some(())
    })
    .await;
    assert!(state(&engine).await.life.is_empty());
    change(&erp, "lost");

    engine.team_leave().await.unwrap();
    until_the_order_is(&engine, "lost").await;
    let after = state(&engine).await;
    assert_eq!(after.life, before.life, "it goes on where it was");
    hold.release().await;
}
