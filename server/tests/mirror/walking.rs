//! Reading everything once, and what changes after.

use std::collections::BTreeMap;

use kontor_protocol::{Document, DocumentKind, MirrorState};
use kontor_server::core::storage::Facts as _;
use kontor_simulators::metakocka::{Metakocka, Options};
use serde_json::json;

use crate::company::Company;

const TYPES: [&str; 7] = [
    "sales_offer",
    "sales_order",
    "sales_bill_domestic",
    "sales_bill_foreign",
    "sales_bill_retail",
    "sales_bill_prepaid",
    "sales_bill_credit_note",
];

#[tokio::test]
async fn everything_is_read_once_and_with_few_calls() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    let state = company.mirrored().await;
    let (cards, documents) = company.mirror().await;
    let (mut least, mut there) = (0, 0);
    for doc_type in TYPES {
        let count = company.count(doc_type).await;
        let here = documents.values().filter(|d| d.doc_type == doc_type);
        assert_eq!(here.count() as u64, count, "{doc_type}");
        (least, there) = (least + count.div_ceil(100).max(1), there + count);
    }
    assert_eq!(state.counts.documents, there);
    assert!(
        cards.values().all(|card| !card.name.is_empty()),
        "{cards:#?}"
    );
    let people = cards.values().flat_map(|card| &card.contacts);
    let addresses: Vec<_> = people.map(|contact| contact.email.as_str()).collect();
    assert!(
        addresses.contains(&"tomaz@mizarstvo-kovac.example"),
        "the sample company's customers are known by their addresses: {addresses:?}"
    );
    mirrors.close().await;
    let statistics = company.erp.statistics();
    assert_eq!(statistics.most_searches, 1, "one search at a time");
    let least = least + cards.len() as u64 + 1;
    // The counting above asked, too.
    let made = statistics.all_calls() - TYPES.len() as u64;
    assert!(
        made * 10 <= least * 12,
        "{made} calls where {least} are the least: {:?}",
        statistics.calls
    );
    assert!(
        statistics.unknown_fields.is_empty(),
        "{:?}",
        statistics.unknown_fields
    );
}

#[tokio::test]
async fn what_has_not_changed_keeps_its_version() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let before = company.storage_state().await.version;
    company.look().await;
    company.round().await;
    let state = company.storage_state().await;
    assert_eq!(state.version, before, "{state:#?}");
    assert_eq!(state.counts.drift, 0);
    mirrors.close().await;
}

/// A customer of whom the company buys, too, and somebody of whom it only buys.
#[tokio::test]
async fn what_a_supplier_is_owed_is_nobodys_turnover() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let (cards, before) = company.mirror().await;
    let both = cards.keys().next().unwrap().clone();
    let only = json!({ "partner": { "customer": "Žagar les d.o.o.", "supplier": "true" } });
    let only = company.erp.control("new_partner", &only).unwrap();
    let only = only["mk_id"].as_str().unwrap().to_owned();
    for (doc_type, partner) in [
        ("purchase_order", &both),
        ("purchase_bill_domestic", &both),
        ("purchase_bill_credit_note", &both),
        ("purchase_bill_foreign", &only),
    ] {
        let paper = json!({
            "doc_type": doc_type, "doc_date": "2026-11-19+01:00", "partner": { "mk_id": partner },
            "service_to_date": "2026-11-19+01:00", "duo_payment": "2026-12-19+01:00",
            "credit_note_type": "standalone",
            "product_list": [{ "code": "HP26AB", "amount": "9", "price": "1000", "tax": "EX4" }],
        });
        company.erp.new_document(&paper).unwrap();
        assert_eq!(company.count(doc_type).await, 1, "{doc_type} is there");
    }
    company.look().await;
    company.round().await;
    let (cards, after) = company.mirror().await;
    let all = |documents: BTreeMap<String, Document>| {
        let figures = documents.into_values().map(|d| (d.id, d.version, d.total));
        figures.collect::<Vec<_>>()
    };
    assert_eq!(all(after), all(before), "none came, and none has changed");
    assert!(!cards.contains_key(&only), "who only sells is no customer");
    mirrors.close().await;
}

