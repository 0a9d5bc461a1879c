//! Real servers for tests, and the sample company that lives on them.
//!
//! [`Dovecot`] is a private IMAP, LMTP and submission server on loopback; [`FaultProxy`] stands before any of its
//! ports and misbehaves on demand; [`company`] fills it with the mail of Hrast & Vijak. [`Postgres`] is a private
//! database server, [`OidcProvider`] a company's sign-in. Nothing here needs an async runtime: servers and proxies run on their own threads, so blocking and
//! async tests use them alike.
//!
//! Only for tests, the demo and the benchmarks: no room of the product may depend on this one.

pub mod company;
pub mod desk;
pub mod dovecot;
pub mod imap;
pub mod lmtp;
pub mod maildir;
pub mod mime;
pub mod oidc;
pub mod ports;
pub mod postgres;
pub mod proxy;
pub mod rng;
pub mod screen;
pub mod sink;
pub mod team_server;
pub mod utf7;

pub use desk::Desk;
pub use dovecot::{Dovecot, DovecotBuilder};
pub use imap::Imap;
pub use maildir::Mail;
pub use oidc::{Colleague, OidcFault, OidcProvider};
pub use postgres::Postgres;
pub use proxy::{Direction, FaultProxy, Faults};
pub use rng::Rng;
pub use screen::Screen;
pub use sink::Relayed;
pub use team_server::TeamServer;
