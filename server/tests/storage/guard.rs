//! What only PostgreSQL has: rows guarded by the database itself, and lines between nodes that break.

use kontor_protocol::Role;
use kontor_server::core::snapshot::step;
use kontor_server::core::storage::{Acts as _, AuditEntry, Facts as _, FactsBatch, Storage as _};
use sqlx::{Connection as _, PgConnection};

use crate::facts::{customer, document, erp};
use crate::goods::product;
use crate::stage::{PostgresStage, Stage as _, Team, at, invitation, notes, team};

const TABLES: &[&str] = &[
    "org",
    "member",
    "device",
    "invitation",
    "event",
    "audit",
    "snapshot",
    "snapshot_head",
    "file",
    "file_part",
    "erp",
    "erp_customer",
    "erp_document",
    "erp_product",
    "erp_act",
];

/// A connection as the owner of all tables, outside the program, with a setting that lasts.
async fn outside(stage: &PostgresStage, setting: Option<&str>) -> PgConnection {
    let mut conn = PgConnection::connect(&stage.url).await.unwrap();
    if let Some(word) = setting {
        sqlx::query("SELECT set_config('kontor.org', $1, false)")
            .bind(word)
            .execute(&mut conn)
            .await
            .unwrap();
    }
    conn
}

async fn counts(conn: &mut PgConnection) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        let question = format!("SELECT COUNT(*) FROM {table}");
        let count = sqlx::query_scalar(&question).fetch_one(&mut *conn).await;
        counts.push(count.unwrap());
    }
    counts
}

async fn two_teams(stage: &PostgresStage) -> [Team; 2] {
    let storage = stage.open().await;
    let teams = [team(&storage, "hrast").await, team(&storage, "vijak").await];
    for (one, count) in teams.into_iter().zip([4, 2]) {
        storage.append(one.org, notes(one, count)).await.unwrap();
        storage
            .invite(invitation(one, "code", Role::Member))
            .await
            .unwrap();
        let line = AuditEntry {
            org: one.org,
            at: at(1),
            member: None,
            action: "create".to_owned(),
            detail: String::new(),
        };
        storage.audit(line).await.unwrap();
        step(&storage, one.org, 2).await.unwrap();
        crate::files::put(&storage, one, b"words", b"words").await;
        storage
            .connect_erp(one.org, erp("16", "one"))
            .await
            .unwrap();
        let batch = FactsBatch {
            customers: vec![customer("a", "Alfa", 1)],
            documents: vec![document("b", "1", "10", 1)],
            products: vec![product("p", "Vijak", 1)],
            ..FactsBatch::default()
        };
        let put = storage.put_facts(one.org, "one".to_owned(), batch).await;
        assert_eq!(put.unwrap().map(|put| put.changed), Some(3));
        let planned = storage.plan_act(one.org, crate::acts::new(one));
        planned.await.unwrap();
    }
    teams
}

#[tokio::test]
async fn rows_are_seen_by_their_own_organisation_only() {
    let stage = PostgresStage::new();
    let [hrast, vijak] = two_teams(&stage).await;
    let cases = [
        ("nothing said", None, [0; 15]),
        ("an empty word", Some(String::new()), [0; 15]),
        ("a wrong word", Some("hrast".to_owned()), [0; 15]),
        ("nobody's", Some(uuid::Uuid::nil().to_string()), [0; 15]),
        (
            "hrast",
            Some(hrast.org.to_string()),
            [1, 1, 1, 1, 5, 1, 2, 1, 1, 1, 1, 2, 1, 1, 1],
        ),
        (
            "vijak",
            Some(vijak.org.to_string()),
            [1, 1, 1, 1, 3, 1, 2, 1, 1, 1, 1, 2, 1, 1, 1],
        ),
        (
            "the server itself",
            Some("system".to_owned()),
            [2, 2, 2, 2, 8, 2, 4, 2, 2, 2, 2, 4, 2, 2, 2],
        ),
    ];
    for (what, setting, want) in cases {
        let mut conn = outside(&stage, setting.as_deref()).await;
        assert_eq!(counts(&mut conn).await, want, "{what}: {TABLES:?}");
    }
    let guarded = "SELECT COUNT(*) FROM pg_class c JOIN information_schema.columns i \
         ON i.table_name = c.relname AND i.column_name = 'org_id' AND i.table_schema = 'public' \
         WHERE c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)";
    assert_eq!(
        stage.psql(guarded),
        "0",
        "every table that is led by org_id"
    );
    let led = "SELECT COUNT(*) FROM pg_index x JOIN pg_attribute a \
         ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0] JOIN pg_class c ON c.oid = x.indrelid \
         WHERE x.indisprimary AND c.relnamespace = 'public'::regnamespace AND a.attname <> 'org_id' \
         AND c.relname <> 'kontor_migration'";
    assert_eq!(stage.psql(led), "0", "primary keys begin with org_id");
}

