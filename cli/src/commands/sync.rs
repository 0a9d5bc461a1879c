//! `sync --once` and `sync --watch`

use std::collections::BTreeSet;
use std::io;
use std::pin::pin;

use anyhow::Result;
use kontor_engine::model::{AccountId, Change, FolderId, Millis};
use kontor_engine::{Code, Error};
use serde_json::{Value, json};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Duration, MissedTickBehavior, interval};

use super::App;
use crate::args::SyncArgs;
use crate::output;
use crate::rows::Paths;

/// The bar is drawn anew this often.
const PROGRESS: Duration = Duration::from_millis(250);

/// The end takes at most so long; KONTORCTL.md allows 2 s.
const LONGEST: Duration = Duration::from_millis(1600);

/// SIGTERM and SIGINT, heard since it was made.
pub(crate) struct Ending {
    terminate: Signal,
    interrupt: Signal,
}

impl Ending {
    /// Listens from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Resolves when one of them has come.
    pub(crate) async fn came(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

pub(super) async fn run(app: &App, args: SyncArgs, ending: Option<Ending>) -> Result<()> {
    let account = app.account(args.account.as_deref()).await?;
    let days = days(&args.bodies)?;
    if let Some(ending) = ending {
        return watch(app, account, days, ending).await;
    }
    let syncing = Box::pin(app.engine.sync_once(account, days));
    let summary = if output::is_watched() {
        with_progress(app, syncing).await?
    } else {
        syncing.await?
    };
    let text = format!(
        "{} messages in {} folders, {} new, in {:.1} s.",
        summary.messages, summary.folders, summary.arrived, summary.seconds
    );
    app.answer(&serde_json::to_value(summary)?, &text);
    Ok(())
}

/// Shows how far it has come on the terminal until it is done.
async fn with_progress<T>(
    app: &App,
    syncing: impl Future<Output = kontor_engine::Result<T>> + Unpin,
) -> kontor_engine::Result<T> {
    let mut syncing = syncing;
    let mut look = interval(PROGRESS);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let done = loop {
        tokio::select! {
            done = &mut syncing => break done,
            _ = look.tick() => {
                if let Ok(view) = app.engine.overview().await {
                    let envelopes = view.accounts.iter().map(|a| a.envelopes).sum();
                    output::progress(&bar(envelopes, view.status.bodies, view.status.messages));
                }
            }
        }
    };
    output::progress("");
    done
}

/// One line: a bar of the texts that are here, and what is still to come.
fn bar(envelopes: u64, bodies: u64, messages: u64) -> String {
    const WIDTH: u64 = 30;
    let all = messages.saturating_add(envelopes);
    let full = bodies.min(all).saturating_mul(WIDTH);
    let full = full.checked_div(all).unwrap_or_default();
    let cells: String = (0..WIDTH)
        .map(|cell| if cell < full { '#' } else { '.' })
        .collect();
    format!("[{cells}] {bodies} of {all} messages")
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
async fn watch(
    app: &App,
    only: Option<AccountId>,
    days: Option<u32>,
    mut ending: Ending,
) -> Result<()> {
    let mut printer = Printer {
        app,
        only,
        seq: app.engine.change_seq().await?,
        paths: Paths::new(),
    };
    let mut commits = app.engine.commits();
    let mut closed = pin!(output::closed());
    app.engine.start(days);
    loop {
        tokio::select! {
            () = ending.came() => break,
            // A busy store may have nothing to print for long.
            () = &mut closed => break,
            _ = commits.changed() => {}
        }
        if !printer.print().await? {
            break;
        }
    }
    leave_in_time();
    app.engine.stop().await;
    // What was committed while the loops ended is told, too.
    printer.print().await.map(drop)
}

/// Ends the program however long another program keeps the store from being written: what was committed is safe, and what
/// was not is done again next time, as after a kill.
pub(super) fn leave_in_time() {
    let _unnamed = std::thread::Builder::new().spawn(|| {
        std::thread::sleep(LONGEST);
        std::process::exit(0);
    });
}

/// Entries of the change log read at once.
const PAGE: u32 = 1000;

/// Prints the change log from where it stopped.
struct Printer<'a> {
    app: &'a App,
    only: Option<AccountId>,
    seq: i64,
    /// Paths of all folders seen: one that is gone is still named in what was removed from it.
    paths: Paths,
}

impl Printer<'_> {
    /// Prints what changed since the last time; false once nobody reads any more.
    async fn print(&mut self) -> Result<bool> {
        let engine = &self.app.engine;
        let stored_at = engine.clock().now();
        loop {
            let changes = engine.changes_after(self.seq, PAGE).await?;
            if changes.seq == self.seq {
                return Ok(true);
            }
            self.seq = changes.seq;
            self.paths.extend(engine.paths().await?);
            let ours = match self.only {
                Some(id) => Some(engine.folders(Some(id)).await?),
                None => None,
            };
            let ours: Option<BTreeSet<FolderId>> =
                ours.map(|rows| rows.into_iter().map(|f| f.folder.id).collect());
            for (_, change) in changes.entries {
                if self.wanted(&change, ours.as_ref())
                    && let Some(event) = event(self.app, &change, &self.paths, stored_at).await
                    && !output::json(&event)
                {
                    return Ok(false);
                }
            }
        }
    }

    fn wanted(&self, change: &Change, ours: Option<&BTreeSet<FolderId>>) -> bool {
        match change {
            Change::Arrived { folder, .. }
            | Change::Flags { folder, .. }
            | Change::Removed { folder, .. }
            | Change::Listed { folder, .. } => ours.is_none_or(|ours| ours.contains(folder)),
            Change::Synced { account } | Change::State { account, .. } => {
                self.only.is_none_or(|id| id == *account)
            }
            Change::Thread { .. }
            | Change::Folders { .. }
            | Change::Outbox { .. }
            | Change::Accounts
            | Change::Team
            | Change::Notes
            | Change::Presence
            | Change::Customers
            | Change::Told { .. } => false,
        }
    }
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
        | Change::Accounts
        | Change::Team
        | Change::Notes
        | Change::Presence
        | Change::Customers
        | Change::Told { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_grows_with_what_is_here() {
        let check = |envelopes, bodies, messages, want: &str| {
            let line = bar(envelopes, bodies, messages);
            let cells = line.chars().filter(|c| *c == '#').count();
            assert_eq!(format!("{cells}: {}", line.split_at(33).1), want);
        };
        check(0, 0, 0, "0: 0 of 0 messages");
        check(100, 0, 200, "0: 0 of 300 messages");
        check(0, 100, 200, "15: 100 of 200 messages");
        check(0, 200, 200, "30: 200 of 200 messages");
        check(0, 7, 3, "30: 7 of 3 messages");
    }
}
