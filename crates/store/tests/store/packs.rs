//! Mails in packs: what a crash, a power cut and a second process may do to them, and how their room is won back.

use std::fs;
use std::path::{Path, PathBuf};

use kontor_model::{Address, Millis};
use kontor_store::{Digest, NewMail, NewOutgoing, PreparedMail, PreparedRaw, Store};
use rstest::rstest;

use crate::support::{DAY, Mail, NEW_YEAR, Profile, text};

/// A mail whose bytes no compressor makes small.
fn bulky(uid: u32, bytes: usize) -> Mail {
    let mut state = u64::from(uid) + 1;
    let mut noise = String::from("začetek ");
    while noise.len() < bytes {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        noise.push(char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap()));
        if state >> 61 == 0 {
            noise.push(' ');
        }
    }
    Mail::new(uid).text(&noise)
}

fn mails(range: std::ops::Range<u32>) -> Vec<Mail> {
    range.map(|uid| bulky(uid, 3000)).collect()
}

fn packs(p: &Profile) -> Vec<PathBuf> {
    let found = fs::read_dir(p.dir.path().join("packs")).unwrap();
    let mut found: Vec<PathBuf> = found
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "pack"))
        .collect();
    found.sort();
    found
}

fn number(p: &Profile, sql: &str) -> i64 {
    let db = rusqlite::Connection::open(p.store.path()).unwrap();
    db.query_row(sql, [], |r| r.get(0)).unwrap()
}

/// Of each of `mails`: are exactly its bytes here?
fn here(p: &Profile, mails: &[Mail]) -> Vec<bool> {
    let one = |mail: &Mail| {
        let found = p.store.read(|r| {
            let place = r.placement_by_uid(p.inbox, mail.uid)?.unwrap();
            r.raw(place.message)
        });
        let raw = found.unwrap();
        assert!(
            raw.as_ref().is_none_or(|raw| *raw == mail.raw()),
            "the right bytes or none: {}",
            mail.uid
        );
        raw.is_some()
    };
    mails.iter().map(one).collect()
}

/// Ends the store, does something to its folder, and opens it again.
fn reopen(p: Profile, between: impl FnOnce(&Path)) -> Profile {
    let Profile {
        store,
        dir,
        account,
        inbox,
        archive,
        sent,
    } = p;
    drop(store);
    between(dir.path());
    Profile {
        store: Store::open(dir.path()).unwrap(),
        dir,
        account,
        inbox,
        archive,
        sent,
    }
}

/// As after a power cut: nothing of the packs is known to be on the disk.
fn forget_marks(dir: &Path) {
    let db = rusqlite::Connection::open(dir.join("store.db")).unwrap();
    db.execute("UPDATE pack SET synced = 0", []).unwrap();
}

fn tidy_all(p: &Profile) {
    for _ in 0..1000 {
        if !p.store.tidy_blocking(Millis(NEW_YEAR + DAY)).unwrap() {
            return;
        }
    }
    panic!("upkeep ends some time");
}

/// Deletes mails for good.
fn delete(p: &Profile, mails: &[Mail]) {
    let (inbox, uids) = (p.inbox, mails.iter().map(|m| m.uid).collect::<Vec<_>>());
    p.write(move |w| w.apply_vanished(inbox, &uids));
    p.write(|w| w.sweep(Millis(NEW_YEAR + DAY), 10_000));
}

#[test]
fn what_comes_in_bulk_lies_in_a_pack_and_the_rest_in_the_database() {
    let p = Profile::new();
    let (bulk, arrived) = (mails(1..9), mails(20..21));
    p.put(p.inbox, &bulk);
    assert_eq!(p.count("blob_chunk"), 0, "nothing is written twice");
    p.arrive(p.inbox, &arrived);
    assert_eq!(
        p.count("blob_chunk"),
        1,
        "an arrival is one transaction, and nothing else"
    );
    let p = reopen(p, |_| {});
    assert!(here(&p, &bulk).iter().all(|h| *h), "all are read back");
    assert!(here(&p, &arrived)[0], "as mails of before packs are");
    let status = p.store.read(|r| r.status()).unwrap();
    assert!(
        status.bytes > fs::metadata(p.store.path()).unwrap().len(),
        "packs count"
    );
    p.ok();
}

