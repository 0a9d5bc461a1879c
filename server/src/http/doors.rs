//! The listener: TCP, with TLS or without, and patience with slow visitors.

use std::fmt;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the head of a request may take, and a kept connection may be idle.
pub const HEAD: Duration = Duration::from_secs(20);
/// How long what a visitor still sends is read after the last word: closing at once would tear up that word.
const LINGER: Duration = Duration::from_secs(1);
/// Connections that were accepted and wait for the program.
const BACKLOG: usize = 64;

type Stream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// The listener.
pub struct Doors {
    local: SocketAddr,
    accepted: mpsc::Receiver<(Guarded, SocketAddr)>,
    tls: bool,
    _open: DropGuard,
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doors")
            .field("local", &self.local)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

impl Doors {
    /// Listens; a request's head may take as long as `head`, [`HEAD`] usually. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn open(
        address: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        head: Duration,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let local = listener.local_addr()?;
        let (sender, accepted) = mpsc::channel(BACKLOG);
        let closed = CancellationToken::new();
        let tracker = TaskTracker::new();
        let doors = Self {
            local,
            accepted,
            tls: tls.is_some(),
            _open: closed.clone().drop_guard(),
        };
        let care = Care {
            head,
            lingering: tracker.clone(),
        };
        let accepting = accept(listener, tls.map(TlsAcceptor::from), sender, care);
        tracker.spawn(async move {
            tokio::select! {
                () = accepting => {}
                () = closed.cancelled() => {}
            }
        });
        Ok(doors)
    }

    /// `http://HOST:PORT` or `https://HOST:PORT`, as listened on.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.local)
    }
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    sender: mpsc::Sender<(Guarded, SocketAddr)>,
    care: Care,
) {
    loop {
        let (tcp, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(e) => {
                tracing::warn!("accepting a connection: {e}");
                // Most of the time there are too many open files; some will be closed.
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Small frames go out at once; a socket that refuses is served all the same.
        drop(tcp.set_nodelay(true));
        let Some(tls) = tls.clone() else {
            let io = Guarded::new(Either::Left(tcp), care.clone());
            if sender.send((io, address)).await.is_err() {
                return;
            }
            continue;
        };
        let (sender, inside) = (sender.clone(), care.clone());
        care.lingering.spawn(async move {
            if let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(tcp)).await {
                let io = Guarded::new(Either::Right(Box::new(stream)), inside);
                drop(sender.send((io, address)).await);
            }
        });
    }
}

impl Listener for Doors {
    type Io = Guarded;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guarded, SocketAddr) {
        match self.accepted.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local)
    }
}

/// Who is at the other end of a request's connection.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) address: SocketAddr,
    pub(crate) phase: Arc<Phase>,
}

impl Connected<IncomingStream<'_, Doors>> for Visitor {
    fn connect_info(stream: IncomingStream<'_, Doors>) -> Self {
        Self {
            address: *stream.remote_addr(),
            phase: stream.io().phase.clone(),
        }
    }
}

/// What a connection is doing: counts requests up, odd while one is being answered.
#[derive(Debug, Default)]
pub(crate) struct Phase(AtomicU64);

impl Phase {
    const UPGRADED: u64 = u64::MAX;

    /// A request is being answered.
    pub(crate) fn begin(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// It was answered.
    pub(crate) fn end(&self) {
        let now = self.0.load(Ordering::Relaxed);
        if now != Self::UPGRADED {
            self.0.store(now.saturating_add(1), Ordering::Relaxed);
        }
    }

    /// The connection is a WebSocket from here; its session looks after the time.
    pub(crate) fn upgrade(&self) {
        self.0.store(Self::UPGRADED, Ordering::Relaxed);
    }
}

/// A connection that is closed when a request's head takes too long.
pub struct Guarded {
    io: Option<Stream>,
    phase: Arc<Phase>,
    /// The phase the alarm was set in.
    seen: u64,
    alarm: Option<Pin<Box<Sleep>>>,
    care: Care,
}

/// How a connection is looked after.
#[derive(Clone, Debug)]
struct Care {
    head: Duration,
    lingering: TaskTracker,
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}

impl Guarded {
    fn new(io: Stream, care: Care) -> Self {
        Self {
            io: Some(io),
            phase: Arc::default(),
            seen: 0,
            alarm: Some(Box::pin(sleep(care.head))),
            care,
        }
    }

    /// Ready when a head took too long.
    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Some(alarm) = &mut self.alarm {
            ready!(alarm.as_mut().poll(cx));
            let phase = self.phase.0.load(Ordering::Relaxed);
            if phase == Phase::UPGRADED {
                self.alarm = None;
            } else if phase == self.seen && phase.is_multiple_of(2) {
                return Poll::Ready(());
            } else {
                self.seen = phase;
                let next = Instant::now().checked_add(self.care.head);
                alarm.as_mut().reset(next.unwrap_or_else(Instant::now));
            }
        }
        Poll::Pending
    }

    fn with<T>(
        &mut self,
        act: impl FnOnce(Pin<&mut Stream>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match &mut self.io {
            Some(io) => act(Pin::new(io)),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.with(|io| io.poll_read(cx, buf));
        if read.is_pending() && self.poll_alarm(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|io| io.poll_write(cx, buf))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|io| io.poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|io| io.poll_shutdown(cx))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.with(|io| io.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let upgraded = self.phase.0.load(Ordering::Relaxed) == Phase::UPGRADED;
        let runtime = tokio::runtime::Handle::try_current();
        if let (true, Some(io), Ok(runtime)) = (upgraded, self.io.take(), runtime) {
            self.care.lingering.spawn_on(linger(io), &runtime);
        }
    }
}

/// Lets the last words arrive: with bytes unread, closing would reset the connection and lose them.
async fn linger(mut io: Stream) {
    let end = async {
        if io.shutdown().await.is_err() {
            return;
        }
        let mut unread = [0; 4096];
        while matches!(io.read(&mut unread).await, Ok(n) if n > 0) {}
    };
    drop(timeout(LINGER, end).await);
}
