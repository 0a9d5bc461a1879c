//! The real server, asked from outside: over WebSocket, HTTP and the command line.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why; its numbers are small and known"
)]

mod catching_up;
mod certificate;
mod company;
mod crm;
mod erp_door;
mod facts;
mod files;
mod house;
mod inside;
mod isolation;
mod joining;
mod neighbours;
mod nodes;
mod presence;
mod process;
mod pushing;
mod refusing;
mod requests;
mod webhook;
