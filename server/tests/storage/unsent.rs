//! Replies that were left unsent: told after a new start of the program, too.

use kontor_protocol::{Availability, DeviceId, MemberId, OrgId, Presence};
use kontor_server::core::storage::{DeskChange, Storage};
use uuid::Uuid;

use crate::stage::{SqliteStage, Stage, at, team};

const ANA: MemberId = MemberId(Uuid::from_u128(1));
const DESK: DeviceId = DeviceId(Uuid::from_u128(11));
const LAPTOP: DeviceId = DeviceId(Uuid::from_u128(12));

fn here(device: DeviceId, session: u64, writing: Option<&str>, said: i64) -> DeskChange {
    let word = Presence {
        state: Availability::Online,
        viewing: None,
        writing: writing.map(|s| s.parse().unwrap()),
        caret: None,
    };
    DeskChange::Here {
        session,
        member: ANA,
        device,
        word: Some((at(said), word)),
    }
}

fn gone(device: DeviceId, session: u64, left: i64) -> DeskChange {
    DeskChange::Gone {
        session,
        device,
        left_at: Some(at(left)),
    }
}

/// What is left, by device: on what, since when.
async fn left(storage: &impl Storage, org: OrgId, now: i64) -> Vec<(DeviceId, String, i64)> {
    let others = storage.others_presence(org, at(now)).await.unwrap();
    let row = |other: kontor_server::core::storage::OtherDesk| {
        let since = other.left_at?.as_second() - at(0).as_second();
        assert_eq!(other.member, ANA);
        Some((other.device, other.word?.1.writing?.to_string(), since))
    };
    let mut rows: Vec<_> = others.into_iter().filter_map(row).collect();
    rows.sort();
    rows
}

pub(crate) async fn what_was_left_unsent_is_told_after_a_new_start(stage: &impl Stage) {
    let storage = stage.open().await;
    let (org, other) = (
        team(&storage, "hrast").await.org,
        team(&storage, "lipa").await.org,
    );
    let share = |changes: Vec<DeskChange>| {
        let storage = storage.clone();
        async move { storage.share_presence(org, &changes).await.unwrap() }
    };
    share(vec![
        here(DESK, 1, Some("thread:a"), 1),
        here(LAPTOP, 2, Some("thread:b"), 2),
    ])
    .await;
    assert_eq!(left(&storage, org, 3).await, [], "both are being written");
    share(vec![gone(DESK, 1, 4), gone(LAPTOP, 2, 5)]).await;
    let (a, b) = (
        (DESK, "thread:a".to_owned(), 4),
        (LAPTOP, "thread:b".to_owned(), 5),
    );
    assert_eq!(left(&storage, org, 6).await, [a.clone(), b.clone()]);
    assert_eq!(left(&storage, other, 6).await, [], "another team's");

    drop(storage);
    let storage = stage.open().await;
    assert_eq!(
        left(&storage, org, 7).await,
        [a.clone(), b],
        "after a new start"
    );
    let back = here(LAPTOP, 1, None, 8);
    storage.share_presence(org, &[back]).await.unwrap();
    assert_eq!(
        left(&storage, org, 9).await,
        std::slice::from_ref(&a),
        "the laptop writes no more"
    );
    let day = 24 * 60 * 60;
    assert_eq!(
        left(&storage, org, 4 + day - 1).await,
        [a],
        "a second before a day"
    );
    assert_eq!(left(&storage, org, 4 + day).await, [], "a day later");
}

/// Nobody could say that they went: what was being written when the program ended is left.
#[tokio::test]
async fn what_was_being_written_at_a_kill_is_left() {
    let stage = SqliteStage::new();
    let storage = stage.open().await;
    let org = team(&storage, "hrast").await.org;
    let writing = [here(DESK, 1, Some("thread:a"), 1), here(LAPTOP, 2, None, 2)];
    storage.share_presence(org, &writing).await.unwrap();
    drop(storage);
    let storage = stage.open().await;
    assert_eq!(
        left(&storage, org, 3).await,
        [(DESK, "thread:a".to_owned(), 1)]
    );
}
