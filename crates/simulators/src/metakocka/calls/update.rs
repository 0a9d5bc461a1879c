//! Changes of documents that exist: parts of them, their status, money that came, and their end.

use super::documents::by_id;
use super::lines::{self, Asked};
use super::partners::resolve;
use super::put::{bill, entries, extra, status, warehouse};
use super::{Answer, Desk, KindAsked};
use crate::metakocka::dialect::{Fields, Object, Refusal};
use crate::metakocka::document::{Document, Line, Payment};
use crate::metakocka::money::Money;
use crate::metakocka::register::{DELIVERIES, Kind, NO_STATUS};
use crate::metakocka::world::{World, document_id};

/// Orders part by part; of bills only the status; offers not at all.
pub(super) fn update(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let kind = KindAsked::held(fields)?;
    let place = which(desk.world, kind, fields)?;
    let entries = entries("CHANGE", fields)?;
    match kind {
        // Of papers of purchase nothing is documented, as of offers.
        Kind::Offer
        | Kind::PurchaseOrder
        | Kind::PurchaseDomestic
        | Kind::PurchaseForeign
        | Kind::PurchasePrepaid
        | Kind::PurchaseCreditNote => {
            let name = kind.name();
            return Err(Refusal::bad(format!("update_document is not for {name}")));
        }
        Kind::Order => order(desk, place, fields, entries)?,
        Kind::Domestic | Kind::Foreign | Kind::Retail | Kind::Prepaid | Kind::CreditNote => {
            let key = fields
                .text("status_code")
                .ok_or_else(|| Refusal::bad("Missing parameter : status_code"))?;
            let status = status(kind, Some(key).filter(|k| !k.is_empty()))?;
            desk.trace(fields);
            desk.world.change(place, entries, |d| d.status = status);
        }
    }
    let mut reply = Object::success().text("mk_id", document_id(place));
    if fields.truth("create_invoice")
        && kind == Kind::Order
        && let Some(id) = bill(desk, place)
    {
        let bill = Object::new().text("bill_mk_id", id).into();
        reply = reply.list("attachment_list", vec![bill]);
    }
    Ok(reply.into())
}

/// The document by its id, or an order by the customer's number.
fn which(world: &World, kind: Kind, fields: Fields<'_>) -> Result<u32, Refusal> {
    if let Some(id) = fields.filled("mk_id") {
        return by_id(world, kind, &id);
    }
    if kind != Kind::Order {
        return Err(Refusal::bad("Missing parameter : mk_id"));
    }
    let number = fields.needed("buyer_order")?;
    world.bought_as(&number).ok_or_else(|| {
        Refusal::missing(format!("Cannot find sales order with buyer order {number}"))
    })
}

fn order(
    desk: &mut Desk<'_>,
    place: u32,
    fields: Fields<'_>,
    entries: Vec<crate::metakocka::world::Entry>,
) -> Result<(), Refusal> {
    let mut document = desk
        .world
        .document(place)
        .ok_or_else(|| Refusal::missing("Document not found"))?
        .into_owned();
    simple(&mut document, fields)?;
    let added = lines::read(desk, &fields.objects("product_add"))?;
    let listed = fields.objects("product_list");
    let (old, new): (Vec<_>, Vec<_>) = listed
        .into_iter()
        .partition(|f| f.filled("mk_row_id").is_some());
    let new = lines::read(desk, &new)?;
    for line in old {
        change_line(&mut document, line)?;
    }
    for gone in fields.objects("product_remove") {
        let row = gone.id("mk_row_id");
        let before = document.lines.len();
        document.lines.retain(|l| Some(l.row) != row);
        if document.lines.len() == before {
            return Err(Refusal::bad("Unknown mk_row_id in product_remove"));
        }
    }
    let partner = fields.object("partner");
    let partner = partner.map(|p| resolve(desk.world, p)).transpose()?;
    let receiver = fields.object("receiver");
    let receiver = receiver.map(|p| resolve(desk.world, p)).transpose()?;
    if let Some(code) = fields.filled("count_code_new") {
        if desk.world.coded(Kind::Order, &code).is_some() {
            return Err(Refusal::bad(format!("Document {code} already exists")));
        }
        document.code = code;
    }
    // All of it can be done: now it is.
    if let Some(partner) = partner {
        (document.partner, document.contact) = partner.write(desk.world);
    }
    if let Some(receiver) = receiver {
        document.receiver = Some(receiver.write(desk.world).0);
    }
    let write = |asked: &Asked<'_>| -> Line { lines::write(desk, asked) };
    let more: Vec<Line> = added.iter().chain(&new).map(write).collect();
    document.lines.extend(more);
    desk.trace(fields);
    desk.world.change(place, entries, |d| *d = document);
    Ok(())
}

