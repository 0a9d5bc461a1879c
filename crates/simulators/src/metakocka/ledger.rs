//! Changes made behind the clients' backs, as colleagues make them in the app.

use serde_json::{Map, Value, json};

use super::calendar::Day;
use super::calls::{Answer, Desk, Offered, named};
use super::dialect::Fields;
use super::document::{Document, Line, Payment};
use super::faults::Totals;
use super::money::{Amount, Money};
use super::product::Stock;
use super::register::{Kind, WAREHOUSES, status_named};
use super::webhook::StockPush;
use super::world::{Entry, World, document_id, document_place};
use super::{partner, render};

/// Whoever works in the app.
const COLLEAGUE: &str = "ana@hrastvijak.example";

/// The id of the document of this type with this number.
pub(crate) fn find(world: &World, fields: Fields<'_>) -> Result<Value, String> {
    let place = which(world, fields)?;
    Ok(json!({ "mk_id": document_id(place).to_string() }))
}

/// By `mk_id`, or by `doc_type` and `count_code`.
fn which(world: &World, fields: Fields<'_>) -> Result<u32, String> {
    let found = if let Some(id) = fields.id("mk_id") {
        document_place(id).filter(|place| world.document(*place).is_some())
    } else {
        let kind = fields.text("doc_type").and_then(|name| Kind::of(&name));
        let kind = kind.ok_or("give mk_id, or doc_type and count_code")?;
        let code = fields.text("count_code").unwrap_or_default();
        world.coded(kind, &code)
    };
    found.ok_or_else(|| "there is no such document".to_owned())
}

pub(crate) fn rename_partner(world: &mut World, fields: Fields<'_>) -> Result<Value, String> {
    let no = fields.id("mk_id").and_then(partner::partner_no);
    let name = fields.filled("name").ok_or("give a name")?;
    let renamed = no.is_some_and(|no| world.change_partner(no, |p| p.name = name));
    renamed
        .then(|| json!({ "ok": true }))
        .ok_or_else(|| "there is no such partner".to_owned())
}

/// It leaves the register; documents name it on.
pub(crate) fn delete_partner(world: &mut World, fields: Fields<'_>) -> Result<Value, String> {
    let id = fields.id("mk_id");
    let no = id.and_then(|id| world.partner_with(id));
    let no = no.ok_or("there is no such partner")?;
    world.remove_partner(no);
    Ok(json!({ "ok": true }))
}

pub(crate) fn delete_document(world: &mut World, fields: Fields<'_>) -> Result<Value, String> {
    let place = which(world, fields)?;
    world.delete(place);
    Ok(json!({ "mk_id": document_id(place).to_string() }))
}

/// Whatever of `status`, `notes`, `until`, `paid`, `line`, `amount`, `partner` is given.
pub(crate) fn change_document(world: &mut World, fields: Fields<'_>) -> Result<Value, String> {
    let place = which(world, fields)?;
    let kind = world.row(place).map(|row| row.kind).ok_or("gone")?;
    let said = |refusal: super::dialect::Refusal| refusal.text;
    let status = match fields.filled("status") {
        Some(key) => Some(status_named(kind, &key).ok_or("there is no such status")?),
        None => None,
    };
    let until = fields.day("until").map_err(said)?;
    let line = match fields.object("line") {
        Some(line) => Some(new_line(world, line)?),
        None => None,
    };
    let amount = fields.amount("amount").map_err(said)?;
    let paid = fields.money("paid").map_err(said)?;
    let partner = match fields.id("partner") {
        Some(id) => Some(world.partner_with(id).ok_or("there is no such partner")?),
        None => None,
    };
    let today = world.now().day();
    let on = fields.day("paid_on").map_err(said)?.unwrap_or(today);
    let operation = if status.is_some() {
        "DOCUMENT_STATUS_CHANGE"
    } else {
        "CHANGE"
    };
    world.change(place, vec![Entry::new(operation, COLLEAGUE)], |document| {
        if let Some(status) = status {
            document.status = status;
        }
        if let Some(notes) = fields.text("notes") {
            document.notes = notes;
        }
        document.until = until.or(document.until);
        document.partner = partner.unwrap_or(document.partner);
        document.lines.extend(line);
        if let (Some(amount), Some(first)) = (amount, document.lines.first_mut()) {
            first.amount = amount;
        }
        document.payments.extend(paid.map(|sum| payment(on, sum)));
    });
    Ok(json!({ "mk_id": document_id(place).to_string() }))
}

