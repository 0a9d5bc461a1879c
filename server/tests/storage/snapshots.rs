//! Folds: put once whoever makes them, read in an order that goes on, an organisation's own.

use kontor_protocol::{Body, Fold, Op, OpId, OrgId, SnapshotPlace, SnapshotRow, Subject};
use kontor_server::core::snapshot::step;
use kontor_server::core::storage::{SnapshotHead, Snapshots as _, Storage};
use uuid::Uuid;

use crate::stage::{Stage, Team, at, incoming, team};

fn subject(n: u64) -> Subject {
    format!("customer:{n}").parse().unwrap()
}

fn row(n: u64, upto: u64) -> SnapshotRow {
    let fold = Fold {
        edits: upto,
        ..Fold::default()
    };
    SnapshotRow::new(subject(n), upto, &fold)
}

/// So many sets of fields of so many subjects.
async fn fill(storage: &impl Storage, team: Team, count: u64, subjects: u64) {
    let set = |n: u64| {
        let body = Body::Record {
            field: "phone".to_owned(),
            value: Some(n.to_string()),
            base: None,
        };
        incoming(
            team,
            Op::new(OpId(Uuid::now_v7()), at(2), subject(n % subjects), body),
        )
    };
    storage
        .append(team.org, (0..count).map(set).collect())
        .await
        .unwrap();
}

async fn fold_up(storage: &impl Storage, org: OrgId) -> SnapshotHead {
    let mut head = None;
    loop {
        let next = step(storage, org, 2).await.unwrap();
        if head.as_ref() == Some(&next) {
            return next;
        }
        head = Some(next);
    }
}

/// All folds in their order, read so many at a time.
async fn told(storage: &impl Storage, org: OrgId, at_once: usize) -> Vec<SnapshotRow> {
    let mut place = SnapshotPlace::default();
    let mut all = Vec::new();
    loop {
        let (_, rows) = storage
            .snapshot_page(org, place.clone(), at_once)
            .await
            .unwrap();
        let Some(last) = rows.last() else { return all };
        place.upto = last.upto;
        place.subject = last.subject.to_string();
        all.extend(rows);
    }
}

pub(crate) async fn folds_are_put_where_nobody_was_faster(stage: &impl Stage) {
    let (one, two) = (stage.open().await, stage.open().await);
    let org = team(&one, "hrast").await.org;
    let none = one.snapshot_head(org).await.unwrap();
    assert_eq!(none, SnapshotHead::default());
    assert!(
        one.put_folds(org, none.clone(), 5, vec![row(1, 5), row(2, 5)])
            .await
            .unwrap()
    );
    assert!(
        !two.put_folds(org, none, 6, vec![row(1, 6)]).await.unwrap(),
        "one was faster"
    );
    let first = two.snapshot_head(org).await.unwrap();
    assert_eq!(first.upto, 5);
    assert!(
        two.put_folds(org, first.clone(), 9, vec![row(1, 9), row(3, 9)])
            .await
            .unwrap()
    );
    assert!(
        !one.put_folds(org, first.clone(), 9, vec![row(2, 9)])
            .await
            .unwrap()
    );

    for at_once in [1, 2, 100] {
        let order: Vec<_> = told(&one, org, at_once).await;
        assert_eq!(order, [row(2, 5), row(1, 9), row(3, 9)], "the newest last");
    }
    let some = one.folds(org, vec![subject(2), subject(7)]).await.unwrap();
    assert_eq!(some, [row(2, 5)]);

    let other = team(&one, "vijak").await.org;
    assert_eq!(
        one.snapshot_head(other).await.unwrap(),
        SnapshotHead::default()
    );
    assert!(told(&one, other, 9).await.is_empty());
    assert!(one.folds(other, vec![subject(1)]).await.unwrap().is_empty());
    one.forget_folds(other).await.unwrap();
    assert_eq!(
        told(&two, org, 9).await.len(),
        3,
        "nobody else's were forgotten"
    );

    one.forget_folds(org).await.unwrap();
    assert!(told(&two, org, 9).await.is_empty());
    let head = two.snapshot_head(org).await.unwrap();
    assert!(two.put_folds(org, head, 1, vec![row(1, 1)]).await.unwrap());
    let again = one.snapshot_head(org).await.unwrap();
    assert_ne!(
        again.life, first.life,
        "places in the folds of before lead nowhere"
    );
}

pub(crate) async fn nodes_that_fold_at_once_come_to_the_same(stage: &impl Stage) {
    let (one, two) = (stage.open().await, stage.open().await);
    let team = team(&one, "hrast").await;
    fill(&one, team, 1400, 7).await;
    let (first, second) = tokio::join!(fold_up(&one, team.org), fold_up(&two, team.org));
    assert_eq!((first.upto, &first), (1401, &second));
    let rows = told(&one, team.org, 3).await;
    let versions = rows.iter().map(|row| row.read().unwrap());
    let versions: Vec<u64> = versions
        .flat_map(|fold| fold.fields.into_values().map(|field| field.version))
        .collect();
    assert_eq!(versions, [200; 7], "each event once");
    assert_eq!(rows.len(), 8, "and the one who came");

    fill(&two, team, 3, 2).await;
    let third = fold_up(&two, team.org).await;
    assert_eq!((third.upto, third.life), (1404, first.life));
    let order: Vec<String> = told(&one, team.org, 9)
        .await
        .iter()
        .map(|r| r.subject.to_string())
        .collect();
    assert_eq!(
        order[6..],
        ["customer:0", "customer:1"],
        "those with news are the last"
    );
}

pub(crate) async fn damaged_folds_are_found_and_made_anew(stage: &impl Stage) {
    let storage = stage.open().await;
    let team = team(&storage, "hrast").await;
    fill(&storage, team, 20, 4).await;
    let head = fold_up(&storage, team.org).await;
    assert_eq!(storage.check().await.unwrap().problems, [""; 0]);
    let good = told(&storage, team.org, 9).await;
    stage.hurt(
        "UPDATE snapshot SET fold = '{}' WHERE subject = 'customer:1';
         UPDATE snapshot SET upto = 99 WHERE subject = 'customer:2'",
    );
    let mut problems = storage.check().await.unwrap().problems;
    problems.sort();
    assert_eq!(
        problems,
        [
            "hrast: the fold of customer:1 does not match its checksum",
            "hrast: the fold of customer:2 has events that are not here",
        ]
    );
    fill(&storage, team, 4, 4).await;
    let again = fold_up(&storage, team.org).await;
    assert_ne!(again.life, head.life);
    assert_eq!(again.upto, 25);
    assert_eq!(storage.check().await.unwrap().problems, [""; 0]);
    assert_eq!(told(&storage, team.org, 9).await.len(), good.len());
}

pub(crate) async fn a_restored_database_folds_anew(stage: &impl Stage) {
    let storage = stage.open().await;
    let team = team(&storage, "hrast").await;
    fill(&storage, team, 20, 4).await;
    fold_up(&storage, team.org).await;
    let file = stage.folder().join("folds.backup");
    storage.backup(&file).await.unwrap();
    let other = stage.open_empty().await;
    other.restore(&file).await.unwrap();
    assert_eq!(
        other.snapshot_head(team.org).await.unwrap(),
        SnapshotHead::default()
    );
    fold_up(&other, team.org).await;
    assert_eq!(
        told(&other, team.org, 9).await,
        told(&storage, team.org, 9).await
    );
}
