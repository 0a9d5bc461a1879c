//! Acts: what a person wants written into the ERP, looked at before, confirmed, and told honestly after.
//!
//! An [`Act`] is an intention with an id its desk makes; the id is also the trace the ERP keeps, so that a write whose
//! answer got lost can be looked for. A desk asks in three steps ([`ActStep`]): it looks at a preview, it confirms exactly
//! that preview, or it asks what became of it. The server answers each with an [`ActTold`], and again when it gets on.
//!
//! The same id never writes twice, whoever sends it and however often. Only desks and servers with the capability
//! [`ACTS`] speak of acts.
//!
//! A file beside a document is named by its content and comes to the server as files of notes do, piece by piece
//! ([`ActFile`]). Servers without the capability [`ACT_FILES`] take small ones only, in the frame itself.

mod told;

use jiff::civil::Date;
use kontor_model::Amount;
use serde::{Deserialize, Serialize};

use crate::{ActId, FileHash, MAX_FILE_BYTES};
pub use told::{
    ActDifference, ActField, ActLine, ActOutcome, ActPreview, ActResult, ActState, ActTax, Twin,
};

/// The capability of both sides.
pub const ACTS: &str = "acts";
/// The capability of a server that knows files of acts by their content ([`ActFile`]).
pub const ACT_FILES: &str = "act-files";
/// The largest file an act may bring, in bytes: as large as mail and notes have them.
pub const MAX_ACT_FILE_BYTES: u64 = MAX_FILE_BYTES;
/// The largest file that goes in the frame itself, in bytes: with its Base64 it stays well below a frame.
pub const MAX_INLINE_FILE_BYTES: u64 = 2_500_000;
/// The same as Base64.
const MAX_INLINE_TEXT: u64 = MAX_INLINE_FILE_BYTES.div_ceil(3).saturating_mul(4);
/// Most lines of a document.
pub const MAX_ACT_LINES: usize = 200;
/// Longest text in an act, in characters.
const MAX_TEXT: usize = 2_000;

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Act {
    /// A customer that is not there yet.
    AddPartner(NewPartner),
    /// A person at a customer that is there.
    AddContact(NewContact),
    /// An offer or an order.
    AddDocument(NewDocument),
    /// Another state of a document.
    SetStatus {
        /// Which.
        document: DocumentName,
        /// The state, in the word the ERP keeps ([`crate::Document::status`]).
        status: String,
    },
    /// A payment that came.
    AddPayment(NewPayment),
    /// A file beside a document.
    AttachFile {
        /// Which.
        document: DocumentName,
        /// The file's name with its ending.
        name: String,
        /// Its bytes, Base64, where they go in the frame itself; empty otherwise.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        data: String,
        /// What it is, where it comes piece by piece. One of the two stands here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<ActFile>,
    },
}

/// A file of an act, named by its content: sent to the organisation's files before somebody can say yes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActFile {
    /// Of its bytes.
    pub hash: FileHash,
    /// Bytes, 1 to [`MAX_ACT_FILE_BYTES`].
    pub size: u64,
}

/// A document that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentName {
    /// The ERP's id.
    pub id: String,
    /// The ERP's own word for the type, such as `sales_order`.
    pub doc_type: String,
}

/// A customer to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewPartner {
    /// Its name.
    pub name: String,
    /// A company, not a person.
    pub company: bool,
    /// Liable to value added tax.
    pub taxpayer: bool,
    /// Abroad.
    pub foreign: bool,
    /// May be empty.
    pub tax_number: String,
    /// May be empty.
    pub street: String,
    /// May be empty.
    pub post_number: String,
    /// May be empty.
    pub place: String,
    /// In words; may be empty.
    pub country: String,
    /// The person there; may be empty.
    pub contact: String,
    /// May be empty.
    pub email: String,
    /// May be empty.
    pub phone: String,
    /// Ids of [`Twin`]s that were looked at and are somebody else. One with the same tax number is never somebody else.
    pub not_these: Vec<String>,
}

/// A person to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewContact {
    /// The customer's id.
    pub customer: String,
    /// May be empty.
    pub name: String,
    /// May be empty.
    pub email: String,
    /// May be empty.
    pub phone: String,
}

