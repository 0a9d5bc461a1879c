//! What a dossier shows: plain values for doors. Amounts are numbers here, exact up to a hundred billion; dates are
//! YYYY-MM-DD, moments are moments.

use jiff::Timestamp;
use serde::Serialize;

/// What is known of whoever writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DossierView {
    /// Whose mail this is; `None` while nobody is certain, or it is nobody's.
    pub customer: Option<CustomerView>,
    /// Whose it may be, the likeliest first; empty where that is known.
    pub suggestions: Vec<SuggestionView>,
    /// The address it is about, lower case; empty where a customer was asked for by id and no mail.
    pub address: String,
    /// It was tied to this customer, or to none, by hand.
    pub linked: bool,
    /// The customers the address is of, where there are several, to go from one to the other; by name, one that was tied
    /// by hand first.
    pub several: Vec<SuggestionView>,
    /// Followed, and its facts have not come yet.
    pub waiting: bool,
    /// An ERP is connected at all.
    pub connected: bool,
}

/// A customer it may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SuggestionView {
    /// The ERP's id.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: SuggestionReason,
}

/// Why somebody is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionReason {
    /// The customer has exactly this address.
    SameAddress,
    /// The customer has another address of this domain.
    SameDomain,
    /// The sender's name has the customer's name in it.
    SameName,
}

impl SuggestionReason {
    /// Returns the stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SameAddress => "same_address",
            Self::SameDomain => "same_domain",
            Self::SameName => "same_name",
        }
    }
}

/// A customer with what its documents come to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerView {
    /// The ERP's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// No longer in the register of the ERP; its documents stay.
    pub gone: bool,
    /// The ERP's number of it, as people know it; may be empty.
    pub number: String,
    /// Tax number; may be empty.
    pub tax_number: String,
    /// By turnover of the last twelve months (docs/customers.md); `None` without any.
    pub rank: Option<kontor_crm::Rank>,
    /// How it stands with us (docs/customers.md).
    pub status: kontor_crm::Standing,
    /// People and desks there.
    pub contacts: Vec<ContactView>,
    /// Street, post, country: a line each.
    pub address: Vec<String>,
    /// Per currency; those whose figures are all zero are left out.
    pub totals: Vec<TotalView>,
    /// Billed less credited in the twelve months before today, per currency.
    pub turnover_12_months: Vec<TurnoverView>,
    /// The newest order.
    pub last_order: Option<LastOrderView>,
    /// How many documents.
    pub counts: CountsView,
    /// The newest 20 documents.
    pub documents: Vec<DocumentView>,
    /// What it bought lately, newest first.
    pub products: Vec<ProductView>,
    /// The customers of the ERP it is made of, who stands for them first; empty where it is one only.
    pub partners: Vec<PartnerView>,
    /// Other customers of the ERP that are likely the same, the likeliest first.
    pub duplicates: Vec<DuplicateView>,
    /// When the oldest of the shown facts was last seen true.
    pub as_of: Option<Timestamp>,
    /// How much of that age is worth a word.
    pub stale: kontor_crm::Staleness,
}

/// A customer as the ERP has it: one of those a customer here is made of, or one it may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartnerView {
    /// The ERP's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The ERP's number of it; empty where it has none or it is not here.
    pub number: String,
    /// Post code and town; empty where they are not here.
    pub place: String,
    /// No longer in the register of the ERP.
    pub gone: bool,
    /// How many documents of it are here.
    pub documents: u32,
}

/// A customer of the ERP that is likely the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DuplicateView {
    /// Who.
    pub partner: PartnerView,
    /// Why: `tax_number`, `name_and_place`, `address`; the strongest first.
    pub reasons: Vec<&'static str>,
}

/// Two customers of the ERP that are likely one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LikelySame {
    /// Somebody said that they are not, for these reasons.
    pub dismissed: bool,
    /// The one with the smaller id.
    pub one: PartnerView,
    /// The other.
    pub other: PartnerView,
    /// As in [`DuplicateView::reasons`].
    pub reasons: Vec<&'static str>,
}

/// A person or desk at a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactView {
    /// May be empty.
    pub name: String,
    /// Lower case; may be empty.
    pub email: String,
    /// May be empty.
    pub phone: String,
}

/// What bills come to in a currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TotalView {
    /// ISO 4217.
    pub currency: String,
    /// Bills less credit notes.
    pub total: f64,
    /// Of it not paid.
    pub open: f64,
    /// Of it due before today.
    pub overdue: f64,
}

/// Turnover in a currency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TurnoverView {
    /// ISO 4217.
    pub currency: String,
    /// Billed less credited.
    pub total: f64,
}

/// The newest order, in a line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LastOrderView {
    /// The ERP's id.
    pub id: String,
    /// The number people know it by.
    pub number: String,
    /// Its day.
    pub date: Option<String>,
    /// All of it, with taxes.
    pub total: f64,
    /// ISO 4217.
    pub currency: String,
    /// The stable word of its state, else the label.
    pub status: String,
    /// The label people see.
    pub status_label: String,
}

