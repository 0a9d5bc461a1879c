//! Staying: commands that print what happens until SIGTERM or a closed stdout.

use std::pin::Pin;

use anyhow::Result;
use kontor_engine::LineHold;
use tokio::sync::watch;

use super::App;
use super::sync::{Ending, leave_in_time};
use crate::output;

/// A command that stays, with a line to the team of its own where no other process has one.
pub(super) struct Following<'a> {
    app: &'a App,
    hold: LineHold,
    ending: Ending,
    closed: Pin<Box<dyn Future<Output = ()>>>,
    commits: watch::Receiver<u64>,
}

impl<'a> Following<'a> {
    pub(super) fn begin(app: &'a App) -> Result<Self> {
        Ok(Self {
            ending: Ending::listen()?,
            closed: Box::pin(output::closed()),
            commits: app.engine.commits(),
            hold: app.engine.hold_line(),
            app,
        })
    }

    /// Waits until something may have changed; false when it is time to go.
    pub(super) async fn next(&mut self) -> bool {
        tokio::select! {
            () = self.ending.came() => false,
            () = &mut self.closed => false,
            changed = self.commits.changed() => changed.is_ok(),
        }
    }

    /// Gives the line up and goes.
    pub(super) async fn end(self) -> Result<()> {
        leave_in_time();
        self.hold.release().await;
        self.app.engine.stop().await;
        Ok(())
    }
}
