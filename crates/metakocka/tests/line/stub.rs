//! A server of a few lines that answers what it was told, for faults below HTTP.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kontor_metakocka::{Client, Config, SecretKey};

pub(crate) const KEY: &str = "kljuc-ki-ga-nihce-ne-sme-videti";

/// What happens to a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Status 200 with this body.
    Json(&'static str),
    /// Another status with this body.
    Status(u16, &'static str),
    /// Half of what was announced, then the end.
    Half,
    /// The end, without a word.
    Cut,
    /// Silence.
    Silence,
}

/// The server. Answers one request after the other, then listens no more.
pub(crate) struct Stub {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
    /// Lines that stay open in silence.
    _silent: Arc<Mutex<Vec<TcpStream>>>,
}

impl Stub {
    pub(crate) fn new(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let silent: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let (noted, kept) = (Arc::clone(&requests), Arc::clone(&silent));
        std::thread::spawn(move || {
            for reply in replies {
                let Ok((mut stream, _)) = listener.accept() else {
                    return;
                };
                let request = read(&mut stream);
                noted.lock().expect("whole").push(request);
                match answer(&reply) {
                    Some(bytes) => drop(stream.write_all(bytes.as_bytes())),
                    None if matches!(reply, Reply::Silence) => {
                        kept.lock().expect("whole").push(stream);
                    }
                    None => {}
                }
            }
        });
        Self {
            url: format!("http://{address}"),
            requests,
            _silent: silent,
        }
    }

    /// The requests so far, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("whole").clone()
    }

    /// A configuration that waits for nothing.
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::new(&self.url, "1234", SecretKey::new(KEY));
        config.pauses = vec![Duration::ZERO; 3];
        config
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.config()).expect("a client")
    }
}

/// A request as long as it says it is.
fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, length)| length.trim().parse::<usize>().ok());
            if body.len() >= length.unwrap_or_default() {
                return text;
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return text,
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}

fn answer(reply: &Reply) -> Option<String> {
    let (status, length, body) = match reply {
        Reply::Json(body) => (200, body.len(), *body),
        Reply::Status(status, body) => (*status, body.len(), *body),
        Reply::Half => (200, 4096, r#"{"opr_code":"0","mk_id":"#),
        Reply::Cut | Reply::Silence => return None,
    };
    Some(format!(
        "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    ))
}
