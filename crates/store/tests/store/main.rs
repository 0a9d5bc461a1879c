//! The store as the engine uses it: real files, no mocks. Every test ends with `check`, the rules that always hold.
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
mod bodies;
mod changes;
mod customers;
mod drafts;
mod duplicates;
mod gist;
mod lists;
mod note_files;
mod operations;
mod order;
mod outbox;
mod packs;
mod papers;
mod past;
mod processes;
mod products;
mod removal;
mod ruled;
mod schema;
mod search;
mod snippets;
mod strangers;
mod support;
mod team;
mod team_counts;
mod threads;
