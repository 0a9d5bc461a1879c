//! Documents written: what the real one does with them, gotchas included.

use rstest::rstest;
use serde_json::{Value, json};

use crate::client::{Client, many, text};

/// A good order of Mizarstvo Kovač, with these fields over it; null takes one away.
fn order(over: Value) -> Value {
    let body = json!({ "doc_type": "sales_order", "doc_date": "2026-11-19+01:00",
        "partner": { "mk_id": "1600000000", "mk_address_id": "170000000000" },
        "product_list": [
            { "code": "HP26AB", "amount": "7.3", "price": "64.5", "tax": "EX4" },
            { "code": "SP110", "amount": 200, "price_with_tax": 4.7, "tax_factor": "0.22" }] });
    laid_over(body, over)
}

fn bill(over: Value) -> Value {
    let bill = json!({ "doc_type": "sales_bill_domestic",
        "service_to_date": "2026-11-19+01:00", "duo_payment": "19.12.2026" });
    laid_over(laid_over(order(json!({})), bill), over)
}

fn laid_over(mut body: Value, over: Value) -> Value {
    for (name, value) in over.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.as_object_mut().unwrap().retain(|_, v| !v.is_null());
    body
}

const PUT: &str = "v1/put_document";

#[tokio::test]
async fn an_order_is_kept_as_it_was_sent() {
    let client = Client::small();
    let sent = order(
        json!({ "title": "Miza", "notes": "Dopoldne.", "buyer_order": "K-77",
        "warehouse": "LJ", "delivery_type": "Kombi", "discount_percent": "10",
        "extra_column": [{ "name": "ip", "value": "192.0.2.1" }],
        "document_change_log_notes": "kontor:77", "api_user_email": "maja@hrastvijak.example" }),
    );
    let made = client.ok(PUT, sent).await;
    let id = text(&made, "mk_id");
    let kept = client.document("sales_order", id).await;
    for (name, value) in [
        ("title", "Miza"),
        ("notes", "Dopoldne."),
        ("buyer_order", "K-77"),
        ("warehouse", "LJ"),
        ("delivery_type", "Kombi"),
        ("doc_date", "2026-11-19+01:00"),
        ("created_ts", "2026-11-19T14:00:01+01:00"),
        ("sum_basic", "1241.34"),
        ("sum_discount", "124.14"),
        ("sum_all", "1362.99"),
    ] {
        assert_eq!(text(&kept, name), value, "{name}: {kept}");
    }
    assert_eq!(made["count_code"], kept["count_code"], "its number");
    assert_eq!(made["total_price"], kept["sum_all"], "its total");
    assert_eq!(made["partner"]["mk_id"], "1600000000", "its partner");
    let lines = many(&kept["product_list"]);
    assert_eq!(text(&lines[0], "amount"), "7,3", "parts with a comma");
    assert_eq!(text(&lines[1], "price_with_tax"), "4.7", "as it was given");
    assert_eq!(text(&lines[1], "tax"), "EX4", "the factor's code");
    assert_eq!(kept["extra_column"]["name"], "ip", "a list of one");
    let log = many(&kept["document_info"]);
    assert_eq!(text(&log[0], "operation_type"), "NEW", "{log:?}");
    assert_eq!(text(&log[0], "user_email"), "maja@hrastvijak.example");
    assert_eq!(text(&log[1], "value_new"), "kontor:77", "the trace");
    let by_number = json!({ "doc_type": "sales_order", "buyer_order": "K-77" });
    let by_number = client.ok("v1/get_document", by_number).await;
    assert_eq!(text(&by_number, "mk_id"), id, "found by their number");
}

#[tokio::test]
async fn putting_twice_makes_two() {
    let client = Client::small();
    let sent = order(json!({ "document_change_log_notes": "kontor:twice" }));
    let first = client.ok(PUT, sent.clone()).await;
    let second = client.ok(PUT, sent).await;
    assert_ne!(first["mk_id"], second["mk_id"], "there is no idempotency");
    let writes = client.service.statistics().writes;
    assert_eq!(writes["kontor:twice"], 2, "and the service can tell");
}

