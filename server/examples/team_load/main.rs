//! Many desks against one server, for `cargo xtask bench team`: WebSockets that push, listen, wait or come back.
//!
//! ```text
//! team_load http://HOST:PORT EMAIL PASSWORD ops DESKS OPS-PER-DESK
//! team_load http://HOST:PORT EMAIL PASSWORD fanout DESKS EVENTS-PER-SECOND SECONDS
//! team_load http://HOST:PORT EMAIL PASSWORD typing DESKS KEYS-PER-SECOND SECONDS
//! team_load http://HOST:PORT EMAIL PASSWORD idle DESKS SERVER-PID
//! team_load http://HOST:PORT EMAIL PASSWORD catchup MISSED TIMES
//! team_load http://HOST:PORT EMAIL PASSWORD join
//! team_load http://HOST:PORT EMAIL PASSWORD replay
//! team_load fill DATABASE-FILE EVENTS SUBJECTS
//! team_load fold DATABASE-FILE
//! ```
//! `join` takes a snapshot, `replay` all events: what goes over the line, and how long that takes. `fill` writes real edits
//! and fields into a stopped server's database, `fold` makes its snapshots and says what an event costs.
//! Prints one JSON object. Every desk uses the one token: the server sees so many connections of one member.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    reason = "a measuring tool: it stops where something is wrong"
)]

mod filling;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::stream::{FuturesUnordered, SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use jiff::Timestamp;
use kontor_protocol::{
    Body, ClientFrame, Hello, Op, OpId, ServerFrame, SignedIn, SnapshotPlace, VERSION,
};
use loro::{ExportMode, LoroDoc, VersionVector};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};
use uuid::Uuid;

type Line = WebSocketStream<TcpStream>;

/// Who the desks are.
struct Desks {
    address: String,
    token: String,
    device: String,
}

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let stopped = match words[0].as_str() {
        "fill" => {
            let number = |n: usize| words[n].parse().expect("a number");
            Some(filling::fill(&words[1], number(2), number(3)).await)
        }
        "fold" => Some(filling::fold(&words[1]).await),
        _ => None,
    };
    if let Some(answer) = stopped {
        println!("{answer}");
        return;
    }
    let desks = Desks::sign_in(&words[0], &words[1], &words[2]).await;
    let number = |n: usize| words[n].parse::<usize>().expect("a number");
    let answer = match words[3].as_str() {
        "ops" => ops(&desks, number(4), number(5)).await,
        "fanout" => fanout(&desks, number(4), number(5), number(6)).await,
        "typing" => typing(&desks, number(4), number(5), number(6)).await,
        "idle" => idle(&desks, number(4), number(5)).await,
        "catchup" => catchup(&desks, number(4), number(5)).await,
        "join" => join(&desks, Some(SnapshotPlace::default())).await,
        "replay" => join(&desks, None).await,
        other => panic!("no mode {other}"),
    };
    println!("{answer}");
}

impl Desks {
    /// Signs in once, by hand: one request is not worth an HTTP client.
    async fn sign_in(url: &str, email: &str, password: &str) -> Self {
        let address = url
            .strip_prefix("http://")
            .expect("http://HOST:PORT")
            .to_owned();
        let body = json!({ "email": email, "password": password, "device": "load" }).to_string();
        let request = format!(
            "POST /api/v1/login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut tcp = TcpStream::connect(&address)
            .await
            .expect("the server listens");
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).await.unwrap();
        let json = answer.split("\r\n\r\n").nth(1).expect("an answer");
        let signed_in: SignedIn = serde_json::from_str(json).expect("the pair is right");
        Self {
            address,
            token: signed_in.token,
            device: signed_in.device.to_string(),
        }
    }

    /// Connects and says hello; answers the line after the welcome, and the head it told.
    async fn connect(&self, cursor: u64) -> (Line, u64) {
        self.connect_for(cursor, None).await
    }

    async fn connect_for(&self, cursor: u64, snapshot: Option<SnapshotPlace>) -> (Line, u64) {
        let tcp = TcpStream::connect(&self.address)
            .await
            .expect("the server listens");
        tcp.set_nodelay(true).unwrap();
        let (mut line, _) = client_async(format!("ws://{}/api/v1/ws", self.address), tcp)
            .await
            .expect("a WebSocket");
        let hello = ClientFrame::Hello(Hello {
            version: VERSION,
            token: self.token.clone(),
            device: self.device.parse().unwrap(),
            cursor,
            epoch: None,
            capabilities: Vec::new(),
            snapshot,
        });
        line.send(frame(&hello)).await.unwrap();
        loop {
            match received(&mut line).await {
                ServerFrame::Welcome(welcome) => return (line, welcome.head),
                ServerFrame::Reject(reject) => panic!("{}", reject.message),
                _ => {}
            }
        }
    }

    /// The last event there is.
    async fn head(&self) -> u64 {
        self.connect(u64::from(u32::MAX)).await.1
    }
}

