//! The line to the team's server: claimed, made, kept, made anew. Without a team, to the server inside this program.

mod within;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kontor_collab::{Desk, Ended, Line, Report, Session, Team, connect_with};
use kontor_protocol::{Availability, Presence, Subject, SubjectKind};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::state::{LinkError, LinkShown, TeamState, TeamStatus};
use crate::account::watching::network_changed;
use crate::backoff::Backoff;
use crate::context::Context;
use crate::engine::Engine;
use crate::error::{Code, sentence};
use crate::look::{LOOK, Looks};
use crate::notice::{Level, Notice};

/// Certificates of the team's server, trusted besides the system's.
pub(super) const CA: &str = "team.ca";

/// Who waits for the line looks this often when nothing wakes them.
const GLANCE: Duration = Duration::from_millis(50);

/// A server that refused us is asked again after so long: an admin may have changed their mind.
const SULK: Duration = Duration::from_secs(60);

impl Engine {
    /// Keeps the line to the team's server for as long as the engine runs.
    pub(crate) fn start_team(&self) {
        let ctx = Arc::clone(&self.ctx);
        let stop = ctx.stop.child_token();
        let life = keep(ctx, stop, Arc::default(), within::AFTER_START);
        self.ctx.tasks.spawn(life);
    }

    /// Keeps the line for as long as the hold lives: for a command that wants to hear or tell while no app runs. Where
    /// another process has the line, it is left there.
    #[must_use]
    pub fn hold_line(&self) -> LineHold {
        let stop = self.ctx.stop.child_token();
        let progress = Arc::<Progress>::default();
        let life = keep(
            Arc::clone(&self.ctx),
            stop.clone(),
            Arc::clone(&progress),
            Duration::ZERO,
        );
        LineHold {
            task: self.ctx.tasks.spawn(life),
            stop,
            progress,
            commits: self.ctx.store.commits(),
        }
    }
}

/// How far the life of this process's line has come.
#[derive(Debug, Default)]
struct Progress {
    /// This process has the line.
    ours: AtomicBool,
    /// Another process has it.
    elsewhere: AtomicBool,
    /// The server has welcomed it, so the head is known.
    welcomed: AtomicBool,
}

impl Progress {
    fn welcome(&self) {
        self.welcomed.store(true, Ordering::SeqCst);
    }
}

/// A line kept by this process, or by another one.
#[derive(Debug)]
pub struct LineHold {
    task: JoinHandle<()>,
    stop: CancellationToken,
    progress: Arc<Progress>,
    commits: watch::Receiver<u64>,
}

/// Moments at which something may have changed.
#[derive(Debug)]
pub struct Glances {
    commits: watch::Receiver<u64>,
    glance: Interval,
}

impl LineHold {
    /// Moments to look at the store and at the line, from now on: at each commit, and now and then, because how far the line
    /// has come is not in the store.
    #[must_use]
    pub fn glances(&self) -> Glances {
        let mut glance = interval(GLANCE);
        glance.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Glances {
            commits: self.commits.clone(),
            glance,
        }
    }

    /// True when the server's head in this status is not from yesterday.
    #[must_use]
    pub fn is_fresh(&self, status: &TeamStatus) -> bool {
        let is = |flag: &AtomicBool| flag.load(Ordering::SeqCst);
        let progress = &self.progress;
        match status.link.state {
            TeamState::Live => !is(&progress.ours) || is(&progress.welcomed),
            // Alone nobody says whether there is a line: who has none yet knows nothing.
            TeamState::Alone => is(&progress.welcomed) || is(&progress.elsewhere),
            TeamState::Connecting | TeamState::Offline | TeamState::NeedsYou => false,
        }
    }

    /// True when another process has the line.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.progress.elsewhere.load(Ordering::SeqCst)
    }

    /// Gives the line up and waits until it is closed.
    pub async fn release(self) {
        self.stop.cancel();
        // A life that broke has nothing left to close.
        drop(self.task.await);
    }
}

impl Glances {
    /// Waits for the next moment.
    pub async fn next(&mut self) {
        tokio::select! {
            Ok(()) = self.commits.changed() => {}
            _ = self.glance.tick() => {}
        }
    }
}

/// Waits for the claim, then keeps the line until told to stop. Without a team nothing is opened before `pause` is over.
async fn keep(
    ctx: Arc<Context>,
    stop: CancellationToken,
    progress: Arc<Progress>,
    pause: Duration,
) {
    let Some(claim) = claim(&ctx, &stop, &progress).await else {
        return;
    };
    progress.ours.store(true, Ordering::SeqCst);
    progress.elsewhere.store(false, Ordering::SeqCst);
    let seed = std::process::id().into();
    let files = Arc::clone(&ctx);
    let now = Instant::now();
    let mut life = Life {
        shown: LinkShown::default(),
        backoff: Backoff::for_desks(seed),
        progress,
        presence: watch::Sender::new(None),
        connected: false,
        first: None,
        met: false,
        serving: None,
        not_before: now.checked_add(pause).unwrap_or(now),
        ctx,
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = life.live(&stop) => {}
        () = super::files::tend(&files) => {}
    }
    life.close_within().await;
    life.show(TeamState::Offline, None).await;
    life.ctx.tell_presence(&[]).await;
    drop(claim);
}

