//! A bad network on demand: a TCP proxy that delays, trickles, freezes, cuts and refuses.
//!
//! Put it before any port and give the client the proxy's port. Faults can be changed at any time and act on open
//! connections too. TLS passes through untouched; a cut inside a record is a cut inside a record.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::Rng;

mod pump;
use pump::Shared;

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// What is wrong with the network. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// Every chunk waits so long.
    pub delay: Duration,
    /// At most so many bytes a second, each way.
    pub bytes_per_second: Option<u64>,
    /// A connection ends, both ways and without a goodbye, after so many bytes in this direction. The chunk on the way
    /// is passed up to exactly there: half a line, half a literal, half a TLS record.
    pub cut_after: Option<(Direction, u64)>,
    /// Nothing passes, nothing closes: the silence of a dead link.
    pub frozen: bool,
    /// Words replaced in what the server says, for tests of a meddling network (plain connections only). Same length
    /// keeps literals intact.
    pub replace: Vec<(String, String)>,
}

impl Faults {
    /// A plan from a seed: some delay, perhaps a slow line, perhaps a cut somewhere in the first `bytes`.
    #[must_use]
    pub fn seeded(seed: u64, bytes: u64) -> Self {
        let mut rng = Rng::new(seed);
        let delay = Duration::from_millis(if rng.chance(30) {
            rng.between(1, 20)
        } else {
            0
        });
        let bytes_per_second = rng.chance(20).then(|| rng.between(50_000, 500_000));
        let direction = if rng.chance(70) {
            Direction::Down
        } else {
            Direction::Up
        };
        let cut_after = rng.chance(70).then(|| (direction, rng.below(bytes)));
        Self {
            delay,
            bytes_per_second,
            cut_after,
            ..Self::default()
        }
    }
}

/// A proxy on a port of its own. Ends, with its connections, when dropped.
#[derive(Debug)]
pub struct FaultProxy {
    port: u16,
    shared: Arc<Shared>,
}

impl FaultProxy {
    /// Stands before `127.0.0.1:target`.
    ///
    /// # Errors
    /// When no port is free.
    pub fn before(target: u16) -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("open a port for the proxy")?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::new(target));
        pump::accept(listener, &shared)?;
        Ok(Self { port, shared })
    }

    /// Where clients connect.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Sets the faults from now on; counting for `cut_after` starts at zero with every connection.
    pub fn set(&self, faults: Faults) {
        self.shared.change(|s| s.faults = faults);
    }

    /// Changes single faults: `proxy.change(|f| f.delay = …)`.
    pub fn change(&self, how: impl FnOnce(&mut Faults)) {
        self.shared.change(|s| how(&mut s.faults));
    }

    /// Silence from now on; nothing closes.
    pub fn freeze(&self) {
        self.change(|f| f.frozen = true);
    }

    /// Ends the silence; what waited is passed on.
    pub fn thaw(&self) {
        self.change(|f| f.frozen = false);
    }

    /// Breaks every open connection off.
    pub fn cut(&self) {
        self.shared.cut();
    }

    /// From now on nobody answers on the port: connections are refused, open ones stay.
    ///
    /// # Errors
    /// When the port cannot be closed.
    pub fn refuse(&self) -> Result<()> {
        if self.shared.close_door() {
            // Wakes the accepting thread; it drops the listener before this connection ends.
            let knock = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
                .context("close the proxy's port")?;
            self.shared.wait_for_closed_door();
            drop(knock);
        }
        Ok(())
    }

    /// Answers on the port again.
    ///
    /// # Errors
    /// When somebody else took the port.
    pub fn admit(&self) -> Result<()> {
        if self.shared.door_is_closed() {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))
                .context("open the proxy's port again")?;
            self.shared.open_door();
            pump::accept(listener, &self.shared)?;
        }
        Ok(())
    }

    /// Points new connections at another port, as after a move of the server.
    pub fn retarget(&self, target: u16) {
        self.shared.change(|s| s.target = target);
    }

    /// How many connections there were since the start.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .accepted
    }

    /// How many connections are open now.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .open
            .len()
    }

    /// How many bytes went this way, all connections together.
    #[must_use]
    pub fn bytes(&self, direction: Direction) -> u64 {
        let state = self
            .shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match direction {
            Direction::Up => state.bytes_up,
            Direction::Down => state.bytes_down,
        }
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        // Nobody is left to hear of a door that does not close.
        drop(self.refuse());
        self.thaw();
        self.cut();
    }
}
