//! From the first byte to a session that is signed in.

use std::fmt::Write as _;
use std::net::IpAddr;

use async_compression::tokio::bufread::DeflateDecoder;
use async_compression::tokio::write::DeflateEncoder;
use base64::Engine as _;
use kontor_mail::provider::{Fault, Result};
use kontor_model::{Security, ServerSettings};
use tokio::io::BufReader;
use tokio::time::timeout;

use super::{PATIENCE, Session};
use crate::answer::{Answer, Condition};
use crate::caps::Caps;
use crate::command::Command;
use crate::fault::Outcome;
use crate::quirks::Quirks;
use crate::tls::{TlsConfig, protect};
use crate::wire::{Clock, Stream, Wire};
use crate::{Compress, Options, dial};

/// System calls of this size; rustls alone would read 4 KiB at a time.
const SOCKET_BUFFER: usize = 64 * 1024;

/// Connects, protects the line and signs in.
pub(crate) async fn open(
    settings: &ServerSettings,
    password: &str,
    tls: &TlsConfig,
    clock: Clock,
    options: &Options,
) -> Result<Session> {
    let host = &settings.imap.host;
    let config = tls.client(settings.ca_pem.as_deref())?;
    let tcp = dial::tcp(host, settings.imap.port).await?;
    let peer = tcp.peer_addr().map(|a| a.ip()).ok();
    let tcp = BufReader::with_capacity(SOCKET_BUFFER, tcp);
    let protecting = |stream: Box<dyn Stream>| async move {
        timeout(dial::PATIENCE, protect(stream, host, config))
            .await
            .unwrap_or_else(|_elapsed| {
                Err(Fault::Offline(format!(
                    "{host} does not finish the protected connection. Check port and protection (TLS or STARTTLS)."
                )))
            })
    };
    let greeted;
    let mut session = match settings.imap.security {
        Security::Tls => {
            let stream: Box<dyn Stream> = Box::new(protecting(Box::new(tcp)).await?);
            let mut session = Session::new(Wire::new(stream, clock));
            greeted = session.greet().await?;
            session
        }
        Security::Starttls => {
            let mut session = Session::new(Wire::new(Box::new(tcp), clock));
            greeted = timeout(options.greeting, session.greet())
                .await
                .unwrap_or_else(|_elapsed| {
                    Err(Fault::Offline(format!(
                        "{host} says nothing before the connection is protected. Check port and protection (TLS or STARTTLS)."
                    )))
                })?;
            let (stream, clock) = session.starttls(greeted).await?;
            let stream: Box<dyn Stream> = Box::new(protecting(stream).await?);
            // Nothing said before is known any more: it was not protected (RFC 3501 §6.2.1).
            Session::new(Wire::new(stream, clock))
        }
    };
    if greeted == Greeted::SignedIn {
        session.know_caps().await?;
    } else {
        session.log_in(&settings.username, password).await?;
    }
    session.settle(host, options, peer).await
}

/// What a greeting says of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Greeted {
    SignedOut,
    /// PREAUTH: signed in by other means.
    SignedIn,
}

impl Session {
    async fn greet(&mut self) -> Result<Greeted> {
        let greeted = match self.answer(PATIENCE).await? {
            Answer::Status(Condition::Ok, ..) => Greeted::SignedOut,
            Answer::Status(Condition::Preauth, ..) => Greeted::SignedIn,
            answer @ Answer::Status(Condition::Bye, ..) => {
                return Err(Outcome::of(&answer)
                    .map_or_else(crate::fault::closed, |o| o.fault("talk to Kontor")));
            }
            _ => {
                return Err(Fault::Protocol(
                    "The server does not greet like an IMAP server. Check host and port."
                        .to_owned(),
                ));
            }
        };
        self.take_caps();
        Ok(greeted)
    }

    fn take_caps(&mut self) {
        if let Some(caps) = self.heard.caps.take() {
            self.caps = caps;
        }
    }

    /// Asks for the capabilities unless they came by themselves.
    async fn know_caps(&mut self) -> Result<()> {
        self.take_caps();
        if self.caps.is_empty() {
            self.run(Command::new("CAPABILITY"), |_| ())
                .await?
                .ok("say what it can do")?;
            self.take_caps();
        }
        Ok(())
    }

    /// Asks for protection and gives the bare stream back. A server that does not offer it, or bytes that came along
    /// unprotected, are refused (facts: STARTTLS stripping and response injection).
    async fn starttls(mut self, greeted: Greeted) -> Result<(Box<dyn Stream>, Clock)> {
        let stripped = || {
            Fault::Tls(
                "The server does not offer STARTTLS: the connection would not be protected, so nothing was sent. \
                 Somebody between may have removed it; try TLS on port 993."
                    .to_owned(),
            )
        };
        // Somebody who answers PREAUTH wants to be believed without protection.
        if greeted == Greeted::SignedIn {
            return Err(stripped());
        }
        self.know_caps().await?;
        if !self.caps.has("STARTTLS") {
            return Err(stripped());
        }
        let outcome = self.run(Command::new("STARTTLS"), |_| ()).await?;
        if !outcome.is_ok() {
            return Err(match outcome.fault("protect the connection") {
                busy @ Fault::Busy(_) => busy,
                other => Fault::Tls(other.to_string()),
            });
        }
        self.wire.into_stream().map_err(|_unread| {
            Fault::Tls(
                "Bytes came along unprotected after STARTTLS: somebody between may be interfering. Nothing was sent."
                    .to_owned(),
            )
        })
    }

