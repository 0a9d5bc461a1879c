//! Free ports on loopback for servers that cannot be handed an open socket.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, Result};

/// Returns `count` different TCP ports on 127.0.0.1 that nobody listens on right now.
///
/// Below the kernel's ephemeral range, so that no outgoing connection takes one between this look and the server's
/// own bind. Another test may still win the race: a server that cannot bind is started again on other ports.
///
/// # Errors
/// When the loopback interface has no such ports left.
pub fn free(count: usize) -> Result<Vec<u16>> {
    let mut held = Vec::with_capacity(count);
    let mut rng = crate::Rng::new(seed()?);
    for _ in 0..10_000 {
        if held.len() == count {
            break;
        }
        let port = u16::try_from(rng.between(10_000, 32_000))?;
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            held.push(listener); // held until all are found, so that none comes twice
        }
    }
    anyhow::ensure!(
        held.len() == count,
        "no {count} free ports between 10000 and 32000 on 127.0.0.1"
    );
    held.iter().map(|l| Ok(l.local_addr()?.port())).collect()
}

/// Differs from process to process and from call to call: an ephemeral port and the process id.
fn seed() -> Result<u64> {
    let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("open a port on 127.0.0.1")?;
    let port = u64::from(probe.local_addr()?.port());
    Ok((u64::from(std::process::id()) << 16) ^ port)
}

#[cfg(test)]
mod tests {
    #[test]
    fn ports_are_free_and_different() {
        let ports = super::free(8).unwrap();
        let unique: std::collections::BTreeSet<_> = ports.iter().collect();
        assert_eq!(unique.len(), 8, "no port twice: {ports:?}");
    }
}
