//! What desks are told of the ERP's facts, over the line inside one process.

use std::time::Instant;

use kontor_protocol::{
    ClientFrame, CustomerCard, CustomersPage, Document, DocumentKind, DossierPage, FACTS,
    FactsState, MAX_CUSTOMERS, MAX_DOSSIERS, MAX_PRODUCTS, MirrorState, OrgId, ProductRow,
    ProductsPage, RejectCode, ServerFrame, SignedIn, WantedDossier,
};
use kontor_server::core::clock::Clock;
use kontor_server::core::hub::Hub;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::identity::Identity;
use kontor_server::core::storage::{
    Facts as _, FactsBatch, FoundCustomer, FoundDocument, NewErp, SqliteStorage,
};
use rstest::rstest;
use tempfile::TempDir;
use tokio_util::task::TaskTracker;

use crate::house::PASSWORD;
use crate::inside::{Inside, attach_with};

pub(crate) fn customer(id: &str) -> FoundCustomer {
    FoundCustomer {
        id: id.to_owned(),
        card: CustomerCard {
            name: format!("Kupec {id}"),
            ..CustomerCard::default()
        },
        addresses: vec![format!("{id}@kupec.example")],
        bare: false,
        gone: false,
    }
}

pub(crate) fn document(customer: &str, id: &str, title: &str) -> FoundDocument {
    let document = Document {
        id: id.to_owned(),
        version: 0,
        gone: false,
        kind: DocumentKind::Invoice,
        doc_type: "sales_bill_domestic".to_owned(),
        number: format!("R-{id}"),
        date: None,
        due: None,
        currency: "EUR".to_owned(),
        total: "12.50".parse().unwrap(),
        paid: "0".parse().unwrap(),
        status: String::new(),
        status_label: String::new(),
        their_number: String::new(),
        title: title.to_owned(),
        issued: true,
        lines: Vec::new(),
        payments: Vec::new(),
        belongs_with: Vec::new(),
        seen_at: "2026-11-19T09:00:00Z".parse().unwrap(),
    };
    FoundDocument {
        customer: customer.to_owned(),
        document,
    }
}

pub(crate) async fn connect(storage: &SqliteStorage, org: OrgId, company: &str, life: &str) {
    let erp = NewErp {
        base_url: "https://erp.example".to_owned(),
        company_id: company.to_owned(),
        sealed_key: vec![1],
        life: life.to_owned(),
        at: "2026-11-19T09:00:00Z".parse().unwrap(),
    };
    storage.connect_erp(org, erp).await.unwrap();
}

/// Takes over customers and documents; answers the newest version.
pub(crate) async fn put(
    storage: &SqliteStorage,
    org: OrgId,
    customers: Vec<FoundCustomer>,
    documents: Vec<FoundDocument>,
) -> u64 {
    let batch = FactsBatch {
        customers,
        documents,
        ..FactsBatch::default()
    };
    let put = storage.put_facts(org, "one".to_owned(), batch).await;
    put.unwrap().unwrap().version
}

/// A hub with one organisation that has an ERP.
struct Stage {
    _dir: TempDir,
    storage: SqliteStorage,
    hub: Hub<SqliteStorage>,
    desk: SignedIn,
    running: TaskTracker,
}

impl Stage {
    async fn open() -> Self {
        let dir = TempDir::new().unwrap();
        let storage = SqliteStorage::open(&dir.path().join("team.db")).unwrap();
        let identity = Identity::new(storage.clone(), Clock::system());
        let made = identity
            .create_org("cebela", "ana@example.com", PASSWORD)
            .await;
        let desk = identity.sign_in(made.unwrap(), "desk", "login").await;
        let desk = desk.unwrap();
        connect(&storage, desk.org, "16", "one").await;
        Self {
            _dir: dir,
            hub: Hub::new(storage.clone(), Clock::system(), Limits::default()),
            storage,
            desk,
            running: TaskTracker::new(),
        }
    }

    async fn attach(&self, words: &[&str]) -> Inside {
        attach_with(&self.hub, &self.desk, &self.running, words)
            .await
            .0
    }

    async fn put(&self, customers: Vec<FoundCustomer>, documents: Vec<FoundDocument>) -> u64 {
        put(&self.storage, self.desk.org, customers, documents).await
    }

    async fn close(self) {
        self.hub.close().await;
        self.running.close();
        self.running.wait().await;
    }
}

async fn told(desk: &mut Inside) -> FactsState {
    desk.find(|frame| match frame {
        ServerFrame::Facts(state) => Some(*state),
        _ => None,
    })
    .await
}

async fn directory(desk: &mut Inside, after: u64) -> CustomersPage {
    desk.say(&ClientFrame::Customers { after }).await;
    desk.find(|frame| match frame {
        ServerFrame::Customers(page) => Some(*page),
        _ => None,
    })
    .await
}

async fn dossier(desk: &mut Inside, customer: &str, after: u64) -> DossierPage {
    desk.say(&wanted(&[(customer, after)])).await;
    page(desk).await
}

async fn page(desk: &mut Inside) -> DossierPage {
    desk.find(|frame| match frame {
        ServerFrame::Dossier(page) => Some(*page),
        _ => None,
    })
    .await
}

