//! Values in PostgreSQL's form. Ids travel as text and are cast in the statement, numbers have signed 64 bits.

use std::str::FromStr;

use super::super::{Result, StorageError};

/// An id out of a row.
pub(super) fn id<T: FromStr<Err = uuid::Error>>(text: &str) -> Result<T> {
    text.parse()
        .map_err(|e| StorageError::Damaged(format!("“{text}” stands where an id should: {e}")))
}

/// A count that is never negative in our tables.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A count as the database takes it.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A limit as the database takes it.
pub(super) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
