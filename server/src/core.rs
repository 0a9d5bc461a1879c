//! The team's memory without a network: storage, and (next) the hub every desk is attached to.

pub mod storage;
