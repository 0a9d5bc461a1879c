//! The real keychain of the operating system: a private D-Bus session with a private gnome-keyring, no part of which
//! touches the keyring of whoever runs the tests.
//!
//! The test starts itself a second time inside such a session; that inner run does the work.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "the functions around the tests are tests too"
)]

use std::path::Path;
use std::process::{Command, Output};

use kontor_auth::{Keychain, KeychainError, Secret};

/// A keyring of its own, open. The daemon ends with its bus, so nothing is left when dbus-run-session returns.
const UNLOCKED: &str = "printf 'test\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec \"$@\"";

/// Runs the named (ignored) test of this file by `sh -c SCRIPT`, which must end in `exec "$@"`.
fn inside(home: &Path, launcher: &[&str], script: &str, test: &str) -> Output {
    let mut command = Command::new(launcher[0]);
    command
        .args(&launcher[1..])
        .args(["sh", "-c", script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", home);
    for dir in [
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_RUNTIME_DIR",
    ] {
        command.env(dir, home);
    }
    command.output().unwrap()
}

fn installed(program: &str) -> bool {
    ["/usr/local/bin", "/usr/bin", "/bin"]
        .iter()
        .any(|dir| Path::new(dir).join(program).exists())
}

#[track_caller]
fn assert_passed(output: &Output) {
    let text = format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.status.success() && text.contains("1 passed"),
        "the run inside the session failed:\n{text}"
    );
}

#[test]
fn the_secret_service_keeps_passwords() {
    let missing: Vec<&str> = ["dbus-run-session", "gnome-keyring-daemon"]
        .into_iter()
        .filter(|p| !installed(p))
        .collect();
    if !missing.is_empty() {
        eprintln!(
            "NOT RUN: the OS keychain test needs {missing:?}; on Debian: apt install dbus gnome-keyring"
        );
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let output = inside(
        home.path(),
        &["dbus-run-session", "--"],
        UNLOCKED,
        "inner_round_trip",
    );
    assert_passed(&output);
}

#[test]
fn a_locked_keyring_is_said_to_be_locked() {
    if !installed("dbus-run-session")
        || !installed("gnome-keyring-daemon")
        || !installed("dbus-send")
    {
        eprintln!(
            "NOT RUN: the locked keyring test needs dbus and gnome-keyring; on Debian: apt install both"
        );
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let output = inside(
        home.path(),
        &["dbus-run-session", "--"],
        UNLOCKED,
        "inner_locked",
    );
    assert_passed(&output);
}

#[test]
fn without_a_bus_the_person_hears_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let output = inside(home.path(), &["env"], "exec \"$@\"", "inner_no_keychain");
    assert_passed(&output);
}

#[test]
#[ignore = "runs only inside the private session"]
fn inner_round_trip() {
    let keychain = Keychain::Os;
    let read = |key: &str| keychain.get(key).unwrap().map(|s| s.expose().to_owned());
    assert_eq!(read("a"), None, "a fresh keyring holds nothing");
    keychain.set("a", &Secret::new("geslo č 🔑")).unwrap();
    keychain.set("b", &Secret::new("other")).unwrap();
    keychain.set("a", &Secret::new("novo č 🔑")).unwrap();
    assert_eq!(
        read("a").as_deref(),
        Some("novo č 🔑"),
        "the later one replaces, every character survives"
    );
    keychain.delete("a").unwrap();
    keychain.delete("a").unwrap();
    assert_eq!(read("a"), None, "forgotten; twice is no error");
    assert_eq!(read("b").as_deref(), Some("other"), "others stay");
}

#[test]
#[ignore = "runs only inside the private session"]
fn inner_locked() {
    Keychain::Os.set("a", &Secret::new("one")).unwrap();
    let locked = Command::new("dbus-send")
        .args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
        ])
        .args([
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/aliases/default",
        ])
        .output()
        .unwrap();
    assert!(
        locked.status.success(),
        "the keyring could not be locked: {locked:?}"
    );
    // No display, so the keyring's own prompt is refused at once, as when a person closes it.
    for result in [
        Keychain::Os.get("a").map(|_| ()),
        Keychain::Os.set("a", &Secret::new("x")),
    ] {
        let Err(error @ KeychainError::Locked(_)) = result else {
            panic!("{result:?}: the keyring is locked")
        };
        assert!(
            error.to_string().contains("unlock your keyring"),
            "the sentence says what to do: {error}"
        );
    }
}

#[test]
#[ignore = "runs only inside the private session"]
fn inner_no_keychain() {
    for result in [
        Keychain::Os.get("a").map(|_| ()),
        Keychain::Os.set("a", &Secret::new("x")),
    ] {
        let Err(error @ KeychainError::NoKeychain(_)) = result else {
            panic!("{result:?}: there is no bus")
        };
        let text = error.to_string();
        assert!(
            text.contains("KONTOR_KEYCHAIN=file:"),
            "the sentence says what to do: {text}"
        );
    }
}
