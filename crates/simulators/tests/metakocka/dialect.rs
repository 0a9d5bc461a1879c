//! How the service speaks.

use rstest::rstest;
use serde_json::{Value, json};

use crate::client::{Client, many, read, text};

#[tokio::test]
async fn scalars_are_strings_and_numbers_are_taken_for_strings() {
    let client = Client::small();
    let answer = client
        .search("sales_order", json!({ "limit": 2, "offset": "1" }))
        .await;
    for name in [
        "result_all_records",
        "result_count",
        "offset",
        "limit",
        "opr_time_ms",
    ] {
        text(&answer, name);
    }
    assert_eq!(text(&answer, "offset"), "1", "as it was asked");
    let full = json!({ "limit": 5, "result_type": "doc", "show_payment_detail": true });
    for document in many(&client.search("sales_bill_domestic", full).await["result"]) {
        only_strings(&document, "");
    }
}

/// No number, no truth value, no null, however deep.
fn only_strings(value: &Value, path: &str) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                only_strings(inner, &format!("{path}.{name}"));
            }
        }
        Value::Array(items) => items.iter().for_each(|i| only_strings(i, path)),
        Value::String(_) => {}
        Value::Null | Value::Bool(_) | Value::Number(_) => panic!("{path} is {value}"),
    }
}

#[tokio::test]
async fn a_list_of_one_is_a_bare_object_and_an_empty_one_is_absent() {
    let client = Client::small();
    let one = client.search("sales_order", json!({ "limit": 1 })).await;
    assert!(one["result"].is_object(), "one: {one}");
    let two = client.search("sales_order", json!({ "limit": 2 })).await;
    assert!(two["result"].is_array(), "two: {two}");
    let none = client.search("workorder", json!({})).await;
    assert!(none.get("result").is_none(), "none: {none}");
    assert_eq!(text(&none, "result_all_records"), "0", "and says so");
}

#[tokio::test]
async fn some_successes_have_no_code() {
    let client = Client::small();
    let partner = json!({ "partner_email": "tomaz@mizarstvo-kovac.example" });
    let found = client.ask("v1/get_partner", partner).await;
    assert!(found.get("opr_code").is_none(), "{found}");
    assert_eq!(text(&found, "partner_list_count"), "1", "but a partner");
}

#[rstest]
#[case::unknown_type("v1/search", json!({ "doc_type": "X" }), "2", "Unknown document type : X")]
#[case::no_type("v1/search", json!({}), "2", "doc_type")]
#[case::too_many("v1/search", json!({ "doc_type": "sales_order", "limit": 101 }), "2", "100")]
#[case::no_such_partner("v1/get_partner", json!({ "partner_email": "nobody@x.example" }), "2", "No partner with such properties.")]
#[case::no_criterion("v1/get_partner", json!({}), "2", "partner_id")]
#[case::no_complaints("v1/search", json!({ "doc_type": "complaint" }), "6", "No complaints found")]
#[case::no_such_document("v1/get_document", json!({ "doc_type": "sales_order", "doc_id": "1" }), "6", "not found")]
#[case::no_such_order("v1/get_document", json!({ "doc_type": "sales_order", "buyer_order": "7" }), "6", "buyer order 7")]
#[case::too_many_products("v1/json/product_list", json!({ "limit": 1001 }), "2", "1000")]
#[tokio::test]
async fn errors_come_under_http_200(
    #[case] path: &str,
    #[case] body: Value,
    #[case] code: &str,
    #[case] words: &str,
) {
    let client = Client::small();
    let raw = client.raw(path, &body).await.unwrap();
    assert_eq!(raw.status, 200, "the error is in the body: {}", raw.text());
    client.refused(path, body, code, words).await;
}

#[rstest]
#[case::wrong_family("v1/product_list")]
#[case::no_version("search")]
#[case::version_where_none_is("v1/add_attachment")]
#[case::unknown_call("v1/get_everything")]
#[tokio::test]
async fn a_wrong_path_is_a_page(#[case] path: &str) {
    let client = Client::small();
    let raw = client.raw(path, &json!({})).await.unwrap();
    assert_eq!(raw.status, 404, "{path}");
    assert!(raw.text().starts_with('<'), "HTML: {}", raw.text());
}