/// What new documents can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewKind {
    /// An offer.
    Offer,
    /// An order.
    Order,
}

/// An offer or order to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDocument {
    /// What it is.
    pub what: NewKind,
    /// The customer's id.
    pub customer: String,
    /// Its day.
    pub date: Date,
    /// ISO 4217.
    pub currency: String,
    /// The last day an offer holds, or the day an order is promised for.
    #[serde(default)]
    pub until: Option<Date>,
    /// The customer's own number for it; may be empty.
    #[serde(default)]
    pub their_number: String,
    /// What it is called; may be empty.
    #[serde(default)]
    pub title: String,
    /// Text below the lines; may be empty.
    #[serde(default)]
    pub notes: String,
    /// What is sold, 1 to [`MAX_ACT_LINES`].
    pub lines: Vec<NewLine>,
}

/// A line to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewLine {
    /// The product's code.
    pub code: String,
    /// How much.
    pub amount: Amount,
    /// For one, without tax; `None`: as the price list has it.
    pub price: Option<Amount>,
    /// Percent.
    pub discount: Amount,
    /// Tax in percent; `None`: as the price list has it.
    pub tax: Option<Amount>,
}

/// A payment to be noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPayment {
    /// What was paid.
    pub document: DocumentName,
    /// How much, in the document's currency.
    pub amount: Amount,
    /// When.
    pub date: Date,
    /// How, in the ERP's words.
    pub way: String,
    /// May be empty.
    #[serde(default)]
    pub notes: String,
}

/// What a desk wants done with an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActStep {
    /// Say what would be written; nothing is.
    Preview,
    /// Write what the preview named in `seen` said, and nothing else.
    Do,
    /// Say what became of it; nothing is begun.
    Ask,
}

/// A desk's frame about an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActAsk {
    /// The act's id.
    pub id: ActId,
    /// What is wanted.
    pub step: ActStep,
    /// The act, always the same under an id. Left out by [`ActStep::Ask`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// With [`ActStep::Do`]: the token of the preview somebody said yes to. With [`ActStep::Preview`]: that of an earlier
    /// yes whose end this desk never heard, so that a server that forgot it knows that it may be done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seen: String,
}

/// The server's frame about an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActTold {
    /// The act's id.
    pub id: ActId,
    /// How it stands.
    pub outcome: ActOutcome,
}

/// Why an act can never be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ActProblem(String);

impl Act {
    /// Looks for what no ERP could take.
    ///
    /// # Errors
    /// A sentence for people.
    pub fn check(&self) -> Result<(), ActProblem> {
        let wrong = |why: &str| Err(ActProblem(why.to_owned()));
        if self.texts().iter().any(|text| is_unfit(text)) {
            return wrong(
                "A text has at most 2,000 characters, and no control characters but line breaks.",
            );
        }
        match self {
            Self::AddPartner(partner) if partner.name.trim().is_empty() => {
                wrong("A customer needs a name. Enter one.")
            }
            Self::AddContact(new) if new.name.trim().is_empty() && new.email.trim().is_empty() => {
                wrong("A contact needs a name or an address. Enter one.")
            }
            Self::AddDocument(new) => new.check(),
            Self::AddPayment(new) if new.amount <= Amount::ZERO => {
                wrong("A payment is more than nothing. Enter how much came.")
            }
            Self::AddPayment(new) if new.way.trim().is_empty() => {
                wrong("Say how it was paid, in Metakocka's word for it.")
            }
            Self::SetStatus { status, .. } if status.trim().is_empty() => {
                wrong("Say which state the document is to have.")
            }
            Self::AttachFile {
                name, data, file, ..
            } => check_file(name, data, file.as_ref()),
            Self::AddPartner(_)
            | Self::AddContact(_)
            | Self::AddPayment(_)
            | Self::SetStatus { .. } => Ok(()),
        }
    }

