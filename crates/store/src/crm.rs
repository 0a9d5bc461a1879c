//! Customers of the ERP, as the server's mirror of it tells this desk: rows, read offline.
//!
//! Everybody is in the directory ([`customer`]), with the addresses their mail comes from, and everything that is sold in
//! [`product`]. Cards and documents are here of
//! those that are followed ([`followed`]): a mail of theirs is here ([`seen`]), or somebody looked at them. Both are settled
//! in the transaction that brings the mail or the row, so that nothing has to go round and look.
//!
//! Ids and JSON are text here: this crate keeps them and knows nothing of the protocol.

pub(crate) mod act;
mod coverage;
pub(crate) mod customer;
pub(crate) mod document;
pub(crate) mod document_body;
pub(crate) mod document_page;
pub(crate) mod duplicate;
pub(crate) mod facts;
pub(crate) mod followed;
pub(crate) mod gist;
pub(crate) mod name;
pub(crate) mod paper;
pub(crate) mod past;
pub(crate) mod product;
pub(crate) mod seen;

use crate::{Result, Write};

impl Write<'_> {
    /// What is known of customers changed: one entry of the change log, however much it was.
    pub fn touch_customers(&mut self) {
        self.tally.customers = true;
    }

    /// Forgets everything the ERP told: another company's comes, or none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn forget_facts(&mut self) -> Result<()> {
        self.touch_customers();
        self.tally.customer_addresses = true;
        for table in [
            "customer",
            "customer_address",
            "customer_word",
            "customer_card",
            "document",
            "document_past",
            "followed",
            "product",
            "facts",
        ] {
            self.tx.execute(&format!("DELETE FROM {table}"), [])?;
        }
        Ok(())
    }
}
