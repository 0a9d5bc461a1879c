//! Acts: what members want written into the ERP, done once and told honestly.
//!
//! Desks put intentions into the storage; the node that mirrors works on those that are due, through the mirror's own
//! client, writes one after the other. Everything it knows lies in the row, so that it may be killed at any moment:
//!
//! ```text
//!   planned ──yes──► confirmed ──looked again, nothing changed──► sent ──answer, or found──► written
//!                        │                                          ├──surely not there────► not_written
//!                        └──something changed────► refused          └──nobody can know─────► cannot_tell
//! ```
//!
//! Nothing is ever sent twice without looking: a row that is `sent` when a node comes to it is looked for by its trace (by
//! what is new there, where the ERP keeps no trace), and given up only when nothing can be on its way any more. So is a row
//! that was `confirmed` in a backup: it is restored as `sent`, because it may have left since.

mod asking;
mod comparing;
mod documents;
mod file;
mod finding;
pub(in crate::core) mod memo;
mod partners;
mod preview;
mod pricing;
mod words;
mod writing;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kontor_metakocka as mk;
use kontor_protocol::{Act, ActOutcome, ActState, OrgId};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

pub(crate) use asking::{Asked, ask};

use self::finding::Found;
use self::memo::Memo;
use self::writing::Site;
use crate::core::mirror::House;
use crate::core::mirror::worker::{LEASE, Problem, lead, take};
use crate::core::storage::{ActChange, ActRow, AuditEntry, Storage, StorageError};

/// Acts looked at in one turn.
const AT_ONCE: usize = 8;
/// Between two looks for a write whose answer did not come.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(15);
/// A yes is good for so long: what could not be sent by then is asked again.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
/// Open acts that are looked through for one like another.
const MOST_OPEN: usize = 200;

/// Works on the acts of one organisation.
#[derive(Debug)]
pub(in crate::core) struct Acting<S> {
    house: Arc<House<S>>,
    org: OrgId,
}

/// How a row goes on.
#[derive(Debug)]
struct Next {
    outcome: ActOutcome,
    due: Option<Timestamp>,
    memo: Memo,
    /// It is the last word, and stands in the audit log.
    last: bool,
}

/// Two kinds of work that do not wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    /// Previews.
    Looks,
    /// Writes, one after the other: two at once could add the same customer twice.
    Writes,
}

impl Lane {
    fn of(state: ActState) -> Self {
        if state.is_under_way() {
            Self::Writes
        } else {
            Self::Looks
        }
    }
}

impl<S: Storage> Acting<S> {
    pub(in crate::core) fn new(house: Arc<House<S>>, org: OrgId) -> Self {
        Self { house, org }
    }

    /// Works until told to stop. May be dropped at any moment.
    pub(in crate::core) async fn run(self, stop: CancellationToken) {
        tokio::select! {
            () = self.work_on(Lane::Looks) => {}
            () = self.work_on(Lane::Writes) => {}
            () = stop.cancelled() => {}
        }
    }

    async fn work_on(&self, lane: Lane) {
        let mut news = self.house.storage.fact_news();
        loop {
            if let Err(e) = Box::pin(self.turn(lane)).await {
                tracing::warn!(org = %self.org, "working on what is to be written: {e}");
            }
            tokio::select! {
                () = heard(&mut news, self.org) => {}
                () = tokio::time::sleep(self.house.pace.glance) => {}
            }
        }
    }

    /// Works on what is due, if this node is the one to do it.
    async fn turn(&self, lane: Lane) -> Result<(), StorageError> {
        let storage = &self.house.storage;
        let now = self.house.clock.now();
        let mut due = storage.due_acts(self.org, now, AT_ONCE).await?;
        due.retain(|row| Lane::of(row.outcome.state) == lane);
        if due.is_empty() {
            return Ok(());
        }
        let Some(erp) = storage.erp(self.org).await? else {
            return Ok(());
        };
        let until = now.checked_add(LEASE).unwrap_or(now);
        if !take(&self.house, self.org, until).await? {
            return Ok(());
        }
        let client = self.house.client(self.org, &erp).await;
        let leading = lead(Arc::clone(&self.house), self.org);
        let working = async {
            for row in due {
                match &client {
                    Ok(client) => self.step(client, &erp.life, row).await?,
                    Err(problem) => self.put_off(row, &said(problem)).await?,
                }
            }
            Ok(())
        };
        tokio::select! {
            done = Box::pin(working) => done,
            // Another node is it now, and looks for what we may have sent.
            () = leading => Ok(()),
        }
    }

