//! Hand-made damage is found.

use kontor_protocol::DeviceId;
use kontor_server::core::storage::{Storage as _, StorageError};
use uuid::Uuid;

use crate::stage::{Stage, incoming, note, notes, team};

pub(crate) async fn a_healthy_database_has_no_problems(stage: &impl Stage) {
    let storage = stage.open().await;
    let checked = storage.check().await.unwrap();
    assert_eq!(
        (checked.events, checked.problems.len()),
        (0, 0),
        "an empty one, too"
    );
    for name in ["hrast", "vijak"] {
        let one = team(&storage, name).await;
        storage.append(one.org, notes(one, 700)).await.unwrap();
    }
    let checked = storage.check().await.unwrap();
    assert_eq!((checked.events, checked.problems), (1402, vec![]));
}

pub(crate) async fn problems_are_found(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    team(&storage, "vijak").await;
    let mut stranger = incoming(one, note("by a stranger"));
    stranger.device = DeviceId(Uuid::from_u128(9));
    storage.append(one.org, notes(one, 20)).await.unwrap();
    storage.append(one.org, vec![stranger]).await.unwrap();
    stage.hurt(
        "DELETE FROM event WHERE seq IN (3, 4);
         UPDATE event SET subject = 'customer:4712' WHERE seq = 6;
         UPDATE event SET body = replace(body, 'note', 'nope') WHERE seq = 8;
         UPDATE event SET accepted_at = 'yesterday' WHERE seq = 10;
         UPDATE org SET head = 30 WHERE name = 'vijak'",
    );
    let checked = storage.check().await.unwrap();
    let want = [
        "hrast: events 3 to 4 are missing",
        "hrast: event 6 does not match its checksum",
        "hrast: event 8 cannot be read",
        "hrast: event 10 cannot be read",
        "hrast: event 22 came from 00000000-0000-0000-0000-000000000009, no device",
        "vijak: the last event is 1, but 30 were counted",
    ];
    let found = &checked.problems;
    for sentence in want {
        assert!(
            found.iter().any(|p| p.starts_with(sentence)),
            "{sentence}: {found:#?}"
        );
    }
    assert_eq!(found.len(), want.len(), "{found:#?}");
    assert_eq!(checked.events, 21, "22 and 1, without two");
}

pub(crate) async fn a_damaged_event_is_named(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    storage.append(one.org, notes(one, 10)).await.unwrap();
    stage.hurt("DELETE FROM event WHERE seq = 4; UPDATE event SET body = '{' WHERE seq = 7");
    for (after, upto, want) in [
        (0, 100, "event 4 is missing"),
        (4, 100, "event 7 cannot be read"),
    ] {
        let answer = storage.events(one.org, after, upto).await;
        let Err(StorageError::Damaged(sentence)) = answer else {
            panic!("{answer:?}");
        };
        assert!(sentence.starts_with(want), "{sentence}");
    }
    assert_eq!(storage.events(one.org, 0, 3).await.unwrap().len(), 3);
    assert_eq!(storage.events(one.org, 7, 100).await.unwrap().len(), 4);
}
