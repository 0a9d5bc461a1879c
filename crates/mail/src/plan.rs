//! Decisions of the sync, without doing anything: which folders to look at, in which order, in how large pieces.

use kontor_model::{Folder, Role};

use crate::provider::RemoteStatus;

/// Newest envelopes of a folder that come before anything else (DESIGN.md §4).
pub const LISTED: u32 = 200;

/// Envelopes asked for in one command: a second's work on a slow line, and well under the 8 kB command limit as a range.
pub const ENVELOPE_BATCH: usize = 500;

/// True when equal counters prove that nothing changed: messages (`messages` at the last look), next UID, validity and,
/// where offered, modseq.
///
/// Without modseq a flag change shows in the unseen count only, so a look every poll is cheap but not complete;
/// layer 3 finds the rest.
#[must_use]
pub fn unchanged(ours: &Folder, messages: u64, theirs: &RemoteStatus) -> bool {
    ours.uidvalidity == theirs.uidvalidity
        && ours.uidnext == theirs.uidnext
        && messages == u64::from(theirs.messages)
        && if theirs.highestmodseq > 0 {
            ours.highestmodseq == theirs.highestmodseq
        } else {
            ours.unread == u64::from(theirs.unseen)
        }
}

/// Returns a folder's place in the order of who wants to see it first: the inbox, what a person writes and files, the
/// rest, then trash and junk.
#[must_use]
pub fn interest(folder: &Folder) -> u8 {
    match folder.role {
        Some(Role::Inbox) => 0,
        Some(Role::Drafts) => 1,
        Some(Role::Sent) => 2,
        None => 3,
        Some(Role::Archive) => 4,
        Some(Role::Trash) => 5,
        Some(Role::Junk) => 6,
    }
}

/// Cuts ascending UIDs into batches, newest batch first, each batch ascending (some servers refuse descending sets).
pub fn newest_first(uids: &[u32], batch: usize) -> impl Iterator<Item = &[u32]> {
    uids.rchunks(batch.max(1))
}

#[cfg(test)]
mod tests {
    use kontor_model::{AccountId, FolderId};
    use rstest::rstest;

    use super::*;

    fn folder(path: &str, role: Option<Role>) -> Folder {
        Folder {
            id: FolderId(1),
            account: AccountId(1),
            path: path.into(),
            wire: path.into(),
            delimiter: Some('/'),
            role,
            selectable: true,
            uidvalidity: 7,
            uidnext: 11,
            highestmodseq: 100,
            total: 10,
            unread: 2,
        }
    }

    #[rstest]
    #[case::same(RemoteStatus { messages: 10, uidnext: 11, uidvalidity: 7, unseen: 9, highestmodseq: 100 }, true)]
    #[case::flag(RemoteStatus { messages: 10, uidnext: 11, uidvalidity: 7, unseen: 2, highestmodseq: 101 }, false)]
    #[case::no_modseq_same(RemoteStatus { messages: 10, uidnext: 11, uidvalidity: 7, unseen: 2, highestmodseq: 0 }, true)]
    #[case::no_modseq_read(RemoteStatus { messages: 10, uidnext: 11, uidvalidity: 7, unseen: 1, highestmodseq: 0 }, false)]
    #[case::arrival(RemoteStatus { messages: 11, uidnext: 12, uidvalidity: 7, unseen: 2, highestmodseq: 100 }, false)]
    #[case::new_validity(RemoteStatus { messages: 10, uidnext: 11, uidvalidity: 8, unseen: 2, highestmodseq: 100 }, false)]
    fn equal_counters_mean_nothing_changed(#[case] theirs: RemoteStatus, #[case] want: bool) {
        assert_eq!(unchanged(&folder("a", None), 10, &theirs), want);
    }

    #[test]
    fn batches_go_newest_first_and_ascend_inside() {
        let batches: Vec<&[u32]> = newest_first(&[1, 2, 3, 4, 5], 2).collect();
        assert_eq!(batches, [&[4, 5][..], &[2, 3], &[1]]);
    }

    #[test]
    fn the_inbox_comes_first_and_junk_last() {
        let mut all = [
            folder("x", Some(Role::Junk)),
            folder("b", None),
            folder("INBOX", Some(Role::Inbox)),
            folder("s", Some(Role::Sent)),
        ];
        all.sort_by_key(interest);
        assert_eq!(
            all.each_ref().map(|f| f.path.as_str()),
            ["INBOX", "s", "b", "x"]
        );
    }
}
