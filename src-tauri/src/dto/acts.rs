//! Writing into the ERP, as the window sees it. Amounts that are typed are texts; those that are shown are numbers.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Real;

word! {
    /// What is to be written.
    pub enum ActKind { AddPartner, AddContact, AddDocument, SetStatus, AddPayment, AttachFile }
    /// How far it is: `planned` where somebody has to look and say yes.
    pub enum ActState { Planned, Confirmed, Sent, Written, NotWritten, CannotTell, Refused }
    /// What a twin has in common with the customer to be added.
    pub enum TwinReason { TaxNumber, Email, Name }
}

dto! {
    /// Something to be written into the ERP, as it stands.
    pub struct ActView {
        id: String, kind: ActKind,
        /// The conversation it came from; may be empty.
        about: String,
        state: ActState,
        /// The server has not answered yet.
        waiting: bool,
        /// What would be, or was, written; null before the ERP was asked.
        preview: Option<ActPreview>,
        /// What stands in the way or happened; may be empty.
        why: String,
        differences: Vec<ActDifference>, results: Vec<ActFound>, made_at: String,
    }
    /// Exactly what would be written.
    pub struct ActPreview {
        /// Names this preview; empty: it cannot be done.
        token: String,
        fields: Vec<ActField>, lines: Vec<ActLine>, currency: String, net: Real, taxes: Vec<ActTax>, total: Real,
        twins: Vec<ActTwin>,
        /// Why it cannot be done.
        problems: Vec<String>,
        /// What is worth knowing and stands in no way.
        notes: Vec<String>,
    }
    /// A value: new where `before` is empty, only looked at where both are the same.
    pub struct ActField { name: String, before: String, value: String }
    /// A line of a document to be written.
    pub struct ActLine {
        code: String, name: String, unit: String, amount: Real, price: Real, discount: Real, tax: Real, net: Real,
        /// In stock; null where the ERP does not say.
        stock: Option<Real>,
    }
    /// Tax of a rate, in percent.
    pub struct ActTax { rate: Real, amount: Real }
    /// A customer that is there already and may be the same.
    pub struct ActTwin { id: String, name: String, tax_number: String, same: TwinReason }
    /// Two values that should be one.
    pub struct ActDifference { name: String, wanted: String, found: String }
    /// Something in the ERP.
    pub struct ActFound { id: String, number: String, customer: String }
    /// A customer to be added.
    pub struct PartnerForm {
        name: String, company: bool, taxpayer: bool, foreign: bool, tax_number: String, street: String,
        post_number: String, place: String, country: String, contact: String, email: String, phone: String,
        /// Ids of twins that were looked at and are somebody else.
        not_these: Vec<String>,
    }
    /// A person to be added to a customer.
    pub struct ContactForm { customer: String, name: String, email: String, phone: String }
    /// An offer or order to be written.
    pub struct DocumentForm {
        offer: bool, customer: String, date: String, until: String, currency: String, their_number: String, title: String,
        notes: String, lines: Vec<LineForm>,
    }
    /// A line of it; what is left empty is the price list's.
    pub struct LineForm { code: String, amount: String, price: String, discount: String, tax: String }
    /// A product to be chosen.
    pub struct ProductHit {
        code: String, name: String, unit: String,
        /// Of one in the currency asked for, without tax; null where the price lists say none.
        price: Option<Real>,
        /// Percent; null where they do not say.
        tax: Option<Real>,
        /// In stock; null where the ERP does not say.
        stock: Option<Real>,
    }
    /// A document of the ERP.
    pub struct DocumentRef { id: String, doc_type: String }
    /// A payment to be noted.
    pub struct PaymentForm { document: DocumentRef, amount: String, date: String, way: String, notes: String }
}
