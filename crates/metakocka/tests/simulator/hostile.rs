use std::collections::BTreeMap;
use std::time::Duration;

use kontor_metakocka::{
    BreakerState, Client, DocType, Document, Order, PartnerKey, Search, SecretKey, webhook,
};
use kontor_simulators::Fault;
use rstest::rstest;

use super::{client, company, config, kind};

fn orders() -> Search {
    Search::of(DocType::SalesOrder)
}

#[tokio::test]
async fn one_search_and_two_calls_are_out_at_once() {
    let company = company();
    company.slow(Duration::from_millis(20));
    let (one, nobody) = (client(&company), PartnerKey::Name("Novak".to_owned()));
    let (two, three) = (one.clone(), one.clone());
    let search = orders();
    let (a, b, c, d, e, f) = tokio::join!(
        one.search(&search),
        two.search(&search),
        three.search_light(&search),
        one.get_partner(&nobody),
        two.get_partner(&nobody),
        three.warehouse_list(),
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok() && d.is_ok() && e.is_ok() && f.is_ok());
    let counted = company.statistics();
    assert_eq!(
        counted.most_searches, 1,
        "the service runs them one after the other"
    );
    assert_eq!(
        counted.most_calls, 2,
        "a search does not hold up the rest, and two are enough"
    );
}

#[rstest]
#[case::out_of_order(Fault::Status(503))]
#[case::bad_gateway(Fault::Status(502))]
#[case::cut_before(Fault::DropBefore)]
#[case::cut_after(Fault::DropAfter)]
#[case::half(Fault::HalfBody)]
#[tokio::test]
async fn a_bad_minute_is_not_noticed_by_who_reads(#[case] fault: Fault) {
    let company = company();
    company.fail_call("search", 3, fault);
    let page = client(&company)
        .search(&orders())
        .await
        .expect("the fourth time");
    assert!(!page.items.is_empty());
}

#[tokio::test]
async fn a_bad_hour_opens_the_breaker_and_a_good_one_closes_it() {
    let company = company();
    company.fail(50, Fault::Status(500));
    let mut config = config(&company);
    config.breaker.failures = 4;
    config.breaker.first = Duration::ZERO;
    let client = Client::new(config).expect("a client");
    let error = client.search(&orders()).await.expect_err("out of order");
    assert_eq!(kind(&error), "Unreachable");
    assert!(matches!(client.breaker(), BreakerState::Open { .. }));
    company.well();
    assert!(client.search(&orders()).await.is_ok(), "the probe");
    assert_eq!(client.breaker(), BreakerState::Closed);
}

#[tokio::test]
async fn a_proxys_page_and_a_wrong_path_are_named() {
    let company = company();
    company.fail_call("search", 1, Fault::HtmlPage);
    let error = client(&company)
        .search(&orders())
        .await
        .expect_err("a page");
    assert_eq!(kind(&error), "NotMetakocka");
    assert!(error.to_string().contains("address"), "{error}");
}

#[tokio::test]
async fn a_wrong_key_is_said_once_and_not_tried_again() {
    let company = company();
    let mut config = config(&company);
    config.secret_key = SecretKey::new("napacen");
    let client = Client::new(config).expect("a client");
    let error = client.search(&orders()).await.expect_err("refused");
    assert_eq!(kind(&error), "Credentials", "{error}");
    assert_eq!(company.statistics().all_calls(), 1);
    assert_eq!(
        client.breaker(),
        BreakerState::Closed,
        "the service is well"
    );
}

