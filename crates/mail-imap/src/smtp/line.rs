//! A line to an SMTP server: whole replies in, bytes out, every wait bounded.

use std::fmt;
use std::io;
use std::time::Duration;

use kontor_mail::provider::Fault;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

/// RFC 5321 allows 512; servers with long explanations exist.
const LINE_LIMIT: usize = 8 << 10;
/// A whole reply. The longest EHLO reply seen in the wild has some 30 lines.
const REPLY_LIMIT: usize = 64 << 10;
/// How much of a reply is shown to a person.
const SHOWN: usize = 400;

/// One reply: a code and its lines of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Reply {
    /// The three-digit code.
    pub(crate) fn code(&self) -> u16 {
        self.code
    }

    /// The code's first digit: 2 done, 3 go on, 4 not now, 5 no.
    pub(crate) fn class(&self) -> u16 {
        self.code / 100
    }

    /// The text of each line, without the code.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }
}

/// As a person reads it: on one line, the enhanced code said once.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        let enhanced = self.lines.first().and_then(|line| enhanced(line));
        let mut shown = 0_usize;
        for (n, line) in self.lines.iter().enumerate() {
            let text = match enhanced {
                Some(code) if n > 0 => line.strip_prefix(code).unwrap_or(line).trim_start(),
                _ => line.as_str(),
            };
            if text.is_empty() {
                continue;
            }
            shown = shown.saturating_add(text.len());
            if shown > SHOWN {
                return f.write_str(" …");
            }
            write!(f, " {text}")?;
        }
        Ok(())
    }
}

/// The enhanced status code (RFC 3463) a text starts with.
pub(crate) fn enhanced(text: &str) -> Option<&str> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.');
    let class = parts.next()?;
    let rest_is_numbers =
        |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let whole = matches!(class, "2" | "4" | "5")
        && parts.next().is_some_and(rest_is_numbers)
        && parts.next().is_some_and(rest_is_numbers)
        && parts.next().is_none();
    whole.then_some(word)
}

/// Why a line is of no more use.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The other side hung up.
    Closed(String),
    /// Nothing moved for this long.
    Silent(String, Duration),
    /// The network failed.
    Io(String, io::Error),
    /// What came is no SMTP reply.
    Garbled(String, String),
}

impl Broken {
    /// As the rest of the house calls it.
    pub(crate) fn fault(&self) -> Fault {
        match self {
            Self::Closed(host) => Fault::Offline(format!("{host} closed the connection.")),
            Self::Silent(host, wait) => Fault::Offline(format!(
                "{host} did not answer within {} seconds.",
                wait.as_secs_f32().ceil()
            )),
            Self::Io(host, error) => {
                Fault::Offline(format!("The connection to {host} broke ({error})."))
            }
            Self::Garbled(host, what) => Fault::Protocol(format!(
                "{host} does not speak SMTP: it said \"{what}\". Check the server's name and port."
            )),
        }
    }
}

/// A line to a server.
pub(crate) struct Line<S> {
    stream: S,
    host: String,
    /// Read and not yet used.
    unread: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    /// Takes a connected stream; `host` is for sentences.
    pub(crate) fn new(stream: S, host: &str) -> Self {
        Self {
            stream,
            host: host.to_owned(),
            unread: Vec::new(),
        }
    }

    /// The server's name.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Gives the stream back, and the bytes that had come beyond the last reply.
    pub(crate) fn into_parts(self) -> (S, Vec<u8>) {
        (self.stream, self.unread)
    }

