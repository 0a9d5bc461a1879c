use rstest::rstest;
use serde_json::{Map, Value, json};

use super::{Defects, Reader};

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("no object: {other}"),
    }
}

/// Reads the field `x`, and says how many defects that made.
fn read<T>(value: &Value, take: impl Fn(Reader<'_>) -> T) -> (T, usize) {
    let map = object(json!({ "x": value }));
    let defects = Defects::default();
    let got = take(Reader::new(&map, &defects));
    (got, defects.into_vec().len())
}

#[rstest]
#[case::text(json!("Kovač d.o.o."), Some("Kovač d.o.o."), 0)]
#[case::id_as_text(json!("160020371012"), Some("160020371012"), 0)]
#[case::id_as_number(json!(160_020_371_012_u64), Some("160020371012"), 0)]
#[case::real(json!(12.5), Some("12.5"), 0)]
#[case::flag(json!(true), Some("true"), 0)]
#[case::list_of_one(json!(["Gume"]), Some("Gume"), 0)]
#[case::empty_text(json!(""), None, 0)]
#[case::blank_text(json!("  "), None, 0)]
#[case::null(json!(null), None, 0)]
#[case::empty_list(json!([]), None, 0)]
#[case::empty_object(json!({}), None, 0)]
#[case::object(json!({"a": "b"}), None, 1)]
#[case::list_of_two(json!(["a", "b"]), None, 1)]
fn text_comes_in_many_shapes(#[case] value: Value, #[case] want: Option<&str>, #[case] odd: usize) {
    let (got, defects) = read(&value, |r| r.text("x"));
    assert_eq!((got.as_deref(), defects), (want, odd), "{value}");
}

#[rstest]
#[case::text(json!("24.8"), Some("24.8"), 0)]
#[case::slovenian(json!("863,75"), Some("863.75"), 0)]
#[case::real(json!(24.8), Some("24.8"), 0)]
#[case::real_tiny(json!(0.000_000_15), Some("0.00000015"), 0)]
#[case::whole(json!(3), Some("3"), 0)]
#[case::absent(json!(""), None, 0)]
#[case::words(json!("po dogovoru"), None, 1)]
#[case::object(json!({"a": 1}), None, 1)]
fn numbers_come_as_text_or_real(
    #[case] value: Value,
    #[case] want: Option<&str>,
    #[case] odd: usize,
) {
    let (got, defects) = read(&value, |r| r.decimal("x").map(|d| d.to_string()));
    assert_eq!((got.as_deref(), defects), (want, odd), "{value}");
}

#[rstest]
#[case::text(json!("1.895"), Some("1895"))]
#[case::real(json!(1.895), Some("1.895"))]
fn a_payment_that_is_a_real_number_has_no_thousands(
    #[case] value: Value,
    #[case] want: Option<&str>,
) {
    let (got, _) = read(&value, |r| r.paid_amount("x").map(|d| d.to_string()));
    assert_eq!(got.as_deref(), want);
}

#[rstest]
#[case(json!("true"), Some(true), 0)]
#[case(json!("false"), Some(false), 0)]
#[case(json!(true), Some(true), 0)]
#[case(json!("True"), Some(true), 0)]
#[case(json!("1"), Some(true), 0)]
#[case(json!(0), Some(false), 0)]
#[case(json!(""), None, 0)]
#[case(json!("morda"), None, 1)]
fn flags_come_as_text_or_real(
    #[case] value: Value,
    #[case] want: Option<bool>,
    #[case] odd: usize,
) {
    assert_eq!(read(&value, |r| r.flag("x")), (want, odd), "{value}");
}

#[rstest]
#[case(json!("449"), Some(449), 0)]
#[case(json!(449), Some(449), 0)]
#[case(json!("449.0"), Some(449), 0)]
#[case(json!("-1"), None, 1)]
#[case(json!("1,5"), None, 1)]
fn counts_are_whole(#[case] value: Value, #[case] want: Option<u64>, #[case] odd: usize) {
    assert_eq!(read(&value, |r| r.count("x")), (want, odd), "{value}");
}

#[rstest]
#[case::list(json!([{"a": "1"}, {"a": "2"}]), &["1", "2"], 0)]
#[case::bare_object(json!({"a": "1"}), &["1"], 0)]
#[case::list_of_one(json!([{"a": "1"}]), &["1"], 0)]
#[case::empty_text(json!(""), &[], 0)]
#[case::null(json!(null), &[], 0)]
#[case::null_within(json!([null, {"a": "1"}]), &["1"], 0)]
#[case::text_within(json!(["?", {"a": "1"}]), &["1"], 1)]
fn a_list_of_objects_may_be_one(#[case] value: Value, #[case] want: &[&str], #[case] odd: usize) {
    let (got, defects) = read(&value, |r| {
        let found: Vec<String> = r.many("x").filter_map(|o| o.text("a")).collect();
        found
    });
    assert_eq!(
        (got, defects),
        (want.iter().map(ToString::to_string).collect(), odd),
        "{value}"
    );
}

#[rstest]
#[case::list(json!(["Gume", "Zimske"]), &["Gume", "Zimske"])]
#[case::bare_text(json!("Gume"), &["Gume"])]
#[case::absent(json!(""), &[])]
fn a_list_of_texts_may_be_one(#[case] value: Value, #[case] want: &[&str]) {
    assert_eq!(read(&value, |r| r.texts("x")).0, want);
}

#[rstest]
#[case::no_id(json!([{"count_code": "7"}, {"mk_id": "1"}]), "A row was left out: it has no mk_id (number “7”).")]
#[case::no_object(json!([17, {"mk_id": "1"}]), "A row was left out: it is no object but 17.")]
#[case::its_own_error(
    json!([{"mk_id": "9", "opr_code": "2", "opr_desc": "<b>Dokument</b> zaklenjen"}, {"mk_id": "1", "opr_code": "0"}]),
    "A row was left out: the service answers 2 for 9 Dokument zaklenjen."
)]
fn a_row_that_cannot_be_taken_is_said_and_the_others_are(#[case] value: Value, #[case] says: &str) {
    let map = object(json!({ "x": value }));
    let defects = Defects::default();
    let rows = Reader::new(&map, &defects).rows("x", |_row, id| id.to_string());
    let said: Vec<String> = defects.into_vec().iter().map(ToString::to_string).collect();
    assert_eq!(rows, ["1"]);
    assert_eq!(said, [says]);
}

#[test]
fn a_defect_names_its_row_and_repeats_little_of_the_value() {
    let map = object(json!({ "x": { "mk_id": "5", "sum_all": "z".repeat(400) } }));
    let defects = Defects::default();
    let _rows = Reader::new(&map, &defects).rows("x", |row, _id| row.decimal("sum_all"));
    let said = defects
        .into_vec()
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    assert!(
        said.starts_with("The field sum_all of 5 was left empty: \"zzz"),
        "{said}"
    );
    assert!(said.len() < 120, "not the whole value: {said}");
}
