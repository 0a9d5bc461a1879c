//! `account add|list|test|remove`: how servers are named, what is verified, what is said when it fails.

use kontor_testkit::{Dovecot, FaultProxy, dovecot::PASSWORD};

use crate::desk::{Desk, Said};
use crate::{MAJA, letters};

fn add(desk: &Desk, words: &[&str], password: &str) -> Said {
    let mut all = vec!["account", "add", MAJA];
    all.extend(words);
    all.push("--password-stdin");
    desk.json_in(&all, format!("{password}\n").as_bytes())
}

fn server() -> Dovecot {
    Dovecot::builder().user(MAJA).start().expect("Dovecot runs")
}

#[test]
fn an_account_is_verified_listed_tested_and_removed() {
    let (dovecot, desk) = Desk::with(Dovecot::builder().mails(MAJA, letters("x", 3)));
    let listed = desk.json(&["account", "list"]).ok().one();
    assert_eq!(listed["email"], MAJA);
    let id = listed["id"].as_str().unwrap();
    assert!(
        desk.json(&["folders"]).ok().lines().is_empty(),
        "adding verifies and saves, it does not sync"
    );
    let status = desk.status();
    let keychain = status["keychain"].as_str().unwrap();
    assert!(
        keychain.contains("keychain.json") && keychain.contains("not encrypted"),
        "a file keychain is said out loud: {keychain}"
    );
    let tested = desk.json(&["account", "test", id]).ok().one();
    assert_eq!(tested["ok"], true, "{tested}");
    let again = desk.json_in(
        &[
            "account",
            "add",
            MAJA,
            "--imap",
            &format!("localhost:{}", dovecot.imaps_port()),
            "--smtp",
            "none",
            "--ca",
            &dovecot.ca_pem().to_string_lossy(),
            "--password-stdin",
        ],
        b"secret\n",
    );
    assert_ne!(again.code, 0, "one account is added once");
    assert!(!again.error().1.is_empty(), "and it is said why");

    desk.json(&["sync", "--once"]).ok();
    assert_eq!(desk.messages("INBOX").len(), 3);
    desk.json(&["account", "remove", id]).ok();
    assert!(desk.json(&["account", "list"]).ok().lines().is_empty());
    assert!(desk.json(&["folders"]).ok().lines().is_empty());
    let everything = desk.json(&["search", "*"]).ok().one();
    assert_eq!(everything["total"], 0, "its mail is gone here");
    let keychain = std::fs::read_to_string(desk.path("keychain.json")).unwrap();
    assert!(!keychain.contains(PASSWORD), "so is its secret: {keychain}");
    desk.json(&["account", "test", id]).code(1);
    desk.json(&["account", "remove", id]).code(1);
    assert_eq!(
        dovecot
            .imap(MAJA)
            .unwrap()
            .text("STATUS INBOX (MESSAGES)")
            .unwrap()
            .trim(),
        "* STATUS INBOX (MESSAGES 3)",
        "the server keeps everything"
    );
}

#[test]
fn a_wrong_password_is_exit_3_and_keeps_nothing() {
    let dovecot = server();
    let desk = Desk::new();
    let imap = format!("localhost:{}", dovecot.imaps_port());
    let said = add(
        &desk,
        &[
            "--imap",
            &imap,
            "--smtp",
            "none",
            "--ca",
            &dovecot.ca_pem().to_string_lossy(),
        ],
        "wrong",
    )
    .code(3);
    assert_eq!(said.error().0, "sign_in");
    assert!(desk.json(&["account", "list"]).ok().lines().is_empty());
    assert!(!desk.path("keychain.json").exists(), "no secret is kept");
}

#[test]
fn a_server_that_is_down_is_exit_4() {
    let mut dovecot = server();
    let desk = Desk::new();
    let (imap, ca) = (
        format!("localhost:{}", dovecot.imaps_port()),
        dovecot.ca_pem(),
    );
    let pem = std::fs::read(ca).unwrap();
    let ca = desk.file("ca.pem", &pem);
    dovecot.kill().unwrap();
    let said = add(
        &desk,
        &["--imap", &imap, "--smtp", "none", "--ca", &ca],
        PASSWORD,
    )
    .code(4);
    assert_eq!(said.error().0, "offline");
    assert!(desk.json(&["account", "list"]).ok().lines().is_empty());
}

#[test]
fn certificates_are_always_verified() {
    let dovecot = server();
    let desk = Desk::new();
    let imap = format!("localhost:{}", dovecot.imaps_port());
    // Nobody the system knows vouches for it.
    let said = add(&desk, &["--imap", &imap, "--smtp", "none"], PASSWORD).code(1);
    assert!(said.error().1.contains("certificate"), "{said:?}");
    // The right certificate under a name it does not have.
    let other = format!("localhost.localdomain:{}", dovecot.imaps_port());
    let ca = dovecot.ca_pem().to_string_lossy().into_owned();
    let said = add(
        &desk,
        &["--imap", &other, "--smtp", "none", "--ca", &ca],
        PASSWORD,
    );
    assert!(
        matches!(said.code, 1 | 4),
        "refused, or no such name here: {said:?}"
    );
    let third = format!("127.0.0.2:{}", dovecot.imaps_port());
    let said = add(
        &desk,
        &["--imap", &third, "--smtp", "none", "--ca", &ca],
        PASSWORD,
    );
    assert_ne!(
        said.code, 0,
        "a name the certificate does not have: {said:?}"
    );
    // Not a certificate at all.
    let junk = desk.file("junk.pem", b"hello");
    let said = add(
        &desk,
        &["--imap", &imap, "--smtp", "none", "--ca", &junk],
        PASSWORD,
    );
    assert_ne!(said.code, 0, "{said:?}");
    assert!(desk.json(&["account", "list"]).ok().lines().is_empty());
}

