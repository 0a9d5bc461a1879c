//! Claims the profile, keeps one life per account, sees what other processes leave, tidies up when idle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kontor_model::{Account, AccountId};
use kontor_store::WorkMark;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::account;
use crate::context::Context;
use crate::look::{LOOK, Looks};
use crate::profile::Claim;
use crate::rules;

/// Old rows of the change log and the outbox go this often.
const TIDY: Duration = Duration::from_secs(60);

/// Waits for the claim, then lives until the engine stops. The claim is given up last, when the last life has ended:
/// two processes must never talk to servers for one profile.
pub(crate) async fn run(ctx: Arc<Context>, body_days: Option<u32>) {
    let Some(claim) = claim(&ctx).await else {
        return;
    };
    ctx.owner.store(true, Ordering::SeqCst);
    let mut household = Household {
        ctx: Arc::clone(&ctx),
        body_days,
        lives: BTreeMap::new(),
        ending: Vec::new(),
        marks: BTreeMap::new(),
    };
    let ended = CancellationToken::new();
    let rules = ctx.tasks.spawn(rules::run(Arc::clone(&ctx), ended.clone()));
    household.keep_house().await;
    household.close().await;
    // The last arrivals are in the store.
    ended.cancel();
    if let Err(e) = rules.await {
        tracing::error!("the rules of views broke: {e}");
    }
    ctx.owner.store(false, Ordering::SeqCst);
    drop(claim);
}

async fn claim(ctx: &Context) -> Option<Claim> {
    loop {
        match ctx.profile.claim() {
            Ok(Some(claim)) => return Some(claim),
            Ok(None) => {}
            Err(e) => tracing::error!("cannot claim the profile: {e}"),
        }
        tokio::select! {
            () = ctx.stop.cancelled() => return None,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// One account's life under way.
struct Living {
    account: Account,
    gone: CancellationToken,
    task: JoinHandle<()>,
}

/// The lives of all accounts.
struct Household {
    ctx: Arc<Context>,
    body_days: Option<u32>,
    lives: BTreeMap<AccountId, Living>,
    /// Lives that were told to end.
    ending: Vec<JoinHandle<()>>,
    marks: BTreeMap<AccountId, WorkMark>,
}

impl Household {
    async fn keep_house(&mut self) {
        let ctx = Arc::clone(&self.ctx);
        let mut tidy = interval(TIDY);
        tidy.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The start has better things to do.
        tidy.reset();
        let mut looks = Looks::from_now(&ctx.store);
        self.populate().await;
        loop {
            tokio::select! {
                () = ctx.stop.cancelled() => return,
                () = ctx.wakes.accounts.notified() => self.populate().await,
                _ = tidy.tick() => {
                    // One step at a time, so that arrivals never wait for more than that.
                    let now = ctx.clock.now();
                    let tidied = if ctx.paces.any() {
                        ctx.store.tidy_in_passing(now).await
                    } else {
                        ctx.store.tidy(now).await
                    };
                    match tidied {
                        Ok(true) => tidy.reset_after(Duration::from_millis(100)),
                        Ok(false) => {}
                        Err(e) => tracing::warn!("cannot tidy the store: {e}"),
                    }
                    self.ending.retain(|task| !task.is_finished());
                }
                () = looks.next() => {
                    self.populate().await;
                    self.ring_for_new_work().await;
                }
            }
        }
    }

    /// Starts lives for accounts that came, ends those of accounts that went, begins anew where an account changed or
    /// its life broke.
    async fn populate(&mut self) {
        let Ok(rows) = self.ctx.read(|r| r.accounts()).await else {
            return;
        };
        let wanted: BTreeMap<AccountId, Account> = rows
            .into_iter()
            .map(|r| (r.account.id, r.account))
            .collect();
        let over: Vec<AccountId> = self
            .lives
            .iter()
            .filter(|(id, life)| wanted.get(id) != Some(&life.account) || life.task.is_finished())
            .map(|(id, _)| *id)
            .collect();
        for id in over {
            if let Some(life) = self.lives.remove(&id) {
                life.gone.cancel();
                self.ending.push(life.task);
            }
        }
        for (id, account) in wanted {
            if self.lives.contains_key(&id) {
                continue;
            }
            let gone = self.ctx.stop.child_token();
            let life = account::keep(
                Arc::clone(&self.ctx),
                account.clone(),
                self.body_days,
                gone.clone(),
            );
            let task = self.ctx.tasks.spawn(life);
            self.lives.insert(
                id,
                Living {
                    account,
                    gone,
                    task,
                },
            );
        }
    }

    /// Rings only where something waits that did not wait before: our own writes are no reason to look again.
    async fn ring_for_new_work(&mut self) {
        let Ok(marks) = self.ctx.read(|r| r.work_marks()).await else {
            return;
        };
        for (id, mark) in &marks {
            let before = self.marks.get(id).copied().unwrap_or_default();
            if mark.rose_since(&before) {
                self.ctx.wakes.ring_all(*id);
            }
        }
        self.marks = marks;
    }

    async fn close(self) {
        let lives = self.lives.into_values().map(|life| {
            life.gone.cancel();
            life.task
        });
        for task in lives.chain(self.ending) {
            if let Err(e) = task.await {
                tracing::error!("an account's life broke: {e}");
            }
        }
    }
}
