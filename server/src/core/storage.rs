//! What the core asks of a database. Two answers: SQLite in one file, PostgreSQL for several nodes.

use std::fmt;
use std::path::Path;

use jiff::Timestamp;
use kontor_protocol::field::Policy;
use kontor_protocol::{DeviceId, Event, MemberId, MemberRow, Op, OrgId, Role};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

mod acts;
mod backup;
mod checking;
mod desks;
mod facts;
pub(crate) mod files;
mod goods;
mod heads;
mod numbering;
#[cfg(feature = "serve")]
mod postgres;
mod rows;
mod snapshots;
mod sqlite;
mod weighing;

pub use acts::{ActChange, ActRow, Acts, NewAct};
pub use desks::{DeskChange, OtherDesk, PresenceNews};
pub use facts::{
    ErpRow, Facts, FactsBatch, FoundCustomer, FoundDocument, FoundStock, Leaving, NewErp, PutFacts,
};
pub use files::{FileHead, FilePiece, Files, PutPiece};
#[cfg(feature = "serve")]
pub use postgres::PostgresStorage;
pub use snapshots::{SnapshotHead, Snapshots};
pub use sqlite::SqliteStorage;

type Result<T, E = StorageError> = std::result::Result<T, E>;

/// An organisation's tables, files and everybody's tokens, in some database. One test suite runs on every implementation.
///
/// Every call is one transaction. What it answers is durable: on the disk of the database, not in a buffer.
pub trait Storage:
    Snapshots + Files + Facts + Acts + Clone + fmt::Debug + Send + Sync + 'static
{
    /// Gives each operation that is new the next numbers of its organisation, and answers for each, in order.
    ///
    /// # Errors
    /// When nothing was stored.
    fn append(&self, org: OrgId, batch: Vec<Incoming>) -> impl Answer<Vec<Appended>>;

    /// At most `limit` events after `seq`, in order, without gaps.
    ///
    /// # Errors
    /// When the database cannot be reached, or an event there cannot be read (named by its `seq`).
    fn events(&self, org: OrgId, after: u64, limit: usize) -> impl Answer<Vec<Event>>;

    /// The organisation as desks are welcomed into it; `None` when there is none.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn org(&self, org: OrgId) -> impl Answer<Option<OrgRow>>;

    /// Tells of new heads, those of other nodes on the same database, too. A hint: one that is missed costs a look.
    fn heads(&self) -> broadcast::Receiver<(OrgId, u64)>;

    /// Makes an organisation with its first admin, whose arrival is its first event.
    ///
    /// # Errors
    /// [`StorageError::Taken`] when an organisation of this name exists.
    fn create_org(&self, new: NewOrg) -> impl Answer<()>;

    /// All organisations, by name.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn orgs(&self) -> impl Answer<Vec<OrgRow>>;

    /// Keeps an invitation's hash.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn invite(&self, invitation: NewInvitation) -> impl Answer<()>;

    /// The organisation and role an unused, unexpired code leads to.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn invitation(&self, code_hash: Hash, now: Timestamp) -> impl Answer<Option<(OrgId, Role)>>;

    /// Uses up the code and makes the member (an event) where the address has none there yet; where it has one, the code
    /// stays usable and [`Joined::Exists`] is answered for the caller to check the password.
    ///
    /// # Errors
    /// [`StorageError::Gone`] when the code was used or ran out in the meantime.
    fn join(&self, joining: Joining) -> impl Answer<Joined>;

    /// Every active membership of an address, for signing in.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn logins(&self, email: &str) -> impl Answer<Vec<LoginRow>>;

    /// The members of an organisation, by name.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn members(&self, org: OrgId) -> impl Answer<Vec<MemberRow>>;

    /// Takes a member out (an event, its author the member: who did it stands in the audit log) and revokes their devices. False when there was none, or the last admin.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn remove_member(&self, org: OrgId, member: MemberId, now: Timestamp) -> impl Answer<bool>;

    /// Keeps a device with its token's hash.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn add_device(&self, device: NewDevice) -> impl Answer<()>;

    /// Whose token this is; `None` when unknown, revoked, or of a removed member.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn who(&self, token_hash: Hash, now: Timestamp) -> impl Answer<Option<Who>>;

    /// The devices of an organisation.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn devices(&self, org: OrgId) -> impl Answer<Vec<DeviceRow>>;

    /// Makes a device's token worthless. False when there is no such device (in this organisation, where one is named).
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn revoke(&self, org: Option<OrgId>, device: DeviceId, now: Timestamp) -> impl Answer<bool>;

    /// Every active membership of a person of a company's sign-in, by its issuer and its name for them.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn company_logins(&self, who: CompanyId) -> impl Answer<Vec<(OrgId, MemberId)>>;

    /// Ties a member to a person of a company's sign-in, and ends every other way in: the password, and devices that are
    /// signed in. False when there is no such active member, or it is tied to another person of that provider.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn link_company(&self, link: CompanyLink) -> impl Answer<bool>;

    /// Keeps something for a short while, of no organisation yet; what ran out is thrown away.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn keep_slip(&self, slip: Slip, now: Timestamp) -> impl Answer<()>;

    /// Takes it out again, once, by the hash it was kept under; `None` when it is not there or ran out.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn take_slip(&self, key: Hash, now: Timestamp) -> impl Answer<Option<String>>;

    /// Tells what changed at desks of this node: other nodes want to know, and a program that starts anew what was left
    /// unsent.
    ///
    /// # Errors
    /// When the database cannot be reached; then nothing was told.
    fn share_presence(&self, org: OrgId, changes: &[DeskChange]) -> impl Answer<()>;

    /// The desks of the other nodes that live, and what was left unsent at any desk anywhere.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn others_presence(&self, org: OrgId, now: Timestamp) -> impl Answer<Vec<OtherDesk>>;

    /// Organisations in which presence changed at another node; `None` where there is no other. A hint.
    fn presence_news(&self) -> Option<PresenceNews> {
        None
    }

    /// Says that this node lives, every few seconds. True when the others may have given it up meanwhile.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn keep_alive(&self) -> impl Answer<bool> {
        std::future::ready(Ok(false))
    }

    /// Writes a line of the audit log.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn audit(&self, entry: AuditEntry) -> impl Answer<()>;

    /// The newest lines of an organisation's audit log, newest first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn audit_log(&self, org: OrgId, limit: usize) -> impl Answer<Vec<AuditEntry>>;

    /// Whether a trivial question is answered.
    ///
    /// # Errors
    /// When it is not.
    fn ready(&self) -> impl Answer<()>;

    /// Writes everything into one file, as of one moment, while others go on writing. Answers the number of events.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    fn backup(&self, file: &Path) -> impl Answer<u64>;

    /// Reads such a file, made by either implementation, into an empty database and gives it a new epoch.
    ///
    /// # Errors
    /// [`StorageError::NotEmpty`], or what is wrong with the file; then nothing was stored.
    fn restore(&self, file: &Path) -> impl Answer<u64>;

    /// Looks at everything: gaps in `seq`, checksums, rows without their organisation or member.
    ///
    /// # Errors
    /// When it cannot look; what it finds wrong is in the answer.
    fn check(&self) -> impl Answer<Checked>;
}

