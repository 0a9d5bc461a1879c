//! Lines: within the process, over a socket; and the life of a connection on them.

use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use kontor_collab::{Collab, Desk, Ended, FarEnd, Line, LineError, Report, Session, connect, run};
use kontor_protocol::{Availability, ClientFrame, Presence, Reject, RejectCode, ServerFrame};
use rstest::rstest;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Order, Place, at, customer, text};

pub(crate) struct Ends {
    presence: watch::Sender<Option<Presence>>,
    reports: mpsc::UnboundedReceiver<Report>,
}

pub(crate) fn session() -> (Session<fn() -> jiff::Timestamp>, Ends) {
    let (presence, told) = watch::channel(None);
    let (reports, heard) = mpsc::unbounded_channel();
    let session = Session {
        token: "token".to_owned(),
        presence: told,
        reports,
        clock: (|| at(200)) as fn() -> jiff::Timestamp,
    };
    (
        session,
        Ends {
            presence,
            reports: heard,
        },
    )
}

/// Answers as the order does until the desk is gone.
async fn serve(mut far: FarEnd, order: &mut Order) {
    let mut who = None;
    while let Some(frame) = far.frames.recv().await {
        for answer in order.take(&mut who, frame) {
            if far.answers.send(answer).await.is_err() {
                return;
            }
        }
    }
}

pub(crate) async fn live(
    collab: &Collab,
    mut line: Line,
    session: &mut Session<fn() -> jiff::Timestamp>,
) -> Ended {
    let mut desk = Desk::new(collab.clone());
    run(&mut line, &mut desk, session).await
}

/// Waits for a report that `wanted` takes.
async fn wait<T>(ends: &mut Ends, mut wanted: impl FnMut(Report) -> Option<T>) -> T {
    loop {
        let report = ends.reports.recv().await.expect("the connection lives");
        if let Some(found) = wanted(report) {
            return found;
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "as every question to a report"
)]
fn synced(report: Report) -> Option<()> {
    matches!(report, Report::Synced).then_some(())
}

#[tokio::test]
async fn a_connection_tells_what_is_written_meanwhile() {
    let mut order = Order::new();
    let mut p = Place::joined(1, &order).await;
    p.write(1, text("prej "), 1).await;
    let other = p.other_process();
    let (mut session, mut ends) = session();
    let (line, far) = Line::within(8);
    let story = async {
        wait(&mut ends, synced).await;
        p.write(1, text("zdaj "), 2).await;
        wait(&mut ends, |r| matches!(r, Report::Acked(_)).then_some(())).await;
        wait(&mut ends, synced).await;
        other
            .edit_note(&customer(1), text("drugje"), at(3))
            .await
            .unwrap();
        let acks = wait(&mut ends, |r| match r {
            Report::Acked(acks) => Some(acks),
            _ => None,
        });
        assert_eq!(acks.await[0].seq, 6);
    };
    tokio::select! {
        () = story => {}
        ended = live(&p.collab, line, &mut session) => panic!("{ended}"),
        () = serve(far, &mut order) => panic!("the desk is there"),
    }
    assert_eq!(p.text(1), "prej zdaj drugje");
    assert_eq!(order.events.len(), 6);
}

#[tokio::test]
async fn a_heartbeat_is_measured_and_silence_noticed() {
    let mut order = Order::new();
    order.heartbeat = 1;
    let p = Place::joined(1, &order).await;
    let (mut session, mut ends) = session();
    let (line, mut far) = Line::within(8);
    let begun = std::time::Instant::now();
    let server = async {
        let mut who = None;
        let mut pings = 0;
        loop {
            let frame = far.frames.recv().await.unwrap();
            pings += u32::from(matches!(frame, ClientFrame::Ping { .. }));
            if pings > 1 {
                continue; // Dead from here on, though the line stands.
            }
            for answer in order.take(&mut who, frame) {
                far.answers.send(answer).await.unwrap();
            }
        }
    };
    let ended = tokio::select! {
        ended = live(&p.collab, line, &mut session) => ended,
        () = server => unreachable!("it never ends"),
    };
    assert!(
        matches!(ended, Ended::Silent) && ended.is_passing(),
        "{ended}"
    );
    let lived = begun.elapsed();
    assert!(
        lived >= Duration::from_secs(4),
        "a beat and three silent ones, not {lived:?}"
    );
    ends.reports.close();
    let mut latencies = 0;
    while let Some(report) = ends.reports.recv().await {
        latencies += u32::from(matches!(report, Report::Latency(_)));
    }
    assert_eq!(latencies, 1);
}

#[tokio::test]
async fn presence_goes_both_ways() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    let (mut session, ends) = session();
    let (line, mut far) = Line::within(8);
    let presence = |state| Presence {
        state,
        viewing: Some(customer(1)),
        writing: None,
        caret: None,
    };
    ends.presence
        .send_replace(Some(presence(Availability::Online)));
    let server = async {
        let mut who = None;
        let mut seen = Vec::new();
        while seen.len() < 2 {
            let frame = far.frames.recv().await.unwrap();
            if let ClientFrame::Presence(told) = &frame {
                seen.push(told.state);
                ends.presence
                    .send_replace(Some(presence(Availability::Busy)));
            }
            for answer in order.take(&mut who, frame) {
                far.answers.send(answer).await.unwrap();
            }
        }
        seen
    };
    let seen = tokio::select! {
        ended = live(&p.collab, line, &mut session) => panic!("{ended}"),
        seen = server => seen,
    };
    assert_eq!(seen, [Availability::Online, Availability::Busy]);
}

