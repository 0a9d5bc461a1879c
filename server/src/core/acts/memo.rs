//! What the node that writes must know after a new start. Kept with the row.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How far a write has come, and how the world was before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memo {
    /// The token of the preview somebody said yes to.
    pub(super) seen: String,
    /// When.
    pub(super) confirmed_at: Option<Timestamp>,
    /// When it left, or was about to.
    pub(super) sent_at: Option<Timestamp>,
    /// Customers that fitted already.
    pub(super) partners: Vec<String>,
    /// Payments or files like this one that were there already.
    pub(super) count: usize,
    /// How the world was before is not known: the server was set back to a backup from before it left.
    pub(super) set_back: bool,
}

impl Memo {
    /// What stands there; nothing where it cannot be read.
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub(super) fn to_text(&self) -> String {
        // Texts, times and numbers only.
        serde_json::to_string(self).unwrap_or_default()
    }
}
