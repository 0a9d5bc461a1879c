//! One account's life while this process has the claim of the profile (DESIGN.md §4).
//!
//! Three lines to the server, each with its own reconnecting: **main** does what a person waits for (operations, the
//! outbox, arrivals, polls, bodies asked for); **watching** sits in IDLE or NOTIFY and pokes main; **backfill** brings
//! older envelopes and all bodies, newest first. Main decides the account's state; a broken watch means polling, not
//! offline. A jump of the clock or another route to the server means new lines at once.

mod backfill;
mod listing;
mod operations;
mod outgoing;
mod requests;
mod watching;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kontor_mail::provider::{Fault, Poke, Provider as _};
use kontor_model::{Account, AccountId, AccountState, Layer};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::context::Context;
use crate::line::{self, Line};
use crate::notice::{Level, Notice};

use listing::look_at_all;
use operations::carry_out;

pub(crate) use requests::{LOOK, ONCE, ask, everything, fetch_body, waiting_work};

/// Layer 2 looks this often.
const POLL: Duration = Duration::from_secs(30);

/// Everything the parts of one account's life share.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) ctx: Arc<Context>,
    pub(crate) account: Account,
    /// Rung when there are older envelopes or bodies to bring.
    pub(crate) backfill: Notify,
    /// Why push does not work; `None` while it does, empty before the first try.
    push_down: watch::Sender<Option<String>>,
    /// Reasons to look, for main.
    pokes: mpsc::Sender<Poke>,
    poked: Mutex<Option<mpsc::Receiver<Poke>>>,
    /// How many days of bodies to keep; `None` for all.
    pub(crate) body_days: Option<u32>,
}

impl Life {
    pub(crate) fn new(ctx: Arc<Context>, account: Account, body_days: Option<u32>) -> Self {
        let (pokes, poked) = mpsc::channel(64);
        Self {
            ctx,
            account,
            backfill: Notify::new(),
            push_down: watch::Sender::new(Some(String::new())),
            pokes,
            poked: Mutex::new(Some(poked)),
            body_days,
        }
    }

    pub(crate) fn id(&self) -> AccountId {
        self.account.id
    }

    /// Records how the account fares.
    pub(crate) async fn fares(&self, state: AccountState, why: &str) {
        let (id, why) = (self.id(), why.to_owned());
        let recorded = self
            .ctx
            .write(move |w| w.set_account_state(id, state, &why))
            .await;
        if let Err(e) = recorded {
            tracing::error!(account = id.0, "cannot record the state: {e}");
        }
    }

    /// Gives main a reason to look; when it has plenty already, one more changes nothing.
    pub(crate) fn poke(&self, poke: Poke) {
        drop(self.pokes.try_send(poke));
    }

    fn tell_alerts(&self, line: &mut Line) {
        for text in line.take_alerts() {
            self.ctx.notice(Notice {
                level: Level::Warning,
                text,
                account: Some(self.id()),
            });
        }
    }
}

/// Keeps one account in step until `gone`.
pub(crate) async fn keep(
    ctx: Arc<Context>,
    id: AccountId,
    body_days: Option<u32>,
    gone: CancellationToken,
) {
    let seed =
        u64::from(std::process::id()).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ id.0.unsigned_abs();
    let (mut broken, mut busy) = (Backoff::for_lines(seed), Backoff::for_busy(seed));
    while !gone.is_cancelled() {
        let Ok(row) = ctx.read(move |r| r.account(id)).await else {
            return;
        };
        let life = Life::new(Arc::clone(&ctx), row.account, body_days);
        let bells = ctx.wakes.bells(id);
        let started = Instant::now();
        let end = tokio::select! {
            () = gone.cancelled() => return,
            end = connected(&life) => end,
        };
        // Lines that held for a while were good ones.
        if started.elapsed() > Duration::from_secs(60) {
            broken.reset();
            busy.reset();
        }
        let pause = match end {
            Ok(()) => Duration::ZERO,
            Err(fault @ (Fault::SignIn(_) | Fault::Tls(_))) => {
                life.fares(AccountState::NeedsYou, &fault.to_string()).await;
                // Only the person can help; a look once in a while finds out that the server changed its mind.
                Duration::from_secs(900)
            }
            Err(Fault::Busy(why)) => {
                life.fares(AccountState::Offline, &why).await;
                busy.next()
            }
            Err(fault) => {
                life.fares(AccountState::Offline, &fault.to_string()).await;
                broken.next()
            }
        };
        wait(pause, &bells.work, &gone).await;
    }
}

/// Waits, but not longer than until the network changes, the computer wakes, or somebody rings.
async fn wait(pause: Duration, bell: &Notify, gone: &CancellationToken) {
    if pause.is_zero() {
        return;
    }
    tokio::select! {
        () = gone.cancelled() => {}
        () = tokio::time::sleep(pause) => {}
        () = bell.notified() => {}
        () = watching::network_changed() => {}
    }
}

/// Connects and stays; ends with what broke the main line, or `Ok` when it should connect anew at once.
async fn connected(life: &Life) -> Result<(), Fault> {
    life.fares(AccountState::Connecting, "").await;
    let mut line = line::connect(&life.ctx, &life.account).await?;
    let poked = life
        .poked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let Some(poked) = poked else { return Ok(()) };
    tokio::select! {
        end = main(life, &mut line, poked) => end,
        end = watching::watch(life) => end,
        end = backfill::run(life) => end,
        end = outgoing::run(life) => end,
        () = watching::network_changed() => {
            tracing::info!(account = life.id().0, "the network changed or the computer slept: connecting anew");
            Ok(())
        }
    }
}

/// What a person waits for, in the order it comes.
async fn main(life: &Life, line: &mut Line, mut poked: mpsc::Receiver<Poke>) -> Result<(), Fault> {
    let bells = life.ctx.wakes.bells(life.id());
    let mut push = life.push_down.subscribe();
    carry_out(life, line).await?;
    look_at_all(life, line, Layer::Poll, false).await?;
    life.backfill.notify_one();
    report(life, &mut push).await;
    let reconcile_every = life.ctx.reconcile_every().await;
    let mut poll = interval(POLL);
    let mut reconcile = interval(reconcile_every);
    // The first tick of an interval comes at once; we have just looked.
    poll.reset();
    reconcile.reset();
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    reconcile.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            poke = poked.recv() => match poke {
                Some(Poke::Folder { wire, at }) => listing::look_at_poked(life, line, &wire, at, &mut poked).await?,
                Some(Poke::Alert(text)) => life.ctx.notice(Notice { level: Level::Warning, text, account: Some(life.id()) }),
                Some(Poke::Renew) | None => {}
            },
            () = bells.work.notified() => {
                requests::serve(life, line).await?;
                carry_out(life, line).await?;
            }
            _ = push.changed() => report(life, &mut push).await,
            _ = poll.tick() => {
                look_at_all(life, line, Layer::Poll, false).await?;
                life.backfill.notify_one();
                report(life, &mut push).await;
            }
            _ = reconcile.tick() => {
                look_at_all(life, line, Layer::Reconcile, true).await?;
                life.backfill.notify_one();
            }
        }
        life.tell_alerts(line);
    }
}

/// Live while push works, else polling and why.
async fn report(life: &Life, push: &mut watch::Receiver<Option<String>>) {
    let down = push.borrow_and_update().clone();
    match down.as_deref() {
        None => life.fares(AccountState::Live, "").await,
        // Not yet tried: still connecting in the person's eyes.
        Some("") => {}
        Some(why) => life.fares(AccountState::Polling, why).await,
    }
}
