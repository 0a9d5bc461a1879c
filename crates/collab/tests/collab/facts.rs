//! Facts: what a desk asks for and in which order, what a page does, and what another company does to it.

use kontor_collab::{Desk, FarEnd, Line};
use kontor_model::Amount;
use kontor_protocol::{
    ClientFrame, CustomerCard, CustomerRow, CustomersPage, DeviceId, Document, DocumentKind,
    DocumentLine, DossierPage, FACTS, FactsState, MirrorState, OrgId, ProductRow, ProductsPage,
    ServerFrame,
};
use rstest::rstest;
use uuid::Uuid;

use crate::lines::{live, session};
use crate::support::{Order, Place, at, member, text};

/// A desk whose conversation has begun.
async fn begun(place: &Place, order: &mut Order) -> Desk {
    begin(Desk::new(place.collab.clone()), order).await
}

async fn begin(mut desk: Desk, order: &mut Order) -> Desk {
    let hello = desk.hello("token").unwrap();
    let ClientFrame::Hello(said) = &hello else {
        panic!("{hello:?}");
    };
    assert!(said.capabilities.iter().any(|c| c == FACTS), "{said:?}");
    for answer in order.take(&mut None, hello) {
        desk.take(answer, at(1)).await.unwrap();
    }
    desk
}

fn state(life: &str, version: u64) -> ServerFrame {
    ServerFrame::Facts(Box::new(FactsState {
        life: life.to_owned(),
        version,
        state: MirrorState::Live,
        ..FactsState::default()
    }))
}

fn row(id: &str, version: u64) -> CustomerRow {
    CustomerRow {
        id: id.to_owned(),
        version,
        name: format!("Firma {id}"),
        addresses: vec![format!("Info@{id}.example ")],
        tax_number: "SI 1234 5678".to_owned(),
        place: "1000 Ljubljana".to_owned(),
        gone: false,
    }
}

fn directory(after: u64, rows: Vec<CustomerRow>, more: bool) -> ServerFrame {
    ServerFrame::Customers(Box::new(CustomersPage {
        life: "one".to_owned(),
        after,
        upto: rows.last().map_or(after, |row| row.version),
        rows,
        more,
    }))
}

fn document(id: &str, version: u64) -> Document {
    Document {
        id: id.to_owned(),
        version,
        gone: false,
        kind: DocumentKind::Order,
        doc_type: "sales_order".to_owned(),
        number: format!("2026-{id}"),
        date: Some("2026-11-02".parse().unwrap()),
        due: None,
        currency: "EUR".to_owned(),
        total: "12.5".parse().unwrap(),
        paid: Amount::ZERO,
        status: "new_order".to_owned(),
        status_label: "Novo naročilo".to_owned(),
        their_number: String::new(),
        title: String::new(),
        issued: true,
        lines: vec![DocumentLine {
            name: "Miza".to_owned(),
            ..DocumentLine::default()
        }],
        payments: Vec::new(),
        belongs_with: Vec::new(),
        seen_at: at(0),
    }
}

fn dossier(customer: &str, after: u64, documents: Vec<Document>, more: bool) -> ServerFrame {
    ServerFrame::Dossier(Box::new(DossierPage {
        life: "one".to_owned(),
        customer: customer.to_owned(),
        after,
        card: (after == 0).then(CustomerCard::default),
        upto: documents.last().map_or(after, |d| d.version),
        documents,
        more,
    }))
}

/// Everything the desk asks for now, in a line.
fn asks(desk: &mut Desk) -> String {
    let mut asked = Vec::new();
    while let Some(ask) = desk.next_ask().unwrap() {
        asked.push(match ask {
            ClientFrame::Customers { after } => format!("directory {after}"),
            ClientFrame::Products { after } => format!("products {after}"),
            ClientFrame::Dossiers { wanted } => wanted
                .iter()
                .map(|w| format!("{}@{}", w.customer, w.after))
                .collect::<Vec<_>>()
                .join(" "),
            other => panic!("{other:?}"),
        });
    }
    asked.join(", ")
}

async fn take(desk: &mut Desk, frame: ServerFrame) {
    desk.take(frame, at(2)).await.unwrap();
}

async fn follow(place: &Place, customer: &'static str) {
    let write = place
        .collab
        .store()
        .write(at(3).into(), move |w| w.follow(customer));
    assert!(write.await.unwrap(), "{customer} is known");
}

fn numbers(place: &Place, customer: &str) -> Vec<String> {
    let rows = place
        .collab
        .store()
        .read(|r| r.documents(customer, None, 100));
    rows.unwrap().into_iter().map(|d| d.number).collect()
}

