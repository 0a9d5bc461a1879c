//! Dossiers from local rows.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kontor_collab::DocumentBody;
use kontor_crm::age::{self, Fresh, Kind};
use kontor_crm::products::{Bought, products, worth};
use kontor_crm::same::{Apart, Families};
use kontor_crm::sums;
use kontor_crm::whose::Whose;
use kontor_crm::{Rules, Staleness};
use kontor_model::{Amount, Millis, ThreadId};
use kontor_protocol::{CustomerCard, DocumentLine, FactKind, FactsState};
use kontor_store::{DocumentRow, FactsRow, Figure, PaperKind, Read};

use super::apart::apart;
use super::family;
use super::view::{
    ContactView, CountsView, CustomerView, DocumentView, DossierView, LastOrderView, LineView,
    PaymentView, ProductView, SuggestionReason, SuggestionView, TotalView, TurnoverView,
};
use super::whose::{With, of_thread, shown, unknown_customer};
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::Result;

/// Documents a dossier shows.
const SHOWN: u32 = 20;
/// Newest documents whose lines say what was bought lately.
pub(super) const LOOKED_THROUGH: u32 = 100;
/// Products a dossier shows.
const PRODUCTS: usize = 20;
/// Looking again within this time is the same look: an open dossier writes nothing.
const SAME_LOOK: i64 = 10 * 60_000;
/// The rules a company set, JSON of [`Rules`].
const RULES: &str = "crm.rules";

/// What a dossier is reckoned with.
#[derive(Debug)]
pub(super) struct Reckoning {
    pub(super) today: Date,
    pub(super) fresh: Vec<Fresh>,
    now: Millis,
    pub(super) rules: Rules,
    pub(super) connected: bool,
}

impl Engine {
    /// Returns what is known of whom a conversation is with. A customer whose facts are not here is noted as looked at:
    /// they come by the line.
    ///
    /// # Errors
    /// When there is no such conversation.
    pub async fn dossier_of_thread(&self, thread: ThreadId) -> Result<DossierView> {
        let ctx = Arc::clone(&self.ctx);
        blocking(move || {
            let with = of_thread(&ctx, thread)?;
            dossier_with(&ctx, with)
        })
        .await
    }

    /// Returns what is known of a customer, by its id.
    ///
    /// # Errors
    /// [`crate::Code::UnknownCustomer`] when the directory has no such customer.
    pub async fn dossier(&self, customer: &str) -> Result<DossierView> {
        let ctx = Arc::clone(&self.ctx);
        let id = customer.to_owned();
        blocking(move || {
            let with = With {
                address: String::new(),
                whose: Whose::Customer(id.clone()),
                linked: false,
                several: Vec::new(),
            };
            let view = dossier_with(&ctx, with)?;
            if view.customer.is_none() {
                return Err(unknown_customer(&id));
            }
            Ok(view)
        })
        .await
    }
}

impl Reckoning {
    pub(super) fn of(r: &Read<'_>, now: Millis, moment: Timestamp) -> kontor_store::Result<Self> {
        let state = r.facts()?.as_ref().and_then(state).unwrap_or_default();
        let rules = r.setting(RULES)?;
        Ok(Self {
            now,
            today: moment.to_zoned(TimeZone::system()).date(),
            fresh: state.fresh.iter().filter_map(fresh).collect(),
            rules: rules
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default(),
            connected: !state.life.is_empty(),
        })
    }
}

/// How the mirror stands, as it was told; `None` where that cannot be read.
pub(super) fn state(row: &FactsRow) -> Option<FactsState> {
    serde_json::from_str(&row.state).ok()
}

/// `None` for what no dossier has.
fn fresh(fresh: &kontor_protocol::Freshness) -> Option<Fresh> {
    Some(Fresh {
        kind: match fresh.kind {
            FactKind::Customer => Kind::Customer,
            FactKind::Offer => Kind::Offer,
            FactKind::Order => Kind::Order,
            FactKind::Invoice => Kind::Invoice,
            FactKind::Product => return None,
        },
        at: fresh.at.into(),
        from: fresh.from.map(|day| day.to_string()),
    })
}

fn dossier_with(ctx: &Context, with: With) -> Result<DossierView> {
    let (now, moment) = (ctx.clock.now(), ctx.moment());
    let (id, suggestions) = match with.whose {
        Whose::Customer(id) => (Some(id), Vec::new()),
        Whose::Nobody => (None, Vec::new()),
        Whose::Unknown(suggestions) => (None, shown(suggestions)),
    };
    let mut view = DossierView {
        suggestions,
        address: with.address,
        linked: with.linked,
        several: with.several.into_iter().map(at).collect(),
        ..DossierView::default()
    };
    let Some(id) = id else {
        view.connected = ctx
            .store
            .read(|r| Ok(Reckoning::of(r, now, moment)?.connected))?;
        return Ok(view);
    };
    let (families, apart) = (family::families(ctx)?, apart(ctx)?);
    let members = looked_at(ctx, &families, &id)?;
    (view.customer, view.waiting, view.connected) = ctx.store.read(|r| {
        let reckoning = Reckoning::of(r, now, moment)?;
        let mut held = true;
        for member in &members {
            held = held && r.followed(member)?.is_some_and(|row| row.held > 0);
        }
        let waiting = !held && reckoning.connected;
        let customer = customer(r, &members, (&families, &apart), &reckoning)?;
        Ok((customer, waiting, reckoning.connected))
    })?;
    Ok(view)
}