async fn claim(
    ctx: &Context,
    stop: &CancellationToken,
    progress: &Progress,
) -> Option<crate::profile::Claim> {
    loop {
        match ctx.profile.claim_team() {
            Ok(Some(claim)) => return Some(claim),
            Ok(None) => progress.elsewhere.store(true, Ordering::SeqCst),
            Err(e) => tracing::error!("cannot claim the line to the team: {e}"),
        }
        tokio::select! {
            () = stop.cancelled() => return None,
            () = sleep(LOOK) => {}
        }
    }
}

struct Life {
    ctx: Arc<Context>,
    shown: LinkShown,
    backoff: Backoff,
    progress: Arc<Progress>,
    presence: watch::Sender<Option<Presence>>,
    /// It stood at least once.
    connected: bool,
    /// The last event known when it stood first.
    first: Option<u64>,
    /// The server inside this program was talked to since the start, or since the team was left.
    met: bool,
    /// It is open.
    serving: Option<JoinHandle<()>>,
    /// It is not talked to before this.
    not_before: Instant,
}

/// Why a connection is over.
enum Over {
    /// Joined, left, or told to stop.
    Changed,
    /// Try again after a pause.
    Passing(String),
    /// Nothing helps but a person.
    Stuck(String),
}

impl Life {
    async fn live(&mut self, stop: &CancellationToken) {
        loop {
            let team = self.ctx.collab.team().ok().flatten();
            let Some(team) = team else {
                self.alone().await;
                continue;
            };
            self.shown.device = Some(team.device);
            let over = Box::pin(self.connection(&team, stop)).await;
            let pause = match over {
                Over::Changed if stop.is_cancelled() => return,
                Over::Changed => Duration::ZERO,
                // Who leaves is signed out: nothing went wrong.
                _ if !self.is_still(Some(&team)) => Duration::ZERO,
                Over::Passing(why) => {
                    tracing::info!("the line to the team is gone: {why}");
                    self.went_wrong(&why);
                    self.show(TeamState::Offline, Some(why)).await;
                    self.backoff.next()
                }
                Over::Stuck(why) => {
                    self.went_wrong(&why);
                    self.show(TeamState::NeedsYou, Some(why)).await;
                    SULK
                }
            };
            self.ctx.tell_presence(&[]).await;
            tokio::select! {
                () = sleep(pause) => {}
                () = self.another(&team) => {}
                () = network_changed() => self.backoff.reset(),
            }
        }
    }

    /// Resolves when the membership is another one.
    async fn another(&self, team: &Team) {
        let mut looks = Looks::from_now(&self.ctx.store);
        while self.is_still(Some(team)) {
            looks.next().await;
        }
    }

    /// A store that cannot be read at the moment changes nothing.
    fn is_still(&self, team: Option<&Team>) -> bool {
        let of = |team: &Team| (team.org, team.device, team.server.clone());
        self.ctx
            .collab
            .team()
            .map_or(true, |now| now.as_ref().map(of) == team.map(of))
    }

    /// One connection, from the first packet to its end.
    async fn connection(&mut self, team: &Team, stop: &CancellationToken) -> Over {
        let (token, ca) = match self.ctx.team_secrets(team).await {
            Ok(secrets) => secrets,
            Err(e) if e.code == Code::SignIn => return Over::Stuck(e.message),
            Err(e) => return Over::Passing(e.message),
        };
        if self.shown.state != TeamState::Offline || self.shown.since.is_none() {
            self.show(TeamState::Connecting, None).await;
        }
        let tls = match self.ctx.tls.client(ca.as_deref()) {
            Ok(tls) => tls,
            Err(e) => return Over::Stuck(e.to_string()),
        };
        let line = tokio::select! {
            line = connect_with(&team.server, tls) => line,
            () = stop.cancelled() => return Over::Changed,
        };
        let mut line = match line {
            Ok(line) => line,
            Err(e) => return over(&e.into()),
        };
        let over = self.talk(&mut line, team, token.expose(), stop).await;
        line.close().await;
        over
    }

