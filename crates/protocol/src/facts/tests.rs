use rstest::rstest;

use super::{CustomerCard, Document, DocumentKind, FactsState, MirrorState, ProductRow};
use crate::{ClientFrame, ServerFrame};

#[test]
fn a_document_may_say_little() {
    let text = r#"{"id":"1600","version":7,"kind":"credit_note","doc_type":"sales_bill_credit_note","number":"D-1",
        "date":null,"currency":"EUR","total":"12.50","seen_at":"2026-11-19T09:00:00Z"}"#;
    let read: Document = serde_json::from_str(text).unwrap();
    assert_eq!(read.kind, DocumentKind::CreditNote);
    assert_eq!(
        (read.total.to_string().as_str(), read.issued),
        ("12.50", true)
    );
    let again: Document = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
    assert_eq!(again, read, "what is written is read");
}

#[test]
fn a_product_may_say_little() {
    let text = r#"{"id":"1500","version":7,"name":"Vijak M6","seen_at":"2026-11-19T09:00:00Z",
        "stock_at":"2026-11-19T09:05:00Z"}"#;
    let read: ProductRow = serde_json::from_str(text).unwrap();
    assert_eq!((read.stock, read.gone, read.service), (None, false, false));
    let again: ProductRow = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
    assert_eq!(again, read, "what is written is read");
}

#[rstest]
#[case::three_lines(&["Gozdna 4", "1000 Ljubljana", "Slovenija"], "1000 Ljubljana")]
#[case::no_street(&["2000 Maribor", "Slovenija"], "2000 Maribor")]
#[case::country_before_the_code(&["Hauptplatz 1", "A-8010 Graz"], "A-8010 Graz")]
#[case::street_that_begins_with_its_number(&["12 High Street", "SW1A 1AA London", "UK"], "SW1A 1AA London")]
#[case::nothing_tells(&["Gozdna 4", "Slovenija"], "")]
#[case::none(&[], "")]
fn a_card_tells_its_place(#[case] lines: &[&str], #[case] want: &str) {
    let card = CustomerCard {
        address: lines.iter().map(|&line| line.to_owned()).collect(),
        ..CustomerCard::default()
    };
    assert_eq!(card.place(), want, "{lines:?}");
}

#[rstest]
#[case::directory(r#"{"type":"customers","after":3}"#)]
#[case::products(r#"{"type":"products","after":0}"#)]
#[case::dossiers(r#"{"type":"dossiers","wanted":[{"customer":"1600","after":0}]}"#)]
fn a_desk_asks_for_facts(#[case] text: &str) {
    let frame: ClientFrame = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&frame).unwrap(), text);
}

#[test]
fn nothing_connected_is_off() {
    let frame = ServerFrame::Facts(Box::default());
    let text = serde_json::to_string(&frame).unwrap();
    let ServerFrame::Facts(read) = serde_json::from_str(&text).unwrap() else {
        panic!("{text}");
    };
    assert_eq!(*read, FactsState::default());
    assert_eq!(read.state, MirrorState::Off);
}
