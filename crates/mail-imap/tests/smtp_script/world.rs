//! A small internet on loopback: one web server, one name server, a few mail servers.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "made for tests, each of which uses a part of it"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::{MX, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record};
use kontor_mail_imap::discover::{Net, Simulated};
use kontor_mail_imap::tls::TlsConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

const PEM: &str = include_str!("test-server.pem");
const KEY: &str = include_str!("test-server.key");

/// What the world holds. Everything not in it is not there.
#[derive(Clone, Default)]
pub(crate) struct World {
    /// Whole HTTP answers by `host/path` (without the query).
    pub(crate) pages: BTreeMap<String, String>,
    /// Records by name without the final dot.
    pub(crate) records: BTreeMap<String, Vec<RData>>,
    /// Mail servers by host and port: what kind they are.
    pub(crate) servers: BTreeMap<(String, u16), Kind>,
}

/// What a mail server does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// TLS at once, then an IMAP greeting.
    Imaps,
    /// IMAP in the clear with STARTTLS.
    Imap,
    /// TLS at once, then SMTP.
    Smtps,
    /// SMTP in the clear with STARTTLS.
    Submission,
    /// SMTP in the clear that knows no STARTTLS.
    Stripped,
    /// Takes the connection and never says a word.
    Silent,
}

/// Who was asked for what: `GET host/path?query`, `POST host/path body`.
pub(crate) type Asked = Arc<Mutex<Vec<String>>>;

impl World {
    pub(crate) fn page(mut self, at: &str, body: &str) -> Self {
        self.pages.insert(
            at.to_owned(),
            format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}"),
        );
        self
    }

    pub(crate) fn redirect(mut self, at: &str, to: &str) -> Self {
        let answer = format!(
            "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        self.pages.insert(at.to_owned(), answer);
        self
    }

    pub(crate) fn srv(
        mut self,
        name: &str,
        (priority, weight, port): (u16, u16, u16),
        target: &str,
    ) -> Self {
        let target = Name::from_ascii(target).unwrap();
        self.records
            .entry(name.to_owned())
            .or_default()
            .push(RData::SRV(SRV::new(priority, weight, port, target)));
        self
    }

    pub(crate) fn mx(mut self, name: &str, preference: u16, exchange: &str) -> Self {
        let exchange = Name::from_ascii(exchange).unwrap();
        self.records
            .entry(name.to_owned())
            .or_default()
            .push(RData::MX(MX::new(preference, exchange)));
        self
    }

    pub(crate) fn server(mut self, host: &str, port: u16, kind: Kind) -> Self {
        self.servers.insert((host.to_owned(), port), kind);
        self
    }

    /// Starts everything; it runs on threads that end with the test's process.
    pub(crate) fn start(self) -> (Net, Asked) {
        let asked = Asked::default();
        let web = serve_web(self.pages, Arc::clone(&asked));
        let dns = serve_dns(self.records);
        let servers = self
            .servers
            .into_iter()
            .map(|(at, kind)| (at, serve_mail(kind)))
            .collect();
        let tls = TlsConfig::with_roots(RootCertStore::empty());
        let net = Net::simulated(&tls, Some(PEM), Simulated { web, dns, servers }).unwrap();
        (net, asked)
    }
}

fn serve_web(pages: BTreeMap<String, String>, asked: Asked) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            // A client that went away is no reason to stop.
            drop(answer_web(tcp, &pages, &asked));
        }
    });
    address
}

fn answer_web(
    tcp: TcpStream,
    pages: &BTreeMap<String, String>,
    asked: &Asked,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(tcp.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let (mut host, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(": ").unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "host" => host = value.to_owned(),
            "content-length" => length = value.parse().unwrap_or(0),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut words = first.split(' ');
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let mut entry = format!("{method} {host}{target}");
    if !body.is_empty() {
        entry.push(' ');
        entry.push_str(&String::from_utf8_lossy(&body));
    }
    asked.lock().unwrap().push(entry);
    let path = target.split('?').next().unwrap_or_default();
    let not_found =
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned();
    let answer = pages.get(&format!("{host}{path}")).unwrap_or(&not_found);
    let mut tcp = tcp;
    tcp.write_all(answer.as_bytes())
}

fn serve_dns(records: BTreeMap<String, Vec<RData>>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut packet = [0; 1500];
        while let Ok((n, from)) = socket.recv_from(&mut packet) {
            let Ok(question) = Message::from_vec(&packet[..n]) else {
                continue;
            };
            let Some(query) = question.queries.first().cloned() else {
                continue;
            };
            let mut answer = question.clone();
            answer.metadata.message_type = MessageType::Response;
            let name = query
                .name()
                .to_ascii()
                .trim_end_matches('.')
                .to_ascii_lowercase();
            for data in records.get(&name).into_iter().flatten() {
                if data.record_type() == query.query_type() {
                    answer
                        .answers
                        .push(Record::from_rdata(query.name().clone(), 60, data.clone()));
                }
            }
            if answer.answers.is_empty() {
                answer.metadata.response_code = ResponseCode::NXDomain;
            }
            answer.additionals.clear();
            drop(socket.send_to(&answer.to_vec().unwrap(), from));
        }
    });
    address
}

fn serve_mail(kind: Kind) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let config = Arc::new(
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_slice(PEM.as_bytes()).unwrap()],
                PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap(),
            )
            .unwrap(),
    );
    thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            thread::spawn(move || drop(answer_mail(kind, tcp, config)));
        }
    });
    address
}

fn answer_mail(kind: Kind, mut tcp: TcpStream, config: Arc<ServerConfig>) -> std::io::Result<()> {
    let mut heard = String::new();
    match kind {
        Kind::Silent => {
            tcp.read_to_string(&mut heard)?;
            return Ok(());
        }
        Kind::Imap => {
            tcp.write_all(b"* OK ready\r\n")?;
            BufReader::new(tcp.try_clone()?).read_line(&mut heard)?;
            tcp.write_all(b"* CAPABILITY IMAP4rev1\r\nk OK begin\r\n")?;
        }
        Kind::Submission | Kind::Stripped => {
            tcp.write_all(b"220 ready\r\n")?;
            let mut reader = BufReader::new(tcp.try_clone()?);
            reader.read_line(&mut heard)?;
            if kind == Kind::Stripped {
                tcp.write_all(b"250-hi\r\n250 AUTH PLAIN\r\n")?;
                tcp.read_to_string(&mut heard)?;
                return Ok(());
            }
            tcp.write_all(b"250-hi\r\n250 STARTTLS\r\n")?;
            reader.read_line(&mut heard)?;
            tcp.write_all(b"220 go\r\n")?;
        }
        Kind::Imaps | Kind::Smtps => {}
    }
    let mut tls = StreamOwned::new(
        ServerConnection::new(config).map_err(std::io::Error::other)?,
        tcp,
    );
    match kind {
        Kind::Imaps => tls.write_all(b"* OK ready\r\n")?,
        Kind::Smtps => tls.write_all(b"220 ready\r\n")?,
        _ => {}
    }
    tls.flush()?;
    let mut reader = BufReader::new(tls);
    loop {
        heard.clear();
        if reader.read_line(&mut heard)? == 0 {
            return Ok(());
        }
        reader
            .get_mut()
            .write_all(b"250-hi\r\n250 AUTH PLAIN\r\n")?;
        reader.get_mut().flush()?;
    }
}
