//! The operating system's keychain, through the keyring crate.

use keyring::{Entry, Error};

use crate::{KeychainError, Result, Secret};

/// What this platform calls its keychain.
#[cfg(target_os = "macos")]
pub(crate) const NAME: &str = "macOS Keychain";
/// What this platform calls its keychain.
#[cfg(windows)]
pub(crate) const NAME: &str = "Windows Credential Manager";
/// What this platform calls its keychain.
#[cfg(not(any(target_os = "macos", windows)))]
pub(crate) const NAME: &str = "Secret Service";

/// The service our entries are filed under; a person finds them by this word in the keyring's own window.
const SERVICE: &str = "Kontor";

pub(crate) fn get(key: &str) -> Result<Option<Secret>> {
    match entry(key)?.get_password() {
        Ok(value) => Ok(Some(Secret::new(value))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(explain(&error)),
    }
}

pub(crate) fn set(key: &str, secret: &Secret) -> Result<()> {
    entry(key)?
        .set_password(secret.expose())
        .map_err(|error| explain(&error))
}

pub(crate) fn delete(key: &str) -> Result<()> {
    match entry(key)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(explain(&error)),
    }
}

fn entry(key: &str) -> Result<Entry> {
    // The crate connects once for the life of the process; without a bus that first failure stays.
    if let Err(error) = Entry::store_status() {
        return Err(KeychainError::NoKeychain(reason(error)));
    }
    Entry::new(SERVICE, key).map_err(|error| explain(&error))
}

/// Sorts the crate's errors by what a person can do. None of their texts carries a secret.
fn explain(error: &Error) -> KeychainError {
    match error {
        Error::NoDefaultStore => KeychainError::NoKeychain("it was not there at start".to_owned()),
        Error::NoStorageAccess(_) => KeychainError::Locked(reason(error)),
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            KeychainError::Broken(
                "the keychain holds something under this account's name that is not a password; delete the entry \
                 \"Kontor\" in your keyring and enter the password again"
                    .to_owned(),
            )
        }
        Error::Ambiguous(_) => KeychainError::Broken(
            "the keychain holds several passwords under this account's name; delete the entries \"Kontor\" in your \
             keyring and enter the password again"
                .to_owned(),
        ),
        _ => KeychainError::Failed(format!(
            "the keychain did not do it ({}); check that your keyring service runs and try again",
            reason(error)
        )),
    }
}

/// The innermost reason: the outer layers only repeat that it failed.
fn reason(error: &Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}
