//! Everything at once, by seed: whatever the ERP does, what is not as it is there is never shown younger than the change it
//! lacks, and in the end all is as it is there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kontor_model::Amount;
use kontor_protocol::{Document, DocumentKind, FactKind, FactsState};
use kontor_simulators::metakocka::{Fault, Options};
use rstest::rstest;
use serde_json::json;

use crate::company::Company;

const TYPES: [&str; 4] = [
    "sales_order",
    "sales_offer",
    "sales_bill_domestic",
    "sales_bill_foreign",
];

/// Chance that is the same with every run (SplitMix64, Steele et al. 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

/// What a colleague did to a document.
#[derive(Clone, Copy, Debug)]
enum Done {
    /// So many of its first line.
    Amount(i64),
    Deleted,
}

/// Until when a document is shown to be true.
fn shown(document: &Document, state: &FactsState) -> Timestamp {
    let kind = match document.kind {
        DocumentKind::Offer => FactKind::Offer,
        DocumentKind::Order => FactKind::Order,
        DocumentKind::Invoice | DocumentKind::CreditNote => FactKind::Invoice,
    };
    let covers = |f: &&kontor_protocol::Freshness| {
        f.kind == kind && (f.from.is_none() || document.date >= f.from)
    };
    let fresh = state.fresh.iter().filter(covers).map(|f| f.at).max();
    fresh.map_or(document.seen_at, |at| at.max(document.seen_at))
}

/// What is not as it is there, with the moment of the change it lacks.
fn lacking<'a>(
    documents: &'a BTreeMap<String, Document>,
    done: &BTreeMap<String, (Timestamp, Done)>,
) -> Vec<(&'a Document, Timestamp)> {
    let lacks = |(id, (at, what)): (&String, &(Timestamp, Done))| {
        let document = documents.get(id)?;
        let knows = match what {
            Done::Amount(n) => document.lines[0].amount == Amount::from_ten_thousandths(n * 10_000),
            Done::Deleted => false,
        };
        (!knows).then_some((document, *at))
    };
    done.iter().filter_map(lacks).collect()
}

fn disturb(company: &Company, chance: &mut Chance) {
    let doc_type = *chance.one(&TYPES);
    match chance.below(8) {
        0 => company.erp.fail(4, Fault::Status(503)),
        1 => company.erp.fail(2, Fault::HalfBody),
        2 => company.erp.refuse(doc_type, true),
        3 => TYPES.iter().for_each(|t| company.erp.refuse(t, false)),
        4 => company.erp.changing_totals(3, chance.below(2) == 0),
        5 => {
            let hours = i64::try_from(chance.below(9)).unwrap() - 4;
            company.erp.skew(hours * 3600);
        }
        _ => {}
    }
}

#[rstest]
#[tokio::test]
async fn nothing_is_shown_younger_than_it_is(#[values(1, 2, 3, 14, 5, 6)] seed: u64) {
    let company = Company::new(Options {
        documents: 500,
        ..Options::small()
    })
    .await;
    let mut chance = Chance(seed);
    let mirrors = company.mirrors_with(|pace| pace.look_pages = 1);
    company.mirrored().await;
    let (_, documents) = company.mirror().await;
    let known = documents.values().filter(|d| !d.lines.is_empty());
    let ids: Vec<String> = known.map(|d| d.id.clone()).collect();
    let mut done: BTreeMap<String, (Timestamp, Done)> = BTreeMap::new();
    for step in 0..40 {
        let ahead = i64::try_from(1 + chance.below(900)).unwrap();
        company.clock.set(company.clock.after(ahead));
        disturb(&company, &mut chance);
        let mut changed = Vec::new();
        for n in 0..chance.below(6) {
            let id = chance.one(&ids).clone();
            let amount = 1000 + step * 10 + i64::try_from(n).unwrap();
            let (what, said) = if chance.below(8) == 0 {
                (Done::Deleted, company.erp.delete_document(&id))
            } else {
                let body = json!({ "amount": amount.to_string() });
                (
                    Done::Amount(amount),
                    company.erp.change_document(&id, &body),
                )
            };
            // What was deleted before cannot be changed.
            if said.is_ok() {
                changed.push((id, what));
            }
        }
        // Whatever began until now may have read before.
        let now = company.clock.after(1);
        company.clock.set(now);
        done.extend(changed.into_iter().map(|(id, what)| (id, (now, what))));
        for _ in 0..chance.below(20) {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        let state = company.storage_state().await;
        let (_, documents) = company.mirror().await;
        for (document, at) in lacking(&documents, &done) {
            let shown = shown(document, &state);
            // That something is no longer there, no look can see.
            let there = company
                .erp
                .find_document(&document.doc_type, &document.number);
            let is_deleted = there.as_ref() != Some(&document.id);
            assert!(
                is_deleted || shown < at,
                "seed {seed}, step {step}: shown as of {shown}, changed at {at}: {document:#?}\n{state:#?}"
            );
        }
    }
    company.erp.well();
    company.look().await;
    company.round().await;
    let (_, documents) = company.mirror().await;
    let lacking = lacking(&documents, &done);
    assert!(lacking.is_empty(), "seed {seed}: {lacking:#?}");
    for doc_type in TYPES {
        let here = documents.values().filter(|d| d.doc_type == doc_type);
        let (here, there) = (here.count() as u64, company.count(doc_type).await);
        assert_eq!(here, there, "seed {seed}: {doc_type}");
    }
    assert_eq!(
        company.erp.statistics().most_searches,
        1,
        "one search at a time"
    );
    mirrors.close().await;
}
