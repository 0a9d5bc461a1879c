//! Backup files, from and into every kind of database.

use std::path::{Path, PathBuf};

use kontor_protocol::{Event, MemberRow, OrgId, Role};
use kontor_server::core::storage::{AuditEntry, DeviceRow, OrgRow, Storage, StorageError};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::stage::{SqliteStage, Stage, Team, at, hash, invitation, joining, notes, team};

/// Two organisations with some of everything.
async fn fill(storage: &impl Storage) -> [Team; 2] {
    let teams = [team(storage, "hrast").await, team(storage, "vijak").await];
    for (one, count) in teams.into_iter().zip([700, 3]) {
        storage.append(one.org, notes(one, count)).await.unwrap();
    }
    let [one, _] = teams;
    for code in ["used", "open"] {
        storage
            .invite(invitation(one, code, Role::Member))
            .await
            .unwrap();
    }
    storage
        .join(joining("used", "ana@example.com"))
        .await
        .unwrap();
    storage
        .revoke(Some(one.org), one.device, at(60))
        .await
        .unwrap();
    let line = AuditEntry {
        org: one.org,
        at: at(60),
        member: Some(one.admin),
        action: "revoke".to_owned(),
        detail: one.device.to_string(),
    };
    storage.audit(line).await.unwrap();
    teams
}

type Everything = (Vec<Event>, Vec<MemberRow>, Vec<DeviceRow>, Vec<AuditEntry>);

async fn everything(storage: &impl Storage, org: OrgId) -> Everything {
    (
        storage.events(org, 0, 10_000).await.unwrap(),
        storage.members(org).await.unwrap(),
        storage.devices(org).await.unwrap(),
        storage.audit_log(org, 100).await.unwrap(),
    )
}

fn file(stage: &impl Stage) -> PathBuf {
    stage.folder().join("backup.jsonl")
}

/// The target has what the source had, in another life.
async fn assert_same(from: &impl Storage, to: &impl Storage, teams: &[Team]) {
    for one in teams {
        assert_eq!(
            everything(to, one.org).await,
            everything(from, one.org).await
        );
        let (old, new) = (
            from.org(one.org).await.unwrap(),
            to.org(one.org).await.unwrap(),
        );
        let (old, new) = (old.unwrap(), new.unwrap());
        assert_ne!(new.epoch, old.epoch, "a new epoch");
        let epoch = old.epoch.clone();
        assert_eq!(OrgRow { epoch, ..new }, old, "else the same");
    }
    assert_eq!(to.check().await.unwrap().problems, [""; 0]);
    assert_eq!(
        to.who(hash("hrast"), at(70)).await.unwrap(),
        None,
        "revoked stays so"
    );
    assert!(
        to.who(hash("vijak"), at(70)).await.unwrap().is_some(),
        "tokens work on"
    );
    assert!(to.invitation(hash("open"), at(50)).await.unwrap().is_some());
    assert!(to.invitation(hash("used"), at(50)).await.unwrap().is_none());
    assert_eq!(to.logins("ana@example.com").await.unwrap().len(), 1);
}

pub(crate) async fn a_backup_is_restored(stage: &impl Stage) {
    let storage = stage.open().await;
    let teams = fill(&storage).await;
    let file = file(stage);
    assert_eq!(storage.backup(&file).await.unwrap(), 701 + 4 + 1);
    private(&file);

    let same_kind = stage.open_empty().await;
    assert_eq!(same_kind.restore(&file).await.unwrap(), 706);
    assert_same(&storage, &same_kind, &teams).await;
    let [one, _] = teams;
    let more = same_kind.append(one.org, notes(one, 1)).await.unwrap();
    assert_eq!(
        more,
        [kontor_server::core::storage::Appended::New(703, None)]
    );
    let line = same_kind.audit_log(one.org, 1).await.unwrap().remove(0);
    same_kind.audit(line).await.unwrap();

    let other_kind = SqliteStage::new();
    let other_kind = other_kind.open_empty().await;
    assert_eq!(other_kind.restore(&file).await.unwrap(), 706);
    assert_same(&storage, &other_kind, &teams).await;
    let back = stage.folder().join("back.jsonl");
    other_kind.backup(&back).await.unwrap();
    let again = stage.open_empty().await;
    again.restore(&back).await.unwrap();
    assert_same(&storage, &again, &teams).await;
}

