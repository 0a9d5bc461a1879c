//! Searches: pages, filters, and one after the other.

use std::collections::BTreeSet;
use std::time::Duration;

use kontor_simulators::Options;
use rstest::rstest;
use serde_json::{Value, json};

use crate::client::{Client, many, text};

fn filter(name: &str, value: &str) -> Value {
    json!({ "limit": 100, "query_advance": [{ "type": name, "value": value }] })
}

#[rstest]
#[case::whole_pages(100)]
#[case::uneven_pages(7)]
#[tokio::test]
async fn pages_hold_everything_once(#[case] limit: u32) {
    let client = Client::small();
    let found = client.walk("sales_order", json!({ "limit": limit })).await;
    let ids: Vec<&str> = found.iter().map(|d| text(d, "mk_id")).collect();
    assert!(ids.is_sorted(), "upwards by id: {ids:?}");
    let unique: BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "nothing twice");
    let down = json!({ "limit": limit, "order_direction": "desc" });
    let mut down = client.walk("sales_order", down).await;
    down.reverse();
    assert_eq!(down, found, "downwards is the same, turned round");
    let past = client
        .search("sales_order", json!({ "offset": 1_000_000 }))
        .await;
    assert_eq!(text(&past, "result_count"), "0", "behind the end");
}

#[tokio::test]
async fn light_results_have_a_status_on_demand_and_full_ones_have_everything() {
    let client = Client::small();
    let light = client.search("sales_order", json!({ "limit": 1 })).await;
    let fields: Vec<&String> = light["result"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["count_code", "mk_id", "opr_code"], "light");
    let with = json!({ "limit": 1, "show_status_code": "true" });
    let with = client.search("sales_order", with).await;
    assert_eq!(text(&with["result"], "status_code"), "Odpremljeno", "label");
    let full = json!({ "limit": 1, "result_type": "doc" });
    let full = client.search("sales_order", full).await;
    let id = text(&full["result"], "mk_id");
    let body = json!({ "doc_type": "sales_order", "doc_id": id });
    let mut one = client.ok("v1/get_document", body).await;
    one.as_object_mut().unwrap().remove("opr_time_ms");
    assert_eq!(full["result"], one, "a search and a get say the same");
}

#[rstest]
#[case("sales_offer", "doc_date_from", "cannot get beQueryParam")]
#[case("sales_bill_domestic", "last_change_from", "cannot get beQueryParam")]
#[case("sales_order", "payment_status", "cannot get beQueryParam")]
#[case("sales_order", "no_such_filter", "cannot get beQueryParam")]
#[case("sales_order", "doc_date_from", "Wrong value")]
#[case("sales_order", "status_change_from", "go together")]
#[tokio::test]
async fn filters_that_are_not_offered_are_errors(
    #[case] doc_type: &str,
    #[case] name: &str,
    #[case] words: &str,
) {
    let client = Client::small();
    let mut body = filter(name, "soon");
    body["doc_type"] = doc_type.into();
    client.refused("v1/search", body, "2", words).await;
}

#[rstest]
#[case(true, true)]
#[case(false, false)]
#[tokio::test]
async fn discovery_says_what_searches_take(#[case] partner: bool, #[case] change: bool) {
    let client = Client::new(Options {
        partner_filter: partner,
        last_change_filter: change,
        ..Options::small()
    });
    let answer = client
        .ok("v1/search_query_advance_discovery", json!({}))
        .await;
    for doc_type in ["sales_offer", "sales_order", "sales_bill_domestic"] {
        let offered = many(&answer[doc_type]);
        let offers = |name: &str| offered.iter().any(|f| f["type"] == name);
        assert_eq!(offers("partner_mk_id"), partner, "{doc_type}: partner");
        let order = doc_type == "sales_order";
        assert_eq!(offers("last_change_from"), change && order, "{doc_type}");
        assert_eq!(
            offers("doc_date_from"),
            doc_type != "sales_offer",
            "{doc_type}"
        );
        let body = json!({ "doc_type": doc_type,
            "query_advance": { "type": "partner_mk_id", "value": "1600000000" } });
        let found = client.ask("v1/search", body).await;
        let code = if partner { "0" } else { "2" };
        assert_eq!(found["opr_code"], code, "{doc_type} keeps to it: {found}");
    }
}

