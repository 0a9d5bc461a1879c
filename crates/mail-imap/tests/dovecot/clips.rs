//! The paper clip of an envelope is the one the whole message will have.

use super::*;
use kontor_testkit::Mail;
use std::path::{Path, PathBuf};

/// `KONTOR_CORPORA`, else the folder beside the workspace's; empty, said aloud, where neither is there.
fn corpus() -> Vec<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "where third-party test data lies is a matter of the environment"
    )]
    let named = std::env::var("KONTOR_CORPORA").ok();
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let root = named.map_or_else(beside, PathBuf::from).join("mime");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "eml" || e == "msg") {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        #[expect(clippy::print_stderr, reason = "a test that was not run must say so")]
        {
            eprintln!("corpus test not run: {} is not there", root.display());
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn envelopes_foretell_attachments() {
    let files = corpus();
    let mails: Vec<Mail> = files
        .iter()
        .filter_map(|f| std::fs::read(f).ok())
        .map(Mail::new)
        .collect();
    if mails.is_empty() {
        return;
    }
    let dovecot = server(Profile::Full)
        .mails(USER, mails)
        .start()
        .expect("a server");
    let mut provider = connect(&dovecot).await;
    let uids: Vec<u32> = (1..=u32::try_from(files.len()).expect("a small corpus")).collect();
    let envelopes = fetch(&mut provider, "INBOX", &uids, Depth::Envelope).await;
    let bodies = fetch(&mut provider, "INBOX", &uids, Depth::Full).await;
    assert_eq!(
        (envelopes.len(), bodies.len()),
        (files.len(), files.len()),
        "all of them come"
    );
    let mut wrong = Vec::new();
    for (envelope, body) in envelopes.iter().zip(&bodies) {
        let Content::Envelope {
            has_attachment: Some(foretold),
            ..
        } = &envelope.content
        else {
            continue;
        };
        if *foretold != kontor_mime::digest(raw(body)).has_attachment {
            wrong.push(
                files
                    .get(body.uid as usize - 1)
                    .map(|f| f.file_name().unwrap_or_default().to_owned()),
            );
        }
    }
    assert!(
        wrong.len() * 50 <= files.len(),
        "{} of {} differ: {wrong:?}",
        wrong.len(),
        files.len()
    );
}
