//! A company that is disconnected, and another one that comes after it.

use std::collections::BTreeMap;

use kontor_protocol::MirrorState;
use kontor_server::core::connecting::{ConnectProblem, disconnect};
use kontor_server::core::storage::{Facts as _, Storage as _};
use kontor_simulators::metakocka::{Metakocka, Options};

use crate::company::Company;

/// Another company: the same people of the sample, other books.
fn other() -> Options {
    Options {
        seed: 7,
        partners: 45,
        documents: 300,
        products: 30,
        ..Options::small()
    }
}

/// What is known, without when it was seen and numbered.
async fn known(company: &Company) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let (cards, documents) = company.mirror().await;
    let cards = cards.into_iter().map(|(id, card)| (id, card.name));
    let documents = documents
        .into_iter()
        .map(|(id, document)| (id, format!("{} {}", document.number, document.total)));
    (cards.collect(), documents.collect())
}

#[tokio::test]
async fn of_a_disconnected_company_nothing_is_left_and_nothing_is_asked() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let first = known(&company).await;
    let (from, by) = ((&company.storage, &company.clock), (company.org, None));
    let done = disconnect(from, by, false).await.unwrap();
    assert_eq!(done.company, company.erp.company_id());
    assert_eq!(known(&company).await, Default::default());
    assert_eq!(company.products().await, BTreeMap::new());
    assert_eq!(company.storage_state().await.state, MirrorState::Off);
    let again = disconnect(from, by, false).await;
    assert!(matches!(again, Err(ConnectProblem::None)), "{again:?}");

    // The other one's books are there as if there had never been a first.
    let second = Metakocka::start(other()).unwrap();
    company.connect(&second, "two").await;
    company
        .until("the second company is asked", |_| {
            second.statistics().all_calls() > 0
        })
        .await;
    let asked = company.erp.statistics().all_calls();
    company.mirrored().await;
    assert_eq!(
        company.erp.statistics().all_calls(),
        asked,
        "the first one is not asked any more"
    );
    let alone = Company::new(other()).await;
    let alone_mirrors = alone.mirrors();
    alone.mirrored().await;
    let second = known(&company).await;
    assert_eq!(second, known(&alone).await);
    assert_ne!(second, first, "the two are not the same");

    let log = company.storage.audit_log(company.org, 9).await.unwrap();
    let lines: Vec<_> = log.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(lines, ["disconnect"]);
    alone_mirrors.close().await;
    mirrors.close().await;
}

#[tokio::test]
async fn the_same_company_again_is_read_from_the_beginning() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let before = known(&company).await;
    let gone = before.1.keys().next().unwrap().clone();
    let (from, by) = ((&company.storage, &company.clock), (company.org, None));
    disconnect(from, by, false).await.unwrap();
    company.erp.delete_document(&gone).unwrap();
    let searched = company.erp.statistics().calls_of("search");
    company.connect(&company.erp, "three").await;
    company.mirrored().await;
    let after = known(&company).await;
    assert!(!after.1.contains_key(&gone), "nothing is remembered");
    assert_eq!(after.1.len() + 1, before.1.len());
    assert!(company.erp.statistics().calls_of("search") > searched + 3);
    let row = company.storage.erp(company.org).await.unwrap().unwrap();
    assert_eq!(row.life, "three");
    mirrors.close().await;
}