#[rstest]
#[case::no_date(order(json!({ "doc_date": null })), "doc_date")]
#[case::no_partner(order(json!({ "partner": null })), "partner")]
#[case::no_lines(order(json!({ "product_list": null })), "product_list")]
#[case::only_words(order(json!({ "product_list": [{ "name": "Delo", "amount": "1", "price": "1", "tax": "EX4" }] })), "Product not found")]
#[case::id_alone(order(json!({ "product_list": [{ "mk_id": "1500000000", "amount": "1", "price": "1", "tax": "EX4" }] })), "Product not found")]
#[case::unknown_product(order(json!({ "product_list": [{ "code": "NEW-1", "amount": "1", "price": "1", "tax": "EX4" }] })), "Unknown product")]
#[case::no_tax(order(json!({ "product_list": [{ "code": "SP110", "amount": "1", "price": "1" }] })), "tax")]
#[case::negative(order(json!({ "product_list": [{ "code": "SP110", "amount": "-1", "price": "1", "tax": "EX4" }] })), "Negative")]
#[case::unknown_partner(order(json!({ "partner": { "mk_id": "1699999999" } })), "Unknown partner")]
#[case::foreign_address(order(json!({ "partner": { "mk_id": "1600000000", "mk_address_id": "5" } })), "mk_address_id")]
#[case::long_trace(order(json!({ "document_change_log_notes": "x".repeat(51) })), "longer than 50")]
#[case::unknown_status(order(json!({ "status_code": "eaten" })), "Unknown status")]
#[case::unknown_warehouse(order(json!({ "warehouse": "MB" })), "Unknown warehouse")]
#[case::wrong_number(order(json!({ "discount_percent": "some" })), "Wrong number")]
#[case::bill_without_service(bill(json!({ "service_to_date": null })), "service_to_date")]
#[case::bill_without_due_date(bill(json!({ "duo_payment": null })), "duo_payment")]
#[case::bill_abroad(bill(json!({ "doc_type": "sales_bill_foreign" })), "foreign_county")]
#[case::unknown_offer(bill(json!({ "offer_list": { "count_code": "PN-0" } })), "Unknown document")]
#[case::number_taken(bill(json!({ "count_code": "2026-1187" })), "already exists")]
#[tokio::test]
async fn what_cannot_be_is_refused_and_leaves_nothing_behind(
    #[case] body: Value,
    #[case] words: &str,
) {
    let client = Client::small();
    let with_newcomer = laid_over(
        body.clone(),
        json!({ "receiver": { "customer": "Nobody d.o.o." } }),
    );
    client.refused(PUT, with_newcomer, "2", words).await;
    let nobody = json!({ "partner_name": "Nobody" });
    client
        .refused("v1/get_partner", nobody, "2", "No partner")
        .await;
    assert!(client.service.statistics().applied.is_empty(), "no write");
}

#[rstest]
#[case::every_letter("Mizarstvo Kovač d.o.o.", "Obrtna cesta 14", false)]
#[case::another_spelling("Mizarstvo Kovac d.o.o.", "Obrtna cesta 14", true)]
#[case::another_street("Mizarstvo Kovač d.o.o.", "Obrtna c. 14", true)]
#[tokio::test]
async fn a_partner_that_does_not_match_exactly_is_made_in_silence(
    #[case] name: &str,
    #[case] street: &str,
    #[case] new: bool,
) {
    let client = Client::small();
    let partner = json!({ "business_entity": "true", "taxpayer": "true", "customer": name,
        "street": street, "post_number": "3000", "place": "Celje", "country": "Slovenija",
        "partner_contact": { "email": "tomaz@mizarstvo-kovac.example" } });
    let made = client.ok(PUT, order(json!({ "partner": partner }))).await;
    assert_eq!(made["partner"]["mk_id"] != "1600000000", new, "{made}");
    let all = json!({ "partner_email": "tomaz@mizarstvo-kovac.example" });
    let all = client.ok("v1/get_partner", all).await;
    let count = if new { "2" } else { "1" };
    assert_eq!(text(&all, "partner_list_count"), count, "a twin");
}

