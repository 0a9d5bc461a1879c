//! What goes wrong on demand, over HTTP and by the handle.

use std::pin::pin;
use std::time::Duration;

use futures::future::join;
use futures::poll;
use kontor_simulators::Fault;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::task::yield_now;

use crate::client::{Client, Raw, read, text};

fn order() -> Value {
    json!({ "doc_type": "sales_order", "doc_date": "2026-11-19+01:00",
        "buyer_order": "K-1", "document_change_log_notes": "kontor:1",
        "partner": { "mk_id": "1600000000" },
        "product_list": [{ "code": "HP26AB", "amount": "2", "price": "64.5", "tax": "EX4" }] })
}

#[rstest]
#[case(500)]
#[case(502)]
#[case(503)]
#[tokio::test]
async fn the_next_calls_fail_with_a_status_and_do_nothing(#[case] status: u16) {
    let client = Client::small();
    client.service.fail(2, Fault::Status(status));
    for _ in 0..2 {
        let raw = client.raw("v1/put_document", &order()).await.unwrap();
        assert_eq!(raw.status, status, "{}", raw.text());
        assert!(raw.text().starts_with('<'), "a page");
    }
    assert!(
        client.service.statistics().writes.is_empty(),
        "nothing done"
    );
    client.ok("v1/put_document", order()).await;
}

#[rstest]
#[case::before(Fault::DropBefore, 0)]
#[case::after(Fault::DropAfter, 1)]
#[case::half(Fault::HalfBody, 1)]
#[tokio::test]
async fn a_write_that_breaks_off_was_applied_or_not(#[case] fault: Fault, #[case] writes: u64) {
    let client = Client::small();
    client.service.fail_call("put_document", 1, fault);
    let search =
        json!({ "limit": 1, "query_advance": [{ "type": "customer_order", "value": "K-1" }] });
    client.search("sales_order", search.clone()).await;
    let broken = client.raw("v1/put_document", &order()).await;
    assert!(broken.is_err(), "no whole answer: {broken:?}");
    let found = client.search("sales_order", search).await;
    assert_eq!(
        text(&found, "result_count"),
        writes.to_string(),
        "{fault:?}"
    );
    let counted = client.service.statistics();
    assert_eq!(counted.writes.get("kontor:1").copied().unwrap_or(0), writes);
    assert_eq!(counted.calls_of("put_document"), 1, "it did arrive");
}

#[tokio::test]
async fn what_is_held_is_answered_when_it_is_let_go() {
    let client = Client::small();
    client.service.hold("put_document");
    client.service.hold("search");
    let (sent, search) = (order(), json!({ "doc_type": "sales_order" }));
    let written = client.raw("v1/put_document", &sent);
    let found = client.raw("v1/search", &search);
    let mut both = pin!(join(written, found));
    while client.service.statistics().all_calls() < 2 {
        assert!(poll!(both.as_mut()).is_pending(), "nothing is answered");
        yield_now().await;
    }
    let other = client.raw("v1/get_partner", &json!({})).await.unwrap();
    assert_eq!(other.status, 200, "others are");
    assert!(poll!(both.as_mut()).is_pending(), "still not");
    client.service.let_go("search");
    client.service.let_go("put_document");
    let (written, found) = both.await;
    assert_eq!((written.unwrap().status, found.unwrap().status), (200, 200));
}

#[rstest]
#[case::slow(false)]
#[case::held(true)]
#[tokio::test]
async fn a_write_is_carried_out_though_nobody_waits_for_the_answer(#[case] held: bool) {
    let client = Client::small();
    if held {
        client.service.hold("put_document");
    } else {
        client.service.slow(Duration::from_secs(3600));
    }
    let applied = async {
        while client.service.statistics().writes.is_empty() {
            yield_now().await;
        }
    };
    let sent = order();
    tokio::select! {
        answered = client.raw("v1/put_document", &sent) => panic!("answered: {answered:?}"),
        () = applied => {}
    }
    client.service.slow(Duration::ZERO);
    let search = json!({ "query_advance": [{ "type": "customer_order", "value": "K-1" }] });
    let found = client.search("sales_order", search).await;
    assert_eq!(text(&found, "result_count"), "1", "it is in the books");
}

#[tokio::test]
async fn a_page_of_html_comes_under_http_200() {
    let client = Client::small();
    client.service.fail(1, Fault::HtmlPage);
    let search = json!({ "doc_type": "sales_order" });
    let raw = client.raw("v1/search", &search).await.unwrap();
    assert_eq!(raw.status, 200, "as from a proxy");
    assert!(raw.text().starts_with('<'), "{}", raw.text());
}

#[tokio::test]
async fn a_key_can_become_wrong_and_right_again() {
    let client = Client::small();
    let search = json!({ "doc_type": "sales_order", "limit": 1 });
    client.service.wrong_key(true);
    client
        .refused("v1/search", search.clone(), "2", "Wrong secret_key")
        .await;
    client.service.wrong_key(false);
    client.ok("v1/search", search).await;
}

