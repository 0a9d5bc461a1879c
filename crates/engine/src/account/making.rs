//! Folders an account should have and has not: planned here at once, made at the server before the first mail goes there.

use kontor_mail::provider::{Fault, Provider as _};
use kontor_model::{Action, FolderId, Role};
use kontor_store::{FolderRow, NewFolder};

use super::Life;
use super::listing::broken_store;
use crate::line::Line;

/// Returns the folder to make for a role: its usual English name, which every program recognises, where this account
/// keeps its folders.
pub(crate) fn place_for(rows: &[FolderRow], role: Role) -> NewFolder {
    let name = match role {
        Role::Inbox => "INBOX",
        Role::Sent => "Sent",
        Role::Drafts => "Drafts",
        Role::Trash => "Trash",
        Role::Junk => "Junk",
        Role::Archive => "Archive",
    };
    let delimiter = rows.iter().find_map(|r| r.folder.delimiter);
    let below = delimiter.map(|d| format!("INBOX{d}"));
    let others: Vec<&str> = rows
        .iter()
        .map(|r| r.folder.wire.as_str())
        .filter(|wire| *wire != "INBOX")
        .collect();
    // Some servers keep everything below INBOX and refuse folders beside it.
    let path = match below {
        Some(below) if !others.is_empty() && others.iter().all(|wire| wire.starts_with(&below)) => {
            format!("{below}{name}")
        }
        _ => name.to_owned(),
    };
    NewFolder {
        wire: path.clone(),
        path,
        delimiter,
        role: Some(role),
        selectable: true,
    }
}

/// A folder as the store takes it.
pub(crate) fn as_listed(row: &FolderRow) -> NewFolder {
    let f = &row.folder;
    NewFolder {
        wire: f.wire.clone(),
        path: f.path.clone(),
        delimiter: f.delimiter,
        role: f.role,
        selectable: f.selectable,
    }
}

/// True for a folder no server has told us about yet.
fn only_planned(row: &FolderRow) -> bool {
    !row.listed && row.folder.uidvalidity == 0
}

/// Returns the planned folders that mail is on its way to; the server's next list must not take them away.
pub(super) async fn planned(life: &Life) -> Result<Vec<NewFolder>, Fault> {
    let id = life.id();
    let rows = life
        .ctx
        .read(move |r| {
            let mut rows = r.folders(Some(id))?;
            rows.retain(only_planned);
            if rows.is_empty() {
                return Ok(rows);
            }
            let targets: Vec<FolderId> = r
                .pending_operations(id)?
                .into_iter()
                .filter_map(|o| match o.action {
                    Action::Move { to } => Some(to),
                    Action::File => Some(o.folder),
                    Action::Flags { .. } | Action::Delete => None,
                })
                .collect();
            rows.retain(|row| targets.contains(&row.folder.id));
            Ok(rows)
        })
        .await
        .map_err(|e| broken_store(&e))?;
    Ok(rows.iter().map(as_listed).collect())
}

/// Makes a folder at the server that is only planned; one that is there is no matter.
pub(super) async fn make(line: &mut Line, row: &FolderRow) -> Result<(), Fault> {
    if !only_planned(row) {
        return Ok(());
    }
    line.create_folder(&row.folder.path, row.folder.delimiter)
        .await
}

/// Returns the account's folder of a role; where it has none, one is made at the server.
pub(super) async fn folder_of(
    life: &Life,
    line: &mut Line,
    role: Role,
) -> Result<FolderRow, Fault> {
    let id = life.id();
    let rows = life
        .ctx
        .read(move |r| r.folders(Some(id)))
        .await
        .map_err(|e| broken_store(&e))?;
    if let Some(row) = rows.iter().find(|r| r.folder.role == Some(role)) {
        make(line, row).await?;
        return Ok(row.clone());
    }
    let new = place_for(&rows, role);
    line.create_folder(&new.path, new.delimiter).await?;
    let mut listed: Vec<NewFolder> = rows.iter().map(as_listed).collect();
    let wire = new.wire.clone();
    listed.push(new);
    let made = life
        .ctx
        .write(move |w| {
            w.put_folders(id, &listed)?;
            w.folder_by_wire(id, &wire)
        })
        .await
        .map_err(|e| broken_store(&e))?;
    made.ok_or_else(|| Fault::Gone("The folder just made is gone.".into()))
}

#[cfg(test)]
mod tests {
    use kontor_model::{AccountId, Folder};
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::only_inbox(&["INBOX"], '/', "Archive")]
    #[case::beside(&["INBOX", "Sent", "INBOX/old"], '/', "Archive")]
    #[case::below(&["INBOX", "INBOX.Sent", "INBOX.Trash"], '.', "INBOX.Archive")]
    fn where_a_folder_is_made(#[case] have: &[&str], #[case] delimiter: char, #[case] want: &str) {
        let rows: Vec<FolderRow> = have
            .iter()
            .map(|path| FolderRow {
                folder: Folder {
                    id: FolderId(1),
                    account: AccountId(1),
                    path: (*path).into(),
                    wire: (*path).into(),
                    delimiter: Some(delimiter),
                    role: None,
                    selectable: true,
                    uidvalidity: 1,
                    uidnext: 1,
                    highestmodseq: 0,
                    total: 0,
                    unread: 0,
                },
                listed: true,
                remote_total: 0,
            })
            .collect();
        let made = place_for(&rows, Role::Archive);
        assert_eq!(made.path, want, "where this account keeps its folders");
        assert_eq!(made.role, Some(Role::Archive), "it is what it is for");
    }
}
