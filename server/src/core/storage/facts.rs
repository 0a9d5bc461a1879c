//! What the storage keeps of the ERP: the connection, and the mirror's facts with their versions.
//!
//! Facts are made of what the ERP says and can be read again: a backup has the connection (its key sealed) and leaves the
//! facts out. One counter an organisation numbers the facts; a fact that is put again as it was keeps its version.

use jiff::Timestamp;
use kontor_model::Amount;
use kontor_protocol::{
    CustomerCard, CustomerRow, Document, DocumentKind, FactsState, OrgId, ProductRow,
};

use super::{Answer, AuditEntry};

/// A connection to be kept in place of the one before.
#[derive(Clone, Debug)]
pub struct NewErp {
    /// Where it lives, without a slash at the end.
    pub base_url: String,
    /// Which company there.
    pub company_id: String,
    /// The key, sealed by the server's own (never in a log).
    pub sealed_key: Vec<u8>,
    /// The life of its facts, random. Another company begins a new one and forgets the facts; a new key for the same
    /// company keeps both.
    pub life: String,
    /// When.
    pub at: Timestamp,
}

/// A connection to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Of its facts: another company that was connected meanwhile stays.
    pub life: String,
    /// Also while acts are on their way: nobody can tell then what became of them, and each says so.
    pub anyway: bool,
    /// The line of the audit log; the acts that were left behind are added to it.
    pub audit: AuditEntry,
}

impl Leaving {
    /// Says in the audit log what was left behind.
    pub(super) fn leave(&mut self, acts: &[String]) {
        if !acts.is_empty() {
            let named = acts.join(", ");
            self.audit
                .detail
                .push_str(&format!("; nobody can tell what became of: {named}"));
        }
    }
}

/// The tables of facts, beside the connection's own.
pub(super) const FACTS: [&str; 3] = ["erp_document", "erp_customer", "erp_product"];

/// The connection of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErpRow {
    /// As in [`NewErp`].
    pub base_url: String,
    /// As in [`NewErp`].
    pub company_id: String,
    /// As in [`NewErp`].
    pub sealed_key: Vec<u8>,
    /// Of the facts that are here.
    pub life: String,
    /// Somebody asked for a look at once, then; the mirror tells in its memo what it has answered.
    pub asked_at: Option<Timestamp>,
    /// What the mirror wants to know after a new start: its own text, empty at first.
    pub memo: String,
    /// What the ERP signs its news with, sealed as the key is; `None`: it sends none.
    pub sealed_webhook: Option<Vec<u8>>,
}

/// A customer as the mirror found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCustomer {
    /// The ERP's id.
    pub id: String,
    /// Who it is; its `seen_at` does not count as a change.
    pub card: CustomerCard,
    /// Addresses of it and its contacts, lower case, each once.
    pub addresses: Vec<String>,
    /// Only what a document told of it: kept where nothing better is here; its addresses are added to those that are.
    /// Such a customer is bare until it is put whole.
    pub bare: bool,
    /// No longer in the register; what else stands here is what was known of it. Not where it is `bare`.
    pub gone: bool,
}

/// A document as the mirror found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundDocument {
    /// Whose.
    pub customer: String,
    /// The document; its `version` and `seen_at` do not count as a change. `gone` takes it away.
    pub document: Document,
}

/// The stock of a product, read by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundStock {
    /// Of which; one that is not here is left out.
    pub product: String,
    /// As in [`ProductRow::stock`].
    pub stock: Option<Amount>,
    /// As in [`ProductRow::free`].
    pub free: Option<Amount>,
    /// When.
    pub at: Timestamp,
    /// The news it was read because of, as [`Facts::stock_news`] numbered it: done with, unless newer came meanwhile.
    pub news: u64,
}

/// What one look brought, kept in one transaction.
#[derive(Clone, Debug, Default)]
pub struct FactsBatch {
    /// Customers, each once.
    pub customers: Vec<FoundCustomer>,
    /// Documents, each once. One whose customer is not here yet makes a bare row of it.
    pub documents: Vec<FoundDocument>,
    /// The mirror's memo from now on; `None`: as it was.
    pub memo: Option<String>,
    /// The state desks are told from now on; `life`, `version` and the counts of rows are filled in by the storage.
    pub state: Option<FactsState>,
    /// Number of the sweep these were seen in: rows with a smaller one were not. `None`: no sweep.
    pub sweep: Option<u64>,
    /// Products, each once; `version` does not count. One that is `gone` is taken away.
    pub products: Vec<ProductRow>,
    /// Number of the round over all products these were seen in, as `sweep` is for documents.
    pub round: Option<u64>,
    /// Stock that was read by itself, each product once.
    pub stocks: Vec<FoundStock>,
}

