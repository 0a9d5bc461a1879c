//! What lists say of many customers at once, and all documents of one, a page at a time.

use kontor_model::{Amount, Millis};
use kontor_store::{
    CustomerDays, CustomerRow, DocumentFilter, DocumentRow, Figure, PaperKind, PaperState,
};

use crate::support::{Mail, NEW_YEAR, Profile};

/// `KIND NUMBER CUSTOMER DATE DUE TOTAL PAID STATUS`, `-` for none; a kind with `?` is a draft.
fn document(line: &str) -> DocumentRow {
    let words: Vec<&str> = line.split(' ').collect();
    let some = |word: &str| (word != "-").then(|| word.to_owned());
    let euros = |word: &str| Amount::from_ten_thousandths(word.parse::<i64>().unwrap() * 10_000);
    DocumentRow {
        id: words[1].to_owned(),
        customer: words[2].to_owned(),
        version: 1,
        number: words[1].to_owned(),
        their_number: String::new(),
        status: some(words[7]).unwrap_or_default(),
        figure: Figure {
            kind: PaperKind::read(words[0].trim_end_matches('?')).unwrap(),
            date: some(words[3]).unwrap_or_default(),
            due: some(words[4]),
            currency: "EUR".to_owned(),
            total: euros(words[5]),
            paid: euros(words[6]),
            issued: !words[0].ends_with('?'),
            seen_at: Millis(NEW_YEAR),
        },
        body: "{}".to_owned(),
    }
}

