//! Metakocka's news of stock, pushed by the simulator to a server that mirrors it.

use std::time::Duration;

use kontor_protocol::{OrgId, ProductRow};
use kontor_server::core::clock::Clock;
use kontor_server::core::mirror::{Mirrors, Pace};
use kontor_server::core::sealing::Keys;
use kontor_server::core::storage::{Facts as _, NewErp};
use kontor_simulators::metakocka::{Metakocka, Options, StockPush};
use rstest::rstest;
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use crate::house::{Asking, House, ask};

const SECRET: &str = "iz skladišča";

/// A server whose company has Metakocka connected.
struct Shop {
    house: House,
    org: OrgId,
    erp: Metakocka,
    keys: Keys,
    _dir: TempDir,
}

impl Shop {
    async fn open() -> Self {
        // Another test of this process may have been first.
        drop(rustls::crypto::ring::default_provider().install_default());
        let house = House::open().await;
        let org = house.org("hrast").await.org;
        let dir = TempDir::new().unwrap();
        let keys = Keys::in_folder(dir.path());
        let erp = Metakocka::start(Options::small()).unwrap();
        let new = NewErp {
            base_url: erp.base_url().to_owned(),
            company_id: erp.company_id().to_owned(),
            sealed_key: keys.seal(org, erp.secret_key()).unwrap(),
            life: "one".to_owned(),
            at: Clock::system().now(),
        };
        house.storage.connect_erp(org, new).await.unwrap();
        let sealed = keys.seal(org, SECRET).unwrap();
        house.storage.keep_webhook(org, Some(sealed)).await.unwrap();
        house.app.seal_with(keys.clone());
        Self {
            house,
            org,
            erp,
            keys,
            _dir: dir,
        }
    }

    fn path(&self) -> String {
        format!("/api/v1/erp/{}/webhook", self.org)
    }

    fn push(&self, secret: &str, code: &str) -> StockPush {
        let url = format!("http://{}{}", self.house.address, self.path());
        StockPush::new(&url, secret, &[code])
    }

    /// Mirrors; only news bring stock once all is here.
    fn mirrors(&self) -> Mirrors {
        let pace = Pace {
            glance: Duration::from_millis(5),
            sweep: Duration::MAX,
            ..Pace::default()
        };
        let storage = self.house.storage.clone();
        Mirrors::start(storage, Clock::system(), self.keys.clone(), pace)
    }

    async fn until(&self, what: &str, wanted: impl Fn(&[ProductRow]) -> bool) -> Vec<ProductRow> {
        for _ in 0..2000 {
            let rows = self.house.storage.products_after(self.org, 0, 1000).await;
            let rows = rows.unwrap();
            if wanted(&rows) {
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("not in twenty seconds: {what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_that_changed_is_here_at_once_however_often_it_is_said() {
    let shop = Shop::open().await;
    let mirrors = shop.mirrors();
    let rows = shop
        .until("products are here", |rows| !rows.is_empty())
        .await;
    let ware = rows.iter().find(|row| !row.service && row.stock.is_some());
    let code = ware.unwrap().code.clone();
    for amount in ["4321", "17"] {
        let stock = json!({ "code": code, "warehouse": "CE", "amount": amount });
        shop.erp.control("set_stock", &stock).unwrap();
        let mut push = shop.push(SECRET, &code);
        push.id = Some("evt-1".to_owned());
        // The same event once more is a replay.
        for _ in 0..2 {
            let tries = push_from(&shop.erp, &push);
            assert_eq!(tries.len(), 1, "taken at once: {tries:?}");
        }
        let asked = json!({ "company_id": shop.erp.company_id(), "secret_key": shop.erp.secret_key(),
            "code": code, "return_warehause_stock": "true" });
        let url = format!("{}/rest/eshop/v1/json/product_list", shop.erp.base_url());
        let said = reqwest::Client::new().post(url).json(&asked).send().await;
        let said: serde_json::Value = said.unwrap().json().await.unwrap();
        let list = &said["product_list"];
        let row = if list.is_array() { &list[0] } else { list };
        let truth = Some(row["amount"].as_str().unwrap().parse().unwrap());
        shop.until("the stock is as it is there", |rows| {
            rows.iter()
                .any(|row| row.code == code && row.stock == truth)
        })
        .await;
    }
    mirrors.close().await;
}

/// Pushes while the server answers on other threads.
fn push_from(erp: &Metakocka, push: &StockPush) -> kontor_simulators::metakocka::Tries {
    tokio::task::block_in_place(|| erp.push_stock(push))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_signed_is_not_taken() {
    let shop = Shop::open().await;
    let refused = |push: &StockPush| {
        let tries = push_from(&shop.erp, push);
        let statuses = tries.iter().map(|t| t.as_ref().map(|(status, _)| *status));
        assert!(statuses.clone().all(|s| s == Ok(401)), "{tries:?}");
        tries[0].as_ref().unwrap().1.clone()
    };
    let wrong = refused(&shop.push("another secret", "HP26AB"));
    let mut forged = shop.push(SECRET, "HP26AB");
    forged.forged = true;
    refused(&forged);
    let mut nobodys = shop.push(SECRET, "HP26AB");
    nobodys.url = format!(
        "http://{}/api/v1/erp/{}/webhook",
        shop.house.address,
        Uuid::nil()
    );
    assert_eq!(
        refused(&nobodys),
        wrong,
        "nobody is told whether there is such a company"
    );
    shop.house
        .storage
        .keep_webhook(shop.org, None)
        .await
        .unwrap();
    refused(&shop.push(SECRET, "HP26AB"));
    refused(&shop.push("", "HP26AB"));
}

#[rstest]
#[case::no_signature("{}", 401)]
#[case::nothing("", 401)]
#[tokio::test]
async fn words_from_anywhere_are_refused(#[case] body: &str, #[case] status: u16) {
    let shop = Shop::open().await;
    let with = Asking {
        body: Some(body),
        ..Asking::default()
    };
    let (said, answer) = ask(shop.house.address, "POST", &shop.path(), with).await;
    assert_eq!(said, status, "{answer}");
}

#[tokio::test]
async fn who_guesses_signatures_is_slowed_down() {
    let shop = Shop::open().await;
    let mut said = 0;
    for _ in 0..30 {
        (said, _) = ask(shop.house.address, "POST", &shop.path(), Asking::default()).await;
    }
    assert_eq!(said, 429);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let shop = Shop::open().await;
    let large = "x".repeat((2 << 20) + 1);
    let with = Asking {
        body: Some(&large),
        ..Asking::default()
    };
    let (said, answer) = ask(shop.house.address, "POST", &shop.path(), with).await;
    assert_eq!(said, 413, "{answer}");
}
