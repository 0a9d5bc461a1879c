//! What one line may ask of the server, and how long it may take.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Bounds of every line. The defaults are the protocol's; tests are less patient.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The hello comes within this time.
    pub hello: Duration,
    /// Time between pings; a line silent for three of them is closed.
    pub heartbeat: Duration,
    /// How often revoked devices and other processes' events are looked for.
    pub recheck: Duration,
    /// Frames and operations a second, and ten times as many at once.
    pub ops: NonZeroU32,
    /// KiB a second, and eight times as many at once.
    pub kib: NonZeroU32,
    /// New events of an organisation after which its snapshot is brought up to date.
    pub fold_every: u64,
    /// Newest edits of a note that a snapshot keeps one by one; up to twice as many.
    pub fold_edits: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(10),
            heartbeat: Duration::from_secs(15),
            recheck: Duration::from_secs(3),
            // A desk that was offline for weeks drains its queue in a few seconds; nobody types faster.
            ops: NonZeroU32::MIN.saturating_add(4_999),
            kib: NonZeroU32::MIN.saturating_add(16_383),
            // What a desk replays behind a snapshot in a fraction of a second.
            fold_every: 4096,
            fold_edits: 8,
        }
    }
}

impl Limits {
    /// How long a line may be silent.
    pub(crate) fn silence(&self) -> Duration {
        self.heartbeat.saturating_mul(3)
    }
}

/// The token buckets of one line.
#[derive(Debug)]
pub(crate) struct Buckets {
    ops: DefaultDirectRateLimiter,
    kib: DefaultDirectRateLimiter,
}

impl Buckets {
    pub(crate) fn new(limits: &Limits) -> Self {
        let many = |rate: NonZeroU32, times: u32| {
            rate.saturating_mul(NonZeroU32::MIN.saturating_add(times))
        };
        let ops = Quota::per_second(limits.ops).allow_burst(many(limits.ops, 9));
        let kib = Quota::per_second(limits.kib).allow_burst(many(limits.kib, 7));
        Self {
            ops: RateLimiter::direct(ops),
            kib: RateLimiter::direct(kib),
        }
    }

    /// Whether a frame of this size may be looked at.
    pub(crate) fn take_frame(&self, bytes: usize) -> bool {
        let kib = u32::try_from(bytes >> 10).unwrap_or(u32::MAX);
        matches!(
            self.kib.check_n(NonZeroU32::MIN.saturating_add(kib)),
            Ok(Ok(()))
        )
    }

    /// Whether so many operations may be taken; a frame without any counts as one.
    pub(crate) fn take_ops(&self, count: usize) -> bool {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let count = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        matches!(self.ops.check_n(count), Ok(Ok(())))
    }
}
