//! Facts: numbered in one order, kept as they are until the ERP says otherwise, an organisation's own.

use kontor_protocol::{
    CustomerCard, CustomerContact, CustomerRow, Document, DocumentKind, DocumentLine, OrgId,
};
use kontor_server::core::storage::{
    Facts as _, FactsBatch, FoundCustomer, FoundDocument, NewErp, PutFacts, Storage,
};
use tokio::task::JoinSet;

use crate::stage::{Stage, at, team};

pub(crate) fn erp(company: &str, life: &str) -> NewErp {
    NewErp {
        base_url: "https://erp.example/rest".to_owned(),
        company_id: company.to_owned(),
        sealed_key: vec![0, 1, 255],
        life: life.to_owned(),
        at: at(5),
    }
}

pub(crate) fn customer(id: &str, name: &str, seen: i64) -> FoundCustomer {
    let email = format!("{id}@kupec.example");
    FoundCustomer {
        id: id.to_owned(),
        card: CustomerCard {
            name: name.to_owned(),
            country: "SI".to_owned(),
            contacts: vec![CustomerContact {
                email: email.clone(),
                ..CustomerContact::default()
            }],
            payment_days: Some(30),
            seen_at: at(seen),
            ..CustomerCard::default()
        },
        addresses: vec![email, "racuni@kupec.example".to_owned()],
        bare: false,
        gone: false,
    }
}

pub(crate) fn document(customer: &str, id: &str, total: &str, seen: i64) -> FoundDocument {
    let document = Document {
        id: id.to_owned(),
        version: 0,
        gone: false,
        kind: DocumentKind::Order,
        doc_type: "sales_order".to_owned(),
        number: format!("N-{id}"),
        date: Some("2026-11-19".parse().unwrap()),
        due: None,
        currency: "EUR".to_owned(),
        total: total.parse().unwrap(),
        paid: "0".parse().unwrap(),
        status: "shipped".to_owned(),
        status_label: "Odpremljeno".to_owned(),
        their_number: String::new(),
        title: "Vijaki\u{0} in čepi".to_owned(),
        issued: true,
        lines: vec![DocumentLine {
            name: "Vijak M6".to_owned(),
            ..DocumentLine::default()
        }],
        payments: Vec::new(),
        belongs_with: vec!["P-1".to_owned()],
        seen_at: at(seen),
    };
    FoundDocument {
        customer: customer.to_owned(),
        document,
    }
}

fn kind(kind: DocumentKind, mut found: FoundDocument) -> FoundDocument {
    found.document.kind = kind;
    found
}

pub(crate) fn customers(customers: Vec<FoundCustomer>) -> FactsBatch {
    FactsBatch {
        customers,
        ..FactsBatch::default()
    }
}

pub(crate) fn documents(documents: Vec<FoundDocument>) -> FactsBatch {
    FactsBatch {
        documents,
        ..FactsBatch::default()
    }
}

pub(crate) async fn connected(storage: &impl Storage, name: &str) -> OrgId {
    let org = team(storage, name).await.org;
    storage.connect_erp(org, erp("16", "one")).await.unwrap();
    org
}

/// What a batch came to: the newest version, and rows that changed.
pub(crate) async fn put(storage: &impl Storage, org: OrgId, batch: FactsBatch) -> (u64, u64) {
    let put = storage.put_facts(org, "one".to_owned(), batch).await;
    let PutFacts {
        version, changed, ..
    } = put.unwrap().expect("this life goes on");
    (version, changed)
}

/// The directory, with versions.
pub(crate) async fn directory(storage: &impl Storage, org: OrgId) -> Vec<(String, u64)> {
    let rows = storage.customers_after(org, 0, 1000).await.unwrap();
    rows.into_iter().map(|row| (row.id, row.version)).collect()
}

/// A customer's documents: id, version, total, gone.
pub(crate) async fn dossier(
    storage: &impl Storage,
    org: OrgId,
    customer: &str,
    after: u64,
) -> Vec<(String, u64, String, bool)> {
    let (_, documents) = storage
        .dossier_after(org, customer.to_owned(), after, 1000)
        .await
        .unwrap();
    let row = |d: Document| (d.id, d.version, d.total.to_string(), d.gone);
    documents.into_iter().map(row).collect()
}

