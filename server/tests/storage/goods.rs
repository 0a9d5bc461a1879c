//! Products, news of their stock, and customers that leave the register.

use kontor_protocol::{OrgId, ProductPrice, ProductRow};
use kontor_server::core::storage::{Facts as _, FactsBatch, FoundStock, Storage};

use crate::facts::{connected, customer, customers, erp, put};
use crate::stage::{Stage, at};

pub(crate) fn product(id: &str, name: &str, seen: i64) -> ProductRow {
    ProductRow {
        id: id.to_owned(),
        code: format!("K-{id}"),
        name: name.to_owned(),
        unit: "kos".to_owned(),
        prices: vec![ProductPrice {
            currency: "EUR".to_owned(),
            price: "1.25".parse().unwrap(),
            ..ProductPrice::default()
        }],
        stock: Some("10".parse().unwrap()),
        seen_at: at(seen),
        stock_at: at(seen),
        ..ProductRow::default()
    }
}

fn round(products: Vec<ProductRow>, round: u64) -> FactsBatch {
    FactsBatch {
        products,
        round: Some(round),
        ..FactsBatch::default()
    }
}

fn stock(product: &str, amount: &str, news: u64) -> FactsBatch {
    FactsBatch {
        stocks: vec![FoundStock {
            product: product.to_owned(),
            stock: Some(amount.parse().unwrap()),
            free: None,
            at: at(50),
            news,
        }],
        ..FactsBatch::default()
    }
}

/// Id, version, stock, gone.
async fn all(storage: &impl Storage, org: OrgId) -> Vec<(String, u64, String, bool)> {
    let rows = storage.products_after(org, 0, 100).await.unwrap();
    let row = |p: ProductRow| {
        (
            p.id,
            p.version,
            p.stock.unwrap_or_default().to_string(),
            p.gone,
        )
    };
    rows.into_iter().map(row).collect()
}

fn want(rows: &[(&str, u64, &str, bool)]) -> Vec<(String, u64, String, bool)> {
    let row = |(id, version, stock, gone): &(&str, u64, &str, bool)| {
        ((*id).to_owned(), *version, (*stock).to_owned(), *gone)
    };
    rows.iter().map(row).collect()
}

pub(crate) async fn a_product_that_is_as_it_was_keeps_its_version(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    let both = vec![product("a", "Vijak", 1), product("b", "Deska\u{0}", 1)];
    assert_eq!(put(&storage, org, round(both.clone(), 1)).await, (2, 2));
    let read = storage.products_after(org, 0, 1).await.unwrap();
    assert_eq!(
        read,
        [ProductRow {
            version: 1,
            ..both[0].clone()
        }],
        "as it was put"
    );
    let state = storage.facts_state(org).await.unwrap();
    assert_eq!((state.products, state.counts.products), (2, 2));

    let later = vec![product("a", "Vijak", 9), product("b", "Deska, suha", 9)];
    assert_eq!(put(&storage, org, round(later, 2)).await, (3, 1));
    let read = storage.products_after(org, 0, 9).await.unwrap();
    let seen: Vec<_> = read.iter().map(|p| (p.version, p.seen_at)).collect();
    assert_eq!(seen, [(1, at(9)), (3, at(9))], "seen, and not moved");
    let customers = customers(vec![customer("x", "Alfa", 1)]);
    assert_eq!(
        put(&storage, org, customers).await,
        (4, 1),
        "one counter for all"
    );
    let state = storage.facts_state(org).await.unwrap();
    assert_eq!((state.products, state.version), (3, 4));
}

pub(crate) async fn what_a_round_did_not_meet_is_named_and_may_go(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    let both = vec![product("a", "Vijak", 1), product("b", "Deska", 1)];
    put(&storage, org, round(both, 1)).await;
    put(&storage, org, round(vec![product("a", "Vijak", 2)], 2)).await;
    let mut unmet = storage.unmet_products(org, 2, 10).await.unwrap();
    assert_eq!(unmet.len(), 1);
    let mut row = unmet.remove(0);
    assert_eq!(row.id, "b");
    row.gone = true;
    assert_eq!(
        put(&storage, org, round(vec![row.clone()], 2)).await,
        (3, 1)
    );
    assert_eq!(
        put(&storage, org, round(vec![row], 3)).await,
        (3, 0),
        "once"
    );
    assert_eq!(
        all(&storage, org).await,
        want(&[("a", 1, "10.00", false), ("b", 3, "10.00", true)])
    );
    assert_eq!(storage.facts_state(org).await.unwrap().counts.products, 1);
    let back = round(vec![product("b", "Deska", 4)], 3);
    assert_eq!(put(&storage, org, back).await, (4, 1), "it is sold again");
    assert_eq!(storage.facts_state(org).await.unwrap().counts.products, 2);
    let nobody = ProductRow {
        gone: true,
        ..product("z", "", 1)
    };
    assert_eq!(put(&storage, org, round(vec![nobody], 3)).await, (4, 0));
}

