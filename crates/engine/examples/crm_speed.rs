//! Measures customers in a real profile: how long a dossier, a page of senders and a page of documents take, and what they
//! take of memory and disk.
//!
//! ```text
//! crm_speed fill DIR PARTNERS KNOWN [ADDRESS…]   a directory of so many, the facts of the first KNOWN of them; the
//!                                                addresses are the first ones' as well
//! crm_speed ask DIR                              asks an offline engine, and prints what it took
//! ```
//! Prints one JSON object. `cargo xtask bench crm` measures with it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measuring tool: it stops where something is wrong"
)]

use std::path::Path;
use std::time::Instant;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kontor_collab::DocumentBody;
use kontor_engine::{Config, DocumentsAsked, Engine, Profile};
use kontor_model::Millis;
use kontor_protocol::{
    CustomerCard, CustomerContact, DocumentLine, FactKind, FactsState, Freshness, MirrorState,
};
use kontor_store::{CustomerCardRow, CustomerRow, DocumentRow, Figure, PaperKind, Store, Write};
use serde_json::{Value, json};

/// Documents of an ordinary customer; those with as many as the goal names come after the known ones.
const DOCUMENTS: usize = 20;
const LONG: [(&str, usize); 2] = [("100", 100), ("10000", 10_000)];
/// What is sold, of what, and how documents stand.
const WHAT: [&str; 7] = ["Klop", "Miza", "Polica", "Stol", "Omara", "Vijak", "Letev"];
const OF: [&str; 6] = [
    "hrastovine",
    "bukovine",
    "smrekovine",
    "jeklene cevi",
    "javorja",
    "orehovine",
];
const LABELS: [&str; 4] = ["Odpremljeno", "V izdelavi", "Potrjeno", "Osnutek"];
/// Rows in one transaction.
const BATCH: usize = 2000;
/// Questions of each kind.
const TIMES: usize = 1000;
/// Senders of a page of a list.
const PAGE: usize = 50;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let told = match words[0].as_str() {
        "fill" => fill(
            Path::new(&words[1]),
            words[2].parse().unwrap(),
            words[3].parse().unwrap(),
            &words[4..],
        ),
        "ask" => ask(Path::new(&words[1])).await,
        other => panic!("fill or ask, not {other}"),
    };
    println!("{told}");
}

fn now() -> Millis {
    Timestamp::now().into()
}

fn id(n: usize) -> String {
    format!("{}", 600_000_000_000 + n)
}

fn address(n: usize) -> String {
    format!("nabava@firma{n}.example")
}

/// Megabytes of a profile's store at rest: closed, its log moved into it.
fn megabytes(dir: &Path) -> f64 {
    let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap());
    let stores = files.filter(|file| file.file_name().to_string_lossy().starts_with("store.db"));
    stores
        .map(|file| file.metadata().unwrap().len())
        .sum::<u64>() as f64
        / 1e6
}

fn fill(dir: &Path, partners: usize, known: usize, addresses: &[String]) -> Value {
    let begun = Instant::now();
    let store = Store::open(dir).unwrap();
    store.write_blocking(now(), put_state).unwrap();
    drop(store);
    let before = megabytes(dir);
    put_directory(&Store::open(dir).unwrap(), partners, addresses);
    let directory = megabytes(dir);
    let store = Store::open(dir).unwrap();
    let counts = (0..known).map(|_| DOCUMENTS);
    for (n, count) in counts.chain(LONG.map(|(_, count)| count)).enumerate() {
        store
            .write_blocking(now(), move |w| put_facts(w, n, count))
            .unwrap();
    }
    drop(store);
    json!({
        "directory_mb": directory - before,
        "known_mb": megabytes(dir) - directory,
        "seconds": begun.elapsed().as_secs_f64(),
    })
}

fn put_directory(store: &Store, partners: usize, addresses: &[String]) {
    for from in (0..partners).step_by(BATCH) {
        let mine: Vec<Vec<String>> = (from..(from + BATCH).min(partners))
            .map(|n| {
                let mut own = vec![address(n)];
                own.extend(
                    n.is_multiple_of(3)
                        .then(|| format!("info@firma{n}.example")),
                );
                own.extend(addresses.get(n).cloned());
                own
            })
            .collect();
        let put = move |w: &mut Write<'_>| {
            for (n, own) in (from..).zip(&mine) {
                w.put_customer(&partner(n), own)?;
            }
            Ok(())
        };
        store.write_blocking(now(), put).unwrap();
    }
}

fn put_state(w: &mut Write<'_>) -> kontor_store::Result<()> {
    let state = FactsState {
        life: "bench".to_owned(),
        version: 1,
        state: MirrorState::Live,
        last_at: Some(Timestamp::now()),
        fresh: vec![Freshness {
            kind: FactKind::Order,
            at: Timestamp::now(),
            from: None,
        }],
        ..FactsState::default()
    };
    w.put_facts_state("bench", &serde_json::to_string(&state).unwrap())
}

fn partner(n: usize) -> CustomerRow {
    CustomerRow {
        id: id(n),
        version: 1,
        name: format!("Mizarstvo Žagar {n} d.o.o."),
        gone: false,
    }
}