    async fn step(&self, client: &mk::Client, life: &str, row: ActRow) -> Result<(), StorageError> {
        let act: Act = match serde_json::from_str(&row.act) {
            Ok(act) => act,
            Err(e) => {
                let why =
                    format!("This change is not understood by the server ({e}). Plan it anew.");
                return self.end(&row, refused(&row, why)).await;
            }
        };
        let file = file::known(&self.house.storage, self.org, &act).await?;
        let site = Site {
            client,
            id: row.id,
            act: &act,
            file,
            doubt: Memo::read(&row.memo).doubt,
        };
        // Held to the end: the file is in memory, and so is what it is compared with.
        let _room = match site.file {
            Some(_) => self.house.files.acquire().await.ok(),
            None => None,
        };
        match row.outcome.state {
            ActState::Confirmed => self.begin(&site, life, row).await,
            ActState::Sent => self.look(&site, life, row).await,
            ActState::Planned
            | ActState::Written
            | ActState::NotWritten
            | ActState::CannotTell
            | ActState::Refused => self.show(&site, &row).await,
        }
    }

    /// Says what would be written.
    async fn show(&self, site: &Site<'_>, row: &ActRow) -> Result<(), StorageError> {
        let outcome = match preview::of(site).await {
            Ok(preview) => ActOutcome {
                preview: Some(preview),
                ..ActOutcome::default()
            },
            Err(e) => ActOutcome {
                why: e.to_string(),
                ..ActOutcome::default()
            },
        };
        let memo = Memo::read(&row.memo).looked();
        self.go_on(row, outcome, None, memo).await.map(drop)
    }

    /// Somebody said yes: sends it where everything is still as they saw it.
    async fn begin(&self, site: &Site<'_>, life: &str, row: ActRow) -> Result<(), StorageError> {
        let now = self.house.clock.now();
        let mut memo = Memo::read(&row.memo);
        if is_past(memo.confirmed_at, PATIENCE, now) {
            let why =
                "It could not be sent in time, and nothing was. Look at it again and confirm it.";
            return self.put_off(row, why).await;
        }
        let fresh = match preview::of(site).await {
            Ok(fresh) => fresh,
            Err(e) => return self.end(&row, unsent(&row, &e)).await,
        };
        if fresh.token.is_empty() || fresh.token != memo.seen {
            let before = row.outcome.preview.clone().unwrap_or_default();
            let mut outcome = refused(
                &row,
                "Metakocka has changed since you looked, so nothing was sent. Look at it again.",
            );
            outcome.differences = comparing::previews(&before, &fresh);
            outcome.preview = Some(fresh);
            return self.end(&row, outcome).await;
        }
        if self.is_another_open(site).await? {
            // A twin may be on its way: this one waits until that is certain, or its yes has run out.
            let due = now.checked_add(SignedDuration::from_secs(1)).ok();
            let outcome = row.outcome.clone();
            return self.go_on(&row, outcome, due, memo).await.map(drop);
        }
        match finding::before(site, &mut memo, &fresh).await {
            Ok(None) => {}
            Ok(Some(Found::Written(id))) => return self.finish(site, life, &row, &id).await,
            Ok(Some(Found::CannotTell(results))) => {
                return self.end(&row, unknown(&row, results)).await;
            }
            Ok(Some(Found::NotWritten)) => {}
            Err(e) => return self.end(&row, unsent(&row, &e)).await,
        }
        let file = file::draft(&self.house.storage, self.org, site.act).await?;
        memo.sent_at = Some(now);
        memo.by.clone_from(&self.house.node);
        let outcome = ActOutcome {
            state: ActState::Sent,
            preview: Some(fresh.clone()),
            ..ActOutcome::default()
        };
        // Kept before it leaves: whoever comes to this row from here on looks first.
        let due = now.checked_add(LOOK_AGAIN).ok();
        let Some(row) = self.go_on(&row, outcome, due, memo).await? else {
            return Ok(());
        };
        match writing::write(site, &fresh, file).await {
            Ok(id) => self.finish(site, life, &row, &id).await,
            Err(mk::Error::UnknownOutcome { why }) => {
                tracing::warn!(org = %self.org, act = %row.id, "a write without an answer: {why}");
                self.look(site, life, row).await
            }
            Err(e) => self.end(&row, unsent(&row, &e)).await,
        }
    }