fn pairs(of: &[(&str, u64)]) -> Vec<(String, u64)> {
    of.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect()
}

pub(crate) async fn a_fact_that_is_as_it_was_keeps_its_version(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    let first = FactsBatch {
        customers: vec![customer("a", "Alfa", 10), customer("b", "Beta", 10)],
        documents: vec![document("a", "1", "10", 10), document("a", "2", "20", 10)],
        ..FactsBatch::default()
    };
    assert_eq!(put(&storage, org, first.clone()).await, (4, 4));
    let before = pairs(&[("b", 2), ("a", 4)]);
    assert_eq!(
        directory(&storage, org).await,
        before,
        "behind its documents"
    );

    let (card, read) = storage.dossier_after(org, "a".into(), 0, 9).await.unwrap();
    assert_eq!(card, Some(first.customers[0].card.clone()));
    let want = |n: usize, version: u64| Document {
        version,
        ..first.documents[n].document.clone()
    };
    assert_eq!(read, [want(0, 3), want(1, 4)], "read as it was put");
    let row = storage.customers_after(org, 2, 9).await.unwrap().remove(0);
    let want = CustomerRow {
        id: "a".to_owned(),
        version: 4,
        name: "Alfa".to_owned(),
        addresses: first.customers[0].addresses.clone(),
        tax_number: first.customers[0].card.tax_number.clone(),
        place: first.customers[0].card.place().to_owned(),
        gone: false,
    };
    assert_eq!(row, want);

    let again = FactsBatch {
        customers: vec![customer("a", "Alfa", 20), customer("b", "Beta", 20)],
        documents: vec![
            document("a", "1", "10", 20),
            document("a", "2", "20.00", 20),
        ],
        ..FactsBatch::default()
    };
    assert_eq!(put(&storage, org, again).await, (4, 0), "only seen");
    assert_eq!(directory(&storage, org).await, before);
    let (card, read) = storage.dossier_after(org, "a".into(), 0, 9).await.unwrap();
    assert_eq!(card.unwrap().seen_at, at(20), "and that is told");
    assert_eq!(read[1].seen_at, at(20));

    // One document: its customer has news, its card has none.
    let changed = put(&storage, org, documents(vec![document("a", "1", "11", 30)]));
    assert_eq!(changed.await, (5, 1));
    assert_eq!(directory(&storage, org).await, pairs(&[("b", 2), ("a", 5)]));
    let (card, read) = storage.dossier_after(org, "a".into(), 4, 9).await.unwrap();
    assert_eq!((card, read.len(), read[0].version), (None, 1, 5));

    let renamed = put(&storage, org, customers(vec![customer("b", "Gama", 40)]));
    assert_eq!(renamed.await, (6, 1));
    let (card, _) = storage.dossier_after(org, "b".into(), 5, 9).await.unwrap();
    assert_eq!(card.unwrap().name, "Gama");
    let mut moved_in = customer("a", "Alfa", 40);
    moved_in.addresses.push("novi@kupec.example".to_owned());
    assert_eq!(put(&storage, org, customers(vec![moved_in])).await, (7, 1));
    assert_eq!(directory(&storage, org).await, pairs(&[("b", 6), ("a", 7)]));
}

