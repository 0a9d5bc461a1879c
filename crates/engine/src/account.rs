//! One account's life while this process has the claim of the profile (DESIGN.md §4).
//!
//! Three lines to the server, each with its own reconnecting: **main** does what a person waits for (operations,
//! arrivals, polls, bodies asked for); **watching** sits in IDLE or NOTIFY and pokes main; **backfill** brings older
//! envelopes and all bodies, newest first. Main decides the account's state; a broken watch means polling, not offline.
//! A jump of the clock or another route to the server means new lines at once. The **outbox** has a life beside them: a
//! broken line of reading is no reason to break off a mail that is leaving.

mod backfill;
mod drafts;
mod filing;
mod listing;
mod making;
mod operations;
mod outgoing;
mod requests;
pub(crate) mod watching;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kontor_mail::provider::{Fault, Poke, Provider as _};
use kontor_model::{Account, AccountId, AccountState, Change, Layer};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::context::Context;
use crate::line::{self, Line};
use crate::notice::{Level, Notice};

use listing::look_at_all;
use operations::{Put, carry_out};

pub(crate) use drafts::forget_copy;
pub(crate) use making::{as_listed, place_for};
pub(crate) use requests::{Asked, Wish, ask, everything, given_up, have_done, waiting_work};

/// A line that held so long was a good one: when it breaks, the next one is made at once.
const GOOD: Duration = Duration::from_secs(10);

/// A look once in a while finds out that a server changed its mind about a sign-in or its certificate.
const REFUSED: Duration = Duration::from_secs(900);

/// Everything the parts of one account's life share.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) ctx: Arc<Context>,
    pub(crate) account: Account,
    /// Rung when there are older envelopes or bodies to bring.
    pub(crate) backfill: Notify,
    /// Counts how often the backfill found that everything is here.
    pub(crate) complete: watch::Sender<u64>,
    /// True once it was said that everything is here.
    pub(crate) said_synced: AtomicBool,
    /// Why push does not work; `None` while it does, empty before the first try.
    push_down: watch::Sender<Option<String>>,
    /// Rung when the watching line broke or cannot be made: main's may be dead, too, though nothing said so.
    doubt: Notify,
    /// Reasons to look, for main.
    pokes: mpsc::Sender<Poke>,
    poked: Mutex<Option<mpsc::Receiver<Poke>>>,
    /// True once main has looked at everything over its present line.
    up: AtomicBool,
    /// True when the server was reached again: mails that could not be offered go now.
    pub(crate) reached: AtomicBool,
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
            complete: watch::Sender::new(0),
            said_synced: AtomicBool::new(false),
            push_down: watch::Sender::new(Some(String::new())),
            doubt: Notify::new(),
            pokes,
            poked: Mutex::new(Some(poked)),
            up: AtomicBool::new(false),
            reached: AtomicBool::new(false),
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

    /// Records that it begins to connect, and says so even where that is what was recorded last: whoever watches wants to
    /// hear of every beginning.
    async fn begins(&self) {
        let (id, state) = (self.id(), AccountState::Connecting);
        let record = move |w: &mut kontor_store::Write<'_>| {
            if !w.set_account_state(id, state, "")? {
                let why = String::new();
                w.log(&Change::State {
                    account: id,
                    state,
                    why,
                })?;
            }
            Ok(())
        };
        if let Err(e) = self.ctx.write(record).await {
            tracing::error!(account = id.0, "cannot record the state: {e}");
        }
    }

    /// Gives main a reason to look; when it has plenty already, one more changes nothing.
    pub(crate) fn poke(&self, poke: Poke) {
        drop(self.pokes.try_send(poke));
    }

    /// The reasons to look, for the one main there is.
    fn take_poked(&self) -> Option<mpsc::Receiver<Poke>> {
        let mut poked = self.poked.lock().unwrap_or_else(PoisonError::into_inner);
        poked.take()
    }

    fn tell_alerts(&self, line: &mut Line) {
        for text in line.take_alerts() {
            self.alert(text);
        }
    }

    fn alert(&self, text: String) {
        self.ctx.notice(Notice {
            level: Level::Warning,
            text,
            account: Some(self.id()),
        });
    }
}

/// Keeps one account in step until `gone`.
pub(crate) async fn keep(
    ctx: Arc<Context>,
    account: Account,
    body_days: Option<u32>,
    gone: CancellationToken,
) {
    let life = Life::new(ctx, account, body_days);
    tokio::join!(stay_connected(&life, &gone), outgoing::run(&life, &gone));
}