fn at(customer: kontor_crm::whose::Candidate) -> SuggestionView {
    SuggestionView {
        customer: customer.id,
        name: customer.name,
        reason: SuggestionReason::SameAddress,
    }
}

/// All of the directory that are one with a customer, who stands for them first; each is noted as looked at. The customer
/// alone where the directory has none of them.
pub(super) fn looked_at(ctx: &Context, families: &Families, id: &str) -> Result<Vec<String>> {
    let members = families.members(id);
    let mut here = Vec::with_capacity(members.len());
    for member in members {
        if ctx.store.read(|r| r.customer(&member))?.is_some() {
            look_at(ctx, &member)?;
            here.push(member);
        }
    }
    if here.is_empty() {
        here.push(id.to_owned());
    }
    Ok(here)
}

/// Notes that somebody looks. Written when the writer has time: a dossier waits for no writing.
pub(super) fn look_at(ctx: &Context, id: &str) -> Result<()> {
    let now = ctx.clock.now();
    let followed = ctx.store.read(|r| r.followed(id))?;
    let lately = followed.is_some_and(|row| now.0.saturating_sub(row.used_at.0) < SAME_LOOK);
    if !lately {
        let id = id.to_owned();
        drop(ctx.store.write(now, move |w| w.follow(&id)));
    }
    Ok(())
}

fn customer(
    r: &Read<'_>,
    members: &[String],
    twins: (&Families, &Apart),
    reckoning: &Reckoning,
) -> kontor_store::Result<Option<CustomerView>> {
    let main = members.first().map_or("", String::as_str);
    let Some(row) = r.customer(main)? else {
        return Ok(None);
    };
    let Cards { card, seen_at } = cards(r, members)?;
    let figures = family::figures(r, members)?;
    let newest = family::documents(r, members, None, LOOKED_THROUGH)?;
    let order = family::documents(r, members, Some(PaperKind::Order), 1)?
        .into_iter()
        .next();
    let mut partners = Vec::new();
    for member in members.iter().filter(|_| members.len() > 1) {
        partners.extend(family::partner(r, member)?);
    }
    let bought = bought(&newest);
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let documents = newest.into_iter().take(shown);
    let ages = figures
        .iter()
        .map(|figure| age::of_document(figure, &reckoning.fresh));
    let card_age = seen_at.map(|at| age::of_card(at, &reckoning.fresh));
    let as_of = ages.chain(card_age).min();
    let turnover = sums::turnover(&figures, reckoning.today);
    let counts = sums::counts(&figures);
    Ok(Some(CustomerView {
        name: Some(card.name)
            .filter(|n| !n.is_empty())
            .unwrap_or(row.name),
        id: row.id,
        gone: row.gone,
        number: card.number,
        tax_number: card.tax_number,
        rank: sums::rank(&turnover, &reckoning.rules),
        status: sums::standing(&figures, reckoning.today, &reckoning.rules),
        contacts: card.contacts.into_iter().map(contact).collect(),
        address: card.address,
        totals: totals(&figures, reckoning.today),
        turnover_12_months: turnover
            .into_iter()
            .map(|(currency, total)| TurnoverView {
                currency,
                total: total.to_f64(),
            })
            .collect(),
        last_order: order.map(last_order),
        counts: CountsView {
            offers: counts.offers,
            orders: counts.orders,
            invoices: counts.invoices,
        },
        documents: documents.map(|row| document(row, reckoning)).collect(),
        products: products(bought, PRODUCTS)
            .into_iter()
            .map(product)
            .collect(),
        partners,
        duplicates: family::likely(r, members, twins)?,
        as_of: as_of.map(moment),
        stale: as_of.map_or(Staleness::Fresh, |at| age::staleness(at, reckoning.now)),
    }))
}

/// Who customers that are one are.
pub(super) struct Cards {
    /// The first one's, with the people of all; what it lacks the others tell.
    pub(super) card: CustomerCard,
    /// When the oldest of them was seen true.
    seen_at: Option<Millis>,
}

