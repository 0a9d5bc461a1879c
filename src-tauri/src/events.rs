//! The change log becomes `stale` events: which questions the window should ask again.

use std::collections::BTreeSet;
use std::time::Duration;

use kontor_engine::model::Change;
use kontor_engine::{self as engine, Engine};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event as _;
use tokio::sync::broadcast::error::RecvError;

use crate::convert::small;
use crate::convert::team::{self, counted};
use crate::dto::{Level, NoteWritten, Seq};

/// Something is stale. Tags: `overview`, `threads`, `thread:ID`, `outbox`, `accounts`, `health`, `team`, `notes`,
/// `customers`.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stale {
    /// What to ask again.
    pub(crate) tags: Vec<String>,
    /// About which account, where only one is concerned.
    pub(crate) account: Option<String>,
    /// The number of the newest change.
    pub(crate) seq: Seq,
}

/// A sentence for the person.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Notice {
    /// How loud.
    pub(crate) level: Level,
    /// What happened, what is safe, what to do.
    pub(crate) text: String,
    /// About which account.
    pub(crate) account: Option<String>,
}

/// What the line to the team brought into notes, besides `stale`: shown sooner than what is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NoteNews {
    /// What others wrote; not always all of it.
    pub(crate) written: Vec<NoteWritten>,
    /// How many changes the team's server does not have yet.
    pub(crate) waiting: u32,
    /// The number of that count: the later one is right.
    pub(crate) count: Seq,
}

/// A notification was clicked: what to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Open {
    /// The conversation, where it is one that is here.
    pub(crate) thread: Option<String>,
    /// The subject whose note it is about.
    pub(crate) note: Option<String>,
}

/// Commits of a bulk sync come many a second; the window needs a few.
const TOGETHER: Duration = Duration::from_millis(15);

/// Changes asked for at once.
const PAGE: u32 = 5000;

/// A store that cannot be read is asked again after so long.
const AGAIN: Duration = Duration::from_secs(1);

/// Starts telling the window.
pub(crate) fn start(app: &AppHandle, engine: &Engine) {
    let (handle, tail) = (app.clone(), engine.clone());
    tauri::async_runtime::spawn(async move { follow(&handle, &tail).await });
    let (handle, notes) = (app.clone(), engine.clone());
    tauri::async_runtime::spawn(async move { follow_notes(&handle, &notes).await });
    let (handle, mut notices) = (app.clone(), engine.notices());
    tauri::async_runtime::spawn(async move {
        loop {
            match notices.recv().await {
                Ok(notice) => tell(&handle, notice),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
}

async fn follow_notes(app: &AppHandle, engine: &Engine) {
    let mut news = engine.note_news();
    loop {
        let event = match news.recv().await {
            Ok(news) => NoteNews {
                written: news.written.into_iter().map(team::written).collect(),
                waiting: small(news.waiting.changes),
                count: counted(news.waiting),
            },
            // What was missed is asked for when the change log tells of it.
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        if let Err(e) = event.emit(app) {
            tracing::warn!("the window does not hear: {e}");
        }
    }
}

fn tell(app: &AppHandle, notice: engine::Notice) {
    let level = match notice.level {
        engine::Level::Info => Level::Info,
        engine::Level::Warning => Level::Warning,
        engine::Level::Error => Level::Error,
    };
    let event = Notice {
        level,
        text: notice.text,
        account: notice.account.map(|a| a.to_string()),
    };
    if let Err(e) = event.emit(app) {
        tracing::warn!("the window does not hear: {e}");
    }
}

async fn follow(app: &AppHandle, engine: &Engine) {
    let mut commits = engine.commits();
    let mut seq = engine.change_seq().await.unwrap_or_default();
    loop {
        // The first commit after silence is told at once; those right behind it wait for each other.
        if commits.changed().await.is_err() {
            return;
        }
        match engine.changes_after(seq, PAGE).await {
            Ok(changes) if changes.entries.is_empty() && !changes.reset => continue,
            Ok(changes) => {
                seq = changes.seq;
                // There may be more of them, and nothing else may tell of those.
                commits.mark_changed();
                let tags = tags(changes.entries.iter().map(|(_, c)| c), changes.reset);
                let event = Stale {
                    tags,
                    account: None,
                    seq: Seq(seq),
                };
                if let Err(e) = event.emit(app) {
                    tracing::warn!("the window does not hear: {e}");
                }
            }
            Err(e) => {
                tracing::warn!("the change log cannot be read: {e}");
                commits.mark_changed();
                tokio::time::sleep(AGAIN).await;
            }
        }
        tokio::time::sleep(TOGETHER).await;
    }
}

/// What each change makes stale.
fn tags<'c>(changes: impl Iterator<Item = &'c Change>, reset: bool) -> Vec<String> {
    let mut tags: BTreeSet<String> = BTreeSet::new();
    let mut add = |names: &[&str]| tags.extend(names.iter().map(|n| (*n).to_owned()));
    if reset {
        add(&[
            "overview",
            "threads",
            "thread:*",
            "outbox",
            "accounts",
            "health",
            "team",
            "customers",
        ]);
    }
    for change in changes {
        match change {
            Change::Arrived { thread, .. }
            | Change::Flags { thread, .. }
            | Change::Removed { thread, .. } => {
                add(&["overview", "threads", &format!("thread:{thread}")]);
            }
            Change::Thread { thread } => add(&["overview", "threads", &format!("thread:{thread}")]),
            Change::Listed { .. } | Change::Folders { .. } => add(&["overview", "threads"]),
            Change::Synced { .. } | Change::State { .. } => add(&["overview", "health"]),
            Change::Outbox { .. } => add(&["outbox", "overview"]),
            Change::Accounts => add(&["accounts", "overview", "threads", "health"]),
            Change::Team => add(&["team"]),
            Change::Notes => add(&["notes"]),
            Change::Presence => add(&["presence"]),
            Change::Customers => add(&["customers"]),
            // The notification is all of it.
            Change::Told { .. } => {}
        }
    }
    tags.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use kontor_engine::model::{FolderId, MessageId, OutboxId, ThreadId};

    use super::*;

    #[test]
    fn a_change_makes_stale_what_shows_it() {
        let removed = Change::Removed {
            folder: FolderId(1),
            message: MessageId(2),
            thread: ThreadId(3),
        };
        assert_eq!(
            tags([&removed].into_iter(), false),
            ["overview", "thread:3", "threads"]
        );
        assert_eq!(
            tags(
                [&Change::Outbox {
                    outbox: OutboxId(1)
                }]
                .into_iter(),
                false
            ),
            ["outbox", "overview"]
        );
        assert!(
            tags(std::iter::empty(), true).contains(&"thread:*".to_owned()),
            "a reset concerns every thread"
        );
    }
}
