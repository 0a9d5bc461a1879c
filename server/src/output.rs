//! stdout is the answer: whole lines, flushed. stderr is for people and logs.

use std::io::{self, Write as _};

/// Prints a line. Where nobody reads it, what was to be done is done all the same.
pub(crate) fn line(text: &str) {
    let mut out = io::stdout().lock();
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}

/// Says something to the person, on stderr.
pub(crate) fn say(text: &str) {
    let mut err = io::stderr().lock();
    // Nobody is left to tell when stderr is closed.
    drop(writeln!(err, "{text}"));
}
