//! What every part of the engine has at hand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use kontor_auth::Keychain;
use kontor_collab::Collab;
use kontor_mail_imap::tls::TlsConfig;
use kontor_model::AccountId;
use kontor_store::{Read, Store, Write};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::crm::order::Weights;
use crate::engine::Rhythm;
use crate::error::{Code, Error, Result};
use crate::notice::Notice;
use crate::pace::Paces;
use crate::pictures::Pictures;
use crate::profile::Profile;
use crate::team::{NewsDesk, Roots};
use crate::workers::Workers;

/// Shared by all tasks of one engine.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) profile: Profile,
    pub(crate) store: Store,
    /// What the team shares.
    pub(crate) collab: Collab,
    pub(crate) clock: Clock,
    pub(crate) rhythm: Rhythm,
    pub(crate) keychain: Keychain,
    /// Whom we trust: the system's roots, loaded when first needed.
    pub(crate) tls: TlsConfig,
    /// Every task runs in here, so that stopping can wait for them.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the engine stops.
    pub(crate) stop: CancellationToken,
    pub(crate) wakes: Wakes,
    pub(crate) workers: Workers,
    /// How fast the bodies come.
    pub(crate) paces: Paces,
    /// Remote pictures a person allowed.
    pub(crate) pictures: Pictures,
    /// Which conversations the team's names mean.
    pub(crate) roots: Roots,
    /// Sentences for the person; who is not listening misses nothing that is not also in a state.
    pub(crate) notices: broadcast::Sender<Notice>,
    /// What the line brings into notes, for a window that shows one.
    pub(crate) news: NewsDesk,
    /// What conversations weigh in the orders of business.
    pub(crate) weights: Weights,
    /// True once this process has the claim of the profile.
    pub(crate) owner: std::sync::atomic::AtomicBool,
}

impl Context {
    /// Reads one snapshot of the store, off the async threads.
    pub(crate) async fn read<T, F>(self: &Arc<Self>, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Read<'_>) -> kontor_store::Result<T> + Send + 'static,
    {
        let store = self.store.clone();
        blocking(move || store.read(f).map_err(Error::from)).await
    }

    /// Changes the store in one transaction, before bulk work.
    pub(crate) async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> kontor_store::Result<T> + Send + 'static,
    {
        Ok(self.store.write(self.clock.now(), f).await?)
    }

    /// Changes the store in one transaction that survives a power cut.
    pub(crate) async fn write_durable<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> kontor_store::Result<T> + Send + 'static,
    {
        Ok(self.store.write_durable(self.clock.now(), f).await?)
    }

    /// Changes the store in one transaction, behind what a person waits for.
    pub(crate) async fn write_bulk<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> kontor_store::Result<T> + Send + 'static,
    {
        Ok(self.store.write_bulk(self.clock.now(), f).await?)
    }

    /// The time now, as the team's operations carry it.
    pub(crate) fn moment(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.clock.now().0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// Tells the person something.
    pub(crate) fn notice(&self, notice: Notice) {
        // Without a window nobody listens.
        drop(self.notices.send(notice));
    }
}

/// Runs work that blocks or computes on a thread made for it.
pub(crate) async fn blocking<T, F>(f: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    tokio::task::spawn_blocking(f).await.unwrap_or_else(|_| {
        Err(Error::new(
            Code::Internal,
            "an internal error stopped this; nothing was changed",
        ))
    })
}

/// The bells of one account.
#[derive(Debug, Default)]
pub(crate) struct Bells {
    /// An operation or a request waits.
    pub(crate) work: Notify,
    /// A mail waits.
    pub(crate) outbox: Notify,
    /// A draft was saved.
    pub(crate) drafts: Notify,
    /// Held while the outbox is looked through: a mail found as "sending" is then known to be nobody's.
    pub(crate) sending: tokio::sync::Mutex<()>,
}

/// The bells of all accounts, rung when there is something to do.
#[derive(Debug, Default)]
pub(crate) struct Wakes {
    bells: Mutex<BTreeMap<AccountId, Arc<Bells>>>,
    /// Rung when accounts came or went.
    pub(crate) accounts: Notify,
}

impl Wakes {
    /// Returns an account's bells.
    pub(crate) fn bells(&self, account: AccountId) -> Arc<Bells> {
        Arc::clone(
            self.bells
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(account)
                .or_default(),
        )
    }

    /// Rings for work.
    pub(crate) fn ring(&self, account: AccountId) {
        self.bells(account).work.notify_one();
    }

    /// Rings for the outbox.
    pub(crate) fn ring_outbox(&self, account: AccountId) {
        self.bells(account).outbox.notify_one();
    }

    /// Rings for drafts.
    pub(crate) fn ring_drafts(&self, account: AccountId) {
        self.bells(account).drafts.notify_one();
    }

    /// Rings every bell of an account: another process left work.
    pub(crate) fn ring_all(&self, account: AccountId) {
        let bells = self.bells(account);
        bells.work.notify_one();
        bells.outbox.notify_one();
        bells.drafts.notify_one();
    }
}
