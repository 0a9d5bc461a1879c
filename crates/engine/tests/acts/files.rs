//! A file beside a document: on its way in pieces, over lines that break and servers that die, and there once.

use kontor_engine::auth::Secret;
use kontor_engine::protocol::{Act, ActFile, ActState, DocumentName};
use kontor_engine::{ActView, Engine, ErpForm};
use kontor_server::core::storage::Files as _;
use kontor_simulators::metakocka::{Metakocka, Options};
use kontor_testkit::{Direction, Faults};
use serde_json::json;
use tempfile::TempDir;

use crate::house::{House, PATIENCE, attached, open, until};
use crate::{runtime, seen, until_the_line_is};

const SIZE: usize = 6 << 20;

/// Bytes that do not repeat.
fn content() -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..SIZE).map(next).collect()
}

/// An order nobody has attached anything to.
fn order(erp: &Metakocka) -> String {
    let partner = json!({ "partner": { "customer": "Datoteka d.o.o.", "buyer": "true" } });
    let partner = erp.control("new_partner", &partner).unwrap();
    let order = json!({
        "doc_type": "sales_order", "doc_date": "2026-11-19+01:00",
        "partner": { "mk_id": partner["mk_id"] },
        "product_list": [{ "code": "HP26AB", "amount": "2", "price": "64.5", "tax": "EX4" }],
    });
    let made = erp.new_document(&order).unwrap();
    made["mk_id"].as_str().unwrap().to_owned()
}

/// Keeps the file on this desk and plans to attach it.
async fn plan(engine: &Engine, order: &str, bytes: Vec<u8>) -> ActView {
    let kept = engine.keep_bytes("nacrt.pdf", "application/pdf", bytes);
    let kept = kept.await.unwrap().file;
    let act = Act::AttachFile {
        document: DocumentName {
            id: order.to_owned(),
            doc_type: "sales_order".to_owned(),
        },
        name: "nacrt.pdf".to_owned(),
        data: String::new(),
        file: Some(ActFile {
            hash: kept.hash,
            size: kept.size,
        }),
    };
    engine.plan_act(act, None).await.unwrap()
}

/// It lies there byte for byte, and one line of the log tells of it.
async fn is_there_once(house: &House, order: &str, done: &ActView, bytes: &[u8]) {
    assert_eq!(done.state, ActState::Written, "{:#?}", done.outcome);
    let files = attached(&house.erp, order).await;
    assert_eq!(files.len(), 1);
    assert!(files[0] == bytes, "byte for byte");
    assert_eq!(house.audit().await.len(), 1);
}

/// Bytes of its file that the server has.
async fn received(house: &House, act: &ActView) -> u64 {
    let file = act.act.file().unwrap();
    let head = house.storage.file(house.org, file.hash).await.unwrap();
    head.map_or(0, |head| head.received)
}

#[test]
fn a_large_file_arrives_once_over_a_line_that_breaks() {
    let dir = TempDir::new().unwrap();
    runtime().block_on(async {
        let house = House::open().await;
        let (order, bytes) = (order(&house.erp), content());
        let engine = open(&dir).await;
        house.join(&engine).await;
        let hold = engine.hold_line();
        until_the_line_is(&engine, true).await;

        // No connection lives long enough for all of it.
        house.line.set(Faults {
            cut_after: Some((Direction::Up, 900 << 10)),
            ..Faults::default()
        });
        let planned = plan(&engine, &order, bytes.clone()).await;
        let (act, token) = seen(&engine, &planned.id).await;
        let sent = house.line.bytes(Direction::Up);
        assert!(sent < 12 << 20, "it began anew each time: {sent}");
        assert_eq!(act.state, ActState::Planned);
        let there = attached(&house.erp, &order).await;
        assert_eq!(there.len(), 0, "nobody has said yes");

        house.line.set(Faults::default());
        until_the_line_is(&engine, true).await;
        engine.confirm_act(&planned.id, &token).await.unwrap();
        let done = engine.await_act(&planned.id, PATIENCE).await.unwrap();
        is_there_once(&house, &order, &done, &bytes).await;

        // Planned anew by mistake, it is recognised.
        let again = plan(&engine, &order, bytes.clone()).await;
        let (act, token) = seen(&engine, &again.id).await;
        let notes = act.outcome.preview.unwrap().notes;
        assert!(notes[0].contains("very file"), "{notes:?}");
        engine.confirm_act(&again.id, &token).await.unwrap();
        let done = engine.await_act(&again.id, PATIENCE).await.unwrap();
        assert_eq!(done.state, ActState::Written);
        assert_eq!(attached(&house.erp, &order).await.len(), 1, "not twice");
        hold.release().await;
    });
}

#[test]
fn a_large_file_arrives_once_at_a_server_that_dies_on_the_way() {
    let dir = TempDir::new().unwrap();
    runtime().block_on(async {
        let mut house = House::open().await;
        let (order, bytes) = (order(&house.erp), content());
        let engine = open(&dir).await;
        house.join(&engine).await;
        let hold = engine.hold_line();
        until_the_line_is(&engine, true).await;

        house.line.change(|f| f.bytes_per_second = Some(2 << 20));
        let planned = plan(&engine, &order, bytes.clone()).await;
        until("some of it", || async {
            (received(&house, &planned).await >= 512 << 10).then_some(())
        })
        .await;
        house.kill().await;
        house.revive().await;
        let kept = received(&house, &planned).await;
        assert!((512 << 10..6 << 20).contains(&kept), "{kept}");
        house.line.set(Faults::default());
        let (_, token) = seen(&engine, &planned.id).await;
        until_the_line_is(&engine, true).await;
        engine.confirm_act(&planned.id, &token).await.unwrap();
        let done = engine.await_act(&planned.id, PATIENCE).await.unwrap();
        is_there_once(&house, &order, &done, &bytes).await;
        hold.release().await;
    });
}

#[test]
fn without_a_team_a_large_file_goes_through_the_server_inside() {
    let dir = TempDir::new().unwrap();
    runtime().block_on(async {
        let erp = Metakocka::start(Options::small()).unwrap();
        let (order, bytes) = (order(&erp), content());
        let engine = open(&dir).await;
        let hold = engine.hold_line();
        let form = ErpForm {
            base_url: erp.base_url().to_owned(),
            company: erp.company_id().to_owned(),
            key: Secret::new(erp.secret_key()),
        };
        engine.connect_erp(form).await.unwrap();
        until("it is known here", || async {
            let known = engine.crm_status().await.ok()?;
            (!known.state.life.is_empty()).then_some(())
        })
        .await;
        let planned = plan(&engine, &order, bytes.clone()).await;
        let done = engine.do_act(&planned.id, PATIENCE).await.unwrap();
        assert_eq!(done.state, ActState::Written, "{:#?}", done.outcome);
        let there = attached(&erp, &order).await;
        assert!(there == [bytes], "byte for byte, once");
        hold.release().await;
    });
}
