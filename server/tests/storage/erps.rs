//! Connections to an ERP: one an organisation, mirrored by one node, with facts that live as long as it does.

use kontor_protocol::{ActId, ActState, DocumentKind, FactsState, MirrorState, OrgId};
use kontor_server::core::storage::{
    ActChange, Acts as _, AuditEntry, ErpRow, Facts as _, FactsBatch, Leaving, NewAct, Storage,
    StorageError,
};
use uuid::Uuid;

use crate::acts;
use crate::facts::{
    connected, customer, customers, directory, document, documents, dossier, erp, put,
};
use crate::goods::product;
use crate::stage::{SqliteStage, Stage, Team, at, team};

pub(crate) async fn another_company_begins_another_life(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = team(&storage, "hrast").await.org;
    assert_eq!(storage.erp(org).await.unwrap(), None);
    assert_eq!(
        storage.facts_state(org).await.unwrap(),
        FactsState::default()
    );
    assert!(!storage.ask_look(org, at(1)).await.unwrap());
    let early = storage.put_facts(org, String::new(), customers(vec![customer("a", "A", 1)]));
    assert_eq!(early.await.unwrap(), None, "nothing is connected");

    let mut news = storage.fact_news();
    storage.connect_erp(org, erp("16", "one")).await.unwrap();
    assert_eq!(news.recv().await.unwrap(), org);
    let state = storage.facts_state(org).await.unwrap();
    assert_eq!(
        (state.life.as_str(), state.version, state.state),
        ("one", 0, MirrorState::First)
    );
    let told = FactsBatch {
        customers: vec![customer("a", "Alfa", 1)],
        documents: vec![document("a", "1", "10", 1)],
        memo: Some("page 7".to_owned()),
        state: Some(FactsState {
            state: MirrorState::Live,
            life: "not the mirror's to say".to_owned(),
            last_at: Some(at(3)),
            ..FactsState::default()
        }),
        ..FactsBatch::default()
    };
    assert_eq!(put(&storage, org, told).await, (2, 2));
    assert_eq!(news.recv().await.unwrap(), org);
    assert!(storage.ask_look(org, at(9)).await.unwrap());
    let state = storage.facts_state(org).await.unwrap();
    assert_eq!((state.life.as_str(), state.version), ("one", 2));
    assert_eq!((state.counts.customers, state.counts.documents), (1, 1));
    assert_eq!(
        (state.state, state.last_at),
        (MirrorState::Live, Some(at(3)))
    );
    let row = storage.erp(org).await.unwrap().unwrap();
    let want = ErpRow {
        base_url: "https://erp.example/rest".to_owned(),
        company_id: "16".to_owned(),
        sealed_key: vec![0, 1, 255],
        life: "one".to_owned(),
        asked_at: Some(at(9)),
        memo: "page 7".to_owned(),
        sealed_webhook: None,
    };
    assert_eq!(row, want);

    // A new key for the same company: all stays.
    let mut renewed = erp("16", "two");
    renewed.sealed_key = vec![9];
    storage.connect_erp(org, renewed).await.unwrap();
    let row = storage.erp(org).await.unwrap().unwrap();
    let sealed_key = vec![9];
    assert_eq!(row, ErpRow { sealed_key, ..want });
    assert_eq!(put(&storage, org, FactsBatch::default()).await, (2, 0));

    storage.connect_erp(org, erp("17", "three")).await.unwrap();
    let row = storage.erp(org).await.unwrap().unwrap();
    assert_eq!((row.life.as_str(), row.memo.as_str()), ("three", ""));
    assert_eq!(row.asked_at, None);
    assert_eq!(directory(&storage, org).await, []);
    assert_eq!(dossier(&storage, org, "a", 0).await, []);
    let state = storage.facts_state(org).await.unwrap();
    assert_eq!((state.version, state.counts.documents), (0, 0));
    // A look at the company of before comes too late.
    let late = storage.put_facts(org, "one".into(), customers(vec![customer("a", "A", 1)]));
    assert_eq!(late.await.unwrap(), None);
    assert_eq!(directory(&storage, org).await, []);

    let nobodys = OrgId(Uuid::new_v4());
    let refused = storage.connect_erp(nobodys, erp("16", "one")).await;
    assert!(
        matches!(refused, Err(StorageError::Damaged(_))),
        "{refused:?}"
    );
}

fn leaving(org: OrgId, life: &str, anyway: bool) -> Leaving {
    Leaving {
        life: life.to_owned(),
        anyway,
        audit: AuditEntry {
            org,
            at: at(7),
            member: None,
            action: "disconnect".to_owned(),
            detail: "company 16".to_owned(),
        },
    }
}

