//! Subjects as people write them, and as the team knows them.

use std::sync::Arc;

use kontor_model::ThreadId;
use kontor_protocol::{Subject, SubjectKind};
use uuid::Uuid;

use crate::context::Context;
use crate::engine::Engine;
use crate::error::{Error, Result};

/// The key of threads while there is no team.
const OWN_KEY: &str = "team.own_thread_key";

impl Engine {
    /// Reads `customer:ID`, `address:EMAIL` or `thread:ID`. A thread's id is this profile's own, the name the team knows it
    /// by (64 hex digits), or its root mail's Message-ID.
    ///
    /// # Errors
    /// When it is none of these, or there is no such thread here.
    pub async fn subject(&self, text: &str) -> Result<Subject> {
        let subject: Subject = text.parse().map_err(|e| Error::usage(format!("{e}.")))?;
        match subject.kind() {
            SubjectKind::Customer | SubjectKind::Address => Ok(subject),
            SubjectKind::Thread => self.thread_named(subject).await,
            SubjectKind::Org => Err(Error::usage(
                "A subject is customer:ID, address:EMAIL or thread:ID.",
            )),
        }
    }

    /// The name the team knows a thread by: a keyed hash of its root mail's Message-ID.
    ///
    /// # Errors
    /// When there is no such thread, or none of its mails has a Message-ID.
    pub async fn thread_subject(&self, thread: ThreadId) -> Result<Subject> {
        let (_, messages) = self.conversation(thread).await?;
        // The mail a conversation began with may be missing here and there; the answers name it.
        let root = messages.iter().find_map(|message| {
            let named = message
                .references
                .first()
                .or(message.row.message_id.as_ref());
            named.cloned()
        });
        let Some(root) = root else {
            return Err(Error::usage(
                "This thread cannot be shared: none of its mails has a Message-ID.",
            ));
        };
        Ok(kontor_collab::thread_subject(
            &self.thread_key().await?,
            &root,
        )?)
    }

    async fn thread_named(&self, subject: Subject) -> Result<Subject> {
        let id = subject.id();
        if id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(subject);
        }
        if let Ok(id) = id.parse::<i64>() {
            return self.thread_subject(ThreadId(id)).await;
        }
        Ok(kontor_collab::thread_subject(
            &self.thread_key().await?,
            id,
        )?)
    }

    async fn thread_key(&self) -> Result<String> {
        let collab = self.ctx.collab.clone();
        match collab.team()? {
            Some(team) => Ok(team.thread_key),
            None => own_key(&self.ctx).await,
        }
    }
}

/// Made when first needed, kept from then on.
async fn own_key(ctx: &Arc<Context>) -> Result<String> {
    if let Some(key) = ctx.read(|r| r.setting(OWN_KEY)).await? {
        return Ok(key);
    }
    let fresh = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    ctx.write_durable(move |w| {
        if let Some(key) = w.setting(OWN_KEY)? {
            return Ok(key);
        }
        w.set_setting(OWN_KEY, &fresh)?;
        Ok(fresh)
    })
    .await
}
