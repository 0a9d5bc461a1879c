//! Measures the store with made-up mail: how fast it takes mail in, how long a page and a search take, how large it is.
//!
//! ```text
//! cargo run --release -p kontor-store --example store_speed -- [ROWS…] [--keep DIR] [--batch N] [--only pages|searches]
//! ```
//! µs are CPU time, ms and s by the clock. Words follow Zipf's law: common ones are in most mails, rare ones in few.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measuring tool on a developer's desk"
)]

mod pages;
mod queries;

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use kontor_model::{
    AccountId, Address, Endpoint, Envelope, Flags, FolderId, Millis, Query, Role, Security,
    ServerSettings,
};
use kontor_store::{Digest, FolderRow, NewEnvelope, NewFolder, NewMail, PreparedMail, Store};

const END: i64 = 1_767_225_600_000;
const SPAN: i64 = 5 * 365 * 86_400_000;

fn main() {
    let mut sizes = Vec::new();
    let (mut keep, mut batch, mut only) = (None, 1000, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--keep" => keep = args.next().map(PathBuf::from),
            "--check" => {}
            "--only" => only = args.next(),
            "--batch" => batch = args.next().and_then(|n| n.parse().ok()).expect("a number"),
            n => sizes.push(n.parse::<usize>().expect("a number of rows")),
        }
    }
    if sizes.is_empty() {
        sizes = vec![1_000, 20_000, 100_000];
    }
    for size in sizes {
        let scratch = tempfile::tempdir().unwrap();
        let dir = keep
            .as_ref()
            .map_or_else(|| scratch.path().to_owned(), |k| k.join(size.to_string()));
        let store = Store::open(&dir).unwrap();
        println!("== {size} messages");
        if store.read(|r| r.status()).unwrap().messages == 0 {
            fill(&store, size, batch);
        }
        let mut folders = store.read(|r| r.folders(None)).unwrap();
        let total = |f: &FolderRow| std::cmp::Reverse(f.folder.total);
        folders.sort_by_key(total);
        let folders: Vec<FolderId> = folders.iter().map(|f| f.folder.id).collect();
        let wanted = |what: &str| only.as_deref().is_none_or(|only| only == what);
        if wanted("pages") {
            pages::all(&store, &folders);
        }
        if wanted("searches") {
            searches(&store);
        }
        let bytes = std::fs::metadata(store.path()).map_or(0, |m| m.len());
        println!("file {:.1} MB", bytes as f64 / 1e6);
        if std::env::args().any(|a| a == "--check") {
            println!("check {:?}", store.check().unwrap());
        }
    }
}

/// A small generator: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

struct World {
    words: Vec<String>,
    chances: Vec<f64>,
    people: Vec<Address>,
}

impl World {
    fn new() -> Self {
        let mut dice = Dice(1);
        let syllables = [
            "ra", "čun", "po", "nud", "ba", "ve", "li", "kon", "tor", "mi", "še", "da", "no",
            "vak", "ir", "es", "tu", "lo",
        ];
        let mut words: Vec<String> = [
            "the", "of", "and", "to", "in", "invoice", "payment", "order", "delivery", "račun",
        ]
        .map(str::to_owned)
        .into();
        let mut seen = std::collections::BTreeSet::new();
        while words.len() < 60_000 {
            let word: String = (0..2 + dice.below(3))
                .map(|_| syllables[dice.below(syllables.len())])
                .collect();
            if seen.insert(word.clone()) {
                words.push(word);
            }
        }
        // "invoice" and its like are common words of business mail, not the commonest of the language.
        for (from, to) in [(5, 150), (6, 180), (7, 160), (8, 250), (9, 170)] {
            words.swap(from, to);
        }
        let mut sum = 0.0;
        let chances = (0..words.len())
            .map(|i| {
                sum += 1.0 / (i as f64 + 2.7);
                sum
            })
            .collect();
        let people = (0..400)
            .map(|i| {
                Address::new(
                    format!("{} {}", words[300 + i], words[900 + i]),
                    format!("user{i}@firma{}.example", i % 20),
                )
            })
            .collect();
        Self {
            words,
            chances,
            people,
        }
    }

