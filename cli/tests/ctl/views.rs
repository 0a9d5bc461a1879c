//! `views …`, what a rule does to mail that arrives, and `threads --sort`.

use jiff::{ToSpan as _, Zoned};
use kontor_engine::model::Millis;
use kontor_engine::store::{DocumentRow, PaperKind, Store};
use kontor_testkit::{Dovecot, Mail};
use serde_json::{Value, json};

use crate::customers::{document, put};
use crate::desk::{Desk, field};
use crate::{MAJA, letter};

/// `NAME SEARCH RULE` of each view.
fn listed(desk: &Desk) -> Vec<String> {
    let views = desk.json(&["views", "list"]).ok().one()["views"].clone();
    let views = views.as_array().unwrap().iter();
    let row = |view: &Value| {
        let rule = match (&view["star"], &view["tell"]) {
            (Value::Bool(true), Value::Bool(true)) => "both",
            (Value::Bool(true), _) => "star",
            (_, Value::Bool(true)) => "tell",
            _ => "none",
        };
        let name = view["name"].as_str().or(view["id"].as_str()).unwrap();
        format!("{name} {} {rule}", view["search"].as_str().unwrap())
    };
    views.map(row).collect()
}

#[test]
fn views_are_kept_ruled_changed_and_removed() {
    let desk = Desk::new();
    put(&desk);
    let first = "first first:contact none";
    assert_eq!(listed(&desk), ["overdue overdue:30 none", first]);
    let save = |name, search| desk.json(&["views", "save", name, search]).ok().one();
    let made = save("Računi", "subject:račun");
    assert_eq!(
        save("računi", "subject:faktura"),
        made,
        "the name is there: the view is changed"
    );
    let rule = |words: &[&str]| {
        let mut all = vec!["views", "rule"];
        all.extend(words);
        desk.json(&all)
    };
    let ruled = rule(&["OVERDUE", "--star", "--tell"]).ok().one();
    assert_eq!(
        ruled,
        json!({ "id": "overdue", "star": true, "tell": true })
    );
    rule(&["računi", "--tell"]).ok();
    assert_eq!(
        listed(&desk),
        [
            "overdue overdue:30 both",
            first,
            "računi subject:faktura tell"
        ]
    );
    rule(&["overdue", "--star"]).ok();
    rule(&["računi", "--none"]).ok();
    desk.json(&["views", "remove", "first"]).ok();
    assert_eq!(
        listed(&desk),
        ["overdue overdue:30 star", "računi subject:faktura none"]
    );
    assert_eq!(rule(&["nobody", "--star"]).code(1).error().0, "not_found");
    rule(&["overdue"]).code(2);
    rule(&["overdue", "--star", "--none"]).code(2);
    let said = desk.run(&["views", "list"]).ok().text();
    assert!(said.contains("overdue\toverdue:30\t0 (0 unread)\tstar"));
}

#[test]
fn a_rule_flags_what_arrives_and_not_what_was_there() {
    let builder = Dovecot::builder().mail(MAJA, Mail::new(letter("there", "Pozdrav.")));
    let (dovecot, desk) = Desk::synced(builder);
    desk.json(&["views", "save", "Ana", "from:ana@example.org"])
        .ok();
    desk.json(&["views", "rule", "Ana", "--star"]).ok();
    dovecot
        .deliver(MAJA, &letter("comes", "Pozdrav."))
        .expect("delivered");
    desk.json(&["sync", "--once"]).ok();
    let found = desk.json(&["search", "is:flagged"]).ok().one();
    let names = field(found["results"].as_array().unwrap(), "message_id");
    assert_eq!(names, ["comes@example.org"]);
    let mut imap = dovecot.imap(MAJA).expect("logged in");
    imap.select("INBOX").expect("selected");
    assert_eq!(imap.uids("FLAGGED").expect("searched").len(), 1);
}

/// A bill of a customer that was to be paid so many days ago.
fn bill(customer: &str, late: i32, total: &str) -> DocumentRow {
    let day = |days: i32| {
        Zoned::now()
            .date()
            .checked_sub(days.days())
            .unwrap()
            .to_string()
    };
    let number = format!("RB-{customer}");
    let mut row = document(PaperKind::Invoice, &number, &day(late + 8), total, "0");
    row.figure.due = Some(day(late));
    customer.clone_into(&mut row.customer);
    row
}

#[test]
fn threads_stand_in_the_order_asked_for() {
    let of = |from: &str, n: u32| {
        let raw = format!(
            "From: {from}\r\nTo: {MAJA}\r\nSubject: of {from}\r\nMessage-ID: <s{n}@example.org>\r\n\
             Date: Sat, 21 Nov 2026 10:0{n}:00 +0100\r\n\r\nPozdrav.\r\n"
        );
        Mail::new(raw.into_bytes())
    };
    let builder = Dovecot::builder()
        .mail(MAJA, of("ana@example.org", 1))
        .mail(MAJA, of("bor@drugi.example", 2))
        .mail(MAJA, of("tujec@tretji.example", 3));
    let (_dovecot, desk) = Desk::synced(builder);
    put(&desk);
    let store = Store::open(&desk.profile()).unwrap();
    store
        .write_blocking(Millis(2), |w| {
            w.follow("1700")?;
            w.hold_customer("1700", 5, false, 5)?;
            w.put_document(&bill("1600", 40, "100"))?;
            w.put_document(&bill("1700", 10, "5000"))
        })
        .unwrap();
    drop(store);
    let sorted = |words: &[&str]| -> Vec<String> {
        let mut all = vec!["threads", "INBOX"];
        all.extend(words);
        let rows = desk.json(&all).ok().lines();
        let rows = rows.iter().filter_map(|row| row["subject"].as_str());
        rows.map(|subject| subject.trim_start_matches("of ").to_owned())
            .collect()
    };
    let (ana, bor, nobody) = (
        "ana@example.org",
        "bor@drugi.example",
        "tujec@tretji.example",
    );
    assert_eq!(sorted(&[]), [nobody, bor, ana]);
    assert_eq!(sorted(&["--sort", "newest"]), [nobody, bor, ana]);
    assert_eq!(sorted(&["--sort", "overdue"]), [ana, bor, nobody]);
    assert_eq!(sorted(&["--sort", "value"]), [bor, ana, nobody]);
    assert_eq!(
        sorted(&["--sort", "overdue", "--limit", "1"]),
        [ana],
        "a page at a time"
    );
    desk.json(&["threads", "INBOX", "--sort", "size"]).code(2);
}
