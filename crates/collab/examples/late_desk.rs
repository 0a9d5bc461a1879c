//! A new desk of an old organisation: how long until it has everything, in a real profile.
//!
//! ```text
//! late_desk http://HOST:PORT EMAIL PASSWORD snapshot|events
//! ```
//! Prints one JSON object. `server/examples/team_load` fills the organisation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "a measuring tool: it stops where something is wrong"
)]

use std::time::Instant;

use jiff::Timestamp;
use kontor_collab::{Collab, Desk, NewTeam, connect};
use kontor_protocol::{ClientFrame, ServerFrame, SignedIn};
use kontor_store::Store;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let signed_in = sign_in(&words[0], &words[1], &words[2]).await;
    let dir = tempfile::tempdir().unwrap();
    let collab = Collab::open(Store::open(dir.path()).unwrap());
    let team = NewTeam {
        server: words[0].clone(),
        org: signed_in.org,
        name: signed_in.organisation.name.clone(),
        thread_key: signed_in.organisation.thread_key.clone(),
        member: signed_in.member,
        device: signed_in.device,
    };
    collab.join(team, Timestamp::now()).await.unwrap();

    let started = Instant::now();
    let mut desk = Desk::new(collab.clone());
    let mut line = connect(&words[0], None).await.expect("the server listens");
    let mut hello = desk.hello(&signed_in.token).unwrap();
    if let ClientFrame::Hello(hello) = &mut hello
        && words[3] == "events"
    {
        hello.snapshot = None;
    }
    line.send(hello).await.unwrap();
    let (mut operations, mut pages, mut head) = (0, 0, 0);
    while head == 0 || collab.team().unwrap().unwrap().cursor < head {
        let frame = line.next().await.unwrap().expect("the line holds");
        pages += u64::from(matches!(frame, ServerFrame::Snapshot(_)));
        let taken = desk.take(frame, Timestamp::now()).await.unwrap();
        operations += taken.events;
        head = taken.welcome.map_or(head, |welcome| welcome.head);
    }
    let seconds = started.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(collab.store().path()).map_or(0, |file| file.len());
    let notes = collab.notes().unwrap().len();
    let answer = json!({ "head": head, "snapshot_pages": pages, "operations_stored": operations, "notes": notes,
                         "profile_bytes": bytes, "seconds": seconds });
    println!("{answer}");
}

/// One request is not worth an HTTP client.
async fn sign_in(url: &str, email: &str, password: &str) -> SignedIn {
    let address = url.strip_prefix("http://").expect("http://HOST:PORT");
    let body = json!({ "email": email, "password": password, "device": "late" }).to_string();
    let request = format!(
        "POST /api/v1/login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut tcp = TcpStream::connect(address)
        .await
        .expect("the server listens");
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    let json = answer.split("\r\n\r\n").nth(1).expect("an answer");
    serde_json::from_str(json).expect("the pair is right")
}