    fn word(&self, dice: &mut Dice) -> &str {
        let at = dice.unit() * self.chances.last().unwrap();
        let n = self.chances.partition_point(|c| *c < at);
        &self.words[n.min(self.words.len() - 1)]
    }

    fn text(&self, dice: &mut Dice, words: usize) -> String {
        let mut out = String::new();
        for n in 0..words {
            if n > 0 {
                out.push_str(if n % 11 == 0 { ".\r\n" } else { " " });
            }
            out.push_str(self.word(dice));
        }
        out
    }

    /// One mail of a thread, newest first: `n` counts down in time.
    fn mail(&self, dice: &mut Dice, n: usize, size: usize) -> NewMail {
        let date = END - SPAN / size as i64 * n as i64;
        let in_thread = n % 4;
        let root = n - in_thread;
        let person = self.people[(dice.unit() * dice.unit() * 400.0) as usize].clone();
        // Now and then a conversation was begun by somebody who wrote never again.
        let person = if n % 52 == 3 {
            Address::new("Neznanec", format!("neznanec{n}@novi{}.example", n % 1000))
        } else {
            person
        };
        let subject = self.text(dice, 4);
        let words = 60 + dice.below(260);
        let body = format!(
            "{}\r\nRef INV-2025-{n:07}, token {:010x}.\r\n",
            self.text(dice, words),
            dice.next() >> 24
        );
        let envelope = Envelope {
            message_id: Some(format!("{n:024x}@{}.example", root % 20)),
            subject: if in_thread == 3 {
                subject
            } else {
                format!("Re: {subject}")
            },
            from: vec![person.clone()],
            to: vec![Address::new("Marek", "marek@bench.example")],
            cc: Vec::new(),
            reply_to: Vec::new(),
            date: Some(Millis(date)),
            in_reply_to: if in_thread == 3 {
                vec![]
            } else {
                vec![format!("{:024x}@{}.example", root + 3, root % 20)]
            },
            references: if in_thread == 3 {
                vec![]
            } else {
                vec![format!("{:024x}@{}.example", root + 3, root % 20)]
            },
        };
        let raw = format!(
            "Received: from mx{}.bench.example (mx [192.0.2.{}])\r\n\tby store.bench.example with LMTP id {:016x}{:08x}\r\nDKIM-Signature: v=1; a=rsa-sha256; b={:016x}{:016x}{:016x}{:016x}\r\nMessage-ID: <{}>\r\nFrom: {} <{}>\r\nTo: Marek <marek@bench.example>\r\nSubject: {}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}",
            n % 9,
            n % 250,
            dice.next(),
            dice.next() >> 32,
            dice.next(),
            dice.next(),
            dice.next(),
            dice.next(),
            envelope.message_id.as_ref().unwrap(),
            person.name,
            person.address,
            envelope.subject,
        );
        let digest = Digest {
            preview: body.chars().take(120).collect(),
            text: body,
            attachments: if n.is_multiple_of(9) {
                vec![format!("racun_{n}.pdf")]
            } else {
                Vec::new()
            },
            has_attachment: n.is_multiple_of(9),
            source: None,
        };
        let head = NewEnvelope {
            uid: (size - n) as u32,
            flags: Flags {
                bits: if n.is_multiple_of(7) { 0 } else { Flags::SEEN },
                keywords: Vec::new(),
            },
            internal_date: Millis(date + 3000),
            size: raw.len() as u64,
            envelope,
            has_attachment: None,
        };
        let body = PreparedMail::new(raw.as_bytes(), &head.envelope, &digest).unwrap();
        NewMail { head, body }
    }
}

