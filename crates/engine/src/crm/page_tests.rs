//! Badges of a list, operators of a search, and a customer's page.

use jiff::civil::date;
use kontor_mail::search::parse;
use kontor_model::MessageId;
use kontor_store::{PaperKind, PaperState};
use rstest::rstest;

use super::tests::{Desk, PLAIN};
use super::{BadgeView, DocumentsAsked, TableWords};
use crate::searching::{Found, with_facts};

/// Customers in every state, as of 22 November 2026.
async fn company() -> Desk {
    let desk = Desk::new().await;
    desk.customers(&[
        "1 bor@kupec.example",
        "2 cene@drugi.example",
        "3 info@skupaj.example",
        "4 info@skupaj.example dana@cetrti.example",
        "5 eva@peti.example maja@hrast.example",
    ])
    .await;
    desk.documents(&[
        "invoice RA-1 1 2026-10-01 2026-10-20 12000 0",
        "invoice RA-2 1 2026-10-02 2026-11-21 10 0",
        "order N-1 1 2026-10-01 2026-11-22 100 0",
        "order N-2 2 2026-11-01 2026-11-23 100 0",
        "credit_note D-2 2 2026-11-02 - 100 100",
        "order N-4 4 2020-01-01 - 100 0",
    ])
    .await;
    desk.write(|w| {
        for id in ["3", "4", "5"] {
            w.follow(id)?;
            w.hold_customer(id, 5, false, 5)?;
        }
        Ok(())
    })
    .await;
    desk
}

fn told(badge: &BadgeView) -> String {
    let rank = badge.rank.map_or("-", |rank| rank.as_str());
    let late = badge.overdue_days.map_or("-".to_owned(), |n| n.to_string());
    let ships = if badge.ships_today { "ships" } else { "" };
    let (address, customer, status) = (&badge.address, &badge.customer, badge.status.as_str());
    format!("{address} {customer} {rank} {status} {late} {ships}")
}

#[tokio::test]
async fn a_page_of_senders_says_whose_they_are_and_how_they_stand() {
    let desk = company().await;
    for (n, from) in [
        "bor@kupec.example",
        "cene@drugi.example",
        "kdo@drugje.example",
        "jan@hrast.example",
    ]
    .into_iter()
    .enumerate()
    {
        desk.from(u32::try_from(n).unwrap() + 1, from).await;
    }
    let asked = [
        "BOR@kupec.example",
        "cene@drugi.example",
        "info@skupaj.example",
        "dana@cetrti.example",
        "maja@hrast.example",
        "kdo@drugje.example",
        "nikoli@drugje.example",
        "jan@hrast.example",
        "",
    ];
    let asked: Vec<String> = asked.map(str::to_owned).to_vec();
    let badges = desk.engine.badges(asked.clone()).await.unwrap();
    let shown: Vec<String> = badges.known.iter().map(told).collect();
    assert_eq!(
        shown,
        [
            "bor@kupec.example 1 A overdue 33 ships",
            "cene@drugi.example 2 - new - ",
            "dana@cetrti.example 4 - sleeping - ",
        ],
        "an address of two, and our own, is nobody's"
    );
    assert_eq!(
        badges.first,
        ["kdo@drugje.example"],
        "who wrote once, but for a colleague"
    );

    desk.engine.link("kdo@drugje.example", "5").await.unwrap();
    desk.engine.link_to_none("bor@kupec.example").await.unwrap();
    desk.from(5, "nikoli@drugje.example").await;
    desk.from(6, "nikoli@drugje.example").await;
    let badges = desk.engine.badges(asked).await.unwrap();
    let shown: Vec<String> = badges.known.iter().map(told).collect();
    assert_eq!(
        shown[2], "kdo@drugje.example 5 - prospect - ",
        "what is said by hand goes first"
    );
    assert_eq!(
        badges.first,
        Vec::<String>::new(),
        "who wrote twice is known"
    );
}

#[tokio::test]
async fn a_badge_and_a_dossier_say_the_same() {
    let desk = company().await;
    for (address, id) in [
        ("bor@kupec.example", "1"),
        ("cene@drugi.example", "2"),
        ("dana@cetrti.example", "4"),
        ("eva@peti.example", "5"),
    ] {
        let badges = desk.engine.badges(vec![address.to_owned()]).await.unwrap();
        let customer = desk.engine.dossier(id).await.unwrap().customer.unwrap();
        let badge = badges.known.first().unwrap();
        assert_eq!(
            (badge.rank, badge.status),
            (customer.rank, customer.status),
            "{address}"
        );
        let late = customer
            .documents
            .iter()
            .filter_map(|d| d.overdue_days)
            .max();
        assert_eq!(badge.overdue_days, late, "{address}");
    }
}

