//! SQLite's variable-length integers: seven bits a byte, the highest first, and eight in a ninth byte
//! (sqlite.org/fileformat2.html §1.6). FTS5 writes its index in them.

/// How far the first eight bytes of nine lie above the lowest bit.
const NINE: [u32; 8] = [57, 50, 43, 36, 29, 22, 15, 8];

/// Appends a number; one below zero takes nine bytes.
pub(super) fn put(out: &mut Vec<u8>, mut n: u64) {
    if n < 0x80 {
        out.push(low(n));
        return;
    }
    if n >> 56 != 0 {
        out.extend(NINE.map(|shift| low(n >> shift) | 0x80));
        out.push(n.to_le_bytes()[0]);
        return;
    }
    let mut bytes = [0_u8; 8];
    let mut more = 0;
    let mut free = bytes.len();
    for byte in bytes.iter_mut().rev() {
        *byte = low(n) | more;
        more = 0x80;
        free = free.saturating_sub(1);
        n >>= 7;
        if n == 0 {
            break;
        }
    }
    out.extend_from_slice(bytes.get(free..).unwrap_or_default());
}

/// Takes a number off the front; `None` where the bytes end before it does.
pub(super) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut n = 0_u64;
    for _ in 0..8 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        n = n << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some(n);
        }
    }
    let (byte, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(n << 8 | u64::from(*byte))
}

/// The lowest seven bits.
const fn low(n: u64) -> u8 {
    n.to_le_bytes()[0] & 0x7F
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing(0, &[0])]
    #[case::one_byte(127, &[0x7F])]
    #[case::two_bytes(128, &[0x81, 0])]
    #[case::three_bytes(16_384, &[0x81, 0x80, 0])]
    #[case::below_zero(u64::MAX, &[0xFF; 9])]
    #[case::eight_bytes((1 << 56) - 1, &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])]
    #[case::nine_bytes(1 << 56, &[0x80, 0xC0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0])]
    fn numbers_are_written_as_sqlite_does(#[case] n: u64, #[case] want: &[u8]) {
        let mut out = Vec::new();
        put(&mut out, n);
        assert_eq!(out, want);
        let mut rest = out.as_slice();
        assert_eq!(take(&mut rest), Some(n), "and read again");
        assert!(rest.is_empty(), "to the end");
        let mut broken = want.split_last().map_or(want, |(_, before)| before);
        assert_eq!(take(&mut broken), None, "a part of it is no number");
    }
}
