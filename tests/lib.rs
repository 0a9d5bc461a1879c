//! End-to-end tests: the real window, driven as a person drives it, against the real mail server.
//!
//! [`Window`] is the built program on a screen in memory, with a profile of its own; it is driven over WebDriver by
//! roles and names, as assistive technology sees it: what a test can find, everybody can find. [`Canary`] is a web
//! server that must never be asked for anything. [`TeamServer`] is the built `kontor-server`, [`Bus`] the desktop that
//! hears notifications, [`Microphone`] a sound to record.

mod axe;
mod bus;
mod canary;
mod microphone;
mod page;
pub mod story;
mod webdriver;
mod window;

pub use axe::Violation;
pub use bus::Bus;
pub use canary::Canary;
pub use kontor_testkit::TeamServer;
pub use microphone::Microphone;
pub use page::Found;
pub use window::{Looks, Window, programs};

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long anything in the window may take: far more than it should, so that a busy machine fails no test.
pub const PATIENCE: Duration = Duration::from_secs(45);

/// Asks again and again until there is an answer; fails with `what` when there is none in time.
///
/// An element that is drawn anew between being found and being read is no failure: it is looked for again.
///
/// # Errors
/// When the time is over, or an attempt fails for good.
pub fn eventually<T>(what: &str, mut attempt: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let begun = Instant::now();
    loop {
        match attempt() {
            Ok(Some(answer)) => return Ok(answer),
            Err(e) if !page::is_stale(&e) => return Err(e),
            Ok(None) | Err(_) => {}
        }
        if begun.elapsed() > PATIENCE {
            bail!("waited {} s in vain: {what}", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
