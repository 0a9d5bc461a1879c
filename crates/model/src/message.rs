//! A message as lists show it, and where it lies.

use serde::{Deserialize, Serialize};

use crate::{Address, FolderId, MessageId, Millis, PlacementId, ThreadId};

/// Flags of one placement: the system flags as bits, keywords as words.
///
/// `\Recent` is absent on purpose: it says something about a session, not about a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Flags {
    /// The system flags, see the constants.
    pub bits: u8,
    /// Keywords as the server spells them (`$Forwarded`), sorted, without duplicates.
    pub keywords: Vec<String>,
}

impl Flags {
    /// `\Seen`
    pub const SEEN: u8 = 1;
    /// `\Answered`
    pub const ANSWERED: u8 = 2;
    /// `\Flagged`
    pub const FLAGGED: u8 = 4;
    /// `\Deleted`
    pub const DELETED: u8 = 8;
    /// `\Draft`
    pub const DRAFT: u8 = 16;

    const NAMES: [(u8, &'static str); 5] = [
        (Self::SEEN, "\\Seen"),
        (Self::ANSWERED, "\\Answered"),
        (Self::FLAGGED, "\\Flagged"),
        (Self::DELETED, "\\Deleted"),
        (Self::DRAFT, "\\Draft"),
    ];

    /// Reads flags as an IMAP server writes them; unknown system flags are kept as keywords, `\Recent` is dropped.
    pub fn from_names<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        let mut flags = Self::default();
        for name in names {
            flags.insert(name.as_ref());
        }
        flags
    }

    /// Adds one flag by its IMAP name.
    pub fn insert(&mut self, name: &str) {
        if let Some((bit, _)) = Self::NAMES
            .iter()
            .find(|(_, n)| n.eq_ignore_ascii_case(name))
        {
            self.bits |= bit;
        } else if !name.eq_ignore_ascii_case("\\Recent")
            && let Err(at) = self.keywords.binary_search_by(|k| k.as_str().cmp(name))
        {
            self.keywords.insert(at, name.to_owned());
        }
    }

    /// Removes one flag by its IMAP name.
    pub fn remove(&mut self, name: &str) {
        if let Some((bit, _)) = Self::NAMES
            .iter()
            .find(|(_, n)| n.eq_ignore_ascii_case(name))
        {
            self.bits &= !bit;
        } else {
            self.keywords.retain(|k| !k.eq_ignore_ascii_case(name));
        }
    }

    /// Returns the IMAP names, system flags first, in a fixed order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let system = Self::NAMES
            .iter()
            .filter(|(bit, _)| self.bits & bit != 0)
            .map(|(_, n)| (*n).to_owned());
        system.chain(self.keywords.iter().cloned()).collect()
    }

    /// True when the person has read it.
    #[must_use]
    pub fn seen(&self) -> bool {
        self.bits & Self::SEEN != 0
    }
}

/// What is known of a message before its body is here: the fields lists and threads need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Message-ID without angle brackets; `None` when the message has none.
    pub message_id: Option<String>,
    /// Decoded subject, empty when absent.
    pub subject: String,
    /// From.
    pub from: Vec<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Reply-To.
    pub reply_to: Vec<Address>,
    /// The Date header; `None` where unreadable.
    pub date: Option<Millis>,
    /// In-Reply-To ids, without angle brackets.
    pub in_reply_to: Vec<String>,
    /// References ids, oldest first, without angle brackets.
    pub references: Vec<String>,
}

/// One message in one folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The row.
    pub id: PlacementId,
    /// Which message.
    pub message: MessageId,
    /// Where.
    pub folder: FolderId,
    /// The server's UID; `None` between a local move and the server's answer.
    pub uid: Option<u32>,
    /// Its flags, local changes included.
    pub flags: Flags,
}

/// One line of a message list: one placement with what is shown of its message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// The message.
    pub id: MessageId,
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// Which placement the row shows.
    pub placement: Placement,
    /// Decoded subject.
    pub subject: String,
    /// From.
    pub from: Vec<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// The Date header, where unreadable the internal date: what lists are sorted by.
    pub date: Millis,
    /// When the server received it (RFC 3501 INTERNALDATE).
    pub internal_date: Millis,
    /// Bytes on the server (RFC822.SIZE).
    pub size: u64,
    /// Its conversation.
    pub thread: ThreadId,
    /// True when an attachment is not inline; `None` until the body or its structure is known.
    pub has_attachment: Option<bool>,
    /// True when the raw message is stored here.
    pub body: bool,
    /// The first words of what the author wrote, empty until the body is here.
    pub preview: String,
}