/// How many documents of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CountsView {
    /// Offers.
    pub offers: u32,
    /// Orders.
    pub orders: u32,
    /// Bills and credit notes.
    pub invoices: u32,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DocumentView {
    /// The ERP's id.
    pub id: String,
    /// Whose: the customer's id.
    pub customer: String,
    /// `offer`, `order`, `invoice` or `credit_note`.
    pub kind: &'static str,
    /// The ERP's own word for the type.
    pub doc_type: String,
    /// The number people know it by.
    pub number: String,
    /// The customer's own number for it; may be empty.
    pub their_number: String,
    /// What it is called; may be empty.
    pub title: String,
    /// Its day.
    pub date: Option<String>,
    /// When it is to be paid, runs out or is promised.
    pub due: Option<String>,
    /// All of it, with taxes.
    pub total: f64,
    /// ISO 4217.
    pub currency: String,
    /// Of a bill what is not paid; 0 of others, and of drafts.
    pub open: f64,
    /// Days a bill with something open is late; `None` where it is not.
    pub overdue_days: Option<u32>,
    /// The stable word of its state, else the label; may be empty.
    pub status: String,
    /// The label people see; may be empty.
    pub status_label: String,
    /// False while a bill is a draft.
    pub issued: bool,
    /// What stands on it.
    pub lines: Vec<LineView>,
    /// What was paid and when.
    pub payments: Vec<PaymentView>,
    /// Numbers of documents it belongs with.
    pub belongs_with: Vec<String>,
    /// When this was last seen true.
    pub as_of: Timestamp,
}

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineView {
    /// The product's code; may be empty.
    pub code: String,
    /// What people read.
    pub name: String,
    /// How much.
    pub amount: f64,
    /// Of what; may be empty.
    pub unit: String,
    /// For one, before discount.
    pub price: f64,
    /// Percent.
    pub discount: f64,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PaymentView {
    /// Its day, where known.
    pub date: Option<String>,
    /// How much.
    pub amount: f64,
    /// How, as the ERP calls it; may be empty.
    pub kind: String,
}

/// A product a customer bought.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductView {
    /// Its code; may be empty.
    pub code: String,
    /// What people read.
    pub name: String,
    /// How much, of all documents that were looked at.
    pub amount: f64,
    /// Of what; may be empty.
    pub unit: String,
    /// Day of the newest document with it.
    pub last_at: Option<String>,
}

/// A document named in a mail.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DocRefView {
    /// As it stands in the mail.
    pub text: String,
    /// `subject`, `body` or `attachment`.
    pub place: &'static str,
    /// Name of the attachment; `None` elsewhere, and where it has none.
    pub file: Option<String>,
    /// The document.
    pub document: DocumentView,
}

/// A document a search found by its number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundDocument {
    /// Whose: who stands for all that are one with it.
    pub customer: String,
    /// Its name; empty where the directory lacks it.
    pub customer_name: String,
    /// The document.
    pub document: DocumentView,
}

/// What lists say beside addresses.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BadgesView {
    /// Addresses of customers, sorted.
    pub known: Vec<BadgeView>,
    /// Addresses of nobody the ERP has that are in one conversation only; sorted, empty where no ERP is connected.
    pub first: Vec<String>,
}

/// What lists say beside an address of a customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BadgeView {
    /// The address, lower case.
    pub address: String,
    /// The ERP's id.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// How much it buys.
    pub rank: Option<kontor_crm::Rank>,
    /// How it stands.
    pub status: kontor_crm::Standing,
    /// Days the bill is late that waits longest; `None` where none is.
    pub overdue_days: Option<u32>,
    /// An order is promised for today and not done.
    pub ships_today: bool,
}

/// A page of documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DocumentsView {
    /// The documents, newest first.
    pub documents: Vec<DocumentView>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: u64,
}

/// What a customer's charts draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ChartsView {
    /// By currency, then oldest first; every currency has the same months.
    pub months: Vec<MonthView>,
    /// A row for each product and currency, those worth most first.
    pub products: Vec<SoldView>,
}

/// What was billed in a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MonthView {
    /// ISO 4217.
    pub currency: String,
    /// Its first day.
    pub begins: String,
    /// Bills less credit notes, with taxes.
    pub billed: f64,
    /// Of it not paid.
    pub open: f64,
}

/// What was bought of a product, of the newest 100 documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SoldView {
    /// ISO 4217.
    pub currency: String,
    /// What it came to, before taxes.
    pub worth: f64,
    /// Its code; may be empty.
    pub code: String,
    /// What people read.
    pub name: String,
    /// How much, in all currencies.
    pub amount: f64,
    /// Of what; may be empty.
    pub unit: String,
    /// Day of the newest document with it.
    pub last_at: Option<String>,
}

/// A mail that names a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MailOfDocument {
    /// The mail.
    pub message: kontor_model::MessageId,
    /// Its conversation.
    pub thread: kontor_model::ThreadId,
    /// Its subject.
    pub subject: String,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// When.
    pub date: kontor_model::Millis,
}

/// How the mirror of the ERP stands, as this desk knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrmStatus {
    /// As the server last told.
    pub state: kontor_protocol::FactsState,
    /// When it told so; `None`: never.
    pub told_at: Option<Timestamp>,
    /// Seconds since the ERP last answered, as far as this desk was told.
    pub age_seconds: Option<u64>,
    /// Customers in this desk's directory.
    pub known: u64,
    /// Customers whose facts are here or wanted.
    pub followed: u64,
    /// Of how many customers facts are kept at most.
    pub kept: u32,
}
