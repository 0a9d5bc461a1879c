//! Two answers to one mail: before a reply leaves, it is asked who else answers.
//!
//! What counts is what its author could not know: answers that came here since the draft began, and drafts of others that
//! lie there now. A reply that waits in the outbox is looked at once more when it is about to leave.

use std::time::Duration;

use jiff::Timestamp;
use kontor_collab::{Activity, ActivityFilter, Collab, Member};
use kontor_model::{Flags, MessageId, Millis, OutboxId, Placement, ThreadId};
use kontor_protocol::{Availability, MemberId, Subject};
use kontor_store::{MessageDetail, Outgoing, TeamOpState};
use tokio::time::{sleep, timeout};

use super::state::TeamState;
use crate::engine::Engine;
use crate::error::{Code, Result};

/// Answers to one conversation looked at; more were not written since any draft began.
const LOOKED_AT: u32 = 50;

/// A mail that waited for the network waits so long for the team's news; a team's server that is away holds no mail up.
const HEARING: Duration = Duration::from_secs(10);

/// From an address several send from, a colleague's answer is the mail written about when they told of it, in ms.
const CLOSE: i64 = 900_000;

/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// What a colleague does about a conversation that is being answered here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// They answered.
    Answered,
    /// They are writing an answer.
    Answering,
    /// They are offline and left an answer unsent.
    Unsent,
}

/// A colleague whose answer meets one from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colliding {
    /// Who.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// What they do.
    pub what: Clash,
    /// When they answered, or since when they are offline.
    pub at: Option<Timestamp>,
    /// Their answer, where that mail is here.
    pub message: Option<MessageId>,
    /// The conversation here.
    pub thread: ThreadId,
}

/// The conversation of a mail that is being answered.
struct Conversation {
    subject: Subject,
    answered: MessageDetail,
    messages: Vec<MessageDetail>,
    me: MemberId,
    members: Vec<Member>,
}