fn frame(frame: &ClientFrame) -> Message {
    Message::text(serde_json::to_string(frame).unwrap())
}

async fn received(line: &mut Line) -> ServerFrame {
    loop {
        let message = line.next().await.expect("the line holds").unwrap();
        if let Message::Text(text) = message {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// Somebody's keys: each is a real edit of the one note, made without hearing the others.
#[derive(Default)]
struct Keys {
    doc: LoroDoc,
    told: VersionVector,
}

impl Keys {
    fn next(&mut self) -> Op {
        let text = self.doc.get_text("note");
        text.insert(text.len_unicode(), "a").unwrap();
        self.doc.commit();
        let update = self.doc.export(ExportMode::updates(&self.told)).unwrap();
        self.told = self.doc.oplog_vv();
        let body = Body::Note {
            update,
            mentions: Vec::new(),
        };
        let subject = "customer:4711".parse().unwrap();
        Op::new(OpId(Uuid::now_v7()), Timestamp::now(), subject, body)
    }
}

/// Durable operations a second: each desk keeps four batches of 64 on the way.
async fn ops(desks: &Desks, count: usize, each: usize) -> serde_json::Value {
    let head = desks.head().await;
    let mut lines = Vec::new();
    for _ in 0..count {
        lines.push(desks.connect(head).await.0);
    }
    let prepared: Vec<Vec<Op>> = (0..count)
        .map(|_| {
            let mut keys = Keys::default();
            (0..each).map(|_| keys.next()).collect()
        })
        .collect();
    let started = Instant::now();
    let mut all = JoinSet::new();
    for (line, ops) in lines.into_iter().zip(prepared) {
        all.spawn(async move {
            let (mut out, mut back) = line.split();
            let total = ops.len();
            let mut batches = ops
                .chunks(64)
                .map(<[Op]>::to_vec)
                .collect::<Vec<_>>()
                .into_iter();
            for ops in batches.by_ref().take(4) {
                out.send(frame(&ClientFrame::Push { ops })).await.unwrap();
            }
            let mut acked = 0;
            let mut since = 0;
            while acked < total {
                let Some(Ok(Message::Text(text))) = back.next().await else {
                    continue;
                };
                // Events are counted by nobody here, so they are not taken apart.
                if !text.starts_with("{\"type\":\"ack\"") {
                    continue;
                }
                let got = text.matches("\"op_id\"").count();
                acked += got;
                since += got;
                while since >= 64 {
                    since -= 64;
                    if let Some(ops) = batches.next() {
                        out.send(frame(&ClientFrame::Push { ops })).await.unwrap();
                    }
                }
            }
        });
    }
    all.join_all().await;
    let seconds = started.elapsed().as_secs_f64();
    let total = count * each;
    json!({ "ops": total, "seconds": seconds, "ops_per_second": total as f64 / seconds })
}

/// From the push to the arrival at every other desk.
async fn fanout(desks: &Desks, count: usize, rate: usize, seconds: usize) -> serde_json::Value {
    let head = desks.head().await;
    let sent: Arc<Mutex<BTreeMap<String, Instant>>> = Arc::default();
    let total = rate * seconds;
    let mut listeners = JoinSet::new();
    for _ in 0..count {
        let (line, _) = desks.connect(head).await;
        listeners.spawn(listen(line, Arc::clone(&sent), total));
    }
    let (mut line, _) = desks.connect(head).await;
    let mut tick = tokio::time::interval(Duration::from_secs(1) / u32::try_from(rate).unwrap());
    let mut keys = Keys::default();
    for _ in 0..total {
        tick.tick().await;
        let op = keys.next();
        sent.lock()
            .unwrap()
            .insert(op.op_id.to_string(), Instant::now());
        line.send(frame(&ClientFrame::Push { ops: vec![op] }))
            .await
            .unwrap();
    }
    let mut times: Vec<f64> = listeners.join_all().await.into_iter().flatten().collect();
    times.sort_by(f64::total_cmp);
    json!({ "desks": count, "events": total, "deliveries": times.len(),
            "p50_ms": at(&times, 50), "p95_ms": at(&times, 95), "p99_ms": at(&times, 99) })
}

async fn listen(line: Line, sent: Arc<Mutex<BTreeMap<String, Instant>>>, total: usize) -> Vec<f64> {
    let (_out, mut back): (SplitSink<Line, Message>, SplitStream<Line>) = line.split();
    let mut times = Vec::with_capacity(total);
    while times.len() < total {
        let Some(Ok(Message::Text(text))) = back.next().await else {
            break;
        };
        if !text.starts_with("{\"type\":\"event\"") {
            continue;
        }
        let now = Instant::now();
        // A thousand desks in one process: looking for ids costs less than taking the frames apart.
        for part in text.split("\"op_id\":\"").skip(1) {
            let at = sent
                .lock()
                .unwrap()
                .get(part.get(..36).unwrap_or_default())
                .copied();
            if let Some(at) = at {
                times.push(now.duration_since(at).as_secs_f64() * 1000.0);
            }
        }
    }
    times
}

/// Everybody types into one note: each keystroke is a push of its own, and everybody hears every other's. All press their
/// keys at the same moments, as the peer's load does.
async fn typing(desks: &Desks, count: usize, rate: usize, seconds: usize) -> serde_json::Value {
    let head = desks.head().await;
    let each = rate * seconds;
    let mut lines = Vec::new();
    for _ in 0..count {
        lines.push(desks.connect(head).await.0.split());
    }
    let (begin, started) = (tokio::time::Instant::now(), Instant::now());
    let mut all = JoinSet::new();
    for (mut out, mut back) in lines {
        all.spawn(async move {
            let beat = Duration::from_secs(1) / u32::try_from(rate).unwrap();
            let mut tick = tokio::time::interval_at(begin, beat);
            let (mut typed, mut heard) = (0, 0);
            let mut keys = Keys::default();
            while heard < count * each {
                tokio::select! {
                    _ = tick.tick(), if typed < each => {
                        let push = ClientFrame::Push { ops: vec![keys.next()] };
                        out.send(frame(&push)).await.unwrap();
                        typed += 1;
                    }
                    came = back.next() => {
                        let Some(Ok(Message::Text(text))) = came else { continue };
                        if text.starts_with("{\"type\":\"event\"") {
                            heard += text.matches("\"op_id\"").count();
                        }
                    }
                }
            }
        });
    }
    all.join_all().await;
    json!({ "ops": count * each, "seconds": started.elapsed().as_secs_f64() })
}

/// What a connection costs that says nothing.
async fn idle(desks: &Desks, count: usize, pid: usize) -> serde_json::Value {
    let head = desks.head().await;
    let before = resident(pid);
    let mut waiting: FuturesUnordered<_> = FuturesUnordered::new();
    let mut lines = Vec::with_capacity(count);
    for n in 0..count {
        waiting.push(desks.connect(head));
        if waiting.len() >= 64 || n + 1 == count {
            while let Some((line, _)) = waiting.next().await {
                lines.push(line);
            }
        }
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after = resident(pid);
    // Every one of them still answers.
    for line in &mut lines {
        line.send(frame(&ClientFrame::Ping { nonce: 7 }))
            .await
            .unwrap();
    }
    let mut alive = 0;
    for line in &mut lines {
        while !matches!(received(line).await, ServerFrame::Pong { nonce: 7 }) {}
        alive += 1;
    }
    json!({ "desks": count, "alive": alive, "kib_per_desk": (after - before) as f64 / count as f64,
            "server_kib": after })
}

fn resident(pid: usize) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the server runs");
    let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// From the first byte of a new connection to the last missed event.
async fn catchup(desks: &Desks, missed: usize, times: usize) -> serde_json::Value {
    let head = desks.head().await;
    let (mut line, _) = desks.connect(head).await;
    let mut keys = Keys::default();
    let ops: Vec<Op> = (0..missed).map(|_| keys.next()).collect();
    for chunk in ops.chunks(64) {
        let ops = chunk.to_vec();
        line.send(frame(&ClientFrame::Push { ops })).await.unwrap();
    }
    let mut acked = 0;
    while acked < missed {
        if let ServerFrame::Ack { acks } = received(&mut line).await {
            acked += acks.len();
        }
    }
    let mut took = Vec::new();
    for _ in 0..times {
        let started = Instant::now();
        let (mut line, _) = desks.connect(head).await;
        let mut seen = 0;
        while seen < missed {
            if let ServerFrame::Event { events } = received(&mut line).await {
                seen += events.len();
            }
        }
        took.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    took.sort_by(f64::total_cmp);
    json!({ "missed": missed, "p50_ms": at(&took, 50), "p95_ms": at(&took, 95) })
}

/// From the first byte of a new desk's connection to the last event.
async fn join(desks: &Desks, snapshot: Option<SnapshotPlace>) -> serde_json::Value {
    let started = Instant::now();
    let (mut line, head) = desks.connect_for(0, snapshot).await;
    let (mut bytes, mut rows, mut at) = (0, 0, 0);
    while at < head {
        let message = line.next().await.expect("the line holds").unwrap();
        let Message::Text(text) = message else {
            continue;
        };
        bytes += text.len();
        match serde_json::from_str(&text).unwrap() {
            ServerFrame::Event { events } => at = events.last().map_or(at, |event| event.seq),
            ServerFrame::Snapshot(page) => {
                rows += page.rows.len();
                at = page.end.unwrap_or(at);
            }
            _ => {}
        }
    }
    json!({ "head": head, "folds": rows, "bytes": bytes, "seconds": started.elapsed().as_secs_f64() })
}

fn at(sorted: &[f64], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}
