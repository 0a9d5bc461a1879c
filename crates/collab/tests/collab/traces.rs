//! Recorded editing sessions of people, replayed as edits of a note to the exact final text.
//!
//! The recordings are not part of the project; without them these tests say so and pass.

use std::io::Read as _;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use rstest::rstest;
use serde::Deserialize;

use kontor_collab::{Edit, EditProblem, Edited};
use kontor_protocol::{DeviceId, MemberId};
use uuid::Uuid;

use crate::support::{Order, Place, at, customer, member, splice};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Trace {
    end_content: String,
    txns: Vec<Txn>,
}

#[derive(Deserialize)]
struct Txn {
    /// Who; in recordings of one person nobody says.
    #[serde(default)]
    agent: usize,
    /// What they had seen: edits by their place in the list, with everything those had seen.
    #[serde(default)]
    parents: Vec<usize>,
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

/// One of several people who wrote at the same time: a desk, and what the server has told it so far.
struct Writer {
    place: Place,
    order: Order,
    who: MemberId,
    /// Not yet in the note.
    typed: Vec<Edit>,
    /// For each of the person's transactions, how many of their operations there are with it.
    reach: Vec<usize>,
    /// Operations of theirs.
    made: usize,
    /// How many transactions of each person this desk has.
    has: Vec<usize>,
}

impl Writer {
    async fn new(agent: usize, agents: usize) -> Self {
        let n = agent as u128 + 1;
        let order = Order::new();
        let place = Place::joined(n, &order).await;
        Self {
            place,
            order,
            who: member(n),
            typed: Vec::new(),
            reach: Vec::new(),
            made: 0,
            has: vec![0; agents],
        }
    }

    fn types(&mut self, agent: usize, patches: &[(usize, usize, String)]) {
        let edits = patches
            .iter()
            .map(|(at, delete, insert)| splice(*at, *delete, insert));
        self.typed.extend(edits);
        self.made += patches.len();
        self.reach.push(self.made);
        self.has[agent] += 1;
    }

    /// Everything typed is in the note and told.
    async fn settle(&mut self) {
        let edits = std::mem::take(&mut self.typed);
        let asked = edits.len();
        let note = customer(1);
        let done = self.place.collab.edit_note_all(&note, edits, at(1));
        let made = done.await.unwrap();
        let fits =
            |edit: &Result<Edited, EditProblem>| edit.as_ref().is_ok_and(|e| e.op_id.is_some());
        assert_eq!(
            made.iter().filter(|edit| fits(edit)).count(),
            asked,
            "every edit is an operation"
        );
        self.place.sync(&mut self.order).await;
    }

    /// Hears a colleague's transactions up to this one, and not one more.
    async fn hears(&mut self, from: &Self, agent: usize, count: usize) {
        let reached = |n: usize| n.checked_sub(1).map_or(0, |n| from.reach[n]);
        let told = reached(self.has[agent])..reached(count);
        let theirs = from.order.events.iter().filter(|e| e.member == from.who);
        // The first is their arrival, which everybody knows.
        let ops: Vec<_> = theirs.skip(1).map(|e| e.op.clone()).collect();
        for op in &ops[told] {
            self.order
                .append(from.who, DeviceId(Uuid::nil()), op.clone());
        }
        self.has[agent] = count;
        self.place.sync(&mut self.order).await;
    }
}

/// Two people writing into one note at the same time, each having seen what they had seen when it was recorded.
async fn check_together(name: &str, limit: usize) {
    let Some(trace) = trace(name) else { return };
    let whole = trace.txns.len() <= limit;
    let agents = 1 + trace.txns.iter().map(|t| t.agent).max().unwrap();
    let mut writers = Vec::new();
    for agent in 0..agents {
        writers.push(Writer::new(agent, agents).await);
    }
    let begun = std::time::Instant::now();
    // Per transaction: how many of each person's it has seen, itself included.
    let mut seen: Vec<Vec<usize>> = Vec::new();
    for txn in trace.txns.iter().take(limit) {
        let mut sees = vec![0; agents];
        for parent in &txn.parents {
            for (most, had) in sees.iter_mut().zip(&seen[*parent]) {
                *most = (*most).max(*had);
            }
        }
        for agent in 0..agents {
            if agent != txn.agent && sees[agent] > writers[txn.agent].has[agent] {
                writers[txn.agent].settle().await;
                writers[agent].settle().await;
                let [to, from] = writers.get_disjoint_mut([txn.agent, agent]).unwrap();
                to.hears(from, agent, sees[agent]).await;
            }
        }
        writers[txn.agent].types(txn.agent, &txn.patches);
        sees[txn.agent] += 1;
        seen.push(sees);
    }
    for writer in &mut writers {
        writer.settle().await;
    }
    for to in 0..agents {
        for from in (0..agents).filter(|from| *from != to) {
            let count = writers[from].reach.len();
            let [to, from_writer] = writers.get_disjoint_mut([to, from]).unwrap();
            to.hears(from_writer, from, count).await;
        }
    }
    println!(
        "{name}: {} transactions in {:?}",
        seen.len(),
        begun.elapsed()
    );
    let texts: Vec<_> = writers.iter().map(|w| w.place.text(1)).collect();
    assert!(
        texts.iter().all(|text| *text == texts[0]),
        "all desks show the same"
    );
    if whole {
        assert_eq!(texts[0], trace.end_content);
    }
}

const TOGETHER: &str = "concurrent_traces/friendsforever.json.gz";

#[tokio::test]
async fn people_writing_at_once_come_to_one_text() {
    check_together(TOGETHER, 600).await;
}

#[tokio::test]
#[ignore = "minutes when unoptimised"]
async fn people_writing_at_once_come_to_the_recorded_text() {
    check_together(TOGETHER, usize::MAX).await;
}
