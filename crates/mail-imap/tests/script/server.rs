//! A server that plays a script over TLS: what it expects, what it says, in pieces and with pauses.

use std::sync::Arc;

use kontor_model::{Endpoint, Security, ServerSettings};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(crate) const CERTIFICATE: &str = include_str!("../tls/own.pem");
const KEY: &str = include_str!("../tls/own.key");

/// One step of a script.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Waits for a command that begins so (after its tag), whatever its case; keeps its tag for `K`.
    Expect(&'static str),
    /// Waits for exactly this many bytes and a line end: a literal and what ends its command.
    Literal(usize),
    /// Waits for this line as it is (DONE, a SASL answer).
    Line(&'static str),
    /// Says this; `K` at the beginning of a line followed by a blank stands for the tag of the last command.
    Say(String),
    /// Says this a byte at a time.
    Drip(String),
    /// From now on TLS (after STARTTLS).
    Protect,
    /// Says nothing any more, but stays.
    FallSilent,
    /// Breaks off without a goodbye.
    Drop,
}

pub(crate) use Step::{Drip, Drop, Expect, FallSilent, Line, Literal, Protect, Say};

pub(crate) fn say(text: &str) -> Step {
    Say(text.replace('\n', "\r\n"))
}

pub(crate) fn drip(text: &str) -> Step {
    Drip(text.replace('\n', "\r\n"))
}

/// Where a script is played.
pub(crate) struct Server {
    listener: TcpListener,
    pub(crate) settings: ServerSettings,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Server {
    pub(crate) async fn new(security: Security) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        Self {
            listener,
            settings: ServerSettings {
                imap: Endpoint {
                    host: "localhost".to_owned(),
                    port,
                    security,
                },
                smtp: None,
                username: "maja".to_owned(),
                ca_pem: Some(CERTIFICATE.to_owned()),
            },
        }
    }

    /// Plays the script to one client; returns everything the client sent. Panics where the client does not follow.
    pub(crate) async fn play(&self, script: Vec<Step>) -> String {
        let (tcp, _) = self.listener.accept().await.expect("a client");
        tcp.set_nodelay(true).expect("a socket");
        let mut stream: Box<dyn Stream> = Box::new(tcp);
        if self.settings.imap.security == Security::Tls {
            stream = protect(stream).await;
        }
        let mut heard = Heard::default();
        for step in script {
            match step {
                Expect(command) => heard.expect(&mut stream, command).await,
                Line(want) => assert_eq!(heard.line(&mut stream).await.as_deref(), Some(want)),
                Literal(n) => heard.bytes(&mut stream, n + 2).await,
                Say(text) => {
                    // A client that left (after a fault) hears nothing, and that is its right.
                    drop(stream.write_all(heard.tagged(&text).as_bytes()).await);
                    drop(stream.flush().await);
                }
                Drip(text) => {
                    for byte in heard.tagged(&text).into_bytes() {
                        drop(stream.write_all(&[byte]).await);
                        drop(stream.flush().await);
                    }
                }
                Protect => stream = protect(stream).await,
                FallSilent => while heard.line(&mut stream).await.is_some() {},
                Drop => return heard.all,
            }
        }
        // The script is over; the client may say goodbye.
        while heard.line(&mut stream).await.is_some() {}
        heard.all
    }
}

async fn protect(stream: Box<dyn Stream>) -> Box<dyn Stream> {
    let cert = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).expect("a fixture");
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).expect("a fixture");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .expect("versions")
    .with_no_client_auth()
    .with_single_cert(vec![cert], key)
    .expect("a certificate");
    match TlsAcceptor::from(Arc::new(config)).accept(stream).await {
        Ok(stream) => Box::new(stream),
        // The client refused; there is nobody to play to.
        Err(_) => Box::new(tokio::io::empty()),
    }
}

#[derive(Default)]
struct Heard {
    unread: Vec<u8>,
    all: String,
    tag: String,
}

impl Heard {
    async fn fill(&mut self, stream: &mut Box<dyn Stream>) -> bool {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(n) if n > 0 => {
                self.unread.extend_from_slice(&chunk[..n]);
                true
            }
            _ => false,
        }
    }

    async fn line(&mut self, stream: &mut Box<dyn Stream>) -> Option<String> {
        loop {
            if let Some(at) = self.unread.windows(2).position(|w| w == b"\r\n") {
                let line: Vec<u8> = self.unread.drain(..at + 2).collect();
                let line = String::from_utf8_lossy(&line[..at]).into_owned();
                self.all.push_str(&line);
                self.all.push('\n');
                return Some(line);
            }
            if !self.fill(stream).await {
                return None;
            }
        }
    }

    async fn expect(&mut self, stream: &mut Box<dyn Stream>, command: &str) {
        let line = self.line(stream).await;
        let line = line.unwrap_or_else(|| {
            panic!(
                "{command} was expected, the client left; so far:\n{}",
                self.all
            )
        });
        let (tag, rest) = line.split_once(' ').unwrap_or((&line, ""));
        assert!(
            rest.to_ascii_uppercase()
                .starts_with(&command.to_ascii_uppercase()),
            "{command} was expected, the client said {line}"
        );
        tag.clone_into(&mut self.tag);
    }

    async fn bytes(&mut self, stream: &mut Box<dyn Stream>, n: usize) {
        while self.unread.len() < n {
            assert!(
                self.fill(stream).await,
                "{n} bytes were expected, the client left"
            );
        }
        let bytes: Vec<u8> = self.unread.drain(..n).collect();
        self.all.push_str(&String::from_utf8_lossy(&bytes));
    }

    fn tagged(&self, text: &str) -> String {
        text.split_inclusive('\n')
            .map(|line| match line.strip_prefix("K ") {
                Some(rest) => format!("{} {rest}", self.tag),
                None => line.to_owned(),
            })
            .collect()
    }
}
