//! The same seed gives the same bytes.

use kontor_simulators::Options;
use serde_json::{Value, json};

use crate::client::Client;

async fn bytes(seed: u64, path: &str, body: &Value) -> Vec<u8> {
    let client = Client::new(Options {
        seed,
        ..Options::small()
    });
    client.raw(path, body).await.unwrap().body
}

#[tokio::test]
async fn a_seed_always_gives_the_same_books() {
    let company = |seed| {
        let client = Client::new(Options {
            seed,
            ..Options::small()
        });
        (
            client.service.company_id().to_owned(),
            client.service.secret_key().to_owned(),
        )
    };
    assert_eq!(company(7), company(7), "the key as well");
    assert_ne!(company(7), company(8), "another one");
    let full = json!({ "doc_type": "sales_order", "limit": 100, "result_type": "doc" });
    for (path, body) in [
        ("v1/search", full),
        (
            "v1/json/product_list",
            json!({ "return_pricelist": "true" }),
        ),
        ("v1/get_partner", json!({ "partner_id": "1600000040" })),
    ] {
        let first = bytes(7, path, &body).await;
        let cut = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        assert_eq!(cut(&first), cut(&bytes(7, path, &body).await), "{path}");
        assert_ne!(first, bytes(8, path, &body).await, "{path}: another seed");
    }
}

#[tokio::test]
async fn the_books_move_with_the_newest_day() {
    let client = Client::new(Options {
        today: "2027-03-01".into(),
        ..Options::small()
    });
    let id = client
        .service
        .find_document("sales_bill_domestic", "2026-1187");
    let bill = client.document("sales_bill_domestic", &id.unwrap()).await;
    assert_eq!(bill["duo_payment"], "2027-02-23+01:00", "six days ago");
}

#[test]
fn a_day_that_is_none_is_refused() {
    let started = kontor_simulators::Metakocka::start(Options {
        today: "tomorrow".into(),
        ..Options::small()
    });
    let said = started.unwrap_err().to_string();
    assert_eq!(said, "tomorrow is no day; write it as 2026-11-19");
}
