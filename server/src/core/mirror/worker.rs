//! One organisation's mirror: what to do next, and what to do when it fails.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kontor_metakocka as mk;
use kontor_protocol::{MirrorState, OrgId};
use tokio_util::sync::CancellationToken;

use super::House;
use super::memo::Memo;
use super::shown::Trouble;
use super::sweep::Turn;
use crate::core::storage::{ErpRow, FactsBatch, PutFacts, Storage, StorageError};

/// How long a node that fell silent is waited for.
pub(in crate::core) const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// How often a node that works says so.
const RENEWAL: Duration = Duration::from_secs(10);

/// Why a step could not be done.
#[derive(Debug)]
pub(in crate::core) enum Problem {
    /// The ERP.
    Erp(mk::Error),
    /// Our own database.
    Storage(StorageError),
    /// The key cannot be opened, or the address cannot be used.
    Settings(String),
    /// The facts have another life by now: begin anew.
    Moved,
}

impl From<mk::Error> for Problem {
    fn from(e: mk::Error) -> Self {
        Self::Erp(e)
    }
}

impl From<StorageError> for Problem {
    fn from(e: StorageError) -> Self {
        Self::Storage(e)
    }
}

/// What comes after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Another step.
    Go,
    /// Nothing is to be done now.
    Rest,
    /// Nothing is connected any more.
    End,
}

/// Mirrors one organisation.
#[derive(Debug)]
pub(super) struct Worker<S> {
    pub(super) house: Arc<House<S>>,
    pub(super) org: OrgId,
    /// What is connected, and how it is asked.
    pub(super) line: Option<Line>,
    pub(super) memo: Memo,
    /// What stands in the way, shown to people.
    pub(super) trouble: Option<Trouble>,
    /// When the last turn of the sweep began.
    pub(super) turned: Option<Timestamp>,
    /// What of it is left, the next one last.
    pub(super) turns: Vec<Turn>,
    failures: u32,
}

/// A connection to the ERP.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) erp: ErpRow,
    pub(super) client: mk::Client,
    /// What can be searched for there; `None` until it was asked.
    pub(super) discovery: Option<mk::Discovery>,
    /// When this process began to walk, and from how many documents: for the estimate.
    pub(super) walking: Option<(Timestamp, u64)>,
}

impl<S: Storage> Worker<S> {
    pub(super) fn new(house: Arc<House<S>>, org: OrgId) -> Self {
        Self {
            house,
            org,
            line: None,
            memo: Memo::default(),
            trouble: None,
            turned: None,
            turns: Vec::new(),
            failures: 0,
        }
    }