async fn search(desk: &Desk, text: &str) -> Found {
    let found = desk.engine.search(text, None, 50, false).await.unwrap();
    // Rules ask of a few mails what everybody is asked here.
    let query = with_facts(&desk.engine.ctx, parse(text)).unwrap().query;
    let store = &desk.engine.ctx.store;
    let newest = store.read(|r| r.newest_message()).unwrap().0;
    for id in (1..=newest).map(MessageId) {
        let among = store.read(|r| r.search_among(&query, &[id])).unwrap();
        let hit = found.page.hits.iter().any(|hit| hit.row.id == id);
        assert_eq!(among.contains(&id), hit, "{text}: {id}");
    }
    found
}

fn subjects(found: &Found) -> String {
    let hits = found.page.hits.iter();
    hits.map(|hit| hit.row.subject.clone())
        .collect::<Vec<_>>()
        .join(" ")
}

#[rstest]
#[case::by_name("customer:\"firma 1\"", "S3 S1")]
#[case::by_id("stranka:1", "S3 S1")]
#[case::by_number("customer:K-17", "S3 S1")]
#[case::an_address_of_two_is_nobodys("customer:3", "")]
#[case::tied_by_hand("customer:5", "S5")]
#[case::with_words("customer:1 ponudba", "S3")]
#[case::late("status:overdue", "S3 S1")]
#[case::new("status:new", "S2")]
#[case::sleeping("stanje:speča", "S4")]
#[case::prospect("status:prospect", "S5")]
#[case::later_than("overdue:32", "S3 S1")]
#[case::not_later_than("overdue:33", "")]
#[case::a_document("doc:N-2026-7", "S2")]
#[case::a_document_glued("dok:n2026-7", "S2")]
#[case::a_document_nobody_names("doc:N-2026-8", "")]
#[case::both("status:new doc:N2026/7", "S2")]
#[tokio::test]
async fn a_search_knows_the_customers(#[case] query: &str, #[case] want: &str) {
    let desk = company().await;
    desk.write(|w| {
        let card = kontor_store::CustomerCardRow {
            seen_at: kontor_model::Millis(1),
            card: r#"{"number":"K-17","name":"Firma 1"}"#.to_owned(),
        };
        w.put_customer_card("1", &card)
    })
    .await;
    for (n, from, to, text) in [
        (1, "bor@kupec.example", "maja@hrast.example", ""),
        (2, "cene@drugi.example", "maja@hrast.example", "Za N2026-7."),
        (3, "maja@hrast.example", "bor@kupec.example", "Ponudba"),
        (4, "dana@cetrti.example", "maja@hrast.example", ""),
        (5, "kdo@drugje.example", "maja@hrast.example", ""),
        (6, "info@skupaj.example", "maja@hrast.example", ""),
    ] {
        let head = format!("From: {from}\r\nTo: {to}\r\nSubject: S{n}");
        desk.mail(n, &head, &format!("{PLAIN}{text}\r\n")).await;
    }
    desk.engine.link("kdo@drugje.example", "5").await.unwrap();
    let found = search(&desk, query).await;
    assert_eq!(subjects(&found), want, "{query}");
    assert_eq!(found.problems, Vec::<String>::new(), "{query}");
    let total = usize::try_from(found.page.total).unwrap();
    assert_eq!(total, found.page.hits.len(), "{query}");
}

