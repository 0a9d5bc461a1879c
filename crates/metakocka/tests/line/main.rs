//! The client against lines that break, servers that are something else, and silence.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why; its numbers are small and known"
)]

mod stub;

use std::time::Duration;

use kontor_metakocka::{
    BreakerState, Client, Config, DocType, DocumentDraft, Error, LineDraft, LinePrice, LineTax,
    MkId, PartnerRef, Search, SecretKey, Trace,
};
use rstest::rstest;

use stub::{KEY, Reply, Stub};

const EMPTY: &str = r#"{"opr_code":"0","result_all_records":"0","result":[]}"#;
const REFUSED: &str = r#"{"opr_code":"2","opr_desc":"Unknown document type : X"}"#;
const SEARCH: &str = "/rest/eshop/v1/search";

fn orders() -> Search {
    Search::of(DocType::SalesOrder)
}

fn draft() -> DocumentDraft {
    let partner = PartnerRef {
        mk_id: MkId::new("7"),
        mk_address_id: None,
    };
    let mut draft = DocumentDraft::new(
        DocType::SalesOrder,
        "2026-05-07".parse().expect("a day"),
        partner,
    );
    draft.lines.push(LineDraft {
        code: "GUM-17".to_owned(),
        amount: 1.into(),
        price: LinePrice::Net(10.into()),
        tax: LineTax::Code("EX4".to_owned()),
        discount: None,
        doc_desc: None,
    });
    draft
}

fn trace() -> Trace {
    Trace::new("kontor:1").expect("a trace")
}

