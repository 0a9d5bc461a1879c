//! Writes whose answer did not come.

use kontor_metakocka::{
    DocType, DocumentDraft, Filter, Outcome, PartnerDraft, PaymentMode, Search, Sought, Trace,
    Transaction,
};
use kontor_simulators::{Fault, Metakocka, Options};
use rstest::rstest;

use super::writes::{day, newcomer, order, trace};
use super::{client, company, kind, knows_every_field};

fn sought(draft: &DocumentDraft, trace: &Trace) -> Sought {
    Sought {
        doc_type: draft.doc_type.clone(),
        trace: trace.clone(),
        partner: draft.partner.mk_id.clone(),
        date: draft.doc_date,
        total: Some("60.51".parse().expect("a number")),
        since: None,
    }
}

pub(super) fn writes(company: &Metakocka, trace: &Trace) -> u64 {
    company
        .statistics()
        .writes
        .get(trace.as_str())
        .copied()
        .unwrap_or_default()
}

#[rstest]
#[case::cut(Fault::DropAfter)]
#[case::half(Fault::HalfBody)]
#[tokio::test]
async fn a_write_that_happened_without_an_answer_is_found_by_its_trace(#[case] fault: Fault) {
    let company = company();
    let client = client(&company);
    let draft = order(&client).await;
    let ours = trace("2");
    company.fail_call("put_document", 1, fault);
    let error = client
        .put_document(&draft, &ours)
        .await
        .expect_err("no answer");
    assert_eq!(kind(&error), "UnknownOutcome", "{error}");
    let found = client
        .find_written(&sought(&draft, &ours))
        .await
        .expect("looked");
    let Outcome::Written(document) = found else {
        panic!("it is there: {found:?}");
    };
    assert_eq!(document.doc_date, Some(day()));
    assert_eq!(writes(&company, &ours), 1, "once");
}

#[rstest]
#[case::cut(Fault::DropBefore)]
#[case::page(Fault::HtmlPage)]
#[case::out_of_order(Fault::Status(500))]
#[tokio::test]
async fn a_write_that_did_not_happen_is_not_found_and_may_be_done(#[case] fault: Fault) {
    let company = company();
    let client = client(&company);
    let draft = order(&client).await;
    let ours = trace("3");
    company.fail_call("put_document", 1, fault);
    let error = client
        .put_document(&draft, &ours)
        .await
        .expect_err("no answer");
    assert_eq!(kind(&error), "UnknownOutcome", "{error}");
    let found = client
        .find_written(&sought(&draft, &ours))
        .await
        .expect("looked");
    assert_eq!(found, Outcome::NotWritten);
    client
        .put_document(&draft, &ours)
        .await
        .expect("now it is written");
    assert_eq!(writes(&company, &ours), 1, "once");
}

#[rstest]
#[case::as_offered_here(true)]
#[case::without_a_filter_by_partner(false)]
#[tokio::test]
async fn the_same_order_twice_on_a_day_is_told_apart_by_the_trace(#[case] partner_filter: bool) {
    let options = Options {
        partner_filter,
        ..Options::small()
    };
    let company = Metakocka::start(options).expect("the simulator starts");
    let client = client(&company);
    let draft = order(&client).await;
    let first = client
        .put_document(&draft, &trace("first"))
        .await
        .expect("written");
    let not_yet = client
        .find_written(&sought(&draft, &trace("second")))
        .await
        .expect("looked");
    assert_eq!(
        not_yet,
        Outcome::NotWritten,
        "the twin carries another of our traces"
    );
    company.fail_call("put_document", 1, Fault::DropAfter);
    assert!(client.put_document(&draft, &trace("second")).await.is_err());
    let found = client
        .find_written(&sought(&draft, &trace("second")))
        .await
        .expect("looked");
    let Outcome::Written(document) = found else {
        panic!("it is there: {found:?}");
    };
    assert_ne!(document.mk_id, first.mk_id);
}

