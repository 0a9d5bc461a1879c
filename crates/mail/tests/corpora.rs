//! Threads and mbox against published data. Runs where the corpora are found; says so where they are not.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test tells what it did not run, and stops at what is not there"
)]

use std::fs;
use std::path::PathBuf;

use kontor_mail::mbox;
use kontor_mail::threads::{Entry, Merge, Node, threads};
use kontor_model::Millis;
use serde_json::Value;

fn corpora(kind: &str) -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the corpora lie is a setting of the test run"
    )]
    let set = std::env::var("KONTOR_CORPORA").ok();
    let root = set.map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../../shared/corpora"
            ))
        },
        PathBuf::from,
    );
    let dir = root.join(kind);
    if dir.is_dir() {
        return Some(dir);
    }
    println!(
        "NOT RUN: no corpora at {} (set KONTOR_CORPORA)",
        dir.display()
    );
    None
}

fn entry(raw: &[u8], received: Option<Millis>) -> Entry {
    let envelope = kontor_mime::headers(raw);
    Entry {
        id: envelope.message_id,
        references: envelope.references,
        in_reply_to: envelope.in_reply_to,
        subject: envelope.subject,
        date: envelope.date.or(received).unwrap_or_default(),
    }
}

/// As IMAP prints them, without spaces: `(1 2)` and `((1)(2))`.
fn print(nodes: &[Node]) -> String {
    let inner = |node: &Node| {
        let own = node
            .entry
            .map(|n| n.saturating_add(1).to_string())
            .unwrap_or_default();
        match node.children.as_slice() {
            [] => own,
            [only] => format!(
                "{own} {}",
                print(std::slice::from_ref(only))
                    .trim_start_matches('(')
                    .trim_end_matches(')')
            ),
            many => format!("{own} {}", print(many)).trim_start().to_owned(),
        }
    };
    nodes.iter().map(|n| format!("({})", inner(n))).collect()
}

#[test]
fn imaptest_scripts() {
    let Some(dir) = corpora("threading/imaptest") else {
        return;
    };
    let mut judged = 0;
    for script in ["thread", "thread2", "thread4", "thread6"] {
        let text = fs::read_to_string(dir.join(script)).unwrap();
        let want = text
            .lines()
            .find_map(|l| {
                l.to_lowercase()
                    .strip_prefix("* thread ")
                    .map(str::to_owned)
            })
            .unwrap();
        let mails = mbox::Reader::new(
            fs::read(dir.join(script).with_extension("mbox"))
                .unwrap()
                .as_slice(),
        )
        .map(|m| m.map(|m| entry(&m.raw, m.received)))
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
        assert_eq!(print(&threads(&mails, Merge::Subjects)), want, "{script}");
        judged += 1;
    }
    assert_eq!(judged, 4, "every script with a REFERENCES answer is judged");
}

fn by_id(node: &Node, entries: &[Entry]) -> Value {
    let id = node
        .entry
        .and_then(|n| entries[n].id.clone())
        .map_or(Value::Null, |id| Value::String(format!("<{id}>")));
    Value::Array(
        std::iter::once(id)
            .chain(node.children.iter().map(|c| by_id(c, entries)))
            .collect(),
    )
}

#[test]
fn notmuch_list_as_a_server_threads_it() {
    let Some(dir) = corpora("threading/notmuch") else {
        return;
    };
    let oracle: Value =
        serde_json::from_slice(&fs::read(dir.join("dovecot-thread.json")).unwrap()).unwrap();
    let mut files = Vec::new();
    let mut open = vec![dir.join("default")];
    while let Some(at) = open.pop() {
        for item in fs::read_dir(at).unwrap().map(|i| i.unwrap().path()) {
            if item.is_dir() {
                open.push(item);
            } else {
                files.push(item);
            }
        }
    }
    files.sort();
    let mut entries: Vec<Entry> = files
        .iter()
        .map(|f| entry(&fs::read(f).unwrap(), None))
        .collect();
    let known = oracle["REFERENCES"].to_string();
    // The oracle was made from the messages whose id it names; copies in other folders were not in that mailbox.
    let mut seen = std::collections::BTreeSet::new();
    entries.retain(|e| {
        e.id.as_ref()
            .is_some_and(|id| known.contains(id.as_str()) && seen.insert(id.clone()))
    });
    for (name, merge) in [("REFERENCES", Merge::Subjects), ("REFS", Merge::Ids)] {
        let mut got: Vec<String> = threads(&entries, merge)
            .iter()
            .map(|n| by_id(n, &entries).to_string())
            .collect();
        let mut want: Vec<String> = oracle[name]
            .as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect();
        got.sort();
        want.sort();
        let odd: Vec<&String> = want.iter().filter(|w| !got.contains(w)).collect();
        println!(
            "{name}: {} of {} trees equal; differing: {odd:#?}",
            want.len() - odd.len(),
            want.len()
        );
        if name == "REFERENCES" {
            assert_eq!(
                odd.len(),
                0,
                "trees differ, ours: {:#?}",
                got.iter().filter(|g| !want.contains(g)).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn mboxes_split_into_the_messages_beside_them() {
    let Some(dir) = corpora("mbox") else { return };
    let read = |path: &str| -> Vec<Vec<u8>> {
        mbox::Reader::new(fs::read(dir.join(path)).unwrap().as_slice())
            .map(|m| m.unwrap().raw)
            .collect()
    };
    let mails = read("mime4j/test-1/mbox.rlug");
    assert_eq!(mails.len(), 5);
    for (n, mail) in mails.iter().enumerate() {
        // The files beside the mbox keep the blank line that ends a message in an mbox (RFC 4155 counts it to the mbox).
        let mut want = fs::read(dir.join(format!("mime4j/test-1/mbox.rlug-{n}"))).unwrap();
        assert_eq!(want.pop(), Some(b'\n'));
        assert_eq!(*mail, want, "message {n}");
    }
    assert_eq!(read("sisimai/mbox-0").len(), 37);
    for file in ["mbox_mboxrd", "mbox_modern", "mbox_unquoted"] {
        assert_eq!(read(&format!("comm-central/{file}")).len(), 2, "{file}");
    }
}
