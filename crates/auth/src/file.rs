//! The keychain file of `KONTOR_KEYCHAIN=file:PATH`: one flat JSON object, account key to secret.
//!
//! Readers take no lock: the file is only ever replaced whole. Writers of all processes take turns by a lock on
//! `PATH.lock`, which stays behind on purpose (removing it would let two writers hold two different files).

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::{KeychainError, Result, Secret};

/// A keychain of a few accounts is some hundred bytes; a larger file is not ours.
const LIMIT: u64 = 1 << 20;

pub(crate) fn get(path: &Path, key: &str) -> Result<Option<Secret>> {
    Ok(read(path)?.remove(key))
}

pub(crate) fn set(path: &Path, key: &str, secret: &Secret) -> Result<()> {
    change(path, |entries| {
        entries.insert(key.to_owned(), secret.clone());
        true
    })
}

pub(crate) fn delete(path: &Path, key: &str) -> Result<()> {
    change(path, |entries| entries.remove(key).is_some())
}

/// Reads, changes and replaces the file while no other process may; writes only when `edit` says there is reason.
fn change(path: &Path, edit: impl FnOnce(&mut BTreeMap<String, Secret>) -> bool) -> Result<()> {
    // A link is followed first: replacing the link itself would leave its target behind with old secrets.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if let Some(folder) = path.parent() {
        make_folder(folder).map_err(|e| failed(path, "its folder cannot be made", &e))?;
    }
    let lock = private(OpenOptions::new().write(true).create(true))
        .open(beside(path, ".lock"))
        .map_err(|e| failed(path, "its lock cannot be opened", &e))?;
    lock.lock()
        .map_err(|e| failed(path, "it cannot be locked", &e))?;
    let mut entries = read(path)?;
    if edit(&mut entries) {
        replace(path, &entries).map_err(|e| failed(path, "it cannot be written", &e))?;
    }
    Ok(()) // closing `lock` releases it
}

fn read(path: &Path) -> Result<BTreeMap<String, Secret>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(e) => return Err(failed(path, "it cannot be opened", &e)),
    };
    let meta = file
        .metadata()
        .map_err(|e| failed(path, "it cannot be examined", &e))?;
    if !meta.is_file() || meta.len() > LIMIT {
        return Err(broken(path, "it is not a small plain file"));
    }
    refuse_wide(path, &meta)?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(|e| match e.kind() {
        ErrorKind::InvalidData => broken(path, "it is not UTF-8 text"),
        _ => failed(path, "it cannot be read", &e),
    })?;
    if text.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    // serde_json's own error may quote the text, which is a secret here: only the place is told.
    let entries: BTreeMap<String, String> = serde_json::from_str(&text).map_err(|e| {
        let place = format!("line {}, column {}", e.line(), e.column());
        broken(path, &format!("it is not a JSON object of texts ({place})"))
    })?;
    Ok(entries
        .into_iter()
        .map(|(key, value)| (key, Secret::new(value)))
        .collect())
}

/// Writes beside, makes it durable, and only then takes the name: a crash leaves the old file or the new one.
fn replace(path: &Path, entries: &BTreeMap<String, Secret>) -> io::Result<()> {
    let plain: BTreeMap<&str, &str> = entries
        .iter()
        .map(|(key, secret)| (key.as_str(), secret.expose()))
        .collect();
    let mut text = Zeroizing::new(serde_json::to_vec_pretty(&plain)?);
    text.push(b'\n');
    let beside = beside(path, ".new");
    match fs::remove_file(&beside) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
        _ => {} // what a crash left behind, possibly with other permissions
    }
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(&beside)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_folder(path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn refuse_wide(path: &Path, meta: &fs::Metadata) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = meta.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(KeychainError::Denied(format!(
        "the keychain file {0} may be used by others (mode {mode:04o}) and is not trusted; run: chmod 600 {0}",
        path.display()
    )))
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options // the profile folder's access list already names only its owner
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn refuse_wide(_path: &Path, _meta: &fs::Metadata) -> Result<()> {
    Ok(())
}

fn broken(path: &Path, why: &str) -> KeychainError {
    KeychainError::Broken(format!(
        "the keychain file {} cannot be understood: {why}; repair it, or move it away and enter the passwords again",
        path.display()
    ))
}

fn failed(path: &Path, what: &str, error: &io::Error) -> KeychainError {
    let text = format!(
        "the keychain file {} cannot be used: {what} ({error})",
        path.display()
    );
    match error.kind() {
        ErrorKind::PermissionDenied => KeychainError::Denied(text),
        _ => KeychainError::Failed(text),
    }
}
