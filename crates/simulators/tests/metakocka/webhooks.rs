//! Pushes of stock, received by a plain HTTP server.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kontor_simulators::StockPush;
use ring::hmac;
use rstest::rstest;
use serde_json::Value;

use crate::client::{Client, many, text};

/// Takes one request for each answer; answers them all at the end.
fn receiver(answers: &'static [&'static str]) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/stock", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let mut taken = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = String::new();
            let mut buffer = [0; 4096];
            while !whole(&request) {
                let n = stream.read(&mut buffer).unwrap();
                request.push_str(std::str::from_utf8(&buffer[..n]).unwrap());
            }
            let length = answer.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{answer}"
            )
            .unwrap();
            taken.push(request);
        }
        taken
    });
    (url, thread)
}

fn whole(request: &str) -> bool {
    request.split_once("\r\n\r\n").is_some_and(|(head, body)| {
        let length = header(head, "content-length").parse::<usize>().unwrap();
        body.len() >= length
    })
}

fn header(head: &str, name: &str) -> String {
    head.lines()
        .filter_map(|l| l.split_once(": "))
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, v)| v.to_owned())
        .unwrap_or_default()
}

fn signed(secret: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, body.as_bytes()))
}

#[rstest]
#[case::honest(false)]
#[case::forged(true)]
fn stock_is_pushed_and_signed(#[case] forged: bool) {
    let client = Client::small();
    let (url, taken) = receiver(&[r#"{"status":"ok"}"#]);
    let tries = client.service.push_stock(&StockPush {
        forged,
        basic: Some("me:too".into()),
        ..StockPush::new(&url, "s3cret", &["HP26AB"])
    });
    assert_eq!(tries.len(), 1, "taken at once: {tries:?}");
    let request = taken.join().unwrap().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let right = header(head, "X-MetaKocka-Signature") == signed("s3cret", body);
    assert_eq!(right, !forged, "the signature is of the raw body");
    assert_eq!(
        header(head, "X-MetaKocka-Event"),
        "warehouse_product_stock_update"
    );
    assert!(
        !header(head, "X-MetaKocka-Id").is_empty(),
        "an id of its own"
    );
    assert_eq!(header(head, "Authorization"), "Basic bWU6dG9v");
    let body: Value = serde_json::from_str(body).unwrap();
    let rows = many(&body["stock_list"]);
    assert_eq!(
        text(&rows[0], "amount"),
        "210",
        "as warehouse_stock: {body}"
    );
}

#[test]
fn a_push_is_tried_three_times_under_one_id() {
    let client = Client::small();
    let (url, taken) = receiver(&["sorry", r#"{"status":"busy"}"#, r#"{"status":"ok"}"#]);
    let push = StockPush::new(&url, "s3cret", &["SP110"]);
    let tries = client.service.push_stock(&push);
    assert_eq!(tries.len(), 3, "{tries:?}");
    let ids: std::collections::BTreeSet<String> = taken
        .join()
        .unwrap()
        .iter()
        .map(|r| header(r, "X-MetaKocka-Id"))
        .collect();
    assert_eq!(ids.len(), 1, "so that the receiver can tell: {ids:?}");
}

#[test]
fn nobody_there_is_no_panic() {
    let client = Client::small();
    let push = StockPush::new("http://127.0.0.1:9/stock", "s", &["SP110"]);
    let tries = client.service.push_stock(&push);
    assert!(
        tries.len() == 3 && tries.iter().all(Result::is_err),
        "{tries:?}"
    );
}
