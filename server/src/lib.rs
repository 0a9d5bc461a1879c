//! `kontor-server`: one organisation's shared memory, kept in order.
//!
//! - [`core`] takes operations, numbers them and tells every desk; it knows no HTTP and runs inside the app, too.
//! - `http` is axum around it: sign-in, WebSocket, health, metrics.
//!
//! The feature `serve` (on unless asked otherwise) brings all that a server for others needs. Without it there is `core` on
//! SQLite, and nothing opens a port.
//!
//! Architecture invariant: the server orders and keeps, it never merges; desks fold the events themselves.

pub mod core;
#[cfg(feature = "serve")]
pub mod http;