fn put_facts(w: &mut Write<'_>, n: usize, documents: usize) -> kontor_store::Result<()> {
    let customer = id(n);
    w.follow(&customer)?;
    let card = CustomerCard {
        number: format!("K-{n}"),
        name: partner(n).name,
        contacts: vec![CustomerContact {
            name: "Janez Žagar".to_owned(),
            ..CustomerContact::default()
        }],
        ..CustomerCard::default()
    };
    let card = CustomerCardRow {
        seen_at: now(),
        card: serde_json::to_string(&card).unwrap(),
    };
    w.put_customer_card(&customer, &card)?;
    for m in 0..documents {
        w.put_document(&document(&customer, n, m))?;
    }
    w.hold_customer(&customer, 1, false, 1)
}

/// One of three thousand products, at a price of its own.
fn line(n: usize) -> DocumentLine {
    let product = n.wrapping_mul(7919) % 3000;
    let what = WHAT[product % WHAT.len()];
    let of = OF[product / 7 % OF.len()];
    DocumentLine {
        code: format!("{}-{product}", what.to_uppercase()),
        name: format!("{what} iz {of} {} cm", 40 + product * 13 % 260),
        amount: format!("{}", 1 + n % 12).parse().unwrap(),
        unit: "kos".to_owned(),
        price: format!("{}.{:02}", 3 + product * 37 % 900, product % 100)
            .parse()
            .unwrap(),
        discount: if n.is_multiple_of(4) { "5" } else { "0" }.parse().unwrap(),
        ..DocumentLine::default()
    }
}

fn document(customer: &str, n: usize, m: usize) -> DocumentRow {
    let kinds = [PaperKind::Offer, PaperKind::Order, PaperKind::Invoice];
    let kind = kinds[m % kinds.len()];
    let day = Date::constant(2026, 11, 20) - i64::try_from(m % 1500).unwrap().days();
    let lines = (0..3).map(|l| line(n * 31 + m * 7 + l));
    let body = DocumentBody {
        doc_type: "sales_order".to_owned(),
        status_label: LABELS[(n + m) % LABELS.len()].to_owned(),
        lines: lines.collect(),
        ..DocumentBody::default()
    };
    DocumentRow {
        id: format!("{customer}-{m}"),
        customer: customer.to_owned(),
        version: 1,
        number: format!("NA-{n}-{m}"),
        their_number: String::new(),
        status: "shipped".to_owned(),
        figure: Figure {
            kind,
            date: day.to_string(),
            due: Some((day + 30.days()).to_string()),
            currency: "EUR".to_owned(),
            total: "240.50".parse().unwrap(),
            paid: if m.is_multiple_of(5) { "0" } else { "240.50" }
                .parse()
                .unwrap(),
            issued: true,
            seen_at: now(),
        },
        body: serde_json::to_string(&body).unwrap(),
    }
}

/// Memory that is this program's alone, megabytes.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.unwrap().parse::<f64>().unwrap() / 1e3
}

async fn ask(dir: &Path) -> Value {
    let profile = Profile::open(dir.to_owned()).unwrap();
    let config = Config {
        keychain: Some(format!("file:{}", dir.join("keys").display())),
        ..Config::default()
    };
    let engine = Engine::open(profile, config).await.unwrap();
    let before = memory();
    let (partners, known) = sizes(dir);
    let place = |n: usize| n.wrapping_mul(7919) % known;
    let mut dossiers = Vec::new();
    for n in 0..TIMES {
        let begun = Instant::now();
        let view = engine.dossier(&id(place(n))).await.unwrap();
        dossiers.push(millis(begun));
        assert!(!view.waiting, "all of it is here");
    }
    let mut pages = Vec::new();
    for n in 0..TIMES {
        let senders = (0..PAGE).map(|m| {
            // Most of whom one reads are known; some are only in the directory, some nobody's.
            let one = (n * PAGE + m).wrapping_mul(104_729);
            match m % 10 {
                0 => format!("nekdo{one}@drugje.example"),
                1 => address(one % partners),
                _ => address(one % known),
            }
        });
        let senders = senders.collect();
        let begun = Instant::now();
        engine.badges(senders).await.unwrap();
        pages.push(millis(begun));
    }
    let mut told = json!({
        "dossier_ms": spread(dossiers),
        "badges_ms": spread(pages),
    });
    for (n, (name, count)) in LONG.into_iter().enumerate() {
        let customer = id(known + n);
        let mut times = Vec::new();
        for _ in 0..TIMES / 5 {
            let begun = Instant::now();
            let asked = DocumentsAsked::default();
            let page = engine
                .document_page(&customer, asked, None, 50)
                .await
                .unwrap();
            times.push(millis(begun));
            assert_eq!(page.total, count as u64, "all of them are counted");
        }
        told[format!("timeline_{name}_ms")] = spread(times);
    }
    told["memory_mb"] = json!(memory() - before);
    told
}

/// Partners and known customers of a profile that was filled; the two long ones are not counted.
fn sizes(dir: &Path) -> (usize, usize) {
    let store = Store::open(dir).unwrap();
    let read = |f: fn(&kontor_store::Read<'_>) -> kontor_store::Result<u64>| {
        usize::try_from(store.read(f).unwrap()).unwrap()
    };
    (
        read(|r| r.customer_count()),
        read(|r| r.followed_count()) - LONG.len(),
    )
}

fn millis(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}

fn spread(mut times: Vec<f64>) -> Value {
    times.sort_by(f64::total_cmp);
    json!({ "p50": times[times.len() / 2], "p95": times[times.len() * 95 / 100] })
}
