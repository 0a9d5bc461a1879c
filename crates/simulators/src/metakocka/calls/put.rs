//! `put_document`: a new document, or another one in the place of the old.

use super::documents::by_id;
use super::lines::{self, Asked};
use super::partners::{Whom, resolve};
use super::{Answer, Desk, KindAsked, files};
use crate::metakocka::dialect::{Fields, Object, Refusal};
use crate::metakocka::document::{Document, Payment};
use crate::metakocka::money::Money;
use crate::metakocka::register::{DELIVERIES, Kind, NO_STATUS, WAREHOUSES, status_named};
use crate::metakocka::world::{Entry, World, document_id, document_place};

/// The longest trace.
const TRACE: usize = 50;
/// Takes the next number of a series of the caller's choice.
const SERIES: &str = "COUNT_CODE_SELECT#";
const CURRENCIES: [&str; 4] = ["EUR", "USD", "CHF", "GBP"];

/// A write that has been read and can be carried out.
#[derive(Debug)]
struct Asking<'a> {
    fields: Fields<'a>,
    lines: Vec<Asked<'a>>,
    partner: Whom<'a>,
    receiver: Option<Whom<'a>>,
    links: Vec<u64>,
    draft: Document,
}

pub(super) fn put(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let kind = KindAsked::held(fields)?;
    let old = match fields.filled("mk_id") {
        Some(id) => Some(by_id(desk.world, kind, &id)?),
        None => None,
    };
    trace(fields)?;
    // Everything is read before anything is written: a refusal leaves no partner and no product behind.
    let asking = read(desk, fields, kind, old)?;
    let place = write(desk, asking, old)?;
    let id = document_id(place);
    files::attach(desk, place, fields)?;
    reply(desk, place, id, fields.truth("create_invoice"))
}

fn reply(desk: &mut Desk<'_>, place: u32, id: u64, invoice: bool) -> Result<Answer, Refusal> {
    let bill = invoice.then(|| bill(desk, place)).flatten();
    let found = desk.world.document(place);
    let document = found.ok_or_else(|| Refusal::missing("Document not found"))?;
    let partner = desk.world.partner(document.partner).map(|p| p.id());
    let mut object = Object::success()
        .text("mk_id", id)
        .text("count_code", &document.code)
        .value("partner", Object::new().maybe("mk_id", partner));
    if document.kind == Kind::Order {
        object = object.text("total_price", document.sums().all.dotted());
    }
    let bills = bill.map(|id| Object::new().text("bill_mk_id", id).into());
    Ok(object
        .list("attachment_list", bills.into_iter().collect())
        .into())
}

/// The trace of a write, if it has one.
pub(super) fn trace(fields: Fields<'_>) -> Result<Option<String>, Refusal> {
    let trace = fields.filled("document_change_log_notes");
    match trace {
        Some(trace) if trace.chars().count() > TRACE => Err(Refusal::bad(format!(
            "document_change_log_notes is longer than {TRACE}"
        ))),
        trace => Ok(trace),
    }
}

/// The log of a write.
pub(super) fn entries(operation: &'static str, fields: Fields<'_>) -> Result<Vec<Entry>, Refusal> {
    let who = fields.filled("api_user_email");
    let who = who.unwrap_or_else(|| "api@hrastvijak.example".into());
    let mut entries = vec![Entry::new(operation, &who)];
    if let Some(trace) = trace(fields)? {
        entries.push(Entry {
            after: trace,
            ..Entry::new("CUSTOM", &who)
        });
    }
    Ok(entries)
}

fn read<'a>(
    desk: &Desk<'_>,
    fields: Fields<'a>,
    kind: Kind,
    old: Option<u32>,
) -> Result<Asking<'a>, Refusal> {
    let missing = |name: &str| Refusal::bad(format!("Missing parameter : {name}"));
    let day = fields.day("doc_date")?.ok_or_else(|| missing("doc_date"))?;
    let partner = fields.object("partner").ok_or_else(|| missing("partner"))?;
    let lines = fields.objects("product_list");
    if lines.is_empty() {
        return Err(missing("product_list"));
    }
    let partner = resolve(desk.world, partner)?;
    let receiver = fields.object("receiver");
    let receiver = receiver.map(|r| resolve(desk.world, r)).transpose()?;
    let foreign = match partner {
        Whom::Known { no, .. } => desk.world.partner(no).is_some_and(|p| p.flags.foreign),
        Whom::New(fields) => fields.truth("foreign_county"),
    };
    if (kind == Kind::Domestic && foreign) || (kind == Kind::Foreign && !foreign) {
        let text = format!("{} does not fit the partner's foreign_county", kind.name());
        return Err(Refusal::bad(text));
    }
    let mut draft = Document::new(kind, code(desk.world, fields, kind, old)?, 0, day);
    basics(&mut draft, fields)?;
    dates(&mut draft, fields)?;
    draft.payments = payments(fields)?;
    Ok(Asking {
        fields,
        lines: lines::read(desk, &lines)?,
        partner,
        receiver,
        links: links(desk.world, fields, kind)?,
        draft,
    })
}

