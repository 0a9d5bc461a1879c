//! The place where secrets are kept.

use std::path::{Path, PathBuf};

use crate::{Secret, file, os};

/// Where secrets are kept. Cheap to clone; holds no connection and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keychain {
    /// The operating system's keychain: Secret Service, macOS Keychain, Windows Credential Manager.
    Os,
    /// A JSON file readable by its owner only. Not encrypted: for machines without a keychain, and said out loud.
    File(PathBuf),
}

/// Why a secret could not be read or kept, sorted by what the person can do about it.
#[derive(Debug, thiserror::Error)]
pub enum KeychainError {
    /// No keychain answers on this computer.
    #[error(
        "no keychain answers on this computer ({0}); start the keyring service (for example gnome-keyring) and \
         Kontor again, or set KONTOR_KEYCHAIN=file:PATH to keep passwords in a file that only you can read"
    )]
    NoKeychain(String),
    /// The keychain is there and keeps its door shut.
    #[error(
        "the keychain is locked or access was declined ({0}); unlock your keyring and try again"
    )]
    Locked(String),
    /// The keychain file may be read by others, or not by us.
    #[error("{0}")]
    Denied(String),
    /// The keychain holds something that cannot be understood.
    #[error("{0}")]
    Broken(String),
    /// Reading or writing failed for a reason that may pass (disk full, bus gone).
    #[error("{0}")]
    Failed(String),
    /// `KONTOR_KEYCHAIN` says something we do not know.
    #[error(
        "KONTOR_KEYCHAIN is \"{0}\", which is not understood: write file:PATH, or leave it unset to use the \
         keychain of the operating system"
    )]
    Setting(String),
}

/// What a keychain's answer is.
pub type Result<T, E = KeychainError> = std::result::Result<T, E>;

impl Keychain {
    /// Reads the setting `KONTOR_KEYCHAIN`, which the caller took from the environment.
    ///
    /// Nothing, an empty value or `os` mean the operating system's keychain; `file:PATH` a file, a relative path
    /// counted from the working directory of now.
    ///
    /// # Errors
    /// [`KeychainError::Setting`] for anything else: a typing mistake must not put passwords somewhere else.
    pub fn from_setting(setting: Option<&str>) -> Result<Self> {
        match setting.map(str::trim) {
            None | Some("" | "os") => Ok(Self::Os),
            Some(text) => match text.strip_prefix("file:") {
                Some(path) if !path.is_empty() => {
                    let path = Path::new(path);
                    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
                    Ok(Self::File(path))
                }
                _ => Err(KeychainError::Setting(text.to_owned())),
            },
        }
    }

    /// Returns the secret kept under `key`, `None` when there is none. **Blocks**; may show the system's own prompt.
    ///
    /// # Errors
    /// See [`KeychainError`]; a missing keychain *file* is not one, it just holds nothing.
    pub fn get(&self, key: &str) -> Result<Option<Secret>> {
        match self {
            Self::Os => os::get(key),
            Self::File(path) => file::get(path, key),
        }
    }

    /// Keeps `secret` under `key`, in place of what was there. Durable when it returns. **Blocks.**
    ///
    /// # Errors
    /// See [`KeychainError`]; on any of them the former secret is still kept.
    pub fn set(&self, key: &str, secret: &Secret) -> Result<()> {
        match self {
            Self::Os => os::set(key, secret),
            Self::File(path) => file::set(path, key, secret),
        }
    }

    /// Forgets the secret under `key`; one that is not there is no error. **Blocks.**
    ///
    /// # Errors
    /// See [`KeychainError`].
    pub fn delete(&self, key: &str) -> Result<()> {
        match self {
            Self::Os => os::delete(key),
            Self::File(path) => file::delete(path, key),
        }
    }

    /// Says in words where secrets are kept, for `kontorctl status` and the settings page. Does not block.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Os => format!("keychain of the operating system ({})", os::NAME),
            Self::File(path) => format!(
                "file {} (not encrypted; only its owner may read it)",
                path.display()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Keychain, KeychainError};

    #[rstest]
    #[case::unset(None, Some(Keychain::Os))]
    #[case::empty(Some(""), Some(Keychain::Os))]
    #[case::named(Some("os"), Some(Keychain::Os))]
    #[case::file(Some("file:/tmp/k.json"), Some(Keychain::File("/tmp/k.json".into())))]
    #[case::space_around(Some(" file:/tmp/k.json\n"), Some(Keychain::File("/tmp/k.json".into())))]
    #[case::no_path(Some("file:"), None)]
    #[case::typing_mistake(Some("fiel:/tmp/k.json"), None)]
    #[case::bare_path(Some("/tmp/k.json"), None)]
    fn the_setting(#[case] setting: Option<&str>, #[case] want: Option<Keychain>) {
        let got = Keychain::from_setting(setting);
        match want {
            Some(want) => assert_eq!(got.unwrap(), want, "a good setting names its place"),
            None => assert!(
                matches!(got, Err(KeychainError::Setting(_))),
                "a bad setting is refused, never guessed"
            ),
        }
    }

    #[test]
    fn a_relative_file_is_pinned_to_where_we_are() {
        let Ok(Keychain::File(path)) = Keychain::from_setting(Some("file:k.json")) else {
            panic!("a relative file is allowed")
        };
        assert!(
            path.is_absolute(),
            "a later change of folder must not lose it"
        );
    }

    #[test]
    fn a_file_is_said_out_loud() {
        let text = Keychain::File("/x/k.json".into()).describe();
        assert!(
            text.contains("/x/k.json") && text.contains("not encrypted"),
            "{text}"
        );
    }
}