fn profile(lines: &'static [&'static str]) -> Profile {
    let p = Profile::new();
    p.write(move |w| {
        for (id, addresses) in [
            ("1", vec!["bor@kupec.example", "info@skupaj.example"]),
            ("2", vec!["cene@drugi.example", "info@skupaj.example"]),
            ("3", vec![]),
        ] {
            let row = CustomerRow {
                id: id.to_owned(),
                version: 1,
                name: format!("Firma {id}"),
                gone: false,
            };
            let addresses: Vec<String> = addresses.into_iter().map(str::to_owned).collect();
            w.put_customer(&row, &addresses)?;
        }
        for line in lines {
            w.put_document(&document(line))?;
        }
        Ok(())
    });
    p
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

fn days(of: &str, first: Option<&str>, last: Option<&str>, unpaid: Option<&str>) -> CustomerDays {
    let owned = |day: Option<&str>| day.map(str::to_owned);
    CustomerDays {
        customer: of.to_owned(),
        first: owned(first),
        last: owned(last),
        unpaid: owned(unpaid),
    }
}

const LINES: &[&str] = &[
    "order N-1 1 2026-01-05 2026-02-01 10 0 new_order",
    "order N-2 1 2026-01-06 2026-02-01 10 0 shipped",
    "invoice F-1 1 2026-01-07 2026-02-07 10 0 -",
    "invoice F-2 1 2026-01-08 2026-01-20 10 10 -",
    "invoice? F-3 1 2026-03-08 2026-01-01 10 0 -",
    "offer P-1 1 2020-01-01 2020-01-01 10 0 -",
    "invoice F-4 2 - 2026-01-09 10 3 -",
    "credit_note D-1 1 2026-01-09 - 4 0 -",
    "credit_note D-2 1 2026-01-09 - -4 0 -",
];

#[test]
fn the_days_of_customers_are_those_that_count() {
    let p = profile(LINES);
    let asked = ids(&["1", "2", "3"]);
    let found = p.store.read(|r| r.customer_days(Some(&asked))).unwrap();
    let want = [
        days(
            "1",
            Some("2026-01-05"),
            Some("2026-01-08"),
            Some("2026-02-07"),
        ),
        days("2", None, None, Some("2026-01-09")),
        days("3", None, None, None),
    ];
    assert_eq!(found, want, "no draft, no offer, nothing that is paid");
    assert_eq!(
        p.store.read(|r| r.customer_days(None)).unwrap(),
        [],
        "of nobody who is followed"
    );
    p.write(|w| {
        w.follow("2")?;
        w.follow("1")?;
        w.hold_customer("2", 1, false, 1)
    });
    let all = p.store.read(|r| r.customer_days(None)).unwrap();
    assert_eq!(all, want[1..2], "of those whose facts are here");
}

#[test]
fn bills_of_a_stretch_add_and_credit_notes_take_away() {
    let p = profile(LINES);
    let asked = ids(&["1", "2"]);
    let billed = p
        .store
        .read(|r| r.billed_since(&asked, "2026-01-07", "2026-01-09"))
        .unwrap();
    let mut amounts: Vec<String> = billed.iter().map(|b| b.amount.to_string()).collect();
    amounts.sort();
    assert_eq!(amounts, ["-4.00", "-4.00", "10.00"], "behind the first day");
    let due = p
        .store
        .read(|r| r.orders_due(&asked, "2026-02-01"))
        .unwrap();
    let words: Vec<&str> = due.iter().map(|d| d.word.as_str()).collect();
    assert_eq!(words, ["new_order", "shipped"]);
}

#[test]
fn addresses_that_write_come_with_everybody_who_has_them() {
    let p = profile(&[]);
    let pairs = p
        .store
        .read(|r| r.customers_of_addresses(&ids(&["info@skupaj.example", "x@x.example"])))
        .unwrap();
    let customers: Vec<&str> = pairs.iter().map(|(_, row)| row.id.as_str()).collect();
    assert_eq!(customers, ["1", "2"]);
    let asked = ids(&["1", "2"]);
    let writing = || p.store.read(|r| r.writing_addresses(&asked)).unwrap();
    assert_eq!(writing(), [], "no mail has any of them");
    p.put(
        p.inbox,
        &[
            Mail::new(1).from("Bor@Kupec.example"),
            Mail::new(2).from("info@skupaj.example"),
            Mail::new(3).from("bor@kupec.example").at(1),
        ],
    );
    let of = |address: &str, customer: &str| (address.to_owned(), customer.to_owned());
    let both = [
        of("info@skupaj.example", "1"),
        of("info@skupaj.example", "2"),
    ];
    let all = [&[of("bor@kupec.example", "1")], both.as_slice()].concat();
    assert_eq!(writing(), all);
    let of_one = p.store.read(|r| r.writing_addresses(&ids(&["2"])));
    assert_eq!(
        of_one.unwrap(),
        both,
        "the other customer that has it comes, too"
    );
    for (address, want) in [
        ("bor@kupec.example", 2),
        ("info@skupaj.example", 1),
        ("x@x.example", 0),
    ] {
        let n = p.store.read(|r| r.conversations_with(address)).unwrap();
        assert_eq!(n, want, "{address}");
    }
}

#[test]
fn a_search_takes_as_many_addresses_as_there_are() {
    let p = profile(&[]);
    p.put(
        p.inbox,
        &[
            Mail::new(1).from("bor@kupec.example"),
            Mail::new(2).from("cene@drugi.example").at(1),
        ],
    );
    let mut addresses: Vec<String> = (0..1000).map(|n| format!("a{n}@kupec.example")).collect();
    addresses.push("bor@kupec.example".to_owned());
    let query = kontor_model::Query {
        terms: vec![kontor_model::Term::With(addresses)],
    };
    let page = p.store.search(&query, None, 10).unwrap();
    assert_eq!((page.total, page.hits.len()), (1, 1));
}

#[test]
fn pages_of_documents_stay_in_order_when_rows_come_between() {
    let p = profile(LINES);
    let filter = DocumentFilter::default();
    let first = p
        .store
        .read(|r| r.document_page(&ids(&["1"]), &filter, None, 3))
        .unwrap();
    let numbers = |page: &kontor_store::DocumentPage| {
        page.rows
            .iter()
            .map(|row| row.number.clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!((numbers(&first).as_str(), first.total), ("F-3 D-2 D-1", 8));
    p.write(|w| w.put_document(&document("order N-9 1 2026-04-01 - 1 0 -")));
    let after = first.next;
    let second = p
        .store
        .read(|r| r.document_page(&ids(&["1"]), &filter, after.as_deref(), 10))
        .unwrap();
    assert_eq!(numbers(&second), "F-2 F-1 N-2 N-1 P-1");
    assert_eq!(second.next, None);
    let to_ship = DocumentFilter {
        state: Some(PaperState::ToShip),
        done: ids(&["shipped"]),
        ..DocumentFilter::default()
    };
    let page = p
        .store
        .read(|r| r.document_page(&ids(&["1"]), &to_ship, None, 9))
        .unwrap();
    assert_eq!(numbers(&page), "N-9 N-1");
}