#[tokio::test]
async fn a_busy_server_is_left_alone_for_a_while() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    p.write(1, text("ena"), 1).await;
    let (mut session, mut ends) = session();
    let (line, mut far) = Line::within(8);
    let begun = std::time::Instant::now();
    let server = async {
        let mut who = None;
        let mut refusals = 2;
        loop {
            let frame = far.frames.recv().await.unwrap();
            let answers = match &frame {
                ClientFrame::Push { ops } if refusals > 0 => {
                    refusals -= 1;
                    let op_id = Some(ops[0].op_id);
                    let message = "počakaj".to_owned();
                    vec![ServerFrame::Reject(Reject {
                        op_id,
                        code: RejectCode::Busy,
                        message,
                    })]
                }
                _ => order.take(&mut who, frame),
            };
            for answer in answers {
                far.answers.send(answer).await.unwrap();
            }
        }
    };
    tokio::select! {
        ended = live(&p.collab, line, &mut session) => panic!("{ended}"),
        () = server => unreachable!("it never ends"),
        () = wait(&mut ends, synced) => {}
    }
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_millis(250 + 500),
        "each pause is longer: {took:?}"
    );
    assert_eq!(order.events.len(), 4);
}

#[tokio::test]
async fn a_closed_line_ends_the_connection() {
    let order = Order::new();
    let p = Place::joined(1, &order).await;
    let (mut session, _ends) = session();
    let (line, far) = Line::within(8);
    drop(far);
    let ended = live(&p.collab, line, &mut session).await;
    assert!(ended.is_passing(), "{ended}");
}

#[tokio::test]
async fn frames_travel_over_a_socket() {
    let mut order = Order::new();
    let p = Place::joined(1, &order).await;
    p.write(1, text("ena"), 1).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = async {
        let (tcp, _) = listener.accept().await.unwrap();
        let mut socket = tokio_tungstenite::accept_async(tcp).await.unwrap();
        let mut who = None;
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else {
                continue;
            };
            let frame: ClientFrame = serde_json::from_str(&text).unwrap();
            for answer in order.take(&mut who, frame) {
                let text = serde_json::to_string(&answer).unwrap();
                socket.send(Message::text(text)).await.unwrap();
            }
        }
    };
    let (mut session, mut ends) = session();
    let desk = async {
        let line = connect(&url, None).await.unwrap();
        live(&p.collab, line, &mut session).await
    };
    tokio::select! {
        ended = desk => panic!("{ended}"),
        () = server => panic!("the desk is there"),
        () = wait(&mut ends, synced) => {}
    }
    assert_eq!((order.events.len(), p.waiting()), (4, 0));
}

