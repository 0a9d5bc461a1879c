//! What the engine answers when something cannot be done: a code to branch on and a sentence to show.

use kontor_mail::provider::Fault;
use kontor_protocol::OpProblem;

/// A failure, told by what the caller can do about it. Nobody compares sentences.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What to branch on.
    pub code: Code,
    /// What happened and what to do, for a person.
    pub message: String,
}

/// The kinds of failure someone recovers from differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// What was asked makes no sense; ask differently.
    Usage,
    /// There is no such thing.
    NotFound,
    /// No network or no server.
    Offline,
    /// The person must sign in again.
    SignIn,
    /// The server said no.
    Refused,
    /// The keychain cannot be used.
    Keychain,
    /// The profile store cannot be used.
    Store,
    /// It cannot be done now (already sent, still running).
    NotNow,
    /// A colleague answers the same conversation, and it was to be asked first.
    Collision,
    /// No customer is known by this name, id or address.
    UnknownCustomer,
    /// A mistake of ours.
    Internal,
}

impl Code {
    /// Returns the stable name, as scripts see it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::NotFound => "not_found",
            Self::Offline => "offline",
            Self::SignIn => "sign_in",
            Self::Refused => "refused",
            Self::Keychain => "keychain",
            Self::Store => "store",
            Self::NotNow => "not_now",
            Self::Collision => "collision",
            Self::UnknownCustomer => "unknown_customer",
            Self::Internal => "internal",
        }
    }
}

/// What a use case answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Makes a failure.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, message)
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }
}

/// Refuses a cursor that is not one of ours, so many numbers with points between: a list that silently began anew would
/// go round in circles.
pub(crate) fn cursor(after: Option<&str>, numbers: usize) -> Result<()> {
    let Some(text) = after else { return Ok(()) };
    let ours = text.split('.').count() == numbers
        && text.split('.').all(|part| part.parse::<i64>().is_ok());
    if ours {
        return Ok(());
    }
    Err(Error::usage(format!(
        "“{text}” is not a place to go on from; take it from the “next” of the page before."
    )))
}

impl From<kontor_store::Error> for Error {
    fn from(e: kontor_store::Error) -> Self {
        let code = match &e {
            kontor_store::Error::Missing(_) => Code::NotFound,
            kontor_store::Error::NotNow(_) => Code::NotNow,
            kontor_store::Error::AccountExists(_) => Code::Usage,
            _ => Code::Store,
        };
        Self::new(code, sentence(&e.to_string()))
    }
}

impl From<kontor_collab::Error> for Error {
    fn from(e: kontor_collab::Error) -> Self {
        use kontor_collab::Error as Team;
        let code = match &e {
            Team::Store(_) => Code::Store,
            Team::NoTeam | Team::NoVersion(..) | Team::NoConflict(_) => Code::NotFound,
            Team::Op(OpProblem::AdminsOnly) | Team::Refused(_) | Team::Foreign(_) => Code::Refused,
            Team::Edit(_)
            | Team::Field(_)
            | Team::Op(_)
            | Team::NoSuchValue(_)
            | Team::Thread(_) => Code::Usage,
            Team::Gap { .. } | Team::Damaged(_) | Team::WentBack => Code::Offline,
        };
        Self::new(code, sentence(&e.to_string()))
    }
}

/// A library's words as a sentence: people read them.
pub(crate) fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(char::to_uppercase);
    let mut text: String = first.into_iter().flatten().chain(chars).collect();
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Self::new(Code::Internal, e.to_string())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let code = match &fault {
            Fault::Offline(_) | Fault::Busy(_) | Fault::Protocol(_) => Code::Offline,
            Fault::SignIn(_) => Code::SignIn,
            Fault::Tls(_) | Fault::Refused(_) => Code::Refused,
            Fault::Gone(_) => Code::NotFound,
        };
        Self::new(code, fault.to_string())
    }
}

impl From<kontor_auth::KeychainError> for Error {
    fn from(e: kontor_auth::KeychainError) -> Self {
        Self::new(Code::Keychain, e.to_string())
    }
}
