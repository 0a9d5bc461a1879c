//! Frames: what travels over the line, one JSON object each.

use serde::{Deserialize, Serialize};

use crate::{
    ActAsk, ActTold, CustomersPage, DeviceId, DossierPage, Event, FactsState, MemberId,
    MemberPresence, Op, OpId, OrgId, Presence, ProductsPage, SnapshotPage, SnapshotPlace,
    WantedDossier,
};

/// The protocol this crate speaks. A server takes hellos of this version and the one before it (none yet).
pub const VERSION: u32 = 1;
/// Longest frame from a desk, in bytes; longer ones end the connection.
pub const MAX_FRAME_BYTES: usize = 4 << 20;
/// Longest body of one operation, in bytes of JSON.
pub const MAX_OP_BYTES: usize = 1 << 20;
/// Most operations in a push, most events in an event frame.
pub const MAX_BATCH: usize = 256;

/// What one side can do beyond the version's floor. Unknown words are left alone.
pub type Capability = String;

/// From a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// First, within ten seconds.
    Hello(Hello),
    /// Operations in the order they were made. Each gets an ack or a reject.
    Push {
        /// At most [`MAX_BATCH`].
        ops: Vec<Op>,
    },
    /// What the person is doing; only its change is sent.
    Presence(Presence),
    /// Asks for the directory of customers behind a cursor, see [`crate::CustomersPage`].
    Customers {
        /// The version up to which it was read; 0 for nothing.
        after: u64,
    },
    /// Asks for the products behind a cursor, see [`crate::ProductsPage`].
    Products {
        /// The version up to which they were read; 0 for nothing.
        after: u64,
    },
    /// Asks for facts about customers; each gets a [`crate::DossierPage`].
    Dossiers {
        /// At most [`crate::MAX_DOSSIERS`].
        wanted: Vec<WantedDossier>,
    },
    /// Looks at, confirms or asks after something to be written into the ERP.
    ErpAct(Box<ActAsk>),
    /// Answered at once; also keeps the line alive.
    Ping {
        /// Comes back in the pong.
        nonce: u64,
    },
}

/// Who is speaking, and what they have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`].
    pub version: u32,
    /// From login or join. Never logged.
    pub token: String,
    /// The device the token belongs to.
    pub device: DeviceId,
    /// The last event that is stored here; 0 for none.
    pub cursor: u64,
    /// The store the cursor counts in, from the last welcome; where it is another, the server sends from 0.
    #[serde(default)]
    pub epoch: Option<String>,
    /// What this desk can do.
    #[serde(default)]
    pub capabilities: Vec<Capability>,
    /// How far a snapshot was read, from a desk that has no events yet and would rather not read them all. A server
    /// that has none sends events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotPlace>,
}

/// From the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The hello was right; events follow.
    Welcome(Box<Welcome>),
    /// These are stored for good.
    Ack {
        /// Same order as pushed; rejected ones are left out.
        acks: Vec<Ack>,
    },
    /// What happened, in order of `seq`, without gaps after the cursor. The desk's own operations come back, too.
    Event {
        /// At most [`MAX_BATCH`].
        events: Vec<Event>,
    },
    /// What many events have come to, for a desk that asked; events follow on its last page.
    Snapshot(Box<SnapshotPage>),
    /// Something was refused; nothing of it was stored.
    Reject(Reject),
    /// Who is there: everybody after the welcome, later those who changed.
    Presence {
        /// One a member.
        members: Vec<MemberPresence>,
    },
    /// How the mirror of the ERP stands: after the welcome, and when it got further.
    Facts(Box<FactsState>),
    /// A page of the directory of customers.
    Customers(Box<CustomersPage>),
    /// A page of the products.
    Products(Box<ProductsPage>),
    /// Facts about one customer.
    Dossier(Box<DossierPage>),
    /// How something to be written into the ERP stands: after each question, and when it gets on.
    ErpTold(Box<ActTold>),
    /// Answers a ping.
    Pong {
        /// As it came.
        nonce: u64,
    },
}

/// What a desk needs to know before events come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version both speak from here.
    pub version: u32,
    /// The store's life: another after a restore. A desk that knows another epoch forgets its `seq`s, reads from 0 and
    /// pushes what is missing.
    pub epoch: String,
    /// The last event there is.
    pub head: u64,
    /// The organisation.
    pub org: Org,
    /// Whom the token belongs to.
    pub member: MemberId,
    /// Seconds between pings; a line silent for three of them is dead.
    pub heartbeat_seconds: u32,
    /// What the server can do.
    pub capabilities: Vec<Capability>,
}

/// An organisation, as its members know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Org {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// Turns a root Message-ID into the thread's name on the server: HMAC-SHA256, 64 hex digits of key.
    pub thread_key: String,
}

/// One operation is stored for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// Which.
    pub op_id: OpId,
    /// Its number; the same again for an operation that was there before.
    pub seq: u64,
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The operation, where one was refused; else the whole frame, and the line closes.
    pub op_id: Option<OpId>,
    /// What a program does about it.
    pub code: RejectCode,
    /// What a person reads.
    pub message: String,
}

/// What went wrong, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectCode {
    /// Unknown, revoked or foreign token. Sign in again.
    Auth,
    /// The other side speaks another version. Update.
    Version,
    /// Not a frame, or not one that may come now.
    Malformed,
    /// Over a limit of size.
    TooLarge,
    /// Damaged on the way. Send again.
    Checksum,
    /// Not allowed to this member.
    Forbidden,
    /// The id was used for something else before.
    Reused,
    /// Not a field or value that can be.
    Invalid,
    /// Too fast. Wait, then go on.
    Busy,
    /// The server's own trouble. Try again later.
    Internal,
}

impl RejectCode {
    /// Whether the same operation may be sent again and succeed.
    #[must_use]
    pub fn is_passing(self) -> bool {
        matches!(self, Self::Checksum | Self::Busy | Self::Internal)
    }
}
