//! `crm …`: what the line brought is read, offline; here it is put where the line puts it.

use kontor_engine::collab::DocumentBody;
use kontor_engine::model::{Amount, Millis};
use kontor_engine::protocol::{DocumentLine, FactsState, MirrorCounts, MirrorState};
use kontor_engine::store::{
    CustomerRow, DocumentRow, Figure, PaperKind, Result as StoreResult, Store, Write,
};
use kontor_testkit::{Dovecot, Mail};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::{MAJA, letter};

const SEEN: &str = "2026-11-20T09:00:00Z";

pub(crate) fn document(
    kind: PaperKind,
    number: &str,
    date: &str,
    total: &str,
    paid: &str,
) -> DocumentRow {
    let body = DocumentBody {
        lines: vec![DocumentLine {
            code: "K1".to_owned(),
            name: "Klop".to_owned(),
            amount: "3".parse().unwrap(),
            ..DocumentLine::default()
        }],
        ..DocumentBody::default()
    };
    DocumentRow {
        id: format!("mk-{number}"),
        customer: "1600".to_owned(),
        version: 3,
        number: number.to_owned(),
        their_number: String::new(),
        status: "new_order".to_owned(),
        figure: Figure {
            kind,
            date: date.to_owned(),
            due: None,
            currency: "EUR".to_owned(),
            total: total.parse().unwrap(),
            paid: paid.parse::<Amount>().unwrap(),
            issued: true,
            seen_at: SEEN.parse::<jiff::Timestamp>().unwrap().into(),
        },
        body: serde_json::to_string(&body).unwrap(),
    }
}

/// What the ERP told of one customer, with an address, two orders, a bill and a credit note.
pub(crate) fn put(desk: &Desk) {
    let store = Store::open(&desk.profile()).unwrap();
    let state = FactsState {
        life: "one".to_owned(),
        version: 5,
        state: MirrorState::Live,
        last_at: Some(SEEN.parse().unwrap()),
        counts: MirrorCounts {
            customers: 2000,
            calls: 7,
            ..MirrorCounts::default()
        },
        ..FactsState::default()
    };
    let state = serde_json::to_string(&state).unwrap();
    store
        .write_blocking(Millis(1), move |w| {
            w.put_facts_state("one", &state)?;
            for (id, address) in [("1600", "ana@example.org"), ("1700", "bor@drugi.example")] {
                let row = CustomerRow {
                    id: id.to_owned(),
                    version: 5,
                    name: format!("Firma {id}"),
                    gone: false,
                };
                w.put_customer(&row, &[address.to_owned()])?;
            }
            w.set_directory_cursor(5)?;
            w.follow("1600")?;
            w.hold_customer("1600", 5, false, 5)?;
            for row in [
                document(PaperKind::Order, "2026-1184", "2026-11-02", "120", "0"),
                document(PaperKind::Order, "2026-1183", "2026-10-02", "1", "0"),
                document(
                    PaperKind::Invoice,
                    "RA-2026/0012",
                    "2026-11-03",
                    "100.5",
                    "40",
                ),
                document(
                    PaperKind::CreditNote,
                    "D-2026-1",
                    "2026-11-04",
                    "0.5",
                    "0.5",
                ),
            ] {
                w.put_document(&row)?;
            }
            Ok(())
        })
        .unwrap();
}

fn numbers(desk: &Desk, words: &[&str]) -> Vec<String> {
    let mut all = vec!["crm", "documents"];
    all.extend(words);
    let rows = desk.json(&all).ok().lines();
    let number = |row: &Value| row["number"].as_str().unwrap().to_owned();
    rows.iter().map(number).collect()
}

#[test]
fn nothing_is_connected_at_first() {
    let desk = Desk::new();
    let status = desk.json(&["crm", "status"]).ok().one();
    assert_eq!(status["state"], "off");
    for field in ["why", "last_at", "age_seconds", "progress"] {
        assert_eq!(status.get(field), Some(&Value::Null), "{field}");
    }
    for words in [["crm", "customer", "1600"], ["crm", "documents", "a@b.si"]] {
        let (code, message) = desk.json(&words).code(1).error();
        assert_eq!(code, "unknown_customer", "{message}");
    }
}

