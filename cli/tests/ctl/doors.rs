//! Conventions: options before and after the command, exit codes, errors as JSON, `status`, `doctor`.

use std::process::Command;

use kontor_testkit::Dovecot;
use serde_json::Value;

use crate::desk::{Desk, said};
use crate::{MAJA, letters};

#[test]
fn options_are_accepted_before_and_after_the_command() {
    let desk = Desk::new();
    let profile = desk.path("elsewhere");
    let profile = profile.to_string_lossy();
    for words in [
        vec!["--profile", &profile, "--json", "-v", "status"],
        vec!["status", "--profile", &profile, "--json", "-v"],
        vec!["--json", "status", "-v", "--profile", &profile],
    ] {
        let status = desk.run(&words).ok().one();
        assert!(
            status["store"]["path"]
                .as_str()
                .unwrap()
                .contains("elsewhere"),
            "--profile goes before KONTOR_PROFILE: {status}"
        );
    }
    assert!(
        desk.path("elsewhere/store.db").is_file(),
        "the database is DIR/store.db"
    );
}

#[test]
fn usage_errors_are_exit_2_and_json_with_json() {
    let desk = Desk::new();
    for words in [
        vec!["nonsense"],
        vec!["messages"],
        vec!["delete", "1"],
        vec!["show", "1", "--raw", "--text"],
        vec!["sync", "--bodies", "some"],
        vec!["messages", "INBOX", "--limit", "-3"],
        vec![],
    ] {
        let plain = desk.run(&words).code(2);
        assert!(!plain.err.is_empty() && plain.out.is_empty(), "{plain:?}");
        let mut with = words.clone();
        with.push("--json");
        let (code, message) = desk.run(&with).code(2).error();
        assert_eq!(code, "usage", "{words:?}");
        assert!(!message.is_empty());
    }
    desk.run(&["--help"]).ok();
    desk.run(&["--version"]).ok();
}

#[test]
fn what_is_not_there_is_exit_1_with_a_sentence() {
    let desk = Desk::new();
    for words in [
        ["show", "999"],
        ["show", "mid:nobody@x"],
        ["thread", "7"],
        ["messages", "Nowhere"],
        ["outbox", "cancel"],
    ] {
        let mut words = words.to_vec();
        if words[0] == "outbox" {
            words.push("5");
        }
        let (code, message) = desk.json(&words).code(1).error();
        assert_eq!(code, "not_found", "{words:?}");
        assert!(message.ends_with('.'), "a sentence: {message}");
    }
}

#[test]
fn status_has_every_field() {
    let (_dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, letters("s", 4)));
    let before = desk.status();
    let account = &before["accounts"][0];
    assert_eq!(
        account["layers"]["poll"]["last_at"],
        Value::Null,
        "not looked yet"
    );
    desk.json(&["sync", "--once"]).ok();
    let status = desk.status();
    let account = &status["accounts"][0];
    assert_eq!(account["email"], MAJA);
    let state = account["state"].as_str().unwrap();
    assert_eq!(state, "polling", "nothing connects any more: {status}");
    assert!(!account["why"].as_str().unwrap().is_empty(), "{status}");
    for layer in ["push", "poll", "reconcile"] {
        let look = &account["layers"][layer];
        assert!(
            look.get("last_at").is_some() && look["found"].is_number(),
            "{layer}: {status}"
        );
    }
    assert!(account["layers"]["poll"]["last_at"].is_string(), "{status}");
    assert_eq!(account["backlog"]["envelopes"], 0);
    assert_eq!(account["backlog"]["bodies"], 0);
    for name in ["operations", "outbox", "unknown"] {
        assert_eq!(status["pending"][name], 0, "{name}");
    }
    assert_eq!(status["search"]["coverage"], 1.0);
    assert!(status["store"]["bytes"].as_u64().unwrap() > 0);
    assert!(status["keychain"].is_string());
}

