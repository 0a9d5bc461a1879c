//! Customers: who is followed, what is wanted of them, and what goes first when there are too many.

use kontor_model::{Amount, Change, Millis};
use kontor_store::{CustomerCardRow, CustomerRow, DocumentRow, Figure, PaperKind, Write};
use rstest::rstest;

use crate::support::{Mail, NEW_YEAR, Profile};

fn put(w: &mut Write<'_>, id: &str, version: u64, addresses: &[&str]) -> kontor_store::Result<()> {
    let row = CustomerRow {
        id: id.to_owned(),
        version,
        name: format!("Mizarstvo {id} d.o.o."),
        gone: false,
    };
    let addresses: Vec<String> = addresses.iter().map(|&a| a.to_owned()).collect();
    w.put_customer(&row, &addresses)
}

fn document(id: &str, customer: &str, number: &str, date: &str) -> DocumentRow {
    DocumentRow {
        id: id.to_owned(),
        customer: customer.to_owned(),
        version: 1,
        number: number.to_owned(),
        their_number: "PO-7".to_owned(),
        status: "new_order".to_owned(),
        figure: Figure {
            kind: PaperKind::Order,
            date: date.to_owned(),
            due: None,
            currency: "EUR".to_owned(),
            total: Amount::from_ten_thousandths(12_345),
            paid: Amount::ZERO,
            issued: true,
            seen_at: Millis(NEW_YEAR),
        },
        body: "{}".to_owned(),
    }
}

impl Profile {
    /// Followed customers that are wanted, the lately used ones first.
    fn wanted(&self) -> Vec<String> {
        let rows = self.store.read(|r| r.wanted_customers(10)).unwrap();
        rows.into_iter().map(|row| row.customer).collect()
    }

    fn ids(&self, address: &'static str) -> Vec<String> {
        let rows = self
            .store
            .read(|r| r.customers_of_address(address))
            .unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }
}

/// A mail of the year before the profile's now.
fn mail(n: u32, from: &str, minutes: i64) -> Mail {
    Mail::new(n).from(from).at(minutes - 10_000)
}

#[test]
fn who_writes_is_followed_whichever_comes_first() {
    let p = Profile::new();
    p.put(p.inbox, &[mail(1, "Bor@Kupec.example", 1)]);
    p.write(|w| {
        put(w, "1", 5, &["bor@kupec.example"])?;
        put(w, "2", 6, &["cene@kupec.example"])?;
        put(w, "3", 7, &["nobody@else.example"])
    });
    assert_eq!(p.wanted(), ["1"], "the mail was here first");
    p.put(p.inbox, &[mail(2, "cene@kupec.example", 2)]);
    assert_eq!(p.wanted(), ["2", "1"], "the newest mail first");
    assert_eq!(p.ids("bor@kupec.example"), ["1"]);
    let domain = p
        .store
        .read(|r| r.customers_of_domain("kupec.example", 10))
        .unwrap();
    assert_eq!(domain.len(), 2);
    let named = p.store.read(|r| r.customers_named("mizars 2", 10)).unwrap();
    assert_eq!(named.len(), 1, "beginnings of words do");
}

#[rstest]
#[case::beginnings_in_any_order("kova miz", "1 4")]
#[case::folded("MIZARSTVO KOVAČ", "1 4")]
#[case::one_of_many("d o o", "1 2 3")]
#[case::with_what_they_have_in_common("d.o.o. žaga", "2")]
#[case::not_the_middle_of_a_word("zarstvo", "")]
#[case::all_words("kovac zaga", "")]
#[case::no_word("–", "")]
#[case::the_name_of_before("staro", "")]
fn customers_are_found_by_beginnings_of_words(#[case] name: &str, #[case] want: &str) {
    let p = Profile::new();
    let row = |id: &str, name: &str, gone| CustomerRow {
        id: id.to_owned(),
        version: 1,
        name: name.to_owned(),
        gone,
    };
    p.write(move |w| {
        for row in [
            row("4", "Mizarstvo Kovač (nekdaj)", true),
            row("3", "Staro ime", false),
            row("2", "Žaga Bor d.o.o.", false),
            row("1", "Mizarstvo Kovač d.o.o.", false),
            row("3", "Žičnica d. o. o.", false),
        ] {
            w.put_customer(&row, &[])?;
        }
        Ok(())
    });
    let found = p.store.read(|r| r.customers_named(name, 10)).unwrap();
    let ids: Vec<&str> = found.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.join(" "), want, "{name}");
    let first = p.store.read(|r| r.customers_named(name, 1)).unwrap();
    assert_eq!(first.len(), ids.len().min(1));
}