/// What became of a [`FactsBatch`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PutFacts {
    /// The newest version of the organisation.
    pub version: u64,
    /// Rows that were new or other than before.
    pub changed: u64,
    /// The documents among them, by id.
    pub documents: Vec<String>,
}

/// The part of a [`super::Storage`] that keeps facts. Every call is one transaction.
pub trait Facts: Send + Sync {
    /// Keeps a connection in place of the one before.
    ///
    /// # Errors
    /// [`super::StorageError::UnderWay`] where it is another company and acts are on their way into the one before; when
    /// nothing was stored.
    fn connect_erp(&self, org: OrgId, erp: NewErp) -> impl Answer<()>;

    /// Forgets a connection with its sealed key, all facts and what the mirror noted, and ends the acts that were to be
    /// looked at; whoever mirrors finds nothing to do. What people said of customers is none of this. False, and nothing
    /// is changed, where the facts have another life or nothing is connected.
    ///
    /// # Errors
    /// [`super::StorageError::UnderWay`] where acts are on their way; when nothing was stored.
    fn disconnect_erp(&self, org: OrgId, leaving: Leaving) -> impl Answer<bool>;

    /// The connection of an organisation; `None` where there is none.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn erp(&self, org: OrgId) -> impl Answer<Option<ErpRow>>;

    /// The organisations that have one.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn erps(&self) -> impl Answer<Vec<OrgId>>;

    /// Keeps what the ERP signs its news with, sealed, in place of the one before; `None` for nothing. Kept until another
    /// company is connected. False where nothing is connected.
    ///
    /// # Errors
    /// When nothing was stored.
    fn keep_webhook(&self, org: OrgId, sealed: Option<Vec<u8>>) -> impl Answer<bool>;

    /// Asks whichever node mirrors for a look at once. False where nothing is connected.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn ask_look(&self, org: OrgId, at: Timestamp) -> impl Answer<bool>;

    /// Makes `node` the one that mirrors, until then; true where it is now. The ERP bears one at a time.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn lead_mirror(
        &self,
        org: OrgId,
        node: String,
        until: Timestamp,
        now: Timestamp,
    ) -> impl Answer<bool>;

    /// Keeps what a look brought; `None`, and nothing is stored, where the facts have another life by now. A row that is
    /// as it was keeps its version and is only seen.
    ///
    /// # Errors
    /// When nothing was stored.
    fn put_facts(
        &self,
        org: OrgId,
        life: String,
        batch: FactsBatch,
    ) -> impl Answer<Option<PutFacts>>;

    /// At most `limit` documents of some kinds that were not seen in sweep `sweep`, by id: what the ERP has no longer, or
    /// moved. They are looked at one by one before anything is taken away.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn unswept(
        &self,
        org: OrgId,
        kinds: Vec<DocumentKind>,
        sweep: u64,
        limit: usize,
    ) -> impl Answer<Vec<FoundDocument>>;

    /// At most `limit` customers of whom only documents told so far, by id.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn bare_customers(&self, org: OrgId, limit: usize) -> impl Answer<Vec<String>>;

    /// At most `limit` customers that are not bare, the one whose card was seen longest ago first, with when that was.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn stalest_customers(&self, org: OrgId, limit: usize) -> impl Answer<Vec<(String, Timestamp)>>;

    /// At most `limit` products that are here and were not seen in this round, by id.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn unmet_products(&self, org: OrgId, round: u64, limit: usize) -> impl Answer<Vec<ProductRow>>;

    /// The ERP said that the stock of these products changed: marks those that are here to be read. Answers how many.
    ///
    /// # Errors
    /// When nothing was stored.
    fn stock_news(&self, org: OrgId, products: Vec<String>) -> impl Answer<u64>;

    /// At most `limit` products whose stock is to be read, by id, with the number of the news that said so.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn stock_wanted(&self, org: OrgId, limit: usize) -> impl Answer<Vec<(String, u64)>>;

    /// The state desks are told, `version` and counts as of now; that of "off" where nothing is connected.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn facts_state(&self, org: OrgId) -> impl Answer<FactsState>;

    /// At most `limit` customers behind a version, by version.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn customers_after(
        &self,
        org: OrgId,
        after: u64,
        limit: usize,
    ) -> impl Answer<Vec<CustomerRow>>;

    /// A customer's card where it is newer than `after`, and at most `limit` of its documents that are, by version.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn dossier_after(
        &self,
        org: OrgId,
        customer: String,
        after: u64,
        limit: usize,
    ) -> impl Answer<(Option<CustomerCard>, Vec<Document>)>;

    /// At most `limit` products behind a version, by version.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn products_after(&self, org: OrgId, after: u64, limit: usize) -> impl Answer<Vec<ProductRow>>;

    /// Organisations whose facts or state changed, at any node. A hint: one that is missed costs a look.
    fn fact_news(&self) -> tokio::sync::broadcast::Receiver<OrgId>;
}