    async fn talk(
        &mut self,
        line: &mut Line,
        team: &Team,
        token: &str,
        stop: &CancellationToken,
    ) -> Over {
        let (told, mut reports) = mpsc::unbounded_channel();
        let clock = Arc::clone(&self.ctx);
        let mut session = Session {
            token: token.to_owned(),
            presence: self.presence.subscribe(),
            reports: told,
            clock: move || clock.moment(),
        };
        // A session that subscribes later than the last word would never hear it.
        session.presence.mark_changed();
        let mut desk = Desk::new(self.ctx.collab.clone());
        let mut living = Box::pin(kontor_collab::run(line, &mut desk, &mut session));
        let mut looks = Looks::from_now(&self.ctx.store);
        while self.is_still(Some(team)) {
            self.look_at_self().await;
            loop {
                tokio::select! {
                    ended = &mut living => return over(&ended),
                    Some(report) = reports.recv() => self.heard(report).await,
                    () = stop.cancelled() => return Over::Changed,
                    () = looks.next() => break,
                }
            }
        }
        Over::Changed
    }

    /// What the person wants to be seen as may have been said by another process.
    async fn look_at_self(&self) {
        let Ok(own) = self.ctx.own_presence().await else {
            return;
        };
        let own = own.unwrap_or(Presence::of(Availability::Online));
        self.presence.send_if_modified(|told| {
            let new = told.as_ref() != Some(&own);
            *told = Some(own);
            new
        });
    }

    async fn heard(&mut self, report: Report) {
        match report {
            Report::Connected(_) => {
                self.backoff.reset();
                if self.connected {
                    self.shown.reconnects = self.shown.reconnects.saturating_add(1);
                }
                self.connected = true;
                self.count_received();
                self.show(TeamState::Live, None).await;
                self.progress.welcome();
            }
            Report::Latency(took) => {
                self.shown.latency_ms = Some((took.as_secs_f64() * 10_000.0).round() / 10.0);
                self.count_received();
                self.ctx.tell_link(&self.shown).await;
            }
            Report::Presence(members) => self.ctx.tell_presence(&members).await,
            Report::Mentioned(mention) => self.ctx.mentioned(&mention),
            Report::Rejected(reject) => {
                tracing::warn!(code = ?reject.code, "the team's server refused a change: {}", reject.message);
                self.went_wrong(&sentence(&reject.message));
                self.ctx.tell_link(&self.shown).await;
            }
            // Told with the next heartbeat: a number is not worth a write each time.
            Report::Written(written) => self.ctx.tell_notes(written),
            Report::Acked(acks) => {
                self.ctx.tell_notes(Vec::new());
                let acked = u64::try_from(acks.len()).unwrap_or(u64::MAX);
                self.shown.sent = self.shown.sent.saturating_add(acked);
            }
            // They are in the store, and so is what changed.
            Report::Synced | Report::Changed { .. } => {}
        }
    }

    fn went_wrong(&mut self, what: &str) {
        self.shown.errors = self.shown.errors.saturating_add(1);
        self.shown.last_error = Some(LinkError {
            at: self.ctx.moment(),
            what: what.to_owned(),
        });
    }

    /// Events are numbered without gaps: how far the desk has come is how many came.
    fn count_received(&mut self) {
        if let Ok(Some(team)) = self.ctx.collab.team() {
            let first = *self.first.get_or_insert(team.cursor);
            self.shown.received = team.cursor.saturating_sub(first);
        }
    }

    async fn show(&mut self, state: TeamState, why: Option<String>) {
        if self.shown.state != state || self.shown.since.is_none() {
            self.shown.since = Some(self.ctx.moment());
        }
        self.shown.state = state;
        self.shown.why = why;
        if state != TeamState::Live {
            self.shown.latency_ms = None;
        }
        self.ctx.tell_link(&self.shown).await;
    }
}

fn over(ended: &Ended) -> Over {
    let why = sentence(&ended.to_string());
    if ended.is_passing() {
        Over::Passing(why)
    } else {
        Over::Stuck(why)
    }
}

/// In words: an id or a thread's name means nothing to a person.
fn mentioned(name: &str, on: &Subject) -> String {
    match on.kind() {
        SubjectKind::Address => format!("{name} mentioned you in the note on {}.", on.id()),
        SubjectKind::Thread => format!("{name} mentioned you in a note on a conversation."),
        SubjectKind::Customer => format!("{name} mentioned you in a note on a customer."),
        SubjectKind::Template | SubjectKind::Org => format!("{name} mentioned you."),
    }
}

impl Context {
    /// Tells the person that somebody named them.
    fn mentioned(&self, mention: &kontor_collab::Mention) {
        let name = self.collab.members().ok().and_then(|members| {
            let found = members.into_iter().find(|m| m.member == mention.by);
            found.map(|m| m.name)
        });
        let name = name.unwrap_or_else(|| "A colleague".into());
        self.notice(Notice {
            level: Level::Info,
            text: mentioned(&name, &mention.subject),
            account: None,
        });
    }
}