#[tokio::test]
async fn an_unknown_product_with_a_unit_is_made() {
    let client = Client::small();
    let line = json!([{ "code": "NEW-1", "name": "Nova deska", "unit": "kos", "amount": "2", "price": "10", "tax": "EX4" }]);
    client.ok(PUT, order(json!({ "product_list": line }))).await;
    let found = json!({ "code": "NEW-1" });
    let found = client.ok("v1/json/product_list", found).await;
    assert_eq!(found["product_list"]["name"], "Nova deska", "in silence");
}

#[tokio::test]
async fn an_unknown_delivery_is_dropped_in_silence() {
    let client = Client::small();
    let made = client
        .ok(PUT, order(json!({ "delivery_type": "Golob" })))
        .await;
    let kept = client.document("sales_order", text(&made, "mk_id")).await;
    assert!(kept.get("delivery_type").is_none(), "{kept}");
}

#[tokio::test]
async fn a_bill_from_outside_is_not_issued_and_moves_no_stock() {
    let client = Client::small();
    let stock = json!({ "product_code_list": "SP110" });
    let before = client.ok("v1/json/warehouse_stock", stock.clone()).await;
    let paid = json!([{ "payment_type": "PayPal", "date": "12.11.2026" }]);
    let sent = bill(json!({ "mark_paid": paid, "count_code": "COUNT_CODE_SELECT#API-" }));
    let made = client.ok(PUT, sent).await;
    assert_eq!(text(&made, "count_code"), "API-0001", "of the series");
    assert!(made.get("total_price").is_none(), "only orders say it");
    let id = text(&made, "mk_id");
    let kept = client.document("sales_bill_domestic", id).await;
    assert!(kept.get("publish_ts").is_none(), "not issued: {kept}");
    assert_eq!(text(&kept, "duo_payment"), "2026-12-19+01:00", "due");
    assert_eq!(kept["sum_paid"], kept["sum_all"], "all of it");
    let after = client.ok("v1/json/warehouse_stock", stock).await;
    assert_eq!(before["stock_list"], after["stock_list"], "untouched");
}

#[tokio::test]
async fn putting_with_an_id_replaces_everything_but_the_number() {
    let client = Client::small();
    let made = client.ok(PUT, order(json!({ "notes": "Stare." }))).await;
    let id = text(&made, "mk_id");
    let before = client.document("sales_order", id).await;
    let line = json!({ "code": "VO500", "amount": "1", "price": "31.2", "tax": "EX4" });
    let put = order(json!({ "mk_id": id, "count_code": "MINE-1", "product_list": line }));
    let again = client.ok(PUT, put).await;
    assert_eq!(again["mk_id"], made["mk_id"], "the same document");
    assert_eq!(again["count_code"], made["count_code"], "its number stays");
    let after = client.document("sales_order", id).await;
    assert!(after.get("notes").is_none(), "what is not sent is gone");
    let lines = many(&after["product_list"]);
    assert_eq!(lines.len(), 1, "the old lines are gone: {lines:?}");
    let old = many(&before["product_list"]);
    assert!(
        old.iter().all(|l| l["mk_row_id"] != lines[0]["mk_row_id"]),
        "new"
    );
    assert_eq!(
        after["created_ts"], before["created_ts"],
        "as old as before"
    );
    assert_ne!(after["last_change_ts"], before["last_change_ts"], "changed");
}

#[tokio::test]
async fn an_order_can_come_from_an_offer_and_lead_to_a_bill() {
    let client = Client::small();
    let sent = order(
        json!({ "offer_list": [{ "count_code": "PN-2026-0418" }], "create_invoice": "true" }),
    );
    let made = client.ok(PUT, sent).await;
    let bill = text(&made["attachment_list"], "bill_mk_id").to_owned();
    let order = client.document("sales_order", text(&made, "mk_id")).await;
    let links: Vec<String> = many(&order["doc_link_list"])
        .iter()
        .map(|l| text(l, "doc_type").to_owned())
        .collect();
    assert_eq!(links, ["sales_offer", "sales_bill_domestic"], "{order}");
    assert_eq!(order["offer_list"]["count_code"], "PN-2026-0418");
    let bill = client.document("sales_bill_domestic", &bill).await;
    assert_eq!(bill["sum_all"], order["sum_all"], "the same sum");
    let id = client.service.find_document("sales_offer", "PN-2026-0418");
    let offer = client.document("sales_offer", &id.unwrap()).await;
    assert_eq!(offer["doc_link_list"]["mk_id"], made["mk_id"], "both ways");
}

