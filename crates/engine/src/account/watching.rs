//! Layer 1: a line that does nothing but wait for news; and the watchdogs of the computer itself.

use std::net::{IpAddr, UdpSocket};
use std::time::Duration;

use kontor_mail::provider::{Fault, Poke, Provider as _};
use kontor_model::Role;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::Life;
use crate::backoff::Backoff;
use crate::line;

/// Waits on the server for good: reconnects by itself, reports push up or down, never ends but with the account.
pub(super) async fn watch(life: &Life) -> Result<(), Fault> {
    let mut backoff = Backoff::for_lines(life.id().0.unsigned_abs().wrapping_mul(31));
    // Kept alive for the life of the watch: nobody stops it but dropping it.
    let (_keep, mut stop) = watch::channel(false);
    loop {
        match one_watch(life, &mut stop).await {
            Ok(()) => backoff.reset(),
            Err(fault @ (Fault::SignIn(_) | Fault::Tls(_))) => return Err(fault),
            Err(fault) => {
                let pause = backoff.next();
                let why = format!("Instant mail does not work: {fault} Looking every 30 seconds.");
                life.push_down.send_if_modified(|now| {
                    let news = now.as_deref() != Some(why.as_str());
                    *now = Some(why);
                    news
                });
                if fault.line_is_gone() {
                    life.doubt.notify_one();
                }
                sleep(pause).await;
            }
        }
    }
}

async fn one_watch(life: &Life, stop: &mut watch::Receiver<bool>) -> Result<(), Fault> {
    let mut line = line::connect(&life.ctx, &life.account).await?;
    if !line.capabilities().push && !line.capabilities().push_all {
        return Err(Fault::Refused("The server does not offer it.".into()));
    }
    let inbox = inbox(life).await?;
    life.push_down.send_replace(None);
    // What came between main's look and this watch is asked for once: the server announces only what comes from now on.
    let at = life.ctx.clock.now();
    life.poke(Poke::Folder {
        wire: inbox.clone(),
        at,
    });
    loop {
        line.watch(&inbox, &life.pokes, stop).await?;
    }
}

/// The wire name of the inbox; `INBOX` by definition before the first listing (RFC 3501 §5.1).
async fn inbox(life: &Life) -> Result<String, Fault> {
    let id = life.id();
    let folders = life
        .ctx
        .read(move |r| r.folders(Some(id)))
        .await
        .map_err(|e| Fault::Offline(e.message))?;
    let found = folders
        .into_iter()
        .find(|f| f.folder.role == Some(Role::Inbox))
        .map(|f| f.folder.wire);
    Ok(found.unwrap_or_else(|| "INBOX".into()))
}

/// Returns when the computer has slept or reaches the world another way: every line is dead then, though TCP has not
/// noticed yet.
pub(crate) async fn network_changed() {
    const LOOK: Duration = Duration::from_secs(5);
    let began = route();
    loop {
        let (before, wall) = (Instant::now(), jiff::Timestamp::now());
        sleep(LOOK).await;
        // The monotonic clock stands still while the computer sleeps, the wall clock does not.
        let passed = wall.duration_until(jiff::Timestamp::now()).as_secs();
        let slept = passed
            .saturating_sub(i64::try_from(before.elapsed().as_secs()).unwrap_or(i64::MAX))
            > 20;
        if slept || route() != began {
            return;
        }
    }
}

/// The address this computer would send from; no packet is sent (UDP connect only looks up the route).
fn route() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip())
}
