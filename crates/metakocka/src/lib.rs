//! Typed client of Metakocka, the ERP. Knows nothing of Kontor.
//!
//! [`Client`] is a company's Metakocka: make one from a [`Config`] and clone it. Reading is [`Client::search`] and
//! [`Client::walk`] for documents, [`Client::get_document`], [`Client::get_partner`], [`Client::product_list`],
//! [`Client::warehouse_stock`] for the rest. What comes back is a [`Page`] or a value with its [`Defect`]s: the service
//! writes JSON in a dialect of its own, and one odd field never costs an answer. Every [`Error`] says what is wrong and what
//! to do.
//!
//! Writing is [`Client::put_document`] and its neighbours. A write is sent once and never again: where its answer does not
//! come, that is [`Error::UnknownOutcome`], and [`Client::find_written`], [`Client::find_added_partner`] or
//! [`Client::find_payment`] look for what it may have done. Events of changed stock are read by [`webhook`].
//!
//! ```no_run
//! # async fn read() -> Result<(), kontor_metakocka::Error> {
//! use kontor_metakocka::{Client, Config, DocType, Document, Search, SecretKey};
//!
//! let key = SecretKey::new("from the admin");
//! let client = Client::new(Config::new("https://main.metakocka.si", "1234", key))?;
//! let mut orders = client.walk::<Document>(Search::of(DocType::SalesOrder));
//! while let Some(step) = orders.next().await? {
//!     for order in step.items { /* keep it */ }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Architecture invariants: nothing the service sends can panic; no request is sent twice unless it is a read; the key is in
//! no error, no `Debug` and no log; no task is spawned and no clock is read but tokio's, for pauses.

mod answer;
mod breaker;
mod client;
mod config;
mod dialect;
mod discovery;
mod document;
mod draft;
mod error;
mod id;
mod line;
mod message;
mod page;
mod partner;
mod product;
mod search;
mod secret;
mod statistics;
mod stock;
mod walk;
pub mod webhook;

#[cfg(test)]
mod mutation_tests;

pub use breaker::BreakerState;
pub use client::{
    AddedPartner, AddedProduct, Client, Outcome, PartnerKey, Printing, REPORT_OF_BILLS,
    ReportToken, Sought, Written,
};
pub use config::{BreakerConfig, Config};
pub use dialect::{Decimal, Defect, NotANumber};
pub use discovery::{Discovery, KnownFilter};
pub use document::{
    Attachment, BillPart, Change, DocLink, Document, ExtraColumn, Instalment, Line, OfferPart,
    OrderPart, Payment, Sums,
};
pub use draft::{
    AddressDraft, Changes, ContactDraft, Credits, DocumentDiscount, DocumentDraft, FileDraft,
    GrowingFile, LineDraft, LinePrice, LineTax, PartnerDraft, PartnerRef, PartnerUpdate,
    PaymentMode, PriceDraft, PriceListDraft, ProductDraft, ProductUpdate, Trace, Transaction,
};
pub use error::Error;
pub use id::{DocType, MkId};
pub use message::{
    EmailMessage, Message, MessagesAsked, PhoneMessage, PhoneText, PhoneWay, Sent, Thread,
};
pub use page::{Page, REGISTER_LIMIT};
pub use partner::{Address, Contact, DocPartner, Partner, PartnerDiscount};
pub use product::{Localised, Price, PriceList, Product, ProductQuery, ProductStock};
pub use search::{Filter, Light, Order, SEARCH_LIMIT, Search, Show};
pub use secret::SecretKey;
pub use statistics::{PathStatistics, Statistics};
pub use stock::{Stock, StockQuery, StockRow, Warehouse, summed};
pub use walk::{Row, Step, Walk};
