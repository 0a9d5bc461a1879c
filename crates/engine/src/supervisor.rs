//! Claims the profile, keeps one life per account, sees what other processes leave, tidies up when idle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kontor_model::AccountId;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::account;
use crate::context::Context;
use crate::profile::Claim;

/// Another process's change is seen within this; one look costs microseconds.
const LOOK: Duration = Duration::from_millis(200);

/// Old rows of the change log and the outbox go this often.
const TIDY: Duration = Duration::from_secs(60);

/// Waits for the claim, then lives until the engine stops. The claim is given up last.
pub(crate) async fn run(ctx: Arc<Context>, body_days: Option<u32>) {
    let Some(claim) = claim(&ctx).await else {
        return;
    };
    ctx.owner.store(true, Ordering::SeqCst);
    let mut lives: BTreeMap<AccountId, CancellationToken> = BTreeMap::new();
    let mut look = interval(LOOK);
    let mut tidy = interval(TIDY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tidy.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = ctx.store.data_version().unwrap_or_default();
    populate(&ctx, &mut lives, body_days).await;
    loop {
        tokio::select! {
            () = ctx.stop.cancelled() => break,
            () = ctx.wakes.accounts.notified() => populate(&ctx, &mut lives, body_days).await,
            _ = tidy.tick() => {
                // One step at a time, so that arrivals never wait for more than that.
                match ctx.store.tidy(ctx.clock.now()).await {
                    Ok(true) => tidy.reset_after(Duration::from_millis(100)),
                    Ok(false) => {}
                    Err(e) => tracing::warn!("cannot tidy the store: {e}"),
                }
            }
            _ = look.tick() => {
                let now = ctx.store.data_version().unwrap_or(seen);
                if now != seen {
                    seen = now;
                    ctx.wakes.ring_all();
                }
            }
        }
    }
    for life in lives.values() {
        life.cancel();
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

/// Starts lives for accounts that came, ends those of accounts that went.
async fn populate(
    ctx: &Arc<Context>,
    lives: &mut BTreeMap<AccountId, CancellationToken>,
    body_days: Option<u32>,
) {
    let Ok(rows) = ctx.read(|r| r.accounts()).await else {
        return;
    };
    let now: Vec<AccountId> = rows.iter().map(|r| r.account.id).collect();
    lives.retain(|id, life| {
        let stays = now.contains(id);
        if !stays {
            life.cancel();
        }
        stays
    });
    for id in now {
        lives.entry(id).or_insert_with(|| {
            let gone = ctx.stop.child_token();
            ctx.tasks
                .spawn(account::keep(Arc::clone(ctx), id, body_days, gone.clone()));
            gone
        });
    }
}
