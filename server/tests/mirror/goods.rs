//! Products with prices and stock: read once, kept up, and stock the ERP sends news of.

use std::time::Duration;

use kontor_protocol::FactKind;
use kontor_server::core::storage::Facts as _;
use kontor_simulators::metakocka::{Fault, Options};
use serde_json::json;

use crate::company::{Company, covered};

impl Company {
    /// Waits until all products were read once.
    async fn stocked(&self) {
        self.mirrored().await;
        self.until("products were read", |s| {
            covered(s, FactKind::Product).is_some()
        })
        .await;
    }

    /// Lets time go by, and waits until all products were read again.
    async fn goods_round(&self) {
        let later = self.clock.after(901);
        self.clock.set(later);
        self.until("products were read again", |s| {
            covered(s, FactKind::Product) >= Some(later)
        })
        .await;
    }

    /// Something that has a stock.
    async fn ware(&self) -> kontor_protocol::ProductRow {
        let products = self.products().await;
        let mut wares = products.into_values().filter(|p| !p.service);
        wares
            .find(|p| p.stock.is_some())
            .expect("something is in stock")
    }
}

#[tokio::test]
async fn products_come_with_price_tax_unit_and_stock() {
    let company = Company::new(Options {
        products: 1200,
        ..Options::small()
    })
    .await;
    let mirrors = company.mirrors();
    company.stocked().await;
    let products = company.products().await;
    let state = company.storage_state().await;
    assert_eq!(state.counts.products as usize, products.len());
    assert!(
        products.len() > 1000,
        "more than a page: {}",
        products.len()
    );
    assert!(state.products > 0 && state.products <= state.version);
    let plate = &products["HP26AB"];
    assert!(
        !plate.name.is_empty() && !plate.unit.is_empty(),
        "{plate:#?}"
    );
    let [price] = plate.prices.as_slice() else {
        panic!("one price a currency: {plate:#?}");
    };
    assert_eq!((price.currency.as_str(), price.with_tax), ("EUR", false));
    assert_eq!(price.list, "Prodajni cenik", "what everybody pays");
    assert_eq!(price.tax, "EX4");
    assert_eq!(price.tax_percent, Some("22".parse().unwrap()));
    assert!(
        products
            .values()
            .filter(|p| p.service)
            .all(|p| p.stock.is_none()),
        "a service has no stock"
    );
    mirrors.close().await;
}

#[tokio::test]
async fn what_changes_of_products_comes_with_a_round_and_what_goes_is_gone() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors();
    company.stocked().await;
    let before = company.storage_state().await;
    company.goods_round().await;
    let same = company.storage_state().await;
    assert_eq!(
        same.version, before.version,
        "what is as it was keeps its version"
    );

    let all = company.products().await;
    let mut codes = all.keys().filter(|code| !code.is_empty());
    let (dearer, over) = (codes.next().unwrap(), codes.next().unwrap());
    for (code, change) in [
        (
            dearer,
            json!({ "pricelist": [{ "price_def": [{ "price": "99.5" }] }] }),
        ),
        (over, json!({ "activated": "false" })),
    ] {
        let mut body = change;
        body["count_code"] = json!(all[code].number);
        let answer = company
            .ask("/rest/eshop/v1/json/product_update", body)
            .await;
        assert_eq!(answer["opr_code"], "0", "{answer}");
    }
    company.goods_round().await;
    let after = company.products().await;
    assert_eq!(after[dearer].prices[0].price, "99.5".parse().unwrap());
    assert!(!after.contains_key(over), "it is sold no more");
    assert_eq!(after.len(), all.len() - 1);
    let rows = company
        .storage
        .products_after(company.org, before.version, 100);
    let told: Vec<_> = rows
        .await
        .unwrap()
        .into_iter()
        .map(|r| (r.code, r.gone))
        .collect();
    assert_eq!(told.len(), 2, "only what changed: {told:?}");
    mirrors.close().await;
}

#[tokio::test]
async fn stock_is_read_at_once_where_news_of_it_came() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors_with(|pace| pace.sweep = Duration::MAX);
    company.stocked().await;
    let ware = company.ware().await;
    let stock = json!({ "code": ware.code, "warehouse": "CE", "amount": "4321", "reserved": "21" });
    company.erp.control("set_stock", &stock).unwrap();
    let news = vec![ware.id.clone(), "nobody".to_owned()];
    let marked = company.storage.stock_news(company.org, news).await.unwrap();
    assert_eq!(marked, 1, "what is not here needs no reading");
    let before = company.storage_state().await.version;
    company
        .until("the stock was read", |s| s.version > before)
        .await;
    let after = company.products().await[&ware.code].clone();
    let (stock, free) = (after.stock.unwrap(), after.free.unwrap());
    assert_eq!(stock.minus(free), "21".parse().unwrap(), "{after:#?}");
    assert!(stock >= "4321".parse().unwrap(), "{after:#?}");
    assert_eq!(after.prices, ware.prices, "the rest is as it was");
    // The register says the same of it.
    company.goods_round_off(&ware.code, stock).await;
    mirrors.close().await;
}

impl Company {
    /// What the register says of a stock.
    async fn goods_round_off(&self, code: &str, stock: kontor_model::Amount) {
        let asked = json!({ "code": code, "return_warehause_stock": "true" });
        let said = self.ask("/rest/eshop/v1/json/product_list", asked).await;
        let list = &said["product_list"];
        let row = if list.is_array() { &list[0] } else { list };
        let amount: kontor_model::Amount = row["amount"].as_str().unwrap().parse().unwrap();
        assert_eq!(amount, stock, "{said}");
    }
}

#[tokio::test]
async fn news_that_come_while_stock_is_read_are_not_lost() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors_with(|pace| pace.sweep = Duration::MAX);
    company.stocked().await;
    let ware = company.ware().await;
    company
        .erp
        .fail_call("warehouse_stock", 2, Fault::Status(503));
    for _ in 0..3 {
        let news = vec![ware.id.clone()];
        company.storage.stock_news(company.org, news).await.unwrap();
    }
    for _ in 0..2000 {
        let wanted = company.storage.stock_wanted(company.org, 10).await.unwrap();
        if wanted.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let wanted = company.storage.stock_wanted(company.org, 10).await.unwrap();
    assert_eq!(wanted, [], "in the end all was read");
    mirrors.close().await;
}

#[tokio::test]
async fn stock_the_erp_will_not_show_is_not_known_and_holds_nothing_up() {
    let company = Company::new(Options::small()).await;
    let mirrors = company.mirrors_with(|pace| pace.sweep = Duration::MAX);
    company.stocked().await;
    let ware = company.ware().await;
    company.erp.refuse("warehouse_stock", true);
    let news = vec![ware.id.clone()];
    company.storage.stock_news(company.org, news).await.unwrap();
    let before = company.storage_state().await.version;
    company.until("it is told", |s| s.version > before).await;
    assert_eq!(company.products().await[&ware.code].stock, None);
    company.look().await;
    assert_eq!(company.storage_state().await.why, "");
    mirrors.close().await;
}

#[tokio::test]
async fn an_erp_that_shows_no_products_is_mirrored_all_the_same() {
    let company = Company::new(Options::small()).await;
    company.erp.refuse("product_list", true);
    let mirrors = company.mirrors();
    company.mirrored().await;
    let state = company
        .until("it is said", |s| s.why.contains("product_list"))
        .await;
    assert_eq!(covered(&state, FactKind::Product), None);
    company.look().await;
    company.erp.refuse("product_list", false);
    company.goods_round().await;
    assert!(!company.products().await.is_empty());
    mirrors.close().await;
}
