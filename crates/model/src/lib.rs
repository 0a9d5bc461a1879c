//! The words every room shares, as plain values: ids, addresses, flags, folders, messages, queries.
//!
//! Architecture invariant: nothing here touches disk, clock or network, and nothing is async.

pub mod account;
pub mod address;
pub mod change;
pub mod folder;
pub mod id;
pub mod message;
pub mod money;
pub mod operation;
pub mod query;
pub mod subject;
pub mod time;

pub use account::{Account, AccountState, Endpoint, Layer, Security, ServerSettings};
pub use address::Address;
pub use change::Change;
pub use folder::{Folder, Role};
pub use id::{
    AccountId, BlobId, FolderId, MessageId, OperationId, OutboxId, PlacementId, ThreadId,
};
pub use message::{Envelope, Flags, MessageRow, Placement};
pub use money::{Amount, AmountProblem};
pub use operation::{Action, OperationState, OutboxState};
pub use query::{Query, Term};
pub use time::{MONTHS, Millis};
