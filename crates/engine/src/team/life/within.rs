//! Life without a team: the server inside this program has what is written.
//!
//! The process with the line opens the profile's `team.db` when there is something to tell it, talks to it like to any
//! other server, over a line within the process, and closes it when nothing was written for a while. No port is opened, and
//! nothing ticks meanwhile. While a Metakocka is connected it stays open, and the mirror runs. What people wrote and is in
//! the file is in the profile's store as well: a file that is damaged or gone is made anew, and a store that was made anew
//! gets back what the file has. Only the ERP's connection is nowhere else.

mod file;
mod mirror;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kontor_collab::{Desk, Line, Report, Session};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::Life;
use crate::backoff::Backoff;
use crate::look::Looks;
use crate::team::inside::{Failed, Why};
use crate::team::state::TeamState;

/// The window comes first: what was written before this start is told so much later.
pub(super) const AFTER_START: Duration = Duration::from_secs(5);

/// The file is closed when nothing was told for so long, unless an ERP is connected.
const CALM: Duration = Duration::from_secs(10);

/// A file that takes nothing for so long is looked at.
const STUCK: Duration = Duration::from_secs(30);

/// Frames under way within the process.
const ROOM: usize = 16;

/// How a conversation with the server inside ended.
enum Over {
    /// All is told, and nothing else needs it open.
    Told,
    /// There is a team.
    Changed,
    /// It cannot be opened; tried again later.
    Shut(String),
    /// It was open and something in it is wrong; looked through when it is tried again.
    Broken(String),
}

impl Life {
    /// Lives without a team until there is one.
    pub(super) async fn alone(&mut self) {
        let mut pauses = Backoff::for_lines(std::process::id().into());
        let mut suspect = false;
        while self.is_something_to_tell().await {
            let over = Box::pin(self.tell_within(suspect)).await;
            self.met = true;
            suspect = matches!(over, Over::Broken(_));
            match over {
                Over::Told => {
                    pauses.reset();
                    if self.shown.why.is_some() {
                        self.show(TeamState::Alone, None).await;
                    }
                }
                Over::Changed => {}
                Over::Shut(why) | Over::Broken(why) => {
                    tracing::warn!("the server inside this program: {why}");
                    let now = Instant::now();
                    self.not_before = now.checked_add(pauses.next()).unwrap_or(now);
                    self.went_wrong(&why);
                    if let Some(question) = self.ctx.question_inside() {
                        let failed = Failed::new(Why::Internal, &why);
                        self.ctx.answer_inside(&question, Err(failed)).await;
                    }
                    self.show(TeamState::Alone, Some(why)).await;
                }
            }
        }
        // Whoever leaves the team finds it as it was.
        self.met = false;
    }

    /// Waits until something is to be told; false when there is a team meanwhile.
    async fn is_something_to_tell(&self) -> bool {
        let mut looks = Looks::from_now(&self.ctx.store);
        while self.is_still(None) {
            if !self.waits_within() {
                looks.next().await;
                continue;
            }
            tokio::select! {
                () = sleep_until(self.not_before) => return true,
                () = looks.next() => {}
            }
        }
        false
    }

    /// Once after each start the store and the file are compared, where there is or was a file.
    fn waits_within(&self) -> bool {
        let collab = &self.ctx.collab;
        let untold = collab.is_untold_within().unwrap_or(false);
        let known =
            || self.ctx.profile.team_database().exists() || matches!(collab.within(), Ok(Some(_)));
        untold || (!self.met && known()) || self.ctx.question_inside().is_some()
    }

    async fn tell_within(&mut self, suspect: bool) -> Over {
        let used = Arc::new(AtomicBool::new(false));
        let opened = file::open(&self.ctx, suspect, &used).await;
        let (inside, token) = match opened {
            Ok(opened) => opened,
            Err(e) => return Over::Shut(e.message),
        };
        let (line, far) = Line::within(ROOM);
        self.serving = Some(self.ctx.tasks.spawn(inside.serve(far)));
        let over = self.talk_within(line, token, &used).await;
        self.close_within().await;
        over
    }

    /// Waits until the file is closed: what was taken is stored before, and nobody else opens it meanwhile.
    pub(super) async fn close_within(&mut self) {
        if let Some(serving) = &mut self.serving {
            // One that broke has nothing left to close.
            drop(serving.await);
            self.serving = None;
        }
    }

    async fn talk_within(&self, mut line: Line, token: String, used: &AtomicBool) -> Over {
        let (told, mut reports) = mpsc::unbounded_channel();
        let clock = Arc::clone(&self.ctx);
        let mut session = Session {
            token,
            // Nobody is there to be told where we are.
            presence: watch::channel(None).1,
            reports: told,
            clock: move || clock.moment(),
        };
        let mut desk = Desk::within(self.ctx.collab.clone());
        let mut living = Box::pin(kontor_collab::run(&mut line, &mut desk, &mut session));
        let mut looks = Looks::from_now(&self.ctx.store);
        let is_untold = || self.ctx.collab.is_untold_within().unwrap_or(true);
        let is_asked = || self.ctx.question_inside().is_some();
        let mut heard = Instant::now();
        // Since when something waits and nothing is heard.
        let mut silent = is_untold().then_some(heard);
        loop {
            let now = Instant::now();
            let calm = Some(after(heard, CALM)).filter(|calm| *calm > now);
            let due = silent.map_or(calm, |since| Some(after(since, STUCK)));
            tokio::select! {
                ended = &mut living => return Over::Broken(ended.to_string()),
                Some(report) = reports.recv() => {
                    heard = Instant::now();
                    silent = silent.and(Some(heard));
                    if matches!(report, Report::Connected(_)) {
                        self.progress.welcome();
                    }
                }
                () = looks.next() => {
                    if !self.is_still(None) {
                        return Over::Changed;
                    }
                    silent = is_untold().then(|| silent.unwrap_or_else(Instant::now));
                }
                // Where it stays open, it is asked again now and then whether it still has to.
                () = sleep_until(due.unwrap_or_else(|| after(now, CALM))) => {}
            }
            if silent.is_some_and(|since| since.elapsed() >= STUCK) {
                return Over::Broken("It takes nothing any more.".to_owned());
            }
            let is_calm = silent.is_none() && heard.elapsed() >= CALM;
            if is_calm && !used.load(Ordering::SeqCst) && !is_asked() {
                return Over::Told;
            }
        }
    }
}

/// The moment `pause` later; at once where clocks end.
fn after(start: Instant, pause: Duration) -> Instant {
    start.checked_add(pause).unwrap_or(start)
}
