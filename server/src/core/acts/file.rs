//! The file of an act: what is known of it, its bytes when they are sent, and whether it lies at its document already.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kontor_metakocka as mk;
use kontor_protocol::{Act, DocumentName, FileHash, OrgId};

use super::writing::{Site, named};
use crate::core::storage::files::part_count;
use crate::core::storage::{Storage, StorageError};

/// Files of a document that are compared, the newest first.
const MOST_COMPARED: usize = 16;

/// What is known of the file an act brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brought {
    /// All of it is here.
    Whole { size: u64, hash: FileHash },
    /// It did not arrive whole.
    Broken,
    /// Its desk has yet to send it, or the rest of it.
    Awaited,
}

/// Looks at an act's file; `None` where it has none.
pub(super) async fn known<S: Storage>(
    storage: &S,
    org: OrgId,
    act: &Act,
) -> Result<Option<Brought>, StorageError> {
    let Act::AttachFile { data, file, .. } = act else {
        return Ok(None);
    };
    let Some(file) = file else {
        let brought = STANDARD.decode(data).map(|bytes| Brought::Whole {
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            hash: FileHash::of(&bytes),
        });
        return Ok(Some(brought.unwrap_or(Brought::Broken)));
    };
    let head = storage.file(org, file.hash).await?;
    let whole = head.is_some_and(|head| head.whole && head.size == file.size);
    Ok(Some(if whole {
        Brought::Whole {
            size: file.size,
            hash: file.hash,
        }
    } else {
        Brought::Awaited
    }))
}

/// An act's file as it is sent, in memory once; `None` where the act has none, or not all of it is here.
pub(super) async fn draft<S: Storage>(
    storage: &S,
    org: OrgId,
    act: &Act,
) -> Result<Option<mk::FileDraft>, StorageError> {
    let Act::AttachFile {
        name, data, file, ..
    } = act
    else {
        return Ok(None);
    };
    let Some(file) = file else {
        let bytes = STANDARD.decode(data).ok();
        return Ok(bytes.map(|bytes| mk::FileDraft::new(name, &bytes)));
    };
    let size = usize::try_from(file.size).unwrap_or(usize::MAX);
    let mut growing = mk::GrowingFile::new(name, size);
    let mut here = 0_usize;
    for number in 0..part_count(file.size) {
        let Some(part) = storage.file_part(org, file.hash, number).await? else {
            return Ok(None);
        };
        here = here.saturating_add(part.len());
        growing.add(&part);
    }
    Ok((here == size).then(|| growing.end()))
}

/// Whether a file lies at its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum There {
    /// It does, byte for byte.
    Same,
    /// One that may be it, and cannot be read.
    Unread,
    /// Another one of its name.
    Namesake,
    /// None of those that are shown.
    No,
}

/// Looks at the files of a document: how many may be this one though they cannot be read, and whether it is among them.
/// `renamed`: also among those that are called otherwise.
pub(super) async fn there(
    site: &Site<'_>,
    document: &DocumentName,
    name: &str,
    renamed: bool,
) -> Result<(usize, There), mk::Error> {
    let (doc_type, id) = named(document);
    let shown = site.client.attachments(&doc_type, &id).await?;
    let mut unread = 0_usize;
    let Some(Brought::Whole { hash, .. }) = site.file else {
        return Ok((unread, There::No));
    };
    let called_so = |file: &mk::Attachment| {
        file.file_name
            .as_deref()
            .is_none_or(|n| n.trim() == name.trim())
    };
    // Those called so are counted by themselves: what others come or go beside them changes nothing.
    let (called, others): (Vec<_>, Vec<_>) = shown.iter().rev().partition(|file| called_so(file));
    let mut namesake = false;
    for (n, file) in called.into_iter().enumerate() {
        let bytes = match n {
            0..MOST_COMPARED => site.client.attached_bytes(file).await.ok().flatten(),
            _ => None,
        };
        match bytes {
            Some(bytes) if FileHash::of(&bytes) == hash => return Ok((unread, There::Same)),
            Some(_) => namesake |= file.file_name.is_some(),
            None => unread = unread.saturating_add(1),
        }
    }
    for file in others.into_iter().take(MOST_COMPARED).filter(|_| renamed) {
        let bytes = site.client.attached_bytes(file).await.ok().flatten();
        if bytes.is_some_and(|bytes| FileHash::of(&bytes) == hash) {
            return Ok((unread, There::Same));
        }
    }
    let there = match (unread, namesake) {
        (1.., _) => There::Unread,
        (0, true) => There::Namesake,
        (0, false) => There::No,
    };
    Ok((unread, there))
}
