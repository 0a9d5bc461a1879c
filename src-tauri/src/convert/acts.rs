//! Acts become DTOs, forms become acts.

use std::str::FromStr;

use kontor_engine as engine;
use kontor_engine::model::Amount;
use kontor_engine::protocol;
use kontor_engine::{Code, Error};

use crate::dto::Real;
use crate::dto::acts::{
    ActDifference, ActField, ActFound, ActKind, ActLine, ActPreview, ActState, ActTax, ActTwin,
    ActView, ContactForm, DocumentForm, DocumentRef, LineForm, PartnerForm, PaymentForm,
    ProductHit, TwinReason,
};

impl From<engine::ActView> for ActView {
    fn from(of: engine::ActView) -> Self {
        let protocol::ActOutcome {
            preview,
            why,
            differences,
            results,
            ..
        } = of.outcome;
        Self {
            id: of.id,
            kind: kind(&of.act),
            about: of.about,
            state: state(of.state),
            waiting: of.waiting,
            preview: preview.map(Into::into),
            why,
            differences: differences
                .into_iter()
                .map(|d| ActDifference {
                    name: d.name,
                    wanted: d.wanted,
                    found: d.found,
                })
                .collect(),
            results: results
                .into_iter()
                .map(|r| ActFound {
                    id: r.id,
                    number: r.number,
                    customer: r.customer,
                })
                .collect(),
            made_at: of.made_at.to_string(),
        }
    }
}

fn kind(act: &protocol::Act) -> ActKind {
    match act {
        protocol::Act::AddPartner(_) => ActKind::AddPartner,
        protocol::Act::AddContact(_) => ActKind::AddContact,
        protocol::Act::AddDocument(_) => ActKind::AddDocument,
        protocol::Act::SetStatus { .. } => ActKind::SetStatus,
        protocol::Act::AddPayment(_) => ActKind::AddPayment,
        protocol::Act::AttachFile { .. } => ActKind::AttachFile,
    }
}

fn state(state: protocol::ActState) -> ActState {
    match state {
        protocol::ActState::Planned => ActState::Planned,
        protocol::ActState::Confirmed => ActState::Confirmed,
        protocol::ActState::Sent => ActState::Sent,
        protocol::ActState::Written => ActState::Written,
        protocol::ActState::NotWritten => ActState::NotWritten,
        protocol::ActState::CannotTell => ActState::CannotTell,
        protocol::ActState::Refused => ActState::Refused,
    }
}

fn real(amount: Amount) -> Real {
    Real(amount.to_f64())
}

impl From<protocol::ActPreview> for ActPreview {
    fn from(of: protocol::ActPreview) -> Self {
        let field = |f: protocol::ActField| ActField {
            name: f.name,
            before: f.before,
            value: f.value,
        };
        let tax = |t: protocol::ActTax| ActTax {
            rate: real(t.rate),
            amount: real(t.amount),
        };
        let twin = |t: protocol::Twin| ActTwin {
            id: t.id,
            name: t.name,
            tax_number: t.tax_number,
            same: match t.same.as_str() {
                "tax_number" => TwinReason::TaxNumber,
                "email" => TwinReason::Email,
                _ => TwinReason::Name,
            },
        };
        Self {
            token: of.token,
            fields: of.fields.into_iter().map(field).collect(),
            lines: of.lines.into_iter().map(Into::into).collect(),
            currency: of.currency,
            net: real(of.net),
            taxes: of.taxes.into_iter().map(tax).collect(),
            total: real(of.total),
            twins: of.twins.into_iter().map(twin).collect(),
            problems: of.problems,
            notes: of.notes,
        }
    }
}

impl From<protocol::ActLine> for ActLine {
    fn from(of: protocol::ActLine) -> Self {
        Self {
            code: of.code,
            name: of.name,
            unit: of.unit,
            amount: real(of.amount),
            price: real(of.price),
            discount: real(of.discount),
            tax: real(of.tax),
            net: real(of.net),
            stock: of.stock.map(real),
        }
    }
}

