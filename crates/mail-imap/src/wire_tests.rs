use std::sync::Arc;

use super::*;
use proptest::prelude::*;
use rstest::rstest;
use tokio::io::DuplexStream;

const SOON: Duration = Duration::from_secs(5);

fn pair() -> (Wire, DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(64);
    (Wire::new(Box::new(ours), Arc::new(|| Millis(7))), theirs)
}

fn cuts(data: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = data;
    while let Cut::Whole(n) = Cutter::default().cut(rest) {
        let (one, more) = rest.split_at(n);
        out.push(String::from_utf8_lossy(one).into_owned());
        rest = more;
    }
    out
}

#[rstest]
#[case::lines("* 1 EXISTS\r\nA1 OK x\r\n", &["* 1 EXISTS\r\n", "A1 OK x\r\n"])]
#[case::literal("* 1 FETCH (BODY[] {4}\r\na\r\nb UID 1)\r\n+ x\r\n", &["* 1 FETCH (BODY[] {4}\r\na\r\nb UID 1)\r\n", "+ x\r\n"])]
#[case::two_literals("* LIST () {1}\r\n/ {3}\r\na\nb\r\n", &["* LIST () {1}\r\n/ {3}\r\na\nb\r\n"])]
#[case::empty_literal("* 1 FETCH (BODY[] {0}\r\n)\r\n", &["* 1 FETCH (BODY[] {0}\r\n)\r\n"])]
#[case::text_like_a_literal("* OK see {5}\r\nA1 NO {9}\r\n+ {3}\r\n", &["* OK see {5}\r\n", "A1 NO {9}\r\n", "+ {3}\r\n"])]
#[case::bare_line_feeds("* 1 EXISTS\nA1 OK x\n", &["* 1 EXISTS\n", "A1 OK x\n"])]
#[case::unfinished("* 1 FETCH (BODY[] {4}\r\nab", &[])]
#[case::unfinished_after_literal("* 1 FETCH (BODY[] {1}\r\na", &[])]
fn answers_are_cut(#[case] data: &str, #[case] want: &[&str]) {
    assert_eq!(cuts(data.as_bytes()), want, "{data:?}");
}

#[test]
fn an_announcement_of_the_whole_memory_is_refused() {
    let line = b"* 1 FETCH (BODY[] {18446744073709551615}\r\n";
    assert_eq!(Cutter::default().cut(line), Cut::Absurd);
}

#[tokio::test]
async fn answers_survive_any_splitting() {
    let big = "x".repeat(300_000);
    let data = format!("* OK hi\r\n* 1 FETCH (BODY[] {{300000}}\r\n{big})\r\n* 2 EXISTS\r\n");
    let (mut wire, mut server) = pair();
    let send = async {
        for chunk in data.as_bytes().chunks(61) {
            server.write_all(chunk).await.expect("the client reads");
        }
        server
    };
    let read = async {
        let mut lengths = Vec::new();
        for _ in 0..3 {
            lengths.push(wire.next(SOON).await.expect("an answer").len());
        }
        assert!(!wire.has_next(), "three were sent");
        assert_eq!(wire.at(), Millis(7), "stamped by the clock that was given");
        lengths
    };
    let (_server, lengths) = tokio::join!(send, read);
    assert_eq!(lengths, vec![9, 300_031, 12]);
}

#[tokio::test]
async fn a_line_that_ends_is_a_fault() {
    let (mut wire, server) = pair();
    drop(server);
    assert!(matches!(wire.next(SOON).await, Err(Fault::Offline(_))));
}

#[tokio::test]
async fn silence_is_a_fault_but_loses_nothing() {
    let (mut wire, mut server) = pair();
    server.write_all(b"* 1 EXI").await.expect("room");
    let patience = Duration::from_millis(20);
    assert!(
        matches!(wire.next(patience).await, Err(Fault::Offline(_))),
        "nothing more came"
    );
    server.write_all(b"STS\r\n").await.expect("room");
    assert_eq!(wire.next(SOON).await.expect("the rest"), b"* 1 EXISTS\r\n");
}

#[tokio::test]
async fn bytes_not_looked_at_are_not_carried_into_another_layer() {
    let (mut wire, mut server) = pair();
    server
        .write_all(b"A1 OK go\r\n* CAPABILITY EVIL\r\n")
        .await
        .expect("room");
    wire.next(SOON).await.expect("the first line");
    assert!(
        matches!(wire.into_stream(), Err(19)),
        "the injected line is noticed"
    );
}

proptest! {
    #[test]
    fn cutting_in_pieces_equals_cutting_at_once(data in "(\\* [A-Z]{0,3} ?(\\{[0-9]{1,2}\\})?\r\n|[a-z\r\n{}0-9]{0,9}){0,8}", step in 1usize..9) {
        let data = data.as_bytes();
        let whole = Cutter::default().cut(data);
        let mut cutter = Cutter::default();
        let mut got = Cut::More(1);
        for end in (0..=data.len()).step_by(step).chain([data.len()]) {
            got = cutter.cut(&data[..end]);
            if matches!(got, Cut::Whole(_)) { break; }
        }
        match whole {
            Cut::Whole(_) => prop_assert_eq!(got, whole),
            _ => prop_assert!(!matches!(got, Cut::Whole(_))),
        }
    }
}
