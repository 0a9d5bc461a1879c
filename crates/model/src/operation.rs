//! Local changes on their way to the server.

use serde::{Deserialize, Serialize};

use crate::FolderId;
use crate::account::as_str;

/// What an operation does to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Adds and removes flags (IMAP names) on one placement.
    Flags {
        /// Flags to set.
        add: Vec<String>,
        /// Flags to clear.
        remove: Vec<String>,
    },
    /// Moves one placement to another folder of the same account. Archive, trash and junk are moves.
    Move {
        /// Where to.
        to: FolderId,
    },
    /// Removes one placement for good, after asking (`delete --forever`).
    Delete,
    /// Files a message the server has never seen (an import); its bytes are here.
    File,
}

/// Where an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// Applied here, not yet at the server.
    Pending,
    /// The server has it.
    Done,
    /// The server refused for good; undone here.
    Undone,
}

as_str!(OperationState { Pending = "pending", Done = "done", Undone = "undone" });

/// Where an outgoing message stands (KONTORCTL.md, "Outbox, exactly once").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Waits for its time or for the network.
    Queued,
    /// Committed before the first byte of DATA; found after a crash it means "unknown".
    Sending,
    /// The connection was lost after DATA: never sent again by itself.
    Unknown,
    /// The server refused for good.
    Failed,
    /// The person took it back.
    Cancelled,
    /// The server has accepted it.
    Sent,
}

as_str!(OutboxState {
    Queued = "queued",
    Sending = "sending",
    Unknown = "unknown",
    Failed = "failed",
    Cancelled = "cancelled",
    Sent = "sent",
});
