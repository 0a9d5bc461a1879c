//! The company's key, which nobody may see.

use std::fmt;

use zeroize::Zeroizing;

/// The secret key of a company's Metakocka: prints as `***`, is wiped from memory when dropped, cannot be serialised.
///
/// It opens everything the company has there; Metakocka knows no narrower one.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<String>);

impl SecretKey {
    /// Takes a key into custody. White space around it comes from copying and goes.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        let key = Zeroizing::new(key.into());
        Self(Zeroizing::new(key.trim().to_owned()))
    }

    /// True when there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The plain key, where the bytes leave for Metakocka and nowhere else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// A text of the service without the key: some answers repeat what was sent.
    pub(crate) fn scrub(&self, text: &str) -> String {
        if self.is_empty() {
            return text.to_owned();
        }
        text.replace(self.expose(), "***")
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::SecretKey;

    #[test]
    fn a_key_never_prints_and_is_cut_from_what_others_say() {
        let key = SecretKey::new(" kljuc-123\n");
        assert_eq!(
            format!("{key} {key:?} {:?}", Some(&key)),
            "*** *** Some(***)",
            "no way of printing shows it"
        );
        assert_eq!(
            key.scrub("Wrong secret_key kljuc-123."),
            "Wrong secret_key ***.",
            "not even when the service repeats it"
        );
        assert_eq!(SecretKey::new(" ").scrub("a b"), "a b", "nothing to cut");
    }
}
