//! Chance that is the same for a seed.

use kontor_simulators::metakocka::Fault;

/// Xorshift (Marsaglia 2003).
pub(crate) struct Chance(u64);

impl Chance {
    /// Of a seed above 0.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    pub(crate) fn fault(&mut self) -> Fault {
        match self.below(5) {
            0 => Fault::DropBefore,
            1 => Fault::DropAfter,
            2 => Fault::HalfBody,
            3 => Fault::HtmlPage,
            _ => Fault::Status(503),
        }
    }
}
