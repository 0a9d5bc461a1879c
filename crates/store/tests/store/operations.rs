//! The journal: applied here at once, carried out in order, undone or taken back.

use kontor_model::{Action, Flags, FolderId, Millis, OperationId, OperationState, PlacementId};
use kontor_store::{Error, Outcome};

use crate::support::{Mail, NEW_YEAR, Profile, put_folders, settings};

fn read_it() -> Action {
    Action::Flags {
        add: vec!["\\Seen".into()],
        remove: vec![],
    }
}

fn journal(p: &Profile, action: Action, placement: PlacementId) -> Vec<OperationId> {
    p.write(move |w| w.journal(&action, &[placement]))
}

fn flags_of(p: &Profile, folder: FolderId, uid: u32) -> u8 {
    p.store
        .read(|r| r.placement_by_uid(folder, uid))
        .unwrap()
        .unwrap()
        .flags
        .bits
}

#[test]
fn flags_are_shown_at_once_and_survive_what_the_server_said_before() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1)]);
    let inbox = p.inbox;
    let ids = journal(&p, read_it(), stored[0].placement);
    assert_eq!(p.counts(inbox), (1, 0), "read here at once");
    // The server speaks of another flag and does not know of ours yet.
    let server = Flags {
        bits: Flags::FLAGGED,
        keywords: vec![],
    };
    p.write(move |w| w.apply_flags(inbox, &[(1, server)]));
    assert_eq!(
        flags_of(&p, inbox, 1),
        Flags::SEEN | Flags::FLAGGED,
        "both are shown"
    );
    let id = ids[0];
    p.write(move |w| w.complete_operation(id, Outcome::Done(None)));
    assert_eq!(
        flags_of(&p, inbox, 1),
        Flags::SEEN | Flags::FLAGGED,
        "the server has it now"
    );
    assert_eq!(
        p.store.read(|r| r.operation(id)).unwrap().state,
        OperationState::Done,
        "done"
    );
    p.write(move |w| w.apply_flags(inbox, &[(1, Flags::default())]));
    assert_eq!(
        flags_of(&p, inbox, 1),
        0,
        "from now on the server's word counts"
    );
    p.ok();
}

#[test]
fn what_changes_nothing_is_not_journalled() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1).flags(Flags::SEEN)]);
    assert!(
        journal(&p, read_it(), stored[0].placement).is_empty(),
        "it is read already"
    );
    assert!(
        journal(&p, Action::Move { to: p.inbox }, stored[0].placement).is_empty(),
        "it is there already"
    );
    assert!(
        journal(&p, read_it(), PlacementId(999)).is_empty(),
        "it is gone"
    );
}

#[test]
fn a_refused_flag_is_undone_with_its_reason() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1)]);
    let id = journal(&p, read_it(), stored[0].placement)[0];
    p.write(move |w| w.undo_operation(id, "the folder is read-only"));
    assert_eq!(p.counts(p.inbox), (1, 1), "unread again");
    let operation = p.store.read(|r| r.operation(id)).unwrap();
    assert_eq!(
        (operation.state, operation.error.as_str()),
        (OperationState::Undone, "the folder is read-only"),
        "kept"
    );
    p.ok();
}

#[test]
fn a_move_is_shown_at_once_and_gets_its_uid_from_the_server() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1), Mail::new(2)]);
    let (inbox, archive) = (p.inbox, p.archive);
    let id = journal(&p, Action::Move { to: archive }, stored[0].placement)[0];
    assert_eq!(
        (p.counts(inbox).0, p.counts(archive).0),
        (1, 1),
        "moved here"
    );
    let row = p
        .store
        .read(|r| r.messages(archive, None, 10))
        .unwrap()
        .rows
        .remove(0);
    assert_eq!(row.placement.uid, None, "until the server gives one");
    assert_eq!(
        p.store.read(|r| r.known_uids(inbox)).unwrap(),
        [1, 2],
        "the source is not fetched as new"
    );
    assert!(
        p.put_envelopes(inbox, &[Mail::new(1)]).is_empty(),
        "nor stored when it is"
    );
    let operation = p
        .store
        .read(|r| r.pending_operations(p.account))
        .unwrap()
        .remove(0);
    assert_eq!(
        (operation.folder, operation.uid),
        (inbox, Some(1)),
        "where the server has it"
    );
    p.write(move |w| {
        w.set_cursor(archive, 3, 1, 0)?;
        w.complete_operation(id, Outcome::Done(Some((3, 50))))
    });
    assert_eq!(
        p.store.read(|r| r.known_uids(archive)).unwrap(),
        [50],
        "its new UID"
    );
    assert_eq!(
        p.store.read(|r| r.known_uids(inbox)).unwrap(),
        [2],
        "gone from the source"
    );
    p.ok();
}

