//! Everything in one SQLite file: the default, and what the app hosts by itself.
//!
//! All changes go through kontor-sqlite's writer in its durable lane, so what is answered is on the disk. Another process
//! on the same file (`kontor-server admin`) is noticed soon.

mod act;
mod audit;
mod check;
mod company;
mod convert;
mod copy;
mod device;
mod erp;
mod event;
mod facts;
mod file;
mod invitation;
mod member;
mod org;
mod slip;
mod snapshot;
mod unsent;

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use kontor_protocol::{DeviceId, Event, MemberId, MemberRow, OrgId, Role};
use kontor_sqlite::{Database, Lane, Migration, Options};
use rusqlite::{Connection, Transaction};
use tokio::sync::{broadcast, watch};

use super::heads::Heads;
use super::{
    Appended, AuditEntry, Checked, CompanyId, CompanyLink, DeskChange, DeviceRow, Hash, Incoming,
    Joined, Joining, LoginRow, NewDevice, NewInvitation, NewOrg, OrgRow, OtherDesk, Result, Slip,
    Storage, StorageError, Who, blocking,
};

/// How often the file's commits are asked whether there were any.
const LOOK: Duration = Duration::from_millis(500);

/// Organisations whose facts changed that are remembered for a slow listener; it looks by itself, too.
const NEWS: usize = 1024;

/// In the order they are applied; append only.
const MIGRATIONS: &[Migration] = &[
    org::MIGRATION,
    member::MIGRATION,
    device::MIGRATION,
    invitation::MIGRATION,
    event::MIGRATION,
    audit::MIGRATION,
    company::MIGRATION,
    slip::MIGRATION,
    snapshot::MIGRATION,
    file::MIGRATION,
    unsent::MIGRATION,
    erp::MIGRATION,
    act::MIGRATION,
    erp::PRODUCTS,
    event::POLICY_MIGRATION,
];

/// A [`Storage`] in one file. Clones share it; the last one to go closes it.
#[derive(Clone, Debug)]
pub struct SqliteStorage {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    // Before the database: its thread holds the database open.
    _watch: Watch,
    db: Database,
    heads: Arc<Heads>,
    unsent: unsent::Unsent,
    facts: broadcast::Sender<OrgId>,
}

impl SqliteStorage {
    /// Opens the file, making it and its folder where missing, readable by its owner only.
    ///
    /// # Errors
    /// When the file cannot be opened or written, or is damaged.
    pub fn open(path: &Path) -> Result<Self> {
        make_private(path).map_err(|e| {
            StorageError::Unreachable(format!("{} cannot be made: {e}", path.display()))
        })?;
        let db = Database::open(path, &Options::default(), MIGRATIONS)?;
        let heads = Arc::new(Heads::new());
        let commits = db.commits();
        heads.know(&db.read(org::heads)?);
        let watch = Watch::start(db.clone(), Arc::clone(&heads), commits)?;
        Ok(Self {
            inner: Arc::new(Inner {
                _watch: watch,
                db,
                heads,
                unsent: unsent::Unsent::default(),
                facts: broadcast::Sender::new(NEWS),
            }),
        })
    }

    /// Reads on a thread that may wait for the disk.
    async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let db = self.inner.db.clone();
        blocking(move || db.read(f)).await
    }

    async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.inner.db.write(Lane::Durable, f).await
    }

    fn announce(&self, org: OrgId, head: Option<u64>) {
        if let Some(head) = head {
            self.inner.heads.announce(org, head);
        }
    }
}

impl Storage for SqliteStorage {
    async fn append(&self, org: OrgId, batch: Vec<Incoming>) -> Result<Vec<Appended>> {
        let (answers, head) = self.write(move |tx| event::append(tx, org, &batch)).await?;
        self.announce(org, head);
        Ok(answers)
    }

    async fn events(&self, org: OrgId, after: u64, limit: usize) -> Result<Vec<Event>> {
        self.read(move |c| event::after(c, org, after, limit)).await
    }

    async fn org(&self, org: OrgId) -> Result<Option<OrgRow>> {
        self.read(move |c| org::get(c, org)).await
    }

    fn heads(&self) -> broadcast::Receiver<(OrgId, u64)> {
        self.inner.heads.listen()
    }

    async fn create_org(&self, new: NewOrg) -> Result<()> {
        let id = new.id;
        let head = self.write(move |tx| org::create(tx, &new)).await?;
        self.announce(id, head);
        Ok(())
    }

    async fn orgs(&self) -> Result<Vec<OrgRow>> {
        self.read(org::all).await
    }

    async fn invite(&self, invitation: NewInvitation) -> Result<()> {
        self.write(move |tx| invitation::add(tx, &invitation)).await
    }

    async fn invitation(&self, code_hash: Hash, now: Timestamp) -> Result<Option<(OrgId, Role)>> {
        self.read(move |c| invitation::open(c, &code_hash, now))
            .await
    }

    async fn join(&self, joining: Joining) -> Result<Joined> {
        let (joined, head) = self.write(move |tx| member::join(tx, &joining)).await?;
        if let Joined::New(org) = joined {
            self.announce(org, head);
        }
        Ok(joined)
    }

    async fn logins(&self, email: &str) -> Result<Vec<LoginRow>> {
        let email = email.to_owned();
        self.read(move |c| member::logins(c, &email)).await
    }

    async fn members(&self, org: OrgId) -> Result<Vec<MemberRow>> {
        self.read(move |c| member::all(c, org)).await
    }

