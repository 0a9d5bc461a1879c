//! Row ids as types, so that an account never passes for a folder.
//!
//! Ids are positive, assigned by the profile store with `AUTOINCREMENT` and never reused. They are local to one
//! profile: nothing outside this computer knows them. At the doors (`kontorctl --json`, the window) they are strings.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// One mailbox login.
    AccountId
    /// One folder of one account.
    FolderId
    /// One message: the same bytes in one account, however many folders hold it.
    MessageId
    /// One message in one folder.
    PlacementId
    /// One conversation, across folders and accounts.
    ThreadId
    /// One raw message, compressed, stored once by content hash.
    BlobId
    /// One journalled change of the mailbox.
    OperationId
    /// One message on its way out.
    OutboxId
}
