//! An admin enters the key of the company's Metakocka over HTTP.

use kontor_protocol::{OrgId, SignedIn};
use kontor_server::core::sealing::Keys;
use kontor_server::core::storage::{Facts as _, Storage as _};
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