/// A new document's number: given, of a series, or the next one. An old one keeps its own.
fn code(
    world: &World,
    fields: Fields<'_>,
    kind: Kind,
    old: Option<u32>,
) -> Result<String, Refusal> {
    let given = fields.filled("count_code").filter(|_| old.is_none());
    let Some(given) = given else {
        return Ok(world.next_code(kind));
    };
    let free = |code: &str| world.coded(kind, code).is_none();
    if let Some(prefix) = given.strip_prefix(SERIES) {
        let mut numbers = 1_u32..;
        let next = numbers.find_map(|n| Some(format!("{prefix}{n:04}")).filter(|c| free(c)));
        return next.ok_or_else(|| Refusal::bad("The series is full"));
    }
    if !free(&given) {
        return Err(Refusal::bad(format!("Document {given} already exists")));
    }
    Ok(given)
}

fn basics(draft: &mut Document, fields: Fields<'_>) -> Result<(), Refusal> {
    let text = |name: &str| fields.filled(name).unwrap_or_default();
    draft.title = text("title");
    draft.buyer_order = text("buyer_order");
    draft.notes = text("notes");
    draft.notes_header = text("notes_header");
    draft.method_of_payment = text("method_of_payment");
    // An unknown one is dropped in silence.
    draft.delivery = text("delivery_type");
    if !DELIVERIES.contains(&draft.delivery.as_str()) {
        draft.delivery.clear();
    }
    if let Some(mark) = fields.filled("warehouse") {
        draft.warehouse = warehouse(mark)?;
    }
    let currency = fields.filled("currency_code");
    let currency = currency.unwrap_or_else(|| "EUR".into());
    draft.currency = CURRENCIES
        .into_iter()
        .find(|c| *c == currency)
        .ok_or_else(|| Refusal::bad(format!("Unknown currency : {currency}")))?;
    draft.status = status(draft.kind, fields.filled("status_code"))?;
    draft.discount = fields.amount("discount_percent")?.unwrap_or_default();
    draft.off = fields.money("discount_value")?.unwrap_or_default();
    draft.extra = extra(fields);
    Ok(())
}

/// `extra_column` as pairs.
pub(super) fn extra(fields: Fields<'_>) -> Vec<(String, String)> {
    fields
        .objects("extra_column")
        .iter()
        .filter_map(|f| Some((f.filled("name")?, f.text("value").unwrap_or_default())))
        .collect()
}

/// A warehouse's mark that exists.
pub(super) fn warehouse(mark: String) -> Result<String, Refusal> {
    if WAREHOUSES.iter().any(|(_, m, _)| *m == mark) {
        return Ok(mark);
    }
    Err(Refusal::bad(format!("Unknown warehouse : {mark}")))
}

/// The status with this description; none for none.
pub(super) fn status(kind: Kind, key: Option<String>) -> Result<u8, Refusal> {
    let Some(key) = key else {
        return Ok(NO_STATUS);
    };
    status_named(kind, &key).ok_or_else(|| Refusal::bad(format!("Unknown status : {key}")))
}

fn dates(draft: &mut Document, fields: Fields<'_>) -> Result<(), Refusal> {
    let missing = |name: &str| Refusal::bad(format!("Missing parameter : {name}"));
    match draft.kind {
        Kind::Offer => {
            let days = fields.number("valid_days", 30)?;
            let valid = fields.day("valid_to")?;
            draft.until = Some(valid.unwrap_or_else(|| draft.day.plus(days)));
        }
        Kind::Order | Kind::PurchaseOrder => draft.until = fields.day("delivery_deadline")?,
        Kind::Domestic
        | Kind::Foreign
        | Kind::Retail
        | Kind::Prepaid
        | Kind::CreditNote
        | Kind::PurchaseDomestic
        | Kind::PurchaseForeign
        | Kind::PurchasePrepaid
        | Kind::PurchaseCreditNote => {
            let service = fields.day("service_to_date")?;
            draft.service_to = Some(service.ok_or_else(|| missing("service_to_date"))?);
            let due = fields.day("duo_payment")?;
            draft.until = Some(due.ok_or_else(|| missing("duo_payment"))?);
        }
    }
    Ok(())
}

