//! Metakocka's words into ours.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kontor_metakocka as mk;
use kontor_model::Amount;
use kontor_protocol::{
    CustomerCard, CustomerContact, Document, DocumentKind, DocumentLine, Payment, ProductPrice,
    ProductRow,
};

use crate::core::storage::{FactsBatch, FoundCustomer, FoundDocument};

/// What documents told: themselves, and who is on them. What cannot be placed is left out and counted.
pub(in crate::core) fn batch(documents: &[mk::Document], seen_at: Timestamp) -> (FactsBatch, u64) {
    let mut customers = BTreeMap::<String, FoundCustomer>::new();
    // One document twice in an answer is one.
    let mut found = BTreeMap::<String, FoundDocument>::new();
    let mut unplaced = 0_u64;
    for document in documents {
        for party in [&document.partner, &document.receiver]
            .into_iter()
            .flatten()
        {
            if let Some(customer) = bare(party, seen_at) {
                join(&mut customers, customer);
            }
        }
        match placed(document, seen_at) {
            Some(one) => {
                found.insert(one.document.id.clone(), one);
            }
            None => unplaced = unplaced.saturating_add(1),
        }
    }
    let batch = FactsBatch {
        customers: customers.into_values().collect(),
        documents: found.into_values().collect(),
        ..FactsBatch::default()
    };
    (batch, unplaced)
}

/// A customer whom `get_partner` told of.
pub(in crate::core) fn customer(partner: &mk::Partner, seen_at: Timestamp) -> FoundCustomer {
    let lives = partner.addresses.first();
    let lines = lives.map(|a| [&a.street, &a.post_number, &a.city, &a.country]);
    let contacts: Vec<_> = partner.contacts.iter().filter_map(contact).collect();
    FoundCustomer {
        id: partner.mk_id.to_string(),
        addresses: addresses(&contacts),
        card: CustomerCard {
            number: text(partner.count_code.as_ref()),
            name: text(partner.name.as_ref()),
            tax_number: text(partner.tax_number.as_ref()),
            address: lines.map(address).unwrap_or_default(),
            country: String::new(),
            contacts,
            payment_days: partner
                .addresses
                .iter()
                .find_map(|a| a.payment_due_days)
                .and_then(|days| u32::try_from(days).ok()),
            seen_at,
        },
        bare: false,
        gone: false,
    }
}

/// A document that is no longer there.
pub(super) fn gone(mut found: FoundDocument, seen_at: Timestamp) -> FoundDocument {
    found.document.gone = true;
    found.document.seen_at = seen_at;
    found
}

fn bare(party: &mk::DocPartner, seen_at: Timestamp) -> Option<FoundCustomer> {
    let contacts: Vec<_> = party.contact.iter().filter_map(contact).collect();
    Some(FoundCustomer {
        id: party.mk_id.as_ref()?.to_string(),
        addresses: addresses(&contacts),
        card: CustomerCard {
            number: text(party.count_code.as_ref()),
            name: text(party.name.as_ref()),
            tax_number: text(party.tax_number.as_ref()),
            address: address([
                &party.street,
                &party.post_number,
                &party.place,
                &party.country,
            ]),
            country: text(party.country_iso_2.as_ref()),
            contacts,
            payment_days: None,
            seen_at,
        },
        bare: true,
        gone: false,
    })
}

/// The same customer on several documents: who is named last keeps the name, all their people stay.
fn join(customers: &mut BTreeMap<String, FoundCustomer>, mut new: FoundCustomer) {
    if let Some(before) = customers.remove(&new.id) {
        for one in before.card.contacts {
            if !new.card.contacts.contains(&one) {
                new.card.contacts.push(one);
            }
        }
        new.addresses = addresses(&new.card.contacts);
    }
    customers.insert(new.id.clone(), new);
}

fn contact(contact: &mk::Contact) -> Option<CustomerContact> {
    let phone = contact.phone.as_ref().or(contact.gsm.as_ref());
    let one = CustomerContact {
        name: text(contact.name.as_ref()),
        email: text(contact.email.as_ref()).trim().to_lowercase(),
        phone: text(phone),
    };
    let says_something = !(one.name.is_empty() && one.email.is_empty() && one.phone.is_empty());
    says_something.then_some(one)
}

/// Each once. People write several into one field, and things that are none.
pub(super) fn addresses(contacts: &[CustomerContact]) -> Vec<String> {
    let separators = |c: char| c == ',' || c == ';' || c.is_whitespace();
    let mut all: Vec<String> = contacts
        .iter()
        .flat_map(|c| c.email.split(separators))
        .filter(|a| {
            a.split_once('@')
                .is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
        })
        .map(str::to_owned)
        .collect();
    all.sort();
    all.dedup();
    all
}

