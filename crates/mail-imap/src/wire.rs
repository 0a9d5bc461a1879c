//! The line: bytes in and out, cut into whole answers.
//!
//! An answer is a line, or a line with literals in it (RFC 3501 §4.3), handed out as one slice of the read buffer: a
//! literal is copied once, by whoever keeps it. Cutting needs no grammar, so no answer, however odd, costs the
//! connection (docs/adr/0003-imap-session.md).

use std::time::Duration;

use kontor_mail::provider::{Fault, Result};
use kontor_model::Millis;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::fault;
use crate::scan::number;

/// What TLS, plain TCP and compressed lines have in common.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Where the time of day comes from.
pub type Clock = std::sync::Arc<dyn Fn() -> Millis + Send + Sync>;

/// Holds a few answers of usual size: large enough that a system call is worth it, small enough for a dozen lines.
const USUAL: usize = 256 * 1024;
/// At least this much is asked for at a time.
const LEAST_READ: usize = 32 * 1024;
/// No answer is larger: messages come in pieces of 4 MiB, a SEARCH of a million messages takes 8 MB.
const LARGEST: usize = 64 * 1024 * 1024;

/// One connection's bytes.
pub(crate) struct Wire {
    io: Box<dyn Stream>,
    buf: Vec<u8>,
    /// First byte of the answer handed out last, or of the next one.
    start: usize,
    /// Length of the answer handed out last; gone with the next call.
    handed: usize,
    /// End of what was read.
    end: usize,
    cutter: Cutter,
    clock: Clock,
    at: Millis,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire")
            .field("unread", &self.end.saturating_sub(self.start))
            .finish_non_exhaustive()
    }
}

impl Wire {
    pub(crate) fn new(io: Box<dyn Stream>, clock: Clock) -> Self {
        let at = clock();
        Self {
            io,
            buf: Vec::new(),
            start: 0,
            handed: 0,
            end: 0,
            cutter: Cutter::default(),
            clock,
            at,
        }
    }

    /// Takes the stream back to wrap it (STARTTLS, COMPRESS).
    ///
    /// Refuses when bytes that were read have not been looked at: before TLS they would be injected by somebody else
    /// (RFC 9051 §11.1), before compression they could not be told apart from what follows.
    pub(crate) fn into_stream(self) -> Result<(Box<dyn Stream>, Clock), usize> {
        let unread = self
            .end
            .saturating_sub(self.start)
            .saturating_sub(self.handed);
        if unread == 0 {
            Ok((self.io, self.clock))
        } else {
            Err(unread)
        }
    }

    /// When the newest bytes were read.
    pub(crate) fn at(&self) -> Millis {
        self.at
    }

    /// True when another answer can be had without waiting.
    pub(crate) fn has_next(&mut self) -> bool {
        self.forget();
        let data = self.buf.get(self.start..self.end).unwrap_or_default();
        matches!(self.cutter.cut(data), Cut::Whole(_))
    }

    /// Returns the next whole answer. Fails when no byte comes for `patience`, when the line ends or the answer is absurd.
    ///
    /// May be dropped and called again: nothing read is lost.
    pub(crate) async fn next(&mut self, patience: Duration) -> Result<&[u8]> {
        self.forget();
        loop {
            let data = self.buf.get(self.start..self.end).unwrap_or_default();
            match self.cutter.cut(data) {
                Cut::Whole(n) => {
                    self.handed = n;
                    let end = self.start.saturating_add(n);
                    return Ok(self.buf.get(self.start..end).unwrap_or_default());
                }
                Cut::More(n) => self.fill(n, patience).await?,
                Cut::Absurd => {
                    return Err(Fault::Protocol(
                        "The mail server announced an answer larger than any can be.".to_owned(),
                    ));
                }
            }
        }
    }

    /// Lets go of the answer handed out last.
    fn forget(&mut self) {
        if self.handed == 0 {
            return;
        }
        self.start = self.start.saturating_add(self.handed);
        self.handed = 0;
        self.cutter = Cutter::default();
        if self.start >= self.end {
            self.start = 0;
            self.end = 0;
            if self.buf.len() > USUAL {
                self.buf = Vec::new();
            }
        }
    }

