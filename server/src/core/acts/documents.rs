//! New offers and orders: what would stand on them, and how Metakocka wants them.

use std::collections::BTreeMap;

use kontor_metakocka as mk;
use kontor_metakocka::{DocType, LinePrice, LineTax};
use kontor_model::Amount;
use kontor_protocol::{ActLine, ActPreview, NewDocument, NewKind, NewLine};

use super::partners::{address_of, partner};
use super::pricing::{Priced, add_up, line_net, priced};
use super::words::{amount, decimal, new, some, stays, text};

/// A product as lines name it.
type Products = BTreeMap<String, Option<mk::Product>>;

pub(super) fn doc_type(what: NewKind) -> DocType {
    match what {
        NewKind::Offer => DocType::SalesOffer,
        NewKind::Order => DocType::SalesOrder,
    }
}

pub(super) async fn preview(
    client: &mk::Client,
    wanted: &NewDocument,
) -> Result<ActPreview, mk::Error> {
    let partner = partner(client, &wanted.customer).await?;
    let products = products(client, wanted).await?;
    let mut preview = ActPreview {
        currency: wanted.currency.clone(),
        ..ActPreview::default()
    };
    let name = stays("customer", text(partner.name.as_ref()));
    preview.fields.push(name);
    preview.fields.push(new("date", wanted.date.to_string()));
    let until = wanted.until.map(|day| day.to_string());
    for (name, value) in [
        ("until", until.as_deref().unwrap_or_default()),
        ("their_number", &wanted.their_number),
        ("title", &wanted.title),
        ("notes", &wanted.notes),
    ] {
        preview
            .fields
            .extend(some(value).map(|value| new(name, value)));
    }
    if partner.buyer == Some(false) {
        let why = "Metakocka does not have this customer as a buyer. Mark it as one there first.";
        preview.problems.push(why.to_owned());
    }
    for (n, line) in (1_usize..).zip(&wanted.lines) {
        match priced_line(wanted, line, &products) {
            Ok(shown) => preview.lines.push(shown),
            Err(why) => preview.problems.push(format!("Line {n}: {why}")),
        }
    }
    let free = |line: &&ActLine| line.stock.is_some_and(|stock| stock < line.amount);
    for line in preview.lines.iter().filter(free) {
        preview.notes.push(format!(
            "Less of “{}” is in stock than is on this document.",
            line.name
        ));
    }
    add_up(&mut preview);
    Ok(preview)
}

async fn products(client: &mk::Client, wanted: &NewDocument) -> Result<Products, mk::Error> {
    let mut products = Products::new();
    for line in &wanted.lines {
        let code = line.code.trim().to_owned();
        if products.contains_key(&code) {
            continue;
        }
        let query = mk::ProductQuery {
            code: Some(code.clone()),
            with_prices: true,
            with_stock: true,
            limit: 10,
            ..mk::ProductQuery::default()
        };
        let page = client.product_list(&query).await?;
        let is_it = |p: &mk::Product| p.code.as_deref().is_some_and(|c| c.trim() == code);
        let found = page.items.into_iter().find(is_it);
        products.insert(code, found);
    }
    Ok(products)
}

/// A line as it would be written; a sentence where it cannot.
fn priced_line(
    document: &NewDocument,
    line: &NewLine,
    products: &Products,
) -> Result<ActLine, String> {
    let code = line.code.trim();
    let product = products.get(code).and_then(Option::as_ref);
    let product = product.ok_or_else(|| {
        format!("Metakocka has no product with the code “{code}”. Choose one that is there.")
    })?;
    if product.active == Some(false) {
        return Err(format!(
            "The product “{code}” is no longer in use in Metakocka."
        ));
    }
    if line.amount < Amount::ZERO && product.service != Some(true) {
        return Err("Metakocka takes a negative amount for services only.".to_owned());
    }
    let Priced { net, rate, .. } = priced(product, &document.currency, document.date, line.amount);
    let price = line.price.or(net).ok_or_else(|| {
        format!(
            "The price lists have no price of “{code}” in {}. Enter one.",
            document.currency
        )
    })?;
    let tax = line.tax.or(rate).ok_or_else(|| {
        format!("The price lists do not say which tax “{code}” has. Enter it in percent.")
    })?;
    let stock = product.free_amount.or(product.amount);
    let mut shown = ActLine {
        code: code.to_owned(),
        name: text(product.name.as_ref()),
        unit: text(product.unit.as_ref()),
        amount: line.amount,
        price,
        discount: line.discount,
        tax,
        net: Amount::ZERO,
        stock: stock
            .filter(|_| product.service != Some(true))
            .map(|stock| amount(Some(stock))),
    };
    shown.net = line_net(&shown);
    Ok(shown)
}

/// The document as it is sent: exactly what the preview has, with the customer by its ids.
pub(super) fn draft(
    wanted: &NewDocument,
    preview: &ActPreview,
    partner: &mk::Partner,
) -> mk::DocumentDraft {
    let whom = mk::PartnerRef {
        mk_id: partner.mk_id.clone(),
        mk_address_id: address_of(partner),
    };
    let doc_type = doc_type(wanted.what);
    let mut draft = mk::DocumentDraft::new(doc_type, wanted.date, whom);
    draft.currency_code = some(&wanted.currency);
    draft.title = some(&wanted.title);
    draft.buyer_order = some(&wanted.their_number);
    draft.notes = some(&wanted.notes);
    match wanted.what {
        NewKind::Offer => draft.valid_to = wanted.until,
        NewKind::Order => draft.delivery_deadline = wanted.until,
    }
    draft.lines = preview.lines.iter().map(line_draft).collect();
    draft
}

fn line_draft(line: &ActLine) -> mk::LineDraft {
    let units = line.tax.ten_thousandths();
    // Percent to a factor: two places more.
    let factor = mk::Decimal::from_units(units, 6).unwrap_or_default();
    mk::LineDraft {
        code: line.code.clone(),
        amount: decimal(line.amount),
        price: LinePrice::Net(decimal(line.price)),
        tax: LineTax::Factor(factor),
        discount: (line.discount != Amount::ZERO).then(|| decimal(line.discount)),
        doc_desc: None,
    }
}
