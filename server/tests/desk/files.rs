//! Files over HTTP: sent, cut, refused, read.

use std::net::SocketAddr;

use kontor_protocol::{FileHash, MAX_FILE_BYTES, SignedIn};
use kontor_server::core::storage::{Files as _, Storage as _};
use rstest::rstest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::house::{House, PATIENCE};

const PART: usize = 256 << 10;

/// An answer's head, lower case, and bytes.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn read(all: &[u8]) -> Self {
        let end = all.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.expect("an answer has a head");
        let head = String::from_utf8(all[..end].to_vec()).unwrap();
        Self {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_lowercase(),
            body: all[end + 4..].to_vec(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    /// How far the server has it.
    fn stands(&self) -> Option<(u64, &str)> {
        let offset = self.header("upload-offset")?.parse().unwrap();
        Some((offset, self.header("upload-complete")?))
    }

    fn code(&self) -> String {
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        problem["code"].as_str().unwrap().to_owned()
    }
}

/// A desk and one of its files.
#[derive(Clone, Copy)]
struct Sender<'a> {
    address: SocketAddr,
    desk: &'a SignedIn,
    hash: FileHash,
}

impl<'a> Sender<'a> {
    fn of(house: &House, desk: &'a SignedIn, bytes: &[u8]) -> Self {
        Self {
            address: house.address,
            desk,
            hash: FileHash::of(bytes),
        }
    }

    async fn ask(&self, method: &str, headers: &str, body: &[u8]) -> Answer {
        self.say(method, headers, body, body.len()).await
    }

    /// Announces `length` bytes and sends fewer, perhaps.
    async fn say(&self, method: &str, headers: &str, body: &[u8], length: usize) -> Answer {
        let (address, org, hash) = (self.address, self.desk.org, self.hash);
        let token = &self.desk.token;
        let head = format!(
            "{method} /api/v1/orgs/{org}/files/{hash} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             authorization: Bearer {token}\r\n{headers}content-length: {length}\r\n\r\n"
        );
        let mut tcp = TcpStream::connect(address).await.unwrap();
        tcp.write_all(head.as_bytes()).await.unwrap();
        drop(tcp.write_all(body).await);
        if body.len() < length {
            tcp.shutdown().await.unwrap();
        }
        let mut answer = Vec::new();
        let read = tokio::time::timeout(PATIENCE, tcp.read_to_end(&mut answer)).await;
        read.expect("the server answers").ok();
        if answer.is_empty() {
            return Answer {
                status: 0,
                head: String::new(),
                body: Vec::new(),
            };
        }
        Answer::read(&answer)
    }

    async fn head(&self) -> Answer {
        self.ask("HEAD", "", b"").await
    }

    async fn patch(&self, at: usize, size: usize, body: &[u8]) -> Answer {
        let headers = format!("upload-offset: {at}\r\nupload-length: {size}\r\n");
        self.ask("PATCH", &headers, body).await
    }
}

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n / 3 + n / PART) as u8).collect()
}