#[cfg(unix)]
fn private(file: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    let mode = std::fs::metadata(file).unwrap().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds hashes of passwords");
}

#[cfg(not(unix))]
fn private(_: &Path) {}

pub(crate) async fn a_backup_is_taken_while_others_write(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    storage.append(one.org, notes(one, 2000)).await.unwrap();
    let mut writing = JoinSet::new();
    for _ in 0..2 {
        let storage = storage.clone();
        writing.spawn(async move {
            for _ in 0..40 {
                storage.append(one.org, notes(one, 25)).await.unwrap();
            }
        });
    }
    let mut files = Vec::new();
    for n in 0..3 {
        let file = stage.folder().join(format!("{n}.jsonl"));
        files.push((storage.backup(&file).await.unwrap(), file));
    }
    writing.join_all().await;
    for (events, file) in files {
        let copy = stage.open_empty().await;
        assert_eq!(copy.restore(&file).await.unwrap(), events);
        let checked = copy.check().await.unwrap();
        assert_eq!(
            (checked.events, checked.problems),
            (events, vec![]),
            "one moment"
        );
    }
}

pub(crate) async fn damaged_files_are_refused(stage: &impl Stage) {
    let storage = stage.open().await;
    fill(&storage).await;
    let whole = file(stage);
    storage.backup(&whole).await.unwrap();
    let text = std::fs::read_to_string(&whole).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let without = |n: usize| {
        let mut lines = lines.clone();
        lines.remove(n);
        lines.join("\n") + "\n"
    };
    let cases = [
        ("empty", String::new()),
        ("cut between lines", lines[..300].join("\n") + "\n"),
        ("cut in a line", text.chars().take(text.len() / 2).collect()),
        ("last line missing", without(lines.len() - 1)),
        ("last newline missing", text.trim_end().to_owned()),
        ("an event missing", without(400)),
        ("first line missing", without(0)),
        ("organisation missing", without(1)),
        (
            "a letter changed",
            text.replacen("customer:4711", "customer:4712", 1),
        ),
        (
            "another version",
            text.replacen("\"version\":1", "\"version\":2", 1),
        ),
        ("something behind", text.clone() + "{}\n"),
        ("no backup", "words\n".to_owned()),
    ];
    let empty = stage.open_empty().await;
    for (what, text) in cases {
        let damaged = stage.folder().join("damaged.jsonl");
        std::fs::write(&damaged, text).unwrap();
        let answer = empty.restore(&damaged).await;
        assert!(
            matches!(answer, Err(StorageError::File(_))),
            "{what}: {answer:?}"
        );
        assert_eq!(empty.orgs().await.unwrap(), [], "{what}: nothing stored");
        assert_eq!(
            empty.check().await.unwrap().problems,
            [""; 0],
            "{what}: no rows left"
        );
    }
    let missing = empty.restore(&stage.folder().join("missing")).await;
    assert!(matches!(missing, Err(StorageError::File(_))), "{missing:?}");
    assert_eq!(
        empty.restore(&whole).await.unwrap(),
        706,
        "the whole one, after all these"
    );
}

pub(crate) async fn only_an_empty_database_is_restored_into(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let file = file(stage);
    storage.backup(&file).await.unwrap();
    let answer = storage.restore(&file).await;
    assert!(matches!(answer, Err(StorageError::NotEmpty)), "{answer:?}");
    assert_eq!(storage.org(one.org).await.unwrap().unwrap().head, 1);
}

pub(crate) async fn a_backup_never_overwrites(stage: &impl Stage) {
    let storage = stage.open().await;
    let there = stage.folder().join(format!("{}", Uuid::new_v4()));
    std::fs::write(&there, "mine").unwrap();
    let answer = storage.backup(&there).await;
    assert!(matches!(answer, Err(StorageError::File(_))), "{answer:?}");
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "mine");
    let nowhere = storage.backup(&stage.folder().join("no/such/folder")).await;
    assert!(matches!(nowhere, Err(StorageError::File(_))), "{nowhere:?}");
}
