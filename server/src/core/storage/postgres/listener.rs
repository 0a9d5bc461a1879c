//! Hears of the heads other nodes have made, of who came and went there, and of facts that changed.

use std::sync::Arc;
use std::time::Duration;

use kontor_protocol::OrgId;
use sqlx::postgres::PgListener;
use sqlx::{PgConnection, PgPool};
use tokio::sync::broadcast;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::super::Result;
use super::super::heads::Heads;
use super::org;

/// The channel; a payload is an organisation's id and its head.
const CHANNEL: &str = "kontor_heads";
/// The other channel; a payload is an organisation's id and the node that tells.
const PRESENCE: &str = "kontor_presence";
/// The third one, for facts; as above.
const FACTS: &str = "kontor_facts";
/// How long a silent line is trusted: then it is tried, and all heads are looked at.
pub(super) const LOOK: Duration = Duration::from_secs(15);
/// How long a try may take.
const TRY: Duration = Duration::from_secs(5);
/// The pause before connecting again.
const PAUSE: Duration = Duration::from_millis(500);

/// Who hears what is heard.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) heads: Arc<Heads>,
    pub(super) presence: broadcast::Sender<OrgId>,
    pub(super) facts: broadcast::Sender<OrgId>,
    /// This node, which knows its own.
    pub(super) node: String,
}

impl Told {
    /// Passes on what another node has told. Anybody may notify: what is none of ours is left alone.
    fn pass(&self, to: &broadcast::Sender<OrgId>, payload: &str) {
        if let Some((org, node)) = payload.split_once(' ')
            && node != self.node
            && let Ok(org) = org.parse()
        {
            // Nobody listening is fine.
            drop(to.send(org));
        }
    }
}

/// Tells all nodes, when the transaction is committed, that somebody came, went or changed.
pub(super) async fn tell_presence(tx: &mut PgConnection, org: OrgId, node: Uuid) -> Result<()> {
    tell(tx, PRESENCE, org, node).await
}

/// Tells all nodes, when the transaction is committed, that facts or their state changed.
pub(super) async fn tell_facts(tx: &mut PgConnection, org: OrgId, node: Uuid) -> Result<()> {
    tell(tx, FACTS, org, node).await
}

async fn tell(tx: &mut PgConnection, channel: &str, org: OrgId, node: Uuid) -> Result<()> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(channel)
        .bind(format!("{org} {node}"))
        .execute(tx)
        .await?;
    Ok(())
}

/// Tells all nodes. Nothing is lost with this transaction, so it does not wait for the disk.
pub(super) async fn notify(pool: &PgPool, org: OrgId, head: u64) -> Result<()> {
    sqlx::query("SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(format!("{org} {head}"))
        .execute(pool)
        .await?;
    Ok(())
}

/// A line that hears everything from now on.
pub(super) async fn connect(pool: &PgPool) -> Result<PgListener> {
    let mut line = PgListener::connect_with(pool).await?;
    line.listen_all([CHANNEL, PRESENCE, FACTS]).await?;
    Ok(line)
}

/// Passes on what is heard, for ever. After a break all heads are told again: nobody knows what was missed.
pub(super) async fn run(pool: PgPool, told: Told, mut line: PgListener) {
    loop {
        if let Err(e) = pass_on(&pool, &told, &mut line).await {
            tracing::warn!("Other nodes are not heard: {e}.");
        }
        line = loop {
            match again(&pool, &told.heads).await {
                Ok(line) => break line,
                Err(e) => tracing::debug!("Other nodes are still not heard: {e}."),
            }
            sleep(PAUSE).await;
        };
    }
}

/// Until the line breaks.
async fn pass_on(pool: &PgPool, told: &Told, line: &mut PgListener) -> Result<()> {
    let heads = &told.heads;
    loop {
        match timeout(LOOK, line.try_recv()).await {
            Ok(Ok(Some(heard))) if heard.channel() == PRESENCE => {
                told.pass(&told.presence, heard.payload());
            }
            Ok(Ok(Some(heard))) if heard.channel() == FACTS => {
                told.pass(&told.facts, heard.payload());
            }
            Ok(Ok(Some(heard))) => {
                if let Some((org, head)) = read(heard.payload()) {
                    heads.announce(org, head);
                }
            }
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(e)) => return Err(e.into()),
            Err(_silence) => {
                let tried = timeout(TRY, sqlx::query("SELECT 1").execute(&mut *line)).await;
                let Ok(answer) = tried else { return Ok(()) };
                answer?;
                for (org, head) in org::heads(pool).await? {
                    heads.announce(org, head);
                }
            }
        }
    }
}

async fn again(pool: &PgPool, heads: &Heads) -> Result<PgListener> {
    let line = connect(pool).await?;
    heads.announce_all(&org::heads(pool).await?);
    Ok(line)
}

/// Anybody may notify: what is none of ours is left alone.
fn read(payload: &str) -> Option<(OrgId, u64)> {
    let (org, head) = payload.split_once(' ')?;
    Some((org.parse().ok()?, head.parse().ok()?))
}
