//! Facts of the ERP: what the server's mirror of Metakocka tells desks.
//!
//! Facts are no events. An event is for ever and goes to every desk; a company has a million documents, of which a desk
//! wants those of the customers it writes with, and only as they are now. So facts are rows with a `version` each, one
//! counter an organisation, and the server always wins:
//!
//! - [`FactsState`] comes after the welcome and whenever the mirror has got further: a hint with the newest version, how
//!   fresh each kind of fact is, and how the mirror fares.
//! - A desk reads the **directory**, all customers with their addresses, by cursor ([`CustomersPage`]): a customer whose
//!   own data or documents changed has moved to its end.
//! - For the customers it follows it asks what changed since the version it holds ([`DossierPage`]).
//! - The products that are sold, with prices and stock, it reads by a cursor of their own ([`ProductsPage`]).
//!
//! A desk stores a page and its cursor in one transaction. Only desks whose hello has the capability [`FACTS`] are told.

use jiff::Timestamp;
use jiff::civil::Date;
use kontor_model::Amount;
use serde::{Deserialize, Serialize};

/// The capability of both sides.
pub const FACTS: &str = "facts";
/// Most rows of a [`CustomersPage`].
pub const MAX_CUSTOMERS: usize = 500;
/// Most rows of a [`ProductsPage`].
pub const MAX_PRODUCTS: usize = 500;
/// Most customers asked for in one frame, and most documents in one [`DossierPage`].
pub const MAX_DOSSIERS: usize = 100;

/// How the mirror of an organisation stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactsState {
    /// Names these versions; others after a restore or when another company was connected. A desk that knows another
    /// life forgets its facts and reads from 0. Empty: no ERP is connected.
    pub life: String,
    /// The newest version of any fact.
    pub version: u64,
    /// The newest version of any product; 0 where none is mirrored.
    #[serde(default)]
    pub products: u64,
    /// What the mirror does.
    pub state: MirrorState,
    /// Why it needs somebody or is behind, for people; empty when all is well.
    #[serde(default)]
    pub why: String,
    /// When the ERP last answered.
    pub last_at: Option<Timestamp>,
    /// How fresh each kind of fact is.
    #[serde(default)]
    pub fresh: Vec<Freshness>,
    /// Of the first mirror; `None` once it is whole.
    #[serde(default)]
    pub progress: Option<MirrorProgress>,
    /// What was counted.
    #[serde(default)]
    pub counts: MirrorCounts,
}

/// What a mirror does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MirrorState {
    /// No ERP is connected.
    #[default]
    Off,
    /// Reading everything for the first time; what is here can be used.
    First,
    /// Everything is here, changes come by themselves.
    Live,
    /// The ERP does not answer just now; tried again by itself.
    Behind,
    /// Somebody has to do something, see `why`.
    NeedsYou,
}

/// Until when facts of a kind are known to be true. A row's own `seen_at` may be later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freshness {
    /// The kind.
    pub kind: FactKind,
    /// When all changes of it were last taken over.
    pub at: Timestamp,
    /// Only those dated on or after this day; `None`: all.
    #[serde(default)]
    pub from: Option<Date>,
}

/// Kinds of facts that are looked for apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// Customers and their contacts.
    Customer,
    /// Offers.
    Offer,
    /// Orders.
    Order,
    /// Invoices, credit notes among them.
    Invoice,
    /// Products, their prices and their stock.
    Product,
}

/// How far the first mirror is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorProgress {
    /// Documents that are here.
    pub done: u64,
    /// Documents there are, as far as the ERP has told.
    pub total: u64,
    /// Seconds left at the pace of the last minutes; `None` while nothing can be said.
    pub seconds_left: Option<u64>,
}

/// What a mirror has counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorCounts {
    /// Customers that are here.
    pub customers: u64,
    /// Documents that are here.
    pub documents: u64,
    /// Products that are here.
    pub products: u64,
    /// Calls made since the server started.
    pub calls: u64,
    /// Those that failed.
    pub errors: u64,
    /// Rows a full sweep found different though no look for changes had told of them.
    pub drift: u64,
    /// True while calls are held back after persistent failure.
    pub breaker_open: bool,
}

/// Enough of a customer to tell whose mail this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    /// The ERP's id (`mk_id`), the id of the subject `customer:ID`.
    pub id: String,
    /// Its version; larger than before when the customer or one of its documents changed.
    pub version: u64,
    /// Its name.
    pub name: String,
    /// Mail addresses of the customer and its contacts, lower case.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Tax number; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tax_number: String,
    /// Post code and town, as in [`CustomerCard::place`]; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// No longer in the register of the ERP. Its documents stay: what was sold was sold.
    #[serde(default)]
    pub gone: bool,
}

