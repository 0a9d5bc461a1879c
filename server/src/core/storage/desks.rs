//! Who is at their desks, as the nodes of one database tell each other.

use jiff::Timestamp;
use kontor_protocol::{DeviceId, MemberId, OrgId, Presence};

/// Something changed at a desk of this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskChange {
    /// Somebody sits there; their last word, if they said one. Ends what was left unsent at that device.
    Here {
        /// Counts the sessions of this node.
        session: u64,
        /// Who.
        member: MemberId,
        /// On what.
        device: DeviceId,
        /// What they said, and when.
        word: Option<(Timestamp, Presence)>,
    },
    /// Nobody sits there any more.
    Gone {
        /// As above.
        session: u64,
        /// On what.
        device: DeviceId,
        /// When, where an unsent reply may wait; `None` where none does.
        left_at: Option<Timestamp>,
    },
}

/// A desk elsewhere, or what was left unsent at one anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherDesk {
    /// Who.
    pub member: MemberId,
    /// On what.
    pub device: DeviceId,
    /// What they said, and when.
    pub word: Option<(Timestamp, Presence)>,
    /// When they went away with a reply unsent; `None` while they are there.
    pub left_at: Option<Timestamp>,
}

/// Where changes of presence of an organisation are heard of.
pub type PresenceNews = tokio::sync::broadcast::Receiver<OrgId>;
