//! The words of a folded text, with their hashes.

/// The words of a text between its spaces, with their hashes. Eight bytes at a time: words are short, and a first sync
/// looks at some hundred million bytes of them.
pub(super) struct Words<'t>(&'t [u8]);

impl<'t> Words<'t> {
    pub(super) const fn of(text: &'t str) -> Self {
        Self(text.as_bytes())
    }
}

impl<'t> Iterator for Words<'t> {
    type Item = (u64, &'t [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0;
        let (mut rest, mut len, mut hash) = (text, 0usize, 0xCBF2_9CE4_8422_2325);
        while let Some((eight, behind)) = rest.split_first_chunk() {
            let eight = u64::from_le_bytes(*eight);
            let before = bytes_before_space(eight);
            hash = mix(hash, first_bytes(eight, before));
            len = len.saturating_add(before);
            if before < 8 {
                self.0 = text.get(len.saturating_add(1)..).unwrap_or_default();
                return Some((finish(hash, len), text.get(..len).unwrap_or_default()));
            }
            rest = behind;
        }
        // The last bytes of a text.
        let before = rest.iter().take_while(|byte| **byte != b' ').count();
        let last = rest.iter().take(before).rev();
        hash = mix(hash, last.fold(0, |n, byte| n << 8 | u64::from(*byte)));
        len = len.saturating_add(before);
        self.0 = text.get(len.saturating_add(1)..).unwrap_or_default();
        (!text.is_empty()).then(|| (finish(hash, len), text.get(..len).unwrap_or_default()))
    }
}

/// How many of eight bytes stand before the first space; the first byte is the lowest.
const fn bytes_before_space(eight: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let found = eight ^ (ONES * 0x20);
    // The lowest bit set belongs to the first byte that is zero now.
    let zeros = found.wrapping_sub(ONES) & !found & (ONES << 7);
    (zeros.trailing_zeros() / 8) as usize
}

/// The first so many bytes of eight, zeros behind.
const fn first_bytes(eight: u64, bytes: usize) -> u64 {
    match u64::MAX.checked_shr(64_u32.saturating_sub(8_u32.saturating_mul(bytes as u32))) {
        Some(mask) => eight & mask,
        None => 0,
    }
}

const fn mix(hash: u64, n: u64) -> u64 {
    let h = (hash ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    h ^ (h >> 29)
}

/// The hash of a word of this length: a word that fills eight bytes and one that ends before them are told apart.
const fn finish(hash: u64, len: usize) -> u64 {
    mix(hash, len as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing("")]
    #[case::one("ponudba")]
    #[case::eight("racunovo ok")]
    #[case::spaces("  a  b ")]
    #[case::long("nabiralniki zaddr0123456789abcdef x")]
    #[case::no_latin("račun čaša ponudbaž 見積書見積書 ok")]
    fn words_stand_between_spaces(#[case] text: &str) {
        let found: Vec<&[u8]> = Words(text.as_bytes())
            .map(|(_, word)| word)
            .filter(|word| !word.is_empty())
            .collect();
        let want: Vec<&[u8]> = text.split_whitespace().map(str::as_bytes).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn a_word_has_one_hash_wherever_it_stands() {
        let words = [
            "a",
            "ponudba",
            "racunovo",
            "racunovodstvo",
            "0123456789abcdef",
        ];
        let mut hashes = BTreeSet::new();
        for word in words {
            let places = [
                word.to_owned(),
                format!("x {word} y"),
                format!("{word} 12345678 9"),
                format!("nekaj {word}"),
            ];
            let found: BTreeSet<u64> = places
                .iter()
                .flat_map(|text| Words(text.as_bytes()))
                .filter(|(_, found)| *found == word.as_bytes())
                .map(|(hash, _)| hash)
                .collect();
            assert_eq!(found.len(), 1, "{word}");
            hashes.extend(found);
        }
        assert_eq!(hashes.len(), words.len());
    }

    #[test]
    fn zeros_make_another_word() {
        let hash = |word: &[u8]| Words(word).next().map(|(hash, _)| hash);
        assert_ne!(hash(b"ab"), hash(b"ab\0"));
        assert_ne!(hash(b"abcdefgh"), hash(b"abcdefgh\0"));
    }
}
