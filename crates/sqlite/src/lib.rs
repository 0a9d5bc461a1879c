//! One SQLite file: one writer, a few readers, dated migrations. Knows no tables.
//!
//! - **One writer thread** per process owns the only connection that may write. Work is queued to it in two lanes:
//!   what a person waits for goes before bulk work. Every job is one `BEGIN IMMEDIATE` transaction.
//! - **Readers** are pooled, `query_only`, and see one snapshot per [`Database::read`]. WAL lets them run beside the writer.
//! - **Several processes** may open one file (the app and `kontorctl`). They wait for each other; "database is locked"
//!   never leaves this crate. After a bulk transaction the writer pauses for a moment so that a waiting process gets in.
//!   What the others commit is noticed without asking for it all the time.
//! - **The WAL stays bounded:** a thread moves it into the file while the writer goes on, and when it falls idle.
//!
//! Architecture invariant: nothing here knows what is stored.

mod checkpoint;
mod database;
mod error;
mod migration;
mod others;
mod readers;
mod writer;

pub use database::{Database, Options};
pub use error::Error;
pub use migration::Migration;
pub use writer::Lane;

/// What a call into the database answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;
