//! The browser's way back: a port on 127.0.0.1 that waits for one page and nothing else.

use std::net::Ipv4Addr;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::error::{Code, Error, Result};

/// Browsers open connections on speculation and say nothing on them.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest head of a request that is read.
const MAX_HEAD: usize = 16 << 10;
/// Connections looked at side by side; more are not the browser's.
const AT_ONCE: usize = 16;

const DONE: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Kontor</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 10vh auto; padding: 0 1rem;
  color: #1c1c1e; background: #fff }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #1c1c1e } }
</style></head><body>
<p>Go back to Kontor: it says how the sign-in went. You can close this page.</p>
<p lang="sl">Vrnite se v Kontor: tam piše, kako je šla prijava. To stran lahko zaprete.</p>
</body></html>
"#;

/// A port the browser comes back to.
#[derive(Debug)]
pub(super) struct Loopback {
    listener: TcpListener,
    /// Its number.
    pub(super) port: u16,
}

impl Loopback {
    pub(super) async fn open() -> Result<Self> {
        let none = |e: std::io::Error| {
            Error::new(
                Code::Internal,
                format!("The browser cannot come back to Kontor on this computer: {e}"),
            )
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(none)?;
        let port = listener.local_addr().map_err(none)?.port();
        Ok(Self { listener, port })
    }

    /// Waits for the browser with what belongs to this attempt. Never ends by itself: pages and programs that know nothing
    /// of the attempt are answered, and forgotten.
    pub(super) async fn grant(self, attempt: &str) -> String {
        let mut visits = FuturesUnordered::new();
        loop {
            tokio::select! {
                visitor = self.listener.accept(), if visits.len() < AT_ONCE => {
                    if let Ok((stream, _)) = visitor {
                        visits.push(timeout(PATIENCE, visit(stream, attempt)));
                    }
                }
                Some(Ok(Some(grant))) = visits.next(), if !visits.is_empty() => return grant,
            }
        }
    }
}

async fn visit(mut stream: TcpStream, attempt: &str) -> Option<String> {
    let mut head = Vec::new();
    let mut chunk = [0; 2048];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let read = stream.read(&mut chunk).await.ok().filter(|n| *n > 0)?;
        head.extend_from_slice(chunk.get(..read)?);
        if head.len() > MAX_HEAD {
            return None;
        }
    }
    let grant = granted(&String::from_utf8_lossy(&head), attempt);
    let (status, page) = match grant {
        Some(_) => ("200 OK", DONE),
        None => ("404 Not Found", ""),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\n\
         content-security-policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n{page}",
        page.len()
    );
    // A browser that is gone has brought it all the same.
    drop(stream.write_all(answer.as_bytes()).await);
    drop(stream.shutdown().await);
    grant
}

/// The grant in `GET /?attempt=…&grant=… HTTP/1.1`, where the attempt is ours.
fn granted(head: &str, attempt: &str) -> Option<String> {
    let target = head.lines().next()?.strip_prefix("GET /?")?;
    let query = target.split(' ').next()?;
    let field = |name: &str| {
        let mut fields = query.split('&').filter_map(|pair| pair.split_once('='));
        fields.find(|(n, _)| *n == name).map(|(_, value)| value)
    };
    let ours = field("attempt")? == attempt;
    let grant = field("grant").filter(|grant| !grant.is_empty())?;
    ours.then(|| grant.to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::{Loopback, granted};

    #[rstest]
    #[case::ours(
        "GET /?attempt=a1&grant=g-2_ HTTP/1.1\r\nhost: x\r\n\r\n",
        Some("g-2_")
    )]
    #[case::turned_round("GET /?grant=g&attempt=a1 HTTP/1.1", Some("g"))]
    #[case::of_another("GET /?attempt=a2&grant=g HTTP/1.1", None)]
    #[case::without("GET /?attempt=a1 HTTP/1.1", None)]
    #[case::empty("GET /?attempt=a1&grant= HTTP/1.1", None)]
    #[case::icon("GET /favicon.ico HTTP/1.1", None)]
    #[case::posted("POST /?attempt=a1&grant=g HTTP/1.1", None)]
    #[case::nothing("", None)]
    fn what_a_browser_brings(#[case] head: &str, #[case] want: Option<&str>) {
        assert_eq!(granted(head, "a1").as_deref(), want, "{head}");
    }

    #[tokio::test]
    async fn who_says_nothing_or_something_else_does_not_stand_in_the_way() {
        let back = Loopback::open().await.unwrap();
        let port = back.port;
        let asking = async move {
            let silent = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let mut answers = Vec::new();
            for path in ["/", "/?attempt=guess&grant=x", "/?attempt=a1&grant=g"] {
                let mut line = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
                line.write_all(request.as_bytes()).await.unwrap();
                let mut answer = String::new();
                line.read_to_string(&mut answer).await.unwrap();
                answers.push(answer.get(9..12).unwrap_or_default().to_owned());
            }
            drop(silent);
            answers
        };
        let both = async { tokio::join!(back.grant("a1"), asking) };
        let (grant, answers) = tokio::time::timeout(Duration::from_secs(45), both)
            .await
            .unwrap();
        assert_eq!(grant, "g");
        assert_eq!(answers, ["404", "404", "200"]);
    }
}