#[rstest]
#[case::partner("sales_order", "partner_mk_id", "1600000000", 17)]
#[case::code("sales_order", "partner_code", "P000000", 17)]
#[case::text("sales_order", "partner_query", "mizarstvo kovač d", 17)]
#[case::bills("sales_bill_domestic", "partner_mk_id", "1600000000", 17)]
#[case::address(
    "sales_order",
    "partner_recipient_email",
    "Nina@mizarstvo-kovac.example",
    17
)]
#[case::nobody(
    "sales_order",
    "partner_recipient_email",
    "a@mizarstvo-kovac.example",
    0
)]
#[case::own_number("sales_order", "customer_order", "26/118", 1)]
#[case::no_partner("sales_order", "partner_mk_id", "1699999999", 0)]
#[tokio::test]
async fn filters_find_what_they_say(
    #[case] doc_type: &str,
    #[case] name: &str,
    #[case] value: &str,
    #[case] count: usize,
) {
    let client = Client::small();
    let found = client.walk(doc_type, filter(name, value)).await;
    assert_eq!(found.len(), count, "{name} {value}: {found:?}");
}

#[tokio::test]
async fn dates_states_and_payments_can_be_asked_for() {
    let client = Client::small();
    let window = json!({ "limit": 100, "result_type": "doc", "query_advance": [
        { "type": "doc_date_from", "value": "2026-10-01+02:00" },
        { "type": "doc_date_to", "value": "2026-10-31+01:00" }] });
    let found = client.walk("sales_bill_domestic", window).await;
    assert!(found.len() > 2, "October has bills");
    for bill in &found {
        assert!(text(bill, "doc_date").starts_with("2026-10-"), "{bill}");
    }
    let mut open = filter("payment_status", "false");
    open["result_type"] = "doc".into();
    let open = client.walk("sales_bill_domestic", open).await;
    assert!(open.iter().any(|b| b["count_code"] == "2026-1187"), "owed");
    for bill in &open {
        let paid = bill.get("sum_paid").map_or("0", |p| p.as_str().unwrap());
        let (paid, all): (f64, f64) = (
            paid.parse().unwrap(),
            text(bill, "sum_all").parse().unwrap(),
        );
        assert!(paid < all, "not fully paid: {bill}");
    }
    let mut ready = filter("status_list", "ready_to_ship,created");
    ready["result_type"] = "doc".into();
    let ready = client.walk("sales_order", ready).await;
    assert!(
        ready.iter().any(|o| o["status_desc"] == "ready_to_ship"),
        "some"
    );
    assert!(!ready.iter().any(|o| o["status_desc"] == "shipped"), "only");
}

#[tokio::test]
async fn free_text_finds_numbers_and_partners() {
    let client = Client::small();
    for (doc_type, words, number) in [
        ("sales_offer", "0418", "PN-2026-0418"),
        ("sales_order", "po 4471", "NAR-2026-0698"),
        ("sales_offer", "hrastove plošče", "PN-2026-0418"),
        ("sales_bill_domestic", "studio žagar", "2026-1204"),
    ] {
        let found = client
            .walk(doc_type, json!({ "query": words, "limit": 100 }))
            .await;
        let hit = found.iter().any(|d| d["count_code"] == number);
        assert!(hit, "{words}: {found:?}");
    }
}

#[tokio::test]
async fn a_changed_order_is_found_by_its_last_change() {
    let client = Client::small();
    let since = filter("last_change_from", "2026-11-19T14:00:00+01:00");
    let before = client.walk("sales_order", since.clone()).await.len();
    let id = client.service.find_document("sales_order", "NAR-2026-0706");
    let id = id.unwrap();
    let status = json!({ "status": "ready_to_ship" });
    client.service.change_document(&id, &status).unwrap();
    let after = client.walk("sales_order", since).await;
    assert_eq!(after.len(), before + 1, "one more");
    assert!(after.iter().any(|o| o["mk_id"] == id.as_str()), "that one");
}

#[tokio::test]
async fn a_second_search_waits_until_the_first_is_done() {
    let client = Client::small();
    client.service.slow(Duration::from_millis(100));
    let search = || client.search("sales_order", json!({ "limit": 1 }));
    tokio::join!(
        search(),
        search(),
        search(),
        client.ok("v1/json/warehouse_list", json!({})),
    );
    let counted = client.service.statistics();
    assert_eq!(counted.most_searches, 3, "they were sent at one time");
    assert_eq!(counted.most_running_searches, 1, "and had their turns");
    assert_eq!(counted.most_calls, 4, "with one of another kind");
    assert_eq!(counted.calls_of("search"), 3, "all of them counted");
}

#[tokio::test]
async fn whoever_waits_is_not_counted_as_impatient() {
    let client = Client::small();
    for _ in 0..3 {
        client.search("sales_order", json!({ "limit": 1 })).await;
    }
    assert_eq!(
        client.service.statistics().most_searches,
        1,
        "one at a time"
    );
}