pub(crate) fn product(row: protocol::ProductRow, currency: &str) -> ProductHit {
    let price = row.prices.iter().find(|price| price.currency == currency);
    ProductHit {
        code: row.code,
        name: row.name,
        unit: row.unit,
        // One with the tax in it is worked out by the server.
        price: price.filter(|p| !p.with_tax).map(|p| real(p.price)),
        tax: price.and_then(|p| p.tax_percent).map(real),
        stock: row.free.or(row.stock).map(real),
    }
}

pub(crate) fn partner(form: PartnerForm) -> protocol::Act {
    protocol::Act::AddPartner(protocol::NewPartner {
        name: form.name,
        company: form.company,
        taxpayer: form.taxpayer,
        foreign: form.foreign,
        tax_number: form.tax_number,
        street: form.street,
        post_number: form.post_number,
        place: form.place,
        country: form.country,
        contact: form.contact,
        email: form.email,
        phone: form.phone,
        not_these: form.not_these,
    })
}

pub(crate) fn contact(form: ContactForm) -> protocol::Act {
    protocol::Act::AddContact(protocol::NewContact {
        customer: form.customer,
        name: form.name,
        email: form.email,
        phone: form.phone,
    })
}

pub(crate) fn document(form: DocumentForm) -> Result<protocol::Act, Error> {
    let lines: Result<Vec<_>, Error> = form.lines.into_iter().map(line).collect();
    Ok(protocol::Act::AddDocument(protocol::NewDocument {
        what: if form.offer {
            protocol::NewKind::Offer
        } else {
            protocol::NewKind::Order
        },
        customer: form.customer,
        date: day(&form.date)?,
        currency: form.currency,
        until: (!form.until.is_empty())
            .then(|| day(&form.until))
            .transpose()?,
        their_number: form.their_number,
        title: form.title,
        notes: form.notes,
        lines: lines?,
    }))
}

fn line(form: LineForm) -> Result<protocol::NewLine, Error> {
    let maybe = |text: &str| (!text.trim().is_empty()).then(|| amount(text)).transpose();
    Ok(protocol::NewLine {
        code: form.code,
        amount: amount(&form.amount)?,
        price: maybe(&form.price)?,
        discount: maybe(&form.discount)?.unwrap_or_default(),
        tax: maybe(&form.tax)?,
    })
}

pub(crate) fn payment(form: PaymentForm) -> Result<protocol::Act, Error> {
    Ok(protocol::Act::AddPayment(protocol::NewPayment {
        document: named(form.document),
        amount: amount(&form.amount)?,
        date: day(&form.date)?,
        way: form.way,
        notes: form.notes,
    }))
}

pub(crate) fn named(document: DocumentRef) -> protocol::DocumentName {
    protocol::DocumentName {
        id: document.id,
        doc_type: document.doc_type,
    }
}

/// As people type it: `1240,50` and `1240.50` are one.
fn amount(text: &str) -> Result<Amount, Error> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    plain.replace(',', ".").parse().map_err(|_no_number| {
        Error::new(
            Code::Usage,
            format!("“{text}” is no amount. Write it with digits and one decimal separator."),
        )
    })
}

fn day<D: FromStr>(text: &str) -> Result<D, Error> {
    let none = || Error::new(Code::Usage, format!("“{text}” is no day. Choose one."));
    text.parse().map_err(|_no_day| none())
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_are_read_as_they_are_typed() {
        for (text, want) in [
            ("1240,50", Some("1240.50")),
            (" 1 240.5 ", Some("1240.50")),
            ("1.240,50", None),
            ("", None),
        ] {
            let read = amount(text).ok().map(|amount| amount.to_string());
            assert_eq!(read.as_deref(), want, "{text}");
        }
    }
}