#[rstest]
#[case::torn(|pack: &Path| {
    let length = fs::metadata(pack).unwrap().len();
    fs::File::options().write(true).open(pack).unwrap().set_len(length / 2).unwrap();
}, 4)]
#[case::zeroed(|pack: &Path| {
    let mut bytes = fs::read(pack).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0);
    fs::write(pack, bytes).unwrap();
}, 4)]
#[case::gone(|pack: &Path| fs::remove_file(pack).unwrap(), 0)]
#[case::whole(|_: &Path| (), 8)]
fn a_power_cut_costs_only_what_was_not_on_the_disk(#[case] damage: fn(&Path), #[case] left: usize) {
    let p = Profile::new();
    let mails = mails(1..9);
    p.put(p.inbox, &mails);
    let pack = packs(&p).remove(0);
    let p = reopen(p, |dir| {
        forget_marks(dir);
        damage(&pack);
    });
    let found = here(&p, &mails);
    let whole = found.iter().filter(|h| **h).count();
    assert!(
        left.abs_diff(whole) <= 1,
        "what is on the disk stays: {whole}"
    );
    assert!(
        found.is_sorted_by(|a, b| a >= b),
        "it is the end that is lost"
    );
    p.ok();
    let (account, missing) = (p.account, 8 - whole);
    let asked = p
        .store
        .read(|r| r.missing_bodies(account, None, None, 100))
        .unwrap();
    assert_eq!(asked.len(), missing, "the server is asked for the rest");
    assert_eq!(
        number(
            &p,
            "SELECT count(*) FROM message WHERE body = 0 AND text_form IS NOT NULL"
        ),
        0,
        "no text stands in bytes that are gone"
    );
    let of = |uid: u32| mails.iter().find(|m| m.uid == uid).unwrap();
    p.put_bodies(asked.iter().map(|m| (m.message, of(m.uid))).collect());
    assert!(
        here(&p, &mails).iter().all(|h| *h),
        "and then it is here again"
    );
    assert_eq!(p.search(vec![text("začetek")]).len(), 8, "and found");
    tidy_all(&p);
    p.ok();
}

#[test]
fn what_is_on_the_disk_is_not_looked_through() {
    let p = Profile::new();
    p.put(p.inbox, &mails(1..5));
    tidy_all(&p);
    assert_eq!(
        number(&p, "SELECT count(*) FROM pack WHERE synced = length"),
        1,
        "upkeep brings it there and notes it"
    );
    let pack = packs(&p).remove(0);
    let p = reopen(p, |_| {
        let length = fs::metadata(&pack).unwrap().len();
        fs::write(&pack, vec![0; usize::try_from(length).unwrap()]).unwrap();
    });
    assert!(
        p.store.check().unwrap()[0].starts_with("4 mails whose bytes in a pack are damaged"),
        "only the check reads everything"
    );
}

#[test]
fn a_profile_copied_without_its_packs_fetches_its_mails_again() {
    let p = Profile::new();
    let mails = mails(1..5);
    p.put(p.inbox, &mails);
    tidy_all(&p);
    let p = reopen(p, |dir| fs::remove_dir_all(dir.join("packs")).unwrap());
    assert_eq!(here(&p, &mails), [false; 4]);
    p.ok();
    let p = reopen(p, |_| {});
    p.put(p.inbox, &self::mails(10..12));
    tidy_all(&p);
    p.ok();
    assert_eq!(packs(&p).len(), 1, "the one that is gone is forgotten");
}

#[test]
fn a_transaction_that_fails_leaves_dead_bytes_and_no_more() {
    let p = Profile::new();
    p.put(p.inbox, &mails(1..3));
    let (inbox, lost) = (p.inbox, mails(3..9));
    let lost = lost.iter().map(|m| p.prepared(m)).collect();
    let failed = p.store.write_blocking(Millis(NEW_YEAR), move |w| {
        w.put_mails(inbox, lost, None)?;
        w.settle()?;
        Err::<(), _>(kontor_store::Error::Missing("space on the disk".into()))
    });
    assert!(failed.is_err());
    let all = [mails(1..3), mails(10..13)].concat();
    p.put(p.inbox, &mails(10..13));
    assert!(here(&p, &all).iter().all(|h| *h), "before and after it");
    p.ok();
    let p = reopen(p, |_| {});
    assert!(here(&p, &all).iter().all(|h| *h));
    tidy_all(&p);
    p.ok();
}

#[test]
fn two_stores_write_at_once_and_one_of_them_appends() {
    let p = Profile::new();
    let other = Store::open(p.dir.path()).unwrap();
    let inbox = p.inbox;
    for n in 0..10 {
        p.put(inbox, &mails(n * 10 + 1..n * 10 + 3));
        let theirs = mails(n * 10 + 3..n * 10 + 5)
            .iter()
            .map(Mail::whole)
            .collect();
        other
            .write_blocking(Millis(NEW_YEAR), move |w| w.put_mails(inbox, theirs, None))
            .unwrap();
    }
    assert_eq!(
        p.count("blob_chunk"),
        20,
        "the other one's are in the database"
    );
    assert_eq!(packs(&p).len(), 1, "and nobody else's pack is touched");
    for (store, whose) in [(&p.store, "ours"), (&other, "theirs")] {
        assert_eq!(
            store.check().unwrap(),
            Vec::<String>::new(),
            "{whose}: all are read back"
        );
        store.tidy_blocking(Millis(NEW_YEAR)).unwrap();
    }
    p.ok();
}

