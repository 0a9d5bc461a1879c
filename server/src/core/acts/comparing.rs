//! What was wanted and what is there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kontor_metakocka as mk;
use kontor_metakocka::Show;
use kontor_model::Amount;
use kontor_protocol::{
    Act, ActDifference, ActLine, ActPreview, ActResult, NewContact, NewDocument, NewKind,
    NewPartner,
};

use super::preview::status_word;
use super::words::{alike, amount, text};
use super::writing::{Site, named};
use super::{documents, partners};
use crate::core::mirror::translate;
use crate::core::storage::FactsBatch;

/// What is there after a write.
#[derive(Debug)]
pub(super) struct Back {
    pub(super) differences: Vec<ActDifference>,
    pub(super) result: ActResult,
    /// For the mirror, so that all desks see it at once.
    pub(super) facts: FactsBatch,
}

/// Reads what was written, and compares.
pub(super) async fn read_back(
    site: &Site<'_>,
    id: &mk::MkId,
    preview: &ActPreview,
    seen_at: Timestamp,
) -> Result<Back, mk::Error> {
    match site.act {
        Act::AddPartner(wanted) => {
            let partner = partners::partner(site.client, id.as_str()).await?;
            Ok(of_partner(
                &partner,
                partner_differences(wanted, &partner),
                seen_at,
            ))
        }
        Act::AddContact(wanted) => {
            let partner = partners::partner(site.client, id.as_str()).await?;
            Ok(of_partner(
                &partner,
                contact_differences(wanted, &partner),
                seen_at,
            ))
        }
        Act::AddDocument(wanted) => {
            let doc_type = documents::doc_type(wanted.what);
            let shown = [Show::Payments, Show::TaxFactor];
            let (document, _) = site.client.get_document(&doc_type, id, &shown).await?;
            Ok(of_document(
                &document,
                document_differences(wanted, preview, &document),
                seen_at,
            ))
        }
        Act::SetStatus { document, .. } | Act::AttachFile { document, .. } => {
            let (doc_type, id) = named(document);
            let (document, _) = site
                .client
                .get_document(&doc_type, &id, &[Show::Payments])
                .await?;
            let mut differences = Differences::default();
            if let Act::SetStatus { status, .. } = site.act {
                differences.texts("status", status, &status_word(&document));
            }
            Ok(of_document(&document, differences.0, seen_at))
        }
        Act::AddPayment(wanted) => {
            let (doc_type, id) = named(&wanted.document);
            let (document, _) = site
                .client
                .get_document(&doc_type, &id, &[Show::Payments])
                .await?;
            let mut differences = Differences::default();
            let paid = preview.fields.iter().find(|field| field.name == "paid");
            if let Some(paid) = paid {
                differences.texts("paid", &paid.value, &amount(document.sums.paid).to_string());
            }
            let same =
                |p: &mk::Payment| amount(p.amount) == wanted.amount && p.date == Some(wanted.date);
            match document.payments.iter().rfind(|p| same(p)) {
                Some(there) => {
                    differences.texts("way", &wanted.way, &text(there.payment_type.as_ref()));
                }
                None => differences.texts("amount", &wanted.amount.to_string(), ""),
            }
            Ok(of_document(&document, differences.0, seen_at))
        }
    }
}

/// What has changed between two previews.
pub(super) fn previews(before: &ActPreview, now: &ActPreview) -> Vec<ActDifference> {
    let (before, now) = (flat(before), flat(now));
    let names = before
        .keys()
        .chain(now.keys().filter(|name| !before.contains_key(*name)));
    let mut differences = Differences::default();
    let value =
        |of: &BTreeMap<String, String>, name: &String| of.get(name).cloned().unwrap_or_default();
    for name in names {
        differences.texts(name, &value(&before, name), &value(&now, name));
    }
    differences.0
}

/// All values of a preview by name.
fn flat(preview: &ActPreview) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for field in &preview.fields {
        // What is written stays the same; what it rests on may not.
        let value = if field.before.is_empty() {
            &field.value
        } else {
            &field.before
        };
        all.insert(field.name.clone(), value.clone());
    }
    for (n, line) in (1_usize..).zip(&preview.lines) {
        for (name, value) in line_values(line) {
            all.insert(format!("line {n} {name}"), value);
        }
    }
    for twin in &preview.twins {
        all.insert(format!("twin {}", twin.id), twin.name.clone());
    }
    if preview.total != Amount::ZERO {
        all.insert("total".to_owned(), preview.total.to_string());
    }
    for (n, problem) in (1_usize..).zip(&preview.problems) {
        all.insert(format!("problem {n}"), problem.clone());
    }
    all
}

