//! The threads of a proxy: one that accepts, two that carry bytes for every connection.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;

use super::{Direction, Faults};

#[derive(Debug)]
pub(super) struct State {
    pub(super) faults: Faults,
    pub(super) target: u16,
    pub(super) accepted: usize,
    /// Both ends of every open connection, by number.
    pub(super) open: BTreeMap<usize, [TcpStream; 2]>,
    pub(super) bytes_up: u64,
    pub(super) bytes_down: u64,
    door: Door,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Open,
    Closing,
    Closed,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    pub(super) const fn new(target: u16) -> Self {
        let state = State {
            faults: Faults {
                delay: Duration::ZERO,
                bytes_per_second: None,
                cut_after: None,
                frozen: false,
                replace: Vec::new(),
            },
            target,
            accepted: 0,
            open: BTreeMap::new(),
            bytes_up: 0,
            bytes_down: 0,
            door: Door::Open,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change(&self, how: impl FnOnce(&mut State)) {
        how(&mut self.lock());
        self.changed.notify_all();
    }

    pub(super) fn cut(&self) {
        let open = std::mem::take(&mut self.lock().open);
        for end in open.values().flatten() {
            drop(end.shutdown(Shutdown::Both)); // already gone is gone
        }
        self.changed.notify_all();
    }

    /// True when the door was open and somebody must knock to wake its keeper.
    pub(super) fn close_door(&self) -> bool {
        let mut state = self.lock();
        let was_open = state.door == Door::Open;
        if was_open {
            state.door = Door::Closing;
        }
        was_open
    }

    pub(super) fn wait_for_closed_door(&self) {
        let closed = self
            .changed
            .wait_while(self.lock(), |s| s.door == Door::Closing);
        drop(closed);
    }

    pub(super) fn door_is_closed(&self) -> bool {
        self.lock().door == Door::Closed
    }

    pub(super) fn open_door(&self) {
        self.lock().door = Door::Open;
    }

    /// Waits while frozen; returns the faults to apply to the next chunk.
    fn faults(&self, number: usize) -> Option<Faults> {
        let state = self
            .changed
            .wait_while(self.lock(), |s| {
                s.faults.frozen && s.open.contains_key(&number)
            })
            .unwrap_or_else(PoisonError::into_inner);
        state
            .open
            .contains_key(&number)
            .then(|| state.faults.clone())
    }

    fn end(&self, number: usize) {
        let ends = self.lock().open.remove(&number);
        for end in ends.iter().flatten() {
            drop(end.shutdown(Shutdown::Both));
        }
        self.changed.notify_all();
    }
}

/// Accepts until the door closes.
pub(super) fn accept(listener: TcpListener, shared: &Arc<Shared>) -> Result<()> {
    let shared = Arc::clone(shared);
    std::thread::Builder::new()
        .name("fault-proxy".into())
        .spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.lock().door == Door::Closing {
                    break;
                }
                // A target that is down looks like a server that hangs up: the client is dropped.
                drop(connect(client, &shared));
            }
            drop(listener);
            shared.change(|s| s.door = Door::Closed);
        })?;
    Ok(())
}

fn connect(client: TcpStream, shared: &Arc<Shared>) -> Result<()> {
    let target = shared.lock().target;
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, target))?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let number = {
        let mut state = shared.lock();
        state.accepted = state.accepted.saturating_add(1);
        let number = state.accepted;
        state
            .open
            .insert(number, [client.try_clone()?, server.try_clone()?]);
        number
    };
    for (direction, from, to) in [
        (Direction::Up, client.try_clone()?, server.try_clone()?),
        (Direction::Down, server, client),
    ] {
        let shared = Arc::clone(shared);
        std::thread::Builder::new().spawn(move || {
            // However it ended, the connection is over for both sides.
            drop(carry(direction, &from, &to, number, &shared));
            shared.end(number);
        })?;
    }
    Ok(())
}

