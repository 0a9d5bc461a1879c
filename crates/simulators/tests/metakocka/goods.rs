//! Products, stock, prints and files.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use crate::client::{Client, Raw, many, read, text};

const LIST: &str = "v1/json/product_list";

#[tokio::test]
async fn a_list_of_products_ends_with_a_short_page() {
    let client = Client::small();
    let mut codes = BTreeSet::new();
    let mut offset = 0;
    loop {
        let page = client
            .ok(LIST, json!({ "limit": 25, "offset": offset }))
            .await;
        assert_eq!(page["limit"], 25, "the request comes back as it was");
        assert!(page.get("secret_key").is_none(), "but never the key");
        let rows = many(&page["product_list"]);
        assert_eq!(text(&page, "product_list_count"), rows.len().to_string());
        codes.extend(rows.iter().map(|p| text(p, "code").to_owned()));
        offset += rows.len();
        if rows.len() < 25 {
            break;
        }
    }
    assert_eq!((offset, codes.len()), (60, 60), "everything once");
}

#[rstest]
#[case::code(json!({ "code": "HP26AB" }), &["HP26AB"])]
#[case::number(json!({ "count_code": "00003" }), &["SP110"])]
#[case::like(json!({ "title": "spona 110", "search_with_like": true }), &["SP110"])]
#[case::exact_title(json!({ "title": "spona 110" }), &[])]
#[case::services(json!({ "service": "true" }), &["PREVOZ", "RAZREZ"])]
#[tokio::test]
async fn products_are_found(#[case] body: Value, #[case] codes: &[&str]) {
    let client = Client::small();
    let page = client.ok(LIST, body).await;
    let found: Vec<String> = many(&page["product_list"])
        .iter()
        .map(|p| text(p, "code").to_owned())
        .collect();
    assert_eq!(found, codes);
}

#[tokio::test]
async fn an_id_selects_no_product() {
    let client = Client::small();
    let page = client.ok(LIST, json!({ "mk_id": "1500000002" })).await;
    assert_eq!(text(&page, "product_list_count"), "60", "all of them");
}

#[tokio::test]
async fn prices_and_stock_come_on_demand() {
    let client = Client::small();
    let plain = client.ok(LIST, json!({ "code": "SP110" })).await;
    assert!(
        plain["product_list"].get("pricelist").is_none(),
        "not asked"
    );
    let body = json!({ "code": "HP26AB", "return_pricelist": true, "show_tax_factor": true,
        "return_warehause_stock": true, "return_free_amount": true, "return_category": true });
    let oak = client.ok(LIST, body).await["product_list"].clone();
    let lists = many(&oak["pricelist"]);
    assert_eq!(lists.len(), 2, "for everybody and for many: {oak}");
    let price = &lists[0]["price_def"];
    assert_eq!(text(price, "price"), "64.5");
    assert_eq!(
        (text(price, "tax_desc"), text(price, "tax_factor")),
        ("22", "0.22")
    );
    assert_eq!(text(&oak, "amount"), "210", "as Jan says in his mail");
    assert_eq!(text(&oak, "free_amount"), "114", "96 are reserved");
    assert_eq!(
        text(&oak["category_tree_list"], "tree_node_label"),
        "Plošče"
    );
    assert!(text(&oak, "weight").parse::<f64>().is_err() || !text(&oak, "weight").contains('.'));
}

#[tokio::test]
async fn stock_is_listed_by_warehouse() {
    let client = Client::small();
    let houses = client.ok("v1/json/warehouse_list", json!({})).await;
    let houses = many(&houses["warehouse_list"]);
    let ljubljana = houses.iter().find(|w| w["mark"] == "LJ").unwrap();
    let body = json!({ "wh_id_list": text(ljubljana, "mk_id") });
    let rows = client.ok("v1/json/warehouse_stock", body).await;
    let rows = many(&rows["stock_list"]);
    assert!(!rows.is_empty(), "there is some");
    for row in &rows {
        assert_eq!(row["warehouse_id"], ljubljana["mk_id"], "{row}");
    }
    let oak = json!({ "product_code_list": ["HP26AB"] });
    let oak = client.ok("v1/json/warehouse_stock", oak).await["stock_list"].clone();
    assert_eq!(
        (text(&oak, "reserved_amount"), text(&oak, "free_amount")),
        ("96", "114")
    );
}