#[tokio::test]
async fn a_file_is_sent_in_pieces_and_read_in_ranges() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let bor = house.member(ana.org, "bor@cebela.example").await;
    let bytes = content(2 * PART + 1000);
    let (ana, bor) = (
        Sender::of(&house, &ana, &bytes),
        Sender::of(&house, &bor, &bytes),
    );
    assert_eq!(ana.head().await.status, 404, "nothing yet");
    let mut at = 0;
    for to in [0, 10, PART + 7, 2 * PART, bytes.len()] {
        let kept = ana.patch(at, bytes.len(), &bytes[at..to]).await;
        let whole = if to == bytes.len() { "?1" } else { "?0" };
        assert_eq!(kept.status, 204, "{to}: {}", kept.head);
        assert_eq!(kept.stands(), Some((to as u64, whole)), "{to}");
        assert_eq!(bor.head().await.stands(), Some((to as u64, whole)));
        if to < bytes.len() {
            assert_eq!(bor.ask("GET", "", b"").await.status, 404, "not whole");
        }
        at = to;
    }
    let got = bor.ask("GET", "", b"").await;
    assert_eq!((got.status, got.body == bytes), (200, true));
    assert_eq!(got.header("content-type"), Some("application/octet-stream"));
    assert_eq!(got.header("content-disposition"), Some("attachment"));
    assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
    for (from, to) in [
        (0, 0),
        (PART - 1, PART),
        (5, 2 * PART + 999),
        (PART, 2 * PART - 1),
    ] {
        let range = format!("range: bytes={from}-{to}\r\n");
        let got = bor.ask("GET", &range, b"").await;
        assert_eq!((got.status, got.body == bytes[from..=to]), (206, true));
        let want = format!("bytes {from}-{to}/{}", bytes.len());
        assert_eq!(got.header("content-range"), Some(want.as_str()));
    }
    let beyond = format!("range: bytes={}-\r\n", bytes.len());
    assert_eq!(bor.ask("GET", &beyond, b"").await.status, 416);

    // Whoever did not hear the last answer, or comes later with the same content, is done at once.
    for at in [0, 2 * PART] {
        let again = bor.patch(at, bytes.len(), &bytes[at..]).await;
        assert_eq!(again.status, 204, "{}", again.head);
        assert_eq!(again.stands(), Some((bytes.len() as u64, "?1")));
    }
}

#[tokio::test]
async fn what_came_before_a_cut_is_kept() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let bytes = content(3 * PART);
    let ana = Sender::of(&house, &ana, &bytes);
    let sent = PART + PART / 2;
    let headers = format!("upload-offset: 0\r\nupload-length: {}\r\n", bytes.len());
    ana.say("PATCH", &headers, &bytes[..sent], bytes.len())
        .await;
    // The server hears of the cut when it hears of it.
    let mut stands = 0;
    let patience = tokio::time::Instant::now() + PATIENCE;
    while stands < sent && tokio::time::Instant::now() < patience {
        let head = ana.head().await;
        stands = head.stands().map_or(0, |(at, _)| at as usize);
    }
    assert_eq!(stands, sent, "all that came");
    let early = ana.patch(0, bytes.len(), &bytes[..10]).await;
    assert_eq!((early.status, early.code().as_str()), (409, "offset"));
    assert_eq!(early.stands(), Some((sent as u64, "?0")), "go on here");
    let late = ana.patch(sent + 1, bytes.len(), &bytes[sent + 1..]).await;
    assert_eq!(
        (late.status, late.stands()),
        (409, Some((sent as u64, "?0")))
    );
    let rest = ana.patch(sent, bytes.len(), &bytes[sent..]).await;
    assert_eq!(
        (rest.status, rest.stands()),
        (204, Some((bytes.len() as u64, "?1")))
    );
}

#[tokio::test]
async fn a_wrong_hash_is_refused_and_leaves_nothing() {
    let house = House::open().await;
    let desk = house.org("cebela").await;
    let (bytes, other) = (content(PART + 9), content(PART + 8));
    let ana = Sender::of(&house, &desk, &bytes);
    let mut wrong = other;
    wrong.push(99);
    let refused = ana.patch(0, bytes.len(), &wrong).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "hash"));
    assert_eq!(ana.head().await.status, 404, "nothing is left of it");
    let hash = FileHash::of(&bytes);
    let left = house.storage.file_part(desk.org, hash, 0).await.unwrap();
    assert_eq!(left, None);
    let good = ana.patch(0, bytes.len(), &bytes).await;
    assert_eq!(good.status, 204, "and the right one comes in");
    assert_eq!(house.storage.check().await.unwrap().problems, [""; 0]);
}