    /// Another act that could be taken for this one has left, and nobody knows yet whether it arrived.
    async fn is_another_open(&self, site: &Site<'_>) -> Result<bool, StorageError> {
        if matches!(site.act, Act::AddDocument(_) | Act::SetStatus { .. }) {
            return Ok(false);
        }
        let open = self
            .house
            .storage
            .due_acts(self.org, Timestamp::MAX, MOST_OPEN);
        let open = open.await?;
        Ok(open.iter().any(|row| {
            row.id != site.id
                && row.outcome.state == ActState::Sent
                && serde_json::from_str(&row.act)
                    .is_ok_and(|theirs| finding::are_alike(site.act, &theirs))
        }))
    }

    /// Looks for what a write whose answer did not come has done.
    async fn look(&self, site: &Site<'_>, life: &str, row: ActRow) -> Result<(), StorageError> {
        let now = self.house.clock.now();
        let mut memo = Memo::read(&row.memo);
        let mut outcome = row.outcome.clone();
        if memo.sent_at.is_none() {
            let shown = outcome.preview.clone().unwrap_or_default();
            finding::set_back(&mut memo, &shown, now);
        } else if memo.by != self.house.node {
            // Another node's clock may be ahead or behind: how long nothing can come any more is waited for by our own.
            memo.sent_at = Some(now);
        }
        memo.by.clone_from(&self.house.node);
        match finding::after(site, &memo, &row.outcome).await {
            Ok(Found::Written(id)) => return self.finish(site, life, &row, &id).await,
            Ok(Found::CannotTell(results)) => return self.end(&row, unknown(&row, results)).await,
            Ok(Found::NotWritten) if is_past(memo.sent_at, self.house.pace.settle, now) => {
                outcome.state = ActState::NotWritten;
                outcome.why = "Metakocka gave no answer and has not written it. You may look at it again and confirm it once more.".to_owned();
                return self.end(&row, outcome).await;
            }
            Ok(Found::NotWritten) => {
                outcome.why = "Metakocka gave no answer. It is not there so far and may still come; it is looked for again by itself.".to_owned();
            }
            Err(e) => {
                outcome.why = format!(
                    "Whether it was written is not known yet: {e} It is looked for again by itself."
                );
            }
        }
        let due = now.checked_add(LOOK_AGAIN).ok();
        self.go_on(&row, outcome, due, memo).await.map(drop)
    }

    /// It is there: reads it back, compares, and lets all desks see it.
    async fn finish(
        &self,
        site: &Site<'_>,
        life: &str,
        row: &ActRow,
        id: &mk::MkId,
    ) -> Result<(), StorageError> {
        let preview = row.outcome.preview.clone().unwrap_or_default();
        let seen_at = self.house.clock.now();
        let mut outcome = ActOutcome {
            state: ActState::Written,
            ..row.outcome.clone()
        };
        outcome.why.clear();
        match comparing::read_back(site, id, &preview, seen_at).await {
            Ok(back) => {
                outcome.differences = back.differences;
                outcome.results = vec![back.result];
                let put = self
                    .house
                    .storage
                    .put_facts(self.org, life.to_owned(), back.facts);
                if let Err(e) = put.await {
                    tracing::warn!(org = %self.org, "what was written comes with the next look: {e}");
                }
            }
            Err(e) => {
                outcome.why = format!(
                    "It is written, but could not be compared: {e} Look at it in Metakocka."
                );
                outcome.results = vec![kontor_protocol::ActResult {
                    id: id.to_string(),
                    ..kontor_protocol::ActResult::default()
                }];
            }
        }
        self.end(row, outcome).await
    }

