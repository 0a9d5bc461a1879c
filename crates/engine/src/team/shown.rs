//! What a window shows of the team beyond plain rows: news, a page of activity with its numbers, a conversation's state.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use kontor_collab::{Activity, ActivityDetail, ActivityFilter, Collab};
use kontor_model::ThreadId;
use kontor_protocol::field::{ASSIGNEE, STATUS};
use kontor_protocol::{Mark, MemberId, Subject, SubjectKind, Task};
use kontor_store::{Read, TeamOpFilter};

use super::gather::{Gathering, PAUSE_SECONDS};
use super::marks::plain_detail;
use crate::context::blocking;
use crate::engine::Engine;
use crate::error::Result;

/// Where the log of activity ended when the person last looked at all of it.
const SEEN: &str = "team.seen";
/// News beyond this are not counted: nobody reads a larger number.
const MOST_NEWS: u32 = 500;
/// Rows looked at for a search.
const MOST_LOOKED_AT: usize = 5000;
/// Rows read at a time.
const PAGE: u32 = 200;

/// How far back activity goes, by the days of the person's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Since midnight.
    Today,
    /// Since Monday.
    Week,
    /// Since the first of the month.
    Month,
    /// All there is.
    All,
}

/// Which activity is asked for.
#[derive(Clone, Debug)]
pub struct ActivityAsked {
    /// How far back.
    pub span: Span,
    /// See [`ActivityFilter::what`].
    pub what: Option<String>,
    /// By this member.
    pub member: Option<MemberId>,
    /// About this subject.
    pub subject: Option<Subject>,
    /// Words that stand in it, in any case.
    pub text: Option<String>,
    /// `next` of the page before.
    pub page: Option<String>,
}

/// One thing that was done, with what this profile knows about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityLine {
    /// What the log has.
    pub activity: Activity,
    /// The conversation here, once it was opened on this desk.
    pub thread: Option<ThreadId>,
    /// What the subject is called here.
    pub name: Option<String>,
    /// What exactly, in a few words.
    pub detail: Option<String>,
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActivityNumbers {
    /// Edits of notes, what was typed without a long pause as one.
    pub notes: u32,
    /// Answers sent.
    pub replies: u32,
    /// Conversations handed over.
    pub assigned: u32,
    /// Conversations and tasks finished.
    pub done: u32,
}

/// A page of activity, newest first.
#[derive(Clone, Debug, Default)]
pub struct ActivityLines {
    /// Of the whole span; counted with its first page.
    pub numbers: ActivityNumbers,
    /// The lines.
    pub lines: Vec<ActivityLine>,
    /// For the page behind it.
    pub next: Option<String>,
}

/// A conversation as the team sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadShared {
    /// The team's name of it.
    pub subject: Subject,
    /// Who looks after it: a member's id.
    pub assignee: Option<String>,
    /// `open`, `waiting`, `done` or `snoozed`.
    pub status: Option<String>,
}

impl Engine {
    /// Counts what happened for the person since they last looked: mentions of them, and conversations handed to them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn team_news(&self) -> Result<u32> {
        let Some(me) = self.ctx.collab.team()?.map(|team| team.member) else {
            return Ok(0);
        };
        let seen = self.ctx.read(|r| r.setting(SEEN)).await?;
        let Some(seen) = seen.and_then(|row| row.parse().ok()) else {
            // What happened before the first look is no news.
            self.mark_team_seen().await?;
            return Ok(0);
        };
        let rows = self.activity_after(seen, MOST_NEWS).await?;
        let news = rows.iter().filter(|a| concerns(a, me)).count();
        Ok(u32::try_from(news).unwrap_or(u32::MAX))
    }

    /// Says that the person has looked at all activity.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn mark_team_seen(&self) -> Result<()> {
        let row = self.last_activity().await?.to_string();
        let seen = move |w: &mut kontor_store::Write<'_>| {
            w.touch_team();
            w.set_setting(SEEN, &row)
        };
        self.ctx.write(seen).await
    }

    /// Returns a page of activity with the numbers of its span.
    ///
    /// # Errors
    /// When the store cannot be read, or the page is none of ours.
    pub async fn activity_lines(&self, asked: ActivityAsked, limit: u32) -> Result<ActivityLines> {
        let since = beginning(asked.span, &self.ctx.moment().to_zoned(TimeZone::system()));
        let filter = ActivityFilter {
            since,
            what: asked.what.clone(),
            member: asked.member,
            subject: asked.subject.clone(),
        };
        let numbers = if asked.page.is_none() {
            let filter = filter.clone();
            self.ctx.read(move |r| numbers(r, &filter)).await?
        } else {
            ActivityNumbers::default()
        };
        let collab = self.ctx.collab.clone();
        let words = asked.text.map(|text| text.to_lowercase());
        let (rows, next) =
            blocking(move || found(&collab, &filter, words.as_deref(), asked.page, limit)).await?;
        let mut lines = Vec::with_capacity(rows.len());
        for activity in rows {
            lines.push(self.line(activity).await?);
        }
        Ok(ActivityLines {
            numbers,
            lines,
            next,
        })
    }

    /// Returns how the team sees a conversation.
    ///
    /// # Errors
    /// When there is no such conversation, or none of its mails has a Message-ID.
    pub async fn thread_shared(&self, thread: ThreadId) -> Result<ThreadShared> {
        let subject = self.thread_subject(thread).await?;
        let record = self.record(&subject).await?;
        let value = |name: &str| {
            let field = record.fields.iter().find(|f| f.field == name);
            field.and_then(|f| f.value.clone())
        };
        Ok(ThreadShared {
            assignee: value(ASSIGNEE),
            status: value(STATUS),
            subject,
        })
    }

    /// Hands a conversation to a member, or to nobody.
    ///
    /// # Errors
    /// As [`Engine::thread_shared`].
    pub async fn assign_thread(&self, thread: ThreadId, member: Option<MemberId>) -> Result<()> {
        let subject = self.thread_subject(thread).await?;
        self.assign(&subject, member).await.map(drop)
    }

    /// Says where a conversation stands: `open`, `waiting`, `done` or `snoozed`.
    ///
    /// # Errors
    /// As [`Engine::thread_shared`]; [`crate::Code::Usage`] for another word.
    pub async fn set_thread_status(&self, thread: ThreadId, status: &str) -> Result<()> {
        let subject = self.thread_subject(thread).await?;
        let field = (STATUS.to_owned(), Some(status.to_owned()));
        self.set_fields(&subject, vec![field]).await.map(drop)
    }

    async fn line(&self, activity: Activity) -> Result<ActivityLine> {
        let detail = self.detail(&activity.subject, &activity.detail).await;
        let thread = self.thread_here(&activity.subject).await?;
        let (thread, name) = match thread {
            // Threads come together and go: one that is gone is not led to.
            Some(id) => match self.conversation(id).await {
                Ok((subject, messages)) if !messages.is_empty() => (Some(id), Some(subject)),
                Ok(_) | Err(_) => (None, None),
            },
            None if activity.subject.kind() == SubjectKind::Customer => {
                (None, self.customer_name(activity.subject.id()).await)
            }
            None => (None, None),
        };
        Ok(ActivityLine {
            thread,
            name,
            detail,
            activity,
        })
    }
}

