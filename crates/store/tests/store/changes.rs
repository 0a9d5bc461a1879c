//! The change log: numbered, paged, trimmed.

use kontor_model::{AccountState, Change};

use crate::support::{Mail, Profile};

#[test]
fn changes_are_read_after_a_number_and_page_by_page() {
    let p = Profile::new();
    let account = p.account;
    let start = p.store.read(|r| r.change_seq()).unwrap();
    assert!(
        p.write(move |w| w.set_account_state(account, AccountState::Live, "")),
        "news"
    );
    assert!(
        !p.write(move |w| w.set_account_state(account, AccountState::Live, "")),
        "no news"
    );
    p.arrive(p.inbox, &[Mail::new(1), Mail::new(2)]);
    let first = p.store.read(|r| r.changes_after(start, 2)).unwrap();
    assert!(
        matches!(
            first.entries[0].1,
            Change::State {
                state: AccountState::Live,
                ..
            }
        ),
        "{first:?}"
    );
    let rest = p.store.read(|r| r.changes_after(first.seq, 100)).unwrap();
    assert_eq!(
        (first.entries.len(), rest.entries.len()),
        (2, 1),
        "two and one"
    );
    let none = p.store.read(|r| r.changes_after(rest.seq, 100)).unwrap();
    assert!(
        none.entries.is_empty() && !none.reset && none.seq == rest.seq,
        "nothing since"
    );
}

#[test]
fn a_reader_too_far_behind_or_from_another_store_starts_over() {
    let p = Profile::new();
    p.write(|w| {
        for _ in 0..100_200 {
            w.log(&Change::Accounts)?;
        }
        Ok(())
    });
    while p.write(|w| w.trim_changes(50)) {}
    let old = p.store.read(|r| r.changes_after(1, 10)).unwrap();
    assert!(
        old.reset && old.entries.is_empty(),
        "entries after 1 are gone"
    );
    let newest = p.store.read(|r| r.change_seq()).unwrap();
    assert_eq!(old.seq, newest, "go on from here");
    assert!(
        p.store
            .read(|r| r.changes_after(newest + 5, 10))
            .unwrap()
            .reset,
        "a number of another store"
    );
    assert!(
        !p.store
            .read(|r| r.changes_after(newest - 99_000, 10))
            .unwrap()
            .reset,
        "near enough"
    );
}

#[test]
fn settings_trusted_senders_requests_and_layers_are_kept() {
    let p = Profile::new();
    let account = p.account;
    let id = p.write(move |w| {
        w.set_setting("theme", "\"dark\"")?;
        w.set_setting("theme", "\"light\"")?;
        w.set_trusted_sender("borut@lipa.example", true)?;
        w.set_trusted_sender("x@x.example", true)?;
        w.set_trusted_sender("x@x.example", false)?;
        w.layer_looked(account, kontor_model::Layer::Poll, 2)?;
        w.layer_looked(account, kontor_model::Layer::Poll, 3)?;
        w.request_sync(Some(account), "{}")
    });
    assert_eq!(
        p.store.read(|r| r.setting("theme")).unwrap().as_deref(),
        Some("\"light\""),
        "the last one"
    );
    assert!(
        p.store
            .read(|r| r.is_trusted_sender("borut@lipa.example"))
            .unwrap(),
        "trusted"
    );
    assert!(
        !p.store
            .read(|r| r.is_trusted_sender("x@x.example"))
            .unwrap(),
        "no longer"
    );
    assert_eq!(
        p.store.read(|r| r.layer_stats(account)).unwrap()[0].found,
        5,
        "added up"
    );
    assert_eq!(
        p.store.read(|r| r.open_sync_requests()).unwrap().len(),
        1,
        "one wish"
    );
    p.write(move |w| w.answer_sync_request(id, "\"done\""));
    assert!(
        p.store.read(|r| r.open_sync_requests()).unwrap().is_empty(),
        "none left"
    );
    assert_eq!(
        p.store
            .read(|r| r.sync_request(id))
            .unwrap()
            .unwrap()
            .answer
            .as_deref(),
        Some("\"done\""),
        "answered"
    );
}

#[test]
fn what_a_team_shares_is_told_once_a_commit() {
    let p = Profile::new();
    let start = p.store.read(|r| r.change_seq()).unwrap();
    p.write(|w| {
        w.touch_team();
        w.touch_presence();
        w.touch_team();
        w.set_setting("team.seen", "7")
    });
    p.write(|w| w.set_setting("list.density", "compact"));
    let log = p.store.read(|r| r.changes_after(start, 100)).unwrap();
    let told: Vec<_> = log.entries.into_iter().map(|(_, change)| change).collect();
    assert_eq!(
        told,
        [Change::Team, Change::Presence],
        "one for the first, none for the second"
    );
}
