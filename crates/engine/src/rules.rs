//! Rules of views: a mail that arrives and belongs to a view is starred, or told.
//!
//! Only the process that has the claim of the profile acts. It follows the change log from a place kept in the profile; what
//! the rules do to a mail, that they have looked at it, and the new place are one transaction: however a process ends,
//! nothing is done twice. Mail whose body is not here yet waits for it, since no search finds it before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_mail::search;
use kontor_model::{Action, Change, MessageId, OperationId};
use kontor_store::{UnruledMail, Write};
use tokio_util::sync::CancellationToken;

use crate::context::{Context, blocking};
use crate::crm;
use crate::engine::Engine;
use crate::error::Result;
use crate::searching::with_facts;
use crate::views;

/// Up to which change arrivals were looked at.
pub(crate) const PLACE: &str = "views.arrivals";

/// Changes looked through at once.
const CHANGES: u32 = 5000;

/// A server's clock may be this much behind ours, milliseconds.
const CLOCKS: i64 = 3_600_000;

/// Changes looked through, and what is to be done for them.
struct Step {
    seq: i64,
    /// More changes wait.
    more: bool,
    /// Mail arrived, also such as no rule is for.
    arrived: bool,
    mails: Vec<UnruledMail>,
    deeds: BTreeMap<MessageId, Deed>,
}

/// What the rules want done with a mail.
#[derive(Default)]
struct Deed {
    star: bool,
    /// The first view that wants it told.
    tell: Option<String>,
}

/// Acts until told to end, and then on what has come by then.
pub(crate) async fn run(ctx: Arc<Context>, end: CancellationToken) {
    let mut commits = ctx.store.commits();
    let mut seen = 0;
    loop {
        let ending = end.is_cancelled();
        if let Err(e) = act(&ctx, &mut seen).await {
            tracing::warn!("the rules of views could not be followed: {e}");
        }
        if ending {
            return;
        }
        tokio::select! {
            () = end.cancelled() => {}
            changed = commits.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

/// Follows the rules for all that arrived; `seen` is the change this process has come to. Answers what is to be carried out at
/// the servers. Only with the claim of the profile.
pub(crate) async fn act(ctx: &Arc<Context>, seen: &mut i64) -> Result<Vec<OperationId>> {
    let mut made = Vec::new();
    loop {
        let (known, from) = (Arc::clone(ctx), *seen);
        let Some(step) = blocking(move || step(&known, from)).await? else {
            return Ok(made);
        };
        let (seq, more) = (step.seq, step.more);
        if more || step.arrived || !step.mails.is_empty() {
            let operations = ctx.write(move |w| done(w, &step)).await?;
            Engine::around(ctx).ring_accounts(&operations).await?;
            made.extend(operations);
        }
        *seen = seq;
        if !more {
            return Ok(made);
        }
    }
}

/// What is to be done for the next changes; `None` while no view has a rule.
fn step(ctx: &Context, seen: i64) -> Result<Option<Step>> {
    if views::kept(ctx)?.rules.is_empty() {
        return Ok(None);
    }
    let mut step = ctx.store.read(|r| {
        let place = r.setting(PLACE)?.and_then(|place| place.parse().ok());
        let changes = r.changes_after(seen.max(place.unwrap_or(0)), CHANGES)?;
        let arrived = changes.entries.iter().filter_map(|(_, change)| {
            if let Change::Arrived { message, .. } = change {
                Some(*message)
            } else {
                None
            }
        });
        let arrived: BTreeSet<MessageId> = arrived.collect();
        Ok(Step {
            seq: changes.seq,
            more: u32::try_from(changes.entries.len()).is_ok_and(|n| n >= CHANGES),
            arrived: !arrived.is_empty(),
            mails: r.unruled(&arrived)?,
            deeds: BTreeMap::new(),
        })
    })?;
    if !step.mails.is_empty() {
        step.deeds = deeds(ctx, &step.mails)?;
    }
    Ok(Some(step))
}

/// Asks the search of each view that has a rule which of the mails it finds.
fn deeds(ctx: &Context, mails: &[UnruledMail]) -> Result<BTreeMap<MessageId, Deed>> {
    let mut deeds: BTreeMap<MessageId, Deed> = BTreeMap::new();
    // Read behind the mails: a rule that was made meanwhile says itself that it is not for them.
    let kept = views::kept(ctx)?;
    let rules = kept.rules.clone();
    for view in kept.shown(crm::is_connected(ctx)?) {
        let Some(rule) = rules.get(&view.id) else {
            continue;
        };
        let covered = mails.iter().filter(|mail| {
            mail.searchable
                && mail.message.0 > rule.after
                && mail.received_at.0 >= rule.since.saturating_sub(CLOCKS)
        });
        let covered: Vec<MessageId> = covered.map(|mail| mail.message).collect();
        if covered.is_empty() {
            continue;
        }
        let query = with_facts(ctx, search::parse(&view.search))?.query;
        for message in ctx.store.read(|r| r.search_among(&query, &covered))? {
            let deed = deeds.entry(message).or_default();
            deed.star |= rule.star;
            if rule.tell && deed.tell.is_none() {
                deed.tell = Some(view.id.clone());
            }
        }
    }
    Ok(deeds)
}

fn done(w: &mut Write<'_>, step: &Step) -> kontor_store::Result<Vec<OperationId>> {
    let star = Action::Flags {
        add: vec!["\\Flagged".to_owned()],
        remove: Vec::new(),
    };
    let mut operations = Vec::new();
    for mail in &step.mails {
        if !w.put_ruled(mail.message, !mail.searchable)? {
            continue;
        }
        let deed = step.deeds.get(&mail.message);
        if deed.is_some_and(|deed| deed.star) {
            let places = w.placements(mail.message)?;
            let places: Vec<_> = places.into_iter().map(|place| place.id).collect();
            operations.extend(w.journal(&star, &places)?);
        }
        if let Some(view) = deed.and_then(|deed| deed.tell.clone()) {
            w.log(&Change::Told {
                message: mail.message,
                thread: mail.thread,
                view,
            })?;
        }
    }
    w.set_setting(PLACE, &step.seq.to_string())?;
    Ok(operations)
}
