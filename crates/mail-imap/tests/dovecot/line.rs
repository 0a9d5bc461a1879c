//! The line: protection, signing in, compression, a bad network.

use super::*;
use kontor_mail::provider::{Fault, Result};
use kontor_mail_imap::Compress;
use kontor_testkit::{Direction, FaultProxy, Faults, Mail};
use std::time::Duration;

async fn attempt(settings: &ServerSettings, password: &str) -> Result<ImapProvider> {
    ImapProvider::connect(settings, password, &tls(), clock()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn both_kinds_of_protection_and_both_kinds_of_certificate() {
    for says_ca in [false, true] {
        let mut builder = server(Profile::Full);
        if says_ca {
            builder = builder.certificate_says_ca();
        }
        let dovecot = builder.start().expect("a server");
        for (port, security) in [
            (dovecot.imaps_port(), Security::Tls),
            (dovecot.imap_port(), Security::Starttls),
        ] {
            let good = settings(port, security, &dovecot);
            let provider = attempt(&good, PASSWORD).await.expect("connected");
            assert!(
                provider.capabilities().push,
                "says_ca={says_ca} {security:?}"
            );
            provider.logout().await;
            let strange = ServerSettings {
                ca_pem: None,
                ..good.clone()
            };
            let refused = attempt(&strange, PASSWORD)
                .await
                .expect_err("nobody vouches for it");
            assert!(
                matches!(&refused, Fault::Tls(why) if why.contains("authority")),
                "{refused:?}"
            );
            let refused = attempt(&good, "wrong").await.expect_err("not the password");
            assert!(matches!(refused, Fault::SignIn(_)), "{refused:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stripped_starttls_is_refused_before_anything_is_said() {
    let dovecot = server(Profile::Full).start().expect("a server");
    let proxy = FaultProxy::before(dovecot.imap_port()).expect("a proxy");
    proxy.change(|f| f.replace = vec![("STARTTLS".to_owned(), "XTARTTLS".to_owned())]);
    let stripped = settings(proxy.port(), Security::Starttls, &dovecot);
    let refused = attempt(&stripped, PASSWORD)
        .await
        .expect_err("not protected");
    assert!(
        matches!(&refused, Fault::Tls(why) if why.contains("STARTTLS")),
        "{refused:?}"
    );
    assert!(
        !dovecot.log().contains("Login: user"),
        "no password was sent"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_ports_are_explained() {
    let dovecot = server(Profile::Full).start().expect("a server");
    let refused = attempt(
        &settings(dovecot.imap_port(), Security::Tls, &dovecot),
        PASSWORD,
    )
    .await
    .expect_err("plain port");
    assert!(
        matches!(&refused, Fault::Tls(why) if why.contains("port")),
        "{refused:?}"
    );
    let [free] = kontor_testkit::ports::free(1).expect("a port")[..] else {
        panic!("one port")
    };
    let refused = attempt(&settings(free, Security::Tls, &dovecot), PASSWORD)
        .await
        .expect_err("nobody there");
    assert!(matches!(refused, Fault::Offline(_)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_line_carries_the_same() {
    let raw = message("big", &"the same again\r\n".repeat(5_000));
    let dovecot = server(Profile::Full)
        .config("protocol imap {\n  mail_plugins = $mail_plugins imap_zlib\n}")
        .mail(USER, Mail::new(raw.clone()))
        .start()
        .expect("a server");
    let proxy = FaultProxy::before(dovecot.imaps_port()).expect("a proxy");
    let settings = settings(proxy.port(), Security::Tls, &dovecot);
    let options = Options {
        compress: Compress::Always,
        ..Options::default()
    };
    let mut provider = ImapProvider::connect_with(&settings, PASSWORD, &tls(), clock(), options)
        .await
        .expect("connected");
    let found = fetch(&mut provider, "INBOX", &[1], Depth::Full).await;
    assert!(super::raw(&found[0]) == raw.as_slice(), "came unchanged");
    let sent = proxy.bytes(Direction::Down);
    assert!(sent < 20_000, "{} bytes took {sent} on the line", raw.len());
    provider.logout().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_connections_want_a_pause() {
    let dovecot = server(Profile::Full)
        .max_connections(1)
        .start()
        .expect("a server");
    let settings = settings(dovecot.imaps_port(), Security::Tls, &dovecot);
    let _first = attempt(&settings, PASSWORD).await.expect("one is allowed");
    let refused = attempt(&settings, PASSWORD).await.expect_err("two are not");
    assert!(matches!(refused, Fault::Busy(_)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_passwords_of_every_kind() {
    let dovecot = Dovecot::builder()
        .config(NO_PENALTY)
        .start()
        .expect("a server");
    for user in [
        "maja \"m\" \\ h@example.org",
        "čšž@example.org",
        "{5}@example.org",
    ] {
        let mut settings = settings(dovecot.imaps_port(), Security::Tls, &dovecot);
        settings.username = user.to_owned();
        let fault = attempt(&settings, "pässwörd \"\\\r\n")
            .await
            .expect_err("not the password");
        assert!(matches!(fault, Fault::SignIn(_)), "{user}: {fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_cut_anywhere_is_a_fault_and_nothing_else() {
    let mails = (1..=20)
        .map(|n| Mail::new(message(&format!("m{n}"), &"x".repeat(500))))
        .collect();
    let dovecot = server(Profile::Full)
        .mails(USER, mails)
        .start()
        .expect("a server");
    let proxy = FaultProxy::before(dovecot.imaps_port()).expect("a proxy");
    let settings = settings(proxy.port(), Security::Tls, &dovecot);
    let uids: Vec<u32> = (1..=20).collect();
    for cut in [0, 100, 1_500, 2_500, 3_000, 4_000, 6_000, 9_000] {
        proxy.set(Faults {
            cut_after: Some((Direction::Down, cut)),
            ..Faults::default()
        });
        let fault = match attempt(&settings, PASSWORD).await {
            Ok(mut provider) => {
                let (sink, mut received) = mpsc::channel(100);
                let fault = provider
                    .fetch("INBOX", &uids, Depth::Full, &sink)
                    .await
                    .expect_err("cut");
                while let Ok(got) = received.try_recv() {
                    assert!(raw(&got).ends_with(b"x\r\n"), "what came, came whole");
                }
                fault
            }
            Err(fault) => fault,
        };
        assert!(
            matches!(fault, Fault::Offline(_)),
            "after {cut} bytes: {fault:?}"
        );
    }
    proxy.set(Faults {
        delay: Duration::from_millis(2),
        ..Faults::default()
    });
    let mut provider = attempt(&settings, PASSWORD)
        .await
        .expect("a slow line is a line");
    assert_eq!(
        fetch(&mut provider, "INBOX", &uids, Depth::Full)
            .await
            .len(),
        20
    );
}
