//! The database as its users see it: one writer, snapshots, migrations, two processes' worth of connections.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use kontor_sqlite::{Database, Error, Lane, Migration, Options, Result};
use tempfile::TempDir;
use tokio::sync::watch;

const FIRST: Migration = Migration {
    name: "2026-11-21 word",
    sql: "CREATE TABLE word (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL) STRICT",
};
const SECOND: Migration = Migration {
    name: "2026-11-22 word length",
    sql: "ALTER TABLE word ADD COLUMN length INTEGER NOT NULL DEFAULT 0",
};

fn place() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.db");
    (dir, path)
}

fn open(path: &Path, migrations: &[Migration]) -> Result<Database> {
    Database::open(path, &Options::default(), migrations)
}

fn add(db: &Database, text: &'static str) -> Result<()> {
    db.write_blocking(Lane::Prompt, move |tx| {
        tx.execute("INSERT INTO word (text) VALUES (?1)", [text])?;
        Ok(())
    })
}

fn count(db: &Database) -> i64 {
    db.read::<_, Error>(|c| Ok(c.query_row("SELECT count(*) FROM word", [], |r| r.get(0))?))
        .unwrap()
}

#[test]
fn migrations_are_applied_once_and_unknown_ones_are_tolerated() {
    let (_dir, path) = place();
    add(&open(&path, &[FIRST]).unwrap(), "a").unwrap();
    add(&open(&path, &[FIRST, SECOND]).unwrap(), "b").unwrap();
    let yesterday = open(&path, &[FIRST]).unwrap();
    add(&yesterday, "c").unwrap();
    assert_eq!(
        count(&yesterday),
        3,
        "yesterday's program works on today's file"
    );
}

#[test]
fn a_changed_migration_is_an_error() {
    let (_dir, path) = place();
    drop(open(&path, &[FIRST]).unwrap());
    let changed = Migration {
        sql: "CREATE TABLE other (id INTEGER) STRICT",
        ..FIRST
    };
    let error = open(&path, &[changed]).unwrap_err();
    assert!(matches!(error, Error::ChangedMigration(_)), "{error}");
}

#[test]
fn a_failed_or_panicked_job_leaves_nothing_and_the_writer_lives_on() {
    let (_dir, path) = place();
    let db = open(&path, &[FIRST]).unwrap();
    let failed: Result<()> = db.write_blocking(Lane::Prompt, |tx| {
        tx.execute("INSERT INTO word (text) VALUES ('half')", [])?;
        Err(Error::Closed)
    });
    assert!(failed.is_err(), "the job's own error comes back");
    let panicked: Result<()> = db.write_blocking(Lane::Prompt, |tx| {
        tx.execute("INSERT INTO word (text) VALUES ('half')", [])?;
        panic!("on purpose");
    });
    assert!(
        matches!(panicked, Err(Error::Panicked)),
        "a panic becomes an error"
    );
    add(&db, "whole").unwrap();
    assert_eq!(count(&db), 1, "only the whole job is there");
}

#[test]
fn readers_cannot_write_and_see_one_snapshot() {
    let (_dir, path) = place();
    let db = open(&path, &[FIRST]).unwrap();
    let refused: Result<()> = db.read(|c| {
        c.execute("INSERT INTO word (text) VALUES ('x')", [])?;
        Ok(())
    });
    assert!(refused.is_err(), "readers are query_only");
    db.read::<_, Error>(|c| {
        let before: i64 = c.query_row("SELECT count(*) FROM word", [], |r| r.get(0))?;
        add(&db, "meanwhile")?;
        let after: i64 = c.query_row("SELECT count(*) FROM word", [], |r| r.get(0))?;
        assert_eq!(before, after, "a reader's snapshot does not move");
        Ok(())
    })
    .unwrap();
    assert_eq!(count(&db), 1, "the next reader sees it");
}

#[tokio::test]
async fn commits_of_all_tick_and_ours_are_counted() {
    let (_dir, path) = place();
    let ours = open(&path, &[FIRST]).unwrap();
    let theirs = open(&path, &[FIRST]).unwrap();
    let (counted, mut commits) = (ours.own_commits(), ours.commits());
    add(&ours, "ours").unwrap();
    assert!(commits.has_changed().unwrap(), "our commit ticks at once");
    assert_eq!(*counted.borrow(), 1);
    for n in 0..3 {
        // Whatever is still to be told of what came before.
        tokio::time::sleep(Duration::from_millis(300)).await;
        commits.mark_unchanged();
        add(&theirs, "theirs").unwrap();
        tick(&mut commits).await.expect("another's commit ticks");
        assert_eq!(*counted.borrow(), 1, "another's commit is not ours: {n}");
    }
}

