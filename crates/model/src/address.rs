//! A person's name and address as they stand in a header.

use serde::{Deserialize, Serialize};

/// A display name (may be empty) and an address (`local@domain`, as written; may be empty for group syntax).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Decoded display name, empty when the header gives none.
    #[serde(default)]
    pub name: String,
    /// The address as written, without angle brackets; compare with [`Address::key`].
    #[serde(default)]
    pub address: String,
}

impl Address {
    /// Makes an address from a name and an address as they stand.
    #[must_use]
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            address: address.into(),
        }
    }

    /// Returns the address in lower case: what two addresses are compared by.
    ///
    /// RFC 5321 lets the local part be case-sensitive; no provider we meet is.
    #[must_use]
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }

    /// Returns what a list shows: the name, else the address.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.name.trim().is_empty() {
            &self.address
        } else {
            &self.name
        }
    }
}