#[rstest]
#[case::alone("first:contact", "S10 S9 S1")]
#[case::slovenian("prvi:stik", "S10 S9 S1")]
#[case::with_words("first:contact cenik", "S9")]
#[case::with_another("first:contact from:nova", "S1")]
#[case::the_others("-first:contact", "S8 S7 S6 S5 S4 S3 S2")]
#[case::neither("-first:contact -customer:1 -subject:s8", "S7 S6 S5 S3 S2")]
#[case::words_without_them("-first:contact cenik", "S8")]
#[tokio::test]
async fn first_contact_finds_what_the_badge_calls_new(#[case] query: &str, #[case] want: &str) {
    let desk = company().await;
    for (n, from, text) in [
        (1, "nova@tuja.example", ""),
        (2, "kdo@drugje.example", ""),
        (3, "kdo@drugje.example", ""),
        (4, "bor@kupec.example", ""),
        (5, "jan@hrast.example", ""),
        (6, "info@skupaj.example", ""),
        (7, "vezan@tuja.example", ""),
        (8, "nikogar@tuja.example", "cenik"),
        (9, "zbor@siol.net", "cenik"),
    ] {
        let head = format!("From: {from}\r\nTo: maja@hrast.example\r\nSubject: S{n}");
        desk.mail(n, &head, &format!("{PLAIN}{text}\r\n")).await;
    }
    let again = "From: zbor@siol.net\r\nTo: maja@hrast.example\r\nSubject: S10\r\nIn-Reply-To: <m9@kupec.example>";
    desk.mail(10, again, &format!("{PLAIN}\r\n")).await;
    desk.engine.link("vezan@tuja.example", "5").await.unwrap();
    desk.engine
        .link_to_none("nikogar@tuja.example")
        .await
        .unwrap();
    let found = search(&desk, query).await;
    assert_eq!(subjects(&found), want, "{query}");
    assert_eq!(found.problems, Vec::<String>::new(), "{query}");
    assert_eq!(usize::try_from(found.page.total), Ok(found.page.hits.len()));
    if query == "first:contact" {
        let senders = found.page.hits.iter().flat_map(|hit| &hit.row.from);
        let senders = senders.map(kontor_model::Address::key).collect();
        let badges = desk.engine.badges(senders).await.unwrap();
        assert_eq!(badges.first, ["nova@tuja.example", "zbor@siol.net"]);
    }
}

#[tokio::test]
async fn without_an_erp_nobody_is_new() {
    let desk = Desk::new().await;
    desk.from(1, "nova@tuja.example").await;
    assert_eq!(search(&desk, "first:contact").await.page.total, 0);
}

#[tokio::test]
async fn a_customer_nobody_knows_is_said_and_nothing_is_found() {
    let desk = company().await;
    desk.from(1, "bor@kupec.example").await;
    let found = search(&desk, "customer:zzz").await;
    assert_eq!((found.page.total, found.operators.len()), (0, 1));
    assert_eq!(found.problems.len(), 1);
    assert!(found.problems[0].contains("zzz"), "{:?}", found.problems);
}

#[tokio::test]
async fn a_conversation_names_its_documents_once_those_of_subjects_first() {
    let desk = company().await;
    let head = "From: bor@kupec.example\r\nTo: maja@hrast.example\r\nSubject: Re: RA-1 2026";
    desk.documents(&[
        "invoice 2026-1184 1 2026-11-03 - 20 0",
        "order 2026-1190 1 2026-11-03 - 20 0",
    ])
    .await;
    let first = format!("{head} 2026-1184\r\nX: 1");
    let (_, thread) = desk.mail(1, &first, &format!("{PLAIN}2026-1190\r\n")).await;
    let answer = "From: maja@hrast.example\r\nTo: bor@kupec.example\r\nSubject: Re: RA-1 2026 2026-1184\r\n\
        In-Reply-To: <m1@kupec.example>";
    let (_, same) = desk.mail(2, answer, &format!("{PLAIN}2026-1190\r\n")).await;
    assert_eq!(thread, same);
    let refs = desk.engine.documents_of_thread(thread).await.unwrap();
    let shown: Vec<_> = refs
        .iter()
        .map(|r| (r.place, r.document.number.as_str()))
        .collect();
    assert_eq!(shown, [("subject", "2026-1184"), ("body", "2026-1190")]);
}

const MANY: &[&str] = &[
    "invoice F-1 1 2026-11-03 2026-11-10 20 0",
    "invoice F-2 1 2026-11-03 2026-12-01 20 5",
    "invoice F-3 1 2026-10-04 - 20 20",
    "credit_note D-1 1 2026-11-04 - 5 0",
    "order N-1 1 2026-11-05 - 5 0",
    "offer P-1 1 - - 5 0",
    "order N-9 2 2026-11-05 - 5 0",
];

fn asked(kind: Option<PaperKind>, state: Option<PaperState>) -> DocumentsAsked {
    DocumentsAsked {
        kind,
        state,
        ..DocumentsAsked::default()
    }
}

