//! What changed: the entries of the profile's change log (DESIGN.md §5).

use serde::{Deserialize, Serialize};

use crate::{
    AccountId, AccountState, Flags, FolderId, Layer, MessageId, Millis, OutboxId, ThreadId,
};

/// One visible change, numbered by the store. Readers ask "what changed since n", so a missed wake-up costs nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A message appeared in a folder after that folder's first listing.
    Arrived {
        /// Whose.
        account: AccountId,
        /// Where.
        folder: FolderId,
        /// What.
        message: MessageId,
        /// Its conversation.
        thread: ThreadId,
        /// Which layer saw it.
        layer: Layer,
        /// When the announcing bytes were read from the socket.
        announced_at: Millis,
    },
    /// Flags of a placement changed, here or at the server.
    Flags {
        /// Where.
        folder: FolderId,
        /// What.
        message: MessageId,
        /// Its conversation.
        thread: ThreadId,
        /// The flags now.
        flags: Flags,
    },
    /// A placement is gone from a folder (moved or expunged).
    Removed {
        /// Where it was.
        folder: FolderId,
        /// What.
        message: MessageId,
        /// Its conversation.
        thread: ThreadId,
    },
    /// A thread's row changed in another way (body arrived, threads merged).
    Thread {
        /// Which.
        thread: ThreadId,
    },
    /// The newest 200 envelopes of a folder are stored.
    Listed {
        /// Which.
        folder: FolderId,
        /// Messages on the server.
        count: u64,
    },
    /// Everything of an account is local.
    Synced {
        /// Which.
        account: AccountId,
    },
    /// An account fares differently.
    State {
        /// Which.
        account: AccountId,
        /// How.
        state: AccountState,
        /// Why, in a sentence for a person; empty when all is well.
        why: String,
    },
    /// Folders came, went or changed their names or counts.
    Folders {
        /// Whose.
        account: AccountId,
    },
    /// A message on its way out changed state.
    Outbox {
        /// Which.
        outbox: OutboxId,
    },
    /// An account was added, changed or removed.
    Accounts,
    /// Something a team shares changed: notes, fields, activity, members.
    Team,
    /// Words of shared notes, or how far they have come. Apart from [`Change::Team`], because every key is one: what only
    /// counts or lists them need not be asked again each time.
    Notes,
    /// Who of the team is there, and where, or how the line to it fares. Apart from [`Change::Team`], because a colleague's
    /// caret moves several times a second.
    Presence,
    /// What the ERP told of customers, or which of them are known here.
    Customers,
    /// A mail arrived that a view's rule wants the person to be told of.
    Told {
        /// What.
        message: MessageId,
        /// Its conversation.
        thread: ThreadId,
        /// The id of the first view in the rail that wants it told.
        view: String,
    },
}