fn account(store: &Store) -> Vec<FolderId> {
    let settings = ServerSettings {
        imap: Endpoint {
            host: "mail.bench.example".into(),
            port: 993,
            security: Security::Tls,
        },
        smtp: None,
        username: "marek".into(),
        ca_pem: None,
    };
    store
        .write_blocking(Millis(END), move |w| {
            let account: AccountId = w.add_account("marek@bench.example", "Marek", &settings)?;
            let names = [
                ("INBOX", Some(Role::Inbox)),
                ("Archive", Some(Role::Archive)),
                ("Clients", None),
            ];
            let listed: Vec<NewFolder> = names
                .iter()
                .map(|(name, role)| NewFolder {
                    wire: (*name).to_owned(),
                    path: (*name).to_owned(),
                    delimiter: Some('.'),
                    role: *role,
                    selectable: true,
                })
                .collect();
            w.put_folders(account, &listed)?;
            names
                .iter()
                .map(|(n, _)| Ok(w.folder_by_wire(account, n)?.unwrap().folder.id))
                .collect()
        })
        .unwrap()
}

fn fill(store: &Store, size: usize, batch: usize) {
    // Small stores too have some mail in every folder.
    let batch = batch.min(size / 4);
    let folders = account(store);
    let (give, take) = mpsc::sync_channel::<(FolderId, Vec<NewMail>)>(2);
    let started = Instant::now();
    let (preparing, writing) = std::thread::scope(|scope| {
        let maker = scope.spawn(move || {
            let world = World::new();
            let mut dice = Dice(7);
            let mut spent = Duration::ZERO;
            let mut n = 0;
            while n < size {
                let many = batch.min(size - n);
                let t = cpu();
                let mails = (n..n + many)
                    .map(|n| world.mail(&mut dice, n, size))
                    .collect();
                spent += cpu().saturating_sub(t);
                // Threads of four stay within a folder.
                give.send((folders[n / batch % 5 % 3], mails)).unwrap();
                n += many;
            }
            spent
        });
        let mut writing = Duration::ZERO;
        for (folder, mails) in take {
            let spent = store
                .write_blocking(Millis(END), move |w| {
                    let t = cpu();
                    w.put_mails(folder, mails, None)?;
                    w.settle()?;
                    Ok(cpu().saturating_sub(t))
                })
                .unwrap();
            writing += spent;
        }
        (maker.join().unwrap(), writing)
    });
    let wall = started.elapsed();
    println!(
        "fill {:.1} s, {:.0} messages/s; writer CPU {:.0} µs a message (without commit), preparing CPU {:.0} µs (made-up mail included)",
        wall.as_secs_f64(),
        size as f64 / wall.as_secs_f64(),
        writing.as_micros() as f64 / size as f64,
        preparing.as_micros() as f64 / size as f64
    );
    let t = Instant::now();
    while store.tidy_blocking(Millis(END)).unwrap() {}
    println!("tidy {:.1} s", t.elapsed().as_secs_f64());
}

/// CPU time of this thread (Linux): what counts on a machine that has other work too.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(
        stat.split(' ')
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or(0),
    )
}

fn timed<T>(repeats: usize, mut f: impl FnMut() -> T) -> (f64, f64) {
    let mut times: Vec<f64> = (0..repeats)
        .map(|_| {
            let t = Instant::now();
            std::hint::black_box(f());
            t.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    percentiles(&mut times)
}

fn percentiles(times: &mut [f64]) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (
        times[times.len() / 2],
        times[(times.len() * 95 / 100).min(times.len() - 1)],
    )
}

fn searches(store: &Store) {
    let world = World::new();
    let queries = queries::all(&world);
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for (name, terms) in &queries {
        let terms = terms.clone();
        let query = Query { terms };
        let t = Instant::now();
        let page = store.search(&query, None, 50).unwrap();
        let cold = t.elapsed().as_secs_f64() * 1e3;
        let (p50, p95) = timed(15, || store.search(&query, None, 50).unwrap());
        println!(
            "  {name:24} total {:8}  first {cold:8.2} ms  again p50 {p50:7.2} p95 {p95:7.2} ms",
            page.total
        );
        if !name.starts_with('+') {
            first.push(cold);
            again.extend([p50; 14]);
            again.push(cold);
        }
    }
    let (a, b) = percentiles(&mut first);
    let (c, d) = percentiles(&mut again);
    println!(
        "search, twenty queries: asked once p50 {a:.2} p95 {b:.2} ms; each fifteen times p50 {c:.2} p95 {d:.2} ms"
    );
}