/// Whether something is news for a member: by somebody else, and naming them or handing them something.
fn concerns(activity: &Activity, me: MemberId) -> bool {
    if activity.member == Some(me) {
        return false;
    }
    match &activity.detail {
        ActivityDetail::Note { mentions, .. } => mentions.contains(&me),
        ActivityDetail::Field { field, value } => {
            let given = value.as_deref().and_then(|value| match Mark::of(field) {
                Some(Mark::Task(_)) => Task::read(value).member,
                None if field == ASSIGNEE => value.parse().ok(),
                _ => None,
            });
            given == Some(me)
        }
        ActivityDetail::Resolve { .. }
        | ActivityDetail::Reply { .. }
        | ActivityDetail::Member { .. } => false,
    }
}

/// The moment a span begins with; `None`: at the beginning of everything.
fn beginning(span: Span, now: &Zoned) -> Option<Timestamp> {
    let midnight = now.start_of_day().ok()?;
    let back = match span {
        Span::Today => 0,
        Span::Week => i64::from(midnight.weekday().to_monday_zero_offset()),
        Span::Month => i64::from(midnight.day()).saturating_sub(1),
        Span::All => return None,
    };
    let first = midnight.checked_sub(back.days()).ok()?;
    Some(first.start_of_day().ok()?.timestamp())
}

/// Counts the whole span, whichever kind is shown of it.
fn numbers(r: &Read<'_>, filter: &ActivityFilter) -> kontor_store::Result<ActivityNumbers> {
    let filter = TeamOpFilter {
        since: filter.since.map(nanos),
        what: None,
        member: filter.member.map(|m| m.to_string()),
        subject: filter.subject.as_ref().map(ToString::to_string),
    };
    let counted = r.team_numbers(&filter, PAUSE_SECONDS)?;
    let small = |n| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(ActivityNumbers {
        notes: small(counted.notes),
        replies: small(counted.replies),
        assigned: small(counted.assigned),
        done: small(counted.done),
    })
}

fn nanos(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(i64::MIN)
}

type Found = (Vec<Activity>, Option<String>);

/// A page of lines; with words, of those they stand in. What belongs together is read together.
fn found(
    collab: &Collab,
    filter: &ActivityFilter,
    words: Option<&str>,
    page: Option<String>,
    limit: u32,
) -> Result<Found> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let fits = |line: &Activity| words.is_none_or(|words| says(line, words));
    let (mut gathering, mut page, mut looked_at) = (Gathering::default(), page, 0_usize);
    loop {
        let more = collab.activity(filter, page.as_deref(), PAGE)?;
        looked_at = looked_at.saturating_add(more.rows.len());
        more.rows.into_iter().for_each(|row| gathering.take(row));
        page = more.next;
        let enough = gathering.lines().filter(|line| fits(line)).count() >= wanted;
        if page.is_none() || enough || looked_at >= MOST_LOOKED_AT {
            let mut lines = gathering.end();
            lines.retain(fits);
            return Ok((lines, page));
        }
    }
}

fn says(activity: &Activity, words: &str) -> bool {
    [
        Some(activity.subject.to_string()),
        activity.name.clone(),
        plain_detail(&activity.detail),
    ]
    .into_iter()
    .flatten()
    .any(|text| text.to_lowercase().contains(words))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::today(Span::Today, Some("2026-11-18T23:00:00Z"))]
    #[case::week(Span::Week, Some("2026-11-15T23:00:00Z"))]
    // October had summer time until the 25th, November began without it.
    #[case::month(Span::Month, Some("2026-10-31T23:00:00Z"))]
    #[case::all(Span::All, None)]
    fn a_span_begins_with_a_day_of_the_calendar(#[case] span: Span, #[case] want: Option<&str>) {
        let now: Zoned = "2026-11-19T10:00[Europe/Ljubljana]".parse().unwrap();
        let begins = beginning(span, &now).map(|at| at.to_string());
        assert_eq!(begins.as_deref(), want, "{span:?}");
    }
}
