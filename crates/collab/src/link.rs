//! The life of one connection: hello, telling what waits, taking what comes, the heartbeat.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use kontor_protocol::{
    Ack, ClientFrame, MemberPresence, Presence, Reject, RejectCode, ServerFrame, Subject, Welcome,
};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

use crate::{Desk, Error, Line, LineError, Mention, Taken, Written};

/// Between pings, until the welcome says otherwise.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The first pause when the server is busy; doubled up to the last.
const BUSY: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));

/// What a connection needs besides its line.
#[derive(Debug)]
pub struct Session<C> {
    /// From login or join. Never logged.
    pub token: String,
    /// What the person is doing; each change is told. `None`: nothing to tell yet.
    pub presence: watch::Receiver<Option<Presence>>,
    /// What happens.
    pub reports: mpsc::UnboundedSender<Report>,
    /// The time.
    pub clock: C,
}

/// What happens on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// The server knows us.
    Connected(Box<Welcome>),
    /// Everything that happened is here and everything done here is there.
    Synced,
    /// Something changed; members where `members` is set.
    Changed {
        /// What notes, fields and replies are about that changed.
        subjects: BTreeSet<Subject>,
        /// Members came, changed or went.
        members: bool,
    },
    /// Others wrote into notes, and it is stored here. Told besides [`Report::Changed`], and not of all that changed.
    Written(Vec<Written>),
    /// Operations of ours are on the server.
    Acked(Vec<Ack>),
    /// An operation of ours was refused for good.
    Rejected(Reject),
    /// Somebody named us.
    Mentioned(Mention),
    /// Everybody's presence.
    Presence(Vec<MemberPresence>),
    /// A ping came back after this time.
    Latency(Duration),
}

/// How a connection ended.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// The server closed it.
    #[error("the team's server closed the connection")]
    Closed,
    /// Nothing came for three heartbeats.
    #[error("the team's server has been silent for too long")]
    Silent,
    /// The line broke.
    #[error(transparent)]
    Line(#[from] LineError),
    /// What came does not fit, or the store cannot take it.
    #[error(transparent)]
    Desk(#[from] Error),
}

impl Ended {
    /// True when connecting again may help without anybody doing something.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Closed | Self::Silent => true,
            Self::Line(e) => e.is_passing(),
            Self::Desk(Error::Refused(reject)) => {
                !matches!(reject.code, RejectCode::Auth | RejectCode::Version)
            }
            Self::Desk(Error::NoTeam | Error::Foreign(_)) => false,
            Self::Desk(_) => true,
        }
    }
}

/// Runs one connection until it ends. Dropping the future ends it, too; nothing is lost either way.
pub async fn run<C: Fn() -> Timestamp>(
    line: &mut Line,
    desk: &mut Desk,
    session: &mut Session<C>,
) -> Ended {
    let mut link = Link {
        line,
        desk,
        session,
        heartbeat: HEARTBEAT,
        heard: Instant::now(),
        ping: None,
        nonce: 0,
        busy: BUSY.0,
        resume: None,
        unsure: true,
        synced: false,
    };
    match link.live().await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

struct Link<'a, C> {
    line: &'a mut Line,
    desk: &'a mut Desk,
    session: &'a mut Session<C>,
    heartbeat: Duration,
    heard: Instant,
    /// The ping under way, and when it was sent.
    ping: Option<(u64, Instant)>,
    nonce: u64,
    /// The pause when the server is busy next.
    busy: Duration,
    /// When to tell on.
    resume: Option<Instant>,
    /// The queue may have grown since it was last looked at.
    unsure: bool,
    synced: bool,
}