#[rstest]
#[case::begun("po-47", "PO-4712 PO-4711")]
#[case::whole("po-4711", "PO-4711")]
#[case::their_own_number("po-7", "PO-4712 PO-4711 N-1")]
#[case::nobodys("po-9", "")]
fn documents_are_found_by_the_beginning_of_a_number(#[case] key: &str, #[case] want: &str) {
    let p = Profile::new();
    p.write(|w| {
        for (id, number) in [("d1", "PO-4711"), ("d2", "PO-4712"), ("d3", "N-1")] {
            w.put_document(&document(id, "1", number, "2026-01-01"))?;
        }
        Ok(())
    });
    let found = |limit| p.store.read(|r| r.documents_beginning(key, limit)).unwrap();
    let rows = found(10);
    let mut numbers: Vec<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    if key == "po-7" {
        numbers.sort_unstable_by(|a, b| b.cmp(a));
    }
    assert_eq!(numbers.join(" "), want, "{key}");
    assert_eq!(found(1).len(), rows.len().min(1));
}

#[test]
fn whom_an_address_is_tied_to_by_hand_is_followed_where_it_writes() {
    let p = Profile::new();
    p.put(p.inbox, &[mail(1, "bor@siol.net", 1)]);
    p.write(|w| {
        put(w, "1", 5, &[])?;
        put(w, "2", 5, &[])?;
        w.follow_tied("cene@siol.net", Some("2"))?;
        w.follow_tied("bor@siol.net", Some("nobody"))?;
        w.follow_tied("bor@siol.net", None)
    });
    assert_eq!(p.wanted(), [""; 0]);
    p.write(|w| w.follow_tied("bor@siol.net", Some("1")));
    assert_eq!(p.wanted(), ["1"]);
}

#[test]
fn what_is_newer_is_wanted_until_it_is_here() {
    let p = Profile::new();
    p.write(|w| put(w, "1", 5, &[]));
    assert!(!p.write(|w| w.follow("9")), "nobody knows it");
    assert!(p.write(|w| w.follow("1")));
    assert_eq!(p.wanted(), ["1"]);
    p.write(|w| w.hold_customer("1", 3, true, 5));
    assert_eq!(p.wanted(), ["1"], "more follows");
    p.write(|w| w.hold_customer("1", 5, false, 5));
    assert_eq!(p.wanted(), [""; 0]);
    p.write(|w| put(w, "1", 5, &[]));
    assert_eq!(p.wanted(), [""; 0], "nothing new");
    p.write(|w| put(w, "1", 8, &[]));
    assert_eq!(p.wanted(), ["1"]);
    p.write(|w| w.hold_customer("1", 6, false, 5));
    assert_eq!(
        p.wanted(),
        ["1"],
        "the directory went on after it was asked for"
    );
}

