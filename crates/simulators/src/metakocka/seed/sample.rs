//! The customers whose mail the sample company has, and their documents as the pictures show them.

use std::collections::BTreeMap;

use kontor_testkit::company::people::{PEOPLE, Person, Role, person};

use super::products;
use crate::metakocka::calendar::Day;
use crate::metakocka::document::{Document, Line, Payment};
use crate::metakocka::money::{Amount, Money};
use crate::metakocka::partner::{Address, Contact, Flags, Partner, address_id, contact_id};
use crate::metakocka::register::{Kind, Tax, country_name, status_named};

/// The customers and their documents, both in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    pub(crate) partners: Vec<Partner>,
    pub(crate) documents: Vec<Draft>,
}

/// A document that names those it came from by their numbers.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) document: Document,
    pub(crate) from: Vec<String>,
}

/// Reads the sample; days count from the newest one.
pub(crate) fn sample(today: Day) -> Sample {
    read(include_str!("sample.txt"), today)
}

fn read(text: &str, today: Day) -> Sample {
    let mut sample = Sample::default();
    let mut usual: BTreeMap<u32, &'static Tax> = BTreeMap::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        if let Some(head) = line.strip_prefix("= ") {
            let no = u32::try_from(sample.partners.len()).unwrap_or(u32::MAX);
            if let Some((partner, tax)) = partner(head, no) {
                sample.partners.push(partner);
                usual.insert(no, tax);
            }
        } else if let Some(words) = line.strip_prefix("  ") {
            let lines = lines(words, &sample, &usual);
            if let Some(draft) = sample.documents.last_mut() {
                for line in lines {
                    let place = u64::try_from(draft.document.lines.len()).unwrap_or(0);
                    let row = line.row.saturating_add(place);
                    draft.document.lines.push(Line { row, ..line });
                }
            }
        } else if let Some(owner) = sample.partners.last()
            && let Some(draft) = draft(line, owner, today)
        {
            sample.documents.push(draft);
        }
    }
    for draft in &mut sample.documents {
        settle(&mut draft.document);
    }
    sample
}

/// A payment without a sum pays everything.
fn settle(document: &mut Document) {
    let all = document.sums().all;
    for payment in document.payments.iter_mut().filter(|p| p.sum == Money(0)) {
        payment.sum = all;
    }
    let days = document.payments.iter().map(|p| p.day);
    let last = days.chain(document.shipped).chain([document.day]).max();
    document.changed = last.unwrap_or(document.day).at(11 * 3600);
}

fn partner(head: &str, no: u32) -> Option<(Partner, &'static Tax)> {
    let mut words = head.split('|').map(str::trim);
    let them = person(words.next()?)?;
    let (street, post, town) = (words.next()?, words.next()?, words.next()?);
    let (country, currency) = (words.next()?, words.next()?);
    let (tax, terms) = (Tax::named(words.next()?)?, words.next()?.parse().ok()?);
    let country_name = country_name(country);
    let foreign = country != "SI";
    let number = u64::from(no)
        .saturating_mul(7_919)
        .saturating_add(31_415_926);
    let partner = Partner {
        no,
        name: them.company.to_owned(),
        code: format!("P{no:06}"),
        tax_number: format!("{country}{number}"),
        registration: format!("{}", number.saturating_mul(10)),
        flags: Flags {
            company: true,
            taxpayer: true,
            foreign,
            buyer: true,
            supplier: false,
        },
        country: country_name.to_owned(),
        currency: currency_named(currency),
        terms,
        addresses: vec![Address {
            id: address_id(no, 0),
            kind: "Račun".into(),
            street: street.into(),
            post: post.into(),
            city: town.into(),
            country: country_name.into(),
        }],
        contacts: (0_u64..)
            .zip(colleagues(them))
            .map(|(place, who)| Contact {
                id: contact_id(no, place),
                name: who.name.into(),
                phone: String::new(),
                gsm: format!(
                    "041 555 {:03}",
                    u64::from(no).saturating_mul(2).saturating_add(place)
                ),
                fax: String::new(),
                email: who.address.into(),
            })
            .collect(),
        discounts: Vec::new(),
    };
    Some((partner, tax))
}

/// Everybody who writes from the same company.
fn colleagues(them: &Person) -> impl Iterator<Item = &'static Person> {
    PEOPLE
        .iter()
        .filter(|p| p.role == Role::Customer && p.company == them.company)
}

/// A currency of the register; euros when nobody knows it.
pub(crate) fn currency_named(code: &str) -> &'static str {
    ["EUR", "USD", "CHF", "GBP"]
        .into_iter()
        .find(|c| *c == code)
        .unwrap_or("EUR")
}

