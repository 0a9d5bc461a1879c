//! Everything in PostgreSQL: for teams that run several nodes on one database.
//!
//! - Every table is led by `org_id` and has row-level security, enabled and forced, so the owner is bound, too. Each
//!   transaction says whose it is ([`Scope`]); one that says nothing sees nothing. A superuser is not bound: connect as an
//!   ordinary role that owns the database.
//! - The row of an organisation is the lock under which its events are numbered, on whichever node.
//! - Nodes tell each other of new heads by NOTIFY, which is a hint: every [`listener::LOOK`] each looks by itself.

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
mod listener;
mod member;
mod migration;
mod org;
mod presence;
mod slip;
mod snapshot;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kontor_protocol::{DeviceId, Event, MemberId, MemberRow, OrgId, Role};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{PgConnection, Postgres, Transaction};
use tokio::sync::broadcast;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::heads::Heads;
use super::{
    Appended, AuditEntry, Checked, CompanyId, CompanyLink, DeskChange, DeviceRow, Hash, Incoming,
    Joined, Joining, LoginRow, NewDevice, NewInvitation, NewOrg, OrgRow, OtherDesk, PresenceNews,
    Result, Slip, Storage, StorageError, Who,
};

/// Connections of one node, the listener's among them; PostgreSQL allows a hundred unless told otherwise.
const CONNECTIONS: u32 = 16;
/// How long a call waits for a connection before it says that the database does not answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Organisations whose presence or facts changed that are remembered for a slow listener; it looks by itself, too.
const NEWS: usize = 1024;

/// A [`Storage`] in a PostgreSQL database, which other nodes may share. Clones share its connections.
#[derive(Clone, Debug)]
pub struct PostgresStorage {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    heads: Arc<Heads>,
    /// Another one at each start.
    node: Uuid,
    presence: broadcast::Sender<OrgId>,
    facts: broadcast::Sender<OrgId>,
    /// Ends the listener with the last clone.
    _listening: DropGuard,
}

/// Whose rows a transaction sees.
#[derive(Clone, Copy, Debug)]
enum Scope {
    /// One organisation's, to read and write.
    Org(OrgId),
    /// Everybody's, to read only: for finding out whose a token is, and for the server's own upkeep.
    System,
}

impl PostgresStorage {
    /// Connects and brings the schema up to date; of several nodes that start at once, one does it. Must be called in a
    /// Tokio runtime, where a task goes on listening.
    ///
    /// # Errors
    /// When the address is none, the database does not answer, or its schema is another program's.
    pub async fn connect(url: &str) -> Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options.application_name("kontor-server"))
            .await?;
        migration::apply(&pool).await?;
        warn_of_superuser(&pool).await?;
        let heads = Arc::new(Heads::new());
        let line = listener::connect(&pool).await?;
        heads.know(&org::heads(&pool).await?);
        let stop = CancellationToken::new();
        let (presence, facts) = (broadcast::Sender::new(NEWS), broadcast::Sender::new(NEWS));
        let node = Uuid::new_v4();
        let mut tx = begin(&pool, Scope::Org(slip::NOBODYS)).await?;
        presence::keep_alive(&mut tx, node).await?;
        tx.commit().await?;
        let told = listener::Told {
            heads: Arc::clone(&heads),
            presence: presence.clone(),
            facts: facts.clone(),
            node: node.to_string(),
        };
        let listen = listener::run(pool.clone(), told, line);
        TaskTracker::new().spawn(stop.clone().run_until_cancelled_owned(listen));
        Ok(Self {
            inner: Arc::new(Inner {
                pool,
                heads,
                node,
                presence,
                facts,
                _listening: stop.drop_guard(),
            }),
        })
    }

    async fn begin(&self, scope: Scope) -> Result<Transaction<'static, Postgres>> {
        begin(&self.inner.pool, scope).await
    }

    /// Tells this node and the others. What fails here is made good by their next look.
    async fn announce(&self, org: OrgId, head: Option<u64>) {
        let Some(head) = head else { return };
        self.inner.heads.announce(org, head);
        if let Err(e) = listener::notify(&self.inner.pool, org, head).await {
            tracing::warn!("Other nodes were not told of a new event: {e}.");
        }
    }
}

