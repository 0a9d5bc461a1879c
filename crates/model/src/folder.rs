//! Folders and what they are for.

use serde::{Deserialize, Serialize};

use crate::account::as_str;
use crate::{AccountId, FolderId};

/// What a folder is for (RFC 6154 special-use, or recognised by its name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Where mail arrives.
    Inbox,
    /// Copies of what was sent.
    Sent,
    /// What is being written.
    Drafts,
    /// What was thrown away.
    Trash,
    /// Unwanted mail.
    Junk,
    /// What was dealt with.
    Archive,
}

as_str!(Role { Inbox = "inbox", Sent = "sent", Drafts = "drafts", Trash = "trash", Junk = "junk", Archive = "archive" });

/// One folder of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// The row.
    pub id: FolderId,
    /// Whose it is.
    pub account: AccountId,
    /// The server's name decoded to UTF-8, with the server's delimiter: what people and scripts say.
    pub path: String,
    /// The name on the wire (modified UTF-7 for IMAP): what the server is asked by.
    pub wire: String,
    /// Hierarchy delimiter, where the server has one.
    pub delimiter: Option<char>,
    /// What it is for.
    pub role: Option<Role>,
    /// False for a name that only holds other folders (`\Noselect`).
    pub selectable: bool,
    /// RFC 3501 UIDVALIDITY last seen, 0 before the first look.
    pub uidvalidity: u32,
    /// RFC 3501 UIDNEXT last seen, 0 before the first look.
    pub uidnext: u32,
    /// RFC 7162 HIGHESTMODSEQ up to which everything is stored here, 0 when the server has none.
    pub highestmodseq: u64,
    /// Placements stored here.
    pub total: u64,
    /// Placements stored here without `\Seen`.
    pub unread: u64,
}

impl Folder {
    /// Returns the last part of the path: what a list shows.
    #[must_use]
    pub fn name(&self) -> &str {
        match self.delimiter {
            Some(d) => self.path.rsplit(d).next().unwrap_or(&self.path),
            None => &self.path,
        }
    }
}
