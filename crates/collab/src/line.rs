//! What carries frames: a WebSocket, or two queues within the process.

mod socket;
mod trust;

use kontor_protocol::{ClientFrame, ServerFrame};
use tokio::sync::mpsc;

pub use socket::connect;

/// A connection to a server, from the desk's side.
#[derive(Debug)]
pub struct Line(Kind);

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
    /// A line within the process, with room for this many frames each way.
    #[must_use]
    pub fn within(room: usize) -> (Self, FarEnd) {
        let (out, frames) = mpsc::channel(room.max(1));
        let (answers, back) = mpsc::channel(room.max(1));
        (Self(Kind::Within { out, back }), FarEnd { frames, answers })
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// When the line broke.
    pub async fn send(&mut self, frame: ClientFrame) -> Result<(), LineError> {
        match &mut self.0 {
            Kind::Socket(socket) => socket.send(&frame).await,
            Kind::Within { out, .. } => out
                .send(frame)
                .await
                .map_err(|_gone| LineError::Broken("it was closed".to_owned())),
        }
    }

    /// Waits for the next frame; `None` when the server closed the line. May be dropped and called again.
    ///
    /// # Errors
    /// When the line broke, or what came is no frame.
    pub async fn next(&mut self) -> Result<Option<ServerFrame>, LineError> {
        match &mut self.0 {
            Kind::Socket(socket) => socket.next().await,
            Kind::Within { back, .. } => Ok(back.recv().await),
        }
    }

    /// Says goodbye; the server need not wait for a silence to know.
    pub async fn close(self) {
        if let Kind::Socket(socket) = self.0 {
            socket.close().await;
        }
    }
}