async fn products(desk: &mut Inside, after: u64) -> ProductsPage {
    desk.say(&ClientFrame::Products { after }).await;
    desk.find(|frame| match frame {
        ServerFrame::Products(page) => Some(*page),
        _ => None,
    })
    .await
}

fn wanted(customers: &[(&str, u64)]) -> ClientFrame {
    let wanted = customers.iter().map(|(customer, after)| WantedDossier {
        customer: (*customer).to_owned(),
        after: *after,
    });
    ClientFrame::Dossiers {
        wanted: wanted.collect(),
    }
}

#[tokio::test]
async fn a_desk_is_told_after_the_welcome_and_when_something_changed() {
    let stage = Stage::open().await;
    stage.put(vec![customer("a")], Vec::new()).await;
    let (mut desk, words) = attach_with(&stage.hub, &stage.desk, &stage.running, &[FACTS]).await;
    assert!(words.iter().any(|word| word == FACTS), "{words:?}");
    let first = told(&mut desk).await;
    assert_eq!((first.life.as_str(), first.version), ("one", 1));
    assert_eq!(first.state, MirrorState::First);
    assert_eq!(first.counts.customers, 1);

    let newest = stage.put(vec![customer("b")], Vec::new()).await;
    assert_eq!(told(&mut desk).await.version, newest);
    // A desk that comes is told at once; for the others nothing has changed.
    let mut second = stage.attach(&[FACTS]).await;
    assert_eq!(told(&mut second).await.version, newest);
    connect(&stage.storage, stage.desk.org, "17", "two").await;
    for desk in [&mut desk, &mut second] {
        let state = told(desk).await;
        assert_eq!(
            (state.life.as_str(), state.version, state.counts.customers),
            ("two", 0, 0)
        );
    }
    drop((desk, second));
    stage.close().await;
}

#[tokio::test]
async fn a_desk_that_comes_back_hears_of_the_life_of_now() {
    let stage = Stage::open().await;
    let mut desk = stage.attach(&[FACTS]).await;
    assert_eq!(told(&mut desk).await.life, "one");
    drop(desk);
    while stage.hub.figures().desks.get() > 0 {
        tokio::task::yield_now().await;
    }
    // Nobody sits there who could be told.
    connect(&stage.storage, stage.desk.org, "17", "two").await;
    let mut desk = stage.attach(&[FACTS]).await;
    assert_eq!(told(&mut desk).await.life, "two");
    drop(desk);
    stage.close().await;
}

#[rstest]
#[case::while_all_is_read_for_the_first_time(MirrorState::First, 2000)]
#[case::later(MirrorState::Live, 250)]
#[tokio::test]
async fn a_burst_of_changes_is_a_few_frames(#[case] state: MirrorState, #[case] apart: u128) {
    let stage = Stage::open().await;
    let batch = FactsBatch {
        state: Some(FactsState {
            state,
            ..FactsState::default()
        }),
        ..FactsBatch::default()
    };
    let put = stage
        .storage
        .put_facts(stage.desk.org, "one".to_owned(), batch);
    put.await.unwrap();
    let mut desk = stage.attach(&[FACTS]).await;
    let (began, mut newest) = (Instant::now(), 0);
    for n in 0..200 {
        newest = stage.put(vec![customer(&n.to_string())], Vec::new()).await;
    }
    let mut versions = Vec::new();
    while versions.last() != Some(&newest) {
        versions.push(told(&mut desk).await.version);
    }
    // However slow the machine is: so many a second, and those at both ends and for the desk that came.
    let most = began.elapsed().as_millis() / apart + 3;
    let frames = versions.len() as u128;
    assert!(frames <= most, "{frames} frames, {most} would do");
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    drop(desk);
    stage.close().await;
}

#[tokio::test]
async fn a_desk_that_does_not_know_facts_is_told_nothing_of_them() {
    let stage = Stage::open().await;
    let mut old = stage.attach(&["presence"]).await;
    let mut new = stage.attach(&[FACTS]).await;
    let newest = stage.put(vec![customer("a")], Vec::new()).await;
    while told(&mut new).await.version < newest {}
    old.say(&ClientFrame::Ping { nonce: 7 }).await;
    let came = old.find(|frame| match frame {
        ServerFrame::Facts(_) => Some(false),
        ServerFrame::Pong { .. } => Some(true),
        _ => None,
    });
    assert!(came.await, "the pong, and no facts before it");
    drop((old, new));
    stage.close().await;
}