/// Street, post and country as lines.
fn address([street, post, city, country]: [&Option<String>; 4]) -> Vec<String> {
    let town: Vec<&str> = [post, city]
        .into_iter()
        .flatten()
        .map(|s| s.trim())
        .collect();
    [
        text(street.as_ref()),
        town.join(" "),
        text(country.as_ref()),
    ]
    .into_iter()
    .map(|line| line.trim().to_owned())
    .filter(|line| !line.is_empty())
    .collect()
}

fn placed(document: &mk::Document, seen_at: Timestamp) -> Option<FoundDocument> {
    let customer = document.partner.as_ref()?.mk_id.as_ref()?.to_string();
    let kind = kind(&document.doc_type)?;
    let due = match kind {
        DocumentKind::Offer => document.offer.valid_to,
        DocumentKind::Order => document.order.delivery_deadline,
        DocumentKind::Invoice | DocumentKind::CreditNote => document.bill.due,
    };
    let status_label = text(document.status_code.as_ref());
    let status = text(document.status_desc.as_ref());
    let belongs = document.offers.iter().cloned();
    let linked = document.links.iter().filter_map(|l| l.count_code.clone());
    Some(FoundDocument {
        customer,
        document: Document {
            id: document.mk_id.to_string(),
            version: 0,
            gone: false,
            kind,
            doc_type: document.doc_type.to_string(),
            number: text(document.count_code.as_ref()),
            date: document.doc_date,
            due,
            currency: text(document.currency_code.as_ref()),
            total: amount(document.sums.all),
            paid: amount(document.sums.paid),
            status: if status.is_empty() {
                status_label.clone()
            } else {
                status
            },
            status_label,
            their_number: text(document.buyer_order.as_ref()),
            title: text(document.title.as_ref()),
            issued: !document.doc_type.is_bill() || document.bill.issued.is_some(),
            lines: document.lines.iter().map(line).collect(),
            payments: document.payments.iter().map(payment).collect(),
            belongs_with: belongs.chain(linked).collect(),
            seen_at,
        },
    })
}

/// What a type is to us; `None` for papers that are no sale.
pub(super) fn kind(doc_type: &mk::DocType) -> Option<DocumentKind> {
    match doc_type {
        mk::DocType::SalesOffer => Some(DocumentKind::Offer),
        mk::DocType::SalesOrder => Some(DocumentKind::Order),
        mk::DocType::SalesBillDomestic
        | mk::DocType::SalesBillForeign
        | mk::DocType::SalesBillRetail
        | mk::DocType::SalesBillPrepaid => Some(DocumentKind::Invoice),
        mk::DocType::SalesBillCreditNote => Some(DocumentKind::CreditNote),
        // What a supplier is owed is no turnover, also where the supplier is a customer, too.
        mk::DocType::PurchaseOrder
        | mk::DocType::PurchaseBillDomestic
        | mk::DocType::PurchaseBillForeign
        | mk::DocType::PurchaseBillPrepaid
        | mk::DocType::PurchaseBillCreditNote
        | mk::DocType::Other(_) => None,
    }
}

fn line(line: &mk::Line) -> DocumentLine {
    let name = line.name.as_ref().or(line.name_desc.as_ref());
    let price = line.price.or(line.price_with_tax);
    DocumentLine {
        code: text(line.code.as_ref().or(line.count_code.as_ref())),
        name: text(name.or(line.doc_desc.as_ref())),
        amount: amount(line.amount),
        unit: text(line.unit.as_ref()),
        price: amount(price),
        with_tax: line.price.is_none() && line.price_with_tax.is_some(),
        discount: amount(line.discount),
    }
}

fn payment(payment: &mk::Payment) -> Payment {
    Payment {
        date: payment.date,
        amount: amount(payment.amount),
        kind: text(payment.payment_type.as_ref()),
    }
}

/// A product of the register.
pub(super) fn product(product: &mk::Product, seen_at: Timestamp) -> ProductRow {
    let service = product.service == Some(true);
    let there = |decimal: Option<mk::Decimal>| {
        decimal
            .filter(|_| !service)
            .map(|decimal| amount(Some(decimal)))
    };
    ProductRow {
        id: product.mk_id.to_string(),
        version: 0,
        gone: false,
        code: text(product.code.as_ref()),
        number: text(product.count_code.as_ref()),
        name: text(product.name.as_ref()),
        unit: text(product.unit.as_ref()),
        service,
        prices: prices(&product.price_lists, seen_at),
        stock: there(product.amount),
        free: there(product.free_amount),
        seen_at,
        stock_at: seen_at,
    }
}

