//! The surface of one connected account (DESIGN.md §4): folders, changes since a cursor, fetch, apply, watch.
//!
//! An instance is **one connection**. The engine opens a few per account (one that waits for news, one for what a
//! person does, one or more for backfill) and drops an instance after any [`Fault`] that says the line is gone.
//! There is no trait per verb and no box of optional features: [`Capabilities`] says what a server lacks, and a
//! provider works around the lack behind the same method (UID MOVE or COPY + STORE + EXPUNGE, QRESYNC or a diff).

use kontor_model::{Flags, Millis, Role};
use tokio::sync::mpsc;

/// What went wrong, sorted by what one can do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No network, no server, the line broke or stayed silent too long: reconnect with backoff.
    #[error("{0}")]
    Offline(String),
    /// The server wants a pause (`[LIMIT]`, `[UNAVAILABLE]`, too many connections): reconnect later.
    #[error("{0}")]
    Busy(String),
    /// The sign-in was refused: only the person can help.
    #[error("{0}")]
    SignIn(String),
    /// The certificate or STARTTLS is not as it must be: only the person can help. Never "continue anyway".
    #[error("{0}")]
    Tls(String),
    /// The server refused this one request for good (`NO`): the connection lives on.
    #[error("{0}")]
    Refused(String),
    /// The folder is not there any more (`[NONEXISTENT]`): list again.
    #[error("{0}")]
    Gone(String),
    /// The server said something that cannot be understood; the connection must be thrown away.
    #[error("{0}")]
    Protocol(String),
}

impl Fault {
    /// True when the connection may not be used again.
    #[must_use]
    pub fn line_is_gone(&self) -> bool {
        !matches!(self, Self::Refused(_) | Self::Gone(_))
    }
}

/// What a provider's answer is.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// What this server can do, as far as the engine plans by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// News come by themselves for the watched folder (IDLE).
    pub push: bool,
    /// News come by themselves for every folder (NOTIFY).
    pub push_all: bool,
    /// One round trip tells which folders changed (LIST-STATUS).
    pub status_of_all: bool,
    /// Changed flags can be asked for since a cursor (CONDSTORE).
    pub modseq: bool,
    /// Vanished messages can be asked for since a cursor (QRESYNC, and trusted).
    pub vanished: bool,
    /// The server files sent mail in Sent by itself (Gmail, Exchange): no copy is uploaded.
    pub files_sent: bool,
}

/// One folder as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFolder {
    /// Name on the wire: the key.
    pub wire: String,
    /// Name decoded to UTF-8.
    pub path: String,
    /// Hierarchy delimiter.
    pub delimiter: Option<char>,
    /// What it is for: special-use, else recognised by name (en, sl, de, hr, it).
    pub role: Option<Role>,
    /// False for `\Noselect` and `\NonExistent`.
    pub selectable: bool,
    /// Its counters, where they came along with the listing (LIST-STATUS).
    pub status: Option<RemoteStatus>,
}

/// A folder's counters: equal counters mean nothing changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RemoteStatus {
    /// MESSAGES
    pub messages: u32,
    /// UIDNEXT
    pub uidnext: u32,
    /// UIDVALIDITY
    pub uidvalidity: u32,
    /// UNSEEN (a count)
    pub unseen: u32,
    /// HIGHESTMODSEQ, 0 without CONDSTORE.
    pub highestmodseq: u64,
}

/// What we hold of a folder: where to go on from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// UIDVALIDITY our UIDs belong to, 0 when we hold nothing.
    pub uidvalidity: u32,
    /// Next UID we have not seen: everything from here is new.
    pub uidnext: u32,
    /// HIGHESTMODSEQ up to which flags are stored, 0 when never.
    pub highestmodseq: u64,
    /// UIDs we hold, ascending. Read only where the server cannot tell what vanished, or on a full comparison.
    pub known: Vec<u32>,
}

/// What differs from the cursor in one folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The counters now (`unseen` excepted, which only listings know); the new cursor once everything below is stored. A `uidvalidity` other than the cursor's
    /// means: all UIDs held are void, `new` lists the whole folder, `flags` and `vanished` are empty.
    pub status: RemoteStatus,
    /// UIDs not held before, ascending; to be fetched.
    pub new: Vec<u32>,
    /// Flags that (may) have changed, by UID.
    pub flags: Vec<(u32, Flags)>,
    /// UIDs that are gone, ascending.
    pub vanished: Vec<u32>,
    /// PERMANENTFLAGS allows new keywords.
    pub keywords_allowed: bool,
}

/// How much of each message to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Flags, internal date, size, the envelope's header fields and whether the structure shows an attachment.
    Envelope,
    /// Flags, internal date, size and the raw message. Never sets `\Seen`.
    Full,
}

/// One fetched message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its UID.
    pub uid: u32,
    /// Its flags.
    pub flags: Flags,
    /// INTERNALDATE.
    pub internal_date: Millis,
    /// RFC822.SIZE.
    pub size: u64,
    /// What came.
    pub content: Content,
}

/// The part of a message that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Depth::Envelope.
    Envelope {
        /// The raw header fields (Date, From, Sender, Reply-To, To, Cc, Subject, Message-ID, In-Reply-To, References),
        /// to be parsed by `kontor_mime::headers`, so that envelope and body can never disagree.
        header: Vec<u8>,
        /// From BODYSTRUCTURE; `None` when it was not given.
        has_attachment: Option<bool>,
    },
    /// Depth::Full: exactly the server's bytes.
    Raw(Vec<u8>),
}