#[test]
fn a_customer_is_shown_by_address_and_by_id() {
    let desk = Desk::new();
    put(&desk);
    let status = desk.json(&["crm", "status"]).ok().one();
    let shown = [
        &status["state"],
        &status["partners"],
        &status["calls"],
        &status["breaker"],
    ];
    assert_eq!(
        shown,
        [&json!("live"), &json!(2000), &json!(7), &json!(false)]
    );
    assert!(status["age_seconds"].is_u64(), "{status}");
    let kept = desk.json(&["crm", "keep", "100"]).ok().one();
    assert_eq!(
        (&kept["kept"], &status["kept"]),
        (&json!(100), &json!(5000))
    );
    for named in ["1600", "Ana@Example.org"] {
        let one = desk.json(&["crm", "customer", named]).ok().one();
        assert_eq!(one["name"], "Firma 1600");
        let totals = json!([{ "currency": "EUR", "total": 100.0, "open": 60.5, "overdue": 0.0 }]);
        assert_eq!(one["totals"], totals);
        assert_eq!(
            one["documents"],
            json!({ "offers": 0, "orders": 2, "invoices": 2 })
        );
        assert_eq!(one["last_order"]["number"], "2026-1184");
        assert_eq!(one["last_order"]["date"], "2026-11-02");
        assert_eq!(one["products"][0]["amount"], 9.0);
        assert_eq!(
            one["as_of"], "2026-11-20T09:00:00.000Z",
            "when it was last seen"
        );
        for field in ["rank", "status", "contacts", "notes"] {
            assert!(one.get(field).is_some(), "{field} is there");
        }
    }
    assert_eq!(
        numbers(&desk, &["ana@example.org"]),
        ["D-2026-1", "RA-2026/0012", "2026-1184", "2026-1183"]
    );
    assert_eq!(
        numbers(&desk, &["1600", "--type", "order", "--limit", "1"]),
        ["2026-1184"]
    );
    let bills = desk
        .json(&["crm", "documents", "1600", "--type", "invoice"])
        .ok()
        .lines();
    assert_eq!(
        (&bills[1]["mk_id"], &bills[1]["open"]),
        (&json!("mk-RA-2026/0012"), &json!(60.5))
    );
}

#[test]
fn an_address_is_tied_by_hand_and_untied() {
    let desk = Desk::new();
    put(&desk);
    let tie = |words: &[&str]| desk.json(words).ok().one()["customer"].clone();
    assert_eq!(tie(&["crm", "link", "novi@siol.net", "1700"]), "1700");
    let one = desk
        .json(&["crm", "customer", "novi@siol.net", "--wait", "0"])
        .ok()
        .one();
    assert_eq!(
        (&one["id"], &one["waiting"]),
        (&json!("1700"), &json!(true))
    );
    assert_eq!(tie(&["crm", "unlink", "novi@siol.net"]), Value::Null);
    assert_eq!(tie(&["crm", "unlink", "ana@example.org"]), Value::Null);
    let (code, _) = desk
        .json(&["crm", "customer", "ana@example.org"])
        .code(1)
        .error();
    assert_eq!(code, "unknown_customer");
    let (code, _) = desk.json(&["crm", "link", "a@b.si", "9"]).code(1).error();
    assert_eq!(code, "unknown_customer");
    desk.json(&["crm", "link", "nobody", "1700"]).code(2);
    let found = desk
        .json(&["crm", "suggest", "cene@drugi.example"])
        .ok()
        .one();
    let want = json!([{ "customer": "1700", "name": "Firma 1700", "reason": "same_domain" }]);
    assert_eq!(found["suggestions"], want);
}

