use serde_json::{Map, Value, json};

use crate::client::document;
use crate::dialect::{Decimal, Defect};
use crate::id::{DocType, MkId};
use crate::{Document, Error};

fn read(value: Value) -> (Document, Vec<Defect>) {
    document(&map(value), &DocType::SalesOrder).expect("a document")
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("no object: {other}"),
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    Some(text.parse().expect("a number"))
}

#[test]
fn an_order_is_read_with_everything_that_is_odd_about_it() {
    let (order, defects) = read(json!({
        "opr_code": "0",
        "mk_id": 160_020_248_712_u64,
        "doc_type": "sales_order",
        "count_code": "N-17/2026",
        "doc_date": "2026-05-07+02:00",
        "partner": {
            "mk_id": "1600000017", "mk_address_id": "1600000018", "business_entity": "true", "taxpayer": "false",
            "foreign_county": "false", "customer": "Kovač d.o.o.", "place": "Žalec", "tax_id_number": "",
            "partner_contact": { "name": "Špela Žagar", "email": "spela@kovac.example" }
        },
        "receiver": [{ "customer": "Skladišče" }],
        "currency_code": "EUR",
        "status_code": "Novo naročilo",
        "status_desc": "new_order",
        "product_list": { "mk_id": "1600000100", "code": "GUM-17", "amount": "2,5", "price": "8.196721", "tax": "EX4" },
        "sum_basic": "20.49", "sum_tax_ex4": "4,51", "sum_all": "25", "sum_paid": "",
        "doc_link_list": { "mk_id": "9", "count_code": "P-3", "doc_type": "sales_offer" },
        "offer_list": [{ "count_code": "P-3" }, { "count_code": "P-4" }],
        "extra_column": { "name": "tracking_number", "value": "" },
        "meta_data": [{ "key": "src", "value_string": "fb" }],
        "order_create_ts": "2026-05-07T12:53:27+02:00",
        "delivery_deadline": "2026-05-24",
        "last_change_ts": "2026-05-08T01:02:03+02:00",
        "something_new": { "we": ["do", "not", "know"] }
    }));
    assert_eq!(defects, []);
    assert_eq!(order.mk_id.as_str(), "160020248712");
    let partner = order.partner.as_ref().expect("a partner");
    assert_eq!(
        (partner.name.as_deref(), partner.taxpayer),
        (Some("Kovač d.o.o."), Some(false))
    );
    assert_eq!(partner.tax_number, None, "empty is absent");
    let contact = partner.contact.as_ref().expect("a contact");
    assert_eq!(contact.email.as_deref(), Some("spela@kovac.example"));
    let line = order.lines.first().expect("the one line");
    assert_eq!(
        (line.amount, line.price),
        (decimal("2.5"), decimal("8.196721"))
    );
    assert_eq!(order.sums.taxes.get("ex4"), decimal("4.51").as_ref());
    assert_eq!(order.open_sum(), decimal("25"), "nothing paid is no sum");
    assert_eq!(
        order.links.first().and_then(|l| l.doc_type.clone()),
        Some(DocType::SalesOffer)
    );
    assert_eq!(order.offers, ["P-3", "P-4"]);
    assert_eq!(
        order.extra_columns.first().map(|c| c.name.as_str()),
        Some("tracking_number")
    );
    assert_eq!(order.meta_data.get("src").map(String::as_str), Some("fb"));
    assert_eq!(
        order
            .order
            .delivery_deadline
            .map(|d| d.to_string())
            .as_deref(),
        Some("2026-05-24")
    );
    assert_eq!(
        order.last_change.map(|t| t.to_string()).as_deref(),
        Some("2026-05-07T23:02:03Z")
    );
}

