//! The mirror of the server inside this program, and what is asked of that server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kontor_protocol::{AuditRow, ErpRequest, MemberId, OrgId};
use kontor_server::core::clock::Clock;
use kontor_server::core::connecting::{ConnectProblem, connect, disconnect};
use kontor_server::core::mirror::{Mirrors, Pace};
use kontor_server::core::sealing::Keys;
use kontor_server::core::storage::{Facts as _, SqliteStorage, Storage as _};

use crate::context::{Context, blocking};
use crate::engine::Rhythm;
use crate::look::Looks;
use crate::team::inside::{Failed, Question, SealKey, Told, What, Why};

/// Keeps the mirror while an ERP is connected, and answers.
pub(super) struct Tending {
    ctx: Arc<Context>,
    storage: SqliteStorage,
    org: OrgId,
    me: MemberId,
    keys: Keys,
    mirrors: Option<Mirrors>,
    /// An ERP is connected, or is about to be: the file stays open.
    used: Arc<AtomicBool>,
}

impl Tending {
    pub(super) fn new(
        ctx: &Arc<Context>,
        storage: SqliteStorage,
        (org, me): (OrgId, MemberId),
        used: Arc<AtomicBool>,
    ) -> Self {
        Self {
            ctx: Arc::clone(ctx),
            storage,
            org,
            me,
            keys: Keys::in_cabinet(SealKey::of(ctx.keychain.clone(), org)),
            mirrors: None,
            used,
        }
    }

    /// Mirrors what is connected and answers what is asked, until dropped.
    pub(super) async fn tend(&mut self) {
        loop {
            match self.storage.erp(self.org).await {
                Ok(erp) => {
                    self.used.store(erp.is_some(), Ordering::SeqCst);
                    if erp.is_none() {
                        self.close().await;
                    } else if self.mirrors.is_none() {
                        self.mirrors = Some(self.start());
                    }
                }
                Err(e) => tracing::warn!("what is connected cannot be read: {e}"),
            }
            let question = self.question().await;
            self.used.store(true, Ordering::SeqCst);
            let answer = self.answer(&question).await;
            self.ctx.answer_inside(&question, answer).await;
        }
    }

    /// Ends the mirror, so that the file may be closed.
    pub(super) async fn close(&mut self) {
        if let Some(mirrors) = self.mirrors.take() {
            mirrors.close().await;
        }
    }

    fn start(&self) -> Mirrors {
        let pace = pace(self.ctx.rhythm);
        Mirrors::start(
            self.storage.clone(),
            Clock::system(),
            self.keys.clone(),
            pace,
        )
    }

    async fn question(&self) -> Question {
        let mut looks = Looks::from_now(&self.ctx.store);
        loop {
            if let Some(question) = self.ctx.question_inside() {
                return question;
            }
            looks.next().await;
        }
    }

    async fn answer(&self, question: &Question) -> Result<Told, Failed> {
        match &question.what {
            What::Connect { base_url, company } => {
                let key = self.ctx.handed_over(question).await;
                let key = key.map_err(|e| Failed::new(Why::Keychain, &e.message))?;
                let key = key.ok_or_else(|| {
                    Failed::new(Why::Keychain, "the key did not arrive; enter it again")
                })?;
                let request = ErpRequest {
                    base_url: base_url.clone(),
                    company: company.clone(),
                    key: key.expose().to_owned(),
                };
                let (to, by) = ((&self.storage, &Clock::system()), (self.org, Some(self.me)));
                let done = connect(to, &self.keys, by, &request).await;
                done.map(Told::Connected).map_err(|e| failed(&e))
            }
            What::Disconnect { anyway } => {
                let (from, by) = ((&self.storage, &Clock::system()), (self.org, Some(self.me)));
                let done = disconnect(from, by, *anyway).await;
                let done = done.map_err(|e| failed(&e))?;
                self.forget_seal().await;
                Ok(Told::Disconnected(done))
            }
            What::Audit { limit } => {
                let limit = usize::try_from(*limit).unwrap_or(usize::MAX);
                let log = self.storage.audit_log(self.org, limit).await;
                let log = log.map_err(|e| Failed::new(Why::Internal, &e.to_string()))?;
                let rows = log.into_iter().map(|line| AuditRow {
                    at: line.at,
                    member: line.member,
                    action: line.action,
                    detail: line.detail,
                });
                Ok(Told::Audit(rows.collect()))
            }
        }
    }
}

impl Tending {
    /// What sealed the ERP's key opens nothing any more.
    async fn forget_seal(&self) {
        let seal = SealKey::of(self.ctx.keychain.clone(), self.org);
        if let Err(e) = blocking(move || seal.forget()).await {
            tracing::warn!(
                "the key that sealed Metakocka's stays in the keychain: {}",
                e.message
            );
        }
    }
}

fn failed(problem: &ConnectProblem) -> Failed {
    let why = match problem {
        _ if problem.is_refusal() => Why::Refused,
        ConnectProblem::Erp(_) => Why::Offline,
        ConnectProblem::Seal(_) => Why::Keychain,
        ConnectProblem::None | ConnectProblem::Storage(_) => Why::Internal,
    };
    Failed::new(why, &problem.to_string())
}

fn pace(rhythm: Rhythm) -> Pace {
    let usual = Pace::default();
    Pace {
        look: rhythm.mirror,
        glance: usual
            .glance
            .min(rhythm.mirror)
            .max(Duration::from_millis(10)),
        ..usual
    }
}
