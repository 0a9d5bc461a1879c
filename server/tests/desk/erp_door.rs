//! An admin enters the key of the company's Metakocka over HTTP.

use kontor_protocol::{ActId, ActOutcome, ActState, OrgId, SignedIn};
use kontor_server::core::sealing::Keys;
use kontor_server::core::storage::{ActChange, Acts as _, Facts as _, NewAct, Storage as _};
use kontor_simulators::{Metakocka, Options};
use rstest::rstest;
use serde_json::{Value, json};

use crate::house::{Asking, House};

async fn post(house: &House, who: &SignedIn, org: OrgId, body: &Value) -> (u16, Value) {
    let (path, body) = (format!("/api/v1/orgs/{org}/erp"), body.to_string());
    let with = Asking {
        token: Some(&who.token),
        body: Some(&body),
    };
    house.ask("POST", &path, with).await
}

fn request(erp: &Metakocka, key: &str) -> Value {
    json!({ "base_url": erp.base_url(), "company": erp.company_id(), "key": key })
}

/// A server that seals keys.
async fn sealing() -> (House, SignedIn) {
    let house = House::open().await;
    house.app.seal_with(Keys::given(&"5b".repeat(32)).unwrap());
    let ana = house.org("cebela").await;
    (house, ana)
}

#[tokio::test]
async fn an_admin_connects_what_metakocka_takes_and_the_key_never_comes_back() {
    let erp = Metakocka::start(Options::small()).unwrap();
    let (house, ana) = sealing().await;
    let right = request(&erp, erp.secret_key());
    let (status, told) = post(&house, &ana, ana.org, &right).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["renewed"], false);
    assert!(!told.to_string().contains(erp.secret_key()), "{told}");
    let kept = house.storage.erp(ana.org).await.unwrap().unwrap();
    assert_eq!(kept.company_id, erp.company_id());

    let (_, told) = post(&house, &ana, ana.org, &right).await;
    assert_eq!(told["renewed"], true, "the same company's facts stay");
    let log = house.storage.audit_log(ana.org, 2).await.unwrap();
    let lines: Vec<_> = log
        .iter()
        .map(|line| (line.action.as_str(), line.member))
        .collect();
    let by = Some(ana.member);
    assert_eq!(
        lines,
        [("key", by), ("connect", by)],
        "and who did it is known"
    );
}

#[tokio::test]
async fn what_metakocka_refuses_changes_nothing() {
    let erp = Metakocka::start(Options::small()).unwrap();
    let (house, ana) = sealing().await;
    let (status, told) = post(&house, &ana, ana.org, &request(&erp, "wrong-key")).await;
    assert_eq!((status, &told["code"]), (400, &json!("invalid")));
    let said = told["message"].as_str().unwrap();
    assert!(said.contains("does not accept"), "{said}");
    assert!(!said.contains("wrong-key"), "{said}");
    assert_eq!(house.storage.erp(ana.org).await.unwrap(), None);
}

async fn delete(house: &House, who: &SignedIn, org: OrgId) -> (u16, Value) {
    let path = format!("/api/v1/orgs/{org}/erp");
    let with = Asking {
        token: Some(&who.token),
        body: None,
    };
    house.ask("DELETE", &path, with).await
}

#[tokio::test]
async fn only_an_admin_disconnects_and_once() {
    let erp = Metakocka::start(Options::small()).unwrap();
    let (house, ana) = sealing().await;
    let (status, told) = delete(&house, &ana, ana.org).await;
    assert_eq!(
        (status, &told["code"]),
        (404, &json!("not_found")),
        "{told}"
    );
    post(&house, &ana, ana.org, &request(&erp, erp.secret_key())).await;
    let bor = house.member(ana.org, "bor@example.com").await;
    let osa = house.org("osa").await;
    assert_eq!(delete(&house, &bor, ana.org).await.0, 403);
    assert_eq!(delete(&house, &osa, ana.org).await.0, 401);
    assert!(house.storage.erp(ana.org).await.unwrap().is_some());

    let (status, told) = delete(&house, &ana, ana.org).await;
    let want = json!({ "base_url": erp.base_url(), "company": erp.company_id() });
    assert_eq!((status, told), (200, want));
    assert_eq!(house.storage.erp(ana.org).await.unwrap(), None);
    assert_eq!(delete(&house, &ana, ana.org).await.0, 404);
    let log = house.storage.audit_log(ana.org, 1).await.unwrap();
    let line = log.first().unwrap();
    assert_eq!(
        (line.action.as_str(), line.member),
        ("disconnect", Some(ana.member))
    );
}