#[test]
fn a_self_signed_certificate_that_says_ca_is_accepted_when_it_is_the_very_one() {
    let dovecot = Dovecot::builder()
        .user(MAJA)
        .certificate_says_ca()
        .start()
        .unwrap();
    let other = Dovecot::builder()
        .user(MAJA)
        .certificate_says_ca()
        .start()
        .unwrap();
    let desk = Desk::new();
    let imap = format!("localhost:{}", dovecot.imaps_port());
    let foreign = other.ca_pem().to_string_lossy().into_owned();
    add(
        &desk,
        &["--imap", &imap, "--smtp", "none", "--ca", &foreign],
        PASSWORD,
    )
    .code(1);
    desk.add(&dovecot, MAJA);
}

#[test]
fn starttls_by_word_and_never_plain() {
    let dovecot = server();
    let ca = dovecot.ca_pem().to_string_lossy().into_owned();
    let (imap, smtp) = (
        format!("localhost:{}", dovecot.imap_port()),
        format!("localhost:{}", dovecot.submission_port()),
    );
    let desk = Desk::new();
    // Ports that say nothing mean TLS, which this one does not speak.
    let said = add(
        &desk,
        &["--imap", &imap, "--smtp", "none", "--ca", &ca],
        PASSWORD,
    );
    assert_ne!(said.code, 0, "{said:?}");
    let both = [
        "--imap",
        &imap,
        "--smtp",
        &smtp,
        "--security",
        "starttls",
        "--ca",
        &ca,
    ];
    add(&desk, &both, PASSWORD).ok();
    desk.json(&["sync", "--once"]).ok();

    // A network that takes STARTTLS out of the server's words gets no password.
    let desk = Desk::new();
    let proxy = FaultProxy::before(dovecot.imap_port()).unwrap();
    proxy.change(|f| f.replace = vec![("STARTTLS".into(), "XXXXXXXX".into())]);
    let imap = format!("localhost:{}", proxy.port());
    let words = [
        "--imap",
        &imap,
        "--smtp",
        "none",
        "--imap-security",
        "starttls",
        "--ca",
        &ca,
    ];
    add(&desk, &words, PASSWORD).code(1);
}

#[test]
fn each_server_can_be_protected_its_own_way() {
    let dovecot = server();
    let desk = Desk::new();
    let ca = dovecot.ca_pem().to_string_lossy().into_owned();
    let words = [
        "--imap",
        &format!("localhost:{}", dovecot.imap_port()),
        "--smtp",
        &format!("localhost:{}", dovecot.submissions_port()),
        "--imap-security",
        "starttls",
        "--smtp-security",
        "tls",
        "--username",
        MAJA,
        "--name",
        "Maja Hrast",
        "--ca",
        &ca,
    ];
    add(&desk, &words, PASSWORD).ok();
}

#[test]
fn bad_words_are_usage_errors() {
    let desk = Desk::new();
    for (words, why) in [
        (vec!["--imap", "localhost:99999"], "no such port"),
        (
            vec!["--imap", "localhost:993", "--security", "plain"],
            "never plain",
        ),
        (vec!["--imap", ":993"], "no host"),
    ] {
        add(&desk, &words, PASSWORD).code(2);
        assert!(
            desk.json(&["account", "list"]).ok().lines().is_empty(),
            "{why}"
        );
    }
    let said = desk.json_in(
        &[
            "account",
            "add",
            "maja",
            "--imap",
            "localhost:1",
            "--password-stdin",
        ],
        b"x\n",
    );
    assert_eq!(said.code, 2, "not an address: {said:?}");
}

#[test]
fn a_test_tries_both_servers() {
    let dovecot = server();
    let proxy = FaultProxy::before(dovecot.submissions_port()).unwrap();
    let desk = Desk::new();
    let id = desk.add_at(&dovecot, MAJA, dovecot.imaps_port(), proxy.port());
    let well = desk.json(&["account", "test", &id]).ok().one();
    assert_eq!(well["ok"], true, "{well}");
    proxy.refuse().unwrap();
    let said = desk.json(&["account", "test", &id]).code(4);
    assert_eq!(said.error().0, "offline");
    let ill = said.one();
    assert_eq!(ill["ok"], false);
    let lines = ill["tests"].as_array().unwrap();
    for (what, ok) in [("incoming", true), ("outgoing", false), ("push", true)] {
        let line = lines.iter().find(|l| l["what"] == what).unwrap();
        assert_eq!(line["ok"], ok, "{what}: {ill}");
    }
    desk.json(&["sync", "--once"]).ok();
}
