//! Recorded and expected answers of real servers (corpora/imap) are read: nothing panics, and what is passed over is what
//! we never ask for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kontor_mail_imap::survey;

/// `KONTOR_CORPORA`, else the folder beside the workspace's; `None`, said aloud, where neither is there.
fn corpus(kind: &str) -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "where third-party test data lies is a matter of the environment"
    )]
    let named = std::env::var("KONTOR_CORPORA").ok();
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let root = named.map_or_else(beside, PathBuf::from).join(kind);
    if root.is_dir() {
        return Some(root);
    }
    #[expect(clippy::print_stderr, reason = "a test that was not run must say so")]
    {
        eprintln!("corpus test not run: {} is not there", root.display());
    }
    None
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_none_or(|e| e == "txt") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The word an answer is about, for counting.
fn word(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer)
        .split_ascii_whitespace()
        .find(|w| *w != "*" && !w.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or_default()
        .to_ascii_uppercase()
}

#[test]
fn recorded_answers_are_read() {
    let Some(root) = corpus("imap/MailKit") else {
        return;
    };
    let (mut understood, mut passed_over) = (0usize, BTreeMap::<String, usize>::new());
    for file in files(&root) {
        // They were stored with bare line feeds; the sizes of literals still count both.
        let raw = std::fs::read_to_string(&file)
            .expect("a file of the corpus")
            .replace("\r\n", "\n")
            .replace('\n', "\r\n");
        let seen = survey(raw.as_bytes());
        understood += seen.understood;
        for answer in &seen.passed_over {
            *passed_over.entry(word(answer)).or_default() += 1;
        }
    }
    let never_asked_for = [
        "NAMESPACE",
        "SORT",
        "THREAD",
        "METADATA",
        "ACL",
        "QUOTA",
        "QUOTAROOT",
        "LANGUAGE",
        "COMPARATOR",
    ];
    passed_over.retain(|word, _| !never_asked_for.contains(&word.as_str()));
    let odd: usize = passed_over.values().sum();
    assert!(understood > 200, "only {understood} answers were found");
    assert!(
        odd * 100 <= understood,
        "{understood} were read, but not {passed_over:?}"
    );
}

/// Puts something of its kind in the place of each variable: `$uid1` is a number, `$sep` a string, `$$word` is `$word`.
fn fill(line: &str) -> String {
    let mut filled = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('$') {
        filled.push_str(before);
        if let Some(word) = after.strip_prefix('$') {
            filled.push('$');
            rest = word;
            continue;
        }
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '!' | '_' | '{' | '}');
        let end = after.find(|c| !name(c)).unwrap_or(after.len());
        let (variable, tail) = after.split_at(end);
        let number = ["uid", "size", "modseq", "1", "2", "3", "4"]
            .iter()
            .any(|n| variable.trim_start_matches('{').starts_with(n));
        filled.push_str(if number { "7" } else { "\"x\"" });
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[test]
fn expected_answers_are_read() {
    let Some(root) = corpus("imap/imaptest") else {
        return;
    };
    let (mut understood, mut passed_over) = (0usize, BTreeMap::<String, usize>::new());
    for file in files(&root) {
        let script = std::fs::read(&file).expect("a file of the corpus");
        for line in script
            .split(|b| *b == b'\n')
            .filter(|l| l.starts_with(b"* "))
        {
            // A literal is spelled out on the next lines between braces of its own.
            let line = String::from_utf8_lossy(line);
            if line.contains("{{{") {
                continue;
            }
            let filled = fill(line.trim_end());
            let seen = survey(format!("{filled}\r\n").as_bytes());
            understood += seen.understood;
            for answer in &seen.passed_over {
                *passed_over.entry(word(answer)).or_default() += 1;
            }
        }
    }
    let never_asked_for = [
        "NAMESPACE",
        "SORT",
        "THREAD",
        "METADATA",
        "GENURLAUTH",
        "URLFETCH",
        "LSUB",
    ];
    passed_over.retain(|word, _| !never_asked_for.contains(&word.as_str()));
    let odd: usize = passed_over.values().sum();
    assert!(understood > 200, "only {understood} answers were found");
    assert!(
        odd * 100 <= understood,
        "{understood} were read, but not {passed_over:?}"
    );
}