pub(crate) async fn a_disconnected_company_leaves_nothing(stage: &impl Stage) {
    let (one, two) = (stage.open().await, stage.open().await);
    let (org, neighbour) = (
        connected(&one, "hrast").await,
        connected(&one, "vijak").await,
    );
    for org in [org, neighbour] {
        let batch = FactsBatch {
            customers: vec![customer("a", "Alfa", 1)],
            documents: vec![document("a", "1", "10", 1)],
            products: vec![product("p", "Plošča", 1)],
            memo: Some("page 7".to_owned()),
            ..FactsBatch::default()
        };
        put(&one, org, batch).await;
        assert!(one.keep_webhook(org, Some(vec![7])).await.unwrap());
    }
    let other_life = two.disconnect_erp(org, leaving(org, "two", false));
    assert!(!other_life.await.unwrap(), "that is not what is connected");
    assert_eq!(directory(&two, org).await.len(), 1);

    let mut news = two.fact_news();
    assert!(
        two.disconnect_erp(org, leaving(org, "one", false))
            .await
            .unwrap()
    );
    assert_eq!(news.recv().await.unwrap(), org, "desks hear");
    for storage in [&one, &two] {
        assert_eq!(storage.erp(org).await.unwrap(), None);
        let state = storage.facts_state(org).await.unwrap();
        assert_eq!(state, FactsState::default());
        assert_eq!(directory(storage, org).await, []);
        assert_eq!(dossier(storage, org, "a", 0).await, []);
        assert_eq!(storage.products_after(org, 0, 9).await.unwrap(), []);
        assert_eq!(storage.erps().await.unwrap(), [neighbour]);
    }
    let led = one.lead_mirror(org, "one".to_owned(), at(9), at(8));
    assert!(!led.await.unwrap(), "there is nothing to mirror");
    let late = one.put_facts(org, "one".into(), customers(vec![customer("a", "A", 1)]));
    assert_eq!(late.await.unwrap(), None, "a look that was under way");
    let again = one.disconnect_erp(org, leaving(org, "one", false));
    assert!(!again.await.unwrap());
    let log = one.audit_log(org, 9).await.unwrap();
    assert_eq!(log, [leaving(org, "one", false).audit], "said once");
    assert_eq!(directory(&one, neighbour).await.len(), 1, "theirs stay");

    // The same company again: nothing is known of it, nor what its news were signed with.
    one.connect_erp(org, erp("16", "three")).await.unwrap();
    let row = one.erp(org).await.unwrap().unwrap();
    assert_eq!((row.memo.as_str(), row.sealed_webhook), ("", None));
    assert_eq!(directory(&one, org).await, []);
}

/// One that nobody said yes to, one that has left.
async fn planned_and_sent(storage: &impl Storage, team: Team) -> [ActId; 2] {
    let sent = ActId(Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0002));
    for id in [acts::ID, sent] {
        let new = NewAct {
            id,
            ..acts::new(team)
        };
        storage.plan_act(team.org, new).await.unwrap();
    }
    let change = ActChange {
        due: Some(at(5)),
        ..acts::change(1, ActState::Sent)
    };
    let changed = storage.change_act(team.org, sent, change).await.unwrap();
    assert_eq!(changed, Some(2));
    [acts::ID, sent]
}

pub(crate) async fn what_is_on_its_way_is_not_left_behind(stage: &impl Stage) {
    let storage = stage.open().await;
    let team = team(&storage, "hrast").await;
    let org = team.org;
    storage.connect_erp(org, erp("16", "one")).await.unwrap();
    let [planned, sent] = planned_and_sent(&storage, team).await;
    let states = async || {
        let mut states = Vec::new();
        for id in [planned, sent] {
            let row = storage.act(org, id).await.unwrap().unwrap();
            states.push((row.outcome.state, row.due.is_some()));
        }
        states
    };
    let before = states().await;
    let refused = [
        storage
            .disconnect_erp(org, leaving(org, "one", false))
            .await
            .map(drop),
        storage.connect_erp(org, erp("17", "two")).await,
    ];
    for refused in refused {
        let Err(StorageError::UnderWay(why)) = refused else {
            panic!("{refused:?}");
        };
        assert!(why.contains("(customer Novak)"), "{why}");
    }
    assert_eq!(states().await, before, "nothing was changed");
    let life = storage.erp(org).await.unwrap().map(|erp| erp.life);
    assert_eq!(life.as_deref(), Some("one"));
    // Another key for the same company parts nothing.
    storage.connect_erp(org, erp("16", "one")).await.unwrap();
    assert_eq!(states().await, before);

    assert!(
        storage
            .disconnect_erp(org, leaving(org, "one", true))
            .await
            .unwrap()
    );
    let after = [(ActState::Refused, false), (ActState::CannotTell, false)];
    assert_eq!(states().await, after, "and each says so");
    let log = storage.audit_log(org, 1).await.unwrap();
    let detail = log.first().map(|line| line.detail.as_str());
    assert_eq!(
        detail,
        Some("company 16; nobody can tell what became of: customer Novak")
    );
}