/// A future of the storage's answer.
pub trait Answer<T>: Future<Output = Result<T, StorageError>> + Send {}

impl<T, F: Future<Output = Result<T, StorageError>> + Send> Answer<T> for F {}

/// SHA-256 of a secret.
pub type Hash = [u8; 32];

/// What went wrong in a database.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The name exists.
    #[error("an organisation of this name exists")]
    Taken,
    /// The invitation was used or ran out.
    #[error("the invitation was used already or has run out")]
    Gone,
    /// Restoring wants an empty database.
    #[error("there is data in this database already: restore into an empty one")]
    NotEmpty,
    /// What is on its way into the ERP would be left behind; says what, and what to do.
    #[error("{0}")]
    UnderWay(String),
    /// A backup cannot be read or written.
    #[error("{0}")]
    File(String),
    /// What stands there cannot be read.
    #[error("{0}")]
    Damaged(String),
    /// The database does not answer.
    #[error("the server's database does not answer: {0}")]
    Unreachable(String),
}

/// An operation with its author, checked and ready to be stored.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The author, from the token.
    pub member: MemberId,
    /// Their desk, from the token.
    pub device: DeviceId,
    /// The server's clock.
    pub accepted_at: Timestamp,
    /// The operation; [`Op::check`] has passed.
    pub op: Op,
}