/// The name of an error's variant.
fn kind(error: &Error) -> String {
    let text = format!("{error:?}");
    text.split([' ', '(', '{'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_read_is_asked_again_while_the_service_fails() {
    let stub = Stub::new(vec![
        Reply::Status(503, "<html>"),
        Reply::Cut,
        Reply::Status(429, ""),
        Reply::Json(EMPTY),
    ]);
    let client = stub.client();
    let page = client.search(&orders()).await.expect("found after all");
    assert_eq!(page.total, Some(0));
    let counted = client.statistics();
    let search = counted.get(SEARCH).expect("counted");
    assert_eq!(
        (
            search.calls,
            search.retries,
            search.failures,
            search.refusals
        ),
        (4, 3, 3, 0)
    );
}

#[tokio::test]
async fn half_an_answer_is_a_broken_line() {
    let stub = Stub::new(vec![Reply::Half, Reply::Json(EMPTY)]);
    assert!(
        stub.client().search(&orders()).await.is_ok(),
        "the second time"
    );
    assert_eq!(stub.requests().len(), 2);
}

#[tokio::test]
async fn a_read_is_given_up_when_its_pauses_are_used_up() {
    let stub = Stub::new(vec![Reply::Status(503, "<html>"); 5]);
    let error = stub
        .client()
        .search(&orders())
        .await
        .expect_err("out of order");
    assert_eq!(kind(&error), "Unreachable");
    assert!(error.to_string().contains("503"), "{error}");
    assert_eq!(stub.requests().len(), 4, "the first and three more");
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let stub = Stub::new(vec![Reply::Silence]);
    let mut config = stub.config();
    config.read_timeout = Duration::from_millis(50);
    config.pauses.clear();
    let error = Client::new(config)
        .expect("a client")
        .search(&orders())
        .await;
    assert_eq!(kind(&error.expect_err("silence")), "TimedOut");
}

#[tokio::test]
async fn nobody_there_is_unreachable_for_reads_and_writes() {
    let stub = Stub::new(Vec::new());
    let client = stub.client();
    // The thread lets go of the port at once, at the latest when nobody takes the line.
    let read = client.search(&orders()).await.expect_err("nobody there");
    assert_eq!(kind(&read), "Unreachable");
    let write = client
        .put_document(&draft(), &trace())
        .await
        .expect_err("nobody there");
    assert_eq!(
        kind(&write),
        "Unreachable",
        "nothing left, so nothing was written"
    );
}

#[rstest]
#[case::refused(Reply::Json(REFUSED), "Refused")]
#[case::not_found(
    Reply::Json(r#"{"opr_code":"6","opr_desc":"Document not found"}"#),
    "NotFound"
)]
#[case::wrong_key(
    Reply::Json(r#"{"opr_code":"2","opr_desc":"Wrong secret_key or company_id"}"#),
    "Credentials"
)]
#[case::forbidden(Reply::Status(403, ""), "Credentials")]
#[case::page(Reply::Json("<!DOCTYPE html>"), "NotMetakocka")]
#[case::no_page(Reply::Status(404, "<html>"), "NotMetakocka")]
#[case::redirect(Reply::Status(302, ""), "NotMetakocka")]
#[case::garbled(Reply::Json(r#"{"opr_code":"0""#), "Garbled")]
#[tokio::test]
async fn what_asking_again_does_not_help_is_asked_once(#[case] reply: Reply, #[case] want: &str) {
    let stub = Stub::new(vec![reply, Reply::Json(EMPTY)]);
    let error = stub
        .client()
        .search(&orders())
        .await
        .expect_err("no answer");
    assert_eq!(kind(&error), want, "{error}");
    assert_eq!(stub.requests().len(), 1);
}

#[rstest]
#[case::out_of_order(Reply::Status(503, "<html>"))]
#[case::cut(Reply::Cut)]
#[case::half(Reply::Half)]
#[case::silence(Reply::Silence)]
#[case::page(Reply::Json("<html>"))]
#[case::garbled(Reply::Json(r#"{"opr_code":"0""#))]
#[case::without_an_id(Reply::Json(r#"{"opr_code":"0"}"#))]
#[tokio::test]
async fn a_write_that_may_have_happened_is_said_so_and_never_sent_again(#[case] reply: Reply) {
    let stub = Stub::new(vec![reply, Reply::Json(r#"{"opr_code":"0","mk_id":"9"}"#)]);
    let mut config = stub.config();
    config.write_timeout = Duration::from_millis(200);
    let client = Client::new(config).expect("a client");
    let error = client
        .put_document(&draft(), &trace())
        .await
        .expect_err("unknown");
    assert_eq!(kind(&error), "UnknownOutcome", "{error}");
    assert_eq!(stub.requests().len(), 1, "once and never again");
}

#[rstest]
#[case::busy(Reply::Status(429, ""), "Unreachable")]
#[case::refused(Reply::Json(REFUSED), "Refused")]
#[case::wrong_address(Reply::Status(404, "<html>"), "NotMetakocka")]
#[case::wrong_key(Reply::Status(401, ""), "Credentials")]
#[tokio::test]
async fn a_write_that_certainly_did_not_happen_is_said_so(
    #[case] reply: Reply,
    #[case] want: &str,
) {
    let stub = Stub::new(vec![reply]);
    let error = stub
        .client()
        .put_document(&draft(), &trace())
        .await
        .expect_err("not written");
    assert_eq!(kind(&error), want, "{error}");
}

#[tokio::test]
async fn a_draft_that_cannot_be_right_is_not_sent() {
    let stub = Stub::new(vec![Reply::Json(r#"{"opr_code":"0","mk_id":"9"}"#)]);
    let mut empty = draft();
    empty.lines.clear();
    let error = stub
        .client()
        .put_document(&empty, &trace())
        .await
        .expect_err("no lines");
    assert_eq!(kind(&error), "Settings");
    assert_eq!(stub.requests().len(), 0);
}

#[tokio::test]
async fn the_breaker_opens_after_failures_and_nothing_goes_out() {
    let stub = Stub::new(vec![Reply::Status(500, ""); 10]);
    let mut config = stub.config();
    config.pauses.clear();
    config.breaker.failures = 3;
    config.breaker.first = Duration::from_secs(3600);
    let client = Client::new(config).expect("a client");
    for _ in 0..3 {
        let error = client.search(&orders()).await.expect_err("out of order");
        assert_eq!(kind(&error), "Unreachable");
    }
    assert!(matches!(client.breaker(), BreakerState::Open { .. }));
    let error = client
        .put_document(&draft(), &trace())
        .await
        .expect_err("left alone");
    assert!(
        matches!(error, Error::BreakerOpen { wait } if wait > Duration::from_secs(3000)),
        "{error:?}"
    );
    assert_eq!(stub.requests().len(), 3, "the fourth was not sent");
}

#[tokio::test]
async fn retries_end_when_the_breaker_opens_and_say_what_opened_it() {
    let stub = Stub::new(vec![Reply::Status(500, ""); 10]);
    let mut config = stub.config();
    config.breaker.failures = 2;
    config.breaker.first = Duration::from_secs(3600);
    let client = Client::new(config).expect("a client");
    let error = client.search(&orders()).await.expect_err("out of order");
    assert_eq!(kind(&error), "Unreachable");
    assert_eq!(stub.requests().len(), 2);
}

#[tokio::test]
async fn a_good_probe_closes_the_breaker() {
    let stub = Stub::new(vec![
        Reply::Status(500, ""),
        Reply::Status(500, ""),
        Reply::Json(EMPTY),
    ]);
    let mut config = stub.config();
    config.pauses.clear();
    config.breaker.failures = 2;
    config.breaker.first = Duration::ZERO;
    let client = Client::new(config).expect("a client");
    for _ in 0..2 {
        assert!(client.search(&orders()).await.is_err());
    }
    assert!(matches!(client.breaker(), BreakerState::Open { .. }));
    assert!(client.search(&orders()).await.is_ok(), "the probe");
    assert_eq!(client.breaker(), BreakerState::Closed);
}

#[tokio::test]
async fn refusals_are_answers_to_the_breaker() {
    let stub = Stub::new(vec![Reply::Json(REFUSED); 5]);
    let mut config = stub.config();
    config.breaker.failures = 2;
    let client = Client::new(config).expect("a client");
    for _ in 0..5 {
        assert_eq!(
            kind(&client.search(&orders()).await.expect_err("refused")),
            "Refused"
        );
    }
    assert_eq!(client.breaker(), BreakerState::Closed);
    let counted = client.statistics();
    assert_eq!(
        counted.get(SEARCH).map(|s| (s.refusals, s.failures)),
        Some((5, 0))
    );
}

#[rstest]
#[case::http("http://main.metakocka.si")]
#[case::nothing("")]
fn the_key_goes_nowhere_without_https(#[case] address: &str) {
    let error =
        Client::new(Config::new(address, "1234", SecretKey::new(KEY))).expect_err("refused");
    assert_eq!(kind(&error), "Settings");
    assert!(!format!("{error} {error:?}").contains(KEY));
}

#[rstest]
#[case("", KEY)]
#[case("1234", "  ")]
fn without_credentials_there_is_no_client(#[case] company: &str, #[case] key: &str) {
    let config = Config::new("https://main.metakocka.si", company, SecretKey::new(key));
    assert_eq!(kind(&Client::new(config).expect_err("refused")), "Settings");
}

/// Answers that repeat the key, as some services do.
const ECHO: &str = r#"{"opr_code":"2","opr_desc":"No access for kljuc-ki-ga-nihce-ne-sme-videti","secret_key":"kljuc-ki-ga-nihce-ne-sme-videti"}"#;
const ECHO_AS_DOCUMENT: &str = r#"{"opr_code":"0","result":{"count_code":"kljuc"}}"#;

#[rstest]
#[case::refusal(Reply::Json(ECHO))]
#[case::credentials(Reply::Status(401, ECHO))]
#[case::bad_request(Reply::Status(400, ECHO))]
#[case::out_of_order(Reply::Status(500, ECHO))]
#[case::page(Reply::Json("<html>kljuc-ki-ga-nihce-ne-sme-videti</html>"))]
#[case::garbled(Reply::Json(r#"{"a": kljuc-ki-ga-nihce-ne-sme-videti"#))]
#[case::cut(Reply::Cut)]
#[tokio::test]
async fn the_key_is_in_no_error_and_nothing_that_prints(#[case] reply: Reply) {
    let stub = Stub::new(vec![reply, Reply::Json(ECHO_AS_DOCUMENT)]);
    let mut config = stub.config();
    config.pauses.clear();
    let printed = format!("{config:?}");
    let client = Client::new(config).expect("a client");
    let error = client.search(&orders()).await.expect_err("no answer");
    let all = format!(
        "{printed} {error} {error:?} {client:?} {:?}",
        client.statistics()
    );
    assert!(!all.contains(KEY), "{all}");
    assert!(
        stub.requests().concat().contains(KEY),
        "only the service gets it"
    );
}

#[tokio::test]
async fn every_call_is_json_with_the_credentials_in_it() {
    let stub = Stub::new(vec![Reply::Json(EMPTY)]);
    stub.client().search(&orders()).await.expect("found");
    let requests = stub.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").expect("a request");
    assert!(
        head.starts_with("POST /rest/eshop/v1/search HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(
        head.to_lowercase()
            .contains("content-type: application/json"),
        "{head}"
    );
    assert!(!head.contains(KEY), "no key in the address or the head");
    let start = format!(r#"{{"secret_key":"{KEY}","company_id":"1234","#);
    assert!(body.starts_with(&start), "{body}");
}

#[tokio::test]
async fn attachments_have_a_path_of_their_own() {
    let stub = Stub::new(vec![Reply::Json(r#"{"opr_code":"0"}"#)]);
    let file = kontor_metakocka::FileDraft::new("a.pdf", b"%PDF");
    stub.client()
        .add_attachment(&DocType::SalesOrder, &MkId::new("5"), vec![file])
        .await
        .expect("attached");
    assert!(stub.requests()[0].starts_with("POST /rest/eshop/add_attachment "));
}

#[rstest]
#[case::list(
    r#"{"partner_list_count":"1","partner_list":[{"mk_id":"7","customer":"Kovač"}]}"#,
    Some("Kovač")
)]
#[case::bare_in_the_list(r#"{"partner_list":{"mk_id":"7","customer":"Kovač"}}"#, Some("Kovač"))]
#[case::bare(r#"{"mk_id":"7","customer":"Kovač"}"#, Some("Kovač"))]
#[case::nothing(r#"{"opr_code":"0"}"#, None)]
#[tokio::test]
async fn a_changed_partner_is_answered_in_several_shapes(
    #[case] body: &'static str,
    #[case] name: Option<&str>,
) {
    let stub = Stub::new(vec![Reply::Json(body)]);
    let update = kontor_metakocka::PartnerUpdate::of(MkId::new("7"));
    let now = stub
        .client()
        .update_partner(&update)
        .await
        .expect("changed");
    assert_eq!(now.and_then(|partner| partner.name).as_deref(), name);
}