pub(crate) async fn what_is_gone_or_moved_is_told_to_whom_it_belonged(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    let first = FactsBatch {
        customers: vec![customer("a", "Alfa", 1), customer("b", "Beta", 1)],
        documents: vec![document("a", "1", "10", 1), document("a", "2", "20", 1)],
        ..FactsBatch::default()
    };
    put(&storage, org, first).await;
    let count = async || storage.facts_state(org).await.unwrap().counts.documents;
    assert_eq!(count().await, 2);

    let taken = |customer: &str, id: &str| {
        let mut found = document(customer, id, "1", 2);
        found.document.gone = true;
        documents(vec![found])
    };
    assert_eq!(put(&storage, org, taken("a", "1")).await, (5, 1));
    assert_eq!(
        dossier(&storage, org, "a", 4).await,
        [("1".to_owned(), 5, "10.00".to_owned(), true)]
    );
    assert_eq!(count().await, 1);
    for (customer, id) in [("a", "1"), ("b", "nobody's")] {
        let none = put(&storage, org, taken(customer, id)).await;
        assert_eq!(none, (5, 0), "{id}: nothing to take away");
    }
    let back = put(&storage, org, documents(vec![document("a", "1", "10", 3)]));
    assert_eq!(back.await, (6, 1));
    assert_eq!(
        dossier(&storage, org, "a", 4).await,
        [("1".to_owned(), 6, "10.00".to_owned(), false)]
    );

    let moved = put(&storage, org, documents(vec![document("b", "2", "20", 4)]));
    assert_eq!(moved.await, (8, 1));
    assert_eq!(
        dossier(&storage, org, "a", 6).await,
        [("2".to_owned(), 7, "20.00".to_owned(), true)],
        "the one who had it"
    );
    assert_eq!(
        dossier(&storage, org, "b", 0).await,
        [("2".to_owned(), 8, "20.00".to_owned(), false)],
        "the one who has it, told later"
    );
    assert_eq!(directory(&storage, org).await, pairs(&[("a", 7), ("b", 8)]));
    assert_eq!(count().await, 2);
    // And back: neither has two rows of it.
    put(&storage, org, documents(vec![document("a", "2", "20", 5)])).await;
    assert_eq!(dossier(&storage, org, "b", 8).await.len(), 1);
    assert!(dossier(&storage, org, "b", 8).await[0].3);
    assert_eq!(dossier(&storage, org, "a", 0).await.len(), 2);
    assert_eq!(storage.check().await.unwrap().problems, [""; 0]);
}

pub(crate) async fn what_a_sweep_did_not_see_is_looked_for(stage: &impl Stage) {
    use DocumentKind::{Invoice, Offer, Order};
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    let all = vec![
        kind(Offer, document("a", "1", "1", 1)),
        document("a", "2", "2", 1),
        document("b", "3", "3", 1),
        document("b", "4", "4", 1),
        kind(Invoice, document("b", "5", "5", 1)),
    ];
    put(&storage, org, documents(all)).await;
    let unswept = async |kinds: &[DocumentKind], sweep, limit| {
        let found = storage.unswept(org, kinds.to_vec(), sweep, limit).await;
        let ids = found.unwrap().into_iter();
        ids.map(|found| (found.customer, found.document.id))
            .map(|(customer, id)| format!("{customer}{id}"))
            .collect::<Vec<_>>()
    };
    let swept = |sweep, all: Vec<FoundDocument>| FactsBatch {
        sweep: Some(sweep),
        ..documents(all)
    };
    put(&storage, org, swept(1, vec![document("a", "2", "2", 2)])).await;
    assert_eq!(unswept(&[Order], 1, 9).await, ["b3", "b4"]);
    assert_eq!(unswept(&[Order], 1, 1).await, ["b3"], "by id, so many");
    assert_eq!(
        unswept(&[Invoice, Offer], 1, 9).await,
        ["a1", "b5"],
        "of these kinds"
    );
    assert_eq!(unswept(&[], 1, 9).await, [""; 0]);
    // A look between two sweeps does not take back that it was seen.
    put(&storage, org, documents(vec![document("a", "2", "7", 3)])).await;
    assert_eq!(unswept(&[Order], 1, 9).await, ["b3", "b4"]);
    assert_eq!(unswept(&[Order], 2, 9).await, ["a2", "b3", "b4"]);
    let mut gone = document("b", "3", "3", 4);
    gone.document.gone = true;
    put(&storage, org, documents(vec![gone])).await;
    assert_eq!(unswept(&[Order], 1, 9).await, ["b4"], "known to be gone");
}