#[test]
fn mails_name_documents() {
    let body = "Prosim za ra-2026/0012 in 2026-9999.";
    let (_dovecot, desk) = Desk::synced(
        Dovecot::builder()
            .mail(MAJA, Mail::new(letter("2026-1184", body)))
            .mail(MAJA, Mail::new(letter("drugo", "Lep pozdrav."))),
    );
    put(&desk);
    let refs = desk
        .json(&["crm", "refs", "mid:2026-1184@example.org"])
        .ok()
        .one();
    let shown: Vec<_> = refs["refs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["number"].as_str().unwrap(), r["place"].as_str().unwrap()))
        .collect();
    assert_eq!(shown, [("2026-1184", "subject"), ("RA-2026/0012", "body")]);
    let found = desk.json(&["crm", "thread-of", "RA-2026/0012"]).ok().one();
    assert_eq!(found["mails"][0]["message_id"], "2026-1184@example.org");
    assert_eq!(found["threads"].as_array().unwrap().len(), 1);
    let none = desk
        .json(&["crm", "refs", "mid:drugo@example.org"])
        .ok()
        .one();
    assert_eq!(none["refs"], json!([]));
}

#[test]
fn documents_are_narrowed_and_written_as_a_table() {
    let desk = Desk::new();
    put(&desk);
    let narrowed = |words: &[&str]| {
        let mut all = vec!["1600"];
        all.extend(words);
        numbers(&desk, &all)
    };
    assert_eq!(narrowed(&["--state", "open"]), ["RA-2026/0012"]);
    assert_eq!(
        narrowed(&["--state", "to-ship"]),
        ["2026-1184", "2026-1183"]
    );
    assert_eq!(
        narrowed(&["--from", "2026-11-03", "--until", "2026-11-03"]),
        ["RA-2026/0012"]
    );
    let (code, message) = desk
        .json(&["crm", "documents", "1600", "--from", "yesterday"])
        .code(2)
        .error();
    assert_eq!(code, "usage");
    assert!(message.contains("2026-11-20"), "{message}");
    let table = desk
        .json(&[
            "crm",
            "documents",
            "1600",
            "--type",
            "invoice",
            "--csv",
            "sl",
        ])
        .ok()
        .one();
    let table = table["csv"].as_str().unwrap();
    assert!(
        table.contains("\r\nRačun;RA-2026/0012;2026-11-03;;100,50;40,00;60,50;EUR;new_order;\r\n"),
        "{table}"
    );
}

#[test]
fn a_search_and_the_list_know_the_customers() {
    let (_dovecot, desk) = Desk::synced(
        Dovecot::builder()
            .mail(MAJA, Mail::new(letter("2026-1184", "Lep pozdrav.")))
            .mail(MAJA, Mail::new(letter("drugo", "Lep pozdrav."))),
    );
    put(&desk);
    let total = |query: &str| desk.json(&["search", query]).ok().one()["total"].clone();
    for (query, want) in [
        ("customer:1600", 2),
        ("stranka:firma doc:2026-1184", 1),
        ("status:prospect", 0),
        ("status:overdue", 0),
        ("overdue:30", 0),
        ("customer:1700", 0),
    ] {
        assert_eq!(total(query), want, "{query}");
    }
    // Which of them it is depends on the day.
    let bought = ["status:new", "status:active", "status:sleeping"];
    let bought: u64 = bought.iter().filter_map(|q| total(q).as_u64()).sum();
    assert_eq!(bought, 2);
    for (query, hint) in [("status:rich", "sleeping"), ("customer:zzz", "zzz")] {
        let (code, message) = desk.json(&["search", query]).code(2).error();
        assert_eq!(code, "usage");
        assert!(message.contains(hint), "{message}");
    }
    let badges = desk
        .json(&["crm", "badges", "Ana@example.org", "kdo@drugje.example"])
        .ok()
        .one();
    assert_eq!(badges["known"][0]["customer"], "1600");
    assert_eq!(badges["known"][0]["name"], "Firma 1600");
    assert_eq!(badges["first"], json!([]), "nobody wrote from there");
}

#[test]
fn customers_the_erp_has_twice_are_merged_and_parted() {
    let desk = Desk::new();
    put(&desk);
    let store = Store::open(&desk.profile()).unwrap();
    store
        .write_blocking(Millis(1), |w| {
            w.put_customer_clues("1600", "SI 1234 5678", "1000 Ljubljana")?;
            w.put_customer_clues("1700", "12345678", "2000 Maribor")?;
            w.put_document(&DocumentRow {
                customer: "1700".to_owned(),
                ..document(PaperKind::Order, "2026-1200", "2026-11-09", "7", "0")
            })
        })
        .unwrap();
    drop(store);
    let pairs = desk.json(&["crm", "duplicates"]).ok().lines();
    assert_eq!(pairs.len(), 1, "{pairs:?}");
    assert_eq!(
        [
            &pairs[0]["one"]["id"],
            &pairs[0]["other"]["id"],
            &pairs[0]["reasons"]
        ],
        [&json!("1600"), &json!("1700"), &json!(["tax_number"])]
    );
    let merged = desk
        .json(&["crm", "merge", "1600", "bor@drugi.example"])
        .ok()
        .one();
    assert_eq!(merged["customer"], "1600");
    let shown = desk
        .json(&["crm", "customer", "bor@drugi.example", "--wait", "0"])
        .ok()
        .one();
    assert_eq!(shown["id"], "1600");
    let ids: Vec<&str> = shown["partners"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|p| p["id"].as_str())
        .collect();
    assert_eq!(ids, ["1600", "1700"]);
    assert_eq!(numbers(&desk, &["1700", "--wait", "0"])[0], "2026-1200");
    assert_eq!(
        desk.json(&["crm", "duplicates"]).ok().lines(),
        Vec::<Value>::new()
    );
    let parted = desk.json(&["crm", "unmerge", "1700"]).ok().one();
    assert_eq!(parted["partners"], json!([]));
    assert_eq!(numbers(&desk, &["1700", "--wait", "0"]), ["2026-1200"]);
    let (code, why) = desk.json(&["crm", "merge", "1600", "1600"]).code(2).error();
    assert_eq!(code, "usage", "{why}");
}

#[test]
fn customers_that_only_look_like_one_are_said_to_be_two_until_something_else_speaks_for_it() {
    let desk = Desk::new();
    put(&desk);
    let change = |make: fn(&mut Write<'_>) -> StoreResult<()>| {
        let store = Store::open(&desk.profile()).unwrap();
        store.write_blocking(Millis(1), make).unwrap();
    };
    change(|w| {
        w.put_customer_clues("1600", "SI 1234 5678", "1000 Ljubljana")?;
        w.put_customer_clues("1700", "12345678", "2000 Maribor")
    });
    let suggested = |words: &[&str]| -> Vec<Value> {
        let mut all = vec!["crm", "duplicates"];
        all.extend(words);
        let pairs = desk.json(&all).ok().lines();
        pairs.iter().map(|pair| pair["reasons"].clone()).collect()
    };
    assert_eq!(suggested(&[]), [json!(["tax_number"])]);
    let apart = ["crm", "apart", "bor@drugi.example", "1600"];
    let said = desk.json(&apart).ok().one();
    assert_eq!(
        said,
        json!({ "one": "1700", "other": "1600", "dismissed": true })
    );
    assert_eq!(suggested(&[]), Vec::<Value>::new());
    assert_eq!(
        suggested(&["1600", "--dismissed"]),
        [json!(["tax_number"])],
        "by whichever of the two one asks"
    );
    let back = ["crm", "apart", "1600", "1700", "--undo"];
    let said = desk.json(&back).ok().one();
    assert_eq!(
        said,
        json!({ "one": "1600", "other": "1700", "dismissed": false })
    );
    assert_eq!(suggested(&[]), [json!(["tax_number"])], "taken back");

    desk.json(&apart).ok();
    change(|w| {
        let row = CustomerRow {
            id: "1700".to_owned(),
            version: 6,
            name: "Firma 1700".to_owned(),
            gone: false,
        };
        w.put_customer(&row, &["ana@example.org".to_owned()])
    });
    assert_eq!(
        suggested(&[]),
        [json!(["tax_number", "address"])],
        "it was not the address of which somebody said that it means nothing"
    );
}

#[test]
fn only_customers_that_are_suggested_as_one_are_said_to_be_two() {
    let desk = Desk::new();
    put(&desk);
    let apart = |one, other| desk.json(&["crm", "apart", one, other]);
    let (code, why) = apart("1600", "1700").code(2).error();
    assert_eq!(code, "usage");
    assert!(why.contains("not suggested"), "{why}");
    assert_eq!(apart("1600", "9").code(1).error().0, "unknown_customer");
}