#[rstest]
#[case::no_headers("", 1, 400, "invalid")]
#[case::no_length("upload-offset: 0\r\n", 1, 400, "invalid")]
#[case::no_number("upload-offset: x\r\nupload-length: 1\r\n", 1, 400, "invalid")]
#[case::negative("upload-offset: -1\r\nupload-length: 1\r\n", 1, 400, "invalid")]
#[case::empty("upload-offset: 0\r\nupload-length: 0\r\n", 0, 413, "size")]
#[case::oversize("upload-offset: 0\r\nupload-length: 26214401\r\n", 9, 413, "size")]
#[case::more_than_announced("upload-offset: 0\r\nupload-length: 5\r\n", 6, 413, "size")]
#[case::behind_the_end("upload-offset: 9\r\nupload-length: 5\r\n", 0, 413, "size")]
#[case::from_nowhere("upload-offset: 2\r\nupload-length: 5\r\n", 3, 409, "offset")]
#[case::no_sum(
    "upload-offset: 18446744073709551615\r\nupload-length: 5\r\n",
    3,
    413,
    "size"
)]
#[tokio::test]
async fn what_cannot_be_is_refused(
    #[case] headers: &str,
    #[case] length: usize,
    #[case] status: u16,
    #[case] code: &str,
) {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let ana = Sender::of(&house, &ana, b"words");
    let refused = ana.ask("PATCH", headers, &content(length)).await;
    assert_eq!((refused.status, refused.code().as_str()), (status, code));
    assert_eq!(ana.head().await.status, 404, "nothing was stored");
}

#[tokio::test]
async fn the_largest_file_goes_through_in_one_request_too() {
    let house = House::open().await;
    let ana = house.org("cebela").await;
    let bytes = content(MAX_FILE_BYTES as usize);
    let ana = Sender::of(&house, &ana, &bytes);
    let sent = ana.patch(0, bytes.len(), &bytes).await;
    assert_eq!(
        (sent.status, sent.stands()),
        (204, Some((MAX_FILE_BYTES, "?1")))
    );
    let got = ana.ask("GET", "", b"").await;
    assert_eq!((got.status, got.body == bytes), (200, true));
}

#[tokio::test]
async fn another_organisation_has_nothing_of_it() {
    let house = House::open().await;
    let (ours, theirs) = (house.org("cebela").await, house.org("osa").await);
    let bytes = content(PART + 5);
    let there = Sender::of(&house, &theirs, &bytes);
    assert_eq!(there.patch(0, bytes.len(), &bytes).await.status, 204);
    let here = Sender::of(&house, &ours, &bytes);
    assert_eq!(here.head().await.status, 404, "knowing the hash is no key");
    assert_eq!(here.ask("GET", "", b"").await.status, 404);
    // Ours to their organisation.
    let mut mixed = theirs.clone();
    mixed.token.clone_from(&ours.token);
    let across = Sender {
        desk: &mixed,
        ..there
    };
    for (method, headers, body) in [
        ("HEAD", "", &b""[..]),
        ("GET", "", b""),
        ("PATCH", "upload-offset: 0\r\nupload-length: 1\r\n", b"x"),
    ] {
        assert_eq!(
            across.ask(method, headers, body).await.status,
            401,
            "{method}"
        );
    }
    // One's own beginning is one's own: theirs is not continued by us.
    let begun = here.patch(0, bytes.len(), &bytes[..3]).await;
    assert_eq!(begun.stands(), Some((3, "?0")));
    let got = there.ask("GET", "", b"").await;
    assert_eq!((got.status, got.body == bytes), (200, true));
}

#[tokio::test]
async fn a_device_that_hurries_waits() {
    let house = House::open().await;
    let (ana, quiet) = (house.org("cebela").await, house.org("osa").await);
    let ana = Sender::of(&house, &ana, b"words");
    let mut slowed = None;
    for _ in 0..3000 {
        let answer = ana.head().await;
        if answer.status == 429 {
            slowed = Some(answer);
            break;
        }
    }
    let slowed = slowed.expect("who asks thousands of times a minute is slowed down");
    assert!(
        slowed.header("retry-after").is_some(),
        "and told for how long"
    );
    let quiet = Sender::of(&house, &quiet, b"words");
    assert_eq!(quiet.head().await.status, 404, "others are not");
}
