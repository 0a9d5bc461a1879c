//! Acts: told to the server when somebody looks or says yes on this line, and never by themselves.

use kontor_collab::Desk;
use kontor_protocol::{
    ACTS, ActId, ActOutcome, ActState, ActStep, ActTold, ClientFrame, ServerFrame,
};

use crate::support::{Order, Place, at};

const ID: &str = "0198c0de-0000-7000-8000-000000000001";
const ACT: &str = r#"{"kind":"add_partner","name":"Novak"}"#;

/// A conversation that begins with a server that can do this.
async fn begun(place: &Place, order: &mut Order, can: &[&str]) -> Desk {
    let mut desk = Desk::new(place.collab.clone());
    let hello = desk.hello("token").unwrap();
    for answer in order.take(&mut None, hello) {
        let answer = match answer {
            ServerFrame::Welcome(mut welcome) => {
                welcome.capabilities = can.iter().map(|word| (*word).to_owned()).collect();
                ServerFrame::Welcome(welcome)
            }
            other => other,
        };
        desk.take(answer, at(1)).await.unwrap();
    }
    desk
}

/// What is asked now: steps with the token somebody said yes to.
fn asked(desk: &mut Desk) -> Vec<(ActStep, String)> {
    let mut all = Vec::new();
    while let Some(frame) = desk.next_act().unwrap() {
        let ClientFrame::ErpAct(ask) = frame else {
            panic!("{frame:?}");
        };
        assert_eq!(ask.id.to_string(), ID);
        assert_eq!(ask.act.is_some(), ask.step != ActStep::Ask);
        all.push((ask.step, ask.seen));
    }
    all
}

async fn told(desk: &mut Desk, state: ActState) {
    let outcome = ActOutcome {
        state,
        ..ActOutcome::default()
    };
    let id: ActId = ID.parse().unwrap();
    let frame = ServerFrame::ErpTold(Box::new(ActTold { id, outcome }));
    desk.take(frame, at(2)).await.unwrap();
}

async fn plan(place: &Place) {
    let write = place
        .collab
        .store()
        .write(at(3).into(), |w| w.plan_act(ID, ACT, ""));
    write.await.unwrap();
}

async fn yes(place: &Place) {
    let write = place
        .collab
        .store()
        .write(at(3).into(), |w| w.want_act(ID, "do", "ab"));
    assert!(write.await.unwrap());
}

fn state(place: &Place) -> (String, String) {
    let row = place.collab.store().read(|r| r.act(ID)).unwrap().unwrap();
    (row.state, row.wants)
}

#[tokio::test]
async fn a_look_and_a_yes_are_told_once_each() {
    let mut order = Order::new();
    let place = Place::joined(1, &order).await;
    plan(&place).await;
    let mut desk = begun(&place, &mut order, &[ACTS]).await;
    assert_eq!(asked(&mut desk), [(ActStep::Preview, String::new())]);
    assert_eq!(asked(&mut desk), [], "it is under way");
    told(&mut desk, ActState::Planned).await;
    assert_eq!(asked(&mut desk), []);
    yes(&place).await;
    assert_eq!(asked(&mut desk), [(ActStep::Do, "ab".to_owned())]);
    told(&mut desk, ActState::Confirmed).await;
    told(&mut desk, ActState::Written).await;
    assert_eq!(state(&place), ("written".to_owned(), String::new()));
    assert_eq!(asked(&mut desk), []);
}

#[tokio::test]
async fn a_yes_of_an_earlier_line_is_only_asked_after() {
    let mut order = Order::new();
    let place = Place::joined(1, &order).await;
    plan(&place).await;
    yes(&place).await;
    let mut desk = begun(&place, &mut order, &[ACTS]).await;
    assert_eq!(
        asked(&mut desk),
        [(ActStep::Ask, "ab".to_owned())],
        "nothing is sent"
    );
    // The server never heard of it: somebody looks again and says yes again.
    told(&mut desk, ActState::Planned).await;
    assert_eq!(state(&place), ("planned".to_owned(), String::new()));
    assert_eq!(asked(&mut desk), []);
}

#[tokio::test]
async fn a_server_that_knows_no_acts_is_told_of_none() {
    let mut order = Order::new();
    let place = Place::joined(1, &order).await;
    plan(&place).await;
    let mut desk = begun(&place, &mut order, &["facts"]).await;
    assert_eq!(asked(&mut desk), []);
    assert_eq!(state(&place).1, "preview", "it waits");
}
