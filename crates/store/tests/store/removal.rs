//! Removing an account takes everything of it, in steps.

use kontor_model::{Millis, Term};

use crate::support::{Mail, NEW_YEAR, Profile, put_folders, settings, text};

#[tokio::test]
async fn an_account_goes_with_all_that_is_its_own() {
    let p = Profile::new();
    let (other, folders) = p.write(|w| {
        let account = w.add_account("ana@drugo.example", "", &settings("imap.drugo.example"))?;
        Ok((account, put_folders(w, account)?))
    });
    p.put(p.inbox, &[Mail::new(1).mid("a@x").text("moja beseda")]);
    let theirs: Vec<Mail> = (2..30)
        .map(|n| Mail::new(n).refs(&["a@x"]).text("tuja beseda"))
        .collect();
    p.put(folders[0], &theirs);
    p.store
        .remove_account(Millis(NEW_YEAR), other)
        .await
        .unwrap();
    assert_eq!(
        p.store.read(|r| r.accounts()).unwrap().len(),
        1,
        "one account is left"
    );
    assert_eq!(
        p.search(vec![text("beseda")]),
        ["Zadeva 1"],
        "its mail is not found any more"
    );
    assert_eq!(p.search(vec![Term::Unread]), ["Zadeva 1"], "nor counted");
    let rows = p
        .store
        .read(|r| r.threads(&[p.inbox], None, 10))
        .unwrap()
        .rows;
    assert_eq!(rows[0].count, 1, "the conversation has shrunk");
    p.ok();
}

#[test]
fn the_same_account_is_not_added_twice() {
    let p = Profile::new();
    let again = p.store.write_blocking(Millis(0), |w| {
        w.add_account("ANA@hrast.example", "", &settings("imap.hrast.example"))
    });
    let error = again.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the account ANA@hrast.example is already set up; remove it first or change it",
        "a sentence"
    );
}

#[test]
fn upkeep_ends_when_nothing_is_left_to_do() {
    let p = Profile::new();
    for n in 0..40 {
        p.put(p.inbox, &[Mail::new(n + 1)]);
    }
    let mut steps = 0;
    while p.store.tidy_blocking(Millis(NEW_YEAR)).unwrap() {
        steps += 1;
        assert!(steps < 1000, "upkeep must end");
    }
    assert_eq!(
        p.search(vec![text("besedilo")]).len(),
        40,
        "and harm nothing"
    );
    p.ok();
}
