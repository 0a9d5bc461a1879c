//! The profile's tables.
