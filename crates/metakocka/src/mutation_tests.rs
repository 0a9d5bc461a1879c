//! Whatever comes, every reader lives through it.

use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::answer::{self, Raw};
use crate::client::document;
use crate::discovery::Discovery;
use crate::document::Document;
use crate::id::DocType;
use crate::page::Page;
use crate::partner::Partner;
use crate::product::Product;
use crate::search::Light;
use crate::secret::SecretKey;
use crate::stock::{StockRow, Warehouse};

const SAMPLE: &str = r#"{"opr_code":"0","result_all_records":"2","mk_id":"160020248712","count_code":"N-17","doc_date":"2026-05-07+02:00",
"partner":{"mk_id":"17","customer":"Kovač d.o.o.","partner_contact":{"email":"a@b.example"}},"sum_all":"1.895,01","sum_tax_ex4":"4,51",
"product_list":[{"mk_id":"100","code":"GUM-17","amount":"2,5","price":"8.196721","pricelist":{"price_def":{"price":"24,8"}},
"category_tree_list":{"tree_node_label":"Gume","tree_node_list":{"tree_node_label":"Zimske"}}}],"mark_paid":{"date":"06.09.2026","amount":"1.895,01"},
"document_info":{"operation_type":"NEW","operation_time":"2026-05-07T12:53:27+02:00"},"last_change_ts":"2026-05-07T12:53:27+02:00",
"partner_list":{"mk_id":"1","discounts":{"categories":"Gume","discount_percent":"7,3"},"partner_delivery_address_list":{"payment_due_days":"30"}},
"stock_list":{"mk_id":"7","amount":"-2,5"},"warehouse_list":{"mk_id":"1","active":"true"},"sales_order":{"type":"query"},
"result":[{"mk_id":"1","opr_code":"0"},{"count_code":"2"}],"extra_column":{"name":"ip","value":""},"meta_data":[{"key":"a","value_string":"b"}]}"#;

/// Reads an answer as everything there is.
fn read_all(answer: &Map<String, Value>) {
    let asked = (0, 100);
    let _all = (
        document(answer, &DocType::SalesOrder).is_ok(),
        Discovery::read(answer),
        Page::read(answer, "result", asked, |row, id| {
            Document::read(row, id, &DocType::SalesOrder)
        }),
        Page::read(answer, "result", asked, Light::read),
        Page::read(answer, "partner_list", asked, Partner::read),
        Page::read(answer, "product_list", asked, Product::read),
        Page::read(answer, "stock_list", asked, StockRow::read),
        Page::read(answer, "warehouse_list", asked, Warehouse::read),
    );
}

fn read_bytes(bytes: Vec<u8>) -> bool {
    let raw = Raw {
        status: 200,
        json: true,
        bytes,
    };
    let answer = answer::object(&raw, &SecretKey::new("k"));
    answer.is_ok_and(|map| {
        read_all(&map);
        true
    })
}

#[test]
fn the_sample_itself_is_read() {
    assert!(read_bytes(SAMPLE.as_bytes().to_vec()));
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[-+0-9.,:TZ+ ]{0,24}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_]{1,12}|mk_id|opr_code|amount", inner, 0..4)
                .prop_map(Value::from_iter),
        ]
    })
}

/// Puts a value in the place of the `nth` node.
fn replace(value: &mut Value, nth: &mut usize, with: &Value) {
    if *nth == 0 {
        *value = with.clone();
        *nth = usize::MAX;
        return;
    }
    *nth = nth.saturating_sub(1);
    match value {
        Value::Array(list) => list.iter_mut().for_each(|v| replace(v, nth, with)),
        Value::Object(map) => map.values_mut().for_each(|v| replace(v, nth, with)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

proptest! {
    #[test]
    fn a_byte_that_fell_over_panics_nowhere(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        read_bytes(bytes);
    }

    #[test]
    fn a_field_of_another_shape_panics_nowhere(nth in 1_usize..90, with in json()) {
        let mut value: Value = serde_json::from_str(SAMPLE).expect("the sample");
        let mut nth = nth;
        replace(&mut value, &mut nth, &with);
        if let Value::Object(map) = &value {
            read_all(map);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read_bytes(bytes);
    }
}
