//! Products by their number; the first ones are those the sample company's mail speaks of.

use super::names::{GOODS, VARIANTS};
use super::{PRODUCTS, one_of, rng};
use crate::metakocka::money::{Amount, Money};
use crate::metakocka::product::{Product, Stock};
use crate::metakocka::register::Tax;

/// Code, name, unit, price in hundredths, category; a service when its unit is an hour or a piece of work.
const KNOWN: &[(&str, &str, &str, i64, &str)] = &[
    ("HP26AB", "Hrastova plošča 26 mm, A/B", "m²", 6450, "Plošče"),
    ("BP19", "Bukova plošča 19 mm", "m²", 4820, "Plošče"),
    ("SP110", "Spona 110° z dušilcem", "kos", 385, "Okovje"),
    (
        "VO500",
        "Vodilo 500 mm, polni izvlek",
        "par",
        3120,
        "Okovje",
    ),
    (
        "RT23",
        "Robni trak hrast 23 mm",
        "kolut",
        6200,
        "Robni trakovi",
    ),
    ("RC160", "Ročaj črn 160 mm", "kos", 740, "Okovje"),
    (
        "KV6120",
        "Konstrukcijski vijak 6 × 120",
        "zavoj",
        2890,
        "Vijaki",
    ),
    ("JF", "Jesenov furnir", "m²", 1190, "Furnirji"),
    ("SOH", "Stopniščna obloga hrast", "kos", 5840, "Stopnice"),
    ("NN100", "Nastavljiva noga 100 mm", "kos", 190, "Okovje"),
    ("PREVOZ", "Prevoz in razklad", "storitev", 9500, "Storitve"),
    (
        "RAZREZ",
        "Razrez in robljenje po načrtu",
        "storitev",
        12_000,
        "Storitve",
    ),
    ("PULT", "Masivni pult po načrtu", "kos", 284_000, "Po meri"),
];

/// The number of a product the sample company's mail speaks of.
pub(crate) fn known(code: &str) -> Option<u32> {
    let place = KNOWN.iter().position(|(c, ..)| *c == code)?;
    u32::try_from(place).ok()
}

/// The number of the product with this code, as far as the seed made it.
pub(crate) fn numbered(code: &str) -> Option<u32> {
    let number = code.strip_prefix("HV-");
    let no: Option<u32> = number.and_then(|n| n.parse().ok());
    no.filter(|no| *no >= u32::try_from(KNOWN.len()).unwrap_or(0))
        .filter(|no| format!("HV-{no:05}") == code)
        .or_else(|| known(code))
}

/// The product with this number.
pub(crate) fn product(seed: u64, no: u32) -> Product {
    let mut rng = rng(seed, PRODUCTS, no.into());
    let place = usize::try_from(no).unwrap_or(usize::MAX);
    let (code, name, unit, price, category) = if let Some(known) = KNOWN.get(place) {
        let (code, name, unit, price, category) = *known;
        (code.to_owned(), name.to_owned(), unit, price, category)
    } else {
        let (name, unit, price, category) = rng.pick(GOODS).copied().unwrap_or_default();
        let variant = one_of(&mut rng, VARIANTS);
        let size = rng.between(2, 60).saturating_mul(10);
        let price = price.saturating_add_unsigned(rng.below(900));
        let name = format!("{name} {variant} {size} mm");
        (format!("HV-{no:05}"), name, unit, price, category)
    };
    let service = unit == "storitev";
    let mut stock = Vec::new();
    if place == 0 {
        // As Jan counts it in his mail.
        stock.push(Stock {
            warehouse: "CE",
            amount: Amount::whole(210),
            reserved: Amount::whole(96),
            place: String::new(),
        });
    } else if !service {
        for (warehouse, chance) in [("CE", 95), ("LJ", 40), ("CE", 8)] {
            if rng.chance(chance) {
                let thousandths = if matches!(unit, "m²" | "l") {
                    125
                } else {
                    1000
                };
                let amount = rng.between(0, 400).saturating_mul(thousandths);
                let amount = i64::try_from(amount).unwrap_or(0);
                stock.push(Stock {
                    warehouse,
                    // Goods leave before the paper comes: a few stocks are below zero.
                    amount: Amount(if rng.chance(3) {
                        amount.saturating_neg()
                    } else {
                        amount
                    }),
                    reserved: Amount(if rng.chance(20) { amount / 3 } else { 0 }),
                    place: if rng.chance(30) {
                        format!("R{}-{}", rng.between(1, 9), rng.between(1, 40))
                    } else {
                        String::new()
                    },
                });
            }
        }
    }
    Product {
        no,
        count_code: format!("{:05}", no.saturating_add(1)),
        description: if rng.chance(30) {
            format!("<p><b>{name}</b></p>")
        } else {
            String::new()
        },
        barcode: format!("3830{:09}", rng.below(1_000_000_000)),
        code,
        name,
        unit: unit.into(),
        price: Money(price),
        tax: Tax::USUAL,
        category: category.into(),
        service,
        sales: true,
        purchasing: !service,
        active: place < KNOWN.len() || rng.chance(96),
        shop: rng.chance(50),
        weight: Amount(i64::try_from(rng.between(1, 40_000)).unwrap_or(1000)),
        stock,
    }
}
