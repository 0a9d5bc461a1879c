//! Books to JSON, field by field as the real one writes them.

mod document;
mod partner;
mod product;

pub(crate) use document::{Switches, document};
pub(crate) use partner::{partner, party};
pub(crate) use product::{Returns, product, stock};
