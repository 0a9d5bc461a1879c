//! What is written here is held against what FTS5 writes of the same texts.

use proptest::prelude::*;
use rstest::rstest;
use rusqlite::Connection;

use kontor_model::Millis;

use super::postings::{COLUMNS, Postings};
use super::{MERGE_MIGRATION, MIGRATION};
use crate::Store;

/// A row's texts, by its id.
type Texts = (i64, [String; COLUMNS]);

/// Everything FTS5 keeps.
type Tables = Vec<(String, i64, Vec<u8>, i64)>;

const TABLES: &str = "
SELECT 'data', id, block, 0 FROM search_data UNION ALL
SELECT 'index ' || segid, row_number() OVER (ORDER BY segid, term), term, pgno FROM search_idx UNION ALL
SELECT 'size', id, sz, origin FROM search_docsize ORDER BY 1, 2";

fn tables(conn: &Connection) -> Tables {
    let mut statement = conn.prepare(TABLES).unwrap();
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

/// FTS5 itself.
fn theirs() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(MIGRATION.sql).unwrap();
    conn.execute_batch(MERGE_MIGRATION.sql).unwrap();
    conn
}

fn put_theirs(conn: &Connection, texts: &[Texts]) {
    conn.execute_batch("BEGIN").unwrap();
    let mut insert = conn
        .prepare(
            "INSERT INTO search (rowid, subject, sender, recipients, body, attachments) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .unwrap();
    for (id, [a, b, c, d, e]) in texts {
        insert.execute((id, a, b, c, d, e)).unwrap();
    }
    conn.execute_batch("COMMIT").unwrap();
}

struct Ours {
    dir: tempfile::TempDir,
    store: Store,
}

impl Ours {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        Self { dir, store }
    }

    fn put(&self, texts: &[Texts]) {
        let rows: Vec<(i64, Postings)> = texts
            .iter()
            .map(|(id, columns)| (*id, Postings::of(columns.each_ref().map(String::as_str))))
            .collect();
        let put = move |w: &mut crate::Write<'_>| {
            w.tally.index.extend(rows);
            Ok(())
        };
        self.store.write_blocking(Millis(0), put).unwrap();
    }

    fn remove(&self, ids: Vec<i64>) {
        let remove = move |w: &mut crate::Write<'_>| {
            w.tally.unindex.extend(ids);
            Ok(())
        };
        self.store.write_blocking(Millis(0), remove).unwrap();
    }

    /// As another program would see it.
    fn conn(&self) -> Connection {
        Connection::open(self.dir.path().join("store.db")).unwrap()
    }
}

