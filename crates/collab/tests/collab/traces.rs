//! Recorded editing sessions of people, replayed as edits of a note to the exact final text.
//!
//! The recordings are not part of the project; without them these tests say so and pass.

use std::io::Read as _;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use rstest::rstest;
use serde::Deserialize;

use crate::support::{Place, at, customer, splice};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Trace {
    end_content: String,
    txns: Vec<Txn>,
}

#[derive(Deserialize)]
struct Txn {
    patches: Vec<(usize, usize, String)>,
}

fn corpora() -> PathBuf {
    std::env::var_os("KONTOR_CORPORA").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../../shared/corpora"
            ))
        },
        PathBuf::from,
    )
}

fn trace(name: &str) -> Option<Trace> {
    let path = corpora().join("crdt/editing-traces").join(name);
    let Ok(file) = std::fs::File::open(&path) else {
        println!("not run: there is no {}", path.display());
        return None;
    };
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// All edits of a recording, many a transaction, read again by another process now and then.
async fn check(name: &str, limit: usize) {
    let Some(trace) = trace(name) else { return };
    let patches: Vec<_> = trace.txns.into_iter().flat_map(|t| t.patches).collect();
    let whole = patches.len() <= limit;
    let mut model: Vec<char> = Vec::new();
    let mut p = Place::new(1);
    let begun = std::time::Instant::now();
    for (n, part) in patches[..patches.len().min(limit)].chunks(512).enumerate() {
        let edit = |(at, delete, insert): &(usize, usize, String)| splice(*at, *delete, insert);
        let edits = part.iter().map(edit).collect();
        for (at, delete, insert) in part {
            model.splice(*at..at + delete, insert.chars());
        }
        let done = p
            .collab
            .edit_note_all(&customer(1), edits, at(1))
            .await
            .unwrap();
        assert!(done.iter().all(Result::is_ok));
        if n % 8 == 7 {
            p.collab = p.other_process();
        }
    }
    println!(
        "{name}: {} edits in {:?}",
        patches.len().min(limit),
        begun.elapsed()
    );
    let text: String = model.into_iter().collect();
    assert_eq!(p.text(1), text);
    if whole {
        assert_eq!(text, trace.end_content);
    }
}

#[rstest]
#[case::svelte_component("sequential_traces/sveltecomponent.json.gz")]
#[case::friends_forever("sequential_traces/friendsforever_flat.json.gz")]
#[tokio::test]
async fn recordings_come_to_their_final_text(#[case] name: &str) {
    check(name, 3000).await;
}

/// All recordings to their ends: minutes when unoptimised.
#[rstest]
#[case::svelte_component("sequential_traces/sveltecomponent.json.gz")]
#[case::friends_forever("sequential_traces/friendsforever_flat.json.gz")]
#[case::blog_post("sequential_traces/json-crdt-blog-post.json.gz")]
#[case::rust_code("sequential_traces/rustcode.json.gz")]
#[case::paper("sequential_traces/automerge-paper.json.gz")]
#[tokio::test]
#[ignore = "minutes when unoptimised"]
async fn whole_recordings_come_to_their_final_text(#[case] name: &str) {
    check(name, usize::MAX).await;
}