#[tokio::test]
async fn a_clock_can_be_wrong() {
    let client = Client::small();
    client.service.skew(-7200);
    let made = client.ok("v1/put_document", order()).await;
    let order = client.document("sales_order", text(&made, "mk_id")).await;
    assert_eq!(text(&order, "last_change_ts"), "2026-11-19T12:00:01+01:00");
}

#[rstest]
#[case::grow(true)]
#[case::shrink(false)]
#[tokio::test]
async fn totals_change_between_pages(#[case] grow: bool) {
    let client = Client::small();
    let total = |answer: &Value| -> i64 { text(answer, "result_all_records").parse().unwrap() };
    let page = json!({ "limit": 10, "order_direction": "desc" });
    let first = total(&client.search("sales_offer", page.clone()).await);
    client.service.changing_totals(2, grow);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(total(&client.search("sales_offer", page.clone()).await) - first);
    }
    let want = if grow { [1, 2, 2] } else { [-1, -2, -2] };
    assert_eq!(seen, want, "twice, and then it rests");
}

#[tokio::test]
async fn another_process_turns_the_same_knobs() {
    let client = Client::small();
    let control = async |name: &str, body: Value| -> Raw {
        let url = format!("{}/_control/{name}", client.service.base_url());
        read(client.web.post(url).json(&body).send().await.unwrap())
            .await
            .unwrap()
    };
    let fault = json!({ "fault": "status", "status": 502, "times": 1, "call": "search" });
    assert_eq!(control("fault", fault).await.status, 200, "planned");
    let search = json!({ "doc_type": "sales_order", "limit": 1 });
    assert_eq!(client.raw("v1/search", &search).await.unwrap().status, 502);
    let found = json!({ "doc_type": "sales_order", "count_code": "NAR-2026-0702" });
    let found = control("find_document", found).await.json();
    let change = json!({ "mk_id": found["mk_id"], "status": "damaged" });
    assert_eq!(control("change_document", change).await.status, 200);
    let order = client.document("sales_order", text(&found, "mk_id")).await;
    assert_eq!(text(&order, "status_desc"), "damaged", "a colleague did it");
    for (name, body) in [
        ("slow", json!({ "ms": 0 })),
        ("skew", json!({ "seconds": 60 })),
        ("now", json!({ "moment": "2026-11-20T08:00:00+01:00" })),
        ("changing_totals", json!({ "searches": 0 })),
        ("wrong_key", json!({ "wrong": false })),
        (
            "rename_partner",
            json!({ "mk_id": "1600000000", "name": "Kovač in hči" }),
        ),
        ("set_stock", json!({ "code": "SP110", "amount": "12" })),
        ("well", json!({})),
    ] {
        let said = control(name, body).await;
        assert_eq!(said.status, 200, "{name}: {}", said.text());
    }
    assert_eq!(control("no_such_knob", json!({})).await.status, 400);
    let url = format!("{}/_control/statistics", client.service.base_url());
    let counted = read(client.web.get(url).send().await.unwrap())
        .await
        .unwrap();
    assert_eq!(
        counted.json()["calls"]["/rest/eshop/v1/search"],
        1,
        "counted"
    );
    control("reset_statistics", json!({})).await;
    assert_eq!(client.service.statistics().all_calls(), 0, "anew");
    let kovac = client.partner("tomaz@mizarstvo-kovac.example").await;
    assert_eq!(text(&kovac, "customer"), "Kovač in hči", "renamed");
}

#[tokio::test]
async fn colleagues_change_the_books_while_clients_read() {
    let client = Client::small();
    let service = &client.service;
    let bill = service.find_document("sales_bill_domestic", "2026-1187");
    let bill = bill.unwrap();
    service
        .change_document(&bill, &json!({ "paid": "1249.00" }))
        .unwrap();
    let paid = client.document("sales_bill_domestic", &bill).await;
    assert_eq!(text(&paid, "sum_paid"), "1249", "paid");
    assert_eq!(text(&paid, "last_paid_date"), "19.11.2026", "today");
    let offer = service
        .find_document("sales_offer", "PN-2026-0418")
        .unwrap();
    service.delete_document(&offer).unwrap();
    let body = json!({ "doc_type": "sales_offer", "doc_id": offer });
    client
        .refused("v1/get_document", body, "6", "not found")
        .await;
    let left = json!({ "limit": 100, "query_advance": { "type": "partner_mk_id", "value": "1600000000" } });
    assert_eq!(client.walk("sales_offer", left).await.len(), 1, "one left");
    assert!(service.delete_document(&offer).is_err(), "only once");
    let made = json!({ "doc_type": "sales_bill_domestic", "doc_date": "2026-11-19",
        "service_to_date": "2026-11-19", "duo_payment": "2026-12-19",
        "partner": { "mk_id": "1600000000" },
        "product_list": { "code": "SP110", "amount": 10, "price": 3.85, "tax_factor": "0.22" } });
    let made = service.new_document(&made).unwrap();
    let made = client
        .document("sales_bill_domestic", text(&made, "mk_id"))
        .await;
    text(&made, "publish_ts");
    service.rename_partner("1600000000", "Kovač").unwrap();
    let bill = client.document("sales_bill_domestic", &bill).await;
    assert_eq!(
        text(&bill["partner"], "customer"),
        "Kovač",
        "old bills, too"
    );
}
