//! What the node that writes must know after a new start. Kept with the row.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How far a write has come, and how the world was before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::core) struct Memo {
    /// The token of the preview somebody said yes to.
    pub(super) seen: String,
    /// When.
    pub(super) confirmed_at: Option<Timestamp>,
    /// When it left, or was about to; by the clock of `by`.
    pub(super) sent_at: Option<Timestamp>,
    /// The node that goes by it.
    pub(super) by: String,
    /// Customers that fitted already.
    pub(super) partners: Vec<String>,
    /// Payments like this one that were there already, or files that may be this one and cannot be read.
    pub(super) count: usize,
    /// How the world was before is not known: the server was set back to a backup from before it left.
    pub(super) set_back: bool,
    /// It may have been done before: somebody said yes to it once, and this server does not know what became of that.
    pub(super) doubt: bool,
}

impl Memo {
    /// Of an act that a backup has, planned only: it may have been done since.
    pub(in crate::core) fn from_backup(text: &str) -> Self {
        let doubt = true;
        Self {
            doubt,
            ..Self::read(text)
        }
    }

    /// What is known once somebody has looked anew.
    pub(super) fn looked(self) -> Self {
        Self {
            seen: self.seen,
            doubt: self.doubt,
            ..Self::default()
        }
    }

    /// What stands there; nothing where it cannot be read.
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub(in crate::core) fn to_text(&self) -> String {
        // Texts, times and numbers only.
        serde_json::to_string(self).unwrap_or_default()
    }
}