/// A commit may come long after what it writes: when the disk is slow, or another one holds the lock.
#[tokio::test]
async fn a_commit_long_after_its_writes_ticks() {
    let (_dir, path) = place();
    let ours = open(&path, &[FIRST]).unwrap();
    let mut theirs = rusqlite::Connection::open(&path).unwrap();
    let mut commits = ours.commits();
    // From now on.
    tick(&mut commits).await.unwrap();
    // Without a cache what is written goes to the WAL at once.
    theirs.pragma_update(None, "cache_size", 1).unwrap();
    let tx = theirs.transaction().unwrap();
    for _ in 0..50 {
        let long = "long".repeat(4000);
        tx.execute("INSERT INTO word (text) VALUES (?1)", [long])
            .unwrap();
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!commits.has_changed().unwrap(), "nothing is committed");
    tx.commit().unwrap();
    tick(&mut commits).await.expect("it is noticed");
}

#[test]
fn who_watches_can_end_at_once() {
    let (_dir, path) = place();
    let db = open(&path, &[FIRST]).unwrap();
    let commits = db.commits();
    drop(db);
    assert!(commits.has_changed().is_err(), "nobody ticks any more");
}

async fn tick(commits: &mut watch::Receiver<u64>) -> Option<()> {
    let ticked = tokio::time::timeout(Duration::from_secs(20), commits.changed()).await;
    ticked.ok()?.ok()
}

#[test]
fn two_writers_wait_for_each_other() {
    let (_dir, path) = place();
    let one = open(&path, &[FIRST]).unwrap();
    let two = open(&path, &[FIRST]).unwrap();
    std::thread::scope(|scope| {
        for db in [&one, &two] {
            scope.spawn(move || {
                for _ in 0..200 {
                    add(db, "w").unwrap();
                }
            });
        }
    });
    assert_eq!(
        count(&one),
        400,
        "nobody was told that the file is locked, nothing is lost"
    );
}

#[test]
fn only_durable_work_waits_for_the_disk() {
    let (_dir, path) = place();
    let db = open(&path, &[FIRST]).unwrap();
    for (lane, want) in [
        (Lane::Bulk, 1),
        (Lane::Durable, 2),
        (Lane::Prompt, 1),
        (Lane::Durable, 2),
    ] {
        let synchronous: i64 = db
            .write_blocking::<_, Error, _>(lane, |tx| {
                Ok(tx.query_row("PRAGMA synchronous", [], |r| r.get(0))?)
            })
            .unwrap();
        assert_eq!(synchronous, want, "{lane:?}");
    }
}

#[tokio::test]
async fn prompt_work_goes_before_bulk_work() {
    let (_dir, path) = place();
    let db = open(&path, &[FIRST]).unwrap();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let first = db.write::<_, Error, _>(Lane::Bulk, move |_| {
        wait.recv().unwrap();
        Ok(())
    });
    let insert = |lane, text: &'static str| {
        db.write::<_, Error, _>(lane, move |tx| {
            tx.execute("INSERT INTO word (text) VALUES (?1)", [text])?;
            Ok(())
        })
    };
    let bulk = insert(Lane::Bulk, "bulk");
    let prompt = insert(Lane::Prompt, "prompt");
    go.send(()).unwrap();
    first.await.unwrap();
    bulk.await.unwrap();
    prompt.await.unwrap();
    let order: String = db
        .read::<_, Error>(|c| {
            Ok(c.query_row(
                "SELECT group_concat(text) FROM (SELECT text FROM word ORDER BY id)",
                [],
                |r| r.get(0),
            )?)
        })
        .unwrap();
    assert_eq!(order, "prompt,bulk", "what a person waits for overtakes");
}

#[test]
fn the_log_begins_anew_while_work_goes_on() {
    let (dir, path) = place();
    let options = Options {
        checkpoint_pages: 64,
        ..Options::default()
    };
    let db = Database::open(&path, &options, &[FIRST]).unwrap();
    let text = "sixteen bytes …".repeat(1000);
    for _ in 0..400 {
        let text = text.clone();
        db.write_blocking::<_, Error, _>(Lane::Bulk, move |tx| {
            tx.execute("INSERT INTO word (text) VALUES (?1)", [text])?;
            Ok(())
        })
        .unwrap();
    }
    let log = std::fs::metadata(dir.path().join("store.db-wal")).unwrap();
    let wrote = std::fs::metadata(&path).unwrap();
    assert!(
        log.len() < 2 << 20 && wrote.len() > 4 << 20,
        "{} bytes of log for {} bytes in the file",
        log.len(),
        wrote.len()
    );
    assert_eq!(count(&db), 400, "every word is there");
}

#[test]
fn the_last_handle_may_go_with_a_job() {
    let (_dir, path) = place();
    let db = open(&path, &[FIRST]).unwrap();
    let (last, (go, wait)) = (db.clone(), std::sync::mpsc::channel::<()>());
    let unheard = db.write(Lane::Durable, move |tx| {
        wait.recv().unwrap();
        tx.execute("INSERT INTO word (text) VALUES ('a')", [])?;
        drop(last);
        Ok::<_, Error>(())
    });
    drop(unheard);
    drop(db);
    go.send(()).unwrap();
    let again = open(&path, &[FIRST]).unwrap();
    let begun = std::time::Instant::now();
    while count(&again) == 0 {
        assert!(
            begun.elapsed().as_secs() < 20,
            "the job runs though nobody waits for it"
        );
        std::thread::yield_now();
    }
}