pub(crate) async fn one_node_mirrors_at_a_time(stage: &impl Stage) {
    let (one, two) = (stage.open().await, stage.open().await);
    let org = connected(&one, "hrast").await;
    let lead = async |node: &str, until, now| {
        let storage = if node == "one" { &one } else { &two };
        let led = storage.lead_mirror(org, node.to_owned(), at(until), at(now));
        led.await.unwrap()
    };
    assert!(lead("one", 10, 0).await, "nobody did");
    assert!(!lead("two", 15, 5).await, "one does until 10");
    assert!(lead("one", 20, 8).await, "and goes on");
    assert!(!lead("two", 25, 12).await);
    assert!(lead("two", 30, 20).await, "one has gone silent");
    assert!(!lead("one", 30, 21).await);
    one.connect_erp(org, erp("17", "two")).await.unwrap();
    assert!(!lead("one", 30, 22).await, "whatever is connected");
    let other = team(&one, "vijak").await.org;
    let none = one.lead_mirror(other, "one".to_owned(), at(9), at(0));
    assert!(!none.await.unwrap(), "nothing is connected there");
}

pub(crate) async fn a_backup_has_the_connection_and_no_facts(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    let batch = FactsBatch {
        memo: Some("page 7".to_owned()),
        ..customers(vec![customer("a", "Alfa", 1)])
    };
    put(&storage, org, batch).await;
    team(&storage, "vijak").await;
    let file = stage.folder().join("facts.backup");
    storage.backup(&file).await.unwrap();
    let before = storage.erp(org).await.unwrap().unwrap();
    let other_kind = SqliteStage::new();
    restored(&stage.open_empty().await, &file, org, &before).await;
    restored(&other_kind.open_empty().await, &file, org, &before).await;
}

async fn restored(storage: &impl Storage, file: &std::path::Path, org: OrgId, before: &ErpRow) {
    storage.restore(file).await.unwrap();
    assert_eq!(storage.erps().await.unwrap(), [org]);
    let row = storage.erp(org).await.unwrap().unwrap();
    assert_ne!(row.life, before.life, "desks forget what they hold");
    let want = ErpRow {
        life: row.life.clone(),
        memo: String::new(),
        ..before.clone()
    };
    assert_eq!(row, want, "the sealed key as it was");
    assert_eq!(directory(storage, org).await, []);
    let state = storage.facts_state(org).await.unwrap();
    assert_eq!((state.version, state.counts.customers), (0, 0));
    assert_eq!(storage.check().await.unwrap().problems, [""; 0]);
}

pub(crate) async fn facts_that_belong_nowhere_are_found(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    let batch = documents(vec![document("a", "1", "1", 1), document("b", "2", "1", 1)]);
    put(&storage, org, batch).await;
    assert_eq!(storage.check().await.unwrap().problems, [""; 0]);
    stage.hurt("DELETE FROM erp_customer WHERE customer_id = 'a'; DELETE FROM erp");
    assert_eq!(
        storage.check().await.unwrap().problems,
        [
            "1 customers belong to no connection to an ERP",
            "1 documents belong to no customer",
        ]
    );
    stage.hurt("UPDATE erp_document SET body = '{'");
    let damaged = storage.dossier_after(org, "b".into(), 0, 9).await;
    assert!(
        matches!(damaged, Err(StorageError::Damaged(_))),
        "{damaged:?}"
    );
}

pub(crate) async fn an_organisation_has_its_own_facts(stage: &impl Stage) {
    let storage = stage.open().await;
    let hrast = connected(&storage, "hrast").await;
    let vijak = connected(&storage, "vijak").await;
    let both = FactsBatch {
        customers: vec![customer("a", "Alfa", 1)],
        documents: vec![document("a", "1", "10", 1), document("b", "2", "10", 1)],
        sweep: Some(1),
        ..FactsBatch::default()
    };
    put(&storage, hrast, both).await;
    assert_eq!(directory(&storage, vijak).await, []);
    assert_eq!(dossier(&storage, vijak, "a", 0).await, []);
    assert_eq!(storage.bare_customers(vijak, 9).await.unwrap(), [""; 0]);
    let kinds = vec![DocumentKind::Order];
    assert_eq!(storage.unswept(vijak, kinds, 9, 9).await.unwrap(), []);
    assert_eq!(storage.facts_state(vijak).await.unwrap().version, 0);
    let same = documents(vec![document("a", "1", "10", 1)]);
    assert_eq!(put(&storage, vijak, same).await, (1, 1), "their own 1");
    storage.connect_erp(vijak, erp("99", "two")).await.unwrap();
    assert_eq!(directory(&storage, hrast).await.len(), 2, "nobody else's");
    let mut erps = storage.erps().await.unwrap();
    erps.sort();
    let mut both = vec![hrast, vijak];
    both.sort();
    assert_eq!(erps, both);
}
