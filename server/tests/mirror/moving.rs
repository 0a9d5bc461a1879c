//! A register that changes under the mirror, and a clock that is not to be trusted: in the end everything is as it is there.

use kontor_protocol::{CustomerRow, DocumentKind};
use kontor_server::core::storage::Facts as _;
use kontor_simulators::metakocka::Options;
use rstest::rstest;
use serde_json::json;

use crate::company::Company;

impl Company {
    /// The directory's row of a customer.
    async fn row(&self, id: &str) -> CustomerRow {
        let rows = self.storage.customers_after(self.org, 0, 10_000).await;
        let mut rows = rows.unwrap().into_iter();
        rows.find(|row| row.id == id)
            .expect("it is in the directory")
    }

    /// A customer that has documents, and one of its orders.
    async fn somebody(&self) -> (String, String) {
        let rows = self.storage.customers_after(self.org, 0, 10_000).await;
        for row in rows.unwrap() {
            let dossier = self
                .storage
                .dossier_after(self.org, row.id.clone(), 0, 1000);
            let documents = dossier.await.unwrap().1;
            let order = documents.iter().find(|d| d.kind == DocumentKind::Order);
            if let Some(order) = order {
                return (row.id, order.id.clone());
            }
        }
        panic!("nobody ordered anything");
    }

    /// Where a document is now.
    async fn holders(&self, document: &str) -> Vec<String> {
        let rows = self.storage.customers_after(self.org, 0, 10_000).await;
        let mut holders = Vec::new();
        for row in rows.unwrap() {
            let dossier = self
                .storage
                .dossier_after(self.org, row.id.clone(), 0, 1000);
            let mut documents = dossier.await.unwrap().1.into_iter();
            if documents.any(|d| d.id == document && !d.gone) {
                holders.push(row.id);
            }
        }
        holders
    }
}

#[tokio::test]
async fn a_renamed_customer_has_its_new_name_after_a_round() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let (id, _) = company.somebody().await;
    let before = company.row(&id).await;
    company
        .erp
        .rename_partner(&id, "Preimenovano d.o.o.")
        .unwrap();
    company.round().await;
    let after = company.row(&id).await;
    assert_eq!(after.name, "Preimenovano d.o.o.");
    assert!(after.version > before.version, "desks are told");
    assert_eq!(after.addresses, before.addresses);
    mirrors.close().await;
}

#[tokio::test]
async fn a_customer_that_left_the_register_is_gone_and_its_documents_stay() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let (id, order) = company.somebody().await;
    let before = company.row(&id).await;
    company.erp.delete_partner(&id).unwrap();
    company.round().await;
    let after = company.row(&id).await;
    assert!(after.gone && after.version > before.version, "{after:#?}");
    assert_eq!(after.name, before.name, "it is known who it was");
    assert_eq!(
        company.holders(&order).await,
        std::slice::from_ref(&id),
        "what was sold was sold"
    );
    let others = company
        .storage
        .customers_after(company.org, 0, 10_000)
        .await;
    let gone = others.unwrap().into_iter().filter(|row| row.gone).count();
    assert_eq!(gone, 1, "nobody else is");
    let version = company.storage_state().await.version;
    company.round().await;
    assert_eq!(company.storage_state().await.version, version, "said once");
    mirrors.close().await;
}

#[tokio::test]
async fn an_id_the_register_does_not_answer_for_once_is_no_customer_gone() {
    let company = Company::new(Options::small()).await;
    company
        .erp
        .control("forget_partner_ids", &json!({}))
        .unwrap();
    let mirrors = company.mirrors();
    company.mirrored().await;
    let rows = company
        .storage
        .customers_after(company.org, 0, 10_000)
        .await;
    let rows = rows.unwrap();
    assert!(rows.len() > 10, "{rows:#?}");
    assert!(rows.iter().all(|row| !row.gone), "they are found by name");
    mirrors.close().await;
}

#[rstest]
#[case::ahead(2 * 3600)]
#[case::behind(-2 * 3600)]
#[case::set_forward_and_back(0)]
#[tokio::test]
async fn changes_come_with_the_next_look_whatever_the_erps_clock_says(#[case] skew: i64) {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors_with(|pace| pace.sweep = std::time::Duration::MAX);
    company.mirrored().await;
    company.look().await;
    let (_, documents) = company.mirror().await;
    let mut orders = documents.values().filter(|d| d.kind == DocumentKind::Order);
    let (first, second) = (orders.next().unwrap(), orders.next().unwrap());
    if skew == 0 {
        company.erp.skew(5 * 3600);
        let change = json!({ "status": "shipped" });
        company.erp.change_document(&second.id, &change).unwrap();
        company.look().await;
    }
    company.erp.skew(skew);
    for status in ["lost", "created"] {
        let change = json!({ "status": status });
        company.erp.change_document(&first.id, &change).unwrap();
        company.look().await;
        let (_, after) = company.mirror().await;
        assert_eq!(after[&first.id].status, status);
    }
    assert_eq!(company.storage_state().await.counts.drift, 0);
    mirrors.close().await;
}

#[tokio::test]
async fn a_document_that_moves_to_another_customer_is_there_and_no_longer_here() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let (id, order) = company.somebody().await;
    let rows = company
        .storage
        .customers_after(company.org, 0, 10_000)
        .await;
    let other = rows.unwrap().into_iter().find(|row| row.id != id).unwrap();
    let move_it = json!({ "partner": other.id });
    company.erp.change_document(&order, &move_it).unwrap();
    company.look().await;
    assert_eq!(
        company.holders(&order).await,
        std::slice::from_ref(&other.id)
    );
    let back = json!({ "partner": id });
    company.erp.change_document(&order, &back).unwrap();
    company.round().await;
    assert_eq!(company.holders(&order).await, [id]);
    mirrors.close().await;
}

#[rstest]
#[case::documents_come(true)]
#[case::documents_go(false)]
#[tokio::test]
async fn totals_that_change_between_pages_hide_nothing(#[case] grow: bool) {
    let company = Company::new(Options {
        documents: 700,
        ..Options::small()
    })
    .await;
    company.erp.changing_totals(8, grow);
    let mirrors = company.mirrors();
    company.mirrored().await;
    company.round().await;
    let (_, documents) = company.mirror().await;
    for doc_type in ["sales_offer", "sales_order", "sales_bill_domestic"] {
        let here = documents.values().filter(|d| d.doc_type == doc_type);
        assert_eq!(
            here.count() as u64,
            company.count(doc_type).await,
            "{doc_type}"
        );
    }
    mirrors.close().await;
}

#[tokio::test]
async fn drift_is_what_no_look_would_have_brought() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    company.look().await;
    let (_, documents) = company.mirror().await;
    let bills = documents
        .values()
        .filter(|d| d.doc_type == "sales_bill_domestic" && d.issued && d.paid < d.total);
    let bill = bills.min_by_key(|d| d.date).unwrap();
    let paid = json!({ "paid": "1.00" });
    company.erp.change_document(&bill.id, &paid).unwrap();
    let (_, order) = company.somebody().await;
    let lost = json!({ "status": "lost" });
    company.erp.change_document(&order, &lost).unwrap();
    company.round().await;
    let (_, after) = company.mirror().await;
    assert!(after[&bill.id].paid > bill.paid, "the round saw it");
    assert_eq!(after[&order].status, "lost");
    let state = company.storage_state().await;
    assert_eq!(state.counts.drift, 1, "the order a look brings: {state:#?}");
    mirrors.close().await;
}