    /// Writes bytes and sees them handed to the network. After an error nothing more may be written.
    pub(crate) async fn say(&mut self, bytes: &[u8], wait: Duration) -> Result<(), Broken> {
        let written = timeout(wait, async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Broken::Io(self.host.clone(), error)),
            Err(_elapsed) => Err(Broken::Silent(self.host.clone(), wait)),
        }
    }

    /// Writes a command (its CRLF included) and waits for its reply.
    pub(crate) async fn ask(&mut self, command: &[u8], wait: Duration) -> Result<Reply, Broken> {
        self.say(command, wait).await?;
        self.reply(wait).await
    }

    /// Waits for one whole reply.
    pub(crate) async fn reply(&mut self, wait: Duration) -> Result<Reply, Broken> {
        match timeout(wait, self.read_reply()).await {
            Ok(reply) => reply,
            Err(_elapsed) => Err(Broken::Silent(self.host.clone(), wait)),
        }
    }

    /// Waits for one line of text, whatever its meaning.
    pub(crate) async fn text(&mut self, wait: Duration) -> Result<String, Broken> {
        match timeout(wait, self.read_line()).await {
            Ok(line) => line.map(|bytes| plain(&bytes)),
            Err(_elapsed) => Err(Broken::Silent(self.host.clone(), wait)),
        }
    }

    /// After a failed write: a reply that is already here or comes at once.
    pub(crate) async fn last_words(&mut self) -> Option<Reply> {
        self.reply(Duration::from_secs(1)).await.ok()
    }

    /// Says QUIT and closes, without waiting for an answer nobody needs.
    pub(crate) async fn goodbye(&mut self) {
        let farewell = async {
            self.stream.write_all(b"QUIT\r\n").await?;
            self.stream.shutdown().await
        };
        // Whatever happens to a goodbye changes nothing.
        drop(timeout(Duration::from_secs(1), farewell).await);
    }

    async fn read_reply(&mut self) -> Result<Reply, Broken> {
        let mut lines = Vec::new();
        let mut bytes = 0_usize;
        loop {
            let line = self.read_line().await?;
            bytes = bytes.saturating_add(line.len());
            let Some((code, last, text)) = dissect(&line) else {
                return Err(self.garbled(&line));
            };
            lines.push(text);
            if last {
                return Ok(Reply { code, lines });
            }
            if bytes > REPLY_LIMIT {
                return Err(self.garbled(&line));
            }
        }
    }

    async fn read_line(&mut self) -> Result<Vec<u8>, Broken> {
        let mut searched = 0_usize;
        loop {
            let fresh = self.unread.get(searched..).unwrap_or_default();
            if let Some(at) = fresh.iter().position(|&b| b == b'\n') {
                let end = searched.saturating_add(at).saturating_add(1);
                return Ok(self.unread.drain(..end).collect());
            }
            searched = self.unread.len();
            if searched > LINE_LIMIT {
                let start = self.unread.clone();
                return Err(self.garbled(&start));
            }
            match self.stream.read_buf(&mut self.unread).await {
                Ok(0) => return Err(Broken::Closed(self.host.clone())),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(Broken::Closed(self.host.clone())); // hung up without TLS's own goodbye
                }
                Err(error) => return Err(Broken::Io(self.host.clone(), error)),
            }
        }
    }

    fn garbled(&self, line: &[u8]) -> Broken {
        Broken::Garbled(self.host.clone(), plain(line.get(..80).unwrap_or(line)))
    }
}

/// Code, whether this is the last line, text.
fn dissect(line: &[u8]) -> Option<(u16, bool, String)> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (digits, rest) = line.split_at_checked(3)?;
    let code: u16 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let last = match rest.first() {
        None | Some(b' ') => true,
        Some(b'-') => false,
        Some(_) => return None,
    };
    let text = plain(rest.get(1..).unwrap_or_default());
    (200..600).contains(&code).then_some((code, last, text))
}

/// Foreign text as it may be shown: UTF-8, nothing that moves a cursor.
fn plain(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use rstest::rstest;
    use tokio::io::AsyncWriteExt as _;

    use super::{Broken, Line, Reply};

    /// Feeds bytes in pieces of `step` and reads one reply.
    async fn read(bytes: Vec<u8>, step: usize) -> Result<Reply, Broken> {
        let (mut server, client) = tokio::io::duplex(64);
        let feed = async move {
            for piece in bytes.chunks(step.max(1)) {
                if server.write_all(piece).await.is_err() {
                    break;
                }
            }
        };
        let mut line = Line::new(client, "mail.example");
        let (reply, ()) = tokio::join!(
            async {
                let reply = line.reply(Duration::from_secs(5)).await;
                drop(line);
                reply
            },
            feed
        );
        reply
    }

    #[rstest]
    #[case::one_line("250 2.1.0 Ok\r\n", Ok("250 2.1.0 Ok"))]
    #[case::bare("354\r\n", Ok("354"))]
    #[case::bare_lf("250 Ok\n", Ok("250 Ok"))]
    #[case::many(
        "550-5.1.1 No such\r\n550-5.1.1 user\r\n550 5.1.1 here\r\n",
        Ok("550 5.1.1 No such user here")
    )]
    #[case::not_utf8("550 po\u{161}ta\r\n", Ok("550 po\u{161}ta"))]
    #[case::bell("550 a\u{7}b\r\n", Ok("550 a b"))]
    #[case::http("HTTP/1.1 400 Bad\r\n", Err("does not speak SMTP"))]
    #[case::imap("* OK ready\r\n", Err("does not speak SMTP"))]
    #[case::bad_code("999 what\r\n", Err("does not speak SMTP"))]
    #[case::cut("250-a\r\n250-b", Err("closed the connection"))]
    #[case::nothing("", Err("closed the connection"))]
    #[tokio::test]
    async fn replies(
        #[case] bytes: &str,
        #[case] want: Result<&str, &str>,
        #[values(1, 3, 1000)] step: usize,
    ) {
        match (read(bytes.as_bytes().to_vec(), step).await, want) {
            (Ok(reply), Ok(want)) => assert_eq!(reply.to_string(), want, "on one line, code first"),
            (Err(broken), Err(part)) => {
                let text = broken.fault().to_string();
                assert!(text.contains(part), "{text:?} must say {part:?}");
            }
            (got, want) => panic!("{bytes:?} in steps of {step} gave {got:?}, wanted {want:?}"),
        }
    }

    #[tokio::test]
    async fn endless_lines_and_replies_are_cut_short() {
        for flood in [vec![b'a'; 1 << 20], b"250-x\r\n".repeat(100_000)] {
            let got = read(flood, 4096).await;
            assert!(
                matches!(got, Err(Broken::Garbled(..))),
                "{got:?}: memory is bounded"
            );
        }
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            drop(runtime.block_on(read(bytes, 7)));
        }
    }
}
