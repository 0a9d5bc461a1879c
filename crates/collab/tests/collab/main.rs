//! Desks with real profiles, and an order of events in place of a server: what the protocol promises, and no more.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod acts;
mod convergence;
mod facts;
mod fields;
mod life;
mod lines;
mod notes;
mod snapshots;
mod support;
mod teams;
mod traces;
mod within;
mod written;
