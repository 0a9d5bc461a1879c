//! The simulated Metakocka over real HTTP: its dialect, its gotchas, its faults, and the books it keeps.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::needless_pass_by_value,
    reason = "a test may fail loudly"
)]

mod client;
mod dialect;
mod faults;
mod goods;
mod partners;
mod program;
mod sample;
mod searches;
mod seeds;
mod webhooks;
mod writes;
