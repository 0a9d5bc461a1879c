//! Lines of a document as a write brings them.

use super::Desk;
use crate::metakocka::dialect::{Fields, Refusal};
use crate::metakocka::document::Line;
use crate::metakocka::money::{Amount, Money};
use crate::metakocka::product::Product;
use crate::metakocka::register::Tax;

/// What is known of a line before the books are touched.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    fields: Fields<'a>,
    product: Wanted,
    amount: Amount,
    price: Money,
    with_tax: bool,
    discount: Amount,
    tax: &'static Tax,
}

/// A product of the register, or one to be made.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    Known(u32),
    New,
}

/// Reads lines and refuses what cannot be: nothing is written yet.
pub(super) fn read<'a>(desk: &Desk<'_>, lines: &[Fields<'a>]) -> Result<Vec<Asked<'a>>, Refusal> {
    lines.iter().map(|line| one(desk, *line)).collect()
}

fn one<'a>(desk: &Desk<'_>, fields: Fields<'a>) -> Result<Asked<'a>, Refusal> {
    let product = product(desk, fields)?;
    let amount = fields.amount("amount")?;
    let amount = amount.ok_or_else(|| Refusal::bad("Missing parameter : amount"))?;
    let service = match product {
        Wanted::Known(no) => desk.world.product(no).is_some_and(|p| p.service),
        Wanted::New => fields.truth("service"),
    };
    if amount < Amount(0) && !service {
        return Err(Refusal::bad("Negative amount is only for services"));
    }
    let (price, with_tax) = match (fields.money("price")?, fields.money("price_with_tax")?) {
        (Some(price), _) => (price, false),
        (None, Some(price)) => (price, true),
        (None, None) => return Err(Refusal::bad("Missing parameter : price")),
    };
    Ok(Asked {
        fields,
        product,
        amount,
        price,
        with_tax,
        discount: fields.amount("discount")?.unwrap_or_default(),
        tax: tax(fields)?,
    })
}

/// By code or number; an id alone is not enough. What is unknown is made, if it has a unit.
fn product(desk: &Desk<'_>, fields: Fields<'_>) -> Result<Wanted, Refusal> {
    let by_code = fields.filled("code");
    let by_number = fields.filled("count_code");
    let found = by_code
        .as_ref()
        .and_then(|c| desk.world.product_coded(c))
        .or_else(|| desk.world.product_counted(by_number.as_ref()?));
    let Some(name) = by_code.or(by_number) else {
        let id = fields.text("mk_id").unwrap_or_default();
        return Err(Refusal::bad(format!("Product not found : {id}")));
    };
    match found {
        Some(no) => Ok(Wanted::Known(no)),
        None if fields.filled("unit").is_some() => Ok(Wanted::New),
        None => Err(Refusal::bad(format!("Unknown product : <b>{name}</b>"))),
    }
}

fn tax(fields: Fields<'_>) -> Result<&'static Tax, Refusal> {
    let unknown = |code: &str| Refusal::bad(format!("Unknown tax : {code}"));
    if let Some(code) = fields.filled("tax") {
        return Tax::named(&code).ok_or_else(|| unknown(&code));
    }
    let factor = fields
        .filled("tax_factor")
        .ok_or_else(|| Refusal::bad("Missing parameter : tax"))?;
    Tax::with_factor(&factor).ok_or_else(|| unknown(&factor))
}

/// The line for the books; makes the product that did not exist.
pub(super) fn write(desk: &mut Desk<'_>, asked: &Asked<'_>) -> Line {
    let product = match asked.product {
        Wanted::Known(no) => no,
        Wanted::New => make(desk, asked),
    };
    Line {
        row: desk.world.next_id(),
        product,
        words: asked.fields.text("doc_desc").unwrap_or_default(),
        amount: asked.amount,
        price: asked.price,
        with_tax: asked.with_tax,
        discount: asked.discount,
        tax: asked.tax,
    }
}

fn make(desk: &mut Desk<'_>, asked: &Asked<'_>) -> u32 {
    let fields = asked.fields;
    let code = fields
        .filled("code")
        .or_else(|| fields.filled("count_code"))
        .unwrap_or_default();
    // Two lines of one unknown product make one product.
    if let Some(made) = desk.world.product_coded(&code) {
        return made;
    }
    desk.world.add_product(|no| Product {
        no,
        name: fields.filled("name").unwrap_or_else(|| code.clone()),
        code,
        count_code: format!("{:05}", no.saturating_add(1)),
        description: String::new(),
        barcode: String::new(),
        unit: fields.filled("unit").unwrap_or_default(),
        price: asked.price,
        tax: asked.tax,
        category: String::new(),
        service: fields.truth("service"),
        sales: true,
        purchasing: false,
        active: true,
        shop: false,
        weight: Amount(0),
        stock: Vec::new(),
    })
}
