//! Partners by their number, beyond those of the sample company's mail.

use kontor_testkit::Rng;

use super::names::{ABROAD, FIRST_NAMES, STREETS, SURNAMES, TOWNS, TRADES, slug};
use super::{PARTNERS, one_of, rng};
use crate::metakocka::partner::{Address, Contact, Flags, Partner, address_id, contact_id};
use crate::metakocka::register::country_name;

/// One in seven buys from abroad.
pub(crate) fn foreign(seed: u64, no: u32) -> bool {
    rng(seed, PARTNERS, no.into()).chance(14)
}

/// The partner with this number.
pub(crate) fn partner(seed: u64, no: u32) -> Partner {
    let mut rng = rng(seed, PARTNERS, no.into());
    let foreign = rng.chance(14);
    let company = foreign || rng.chance(80);
    let surname = one_of(&mut rng, SURNAMES);
    let name = if company {
        let form = if rng.chance(60) { " d.o.o." } else { " s.p." };
        format!("{} {surname}{form}", one_of(&mut rng, TRADES))
    } else {
        format!("{} {surname}", one_of(&mut rng, FIRST_NAMES))
    };
    // Two companies of one name are two partners; their addresses tell them apart.
    let domain = format!("{}-{no}.example", slug(&name));
    let (country, currency, home) = home(&mut rng, no, foreign);
    let tax = rng.between(10_000_000, 99_999_999);
    let contacts = contacts(&mut rng, no, &domain);
    let mut addresses = vec![home];
    if rng.chance(15) {
        let unit = TOWNS.get(usize::try_from(rng.below(15)).unwrap_or(0));
        let (post, city) = unit.copied().unwrap_or_default();
        addresses.push(Address {
            id: address_id(no, 1),
            kind: "Dobava".into(),
            street: format!("{} {}", one_of(&mut rng, STREETS), rng.between(1, 90)),
            post: post.into(),
            city: city.into(),
            country: "Slovenija".into(),
        });
    }
    Partner {
        no,
        name,
        code: format!("P{no:06}"),
        tax_number: if company && !foreign {
            format!("SI{tax}")
        } else if company {
            format!("{}{tax}", super::super::register::country_code(&country))
        } else {
            String::new()
        },
        registration: if company {
            rng.between(1_000_000, 9_999_999).to_string()
        } else {
            String::new()
        },
        flags: Flags {
            company,
            taxpayer: company,
            foreign,
            buyer: true,
            supplier: rng.chance(4),
        },
        country,
        currency,
        terms: *rng.pick(&[8, 15, 21, 30, 30, 60]).unwrap_or(&30),
        addresses,
        contacts,
        discounts: if rng.chance(10) {
            vec![("Plošče".into(), rng.between(2, 12).to_string())]
        } else {
            Vec::new()
        },
    }
}

fn home(rng: &mut Rng, no: u32, foreign: bool) -> (String, &'static str, Address) {
    let house = rng.between(1, 120);
    let (code, post, city, street) = if foreign {
        rng.pick(ABROAD).copied().unwrap_or_default()
    } else {
        let (post, city) = rng.pick(TOWNS).copied().unwrap_or_default();
        ("SI", post, city, one_of(rng, STREETS))
    };
    let currency = match code {
        "CH" => "CHF",
        "GB" => "GBP",
        "SE" => "USD",
        _ => "EUR",
    };
    let country = country_name(code).to_owned();
    let address = Address {
        id: address_id(no, 0),
        kind: "Račun".into(),
        street: format!("{street} {house}"),
        post: post.into(),
        city: city.into(),
        country: country.clone(),
    };
    (country, currency, address)
}

fn contacts(rng: &mut Rng, no: u32, domain: &str) -> Vec<Contact> {
    let count = if rng.chance(25) { 2 } else { 1 };
    (0..count)
        .map(|place| {
            let first = one_of(rng, FIRST_NAMES);
            let last = one_of(rng, SURNAMES);
            Contact {
                id: contact_id(no, place),
                name: format!("{first} {last}"),
                phone: if rng.chance(60) {
                    format!("03 555 {:02} {:02}", rng.below(100), rng.below(100))
                } else {
                    String::new()
                },
                gsm: format!("041 555 {:03}", rng.below(1000)),
                fax: String::new(),
                email: if place == 0 && rng.chance(40) {
                    format!("info@{domain}")
                } else {
                    format!("{}.{}@{domain}", slug(first), slug(last))
                },
            }
        })
        .collect()
}
