//! A web server that nobody may ask for anything.

use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;

/// Counts who knocks. Lives on a number, so that not even a name has to be looked up.
#[derive(Debug)]
pub struct Canary {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Canary {
    /// Opens it on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let line = first_line(stream);
                heard
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
            }
        });
        Ok(Self { port, asked })
    }

    /// An address on it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// What it was asked for so far; a connection without a word counts.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn first_line(mut stream: TcpStream) -> String {
    let mut start = [0; 256];
    drop(stream.set_read_timeout(Some(Duration::from_millis(200))));
    let n = stream.read(&mut start).unwrap_or(0);
    let text = String::from_utf8_lossy(start.get(..n).unwrap_or_default()).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_hears_every_knock() {
        let canary = Canary::start().unwrap();
        assert_eq!(canary.asked(), [""; 0], "silence");
        let address = canary.url("").replace("http://", "");
        drop(TcpStream::connect(address.trim_end_matches('/')).unwrap());
        let heard = crate::eventually("a knock", || Ok(canary.asked().pop())).unwrap();
        assert_eq!(heard, "", "a connection without a word");
    }
}
