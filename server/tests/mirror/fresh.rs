//! No fact is shown younger than it is: what a look or a round could not see gets no younger by it.

use std::time::Duration;

use kontor_protocol::{DocumentKind, FactKind, MirrorState};
use kontor_simulators::metakocka::Options;
use rstest::rstest;
use serde_json::json;

use crate::company::{Company, covered, known_from};

#[rstest]
#[case::orders("sales_order", FactKind::Order, FactKind::Invoice)]
#[case::one_kind_of_bills("sales_bill_foreign", FactKind::Invoice, FactKind::Order)]
#[tokio::test]
async fn what_the_erp_refuses_to_show_gets_no_younger(
    #[case] doc_type: &str,
    #[case] kind: FactKind,
    #[case] other: FactKind,
) {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    company.look().await;
    let today = Some("2026-11-20".parse().unwrap());
    let before = company.storage_state().await;
    company.erp.refuse(doc_type, true);
    company.look().await;
    let state = company.storage_state().await;
    assert_eq!(
        known_from(&state, kind, today),
        known_from(&before, kind, today),
        "{state:#?}"
    );
    assert!(
        known_from(&state, other, today) > known_from(&before, other, today),
        "what it does show is seen: {state:#?}"
    );
    assert!(state.why.contains(doc_type), "{}", state.why);
    assert_eq!(state.state, MirrorState::Live, "the rest goes on");

    company.erp.refuse(doc_type, false);
    company.look().await;
    let state = company.storage_state().await;
    assert!(known_from(&state, kind, today) > known_from(&before, kind, today));
    assert_eq!(state.why, "");
    mirrors.close().await;
}

#[tokio::test]
async fn a_round_says_nothing_of_what_it_was_refused() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let before = company.storage_state().await;
    let (_, documents) = company.mirror().await;
    company.erp.refuse("sales_offer", true);
    let later = company.clock.after(1801);
    company.clock.set(later);
    let state = company
        .until("orders were walked over", |state| {
            covered(state, FactKind::Order) >= Some(later)
        })
        .await;
    assert_eq!(
        covered(&state, FactKind::Offer),
        covered(&before, FactKind::Offer)
    );
    let (_, after) = company.mirror().await;
    assert_eq!(
        after.len(),
        documents.len(),
        "nobody said that they are gone"
    );
    company.erp.refuse("sales_offer", false);
    company.round().await;
    mirrors.close().await;
}

#[tokio::test]
async fn a_type_an_installation_never_had_is_not_waited_for() {
    let company = Company::new(Options::small()).await;
    company.erp.refuse("sales_bill_prepaid", true);
    company
        .erp
        .control("hide_type", &json!({ "doc_type": "sales_bill_prepaid" }))
        .unwrap();
    let mirrors = company.mirrors();
    let state = company.mirrored().await;
    assert!(covered(&state, FactKind::Invoice).is_some(), "{state:#?}");
    assert_eq!(state.why, "", "nothing is wrong");
    mirrors.close().await;
}

#[tokio::test]
async fn a_look_that_stops_at_its_bound_goes_on_with_the_next_one() {
    let company = Company::new(Options {
        documents: 700,
        ..Options::small()
    })
    .await;
    let mirrors = company.mirrors_with(|pace| {
        pace.look_pages = 1;
        // Only looks bring anything here.
        pace.sweep = Duration::MAX;
    });
    company.mirrored().await;
    company.look().await;
    let (_, documents) = company.mirror().await;
    let orders: Vec<_> = documents
        .values()
        .filter(|d| d.kind == DocumentKind::Order)
        .map(|d| d.id.clone())
        .collect();
    assert!(orders.len() > 150, "more than a page: {}", orders.len());
    for id in &orders {
        company
            .erp
            .change_document(id, &json!({ "status": "lost" }))
            .unwrap();
    }
    let before = covered_orders(&company).await;
    company.look().await;
    assert_eq!(
        covered_orders(&company).await,
        before,
        "half of it is not all of it"
    );
    let mut looks = 0;
    while covered_orders(&company).await == before {
        company.look().await;
        looks += 1;
        assert!(looks < 10, "it never comes to the end");
    }
    let (_, after) = company.mirror().await;
    let missed = after
        .values()
        .filter(|d| d.kind == DocumentKind::Order && d.status != "lost");
    assert_eq!(missed.count(), 0, "nothing is lost on the way");
    mirrors.close().await;
}

async fn covered_orders(company: &Company) -> Option<jiff::Timestamp> {
    covered(&company.storage_state().await, FactKind::Order)
}

#[tokio::test]
async fn a_look_that_is_killed_between_pages_loses_nothing() {
    let company = Company::new(Options {
        documents: 700,
        ..Options::small()
    })
    .await;
    let mirrors = company.mirrors_with(|pace| pace.sweep = Duration::MAX);
    company.mirrored().await;
    company.look().await;
    mirrors.close().await;
    let (_, documents) = company.mirror().await;
    for order in documents.values().filter(|d| d.kind == DocumentKind::Order) {
        company
            .erp
            .change_document(&order.id, &json!({ "status": "lost" }))
            .unwrap();
    }
    let now = company.clock.after(31);
    company.clock.set(now);
    for _ in 0..20 {
        let before = company.erp.statistics().all_calls();
        let mirrors = company.mirrors_with(|pace| pace.sweep = Duration::MAX);
        while company.erp.statistics().all_calls() < before + 3 {
            if company.storage_state().await.last_at >= Some(now) {
                break;
            }
            tokio::task::yield_now().await;
        }
        mirrors.close().await;
    }
    let mirrors = company.mirrors_with(|pace| pace.sweep = Duration::MAX);
    company.look().await;
    let (_, after) = company.mirror().await;
    let missed = after
        .values()
        .filter(|d| d.kind == DocumentKind::Order && d.status != "lost");
    assert_eq!(missed.count(), 0);
    mirrors.close().await;
}

#[tokio::test]
async fn customers_are_as_fresh_as_the_one_not_asked_for_longest() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    mirrors.close().await;
    let later = company.clock.after(3600);
    company.clock.set(later);
    let mut left = company.not_asked_since(later).await;
    assert!(left > 5, "more than a turn asks for: {left}");
    while left > 0 {
        // One turn and no other, after which only a look says how things are.
        let mirrors = company.mirrors_with(|pace| pace.sweep = Duration::MAX);
        left = company.fewer_not_asked(left, later).await;
        company.look().await;
        let shown = covered(&company.storage_state().await, FactKind::Customer);
        assert_eq!(shown, company.stalest().await, "{left} were not asked for");
        mirrors.close().await;
    }
}
