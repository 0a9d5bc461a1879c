//! The sample company's customers come out as the pictures show them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::client::{Client, cents, many, text};

const BILLS: [&str; 5] = [
    "sales_bill_domestic",
    "sales_bill_foreign",
    "sales_bill_retail",
    "sales_bill_prepaid",
    "sales_bill_credit_note",
];

/// All documents of a partner, by type.
async fn documents(client: &Client, partner: &str) -> BTreeMap<String, Vec<Value>> {
    let mut found = BTreeMap::new();
    for kind in ["sales_offer", "sales_order"].into_iter().chain(BILLS) {
        let of = json!({ "limit": 100, "result_type": "doc",
            "query_advance": [{ "type": "partner_mk_id", "value": partner }] });
        found.insert(kind.to_owned(), client.walk(kind, of).await);
    }
    found
}

fn sum<'a>(documents: impl IntoIterator<Item = &'a Value>) -> i64 {
    documents
        .into_iter()
        .map(|d| cents(text(d, "sum_all")))
        .sum()
}

fn open(document: &Value) -> i64 {
    let paid = document
        .get("sum_paid")
        .map_or("0", |p| p.as_str().unwrap());
    cents(text(document, "sum_all")) - cents(paid)
}

#[tokio::test]
async fn mizarstvo_kovac_is_as_in_the_picture() {
    let client = Client::small();
    let kovac = client.partner("tomaz@mizarstvo-kovac.example").await;
    let found = documents(&client, text(&kovac, "mk_id")).await;
    let count: usize = found.values().map(Vec::len).sum();
    assert_eq!(count, 37, "documents");
    let (orders, bills) = (&found["sales_order"], &found["sales_bill_domestic"]);
    let credit = sum(&found["sales_bill_credit_note"]);
    assert_eq!(sum(orders), 4_831_640, "total of the orders");
    assert_eq!(
        sum(bills) - credit,
        4_831_640,
        "bills less what was credited"
    );
    let owed: i64 = BILLS.iter().flat_map(|k| &found[*k]).map(open).sum();
    assert_eq!(owed, 397_280, "open");
    let today = "2026-11-19";
    let overdue = bills
        .iter()
        .filter(|b| &text(b, "duo_payment")[..10] < today);
    assert_eq!(overdue.map(open).sum::<i64>(), 124_900, "of that overdue");
    let last = orders.iter().map(|o| text(o, "doc_date")).max();
    assert_eq!(last, Some("2026-11-10+01:00"), "last order");
    let year = |d: &&Value| &text(d, "doc_date")[..10] > "2025-11-19";
    let credited: Vec<&Value> = found["sales_bill_credit_note"]
        .iter()
        .filter(year)
        .collect();
    let bought = sum(bills.iter().filter(year)) - sum(credited);
    assert_eq!(bought, 2_419_400, "in 12 months");
    let this_year = bills.iter().filter(|b| text(b, "doc_date") > "2026-01-01");
    assert_eq!(this_year.count(), 14, "invoices since January");
}

#[tokio::test]
async fn he_buys_oak_hinges_and_runners_most() {
    let client = Client::small();
    let found = documents(&client, "1600000000").await;
    let mut bought: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for order in &found["sales_order"] {
        if text(order, "doc_date") < "2025-11-19" {
            continue;
        }
        for line in many(&order["product_list"]) {
            let (amount, price) = (cents(text(&line, "amount")), cents(text(&line, "price")));
            let of = bought.entry(text(&line, "name").to_owned()).or_default();
            *of = (of.0 + amount * price / 100, of.1 + amount);
        }
    }
    let mut most: Vec<_> = bought
        .into_iter()
        .map(|(n, (v, a))| (v, n, a / 100))
        .collect();
    most.sort_by(|a, b| b.cmp(a));
    let most: Vec<(&str, i64)> = most
        .iter()
        .take(3)
        .map(|(_, n, a)| (n.as_str(), *a))
        .collect();
    let want = [
        ("Hrastova plošča 26 mm, A/B", 142),
        ("Spona 110° z dušilcem", 860),
        ("Vodilo 500 mm, polni izvlek", 64),
    ];
    assert_eq!(most, want, "by value, twelve months");
}

