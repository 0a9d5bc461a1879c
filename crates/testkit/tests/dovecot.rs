//! The real server, once: everything other rooms' tests rely on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use kontor_testkit::{Direction, Dovecot, FaultProxy, Faults, Imap, Mail, dovecot::PASSWORD};

const MAJA: &str = "maja@hrastvijak.example";
const ANA: &str = "ana@hrastvijak.example";

#[test]
fn seeded_mail_is_served_as_it_was_written() {
    let raw = b"From: a@x.example\r\nSubject: one\r\nMessage-ID: <one@x>\r\n\r\nbody\r\n";
    let dovecot = Dovecot::builder()
        .mailbox("Naročila")
        .mail(
            MAJA,
            Mail::new(&raw[..])
                .flag("\\Seen")
                .flag("$Forwarded")
                .received(1_700_000_000),
        )
        .mail(
            MAJA,
            Mail::new(&b"Subject: two\n\nlf\n"[..]).folder("Naročila"),
        )
        .hide("QRESYNC")
        .start()
        .unwrap();
    let mut imap = dovecot.imap(MAJA).unwrap();
    let capability = imap.text("CAPABILITY").unwrap();
    assert!(
        !capability.contains("QRESYNC") && capability.contains("CONDSTORE"),
        "hidden: {capability}"
    );
    for word in [
        "IDLE",
        "MOVE",
        "UIDPLUS",
        "LIST-STATUS",
        "SPECIAL-USE",
        "NOTIFY",
        "COMPRESS=DEFLATE",
    ] {
        assert!(capability.contains(word), "{word} is there: {capability}");
    }
    imap.select("INBOX").unwrap();
    assert_eq!(imap.uids("ALL").unwrap(), [1], "one message in INBOX");
    assert_eq!(imap.raw(1).unwrap(), raw, "byte for byte");
    let fetched = imap.text("UID FETCH 1 (FLAGS INTERNALDATE)").unwrap();
    assert!(
        fetched.contains("\\Seen") && fetched.contains("$Forwarded"),
        "flags: {fetched}"
    );
    assert!(
        fetched.contains("14-Nov-2023 22:13:20 +0000"),
        "INTERNALDATE: {fetched}"
    );
    imap.select("Naročila").unwrap();
    assert_eq!(
        imap.raw(1).unwrap(),
        b"Subject: two\r\n\r\nlf\r\n",
        "LF becomes CRLF on the wire"
    );
    let folders = imap.text("LIST \"\" \"*\" RETURN (SPECIAL-USE)").unwrap();
    assert!(
        folders.contains("\\Sent") && folders.contains("Naro&AQ0-ila"),
        "{folders}"
    );
}

#[test]
fn mail_comes_in_moves_and_goes() {
    let dovecot = Dovecot::builder().user(MAJA).start().unwrap();
    dovecot
        .deliver(MAJA, b"Subject: hi\r\n\r\n.dot\r\n")
        .unwrap();
    let mut imap = dovecot.imap(MAJA).unwrap();
    imap.append("INBOX", "\\Flagged", b"Subject: app\r\n\r\n")
        .unwrap();
    imap.select("INBOX").unwrap();
    let uids = imap.uids("ALL").unwrap();
    assert_eq!(uids.len(), 2, "delivered and appended: {uids:?}");
    imap.move_to(uids[0], "Archive").unwrap();
    imap.expunge(uids[1]).unwrap();
    assert_eq!(
        imap.uids("ALL").unwrap(),
        [0u32; 0],
        "both are gone from INBOX"
    );
    imap.select("Archive").unwrap();
    assert!(
        String::from_utf8_lossy(&imap.raw(1).unwrap()).ends_with("\r\n.dot\r\n"),
        "dots survive LMTP"
    );
}

