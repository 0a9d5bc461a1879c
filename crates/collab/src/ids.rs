//! Ids for operations and documents: random, or from a seed where a run has to be repeated.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use kontor_protocol::OpId;
use uuid::{Builder, Uuid};

/// A source of ids.
#[derive(Debug)]
pub(crate) enum Ids {
    Random,
    Seeded(Mutex<u64>),
}

impl Ids {
    /// A number nobody else has.
    pub(crate) fn number(&self) -> u64 {
        match self {
            Self::Random => {
                let (high, low) = Uuid::new_v4().as_u64_pair();
                // The fixed bits of a v4 id lie in different places of its halves.
                high ^ low.rotate_left(32)
            }
            Self::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                split_mix(*state)
            }
        }
    }

    /// An operation's id: UUIDv7 of the moment it is made.
    pub(crate) fn op(&self, now: Timestamp) -> OpId {
        let mut random = [0; 10];
        let (first, second) = (self.number().to_le_bytes(), self.number().to_le_bytes());
        for (to, from) in random.iter_mut().zip(first.iter().chain(&second)) {
            *to = *from;
        }
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        OpId(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }
}

/// SplitMix64's mixing step (Steele, Lea, Flood 2014).
fn split_mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
