//! A Metakocka that is slow, wrong, away or moving, and mirrors that are killed: in the end everything is as it is there.

use std::collections::BTreeMap;

use kontor_protocol::{Document, MirrorState};
use kontor_simulators::metakocka::{Fault, Options};
use rstest::rstest;
use serde_json::json;

use crate::company::Company;

/// What counts of documents, whenever it was read.
fn plain(documents: BTreeMap<String, Document>) -> Vec<Document> {
    let mut all: Vec<_> = documents.into_values().collect();
    for one in &mut all {
        one.version = 0;
        one.seen_at = jiff::Timestamp::UNIX_EPOCH;
    }
    all
}

async fn read_undisturbed(options: Options) -> Vec<Document> {
    let company = Company::new(options).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    mirrors.close().await;
    plain(company.mirror().await.1)
}

#[rstest]
#[case::overloaded(Fault::Status(503), 9)]
#[case::cut_before(Fault::DropBefore, 7)]
#[case::cut_after(Fault::DropAfter, 7)]
#[case::half_an_answer(Fault::HalfBody, 5)]
#[tokio::test]
async fn it_comes_to_the_truth_by_itself(#[case] fault: Fault, #[case] times: u64) {
    let company = Company::new(Options::small()).await;
    company.erp.fail(u32::MAX, fault);
    let mirrors = company.mirrors();
    company
        .until("it is told that there is no answer", |s| {
            s.state == MirrorState::Behind && !s.why.is_empty() && s.counts.errors >= times
        })
        .await;
    company.erp.well();
    let state = company.mirrored().await;
    assert_eq!(state.why, "", "{state:#?}");
    assert_eq!(
        plain(company.mirror().await.1),
        read_undisturbed(Options::small()).await
    );
    mirrors.close().await;
}

#[tokio::test]
async fn killed_at_any_page_it_goes_on_there() {
    let company = Company::new(Options::small()).await;
    for _ in 0..12 {
        let before = company.erp.statistics().all_calls();
        let mirrors = company.mirrors();
        // Dropped in the middle of whatever it does.
        while company.erp.statistics().all_calls() < before + 3 {
            let state = company.storage_state().await;
            if state.state == MirrorState::Live {
                break;
            }
            tokio::task::yield_now().await;
        }
        mirrors.close().await;
        // A node that is killed says no goodbye: the next one waits until its lease has run out.
        company.clock.set(company.clock.after(31));
    }
    let mirrors = company.mirrors();
    company.mirrored().await;
    mirrors.close().await;
    assert_eq!(
        plain(company.mirror().await.1),
        read_undisturbed(Options::small()).await
    );
}

#[tokio::test]
async fn a_wrong_key_asks_for_somebody_and_keeps_what_is_there() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let before = plain(company.mirror().await.1);
    company.erp.wrong_key(true);
    let now = company.clock.after(60);
    company.clock.set(now);
    let state = company
        .until("somebody is asked for", |s| {
            s.state == MirrorState::NeedsYou
        })
        .await;
    assert!(state.why.contains("enter them again"), "{}", state.why);
    assert!(
        !state.why.contains(company.erp.secret_key()),
        "no key in words"
    );
    assert_eq!(plain(company.mirror().await.1), before, "stale facts stay");
    assert!(
        state.fresh.iter().all(|f| f.at < now),
        "and are no younger than they are: {state:#?}"
    );
    company.erp.wrong_key(false);
    company.connect(&company.erp, "one").await;
    company
        .until("it goes on with the new key", |s| {
            s.state == MirrorState::Live
        })
        .await;
    mirrors.close().await;
}

#[tokio::test]
async fn documents_that_come_while_it_walks_are_there_in_the_end() {
    let company = Company::new(Options::small()).await;
    company.erp.changing_totals(6, true);
    let mirrors = company.mirrors();
    company.mirrored().await;
    company.round().await;
    for doc_type in ["sales_offer", "sales_order", "sales_bill_domestic"] {
        let documents = company.mirror().await.1;
        let here = documents
            .values()
            .filter(|d| d.doc_type == doc_type)
            .count();
        assert_eq!(here as u64, company.count(doc_type).await, "{doc_type}");
    }
    mirrors.close().await;
}

#[tokio::test]
async fn two_nodes_never_search_at_once() {
    let company = Company::new(Options::small()).await;
    let (one, two) = (company.mirrors(), company.mirrors());
    company.mirrored().await;
    one.close().await;
    two.close().await;
    assert_eq!(company.erp.statistics().most_searches, 1);
}

#[tokio::test]
async fn a_page_of_somebody_else_is_told_as_a_wrong_address() {
    let company = Company::new(Options::small()).await;
    company.erp.fail(u32::MAX, Fault::HtmlPage);
    let mirrors = company.mirrors();
    let state = company
        .until("the address is doubted", |s| {
            s.state == MirrorState::NeedsYou
        })
        .await;
    assert!(state.why.contains("address"), "{}", state.why);
    company.erp.well();
    company.mirrored().await;
    mirrors.close().await;
    // Nothing was asked twice that changes something.
    assert_eq!(json!(company.erp.statistics().writes), json!({}));
}
