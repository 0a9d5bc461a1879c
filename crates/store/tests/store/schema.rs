//! The schema in full, as all migrations together make it: a change shows in a review.

use crate::support::Profile;

#[test]
fn the_schema_is_the_one_written_down() {
    let p = Profile::new();
    let db = rusqlite::Connection::open(p.store.path()).unwrap();
    let mut statement = db
        .prepare(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT IN ('search_data', 'search_idx', 'search_docsize', 'search_config', 'search_content')
             ORDER BY tbl_name, type DESC, name",
        )
        .unwrap();
    let schema: Vec<String> = statement
        .query_map([], |r| r.get(0))
        .unwrap()
        .map(|s| s.unwrap())
        .collect();
    let schema = schema.join(";\n") + ";\n";
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/store/schema.sql");
    if std::env::var_os("KONTOR_BLESS").is_some() {
        std::fs::write(golden, &schema).unwrap();
    }
    let want = std::fs::read_to_string(golden).unwrap_or_default();
    assert_eq!(
        schema, want,
        "run with KONTOR_BLESS=1 when a migration was added on purpose"
    );
}

#[test]
fn tables_are_strict() {
    let p = Profile::new();
    let db = rusqlite::Connection::open(p.store.path()).unwrap();
    let mut statement = db
        .prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%' AND name NOT IN ('search', 'search_data', 'search_idx', 'search_docsize', 'search_config')")
        .unwrap();
    let loose: Vec<String> = statement
        .query_map([], |r| r.get(0))
        .unwrap()
        .map(|s| s.unwrap())
        .collect();
    assert!(loose.is_empty(), "every table is STRICT: {loose:?}");
}