    /// Back to somebody's look at it; nothing was sent.
    async fn put_off(&self, row: ActRow, why: &str) -> Result<(), StorageError> {
        let state = match row.outcome.state {
            // What has left is not forgotten because nobody can look just now.
            ActState::Sent => ActState::Sent,
            _ => ActState::Planned,
        };
        let outcome = ActOutcome {
            state,
            why: why.to_owned(),
            ..row.outcome.clone()
        };
        let later = self.house.clock.now().checked_add(LOOK_AGAIN).ok();
        let due = later.filter(|_| state == ActState::Sent);
        let memo = Memo::read(&row.memo);
        self.go_on(&row, outcome, due, memo).await.map(drop)
    }

    /// The last word, with its line in the audit log.
    async fn end(&self, row: &ActRow, outcome: ActOutcome) -> Result<(), StorageError> {
        let next = Next {
            outcome,
            due: None,
            memo: Memo::read(&row.memo),
            last: true,
        };
        self.change(row, next).await.map(drop)
    }

    async fn go_on(
        &self,
        row: &ActRow,
        outcome: ActOutcome,
        due: Option<Timestamp>,
        memo: Memo,
    ) -> Result<Option<ActRow>, StorageError> {
        let last = false;
        let next = Next {
            outcome,
            due,
            memo,
            last,
        };
        self.change(row, next).await
    }

    /// The row as changed; `None` where somebody was faster.
    async fn change(&self, row: &ActRow, next: Next) -> Result<Option<ActRow>, StorageError> {
        let now = self.house.clock.now();
        let Next {
            outcome,
            due,
            memo,
            last,
        } = next;
        let audit = last.then(|| AuditEntry {
            org: self.org,
            at: now,
            member: Some(row.member),
            action: "erp write".to_owned(),
            detail: words::audit(row, &outcome),
        });
        let memo = memo.to_text();
        let change = ActChange {
            after: row.rev,
            due,
            outcome: outcome.clone(),
            memo: memo.clone(),
            audit,
            now,
        };
        let rev = self.house.storage.change_act(self.org, row.id, change);
        Ok(rev.await?.map(|rev| ActRow {
            rev,
            due,
            outcome,
            memo,
            ..row.clone()
        }))
    }
}

fn refused(row: &ActRow, why: impl Into<String>) -> ActOutcome {
    ActOutcome {
        state: ActState::Refused,
        why: why.into(),
        results: Vec::new(),
        ..row.outcome.clone()
    }
}

/// The ERP said no, or nothing reached it.
fn unsent(row: &ActRow, error: &mk::Error) -> ActOutcome {
    ActOutcome {
        state: ActState::NotWritten,
        why: format!("{error} Nothing was written."),
        ..row.outcome.clone()
    }
}

fn unknown(row: &ActRow, results: Vec<kontor_protocol::ActResult>) -> ActOutcome {
    ActOutcome {
        state: ActState::CannotTell,
        why: "Nobody can tell whether Metakocka has written this. Look there before you plan it anew.".to_owned(),
        results,
        ..row.outcome.clone()
    }
}

fn said(problem: &Problem) -> String {
    match problem {
        Problem::Erp(e) => e.to_string(),
        Problem::Settings(why) => why.clone(),
        Problem::Storage(e) => e.to_string(),
        Problem::Moved => "Another company was connected meanwhile.".to_owned(),
    }
}

/// `since` is so long ago, or nobody knows.
fn is_past(since: Option<Timestamp>, patience: SignedDuration, now: Timestamp) -> bool {
    since.is_none_or(|since| now.duration_since(since) > patience)
}

/// Resolves when something changed in this organisation, or may have.
async fn heard(news: &mut broadcast::Receiver<OrgId>, org: OrgId) {
    loop {
        match news.recv().await {
            Ok(other) if other != org => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}