pub(crate) async fn a_document_may_come_before_its_customer(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    let batch = FactsBatch {
        customers: vec![customer("c", "Ceder", 1)],
        documents: ["c", "b", "a"]
            .map(|id| document(id, &format!("of {id}"), "1", 1))
            .to_vec(),
        ..FactsBatch::default()
    };
    put(&storage, org, batch).await;
    let bare = async |limit| storage.bare_customers(org, limit).await.unwrap();
    assert_eq!(bare(9).await, ["a", "b"]);
    assert_eq!(bare(1).await, ["a"]);
    let rows = storage.customers_after(org, 0, 9).await.unwrap();
    let a = rows.iter().find(|row| row.id == "a").unwrap();
    assert_eq!((a.name.as_str(), a.addresses.len()), ("", 0));
    assert_eq!(storage.facts_state(org).await.unwrap().counts.customers, 3);
    let (card, read) = storage.dossier_after(org, "a".into(), 0, 9).await.unwrap();
    assert_eq!((card, read.len()), (None, 1), "nothing but its document");

    let named = put(&storage, org, customers(vec![customer("a", "Alfa", 2)]));
    assert_eq!(named.await, (5, 1));
    assert_eq!(bare(9).await, ["b"]);
    assert_eq!(storage.facts_state(org).await.unwrap().counts.customers, 3);
    let (card, read) = storage.dossier_after(org, "a".into(), 4, 9).await.unwrap();
    assert_eq!((card.unwrap().name.as_str(), read.len()), ("Alfa", 0));
}

/// What a document told of its customer.
fn told(id: &str, name: &str, address: &str) -> FoundCustomer {
    FoundCustomer {
        bare: true,
        gone: false,
        addresses: vec![address.to_owned()],
        ..customer(id, name, 1)
    }
}

pub(crate) async fn what_a_document_tells_of_a_customer_yields_to_its_card(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    let row = async || storage.customers_after(org, 0, 9).await.unwrap().remove(0);
    let card = async |after| {
        let (card, _) = storage
            .dossier_after(org, "a".into(), after, 9)
            .await
            .unwrap();
        card.map(|card| card.name)
    };
    let told = |name, address| customers(vec![told("a", name, address)]);
    assert_eq!(
        put(&storage, org, told("Alfa d.o.", "1@a.si")).await,
        (1, 1)
    );
    assert_eq!(storage.bare_customers(org, 9).await.unwrap(), ["a"]);
    assert_eq!(card(0).await.as_deref(), Some("Alfa d.o."));
    let again = put(&storage, org, told("ALFA", "1@a.si")).await;
    assert_eq!(again, (1, 0), "the first to tell is believed");
    assert_eq!(put(&storage, org, told("ALFA", "2@a.si")).await, (2, 1));
    assert_eq!(row().await.addresses, ["1@a.si", "2@a.si"]);
    assert_eq!(card(1).await, None, "an address is no other card");

    let whole = || customers(vec![customer("a", "Alfa", 5)]);
    assert_eq!(put(&storage, org, whole()).await, (3, 1));
    let all = [
        "a@kupec.example",
        "racuni@kupec.example",
        "1@a.si",
        "2@a.si",
    ];
    assert_eq!(
        (row().await.name.as_str(), row().await.addresses),
        ("Alfa", all.map(str::to_owned).to_vec())
    );
    assert_eq!(card(2).await.as_deref(), Some("Alfa"));
    assert_eq!(storage.bare_customers(org, 9).await.unwrap(), [""; 0]);
    for look in [
        told("ALFA", "2@a.si"),
        told("A", "racuni@kupec.example"),
        whole(),
    ] {
        assert_eq!(put(&storage, org, look).await, (3, 0), "nothing new");
    }
    assert_eq!(put(&storage, org, told("A", "3@a.si")).await, (4, 1));
    assert_eq!((row().await.version, row().await.addresses.len()), (4, 5));
    assert_eq!(card(3).await, None);
    assert_eq!(put(&storage, org, whole()).await, (4, 0), "and stays");
    assert_eq!(row().await.addresses.len(), 5);

    // As a look brings it: a document, and what it tells of a customer who is known better.
    let look = FactsBatch {
        documents: vec![document("a", "1", "10", 6)],
        ..told("A", "3@a.si")
    };
    assert_eq!(put(&storage, org, look).await, (5, 1));
    assert_eq!(
        (row().await.version, row().await.name.as_str()),
        (5, "Alfa")
    );
    assert_eq!(card(0).await.as_deref(), Some("Alfa"));
    let counts = storage.facts_state(org).await.unwrap().counts;
    assert_eq!((counts.customers, counts.documents), (1, 1));
}

