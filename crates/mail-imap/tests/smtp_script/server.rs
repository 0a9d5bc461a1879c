//! An SMTP server that says what its script says, over real TLS on loopback.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "made for tests, each of which uses a part of it"
)]

use std::sync::{Arc, Mutex};

use kontor_mail_imap::tls::TlsConfig;
use kontor_model::{Endpoint, Security, ServerSettings};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// The server's own certificate: `localhost` and some names of the sample company, valid until 2126.
pub(crate) const PEM: &str = include_str!("test-server.pem");
const KEY: &str = include_str!("test-server.key");

/// One step of a script.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Writes these bytes.
    Say(String),
    /// Reads a line that must start so.
    Hear(String),
    /// Makes the line encrypted.
    Encrypt,
    /// Reads content up to its end; it is kept.
    Content,
    /// Reads this many bytes and no more.
    Some(usize),
    /// Reads until the other side hangs up.
    Wait,
    /// Neither reads nor hangs up until told.
    Hold(Arc<Notify>),
}

/// A line for the server to say.
pub(crate) fn say(line: &str) -> Step {
    Step::Say(format!("{line}\r\n"))
}

/// A line the server must hear.
pub(crate) fn hear(start: &str) -> Step {
    Step::Hear(start.to_owned())
}

/// What happened, in order: lines heard, and whatever the test notes itself.
pub(crate) type Log = Arc<Mutex<Vec<String>>>;

/// What the server saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The content as it was on the wire, its end included.
    pub(crate) wire: Vec<u8>,
    /// Why the script was left, if it was.
    pub(crate) wrong: Option<String>,
}

pub(crate) fn acceptor() -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(PEM.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap(),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A port on loopback for the server, and the settings of an account that submits there.
pub(crate) async fn listen(security: Security) -> (TcpListener, ServerSettings) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let endpoint = Endpoint {
        host: "localhost".to_owned(),
        port,
        security,
    };
    let settings = ServerSettings {
        imap: endpoint.clone(),
        smtp: Some(endpoint),
        username: "maja@hrastvijak.example".to_owned(),
        ca_pem: Some(PEM.to_owned()),
    };
    (listener, settings)
}

/// A trust in nothing but what the account brings along.
pub(crate) fn no_roots() -> TlsConfig {
    TlsConfig::with_roots(RootCertStore::empty())
}

/// Plays the script for one connection, then hangs up.
pub(crate) async fn play(listener: TcpListener, steps: Vec<Step>, log: Log) -> Seen {
    let (tcp, _) = listener.accept().await.unwrap();
    let mut line: Line = Line {
        stream: Box::new(tcp),
        unread: Vec::new(),
    };
    let mut seen = Seen::default();
    for step in steps {
        if let Err(why) = line.step(&step, &mut seen, &log).await {
            seen.wrong = Some(format!("{step:?}: {why}"));
            break;
        }
    }
    seen
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

struct Line {
    stream: Box<dyn Stream>,
    unread: Vec<u8>,
}

impl Line {
    async fn step(&mut self, step: &Step, seen: &mut Seen, log: &Log) -> Result<(), String> {
        let broke = |e: std::io::Error| e.to_string();
        match step {
            Step::Say(text) => {
                self.stream
                    .write_all(text.as_bytes())
                    .await
                    .map_err(broke)?;
                self.stream.flush().await.map_err(broke)
            }
            Step::Hear(start) => {
                let line = self.line().await?;
                log.lock().unwrap().push(line.clone());
                if line.starts_with(start) {
                    Ok(())
                } else {
                    Err(format!("heard {line:?}"))
                }
            }
            Step::Encrypt => {
                let empty: Box<dyn Stream> = Box::new(tokio::io::empty());
                let clear = std::mem::replace(&mut self.stream, empty);
                self.stream = Box::new(acceptor().accept(clear).await.map_err(broke)?);
                Ok(())
            }
            Step::Content => loop {
                let mut line = self.raw_line().await?;
                let end = line == b".\r\n";
                seen.wire.append(&mut line);
                if end {
                    log.lock().unwrap().push("(content)".to_owned());
                    return Ok(());
                }
            },
            Step::Some(count) => {
                while seen.wire.len() < *count {
                    let mut some = vec![0; 4096];
                    let n = self.stream.read(&mut some).await.map_err(broke)?;
                    if n == 0 {
                        return Err("ended early".to_owned());
                    }
                    seen.wire.extend_from_slice(&some[..n]);
                }
                Ok(())
            }
            Step::Hold(until) => {
                until.notified().await;
                Ok(())
            }
            Step::Wait => {
                let mut rest = Vec::new();
                // However the other side leaves is fine.
                drop(self.stream.read_to_end(&mut rest).await);
                for line in String::from_utf8_lossy(&rest).lines() {
                    log.lock().unwrap().push(line.to_owned());
                }
                Ok(())
            }
        }
    }

    async fn line(&mut self) -> Result<String, String> {
        let line = self.raw_line().await?;
        let line = line.strip_suffix(b"\r\n").ok_or("a line without CRLF")?;
        String::from_utf8(line.to_vec()).map_err(|e| e.to_string())
    }

    async fn raw_line(&mut self) -> Result<Vec<u8>, String> {
        loop {
            if let Some(at) = self.unread.iter().position(|b| *b == b'\n') {
                return Ok(self.unread.drain(..=at).collect());
            }
            match self.stream.read_buf(&mut self.unread).await {
                Ok(0) => return Err("hung up".to_owned()),
                Ok(_) => {}
                Err(e) => return Err(e.to_string()),
            }
        }
    }
}
