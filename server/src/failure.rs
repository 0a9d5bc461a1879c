//! How the program fails: a code for programs, a sentence for people, an exit code for scripts.

use std::process::ExitCode;

use kontor_server::core::connecting::ConnectProblem;
use kontor_server::core::identity::IdentityProblem;
use kontor_server::core::sealing::SealProblem;
use kontor_server::core::storage::StorageError;
use serde_json::{Value, json};

/// Why a command did not do it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    code: Code,
    message: String,
}

/// The stable names of KONTORCTL.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    Usage,
    NotFound,
    Refused,
    Unreachable,
    Store,
    Internal,
}

impl Failure {
    fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }

    /// What was asked makes no sense; ask differently.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    /// There is no such thing.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// Nobody answers who should.
    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Self::new(Code::Unreachable, message)
    }

    /// A mistake of ours, or of the machine.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, message)
    }

    /// As scripts read it.
    pub(crate) fn json(&self) -> Value {
        let code = match self.code {
            Code::Usage => "usage",
            Code::NotFound => "not_found",
            Code::Refused => "refused",
            Code::Unreachable => "unreachable",
            Code::Store => "store",
            Code::Internal => "internal",
        };
        json!({ "error": { "code": code, "message": self.message } })
    }

    pub(crate) fn exit(&self) -> ExitCode {
        match self.code {
            Code::Usage => ExitCode::from(2),
            Code::NotFound | Code::Refused | Code::Unreachable | Code::Store | Code::Internal => {
                ExitCode::from(1)
            }
        }
    }
}

impl From<StorageError> for Failure {
    fn from(e: StorageError) -> Self {
        let code = match e {
            StorageError::Taken
            | StorageError::Gone
            | StorageError::NotEmpty
            | StorageError::UnderWay(_) => Code::Refused,
            StorageError::File(_) | StorageError::Damaged(_) | StorageError::Unreachable(_) => {
                Code::Store
            }
        };
        Self::new(code, e.to_string())
    }
}

impl From<IdentityProblem> for Failure {
    fn from(e: IdentityProblem) -> Self {
        match e {
            IdentityProblem::Storage(e) => e.into(),
            IdentityProblem::Invalid(message) => Self::usage(message),
            IdentityProblem::Wrong
            | IdentityProblem::Choose(_)
            | IdentityProblem::Code
            | IdentityProblem::Uninvited
            | IdentityProblem::Unverified
            | IdentityProblem::Unlinked => Self::new(Code::Refused, e.to_string()),
            IdentityProblem::Password(_) | IdentityProblem::Randomness(_) => {
                Self::internal(e.to_string())
            }
        }
    }
}

impl From<kontor_metakocka::Error> for Failure {
    fn from(e: kontor_metakocka::Error) -> Self {
        use kontor_metakocka::Error as E;
        let code = match e {
            E::Settings(_) => Code::Usage,
            E::Credentials { .. }
            | E::Refused { .. }
            | E::NotFound { .. }
            | E::NotMetakocka { .. } => Code::Refused,
            E::Unreachable { .. }
            | E::TimedOut { .. }
            | E::UnknownOutcome { .. }
            | E::Garbled { .. }
            | E::BreakerOpen { .. } => Code::Unreachable,
        };
        Self::new(code, e.to_string())
    }
}

impl From<ConnectProblem> for Failure {
    fn from(e: ConnectProblem) -> Self {
        match e {
            ConnectProblem::Erp(e) => e.into(),
            ConnectProblem::Seal(e) => e.into(),
            ConnectProblem::None => Self::new(Code::NotFound, e.to_string()),
            ConnectProblem::Storage(e) => e.into(),
        }
    }
}

impl From<SealProblem> for Failure {
    fn from(e: SealProblem) -> Self {
        Self::internal(e.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(e: std::io::Error) -> Self {
        Self::internal(e.to_string())
    }
}
