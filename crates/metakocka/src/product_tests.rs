use rstest::rstest;
use serde_json::{Map, Value, json};

use super::{Product, ProductQuery};
use crate::dialect::Decimal;
use crate::id::MkId;
use crate::page::Page;
use crate::partner::Partner;
use crate::search::Search;
use crate::stock::{StockRow, Warehouse, summed};
use crate::{DocType, Filter, Order, Show};

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("no object: {other}"),
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    Some(text.parse().expect("a number"))
}

#[test]
fn a_product_alone_on_its_page_is_a_bare_object() {
    let answer = map(json!({
        "opr_code": "0", "product_list_count": "1", "limit": "1000",
        "product_list": {
            "mk_id": "1600000100", "count_code": "17", "code": "GUM-17", "name": "Guma 17\"", "service": "false",
            "amount": "-3", "free_amount": "",
            "amount_detail": { "warehouse_mark": "LJ", "amount": "-3" },
            "category_tree_list": { "tree_node_id": "1", "tree_node_label": "Gume",
                "tree_node_list": { "tree_node_id": "2", "tree_node_label": "Zimske" } },
            "pricelist": { "count_code": "1", "currency_code": "EUR", "valid_from": "01.01.2026",
                "price_def": { "price": "24,8", "tax": "EX4", "tax_desc": "22", "tax_factor": "0.22" } },
            "localization": [{ "language": "English", "name": "Tyre" }]
        }
    }));
    let page = Page::read(&answer, "product_list", (0, 1000), Product::read);
    assert_eq!((page.defects.len(), page.next_offset()), (0, None));
    let product = page.items.first().expect("the product");
    assert_eq!(product.amount, decimal("-3"), "stock may be negative");
    assert_eq!(
        product
            .stock
            .first()
            .and_then(|s| s.warehouse_mark.as_deref()),
        Some("LJ")
    );
    assert_eq!(product.categories, ["Gume", "Zimske"]);
    let price = product
        .price_lists
        .first()
        .and_then(|l| l.prices.first())
        .expect("a price");
    assert_eq!(
        (price.price, price.tax_factor),
        (decimal("24.8"), decimal("0.22"))
    );
}

#[rstest]
#[case::text(json!("Gume"), &["Gume"])]
#[case::list(json!(["Gume", "Zimske"]), &["Gume", "Zimske"])]
fn categories_come_as_texts_too(#[case] categories: Value, #[case] want: &[&str]) {
    let answer = map(json!({ "product_list": { "mk_id": "1", "categories": categories } }));
    let page = Page::read(&answer, "product_list", (0, 1000), Product::read);
    assert_eq!(
        page.items
            .first()
            .map(|p| p.categories.clone())
            .unwrap_or_default(),
        want
    );
}

#[test]
fn stock_of_shelves_and_lots_is_added_up() {
    let answer = map(json!({ "stock_list": [
        { "warehouse_id": "1", "mk_id": "7", "amount": "2,5", "microlocation": "A1" },
        { "warehouse_id": "1", "mk_id": "7", "amount": "-1", "reserved_amount": "1" },
        { "warehouse_id": "2", "mk_id": "7", "amount": "4" },
        { "warehouse_id": "2", "code": "no id" }
    ] }));
    let page = Page::read(&answer, "stock_list", (0, 1000), StockRow::read);
    assert_eq!(
        (page.items.len(), page.defects.len(), page.returned),
        (3, 1, 4)
    );
    let sums = summed(&page.items);
    let in_one = sums
        .get(&(MkId::new("7"), Some(MkId::new("1"))))
        .expect("summed");
    assert_eq!(
        (Some(in_one.amount), in_one.reserved, in_one.free),
        (decimal("1.5"), decimal("1"), None)
    );
    assert_eq!(sums.len(), 2);
}

