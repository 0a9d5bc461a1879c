//! What the server tells of an act: how far it is, what would be written, and how that compares with what is there.

use kontor_model::Amount;
use serde::{Deserialize, Serialize};

/// How far an act is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActState {
    /// Nobody has said yes to it (any more).
    #[default]
    Planned,
    /// Somebody said yes; nothing has left for the ERP.
    Confirmed,
    /// It has left for the ERP, or may have.
    Sent,
    /// It is there; read back and compared.
    Written,
    /// It is not there, and nothing is on its way any more.
    NotWritten,
    /// It may be there: a person has to look.
    CannotTell,
    /// It was not sent: what it was based on has changed, or it cannot be.
    Refused,
}

impl ActState {
    /// Returns the stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Confirmed => "confirmed",
            Self::Sent => "sent",
            Self::Written => "written",
            Self::NotWritten => "not_written",
            Self::CannotTell => "cannot_tell",
            Self::Refused => "refused",
        }
    }

    /// True while the server works on it by itself.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Confirmed | Self::Sent)
    }
}

/// How an act stands, with everything a person needs to see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActOutcome {
    /// How far it is.
    pub state: ActState,
    /// What would be, or was, written; `None` before the ERP was asked.
    pub preview: Option<ActPreview>,
    /// What stands in the way or happened and what to do, for people; empty when all is well.
    pub why: String,
    /// Refused: what the preview said and what is so now. Written: what was wanted and what is there.
    pub differences: Vec<ActDifference>,
    /// What was written, or may be it.
    pub results: Vec<ActResult>,
}

/// Exactly what would be written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActPreview {
    /// Names this preview; [`super::ActStep::Do`] brings it back. Empty: it cannot be done, see [`ActPreview::problems`].
    pub token: String,
    /// What is written, and what of the world it rests on.
    pub fields: Vec<ActField>,
    /// The lines of a document.
    pub lines: Vec<ActLine>,
    /// ISO 4217; empty where no money is in it.
    pub currency: String,
    /// Without taxes, after discounts.
    pub net: Amount,
    /// By rate.
    pub taxes: Vec<ActTax>,
    /// With taxes.
    pub total: Amount,
    /// Customers that are there already and may be the same.
    pub twins: Vec<Twin>,
    /// Why it cannot be done, for people.
    pub problems: Vec<String>,
    /// What is worth knowing and stands in no way, for people.
    pub notes: Vec<String>,
}

/// A value of a preview.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActField {
    /// A stable word: `name`, `tax_number`, `status`, `paid`, …
    pub name: String,
    /// What is there now; empty for what is new.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// What is written; equal to `before` for what only has to stay so.
    pub value: String,
}

/// A line of a preview.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActLine {
    /// The product's code.
    pub code: String,
    /// Its name in the ERP.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// How much.
    pub amount: Amount,
    /// For one, without tax.
    pub price: Amount,
    /// Percent.
    pub discount: Amount,
    /// Tax, percent.
    pub tax: Amount,
    /// The line without tax, after its discount.
    pub net: Amount,
    /// In stock and free; `None` where the ERP does not say. Not part of what is confirmed: it moves by itself.
    pub stock: Option<Amount>,
}

/// Tax of a rate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActTax {
    /// Percent.
    pub rate: Amount,
    /// How much.
    pub amount: Amount,
}

/// A customer that may be the one to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// The ERP's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its tax number; may be empty.
    #[serde(default)]
    pub tax_number: String,
    /// What is the same: `tax_number`, `email` or `name`.
    pub same: String,
}

/// Two values that should be one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActDifference {
    /// As [`ActField::name`]; lines are `line 1 amount`.
    pub name: String,
    /// As confirmed.
    pub wanted: String,
    /// As it is.
    pub found: String,
}

/// Something in the ERP.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActResult {
    /// The ERP's id.
    pub id: String,
    /// The number people know it by, or a customer's name.
    pub number: String,
    /// The customer it is, or is for.
    #[serde(default)]
    pub customer: String,
}