#[tokio::test]
async fn products_are_made_changed_and_deleted_unless_used() {
    let client = Client::small();
    let body = json!({ "code": "N1", "name": "Nova deska", "unit": "kos", "barcode": "383",
        "categories": [{ "category": "Plošče" }],
        "pricelist": [{ "count_code": "C1", "price_def": [{ "price": "12.5", "tax": "EX4" }] }] });
    let made = client.ok("v1/json/product_add", body.clone()).await;
    client
        .refused("v1/json/product_add", body, "2", "already exists")
        .await;
    let change = json!({ "mk_id": made["mk_id"], "name": "Deska", "unit": "", "barcode": "$REMOVE_STRING_VALUE$" });
    client.ok("v1/json/product_update", change).await;
    let found = client.ok(LIST, json!({ "code": "N1" })).await["product_list"].clone();
    assert_eq!(
        (text(&found, "name"), text(&found, "unit")),
        ("Deska", "kos"),
        "empty clears nothing"
    );
    assert!(found.get("barcode").is_none(), "the word for it does");
    let delete = json!({ "count_code": made["count_code"] });
    client.ok("v1/json/product_delete", delete).await;
    let gone = client.ok(LIST, json!({ "code": "N1" })).await;
    assert_eq!(text(&gone, "product_list_count"), "0");
    let used = json!({ "count_code": "00001" });
    client
        .refused("v1/json/product_delete", used, "5", "used")
        .await;
    let long = json!({ "code": "x".repeat(21), "name": "a", "unit": "kos" });
    client
        .refused("v1/json/product_add", long, "2", "longer than 20")
        .await;
}

fn is_pdf(raw: &Raw) {
    assert_eq!((raw.status, raw.sort.as_str()), (200, "application/pdf"));
    assert!(raw.body.starts_with(b"%PDF-1.4"), "a PDF");
    assert!(raw.body.ends_with(b"%%EOF\n"), "all of it");
}

#[tokio::test]
async fn a_print_is_a_pdf_now_or_later() {
    let client = Client::small();
    let id = client
        .service
        .find_document("sales_bill_domestic", "2026-1187");
    let body = json!({ "mk_id": id, "report_id": "38", "params": [{ "type": "REPORT_TYPE", "value": "PDF" }] });
    let raw = client.raw("v1/report", &body).await.unwrap();
    is_pdf(&raw);
    assert!(
        String::from_utf8_lossy(&raw.body).contains("2026-1187"),
        "its number"
    );
    let mut later = body.clone();
    later["async"] = "true".into();
    let token = client.ok("v1/report", later).await["token"].clone();
    let poll = json!({ "token": token });
    text(&client.ok("v1/report", poll.clone()).await, "progress");
    let done = client.ok("v1/report", poll).await;
    let got = client.web.get(text(&done, "url")).send().await.unwrap();
    is_pdf(&read(got).await.unwrap());
    let mut wrong = body;
    wrong["report_id"] = "99".into();
    client.refused("v1/report", wrong, "2", "report_id").await;
    client
        .refused("v1/report", json!({ "token": "x" }), "6", "token")
        .await;
}

#[tokio::test]
async fn files_are_attached_and_fetched() {
    let client = Client::small();
    let id = client
        .service
        .find_document("sales_order", "NAR-2026-0706")
        .unwrap();
    let attach =
        |files: Value| json!({ "doc_type": "sales_order", "mk_id": id, "attachment_list": files });
    let path = "add_attachment";
    client
        .ok(
            path,
            attach(json!([{ "file_name": "a.pdf", "data_b64": "JVBERi0=" },
        { "file_name": "b.txt", "source_url": "https://files.example/b.txt" }])),
        )
        .await;
    let order = client.document("sales_order", &id).await;
    let files = many(&order["attachment_list"]);
    let first = client
        .web
        .get(text(&files[0], "source_url"))
        .send()
        .await
        .unwrap();
    assert_eq!(read(first).await.unwrap().body, b"%PDF-", "the bytes");
    assert_eq!(text(&files[1], "source_url"), "https://files.example/b.txt");
    let nameless = attach(json!([{ "data_b64": "JVBERi0=" }]));
    client
        .refused(path, nameless, "6", "file_name is required")
        .await;
    let broken = attach(json!([{ "file_name": "a.pdf", "data_b64": "§" }]));
    client.refused(path, broken, "2", "not Base64").await;
}