#[tokio::test]
async fn rows_are_written_by_their_own_organisation_only() {
    let stage = PostgresStage::new();
    let [hrast, vijak] = two_teams(&stage).await;
    let before = stage.psql("SELECT md5(string_agg(e::text, '' ORDER BY seq)) FROM event e");
    for setting in [Some(vijak.org.to_string()), Some("system".to_owned()), None] {
        let mut conn = outside(&stage, setting.as_deref()).await;
        for change in [
            "UPDATE event SET body = '{}' WHERE org_id = $1::uuid",
            "DELETE FROM event WHERE org_id = $1::uuid",
            "UPDATE device SET revoked_at = NULL WHERE org_id = $1::uuid",
            "UPDATE org SET head = 0 WHERE org_id = $1::uuid",
            "DELETE FROM snapshot WHERE org_id = $1::uuid",
            "UPDATE snapshot_head SET upto = 0 WHERE org_id = $1::uuid",
            "DELETE FROM file WHERE org_id = $1::uuid",
            "UPDATE file_part SET data = '' WHERE org_id = $1::uuid",
            "UPDATE erp SET sealed_key = '' WHERE org_id = $1::uuid",
            "DELETE FROM erp_customer WHERE org_id = $1::uuid",
            "UPDATE erp_document SET body = '' WHERE org_id = $1::uuid",
            "UPDATE erp_product SET news = 1 WHERE org_id = $1::uuid",
        ] {
            let done = sqlx::query(change)
                .bind(hrast.org.to_string())
                .execute(&mut conn)
                .await
                .unwrap();
            assert_eq!(done.rows_affected(), 0, "{setting:?}: {change}");
        }
        let foreign =
            "INSERT INTO audit (org_id, at, action, detail) VALUES ($1::uuid, '', 'x', '')";
        let put = sqlx::query(foreign).bind(hrast.org.to_string());
        let refused = put.execute(&mut conn).await.unwrap_err().to_string();
        assert!(
            refused.contains("row-level security"),
            "{setting:?}: {refused}"
        );
    }
    let after = stage.psql("SELECT md5(string_agg(e::text, '' ORDER BY seq)) FROM event e");
    assert_eq!(after, before);
    assert_eq!(stage.psql("SELECT COUNT(*) FROM audit"), "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_broken_line_all_heads_are_told_again() {
    let stage = PostgresStage::new();
    let [hrast, vijak] = two_teams(&stage).await;
    let node = stage.open().await;
    let mut heads = node.heads();
    let cut =
        "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'";
    let lines: u32 = stage.psql(cut).parse().unwrap();
    assert!(lines >= 1, "there was a line");
    let mut heard = std::collections::BTreeMap::new();
    while heard.len() < 2 {
        let (org, head) = heads.recv().await.unwrap();
        heard.insert(org, head);
    }
    assert_eq!(heard, [(hrast.org, 5), (vijak.org, 3)].into());

    let other = stage.open().await;
    other.append(hrast.org, notes(hrast, 1)).await.unwrap();
    while heads.recv().await.unwrap() != (hrast.org, 6) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_node_hears_of_facts() {
    let stage = PostgresStage::new();
    let (one, two) = (stage.open().await, stage.open().await);
    let org = team(&one, "hrast").await.org;
    let (mut here, mut there) = (one.fact_news(), two.fact_news());
    one.connect_erp(org, erp("16", "one")).await.unwrap();
    assert_eq!(here.recv().await.unwrap(), org);
    assert_eq!(there.recv().await.unwrap(), org);
    let batch = FactsBatch {
        customers: vec![customer("a", "Alfa", 1)],
        ..FactsBatch::default()
    };
    let put = two.put_facts(org, "one".to_owned(), batch).await.unwrap();
    assert_eq!(there.recv().await.unwrap(), org);
    assert_eq!(here.recv().await.unwrap(), org);
    let version = one.facts_state(org).await.unwrap().version;
    assert_eq!(put.map(|put| put.version), Some(version));
    assert!(here.try_recv().is_err(), "once each");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_may_start_at_once() {
    let stage = PostgresStage::new();
    let nodes = tokio::join!(stage.open(), stage.open(), stage.open());
    team(&nodes.0, "hrast").await;
    assert_eq!(nodes.2.orgs().await.unwrap().len(), 1);
    let mut conn = PgConnection::connect(&stage.url).await.unwrap();
    let change = "UPDATE kontor_migration SET sql = '' WHERE name LIKE '%event'";
    sqlx::query(change).execute(&mut conn).await.unwrap();
    let refused = kontor_server::core::storage::PostgresStorage::connect(&stage.url).await;
    let sentence = refused.unwrap_err().to_string();
    assert!(sentence.contains("2026-11-21 event"), "{sentence}");
}
