//! How the mirror of the ERP stands, as the window sees it.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Seq;

word! {
    /// What the mirror does; nothing is connected, everything is read for the first time, changes come, the ERP does not
    /// answer just now, somebody has to do something.
    pub enum MirrorState { Off, First, Live, Behind, NeedsYou }
    /// Kinds of facts that are looked for apart.
    pub enum MirroredKind { Customer, Offer, Order, Invoice, Product }
}

dto! {
    /// How the mirror stands, as far as this desk was told.
    pub struct ErpOverview {
        state: MirrorState,
        /// Why it needs somebody or is behind; empty when all is well.
        why: String,
        /// When the ERP last answered, when the server last told.
        last_at: Option<String>, told_at: Option<String>,
        /// Of the first mirror; null once it is whole.
        progress: Option<ErpProgress>,
        fresh: Vec<FactsAge>,
        customers: Seq, documents: Seq, products: Seq,
        /// Since the server started: calls, those that failed, rows a sweep found different.
        calls: Seq, errors: Seq, drift: Seq,
        /// Calls are held back after persistent failure.
        paused: bool,
        /// Customers this desk can name, keeps the facts of, and keeps them of at most.
        known: Seq, followed: Seq, kept: Seq,
        coverage: ErpCoverage,
    }
    /// How far a first mirror is.
    pub struct ErpProgress { done: Seq, total: Seq, seconds_left: Option<Seq> }
    /// Until when facts of a kind are known to be true; `from`: only those of that day or later.
    pub struct FactsAge { kind: MirroredKind, at: String, from: Option<String> }
    /// Of the addresses in the mail of the last twelve months: all, with a customer, tied by hand, said to be nobody's.
    pub struct ErpCoverage { addresses: Seq, known: Seq, by_hand: Seq, of_none: Seq }
    /// The company's Metakocka as an admin enters it.
    pub struct ErpEntry { base_url: String, company: String, key: String }
    /// A line of the audit log; null: whoever runs the server.
    pub struct AuditLine { at: String, member: Option<String>, action: String, detail: String }
}
