//! Replays recordings of people writing with yrs, automerge and bare Loro: `kontor-peers-crdt NAME TRACE.json.gz…`.
//! Prints one JSON object a recording. An edit is a transaction of its own, as one keystroke is; nothing is stored.

use std::io::Read as _;
use std::time::Instant;

use automerge::transaction::Transactable as _;
use automerge::{AutoCommit, ObjType, ROOT, ReadDoc as _};
use flate2::read::GzDecoder;
use serde::Deserialize;
use yrs::{GetString as _, OffsetKind, Options, Text as _, Transact as _};

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

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    for file in &words[1..] {
        let mut text = String::new();
        let open = std::fs::File::open(file).expect("the recording is there");
        GzDecoder::new(open)
            .read_to_string(&mut text)
            .expect("it is gzip");
        let trace: Trace = serde_json::from_str(&text).expect("it is a recording");
        let edits: Vec<_> = trace.txns.into_iter().flat_map(|txn| txn.patches).collect();
        let begun = Instant::now();
        let end = match words[0].as_str() {
            "yrs" => yrs(&edits),
            "automerge" => automerge(&edits),
            "loro" => loro(&edits),
            other => panic!("no CRDT is called {other} here"),
        };
        println!(
            "{}",
            serde_json::json!({
                "edits": edits.len(),
                "seconds": begun.elapsed().as_secs_f64(),
                "exact": end == trace.end_content,
            })
        );
    }
}

type Edit = (usize, usize, String);

/// yrs counts bytes or UTF-16, the recordings count characters.
fn yrs(edits: &[Edit]) -> String {
    let options = Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::default()
    };
    let document = yrs::Doc::with_options(options);
    let text = document.get_or_insert_text("note");
    let mut shadow: Vec<u16> = Vec::new();
    let ascii = edits.iter().all(|(_, _, insert)| insert.is_ascii());
    for (at, delete, insert) in edits {
        let (at, delete) = if ascii {
            (*at, *delete)
        } else {
            units(&mut shadow, *at, *delete, insert)
        };
        let mut change = document.transact_mut();
        if delete > 0 {
            text.remove_range(&mut change, at as u32, delete as u32);
        }
        if !insert.is_empty() {
            text.insert(&mut change, at as u32, insert);
        }
    }
    text.get_string(&document.transact())
}

/// The same splice in UTF-16 units; `widths` holds how many each character has.
fn units(widths: &mut Vec<u16>, at: usize, delete: usize, insert: &str) -> (usize, usize) {
    let sum = |part: &[u16]| part.iter().map(|w| usize::from(*w)).sum();
    let answer = (sum(&widths[..at]), sum(&widths[at..at + delete]));
    let new = insert.chars().map(|c| c.len_utf16() as u16);
    widths.splice(at..at + delete, new);
    answer
}

fn automerge(edits: &[Edit]) -> String {
    let mut document = AutoCommit::new();
    let text = document
        .put_object(ROOT, "note", ObjType::Text)
        .expect("a text");
    for (at, delete, insert) in edits {
        document
            .splice_text(&text, *at, *delete as isize, insert)
            .expect("a recorded edit fits");
        document.commit();
    }
    document.text(&text).expect("the text")
}

fn loro(edits: &[Edit]) -> String {
    let document = loro::LoroDoc::new();
    let text = document.get_text("note");
    for (at, delete, insert) in edits {
        text.splice(*at, *delete, insert)
            .expect("a recorded edit fits");
        document.commit();
    }
    text.to_string()
}
