//! Tokens, join codes and keys: random, shown once, kept as hashes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::core::storage::Hash;

/// Crockford's letters: none is mistaken for another when typed in.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 80 bits: at a hundred guesses a second, longer than the earth is old.
const CODE_BYTES: usize = 10;
const CODE_LETTERS: usize = 16;
const GROUP: usize = 4;

/// The system has no random numbers.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandomness;

/// So many random bytes of the system.
///
/// # Errors
/// When the system has none.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_why| NoRandomness)?;
    Ok(bytes)
}

/// A device's token: 32 random bytes, base64url.
///
/// # Errors
/// When the system has no random numbers.
pub fn new_token() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// What is kept of a token. A token is random, so one round of SHA-256 is enough.
#[must_use]
pub fn token_hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}

/// An organisation's thread key: 32 random bytes in hex.
///
/// # Errors
/// When the system has no random numbers.
pub fn new_thread_key() -> Result<String, NoRandomness> {
    Ok(random::<32>()?.iter().map(|b| format!("{b:02x}")).collect())
}

/// A code for typing in, such as `7KQM-2VXA-9D4F-ZH3T`.
///
/// # Errors
/// When the system has no random numbers.
pub fn new_code() -> Result<String, NoRandomness> {
    Ok(code_of(random::<CODE_BYTES>()?))
}

/// What is kept of a code, however it was typed: case, spaces, dashes, O for 0 and I or L for 1. `None` when it is none.
#[must_use]
pub fn code_hash(typed: &str) -> Option<Hash> {
    plain_code(typed).map(|plain| Sha256::digest(plain.as_bytes()).into())
}

/// A code as it is shown; `None` when it is none.
#[must_use]
pub fn shown_code(typed: &str) -> Option<String> {
    plain_code(typed).map(|plain| dashed(&plain))
}

fn code_of(bytes: [u8; CODE_BYTES]) -> String {
    let mut plain = String::with_capacity(CODE_LETTERS);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(byte);
        count = count.saturating_add(8);
        while count >= 5 {
            count = count.saturating_sub(5);
            let letter = LETTERS.get(((bits >> count) & 31) as usize);
            plain.extend(letter.copied().map(char::from));
        }
    }
    dashed(&plain)
}

fn dashed(plain: &str) -> String {
    let letters: Vec<char> = plain.chars().collect();
    let groups: Vec<String> = letters.chunks(GROUP).map(|g| g.iter().collect()).collect();
    groups.join("-")
}

fn plain_code(typed: &str) -> Option<String> {
    // Longer texts are no codes, and not worth a look.
    if typed.len() > 4 * CODE_LETTERS {
        return None;
    }
    let plain: Option<String> = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => Some('0'),
            'I' | 'L' => Some('1'),
            c => u8::try_from(c)
                .ok()
                .filter(|b| LETTERS.contains(b))
                .map(char::from),
        })
        .collect();
    plain.filter(|plain| plain.len() == CODE_LETTERS)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{code_hash, code_of, new_code, new_token, shown_code, token_hash};

    #[rstest]
    #[case::as_shown("0123-4567-89AB-CDEF", true)]
    #[case::small_and_bare("0123456789abcdef", true)]
    #[case::spaces(" 0123 4567 89ab cdef ", true)]
    #[case::mistaken_letters("OI23-4567-89AB-CDEF", true)]
    #[case::another("0123-4567-89AB-CDEG", false)]
    #[case::too_short("0123-4567-89AB-CDE", false)]
    #[case::no_letter("0123-4567-89AB-CDE*", false)]
    #[case::not_ascii("0123-4567-89AB-CDEš", false)]
    #[case::empty("", false)]
    fn a_code_is_read_as_it_is_typed(#[case] typed: &str, #[case] same: bool) {
        let hash = code_hash("0123-4567-89AB-CDEF");
        assert!(hash.is_some());
        assert_eq!(code_hash(typed) == hash, same, "{typed:?}");
    }

    #[test]
    fn all_bits_are_in_the_code() {
        assert_eq!(code_of([0xff; 10]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        assert_eq!(
            code_of([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            "0000-0000-0000-0001"
        );
        let code = new_code().unwrap();
        assert_eq!(shown_code(&code.to_lowercase()), Some(code));
    }

    #[test]
    fn tokens_differ() {
        let (one, two) = (new_token().unwrap(), new_token().unwrap());
        assert_eq!(one.len(), 43, "32 bytes in base64url");
        assert_ne!(token_hash(&one), token_hash(&two));
    }
}
