//! What reading a file may cost. Work is counted and not timed, so that the same file has the same text on every computer.

use std::cell::Cell;

/// Bytes looked at or unpacked, and what stands for them: a second of an old computer.
const MOST: u64 = 64 << 20;
/// What one object costs beyond its bytes: it takes as much memory.
pub(crate) const OBJECT: u64 = 64;

/// What is left of the work one file may cost.
#[derive(Debug)]
pub(crate) struct Work(Cell<u64>);

impl Work {
    pub(crate) fn new() -> Self {
        Self(Cell::new(MOST))
    }

    /// Takes what is about to be done; `None` when it is too much, and from then on for ever.
    pub(crate) fn take(&self, amount: u64) -> Option<()> {
        let left = self.0.get().checked_sub(amount);
        self.0.set(left.unwrap_or(0));
        left.map(|_| ())
    }

    /// Takes the work of looking at so many bytes.
    pub(crate) fn bytes(&self, count: usize) -> Option<()> {
        self.take(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// True when nothing more may be done.
    pub(crate) fn is_done(&self) -> bool {
        self.0.get() == 0
    }
}
