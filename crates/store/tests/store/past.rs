//! What documents said before.

use kontor_model::{Amount, Millis};
use kontor_store::{DocumentRow, Figure, PaperKind};

use crate::support::{NEW_YEAR, Profile};

fn order(total: i64, seen_at: i64) -> DocumentRow {
    DocumentRow {
        id: "9".to_owned(),
        customer: "1".to_owned(),
        version: 1,
        number: "2026-1184".to_owned(),
        their_number: String::new(),
        status: "new_order".to_owned(),
        figure: Figure {
            kind: PaperKind::Order,
            date: "2026-11-02".to_owned(),
            due: None,
            currency: "EUR".to_owned(),
            total: Amount::from_ten_thousandths(total),
            paid: Amount::ZERO,
            issued: true,
            seen_at: Millis(seen_at),
        },
        body: "{}".to_owned(),
    }
}

impl Profile {
    fn totals_before(&self) -> Vec<i64> {
        let past = self
            .store
            .read(|r| r.past_numbered("2026-1184"))
            .unwrap()
            .into_iter();
        past.map(|p| p.total.ten_thousandths()).collect()
    }
}

#[test]
fn only_what_a_document_said_otherwise_is_past() {
    let p = Profile::new();
    p.write(|w| w.put_document(&order(10, NEW_YEAR)));
    p.write(|w| w.put_document(&order(10, NEW_YEAR + 5)));
    assert!(p.totals_before().is_empty(), "seen again, the same");
    p.write(|w| w.put_document(&order(20, NEW_YEAR)));
    p.write(|w| w.remove_document("9", "2"));
    assert_eq!(p.totals_before(), [10], "another's is not touched");
    p.write(|w| w.remove_document("9", "1"));
    assert_eq!(
        p.totals_before(),
        [10, 20],
        "what is gone said something, too"
    );
    let since = |at| {
        let rows = p.store.read(|r| r.past_of_customer("1", Millis(at)));
        rows.unwrap().len()
    };
    assert_eq!((since(0), since(i64::MAX)), (2, 0));
}

#[test]
fn eight_former_states_are_kept() {
    let p = Profile::new();
    for total in 0..12 {
        p.write(move |w| w.put_document(&order(total, NEW_YEAR)));
    }
    assert_eq!(p.totals_before(), (3..11).collect::<Vec<_>>());
    let of_id = p.store.read(|r| r.past_of_document("9")).unwrap();
    assert_eq!(of_id.len(), 8);
}

#[test]
fn a_body_of_before_packing_is_read_and_becomes_past_as_it_was() {
    let p = Profile::new();
    p.write(|w| w.put_document(&order(10, NEW_YEAR)));
    let db = rusqlite::Connection::open(p.store.path()).unwrap();
    let of_old = r#"UPDATE document SET packed = NULL, body = '{"title":"kot prej"}'"#;
    assert_eq!(db.execute(of_old, []).unwrap(), 1);
    let body = |p: &Profile| {
        let found = p.store.read(|r| r.document_with_id("9")).unwrap();
        found.unwrap().body
    };
    assert_eq!(body(&p), r#"{"title":"kot prej"}"#);

    let lines =
        r#"{"doc_type":"sales_order","lines":[{"code":"KL-1","name":"Klop","amount":"2.00"}]}"#;
    let new = DocumentRow {
        body: lines.to_owned(),
        ..order(10, NEW_YEAR)
    };
    p.write(move |w| w.put_document(&new));
    assert_eq!(body(&p), lines);
    let newer = DocumentRow {
        body: "{}".to_owned(),
        ..order(10, NEW_YEAR)
    };
    p.write(move |w| w.put_document(&newer));
    let past = p.store.read(|r| r.past_of_document("9")).unwrap();
    let said: Vec<&str> = past.iter().map(|p| p.body.as_str()).collect();
    assert_eq!(said, [r#"{"title":"kot prej"}"#, lines], "packed or not");
}