pub(crate) async fn news_of_stock_are_done_with_unless_newer_came(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    put(&storage, org, round(vec![product("a", "Vijak", 1)], 1)).await;
    let news = async || {
        let ids = vec!["a".to_owned(), "nobody".to_owned()];
        storage.stock_news(org, ids).await.unwrap()
    };
    let wanted = async || storage.stock_wanted(org, 9).await.unwrap();
    assert_eq!((wanted().await, news().await), (Vec::new(), 1));
    assert_eq!(wanted().await, [("a".to_owned(), 1)]);
    news().await;
    assert_eq!(put(&storage, org, stock("a", "7", 1)).await, (2, 1));
    assert_eq!(
        wanted().await,
        [("a".to_owned(), 2)],
        "newer came meanwhile"
    );
    assert_eq!(put(&storage, org, stock("a", "7.00", 2)).await, (2, 0));
    assert_eq!(wanted().await, [], "read");
    assert_eq!(all(&storage, org).await, want(&[("a", 2, "7.00", false)]));
    let row = storage.products_after(org, 0, 9).await.unwrap().remove(0);
    assert_eq!((row.seen_at, row.stock_at), (at(1), at(50)));
    news().await;
    put(&storage, org, round(vec![product("a", "Vijak", 60)], 2)).await;
    assert_eq!(
        wanted().await,
        [("a".to_owned(), 1)],
        "a round does not answer them"
    );
}

pub(crate) async fn another_company_has_no_products_yet(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    put(&storage, org, round(vec![product("a", "Vijak", 1)], 1)).await;
    assert!(storage.keep_webhook(org, Some(vec![7, 8])).await.unwrap());
    let kept = storage.erp(org).await.unwrap().unwrap().sealed_webhook;
    assert_eq!(kept, Some(vec![7, 8]));
    storage.connect_erp(org, erp("16", "two")).await.unwrap();
    let kept = storage.erp(org).await.unwrap().unwrap().sealed_webhook;
    assert_eq!(kept, Some(vec![7, 8]), "a new key for the same company");
    storage.connect_erp(org, erp("17", "two")).await.unwrap();
    assert_eq!(all(&storage, org).await, []);
    let state = storage.facts_state(org).await.unwrap();
    assert_eq!((state.products, state.counts.products), (0, 0));
    assert_eq!(
        storage.erp(org).await.unwrap().unwrap().sealed_webhook,
        None
    );
    storage.keep_webhook(org, Some(vec![7])).await.unwrap();
    storage.keep_webhook(org, None).await.unwrap();
    assert_eq!(
        storage.erp(org).await.unwrap().unwrap().sealed_webhook,
        None
    );
    let other = crate::stage::team(&storage, "vijak").await.org;
    assert!(
        !storage.keep_webhook(other, None).await.unwrap(),
        "nothing is connected"
    );
}

pub(crate) async fn the_customer_not_asked_for_longest_is_first(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    let mut bare = customer("told", "Le na dokumentu", 1);
    bare.bare = true;
    let three = vec![customer("a", "Alfa", 30), customer("b", "Beta", 20), bare];
    assert_eq!(put(&storage, org, customers(three)).await, (3, 3));
    let stalest = storage.stalest_customers(org, 9).await.unwrap();
    assert_eq!(
        stalest,
        [("b".to_owned(), at(20)), ("a".to_owned(), at(30))]
    );
    let mut gone = customer("b", "Beta", 40);
    gone.gone = true;
    assert_eq!(
        put(&storage, org, customers(vec![gone.clone()])).await,
        (4, 1)
    );
    assert_eq!(
        put(&storage, org, customers(vec![gone])).await,
        (4, 0),
        "said once"
    );
    let row = storage.customers_after(org, 3, 9).await.unwrap().remove(0);
    assert_eq!((row.id.as_str(), row.gone, row.version), ("b", true, 4));
    let stalest = storage.stalest_customers(org, 1).await.unwrap();
    assert_eq!(stalest, [("a".to_owned(), at(30))]);
    put(&storage, org, customers(vec![customer("b", "Beta", 50)])).await;
    let row = storage.customers_after(org, 4, 9).await.unwrap().remove(0);
    assert!(!row.gone, "it is there again");
}
