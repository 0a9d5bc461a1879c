use rstest::rstest;
use serde_json::{Value, json};

use super::{AddressDraft, ContactDraft, PartnerDraft, PartnerUpdate};
use super::{
    Changes, DocumentDraft, FileDraft, LineDraft, LinePrice, LineTax, PartnerRef, PaymentMode,
    Trace, Transaction, changes_body, document_body, files_body, transaction_body,
};
use crate::id::{DocType, MkId};

fn partner() -> PartnerRef {
    PartnerRef {
        mk_id: MkId::new("7"),
        mk_address_id: Some(MkId::new("8")),
    }
}

fn line() -> LineDraft {
    LineDraft {
        code: "GUM-17".to_owned(),
        amount: "2.5".parse().expect("a number"),
        price: LinePrice::Net("24.80".parse().expect("a number")),
        tax: LineTax::Code("EX4".to_owned()),
        discount: None,
        doc_desc: None,
    }
}

fn draft(doc_type: DocType) -> DocumentDraft {
    let day = "2026-05-07".parse().expect("a day");
    let mut draft = DocumentDraft::new(doc_type, day, partner());
    draft.lines.push(line());
    draft
}

#[test]
fn an_order_is_written_in_the_services_words() {
    let mut order = draft(DocType::SalesOrder);
    order.buyer_order = Some("PO-9".to_owned());
    order.offers.push("P-3".to_owned());
    order.lines.push(LineDraft {
        price: LinePrice::Gross("9.99".parse().expect("a number")),
        tax: LineTax::Factor("0.22".parse().expect("a number")),
        discount: Some("7.5".parse().expect("a number")),
        ..line()
    });
    let body = document_body(&order, &Trace::new("kontor:17").expect("a trace"));
    assert_eq!(
        Value::Object(body),
        json!({
            "doc_type": "sales_order", "doc_date": "2026-05-07+02:00", "document_change_log_notes": "kontor:17",
            "partner": { "mk_id": "7", "mk_address_id": "8" }, "buyer_order": "PO-9",
            "offer_list": [{ "count_code": "P-3" }],
            "product_list": [
                { "code": "GUM-17", "amount": "2.5", "price": "24.8", "tax": "EX4" },
                { "code": "GUM-17", "amount": "2.5", "price_with_tax": "9.99", "tax_factor": "0.22", "discount": "7.5" }
            ]
        })
    );
}

#[rstest]
#[case::no_lines(DocType::SalesOrder, true, "no lines")]
#[case::bill_without_dates(DocType::SalesBillDomestic, false, "a bill needs")]
fn a_draft_the_service_would_misread_is_not_sent(
    #[case] doc_type: DocType,
    #[case] empty: bool,
    #[case] why: &str,
) {
    let mut draft = draft(doc_type);
    if empty {
        draft.lines.clear();
    }
    let error = draft.check().expect_err("refused").to_string();
    assert!(error.contains(why), "{error}");
}

#[test]
fn a_line_without_a_code_is_not_sent() {
    let mut order = draft(DocType::SalesOrder);
    order.lines.push(LineDraft {
        code: " ".to_owned(),
        ..line()
    });
    assert!(
        order.check().is_err(),
        "the service would look for a product without a code"
    );
}

#[rstest]
#[case::longest(&"a".repeat(50), true)]
#[case::too_long(&"a".repeat(51), false)]
#[case::empty("", false)]
#[case::umlaut("koš", false)]
#[case::markup("<b>", false)]
#[case::usual("kontor:0193a-7", true)]
fn traces_survive_the_service(#[case] text: &str, #[case] good: bool) {
    assert_eq!(Trace::new(text).is_ok(), good, "{text}");
}

#[test]
fn changes_name_rows_and_only_what_changes() {
    let changes = Changes {
        status_code: Some("shipped".to_owned()),
        shipped: Some("2026-12-07".parse().expect("a day")),
        lines: vec![(Some(MkId::new("31")), line()), (None, line())],
        remove: vec![MkId::new("32")],
        clear: vec!["notes".to_owned()],
        ..Changes::default()
    };
    assert_eq!(
        Value::Object(changes_body(
            &DocType::SalesOrder,
            &MkId::new("5"),
            &changes,
            None
        )),
        json!({
            "doc_type": "sales_order", "mk_id": "5", "status_code": "shipped", "shipped_date": "2026-12-07+01:00",
            "product_add": [{ "code": "GUM-17", "amount": "2.5", "price": "24.8", "tax": "EX4" }],
            "product_list": [{ "mk_row_id": "31", "code": "GUM-17", "amount": "2.5", "price": "24.8", "tax": "EX4" }],
            "product_remove": [{ "mk_row_id": "32" }], "clear": ["notes"]
        })
    );
}

#[test]
fn payments_files_and_partners_are_written_in_the_services_words() {
    let payment = Transaction {
        doc_type: DocType::SalesOffer,
        document: MkId::new("5"),
        mode: PaymentMode::Prepayment,
        payment_type: "TRR".to_owned(),
        date: "2026-05-07".parse().expect("a day"),
        amount: "12.30".parse().expect("a number"),
        cash_register: None,
        notes: None,
    };
    assert_eq!(
        Value::Object(transaction_body(&payment)),
        json!({ "doc_type": "sales_offer", "mk_id": "5", "payment_mode": "prepayment", "payment_type": "TRR",
            "date": "2026-05-07+02:00", "price": "12.3" })
    );
    let file = FileDraft::new("a.pdf", b"%PDF");
    assert_eq!(
        format!("{file:?}"),
        "FileDraft(a.pdf, 4 bytes)",
        "files are not printed"
    );
    assert_eq!(
        Value::Object(files_body(
            &DocType::SalesOrder,
            &MkId::new("5"),
            vec![file]
        )),
        json!({ "doc_type": "sales_order", "mk_id": "5", "attachment_list": [{ "file_name": "a.pdf", "data_b64": "JVBERg==" }] })
    );
    let contact = ContactDraft {
        email: Some("ana@kovac.example".to_owned()),
        ..ContactDraft::default()
    };
    let added = PartnerDraft {
        name: "Kovač d.o.o.".to_owned(),
        business_entity: true,
        buyer: true,
        address: AddressDraft {
            place: Some("Žalec".to_owned()),
            ..AddressDraft::default()
        },
        contact: Some(contact.clone()),
        ..PartnerDraft::default()
    };
    assert_eq!(
        Value::Object(added.body()),
        json!({ "partner": { "customer": "Kovač d.o.o.", "business_entity": "true", "taxpayer": "false",
            "foreign_county": "false", "buyer": "true", "place": "Žalec", "partner_contact": { "email": "ana@kovac.example" } } })
    );
    let mut update = PartnerUpdate::of(MkId::new("7"));
    update.contacts.push(ContactDraft {
        mk_address_id: Some(MkId::new("8")),
        ..contact
    });
    update.addresses.push(AddressDraft {
        place: Some("Žalec".to_owned()),
        ..AddressDraft::default()
    });
    assert_eq!(
        Value::Object(update.body()),
        json!({ "partner": { "mk_id": "7", "partner_contact_list": [{ "mk_address_id": "8", "email": "ana@kovac.example" }],
            "partner_delivery_address_list": [{ "city": "Žalec" }] } })
    );
}
