//! Bringing everything here once, and asking for a look.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::future::join_all;
use kontor_mail::provider::{Fault, Provider as _};
use kontor_model::{Account, AccountId, AccountState};
use serde::{Deserialize, Serialize};

use crate::account::{self, Asked, Life, Wish};
use crate::context::Context;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::line;
use crate::rules;

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

/// Whether another process has done what we wait for is looked at this often.
const LOOK: Duration = Duration::from_millis(20);

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
        let mut summary = self.sync_accounts(&accounts, body_days).await?;
        let (folders, status) = self
            .ctx
            .read(|r| {
                let mut folders = r.folders(None)?;
                folders.retain(|f| f.folder.selectable);
                Ok((folders.len(), r.status()?))
            })
            .await?;
        summary.folders = u64::try_from(folders).unwrap_or(u64::MAX);
        summary.messages = status.messages;
        summary.operations_left = status.operations;
        summary.outbox_left = status.outbox;
        summary.seconds = started.elapsed().as_secs_f64();
        Ok(summary)
    }

    async fn sync_accounts(&self, accounts: &[Account], body_days: Option<u32>) -> Result<Summary> {
        let ctx = &self.ctx;
        loop {
            if let Some(claim) = ctx.profile.claim()? {
                ctx.owner.store(true, Ordering::SeqCst);
                let each = accounts
                    .iter()
                    .map(|account| once(ctx, account.clone(), body_days));
                let answers = join_all(each).await;
                self.follow_rules().await;
                ctx.owner.store(false, Ordering::SeqCst);
                self.tidy_a_little().await;
                drop(claim);
                return total(answers);
            }
            let each = accounts
                .iter()
                .map(|account| account::ask(ctx, account.id, Wish::Once));
            let mut answers = Vec::new();
            for asked in join_all(each).await {
                match asked {
                    Ok(Asked::Answered(answer)) => {
                        answers.push(answer.and_then(|text| summary_of(&text)));
                    }
                    Ok(Asked::Ended) => {}
                    Err(e) => answers.push(Err(e)),
                }
            }
            // Where the other process ended before it was done, this one does the rest.
            if answers.len() == accounts.len() {
                return total(answers);
            }
        }
    }

    /// Acts on what arrived as the rules of views say, at the servers, too. What cannot be done now is done the next time.
    async fn follow_rules(&self) {
        let followed = async {
            let operations = rules::act(&self.ctx, &mut 0).await?;
            if operations.is_empty() {
                return Ok(());
            }
            let accounts = self.accounts_of(&operations).await?;
            self.carry_out_now(&Vec::from_iter(accounts)).await
        };
        if let Err(e) = followed.await {
            tracing::warn!("the rules of views could not be followed to the end: {e}");
        }
    }

    /// Upkeep where no long-running process does it; what is left is left for the next time.
    async fn tidy_a_little(&self) {
        const STEPS: u32 = 5;
        for _ in 0..STEPS {
            let tidied = self.ctx.store.tidy_in_passing(self.ctx.clock.now()).await;
            if !matches!(tidied, Ok(true)) {
                return;
            }
        }
    }

    /// Waits until `check` answers; does what waits for the servers of these accounts here where no other process does.
    pub(crate) async fn finish<T>(
        &self,
        accounts: &[AccountId],
        patience: Duration,
        check: impl AsyncFn() -> Result<Option<T>>,
    ) -> Result<T> {
        let started = tokio::time::Instant::now();
        loop {
            if let Some(done) = check().await? {
                return Ok(done);
            }
            if let Some(claim) = self.ctx.profile.claim()? {
                let answer = self.carry_out_now(accounts).await;
                drop(claim);
                return match (check().await?, answer) {
                    (Some(done), _) => Ok(done),
                    (None, Err(e)) => Err(kept(&e)),
                    (None, Ok(())) => Err(Error::new(
                        Code::NotNow,
                        "It cannot be done now. It is kept and done later.",
                    )),
                };
            }
            for account in accounts {
                if let Some(e) = account::given_up(&self.ctx, *account, started).await? {
                    return Err(kept(&e));
                }
            }
            if started.elapsed() >= patience {
                return Err(kept(&Error::new(
                    Code::Offline,
                    "The server has not done it yet.",
                )));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Carries out what waits for the servers of these accounts. Only with the claim of the profile.
    async fn carry_out_now(&self, accounts: &[AccountId]) -> Result<()> {
        let ctx = &self.ctx;
        let rows = self.accounts().await?;
        let each = rows
            .into_iter()
            .filter(|row| accounts.contains(&row.account.id))
            .map(|row| async move {
                let life = Life::new(Arc::clone(ctx), row.account, None);
                account::waiting_work(&life).await
            });
        let first: Result<(), Fault> = join_all(each).await.into_iter().collect();
        Ok(first?)
    }

    /// Asks for a look at the servers now, of one account or all; answers when it was made.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn look_now(&self, only: Option<AccountId>) -> Result<()> {
        for row in self.accounts().await? {
            if only.is_none_or(|id| id == row.account.id) {
                account::have_done(&self.ctx, row.account.id, Wish::Look).await?;
            }
        }
        Ok(())
    }
}

/// Says that nothing is lost.
fn kept(e: &Error) -> Error {
    Error::new(
        e.code,
        format!("{} What you did is kept and carried out later.", e.message),
    )
}

fn total(answers: Vec<Result<Summary>>) -> Result<Summary> {
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
    worst.map_or(Ok(summary), Err)
}

/// What an account is told to be when its sync is through and nothing goes on looking.
const LOOKED: &str = "Everything was brought here; nothing looks for new mail until Kontor or `kontorctl sync --watch` runs.";

async fn once(ctx: &Arc<Context>, account: Account, body_days: Option<u32>) -> Result<Summary> {
    let life = Life::new(Arc::clone(ctx), account, body_days);
    let answer = async {
        let mut line = line::connect(ctx, &life.account).await?;
        let summary = account::everything(&life, &mut line).await?;
        line.logout().await;
        Ok::<Summary, Fault>(summary)
    };
    match Box::pin(answer).await {
        Ok(summary) => {
            life.fares(AccountState::Polling, LOOKED).await;
            Ok(summary)
        }
        Err(fault) => {
            let error = Error::from(fault.clone());
            // A certificate that is not as it must be waits for the person, too.
            let state = match fault {
                Fault::SignIn(_) | Fault::Tls(_) => AccountState::NeedsYou,
                _ => AccountState::Offline,
            };
            life.fares(state, &error.message).await;
            Err(error)
        }
    }
}

fn summary_of(text: &str) -> Result<Summary> {
    serde_json::from_str(text).map_err(|e| {
        Error::new(
            Code::Internal,
            format!("The answer of the other program cannot be read: {e}"),
        )
    })
}
