//! What lists show: the overview, threads, messages, and what changed in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_model::{AccountId, Change, FolderId, MessageId, MessageRow, Millis, Role, ThreadId};
use kontor_store::{AccountRow, FolderRow, MessageDetail, Page, Read, StoreStatus, ThreadRow};

use crate::context::blocking;
use crate::crm::{ListOrder, order};
use crate::engine::Engine;
use crate::error::{self, Error, Result};

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All folders of a role, over all accounts.
    Role(Role),
    /// One folder.
    Folder(FolderId),
}

/// An account, and what of it is still at the server only.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// The account and how it fares.
    pub row: AccountRow,
    /// Envelopes not here yet.
    pub envelopes: u64,
    /// Bodies not here yet.
    pub bodies: u64,
    /// Seconds until all bodies are here at the present pace; `None` while there is none to tell by.
    pub seconds_left: Option<u32>,
    /// When the server was last looked at, by any layer.
    pub looked_at: Option<Millis>,
}

/// Everything the rail shows, of one moment.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The accounts.
    pub accounts: Vec<AccountView>,
    /// All their folders.
    pub folders: Vec<FolderRow>,
    /// The profile in numbers.
    pub status: StoreStatus,
    /// The number of the newest change.
    pub seq: i64,
}

/// What changed in a list.
#[derive(Clone, Debug)]
pub struct ThreadDelta {
    /// Ask with this next time.
    pub seq: i64,
    /// Rows that are new or differ.
    pub upserts: Vec<ThreadRow>,
    /// Threads no longer in the list.
    pub removed: Vec<ThreadId>,
    /// Too much has changed: start over.
    pub reset: bool,
}

/// More changed threads than this are not told one by one: the list is asked anew.
const DELTA: usize = 200;

/// A conversation: its subject, and its messages oldest first.
pub type Conversation = (String, Vec<MessageDetail>);