#[tokio::test]
async fn an_offer_needs_no_more_than_an_order() {
    let client = Client::small();
    let sent = order(json!({ "doc_type": "sales_offer", "valid_days": "14" }));
    let made = client.ok(PUT, sent).await;
    let offer = client.document("sales_offer", text(&made, "mk_id")).await;
    assert_eq!(text(&offer, "valid_to"), "2026-12-03+01:00", "{offer}");
    assert_eq!(text(&offer, "valid_days"), "14");
}

#[tokio::test]
async fn a_discount_in_money_comes_off_before_tax() {
    let client = Client::small();
    let line = json!([{ "code": "SP110", "amount": "10", "price": "10", "tax": "EX4" },
        { "code": "VO500", "amount": "1", "price": "50", "tax": "EX4" }]);
    let sent = order(json!({ "product_list": line, "discount_value": "30" }));
    let made = client.ok(PUT, sent).await;
    let kept = client.document("sales_order", text(&made, "mk_id")).await;
    assert_eq!(text(&kept, "sum_discount"), "30", "{kept}");
    assert_eq!(text(&kept, "sum_all"), "146.4", "120 and 22 % of it");
}

#[tokio::test]
async fn an_order_is_changed_part_by_part() {
    let client = Client::small();
    let made = client.ok(PUT, order(json!({ "notes": "Stare." }))).await;
    let id = text(&made, "mk_id").to_owned();
    let kept = client.document("sales_order", &id).await;
    let rows: Vec<String> = many(&kept["product_list"])
        .iter()
        .map(|l| text(l, "mk_row_id").to_owned())
        .collect();
    let change = json!({ "doc_type": "sales_order", "mk_id": id, "tracking_code": "HV1SI",
        "shipped_date": "2026-11-18", "clear": ["notes"], "document_change_log_notes": "kontor:p",
        "product_list": [{ "mk_row_id": rows[0], "amount": "8" }],
        "product_remove": [{ "mk_row_id": rows[1] }],
        "product_add": { "code": "VO500", "amount": "2", "price": "31.2", "tax": "EX4" } });
    client.ok("v1/update_document", change).await;
    let after = client.document("sales_order", &id).await;
    let lines: Vec<(String, String)> = many(&after["product_list"])
        .iter()
        .map(|l| (text(l, "code").into(), text(l, "amount").into()))
        .collect();
    let want = [("HP26AB", "8"), ("VO500", "2")].map(|(c, a)| (c.into(), a.into()));
    assert_eq!(lines, want, "changed, removed, added");
    assert!(after.get("notes").is_none(), "cleared");
    assert_eq!(after["extra_column"]["value"], "HV1SI", "tracking");
    assert_eq!(client.service.statistics().writes["kontor:p"], 1);
}

#[rstest]
#[case::offer("sales_offer", "PN-2026-0418", json!({ "notes": "x" }), "not for sales_offer")]
#[case::bill("sales_bill_domestic", "2026-1187", json!({ "notes": "x" }), "status_code")]
#[case::row("sales_order", "NAR-2026-0702", json!({ "product_list": { "mk_row_id": "1", "amount": "1" } }), "mk_row_id")]
#[case::number("sales_order", "NAR-2026-0702", json!({ "count_code_new": "NAR-2026-0706" }), "already exists")]
#[tokio::test]
async fn other_changes_are_refused(
    #[case] doc_type: &str,
    #[case] number: &str,
    #[case] change: Value,
    #[case] words: &str,
) {
    let client = Client::small();
    let id = client.service.find_document(doc_type, number).unwrap();
    let before = client.document(doc_type, &id).await;
    let body = laid_over(json!({ "doc_type": doc_type, "mk_id": id }), change);
    client.refused("v1/update_document", body, "2", words).await;
    let after = client.document(doc_type, &id).await;
    assert_eq!(before["sum_all"], after["sum_all"], "as before");
    assert_eq!(
        before["last_change_ts"], after["last_change_ts"],
        "untouched"
    );
}

