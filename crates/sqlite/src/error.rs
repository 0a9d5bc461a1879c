//! What can go wrong with the file, told apart by what one can do about it.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// A failure of the database, in a sentence a person can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process kept the file for longer than we wait.
    #[error(
        "another program has been using the mail store for over a minute; close it or try again"
    )]
    Busy,
    /// No space is left where the file lies.
    #[error("the disk that holds the mail store is full; free some space and try again")]
    Full,
    /// The file may not be written.
    #[error("the mail store may not be written; check the permissions of its folder")]
    ReadOnly,
    /// The file cannot be opened at all.
    #[error("{path} cannot be opened: {reason}")]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why, in SQLite's words.
        reason: String,
    },
    /// The file is damaged or no database.
    #[error("the mail store is damaged ({0}); run `kontorctl doctor`")]
    Damaged(String),
    /// An applied migration reads differently now: a mistake of ours, never of the person.
    #[error(
        "migration \"{0}\" was changed after it had been applied; a new one must be added instead"
    )]
    ChangedMigration(String),
    /// A job panicked; its transaction was rolled back and the writer lives on.
    #[error("an internal error stopped a change of the mail store; the change was not made")]
    Panicked,
    /// The database is being closed.
    #[error("the mail store is closed")]
    Closed,
    /// Anything else SQLite says: a mistake in a statement.
    #[error("the mail store refused a statement: {0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(e: rusqlite::Error) -> Self {
        match e.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(e.to_string())
            }
            _ => Self::Sqlite(e),
        }
    }
}
