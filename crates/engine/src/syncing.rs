//! Bringing everything here once, and asking for a look.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::future::join_all;
use kontor_mail::provider::Provider as _;
use kontor_model::{Account, AccountId, AccountState};
use serde::{Deserialize, Serialize};

use crate::account::{self, Life};
use crate::context::Context;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::line;

/// What `sync --once` answers (KONTORCTL.md).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Folders here.
    pub folders: u64,
    /// Messages here.
    pub messages: u64,
    /// Messages that appeared.
    pub arrived: u64,
    /// Messages that went.
    pub removed: u64,
    /// Messages whose flags changed.
    pub changed: u64,
    /// Operations the server does not have yet.
    pub operations_left: u64,
    /// Mails that have not left yet.
    pub outbox_left: u64,
    /// How long it took.
    pub seconds: f64,
}

/// Another process may need hours for a first sync on a slow line; the person can stop waiting any time.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

impl Engine {
    /// Carries out what waits and brings every folder, envelope and body here. Where another process talks to servers
    /// for this profile, it is asked to, and this waits.
    ///
    /// # Errors
    /// The worst of the accounts' failures: sign-in before offline. What could be done is done all the same.
    pub async fn sync_once(
        &self,
        only: Option<AccountId>,
        body_days: Option<u32>,
    ) -> Result<Summary> {
        let started = Instant::now();
        let accounts: Vec<Account> = self
            .accounts()
            .await?
            .into_iter()
            .map(|a| a.account)
            .filter(|a| only.is_none_or(|id| id == a.id))
            .collect();
        if let (Some(id), true) = (only, accounts.is_empty()) {
            return Err(Error::not_found(format!("There is no account {id}.")));
        }
        let claim = self.ctx.profile.claim()?;
        let here = claim.is_some();
        self.ctx.owner.store(here, Ordering::SeqCst);
        let ctx = &self.ctx;
        let answers = join_all(accounts.into_iter().map(|account| async move {
            if here {
                once(ctx, account, body_days).await
            } else {
                asked(ctx, account.id).await
            }
        }))
        .await;
        self.ctx.owner.store(false, Ordering::SeqCst);
        drop(claim);
        let mut summary = Summary::default();
        let mut worst: Option<Error> = None;
        for answer in answers {
            match answer {
                Ok(one) => {
                    summary.arrived = summary.arrived.saturating_add(one.arrived);
                    summary.removed = summary.removed.saturating_add(one.removed);
                    summary.changed = summary.changed.saturating_add(one.changed);
                }
                Err(e) if worst.as_ref().is_none_or(|w| w.code != Code::SignIn) => worst = Some(e),
                Err(_) => {}
            }
        }
        if let Some(e) = worst {
            return Err(e);
        }
        let (folders, status) = self
            .ctx
            .read(|r| Ok((r.folders(None)?.len(), r.status()?)))
            .await?;
        summary.folders = u64::try_from(folders).unwrap_or(u64::MAX);
        summary.messages = status.messages;
        summary.operations_left = status.operations;
        summary.outbox_left = status.outbox;
        summary.seconds = started.elapsed().as_secs_f64();
        Ok(summary)
    }

    /// Carries out what waits for the servers, as far as it can be done now; where another process talks to them, it does.
    ///
    /// # Errors
    /// When the store cannot be read. What a server says stays with each operation and mail.
    pub async fn carry_out_now(&self) -> Result<()> {
        let Some(claim) = self.ctx.profile.claim()? else {
            return Ok(());
        };
        let accounts = self.accounts().await?;
        let ctx = &self.ctx;
        join_all(accounts.into_iter().map(|row| async move {
            let life = Life::new(Arc::clone(ctx), row.account, None);
            let done = account::waiting_work(&life).await;
            if let Err(fault) = done {
                tracing::info!(account = life.id().0, "what waits goes on waiting: {fault}");
            }
        }))
        .await;
        drop(claim);
        Ok(())
    }

    /// Asks for a look at the servers now, of one account or all; answers when it was made.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn look_now(&self, only: Option<AccountId>) -> Result<()> {
        for row in self.accounts().await? {
            if only.is_none_or(|id| id == row.account.id) {
                account::ask(
                    &self.ctx,
                    row.account.id,
                    account::LOOK,
                    Duration::from_secs(60),
                )
                .await?;
            }
        }
        Ok(())
    }
}

async fn once(ctx: &Arc<Context>, account: Account, body_days: Option<u32>) -> Result<Summary> {
    let life = Life::new(Arc::clone(ctx), account, body_days);
    let answer = async {
        let mut line = line::connect(ctx, &life.account).await?;
        let summary = account::everything(&life, &mut line).await?;
        line.logout().await;
        Ok::<Summary, kontor_mail::provider::Fault>(summary)
    };
    match answer.await {
        Ok(summary) => Ok(summary),
        Err(fault) => {
            let error = Error::from(fault);
            let state = if error.code == Code::SignIn {
                AccountState::NeedsYou
            } else {
                AccountState::Offline
            };
            life.fares(state, &error.message).await;
            Err(error)
        }
    }
}

async fn asked(ctx: &Arc<Context>, account: AccountId) -> Result<Summary> {
    let answer = account::ask(ctx, account, account::ONCE, PATIENCE).await?;
    serde_json::from_str(&answer).map_err(|e| {
        Error::new(
            Code::Internal,
            format!("The answer of the other program cannot be read: {e}"),
        )
    })
}