#[tokio::test]
async fn a_bill_takes_a_status_and_gives_it_back() {
    let client = Client::small();
    let id = client
        .service
        .find_document("sales_bill_domestic", "2026-1231");
    let id = id.unwrap();
    for (sent, want) in [("disputed", Some("disputed")), ("", None)] {
        let body = json!({ "doc_type": "sales_bill_domestic", "mk_id": id, "status_code": sent });
        client.ok("v1/update_document", body).await;
        let bill = client.document("sales_bill_domestic", &id).await;
        assert_eq!(
            bill.get("status_desc").and_then(Value::as_str),
            want,
            "{sent}"
        );
    }
}

#[tokio::test]
async fn the_status_of_orders_changes_one_by_one_or_together() {
    let client = Client::small();
    let service = &client.service;
    let one = service
        .find_document("sales_order", "NAR-2026-0706")
        .unwrap();
    let two = service
        .find_document("sales_order", "NAR-2026-0703")
        .unwrap();
    let body =
        json!({ "doc_type": "sales_order", "status_code": "shipped", "buyer_order": "26/118" });
    client.ok("v1/change_document_status", body).await;
    let order = client.document("sales_order", &one).await;
    assert_eq!(text(&order, "status_desc"), "shipped", "by their number");
    assert_eq!(text(&order, "status_code"), "Odpremljeno", "its label");
    let log = many(&order["document_info"]);
    let last = log.last().unwrap();
    assert_eq!(text(last, "operation_type"), "DOCUMENT_STATUS_CHANGE");
    assert_eq!(
        (text(last, "value_previous"), text(last, "value_new")),
        ("created", "shipped")
    );
    let both =
        json!({ "doc_type": "sales_order", "status_code": "canceled", "mk_id_list": [one, two] });
    client.ok("v1/change_document_status", both).await;
    for id in [one, two] {
        let order = client.document("sales_order", &id).await;
        assert_eq!(text(&order, "status_desc"), "canceled", "{id}");
    }
    let bill = json!({ "doc_type": "sales_bill_domestic", "status_code": "shipped", "mk_id": "1" });
    client
        .refused("v1/change_document_status", bill, "2", "not for")
        .await;
}

#[tokio::test]
async fn money_said_twice_is_there_twice() {
    let client = Client::small();
    let pay = json!({ "doc_type": "sales_bill_domestic", "count_code": "2026-1187",
        "payment_mode": "payment", "payment_type": "Nakazilo", "date": "19.11.2026", "price": "249.00" });
    client.ok("v1/put_transaction", pay.clone()).await;
    client.ok("v1/put_transaction", pay.clone()).await;
    let back = laid_over(pay, json!({ "payment_mode": "return", "price": "49" }));
    client.ok("v1/put_transaction", back).await;
    let id = client
        .service
        .find_document("sales_bill_domestic", "2026-1187");
    let bill = client.document("sales_bill_domestic", &id.unwrap()).await;
    assert_eq!(text(&bill, "sum_paid"), "449", "twice, less what went back");
    assert_eq!(many(&bill["mark_paid"]).len(), 3, "{bill}");
}

#[tokio::test]
async fn only_orders_can_be_deleted() {
    let client = Client::small();
    let made = client.ok(PUT, order(json!({}))).await;
    let id = text(&made, "mk_id");
    let delete = json!({ "doc_type": "sales_order", "mk_id": id });
    client.ok("v1/delete_document", delete.clone()).await;
    client
        .refused("v1/delete_document", delete, "6", "not found")
        .await;
    let bill = json!({ "doc_type": "sales_bill_domestic", "mk_id": "1" });
    client
        .refused("v1/delete_document", bill, "2", "not for")
        .await;
}
