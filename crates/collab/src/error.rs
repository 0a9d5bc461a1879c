//! What can go wrong, in sentences a person can act on.

use kontor_protocol::field::FieldProblem;
use kontor_protocol::{OpId, OpProblem, Reject, Subject};

use crate::note::EditProblem;

/// A failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The profile's store.
    #[error(transparent)]
    Store(#[from] kontor_store::Error),
    /// A team is needed for this and there is none.
    #[error("this profile belongs to no team; join one first")]
    NoTeam,
    /// An edit that does not fit the note.
    #[error(transparent)]
    Edit(#[from] EditProblem),
    /// A field's name or value that cannot be.
    #[error(transparent)]
    Field(#[from] FieldProblem),
    /// An operation no server would take.
    #[error(transparent)]
    Op(#[from] OpProblem),
    /// No note, or no such version of it.
    #[error("there is no version {1} of a note on {0}")]
    NoVersion(Subject, u64),
    /// Somebody chose already, or it never was.
    #[error("there is no open conflict {0}; somebody may have chosen already")]
    NoConflict(OpId),
    /// `--take mine` where one took no part.
    #[error("no value in this conflict is {0}; take a value instead")]
    NoSuchValue(&'static str),
    /// The key is not 64 hex digits, or the thread has no root.
    #[error("{0}")]
    Thread(String),
    /// The server sent what does not follow on what is here. Connect again.
    #[error(
        "the server's events do not follow on each other (after {have} came {got}); connecting again"
    )]
    Gap {
        /// The last one stored here.
        have: u64,
        /// The one that came.
        got: u64,
    },
    /// An event's sum is wrong. Connect again.
    #[error("event {0} was damaged on its way; connecting again")]
    Damaged(u64),
    /// The server is another one than was joined, or the token is somebody else's.
    #[error("{0}")]
    Foreign(String),
    /// The server's store went back without a new epoch. Connect again.
    #[error("the server's store was put back; reading it anew")]
    WentBack,
    /// The server ends the conversation; the code says what to do.
    #[error("{}", .0.message)]
    Refused(Reject),
}

/// What a call answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;