impl<C: Fn() -> Timestamp> Link<'_, C> {
    async fn live(&mut self) -> Result<std::convert::Infallible, Ended> {
        let hello = self.desk.hello(&self.session.token)?;
        self.send(hello).await?;
        let mut commits = self.desk.collab().store().commits();
        let mut beat = after(Instant::now(), self.heartbeat);
        loop {
            self.tell().await?;
            let silent = after(self.heard, self.heartbeat.saturating_mul(3));
            let resume = self.resume;
            tokio::select! {
                frame = self.line.next() => {
                    let frame = frame?.ok_or(Ended::Closed)?;
                    self.heard = Instant::now();
                    self.unsure = true;
                    let welcomed = matches!(frame, ServerFrame::Welcome(_));
                    self.take(frame).await?;
                    if welcomed {
                        beat = after(Instant::now(), self.heartbeat);
                        self.present().await?;
                    }
                }
                // This process's, or what another one has put into the queue.
                Ok(()) = commits.changed() => self.unsure = true,
                () = sleep_until(resume.unwrap_or(silent)), if resume.is_some() => {}
                Ok(()) = self.session.presence.changed() => self.present().await?,
                () = sleep_until(beat) => {
                    self.beat().await?;
                    beat = after(Instant::now(), self.heartbeat);
                }
                () = sleep_until(silent) => return Err(Ended::Silent),
            }
        }
    }

    async fn take(&mut self, frame: ServerFrame) -> Result<(), Ended> {
        let now = (self.session.clock)();
        let taken = Box::pin(self.desk.take(frame, now)).await?;
        if let Some(welcome) = &taken.welcome {
            // A server that says nothing sensible is asked now and then all the same.
            let seconds = u64::from(welcome.heartbeat_seconds.clamp(1, 300));
            self.heartbeat = Duration::from_secs(seconds);
        }
        if let (Some(nonce), Some((sent, at))) = (taken.pong, self.ping)
            && nonce == sent
        {
            self.ping = None;
            self.report(Report::Latency(at.elapsed()));
        }
        if taken.busy {
            self.resume = Some(after(Instant::now(), self.busy));
            self.busy = self.busy.saturating_mul(2).min(BUSY.1);
        } else if !taken.acked.is_empty() {
            self.busy = BUSY.0;
        }
        self.report_all(taken);
        self.level()
    }

    fn report_all(&self, taken: Taken) {
        if let Some(welcome) = taken.welcome {
            self.report(Report::Connected(Box::new(welcome)));
        }
        if !taken.written.is_empty() {
            self.report(Report::Written(taken.written));
        }
        if !taken.acked.is_empty() {
            self.report(Report::Acked(taken.acked));
        }
        for mention in taken.mentions {
            self.report(Report::Mentioned(mention));
        }
        for reject in taken.rejected {
            self.report(Report::Rejected(reject));
        }
        if !taken.subjects.is_empty() || taken.members {
            self.report(Report::Changed {
                subjects: taken.subjects,
                members: taken.members,
            });
        }
        if let Some(members) = taken.presence {
            self.report(Report::Presence(members));
        }
    }

    /// Reports when both sides have come to the same.
    fn level(&mut self) -> Result<(), Ended> {
        let synced = self.desk.in_flight() == 0 && self.desk.is_synced()?;
        if synced && !self.synced {
            self.report(Report::Synced);
        }
        self.synced = synced;
        Ok(())
    }

    fn report(&self, report: Report) {
        // Nobody listens any more: the connection goes on for the store's sake.
        drop(self.session.reports.send(report));
    }

    /// Tells what waits, as far as it may be told now.
    async fn tell(&mut self) -> Result<(), Ended> {
        if self.resume.is_some_and(|at| Instant::now() < at) {
            return Ok(());
        }
        // A quiet team costs no query.
        if self.resume.take().is_none() && !self.unsure {
            return Ok(());
        }
        self.unsure = false;
        while let Some(push) = self.desk.next_push()? {
            self.synced = false;
            self.send(push).await?;
        }
        let now = (self.session.clock)();
        self.desk.refuse_acts(now).await?;
        while let Some(ask) = self.desk.next_act()? {
            self.send(ask).await?;
        }
        while let Some(ask) = self.desk.next_ask()? {
            self.send(ask).await?;
        }
        Ok(())
    }

    async fn present(&mut self) -> Result<(), Ended> {
        let presence = self.session.presence.borrow_and_update().clone();
        match presence {
            Some(presence) => self.send(ClientFrame::Presence(presence)).await,
            None => Ok(()),
        }
    }

    async fn beat(&mut self) -> Result<(), Ended> {
        self.nonce = self.nonce.wrapping_add(1);
        let nonce = self.nonce;
        self.ping = Some((nonce, Instant::now()));
        self.send(ClientFrame::Ping { nonce }).await
    }

    async fn send(&mut self, frame: ClientFrame) -> Result<(), Ended> {
        let patience = self.heartbeat.saturating_mul(3);
        match timeout(patience, self.line.send(frame)).await {
            Ok(sent) => Ok(sent?),
            Err(_late) => Err(Ended::Silent),
        }
    }
}

/// The moment `pause` later; at once where clocks end.
fn after(start: Instant, pause: Duration) -> Instant {
    start.checked_add(pause).unwrap_or(start)
}