#[test]
fn a_move_without_an_answer_is_recognised_in_its_target() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1)]);
    let id = journal(&p, Action::Move { to: p.archive }, stored[0].placement)[0];
    p.write(move |w| w.complete_operation(id, Outcome::Done(None)));
    let found = p.put_envelopes(p.archive, &[Mail::new(1).uid(50)]);
    assert_eq!(
        (found[0].placement, found[0].fresh),
        (stored[0].placement, false),
        "the one we moved"
    );
    assert_eq!(p.counts(p.archive).0, 1, "not doubled");
    p.ok();
}

#[test]
fn a_target_looked_at_before_the_answer_does_not_double_either() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1)]);
    let id = journal(&p, Action::Move { to: p.archive }, stored[0].placement)[0];
    // The server has moved it; a look at the archive finds it before the answer is read.
    p.put(p.archive, &[Mail::new(1).uid(50)]);
    p.write(move |w| w.complete_operation(id, Outcome::Done(Some((0, 50)))));
    assert_eq!(p.counts(p.archive).0, 1, "once");
    assert_eq!(
        p.store.read(|r| r.known_uids(p.archive)).unwrap(),
        [50],
        "with its UID"
    );
    p.ok();
}

#[test]
fn an_unrecognised_copy_in_the_target_gives_way_to_ours() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1)]);
    let id = journal(&p, Action::Move { to: p.archive }, stored[0].placement)[0];
    // Another internal date: the target's row is not recognised as ours.
    p.put_envelopes(p.archive, &[Mail::new(1).at(500).uid(50)]);
    assert_eq!(p.counts(p.archive).0, 2, "two rows for now");
    p.write(move |w| w.complete_operation(id, Outcome::Done(Some((0, 50)))));
    assert_eq!(p.counts(p.archive).0, 1, "one again");
    p.ok();
}

#[test]
fn moves_in_a_row_are_carried_out_in_order() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1)]);
    let first = journal(&p, Action::Move { to: p.archive }, stored[0].placement)[0];
    let second = journal(&p, Action::Move { to: p.sent }, stored[0].placement)[0];
    let third = journal(&p, read_it(), stored[0].placement)[0];
    let uids = |p: &Profile| -> Vec<(OperationId, Option<u32>)> {
        p.store
            .read(|r| r.pending_operations(p.account))
            .unwrap()
            .iter()
            .map(|o| (o.id, o.uid))
            .collect()
    };
    assert_eq!(
        uids(&p),
        [(first, Some(1)), (second, None), (third, None)],
        "the later ones wait for a UID"
    );
    p.write(move |w| w.complete_operation(first, Outcome::Done(Some((0, 50)))));
    assert_eq!(
        uids(&p),
        [(second, Some(50)), (third, None)],
        "the next one has it"
    );
    p.write(move |w| w.complete_operation(second, Outcome::Done(Some((0, 60)))));
    assert_eq!(uids(&p), [(third, Some(60))], "and the last one");
    assert_eq!(
        p.store.read(|r| r.known_uids(p.sent)).unwrap(),
        [60],
        "where it ended"
    );
    p.ok();
}

#[test]
fn a_refused_move_goes_back_and_later_operations_follow() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1)]);
    let moved = journal(&p, Action::Move { to: p.archive }, stored[0].placement)[0];
    let seen = journal(&p, read_it(), stored[0].placement)[0];
    p.write(move |w| w.undo_operation(moved, "over quota"));
    assert_eq!(p.counts(p.inbox), (1, 0), "back in the inbox, read");
    let left = p.store.read(|r| r.pending_operations(p.account)).unwrap();
    assert_eq!(
        (left[0].id, left[0].folder, left[0].uid),
        (seen, p.inbox, Some(1)),
        "the flag goes to the inbox"
    );
    p.ok();
}

#[test]
fn a_move_of_what_is_gone_takes_it_away() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1)]);
    let id = journal(&p, Action::Move { to: p.archive }, stored[0].placement)[0];
    p.write(move |w| w.complete_operation(id, Outcome::Missing));
    assert_eq!(p.counts(p.archive).0, 0, "the server does not have it");
    p.ok();
}