#[tokio::test]
async fn a_desk_reads_the_directory_and_then_what_it_follows() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    let mut desk = begun(&p, &mut order).await;
    assert_eq!(asks(&mut desk), "", "no server said that it has facts");
    take(&mut desk, state("one", 9)).await;
    assert_eq!(asks(&mut desk), "directory 0", "one page at a time");
    take(
        &mut desk,
        directory(0, vec![row("a", 3), row("b", 5)], true),
    )
    .await;
    assert_eq!(asks(&mut desk), "directory 5");
    follow(&p, "a").await;
    assert_eq!(
        asks(&mut desk),
        "a@0",
        "whoever looks need not wait for the rest"
    );
    follow(&p, "b").await;
    assert_eq!(asks(&mut desk), "", "one batch at a time");
    take(&mut desk, dossier("a", 0, vec![document("1", 2)], true)).await;
    assert_eq!(asks(&mut desk), "a@2 b@0");
    take(&mut desk, directory(5, vec![row("c", 9)], false)).await;
    take(&mut desk, dossier("b", 0, Vec::new(), false)).await;
    take(&mut desk, dossier("a", 2, vec![document("2", 3)], false)).await;
    assert_eq!(asks(&mut desk), "", "all is here");
    assert_eq!(numbers(&p, "a"), ["2026-2", "2026-1"]);
    let found = p
        .collab
        .store()
        .read(|r| r.customers_of_address("info@a.example"));
    assert_eq!(found.unwrap().len(), 1, "addresses are lower case");

    take(&mut desk, state("one", 12)).await;
    assert_eq!(asks(&mut desk), "directory 9");
    take(
        &mut desk,
        directory(9, vec![row("c", 10), row("a", 12)], false),
    )
    .await;
    assert_eq!(
        asks(&mut desk),
        "a@3",
        "only what changed of whom it follows"
    );
    let gone = Document {
        gone: true,
        ..document("1", 12)
    };
    take(&mut desk, dossier("a", 3, vec![gone], false)).await;
    assert_eq!(numbers(&p, "a"), ["2026-2"]);
}

#[tokio::test]
async fn notes_go_first() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    let mut desk = begun(&p, &mut order).await;
    take(&mut desk, state("one", 9)).await;
    p.write(1, text("ena"), 4).await;
    let push = desk.next_push().unwrap().unwrap();
    assert_eq!(asks(&mut desk), "", "while a note is on its way");
    let mut who = Some((member(1), DeviceId(Uuid::from_u128(1)), 0));
    for answer in order.take(&mut who, push) {
        desk.take(answer, at(5)).await.unwrap();
    }
    assert_eq!(asks(&mut desk), "directory 0");
}

#[tokio::test]
async fn what_changes_while_an_answer_is_on_its_way_is_asked_for_again() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    let mut desk = begun(&p, &mut order).await;
    take(&mut desk, state("one", 3)).await;
    assert_eq!(asks(&mut desk), "directory 0");
    take(&mut desk, directory(0, vec![row("a", 3)], false)).await;
    follow(&p, "a").await;
    assert_eq!(asks(&mut desk), "a@0");
    take(&mut desk, state("one", 4)).await;
    assert_eq!(asks(&mut desk), "directory 3");
    take(&mut desk, directory(3, vec![row("a", 4)], false)).await;
    take(&mut desk, dossier("a", 0, vec![document("1", 3)], false)).await;
    assert_eq!(asks(&mut desk), "a@3");
}

#[rstest]
#[case::page_of_another_life(ServerFrame::Customers(Box::new(CustomersPage { life: "two".into(), rows: vec![row("x", 4)], upto: 4, ..CustomersPage::default() })))]
#[case::page_not_asked_for(directory(7, vec![row("x", 8)], false))]
#[case::dossier_not_asked_for(dossier("x", 0, vec![document("1", 2)], false))]
#[tokio::test]
async fn what_was_not_asked_for_is_not_taken(#[case] frame: ServerFrame) {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    let mut desk = begun(&p, &mut order).await;
    take(&mut desk, state("one", 9)).await;
    assert_eq!(asks(&mut desk), "directory 0");
    take(&mut desk, frame).await;
    let (customers, facts) = p
        .collab
        .store()
        .read(|r| Ok((r.customer_count()?, r.facts()?)))
        .unwrap();
    assert_eq!((customers, facts.unwrap().directory), (0, 0));
    assert_eq!(numbers(&p, "x"), [""; 0]);
}

#[tokio::test]
async fn another_company_makes_it_forget_and_a_new_line_goes_on() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    let mut desk = begun(&p, &mut order).await;
    take(&mut desk, state("one", 9)).await;
    assert_eq!(asks(&mut desk), "directory 0");
    take(&mut desk, directory(0, vec![row("a", 3)], true)).await;
    follow(&p, "a").await;

    let mut desk = begun(&p, &mut order).await;
    assert_eq!(asks(&mut desk), "");
    take(&mut desk, state("one", 9)).await;
    assert_eq!(asks(&mut desk), "directory 3, a@0", "where it was");

    take(&mut desk, state("two", 2)).await;
    assert_eq!(p.collab.store().read(|r| r.customer_count()).unwrap(), 0);
    assert_eq!(asks(&mut desk), "directory 0");
    take(&mut desk, state("", 0)).await;
    assert_eq!(asks(&mut desk), "", "no ERP is connected any more");
}