#[tokio::test]
async fn the_documents_of_the_picture_have_its_days_sums_and_states() {
    let client = Client::small();
    for (kind, code, day, all, status) in [
        (
            "sales_bill_domestic",
            "2026-1187",
            "2026-10-23",
            "1249",
            Some("reminded"),
        ),
        (
            "sales_bill_domestic",
            "2026-1231",
            "2026-11-16",
            "2723.8",
            None,
        ),
        (
            "sales_offer",
            "PN-2026-0418",
            "2026-11-12",
            "4180",
            Some("sent"),
        ),
        (
            "sales_order",
            "NAR-2026-0702",
            "2026-11-10",
            "2723.8",
            Some("shipped"),
        ),
        (
            "sales_bill_domestic",
            "2026-1102",
            "2026-10-02",
            "1860.5",
            None,
        ),
        (
            "sales_bill_domestic",
            "2026-1204",
            "2026-11-02",
            "1455.98",
            None,
        ),
        (
            "sales_bill_domestic",
            "2026-1172",
            "2026-10-20",
            "2318.6",
            None,
        ),
    ] {
        let id = client.service.find_document(kind, code).unwrap();
        let document = client.document(kind, &id).await;
        assert_eq!(&text(&document, "doc_date")[..10], day, "{code}");
        assert_eq!(text(&document, "sum_all"), all, "{code}");
        let found = document.get("status_desc").and_then(Value::as_str);
        assert_eq!(found, status, "{code}");
    }
}

#[tokio::test]
async fn the_seeded_books_have_everything_a_client_may_meet() {
    let client = Client::new(kontor_simulators::Options {
        documents: 2_000,
        partners: 800,
        ..kontor_simulators::Options::small()
    });
    let mut seen = std::collections::BTreeSet::new();
    for kind in ["sales_offer", "sales_order"].into_iter().chain(BILLS) {
        let full = json!({ "limit": 100, "result_type": "doc" });
        for document in client.walk(kind, full).await {
            seen.insert(format!("{kind} {}", text(&document, "currency_code")));
            let status = document.get("status_desc").and_then(Value::as_str);
            seen.insert(format!("{kind} {}", status.unwrap_or("-")));
            if kind.starts_with("sales_bill") {
                let part = document.get("sum_paid").is_some() && open(&document) > 0;
                let due = &text(&document, "duo_payment")[..10] < "2026-11-19";
                seen.insert(format!("part {part}"));
                seen.insert(format!("overdue {}", due && open(&document) > 0));
            }
            for link in many(&document["doc_link_list"]) {
                seen.insert(format!("{kind} to {}", text(&link, "doc_type")));
            }
        }
    }
    for wanted in [
        "sales_order EUR",
        "sales_order CHF",
        "sales_order GBP",
        "sales_order USD",
        "sales_offer rejected",
        "sales_bill_domestic reminded",
        "sales_offer to sales_order",
        "sales_order to sales_bill_domestic",
        "sales_order to sales_bill_prepaid",
        "sales_bill_domestic to sales_bill_credit_note",
        "part true",
        "overdue true",
    ] {
        assert!(seen.contains(wanted), "no {wanted} in {seen:?}");
    }
}

#[tokio::test]
async fn the_usual_company_has_orders_in_every_state() {
    let client = Client::new(kontor_simulators::Options::default());
    for status in [
        "created",
        "draft",
        "ready_to_ship",
        "shipped",
        "canceled",
        "lost",
        "damaged",
    ] {
        let of = json!({ "limit": 1, "query_advance": { "type": "status_list", "value": status } });
        let found = client.search("sales_order", of).await;
        assert_ne!(text(&found, "result_all_records"), "0", "{status}");
    }
}
