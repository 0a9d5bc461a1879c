//! Without a team the server inside the program has what is written; into a team and out of it again.

use std::collections::BTreeSet;

use kontor_engine::collab::{ActivityFilter, Edit, TeamOpState};
use kontor_engine::protocol::{Op, Subject};
use kontor_engine::{Engine, TeamState};
use kontor_server::core::storage::{SqliteStorage, Storage as _};
use tempfile::TempDir;

use crate::colliding::House;
use crate::{PATIENCE, QUICK, open, until};

fn subject() -> Subject {
    "customer:7".parse().unwrap()
}

async fn write(engine: &Engine, text: &str) {
    let edit = Edit::Append(text.to_owned());
    engine.edit_note(&subject(), edit).await.unwrap();
}

async fn text(engine: &Engine) -> String {
    let note = engine.note(&subject(), None).await.unwrap();
    note.map_or_else(String::new, |note| note.text)
}

/// Everything people did that a server has, in its order.
async fn told(storage: &SqliteStorage) -> Vec<Op> {
    let orgs = storage.orgs().await.unwrap();
    assert_eq!(orgs.len(), 1);
    let events = storage.events(orgs[0].id, 0, 1000).await.unwrap();
    let ops = events.into_iter().map(|event| event.op);
    ops.filter(|op| op.body.kind() != "member").collect()
}

async fn inside(dir: &TempDir) -> Vec<Op> {
    let file = dir.path().join("profile/team.db");
    told(&SqliteStorage::open(&file).unwrap()).await
}

async fn sync(engine: &Engine) {
    let status = engine.team_sync(PATIENCE).await.unwrap();
    assert_eq!(status.queue.length, 0, "{status:?}");
    assert_eq!(status.reached.0, status.reached.1, "{status:?}");
}

/// Everything as a person sees it: what, by whom, when, and whether it is told.
async fn seen(engine: &Engine) -> Vec<(String, Option<String>, String, TeamOpState)> {
    let page = engine.activity(ActivityFilter::default(), None, 100).await;
    let rows = page.unwrap().rows.into_iter();
    rows.map(|a| (a.what, a.name, a.occurred_at.to_string(), a.state))
        .collect()
}

#[tokio::test]
async fn alone_everything_is_acknowledged_in_the_profile() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir, QUICK).await;
    sync(&engine).await;
    let file = dir.path().join("profile/team.db");
    assert!(!file.exists(), "no file before there is something to keep");
    write(&engine, "sama ").await;
    let fields = vec![("phone".to_owned(), Some("041".to_owned()))];
    engine.set_fields(&subject(), fields).await.unwrap();
    assert_eq!(engine.team_status().await.unwrap().queue.length, 2);
    sync(&engine).await;
    let status = engine.team_status().await.unwrap();
    assert_eq!((status.link.state, status.team), (TeamState::Alone, None));
    assert!(engine.people().await.unwrap().is_empty(), "nobody else");
    assert!(
        engine
            .team_invite(kontor_engine::protocol::Role::Member)
            .await
            .is_err()
    );
    for (what, _, _, state) in seen(&engine).await {
        assert_eq!(state, TeamOpState::Accepted, "{what}");
    }
    assert_eq!(inside(&dir).await.len(), 2);

    // And by itself, a while after the start.
    write(&engine, "zase ").await;
    engine.start(None);
    until("it is told", || async {
        let queue = engine.team_status().await.unwrap().queue;
        (queue.length == 0).then_some(())
    })
    .await;
    write(&engine, "in zase ").await;
    until("the next at once", || async {
        let queue = engine.team_status().await.unwrap().queue;
        (queue.length == 0).then_some(())
    })
    .await;
    engine.stop().await;
    assert_eq!(inside(&dir).await.len(), 4);
}

#[tokio::test]
async fn into_a_team_and_out_of_it_nothing_is_lost_or_doubled() {
    let house = House::open().await;
    let (ana_dir, bor_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (ana, bor) = (open(&ana_dir, QUICK).await, open(&bor_dir, QUICK).await);
    house.join(&bor, "Bor", "bor@hrastvijak.example").await;
    write(&ana, "sama ").await;
    sync(&ana).await;
    // The engine's loops hold the line through all of it.
    ana.start(None);
    let when = seen(&ana).await[0].2.clone();
    house.join(&ana, "Ana", "ana@hrastvijak.example").await;
    sync(&ana).await;
    sync(&bor).await;
    assert_eq!(text(&bor).await, "sama ", "what was there before is shared");
    let first = seen(&bor)
        .await
        .into_iter()
        .find(|a| a.0 == "note")
        .unwrap();
    assert_eq!(
        (first.1.as_deref(), first.2),
        (Some("Ana"), when),
        "who and when"
    );

    write(&bor, "bor ").await;
    sync(&bor).await;
    sync(&ana).await;
    write(&ana, "ana ").await;
    sync(&ana).await;
    let before = seen(&ana).await;
    let remote = told(&house.storage).await;
    assert_eq!(remote.len(), 3);

    ana.team_leave().await.unwrap();
    sync(&ana).await;
    assert_eq!(seen(&ana).await, before, "all of it stays readable");
    assert_eq!(text(&ana).await, "sama bor ana ");
    let own = [remote[0].op_id, remote[2].op_id];
    let there = inside(&ana_dir).await;
    assert_eq!(
        there.iter().map(|op| op.op_id).collect::<Vec<_>>(),
        own,
        "not Bor's"
    );
    write(&ana, "doma ").await;
    sync(&ana).await;
    assert_eq!(inside(&ana_dir).await.len(), 3);
    assert_eq!(
        told(&house.storage).await.len(),
        3,
        "a team that was left hears nothing"
    );

    house.join(&ana, "Ana", "ana@hrastvijak.example").await;
    sync(&ana).await;
    sync(&bor).await;
    assert_eq!(text(&bor).await, "sama bor ana doma ");
    let remote = told(&house.storage).await;
    let ids: BTreeSet<_> = remote.iter().map(|op| op.op_id).collect();
    assert_eq!((remote.len(), ids.len()), (4, 4), "each once");

    let other = House::open().await;
    ana.team_leave().await.unwrap();
    write(&ana, "").await;
    let new = "customer:8".parse().unwrap();
    let edit = Edit::Append("novo ".to_owned());
    ana.edit_note(&new, edit).await.unwrap();
    sync(&ana).await;
    other.join(&ana, "Ana", "ana@hrastvijak.example").await;
    sync(&ana).await;
    let told = told(&other.storage).await;
    assert_eq!(told.len(), 1, "another team gets what was made in none");
    assert_eq!(
        (told[0].subject.clone(), text(&ana).await),
        (new, String::new())
    );
    ana.stop().await;
}
