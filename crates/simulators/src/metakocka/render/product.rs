//! A product and its stock.

use serde_json::Value;

use crate::metakocka::dialect::{Fields, Object};
use crate::metakocka::money::{Amount, share};
use crate::metakocka::product::{Product, Stock};
use crate::metakocka::register::WAREHOUSES;

/// What a request wants besides the usual.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field of the request"
)]
pub(crate) struct Returns {
    stock: bool,
    free: bool,
    reserved: bool,
    category: bool,
    prices: bool,
    factors: bool,
}

impl Returns {
    pub(crate) fn of(fields: Fields<'_>) -> Self {
        Self {
            stock: fields.truth("return_warehause_stock"),
            free: fields.truth("return_free_amount"),
            reserved: fields.truth("return_warehouse_reservation"),
            category: fields.truth("return_category"),
            prices: fields.truth("return_pricelist"),
            factors: fields.truth("show_tax_factor"),
        }
    }
}

/// A product as `product_list` answers it.
pub(crate) fn product(product: &Product, want: Returns) -> Value {
    let mut object = Object::new()
        .text("mk_id", product.id())
        .text("count_code", &product.count_code)
        .text("code", &product.code)
        .unless_empty("barcode", &product.barcode)
        .text("name", &product.name)
        .unless_empty("name_desc", &product.description)
        .text("unit", &product.unit)
        .truth("service", product.service)
        .truth("sales", product.sales)
        .truth("purchasing", product.purchasing)
        .truth("activated", product.active)
        .truth("eshop_sync", product.shop)
        // Measures have a comma, prices a dot.
        .text("weight", product.weight.comma());
    if want.stock {
        let details = product.stock.iter().map(|s| {
            let name = WAREHOUSES.iter().find(|(_, mark, _)| *mark == s.warehouse);
            Object::new()
                .text("warehouse_mark", s.warehouse)
                .maybe("warehouse_name", name.map(|(.., name)| name))
                .text("amount", s.amount.dotted())
                .into()
        });
        object = object
            .text("amount", product.amount().dotted())
            .list("amount_detail", details.collect());
    }
    if want.free {
        let free = product.amount().0.saturating_sub(product.reserved().0);
        object = object.text("free_amount", Amount(free).dotted());
    }
    if want.reserved {
        let details = product.stock.iter().filter(|s| s.reserved != Amount(0));
        let details = details.map(|s| {
            Object::new()
                .text("warehouse_mark", s.warehouse)
                .text("amount", s.reserved.dotted())
                .into()
        });
        object = object.list("reservation_detail", details.collect());
    }
    if want.category {
        let node = Object::new()
            .text(
                "tree_node_id",
                1000_usize.saturating_add(product.category.len()),
            )
            .text("tree_node_label", &product.category);
        object = object.list("category_tree_list", vec![node.into()]);
    }
    if want.prices {
        object = object.list("pricelist", prices(product, want.factors));
    }
    object.into()
}

/// The list for everybody, and for boards one for those who buy much.
fn prices(product: &Product, factors: bool) -> Vec<Value> {
    let list = |code: &str, title: &str, parts: i64| {
        let price = share(product.price.0, parts, 100);
        let mut price = Object::new()
            .text("amount_from", "0")
            .text("price", crate::metakocka::money::Money(price).dotted())
            .text("tax", product.tax.code);
        if factors {
            price = price
                .text("tax_desc", product.tax.percent())
                .text("tax_factor", product.tax.factor());
        }
        Object::new()
            .text("count_code", code)
            .text("title", title)
            .text("sales_purchase", "sales")
            .text("currency_code", "EUR")
            .value("price_def", Value::from(price))
            .into()
    };
    let mut lists = vec![list("C1", "Prodajni cenik", 100)];
    if product.category == "Plošče" {
        lists.push(list("C2", "Veleprodaja", 92));
    }
    lists
}

/// A row of `warehouse_stock`.
pub(crate) fn stock(product: &Product, stock: &Stock) -> Value {
    let warehouse = WAREHOUSES
        .iter()
        .find(|(_, mark, _)| *mark == stock.warehouse);
    let mut object = Object::new()
        .maybe("warehouse_id", warehouse.map(|(id, ..)| id))
        .text("mk_id", product.id())
        .text("count_code", &product.count_code)
        .text("code", &product.code)
        .text("title", &product.name)
        .text("amount", stock.amount.dotted())
        .text("unit", &product.unit)
        .unless_empty("microlocation", &stock.place);
    if stock.reserved != Amount(0) {
        let free = stock.amount.0.saturating_sub(stock.reserved.0);
        object = object
            .text("reserved_amount", stock.reserved.dotted())
            .text("free_amount", Amount(free).dotted());
    }
    object.into()
}
