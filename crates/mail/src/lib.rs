//! Mail without a protocol: the surface a provider offers, what to do with what it says, threads, the search language.

pub mod mbox;
pub mod plan;
pub mod provider;
pub mod search;
pub mod threads;