    async fn log_in(&mut self, user: &str, password: &str) -> Result<()> {
        if password.contains('\0') || user.contains('\0') {
            return Err(Fault::SignIn(
                "A name or password cannot hold a NUL character.".to_owned(),
            ));
        }
        // Over TLS after STARTTLS there is no second greeting; the capabilities must be asked for again.
        self.know_caps().await?;
        let plain = self.caps.has("AUTH=PLAIN");
        let ascii = user.is_ascii() && password.is_ascii();
        let outcome = if plain && (self.caps.has("LOGINDISABLED") || !ascii) {
            self.authenticate_plain(user, password).await?
        } else if self.caps.has("LOGINDISABLED") {
            return Err(Fault::SignIn(
                "This server takes no passwords (LOGINDISABLED). It may want another kind of account or an app password."
                    .to_owned(),
            ));
        } else {
            let command = Command::new("LOGIN ")
                .string(user)
                .text(" ")
                .string(password);
            self.run(command, |_| ()).await?
        };
        if outcome.is_ok() {
            // The capabilities of before do not count any more.
            self.caps = Caps::default();
            self.know_caps().await
        } else {
            Err(outcome.sign_in_fault())
        }
    }

    async fn authenticate_plain(&mut self, user: &str, password: &str) -> Result<Outcome> {
        let response =
            base64::engine::general_purpose::STANDARD.encode(format!("\0{user}\0{password}"));
        if self.caps.has("SASL-IR") {
            return self
                .run(
                    Command::new(format!("AUTHENTICATE PLAIN {response}")),
                    |_| (),
                )
                .await;
        }
        let tag = self.send(Command::new("AUTHENTICATE PLAIN")).await?;
        if self.agreed(tag).await? {
            self.send_line(&response).await?;
        }
        self.finish(tag, |_| ()).await
    }

    /// What follows every sign-in: who we are, who the server is, what is switched on. One round trip where possible.
    async fn settle(mut self, host: &str, options: &Options, peer: Option<IpAddr>) -> Result<Self> {
        let mut name = String::new();
        let id = if self.caps.has("ID") {
            // Before the first SELECT: some hosts refuse mail to clients that do not say who they are.
            let version = env!("CARGO_PKG_VERSION");
            let command = format!(r#"ID ("name" "Kontor" "version" "{version}")"#);
            Some(self.send(Command::new(command)).await?)
        } else {
            None
        };
        let early = Quirks::of(host, &self.caps, "");
        let mut wanted = String::from("ENABLE");
        if self.caps.has("QRESYNC") && !early.no_qresync && !early.no_modseq {
            wanted.push_str(" QRESYNC");
        } else if self.caps.has("CONDSTORE") && !early.no_modseq {
            wanted.push_str(" CONDSTORE");
        }
        let enable = if self.caps.has("ENABLE") && wanted.len() > "ENABLE".len() {
            Some(self.send(Command::new(wanted)).await?)
        } else {
            None
        };
        if let Some(tag) = id {
            self.finish(tag, |answer| {
                if let Answer::Id(pairs) = answer {
                    name = id_name(pairs);
                }
            })
            .await?;
        }
        if let Some(tag) = enable {
            let mut qresync = false;
            self.finish(tag, |answer| {
                if let Answer::Enabled(words) = answer {
                    qresync |= words.iter().any(|w| w.eq_ignore_ascii_case(b"QRESYNC"));
                }
            })
            .await?;
            // Without ENABLED it is not on, whatever was offered (one large provider's fault).
            self.qresync = qresync;
        }
        self.quirks = Quirks::of(host, &self.caps, &name);
        let far = !peer.is_some_and(|ip| ip.is_loopback());
        if self.caps.has("COMPRESS=DEFLATE") && options.compress.wanted(far) {
            self = self.compress().await?;
        }
        tracing::debug!(server = %shown(&name), qresync = self.qresync, "signed in");
        Ok(self)
    }

    async fn compress(mut self) -> Result<Self> {
        let outcome = self.run(Command::new("COMPRESS DEFLATE"), |_| ()).await?;
        if !outcome.is_ok() {
            return Ok(self);
        }
        let (stream, clock) = self.wire.into_stream().map_err(|_unread| {
            Fault::Protocol(
                "The server went on uncompressed after agreeing to compress.".to_owned(),
            )
        })?;
        let stream = DeflateEncoder::new(stream);
        let stream = DeflateDecoder::new(BufReader::with_capacity(SOCKET_BUFFER, stream));
        self.wire = Wire::new(Box::new(stream), clock);
        Ok(self)
    }
}

fn id_name(pairs: &[crate::scan::Value<'_>]) -> String {
    pairs
        .chunks(2)
        .filter_map(|pair| pair.first_chunk::<2>())
        .find(|[key, _]| key.is("name"))
        .and_then(|[_, value]| value.bytes())
        .map(|v| String::from_utf8_lossy(v).into_owned())
        .unwrap_or_default()
}

/// A server's name of itself for the log: short and without control characters.
fn shown(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars().filter(|c| !c.is_control()).take(40) {
        // Writing to a String cannot fail.
        let _ = out.write_char(c);
    }
    out
}

impl Compress {
    fn wanted(self, far: bool) -> bool {
        match self {
            Self::WhenFar => far,
            Self::Always => true,
            Self::Never => false,
        }
    }
}
