//! What carries frames: a WebSocket, or two queues within the process.

mod socket;
mod trust;

use std::collections::VecDeque;

use kontor_protocol::{ClientFrame, ServerFrame};
use tokio::sync::mpsc;

pub use socket::{connect, connect_with};

/// A connection to a server, from the desk's side.
#[derive(Debug)]
pub struct Line {
    kind: Kind,
    /// What came while something was sent.
    backlog: VecDeque<Came>,
}

type Came = Result<Option<ServerFrame>, LineError>;

/// Frames taken while sending. A server that waits for us to read before it reads on is read meanwhile, else both would
/// wait for ever.
const BACKLOG: usize = 64;

#[derive(Debug)]
enum Kind {
    Socket(Box<socket::Socket>),
    Within {
        out: mpsc::Sender<ClientFrame>,
        back: mpsc::Receiver<ServerFrame>,
    },
}

/// The server's end of a [`Line`] within the process. Dropping it closes the line.
#[derive(Debug)]
pub struct FarEnd {
    /// What the desk sends.
    pub frames: mpsc::Receiver<ClientFrame>,
    /// What it is answered.
    pub answers: mpsc::Sender<ServerFrame>,
}

/// Why there is no line (any more).
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Not an address a server could have, or one that must not be used.
    #[error("{0}")]
    Address(String),
    /// Nobody there, or no network.
    #[error("the team's server cannot be reached ({0})")]
    Unreachable(String),
    /// It cannot be known who is there.
    #[error("{0}")]
    Tls(String),
    /// Somebody is there who speaks something else.
    #[error("the server does not take part (HTTP {0}); check its address")]
    Refused(u16),
    /// It was there and broke.
    #[error("the connection to the team's server broke ({0})")]
    Broken(String),
    /// Not a frame of the protocol.
    #[error("the server sent what is not understood ({0}); one of the two needs an update")]
    Malformed(String),
}

impl LineError {
    /// True when trying again later may help without anybody doing something.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Broken(_) => true,
            // A proxy says 502, 503 or 504 while the server behind it starts.
            Self::Refused(status) => *status >= 500 || *status == 429,
            Self::Address(_) | Self::Tls(_) | Self::Malformed(_) => false,
        }
    }
}

impl Line {
    fn over(kind: Kind) -> Self {
        Self {
            kind,
            backlog: VecDeque::new(),
        }
    }

    /// A line within the process, with room for this many frames each way.
    #[must_use]
    pub fn within(room: usize) -> (Self, FarEnd) {
        let (out, frames) = mpsc::channel(room.max(1));
        let (answers, back) = mpsc::channel(room.max(1));
        let line = Self::over(Kind::Within { out, back });
        (line, FarEnd { frames, answers })
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// When the line broke.
    pub async fn send(&mut self, frame: ClientFrame) -> Result<(), LineError> {
        let backlog = &mut self.backlog;
        match &mut self.kind {
            Kind::Socket(socket) => {
                let (out, back) = socket.halves();
                meanwhile(out.send(&frame), Receiving::Socket(back), backlog).await
            }
            Kind::Within { out, back } => {
                let sending = async {
                    let closed = |_gone| LineError::Broken("it was closed".to_owned());
                    out.send(frame).await.map_err(closed)
                };
                meanwhile(sending, Receiving::Within(back), backlog).await
            }
        }
    }

    /// Waits for the next frame; `None` when the server closed the line. May be dropped and called again.
    ///
    /// # Errors
    /// When the line broke, or what came is no frame.
    pub async fn next(&mut self) -> Result<Option<ServerFrame>, LineError> {
        if let Some(came) = self.backlog.pop_front() {
            return came;
        }
        let mut receiving = match &mut self.kind {
            Kind::Socket(socket) => Receiving::Socket(socket.halves().1),
            Kind::Within { back, .. } => Receiving::Within(back),
        };
        receiving.next().await
    }

    /// Says goodbye; the server need not wait for a silence to know.
    pub async fn close(self) {
        if let Kind::Socket(socket) = self.kind {
            socket.close().await;
        }
    }
}

/// The half of a line that frames come by.
enum Receiving<'a> {
    Socket(&'a mut socket::Back),
    Within(&'a mut mpsc::Receiver<ServerFrame>),
}

impl Receiving<'_> {
    async fn next(&mut self) -> Came {
        match self {
            Self::Socket(back) => back.next().await,
            Self::Within(back) => Ok(back.recv().await),
        }
    }
}

/// Sends, and keeps what comes until it is sent.
async fn meanwhile(
    sending: impl Future<Output = Result<(), LineError>>,
    mut receiving: Receiving<'_>,
    backlog: &mut VecDeque<Came>,
) -> Result<(), LineError> {
    let mut sending = std::pin::pin!(sending);
    let mut open = true;
    loop {
        tokio::select! {
            biased;
            sent = &mut sending => return sent,
            came = receiving.next(), if open && backlog.len() < BACKLOG => {
                open = matches!(came, Ok(Some(_)));
                backlog.push_back(came);
            }
        }
    }
}
