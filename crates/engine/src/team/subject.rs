//! Subjects as people write them, and as the team knows them.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_model::ThreadId;
use kontor_protocol::{Subject, SubjectKind};
use kontor_store::MessageDetail;
use uuid::Uuid;

use crate::context::Context;
use crate::engine::Engine;
use crate::error::{Error, Result};

/// The key of threads while there is no team.
const OWN_KEY: &str = "team.own_thread_key";

/// The root mails of threads that were named with it, by that name: a team that is joined later has another key.
const OWN_NAMES: &str = "team.own_thread_names";

impl Engine {
    /// Reads `customer:ID`, `address:EMAIL` or `thread:ID`. A thread's id is this profile's own, the name the team knows it
    /// by (64 hex digits), or its root mail's Message-ID.
    ///
    /// # Errors
    /// When it is none of these, or there is no such thread here.
    pub async fn subject(&self, text: &str) -> Result<Subject> {
        let subject: Subject = text.parse().map_err(|e| Error::usage(format!("{e}.")))?;
        match subject.kind() {
            SubjectKind::Customer | SubjectKind::Address | SubjectKind::Template => Ok(subject),
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
        let Some(root) = messages.iter().find_map(root_of) else {
            return Err(Error::usage(
                "This thread cannot be shared: none of its mails has a Message-ID.",
            ));
        };
        self.rooted(root).await
    }

    /// What threads are named with: the team's key, or alone our own.
    pub(super) async fn thread_key(&self) -> Result<String> {
        match self.ctx.collab.team()? {
            Some(team) => Ok(team.thread_key),
            None => own_key(&self.ctx).await,
        }
    }

    async fn thread_named(&self, subject: Subject) -> Result<Subject> {
        let id = subject.id();
        if id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(subject);
        }
        if let Ok(id) = id.parse::<i64>() {
            return self.thread_subject(ThreadId(id)).await;
        }
        self.rooted(id).await
    }

    /// Names the thread that began with this Message-ID.
    async fn rooted(&self, root: &str) -> Result<Subject> {
        if let Some(team) = self.ctx.collab.team()? {
            return Ok(kontor_collab::thread_subject(&team.thread_key, root)?);
        }
        let named = kontor_collab::thread_subject(&own_key(&self.ctx).await?, root)?;
        remember(&self.ctx, &named, root).await?;
        Ok(named)
    }

    /// What was written about threads while there was no team, and the names a team with this key knows them by.
    pub(super) async fn names_in(&self, thread_key: &str) -> Result<BTreeMap<Subject, Subject>> {
        let roots = own_names(&self.ctx).await?;
        let mut names = BTreeMap::new();
        for subject in self.ctx.collab.unshared_subjects()? {
            if let Some(root) = roots.get(&subject.to_string()) {
                names.insert(subject, kontor_collab::thread_subject(thread_key, root)?);
            }
        }
        Ok(names)
    }
}

/// The Message-ID of the mail a message's conversation began with.
pub(super) fn root_of(message: &MessageDetail) -> Option<&str> {
    let first = message.references.first();
    first
        .or(message.row.message_id.as_ref())
        .map(String::as_str)
}

type Roots = BTreeMap<String, String>;

async fn own_names(ctx: &Arc<Context>) -> Result<Roots> {
    let text = ctx.read(|r| r.setting(OWN_NAMES)).await?;
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

async fn remember(ctx: &Arc<Context>, named: &Subject, root: &str) -> Result<()> {
    let mut roots = own_names(ctx).await?;
    if roots.insert(named.to_string(), root.to_owned()).is_some() {
        return Ok(());
    }
    let text = serde_json::to_string(&roots).unwrap_or_default();
    ctx.write_durable(move |w| w.set_setting(OWN_NAMES, &text))
        .await
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