/// What one piece costs whoever comes, a price a currency: of the lists that hold today the one that began last, of those
/// that began the same day the first.
fn prices(lists: &[mk::PriceList], now: Timestamp) -> Vec<ProductPrice> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let mut found = BTreeMap::<String, (Option<Date>, ProductPrice)>::new();
    for list in lists.iter().filter(|list| is_for_all(list, today)) {
        let currency = text(list.currency_code.as_ref());
        let Some(price) = list.prices.iter().find_map(|price| for_one(price, list)) else {
            continue;
        };
        let newer = found
            .get(&currency)
            .is_none_or(|(from, _)| list.valid_from > *from);
        if newer {
            found.insert(currency, (list.valid_from, price));
        }
    }
    found.into_values().map(|(_, price)| price).collect()
}

/// A list by which things are sold, to everybody, today.
fn is_for_all(list: &mk::PriceList, today: Date) -> bool {
    let word = list.sales_purchase.as_deref().unwrap_or_default();
    let word = word.trim().to_lowercase();
    let buys = word.starts_with("purchas") || word.starts_with("nabav");
    let named = list.buyer.as_ref().is_some_and(|b| !b.trim().is_empty());
    let began = list.valid_from.is_none_or(|day| day <= today);
    let ended = list.valid_to.is_some_and(|day| day < today);
    !buys && !named && began && !ended
}

/// Where it holds from one piece on.
fn for_one(price: &mk::Price, list: &mk::PriceList) -> Option<ProductPrice> {
    let least = price.amount_from.map(|from| amount(Some(from)));
    if least.is_some_and(|least| least > Amount::from_ten_thousandths(10_000)) {
        return None;
    }
    let told = price.price.or(price.price_with_tax)?;
    let percent = price.tax_desc.as_ref().map(|text| text.replace(',', "."));
    Some(ProductPrice {
        currency: text(list.currency_code.as_ref()),
        price: amount(Some(told)),
        with_tax: price.price.is_none(),
        tax: text(price.tax.as_ref()),
        tax_percent: percent.and_then(|text| text.trim().trim_end_matches('%').trim().parse().ok()),
        list: text(list.title.as_ref()),
    })
}

/// Nothing where none is told, or what no company could owe.
pub(super) fn amount(decimal: Option<mk::Decimal>) -> Amount {
    let units = decimal.and_then(|d| d.to_units(4));
    units.map(Amount::from_ten_thousandths).unwrap_or_default()
}

fn text(text: Option<&String>) -> String {
    text.map(|t| t.trim().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use kontor_metakocka as mk;
    use rstest::rstest;

    use super::prices;

    /// A price list: currency, first and last day, whose, for what, and from how many on.
    type List = (
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        i64,
    );

    fn list((currency, from, to, buyer, word, least): List, price: i64) -> mk::PriceList {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let units = |n| mk::Decimal::from_units(n, 0);
        mk::PriceList {
            title: Some(format!("{price}")),
            sales_purchase: some(word),
            currency_code: some(currency),
            valid_from: from.parse().ok(),
            valid_to: to.parse().ok(),
            buyer: some(buyer),
            prices: vec![mk::Price {
                amount_from: units(least),
                price: units(price),
                tax_desc: some("9,5 %"),
                ..mk::Price::default()
            }],
            ..mk::PriceList::default()
        }
    }

    #[rstest]
    #[case::the_one_that_began_last(&[("EUR", "2026-01-01", "", "", "sales", 0), ("EUR", "2026-06-01", "", "", "", 1)], &["EUR 2"])]
    #[case::the_first_of_one_day(&[("EUR", "", "", "", "sales", 0), ("EUR", "", "", "", "sales", 0)], &["EUR 1"])]
    #[case::one_a_currency(&[("EUR", "", "", "", "", 0), ("USD", "", "", "", "", 0)], &["EUR 1", "USD 2"])]
    #[case::not_yet(&[("EUR", "2027-01-01", "", "", "", 0)], &[])]
    #[case::no_more(&[("EUR", "", "2026-11-19", "", "", 0)], &[])]
    #[case::until_today(&[("EUR", "", "2026-11-20", "", "", 0)], &["EUR 1"])]
    #[case::for_one_buyer(&[("EUR", "", "", "1600", "", 0)], &[])]
    #[case::for_buying(&[("EUR", "", "", "", "Purchase", 0)], &[])]
    #[case::for_many_pieces(&[("EUR", "", "", "", "", 10)], &[])]
    fn a_product_costs_what_holds_for_everybody_today(
        #[case] lists: &[List],
        #[case] want: &[&str],
    ) {
        let now = "2026-11-20T09:00:00Z".parse().unwrap();
        let lists: Vec<_> = (1..).zip(lists).map(|(n, of)| list(*of, n)).collect();
        let found = prices(&lists, now);
        let told: Vec<String> = found
            .iter()
            .map(|p| format!("{} {}", p.currency, p.list))
            .collect();
        assert_eq!(told, want);
        let percent = "9.5".parse().ok();
        assert!(found.iter().all(|p| p.tax_percent == percent), "{found:?}");
    }
}