pub(super) fn cards(r: &Read<'_>, members: &[String]) -> kontor_store::Result<Cards> {
    let mut all = Cards {
        card: CustomerCard::default(),
        seen_at: None,
    };
    for member in members {
        let Some(kept) = r.customer_card(member)? else {
            continue;
        };
        all.seen_at = Some(all.seen_at.map_or(kept.seen_at, |at| at.min(kept.seen_at)));
        let Ok(one) = serde_json::from_str::<CustomerCard>(&kept.card) else {
            continue;
        };
        let card = &mut all.card;
        for (have, other) in [
            (&mut card.name, one.name),
            (&mut card.number, one.number),
            (&mut card.tax_number, one.tax_number),
        ] {
            if have.is_empty() {
                *have = other;
            }
        }
        if card.address.is_empty() {
            card.address = one.address;
        }
        for contact in one.contacts {
            let known = |have: &kontor_protocol::CustomerContact| {
                have.email == contact.email && have.name == contact.name
            };
            if !card.contacts.iter().any(known) {
                card.contacts.push(contact);
            }
        }
    }
    Ok(all)
}

fn contact(contact: kontor_protocol::CustomerContact) -> ContactView {
    ContactView {
        name: contact.name,
        email: contact.email,
        phone: contact.phone,
    }
}

fn totals(figures: &[Figure], today: Date) -> Vec<TotalView> {
    let view = |total: sums::Total| TotalView {
        currency: total.currency,
        total: total.total.to_f64(),
        open: total.open.to_f64(),
        overdue: total.overdue.to_f64(),
    };
    sums::totals(figures, today).into_iter().map(view).collect()
}

fn last_order(row: DocumentRow) -> LastOrderView {
    let body = body(&row);
    LastOrderView {
        id: row.id,
        number: row.number,
        date: day(row.figure.date),
        total: row.figure.total.to_f64(),
        currency: row.figure.currency,
        status: row.status,
        status_label: body.status_label,
    }
}

/// The lines of orders, and of bills that come from no order here; credit notes take away what stood on such a bill.
pub(super) fn bought(newest: &[DocumentRow]) -> Vec<Bought> {
    let bodies: Vec<(&DocumentRow, DocumentBody)> =
        newest.iter().map(|row| (row, body(row))).collect();
    let orders: Vec<&str> = newest
        .iter()
        .filter(|row| row.figure.kind == PaperKind::Order)
        .map(|row| row.number.as_str())
        .collect();
    let mut lines = Vec::new();
    for (row, body) in bodies {
        let ordered = body
            .belongs_with
            .iter()
            .any(|n| orders.contains(&n.as_str()));
        let counts = match row.figure.kind {
            PaperKind::Order => true,
            PaperKind::Invoice => row.figure.issued && !ordered,
            PaperKind::Offer | PaperKind::CreditNote => false,
        };
        if counts {
            let of_row = body.lines.into_iter();
            lines.extend(of_row.map(|line| bought_line(line, &row.figure)));
        }
    }
    lines
}

fn bought_line(line: DocumentLine, figure: &Figure) -> Bought {
    Bought {
        worth: worth(line.amount, line.price, line.discount),
        currency: figure.currency.clone(),
        code: line.code,
        name: line.name,
        amount: line.amount,
        unit: line.unit,
        date: figure.date.clone(),
    }
}

fn product(product: kontor_crm::products::Product) -> ProductView {
    ProductView {
        code: product.code,
        name: product.name,
        amount: product.amount.to_f64(),
        unit: product.unit,
        last_at: day(product.last_at),
    }
}

/// A document as doors show it.
pub(super) fn document(row: DocumentRow, reckoning: &Reckoning) -> DocumentView {
    let body = body(&row);
    let figure = &row.figure;
    let open = sums::open(figure);
    DocumentView {
        open: open.to_f64(),
        overdue_days: sums::overdue_days(figure, reckoning.today),
        as_of: moment(age::of_document(figure, &reckoning.fresh)),
        kind: figure.kind.as_str(),
        total: figure.total.to_f64(),
        issued: figure.issued,
        id: row.id,
        customer: row.customer,
        doc_type: body.doc_type,
        number: row.number,
        their_number: body.their_number,
        title: body.title,
        date: day(row.figure.date),
        due: row.figure.due,
        currency: row.figure.currency,
        status: row.status,
        status_label: body.status_label,
        lines: body.lines.into_iter().map(line).collect(),
        payments: body
            .payments
            .into_iter()
            .map(|payment| PaymentView {
                date: payment.date.map(|day| day.to_string()),
                amount: Amount::to_f64(payment.amount),
                kind: payment.kind,
            })
            .collect(),
        belongs_with: body.belongs_with,
    }
}

fn line(line: DocumentLine) -> LineView {
    LineView {
        code: line.code,
        name: line.name,
        amount: line.amount.to_f64(),
        unit: line.unit,
        price: line.price.to_f64(),
        discount: line.discount.to_f64(),
    }
}

/// What stands on a document; empty where a newer program wrote it in a way this one does not know.
fn body(row: &DocumentRow) -> DocumentBody {
    serde_json::from_str(&row.body).unwrap_or_default()
}

pub(super) fn day(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// A moment of the store.
pub(super) fn moment(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH)
}
