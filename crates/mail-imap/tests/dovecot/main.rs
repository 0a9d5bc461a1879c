//! Every method of the provider against a real Dovecot, with all its extensions and without.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    reason = "a test that cannot go on says why; its numbers are small and known"
)]

mod apply;
mod changes;
mod clips;
mod fetch;
mod line;
mod watch;

use std::sync::Arc;

use kontor_mail::provider::{Changes, Content, Cursor, Depth, Fetched, Provider as _};
use kontor_mail_imap::{ImapProvider, Options, TlsConfig};
use kontor_model::{Endpoint, Millis, Security, ServerSettings};
use kontor_testkit::{Dovecot, DovecotBuilder, dovecot::PASSWORD};
use rustls::RootCertStore;
use tokio::sync::mpsc;

const USER: &str = "maja@hrastvijak.example";

/// Which of a server's abilities are hidden: the three ways to synchronise, and a server of 1996.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Profile {
    Full,
    Condstore,
    Plain,
    Bare,
}

const PROFILES: [Profile; 4] = [
    Profile::Full,
    Profile::Condstore,
    Profile::Plain,
    Profile::Bare,
];

/// Dovecot makes an address wait longer with each wrong password; tests give wrong ones on purpose.
const NO_PENALTY: &str =
    "service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}";

fn server(profile: Profile) -> DovecotBuilder {
    let builder = Dovecot::builder().user(USER).config(NO_PENALTY);
    match profile {
        Profile::Full => builder,
        Profile::Condstore => builder.hide("QRESYNC"),
        Profile::Plain => builder.hide("QRESYNC").hide("CONDSTORE"),
        Profile::Bare => builder.capability("IMAP4rev1"),
    }
}

fn settings(port: u16, security: Security, dovecot: &Dovecot) -> ServerSettings {
    ServerSettings {
        imap: Endpoint {
            host: "localhost".to_owned(),
            port,
            security,
        },
        smtp: None,
        username: USER.to_owned(),
        ca_pem: Some(std::fs::read_to_string(dovecot.ca_pem()).expect("the server's certificate")),
    }
}

fn tls() -> TlsConfig {
    TlsConfig::with_roots(RootCertStore::empty())
}

fn clock() -> kontor_mail_imap::Clock {
    let start = std::time::Instant::now();
    Arc::new(move || Millis(i64::try_from(start.elapsed().as_millis()).expect("a short test")))
}

async fn connect(dovecot: &Dovecot) -> ImapProvider {
    connect_with(dovecot, Options::default()).await
}

async fn connect_with(dovecot: &Dovecot, options: Options) -> ImapProvider {
    let settings = settings(dovecot.imaps_port(), Security::Tls, dovecot);
    ImapProvider::connect_with(&settings, PASSWORD, &tls(), clock(), options)
        .await
        .expect("connected")
}

fn message(subject: &str, body: &str) -> Vec<u8> {
    format!(
        "From: Ana <ana@example.org>\r\nTo: {USER}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.org>\r\n\
         Date: Sat, 21 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

async fn fetch(
    provider: &mut ImapProvider,
    wire: &str,
    uids: &[u32],
    depth: Depth,
) -> Vec<Fetched> {
    let (sink, mut received) = mpsc::channel(4);
    let fetching = async {
        let result = provider.fetch(wire, uids, depth, &sink).await;
        drop(sink);
        result
    };
    let receiving = async {
        let mut all = Vec::new();
        while let Some(fetched) = received.recv().await {
            all.push(fetched);
        }
        all
    };
    let (result, mut all) = tokio::join!(fetching, receiving);
    result.expect("fetched");
    all.sort_by_key(|f| f.uid);
    all
}

fn raw(fetched: &Fetched) -> &[u8] {
    match &fetched.content {
        Content::Raw(raw) => raw,
        Content::Envelope { header, .. } => header,
    }
}

/// What an engine does with changes: the cursor for the next look.
fn advance(cursor: &Cursor, changes: &Changes) -> Cursor {
    let mut known: Vec<u32> = if cursor.uidvalidity == changes.status.uidvalidity {
        cursor.known.clone()
    } else {
        Vec::new()
    };
    known.retain(|u| changes.vanished.binary_search(u).is_err());
    known.extend(&changes.new);
    known.sort_unstable();
    known.dedup();
    Cursor {
        uidvalidity: changes.status.uidvalidity,
        uidnext: changes.status.uidnext,
        highestmodseq: changes.status.highestmodseq,
        known,
    }
}