/// Walks through all orders, twenty at a time, while rows come or go; counts how often each was given.
async fn walked(grow: bool, order: Order) -> (BTreeMap<String, u32>, BTreeMap<String, u32>, bool) {
    let company = company();
    let client = client(&company);
    let all = |search: Search| async {
        let mut walk = client.walk::<Document>(search);
        let (mut given, mut shifted) = (BTreeMap::new(), false);
        while let Some(step) = walk.next().await.expect("a page") {
            shifted |= step.shifted;
            for document in step.items {
                let times: &mut u32 = given.entry(document.mk_id.to_string()).or_default();
                *times = times.saturating_add(1);
            }
        }
        (given, shifted)
    };
    company.changing_totals(3, grow);
    let search = Search {
        limit: 20,
        ..orders().order(order)
    };
    let (given, shifted) = all(search).await;
    company.well();
    let (after, _) = all(orders()).await;
    (given, after, shifted)
}

#[rstest]
#[case::rows_come_at_the_end(true, Order::OldestFirst)]
#[case::rows_go_at_the_end(false, Order::OldestFirst)]
#[case::rows_come_at_the_front(true, Order::NewestFirst)]
#[case::rows_go_at_the_front(false, Order::NewestFirst)]
#[tokio::test]
async fn pages_that_move_lose_nothing_and_repeat_nothing(#[case] grow: bool, #[case] order: Order) {
    let (given, after, shifted) = walked(grow, order).await;
    assert!(shifted, "it is said");
    assert!(given.values().all(|times| *times == 1), "none twice");
    let missed = after.keys().filter(|id| !given.contains_key(*id)).count();
    // What came in front while one was walking on is what the next look is for.
    let came = if grow && order == Order::NewestFirst {
        3
    } else {
        0
    };
    assert!(missed <= came, "{missed} missed");
}

#[tokio::test]
async fn news_of_stock_are_taken_when_they_are_signed() {
    let company = company();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!(
        "http://{}/stock",
        listener.local_addr().expect("an address")
    );
    let receiver = std::thread::spawn(move || receive(&listener));
    let mut push = kontor_simulators::metakocka::StockPush::new(&url, "skrivnost", &["HV-00001"]);
    push.codes = first_codes(&client(&company)).await;
    let tries = company.push_stock(&push);
    assert_eq!(
        tries.len(),
        1,
        "the answer is the one that was wanted: {tries:?}"
    );
    let (signature, body) = receiver.join().expect("received");
    assert!(webhook::is_signed(
        &body,
        &signature,
        &SecretKey::new("skrivnost")
    ));
    assert!(!webhook::is_signed(
        &body,
        &signature,
        &SecretKey::new("druga")
    ));
    let page = webhook::stock(&body).expect("stock");
    assert_eq!(page.defects, []);
    assert!(!page.items.is_empty());
}

async fn first_codes(client: &Client) -> Vec<String> {
    let stock = client
        .warehouse_stock(&kontor_metakocka::StockQuery::default())
        .await;
    let rows = stock.expect("stock").items;
    rows.iter()
        .filter_map(|row| row.code.clone())
        .take(1)
        .collect()
}

/// Takes one request and answers well; gives its signature and body.
fn receive(listener: &std::net::TcpListener) -> (String, Vec<u8>) {
    use std::io::{Read as _, Write as _};
    let (mut stream, _) = listener.accept().expect("a line");
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let n = stream.read(&mut chunk).expect("bytes");
        bytes.extend_from_slice(&chunk[..n]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, _)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let header = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(':'));
            let mut named = lines.filter(|(n, _)| n.eq_ignore_ascii_case(name));
            named.next().map(|(_, value)| value.trim().to_owned())
        };
        let length: usize = header("content-length")
            .and_then(|n| n.parse().ok())
            .expect("a length");
        let body = bytes[head.len().saturating_add(4)..].to_vec();
        if n == 0 || body.len() >= length {
            let well = webhook::WELL;
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{well}",
                well.len()
            );
            stream.write_all(answer.as_bytes()).expect("sent");
            assert_eq!(
                header(webhook::EVENT_HEADER).as_deref(),
                Some(webhook::STOCK_EVENT)
            );
            return (header(webhook::SIGNATURE_HEADER).expect("signed"), body);
        }
    }
}
