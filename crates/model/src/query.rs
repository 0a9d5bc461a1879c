//! A search, parsed (KONTORCTL.md, "Search"). `mail` parses the words a person types; `store` answers.

use crate::Millis;

/// All terms must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The conditions; empty means everything.
    pub terms: Vec<Term>,
}

/// Words as they are matched: folded to lower case without diacritics, letters and digits only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// One or more words; more than one is a phrase.
    pub words: Vec<String>,
    /// True when the last word is a prefix (`abc*`).
    pub prefix: bool,
}

/// People who write for the first time: their address is no customer's of the directory and in one conversation only.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strangers {
    /// Addresses that are known all the same, lower case.
    pub except: Vec<String>,
    /// Domains whose people are all known, lower case.
    pub domains: Vec<String>,
}

/// A document by its number, however it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The words or phrases a text says it with.
    pub ways: Vec<Words>,
    /// As documents are looked up: attachments are kept by that.
    pub key: String,
    /// Numbers that begin so, too.
    pub begins: bool,
}

/// One condition of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A word, prefix or phrase in any of subject, people, body, attachment names.
    Text(Words),
    /// In the subject.
    Subject(Words),
    /// In a name or address of From.
    From(Words),
    /// In a name or address of To or Cc.
    To(Words),
    /// A whole address in From, lower case.
    FromAddress(String),
    /// A whole address in To or Cc, lower case.
    ToAddress(String),
    /// One of these whole addresses in From, To or Cc, lower case; of none nothing is found.
    With(Vec<String>),
    /// From somebody who writes for the first time.
    FirstFrom(Strangers),
    /// Not all of these hold.
    Not(Vec<Self>),
    /// Names a document in any of subject, people, body, attachment names, or in an attachment that was looked into.
    Names(Named),
    /// Date earlier than this.
    Before(Millis),
    /// Date at or later than this.
    After(Millis),
    /// Has an attachment that is not inline.
    HasAttachment,
    /// A placement in a folder whose path, last name or role is this (lower case, folded).
    In(String),
    /// A placement without `\Seen`.
    Unread,
    /// A placement with `\Seen`.
    Read,
    /// A placement with `\Flagged`.
    Flagged,
    /// A placement with `\Answered`.
    Answered,
}
