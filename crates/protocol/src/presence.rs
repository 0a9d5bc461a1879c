//! Who is there, and on what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{MemberId, Subject};

/// How a member wants to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// At the desk.
    Online,
    /// No input for a while.
    Away,
    /// Set by the person: do not disturb.
    Busy,
    /// No desk connected. Said by the server, never by a desk.
    Offline,
}

/// What a desk tells about its person. Never stored beyond its use; the newest word of a member's desks counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// How they want to be seen.
    pub state: Availability,
    /// The thread or customer on screen.
    pub viewing: Option<Subject>,
    /// The thread being answered. Kept for a day when the desk goes offline: an unsent reply may wait there.
    pub writing: Option<Subject>,
    /// Where they are in a shared note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caret: Option<Caret>,
}

/// A caret in a note, and what is chosen: positions in Unicode scalar values of the text as that desk shows it, which may
/// be a few words ahead of or behind another desk's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caret {
    /// What the note is about.
    pub subject: Subject,
    /// Where the choice began; the head where nothing is chosen.
    pub anchor: u32,
    /// Where the caret stands.
    pub head: u32,
}

/// A member as the team sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberPresence {
    /// Who.
    pub member: MemberId,
    /// Offline when no desk of theirs is connected.
    pub state: Availability,
    /// Since when, by the server's clock.
    pub since: Timestamp,
    /// See [`Presence::viewing`].
    pub viewing: Option<Subject>,
    /// See [`Presence::writing`]; while offline, the intent that was left.
    pub writing: Option<Subject>,
    /// See [`Presence::caret`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caret: Option<Caret>,
}

impl Presence {
    /// Of somebody who says no more than this.
    #[must_use]
    pub const fn of(state: Availability) -> Self {
        Self {
            state,
            viewing: None,
            writing: None,
            caret: None,
        }
    }
}

impl Availability {
    /// As on the wire and in commands.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Offline => "offline",
        }
    }
}