#[rstest]
#[case::all(DocumentsAsked::default(), "N-1 D-1 F-2 F-1 F-3 P-1")]
#[case::bills(asked(Some(PaperKind::Invoice), None), "D-1 F-2 F-1 F-3")]
#[case::orders(asked(Some(PaperKind::Order), None), "N-1")]
#[case::open(asked(None, Some(PaperState::Open)), "F-2 F-1")]
#[case::overdue(asked(None, Some(PaperState::Overdue)), "F-1")]
#[case::paid(asked(None, Some(PaperState::Paid)), "F-3")]
#[case::drafts(asked(None, Some(PaperState::Draft)), "")]
#[case::to_ship(asked(None, Some(PaperState::ToShip)), "N-1")]
#[case::period(DocumentsAsked { from: Some(date(2026, 10, 4)), until: Some(date(2026, 11, 3)), ..DocumentsAsked::default() }, "F-2 F-1 F-3")]
#[case::up_to(DocumentsAsked { until: Some(date(2026, 10, 31)), ..DocumentsAsked::default() }, "F-3")]
#[tokio::test]
async fn all_documents_come_page_by_page(#[case] asked: DocumentsAsked, #[case] want: &str) {
    let desk = Desk::new().await;
    desk.customers(&["1", "2"]).await;
    desk.documents(MANY).await;
    let (mut numbers, mut after) = (Vec::new(), None);
    loop {
        let page = desk
            .engine
            .document_page("1", asked.clone(), after, 2)
            .await
            .unwrap();
        assert!(page.documents.len() <= 2);
        let count = want.split_whitespace().count();
        assert_eq!(page.total, u64::try_from(count).unwrap(), "{asked:?}");
        numbers.extend(page.documents.into_iter().map(|d| d.number));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(numbers.join(" "), want, "{asked:?}");
}

#[tokio::test]
async fn a_place_to_go_on_from_is_one_of_ours() {
    let desk = Desk::new().await;
    let page = desk
        .engine
        .document_page("1", DocumentsAsked::default(), Some("7".to_owned()), 2)
        .await;
    assert_eq!(page.unwrap_err().code, crate::Code::Usage);
}

#[tokio::test]
async fn a_table_has_a_line_for_each_document() {
    let desk = Desk::new().await;
    desk.customers(&["1", "2"]).await;
    desk.documents(MANY).await;
    desk.documents(&["order =2+3 1 2026-11-06 - 1240.5 0"])
        .await;
    let orders = asked(Some(PaperKind::Order), None);
    let table = desk
        .engine
        .documents_table("1", orders.clone(), TableWords::Slovenian)
        .await
        .unwrap();
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(
        lines,
        [
            "\u{feff}Vrsta;Številka;Datum;Rok;Skupaj;Plačano;Odprto;Valuta;Stanje;Dni zamude",
            "Naročilo;'=2+3;2026-11-06;;1240,50;0,00;0,00;EUR;new_order;",
            "Naročilo;N-1;2026-11-05;;5,00;0,00;0,00;EUR;new_order;",
            "",
        ]
    );
    let table = desk
        .engine
        .documents_table(
            "1",
            asked(None, Some(PaperState::Overdue)),
            TableWords::English,
        )
        .await
        .unwrap();
    assert!(
        table.ends_with("Invoice,F-1,2026-11-03,2026-11-10,20.00,0.00,20.00,EUR,new_order,12\r\n"),
        "{table}"
    );
}

#[tokio::test]
async fn charts_have_every_month_and_every_product() {
    let desk = Desk::new().await;
    desk.customers(&["1", "2"]).await;
    desk.documents(MANY).await;
    let charts = desk.engine.customer_charts("1").await.unwrap();
    assert_eq!(charts.months.len(), 24);
    let last: Vec<_> = charts.months[22..]
        .iter()
        .map(|m| (m.begins.as_str(), m.billed, m.open))
        .collect();
    assert_eq!(
        last,
        [("2026-10-01", 20.0, 0.0), ("2026-11-01", 35.0, 30.0)]
    );
    assert_eq!(charts.products.len(), 1, "all are of one product");
    let nothing = desk.engine.customer_charts("nobody").await.unwrap();
    assert_eq!((nothing.months.len(), nothing.products.len()), (0, 0));
}