#[test]
fn doctor_looks_at_everything_and_says_what_to_do() {
    let (mut dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("d", 2)));
    let well = desk.json(&["doctor"]).ok().one();
    assert_eq!(well["ok"], true, "{well}");
    let looked: Vec<&str> = well["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|f| f["what"].as_str())
        .collect();
    for what in ["store", "index", "keychain", "clock", "network"] {
        assert!(looked.contains(&what), "{what} is looked at: {well}");
    }
    dovecot.stop().unwrap();
    let ill = desk.json(&["doctor"]).code(1).one();
    assert_eq!(ill["ok"], false);
    let network = ill["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["what"] == "network")
        .unwrap();
    assert!(
        !network["advice"].as_str().unwrap().is_empty(),
        "what to do: {ill}"
    );
}

#[test]
fn secrets_are_asked_for_or_come_as_one_line() {
    let desk = Desk::new();
    let said = desk.json(&["account", "add", MAJA, "--imap", "localhost:1"]);
    assert_eq!(said.code, 2, "no terminal, no --password-stdin: {said:?}");
    let help = desk.run(&["account", "add", "--help"]).ok().text();
    assert!(
        !help.contains("--password "),
        "no password on the command line: {help}"
    );
}

#[test]
fn a_bad_keychain_setting_is_refused() {
    let desk = Desk::new();
    let mut command = desk.command();
    command
        .env("KONTOR_KEYCHAIN", "fiel:/tmp/x")
        .args(["--json", "status"]);
    let said = said(&mut command, b"").code(1);
    assert_eq!(said.error().0, "keychain");
}

#[test]
fn the_keychain_file_is_for_its_owner_only() {
    let (_dovecot, desk) = Desk::with(Dovecot::builder());
    let out = Command::new("stat")
        .args(["-c", "%a", &desk.path("keychain.json").to_string_lossy()])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), "600");
}

#[test]
fn a_closed_pipe_ends_a_list_quietly() {
    let (_dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("p", 30)));
    let mut child = desk
        .command()
        .args(["messages", "INBOX", "--limit", "0", "--json"])
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&out.stderr);
    assert!(!err.contains("panic"), "{err}");
}

#[test]
fn an_account_that_is_not_there_is_said_so() {
    let (_dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("a", 1)));
    let file = desk.file("m.eml", b"From: x@y.example\nTo: z@y.example\n\nx\n");
    for account in ["99", "maja"] {
        for words in [
            vec!["folders"],
            vec!["messages", "INBOX"],
            vec!["threads", "INBOX"],
            vec!["sync", "--once"],
            vec!["sync", "--watch"],
            vec!["import", "INBOX", &file],
            vec!["send", &file],
            vec!["move", "Archive", "1"],
        ] {
            let mut all = words.clone();
            all.extend(["--account", account]);
            let (code, message) = desk.json(&all).code(1).error();
            assert_eq!(code, "not_found", "{all:?}: {message}");
            assert!(message.contains("account"), "{all:?}: {message}");
        }
    }
}

#[test]
fn a_cursor_of_somebody_else_is_refused() {
    let (_dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("c", 3)));
    for words in [["messages", "INBOX"], ["threads", "INBOX"], ["search", "*"]] {
        for cursor in ["nonsense", "", "1.2.3"] {
            let mut all = words.to_vec();
            all.extend(["--after", cursor]);
            let (code, _) = desk.json(&all).code(2).error();
            assert_eq!(
                code, "usage",
                "a list must not silently begin anew: {all:?}"
            );
        }
    }
}

#[test]
fn an_empty_variable_is_an_unset_one() {
    let desk = Desk::new();
    let mut command = desk.command();
    command.env("KONTOR_PROFILE", "").args(["--json", "status"]);
    let status = said(&mut command, b"").ok().one();
    let path = status["store"]["path"].as_str().unwrap();
    let own = desk.path("data/kontor/profile/store.db");
    assert!(
        own.ends_with(path.trim_start_matches('/'))
            || path.ends_with("data/kontor/profile/store.db"),
        "the app's own profile: {path}"
    );
}

#[test]
fn a_damaged_store_is_told_by_the_doctor_too() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.profile()).unwrap();
    std::fs::write(
        desk.profile().join("store.db"),
        b"not a database ".repeat(999),
    )
    .unwrap();
    assert_eq!(desk.json(&["status"]).code(1).error().0, "store");
    let ill = desk.json(&["doctor"]).code(1).one();
    let store = &ill["findings"][0];
    assert_eq!(
        (&ill["ok"], &store["what"]),
        (&false.into(), &"store".into())
    );
    assert!(
        store["advice"].as_str().unwrap().contains("store.db"),
        "what to do: {ill}"
    );
}

#[test]
fn a_writer_elsewhere_is_waited_for() {
    let (_dovecot, desk) = Desk::synced(Dovecot::builder().mails(MAJA, letters("w", 2)));
    let store = rusqlite::Connection::open(desk.profile().join("store.db")).unwrap();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    let reading = desk.json(&["messages", "INBOX"]).ok().lines();
    assert_eq!(reading.len(), 2, "who reads waits for nobody");
    let mut child = desk
        .command()
        .args(["--json", "flag", "mid:w-1@example.org"])
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    while begun.elapsed() < std::time::Duration::from_secs(3) {
        assert!(child.try_wait().unwrap().is_none(), "it waits");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    store.execute_batch("COMMIT").unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}
