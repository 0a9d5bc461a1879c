//! What the index keeps of a message.

use kontor_model::Envelope;

use crate::message::{Defect, headers};

/// What search and lists need of a message, and nothing more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// As [`crate::parse()`] reads it.
    pub envelope: Envelope,
    /// All searchable text, at most 1 MiB: text parts, the visible text of HTML without a text alternative, attached
    /// messages too (their subjects and people included).
    pub text: String,
    /// File names of the attachments.
    pub attachment_names: Vec<String>,
    /// True when an attachment has `inline: false`.
    pub has_attachment: bool,
    /// The first 200 or so characters of what the author wrote new, whitespace folded.
    pub preview: String,
    /// What was wrong with the bytes, as far as they were read.
    pub defects: Vec<Defect>,
}

/// Reads what the index needs: no hashing, no decoding of attachments.
#[must_use]
pub fn digest(raw: &[u8]) -> Digest {
    Digest {
        envelope: headers(raw),
        ..Digest::default()
    }
}
