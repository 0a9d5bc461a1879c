use proptest::prelude::*;
use rstest::rstest;

use super::{Raw, file, object};
use crate::error::Error;
use crate::secret::SecretKey;

fn raw(status: u16, body: &str) -> Raw {
    Raw {
        status,
        json: false,
        bytes: body.as_bytes().to_vec(),
    }
}

fn key() -> SecretKey {
    SecretKey::new("kljuc-123")
}

#[rstest]
#[case::success(200, r#"{"opr_code":"0","opr_time_ms":"441"}"#)]
#[case::a_real_zero(200, r#"{"opr_code":0}"#)]
#[case::no_code_is_success(200, r#"{"partner_list_count":"2","partner_list":[]}"#)]
#[case::mark_of_utf8(200, "\u{feff} {\"opr_code\":\"0\"}")]
fn answers_are_taken(#[case] status: u16, #[case] body: &str) {
    assert!(object(&raw(status, body), &key()).is_ok(), "{body}");
}

#[rstest]
#[case::application_error(
    200,
    r#"{"opr_code":"2","opr_desc":"Unknown document type : X"}"#,
    "Refused",
    false
)]
#[case::error_desc(200, r#"{"opr_code":1,"error_desc":"Nalepka"}"#, "Refused", false)]
#[case::not_found(
    200,
    r#"{"opr_code":"6","opr_desc":"Tracking code X not found"}"#,
    "NotFound",
    false
)]
#[case::slovenian(
    200,
    r#"{"opr_code":"2","opr_desc":"Dokument <b>7</b> ne obstaja"}"#,
    "NotFound",
    false
)]
#[case::no_partner(
    200,
    r#"{"opr_code":"2","opr_desc":"No partner with such properties."}"#,
    "NotFound",
    false
)]
#[case::wrong_key(
    200,
    r#"{"opr_code":"2","opr_desc":"Wrong secret_key or company_id"}"#,
    "Credentials",
    false
)]
#[case::wrong_key_by_status(401, r#"{"error":"Unauthorized"}"#, "Credentials", false)]
#[case::forbidden_page(403, "<html>", "Credentials", false)]
#[case::a_bad_request(400, r#"{"opr_desc":"doc_type is required"}"#, "Refused", false)]
#[case::page(200, "\n <!DOCTYPE html><html>Prijava</html>", "NotMetakocka", true)]
#[case::missing_page(404, "<html>", "NotMetakocka", false)]
#[case::missing_as_json(404, r#"{"path":"/rest"}"#, "NotMetakocka", false)]
#[case::missing_as_text(404, "no route", "NotMetakocka", false)]
#[case::redirect(302, "", "NotMetakocka", false)]
#[case::busy(429, "", "Unreachable", false)]
#[case::gateway(502, "<html>Bad gateway</html>", "Unreachable", true)]
#[case::out_of_order(500, r#"{"opr_code":"2","opr_desc":"x"}"#, "Unreachable", true)]
#[case::half(200, r#"{"opr_code":"0","result":[{"mk"#, "Garbled", true)]
#[case::nothing(200, "", "Garbled", true)]
#[case::a_list(200, "[]", "Garbled", true)]
fn what_is_no_answer_is_sorted(
    #[case] status: u16,
    #[case] body: &str,
    #[case] kind: &str,
    #[case] maybe_done: bool,
) {
    let failure = object(&raw(status, body), &key()).expect_err("no answer");
    assert!(
        format!("{:?}", failure.error).starts_with(kind),
        "{:?}",
        failure.error
    );
    assert_eq!(
        failure.maybe_done, maybe_done,
        "whether a write may have happened"
    );
}

#[test]
fn a_service_that_repeats_the_key_is_cut_short() {
    let body = r#"{"opr_code":"2","opr_desc":"Wrong secret_key: kljuc-123"}"#;
    let failure = object(&raw(200, body), &key()).expect_err("refused");
    let said = format!("{} {:?}", failure.error, failure.error);
    assert!(
        !said.contains("kljuc-123") && said.contains("***"),
        "{said}"
    );
}

#[test]
fn a_refusal_is_one_plain_sentence() {
    let body = r#"{"opr_code":"2","opr_desc":"Artikel <b>GUM-17</b><br>nima davka."}"#;
    let failure = object(&raw(200, body), &key()).expect_err("refused");
    assert_eq!(
        failure.error,
        Error::Refused {
            code: "2".to_owned(),
            message: "Artikel GUM-17 nima davka".to_owned()
        }
    );
}

#[test]
fn a_pdf_is_a_file_and_json_is_an_error() {
    assert_eq!(
        file(raw(200, "%PDF-1.4 …"), &key()).expect("a file"),
        "%PDF-1.4 …".as_bytes()
    );
    let refused = r#"{"opr_code":"6","opr_desc":"Document not found"}"#;
    for (body, kind) in [
        (refused, "NotFound"),
        (r#"{"opr_code":"0"}"#, "Garbled"),
        ("<html>", "NotMetakocka"),
    ] {
        let failure = file(raw(200, body), &key()).expect_err("no file");
        assert!(
            format!("{:?}", failure.error).starts_with(kind),
            "{:?}",
            failure.error
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(status in 100_u16..600, bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let raw = |json| Raw { status, json, bytes: bytes.clone() };
        let _nothing = (object(&raw(true), &key()).is_ok(), file(raw(false), &key()).is_ok());
    }
}
