//! A stopped server's database: filled with what people write, and folded.

use std::time::Instant;

use jiff::Timestamp;
use kontor_protocol::{Body, DeviceId, Op, OpId};
use kontor_server::core::snapshot::step;
use kontor_server::core::storage::{Incoming, SqliteStorage, Storage as _};
use loro::{ExportMode, LoroDoc, VersionVector};
use serde_json::json;
use uuid::Uuid;

/// Somebody's notes as they grow, a few words at a time; every tenth operation sets a field.
struct Typist {
    docs: Vec<(LoroDoc, VersionVector)>,
    made: usize,
}

impl Typist {
    fn next(&mut self) -> Op {
        let n = self.made;
        self.made += 1;
        // Ten operations in a row are about the same subject, as people write.
        let place = (n / 10 * 7919) % self.docs.len();
        let body = if n % 10 == 9 {
            Body::Record {
                field: "phone".to_owned(),
                value: Some(format!("+386 1 {n}")),
                base: None,
            }
        } else {
            let (doc, before) = &mut self.docs[place];
            let text = doc.get_text("note");
            let (at, words) = (text.len_unicode(), format!("beseda {n} "));
            text.insert(at, &words).unwrap();
            if n % 10 == 8 && at > 200 {
                text.delete(at - 150, 100).unwrap();
            }
            doc.commit();
            let update = doc.export(ExportMode::updates(before)).unwrap();
            *before = doc.oplog_vv();
            Body::Note {
                update,
                mentions: Vec::new(),
            }
        };
        let subject = format!("customer:{place}").parse().unwrap();
        Op::new(OpId(Uuid::now_v7()), Timestamp::now(), subject, body)
    }
}

/// Much is done in the first organisation of a stopped server.
pub(crate) async fn fill(file: &str, events: usize, subjects: usize) -> serde_json::Value {
    let storage = SqliteStorage::open(file.as_ref()).expect("a server's database");
    let org = storage.orgs().await.unwrap()[0].id;
    let member = storage.members(org).await.unwrap()[0].member;
    let docs = (0..subjects).map(|_| (LoroDoc::new(), VersionVector::default()));
    let mut typist = Typist {
        docs: docs.collect(),
        made: 0,
    };
    let started = Instant::now();
    while typist.made < events {
        let count = (events - typist.made).min(2048);
        let incoming = (0..count).map(|_| Incoming {
            member,
            device: DeviceId(Uuid::nil()),
            accepted_at: Timestamp::now(),
            op: typist.next(),
        });
        storage.append(org, incoming.collect()).await.unwrap();
    }
    let seconds = started.elapsed().as_secs_f64();
    json!({ "events": events, "subjects": subjects, "seconds": seconds })
}

/// Folds all organisations of a file.
pub(crate) async fn fold(file: &str) -> serde_json::Value {
    let storage = SqliteStorage::open(file.as_ref()).expect("a server's database");
    let mut all = Vec::new();
    for org in storage.orgs().await.unwrap() {
        let (started, mut upto, mut longest) = (Instant::now(), 0, 0.0_f64);
        loop {
            let begun = Instant::now();
            let head = step(&storage, org.id, 8).await.unwrap();
            longest = longest.max(begun.elapsed().as_secs_f64() * 1000.0);
            if head.upto == upto {
                break;
            }
            upto = head.upto;
        }
        let seconds = started.elapsed().as_secs_f64();
        all.push(
            json!({ "events": upto, "seconds": seconds, "longest_step_ms": longest,
                         "us_per_event": seconds * 1e6 / upto as f64 }),
        );
    }
    json!(all)
}
