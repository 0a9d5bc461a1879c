//! Provider over IMAP, submission over SMTP.
//!
//! [`ImapProvider`] is one connection: a line cut into answers ([`wire`](crate::Clock)), a lenient reader of answers, a
//! thin session of raw commands, and on top one file for each thing the provider surface asks for. Why it reads the line
//! by itself is told in docs/adr/0003-imap-session.md; what single providers do differently in docs/provider-quirks.md.
//!
//! Architecture invariants: nothing a server sends can panic or end a connection but a broken line; nothing is sent
//! before the line is protected.

mod answer;
mod append;
mod apply;
mod caps;
mod changes;
mod command;
mod date;
pub mod dial;
pub mod discover;
mod fault;
mod fetch;
mod fetch_item;
mod folders;
pub mod mutf7;
mod provider;
mod quirks;
mod roles;
mod scan;
mod session;
mod set;
pub mod smtp;
mod structure;
mod survey;
pub mod tls;
mod watch;
mod wire;

pub use provider::{Compress, ImapProvider, Options};
pub use survey::{Survey, survey};
pub use tls::TlsConfig;
pub use wire::Clock;
