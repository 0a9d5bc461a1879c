//! What the author wrote new, what is quoted, what is signature.
//!
//! Pure text rules over lines; HTML is first read into lines in which quoted containers (Gmail, Apple, Outlook, Yahoo,
//! Proton, Thunderbird …) carry `>` marks. Wrong guesses lose nothing: the parts together hold every word, and the
//! window folds, it does not delete.

mod attribution;
mod lines;
mod markup;
mod parts;
mod signature;
mod words;

use std::borrow::Cow;

use kontor_model::Address;
use serde::{Deserialize, Serialize};

/// A body in three parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What the author wrote new; quotes between the author's own paragraphs stay in it.
    pub text: String,
    /// What was written before: quoted messages with their attribution lines.
    pub quoted: String,
    /// The signature, without a `-- ` above it; device lines ("Sent from my iPhone") too.
    pub signature: String,
}

/// Splits a plain text body.
///
/// A forward without a word of its author has the forwarded text as `text`: it is what the mail is about.
#[must_use]
pub fn split(text: &str) -> Reply {
    parts::split(&unmarked(text), None)
}

/// Splits a plain text body by a known sender: a last paragraph with the sender's name is signature too.
#[must_use]
pub fn split_by(text: &str, sender: &Address) -> Reply {
    parts::split(&unmarked(text), Some(sender))
}

/// Splits the visible text of an HTML body.
#[must_use]
pub fn split_html(html: &str) -> Reply {
    markup::split(html, None)
}

/// Splits the visible text of an HTML body by a known sender, see [`split_by`].
#[must_use]
pub fn split_html_by(html: &str, sender: &Address) -> Reply {
    markup::split(html, Some(sender))
}

/// Takes out the private characters that only the HTML reader may write.
fn unmarked(text: &str) -> Cow<'_, str> {
    const MARKS: [char; 3] = ['\u{e000}', '\u{e001}', '\u{e002}'];
    if text.contains(MARKS) {
        Cow::Owned(text.replace(MARKS, ""))
    } else {
        Cow::Borrowed(text)
    }
}
