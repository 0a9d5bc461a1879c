//! The sample company's books, made from a seed: the same seed, counts and day give the same bytes.
//!
//! Nothing of it is kept: partners, products and documents are made by their number when somebody asks.

pub(crate) mod deals;
mod names;
pub(crate) mod partners;
pub(crate) mod products;
pub(crate) mod sample;

use kontor_testkit::Rng;

/// The randomness of one thing: `what` keeps partners apart from products, `n` counts them.
pub(crate) fn rng(seed: u64, what: u64, n: u64) -> Rng {
    let mut mixed = Rng::new(seed ^ what.wrapping_mul(0x9E6C_63D0_876A_9A47));
    let start = mixed.next_u64();
    Rng::new(start ^ n.wrapping_mul(0xD6E8_FEB8_6659_FD93))
}

/// One of the choices; the empty text when there are none.
pub(crate) fn one_of<'a>(rng: &mut Rng, choices: &[&'a str]) -> &'a str {
    rng.pick(choices).copied().unwrap_or_default()
}

pub(crate) const PARTNERS: u64 = 1;
pub(crate) const PRODUCTS: u64 = 2;
pub(crate) const DEALS: u64 = 3;
pub(crate) const DOCUMENTS: u64 = 4;
