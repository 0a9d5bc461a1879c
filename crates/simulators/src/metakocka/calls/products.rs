//! Products, warehouses and stock.

use serde_json::Value;

use super::{Answer, Desk};
use crate::metakocka::dialect::{Fields, Object, Refusal};
use crate::metakocka::product::Product;
use crate::metakocka::register::WAREHOUSES;
use crate::metakocka::render::{self, Returns};
use crate::metakocka::world::World;

/// The most that one list answers.
const LIMIT: usize = 1000;

pub(super) fn list(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let world = &*desk.world;
    let (offset, limit) = window(fields)?;
    let likes = ["count_code", "code", "title"];
    let given = likes.iter().filter(|n| fields.filled(n).is_some()).count();
    if fields.truth("search_with_like") && given != 1 {
        let text = "search_with_like needs one of count_code, code, title";
        return Err(Refusal::bad(text));
    }
    let want = Returns::of(fields);
    let found: Vec<Value> = candidates(world, fields)
        .filter_map(|no| world.product(no))
        .filter(|p| fits(p, fields))
        .skip(offset)
        .take(limit)
        .map(|p| render::product(&p, want))
        .collect();
    // The request comes back, and the count is that of the page.
    let mut reply = Object::success();
    for (name, value) in fields.0 {
        if !matches!(name.as_str(), "secret_key" | "company_id") {
            reply = reply.value(name, value.clone());
        }
    }
    let reply = reply
        .text("product_list_count", found.len())
        .list("product_list", found);
    Ok(reply.into())
}

/// Products that could be meant: one, where the code or number says which.
fn candidates(world: &World, fields: Fields<'_>) -> Box<dyn Iterator<Item = u32>> {
    if !fields.truth("search_with_like") {
        if let Some(code) = fields.filled("code") {
            return Box::new(world.product_coded(&code).into_iter());
        }
        if let Some(code) = fields.filled("count_code") {
            return Box::new(world.product_counted(&code).into_iter());
        }
    }
    Box::new(0..world.n_products())
}

/// `mk_id` is listed among the filters and selects nothing.
fn fits(product: &Product, fields: Fields<'_>) -> bool {
    let like = fields.truth("search_with_like");
    let text = |name: &str, value: &str| match fields.filled(name) {
        None => true,
        Some(wanted) if like => value.to_lowercase().contains(&wanted.to_lowercase()),
        Some(wanted) => value == wanted,
    };
    let flag = |name: &str, value: bool| match fields.filled(name) {
        None => true,
        Some(wanted) => value == (wanted == "true"),
    };
    text("code", &product.code)
        && text("count_code", &product.count_code)
        && text("title", &product.name)
        && fields
            .filled("category")
            .is_none_or(|c| c == product.category)
        && flag("sales", product.sales)
        && flag("purchase", product.purchasing)
        && flag("service", product.service)
        && flag("work", false)
        && flag("active", product.active)
        && flag("eshop_sync", product.shop)
}

pub(super) fn warehouses(_desk: &mut Desk<'_>, _fields: Fields<'_>) -> Result<Answer, Refusal> {
    let list = WAREHOUSES.iter().map(|(id, mark, name)| {
        Object::new()
            .text("mk_id", id)
            .text("mark", mark)
            .text("name", name)
            .text("active", "true")
            .truth("main_warehouse", *mark == "CE")
            .into()
    });
    Ok(Object::success()
        .list("warehouse_list", list.collect())
        .into())
}

pub(super) fn stock(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let world = &*desk.world;
    let (offset, limit) = window(fields)?;
    let rows = rows(world, fields).skip(offset).take(limit).collect();
    Ok(Object::success()
        .text("offset", offset)
        .text("limit", limit)
        .list("stock_list", rows)
        .into())
}

/// Several rows of one product and warehouse are lots and places.
fn rows(world: &World, fields: Fields<'_>) -> impl Iterator<Item = Value> {
    let codes = fields.texts("product_code_list");
    let ids = fields.texts("product_mk_id_list");
    let houses = fields.texts("wh_id_list");
    let shop = fields.filled("eshop_sync");
    let named: Option<Vec<u32>> = if !codes.is_empty() {
        let found = codes.iter().filter_map(|c| world.product_coded(c));
        Some(found.collect())
    } else if !ids.is_empty() {
        let ids = ids.iter().filter_map(|id| id.parse().ok());
        Some(ids.filter_map(|id| world.product_with(id)).collect())
    } else {
        None
    };
    let candidates: Box<dyn Iterator<Item = u32>> = match named {
        Some(named) => Box::new(named.into_iter()),
        None => Box::new(0..world.n_products()),
    };
    let wanted = move |mark: &str| {
        let id = WAREHOUSES.iter().find(|(_, m, _)| *m == mark);
        houses.is_empty() || id.is_some_and(|(id, ..)| houses.contains(&id.to_string()))
    };
    candidates
        .filter_map(|no| world.product(no))
        .filter(move |p| shop.as_ref().is_none_or(|s| p.shop == (s == "true")))
        .flat_map(move |p| {
            let rows = p.stock.iter().filter(|s| wanted(s.warehouse));
            rows.map(|s| render::stock(&p, s)).collect::<Vec<_>>()
        })
}

fn window(fields: Fields<'_>) -> Result<(usize, usize), Refusal> {
    let limit: usize = fields.number("limit", LIMIT)?;
    if limit == 0 || limit > LIMIT {
        return Err(Refusal::bad(format!("Max limit is {LIMIT} : {limit}")));
    }
    Ok((fields.number("offset", 0)?, limit))
}