fn line_values(line: &ActLine) -> [(&'static str, String); 6] {
    [
        ("code", line.code.clone()),
        ("name", line.name.clone()),
        ("amount", line.amount.to_string()),
        ("price", line.price.to_string()),
        ("discount", line.discount.to_string()),
        ("tax", line.tax.to_string()),
    ]
}

/// Pairs that are not the same.
#[derive(Debug, Default)]
struct Differences(Vec<ActDifference>);

impl Differences {
    fn texts(&mut self, name: &str, wanted: &str, found: &str) {
        let (wanted, found) = (wanted.trim(), found.trim());
        // Line breaks change on the way, and nobody sees it.
        let plain = |text: &str| text.replace("\r\n", "\n");
        if plain(wanted) != plain(found) {
            self.0.push(ActDifference {
                name: name.to_owned(),
                wanted: wanted.to_owned(),
                found: found.to_owned(),
            });
        }
    }

    fn amounts(&mut self, name: &str, wanted: Amount, found: Amount) {
        self.texts(name, &wanted.to_string(), &found.to_string());
    }
}

fn of_partner(partner: &mk::Partner, differences: Vec<ActDifference>, seen_at: Timestamp) -> Back {
    let id = partner.mk_id.to_string();
    Back {
        differences,
        result: ActResult {
            number: text(partner.name.as_ref()),
            customer: id.clone(),
            id,
        },
        facts: FactsBatch {
            customers: vec![translate::customer(partner, seen_at)],
            ..FactsBatch::default()
        },
    }
}

fn of_document(
    document: &mk::Document,
    differences: Vec<ActDifference>,
    seen_at: Timestamp,
) -> Back {
    let customer = document.partner.as_ref().and_then(|p| p.mk_id.as_ref());
    let (facts, _unplaced) = translate::batch(std::slice::from_ref(document), seen_at);
    Back {
        differences,
        result: ActResult {
            id: document.mk_id.to_string(),
            number: text(document.count_code.as_ref()),
            customer: customer.map(mk::MkId::to_string).unwrap_or_default(),
        },
        facts,
    }
}

fn partner_differences(wanted: &NewPartner, partner: &mk::Partner) -> Vec<ActDifference> {
    let mut differences = Differences::default();
    differences.texts("name", &wanted.name, &text(partner.name.as_ref()));
    differences.texts(
        "tax_number",
        &wanted.tax_number,
        &text(partner.tax_number.as_ref()),
    );
    let flag = |yes: bool| if yes { "yes" } else { "no" };
    for (name, wanted, found) in [
        ("company", wanted.company, partner.business_entity),
        ("taxpayer", wanted.taxpayer, partner.taxpayer),
        ("foreign", wanted.foreign, partner.foreign),
    ] {
        if let Some(found) = found {
            differences.texts(name, flag(wanted), flag(found));
        }
    }
    let lives = partner.addresses.first().cloned().unwrap_or_default();
    differences.texts("street", &wanted.street, &text(lives.street.as_ref()));
    differences.texts(
        "post_number",
        &wanted.post_number,
        &text(lives.post_number.as_ref()),
    );
    differences.texts("place", &wanted.place, &text(lives.city.as_ref()));
    if !wanted.country.trim().is_empty() {
        differences.texts("country", &wanted.country, &text(lives.country.as_ref()));
    }
    people(
        &mut differences,
        (&wanted.contact, &wanted.email, &wanted.phone),
        partner,
    );
    differences.0
}

fn contact_differences(wanted: &NewContact, partner: &mk::Partner) -> Vec<ActDifference> {
    let mut differences = Differences::default();
    people(
        &mut differences,
        (&wanted.name, &wanted.email, &wanted.phone),
        partner,
    );
    differences.0
}

/// Compares with the contact that fits best.
fn people(differences: &mut Differences, wanted: (&str, &str, &str), partner: &mk::Partner) {
    let (name, email, phone) = wanted;
    if [name, email, phone]
        .iter()
        .all(|text| text.trim().is_empty())
    {
        return;
    }
    let fits = |c: &&mk::Contact| {
        if email.trim().is_empty() {
            alike(&text(c.name.as_ref()), name)
        } else {
            alike(&text(c.email.as_ref()), email)
        }
    };
    let there = partner
        .contacts
        .iter()
        .find(fits)
        .cloned()
        .unwrap_or_default();
    differences.texts("contact", name, &text(there.name.as_ref()));
    differences.texts(
        "email",
        &email.to_lowercase(),
        &text(there.email.as_ref()).to_lowercase(),
    );
    let found = there.phone.as_ref().or(there.gsm.as_ref());
    differences.texts("phone", phone, &text(found));
}

fn document_differences(
    wanted: &NewDocument,
    preview: &ActPreview,
    document: &mk::Document,
) -> Vec<ActDifference> {
    let mut differences = Differences::default();
    let customer = document.partner.as_ref().and_then(|p| p.mk_id.as_ref());
    let customer = customer.map(mk::MkId::to_string).unwrap_or_default();
    differences.texts("customer", &wanted.customer, &customer);
    let day = |day: Option<jiff::civil::Date>| day.map(|d| d.to_string()).unwrap_or_default();
    differences.texts("date", &wanted.date.to_string(), &day(document.doc_date));
    let until = match wanted.what {
        NewKind::Offer => document.offer.valid_to,
        NewKind::Order => document.order.delivery_deadline,
    };
    if wanted.until.is_some() {
        differences.texts("until", &day(wanted.until), &day(until));
    }
    differences.texts(
        "currency",
        &wanted.currency,
        &text(document.currency_code.as_ref()),
    );
    differences.texts(
        "their_number",
        &wanted.their_number,
        &text(document.buyer_order.as_ref()),
    );
    differences.texts("title", &wanted.title, &text(document.title.as_ref()));
    differences.texts("notes", &wanted.notes, &text(document.notes.as_ref()));
    differences.texts(
        "lines",
        &preview.lines.len().to_string(),
        &document.lines.len().to_string(),
    );
    for (n, (line, there)) in (1_usize..).zip(preview.lines.iter().zip(&document.lines)) {
        line_differences(&mut differences, n, line, there);
    }
    differences.amounts("total", preview.total, amount(document.sums.all));
    differences.0
}

fn line_differences(differences: &mut Differences, n: usize, line: &ActLine, there: &mk::Line) {
    let code = there.code.as_ref().or(there.count_code.as_ref());
    differences.texts(&format!("line {n} code"), &line.code, &text(code));
    differences.amounts(
        &format!("line {n} amount"),
        line.amount,
        amount(there.amount),
    );
    // Where only the price with tax is told, the total says what there is to say.
    if there.price.is_some() {
        differences.amounts(&format!("line {n} price"), line.price, amount(there.price));
    }
    differences.amounts(
        &format!("line {n} discount"),
        line.discount,
        amount(there.discount),
    );
}