    /// Returns the stable name of its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AddPartner(_) => "add_partner",
            Self::AddContact(_) => "add_contact",
            Self::AddDocument(_) => "add_document",
            Self::SetStatus { .. } => "set_status",
            Self::AddPayment(_) => "add_payment",
            Self::AttachFile { .. } => "attach_file",
        }
    }

    /// The document it is about, where it is about one that is there.
    #[must_use]
    pub fn document(&self) -> Option<&DocumentName> {
        match self {
            Self::SetStatus { document, .. } | Self::AttachFile { document, .. } => Some(document),
            Self::AddPayment(payment) => Some(&payment.document),
            Self::AddPartner(_) | Self::AddContact(_) | Self::AddDocument(_) => None,
        }
    }

    /// The file it brings piece by piece, where it brings one so.
    #[must_use]
    pub fn file(&self) -> Option<&ActFile> {
        match self {
            Self::AttachFile { file, .. } => file.as_ref(),
            Self::AddPartner(_)
            | Self::AddContact(_)
            | Self::AddDocument(_)
            | Self::AddPayment(_)
            | Self::SetStatus { .. } => None,
        }
    }

    fn texts(&self) -> Vec<&str> {
        match self {
            Self::AddPartner(new) => {
                let mut all = vec![
                    new.name.as_str(),
                    &new.tax_number,
                    &new.street,
                    &new.post_number,
                    &new.place,
                    &new.country,
                    &new.contact,
                    &new.email,
                    &new.phone,
                ];
                all.extend(new.not_these.iter().map(String::as_str));
                all
            }
            Self::AddContact(new) => vec![&new.customer, &new.name, &new.email, &new.phone],
            Self::AddDocument(new) => {
                let mut all = vec![
                    new.customer.as_str(),
                    &new.currency,
                    &new.their_number,
                    &new.title,
                    &new.notes,
                ];
                all.extend(new.lines.iter().map(|line| line.code.as_str()));
                all
            }
            Self::SetStatus { document, status } => {
                vec![&document.id, &document.doc_type, status]
            }
            Self::AddPayment(new) => vec![
                &new.document.id,
                &new.document.doc_type,
                &new.way,
                &new.notes,
            ],
            Self::AttachFile { document, name, .. } => {
                vec![&document.id, &document.doc_type, name]
            }
        }
    }
}

impl NewDocument {
    fn check(&self) -> Result<(), ActProblem> {
        let wrong = |why: &str| Err(ActProblem(why.to_owned()));
        if self.lines.is_empty() || self.lines.len() > MAX_ACT_LINES {
            return wrong("A document has 1 to 200 lines.");
        }
        for line in &self.lines {
            if line.code.trim().is_empty() {
                return wrong("A line needs the product's code.");
            }
            if line.amount == Amount::ZERO {
                return wrong("A line needs an amount.");
            }
            let hundred = Amount::from_ten_thousandths(1_000_000);
            let in_percent = |a: Amount| (Amount::ZERO..=hundred).contains(&a);
            if !in_percent(line.discount) || !line.tax.is_none_or(in_percent) {
                return wrong("A discount and a tax are 0 to 100 percent.");
            }
        }
        Ok(())
    }
}

fn check_file(name: &str, data: &str, file: Option<&ActFile>) -> Result<(), ActProblem> {
    let wrong = |why: &str| Err(ActProblem(why.to_owned()));
    let inline = u64::try_from(data.len()).unwrap_or(u64::MAX);
    let size = file.map_or(0, |file| file.size);
    if size > MAX_ACT_FILE_BYTES {
        return wrong("A file for Metakocka has at most 25 MB. Attach it there.");
    }
    if inline > MAX_INLINE_TEXT {
        return wrong(
            "A file in one piece has at most 2.5 MB. Update Kontor to attach larger ones.",
        );
    }
    if name.trim().is_empty() || (inline > 0) == (size > 0) {
        return wrong("The file has no name or nothing in it.");
    }
    Ok(())
}

fn is_unfit(text: &str) -> bool {
    text.chars().count() > MAX_TEXT
        || text
            .chars()
            .any(|c| c.is_control() && !"\r\n\t".contains(c))
}

#[cfg(test)]
#[path = "act_tests.rs"]
mod tests;
