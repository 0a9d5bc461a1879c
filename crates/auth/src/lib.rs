//! Secrets: where passwords are kept, and how they are carried so that no log ever shows one.
//!
//! [`Secret`] is the value, [`Keychain`] the place. The place is the operating system's keychain; where there is
//! none (a server, a container, a test) the person names a file by `KONTOR_KEYCHAIN=file:PATH`. There is no silent
//! fallback from one to the other: a password in a readable file must be somebody's decision.
//!
//! Nothing here is async and nothing here reads the environment. Every call of [`Keychain`] may block for as long as
//! a person takes to answer the keychain's own prompt: from async code, call it by `spawn_blocking`.

mod file;
mod keychain;
mod os;
mod secret;

pub use keychain::{Keychain, KeychainError, Result};
pub use secret::Secret;
