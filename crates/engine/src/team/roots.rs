//! Which conversation here the team means, also one that was never opened: names of all that is stored, in memory.
//!
//! A name is made of the mail a conversation began with and cannot be undone, so every root there is gets its name once in
//! a program's life, when the first one is asked for, and new mail as it comes. 100,000 mails are 3 MB and a fraction of a
//! second beside the person's work.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kontor_model::{MessageId, ThreadId};
use kontor_protocol::{Subject, SubjectKind};
use kontor_store::Store;

use super::subject::root_of;
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::Result;

/// So many mails are named while somebody waits; more are named beside.
const AT_ONCE: i64 = 2000;

/// Mails read at a time.
const PAGE: u32 = 2000;

/// Mails with one name looked at; all of them are of one conversation, unless names begin alike.
const CANDIDATES: usize = 8;

/// The names known so far.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    known: Mutex<Known>,
    learning: AtomicBool,
}

#[derive(Debug, Default)]
struct Known {
    /// What they are made with; another team has other names.
    key: String,
    /// The newest mail that has its name.
    last: i64,
    /// How a name begins, and a mail whose conversation it names.
    names: BTreeSet<(u64, i64)>,
}

impl Roots {
    fn known(&self, key: &str) -> MutexGuard<'_, Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.key != key {
            *known = Known {
                key: key.to_owned(),
                ..Known::default()
            };
        }
        known
    }

    /// Names what is stored and has no name yet.
    fn learn(&self, store: &Store, key: &str) -> Result<()> {
        loop {
            let after = self.known(key).last;
            let rows = store.read(|r| r.roots_after(MessageId(after), PAGE))?;
            let Some((last, _)) = rows.last() else {
                return Ok(());
            };
            let last = last.0;
            let named = rows.into_iter().filter_map(|(message, root)| {
                let name = kontor_collab::thread_subject(key, &root?).ok()?;
                Some((beginning(&name)?, message.0))
            });
            let named: Vec<(u64, i64)> = named.collect();
            let mut known = self.known(key);
            known.names.extend(named);
            known.last = known.last.max(last);
        }
    }

    fn candidates(&self, key: &str, name: &Subject) -> Vec<MessageId> {
        let Some(begins) = beginning(name) else {
            return Vec::new();
        };
        self.known(key)
            .names
            .range((begins, i64::MIN)..=(begins, i64::MAX))
            .rev()
            .take(CANDIDATES)
            .map(|(_, message)| MessageId(*message))
            .collect()
    }
}

/// The first 64 bits of a name.
fn beginning(name: &Subject) -> Option<u64> {
    u64::from_str_radix(name.id().get(..16)?, 16).ok()
}

impl Engine {
    /// Returns the conversation here that the team's name means; `None` for one that is not here. Where much mail has no
    /// name yet, that is made up for beside, and the team's data counts as changed when it is done.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn thread_here(&self, subject: &Subject) -> Result<Option<ThreadId>> {
        if subject.kind() != SubjectKind::Thread {
            return Ok(None);
        }
        let key = self.thread_key().await?;
        let newest = self.ctx.read(|r| r.last_message()).await?.0;
        let named = self.ctx.roots.known(&key).last;
        if newest.saturating_sub(named) > AT_ONCE {
            self.learn_beside(key);
            return Ok(None);
        }
        let (ctx, name) = (Arc::clone(&self.ctx), subject.clone());
        blocking(move || {
            ctx.roots.learn(&ctx.store, &key)?;
            let found = ctx.roots.candidates(&key, &name).into_iter();
            let mut threads = found.filter_map(|message| named_thread(&ctx, message, &key, &name));
            Ok(threads.next())
        })
        .await
    }

    fn learn_beside(&self, key: String) {
        if self.ctx.roots.learning.swap(true, Ordering::SeqCst) {
            return;
        }
        let ctx = Arc::clone(&self.ctx);
        self.ctx.tasks.spawn(async move {
            let learner = Arc::clone(&ctx);
            let learn = blocking(move || learner.roots.learn(&learner.store, &key));
            let learned = tokio::select! {
                learned = learn => learned,
                () = ctx.stop.cancelled() => return,
            };
            ctx.roots.learning.store(false, Ordering::SeqCst);
            if let Err(e) = learned {
                tracing::warn!("conversations of the team are not found: {e}");
                return;
            }
            let again = ctx.write(|w| {
                w.touch_team();
                Ok(())
            });
            if let Err(e) = again.await {
                tracing::warn!("the window is not told of the team's conversations: {e}");
            }
        });
    }
}

/// The conversation of a mail, if that is what the name says: names may begin alike, and mails go.
fn named_thread(ctx: &Context, message: MessageId, key: &str, name: &Subject) -> Option<ThreadId> {
    let found = ctx.store.read(|r| r.message(message)).ok()?;
    let root = root_of(&found)?;
    let means = kontor_collab::thread_subject(key, root).ok()?;
    (means == *name).then_some(found.row.thread)
}