impl Engine {
    /// Returns who else answers the conversation of a message: one entry a colleague, those who answered first. `began` is
    /// when the draft did; without it, all that was answered since the message came counts. Without a team there is nobody.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn collision(
        &self,
        answered: MessageId,
        began: Option<Millis>,
    ) -> Result<Vec<Colliding>> {
        let Some(conversation) = self.shared_conversation(answered).await? else {
            return Ok(Vec::new());
        };
        let mut found = self.answers_since(&conversation, began).await?;
        for other in self.answering_now(&conversation).await? {
            if found.iter().all(|known| known.member != other.member) {
                found.push(other);
            }
        }
        Ok(found)
    }

    /// The same for a kept draft.
    ///
    /// # Errors
    /// When there is no such draft.
    pub async fn collision_of_draft(&self, draft: i64) -> Result<Vec<Colliding>> {
        let row = self.ctx.read(move |r| r.draft(draft)).await?;
        let Some(answered) = row.draft.answers else {
            return Ok(Vec::new());
        };
        let began = crate::composing::began(&row).unwrap_or(row.updated_at);
        self.collision(answered, Some(began)).await
    }

    /// Returns who answered since the author of a mail in the outbox last decided about it.
    ///
    /// # Errors
    /// When there is no such mail.
    pub async fn collision_of_outgoing(&self, id: OutboxId) -> Result<Vec<Colliding>> {
        let outgoing = self.outgoing(id).await?;
        self.overtaken_by(&outgoing).await
    }

    /// Says why a reply is to stay here: a colleague answered while it waited. After an outage the team is heard first.
    pub(crate) async fn overtaken(&self, outgoing: &Outgoing) -> Option<String> {
        if outgoing.answers.is_none() || outgoing.asked_at.is_none() {
            return None;
        }
        if !outgoing.error.is_empty() {
            // In time or not: what is known then decides.
            let heard = timeout(HEARING, self.hear()).await.is_ok();
            tracing::debug!(heard, "a reply that waited leaves");
        }
        match self.overtaken_by(outgoing).await {
            Ok(found) => found.first().map(|first| {
                format!(
                    "{} answered this conversation while your reply waited. It was not sent: send it anyway, or take it back.",
                    first.name
                )
            }),
            Err(e) => {
                tracing::warn!("a reply leaves without asking: {e}");
                None
            }
        }
    }

    async fn overtaken_by(&self, outgoing: &Outgoing) -> Result<Vec<Colliding>> {
        let (Some(answered), Some(asked)) = (outgoing.answers, outgoing.asked_at) else {
            return Ok(Vec::new());
        };
        match self.shared_conversation(answered).await? {
            Some(conversation) => self.answers_since(&conversation, Some(asked)).await,
            None => Ok(Vec::new()),
        }
    }

    /// Resolves when what the team's server knows is here, or cannot come.
    async fn hear(&self) {
        loop {
            let Ok(status) = self.team_status().await else {
                return;
            };
            let here = status.team.is_none_or(|team| team.cursor >= team.head);
            let heard = match status.link.state {
                TeamState::Alone | TeamState::NeedsYou => true,
                TeamState::Live => here,
                TeamState::Connecting => false,
                TeamState::Offline => self.ctx.profile.team_claim_is_free().unwrap_or(true),
            };
            if heard {
                return;
            }
            sleep(LOOK).await;
        }
    }

    /// `None` without a team, for a mail that is gone, and for a conversation no team can know.
    async fn shared_conversation(&self, answered: MessageId) -> Result<Option<Conversation>> {
        let Some(team) = self.ctx.collab.team()? else {
            return Ok(None);
        };
        let absent = |code| matches!(code, Code::NotFound | Code::Usage);
        let answered = match self.message(answered).await {
            Err(e) if absent(e.code) => return Ok(None),
            other => other?,
        };
        let subject = match self.thread_subject(answered.row.thread).await {
            Err(e) if absent(e.code) => return Ok(None),
            other => other?,
        };
        let (_, messages) = self.conversation(answered.row.thread).await?;
        Ok(Some(Conversation {
            subject,
            answered,
            messages,
            me: team.member,
            members: self.shared(Collab::members).await?,
        }))
    }

    async fn answers_since(
        &self,
        conversation: &Conversation,
        began: Option<Millis>,
    ) -> Result<Vec<Colliding>> {
        let filter = ActivityFilter {
            what: Some("reply".into()),
            subject: Some(conversation.subject.clone()),
            ..ActivityFilter::default()
        };
        let replies = self
            .shared(move |c| c.activity(&filter, None, LOOKED_AT))
            .await?
            .rows;
        let came = moment(conversation.answered.row.date);
        let began = began.map_or(came, moment);
        let mut found: Vec<Colliding> = Vec::new();
        for reply in replies {
            let Some(by) = reply.member.filter(|by| *by != conversation.me) else {
                continue;
            };
            let known = found.iter().any(|found| found.member == by);
            if !known && is_news(&reply, began, came) {
                found.push(Colliding {
                    member: by,
                    name: conversation.name(by),
                    what: Clash::Answered,
                    at: Some(reply.occurred_at),
                    message: None,
                    thread: conversation.answered.row.thread,
                });
            }
        }
        if !found.is_empty() {
            self.find_mails(conversation, &mut found).await?;
        }
        Ok(found)
    }

    /// Colleagues' answers that are here: from their own address, or from one of ours that several send from.
    async fn find_mails(&self, of: &Conversation, found: &mut [Colliding]) -> Result<()> {
        let now = self.ctx.clock.now();
        let left = self.ctx.read(move |r| r.outbox(true, now)).await?;
        let accounts = self.accounts().await?;
        let from_here = |mid: Option<&String>| left.iter().any(|o| Some(&o.message_id) == mid);
        let ours = |from: &str| {
            let same = |email: &str| email.eq_ignore_ascii_case(from);
            accounts.iter().any(|a| same(&a.account.email))
        };
        for colleague in found {
            let member = of.members.iter().find(|m| m.member == colleague.member);
            let at = colleague.at.map_or(Millis(0), Millis::from);
            let wrote = |from: &str, date: Millis| {
                let own = member.is_some_and(|m| m.email.eq_ignore_ascii_case(from));
                own || (ours(from) && date.since(at).saturating_abs() <= CLOSE)
            };
            let newest = of.messages.iter().rev().find(|m| {
                m.row.id != of.answered.row.id
                    && m.row.date >= of.answered.row.date
                    && !m.placements.iter().any(is_draft)
                    && !from_here(m.row.message_id.as_ref())
                    && m.row
                        .from
                        .first()
                        .is_some_and(|a| wrote(&a.address, m.row.date))
            });
            colleague.message = newest.map(|m| m.row.id);
        }
        Ok(())
    }

    async fn answering_now(&self, of: &Conversation) -> Result<Vec<Colliding>> {
        // Who left the line last may have been killed: what it said of others is no news any more.
        if self.ctx.profile.team_claim_is_free()? {
            return Ok(Vec::new());
        }
        let there = self.ctx.presence().await?.into_iter();
        let writing =
            there.filter(|p| p.member != of.me && p.writing.as_ref() == Some(&of.subject));
        let found = writing.map(|p| {
            let offline = p.state == Availability::Offline;
            Colliding {
                member: p.member,
                name: of.name(p.member),
                what: if offline {
                    Clash::Unsent
                } else {
                    Clash::Answering
                },
                at: offline.then_some(p.since),
                message: None,
                thread: of.answered.row.thread,
            }
        });
        Ok(found.collect())
    }
}