async fn stay_connected(life: &Life, gone: &CancellationToken) {
    let seed = u64::from(std::process::id()).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ life.id().0.unsigned_abs();
    let (mut broken, mut busy) = (Backoff::for_lines(seed), Backoff::for_busy(seed));
    let bells = life.ctx.wakes.bells(life.id());
    let Some(mut poked) = life.take_poked() else {
        return;
    };
    life.begins().await;
    while !gone.is_cancelled() {
        let started = Instant::now();
        let end = tokio::select! {
            () = gone.cancelled() => return,
            end = connected(life, &mut poked) => end,
        };
        let was_good = life.up.swap(false, Ordering::SeqCst) && started.elapsed() > GOOD;
        if was_good {
            broken.reset();
            busy.reset();
        }
        let pause = match end {
            Ok(()) => Duration::ZERO,
            Err(fault @ (Fault::SignIn(_) | Fault::Tls(_))) => {
                life.fares(AccountState::NeedsYou, &fault.to_string()).await;
                REFUSED
            }
            Err(Fault::Busy(why)) => {
                life.fares(AccountState::Offline, &why).await;
                busy.next()
            }
            // It may be a hiccup: the person hears "offline" when the next try has failed as well.
            Err(fault) if was_good => {
                tracing::info!(account = life.id().0, "connecting anew: {fault}");
                life.fares(AccountState::Connecting, &fault.to_string())
                    .await;
                Duration::ZERO
            }
            Err(fault) => {
                life.fares(AccountState::Offline, &fault.to_string()).await;
                broken.next()
            }
        };
        wait(pause, &bells.work, gone).await;
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
async fn connected(life: &Life, poked: &mut mpsc::Receiver<Poke>) -> Result<(), Fault> {
    let mut line = line::connect(&life.ctx, &life.account).await?;
    life.fares(AccountState::Connecting, "").await;
    life.push_down.send_replace(Some(String::new()));
    life.reached.store(true, Ordering::SeqCst);
    life.ctx.wakes.ring_outbox(life.id());
    tokio::select! {
        end = Box::pin(main(life, &mut line, poked)) => end,
        end = Box::pin(watching::watch(life)) => end,
        end = Box::pin(backfill::run(life)) => end,
        () = watching::network_changed() => {
            tracing::info!(account = life.id().0, "the network changed or the computer slept: connecting anew");
            Ok(())
        }
    }
}

/// What a person waits for, in the order it comes.
async fn main(life: &Life, line: &mut Line, poked: &mut mpsc::Receiver<Poke>) -> Result<(), Fault> {
    let bells = life.ctx.wakes.bells(life.id());
    let mut push = life.push_down.subscribe();
    let mut complete = life.complete.subscribe();
    carry_out(life, line, Put::Due).await?;
    look_at_all(life, line, Layer::Poll, false).await?;
    life.up.store(true, Ordering::SeqCst);
    let mut waiting = Vec::new();
    requests::serve(life, line, &mut waiting).await?;
    life.backfill.notify_one();
    report(life, &mut push).await;
    let mut poll = interval(life.ctx.rhythm.poll);
    let mut reconcile = interval(life.ctx.reconcile_every().await);
    // The first tick of an interval comes at once; we have just looked.
    poll.reset();
    reconcile.reset();
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    reconcile.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut drafts_at = drafts::mirror(life, line).await?;
    loop {
        tokio::select! {
            biased;
            poke = poked.recv() => match poke {
                Some(Poke::Folder { wire, at }) => listing::look_at_poked(life, line, &wire, at, poked).await?,
                Some(Poke::Alert(text)) => life.alert(text),
                Some(Poke::Renew) | None => {}
            },
            () = bells.work.notified() => {
                carry_out(life, line, Put::Due).await?;
                requests::serve(life, line, &mut waiting).await?;
            }
            _ = push.changed() => report(life, &mut push).await,
            _ = complete.changed() => requests::settle(life, line, &mut waiting).await?,
            () = bells.drafts.notified() => drafts_at = drafts::mirror(life, line).await?,
            () = at(drafts_at) => drafts_at = drafts::mirror(life, line).await?,
            () = next_look(&mut poll, &life.doubt) => {
                carry_out(life, line, Put::Due).await?;
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

/// Resolves when it is time to look, or at once when the line is in doubt.
async fn next_look(poll: &mut Interval, doubt: &Notify) {
    tokio::select! {
        _ = poll.tick() => {}
        () = doubt.notified() => {}
    }
}

/// Resolves at a moment; never where there is none.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
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