#[test]
fn a_deletion_hides_first_and_deletes_when_done() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1), Mail::new(2)]);
    let gone = journal(&p, Action::Delete, stored[0].placement)[0];
    let kept = journal(&p, Action::Delete, stored[1].placement)[0];
    assert_eq!(p.counts(p.inbox).0, 0, "both are hidden");
    assert!(
        p.search(vec![crate::support::text("besedilo")]).is_empty(),
        "and not found"
    );
    p.ok();
    p.write(move |w| w.complete_operation(gone, Outcome::Done(None)));
    p.write(move |w| w.undo_operation(kept, "no permission"));
    assert_eq!(p.subjects(p.inbox), ["Zadeva 2"], "the refused one is back");
    assert_eq!(
        p.store.read(|r| r.known_uids(p.inbox)).unwrap(),
        [2],
        "with its UID"
    );
    assert_eq!(
        p.search(vec![crate::support::text("besedilo")]),
        ["Zadeva 2"],
        "and found"
    );
    p.ok();
}

#[test]
fn taking_back_undoes_what_has_not_left_and_reverses_what_has() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1), Mail::new(2)]);
    let waiting = journal(&p, Action::Move { to: p.archive }, stored[0].placement)[0];
    let left = journal(&p, Action::Move { to: p.archive }, stored[1].placement)[0];
    p.write(move |w| w.claim_operations(&[left]));
    let inverse = p.write(move |w| w.cancel_operations(&[waiting, left]));
    assert_eq!(p.counts(p.inbox).0, 2, "both are back");
    assert_eq!(inverse.len(), 1, "one needs the server's help");
    p.write(move |w| w.complete_operation(left, Outcome::Done(Some((0, 50)))));
    let pending = p.store.read(|r| r.pending_operations(p.account)).unwrap();
    assert_eq!(
        (pending[0].id, pending[0].folder, pending[0].uid),
        (inverse[0], p.archive, Some(50)),
        "from the archive"
    );
    let back = inverse[0];
    p.write(move |w| w.complete_operation(back, Outcome::Done(Some((0, 90)))));
    assert_eq!(
        p.store.read(|r| r.known_uids(p.inbox)).unwrap(),
        [1, 90],
        "under a new UID"
    );
    p.ok();
}

#[test]
fn a_retried_operation_waits_and_a_crashed_claim_is_released() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1)]);
    let id = journal(&p, read_it(), stored[0].placement)[0];
    let account = p.account;
    p.write(move |w| w.claim_operations(&[id]));
    p.write(move |w| w.release_operations(account));
    p.write(move |w| {
        w.claim_operations(&[id])?;
        w.retry_operation(id, Millis(NEW_YEAR + 5), "no network")
    });
    let operation = p.store.read(|r| r.operation(id)).unwrap();
    assert_eq!(
        (
            operation.attempts,
            operation.next_at,
            operation.error.as_str()
        ),
        (2, Millis(NEW_YEAR + 5), "no network"),
        "{operation:?}"
    );
    assert!(
        p.write(move |w| w.cancel_operations(&[id])).is_empty(),
        "it is ours again, so it is simply undone"
    );
    assert_eq!(p.counts(p.inbox), (1, 1), "unread again");
}

#[test]
fn a_new_uidvalidity_finds_what_an_operation_waits_for() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1), Mail::new(2)]);
    let inbox = p.inbox;
    let moved = journal(&p, Action::Move { to: p.archive }, stored[0].placement)[0];
    let seen = journal(&p, read_it(), stored[1].placement)[0];
    p.write(move |w| w.void_uids(inbox));
    let listed = p.put_envelopes(inbox, &[Mail::new(1).uid(101), Mail::new(2).uid(102)]);
    assert_eq!(listed.len(), 1, "the moved one is not put back");
    let pending = p.store.read(|r| r.pending_operations(p.account)).unwrap();
    let uids: Vec<_> = pending.iter().map(|o| (o.id, o.uid)).collect();
    assert_eq!(
        uids,
        [(moved, Some(101)), (seen, Some(102))],
        "both know the new UID"
    );
    p.ok();
}

#[test]
fn a_move_to_another_account_is_refused_in_a_sentence() {
    let p = Profile::new();
    let stored = p.put(p.inbox, &[Mail::new(1)]);
    let other = p.write(|w| {
        let account = w.add_account("ana@drugo.example", "", &settings("imap.drugo.example"))?;
        put_folders(w, account)
    });
    let (to, placement) = (other[0], stored[0].placement);
    let error = p
        .store
        .write_blocking(Millis(0), move |w| {
            w.journal(&Action::Move { to }, &[placement])
        })
        .unwrap_err();
    assert!(matches!(error, Error::NotNow(_)), "{error}");
    assert_eq!(p.counts(p.inbox).0, 1, "nothing happened");
}
