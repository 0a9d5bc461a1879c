//! stdout is the answer: whole lines, flushed; a closed pipe ends the program quietly.

use std::future::pending;
use std::io::{self, IsTerminal as _, Write as _};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;
use serde::Serialize;
use tokio::sync::oneshot;

/// True while somebody reads; false once the pipe is closed.
#[must_use]
pub(crate) fn line(text: &str) -> bool {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .is_ok()
}

/// Prints one JSON object on one line.
#[must_use]
pub(crate) fn json(value: &impl Serialize) -> bool {
    // Our own values: strings, numbers, lists. They cannot fail to serialise.
    line(
        &serde_json::to_string(value).unwrap_or_else(|e| {
            format!("{{\"error\":{{\"code\":\"internal\",\"message\":\"{e}\"}}}}")
        }),
    )
}

/// Resolves once nobody reads stdout any more: a watcher must not live on unseen.
pub(crate) async fn closed() {
    let (tell, told) = oneshot::channel();
    let waits = std::thread::Builder::new()
        .name("stdout".to_owned())
        .spawn(move || {
            if wait_until_closed().is_ok() {
                let _gone = tell.send(());
            }
        });
    // Where it cannot be known, the next line finds out.
    if waits.is_err() || told.await.is_err() {
        pending::<()>().await;
    }
}

/// A pipe or terminal without a reader is in error, whatever is asked of it (poll(2)); a file never is.
fn wait_until_closed() -> rustix::io::Result<()> {
    let stdout = io::stdout();
    let mut fds = [PollFd::new(&stdout, PollFlags::empty())];
    retry_on_intr(|| poll(&mut fds, None)).map(drop)
}

/// Writes bytes as they are. A reader that had enough is no failure.
pub(crate) fn bytes(raw: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(raw).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// True when a person may look at stderr.
#[must_use]
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Draws a line over the one before, on the terminal of stderr; an empty one takes it away.
pub(crate) fn progress(text: &str) {
    let mut err = io::stderr().lock();
    drop(write!(err, "\r\x1b[2K{text}").and_then(|()| err.flush()));
}

/// Says something to the person, on stderr.
pub(crate) fn say(text: &str) {
    let mut err = io::stderr().lock();
    // Nobody is left to tell when stderr is closed.
    drop(writeln!(err, "{text}"));
}
