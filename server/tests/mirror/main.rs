//! The mirror: a real storage, the real client, Metakocka simulated at the HTTP line.
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why; its numbers are small and known"
)]

mod answers;
mod company;
mod fresh;
mod goods;
mod hostile;
mod moving;
mod parting;
mod surviving;
mod walking;