fn draft(line: &str, owner: &Partner, today: Day) -> Option<Draft> {
    let (head, options) = line.split_once('|').unwrap_or((line, ""));
    let mut words = head.split_whitespace();
    let kind = match words.next()? {
        "offer" => Kind::Offer,
        "order" => Kind::Order,
        "domestic" => Kind::Domestic,
        "foreign" => Kind::Foreign,
        "prepaid" => Kind::Prepaid,
        "credit" => Kind::CreditNote,
        _ => return None,
    };
    let code = words.next()?.to_owned();
    let day = relative(words.next()?, today)?;
    let mut document = Document::new(kind, code, owner.no, day);
    document.currency = owner.currency;
    document.until = Some(day.plus(owner.terms));
    if kind.is_bill() {
        document.service_to = Some(day);
        document.issued = Some(day.at(10 * 3600));
        // Bills go to whoever keeps the books: the last one of the list.
        document.contact = owner.contacts.len().saturating_sub(1);
    }
    let mut from = Vec::new();
    for (name, value) in options.split_whitespace().filter_map(|w| w.split_once('=')) {
        let text = value.replace('~', " ");
        match name {
            "from" => from.push(text),
            "status" => document.status = status_named(kind, value)?,
            "due" | "valid" | "deliver" => document.until = Some(relative(value, today)?),
            "ship" => document.shipped = Some(relative(value, today)?),
            "buyer" => document.buyer_order = text,
            "title" => document.title = text,
            "notes" => document.notes = text,
            "paid" => {
                let (day, sum) = value.split_once(':').unwrap_or((value, "0"));
                document.payments.push(Payment {
                    kind: "Nakazilo".into(),
                    day: relative(day, today)?,
                    sum: Money::parse(sum)?,
                    notes: String::new(),
                });
            }
            _ => return None,
        }
    }
    Some(Draft { document, from })
}

fn relative(days: &str, today: Day) -> Option<Day> {
    Some(today.plus(days.parse().ok()?))
}

fn lines(words: &str, sample: &Sample, usual: &BTreeMap<u32, &'static Tax>) -> Vec<Line> {
    if let Some(code) = words.strip_prefix("< ") {
        let like = sample.documents.iter().find(|d| d.document.code == code);
        return like.map_or_else(Vec::new, |d| {
            let start = row(sample.documents.len());
            let copy = |l: &Line| Line {
                row: start,
                ..l.clone()
            };
            d.document.lines.iter().map(copy).collect()
        });
    }
    let owner = sample.documents.last().map(|d| d.document.partner);
    let tax = owner.and_then(|no| usual.get(&no)).copied();
    let mut words = words.split_whitespace();
    let mut line = || {
        Some(Line {
            row: row(sample.documents.len()),
            product: products::known(words.next()?)?,
            words: String::new(),
            amount: Amount::parse(words.next()?)?,
            price: Money::parse(words.next()?)?,
            with_tax: false,
            discount: Amount(0),
            tax: tax.unwrap_or(Tax::USUAL),
        })
    };
    line().into_iter().collect()
}

/// The id of a sample document's first line.
fn row(place: usize) -> u64 {
    let place = u64::try_from(place).unwrap_or(0);
    600_000_000_000_u64.saturating_add(place.saturating_mul(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::new(2026, 11, 19)
    }

    #[test]
    fn every_line_of_the_file_is_understood() {
        let text = include_str!("sample.txt");
        let sample = sample(today());
        let count = |test: fn(&str) -> bool| text.lines().filter(|l| test(l)).count();
        assert_eq!(
            sample.partners.len(),
            count(|l| l.starts_with("= ")),
            "customers"
        );
        assert_eq!(
            sample.documents.len(),
            count(|l| l.starts_with(|c: char| c.is_ascii_lowercase())),
            "documents"
        );
        let empty = sample
            .documents
            .iter()
            .find(|d| d.document.lines.is_empty());
        assert!(empty.is_none(), "without lines: {empty:?}");
        let own = text
            .lines()
            .filter(|l| l.starts_with("  ") && !l.starts_with("  <"));
        for line in own {
            let code = line.split_whitespace().next().unwrap_or_default();
            assert!(products::known(code).is_some(), "{code} is no product");
        }
    }

    #[test]
    fn every_customer_of_the_mail_is_in_the_books() {
        let sample = sample(today());
        for who in PEOPLE.iter().filter(|p| p.role == Role::Customer) {
            let mut known = sample.partners.iter().flat_map(|p| &p.contacts);
            assert!(known.any(|c| c.email == who.address), "{}", who.address);
        }
    }

    #[test]
    fn numbers_that_mails_name_come_to_what_mails_say() {
        let sample = sample(today());
        for (code, cents) in [
            ("PN-2026-0418", 418_000),
            ("2026-1187", 124_900),
            ("2026-1231", 272_380),
            ("NAR-2026-0702", 272_380),
            ("2026-1102", 186_050),
            ("2026-1204", 145_598),
            ("2026-1172", 231_860),
        ] {
            let found = sample.documents.iter().find(|d| d.document.code == code);
            let all = found.map(|d| d.document.sums().all);
            assert_eq!(all, Some(Money(cents)), "{code}");
        }
    }
}