#[tokio::test]
async fn products_come_page_by_page() {
    let stage = Stage::open().await;
    let most = MAX_PRODUCTS + 1;
    let product = |n: usize| ProductRow {
        id: n.to_string(),
        name: format!("Vijak {n}"),
        ..ProductRow::default()
    };
    let batch = FactsBatch {
        products: (0..most).map(product).collect(),
        ..FactsBatch::default()
    };
    let put = stage
        .storage
        .put_facts(stage.desk.org, "one".to_owned(), batch);
    put.await.unwrap();
    let newest = stage.put(vec![customer("a")], Vec::new()).await;
    let mut desk = stage.attach(&[FACTS]).await;
    let state = told(&mut desk).await;
    assert_eq!((state.version, state.products), (newest, newest - 1));
    let first = products(&mut desk, 0).await;
    assert_eq!((first.rows.len(), first.more), (MAX_PRODUCTS, true));
    assert_eq!(first.upto, first.rows.last().unwrap().version);
    let last = products(&mut desk, first.upto).await;
    assert_eq!((last.rows.len(), last.more), (1, false));
    assert_eq!((last.upto, last.life.as_str()), (state.products, "one"));
    let none = products(&mut desk, last.upto).await;
    assert_eq!((none.rows.len(), none.upto), (0, last.upto));
    drop(desk);
    stage.close().await;
}

#[tokio::test]
async fn the_directory_comes_page_by_page() {
    let stage = Stage::open().await;
    let most = u64::try_from(MAX_CUSTOMERS).unwrap();
    let ids = |from: u64, to: u64| (from..to).map(|n| customer(&n.to_string())).collect();
    let newest = stage.put(ids(0, most), Vec::new()).await;
    let mut desk = stage.attach(&[FACTS]).await;
    let page = directory(&mut desk, 0).await;
    assert_eq!((page.rows.len(), page.more), (MAX_CUSTOMERS, false));
    assert_eq!((page.after, page.upto), (0, newest));
    assert_eq!(page.life, "one");

    stage.put(ids(most, most + 1), Vec::new()).await;
    let page = directory(&mut desk, 0).await;
    assert_eq!((page.rows.len(), page.more), (MAX_CUSTOMERS, true));
    assert_eq!(page.upto, page.rows.last().unwrap().version);
    let rest = directory(&mut desk, page.upto).await;
    assert_eq!((rest.rows.len(), rest.more), (1, false));
    assert_eq!(rest.rows[0].addresses, ["500@kupec.example"]);
    let none = directory(&mut desk, rest.upto).await;
    assert_eq!((none.rows.len(), none.upto), (0, rest.upto));
    drop(desk);
    stage.close().await;
}

#[tokio::test]
async fn a_dossier_comes_in_pages_a_frame_bears() {
    let stage = Stage::open().await;
    let small: Vec<_> = (0..MAX_DOSSIERS + 1)
        .map(|n| document("a", &n.to_string(), ""))
        .collect();
    stage.put(vec![customer("a")], small).await;
    let large = "x".repeat(400_000);
    let large: Vec<_> = (0..5)
        .map(|n| document("b", &format!("b{n}"), &large))
        .collect();
    let newest = stage.put(vec![customer("b")], large).await;
    let mut desk = stage.attach(&[FACTS]).await;

    let first = dossier(&mut desk, "a", 0).await;
    assert_eq!(first.card.map(|card| card.name).as_deref(), Some("Kupec a"));
    assert_eq!((first.documents.len(), first.more), (MAX_DOSSIERS, true));
    let last = dossier(&mut desk, "a", first.upto).await;
    assert_eq!((last.documents.len(), last.more), (1, false));
    assert_eq!((last.card, last.upto), (None, newest));

    let (mut after, mut sizes) = (0, Vec::new());
    loop {
        let page = dossier(&mut desk, "b", after).await;
        let bytes = serde_json::to_vec(&page).unwrap().len();
        assert!(bytes < 1 << 20, "{bytes} bytes");
        sizes.push(page.documents.len());
        after = page.upto;
        if !page.more {
            break;
        }
    }
    assert_eq!((sizes, after), (vec![2, 2, 1], newest));

    // Several at once, each with its page, in order; one that is nobody's, too.
    desk.say(&wanted(&[("a", newest), ("nobody", 0), ("b", newest - 1)]))
        .await;
    let mut pages = Vec::new();
    for _ in 0..3 {
        let page = page(&mut desk).await;
        assert_eq!((page.upto, page.more), (newest, false));
        pages.push((page.customer, page.card.is_some(), page.documents.len()));
    }
    let want = [("a", false, 0), ("nobody", false, 0), ("b", false, 1)];
    assert_eq!(pages, want.map(|(id, card, n)| (id.to_owned(), card, n)));
    drop(desk);
    stage.close().await;
}

#[rstest]
#[case::too_many(vec!["a".to_owned(); MAX_DOSSIERS + 1])]
#[case::empty(vec![String::new()])]
#[case::long(vec!["a".repeat(301)])]
#[case::control(vec!["a".to_owned(), "b\u{0}".to_owned()])]
#[tokio::test]
async fn absurd_wishes_are_refused(#[case] ids: Vec<String>) {
    let stage = Stage::open().await;
    let mut desk = stage.attach(&[FACTS]).await;
    let ids: Vec<(&str, u64)> = ids.iter().map(|id| (id.as_str(), 0)).collect();
    desk.say(&wanted(&ids)).await;
    let reject = desk.find(|frame| match frame {
        ServerFrame::Reject(reject) => Some(reject.code),
        _ => None,
    });
    assert_eq!(reject.await, RejectCode::Malformed);
    drop(desk);
    stage.close().await;
}
