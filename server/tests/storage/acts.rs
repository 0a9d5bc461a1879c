//! Acts: one row an id, changed by whoever saw it last, in an organisation of its own.

use std::path::Path;

use kontor_protocol::{ActId, ActOutcome, ActState};
use kontor_protocol::{MemberId, OrgId};
use kontor_server::core::storage::{
    ActChange, ActRow, Acts as _, AuditEntry, Facts as _, NewAct, Storage, StorageError,
};
use uuid::Uuid;

use crate::stage::{SqliteStage, Stage, Team, at, team};

pub(crate) const ID: ActId = ActId(Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0001));

pub(crate) fn new(team: Team) -> NewAct {
    NewAct {
        id: ID,
        member: team.admin,
        act: r#"{"kind":"add_partner","name":"Novak"}"#.to_owned(),
        now: at(1),
    }
}

pub(crate) fn change(after: u64, state: ActState) -> ActChange {
    ActChange {
        after,
        due: None,
        outcome: ActOutcome {
            state,
            why: "ker\u{0161}".to_owned(),
            ..ActOutcome::default()
        },
        memo: "{}".to_owned(),
        audit: None,
        now: at(9),
    }
}

pub(crate) async fn an_act_is_planned_once_and_changed_by_who_saw_it_last(stage: &impl Stage) {
    let (one, two) = (stage.open().await, stage.open().await);
    let team = team(&one, "hrast").await;
    assert_eq!(one.act(team.org, ID).await.unwrap(), None);
    let mut news = one.fact_news();
    let row = one.plan_act(team.org, new(team)).await.unwrap();
    assert_eq!(
        news.recv().await.unwrap(),
        team.org,
        "whoever works on it hears"
    );
    let want = ActRow {
        id: ID,
        member: team.admin,
        act: new(team).act,
        rev: 1,
        due: Some(at(1)),
        outcome: ActOutcome::default(),
        memo: String::new(),
    };
    assert_eq!(
        ActRow {
            due: Some(at(1)),
            ..row.clone()
        },
        want
    );
    let again = NewAct {
        act: "another".to_owned(),
        member: MemberId(Uuid::new_v4()),
        ..new(team)
    };
    assert_eq!(
        two.plan_act(team.org, again).await.unwrap(),
        row,
        "what is there stays"
    );

    assert_eq!(one.due_acts(team.org, at(0), 9).await.unwrap(), []);
    let due = two.due_acts(team.org, at(1), 9).await.unwrap();
    assert_eq!(due, std::slice::from_ref(&row));
    let line = AuditEntry {
        org: team.org,
        at: at(9),
        member: Some(team.admin),
        action: "erp write".to_owned(),
        detail: "add_partner: written".to_owned(),
    };
    let written = ActChange {
        audit: Some(line.clone()),
        ..change(1, ActState::Written)
    };
    assert_eq!(
        two.change_act(team.org, ID, written.clone()).await.unwrap(),
        Some(2)
    );
    assert_eq!(
        one.change_act(team.org, ID, written.clone()).await.unwrap(),
        None,
        "too late"
    );
    let row = one.act(team.org, ID).await.unwrap().unwrap();
    assert_eq!(
        (row.rev, row.due, &row.outcome),
        (2, None, &written.outcome)
    );
    assert_eq!(one.due_acts(team.org, at(99), 9).await.unwrap(), []);
    let log = one.audit_log(team.org, 9).await.unwrap();
    assert_eq!(log, [line], "once, with the change that was stored");
}

pub(crate) async fn an_organisation_has_its_own_acts(stage: &impl Stage) {
    let storage = stage.open().await;
    let (hrast, vijak) = (team(&storage, "hrast").await, team(&storage, "vijak").await);
    storage.plan_act(hrast.org, new(hrast)).await.unwrap();
    assert_eq!(storage.act(vijak.org, ID).await.unwrap(), None);
    assert_eq!(storage.due_acts(vijak.org, at(99), 9).await.unwrap(), []);
    let theirs = storage.change_act(vijak.org, ID, change(1, ActState::Written));
    assert_eq!(theirs.await.unwrap(), None);
    let ours = storage.act(hrast.org, ID).await.unwrap().unwrap();
    assert_eq!(ours.outcome.state, ActState::Planned);
    storage.plan_act(vijak.org, new(vijak)).await.unwrap();
    let both = storage.act(vijak.org, ID).await.unwrap().unwrap();
    assert_eq!(both.member, vijak.admin, "the same id is another's there");

    let nobodys = storage.plan_act(OrgId(Uuid::new_v4()), new(hrast)).await;
    assert!(
        matches!(nobodys, Err(StorageError::Damaged(_))),
        "{nobodys:?}"
    );
}

pub(crate) async fn acts_are_in_a_backup(stage: &impl Stage) {
    let storage = stage.open().await;
    let (hrast, vijak) = (team(&storage, "hrast").await, team(&storage, "vijak").await);
    let states = [
        ActState::Planned,
        ActState::Confirmed,
        ActState::Sent,
        ActState::Written,
    ];
    let id = |n: usize| ActId(Uuid::from_u128(ID.0.as_u128() + n as u128));
    for (n, state) in states.into_iter().enumerate() {
        let act = NewAct {
            id: id(n),
            ..new(hrast)
        };
        storage.plan_act(hrast.org, act).await.unwrap();
        let last = state == ActState::Written;
        let changed = ActChange {
            due: (!last).then(|| at(9)),
            audit: last.then(|| AuditEntry {
                org: hrast.org,
                at: at(9),
                member: Some(hrast.admin),
                action: "erp write".to_owned(),
                detail: "add_partner: written".to_owned(),
            }),
            ..change(1, state)
        };
        let changed = storage.change_act(hrast.org, id(n), changed).await;
        assert_eq!(changed.unwrap(), Some(2));
    }
    storage.plan_act(vijak.org, new(vijak)).await.unwrap();
    let file = stage.folder().join("acts.jsonl");
    storage.backup(&file).await.unwrap();
    let other_kind = SqliteStage::new();
    assert_restored(&storage, &stage.open_empty().await, &file, [hrast, vijak]).await;
    assert_restored(
        &storage,
        &other_kind.open_empty().await,
        &file,
        [hrast, vijak],
    )
    .await;
}

/// Each row as it was; but what was about to be sent is looked for and not sent.
async fn assert_restored(from: &impl Storage, to: &impl Storage, file: &Path, teams: [Team; 2]) {
    to.restore(file).await.unwrap();
    for team in teams {
        let before = from.due_acts(team.org, at(99), 9).await.unwrap();
        let mut want = before.clone();
        for row in &mut want {
            if row.outcome.state == ActState::Confirmed {
                row.outcome.state = ActState::Sent;
            }
        }
        assert_eq!(to.due_acts(team.org, at(99), 9).await.unwrap(), want);
        assert_eq!(
            to.audit_log(team.org, 9).await.unwrap(),
            from.audit_log(team.org, 9).await.unwrap()
        );
    }
    let [hrast, _] = teams;
    let last = ActId(Uuid::from_u128(ID.0.as_u128() + 3));
    let written = to.act(hrast.org, last).await.unwrap();
    assert_eq!(written, from.act(hrast.org, last).await.unwrap());
    assert_eq!(written.unwrap().outcome.state, ActState::Written);
}
