//! What the author wrote new, what is quoted, what is signature.

mod lines;

use serde::{Deserialize, Serialize};

/// A body in three parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What the author wrote new.
    pub text: String,
    /// What was written before: quoted messages with their attribution lines.
    pub quoted: String,
    /// The signature, without its separator.
    pub signature: String,
}

/// Splits a plain text body.
#[must_use]
pub fn split(text: &str) -> Reply {
    lines::split(text)
}

/// Splits the visible text of an HTML body.
#[must_use]
pub fn split_html(html: &str) -> Reply {
    lines::split(&crate::html::to_text(html))
}