impl Storage for PostgresStorage {
    async fn append(&self, org: OrgId, batch: Vec<Incoming>) -> Result<Vec<Appended>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let (answers, head) = event::append(&mut tx, org, &batch).await?;
        tx.commit().await?;
        self.announce(org, head).await;
        Ok(answers)
    }

    async fn events(&self, org: OrgId, after: u64, limit: usize) -> Result<Vec<Event>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let kept = event::page(&mut tx, org, after, limit).await?;
        tx.commit().await?;
        super::rows::read_events(after, &kept)
    }

    async fn org(&self, org: OrgId) -> Result<Option<OrgRow>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let row = org::get(&mut tx, org).await?;
        tx.commit().await?;
        Ok(row)
    }

    fn heads(&self) -> broadcast::Receiver<(OrgId, u64)> {
        self.inner.heads.listen()
    }

    async fn create_org(&self, new: NewOrg) -> Result<()> {
        let mut tx = self.begin(Scope::System).await?;
        let head = org::create(&mut tx, &new).await?;
        tx.commit().await?;
        self.announce(new.id, head).await;
        Ok(())
    }

    async fn orgs(&self) -> Result<Vec<OrgRow>> {
        let mut tx = self.begin(Scope::System).await?;
        let rows = org::all(&mut tx).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn invite(&self, invitation: NewInvitation) -> Result<()> {
        let mut tx = self.begin(Scope::Org(invitation.org)).await?;
        invitation::add(&mut tx, &invitation).await?;
        Ok(tx.commit().await?)
    }

    async fn invitation(&self, code_hash: Hash, now: Timestamp) -> Result<Option<(OrgId, Role)>> {
        let mut tx = self.begin(Scope::System).await?;
        let found = invitation::open(&mut tx, &code_hash, now).await?;
        tx.commit().await?;
        Ok(found)
    }

    async fn join(&self, joining: Joining) -> Result<Joined> {
        let mut tx = self.begin(Scope::System).await?;
        let (joined, head) = member::join(&mut tx, &joining).await?;
        tx.commit().await?;
        if let Joined::New(org) = joined {
            self.announce(org, head).await;
        }
        Ok(joined)
    }

    async fn logins(&self, email: &str) -> Result<Vec<LoginRow>> {
        let mut tx = self.begin(Scope::System).await?;
        let rows = member::logins(&mut tx, email).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn members(&self, org: OrgId) -> Result<Vec<MemberRow>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let rows = member::all(&mut tx, org).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn remove_member(&self, org: OrgId, member: MemberId, now: Timestamp) -> Result<bool> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let head = member::remove(&mut tx, org, member, now).await?;
        tx.commit().await?;
        self.announce(org, head).await;
        Ok(head.is_some())
    }

    async fn add_device(&self, device: NewDevice) -> Result<()> {
        let mut tx = self.begin(Scope::Org(device.org)).await?;
        device::add(&mut tx, &device).await?;
        Ok(tx.commit().await?)
    }

    async fn who(&self, token_hash: Hash, _now: Timestamp) -> Result<Option<Who>> {
        let mut tx = self.begin(Scope::System).await?;
        let who = device::who(&mut tx, &token_hash).await?;
        tx.commit().await?;
        Ok(who)
    }

    async fn devices(&self, org: OrgId) -> Result<Vec<DeviceRow>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let rows = device::all(&mut tx, org).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn revoke(&self, org: Option<OrgId>, device: DeviceId, now: Timestamp) -> Result<bool> {
        let mut tx = self.begin(Scope::System).await?;
        let revoked = device::revoke(&mut tx, org, device, now).await?;
        tx.commit().await?;
        Ok(revoked)
    }

    async fn company_logins(&self, who: CompanyId) -> Result<Vec<(OrgId, MemberId)>> {
        let mut tx = self.begin(Scope::System).await?;
        let rows = company::logins(&mut tx, &who).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn link_company(&self, link: CompanyLink) -> Result<bool> {
        let mut tx = self.begin(Scope::Org(link.org)).await?;
        let linked = company::link(&mut tx, &link).await?;
        tx.commit().await?;
        Ok(linked)
    }

    async fn keep_slip(&self, slip: Slip, now: Timestamp) -> Result<()> {
        let mut tx = self.begin(Scope::Org(slip::NOBODYS)).await?;
        slip::keep(&mut tx, &slip, now).await?;
        Ok(tx.commit().await?)
    }

    async fn take_slip(&self, key: Hash, now: Timestamp) -> Result<Option<String>> {
        let mut tx = self.begin(Scope::Org(slip::NOBODYS)).await?;
        let body = slip::take(&mut tx, &key, now).await?;
        tx.commit().await?;
        Ok(body)
    }

    async fn share_presence(&self, org: OrgId, changes: &[DeskChange]) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let node = self.inner.node;
        let mut tx = self.begin(Scope::Org(org)).await?;
        presence::share(&mut tx, org, node, changes).await?;
        // Heard when this is committed.
        listener::tell_presence(&mut tx, org, node).await?;
        Ok(tx.commit().await?)
    }

    async fn others_presence(&self, org: OrgId, now: Timestamp) -> Result<Vec<OtherDesk>> {
        let mut tx = self.begin(Scope::System).await?;
        let nodes = presence::nodes(&mut tx).await?;
        enter(&mut tx, Scope::Org(org)).await?;
        let own = self.inner.node;
        let others = presence::others(&mut tx, org, own, &nodes, now).await?;
        tx.commit().await?;
        Ok(others)
    }

    fn presence_news(&self) -> Option<PresenceNews> {
        Some(self.inner.presence.subscribe())
    }

    async fn keep_alive(&self) -> Result<bool> {
        let mut tx = self.begin(Scope::Org(slip::NOBODYS)).await?;
        let given_up = presence::keep_alive(&mut tx, self.inner.node).await?;
        tx.commit().await?;
        Ok(given_up)
    }

    async fn audit(&self, entry: AuditEntry) -> Result<()> {
        let mut tx = self.begin(Scope::Org(entry.org)).await?;
        audit::add(&mut tx, &entry).await?;
        Ok(tx.commit().await?)
    }

    async fn audit_log(&self, org: OrgId, limit: usize) -> Result<Vec<AuditEntry>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let rows = audit::newest(&mut tx, org, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn ready(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.inner.pool).await?;
        Ok(())
    }

    async fn backup(&self, file: &Path) -> Result<u64> {
        let mut tx = one_moment(&self.inner.pool).await?;
        let events = copy::backup(&mut tx, file).await?;
        tx.commit().await?;
        Ok(events)
    }

    async fn restore(&self, file: &Path) -> Result<u64> {
        let mut tx = self.begin(Scope::System).await?;
        let events = copy::restore(&mut tx, file).await?;
        tx.commit().await?;
        for (org, head) in org::heads(&self.inner.pool).await? {
            self.announce(org, Some(head)).await;
        }
        Ok(events)
    }

    async fn check(&self) -> Result<Checked> {
        let mut tx = one_moment(&self.inner.pool).await?;
        let checked = check::all(&mut tx).await?;
        tx.commit().await?;
        Ok(checked)
    }
}

