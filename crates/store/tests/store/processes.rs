//! Several processes on one file, and one that is killed. The children are this test program, started again.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use kontor_model::Millis;
use kontor_store::Store;

use crate::support::{Mail, NEW_YEAR, Profile};

const DIR: &str = "KONTOR_TEST_DIR";
const FIRST_UID: &str = "KONTOR_TEST_FIRST_UID";

/// Not a test of its own: what a child does. Batches of ten until it is killed or a hundred are done.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let first: u32 = std::env::var(FIRST_UID).unwrap().parse().unwrap();
    let store = Store::open(Path::new(&dir)).unwrap();
    let inbox = store
        .read(|r| r.folders(None))
        .unwrap()
        .into_iter()
        .find(|f| f.folder.path == "INBOX")
        .unwrap();
    for batch in 0..100 {
        let mails: Vec<_> = (0..10)
            .map(|n| Mail::new(first + batch * 10 + n).whole())
            .collect();
        store
            .write_blocking(Millis(NEW_YEAR), move |w| {
                w.put_mails(inbox.folder.id, mails, None)
            })
            .unwrap();
        println!("batch {batch}");
    }
}

fn start(dir: &Path, first: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "processes::child",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(DIR, dir)
        .env(FIRST_UID, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_killed_process_leaves_whole_batches_and_a_sound_file() {
    let p = Profile::new();
    let mut child = start(p.dir.path(), 1);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let seen = lines
        .map_while(Result::ok)
        .filter(|l| l.contains("batch"))
        .take(7)
        .count();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(seen, 7, "it was at work");
    let (total, _) = p.counts(p.inbox);
    assert!(total >= 70, "what it reported is there: {total}");
    assert_eq!(total % 10, 0, "no batch is there in part");
    p.ok();
    p.put(p.inbox, &[Mail::new(5000)]);
    p.ok();
}

#[test]
fn two_processes_write_at_once_and_both_succeed() {
    let p = Profile::new();
    let mut children = [start(p.dir.path(), 1), start(p.dir.path(), 2000)];
    for child in &mut children {
        let out = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .count();
        assert!(
            child.wait().unwrap().success(),
            "nobody was told that the file is locked ({out} lines)"
        );
    }
    assert_eq!(p.counts(p.inbox).0, 2000, "everything of both is there");
    p.ok();
}