#[test]
fn what_is_sent_never_depends_on_a_pack() {
    let p = Profile::new();
    let mail = bulky(1, 3000);
    p.put(p.inbox, std::slice::from_ref(&mail));
    let new = NewOutgoing {
        account: p.account,
        message_id: "m1@lipa.example".to_owned(),
        raw: PreparedRaw::new(&mail.raw()).unwrap(),
        sender: "ana@hrast.example".to_owned(),
        recipients: vec!["borut@lipa.example".to_owned()],
        subject: "Zadeva 1".to_owned(),
        to: vec![Address::new("Borut", "borut@lipa.example")],
        answers: None,
        draft: None,
        due: Millis(NEW_YEAR),
    };
    p.write(move |w| w.enqueue(&new));
    assert_eq!(p.count("blob"), 1, "the same bytes are kept once");
    let pack = packs(&p).remove(0);
    let p = reopen(p, |dir| {
        forget_marks(dir);
        fs::remove_file(pack).unwrap();
    });
    assert_eq!(here(&p, &[mail]), [true], "in the database");
    p.ok();
}

#[test]
fn the_room_of_deleted_mails_is_won_back_whenever_the_process_ends() {
    let mut p = Profile::new();
    let all = mails(1..101);
    p.put(p.inbox, &all);
    let before = fs::metadata(&packs(&p)[0]).unwrap().len();
    let (gone, kept) = all.split_at(80);
    delete(&p, gone);
    p.ok();
    // Every step in a process of its own, each of which ends as a crash does.
    for _ in 0..12 {
        p.store.tidy_blocking(Millis(NEW_YEAR + DAY)).unwrap();
        p = reopen(p, |_| {});
        assert!(
            here(&p, kept).iter().all(|h| *h),
            "nothing of the rest is lost"
        );
        p.ok();
    }
    let after: u64 = packs(&p)
        .iter()
        .map(|f| fs::metadata(f).unwrap().len())
        .sum();
    assert!(after < before / 3, "{after} of {before} bytes are left");
    delete(&p, kept);
    tidy_all(&p);
    assert_eq!(packs(&p), Vec::<PathBuf>::new(), "nothing of a mail stays");
    p.put(p.inbox, &mails(200..203));
    assert!(
        here(&p, &mails(200..203)).iter().all(|h| *h),
        "and it begins anew"
    );
    p.ok();
}

#[test]
fn a_count_that_is_wrong_does_not_keep_upkeep_going_for_ever() {
    let mut p = Profile::new();
    p.put(p.inbox, &mails(1..11));
    p = reopen(p, |dir| {
        let db = rusqlite::Connection::open(dir.join("store.db")).unwrap();
        db.execute(
            "INSERT INTO pack (id, length, synced, live) VALUES (99, 100, 100, 10)",
            [],
        )
        .unwrap();
        fs::write(dir.join("packs/99.pack"), [7; 100]).unwrap();
    });
    tidy_all(&p);
    let left = number(&p, "SELECT count(*) FROM pack WHERE id = 99");
    assert_eq!(left, 0, "nothing refers to it: it goes");
    assert!(
        here(&p, &mails(1..11)).iter().all(|h| *h),
        "the others stay"
    );
}

#[test]
fn a_count_that_is_wrong_takes_no_mail_along() {
    let mut p = Profile::new();
    let all = mails(1..11);
    p.put(p.inbox, &all);
    p = reopen(p, |dir| {
        let db = rusqlite::Connection::open(dir.join("store.db")).unwrap();
        db.execute("UPDATE pack SET live = 0", []).unwrap();
    });
    tidy_all(&p);
    p = reopen(p, |_| {});
    tidy_all(&p);
    assert!(here(&p, &all).iter().all(|h| *h), "rows refer to them");
}

#[test]
fn a_large_mail_keeps_to_the_database_and_is_read_piece_by_piece() {
    let p = Profile::new();
    let head = Mail::new(1).head();
    let raw = bulky(1, 50_000).raw().repeat(500);
    let body = PreparedMail::new(&raw, &head.envelope, &Digest::default()).unwrap();
    let inbox = p.inbox;
    let stored = p.write(move |w| w.put_mails(inbox, vec![NewMail { head, body }], None));
    assert_eq!(p.count("blob_chunk"), 24, "a piece for each mebibyte begun");
    let read = p.store.read(|r| r.raw(stored[0].message)).unwrap();
    assert!(
        read.as_deref() == Some(&raw[..]),
        "every byte of 25 million"
    );
    p.ok();
}

#[test]
fn a_snippet_comes_from_the_beginning_of_a_frame_in_a_pack() {
    let p = Profile::new();
    let mail = bulky(2, 300 << 10);
    p.put(p.inbox, std::slice::from_ref(&mail));
    assert_eq!(p.count("blob_chunk"), 0, "it is in a pack");
    let word = mail.text.split(' ').skip(50).find(|w| w.len() > 9).unwrap();
    let query = kontor_model::Query {
        terms: vec![text(word)],
    };
    let page = p.store.search(&query, None, 10).unwrap();
    assert!(
        page.hits[0].snippet.contains(word),
        "cut from the mail's beginning: {}",
        page.hits[0].snippet
    );
    p.ok();
}
