//! A document as `search` and `get_document` answer it.

use serde_json::Value;

use super::party;
use crate::metakocka::dialect::{Fields, Object};
use crate::metakocka::document::{Document, Line, Payment};
use crate::metakocka::money::{Amount, Money};
use crate::metakocka::register::{Kind, status_of};
use crate::metakocka::world::{World, document_id, document_place};

/// What a request wants besides the usual.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field of the request"
)]
pub(crate) struct Switches {
    payments: bool,
    products: bool,
    factors: bool,
    attachments: bool,
    log: bool,
    credit_sum: bool,
    credit_notes: bool,
}

impl Switches {
    pub(crate) fn of(fields: Fields<'_>) -> Self {
        Self {
            payments: fields.truth("show_payment_detail"),
            products: fields.truth("show_product_detail"),
            factors: fields.truth("show_tax_factor"),
            attachments: fields.truth("show_attachments"),
            log: fields.truth("return_document_info"),
            credit_sum: fields.truth("show_sum_credit"),
            credit_notes: fields.truth("return_credit_note_for_invoice"),
        }
    }
}

/// The fields of the document at a place.
pub(crate) fn document(world: &World, place: u32, doc: &Document, want: Switches) -> Object {
    let sums = doc.sums();
    let mut object = Object::new()
        .text("opr_code", "0")
        .text("mk_id", document_id(place))
        .text("doc_type", doc.kind.name())
        .text("count_code", &doc.code)
        .text("doc_date", doc.day.with_offset())
        .text("currency_code", doc.currency)
        .text("warehouse", &doc.warehouse)
        .text("sum_basic", sums.basic.dotted())
        .text("sum_all", sums.all.dotted())
        .text("created_ts", doc.created.with_offset())
        .text("last_change_ts", doc.changed.with_offset())
        .unless_empty("title", &doc.title)
        .unless_empty("buyer_order", &doc.buyer_order)
        .unless_empty("notes", &doc.notes)
        .unless_empty("notes_header", &doc.notes_header)
        .unless_empty("delivery_type", &doc.delivery);
    if let Some(partner) = world.partner(doc.partner) {
        object = object.value("partner", party(&partner, doc.contact));
    }
    if let Some(receiver) = doc.receiver.and_then(|no| world.partner(no)) {
        object = object.value("receiver", party(&receiver, 0));
    }
    if let Some(status) = status_of(doc.status) {
        object = object
            .text("status_code", status.label)
            .text("status_desc", status.key);
    }
    if sums.discount != Money(0) {
        object = object.text("sum_discount", sums.discount.dotted());
    }
    for (code, sum) in &sums.taxes {
        let name = format!("sum_tax_{}", code.to_lowercase());
        object = object.text(&name, sum.dotted());
    }
    // What nobody paid has no such field.
    if sums.paid != Money(0) {
        object = object.text("sum_paid", sums.paid.dotted());
    }
    let lines = doc.lines.iter().map(|l| line(world, l, want)).collect();
    object = object.list("product_list", lines);
    object = by_kind(world, object, doc, want);
    object = linked(world, object, doc);
    let extra = doc
        .extra
        .iter()
        .map(|(name, value)| Object::new().text("name", name).text("value", value).into());
    let extra: Vec<Value> = extra.collect();
    object = if extra.is_empty() {
        object.text("extra_column", "")
    } else {
        object.list("extra_column", extra)
    };
    details(object, doc, want)
}

fn by_kind(world: &World, object: Object, doc: &Document, want: Switches) -> Object {
    let until = doc.until.map(|d| d.with_offset());
    match doc.kind {
        Kind::Offer => {
            let days = doc.until.map(|d| d.0.saturating_sub(doc.day.0));
            object.maybe("valid_to", until).maybe("valid_days", days)
        }
        Kind::PurchaseOrder => object.maybe("delivery_deadline", doc.until.map(|d| d.iso())),
        Kind::Order => object
            .text("order_create_ts", doc.created.with_offset())
            .unless_empty("method_of_payment", &doc.method_of_payment)
            .maybe("delivery_deadline", doc.until.map(|d| d.iso()))
            .maybe("shipped_date", doc.shipped.map(|d| d.with_offset()))
            .text("profit_center", "Celje"),
        Kind::Domestic
        | Kind::Foreign
        | Kind::Retail
        | Kind::Prepaid
        | Kind::CreditNote
        | Kind::PurchaseDomestic
        | Kind::PurchaseForeign
        | Kind::PurchasePrepaid
        | Kind::PurchaseCreditNote => bill(world, object.maybe("duo_payment", until), doc, want),
    }
}

