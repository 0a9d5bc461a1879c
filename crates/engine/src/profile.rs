//! One person's data on one computer: a folder, and who may talk to servers for it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The folder of a profile: `store.db` and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    dir: PathBuf,
}

impl Profile {
    /// Opens the folder, making it where it is missing (0700: mail is private).
    ///
    /// # Errors
    /// When the folder cannot be made or is not ours to write.
    pub fn open(dir: impl Into<PathBuf>) -> io::Result<Self> {
        let dir = dir.into();
        if !dir.is_dir() {
            fs::create_dir_all(&dir)?;
            restrict(&dir)?;
        }
        Ok(Self {
            dir: dir.canonicalize()?,
        })
    }

    /// Returns the app's own profile below the person's data directory.
    #[must_use]
    pub fn default_dir(data_home: Option<PathBuf>, home: Option<PathBuf>) -> PathBuf {
        data_home
            .or_else(|| home.map(|h| h.join(".local/share")))
            .unwrap_or_default()
            .join("kontor")
            .join("profile")
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.dir.join("store.db")
    }

    /// The database of the server inside this program, which has what is shared while there is no team.
    #[must_use]
    pub fn team_database(&self) -> PathBuf {
        self.dir.join("team.db")
    }

    /// Claims the right to talk to servers for this profile, or returns `None` while another process has it.
    ///
    /// An OS lock: it ends with the process, kill -9 included (KONTORCTL.md).
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn claim(&self) -> io::Result<Option<Claim>> {
        self.lock("engine.lock")
    }

    /// Claims the line to the team's server, or returns `None` while another process has it. Apart from the claim for mail:
    /// a script that writes a note must not have to wait for a mail server.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn claim_team(&self) -> io::Result<Option<Claim>> {
        self.lock("team.lock")
    }

    /// True when no process holds the line to the team's server.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn team_claim_is_free(&self) -> io::Result<bool> {
        Ok(self.claim_team()?.is_some())
    }

    fn lock(&self, name: &str) -> io::Result<Option<Claim>> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.dir.join(name))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Claim { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }
}

/// The right to talk to servers; given up when dropped.
#[derive(Debug)]
pub struct Claim {
    _file: File,
}

#[cfg(unix)]
fn restrict(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn restrict(_dir: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_claim_at_a_time_and_it_ends_with_its_holder() {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile::open(dir.path().join("new/profile")).unwrap();
        let first = profile.claim().unwrap();
        assert!(first.is_some(), "a free profile can be claimed");
        assert!(profile.claim().unwrap().is_none(), "a second claim waits");
        drop(first);
        assert!(
            profile.claim().unwrap().is_some(),
            "the claim ends with its holder"
        );
    }
}
