//! HTML from strangers: made safe to show, made readable as text.
//!
//! Three doors: [`sanitise`] (what the window shows), [`document`] (the whole page of the sandboxed frame),
//! [`to_text`] (search, previews, quoting). Nothing here fetches anything.
//!
//! Architecture invariant: what leaves [`sanitise`] has passed `ammonia`'s allow list last, so a mistake in our own
//! rewriting can cost looks but never safety.

mod clean;
mod css;
mod dark;
mod dom;
mod entity;
mod found;
mod gate;
mod hosts;
mod images;
mod page;
pub(crate) mod scan;
mod tags;
pub(crate) mod text;

use serde::{Deserialize, Serialize};

/// What may stay in a sanitised body, and where its images come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What happens to images on other computers.
    pub remote: Remote,
    /// What is put before the (percent-encoded) content id of an inline image, such as
    /// `kontor-part://localhost/MESSAGE/cid/`; `None` blocks them.
    pub cid_prefix: Option<String>,
}

/// What happens to images on other computers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Remote {
    /// Nothing is fetched, no name resolved.
    #[default]
    Blocked,
    /// URLs stay as they are: for answers to scripts, not for the window.
    Kept,
    /// The percent-encoded URL is put behind this, such as `kontor-part://localhost/remote?u=`, so that the
    /// application fetches it without cookies, referrer and the reader's address where it can.
    Through(String),
}

/// A body that is safe to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sanitised {
    /// The safe body: no `html`, `head` or `body` element; style sheets, cleaned, come first.
    pub html: String,
    /// What was taken out, in words, each kind once, in order of appearance; empty for harmless mail.
    pub removed: Vec<String>,
    /// URLs of remote images and backgrounds, shown or not, each once, in order of appearance.
    pub remote: Vec<String>,
    /// How many remote images are not shown; trackers are not counted.
    pub blocked: usize,
    /// Tracking pixels by name (`Mailchimp`, or the host); they never load, whatever the options say.
    pub trackers: Vec<String>,
    /// Where the body's links go.
    pub links: Vec<Link>,
}

/// A link as the reader sees it and as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its visible text.
    pub text: String,
    /// Where it goes: `http`, `https`, `mailto` or `tel`.
    pub href: String,
    /// True when text or spelling names another host than the link goes to.
    pub lies: bool,
}

/// Makes a body safe to show in the sandboxed frame.
///
/// Never fails: what cannot be made safe is left out and named in [`Sanitised::removed`]. Sanitising its own answer
/// changes nothing (mutation attacks rely on a second reading that differs).
#[must_use]
pub fn sanitise(html: &str, options: &Options) -> Sanitised {
    gate::run(html, options)
}

/// Returns the whole page for the frame's `srcdoc` from a sanitised body.
///
/// `dark` renders it on the dark page ground: by the mail's own dark style sheet when it has one, else by moving
/// each colour's lightness. Its policy forbids everything but inline styles and images of the message itself.
#[must_use]
pub fn document(sanitised_html: &str, dark: bool) -> String {
    page::document(sanitised_html, dark)
}

/// Returns the visible text of HTML: blocks become lines, paragraphs are set apart by an empty one, cells by a space.
///
/// One pass without a tree, for the hot path of indexing. Skips what is hidden inline, style sheets, scripts, the
/// title; links give their text only.
#[must_use]
pub fn to_text(html: &str) -> String {
    text::extract(html)
}
