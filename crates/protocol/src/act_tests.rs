use rstest::rstest;

use super::{Act, ActStep};
use crate::{ClientFrame, ServerFrame};

fn read(text: &str) -> Act {
    serde_json::from_str(text).unwrap()
}

#[rstest]
#[case::preview(
    r#"{"type":"erp_act","id":"0198c0de-0000-7000-8000-000000000001","step":"preview","act":{"kind":"add_contact","customer":"1600","name":"Ana","email":"","phone":""}}"#
)]
#[case::ask(r#"{"type":"erp_act","id":"0198c0de-0000-7000-8000-000000000001","step":"ask"}"#)]
fn a_desk_speaks_of_acts(#[case] text: &str) {
    let frame: ClientFrame = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&frame).unwrap(), text);
}

#[test]
fn a_confirmation_names_what_was_seen() {
    let text =
        r#"{"type":"erp_act","id":"0198c0de-0000-7000-8000-000000000001","step":"do","seen":"ab"}"#;
    let ClientFrame::ErpAct(ask) = serde_json::from_str(text).unwrap() else {
        panic!("{text}");
    };
    assert_eq!((ask.step, ask.seen.as_str()), (ActStep::Do, "ab"));
}

#[test]
fn an_answer_may_say_little() {
    let text = r#"{"type":"erp_told","id":"0198c0de-0000-7000-8000-000000000001","outcome":{"state":"cannot_tell"}}"#;
    let ServerFrame::ErpTold(told) = serde_json::from_str(text).unwrap() else {
        panic!("{text}");
    };
    assert_eq!(told.outcome.state.as_str(), "cannot_tell");
    assert_eq!(told.outcome.preview, None);
}

#[rstest]
#[case::nameless(r#"{"kind":"add_partner","name":" "}"#, "needs a name")]
#[case::nobody(r#"{"kind":"add_contact","customer":"1"}"#, "a name or an address")]
#[case::no_lines(
    r#"{"kind":"add_document","what":"order","customer":"1","date":"2026-11-22","currency":"EUR","lines":[]}"#,
    "1 to 200 lines"
)]
#[case::no_code(
    r#"{"kind":"add_document","what":"offer","customer":"1","date":"2026-11-22","currency":"EUR","lines":[{"amount":"1"}]}"#,
    "product's code"
)]
#[case::no_amount(
    r#"{"kind":"add_document","what":"offer","customer":"1","date":"2026-11-22","currency":"EUR","lines":[{"code":"A"}]}"#,
    "an amount"
)]
#[case::more_than_all(
    r#"{"kind":"add_document","what":"offer","customer":"1","date":"2026-11-22","currency":"EUR","lines":[{"code":"A","amount":"1","discount":"101"}]}"#,
    "0 to 100"
)]
#[case::no_money(
    r#"{"kind":"add_payment","document":{"id":"1","doc_type":"sales_order"},"amount":"0","date":"2026-11-22","way":"TRR"}"#,
    "more than nothing"
)]
#[case::no_state(
    r#"{"kind":"set_status","document":{"id":"1","doc_type":"sales_order"},"status":""}"#,
    "which state"
)]
#[case::control(r#"{"kind":"add_partner","name":"A\u0000"}"#, "control characters")]
#[case::no_file(
    r#"{"kind":"attach_file","document":{"id":"1","doc_type":"sales_order"},"name":"a.pdf","data":""}"#,
    "nothing in it"
)]
#[case::too_large(
    r#"{"kind":"attach_file","document":{"id":"1","doc_type":"sales_order"},"name":"a.pdf","file":{"hash":"00","size":26214401}}"#,
    "at most 25 MB"
)]
#[case::both_ways(
    r#"{"kind":"attach_file","document":{"id":"1","doc_type":"sales_order"},"name":"a.pdf","data":"QQ==","file":{"hash":"00","size":1}}"#,
    "nothing in it"
)]
#[case::empty(
    r#"{"kind":"attach_file","document":{"id":"1","doc_type":"sales_order"},"name":"a.pdf","file":{"hash":"00","size":0}}"#,
    "nothing in it"
)]
fn what_can_never_be_done_is_said(#[case] text: &str, #[case] why: &str) {
    let text = text.replace(r#""hash":"00""#, &format!(r#""hash":"{}""#, "0".repeat(64)));
    let problem = read(&text).check().unwrap_err().to_string();
    assert!(problem.contains(why), "{problem}");
}

#[rstest]
#[case::in_the_frame(r#""data":"QQ==""#.to_owned())]
#[case::in_pieces(format!(r#""file":{{"hash":"{}","size":26214400}}"#, "0a".repeat(32)))]
fn a_file_comes_in_either_form_and_is_told_in_the_same(#[case] file: String) {
    let text = format!(
        r#"{{"kind":"attach_file","document":{{"id":"1","doc_type":"sales_order"}},"name":"a.pdf",{file}}}"#
    );
    let act = read(&text);
    assert_eq!(act.check(), Ok(()));
    assert_eq!(
        serde_json::to_string(&act).unwrap(),
        text,
        "the same under an id"
    );
}

#[test]
fn a_file_in_the_frame_stays_small() {
    let text = r#"{"kind":"attach_file","document":{"id":"1","doc_type":"sales_order"},"name":"a.pdf","data":"X"}"#;
    let of = |length: usize| read(&text.replace('X', &"A".repeat(length))).check();
    assert_eq!(of(3_333_336), Ok(()));
    assert!(of(3_333_337).unwrap_err().to_string().contains("2.5 MB"));
}

#[test]
fn a_plain_order_is_fine() {
    let text = r#"{"kind":"add_document","what":"order","customer":"1","date":"2026-11-22","currency":"EUR",
        "lines":[{"code":"A","amount":"2","price":"10.50","tax":"22"}]}"#;
    assert_eq!(read(text).check(), Ok(()));
}