/// A page of the directory, in the order of `version`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersPage {
    /// As in [`FactsState::life`].
    pub life: String,
    /// The cursor that was asked for.
    pub after: u64,
    /// At most [`MAX_CUSTOMERS`].
    pub rows: Vec<CustomerRow>,
    /// The cursor to go on from: everything up to here was read.
    pub upto: u64,
    /// More is there already.
    pub more: bool,
}

/// Somebody wants a customer's facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedDossier {
    /// Whose.
    pub customer: String,
    /// The version that is held, 0 for none: only what is newer comes.
    pub after: u64,
}

/// A customer's facts that are newer than asked. A large dossier comes in several pages, oldest version first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierPage {
    /// As in [`FactsState::life`].
    pub life: String,
    /// Whose.
    pub customer: String,
    /// The version that was asked for.
    pub after: u64,
    /// Who it is, where that changed; `None` too when there is no such customer.
    pub card: Option<CustomerCard>,
    /// Documents that changed; at most [`MAX_DOSSIERS`].
    pub documents: Vec<Document>,
    /// The version to go on from.
    pub upto: u64,
    /// More of this customer follows when asked from `upto`.
    pub more: bool,
}

/// Who a customer is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerCard {
    /// The ERP's number of it, as people know it; may be empty.
    #[serde(default)]
    pub number: String,
    /// Its name.
    pub name: String,
    /// Tax number; may be empty.
    #[serde(default)]
    pub tax_number: String,
    /// Street, post and country, one line each; empty lines left out.
    #[serde(default)]
    pub address: Vec<String>,
    /// Country, ISO 3166 alpha 2, where known.
    #[serde(default)]
    pub country: String,
    /// People and desks there.
    #[serde(default)]
    pub contacts: Vec<CustomerContact>,
    /// Days it has to pay, where agreed.
    #[serde(default)]
    pub payment_days: Option<u32>,
    /// When the ERP was last seen to say so.
    pub seen_at: Timestamp,
}

impl CustomerCard {
    /// Returns the line of the address that has post code and town: the first whose first word has three digits, else the
    /// middle one of street, town and country; empty where none can be told.
    #[must_use]
    pub fn place(&self) -> &str {
        let coded = |line: &&String| {
            let code = line.split_whitespace().next().unwrap_or_default();
            code.chars().filter(char::is_ascii_digit).count() >= 3 && code.len() < line.trim().len()
        };
        let middle = || match self.address.as_slice() {
            [_street, town, _country] => Some(town),
            _ => None,
        };
        let line = self.address.iter().find(coded).or_else(middle);
        line.map_or("", |line| line.as_str())
    }
}

/// A person or desk at a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerContact {
    /// May be empty.
    #[serde(default)]
    pub name: String,
    /// Lower case; may be empty.
    #[serde(default)]
    pub email: String,
    /// May be empty.
    #[serde(default)]
    pub phone: String,
}

/// What kind of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// `sales_offer`.
    Offer,
    /// `sales_order`.
    Order,
    /// `sales_bill_domestic`, `_foreign`, `_retail`, `_prepaid`.
    Invoice,
    /// `sales_bill_credit_note`: takes away from what was sold.
    CreditNote,
}

/// A document as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The ERP's id (`mk_id`).
    pub id: String,
    /// Its version; within a dossier larger than that of everything before.
    pub version: u64,
    /// No longer in the ERP: of the rest only the ids count.
    #[serde(default)]
    pub gone: bool,
    /// What it is.
    pub kind: DocumentKind,
    /// The ERP's own word for the type, such as `sales_bill_foreign`.
    pub doc_type: String,
    /// The number people know it by.
    pub number: String,
    /// Its day.
    pub date: Option<Date>,
    /// When it is to be paid (bills) or runs out (offers) or is promised (orders).
    #[serde(default)]
    pub due: Option<Date>,
    /// ISO 4217.
    pub currency: String,
    /// All of it, with taxes.
    pub total: Amount,
    /// What was paid of it.
    #[serde(default)]
    pub paid: Amount,
    /// The stable word of its state where there is one (`status_desc`), else the label; may be empty.
    #[serde(default)]
    pub status: String,
    /// The label people see; may be empty.
    #[serde(default)]
    pub status_label: String,
    /// The customer's own number for it; may be empty.
    #[serde(default)]
    pub their_number: String,
    /// What it is called; may be empty.
    #[serde(default)]
    pub title: String,
    /// False while a bill is a draft.
    #[serde(default = "yes")]
    pub issued: bool,
    /// What stands on it.
    #[serde(default)]
    pub lines: Vec<DocumentLine>,
    /// What was paid and when, where the ERP tells.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// Numbers of documents it belongs with: the offer of an order, the order of a bill.
    #[serde(default)]
    pub belongs_with: Vec<String>,
    /// When the ERP was last seen to say so.
    pub seen_at: Timestamp,
}

