//! Changes of products.

use super::{Answer, Desk};
use crate::metakocka::dialect::{Fields, Object, Refusal};
use crate::metakocka::money::{Amount, Money};
use crate::metakocka::product::Product;
use crate::metakocka::register::Tax;

/// Empties a text; an empty one does not.
const REMOVE: &str = "$REMOVE_STRING_VALUE$";

pub(super) fn add(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let (code, name) = (fields.needed("code")?, fields.needed("name")?);
    let unit = fields.needed("unit")?;
    lengths(fields)?;
    if desk.world.product_coded(&code).is_some() {
        return Err(Refusal::bad(format!("Product {code} already exists")));
    }
    let given = fields.filled("count_code");
    if given
        .as_ref()
        .is_some_and(|c| desk.world.product_counted(c).is_some())
    {
        return Err(Refusal::bad("Product with this count_code already exists"));
    }
    let price = price(fields)?;
    let category = fields.objects("categories");
    let category = category.first().and_then(|c| c.texts("category").pop());
    let no = desk.world.add_product(|no| Product {
        no,
        code,
        count_code: given.unwrap_or_else(|| format!("{:05}", no.saturating_add(1))),
        name,
        description: fields.text("name_desc").unwrap_or_default(),
        barcode: fields.text("barcode").unwrap_or_default(),
        unit,
        price: price.unwrap_or_default(),
        tax: Tax::USUAL,
        category: category.unwrap_or_default(),
        service: fields.truth("service"),
        sales: fields.text("sales").is_none_or(|t| t == "true"),
        purchasing: fields.truth("purchasing"),
        active: fields.text("activated").is_none_or(|t| t == "true"),
        shop: fields.truth("eshop_sync"),
        weight: Amount(0),
        stock: Vec::new(),
    });
    said(desk, no)
}

fn said(desk: &Desk<'_>, no: u32) -> Result<Answer, Refusal> {
    let product = desk.world.product(no);
    let product = product.ok_or_else(|| Refusal::bad("Unknown product"))?;
    Ok(Object::success()
        .text("mk_id", product.id())
        .text("count_code", &product.count_code)
        .into())
}

fn lengths(fields: Fields<'_>) -> Result<(), Refusal> {
    for (name, most) in [("code", 20), ("name", 200), ("count_code", 30)] {
        if fields.text(name).is_some_and(|t| t.chars().count() > most) {
            return Err(Refusal::bad(format!("{name} is longer than {most}")));
        }
    }
    Ok(())
}

/// The price of the first list.
fn price(fields: Fields<'_>) -> Result<Option<Money>, Refusal> {
    let lists = fields.objects("pricelist");
    let prices = lists.first().map(|l| l.objects("price_def"));
    match prices.as_ref().and_then(|p| p.first()) {
        Some(price) => price.money("price"),
        None => Ok(None),
    }
}

/// The product by its number, else by its id.
fn which(desk: &Desk<'_>, fields: Fields<'_>) -> Result<u32, Refusal> {
    let found = if let Some(code) = fields.filled("count_code") {
        desk.world.product_counted(&code)
    } else {
        fields
            .id("mk_id")
            .and_then(|id| desk.world.product_with(id))
    };
    found.ok_or_else(|| Refusal::bad("Unknown product"))
}

pub(super) fn update(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let no = which(desk, fields)?;
    lengths(fields)?;
    let price = price(fields)?;
    desk.world.change_product(no, |product| {
        for (name, field) in [
            ("code", &mut product.code),
            ("name", &mut product.name),
            ("unit", &mut product.unit),
            ("name_desc", &mut product.description),
            ("barcode", &mut product.barcode),
        ] {
            let removable = matches!(name, "name_desc" | "barcode");
            match fields.filled(name) {
                Some(text) if text == REMOVE && removable => field.clear(),
                Some(text) => *field = text,
                None => {}
            }
        }
        for (name, flag) in [
            ("service", &mut product.service),
            ("sales", &mut product.sales),
            ("purchasing", &mut product.purchasing),
            ("activated", &mut product.active),
            ("eshop_sync", &mut product.shop),
        ] {
            if fields.filled(name).is_some() {
                *flag = fields.truth(name);
            }
        }
        if let Some(price) = price {
            product.price = price;
        }
    });
    said(desk, no)
}

/// Refused when a document uses it.
pub(super) fn delete(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let no = which(desk, fields)?;
    let mut written = desk.world.kept();
    let used = written.any(|(_, d)| d.lines.iter().any(|l| l.product == no));
    drop(written);
    if used || desk.world.is_seeded_product(no) {
        return Err(Refusal {
            code: "5",
            text: "Product is used on documents".into(),
        });
    }
    desk.world.remove_product(no);
    Ok(Object::success().into())
}
