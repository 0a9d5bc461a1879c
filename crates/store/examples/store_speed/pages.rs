//! Pages of lists: by date, by weight, of first contacts.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use kontor_model::query::Strangers;
use kontor_model::{Action, FolderId, Millis, Query, Term};
use kontor_store::{AddressWeights, Outcome, Store};

use crate::{END, timed};

fn report(what: &str, (p50, p95): (f64, f64)) {
    println!("{what:40} p50 {p50:7.3} ms  p95 {p95:7.3} ms");
}

pub(crate) fn all(store: &Store, folders: &[FolderId]) {
    // The largest folder: even of a thousand messages it has two full pages.
    let one = &folders[..1];
    let cursor = store.read(|r| r.threads(one, None, 50)).unwrap().next;
    // A core that slept is slow at first: it is awake before anything counts.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(1) {
        store.read(|r| r.threads(folders, None, 50)).unwrap();
    }
    report(
        "50 messages, first page",
        timed(500, || {
            store.read(|r| r.messages(one[0], None, 50)).unwrap()
        }),
    );
    report(
        "50 threads, first page",
        timed(500, || store.read(|r| r.threads(one, None, 50)).unwrap()),
    );
    report(
        "50 threads, second page",
        timed(500, || {
            store
                .read(|r| r.threads(one, cursor.as_deref(), 50))
                .unwrap()
        }),
    );
    report(
        "50 threads of three folders",
        timed(500, || {
            store.read(|r| r.threads(folders, None, 50)).unwrap()
        }),
    );
    by_weight(store, one);
    first_contacts(store, one[0]);
    report("status", timed(500, || store.read(|r| r.status()).unwrap()));
}

/// The order of business: as if all who wrote the newest thousand threads were customers, of whom two in three weigh nothing:
/// then both kinds of threads fill a page of the smallest store, too.
fn by_weight(store: &Store, one: &[FolderId]) {
    let newest = store.read(|r| r.threads(one, None, 1000)).unwrap();
    let people = newest.rows.iter().flat_map(|row| &row.people);
    let people: BTreeSet<String> = people.map(kontor_model::Address::key).collect();
    let addresses: AddressWeights = people
        .into_iter()
        .zip([0, 0, 1, 0, 0, 2].into_iter().cycle())
        .collect();
    let read = || store.read(|r| r.thread_weights(&addresses)).unwrap();
    report("all threads weighed, once", timed(5, read));
    let mut weights = read();
    println!(
        "{} addresses, {} threads weigh something",
        addresses.len(),
        weights.len()
    );
    let page = |after: Option<&str>| {
        store
            .read(|r| r.threads_by_weight(one, &weights, after, 50))
            .unwrap()
    };
    let cursor = page(None).next;
    report(
        "50 threads by weight, first page",
        timed(500, || page(None)),
    );
    report(
        "50 threads by weight, second page",
        timed(500, || page(cursor.as_deref())),
    );
    report(
        "50 threads by weight, those of none",
        timed(500, || page(Some("1.0"))),
    );
    let thread = newest.rows[0].id;
    report(
        "one thread weighed again",
        timed(500, || {
            store
                .read(|r| r.weigh_again(&mut weights, thread, &addresses))
                .unwrap();
        }),
    );
}

fn first_contacts(store: &Store, folder: FolderId) {
    let first = |except: &str| {
        let strangers = Strangers {
            except: vec![except.to_owned()],
            domains: Vec::new(),
        };
        let query = Query {
            terms: vec![Term::FirstFrom(strangers)],
        };
        store.search(&query, None, 50).unwrap()
    };
    let mut n = 0;
    report(
        "first contacts, never asked before",
        timed(5, || {
            n += 1;
            first(&n.to_string())
        }),
    );
    let newest = store.read(|r| r.messages(folder, None, 1)).unwrap().rows;
    let placement = newest[0].placement.id;
    let mut times: Vec<f64> = (0..10)
        .map(|n| {
            let star = vec!["\\Flagged".to_owned()];
            let (add, remove) = if n % 2 == 0 {
                (star, Vec::new())
            } else {
                (Vec::new(), star)
            };
            store
                .write_blocking(Millis(END), move |w| {
                    for id in w.journal(&Action::Flags { add, remove }, &[placement])? {
                        w.complete_operation(id, Outcome::Done(None))?;
                    }
                    Ok(())
                })
                .unwrap();
            timed(1, || first("5")).0
        })
        .collect();
    report(
        "first contacts, a flag having changed",
        crate::percentiles(&mut times),
    );
}