#[tokio::test]
async fn only_posts_are_taken_and_only_json() {
    let client = Client::small();
    let url = format!("{}/rest/eshop/v1/search", client.service.base_url());
    let got = read(client.web.get(&url).send().await.unwrap())
        .await
        .unwrap();
    assert_eq!(got.status, 405, "GET");
    assert!(got.text().starts_with('<'), "HTML: {}", got.text());
    let form = client.web.post(&url).body("{}").send().await.unwrap();
    assert_eq!(form.status(), 415, "another type");
    let broken = client
        .web
        .post(&url)
        .header("content-type", "application/json");
    let broken = read(broken.body("{").send().await.unwrap()).await.unwrap();
    assert_eq!(broken.json()["opr_code"], "2", "no JSON: {}", broken.text());
}

#[rstest]
#[case::key(json!({ "doc_type": "sales_order", "secret_key": "guessed" }))]
#[case::company(json!({ "doc_type": "sales_order", "company_id": "1" }))]
#[tokio::test]
async fn a_wrong_key_is_refused(#[case] body: Value) {
    let client = Client::small();
    let words = kontor_simulators::metakocka::WRONG_KEY_TEXT;
    client.refused("v1/search", body, "2", words).await;
}

#[tokio::test]
async fn dates_have_the_offset_of_their_season() {
    let client = Client::small();
    let full = json!({ "limit": 100, "result_type": "doc" });
    let mut seasons = std::collections::BTreeSet::new();
    for order in client.walk("sales_order", full).await {
        let date = text(&order, "doc_date");
        let (day, offset) = date.split_at(10);
        let month: u8 = day.split('-').nth(1).unwrap().parse().unwrap();
        match month {
            4..=9 => assert_eq!(offset, "+02:00", "summer: {date}"),
            11 | 12 | 1 | 2 => assert_eq!(offset, "+01:00", "winter: {date}"),
            _ => {}
        }
        seasons.insert(offset.to_owned());
        let stamp = text(&order, "last_change_ts");
        assert_eq!((stamp.len(), &stamp[10..11]), (25, "T"), "{stamp}");
    }
    assert_eq!(seasons.len(), 2, "four years have both: {seasons:?}");
}

#[tokio::test]
async fn payments_are_written_the_slovenian_way() {
    let client = Client::small();
    let id = client
        .service
        .find_document("sales_bill_domestic", "2026-1102");
    let bill = client.document("sales_bill_domestic", &id.unwrap()).await;
    let paid = &bill["mark_paid"];
    assert_eq!(text(paid, "amount"), "1.860,50", "dots between thousands");
    assert_eq!(text(paid, "date"), "23.10.2026", "dots in dates");
    assert_eq!(text(&bill, "last_paid_sum"), "1860,5", "a comma");
    assert_eq!(text(&bill, "sum_paid"), "1860.5", "a dot");
    let id = client
        .service
        .find_document("sales_bill_domestic", "2026-1187");
    let open = client.document("sales_bill_domestic", &id.unwrap()).await;
    assert!(
        open.get("sum_paid").is_none(),
        "nothing paid, no field: {open}"
    );
    assert!(open.get("mark_paid").is_none(), "and no payments");
}

#[tokio::test]
async fn what_nobody_knows_is_written_down() {
    let client = Client::small();
    let body = json!({ "doc_type": "sales_order", "limit": 1, "colour": "red",
        "query_advance": [{ "type": "doc_date_from", "value": "2026-01-01+01:00", "mood": "good" }] });
    client.ok("v1/search", body).await;
    let unknown: Vec<String> = client
        .service
        .statistics()
        .unknown_fields
        .into_iter()
        .collect();
    assert_eq!(
        unknown,
        [
            "/rest/eshop/v1/search: colour",
            "/rest/eshop/v1/search: query_advance.mood"
        ],
        "a client can be told that it sends these for nothing"
    );
}