#[test]
fn the_least_lately_used_goes_first() {
    let p = Profile::new();
    p.write(|w| {
        w.keep_followed(2)?;
        for (id, address) in [
            ("1", "a@k.example"),
            ("2", "b@k.example"),
            ("3", "c@k.example"),
        ] {
            put(w, id, 1, &[address])?;
        }
        Ok(())
    });
    p.put(
        p.inbox,
        &[mail(1, "a@k.example", 5), mail(2, "b@k.example", 1)],
    );
    p.write(|w| {
        w.put_document(&document("d2", "2", "2026-2", "2026-01-01"))?;
        let card = CustomerCardRow {
            seen_at: Millis(1),
            card: "{}".to_owned(),
        };
        w.put_customer_card("2", &card)
    });
    assert!(p.write(|w| w.follow("3")), "somebody looks");
    assert_eq!(p.wanted(), ["3", "1"]);
    assert_eq!(
        (p.count("document"), p.count("customer_card")),
        (0, 0),
        "with all that was known of it"
    );
    p.put(p.inbox, &[mail(3, "b@k.example", 2)]);
    assert_eq!(p.wanted(), ["3", "1"], "an older mail drives nobody out");
    p.write(|w| w.keep_followed(1));
    assert_eq!(p.wanted(), ["3"], "at once");
}

#[test]
fn documents_are_found_by_customer_kind_and_number() {
    let p = Profile::new();
    p.write(|w| {
        for (id, number, date) in [
            ("a", "2026-1184", "2026-01-02"),
            ("b", "RA-2026/0012", "2026-01-03"),
            ("c", "2026-7", ""),
        ] {
            w.put_document(&document(id, "1", number, date))?;
        }
        let mut bill = document("d", "1", "F 9", "2026-01-04");
        bill.figure.kind = PaperKind::Invoice;
        w.put_document(&bill)?;
        w.put_document(&document("e", "2", "2026-8", "2026-02-01"))
    });
    let ids = |rows: Vec<DocumentRow>| rows.into_iter().map(|d| d.id).collect::<String>();
    let newest = |kind, limit| p.store.read(|r| r.documents("1", kind, limit)).map(ids);
    assert_eq!(newest(None, 10).unwrap(), "dbac");
    assert_eq!(newest(Some(PaperKind::Order), 2).unwrap(), "ba");
    let numbered = |key: &'static str| p.store.read(|r| r.documents_numbered(key)).map(ids);
    assert_eq!(numbered("ra-2026-0012").unwrap(), "b");
    assert_eq!(numbered("2026-118").unwrap(), "");
    let theirs = |who: &'static str| {
        let found = p.store.read(|r| r.documents_numbered_by_them("po-7", who));
        found.map(ids).unwrap()
    };
    assert_eq!((theirs("1").len(), theirs("2").as_str()), (4, "e"));
    let figures = p.store.read(|r| r.document_figures("1")).unwrap();
    assert_eq!(figures.len(), 4);
    assert_eq!(figures[1].total.to_string(), "1.2345", "exactly");
    p.write(|w| {
        w.put_document(&document("a", "2", "2026-1184", "2026-01-02"))?;
        w.remove_document("a", "1")
    });
    assert_eq!(numbered("2026-1184").unwrap(), "a", "it is another's now");
}

#[test]
fn another_company_makes_it_forget() {
    let p = Profile::new();
    p.write(|w| {
        w.put_facts_state("one", "{}")?;
        put(w, "1", 5, &["a@k.example"])?;
        w.set_directory_cursor(5)?;
        w.follow("1").map(drop)
    });
    let seq = p.store.read(|r| r.change_seq()).unwrap();
    p.write(|w| w.put_facts_state("one", "{}"));
    assert_eq!(
        p.store.read(|r| r.change_seq()).unwrap(),
        seq,
        "nothing new"
    );
    assert_eq!(p.count("customer"), 1);
    p.write(|w| w.put_facts_state("two", "{}"));
    for table in ["customer", "customer_address", "followed", "document"] {
        assert_eq!(p.count(table), 0, "{table}");
    }
    let facts = p.store.read(|r| r.facts()).unwrap().unwrap();
    assert_eq!((facts.life.as_str(), facts.directory), ("two", 0));
    let changes = p.store.read(|r| r.changes_after(seq, 10)).unwrap();
    let kinds: Vec<Change> = changes.entries.into_iter().map(|(_, c)| c).collect();
    assert_eq!(kinds, [Change::Customers], "told once a transaction");
}