#[tokio::test]
async fn while_something_is_on_its_way_it_stays_connected() {
    let erp = Metakocka::start(Options::small()).unwrap();
    let (house, ana) = sealing().await;
    post(&house, &ana, ana.org, &request(&erp, erp.secret_key())).await;
    let id = ActId(uuid::Uuid::now_v7());
    let now = jiff::Timestamp::UNIX_EPOCH;
    let act = r#"{"kind":"add_partner","name":"Novak"}"#.to_owned();
    let member = ana.member;
    let new = NewAct {
        id,
        member,
        act,
        now,
    };
    house.storage.plan_act(ana.org, new).await.unwrap();
    let change = ActChange {
        after: 1,
        due: Some(now),
        outcome: ActOutcome {
            state: ActState::Sent,
            ..ActOutcome::default()
        },
        memo: String::new(),
        audit: None,
        now,
    };
    house.storage.change_act(ana.org, id, change).await.unwrap();
    let (status, told) = delete(&house, &ana, ana.org).await;
    assert_eq!((status, &told["code"]), (409, &json!("under_way")));
    let said = told["message"].as_str().unwrap();
    assert!(said.contains("customer Novak"), "{said}");
    assert!(house.storage.erp(ana.org).await.unwrap().is_some());
    let anyway = format!("/api/v1/orgs/{}/erp?anyway=true", ana.org);
    let with = Asking {
        token: Some(&ana.token),
        body: None,
    };
    assert_eq!(house.ask("DELETE", &anyway, with).await.0, 200);
    let row = house.storage.act(ana.org, id).await.unwrap().unwrap();
    assert_eq!(row.outcome.state, ActState::CannotTell, "nobody will know");
}

#[tokio::test]
async fn only_admins_of_that_organisation_may() {
    let erp = Metakocka::start(Options::small()).unwrap();
    let (house, ana) = sealing().await;
    let (bor, osa) = (
        house.member(ana.org, "bor@example.com").await,
        house.org("osa").await,
    );
    let right = request(&erp, erp.secret_key());
    let (member, _) = post(&house, &bor, ana.org, &right).await;
    let (stranger, _) = post(&house, &osa, ana.org, &right).await;
    assert_eq!((member, stranger), (403, 401));
    assert_eq!(erp.statistics().all_calls(), 0, "nobody was asked");
}

#[rstest]
#[case::no_address(json!({"base_url": "metakocka", "company": "1", "key": "k"}))]
#[case::plain_http(json!({"base_url": "http://main.metakocka.si", "company": "1", "key": "k"}))]
#[case::no_key(json!({"base_url": "https://main.metakocka.si", "company": "1", "key": " "}))]
#[case::half_of_it(json!({"base_url": "https://main.metakocka.si"}))]
#[tokio::test]
async fn what_cannot_be_is_said(#[case] body: Value) {
    let (house, ana) = sealing().await;
    let (status, told) = post(&house, &ana, ana.org, &body).await;
    assert_eq!((status, &told["code"]), (400, &json!("invalid")), "{told}");
}

#[tokio::test]
async fn trying_keys_is_slow() {
    let erp = Metakocka::start(Options::small()).unwrap();
    let (house, ana) = sealing().await;
    let mut answers = Vec::new();
    for _ in 0..12 {
        answers.push(post(&house, &ana, ana.org, &request(&erp, "guess")).await.0);
    }
    assert_eq!(answers.first(), Some(&400));
    assert_eq!(answers.last(), Some(&429), "{answers:?}");
}

#[tokio::test]
async fn a_server_without_keys_says_whom_to_ask() {
    let erp = Metakocka::start(Options::small()).unwrap();
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let (status, told) = post(&house, &ana, ana.org, &request(&erp, erp.secret_key())).await;
    assert_eq!(status, 503, "{told}");
}
