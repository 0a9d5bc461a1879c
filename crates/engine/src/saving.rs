//! Files for people: saved, or moved where they want them, never in another one's place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::context::blocking;
use crate::error::{Error, Result};

/// Saves bytes in a folder under a safe, free name; answers where.
///
/// # Errors
/// When the folder cannot be written.
pub async fn save_as(folder: PathBuf, name: String, bytes: Vec<u8>) -> Result<PathBuf> {
    blocking(move || under_free_name(&folder, &name, |path| new_file(path)?.write_all(&bytes)))
        .await
}

/// Moves a file to a folder under a safe, free name; answers where. Only to another device it is copied. Where the old one
/// cannot be taken away there are two, and nothing is lost.
///
/// # Errors
/// When the file is gone or the folder cannot be written.
pub async fn move_as(from: PathBuf, folder: PathBuf, name: String) -> Result<PathBuf> {
    blocking(move || {
        let to = under_free_name(&folder, &name, |path| link_or_copy(&from, path))?;
        fs::remove_file(&from).ok();
        Ok(to)
    })
    .await
}

/// A second name, not a renaming: that would take the place of a file which came there meanwhile.
fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(e)
            if !matches!(
                e.kind(),
                io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound
            ) =>
        {
            // Another device, or one that knows no second names.
            copy(from, to)
        }
        linked => linked,
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut read = File::open(from)?;
    let mut file = new_file(to)?;
    let copied = io::copy(&mut read, &mut file);
    if copied.is_err() {
        // Half a file is worth nothing.
        fs::remove_file(to).ok();
    }
    copied.map(drop)
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Makes a file by the first name that is free; `make` fails where there is one.
fn under_free_name(
    folder: &Path,
    name: &str,
    make: impl Fn(&Path) -> io::Result<()>,
) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_control() || "/\\:*?\"<>|".contains(c) {
                '_'
            } else {
                c
            }
        })
        .collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let name = if name.is_empty() { "attachment" } else { name };
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    for n in 1..1000u32 {
        let free = if n == 1 {
            name.to_owned()
        } else {
            format!("{stem} ({n}){ending}")
        };
        let path = folder.join(free);
        match make(&path) {
            Ok(()) => return Ok(path),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e.into()),
        }
    }
    Err(Error::usage(format!(
        "There are too many files called “{name}” already."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_saved_attachment_never_leaves_its_folder_or_overwrites() {
        let dir = tempfile::tempdir().unwrap();
        let save = |name: &str| save_as(dir.path().to_owned(), name.to_owned(), b"x".to_vec());
        assert_eq!(
            save("../../etc/passwd").await.unwrap(),
            dir.path().join("_.._etc_passwd")
        );
        assert_eq!(save("a.pdf").await.unwrap(), dir.path().join("a.pdf"));
        assert_eq!(save("a.pdf").await.unwrap(), dir.path().join("a (2).pdf"));
        assert_eq!(save("").await.unwrap(), dir.path().join("attachment"));
    }

    #[tokio::test]
    async fn a_file_is_moved_and_takes_nobodys_place() {
        let dir = tempfile::tempdir().unwrap();
        let (from, elsewhere) = (dir.path().join("a.pdf"), dir.path().join("elsewhere"));
        fs::create_dir(&elsewhere).unwrap();
        fs::write(&from, "ours").unwrap();
        fs::write(elsewhere.join("b.pdf"), "theirs").unwrap();
        let moved = move_as(from.clone(), elsewhere.clone(), "b.pdf".to_owned());
        let moved = moved.await.unwrap();
        assert_eq!(moved, elsewhere.join("b (2).pdf"));
        assert_eq!(fs::read_to_string(&moved).unwrap(), "ours");
        let theirs = fs::read_to_string(elsewhere.join("b.pdf")).unwrap();
        assert_eq!(theirs, "theirs");
        assert!(!from.exists(), "it is there once");
        let gone = move_as(from, elsewhere, "c.pdf".to_owned()).await;
        assert!(gone.is_err(), "what is gone makes no empty file");
    }

    #[test]
    fn over_devices_it_is_copied_and_takes_nobodys_place() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&from, "ours").unwrap();
        copy(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "ours");
        fs::write(&to, "theirs").unwrap();
        let taken = copy(&from, &to).unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&to).unwrap(), "theirs");
    }
}