    async fn fill(&mut self, wanted: usize, patience: Duration) -> Result<()> {
        let held = self.end.saturating_sub(self.start);
        let room = self.buf.len().saturating_sub(self.end);
        if room < wanted.clamp(LEAST_READ, USUAL) || self.buf.is_empty() {
            if self.start > 0 {
                self.buf.copy_within(self.start..self.end, 0);
            }
            self.start = 0;
            self.end = held;
            // Doubling keeps the copying linear; what was announced is believed only as far as it has come.
            let need = held.saturating_add(wanted.max(LEAST_READ));
            if need > self.buf.len() {
                let size = need.min(held.saturating_mul(2).max(USUAL)).max(USUAL);
                self.buf.resize(size, 0);
            }
        }
        let space = self.buf.get_mut(self.end..).unwrap_or_default();
        let n = match timeout(patience, self.io.read(space)).await {
            Ok(read) => read.map_err(|e| fault::broken(&e))?,
            Err(_elapsed) => return Err(fault::silent()),
        };
        if n == 0 {
            return Err(fault::closed());
        }
        self.at = (self.clock)();
        self.end = self.end.saturating_add(n);
        Ok(())
    }

    /// Writes without sending: what is written before a flush goes out together.
    pub(crate) async fn write(&mut self, bytes: &[u8], patience: Duration) -> Result<()> {
        for chunk in bytes.chunks(LEAST_READ) {
            match timeout(patience, self.io.write_all(chunk)).await {
                Ok(written) => written.map_err(|e| fault::broken(&e))?,
                Err(_elapsed) => return Err(fault::silent()),
            }
        }
        Ok(())
    }

    pub(crate) async fn flush(&mut self, patience: Duration) -> Result<()> {
        match timeout(patience, self.io.flush()).await {
            Ok(flushed) => flushed.map_err(|e| fault::broken(&e)),
            Err(_elapsed) => Err(fault::silent()),
        }
    }

    /// Ends the stream in order (TLS close_notify); what goes wrong does not matter any more.
    pub(crate) async fn close(mut self, patience: Duration) {
        drop(timeout(patience, self.io.shutdown()).await);
    }
}

/// Splits the first whole answer off; `None` where there is none.
pub(crate) fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    match Cutter::default().cut(bytes) {
        Cut::Whole(n) => bytes.split_at_checked(n),
        Cut::More(_) | Cut::Absurd => None,
    }
}

/// How far the next answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// This many bytes are one answer.
    Whole(usize),
    /// At least this many more must be read.
    More(usize),
    /// Longer than [`LARGEST`].
    Absurd,
}

/// Finds the end of an answer; keeps its place, so that a slow literal is not searched again with every read.
#[derive(Clone, Copy, Debug, Default)]
struct Cutter {
    /// Where the current line begins (after the last literal).
    line: usize,
    /// Everything before this has been looked at.
    seen: usize,
}

impl Cutter {
    fn cut(&mut self, data: &[u8]) -> Cut {
        loop {
            if self.seen > LARGEST {
                return Cut::Absurd;
            }
            let Some(fresh) = data.get(self.seen..) else {
                // Inside a literal; a line end follows it at the least.
                return Cut::More(self.seen.saturating_sub(data.len()).saturating_add(2));
            };
            let Some(at) = memchr::memchr(b'\n', fresh) else {
                self.seen = data.len();
                return if self.seen > LARGEST {
                    Cut::Absurd
                } else {
                    Cut::More(1)
                };
            };
            let end = self.seen.saturating_add(at).saturating_add(1);
            let line = data.get(self.line..end).unwrap_or_default();
            match announced(line) {
                Some(size) if self.line > 0 || may_hold_literals(data) => {
                    self.line = end.saturating_add(size);
                    self.seen = self.line;
                }
                _ => return Cut::Whole(end),
            }
        }
    }
}

/// The size of the literal a line announces at its end: `{12}`, `{12+}`.
fn announced(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"\n")?;
    let line = line
        .strip_suffix(b"\r")
        .unwrap_or(line)
        .strip_suffix(b"}")?;
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let open = line.iter().rposition(|b| *b == b'{')?;
    let digits = line.get(open.checked_add(1)?..)?;
    usize::try_from(number(digits)?).ok()
}

/// Status lines and continuations end with free text, which may look like a literal but never is one.
fn may_hold_literals(answer: &[u8]) -> bool {
    let Some(rest) = answer.strip_prefix(b"* ") else {
        return false;
    };
    !["OK ", "NO ", "BAD ", "BYE ", "PREAUTH "]
        .iter()
        .any(|word| {
            rest.get(..word.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
        })
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