/// Payments at creation; one without a sum pays everything.
fn payments(fields: Fields<'_>) -> Result<Vec<Payment>, Refusal> {
    let paid = fields.objects("mark_paid");
    paid.iter()
        .map(|f| {
            Ok(Payment {
                kind: f.needed("payment_type")?,
                day: f
                    .day("date")?
                    .ok_or_else(|| Refusal::bad("Missing parameter : date"))?,
                sum: f.money("amount")?.unwrap_or_default(),
                notes: f.text("notes").unwrap_or_default(),
            })
        })
        .collect()
}

/// The documents it comes from, by their numbers.
fn links(world: &World, fields: Fields<'_>, kind: Kind) -> Result<Vec<u64>, Refusal> {
    let mut found = Vec::new();
    for (name, of) in [
        ("offer_list", Kind::Offer),
        ("sales_order_list", Kind::Order),
    ] {
        for link in fields.objects(name) {
            let code = link.needed("count_code")?;
            let place = world.coded(of, &code);
            let place = place.ok_or_else(|| Refusal::bad(format!("Unknown document : {code}")))?;
            found.push(document_id(place));
        }
    }
    if kind == Kind::CreditNote {
        let sort = fields.needed("credit_note_type")?;
        if !["financial", "goods", "standalone"].contains(&sort.as_str()) {
            return Err(Refusal::bad(format!("Unknown credit_note_type : {sort}")));
        }
        if sort != "standalone" {
            let code = fields.needed("credit_note_bill")?;
            let bill = [Kind::Domestic, Kind::Foreign, Kind::Retail]
                .into_iter()
                .find_map(|kind| world.coded(kind, &code));
            let bill = bill.ok_or_else(|| Refusal::bad(format!("Unknown document : {code}")))?;
            found.push(document_id(bill));
        }
    }
    Ok(found)
}

fn write(desk: &mut Desk<'_>, asking: Asking<'_>, old: Option<u32>) -> Result<u32, Refusal> {
    let mut draft = asking.draft;
    (draft.partner, draft.contact) = asking.partner.write(desk.world);
    draft.receiver = asking.receiver.map(|r| r.write(desk.world).0);
    let lines = asking.lines.iter().map(|line| lines::write(desk, line));
    draft.lines = lines.collect();
    let all = draft.sums().all;
    for payment in draft.payments.iter_mut().filter(|p| p.sum == Money(0)) {
        payment.sum = all;
    }
    let operation = if old.is_some() { "CHANGE" } else { "NEW" };
    let entries = entries(operation, asking.fields)?;
    desk.trace(asking.fields);
    let place = if let Some(place) = old {
        desk.world.change(place, entries, |document| {
            replace(document, draft, &asking.links);
        });
        place
    } else {
        draft.links.clone_from(&asking.links);
        let id = desk.world.create(draft, entries);
        document_place(id).unwrap_or_default()
    };
    for link in asking.links.iter().filter_map(|id| document_place(*id)) {
        let id = document_id(place);
        let entries = vec![Entry::new("CHANGE", "api@hrastvijak.example")];
        desk.world.change(link, entries, |other| {
            if !other.links.contains(&id) {
                other.links.push(id);
            }
        });
    }
    Ok(place)
}

/// Everything of the old one goes but its number, its past, and the money that came.
fn replace(document: &mut Document, draft: Document, links: &[u64]) {
    let old = std::mem::replace(document, draft);
    document.code = old.code;
    document.created = old.created;
    document.history = old.history;
    document.issued = old.issued;
    document.shipped = old.shipped;
    document.attachments = old.attachments;
    document.links = old.links;
    for link in links {
        if !document.links.contains(link) {
            document.links.push(*link);
        }
    }
    if document.payments.is_empty() {
        document.payments = old.payments;
    }
}

/// A bill of the order, not issued; answers its id.
pub(super) fn bill(desk: &mut Desk<'_>, order: u32) -> Option<u64> {
    let found = desk.world.document(order)?.into_owned();
    let partner = desk.world.partner(found.partner)?.into_owned();
    let kind = if partner.flags.foreign {
        Kind::Foreign
    } else {
        Kind::Domestic
    };
    let day = desk.world.now().day();
    let mut bill = Document::new(kind, desk.world.next_code(kind), found.partner, day);
    bill.lines = found.lines;
    bill.currency = found.currency;
    bill.service_to = Some(day);
    bill.until = Some(day.plus(partner.terms));
    bill.links = vec![document_id(order)];
    let who = "api@hrastvijak.example";
    let id = desk.world.create(bill, vec![Entry::new("NEW", who)]);
    let entries = vec![Entry::new("CHANGE", who)];
    desk.world
        .change(order, entries, |order| order.links.push(id));
    Some(id)
}