#[test]
fn a_bill_has_payments_in_the_payments_own_numbers() {
    let (bill, defects) = read(json!({
        "mk_id": "5", "doc_type": "sales_bill_domestic", "sum_all": "2.758,76", "sum_paid": "1895.01",
        "duo_payment": "2026-06-06+02:00", "last_paid_date": "06.09.2026",
        "installment_list": { "installment_date": "06.09.2026", "installment_amount": "863,75", "installment_payed": "false" },
        "mark_paid": [
            { "payment_type": "TRR", "date": "06.09.2026", "amount": "1.895,01", "payment_tip": "payment" },
            { "payment_type": "Gotovina", "date": "07.09.2026", "amount": "1.000", "cashRegister": "1" }
        ],
        "credit_note_list": { "mk_id": "77", "count_code": "D-1" }
    }));
    assert_eq!(defects, []);
    assert_eq!(bill.open_sum(), decimal("863.75"));
    let amounts: Vec<Option<Decimal>> = bill.payments.iter().map(|p| p.amount).collect();
    assert_eq!(amounts, [decimal("1895.01"), decimal("1000")]);
    assert_eq!(
        bill.bill.due.map(|d| d.to_string()).as_deref(),
        Some("2026-06-06")
    );
    assert_eq!(
        bill.bill.last_paid.map(|d| d.to_string()).as_deref(),
        Some("2026-09-06")
    );
    assert_eq!(
        bill.bill.instalments.first().and_then(|i| i.amount),
        decimal("863.75")
    );
    assert_eq!(
        bill.bill.credit_notes.first().and_then(|n| n.mk_id.clone()),
        Some(MkId::new("77"))
    );
    assert_eq!(bill.bill.issued, None, "a draft");
}

#[test]
fn an_offer_and_a_type_without_a_name_here_are_read() {
    let (offer, _) = read(
        json!({ "mk_id": "5", "doc_type": "sales_offer", "valid_days": "30", "valid_to": "01.02.2026" }),
    );
    assert_eq!(
        (offer.doc_type, offer.offer.valid_days),
        (DocType::SalesOffer, Some(30))
    );
    let (other, _) = read(json!({ "mk_id": "5", "doc_type": "complaint" }));
    assert_eq!(other.doc_type, DocType::Other("complaint".to_owned()));
    let (silent, _) = read(json!({ "mk_id": "5" }));
    assert_eq!(
        silent.doc_type,
        DocType::SalesOrder,
        "then it is what was asked for"
    );
}

#[test]
fn changes_and_files_are_read() {
    let (order, _) = read(json!({
        "mk_id": "5",
        "attachment_list": { "source_url": "https://main.metakocka.si/a.pdf" },
        "document_info": { "user_email": "a@b.example", "name": "Ana", "surname": "Bož", "operation_type": "NEW",
            "value_new": "x", "operation_time": "2026-05-07T12:53:27+02:00" }
    }));
    assert_eq!(order.attachments.len(), 1);
    let change = order.changes.first().expect("a change");
    assert_eq!(
        (change.operation.as_deref(), change.user_name.as_deref()),
        (Some("NEW"), Some("Ana Bož"))
    );
}

#[test]
fn a_field_that_cannot_be_read_is_a_defect_and_the_rest_stays() {
    let (order, defects) = read(
        json!({ "mk_id": "5", "count_code": "N-1", "sum_all": "po dogovoru", "doc_date": "jutri" }),
    );
    assert_eq!(order.count_code.as_deref(), Some("N-1"));
    assert_eq!(
        (order.sums.all, order.doc_date),
        (None, None),
        "unreadable is not zero"
    );
    let fields: Vec<&str> = defects
        .iter()
        .map(|d| match d {
            Defect::Field { field, .. } => *field,
            Defect::Row { .. } => "row",
        })
        .collect();
    assert_eq!(fields, ["doc_date", "sum_all"]);
}

#[test]
fn a_document_without_an_id_is_no_document() {
    let error = document(&map(json!({ "count_code": "N-1" })), &DocType::SalesOrder);
    assert!(matches!(error, Err(Error::Garbled { .. })), "{error:?}");
}
