//! How fast notes replay and conflicts are settled, for `cargo xtask bench notes`.
//!
//! ```text
//! note_speed replay TRACE.json.gz…     recordings of people writing, as edits of a note, to the exact final text
//! note_speed conflicts COUNT           two desks disagree about so many fields; each is found and each is settled
//! ```
//! Prints one JSON object a line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    reason = "a measuring tool: it stops where something is wrong"
)]

#[allow(
    dead_code,
    reason = "the tests' desks and their server; not all of it is used here"
)]
#[path = "../tests/collab/support.rs"]
mod support;

use std::io::Read as _;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use kontor_collab::Choice;
use serde::Deserialize;
use serde_json::json;

use support::{Order, Place, at, customer, splice};

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

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words[0].as_str() {
        "replay" => {
            for file in &words[1..] {
                replay(file).await;
            }
        }
        "conflicts" => conflicts(words[1].parse().expect("a number")).await,
        other => panic!("no mode {other}"),
    }
}

/// Every edit is an operation in the store; 512 of them a durable transaction, as a fast typist's desk would.
async fn replay(file: &str) {
    let mut text = String::new();
    let open = std::fs::File::open(file).expect("the recording is there");
    GzDecoder::new(open).read_to_string(&mut text).unwrap();
    let trace: Trace = serde_json::from_str(&text).unwrap();
    let edits: Vec<_> = trace
        .txns
        .iter()
        .flat_map(|txn| &txn.patches)
        .map(|(at, delete, insert)| splice(*at, *delete, insert))
        .collect();
    let (place, note) = (Place::new(1), customer(1));
    let begun = Instant::now();
    for part in edits.chunks(512) {
        let done = place.collab.edit_note_all(&note, part.to_vec(), at(1));
        assert!(done.await.unwrap().iter().all(Result::is_ok));
    }
    let seconds = begun.elapsed().as_secs_f64();
    let exact = place.text(1) == trace.end_content;
    println!(
        "{}",
        json!({ "edits": edits.len(), "seconds": seconds, "exact": exact })
    );
}

async fn conflicts(count: u32) {
    let mut order = Order::new();
    let (ana, bor) = (
        Place::joined(1, &order).await,
        Place::joined(2, &order).await,
    );
    for (place, limit) in [(&ana, "8000"), (&bor, "6000")] {
        for n in 0..count {
            let (subject, limit) = (customer(n), Some(limit.to_owned()));
            let set = place
                .collab
                .set_field(&subject, "credit_limit", limit, at(1));
            set.await.unwrap();
        }
    }
    bor.sync(&mut order).await;
    // Ana hears of Bor's, and her own are set against them: each becomes a question.
    let begun = Instant::now();
    ana.sync(&mut order).await;
    let found = begun.elapsed();
    let open = ana.collab.conflicts().unwrap();
    let asked = usize::try_from(count).unwrap();
    assert_eq!(open.len(), asked, "all of them are asked");
    let mut took = Vec::new();
    for conflict in open {
        let begun = Instant::now();
        let settled = ana.collab.resolve(conflict.id, Choice::Mine, at(2));
        settled.await.unwrap();
        took.push(begun.elapsed());
    }
    took.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{}",
        json!({
            "conflicts": count,
            "found_ms_each": ms(found) / f64::from(count),
            "settled_p50_ms": ms(took[took.len() / 2]),
            "settled_p95_ms": ms(took[took.len() * 95 / 100]),
        })
    );
}