/// Carries bytes one way until either side ends or a fault strikes.
fn carry(
    direction: Direction,
    mut from: &TcpStream,
    mut to: &TcpStream,
    number: usize,
    shared: &Shared,
) -> Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    let mut carried: u64 = 0;
    loop {
        let n = from.read(&mut buffer)?;
        let Some(faults) = shared.faults(number) else {
            return Ok(());
        };
        let Some(chunk) = buffer.get(..n).filter(|c| !c.is_empty()) else {
            return Ok(());
        };
        let (chunk, last) = shape(chunk, direction, carried, &faults);
        std::thread::sleep(pause(chunk.len(), &faults));
        to.write_all(&chunk)?;
        let size = u64::try_from(chunk.len())?;
        carried = carried.saturating_add(size);
        shared.change(|s| match direction {
            Direction::Up => s.bytes_up = s.bytes_up.saturating_add(size),
            Direction::Down => s.bytes_down = s.bytes_down.saturating_add(size),
        });
        if last {
            return Ok(());
        }
    }
}

/// What of the chunk passes, and whether it is the last.
fn shape(chunk: &[u8], direction: Direction, carried: u64, faults: &Faults) -> (Vec<u8>, bool) {
    let mut out = chunk.to_vec();
    if direction == Direction::Down {
        for (word, other) in &faults.replace {
            out = replaced(&out, word.as_bytes(), other.as_bytes());
        }
    }
    if let Some((way, limit)) = faults.cut_after
        && way == direction
    {
        let room = usize::try_from(limit.saturating_sub(carried)).unwrap_or(usize::MAX);
        if out.len() >= room {
            out.truncate(room);
            return (out, true);
        }
    }
    (out, false)
}

fn pause(bytes: usize, faults: &Faults) -> Duration {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    let wire = faults
        .bytes_per_second
        .and_then(|rate| bytes.saturating_mul(1_000_000).checked_div(rate));
    faults
        .delay
        .saturating_add(Duration::from_micros(wire.unwrap_or(0)))
}

fn replaced(haystack: &[u8], word: &[u8], other: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(haystack.len());
    let mut rest = haystack;
    while let Some((first, tail)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(word).filter(|_| !word.is_empty()) {
            out.extend_from_slice(other);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_passes_exactly_so_many_bytes() {
        let faults = Faults {
            cut_after: Some((Direction::Down, 5)),
            ..Faults::default()
        };
        for (chunk, carried, want) in [
            ("abc", 0, ("abc", false)),
            ("abc", 3, ("ab", true)),
            ("abcde", 0, ("abcde", true)),
            ("abc", 9, ("", true)),
        ] {
            let (out, last) = shape(chunk.as_bytes(), Direction::Down, carried, &faults);
            assert_eq!(
                (String::from_utf8_lossy(&out).as_ref(), last),
                want,
                "{chunk} after {carried}"
            );
        }
        assert!(
            !shape(b"abcdefgh", Direction::Up, 0, &faults).1,
            "the other way is whole"
        );
    }

    #[test]
    fn a_slow_line_waits_by_size() {
        let faults = Faults {
            bytes_per_second: Some(1000),
            delay: Duration::from_millis(5),
            ..Faults::default()
        };
        assert_eq!(
            pause(100, &faults),
            Duration::from_millis(105),
            "100 bytes at 1000 a second, and the delay"
        );
    }

    #[test]
    fn words_are_replaced_on_the_way_down() {
        let faults = Faults {
            replace: vec![("STARTTLS".into(), "XXXXXXXX".into())],
            ..Faults::default()
        };
        assert_eq!(
            shape(b"* CAP STARTTLS x", Direction::Down, 0, &faults).0,
            b"* CAP XXXXXXXX x",
            "stripped"
        );
        assert_eq!(
            shape(b"a STARTTLS", Direction::Up, 0, &faults).0,
            b"a STARTTLS",
            "the client's words are its own"
        );
    }
}
