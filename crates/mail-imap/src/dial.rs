//! Reaching a server: TCP with keep-alive, bounded in time.

use std::net::SocketAddr;
use std::time::Duration;

use kontor_mail::provider::{Fault, Result};
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long a connection may take to be made, and TLS to be agreed on, each.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Connects to the first address that answers.
///
/// Keep-alive probes go out after a minute of silence, so that a line that is dead without a word (a laptop that slept,
/// a NAT that forgot) is noticed within two minutes even while nobody speaks.
///
/// # Errors
/// [`Fault::Offline`] when the name does not resolve or nobody answers within [`PATIENCE`].
pub async fn tcp(host: &str, port: u16) -> Result<TcpStream> {
    let stream = timeout(PATIENCE, first_that_answers(host, port))
        .await
        .unwrap_or_else(|_elapsed| {
            Err(Fault::Offline(format!(
                "{host} does not answer on port {port}."
            )))
        })?;
    // Both only tune the line; it works without.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no delay");
    }
    let probes = TcpKeepalive::new()
        .with_time(Duration::from_mins(1))
        .with_interval(Duration::from_secs(20))
        .with_retries(3);
    if let Err(error) = SockRef::from(&stream).set_tcp_keepalive(&probes) {
        tracing::debug!(%error, "no keep-alive");
    }
    Ok(stream)
}

async fn first_that_answers(host: &str, port: u16) -> Result<TcpStream> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<SocketAddr> = lookup_host((bare, port))
        .await
        .map_err(|e| Fault::Offline(format!("The server name {host} cannot be found ({e}).")))?
        .collect();
    let mut last = Fault::Offline(format!("The server name {host} has no address."));
    let share = PATIENCE
        .checked_div(u32::try_from(addresses.len()).unwrap_or(1).max(1))
        .unwrap_or(PATIENCE);
    for address in addresses {
        // One dead address (often IPv6) must not use up the time of the others.
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(e)) => {
                last = Fault::Offline(format!(
                    "{host} does not take connections on port {port} ({e})."
                ));
            }
            Err(_elapsed) => {
                last = Fault::Offline(format!("{host} does not answer on port {port}."));
            }
        }
    }
    Err(last)
}