impl Engine {
    /// Returns everything the rail shows.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn overview(&self) -> Result<Overview> {
        let ctx = Arc::clone(&self.ctx);
        self.ctx
            .read(move |r| {
                let mut accounts = Vec::new();
                for row in r.accounts()? {
                    let id = row.account.id;
                    let (envelopes, bodies) = r.backlog(id)?;
                    let looked_at = r.layer_stats(id)?.iter().map(|s| s.last_at).max();
                    accounts.push(AccountView {
                        row,
                        envelopes,
                        bodies,
                        seconds_left: ctx.paces.seconds_for(id, envelopes.saturating_add(bodies)),
                        looked_at,
                    });
                }
                Ok(Overview {
                    accounts,
                    folders: r.folders(None)?,
                    status: r.status()?,
                    seq: r.change_seq()?,
                })
            })
            .await
    }

    /// Returns the folders, of one account or all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn folders(&self, account: Option<AccountId>) -> Result<Vec<FolderRow>> {
        self.ctx.read(move |r| r.folders(account)).await
    }

    /// Returns a page of threads in an order and the number of the newest change they show.
    ///
    /// # Errors
    /// When the store cannot be read or the cursor is not one of ours.
    pub async fn threads(
        &self,
        scope: Scope,
        order: ListOrder,
        after: Option<String>,
        limit: u32,
    ) -> Result<(Page<ThreadRow>, i64)> {
        let numbers = if order == ListOrder::Newest { 1 } else { 2 };
        error::cursor(after.as_deref(), numbers)?;
        let ctx = Arc::clone(&self.ctx);
        blocking(move || {
            order::with_weights(&ctx, order, |weights| {
                Ok(ctx.store.read(|r| {
                    let (folders, after) = (folders_of(r, scope)?, after.as_deref());
                    let page = match weights {
                        None => r.threads(&folders, after, limit)?,
                        Some(weights) => r.threads_by_weight(&folders, weights, after, limit)?,
                    };
                    Ok((page, r.change_seq()?))
                })?)
            })
        })
        .await
    }

    /// Returns what changed in a list after a number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn thread_delta(&self, scope: Scope, seq: i64) -> Result<ThreadDelta> {
        self.ctx
            .read(move |r| {
                let changes = r.changes_after(seq, 5000)?;
                let touched: BTreeSet<ThreadId> = changes
                    .entries
                    .iter()
                    .filter_map(|(_, c)| thread_of(c))
                    .collect();
                let listed = changes
                    .entries
                    .iter()
                    .any(|(_, c)| matches!(c, Change::Listed { .. } | Change::Accounts));
                let mut delta = ThreadDelta {
                    seq: changes.seq,
                    upserts: Vec::new(),
                    removed: Vec::new(),
                    reset: false,
                };
                if changes.reset || listed || touched.len() > DELTA {
                    delta.reset = true;
                    return Ok(delta);
                }
                let touched: Vec<ThreadId> = touched.into_iter().collect();
                delta.upserts = r.thread_rows(&touched, &folders_of(r, scope)?)?;
                delta.removed = touched
                    .into_iter()
                    .filter(|t| !delta.upserts.iter().any(|row| row.id == *t))
                    .collect();
                Ok(delta)
            })
            .await
    }

    /// Returns a conversation.
    ///
    /// # Errors
    /// When there is no such thread.
    pub async fn conversation(&self, thread: ThreadId) -> Result<Conversation> {
        self.ctx
            .read(move |r| {
                let (subject, ids) = r.thread(thread)?;
                let messages = ids
                    .into_iter()
                    .map(|id| r.message(id))
                    .collect::<kontor_store::Result<_>>()?;
                Ok((subject, messages))
            })
            .await
    }

    /// Returns a page of a folder's messages, newest first.
    ///
    /// # Errors
    /// When the store cannot be read or the cursor is not one of ours.
    pub async fn messages(
        &self,
        folder: FolderId,
        after: Option<String>,
        limit: u32,
    ) -> Result<Page<MessageRow>> {
        error::cursor(after.as_deref(), 2)?;
        self.ctx
            .read(move |r| r.messages(folder, after.as_deref(), limit))
            .await
    }

    /// Returns one message, without its body.
    ///
    /// # Errors
    /// When there is no such message.
    pub async fn message(&self, id: MessageId) -> Result<MessageDetail> {
        self.ctx.read(move |r| r.message(id)).await
    }

    /// Returns the paths of all folders by id: what rows and events call them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn paths(&self) -> Result<BTreeMap<FolderId, String>> {
        let folders = self.folders(None).await?;
        Ok(folders
            .into_iter()
            .map(|f| (f.folder.id, f.folder.path))
            .collect())
    }

    /// Finds the folder a person or script names: by id, or by path (INBOX in any case).
    ///
    /// # Errors
    /// When there is none, or two accounts share the path and none was named.
    pub async fn find_folder(&self, name: &str, account: Option<AccountId>) -> Result<FolderRow> {
        let all = self.folders(account).await?;
        if let Some(by_id) = all.iter().find(|f| f.folder.id.to_string() == name) {
            return Ok(by_id.clone());
        }
        let same = |path: &str| {
            path == name
                || (name.eq_ignore_ascii_case("INBOX") && path.eq_ignore_ascii_case("INBOX"))
        };
        let mut found = all.into_iter().filter(|f| same(&f.folder.path));
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(Error::usage(format!(
                "Several accounts have a folder “{name}”. Say which with --account ID, or give the folder's id."
            ))),
            (None, _) => Err(Error::not_found(format!(
                "There is no folder “{name}”. `kontorctl folders` lists them."
            ))),
        }
    }

    /// Finds the message a person or script names: by id, or `mid:MESSAGE-ID` where only one has it.
    ///
    /// # Errors
    /// When there is none, or several have the Message-ID.
    pub async fn find_message(&self, name: &str) -> Result<MessageId> {
        if let Some(mid) = name.strip_prefix("mid:") {
            let mid = mid
                .trim()
                .trim_start_matches('<')
                .trim_end_matches('>')
                .to_owned();
            let shown = mid.clone();
            let found = self.ctx.read(move |r| r.messages_by_mid(&mid)).await?;
            return match found.as_slice() {
                [only] => Ok(*only),
                [] => Err(Error::not_found(format!(
                    "No message has the Message-ID {shown}."
                ))),
                many => {
                    let ids = many
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join(", ");
                    Err(Error::usage(format!(
                        "Several messages have the Message-ID {shown}: {ids}. Give one of these ids."
                    )))
                }
            };
        }
        let missing = || Error::not_found(format!("There is no message {name}."));
        let id: MessageId = name.parse().map_err(|_unreadable| missing())?;
        self.message(id)
            .await
            .map(|_| id)
            .map_err(|_gone| missing())
    }
}

/// The folders a list is made of.
pub(crate) fn folders_of(r: &Read<'_>, scope: Scope) -> kontor_store::Result<Vec<FolderId>> {
    Ok(match scope {
        Scope::Folder(folder) => vec![folder],
        Scope::Role(role) => r
            .folders_by_role(role)?
            .into_iter()
            .map(|f| f.folder.id)
            .collect(),
    })
}

pub(crate) fn thread_of(change: &Change) -> Option<ThreadId> {
    match change {
        Change::Arrived { thread, .. }
        | Change::Flags { thread, .. }
        | Change::Removed { thread, .. }
        | Change::Thread { thread } => Some(*thread),
        Change::Listed { .. }
        | Change::Synced { .. }
        | Change::State { .. }
        | Change::Folders { .. }
        | Change::Outbox { .. }
        | Change::Accounts
        | Change::Team
        | Change::Notes
        | Change::Presence
        | Change::Customers
        | Change::Told { .. } => None,
    }
}