fn simple(document: &mut Document, fields: Fields<'_>) -> Result<(), Refusal> {
    if let Some(name) = fields.filled("delivery_type")
        && DELIVERIES.contains(&name.as_str())
    {
        document.delivery = name;
    }
    if let Some(key) = fields.filled("status_code") {
        document.status = status(document.kind, Some(key))?;
    }
    if let Some(code) = fields.filled("tracking_code") {
        document.extra.retain(|(n, _)| n != "tracking_number");
        document.extra.push(("tracking_number".into(), code));
    }
    if let Some(day) = fields.day("shipped_date")? {
        document.shipped = Some(day);
    }
    if let Some(off) = fields.money("discount_value")? {
        document.off = off;
    }
    if let Some(mark) = fields.filled("warehouse") {
        document.warehouse = warehouse(mark)?;
    }
    if let Some(notes) = fields.filled("notes") {
        document.notes = notes;
    }
    if let Some(notes) = fields.filled("notes_header") {
        document.notes_header = notes;
    }
    for (name, value) in extra(fields) {
        document.extra.retain(|(n, _)| *n != name);
        document.extra.push((name, value));
    }
    for name in fields.texts("clear") {
        match name.as_str() {
            "notes" => document.notes.clear(),
            "notes_header" => document.notes_header.clear(),
            "delivery_type" => document.delivery.clear(),
            "status_code" => document.status = NO_STATUS,
            "shipped_date" => document.shipped = None,
            "discount_value" => document.off = Money(0),
            _ => return Err(Refusal::bad(format!("Cannot clear {name}"))),
        }
    }
    Ok(())
}

fn change_line(document: &mut Document, fields: Fields<'_>) -> Result<(), Refusal> {
    let row = fields.id("mk_row_id");
    let mut lines = document.lines.iter_mut();
    let line = lines.find(|l| Some(l.row) == row);
    let line = line.ok_or_else(|| Refusal::bad("Unknown mk_row_id in product_list"))?;
    if let Some(amount) = fields.amount("amount")? {
        line.amount = amount;
    }
    if let Some(price) = fields.money("price")? {
        (line.price, line.with_tax) = (price, false);
    }
    if let Some(price) = fields.money("price_with_tax")? {
        (line.price, line.with_tax) = (price, true);
    }
    if let Some(discount) = fields.amount("discount")? {
        line.discount = discount;
    }
    if let Some(words) = fields.text("doc_desc") {
        line.words = words;
    }
    Ok(())
}

/// Only orders can be deleted from outside.
pub(super) fn delete(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let kind = KindAsked::held(fields)?;
    if kind != Kind::Order {
        let text = format!("delete_document is not for {}", kind.name());
        return Err(Refusal::bad(text));
    }
    let id = fields.needed("mk_id")?;
    let place = by_id(desk.world, kind, &id)?;
    desk.world.delete(place);
    Ok(Object::success().text("mk_id", id).into())
}

/// Of one order or of several at once.
pub(super) fn change_status(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let kind = KindAsked::held(fields)?;
    if kind != Kind::Order {
        let text = format!("change_document_status is not for {}", kind.name());
        return Err(Refusal::bad(text));
    }
    let wanted = status(kind, Some(fields.needed("status_code")?))?;
    let ids = fields.texts("mk_id_list");
    let places = if ids.is_empty() {
        vec![which(desk.world, kind, fields)?]
    } else {
        let places = ids.iter().map(|id| by_id(desk.world, kind, id));
        places.collect::<Result<_, _>>()?
    };
    for place in places {
        let mut entries = entries("DOCUMENT_STATUS_CHANGE", fields)?;
        let before = desk.world.row(place).map_or(NO_STATUS, |r| r.status);
        let key = |id| crate::metakocka::register::status_of(id).map_or("", |s| s.key);
        if let Some(entry) = entries.first_mut() {
            entry.before = key(before).into();
            entry.after = key(wanted).into();
        }
        let today = desk.world.now().day();
        desk.world.change(place, entries, |d| {
            d.status = wanted;
            if key(wanted) == "shipped" && d.shipped.is_none() {
                d.shipped = Some(today);
            }
        });
    }
    Ok(Object::success().into())
}

/// Money that came, or went back. Whoever says it twice has it twice.
pub(super) fn transaction(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let kind = KindAsked::held(fields)?;
    let place = if let Some(code) = fields.filled("count_code") {
        let found = desk.world.coded(kind, &code);
        found.ok_or_else(|| Refusal::missing(format!("Document {code} not found")))?
    } else {
        which(desk.world, kind, fields)?
    };
    let sum = fields.money("price")?;
    let sum = sum.ok_or_else(|| Refusal::bad("Missing parameter : price"))?;
    let sum = match fields.needed("payment_mode")?.as_str() {
        "payment" | "prepayment" => sum,
        "return" => Money(sum.0.saturating_neg()),
        other => return Err(Refusal::bad(format!("Unknown payment_mode : {other}"))),
    };
    let day = fields.day("date")?;
    let payment = Payment {
        kind: fields.needed("payment_type")?,
        day: day.ok_or_else(|| Refusal::bad("Missing parameter : date"))?,
        sum,
        notes: fields.text("notes").unwrap_or_default(),
    };
    let entries = entries("CHANGE", fields)?;
    desk.world
        .change(place, entries, |d| d.payments.push(payment));
    let id = desk.world.next_id();
    Ok(Object::success().text("mk_id", id).into())
}
