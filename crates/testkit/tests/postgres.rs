//! The private PostgreSQL does what tests rely on.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use kontor_testkit::Postgres;

#[test]
fn an_ordinary_role_owns_its_database() {
    let postgres = Postgres::start().unwrap();
    let url = postgres.create_database("first").unwrap();
    assert!(url.starts_with("postgres://kontor@127.0.0.1:"), "{url}");
    let owner = "SELECT pg_get_userbyid(datdba), rolsuper, rolbypassrls \
         FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE datname = 'first'";
    assert_eq!(postgres.psql("first", owner).unwrap(), "kontor|f|f");
    assert!(postgres.psql("first", "SELECT 1/0").is_err());

    let pid = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'";
    let pid = postgres.psql("first", pid).unwrap();
    let process = format!("/proc/{pid}");
    let had_proc = std::path::Path::new(&process).exists();
    drop(postgres);
    assert!(
        !std::path::Path::new(&process).exists(),
        "it has ended ({had_proc})"
    );
}

#[test]
fn two_of_them_do_not_meet() {
    let (one, two) = (
        Postgres::start().unwrap(),
        Postgres::start_durable().unwrap(),
    );
    assert_ne!(one.url("kontor", "x"), two.url("kontor", "x"));
    one.create_database("same").unwrap();
    two.create_database("same").unwrap();
    assert_eq!(one.psql("same", "SHOW fsync").unwrap(), "off");
    assert_eq!(two.psql("same", "SHOW fsync").unwrap(), "on");
}