impl Conversation {
    fn name(&self, of: MemberId) -> String {
        let found = self.members.iter().find(|m| m.member == of);
        found.map_or_else(|| "A colleague".to_owned(), |m| m.name.clone())
    }
}

/// Whether an answer is one the author of a draft begun then could not know. Clocks differ, and desks are offline for days:
/// an answer to the mail at hand that came to be known here later counts, whatever its own clock says.
fn is_news(reply: &Activity, began: Timestamp, came: Timestamp) -> bool {
    let later = reply.received_at.is_some_and(|at| at >= began);
    reply.state != TeamOpState::Rejected
        && (reply.occurred_at >= began || (later && reply.occurred_at >= came))
}

fn is_draft(place: &Placement) -> bool {
    place.flags.bits & Flags::DRAFT != 0
}

fn moment(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use kontor_collab::ActivityDetail;
    use kontor_protocol::OpId;
    use rstest::rstest;
    use uuid::Uuid;

    use super::*;

    #[rstest]
    #[case::while_it_was_written(300, Some(301), true)]
    #[case::before_it_began(150, Some(151), false)]
    #[case::unknown_until_the_desk_was_back(150, Some(250), true)]
    #[case::before_the_mail_that_is_answered(50, Some(250), false)]
    #[case::by_a_clock_that_is_behind(120, Some(201), true)]
    #[case::by_a_clock_that_is_ahead(210, Some(190), true)]
    fn what_the_author_could_not_know_is_news(
        #[case] occurred: i64,
        #[case] received: Option<i64>,
        #[case] news: bool,
    ) {
        let at = |second| Timestamp::from_second(second).unwrap();
        let reply = Activity {
            row: 1,
            seq: Some(1),
            op_id: OpId(Uuid::nil()),
            what: "reply".into(),
            subject: "thread:1".parse().unwrap(),
            member: Some(MemberId(Uuid::nil())),
            name: None,
            occurred_at: at(occurred),
            received_at: received.map(at),
            state: TeamOpState::Accepted,
            reason: String::new(),
            detail: ActivityDetail::Reply { title: None },
        };
        let (came, began) = (at(100), at(200));
        assert_eq!(
            is_news(&reply, began, came),
            news,
            "{occurred} {received:?}"
        );
    }
}
