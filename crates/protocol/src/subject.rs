//! What a note or a field is about.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A customer, an address, a thread or a template, as the team knows it.
///
/// Written `customer:ID`, `address:EMAIL` (lower case), `template:ID` or `thread:HMAC`: 64 hex digits that only members can tie to a mail
/// (DESIGN.md section 6), never a Message-ID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject {
    kind: SubjectKind,
    id: String,
}

/// The kinds of [`Subject`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A customer of the ERP.
    Customer,
    /// A mail address.
    Address,
    /// A conversation.
    Thread,
    /// A text for mails, with placeholders.
    Template,
    /// The organisation itself: members, of whom only the server writes, and what admins set.
    Org,
}

/// Why a text is no subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubjectProblem {
    /// No known kind before the colon.
    #[error("a subject is customer:ID, address:EMAIL or thread:ID, not “{0}”")]
    Kind(String),
    /// Empty, longer than [`Subject::MAX_BYTES`], or with line breaks or other control characters.
    #[error("the id of a subject has 1 to 300 bytes and no control characters")]
    Id,
    /// `address:` without an address.
    #[error("address: needs a mail address, such as address:ana@example.com")]
    Address,
}

impl Subject {
    /// Longest id, in bytes: an address may have 254 (RFC 5321 4.5.3.1).
    pub const MAX_BYTES: usize = 300;

    /// Puts the two together; addresses are written in lower case.
    ///
    /// # Errors
    /// When the id cannot be one.
    pub fn new(kind: SubjectKind, id: &str) -> Result<Self, SubjectProblem> {
        let id = id.trim();
        if id.is_empty() || id.len() > Self::MAX_BYTES || id.chars().any(char::is_control) {
            return Err(SubjectProblem::Id);
        }
        let id = match kind {
            SubjectKind::Address => {
                let parts = id.rsplit_once('@');
                if !parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty()) {
                    return Err(SubjectProblem::Address);
                }
                id.to_lowercase()
            }
            SubjectKind::Customer
            | SubjectKind::Thread
            | SubjectKind::Template
            | SubjectKind::Org => id.to_owned(),
        };
        Ok(Self { kind, id })
    }

    /// What kind of thing.
    #[must_use]
    pub fn kind(&self) -> SubjectKind {
        self.kind
    }

    /// The part behind the colon.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl SubjectKind {
    fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Address => "address",
            Self::Thread => "thread",
            Self::Template => "template",
            Self::Org => "org",
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.word(), self.id)
    }
}

impl FromStr for Subject {
    type Err = SubjectProblem;

    fn from_str(text: &str) -> Result<Self, SubjectProblem> {
        let unknown = || SubjectProblem::Kind(text.chars().take(60).collect());
        let (kind, id) = text.split_once(':').ok_or_else(unknown)?;
        let kind = match kind {
            "customer" => SubjectKind::Customer,
            "address" => SubjectKind::Address,
            "thread" => SubjectKind::Thread,
            "template" => SubjectKind::Template,
            "org" => SubjectKind::Org,
            _ => return Err(unknown()),
        };
        Self::new(kind, id)
    }
}

impl TryFrom<String> for Subject {
    type Error = SubjectProblem;

    fn try_from(text: String) -> Result<Self, SubjectProblem> {
        text.parse()
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Subject;

    #[rstest]
    #[case::customer("customer:4711", Some("customer:4711"))]
    #[case::address_folds("address:Ana@Example.COM", Some("address:ana@example.com"))]
    #[case::colon_in_id("thread:a:b", Some("thread:a:b"))]
    #[case::spaces_around("customer: 7 ", Some("customer:7"))]
    #[case::template("template:7", Some("template:7"))]
    #[case::no_kind("4711", None)]
    #[case::unknown_kind("order:1", None)]
    #[case::empty_id("customer:", None)]
    #[case::no_address("address:ana", None)]
    #[case::control("customer:a\nb", None)]
    fn subjects_are_read(#[case] text: &str, #[case] want: Option<&str>) {
        let read = text.parse::<Subject>().ok().map(|s| s.to_string());
        assert_eq!(read.as_deref(), want, "{text:?}");
    }
}
