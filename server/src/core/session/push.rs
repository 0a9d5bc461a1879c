//! Pushes: checked here, stored by the room, answered in order.

use std::collections::VecDeque;

use futures::{Sink, Stream};
use kontor_protocol::{Ack, MAX_BATCH, Op, OpId, OpProblem, Reject, RejectCode, ServerFrame};
use tokio::sync::oneshot;

use crate::core::hub::order::{Submission, Unstored, tail};
use crate::core::session::line::End;
use crate::core::session::{Heard, LineProblem, Session};
use crate::core::storage::{Appended, Incoming, Storage};

/// A push whose answer is not there yet.
pub(crate) struct Waiting {
    /// What was handed to the storage, in order.
    ids: Vec<OpId>,
    /// What was not.
    rejects: Vec<Reject>,
    stored: oneshot::Receiver<Result<Vec<Appended>, Unstored>>,
}

/// What became of a push.
pub(crate) struct Answer {
    acks: Vec<Ack>,
    rejects: Vec<Reject>,
}

/// Resolves with the oldest push's answer; never where none waits. May be dropped and asked again.
pub(crate) async fn next(waiting: &mut VecDeque<Waiting>) -> Answer {
    let Some(first) = waiting.front_mut() else {
        return std::future::pending().await;
    };
    let stored = (&mut first.stored).await.unwrap_or(Err(Unstored));
    // It is the one that was just waited for.
    let first = waiting.pop_front();
    first.map_or_else(Answer::empty, |waiting| Answer::of(waiting, stored))
}

impl Answer {
    fn empty() -> Self {
        Self {
            acks: Vec::new(),
            rejects: Vec::new(),
        }
    }

    fn of(waiting: Waiting, stored: Result<Vec<Appended>, Unstored>) -> Self {
        let mut answer = Self {
            acks: Vec::with_capacity(waiting.ids.len()),
            rejects: waiting.rejects,
        };
        let stored = stored.unwrap_or_default();
        let mut stored = stored.into_iter();
        for op_id in waiting.ids {
            match stored.next() {
                Some(Appended::New(seq, _) | Appended::Known(seq)) => {
                    answer.acks.push(Ack { op_id, seq });
                }
                Some(Appended::Reused) => answer.rejects.push(refusal(
                    op_id,
                    RejectCode::Reused,
                    "this id belongs to another operation",
                )),
                None => answer.rejects.push(refusal(
                    op_id,
                    RejectCode::Internal,
                    "the server could not store this: send it again later",
                )),
            }
        }
        answer
    }
}

impl<S: Storage, I, O> Session<'_, S, I, O>
where
    I: Stream<Item = Result<Heard, LineProblem>> + Send + Unpin,
    O: Sink<String> + Send + Unpin,
{
    /// Takes a push: what is good goes to the storage, the rest is refused one by one.
    pub(super) async fn push(&mut self, ops: Vec<Op>, bytes: usize) -> Result<(), End> {
        if ops.len() > MAX_BATCH {
            let message = format!("a push has at most {MAX_BATCH} operations");
            return Err(End::refuse(RejectCode::TooLarge, &message));
        }
        let in_time = self.buckets.take_ops(ops.len());
        let accepted_at = self.hub.inner.clock.now();
        let mut waiting = Vec::with_capacity(ops.len());
        let (mut ids, mut rejects) = (Vec::with_capacity(ops.len()), Vec::new());
        for op in ops {
            let refused = if in_time {
                op.check()
                    .and_then(|()| op.check_right(self.who.org, self.who.role))
                    .err()
                    .map(|problem| (code(&problem), problem.to_string()))
            } else {
                Some((
                    RejectCode::Busy,
                    "too many at once: send it again in a while".into(),
                ))
            };
            if let Some((code, message)) = refused {
                rejects.push(refusal(op.op_id, code, &message));
                continue;
            }
            ids.push(op.op_id);
            waiting.push(Incoming {
                member: self.who.member,
                device: self.who.device,
                accepted_at,
                op,
            });
        }
        let (answer, stored) = oneshot::channel();
        if waiting.is_empty() {
            // In its turn all the same: answers come in the order of the pushes.
            drop(answer.send(Ok(Vec::new())));
        } else {
            let submission = Submission {
                tails: waiting.iter().map(tail).collect(),
                ops: waiting,
                bytes,
                answer,
            };
            tokio::select! {
                () = self.room.submit(submission) => {}
                () = self.line.ended() => return Err(self.line.ending()),
            }
        }
        self.waiting.push_back(Waiting {
            ids,
            rejects,
            stored,
        });
        Ok(())
    }

    /// Tells what became of a push.
    pub(super) async fn answer(&mut self, answer: Answer) -> Result<(), End> {
        if !answer.acks.is_empty() {
            let acks = answer.acks;
            self.line.say(&ServerFrame::Ack { acks }).await?;
        }
        for reject in answer.rejects {
            self.hub.inner.figures.rejected(reject.code);
            self.line.say(&ServerFrame::Reject(reject)).await?;
        }
        Ok(())
    }
}

fn refusal(op_id: OpId, code: RejectCode, message: &str) -> Reject {
    Reject {
        op_id: Some(op_id),
        code,
        message: message.to_owned(),
    }
}

fn code(problem: &OpProblem) -> RejectCode {
    match problem {
        OpProblem::Checksum => RejectCode::Checksum,
        OpProblem::TooLarge => RejectCode::TooLarge,
        OpProblem::Forbidden | OpProblem::AdminsOnly => RejectCode::Forbidden,
        OpProblem::Field(_) | OpProblem::Empty => RejectCode::Invalid,
    }
}
