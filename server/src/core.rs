//! The team's memory without a network: storage, and the hub every desk is attached to.

pub mod clock;
pub mod hub;
pub mod identity;
mod presence;
pub mod session;
pub mod snapshot;
pub mod storage;
