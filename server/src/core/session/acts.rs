//! Acts of a desk: its questions, and how what it asked about gets on.

use std::collections::{BTreeMap, VecDeque};

use futures::{Sink, Stream};
use kontor_protocol::{ActAsk, ActId, ActOutcome, ActState, ActTold, ServerFrame};
use tokio::sync::watch;

use super::{Heard, LineProblem, Session, too_fast};
use crate::core::acts::{Asked, ask};
use crate::core::session::line::End;
use crate::core::storage::{ActRow, Storage};

/// Questions that wait for their answer.
const MOST_ASKED: usize = 16;
/// Acts of one line that are watched; of older ones it asks again.
const MOST_WATCHED: usize = 64;
/// What a question with a file costs of a line's allowance, as the operations it is as large as.
const BYTES_OF_AN_OP: usize = 64 << 10;

/// What a desk has asked, and what it is told of by itself.
#[derive(Debug)]
pub(super) struct Acts {
    asked: VecDeque<Box<ActAsk>>,
    /// What was told of each last.
    watched: BTreeMap<ActId, u64>,
    moved: watch::Receiver<u64>,
}

/// What there is to do.
#[derive(Debug)]
pub(super) enum Turn {
    Asked(Box<ActAsk>),
    /// Some that are watched may have got on.
    Moved,
}

impl Acts {
    pub(super) fn new(moved: watch::Receiver<u64>) -> Self {
        Self {
            asked: VecDeque::new(),
            watched: BTreeMap::new(),
            moved,
        }
    }

    /// So much is asked already that nothing more is heard until some is answered.
    pub(super) fn is_busy(&self) -> bool {
        self.asked.len() >= MOST_ASKED
    }

    /// Resolves when there is something to do. May be dropped and asked again.
    pub(super) async fn next(&mut self) -> Turn {
        if let Some(asked) = self.asked.pop_front() {
            return Turn::Asked(asked);
        }
        if self.watched.is_empty() || self.moved.changed().await.is_err() {
            // Nothing is watched, or the room is no more; nor is the session, in a moment.
            return std::future::pending().await;
        }
        Turn::Moved
    }

    /// The row was told; it is watched on while the server works on it.
    fn told(&mut self, row: &ActRow) {
        let goes_on = row.due.is_some() || row.outcome.state.is_under_way();
        if !goes_on {
            self.watched.remove(&row.id);
            return;
        }
        if self.watched.len() >= MOST_WATCHED
            && let Some(oldest) = self.watched.keys().next().copied()
        {
            self.watched.remove(&oldest);
        }
        self.watched.insert(row.id, row.rev);
    }
}

impl<S: Storage, I, O> Session<'_, S, I, O>
where
    I: Stream<Item = Result<Heard, LineProblem>> + Send + Unpin,
    O: Sink<String> + Send + Unpin,
{
    /// Takes a question.
    pub(super) fn ask_act(&mut self, asked: Box<ActAsk>) -> Result<(), End> {
        let bytes = serde_json::to_vec(&asked).map_or(0, |json| json.len());
        let cost = bytes.checked_div(BYTES_OF_AN_OP).unwrap_or_default();
        if !self.buckets.take_ops(cost.saturating_add(1)) {
            return Err(too_fast());
        }
        self.acts.asked.push_back(asked);
        Ok(())
    }

    /// Answers one question, or tells what got on.
    pub(super) async fn tell_acts(&mut self, turn: Turn) -> Result<(), End> {
        match turn {
            Turn::Asked(asked) => self.answer_act(asked).await,
            Turn::Moved => self.tell_moved().await,
        }
    }

    async fn answer_act(&mut self, asked: Box<ActAsk>) -> Result<(), End> {
        let inner = &self.hub.inner;
        let (org, member, id) = (self.who.org, self.who.member, asked.id);
        let answer = ask(&inner.storage, org, member, &asked, inner.clock.now()).await;
        let outcome = match answer.map_err(|e| End::unstored(&e))? {
            Asked::Stands(row) => {
                self.acts.told(&row);
                // What is only being looked at is told when it was.
                if row.due.is_some() && row.outcome.state == ActState::Planned {
                    return Ok(());
                }
                row.outcome
            }
            Asked::Refused(why) => ActOutcome {
                state: ActState::Refused,
                why,
                ..ActOutcome::default()
            },
            Asked::Unknown => ActOutcome::default(),
        };
        self.say_act(id, outcome).await
    }

    async fn tell_moved(&mut self) -> Result<(), End> {
        let watched: Vec<(ActId, u64)> = self
            .acts
            .watched
            .iter()
            .map(|(id, rev)| (*id, *rev))
            .collect();
        for (id, rev) in watched {
            let row = self.hub.inner.storage.act(self.who.org, id).await;
            match row.map_err(|e| End::unstored(&e))? {
                Some(row) if row.rev > rev => {
                    self.acts.told(&row);
                    self.say_act(id, row.outcome).await?;
                }
                Some(_) => {}
                None => {
                    self.acts.watched.remove(&id);
                }
            }
        }
        Ok(())
    }

    async fn say_act(&mut self, id: ActId, outcome: ActOutcome) -> Result<(), End> {
        let told = ActTold { id, outcome };
        self.line.say(&ServerFrame::ErpTold(Box::new(told))).await
    }
}