    /// Works until told to stop, or nothing is connected any more. May be dropped at any moment.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        loop {
            let leading = lead(Arc::clone(&self.house), self.org);
            let step = tokio::select! {
                step = Box::pin(self.step()) => step,
                () = leading => Err(Problem::Moved),
                () = stop.cancelled() => break,
            };
            let pause = match step {
                Ok(Next::Go) => {
                    self.failures = 0;
                    continue;
                }
                Ok(Next::Rest) => self.house.pace.glance,
                Ok(Next::End) => {
                    self.house.forget(self.org);
                    break;
                }
                Err(problem) => self.fail(problem).await,
            };
            tokio::select! {
                () = self.pause(pause) => {}
                () = stop.cancelled() => break,
            }
        }
        // Another node need not wait for us.
        let now = self.house.clock.now();
        let ended = take(&self.house, self.org, now).await;
        drop(ended);
    }

    /// Waits, but not when somebody asks for a look meanwhile or enters another key.
    async fn pause(&self, pause: Duration) {
        let began = tokio::time::Instant::now();
        while began.elapsed() < pause {
            tokio::time::sleep(self.house.pace.glance.min(pause)).await;
            let Ok(Some(erp)) = self.house.storage.erp(self.org).await else {
                continue;
            };
            let same = self
                .line
                .as_ref()
                .is_none_or(|line| is_same(&line.erp, &erp));
            if !same || self.is_asked(&erp) {
                return;
            }
        }
    }

    fn is_asked(&self, erp: &ErpRow) -> bool {
        match (erp.asked_at, self.memo.looked) {
            (Some(asked), Some(looked)) => asked > looked,
            (asked, None) => asked.is_some(),
            (None, Some(_)) => false,
        }
    }

    async fn step(&mut self) -> Result<Next, Problem> {
        let now = self.house.clock.now();
        let Some(erp) = self.house.storage.erp(self.org).await? else {
            return Ok(Next::End);
        };
        if !take(&self.house, self.org, now.checked_add(LEASE).unwrap_or(now)).await? {
            self.line = None;
            return Ok(Next::Rest);
        }
        let asked = self.is_asked(&erp);
        self.connect(erp).await?;
        self.discover().await?;
        if self.memo.walk.number == 0 {
            self.begin_walk().await?;
            return Ok(Next::Go);
        }
        if asked || self.is_look_due(now) {
            self.look().await?;
            return Ok(Next::Go);
        }
        if self.memo.is_first() {
            self.walk().await?;
            return Ok(Next::Go);
        }
        if self.wants_goods() {
            self.goods(now).await?;
            return Ok(Next::Go);
        }
        if self.restock().await? || self.fill().await? == Next::Go {
            return Ok(Next::Go);
        }
        self.sweep(now).await
    }

    fn is_look_due(&self, now: Timestamp) -> bool {
        let Some(before) = self.memo.looked.or(self.memo.walk.began) else {
            return true;
        };
        let age = Duration::try_from(now.duration_since(before)).unwrap_or_default();
        age >= self.house.pace.look
    }

    /// Makes the client where the connection is new or another than before.
    async fn connect(&mut self, erp: ErpRow) -> Result<(), Problem> {
        if let Some(line) = &mut self.line
            && is_same(&line.erp, &erp)
        {
            line.erp = erp;
            return Ok(());
        }
        self.line = None;
        let client = self.house.client(self.org, &erp).await?;
        self.memo = Memo::read(&erp.memo);
        self.trouble = None;
        self.line = Some(Line {
            erp,
            client,
            discovery: None,
            walking: None,
        });
        Ok(())
    }

    async fn discover(&mut self) -> Result<(), Problem> {
        if let Some(line) = &mut self.line
            && line.discovery.is_none()
        {
            line.discovery = Some(line.client.discovery().await?);
        }
        Ok(())
    }

    pub(super) fn line(&self) -> Result<&Line, Problem> {
        self.line.as_ref().ok_or(Problem::Moved)
    }

    /// Stores what was found with the memo and the state of now.
    pub(super) async fn keep(&mut self, mut batch: FactsBatch) -> Result<PutFacts, Problem> {
        batch.memo = Some(self.memo.to_text());
        self.trouble = None;
        batch.state = Some(self.state());
        self.put(batch).await
    }

    async fn put(&mut self, batch: FactsBatch) -> Result<PutFacts, Problem> {
        let life = self.line()?.erp.life.clone();
        let put = self.house.storage.put_facts(self.org, life, batch).await?;
        put.ok_or(Problem::Moved)
    }

    /// Says what stands in the way; answers how long to wait.
    async fn fail(&mut self, problem: Problem) -> Duration {
        let pace = &self.house.pace;
        let doubled = pace
            .first_pause
            .saturating_mul(1_u32.checked_shl(self.failures.min(16)).unwrap_or(u32::MAX));
        let pause = doubled.min(pace.longest_pause);
        self.failures = self.failures.saturating_add(1);
        let trouble = match problem {
            Problem::Moved => {
                self.line = None;
                return Duration::ZERO;
            }
            Problem::Storage(e) => {
                tracing::warn!(org = %self.org, "the mirror cannot keep what it read: {e}");
                // What was to be kept with it, how far it came among that, is as it stands there.
                self.line = None;
                return pause;
            }
            Problem::Erp(e) => Trouble::of(&e),
            Problem::Settings(why) => Trouble {
                state: MirrorState::NeedsYou,
                why,
            },
        };
        if self.trouble.as_ref() != Some(&trouble) {
            tracing::warn!(org = %self.org, "the mirror: {}", trouble.why);
        }
        self.trouble = Some(trouble);
        let told = FactsBatch {
            state: Some(self.state()),
            ..FactsBatch::default()
        };
        // Without a line there is a key that cannot be opened: the state is told all the same.
        let life = match &self.line {
            Some(line) => line.erp.life.clone(),
            None => match self.house.storage.erp(self.org).await {
                Ok(Some(erp)) => erp.life,
                Ok(None) | Err(_) => return pause,
            },
        };
        if let Err(e) = self.house.storage.put_facts(self.org, life, told).await {
            tracing::warn!(org = %self.org, "the mirror's state was not kept: {e}");
        }
        pause
    }
}

/// Makes this node the one that mirrors; true where it is.
pub(in crate::core) async fn take<S: Storage>(
    house: &House<S>,
    org: OrgId,
    until: Timestamp,
) -> Result<bool, StorageError> {
    let node = house.node.clone();
    let now = house.clock.now();
    house.storage.lead_mirror(org, node, until, now).await
}

/// Stays the one that mirrors for as long as a step takes; ends when another node is it.
pub(in crate::core) async fn lead<S: Storage>(house: Arc<House<S>>, org: OrgId) {
    loop {
        tokio::time::sleep(RENEWAL).await;
        let now = house.clock.now();
        let until = now.checked_add(LEASE).unwrap_or(now);
        if let Ok(false) = take(&house, org, until).await {
            return;
        }
    }
}

/// The same ERP by the same key.
pub(super) fn is_same(a: &ErpRow, b: &ErpRow) -> bool {
    a.life == b.life
        && a.base_url == b.base_url
        && a.company_id == b.company_id
        && a.sealed_key == b.sealed_key
}
