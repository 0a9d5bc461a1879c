//! The keychain file, from outside.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "the functions around the tests are tests too"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::thread;

use kontor_auth::{Keychain, KeychainError, Secret};
use rstest::rstest;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn expose(secret: Option<Secret>) -> Option<String> {
    secret.map(|s| s.expose().to_owned())
}

#[test]
fn keeps_replaces_and_forgets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/keys.json");
    let keychain = Keychain::File(path.clone());
    assert_eq!(
        expose(keychain.get("a").unwrap()),
        None,
        "no file, no secret, no error"
    );
    keychain.set("a", &Secret::new("geslo č\"\\\n🔑")).unwrap();
    keychain.set("b", &Secret::new("two")).unwrap();
    keychain.set("b", &Secret::new("three")).unwrap();
    assert_eq!(
        expose(keychain.get("a").unwrap()).as_deref(),
        Some("geslo č\"\\\n🔑"),
        "every character survives"
    );
    assert_eq!(
        expose(keychain.get("b").unwrap()).as_deref(),
        Some("three"),
        "the later one replaces"
    );
    assert_eq!(mode(&path), 0o600, "only the owner may read it");
    assert_eq!(
        mode(path.parent().unwrap()),
        0o700,
        "a folder made for it is private too"
    );
    keychain.delete("b").unwrap();
    keychain.delete("b").unwrap();
    assert_eq!(
        expose(keychain.get("b").unwrap()),
        None,
        "forgotten; twice is no error"
    );
    assert!(expose(keychain.get("a").unwrap()).is_some(), "others stay");
    assert!(
        !path.with_extension("json.new").exists(),
        "nothing half-written stays behind"
    );
}

#[rstest]
#[case::group_may_read(0o640)]
#[case::world_may_read(0o604)]
#[case::group_may_write(0o620)]
fn wide_permissions_are_refused(#[case] wide: u32) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let keychain = Keychain::File(path.clone());
    keychain.set("a", &Secret::new("one")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(wide)).unwrap();
    for result in [
        keychain.get("a").map(|_| ()),
        keychain.set("a", &Secret::new("two")),
        keychain.delete("a"),
    ] {
        let Err(KeychainError::Denied(text)) = result else {
            panic!("{result:?}: others may use the file, so neither reading nor writing is safe")
        };
        assert!(
            text.contains("chmod 600"),
            "the sentence says what to do: {text}"
        );
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(
        expose(keychain.get("a").unwrap()).as_deref(),
        Some("one"),
        "nothing was changed meanwhile"
    );
}

#[rstest]
#[case::cut("{\"a\": \"geslo")]
#[case::not_an_object("[\"geslo\"]")]
#[case::not_a_text("{\"a\": 17}")]
fn a_damaged_file_is_neither_used_nor_overwritten(#[case] text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let keychain = Keychain::File(path.clone());
    for result in [
        keychain.get("a").map(|_| ()),
        keychain.set("b", &Secret::new("x")),
    ] {
        let Err(KeychainError::Broken(why)) = result else {
            panic!("{result:?}: must be called broken")
        };
        assert!(
            !why.contains("geslo"),
            "a secret must not leak into an error: {why}"
        );
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        text,
        "what a person may still rescue stays"
    );
}

#[test]
fn a_link_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (
        folder.path().join("real.json"),
        folder.path().join("link.json"),
    );
    Keychain::File(real.clone())
        .set("a", &Secret::new("one"))
        .unwrap();
    symlink(&real, &link).unwrap();
    Keychain::File(link.clone())
        .set("a", &Secret::new("two"))
        .unwrap();
    assert!(
        fs::symlink_metadata(&link).unwrap().is_symlink(),
        "the link was not replaced by a file"
    );
    assert_eq!(
        expose(Keychain::File(real).get("a").unwrap()).as_deref(),
        Some("two"),
        "its target was"
    );
}

#[test]
fn what_a_crash_left_behind_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    fs::write(folder.path().join("keys.json.new"), "{\"a\": \"half").unwrap();
    let keychain = Keychain::File(path.clone());
    keychain.set("a", &Secret::new("one")).unwrap();
    assert_eq!(
        expose(keychain.get("a").unwrap()).as_deref(),
        Some("one"),
        "the leftover was not read"
    );
    assert_eq!(
        mode(&path),
        0o600,
        "the leftover's permissions were not inherited"
    );
}

#[test]
fn writers_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = Keychain::File(folder.path().join("keys.json"));
    thread::scope(|scope| {
        for writer in 0..8 {
            let keychain = &keychain;
            scope.spawn(move || {
                for n in 0..10 {
                    keychain
                        .set(&format!("{writer}.{n}"), &Secret::new("x"))
                        .unwrap();
                }
            });
        }
    });
    let lost = (0..8)
        .flat_map(|w| (0..10).map(move |n| format!("{w}.{n}")))
        .filter(|key| keychain.get(key).unwrap().is_none())
        .count();
    assert_eq!(
        lost, 0,
        "each handle takes the lock by itself, like a process: no write undoes another"
    );
}