    async fn remove_member(&self, org: OrgId, member: MemberId, now: Timestamp) -> Result<bool> {
        let head = self
            .write(move |tx| member::remove(tx, org, member, now))
            .await?;
        self.announce(org, head);
        Ok(head.is_some())
    }

    async fn add_device(&self, device: NewDevice) -> Result<()> {
        self.write(move |tx| device::add(tx, &device)).await
    }

    async fn who(&self, token_hash: Hash, _now: Timestamp) -> Result<Option<Who>> {
        self.read(move |c| device::who(c, &token_hash)).await
    }

    async fn devices(&self, org: OrgId) -> Result<Vec<DeviceRow>> {
        self.read(move |c| device::all(c, org)).await
    }

    async fn revoke(&self, org: Option<OrgId>, device: DeviceId, now: Timestamp) -> Result<bool> {
        self.write(move |tx| device::revoke(tx, org, device, now))
            .await
    }

    async fn company_logins(&self, who: CompanyId) -> Result<Vec<(OrgId, MemberId)>> {
        self.read(move |c| company::logins(c, &who)).await
    }

    async fn link_company(&self, link: CompanyLink) -> Result<bool> {
        self.write(move |tx| company::link(tx, &link)).await
    }

    async fn keep_slip(&self, slip: Slip, now: Timestamp) -> Result<()> {
        self.write(move |tx| slip::keep(tx, &slip, now)).await
    }

    async fn take_slip(&self, key: Hash, now: Timestamp) -> Result<Option<String>> {
        self.write(move |tx| slip::take(tx, &key, now)).await
    }

    async fn share_presence(&self, org: OrgId, changes: &[DeskChange]) -> Result<()> {
        self.inner.unsent.share(&self.inner.db, org, changes).await
    }

    async fn others_presence(&self, org: OrgId, now: Timestamp) -> Result<Vec<OtherDesk>> {
        self.inner.unsent.left(&self.inner.db, org, now).await
    }

    async fn audit(&self, entry: AuditEntry) -> Result<()> {
        self.write(move |tx| audit::add(tx, &entry)).await
    }

    async fn audit_log(&self, org: OrgId, limit: usize) -> Result<Vec<AuditEntry>> {
        self.read(move |c| audit::newest(c, org, limit)).await
    }

    async fn ready(&self) -> Result<()> {
        self.read(|c| Ok(c.query_row("SELECT 1", [], |_| Ok(()))?))
            .await
    }

    async fn backup(&self, file: &Path) -> Result<u64> {
        let file = file.to_owned();
        self.read(move |c| copy::backup(c, &file)).await
    }

    async fn restore(&self, file: &Path) -> Result<u64> {
        let file = file.to_owned();
        let events = self.write(move |tx| copy::restore(tx, &file)).await?;
        self.inner.heads.announce_all(&self.read(org::heads).await?);
        Ok(events)
    }

    async fn check(&self) -> Result<Checked> {
        self.read(check::all).await
    }
}

/// Looks for events of other processes. Its thread ends with it.
#[derive(Debug)]
struct Watch {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    fn start(db: Database, heads: Arc<Heads>, mut commits: watch::Receiver<u64>) -> Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let run = move || {
            let mut told = false;
            while stopped.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Timeout) {
                if !commits.has_changed().unwrap_or(false) {
                    continue;
                }
                commits.mark_unchanged();
                let looked = look(&db, &heads);
                if let Err(e) = &looked {
                    commits.mark_changed();
                    if !told {
                        tracing::warn!("Other programs' events go unnoticed: {e}.");
                    }
                }
                told = looked.is_err();
            }
        };
        let thread = std::thread::Builder::new()
            .name("storage watch".to_owned())
            .spawn(run)
            .map_err(|e| StorageError::Unreachable(format!("no thread could be started: {e}")))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("The storage's watch had panicked.");
        }
    }
}

fn look(db: &Database, heads: &Heads) -> Result<()> {
    for (org, head) in db.read(org::heads)? {
        heads.announce(org, head);
    }
    Ok(())
}

/// The file and its folder exist after this. SQLite gives its log the permissions of the file.
fn make_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

impl From<kontor_sqlite::Error> for StorageError {
    fn from(e: kontor_sqlite::Error) -> Self {
        use kontor_sqlite::Error as E;
        match e {
            E::Busy => Self::Unreachable("another program keeps its file busy".to_owned()),
            E::Full => Self::Unreachable("the disk it lies on is full; free some space".to_owned()),
            E::ReadOnly => Self::Unreachable(
                "its file may not be written; check the permissions of its folder".to_owned(),
            ),
            E::Open { path, reason } => {
                Self::Unreachable(format!("{} cannot be opened: {reason}", path.display()))
            }
            E::Damaged(what) => Self::Damaged(format!(
                "the server's database is damaged ({what}); restore a backup"
            )),
            E::ChangedMigration(name) => Self::Damaged(format!(
                "the server's database was made by another program: its step “{name}” differs"
            )),
            E::Panicked => {
                Self::Unreachable("an internal error stopped a change; it was not made".to_owned())
            }
            E::Closed => Self::Unreachable("it is closed".to_owned()),
            E::Sqlite(e) => match e {
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..) => {
                    Self::Damaged(format!("a row cannot be read: {e}"))
                }
                e => Self::Unreachable(format!("it refused a statement: {e}")),
            },
        }
    }
}

impl From<rusqlite::Error> for StorageError {
    fn from(e: rusqlite::Error) -> Self {
        kontor_sqlite::Error::from(e).into()
    }
}
