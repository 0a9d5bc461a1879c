//! The customer beside a mail, as the window sees it.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Real;

word! {
    /// Why it may be theirs: they are one of several with this address, or have one of its domain, or are in the sender's name.
    pub enum SuggestionReason { SameAddress, SameDomain, SameName }
    /// Why two customers of the ERP are likely one: the same tax number; the same name at the same place; an address of both.
    pub enum DuplicateReason { TaxNumber, NameAndPlace, Address }
    /// How much a customer buys.
    pub enum CustomerRank { A, B, C }
    /// How a customer stands with us.
    pub enum CustomerStatus { Prospect, New, Active, Sleeping, Overdue }
    /// How much of the age of facts is worth a word.
    pub enum Staleness { Fresh, Old, VeryOld }
    /// What kind of paper.
    pub enum DocumentKind { Offer, Order, Invoice, CreditNote }
    /// Where a document stands: not paid, late, paid; a bill not issued; an order not done.
    pub enum DocumentState { Open, Overdue, Paid, Draft, ToShip }
    /// Where a document is named.
    pub enum NamedIn { Subject, Body, Attachment }
    /// How a table is written: with a decimal point or comma.
    pub enum TableLanguage { En, Sl }
}

dto! {
    /// Whose mail a conversation is, and what is known of them.
    pub struct DossierView {
        /// Null while nobody is certain, or where it is nobody's.
        customer: Option<CustomerView>,
        /// Whose it may be, the likeliest first.
        suggestions: Vec<CustomerSuggestion>,
        /// The address it is about; may be empty.
        address: String,
        /// Somebody said so by hand.
        linked: bool,
        /// The customers the address is of, where there are several, to go from one to the other.
        several: Vec<CustomerSuggestion>,
        /// The customer is known here, its facts are on their way.
        waiting: bool,
        /// An ERP is connected at all.
        connected: bool,
    }
    /// A customer it may be.
    pub struct CustomerSuggestion { customer: String, name: String, reason: SuggestionReason }
    /// A customer of the directory.
    pub struct CustomerHit { id: String, name: String }
    /// A customer with what its documents come to.
    pub struct CustomerView {
        id: String, name: String,
        /// No longer in the register of the ERP; its documents stay.
        gone: bool,
        /// The ERP's number of it; may be empty.
        number: String,
        tax_number: String, rank: Option<CustomerRank>, status: CustomerStatus,
        contacts: Vec<CustomerContact>,
        /// Street, post, country: a line each.
        address: Vec<String>,
        /// Per currency.
        totals: Vec<CustomerTotals>,
        turnover_12_months: Vec<Turnover>,
        last_order: Option<LastOrder>, counts: DocumentCounts,
        /// The newest first; fewer than there are.
        documents: Vec<DocumentView>,
        products: Vec<BoughtProduct>,
        /// The customers of the ERP it is made of, who stands for them first; empty where it is one only.
        partners: Vec<CustomerPartner>,
        /// Other customers of the ERP that are likely the same.
        duplicates: Vec<CustomerDuplicate>,
        /// When the oldest of these facts was last seen true.
        as_of: Option<String>,
        stale: Staleness,
    }
    /// A customer as the ERP has it. Number and place may be empty; the documents are those that are here.
    pub struct CustomerPartner {
        id: String, name: String, number: String, place: String, gone: bool, documents: u32,
    }
    /// A customer of the ERP that is likely the same, and why.
    pub struct CustomerDuplicate { partner: CustomerPartner, reasons: Vec<DuplicateReason> }
    /// A person or desk at a customer; each part may be empty.
    pub struct CustomerContact { name: String, email: String, phone: String }
    /// What bills come to in a currency: in all, not paid, due before today.
    pub struct CustomerTotals { currency: String, total: Real, open: Real, overdue: Real }
    /// Billed less credited in twelve months.
    pub struct Turnover { currency: String, total: Real }
    /// The newest order.
    pub struct LastOrder {
        id: String, number: String,
        /// A day, YYYY-MM-DD.
        date: Option<String>,
        total: Real, currency: String, status: String, status_label: String,
    }
    /// How many documents there are.
    pub struct DocumentCounts { offers: u32, orders: u32, invoices: u32 }
    /// A document.
    pub struct DocumentView {
        id: String, customer: String, kind: DocumentKind,
        /// The ERP's own word for the type.
        doc_type: String,
        number: String,
        /// The customer's own number for it; may be empty.
        their_number: String,
        title: String, date: Option<String>,
        /// When it is to be paid, runs out or is promised.
        due: Option<String>,
        total: Real, currency: String,
        /// Of a bill what is not paid.
        open: Real,
        /// Days a bill is late; null where it is not.
        overdue_days: Option<u32>,
        /// The stable word of its state, else the label; may be empty.
        status: String,
        status_label: String,
        /// False while a bill is a draft.
        issued: bool,
        lines: Vec<DocumentLine>, payments: Vec<DocumentPayment>,
        /// Numbers of documents it belongs with.
        belongs_with: Vec<String>,
        as_of: String,
    }
    /// A line of a document: the price of one, the discount in percent.
    pub struct DocumentLine { code: String, name: String, amount: Real, unit: String, price: Real, discount: Real }
    /// A payment on a document.
    pub struct DocumentPayment { date: Option<String>, amount: Real, kind: String }
    /// A product a customer bought lately.
    pub struct BoughtProduct { code: String, name: String, amount: Real, unit: String, last_at: Option<String> }
    /// What lists say beside addresses.
    pub struct Badges {
        known: Vec<Badge>,
        /// Addresses of no customer that are in one conversation only.
        first: Vec<String>,
    }
    /// What lists say beside an address of a customer.
    pub struct Badge {
        /// Lower case.
        address: String,
        customer: String, name: String, rank: Option<CustomerRank>, status: CustomerStatus,
        /// Days the bill is late that waits longest; null where none is.
        overdue_days: Option<u32>,
        /// An order is promised for today and not done.
        ships_today: bool,
    }
    /// A document a conversation names.
    pub struct NamedDocument {
        /// As it stands there.
        text: String,
        place: NamedIn,
        /// Name of the attachment; null elsewhere, and where it has none.
        file: Option<String>,
        document: DocumentView,
    }
    /// A document a search found by its number, and whose it is; the name may be empty.
    pub struct FoundDocument { customer: String, customer_name: String, document: DocumentView }
    /// Which documents; null narrows nothing.
    pub struct DocumentFilter {
        /// Invoices with their credit notes.
        kind: Option<DocumentKind>,
        state: Option<DocumentState>,
        /// Of this day, YYYY-MM-DD, or later.
        from: Option<String>,
        /// Of this day or earlier.
        until: Option<String>,
    }
    /// A page of documents, newest first.
    pub struct DocumentPage { documents: Vec<DocumentView>, next: Option<String>, total: u32 }
    /// What a customer's charts draw.
    pub struct CustomerCharts {
        /// By currency, then oldest first; every currency has the same months.
        months: Vec<BilledMonth>,
        /// For each product and currency, those worth most first.
        products: Vec<SoldProduct>,
    }
    /// Bills less credit notes of a month, and what of them is not paid.
    pub struct BilledMonth {
        currency: String,
        /// Its first day, YYYY-MM-DD.
        begins: String,
        billed: Real, open: Real,
    }
    /// What was bought of a product lately; worth it before taxes.
    pub struct SoldProduct {
        currency: String, worth: Real, code: String, name: String,
        /// In all currencies.
        amount: Real,
        unit: String, last_at: Option<String>,
    }
}
