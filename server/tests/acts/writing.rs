//! All kinds of acts where nothing goes wrong: looked at, confirmed, written once, read back, and seen by every desk.

use kontor_protocol::{
    Act, ActState, DocumentName, NewContact, NewDocument, NewKind, NewLine, NewPayment,
};
use kontor_server::core::storage::Facts as _;

use crate::stage::{Stage, field, id, novak};

#[tokio::test]
async fn a_customer_is_added_once_and_everybody_knows_it() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let act = novak();
    let id = id();
    let shown = desk.preview(id, &act).await;
    assert_eq!(
        field(&shown, "name"),
        (String::new(), "Novak mizarstvo".to_owned())
    );
    assert_eq!(shown.state, ActState::Planned);
    assert_eq!(stage.applied("add_partner"), 0, "looking writes nothing");

    let token = shown.preview.unwrap().token;
    let written = desk.confirm(id, &act, &token).await;
    assert_eq!(written.state, ActState::Written, "{written:#?}");
    assert_eq!(written.differences, []);
    let customer = written.results[0].id.clone();
    let (card, _) = stage
        .storage
        .dossier_after(stage.org, customer, 0, 9)
        .await
        .unwrap();
    let card = card.expect("the mirror has it at once");
    assert_eq!(card.name, "Novak mizarstvo");
    assert_eq!(card.contacts[0].email, "nina@novak-mizarstvo.example");

    let again = desk.confirm(id, &act, &token).await;
    assert_eq!(again.state, ActState::Written, "the same yes again");
    assert_eq!(stage.applied("add_partner"), 1);
    assert_eq!(stage.partners("SI99887766").await, 1);
    let log = stage.audit().await;
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(
        log[0].contains("add_partner") && log[0].contains("written"),
        "{log:?}"
    );
    stage.close().await;
}

#[tokio::test]
async fn an_order_is_written_as_it_was_shown() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let act = stage.order().await;
    let act_id = id();
    let shown = desk.preview(act_id, &act).await;
    let preview = shown.preview.clone().expect("a preview");
    assert_eq!(preview.problems, [""; 0]);
    // 3 × 10.10 less 5 %: 30.30 − 1.52 = 28.78; 22 % of it is 6.33.
    assert_eq!(preview.net.to_string(), "28.78");
    assert_eq!(preview.total.to_string(), "35.11");
    assert!(!preview.lines[0].name.is_empty(), "with the product's name");
    let (id, written) = desk.done(&act).await;
    assert_eq!(written.differences, [], "read back and compared");
    assert_eq!(stage.written(id), 1);
    let result = &written.results[0];
    let found = stage.erp.find_document("sales_order", &result.number);
    assert_eq!(found.as_ref(), Some(&result.id));
    let (_, documents) = stage
        .storage
        .dossier_after(stage.org, result.customer.clone(), 0, 1000)
        .await
        .unwrap();
    let there = documents.iter().find(|d| d.id == result.id);
    let there = there.expect("the mirror has it at once");
    assert_eq!(there.total.to_string(), "35.11");
    stage.close().await;
}

#[tokio::test]
async fn an_offer_takes_prices_and_taxes_from_the_price_list() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let lines = stage.codes().await.into_iter().take(2).map(|code| NewLine {
        code,
        amount: "2".parse().unwrap(),
        ..NewLine::default()
    });
    let act = Act::AddDocument(NewDocument {
        what: NewKind::Offer,
        customer: stage.customer().await,
        date: "2026-11-20".parse().unwrap(),
        currency: "EUR".to_owned(),
        until: Some("2026-12-20".parse().unwrap()),
        their_number: String::new(),
        title: String::new(),
        notes: String::new(),
        lines: lines.collect(),
    });
    let (_, written) = desk.done(&act).await;
    let preview = written.preview.expect("what was shown");
    assert!(
        preview
            .lines
            .iter()
            .all(|line| line.price > kontor_model::Amount::ZERO)
    );
    assert!(!preview.taxes.is_empty());
    assert_eq!(written.differences, []);
    stage.close().await;
}

#[tokio::test]
async fn an_order_gets_a_state_a_payment_and_a_file() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let (_, order) = desk.done(&stage.order().await).await;
    let document = DocumentName {
        id: order.results[0].id.clone(),
        doc_type: "sales_order".to_owned(),
    };
    let status = Act::SetStatus {
        document: document.clone(),
        status: "shipped".to_owned(),
    };
    let (_, shipped) = desk.done(&status).await;
    assert_eq!(shipped.differences, []);
    assert_eq!(field(&shipped, "status").1, "shipped");

    let payment = Act::AddPayment(NewPayment {
        document: document.clone(),
        amount: "35.11".parse().unwrap(),
        date: "2026-11-20".parse().unwrap(),
        way: "TRR".to_owned(),
        notes: "Po predračunu".to_owned(),
    });
    let (_, paid) = desk.done(&payment).await;
    assert_eq!(paid.differences, []);
    assert_eq!(
        field(&paid, "paid"),
        ("0.00".to_owned(), "35.11".to_owned())
    );

    let file = Act::AttachFile {
        document,
        name: "narocilo.pdf".to_owned(),
        data: "JVBERi0xLjQK".to_owned(),
        file: None,
    };
    let (_, attached) = desk.done(&file).await;
    assert_eq!(attached.differences, []);
    assert_eq!(stage.applied("add_attachment"), 1);
    assert_eq!(stage.audit().await.len(), 4);
    stage.close().await;
}

#[tokio::test]
async fn a_contact_is_added_to_a_customer_that_is_there() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let customer = stage.customer().await;
    let act = Act::AddContact(NewContact {
        customer: customer.clone(),
        name: "Tone Nabava".to_owned(),
        email: "tone@nabava.example".to_owned(),
        phone: String::new(),
    });
    let (_, written) = desk.done(&act).await;
    assert_eq!(written.differences, []);
    let twice = desk.preview(id(), &act).await.preview.unwrap();
    assert!(twice.problems[0].contains("already"), "{twice:?}");
    let (card, _) = stage
        .storage
        .dossier_after(stage.org, customer, 0, 1)
        .await
        .unwrap();
    let emails: Vec<String> = card
        .unwrap()
        .contacts
        .into_iter()
        .map(|c| c.email)
        .collect();
    assert!(
        emails.contains(&"tone@nabava.example".to_owned()),
        "{emails:?}"
    );
    stage.close().await;
}