/// What to do at the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteAction {
    /// Adds and removes flags by IMAP name.
    Flags {
        /// To set.
        add: Vec<String>,
        /// To clear.
        remove: Vec<String>,
    },
    /// Moves to the folder with this wire name. Never deletes before the copy is confirmed.
    Move {
        /// Wire name of the target.
        to: String,
    },
    /// Deletes for good (`\Deleted` + UID EXPUNGE; without UIDPLUS only what we marked may go).
    Delete,
}

/// What became of an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// For a move: target UIDVALIDITY and (source UID, target UID) pairs, where the server says (COPYUID).
    pub moved: Option<(u32, Vec<(u32, u32)>)>,
    /// UIDs that were no longer there: nothing to do, not an error.
    pub missing: Vec<u32>,
    /// UIDs that had to stay, marked `\Deleted`: the server cannot expunge single messages (no UIDPLUS) and somebody
    /// else marked others. For a move the copy is where it should be; show these as gone.
    pub left_marked: Vec<u32>,
}

/// A reason to look, from [`Provider::watch`]. Content-free on purpose: never trusted, only a reason to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Poke {
    /// Something changed in the folder with this wire name.
    Folder {
        /// Wire name.
        wire: String,
        /// When the announcing bytes were read from the socket.
        at: Millis,
    },
    /// The server asked to be shown to the person (`[ALERT]`).
    Alert(String),
    /// The watch ended as planned (renewal, or [`Provider::watch`] was told to stop); watch again.
    Renew,
}

/// One connected account. See the module's head.
pub trait Provider: Send {
    /// What the server can do, known since connecting.
    fn capabilities(&self) -> Capabilities;

    /// `[ALERT]` texts since the last call; each must be shown to the person (RFC 3501 §7.1).
    fn take_alerts(&mut self) -> Vec<String>;

    /// Says which UIDVALIDITY the UIDs of this folder belong to that are given from now on. Found to be another one, the
    /// folder is refused as [`Fault::Gone`]: a stale UID must never touch another message. [`Provider::changes`] and
    /// [`Provider::newest`] say it by themselves; say it on a connection that has not looked at the folder yet.
    fn expect_uidvalidity(&mut self, wire: &str, uidvalidity: u32);

    /// Lists all folders; with `counters`, also theirs where one round trip gives them ([`Capabilities::status_of_all`]).
    /// Counting makes a server look into every folder: of a large one that takes longer than its newest mails do.
    fn folders(&mut self, counters: bool)
    -> impl Future<Output = Result<Vec<RemoteFolder>>> + Send;

    /// Returns one folder's counters.
    fn status(&mut self, wire: &str) -> impl Future<Output = Result<RemoteStatus>> + Send;

    /// Returns what differs from `cursor`. With `full`, compares every UID and flag whatever the server promises
    /// (layer 3); else takes the shortest way the server offers (QRESYNC, CONDSTORE, or a UID and flags scan).
    fn changes(
        &mut self,
        wire: &str,
        cursor: &Cursor,
        full: bool,
    ) -> impl Future<Output = Result<Changes>> + Send;

    /// Returns the counters and the newest `n` envelopes, newest first, without knowing anything of the folder: what a
    /// window shows first. Two round trips, whatever the folder's size. `unseen` and `highestmodseq` of the counters may
    /// be 0: this is no cursor.
    fn newest(
        &mut self,
        wire: &str,
        n: u32,
    ) -> impl Future<Output = Result<(RemoteStatus, Vec<Fetched>)>> + Send;

    /// Fetches messages and hands each to `sink` as it comes, in any order; missing UIDs are simply absent.
    /// Large messages are fetched in pieces. Waits when `sink` is full; ends early when `sink` is closed.
    fn fetch(
        &mut self,
        wire: &str,
        uids: &[u32],
        depth: Depth,
        sink: &mpsc::Sender<Fetched>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Does one thing to messages of one folder.
    fn apply(
        &mut self,
        wire: &str,
        uids: &[u32],
        action: &RemoteAction,
    ) -> impl Future<Output = Result<Applied>> + Send;

    /// Files a message (a sent copy, a draft); returns (UIDVALIDITY, UID) where the server says (APPENDUID).
    fn append(
        &mut self,
        wire: &str,
        flags: &Flags,
        date: Millis,
        raw: &[u8],
    ) -> impl Future<Output = Result<Option<(u32, u32)>>> + Send;

    /// UIDs of messages with this Message-ID (without brackets): how a sent copy is found again.
    fn find_message_id(
        &mut self,
        wire: &str,
        message_id: &str,
    ) -> impl Future<Output = Result<Vec<u32>>> + Send;

    /// Creates a folder; one that exists already is no error.
    fn create_folder(
        &mut self,
        path: &str,
        delimiter: Option<char>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Waits for news of the folder (and of every folder where [`Capabilities::push_all`]), sending a poke for each,
    /// until renewal is due, `stop` resolves or the line breaks. Renews its own IDLE in time; a silent line is a fault.
    fn watch(
        &mut self,
        wire: &str,
        pokes: &mpsc::Sender<Poke>,
        stop: &mut tokio::sync::watch::Receiver<bool>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Says goodbye; errors do not matter any more.
    fn logout(self) -> impl Future<Output = ()> + Send;
}
