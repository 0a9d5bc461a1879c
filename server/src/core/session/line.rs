//! The way out to a desk: every send ends, whatever the other side does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::{Sink, SinkExt as _};
use kontor_protocol::{Reject, RejectCode, ServerFrame};
use tokio_util::sync::CancellationToken;

use crate::core::session::LineProblem;
use crate::core::storage::StorageError;

/// How long the last words may take.
const FAREWELL: Duration = Duration::from_secs(2);
/// Frames said before they leave, even where more is to be said at once.
const MOST_HELD: usize = 32;

/// Why a session is over.
#[derive(Debug)]
pub(crate) enum End {
    /// The desk hung up, or the line broke.
    Gone,
    /// Nothing came, or nothing could be sent, for three heartbeats.
    Silent,
    /// Something was wrong; told, then closed.
    Refused(Reject),
    /// The server stops.
    Leaving,
}

impl End {
    pub(crate) fn refuse(code: RejectCode, message: &str) -> Self {
        Self::Refused(Reject {
            op_id: None,
            code,
            message: message.to_owned(),
        })
    }

    pub(crate) fn unread(problem: &LineProblem) -> Self {
        match problem {
            LineProblem::TooLarge => Self::refuse(RejectCode::TooLarge, "a frame is too long"),
            LineProblem::NotText => Self::refuse(RejectCode::Malformed, "a frame is JSON text"),
            LineProblem::Broken => Self::Gone,
        }
    }

    pub(crate) fn unstored(error: &StorageError) -> Self {
        tracing::error!("serving a desk: {error}");
        let message = "the server's database does not answer: try again later";
        Self::refuse(RejectCode::Internal, message)
    }
}

/// A sink of frames with an end.
pub(crate) struct Line<O> {
    out: O,
    ending: Ending,
    patience: Duration,
    /// Frames that were said and may not have left yet.
    held: usize,
}

/// The sign that a session must end, from whoever decides that. One token a session: all of them wait on it all the time.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    ended: CancellationToken,
    revoked: Arc<AtomicBool>,
}

impl Ending {
    /// Ends with the hub at the latest.
    pub(crate) fn below(leaving: &CancellationToken) -> Self {
        Self {
            ended: leaving.child_token(),
            revoked: Arc::default(),
        }
    }

    /// The session's token is worthless.
    pub(crate) fn revoke(&self) {
        self.revoked.store(true, Ordering::Release);
        self.ended.cancel();
    }

    fn why(&self) -> End {
        if self.revoked.load(Ordering::Acquire) {
            End::refuse(
                RejectCode::Auth,
                "sign in again: this device was signed out",
            )
        } else {
            End::Leaving
        }
    }
}

impl<O: Sink<String> + Send + Unpin> Line<O> {
    pub(crate) fn new(out: O, ending: Ending, patience: Duration) -> Self {
        Self {
            out,
            ending,
            patience,
            held: 0,
        }
    }

    /// For whoever may end the session.
    pub(crate) fn ending_sign(&self) -> Ending {
        self.ending.clone()
    }

    /// Resolves when the session must end, see [`Self::ending`].
    pub(crate) async fn ended(&self) {
        self.ending.ended.cancelled().await;
    }

    /// Why it must.
    pub(crate) fn ending(&self) -> End {
        self.ending.why()
    }

    pub(crate) async fn say(&mut self, frame: &ServerFrame) -> Result<(), End> {
        // Our own values: strings, numbers, lists. They cannot fail to serialise.
        self.say_text(serde_json::to_string(frame).unwrap_or_default())
            .await
    }

    /// Says a frame. It leaves with the next [`Self::flush`], so that what is said in one breath is one write.
    pub(crate) async fn say_text(&mut self, text: String) -> Result<(), End> {
        let sending = self.out.feed(text);
        in_time(sending, &self.ending, self.patience).await?;
        self.held = self.held.saturating_add(1);
        if self.held >= MOST_HELD {
            self.flush().await?;
        }
        Ok(())
    }

    /// Whether something was said that may not have left yet.
    pub(crate) fn is_holding(&self) -> bool {
        self.held > 0
    }

    /// Waits until all is written, the line breaks, patience ends, or the session must end.
    pub(crate) async fn flush(&mut self) -> Result<(), End> {
        self.held = 0;
        in_time(self.out.flush(), &self.ending, self.patience).await
    }

    /// Says why, where that is of use, and closes.
    pub(crate) async fn finish(mut self, end: End) {
        let farewell = async {
            if let End::Refused(reject) = end {
                let frame = ServerFrame::Reject(reject);
                let text = serde_json::to_string(&frame).unwrap_or_default();
                if self.out.send(text).await.is_err() {
                    return;
                }
            }
            // It is over either way.
            drop(self.out.close().await);
        };
        drop(tokio::time::timeout(FAREWELL, farewell).await);
    }
}

/// Waits for something to be sent, but not beyond patience or the session's end.
async fn in_time<E>(
    sending: impl Future<Output = Result<(), E>>,
    ending: &Ending,
    patience: Duration,
) -> Result<(), End> {
    let sent = tokio::select! {
        biased;
        () = ending.ended.cancelled() => None,
        sent = tokio::time::timeout(patience, sending) => Some(sent),
    };
    match sent {
        Some(Ok(Ok(()))) => Ok(()),
        Some(Ok(Err(_))) => Err(End::Gone),
        Some(Err(_)) => Err(End::Silent),
        None => Err(ending.why()),
    }
}