/// Finds ids, newest first, and checks that FTS5 is content with its tables.
fn found(conn: &Connection, expression: &str) -> Vec<i64> {
    conn.execute("INSERT INTO search (search) VALUES ('integrity-check')", [])
        .unwrap();
    let mut statement = conn
        .prepare("SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid DESC")
        .unwrap();
    let rows = statement.query_map([expression], |r| r.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn row(id: i64, body: String) -> Texts {
    let subject = crate::fold(&format!("mail {id}"));
    (
        id,
        [
            subject,
            "ana".into(),
            "maja zaddr00ff".into(),
            body,
            String::new(),
        ],
    )
}

fn all_sorts() -> Vec<Texts> {
    let body = |n| {
        (0..n % 90)
            .map(|m| format!("w{} ", i64::wrapping_mul(m, n) % 701))
            .collect()
    };
    (0..1500)
        .map(|n| row(i64::wrapping_mul(n, 977), body(n)))
        .collect()
}

#[rstest]
#[case::one(vec![row(1, "kava z mlekom".into())])]
#[case::nothing_to_find(vec![(7, <[String; COLUMNS]>::default())])]
#[case::before_1970(vec![row(-5_000_000_000, "staro".into()), row(3, "novo".into())])]
#[case::a_page_and_more(vec![row(9, (0..2000).map(|n| format!("beseda{n} ")).collect())])]
#[case::a_word_over_many_pages((0..3000).map(|n| row(n << 31, "kava ".repeat(20))).collect())]
#[case::a_long_list(vec![row(2, "in ".repeat(30_000)), row(5, "in ".repeat(9000))])]
#[case::all_sorts(all_sorts())]
fn pages_are_as_fts5_writes_them(#[case] texts: Vec<Texts>) {
    let (ours, theirs) = (Ours::new(), theirs());
    // In two goes: the second finds an index with something in it.
    let half = texts.len() / 2;
    for part in [&texts[..half], &texts[half..]] {
        ours.put(part);
        put_theirs(&theirs, part);
    }
    let (ours, theirs) = (tables(&ours.conn()), tables(&theirs));
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.len(), theirs.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_texts_are_written_as_fts5_does(
        texts in prop::collection::btree_map(
            any::<i32>(),
            prop::array::uniform5(prop::collection::vec("[a-c]{1,2}|[a-zčš0-9]{1,9}|\\PC{0,6}", 0..40)),
            1..60,
        ),
        together in 5_usize..60,
    ) {
        let texts: Vec<Texts> = texts
            .into_iter()
            .map(|(id, columns)| (i64::from(id) << 9, columns.map(|words| crate::fold(&words.join(" ")))))
            .collect();
        let (ours, theirs) = (Ours::new(), theirs());
        for texts in texts.chunks(together) {
            ours.put(texts);
            put_theirs(&theirs, texts);
        }
        prop_assert_eq!(tables(&ours.conn()), tables(&theirs));
    }
}

#[test]
fn rows_are_deleted_merged_and_found() {
    let ours = Ours::new();
    for go in 0..40_i64 {
        let body = |n: i64| {
            format!(
                "kava {} mleko{}",
                if n % 3 == 0 { "sladka" } else { "grenka" },
                n % 50
            )
        };
        let texts: Vec<Texts> = (go * 50..(go + 1) * 50).map(|n| row(n, body(n))).collect();
        ours.put(&texts);
        if go % 5 == 4 {
            ours.remove((go * 50..(go + 1) * 50).filter(|n| n % 2 == 0).collect());
        }
    }
    let conn = ours.conn();
    let kept = |n: &i64| n / 50 % 5 != 4 || n % 2 == 1;
    let want = |what: &dyn Fn(&i64) -> bool| -> Vec<i64> {
        (0..2000).rev().filter(|n| kept(n) && what(n)).collect()
    };
    assert_eq!(found(&conn, "kava"), want(&|_| true));
    assert_eq!(found(&conn, "\"kava sladka\""), want(&|n| n % 3 == 0));
    assert_eq!(
        found(&conn, "body : mleko7 AND grenka"),
        want(&|n| n % 50 == 7 && n % 3 != 0)
    );
    assert_eq!(
        found(&conn, "mleko1 *"),
        want(&|n| n % 50 == 1 || (10..20).contains(&(n % 50)))
    );
    while ours.store.tidy_blocking(Millis(0)).unwrap() {}
    assert_eq!(found(&conn, "kava"), want(&|_| true), "after upkeep");
}

#[tokio::test]
async fn segments_are_merged_at_rest_and_when_there_are_very_many() {
    let ours = Ours::new();
    let conn = ours.conn();
    let put = |rows: std::ops::Range<i64>| rows.for_each(|n| ours.put(&[row(n, "kava".into())]));
    let segments = || {
        let count = "SELECT count(DISTINCT segid) FROM search_idx";
        conn.query_row(count, [], |r| r.get::<_, i64>(0)).unwrap()
    };
    put(0..47);
    assert_eq!(segments(), 47, "while mail comes in");
    while ours.store.tidy_in_passing(Millis(0)).await.unwrap() {}
    assert_eq!(segments(), 47, "nor when a process ends");
    put(47..48);
    assert!(segments() < 5, "very many");
    put(48..66);
    let before = segments();
    while ours.store.tidy(Millis(0)).await.unwrap() {}
    assert_eq!(segments(), before, "few enough");
    put(66..80);
    while ours.store.tidy(Millis(0)).await.unwrap() {}
    assert!(segments() < 5, "at rest");
    let all: Vec<i64> = (0..80).rev().collect();
    assert_eq!(found(&conn, "kava"), all);
}

#[test]
fn a_row_may_come_again() {
    let ours = Ours::new();
    ours.put(&[row(1, "kava".into()), row(2, "kava".into())]);
    ours.remove(vec![1]);
    ours.put(&[row(1, "mleko".into())]);
    let conn = ours.conn();
    assert_eq!(found(&conn, "kava"), [2]);
    assert_eq!(found(&conn, "mleko"), [1]);
    // In one transaction, too.
    let again = Postings::of(["", "", "", "sok", ""]);
    let both = move |w: &mut crate::Write<'_>| {
        w.tally.unindex.insert(1);
        w.tally.index.insert(1, again);
        Ok(())
    };
    ours.store.write_blocking(Millis(0), both).unwrap();
    assert_eq!(found(&conn, "mleko"), [0_i64; 0]);
    assert_eq!(found(&conn, "sok"), [1]);
    assert_eq!(found(&conn, "mail"), [2], "its other columns are gone");
}

#[test]
fn a_list_longer_than_its_index_is_read_all_the_same() {
    let ours = Ours::new();
    let texts: Vec<Texts> = (0..60_000)
        .map(|n| row(n << 28, "kava ".repeat(60)))
        .collect();
    ours.put(&texts);
    let newest = |n: i64| {
        (60_000 - n..60_000)
            .rev()
            .map(|n| n << 28)
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&ours.conn(), "kava"), newest(60_000));
    assert_eq!(
        found(&ours.conn(), "\"mail 59999\""),
        Vec::<i64>::new(),
        "the subject says the id"
    );
}

#[test]
fn fts5_may_write_in_between() {
    let ours = Ours::new();
    let theirs = ours.conn();
    for n in (0..40).step_by(2) {
        ours.put(&[row(n, "kava".into())]);
        put_theirs(&theirs, &[row(n + 1, "kava".into())]);
    }
    let all: Vec<i64> = (0..40).rev().collect();
    assert_eq!(found(&theirs, "kava"), all);
    assert_eq!(found(&ours.conn(), "mail"), all, "by a third");
}
