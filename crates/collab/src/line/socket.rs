//! The WebSocket: TLS by rustls, or plain on this computer alone.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use kontor_protocol::{ClientFrame, ServerFrame};
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Kind, Line, LineError, trust};

/// Where the server takes sockets, below its address.
const PATH: &str = "/api/v1/ws";
/// How long reaching, protecting and opening may take, each.
const PATIENCE: Duration = Duration::from_secs(10);

/// Anything frames can flow through.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

type Whole = WebSocketStream<Box<dyn Stream>>;

pub(super) struct Socket {
    out: Out,
    back: Back,
}

/// The half that sends.
pub(super) struct Out(SplitSink<Whole, Message>);

/// The half that receives.
pub(super) struct Back(SplitStream<Whole>);

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Socket")
    }
}

/// Where to connect.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    host: String,
    port: u16,
    protected: bool,
    /// What the WebSocket handshake asks for.
    request: String,
}

/// Connects to a server by its address: `https://host`, `wss://host:port/path`; `http://` and `ws://` on this computer
/// alone. `extra_pem` holds certificates to trust besides the system's.
///
/// # Errors
/// Says why there is no connection.
pub async fn connect(url: &str, extra_pem: Option<&str>) -> Result<Line, LineError> {
    let target = target(url)?;
    let tls = match target.protected {
        true => Some(Arc::new(trust::config(extra_pem)?)),
        false => None,
    };
    open(target, tls).await
}

/// Like [`connect`], trusting whom this configuration trusts.
///
/// # Errors
/// Says why there is no connection.
pub async fn connect_with(url: &str, tls: Arc<ClientConfig>) -> Result<Line, LineError> {
    let target = target(url)?;
    let tls = target.protected.then_some(tls);
    open(target, tls).await
}

/// Without a configuration the line is not protected.
async fn open(target: Target, tls: Option<Arc<ClientConfig>>) -> Result<Line, LineError> {
    let reached = TcpStream::connect((target.host.as_str(), target.port));
    let tcp = within(reached).await?.map_err(|e| unreachable(&e))?;
    // A keystroke must not wait for the next one (Nagle).
    tcp.set_nodelay(true).map_err(|e| unreachable(&e))?;
    let stream: Box<dyn Stream> = match tls {
        Some(tls) => Box::new(within(trust::protect(tcp, &target.host, tls)).await??),
        None => Box::new(tcp),
    };
    let opening = client_async(target.request.as_str(), stream);
    let (socket, _) = within(Box::pin(opening)).await?.map_err(opened)?;
    let (out, back) = socket.split();
    let socket = Socket {
        out: Out(out),
        back: Back(back),
    };
    Ok(Line::over(Kind::Socket(Box::new(socket))))
}

async fn within<F: Future>(doing: F) -> Result<F::Output, LineError> {
    let late = |_| LineError::Unreachable("it does not answer".to_owned());
    timeout(PATIENCE, doing).await.map_err(late)
}

fn unreachable(e: &std::io::Error) -> LineError {
    LineError::Unreachable(e.to_string())
}

fn opened(e: tungstenite::Error) -> LineError {
    match e {
        tungstenite::Error::Http(answer) => LineError::Refused(answer.status().as_u16()),
        tungstenite::Error::Io(e) => trust::refused(&e).unwrap_or_else(|| unreachable(&e)),
        other => LineError::Unreachable(other.to_string()),
    }
}

fn target(url: &str) -> Result<Target, LineError> {
    let wrong = || {
        LineError::Address(format!(
            "“{url}” is not a server's address, such as https://team.example"
        ))
    };
    let uri: Uri = url.trim().parse().map_err(|_invalid| wrong())?;
    let protected = match uri.scheme_str() {
        Some("https" | "wss") => true,
        Some("http" | "ws") => false,
        _ => return Err(wrong()),
    };
    let host = uri.host().ok_or_else(wrong)?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if !protected && !is_loopback(bare) {
        return Err(LineError::Address(format!(
            "the connection to {host} would not be protected: use https://. Without protection only this computer itself can be reached"
        )));
    }
    let port = uri.port_u16().unwrap_or(if protected { 443 } else { 80 });
    let path = uri.path().trim_end_matches('/');
    let path = path.strip_suffix(PATH).unwrap_or(path);
    let scheme = if protected { "wss" } else { "ws" };
    Ok(Target {
        host: bare.to_owned(),
        port,
        protected,
        request: format!("{scheme}://{host}:{port}{path}{PATH}"),
    })
}

fn is_loopback(host: &str) -> bool {
    let ip = host.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
}

impl Out {
    pub(super) async fn send(&mut self, frame: &ClientFrame) -> Result<(), LineError> {
        let text = serde_json::to_string(frame).map_err(|e| LineError::Malformed(e.to_string()))?;
        let sent = self.0.send(Message::text(text)).await;
        sent.map_err(|e| broken(&e))
    }
}

impl Back {
    pub(super) async fn next(&mut self) -> Result<Option<ServerFrame>, LineError> {
        while let Some(message) = self.0.next().await {
            match message.map_err(|e| broken(&e))? {
                Message::Text(text) => {
                    let frame = serde_json::from_str(&text);
                    return frame
                        .map(Some)
                        .map_err(|e| LineError::Malformed(e.to_string()));
                }
                Message::Close(_) => return Ok(None),
                Message::Binary(_) => {
                    return Err(LineError::Malformed("bytes, not text".to_owned()));
                }
                // Answered by the library with the next frame.
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
        Ok(None)
    }
}

impl Socket {
    pub(super) fn halves(&mut self) -> (&mut Out, &mut Back) {
        (&mut self.out, &mut self.back)
    }

    pub(super) async fn close(mut self) {
        // Whoever leaves does not wait for somebody who is gone.
        let farewell = timeout(Duration::from_secs(1), self.out.0.close());
        if !matches!(farewell.await, Ok(Ok(()))) {
            tracing::debug!("The line was gone before it could be closed.");
        }
    }
}

fn broken(e: &tungstenite::Error) -> LineError {
    LineError::Broken(e.to_string())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::target;

    #[rstest]
    #[case::tls("https://team.example", Some("wss://team.example:443/api/v1/ws"))]
    #[case::port("wss://team.example:8443/", Some("wss://team.example:8443/api/v1/ws"))]
    #[case::below_a_path(
        "https://hrast.example/kontor/",
        Some("wss://hrast.example:443/kontor/api/v1/ws")
    )]
    #[case::whole(
        "wss://team.example/api/v1/ws",
        Some("wss://team.example:443/api/v1/ws")
    )]
    #[case::loopback("http://127.0.0.1:4000", Some("ws://127.0.0.1:4000/api/v1/ws"))]
    #[case::localhost("ws://localhost:4000", Some("ws://localhost:4000/api/v1/ws"))]
    #[case::loopback_6("http://[::1]:4000", Some("ws://[::1]:4000/api/v1/ws"))]
    #[case::plain_elsewhere("http://team.example", None)]
    #[case::looks_like_loopback("ws://127.0.0.1.team.example", None)]
    #[case::other_scheme("ftp://team.example", None)]
    #[case::no_scheme("team.example", None)]
    #[case::nothing("", None)]
    fn addresses_are_read(#[case] url: &str, #[case] want: Option<&str>) {
        let read = target(url).ok().map(|target| target.request);
        assert_eq!(read.as_deref(), want, "{url}");
    }
}
