//! Staying: commands that print what happens until SIGTERM or a closed stdout.

use anyhow::Result;
use kontor_engine::LineHold;
use tokio::sync::watch;
use tokio::time::{Duration, Interval, MissedTickBehavior, interval};

use super::App;
use super::sync::{Ending, leave_in_time};
use crate::output;

/// Another process's commits are looked for this often; our own wake us at once.
const LOOK: Duration = Duration::from_millis(50);

/// A command that stays, with a line to the team of its own where no other process has one.
pub(super) struct Following<'a> {
    app: &'a App,
    hold: LineHold,
    ending: Ending,
    commits: watch::Receiver<u64>,
    look: Interval,
    version: i64,
}

impl<'a> Following<'a> {
    pub(super) fn begin(app: &'a App) -> Result<Self> {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            ending: Ending::listen()?,
            commits: app.engine.commits(),
            version: app.engine.data_version()?,
            hold: app.engine.hold_line(),
            look,
            app,
        })
    }

    /// Waits until something may have changed; false when it is time to go.
    pub(super) async fn next(&mut self) -> bool {
        loop {
            tokio::select! {
                () = self.ending.came() => return false,
                Ok(()) = self.commits.changed() => return !output::is_closed(),
                _ = self.look.tick() => {
                    if output::is_closed() {
                        return false;
                    }
                    let Ok(now) = self.app.engine.data_version() else { return false };
                    if now != self.version {
                        self.version = now;
                        return true;
                    }
                }
            }
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