async fn begin(pool: &PgPool, scope: Scope) -> Result<Transaction<'static, Postgres>> {
    let mut tx = pool.begin().await?;
    enter(&mut tx, scope).await?;
    Ok(tx)
}

/// One moment of everything, to read only, while others go on writing.
async fn one_moment(pool: &PgPool) -> Result<Transaction<'static, Postgres>> {
    let mut tx = pool.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        .execute(&mut *tx)
        .await?;
    enter(&mut tx, Scope::System).await?;
    Ok(tx)
}

/// Says whose the rest of the transaction is.
async fn enter(tx: &mut PgConnection, scope: Scope) -> Result<()> {
    let word = match scope {
        Scope::Org(org) => org.to_string(),
        Scope::System => "system".to_owned(),
    };
    sqlx::query("SELECT set_config('kontor.org', $1, true)")
        .bind(word)
        .execute(tx)
        .await?;
    Ok(())
}

async fn warn_of_superuser(pool: &PgPool) -> Result<()> {
    let unbound: bool = sqlx::query_scalar(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user",
    )
    .fetch_one(pool)
    .await?;
    if unbound {
        tracing::warn!(
            "The database role is not bound by row-level security; use an ordinary one that owns the database."
        );
    }
    Ok(())
}

impl From<sqlx::Error> for StorageError {
    fn from(e: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match e {
            E::Configuration(e) => Self::Unreachable(format!("its address cannot be read: {e}")),
            E::ColumnDecode { .. } | E::Decode(_) => {
                Self::Damaged(format!("a row cannot be read: {e}"))
            }
            E::Database(e) => Self::Unreachable(format!("it refused a statement: {e}")),
            E::PoolTimedOut => Self::Unreachable("no connection became free in time".to_owned()),
            e => Self::Unreachable(e.to_string()),
        }
    }
}
