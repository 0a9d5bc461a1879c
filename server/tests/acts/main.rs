//! Acts: desks over the line inside one process, a real storage, the real client, Metakocka simulated at the HTTP line.
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on says why; its numbers are small and known"
)]

mod backup;
mod chance;
mod files;
mod looking;
mod lost;
mod many;
mod nodes;
mod stage;
mod writing;