fn payment(day: Day, sum: Money) -> Payment {
    Payment {
        kind: "Nakazilo".into(),
        day,
        sum,
        notes: String::new(),
    }
}

fn new_line(world: &mut World, fields: Fields<'_>) -> Result<Line, String> {
    let said = |refusal: super::dialect::Refusal| refusal.text;
    let code = fields.needed("code").map_err(said)?;
    let no = world.product_coded(&code);
    let no = no.ok_or_else(|| format!("there is no product {code}"))?;
    let product = world.product(no).map(|p| (p.price, p.tax));
    let (price, tax) = product.ok_or("gone")?;
    Ok(Line {
        row: world.next_id(),
        product: no,
        words: String::new(),
        amount: fields
            .amount("amount")
            .map_err(said)?
            .unwrap_or(Amount::whole(1)),
        price: fields.money("price").map_err(said)?.unwrap_or(price),
        with_tax: false,
        discount: Amount(0),
        tax,
    })
}

/// Does what a call of the contract does, as a colleague in the app: bills are issued.
pub(crate) fn by_call(
    world: &mut World,
    url: &str,
    call: &str,
    fields: Fields<'_>,
) -> Result<Value, String> {
    let call = named(call).ok_or("no such call")?;
    let mut desk = Desk {
        world,
        offered: Offered {
            partner: true,
            last_change: true,
            search_groups: 0,
        },
        url,
        traces: Vec::new(),
    };
    let answer = (call.handler)(&mut desk, fields).map_err(|refusal| refusal.text)?;
    let Answer::Json(map) = answer else {
        return Err("that is a file".into());
    };
    let issued = Map::get(&map, "mk_id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok())
        .and_then(document_place);
    if let Some(place) = issued.filter(|_| call.name() == "put_document") {
        let now = world.now();
        world.change(place, Vec::new(), |d| {
            d.issued = d.kind.is_bill().then_some(now);
        });
    }
    Ok(Value::Object(map))
}

/// So much lies in a warehouse now; whatever lay there is gone.
pub(crate) fn set_stock(world: &mut World, fields: Fields<'_>) -> Result<Value, String> {
    let said = |refusal: super::dialect::Refusal| refusal.text;
    let code = fields.needed("code").map_err(said)?;
    let mark = fields.text("warehouse").unwrap_or_else(|| "CE".into());
    let known = WAREHOUSES.iter().find(|(_, m, _)| *m == mark);
    let (_, warehouse, _) = known.ok_or("there is no such warehouse")?;
    let amount = fields.amount("amount").map_err(said)?.ok_or("no amount")?;
    let reserved = fields.amount("reserved").map_err(said)?.unwrap_or_default();
    let no = world.product_coded(&code).ok_or("no such product")?;
    world.change_product(no, |product| {
        product.stock.retain(|s| s.warehouse != *warehouse);
        product.stock.push(Stock {
            warehouse,
            amount,
            reserved,
            place: String::new(),
        });
    });
    Ok(json!({ "ok": true }))
}

/// What a push of these products says, and its id.
pub(crate) fn stock_news(world: &mut World, what: &StockPush) -> (String, Value) {
    let rows: Vec<Value> = what
        .codes
        .iter()
        .filter_map(|code| world.product(world.product_coded(code)?))
        .flat_map(|product| {
            let rows = product.stock.iter().map(|s| render::stock(&product, s));
            rows.collect::<Vec<_>>()
        })
        .collect();
    let made = || format!("evt-{}", world.next_id());
    let id = what.id.clone().unwrap_or_else(made);
    (id, json!({ "stock_list": rows }))
}

/// Something changes in what is about to be searched.
pub(crate) fn shift(world: &mut World, fields: Fields<'_>, totals: Totals) {
    let Some(kind) = fields.filled("doc_type").and_then(|n| Kind::of(&n)) else {
        return;
    };
    let Some(newest) = world.list(kind).last().copied() else {
        return;
    };
    if !totals.grow {
        world.delete(newest);
        return;
    }
    let Some(like) = world.document(newest).map(std::borrow::Cow::into_owned) else {
        return;
    };
    let today = world.now().day();
    let mut document = Document::new(kind, world.next_code(kind), like.partner, today);
    document.currency = like.currency;
    document.lines = like.lines;
    document.until = Some(today.plus(30));
    if kind.is_bill() {
        document.service_to = Some(today);
        document.issued = Some(world.now());
    }
    world.create(document, vec![Entry::new("NEW", COLLEAGUE)]);
}
