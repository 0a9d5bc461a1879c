//! `sync --once` and `sync --watch`

use std::collections::BTreeSet;

use anyhow::Result;
use kontor_engine::model::{AccountId, Change, Millis};
use kontor_engine::{Code, Error};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Duration, MissedTickBehavior, interval};

use super::{App, account_id};
use crate::args::SyncArgs;
use crate::output;
use crate::rows::Paths;

/// Another process's commits are looked for this often; our own wake us at once.
const LOOK: Duration = Duration::from_millis(50);

pub(super) async fn run(app: &App, args: SyncArgs) -> Result<()> {
    let account = account_id(args.account.as_deref())?;
    let days = days(&args.bodies)?;
    if args.watch {
        return watch(app, account, days).await;
    }
    let summary = app.engine.sync_once(account, days).await?;
    let text = format!(
        "{} messages in {} folders, {} new, in {:.1} s.",
        summary.messages, summary.folders, summary.arrived, summary.seconds
    );
    app.answer(&serde_json::to_value(summary)?, &text);
    Ok(())
}

fn days(bodies: &str) -> Result<Option<u32>, Error> {
    if bodies == "all" {
        return Ok(None);
    }
    let wrong = || Error {
        code: Code::Usage,
        message: format!("--bodies wants “all” or a number of days, not “{bodies}”."),
    };
    bodies.parse().map(Some).map_err(|_unreadable| wrong())
}

/// Stays until SIGTERM or a closed stdout, printing the change log as it grows.
async fn watch(app: &App, only: Option<AccountId>, days: Option<u32>) -> Result<()> {
    let mut seq = app.engine.change_seq().await?;
    let mut commits = app.engine.commits();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    app.engine.start(days);
    let mut version = app.engine.data_version()?;
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = commits.changed() => {}
            _ = look.tick() => {
                let now = app.engine.data_version()?;
                if now == version {
                    if output::is_closed() {
                        break;
                    }
                    continue;
                }
                version = now;
            }
        }
        let stored_at = app.engine.clock().now();
        if !print_changes(app, only, &mut seq, stored_at).await? {
            break;
        }
    }
    app.engine.stop().await;
    Ok(())
}

async fn print_changes(
    app: &App,
    only: Option<AccountId>,
    seq: &mut i64,
    stored_at: Millis,
) -> Result<bool> {
    let changes = app.engine.changes_after(*seq, 10_000).await?;
    *seq = changes.seq;
    if changes.entries.is_empty() {
        return Ok(true);
    }
    let paths = app.engine.paths().await?;
    let folders = app.engine.folders(only).await?;
    let ours: BTreeSet<_> = folders.iter().map(|f| f.folder.id).collect();
    for (_, change) in changes.entries {
        let wanted = match &change {
            Change::Arrived { folder, .. }
            | Change::Flags { folder, .. }
            | Change::Removed { folder, .. }
            | Change::Listed { folder, .. } => ours.contains(folder),
            Change::Synced { account } | Change::State { account, .. } => {
                only.is_none_or(|id| id == *account)
            }
            Change::Thread { .. }
            | Change::Folders { .. }
            | Change::Outbox { .. }
            | Change::Accounts => false,
        };
        if wanted
            && !event(app, &change, &paths, stored_at)
                .await
                .is_none_or(|e| output::json(&e))
        {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn event(app: &App, change: &Change, paths: &Paths, stored_at: Millis) -> Option<Value> {
    let path = |folder| paths.get(folder).cloned();
    let at = stored_at.to_string();
    Some(match change {
        Change::Arrived {
            account,
            folder,
            message,
            layer,
            announced_at,
            ..
        } => json!({
            "event": "arrived",
            "account": account.to_string(),
            "folder": path(folder),
            "message": message.to_string(),
            "message_id": app.engine.message(*message).await.ok()?.row.message_id,
            "announced_at": announced_at.to_string(),
            "stored_at": at,
            "layer": layer.as_str(),
        }),
        Change::Flags {
            folder,
            message,
            flags,
            ..
        } => {
            json!({ "event": "flags", "folder": path(folder), "message": message.to_string(), "flags": flags.names() })
        }
        Change::Removed {
            folder, message, ..
        } => json!({ "event": "removed", "folder": path(folder), "message": message.to_string() }),
        Change::State {
            account,
            state,
            why,
        } => {
            json!({ "event": "state", "account": account.to_string(), "state": state.as_str(), "why": why, "at": at })
        }
        Change::Listed { folder, count } => {
            json!({ "event": "listed", "folder": path(folder), "count": count, "at": at })
        }
        Change::Synced { account } => {
            json!({ "event": "synced", "account": account.to_string(), "at": at })
        }
        Change::Thread { .. }
        | Change::Folders { .. }
        | Change::Outbox { .. }
        | Change::Accounts => return None,
    })
}