#[test]
fn a_warehouse_alone_is_a_bare_object() {
    let answer = map(
        json!({ "warehouse_list": { "mk_id": "1", "mark": "LJ", "active": "true", "main_warehouse": "true" } }),
    );
    let page = Page::read(&answer, "warehouse_list", (0, 1), Warehouse::read);
    assert_eq!(
        page.items.first().map(|w| (w.mark.as_deref(), w.main)),
        Some((Some("LJ"), Some(true)))
    );
}

#[test]
fn a_partner_has_contacts_and_addresses_one_or_many() {
    let answer = map(json!({ "partner_list_count": "1", "partner_list": {
        "mk_id": "1", "customer": "Kovač d.o.o.", "buyer": "true", "foreign_county": "false",
        "partner_contact_list": [{ "mk_id": "2", "name": "Ana", "email": " Ana@Kovac.example" }, { "mk_id": "3" }],
        "partner_delivery_address_list": { "mk_id": "4", "address_type": "Račun", "city": "Žalec", "payment_due_days": "30" },
        "discounts": { "categories": "Gume", "discount_percent": "7,3" }
    } }));
    let page = Page::read(&answer, "partner_list", (0, 1), Partner::read);
    let partner = page.items.first().expect("the partner");
    assert_eq!((partner.contacts.len(), partner.addresses.len()), (2, 1));
    assert_eq!(
        partner.addresses.first().and_then(|a| a.payment_due_days),
        Some(30)
    );
    assert_eq!(
        partner.discounts.first().and_then(|d| d.percent),
        decimal("7.3")
    );
    assert!(
        partner.has_email("ana@kovac.example"),
        "letters' case and blanks aside"
    );
    assert!(!partner.has_email("na@kovac.example"), "but exactly");
}

#[rstest]
#[case::more(Some(449), 100, Some(100))]
#[case::last(Some(100), 100, None)]
#[case::nothing_came(Some(449), 0, None)]
#[case::no_total_full(None, 100, Some(100))]
#[case::no_total_short(None, 99, None)]
fn a_page_knows_where_the_next_begins(
    #[case] total: Option<u64>,
    #[case] returned: u64,
    #[case] want: Option<u64>,
) {
    let page: Page<Partner> = Page {
        total,
        returned,
        ..Page::empty(0, 100)
    };
    assert_eq!(page.next_offset(), want);
}

#[test]
fn a_search_is_asked_in_the_services_words() {
    let search = Search::of(DocType::SalesOrder)
        .filter(Filter::Partner(MkId::new("7")))
        .filter(Filter::DateFrom("2026-05-07".parse().expect("a day")))
        .filter(Filter::ChangedFrom(
            "2026-01-07T11:53:27Z".parse().expect("a moment"),
        ))
        .filter(Filter::Status(vec![
            "Novo".to_owned(),
            "Poslano".to_owned(),
        ]))
        .order(Order::NewestFirst)
        .show([Show::Payments])
        .from(200);
    assert_eq!(
        Value::Object(search.body(true)),
        json!({
            "doc_type": "sales_order", "offset": "200", "limit": "100", "result_type": "doc",
            "order_direction": "desc", "show_payment_detail": "true",
            "query_advance": [
                { "type": "partner_mk_id", "value": "7" },
                { "type": "doc_date_from", "value": "2026-05-07+02:00" },
                { "type": "last_change_from", "value": "2026-01-07T12:53:27+01:00" },
                { "type": "status_list", "value": "Novo,Poslano" }
            ]
        })
    );
    let light = Value::Object(search.body(false));
    assert_eq!(
        light.get("result_type"),
        None,
        "a light search asks for no documents"
    );
}

#[test]
fn products_are_asked_for_in_the_services_words() {
    let query = ProductQuery {
        title_like: Some("gum".to_owned()),
        with_prices: true,
        ..ProductQuery::default()
    };
    assert_eq!(
        Value::Object(query.body()),
        json!({ "title": "gum", "search_with_like": "true", "return_pricelist": "true", "show_tax_factor": "true",
            "offset": "0", "limit": "1000" })
    );
}