#[test]
fn submitted_mail_lies_at_the_other_user() {
    let dovecot = Dovecot::builder()
        .user(MAJA)
        .user(ANA)
        .special_use("Poslano", "\\Sent")
        .files_sent_mail()
        .start()
        .unwrap();
    dovecot.refuse_recipient("gone@x.example", "550 5.1.1 no such user");
    let mut stream = TcpStream::connect(("127.0.0.1", dovecot.submission_port())).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut talk = |line: &str, want: &str| {
        if !line.is_empty() {
            stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        }
        let mut reply = String::new();
        loop {
            reply.clear();
            reader.read_line(&mut reply).unwrap();
            if reply.as_bytes().get(3) != Some(&b'-') {
                break;
            }
        }
        assert!(reply.starts_with(want), "{line}: {reply}");
    };
    talk("", "220");
    talk("EHLO me", "250");
    // base64 of NUL maja@hrastvijak.example NUL secret
    let login = kontor_testkit::mime::base64(format!("\0{MAJA}\0{PASSWORD}").as_bytes());
    talk(&format!("AUTH PLAIN {login}"), "235");
    talk(&format!("MAIL FROM:<{MAJA}>"), "250");
    talk("RCPT TO:<gone@x.example>", "550");
    talk(&format!("RCPT TO:<{ANA}>"), "250");
    talk("RCPT TO:<outside@x.example>", "250");
    talk("DATA", "354");
    talk("Subject: for Ana\r\n\r\nhello\r\n.", "250");
    let relayed = dovecot.wait_relayed(1, Duration::from_secs(10));
    assert_eq!(relayed[0].to, [ANA, "outside@x.example"], "the envelope");
    let mut ana = dovecot.imap(ANA).unwrap();
    ana.select("INBOX").unwrap();
    assert_eq!(
        ana.uids("SUBJECT \"for Ana\"").unwrap().len(),
        1,
        "delivered on by LMTP"
    );
}

#[test]
fn it_stops_and_comes_back_on_the_same_ports() {
    let mut dovecot = Dovecot::builder().user(MAJA).start().unwrap();
    dovecot.deliver(MAJA, b"Subject: kept\r\n\r\n").unwrap();
    let imap = dovecot.imap(MAJA).unwrap();
    dovecot.kill().unwrap();
    assert!(
        Imap::login(dovecot.imap_port(), MAJA, PASSWORD).is_err(),
        "nobody answers after a power cut"
    );
    drop(imap);
    dovecot.restart().unwrap();
    let mut imap = dovecot.imap(MAJA).unwrap();
    imap.select("INBOX").unwrap();
    assert_eq!(imap.uids("ALL").unwrap(), [1], "mail survives");
    dovecot.stop().unwrap();
    assert!(imap.text("NOOP").is_err(), "a stopped server hangs up");
    assert!(dovecot.imap(MAJA).is_err(), "and nobody answers");
    dovecot.restart().unwrap();
    assert!(dovecot.imap(MAJA).is_ok(), "and is back");
    assert!(
        Imap::login(dovecot.imap_port(), MAJA, "wrong").is_err(),
        "a wrong password is refused"
    );
}

#[test]
fn faults_strike_where_they_should() {
    let dovecot = Dovecot::builder().user(MAJA).start().unwrap();
    let proxy = FaultProxy::before(dovecot.imap_port()).unwrap();
    proxy.set(Faults {
        replace: vec![("STARTTLS".into(), "XXXXXXXX".into())],
        ..Faults::default()
    });
    let mut imap = Imap::login(proxy.port(), MAJA, PASSWORD).unwrap();
    assert!(imap.text("NOOP").is_ok(), "passes");
    proxy.cut();
    assert!(imap.text("NOOP").is_err(), "cut means cut");

    proxy.set(Faults {
        cut_after: Some((Direction::Down, 10)),
        ..Faults::default()
    });
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    let mut got = Vec::new();
    stream.read_to_end(&mut got).unwrap();
    assert_eq!(
        got.len(),
        10,
        "half a greeting: {}",
        String::from_utf8_lossy(&got)
    );

    proxy.refuse().unwrap();
    assert!(
        TcpStream::connect(("127.0.0.1", proxy.port())).is_err(),
        "refused"
    );
    proxy.admit().unwrap();
    proxy.set(Faults {
        frozen: true,
        ..Faults::default()
    });
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    assert!(stream.read(&mut [0; 1]).is_err(), "silence while frozen");
    proxy.thaw();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 1, "and speech after it");
    assert!(
        proxy.connections() >= 3 && proxy.bytes(Direction::Down) > 10,
        "it counts"
    );
}