pub(crate) async fn pages_go_on_where_they_ended(stage: &impl Stage) {
    let storage = stage.open().await;
    let org = connected(&storage, "hrast").await;
    for n in 0..7 {
        let batch = FactsBatch {
            customers: (0..3)
                .map(|c| customer(&format!("{n}-{c}"), "Kupec", 1))
                .collect(),
            documents: (0..5)
                .map(|d| document("whale", &format!("{n}-{d}"), "1", 1))
                .chain([document(&format!("{n}-1"), &format!("{n}-own"), "1", 1)])
                .collect(),
            ..FactsBatch::default()
        };
        put(&storage, org, batch).await;
    }
    let whole = directory(&storage, org).await;
    let versions: Vec<u64> = whole.iter().map(|(_, version)| *version).collect();
    assert_eq!(whole.len(), 22);
    assert!(versions.is_sorted_by(|a, b| a < b), "no two are the same");
    let papers = dossier(&storage, org, "whale", 0).await;
    assert_eq!(papers.len(), 35);
    assert_eq!(
        papers.last().map(|(_, version, ..)| *version),
        whole.iter().find(|(id, _)| id == "whale").map(|(_, v)| *v),
        "the directory tells of the newest paper"
    );
    for at_once in [1, 2, 5, 7, 11, 22, 35, 100] {
        let (mut after, mut paged) = (0, Vec::new());
        loop {
            let page = storage.customers_after(org, after, at_once).await.unwrap();
            let Some(last) = page.last() else { break };
            assert!(page.len() <= at_once);
            after = last.version;
            paged.extend(page.into_iter().map(|row| (row.id, row.version)));
        }
        assert_eq!(paged, whole, "{at_once} at a time");
        let (mut after, mut paged) = (0, Vec::new());
        loop {
            let page = storage.dossier_after(org, "whale".into(), after, at_once);
            let (_, page) = page.await.unwrap();
            let Some(last) = page.last() else { break };
            assert!(page.len() <= at_once);
            after = last.version;
            paged.extend(page.into_iter().map(|d| d.id));
        }
        let ids: Vec<_> = papers.iter().map(|(id, ..)| id.clone()).collect();
        assert_eq!(paged, ids, "{at_once} at a time");
    }
}

pub(crate) async fn looks_of_two_nodes_are_numbered_in_one_order(stage: &impl Stage) {
    let (one, two) = (stage.open().await, stage.open().await);
    let org = connected(&one, "hrast").await;
    let mut looks = JoinSet::new();
    for (node, storage) in [one.clone(), two.clone()].into_iter().enumerate() {
        looks.spawn(async move {
            for n in 0..20 {
                let batch = FactsBatch {
                    customers: vec![customer("shared", &format!("{node}-{n}"), 1)],
                    documents: (0..3)
                        .map(|d| document(&format!("c{d}"), &format!("{node}-{n}-{d}"), "1", 1))
                        .collect(),
                    ..FactsBatch::default()
                };
                put(&storage, org, batch).await;
            }
        });
    }
    looks.join_all().await;
    let state = one.facts_state(org).await.unwrap();
    assert_eq!(state.version, 2 * 20 * 4, "each change has its number");
    assert_eq!((state.counts.customers, state.counts.documents), (4, 120));
    let mut versions = Vec::new();
    for customer in ["c0", "c1", "c2"] {
        let read = dossier(&two, org, customer, 0).await;
        versions.extend(read.into_iter().map(|(_, version, ..)| version));
    }
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), 120, "no number was given twice");
}
