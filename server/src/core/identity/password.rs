//! Passwords: argon2id, slowly on purpose, at most two at once.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use tokio::sync::Semaphore;

use crate::core::identity::secret::random;

/// Hashes computed at the same time: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// Those that may wait; more are told to come back.
const WAITING: usize = 256;

/// A hash no password has, to verify against where there is no such member: it takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The only place that computes password hashes. Cheap to clone; clones share the limit.
#[derive(Clone, Debug)]
pub struct Passwords {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// A password cannot be looked at now.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum PasswordProblem {
    /// Too many are waiting.
    #[error("too many people are signing in: try again in a moment")]
    Busy,
    /// No random numbers, or the computation failed.
    #[error("the server could not compute a password's hash")]
    Failed,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            running: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Arc::new(Semaphore::new(WAITING)),
        }
    }
}

impl Passwords {
    /// The hash to keep, in PHC form.
    ///
    /// # Errors
    /// When too many wait, or it fails.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordProblem> {
        let password = password.to_owned();
        self.run(move || hash(&password)).await?
    }

    /// Which of the hashes fit. Takes about as long where there are none.
    ///
    /// # Errors
    /// When too many wait, or it fails.
    pub async fn verify(
        &self,
        password: &str,
        hashes: Vec<String>,
    ) -> Result<Vec<bool>, PasswordProblem> {
        let password = password.to_owned();
        self.run(move || {
            if hashes.is_empty() {
                verify(&password, NOBODY);
            }
            hashes.iter().map(|hash| verify(&password, hash)).collect()
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordProblem> {
        let _waiting = self
            .waiting
            .try_acquire()
            .map_err(|_why| PasswordProblem::Busy)?;
        let running = self.running.clone().acquire_owned().await;
        let running = running.map_err(|_why| PasswordProblem::Failed)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            // A caller that went away must not make room for a third one.
            drop(running);
            done
        })
        .await
        .map_err(|_why| PasswordProblem::Failed)
    }
}

fn hash(password: &str) -> Result<String, PasswordProblem> {
    let salt = random::<16>().map_err(|_why| PasswordProblem::Failed)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_why| PasswordProblem::Failed)?;
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|_why| PasswordProblem::Failed)
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::Passwords;

    #[tokio::test]
    async fn a_password_fits_its_hash_alone() {
        let passwords = Passwords::default();
        let one = passwords.hash("correct horse").await.unwrap();
        let two = passwords.hash("correct horse").await.unwrap();
        assert!(one.starts_with("$argon2id$"), "{one}");
        assert_ne!(one, two, "every hash has its own salt");
        let found = passwords
            .verify("correct horse", vec![one, "no hash".into()])
            .await;
        assert_eq!(found.unwrap(), [true, false]);
        let found = passwords.verify("battery staple", vec![two]).await;
        assert_eq!(found.unwrap(), [false]);
        assert!(
            argon2::PasswordHash::new(super::NOBODY).is_ok(),
            "what stands for nobody is computed, not refused at a glance"
        );
    }
}