#[tokio::test]
async fn what_is_no_server_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let refusing = async {
        loop {
            let (mut tcp, _) = listener.accept().await.unwrap();
            let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
            tokio::io::AsyncWriteExt::write_all(&mut tcp, answer)
                .await
                .unwrap();
            // Read to the end, else the reset overtakes the answer.
            let mut rest = Vec::new();
            drop(tokio::io::AsyncReadExt::read_to_end(&mut tcp, &mut rest).await);
        }
    };
    let asking = async {
        let error = connect(&format!("http://{address}"), None)
            .await
            .unwrap_err();
        assert!(matches!(error, LineError::Refused(404)), "{error}");
        assert!(!error.is_passing());
        let error = connect(&format!("https://{address}"), None)
            .await
            .unwrap_err();
        assert!(matches!(error, LineError::Tls(_)), "{error}");
        let error = connect("http://team.example", None).await.unwrap_err();
        assert!(matches!(error, LineError::Address(_)), "{error}");
        let error = connect(&format!("https://{address}"), Some("no PEM"))
            .await
            .unwrap_err();
        assert!(matches!(error, LineError::Tls(_)), "{error}");
    };
    tokio::select! {
        () = asking => {}
        () = refusing => {}
    }
    drop(listener);
    let error = connect(&format!("http://{address}"), None)
        .await
        .unwrap_err();
    assert!(
        matches!(error, LineError::Unreachable(_)) && error.is_passing(),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_writes_before_it_reads_does_not_stop_us() {
    let (mut line, mut far) = Line::within(1);
    let server = async {
        for nonce in 0..20 {
            far.answers.send(ServerFrame::Pong { nonce }).await.unwrap();
        }
        let mut read = 0;
        while far.frames.recv().await.is_some() {
            read += 1;
        }
        read
    };
    let desk = async {
        for nonce in 0..5 {
            line.send(ClientFrame::Ping { nonce }).await.unwrap();
        }
        for nonce in 0..20 {
            let frame = line.next().await.unwrap();
            assert_eq!(frame, Some(ServerFrame::Pong { nonce }), "in order");
        }
        line.close().await;
    };
    let ((), read) = tokio::join!(desk, server);
    assert_eq!(read, 5);
}

/// A self-signed certificate for localhost and 127.0.0.1, made for this test.
const OWN: &str = include_str!("../tls/own.pem");
const OWN_KEY: &str = include_str!("../tls/own.key");

#[rstest]
#[case::trusted(Some(OWN), true)]
#[case::unknown(None, false)]
#[tokio::test]
async fn a_protected_line_wants_a_known_certificate(
    #[case] pem: Option<&str>,
    #[case] opens: bool,
) {
    let chain = CertificateDer::pem_slice_iter(OWN.as_bytes())
        .collect::<Result<_, _>>()
        .unwrap();
    let key = PrivateKeyDer::from_pem_slice(OWN_KEY.as_bytes()).unwrap();
    let tls =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let server = async {
        let (tcp, _) = listener.accept().await.unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
        let Ok(stream) = acceptor.accept(tcp).await else {
            return;
        };
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Text(text) = message {
                assert_eq!(text, r#"{"type":"ping","nonce":7}"#);
                let pong = serde_json::to_string(&ServerFrame::Pong { nonce: 7 }).unwrap();
                socket.send(Message::text(pong)).await.unwrap();
            }
        }
    };
    let desk = async {
        let mut line = match connect(&url, pem).await {
            Ok(line) => line,
            Err(e) => return assert!(!opens && matches!(e, LineError::Tls(_)), "{e}"),
        };
        assert!(opens, "nobody vouches for it");
        line.send(ClientFrame::Ping { nonce: 7 }).await.unwrap();
        assert_eq!(
            line.next().await.unwrap(),
            Some(ServerFrame::Pong { nonce: 7 })
        );
        line.close().await;
    };
    tokio::join!(desk, server);
}
