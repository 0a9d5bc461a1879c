//! Files the window saved: put somewhere else under another name, and shown in their folder.
//!
//! There is no dialog of the system: it would bring a toolkit's file chooser (`rfd`) for one question that two fields ask.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_opener::OpenerExt as _;

use super::Answer;
use super::system::cannot;
use crate::dto::{ApiError, Code};

/// What was saved since the start. The window names files by their paths, and a path can be any file: only these are
/// moved and shown.
#[derive(Debug, Default)]
pub(crate) struct Saved(Mutex<BTreeSet<PathBuf>>);

impl Saved {
    /// Keeps in mind what was saved; answers where it is.
    pub(super) fn note(&self, path: PathBuf) -> String {
        let shown = path.display().to_string();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(path);
        shown
    }

    fn known(&self, path: &str) -> Answer<PathBuf> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(Path::new(path)).cloned().ok_or_else(|| ApiError {
            code: Code::Refused,
            message: "Kontor did not save this file.".to_owned(),
        })
    }
}

/// Moves a file that was saved to another folder, under a free name; answers where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn move_saved(
    handle: AppHandle,
    saved: State<'_, Saved>,
    path: String,
    folder: String,
    name: String,
) -> Answer<String> {
    let from = saved.known(&path)?;
    let folder = folder_of(&folder, handle.path().home_dir().ok().as_deref())?;
    if name.trim().is_empty() {
        return Err(ApiError {
            code: Code::Usage,
            message: "A file needs a name.".to_owned(),
        });
    }
    let to = kontor_engine::move_as(from, folder, name).await?;
    Ok(saved.note(to))
}

/// Shows a file that was saved in its folder, in the computer's own program for that.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_saved(
    handle: AppHandle,
    saved: State<'_, Saved>,
    path: String,
) -> Answer<()> {
    let path = saved.known(&path)?;
    handle
        .opener()
        .reveal_item_in_dir(path)
        .map_err(|e| cannot("The folder does not open", e))
}

/// A folder as people write it, `~` their own; it must be there already.
fn folder_of(typed: &str, home: Option<&Path>) -> Answer<PathBuf> {
    let typed = typed.trim();
    let own = typed.strip_prefix('~').zip(home);
    let folder = own.map_or_else(
        || PathBuf::from(typed),
        |(rest, home)| home.join(rest.trim_start_matches(['/', '\\'])),
    );
    if folder.is_absolute() && folder.is_dir() {
        return Ok(folder);
    }
    Err(ApiError {
        code: Code::Usage,
        message: format!("There is no folder “{typed}”. Name one that is there."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_saved_is_touched() {
        let saved = Saved::default();
        let path = saved.note(PathBuf::from("/home/maja/Downloads/a.csv"));
        assert_eq!(saved.known(&path).unwrap(), Path::new(&path));
        let other = saved.known("/home/maja/.ssh/id_ed25519").unwrap_err();
        assert_eq!(other.code, Code::Refused);
    }

    #[test]
    fn folders_are_those_that_are_there() {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        let absolute = home.join("docs").display().to_string();
        for (typed, want) in [
            ("~", Some("")),
            ("~/docs", Some("docs")),
            ("  ~/docs ", Some("docs")),
            (absolute.as_str(), Some("docs")),
            ("~/nikjer", None),
            ("~/README.md", None),
            ("docs", None),
            ("", None),
        ] {
            match (folder_of(typed, Some(home)), want) {
                (Ok(found), Some(want)) => assert_eq!(found, home.join(want), "{typed}"),
                (Err(e), None) => assert!(e.message.contains(typed), "{e:?}"),
                (found, _) => panic!("{typed}: {found:?}"),
            }
        }
    }
}
