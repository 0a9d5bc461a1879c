//! Fetching envelopes and bodies.

use super::*;
use kontor_testkit::Mail;

const WITH_FILE: &str = "From: Ana <ana@example.org>\r\nSubject: =?utf-8?Q?ra=C4=8Dun?=\r\nReferences: <a@b> <c@d>\r\n\
    MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhi\r\n--x\r\n\
    Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nPDF\r\n--x--\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn envelopes_have_fields_and_a_paper_clip() {
    for profile in PROFILES {
        let dovecot = server(profile)
            .mail(
                USER,
                Mail::new(message("plain", "x"))
                    .flag("\\Seen")
                    .flag("$Work"),
            )
            .mail(USER, Mail::new(WITH_FILE))
            .start()
            .expect("a server");
        let mut provider = connect(&dovecot).await;
        let found = fetch(&mut provider, "INBOX", &[1, 2, 77], Depth::Envelope).await;
        assert_eq!(
            found.len(),
            2,
            "{profile:?}: a UID that is not there is simply absent"
        );
        let clips: Vec<_> = found
            .iter()
            .map(|f| match &f.content {
                Content::Envelope { has_attachment, .. } => *has_attachment,
                Content::Raw(_) => None,
            })
            .collect();
        assert_eq!(clips, vec![Some(false), Some(true)], "{profile:?}");
        assert_eq!(found[0].flags.names(), vec!["\\Seen", "$Work"]);
        assert_eq!(found[0].size, message("plain", "x").len() as u64);
        let header = String::from_utf8_lossy(raw(&found[1])).into_owned();
        assert!(header.contains("References: <a@b> <c@d>\r\n"), "{header}");
        assert!(!header.contains("MIME-Version"), "only what a list needs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_exactly_the_servers_bytes_and_stay_unread() {
    let odd: Vec<u8> = [
        b"Subject: 8 bit\r\n\r\n".to_vec(),
        (1..=255u8)
            .filter(|b| !matches!(b, b'\r' | b'\n'))
            .collect(),
        b"\r\n)\r\nK1 OK\r\n* 1 FETCH {3}\r\n".to_vec(),
    ]
    .concat();
    let mails: Vec<Vec<u8>> = vec![
        message("a", "x"),
        odd,
        WITH_FILE.into(),
        b"\r\n".to_vec(),
        message("b", &"line\r\n".repeat(20_000)),
    ];
    for profile in PROFILES {
        let dovecot = server(profile)
            .mails(USER, mails.iter().map(|m| Mail::new(m.clone())).collect())
            .start()
            .expect("a server");
        let mut provider = connect(&dovecot).await;
        let found = fetch(&mut provider, "INBOX", &[5, 4, 3, 2, 1], Depth::Full).await;
        for (got, want) in found.iter().zip(&mails) {
            assert!(
                raw(got) == want.as_slice(),
                "{profile:?}: message {} came changed",
                got.uid
            );
            assert!(!got.flags.seen(), "reading by machine is not reading");
        }
        assert_eq!(found.len(), mails.len());
        let mut other = dovecot.imap(USER).expect("another device");
        other.select("INBOX").expect("INBOX");
        assert_eq!(other.uids("UNSEEN").expect("a search").len(), mails.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_messages_come_in_pieces() {
    const PIECE: usize = 4 * 1024 * 1024;
    let line = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd\r\n";
    let fitted = |size: usize| {
        let mut raw = message("large", "");
        while raw.len() + line.len() <= size {
            raw.extend_from_slice(line.as_bytes());
        }
        raw.resize(size - 2, b'.');
        raw.extend_from_slice(b"\r\n");
        raw
    };
    let sizes = [
        PIECE - 1,
        PIECE,
        PIECE + 1,
        2 * PIECE,
        3 * PIECE + 5,
        9 * 1024 * 1024,
        5 * 1024 * 1024,
        5 * 1024 * 1024,
        300,
    ];
    let mails: Vec<_> = sizes.iter().map(|s| fitted(*s)).collect();
    let dovecot = server(Profile::Full)
        .mails(USER, mails.iter().map(|m| Mail::new(m.clone())).collect())
        .start()
        .expect("a server");
    let mut provider = connect(&dovecot).await;
    let uids: Vec<u32> = (1..=9).collect();
    let found = fetch(&mut provider, "INBOX", &uids, Depth::Full).await;
    assert_eq!(found.len(), 9);
    for (got, want) in found.iter().zip(&mails) {
        assert!(
            raw(got) == want.as_slice(),
            "message {} of {} bytes came whole",
            got.uid,
            want.len()
        );
        assert_eq!(got.size, want.len() as u64);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_come_in_batches_newest_first() {
    let mails = (1..=1200)
        .map(|n| Mail::new(message(&format!("m{n}"), "x")))
        .collect();
    let dovecot = server(Profile::Full)
        .mails(USER, mails)
        .start()
        .expect("a server");
    let mut provider = connect(&dovecot).await;
    let uids: Vec<u32> = (1..=1200).rev().collect();
    for depth in [Depth::Envelope, Depth::Full] {
        let (sink, mut received) = mpsc::channel(2000);
        provider
            .fetch("INBOX", &uids, depth, &sink)
            .await
            .expect("fetched");
        let first = received.try_recv().expect("something came").uid;
        assert!(first > 600, "the newest batch comes first: {first}");
        let rest = std::iter::from_fn(|| received.try_recv().ok()).count();
        assert_eq!(rest, 1199);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_leaves_leaves_the_connection_usable() {
    let mails = (1..=700)
        .map(|n| Mail::new(message(&format!("m{n}"), "x")))
        .collect();
    let dovecot = server(Profile::Full)
        .mails(USER, mails)
        .start()
        .expect("a server");
    let mut provider = connect(&dovecot).await;
    let uids: Vec<u32> = (1..=700).collect();
    let (sink, mut received) = mpsc::channel(1);
    let leaving = async {
        received.recv().await.expect("one");
        drop(received);
    };
    let (fetched, ()) = tokio::join!(provider.fetch("INBOX", &uids, Depth::Full, &sink), leaving);
    fetched.expect("ends early, in order");
    assert_eq!(
        provider.status("INBOX").await.expect("usable").messages,
        700
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_gives_up_leaves_the_connection_usable() {
    let mails = (1..=300)
        .map(|n| Mail::new(message(&format!("m{n}"), "x")))
        .collect();
    let dovecot = server(Profile::Full)
        .mails(USER, mails)
        .start()
        .expect("a server");
    let mut provider = connect(&dovecot).await;
    let uids: Vec<u32> = (1..=300).collect();
    let (sink, mut received) = mpsc::channel(1);
    tokio::select! {
        biased;
        _ = received.recv() => {}
        _ = provider.fetch("INBOX", &uids, Depth::Full, &sink) => panic!("the channel holds one message"),
    }
    let found = provider
        .changes("INBOX", &Cursor::default(), false)
        .await
        .expect("usable");
    assert_eq!(
        found.new.len(),
        300,
        "what was left behind is not taken for an answer"
    );
}
