//! What the store answers when it cannot do what is asked.

/// A failure of the store, in a sentence a person can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file itself.
    #[error(transparent)]
    Database(#[from] kontor_sqlite::Error),
    /// What was asked for is not here (any more). The text names it: "message 12".
    #[error("there is no {0} here")]
    Missing(String),
    /// An account with this address and server is here already.
    #[error("the account {0} is already set up; remove it first or change it")]
    AccountExists(String),
    /// It is not in a state that allows this; the sentence says why.
    #[error("{0}")]
    NotNow(String),
    /// A stored value cannot be read: written by a newer version, or damaged.
    #[error("{what} in the mail store cannot be read ({why}); run `kontorctl doctor`")]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// Why.
        why: String,
    },
}

impl Error {
    pub(crate) fn unreadable(what: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Unreadable {
            what,
            why: why.to_string(),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(e: rusqlite::Error) -> Self {
        Self::Database(e.into())
    }
}

/// What a call into the store answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;