fn yes() -> bool {
    true
}

/// A line of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLine {
    /// The product's code; may be empty.
    #[serde(default)]
    pub code: String,
    /// What people read.
    pub name: String,
    /// How much.
    pub amount: Amount,
    /// Of what; may be empty.
    #[serde(default)]
    pub unit: String,
    /// For one, before discount; without tax unless `with_tax`.
    pub price: Amount,
    /// The price has the tax in it.
    #[serde(default)]
    pub with_tax: bool,
    /// Percent.
    #[serde(default)]
    pub discount: Amount,
}

/// A payment on a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Its day, where known.
    pub date: Option<Date>,
    /// How much.
    pub amount: Amount,
    /// How, as the ERP calls it; may be empty.
    #[serde(default)]
    pub kind: String,
}

/// Something that is sold, as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRow {
    /// The ERP's id (`mk_id`).
    pub id: String,
    /// Its version; larger than before when anything of it changed, its stock among it.
    pub version: u64,
    /// No longer sold, or no longer in the ERP: of the rest only the id counts.
    #[serde(default)]
    pub gone: bool,
    /// The code that lines of documents name it by; may be empty.
    #[serde(default)]
    pub code: String,
    /// Its number in the register (`count_code`); may be empty.
    #[serde(default)]
    pub number: String,
    /// Its name.
    pub name: String,
    /// What one of it is: `kos`, `m2`; may be empty.
    #[serde(default)]
    pub unit: String,
    /// A service: has no stock.
    #[serde(default)]
    pub service: bool,
    /// What one of it costs everybody, at most one price a currency; empty where the ERP has none.
    #[serde(default)]
    pub prices: Vec<ProductPrice>,
    /// How much is there, all warehouses together; may be negative. `None` where the ERP does not say.
    #[serde(default)]
    pub stock: Option<Amount>,
    /// How much of it is promised to nobody; `None` where the ERP keeps no reservations.
    #[serde(default)]
    pub free: Option<Amount>,
    /// When the ERP was last seen to say so.
    pub seen_at: Timestamp,
    /// When it was last seen to say so of the stock: later than `seen_at` where news of the stock came.
    pub stock_at: Timestamp,
}

/// What a product costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductPrice {
    /// ISO 4217.
    pub currency: String,
    /// For one; without tax unless `with_tax`.
    pub price: Amount,
    /// The price has the tax in it.
    #[serde(default)]
    pub with_tax: bool,
    /// The register's code of the tax, as new documents name it (`EX4`); may be empty.
    #[serde(default)]
    pub tax: String,
    /// The tax in percent, where the ERP says.
    #[serde(default)]
    pub tax_percent: Option<Amount>,
    /// The price list it stands in; may be empty.
    #[serde(default)]
    pub list: String,
}

/// A page of the products, in the order of `version`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductsPage {
    /// As in [`FactsState::life`].
    pub life: String,
    /// The cursor that was asked for.
    pub after: u64,
    /// At most [`MAX_PRODUCTS`].
    pub rows: Vec<ProductRow>,
    /// The cursor to go on from: everything up to here was read.
    pub upto: u64,
    /// More is there already.
    pub more: bool,
}

/// The field of a record about `address:EMAIL` that ties the address to a customer by hand: the customer's id, or
/// [`NO_CUSTOMER`] for "of none", whatever the ERP says.
pub const CUSTOMER_OF: &str = "customer";
/// See [`CUSTOMER_OF`].
pub const NO_CUSTOMER: &str = "-";
/// The field of a record about `customer:ID` that says by hand that the ERP has this customer twice: the id of the one it
/// counts with, in the company's own mapping only. Nothing is written to the ERP.
pub const SAME_AS: &str = "same_as";
/// Fields of a record about `customer:ID` that say by hand that it only looks like another customer: this and the other's
/// id behind it, about the smaller of both (a shorter id is smaller, then by its signs). The value is the reasons they
/// looked alike for then, apart by commas: with another reason the question comes back.
pub const APART: &str = "apart.";

#[cfg(test)]
mod tests;