#[tokio::test]
async fn alone_the_server_inside_tells_facts_too() {
    let mut order = Order::new();
    let p = Place::new(1);
    order.org = OrgId(Uuid::from_u128(5));
    order.events.clear();
    let place = kontor_collab::Within {
        org: order.org,
        member: member(1),
        device: DeviceId(Uuid::from_u128(1)),
        token: "token".to_owned(),
        cursor: 0,
        head: 0,
    };
    p.collab.settle_within(place, at(0)).await.unwrap();
    let mut desk = begin(Desk::within(p.collab.clone()), &mut order).await;
    take(&mut desk, state("one", 3)).await;
    assert_eq!(asks(&mut desk), "directory 0");
    take(&mut desk, directory(0, vec![row("a", 3)], false)).await;
    follow(&p, "a").await;
    assert_eq!(asks(&mut desk), "a@0");
    take(&mut desk, dossier("a", 0, vec![document("1", 3)], false)).await;
    assert_eq!(numbers(&p, "a"), ["2026-1"]);
}

fn selling(newest: u64) -> ServerFrame {
    ServerFrame::Facts(Box::new(FactsState {
        life: "one".to_owned(),
        version: newest,
        products: newest,
        state: MirrorState::Live,
        ..FactsState::default()
    }))
}

fn products(after: u64, rows: &[(&str, u64, bool)], more: bool) -> ServerFrame {
    let row = |(id, version, gone): &(&str, u64, bool)| ProductRow {
        id: (*id).to_owned(),
        version: *version,
        gone: *gone,
        code: format!("K{id}"),
        name: "Vijak".to_owned(),
        stock: Some("12.5".parse().unwrap()),
        ..ProductRow::default()
    };
    ServerFrame::Products(Box::new(ProductsPage {
        life: "one".to_owned(),
        after,
        upto: rows.last().map_or(after, |row| row.1),
        rows: rows.iter().map(row).collect(),
        more,
    }))
}

#[tokio::test]
async fn products_come_page_by_page_after_the_customers() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    let mut desk = begun(&p, &mut order).await;
    take(&mut desk, selling(4)).await;
    assert_eq!(asks(&mut desk), "directory 0, products 0");
    take(&mut desk, directory(0, Vec::new(), false)).await;
    take(
        &mut desk,
        products(0, &[("1", 2, false), ("2", 3, false)], true),
    )
    .await;
    assert_eq!(asks(&mut desk), "products 3", "where the page ended");
    take(&mut desk, products(0, &[("9", 9, false)], false)).await;
    assert_eq!(
        asks(&mut desk),
        "products 3",
        "a page nobody asked for is not taken"
    );
    take(&mut desk, products(3, &[("3", 4, false)], false)).await;
    assert_eq!(asks(&mut desk), "", "all are here");
    let found = p.collab.store().read(|r| r.products_named("vijak", 9));
    let ids: Vec<String> = found.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(ids, ["1", "2", "3"]);

    let mut desk = begun(&p, &mut order).await;
    take(&mut desk, selling(5)).await;
    assert_eq!(asks(&mut desk), "directory 0, products 4", "where it was");
    take(&mut desk, products(4, &[("1", 5, true)], false)).await;
    let row = p.collab.store().read(|r| r.product("1"));
    assert_eq!(row.unwrap(), None, "it is sold no more");
    let row = p.collab.store().read(|r| r.product_coded("K2"));
    let kept: ProductRow = serde_json::from_str(&row.unwrap().unwrap().body).unwrap();
    assert_eq!(kept.stock, Some("12.5".parse().unwrap()));
}

/// A server that has one customer, until it is asked for its facts.
async fn serve(mut far: FarEnd, order: &mut Order) {
    let mut who = None;
    loop {
        let frame = far.frames.recv().await.unwrap();
        let answers = match frame {
            ClientFrame::Hello(_) => {
                let mut answers = order.take(&mut who, frame);
                answers.push(state("one", 3));
                answers
            }
            ClientFrame::Customers { after } => {
                vec![directory(after, vec![row("a", 3)], false)]
            }
            ClientFrame::Dossiers { wanted } => {
                let after = wanted[0].after;
                vec![dossier("a", after, vec![document("1", 3)], false)]
            }
            other => order.take(&mut who, other),
        };
        for answer in answers {
            far.answers.send(answer).await.unwrap();
        }
    }
}

#[tokio::test]
async fn whom_another_process_looks_at_comes_over_a_line_that_lives() {
    let mut order = Order::new();
    let mut p = Place::joined(1, &order).await;
    let other = p.other_process();
    let (mut session, _ends) = session();
    let (line, far) = Line::within(8);
    let mut commits = p.collab.store().commits();
    let story = async {
        while p
            .collab
            .store()
            .read(|r| r.customer("a"))
            .unwrap()
            .is_none()
        {
            commits.changed().await.unwrap();
        }
        let write = other.store().write(at(3).into(), |w| w.follow("a"));
        assert!(write.await.unwrap());
        while numbers(&p, "a").is_empty() {
            commits.changed().await.unwrap();
        }
    };
    tokio::select! {
        () = story => {}
        ended = live(&p.collab, line, &mut session) => panic!("{ended}"),
        () = serve(far, &mut order) => panic!("the desk is there"),
    }
    assert_eq!(numbers(&p, "a"), ["2026-1"]);
}
