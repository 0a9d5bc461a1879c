//! The names of threads: only members can tie them to a mail.

use hmac::{Hmac, Mac as _};
use kontor_protocol::{Subject, SubjectKind};
use sha2::Sha256;

use crate::{Error, Result};

/// Names a thread as the team knows it: HMAC-SHA256 of the root mail's Message-ID under the team's key.
///
/// The Message-ID is taken without its angle brackets and white space around it.
///
/// # Errors
/// [`Error::Thread`] when the key is not hex digits or there is no Message-ID.
pub fn thread_subject(key: &str, root_message_id: &str) -> Result<Subject> {
    let key = hex(key).ok_or_else(|| {
        Error::Thread("the team's thread key is not one; join the team anew".to_owned())
    })?;
    let root = root_message_id
        .trim()
        .trim_start_matches('<')
        .trim_end_matches('>')
        .trim();
    if root.is_empty() {
        return Err(Error::Thread(
            "this thread has no Message-ID the team could know it by".to_owned(),
        ));
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(&key)
        .map_err(|e| Error::Thread(format!("the team's thread key cannot be used ({e})")))?;
    mac.update(root.as_bytes());
    let digest = mac.finalize().into_bytes();
    let id: String = digest.iter().map(|b| format!("{b:02x}")).collect();
    Subject::new(SubjectKind::Thread, &id).map_err(|e| Error::Thread(e.to_string()))
}

/// Bytes of hex digits; `None` for anything else, and for nothing.
pub(crate) fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect();
    let digits = digits.filter(|d| !d.is_empty() && d.len() % 2 == 0)?;
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some((high << 4) | low),
        _ => None,
    };
    digits.chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::thread_subject;

    /// RFC 4231, test case 2: key "Jefe", data "what do ya want for nothing?".
    const JEFE: &str = "thread:5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    #[rstest]
    #[case::rfc_4231("4a656665", "what do ya want for nothing?", Some(JEFE))]
    #[case::brackets("4a656665", " <what do ya want for nothing?> ", Some(JEFE))]
    #[case::no_hex("wxyz", "a@b", None)]
    #[case::odd("abc", "a@b", None)]
    #[case::no_key("", "a@b", None)]
    #[case::no_root("4a656665", "<>", None)]
    fn threads_get_names(#[case] key: &str, #[case] root: &str, #[case] want: Option<&str>) {
        let made = thread_subject(key, root).ok().map(|s| s.to_string());
        assert_eq!(made.as_deref(), want, "{key} {root}");
    }
}
