//! A value that must not be seen.

use std::fmt;

use zeroize::Zeroizing;

/// A password or token: prints as `***`, is wiped from memory when dropped, and cannot be serialised by accident.
///
/// Comparing two secrets takes time that depends on them, so there is no `PartialEq`.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a plain value into custody.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// Shows the plain value. Call it where the bytes leave for the server and nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True when there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_never_prints() {
        let secret = Secret::new("geslo-123");
        let printed = format!("{secret} {secret:?} {:?}", Some(&secret));
        assert_eq!(
            printed, "*** *** Some(***)",
            "no way of printing shows the value"
        );
        assert_eq!(
            secret.expose(),
            "geslo-123",
            "the value itself is unchanged"
        );
    }
}
