//! Values in SQLite's form: ids as 16 bytes, numbers as signed 64 bits.

use kontor_protocol::{MemberId, OrgId};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use uuid::Uuid;

/// An id as 16 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Id(pub(super) Uuid);

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_bytes().as_slice()))
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        Uuid::from_slice(bytes)
            .map(Self)
            .map_err(|e| FromSqlError::Other(Box::new(e)))
    }
}

impl From<OrgId> for Id {
    fn from(id: OrgId) -> Self {
        Self(id.0)
    }
}

impl From<MemberId> for Id {
    fn from(id: MemberId) -> Self {
        Self(id.0)
    }
}

/// A count that is never negative in our tables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count(pub(super) u64);

impl ToSql for Count {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(i64::try_from(self.0).unwrap_or(i64::MAX)))
    }
}

impl FromSql for Count {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        u64::try_from(number)
            .map(Self)
            .map_err(|_negative| FromSqlError::OutOfRange(number))
    }
}

/// A limit that SQLite can take.
pub(super) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