fn bill(world: &World, object: Object, doc: &Document, want: Switches) -> Object {
    let mut object = object
        .maybe("service_to_date", doc.service_to.map(|d| d.with_offset()))
        .maybe("publish_ts", doc.issued.map(|m| m.with_offset()));
    if let Some(last) = doc.payments.iter().max_by_key(|p| p.day) {
        object = object
            .text("last_paid_date", last.day.dotted())
            .text("last_paid_sum", last.sum.comma());
        if doc.is_paid() {
            object = object.text("sum_full_paid_when", last.day.with_offset());
        }
    }
    if want.credit_sum || want.credit_notes {
        let notes: Vec<(String, Money)> = doc
            .links
            .iter()
            .filter_map(|id| world.document(document_place(*id)?))
            .filter(|d| d.kind == Kind::CreditNote)
            .map(|d| (d.code.clone(), d.sums().all))
            .collect();
        let sum = notes.iter().fold(Money(0), |sum, (_, s)| sum.plus(*s));
        if want.credit_sum && sum != Money(0) {
            object = object.text("sum_creditnote", sum.comma());
        }
        if want.credit_notes {
            let notes = notes
                .iter()
                .map(|(code, _)| Object::new().text("count_code", code).into());
            object = object.list("credit_note_list", notes.collect());
        }
    }
    object
}

fn linked(world: &World, object: Object, doc: &Document) -> Object {
    let (mut links, mut offers): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for id in &doc.links {
        let Some(place) = document_place(*id) else {
            continue;
        };
        let Some(other) = world.document(place) else {
            continue;
        };
        if other.kind == Kind::Offer {
            offers.push(Object::new().text("count_code", &other.code).into());
        }
        links.push(
            Object::new()
                .text("mk_id", id)
                .text("count_code", &other.code)
                .text("doc_type", other.kind.name())
                .into(),
        );
    }
    object
        .list("doc_link_list", links)
        .list("offer_list", offers)
}

fn details(mut object: Object, doc: &Document, want: Switches) -> Object {
    if want.payments {
        object = object.list("mark_paid", doc.payments.iter().map(payment).collect());
    }
    // Of other documents it is not documented.
    if want.attachments && doc.kind == Kind::Order {
        let files = doc.attachments.iter().map(|a| {
            Object::new()
                .text("file_name", &a.name)
                .text("source_url", &a.url)
                .into()
        });
        object = object.list("attachment_list", files.collect());
    }
    if want.log {
        let log = doc.history.iter().map(|c| {
            Object::new()
                .text("user_email", &c.who)
                .text("operation_type", c.operation)
                .unless_empty("value_previous", &c.before)
                .unless_empty("value_new", &c.after)
                .text("operation_time", c.at.with_offset())
                .into()
        });
        object = object.list("document_info", log.collect());
    }
    object
}

/// Sums in payments have dots between the thousands and a comma; their dates have dots, too.
fn payment(payment: &Payment) -> Value {
    Object::new()
        .text("payment_type", &payment.kind)
        .text("date", payment.day.dotted())
        .text("amount", payment.sum.thousands())
        .unless_empty("notes", &payment.notes)
        .into()
}

fn line(world: &World, line: &Line, want: Switches) -> Value {
    let mut object = Object::new();
    if let Some(product) = world.product(line.product) {
        object = object
            .text("mk_id", product.id())
            .text("count_code", &product.count_code)
            .text("code", &product.code)
            .text("name", &product.name)
            .unless_empty("name_desc", &product.description)
            .text("unit", &product.unit);
        if want.products {
            let sort = if product.service {
                "service"
            } else {
                "product"
            };
            object = object.text("mk_row_id", line.row).text("type", sort);
        }
    }
    let price = if line.with_tax {
        "price_with_tax"
    } else {
        "price"
    };
    object = object
        // Parts of a unit have a comma.
        .text("amount", line.amount.comma())
        .text(price, line.price.dotted())
        .text("tax", line.tax.code)
        .unless_empty("doc_desc", &line.words);
    if line.discount != Amount(0) {
        object = object.text("discount", line.discount.dotted());
    }
    if want.factors {
        object = object.text("tax_factor", line.tax.factor());
    }
    object.into()
}