/// What became of an [`Incoming`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// Stored now under this `seq`; with the policy its event names.
    New(u64, Option<Policy>),
    /// Was there before under this `seq`, same checksum.
    Known(u64),
    /// The id is taken by another operation.
    Reused,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgRow {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// 64 hex digits.
    pub thread_key: String,
    /// The store's life; another after a restore.
    pub epoch: String,
    /// The last `seq`; 0 before the first event.
    pub head: u64,
}

/// An organisation to be made.
#[derive(Clone, Debug)]
pub struct NewOrg {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// 64 hex digits.
    pub thread_key: String,
    /// The first admin's id.
    pub admin: MemberId,
    /// The first admin's address, lower case.
    pub email: String,
    /// argon2id, in PHC form.
    pub password: String,
    /// The server's clock.
    pub now: Timestamp,
}

/// An invitation to be kept.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Where it leads.
    pub org: OrgId,
    /// Of the code.
    pub code_hash: Hash,
    /// What the invited may do.
    pub role: Role,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// Somebody with a code.
#[derive(Clone, Debug)]
pub struct Joining {
    /// Of the code.
    pub code_hash: Hash,
    /// The id to be given.
    pub member: MemberId,
    /// As shown to colleagues.
    pub name: String,
    /// Lower case.
    pub email: String,
    /// argon2id, in PHC form; [`NO_PASSWORD`] for who comes by the company's sign-in.
    pub password: String,
    /// Who they are at the company's sign-in, where they came by it.
    pub company: Option<CompanyId>,
    /// The server's clock.
    pub now: Timestamp,
}

/// What became of a [`Joining`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The member was made.
    New(OrgId),
    /// The address belongs to a member of that organisation already.
    Exists(OrgId),
}

/// Stands where a password's hash would: no password fits it.
pub const NO_PASSWORD: &str = "!";

/// Somebody at a company's sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyId {
    /// The provider's URL.
    pub issuer: String,
    /// The provider's name for the person, which never changes and is never given to another.
    pub subject: String,
}

/// A member who is tied to somebody at a company's sign-in.
#[derive(Clone, Debug)]
pub struct CompanyLink {
    /// Where.
    pub org: OrgId,
    /// Who.
    pub member: MemberId,
    /// At the company.
    pub company: CompanyId,
    /// The server's clock.
    pub now: Timestamp,
}

/// Something kept for a short while.
#[derive(Clone)]
pub struct Slip {
    /// Of the secret that opens it.
    pub key: Hash,
    /// Whatever it is.
    pub body: String,
    /// When it runs out.
    pub expires_at: Timestamp,
}

impl fmt::Debug for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slip { *** }")
    }
}

/// One membership of an address.
#[derive(Clone, Debug)]
pub struct LoginRow {
    /// Where.
    pub org: OrgId,
    /// Who.
    pub member: MemberId,
    /// argon2id, in PHC form.
    pub password: String,
}

/// A device to be kept.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Its id.
    pub id: DeviceId,
    /// Where it signs in.
    pub org: OrgId,
    /// Whose it is.
    pub member: MemberId,
    /// What the person calls it.
    pub name: String,
    /// Of the token.
    pub token_hash: Hash,
    /// The server's clock.
    pub now: Timestamp,
}

/// Whom a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Where.
    pub org: OrgId,
    /// Who.
    pub member: MemberId,
    /// From which device.
    pub device: DeviceId,
    /// What they may do.
    pub role: Role,
}

/// A device, as admins see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its id.
    pub id: DeviceId,
    /// Whose it is.
    pub member: MemberId,
    /// What the person calls it.
    pub name: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was made worthless.
    pub revoked_at: Option<Timestamp>,
}

/// A sensitive thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Where.
    pub org: OrgId,
    /// When.
    pub at: Timestamp,
    /// By whom; `None` for the command line on the server.
    pub member: Option<MemberId>,
    /// What: `login`, `join`, `link`, `invite`, `revoke`, `remove`, `restore`, `create`, `connect`, `key`,
    /// `disconnect`.
    pub action: String,
    /// Ids and words, never secrets.
    pub detail: String,
}

/// What a look at everything found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Events looked at.
    pub events: u64,
    /// What is wrong, a sentence each; empty when all is well.
    pub problems: Vec<String>,
}

/// Runs what waits for a disk where it keeps nobody else waiting.
async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f).await.unwrap_or_else(|e| {
        Err(StorageError::Unreachable(format!(
            "a look ended early: {e}"
        )))
    })
}