#[tokio::test]
async fn a_change_comes_with_the_next_look() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let (_, documents) = company.mirror().await;
    let orders = documents.values().filter(|d| d.kind == DocumentKind::Order);
    // An old one: it is not in the window of the last weeks.
    let order = orders.min_by_key(|d| d.date).unwrap().clone();
    let changed = company
        .ask(
            "/rest/eshop/v1/change_document_status",
            json!({ "doc_type": "sales_order", "mk_id": order.id, "status_code": "lost" }),
        )
        .await;
    assert_eq!(changed["opr_code"], "0", "{changed}");
    company.look().await;
    let (_, after) = company.mirror().await;
    let now = &after[&order.id];
    assert_eq!(now.status, "lost", "{now:#?}");
    assert!(now.version > order.version, "{now:#?}");
    let others = after.values().filter(|d| d.id != order.id);
    assert!(
        others
            .into_iter()
            .all(|d| d.version == documents[&d.id].version),
        "the others are as they were"
    );
    mirrors.close().await;
}

#[tokio::test]
async fn a_deleted_order_is_gone_after_a_round_and_an_old_bills_payment_is_there() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let (_, documents) = company.mirror().await;
    let orders = documents.values().filter(|d| d.kind == DocumentKind::Order);
    let order = orders.min_by_key(|d| d.date).unwrap().clone();
    let open = documents
        .values()
        .filter(|d| d.doc_type == "sales_bill_domestic" && d.issued && d.paid < d.total);
    let bill = open.min_by_key(|d| d.date).unwrap().clone();
    let left = bill.total.minus(bill.paid);
    for (path, body) in [
        (
            "/rest/eshop/v1/delete_document",
            json!({ "doc_type": "sales_order", "mk_id": order.id }),
        ),
        (
            "/rest/eshop/v1/put_transaction",
            json!({ "doc_type": bill.doc_type, "mk_id": bill.id, "payment_mode": "payment",
                "payment_type": "TRR", "date": "20.11.2026", "price": left.to_string() }),
        ),
    ] {
        let answer = company.ask(path, body).await;
        assert_eq!(answer["opr_code"], "0", "{path}: {answer}");
    }
    company.round().await;
    let (_, after) = company.mirror().await;
    assert!(
        !after.contains_key(&order.id),
        "{:#?}",
        after.get(&order.id)
    );
    assert_eq!(after[&bill.id].paid, bill.total, "{:#?}", after[&bill.id]);
    assert_eq!(after.len(), documents.len() - 1, "nothing else went");
    mirrors.close().await;
}

#[tokio::test]
async fn a_new_customer_comes_with_its_first_order() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let (before, _) = company.mirror().await;
    let put = company
        .ask(
            "/rest/eshop/v1/put_document",
            json!({
                "doc_type": "sales_order", "doc_date": "2026-11-20+01:00",
                "partner": { "business_entity": "true", "taxpayer": "true", "foreign_county": "false",
                    "customer": "Mizarstvo Nova Gorica d.o.o.", "street": "Kromberška 1", "post_number": "5000",
                    "place": "Nova Gorica", "country": "Slovenija",
                    "partner_contact": { "name": "Neža Bric", "email": "Neza@Mizarstvo-NG.example" } },
                "product_list": [{ "code": "NG1", "name": "Deska", "unit": "kos", "amount": "2", "price": "10", "tax": "EX4" }],
            }),
        )
        .await;
    assert_eq!(put["opr_code"], "0", "{put}");
    company.look().await;
    let (after, _) = company.mirror().await;
    let new: Vec<_> = after
        .iter()
        .filter(|(id, _)| !before.contains_key(*id))
        .collect();
    let [(id, card)] = new.as_slice() else {
        panic!("{new:#?}");
    };
    assert_eq!(card.name, "Mizarstvo Nova Gorica d.o.o.");
    let rows = company
        .storage
        .customers_after(company.org, 0, 10_000)
        .await
        .unwrap();
    let row = rows.iter().find(|row| row.id == **id).unwrap();
    assert_eq!(row.addresses, ["neza@mizarstvo-ng.example"]);
    mirrors.close().await;
}

#[tokio::test]
async fn another_company_begins_anew() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.mirrored().await;
    let other = Metakocka::start(Options {
        seed: 7,
        ..Options::small()
    });
    let other = other.unwrap();
    company.connect(&other, "two").await;
    let state = company
        .until("the other company was read", |s| {
            s.life == "two" && s.state == MirrorState::Live
        })
        .await;
    assert!(state.counts.documents > 0, "{state:#?}");
    mirrors.close().await;
}
