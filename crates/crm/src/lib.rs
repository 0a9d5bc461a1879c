//! Whose mail this is, and what is known of them: decisions on plain rows, in docs/customers.md as rules.
//!
//! - [`whose`] says whose mail an address's is, or whom it may be of and why.
//! - [`same`] puts customers together the ERP has twice.
//! - [`sums`] says what a customer's documents come to: totals, turnover, rank, standing.
//! - [`age`] says until when that is known to be true.
//! - [`products`] says what was bought lately.
//! - [`months`] says what was billed in each month.
//! - [`ships`] says whether an order is still to be sent.
//! - [`check`] finds facts in a text and says whether the ERP says the same.
//! - [`numbers`] finds what may be a document's number in a text.
//! - [`template`] fills the placeholders of a template in.
//! - [`written`] writes money and days as people do.
//!
//! Architecture invariant: nothing is read or written here, and no clock is asked; rows and days come in.

pub mod age;
pub mod check;
mod freemail;
pub mod months;
pub mod numbers;
pub mod products;
pub mod same;
pub mod ships;
pub mod sums;
pub mod template;
pub mod whose;
pub mod written;

pub use age::Staleness;
pub use freemail::is_freemail;
pub use sums::{Rank, Rules, Standing};