#[tokio::test]
async fn a_twin_nobody_traced_leaves_it_to_a_person() {
    let company = company();
    let client = client(&company);
    let draft = order(&client).await;
    // Written by somebody else's program.
    let theirs = Trace::new("drugi").expect("a trace");
    client.put_document(&draft, &theirs).await.expect("written");
    let found = client
        .find_written(&sought(&draft, &trace("4")))
        .await
        .expect("looked");
    assert!(
        matches!(&found, Outcome::CannotTell(twins) if twins.len() == 1),
        "{found:?}"
    );
    let mut later = sought(&draft, &trace("4"));
    later.since = Some("2026-11-19T20:00:00Z".parse().expect("a moment"));
    let found = client.find_written(&later).await.expect("looked");
    assert_eq!(
        found,
        Outcome::NotWritten,
        "it was there hours before ours was tried"
    );
    let mut another = sought(&draft, &trace("4"));
    another.total = Some("5000".parse().expect("a number"));
    let found = client.find_written(&another).await.expect("looked");
    assert_eq!(
        found,
        Outcome::NotWritten,
        "a far other sum is another order"
    );
}

#[tokio::test]
async fn a_lost_offer_is_found_though_offers_have_no_filter_by_day() {
    let company = company();
    let client = client(&company);
    let draft = DocumentDraft {
        doc_type: DocType::SalesOffer,
        valid_days: Some(30),
        ..order(&client).await
    };
    company.fail_call("put_document", 1, Fault::DropAfter);
    assert!(client.put_document(&draft, &trace("5")).await.is_err());
    let found = client
        .find_written(&sought(&draft, &trace("5")))
        .await
        .expect("looked");
    assert!(matches!(found, Outcome::Written(_)), "{found:?}");
    knows_every_field(&company);
}

#[rstest]
#[case::it_happened(Fault::DropAfter, true)]
#[case::it_did_not(Fault::DropBefore, false)]
#[tokio::test]
async fn a_payment_without_an_answer_is_found_by_comparing(
    #[case] fault: Fault,
    #[case] there: bool,
) {
    let company = company();
    let client = client(&company);
    let bills = Search::of(DocType::SalesBillDomestic).filter(Filter::NotFullyPaid);
    let page = client.search(&bills).await.expect("a page");
    let bill = page.items.first().expect("an open bill");
    let payment = Transaction {
        doc_type: DocType::SalesBillDomestic,
        document: bill.mk_id.clone(),
        mode: PaymentMode::Payment,
        payment_type: "TRR".to_owned(),
        date: day(),
        amount: "1895.01".parse().expect("a number"),
        cash_register: None,
        notes: None,
    };
    client.put_transaction(&payment).await.expect("noted");
    let before = client
        .payments(&payment.doc_type, &payment.document)
        .await
        .expect("payments");
    assert!(
        before.iter().any(|p| p.amount == Some(payment.amount)),
        "thousands and all: {before:?}"
    );
    company.fail_call("put_transaction", 1, fault);
    let error = client
        .put_transaction(&payment)
        .await
        .expect_err("no answer");
    assert_eq!(kind(&error), "UnknownOutcome");
    let found = client
        .find_payment(&payment, &before)
        .await
        .expect("looked");
    assert_eq!(matches!(found, Outcome::Written(_)), there, "{found:?}");
    knows_every_field(&company);
}

#[rstest]
#[case::by_tax_number(newcomer())]
#[case::by_email(PartnerDraft { tax_number: None, ..newcomer() })]
#[tokio::test]
async fn a_partner_without_an_answer_is_found_before_a_twin_is_made(#[case] draft: PartnerDraft) {
    let company = company();
    let client = client(&company);
    assert_eq!(
        client.find_added_partner(&draft).await.expect("looked"),
        Outcome::NotWritten
    );
    company.fail_call("add_partner", 1, Fault::DropAfter);
    let error = client.add_partner(&draft).await.expect_err("no answer");
    assert_eq!(kind(&error), "UnknownOutcome");
    let found = client.find_added_partner(&draft).await.expect("looked");
    let Outcome::Written(partner) = found else {
        panic!("it is there: {found:?}");
    };
    assert_eq!(partner.name.as_deref(), Some(draft.name.as_str()));
    knows_every_field(&company);
}

#[tokio::test]
async fn by_name_alone_nobody_can_tell() {
    let company = company();
    let client = client(&company);
    let draft = PartnerDraft {
        tax_number: None,
        contact: None,
        ..newcomer()
    };
    client.add_partner(&draft).await.expect("added");
    let found = client.find_added_partner(&draft).await.expect("looked");
    assert!(
        matches!(&found, Outcome::CannotTell(same) if same.len() == 1),
        "{found:?}"
    );
}
