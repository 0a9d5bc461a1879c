//! What servers do that Dovecot does not: a scripted server plays the oddities of facts §10, over real TLS.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why; its numbers are small and known"
)]

mod mailbox;
mod server;
mod sign_in;
mod silence;

use std::sync::Arc;
use std::time::Duration;

use kontor_mail::provider::Result;
use kontor_mail_imap::{ImapProvider, Options, TlsConfig};
use kontor_model::{Millis, Security};
use rustls::RootCertStore;
use server::{Expect, Server, Step, say};
use tokio::time::timeout;

/// What a server of some kind says of itself after the sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Dovecot,
    Gmail,
    Exchange,
    /// Offers QRESYNC and does not say ENABLED.
    Icloud,
    Bare,
}

impl Kind {
    fn capabilities(self) -> &'static str {
        match self {
            Self::Dovecot => {
                "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NOTIFY UIDPLUS MOVE CONDSTORE QRESYNC ESEARCH SPECIAL-USE LIST-EXTENDED LIST-STATUS NAMESPACE"
            }
            Self::Gmail => {
                "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584"
            }
            Self::Exchange => {
                "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"
            }
            Self::Icloud => "IMAP4rev1 ID ENABLE IDLE UIDPLUS CONDSTORE QRESYNC ESEARCH XLIST",
            Self::Bare => "IMAP4rev1",
        }
    }

    /// The greeting and everything up to a session that is ready.
    fn sign_in(self) -> Vec<Step> {
        let caps = self.capabilities();
        let mut script = vec![
            say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\n"),
            Expect("LOGIN \"maja\" \"secret\""),
            say(&format!(
                "* CAPABILITY {caps}\nK OK [CAPABILITY {caps}] in\n"
            )),
        ];
        if caps.contains(" ID ") {
            script.extend([
                Expect("ID (\"name\" \"Kontor\""),
                say("* ID (\"name\" \"Some server\" \"x\" NIL)\nK OK\n"),
            ]);
        }
        match self {
            Self::Dovecot => {
                script.extend([Expect("ENABLE QRESYNC"), say("* ENABLED QRESYNC\nK OK\n")]);
            }
            Self::Gmail => script.extend([
                Expect("ENABLE CONDSTORE"),
                say("* ENABLED CONDSTORE\nK OK\n"),
            ]),
            Self::Icloud => script.extend([Expect("ENABLE QRESYNC"), say("K OK\n")]),
            Self::Exchange | Self::Bare => {}
        }
        script
    }
}

async fn connect_with(server: &Server, options: Options) -> Result<ImapProvider> {
    let tls = TlsConfig::with_roots(RootCertStore::empty());
    let clock = Arc::new(|| Millis(1));
    ImapProvider::connect_with(&server.settings, "secret", &tls, clock, options).await
}

/// Plays the sign-in of `kind` and then `script` beside `story`; returns what the client sent and what the story gave.
async fn play<T>(
    kind: Kind,
    script: Vec<Step>,
    story: impl AsyncFnOnce(ImapProvider) -> T,
) -> (String, T) {
    play_with(kind, Options::default(), script, story).await
}

async fn play_with<T>(
    kind: Kind,
    options: Options,
    script: Vec<Step>,
    story: impl AsyncFnOnce(ImapProvider) -> T,
) -> (String, T) {
    let server = Server::new(Security::Tls).await;
    let script = [kind.sign_in(), script].concat();
    let told = async {
        let provider = connect_with(&server, options).await.expect("signed in");
        story(provider).await
    };
    timeout(Duration::from_secs(60), async {
        tokio::join!(server.play(script), told)
    })
    .await
    .expect("neither side waits for ever")
}
