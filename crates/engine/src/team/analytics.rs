//! How the team's weeks went: notes, answers and how long answers took, by member; and what the team knows of the person.
//!
//! Counted from what this profile holds of the team's activity, on this computer; nothing of it is sent anywhere.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use kontor_collab::Collab;
use kontor_model::{Flags, ThreadId};
use kontor_protocol::MemberId;
use kontor_store::{MessageDetail, Read, TeamDeed, TeamSpans, TeamWork};

use super::gather::PAUSE_SECONDS;
use crate::engine::Engine;
use crate::error::Result;

/// More weeks than this are not asked for: a year and its neighbour's week.
const MOST_WEEKS: u32 = 53;

/// What was done in a span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Edits of notes; what was typed into one note without a pause of more than ten minutes is one.
    pub notes: u64,
    /// Answers sent.
    pub replies: u64,
    /// Answers that tell how long they took.
    pub timed: u64,
    /// The median of that, whole seconds.
    pub median_seconds: Option<u64>,
}

/// A week of the person's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub begins: Date,
    /// Its ISO number.
    pub number: i8,
}

/// Somebody's weeks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberWork {
    /// Who; `None`: what was done before any team was joined.
    pub member: Option<MemberId>,
    /// Each of the weeks, the oldest first.
    pub weeks: Vec<Work>,
    /// All of them: a median of medians would be none.
    pub total: Work,
}

/// How often the person did one kind of thing the team knows of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deeds {
    /// As in [`kontor_collab::ActivityFilter::what`].
    pub what: String,
    /// How often.
    pub count: u64,
    /// How many of them tell a mail's subject.
    pub titled: u64,
}

/// How the team's weeks went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamAnalytics {
    /// The weeks, the oldest first; the last one is not over.
    pub weeks: Vec<Week>,
    /// Members who are here, and who else did something, in the order of their ids.
    pub members: Vec<MemberWork>,
    /// Everybody together.
    pub team: MemberWork,
    /// What the team knows the person did, ever.
    pub own: Vec<Deeds>,
    /// When the first thing was done that this profile knows of.
    pub known_since: Option<Timestamp>,
}

impl Engine {
    /// Counts the last `weeks` weeks of the person's calendar, this one among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn team_analytics(&self, weeks: u32) -> Result<TeamAnalytics> {
        let now = self.ctx.moment().to_zoned(TimeZone::system());
        let (weeks, borders) = weeks_until(&now, weeks.clamp(1, MOST_WEEKS));
        let me = self.ctx.collab.team()?.map(|team| team.member);
        let members = self.shared(Collab::members).await?;
        let own = me.map(|me| me.to_string());
        let read = move |r: &Read<'_>| {
            let workload = r.team_workload(&borders, PAUSE_SECONDS)?;
            let deeds = r.team_deeds(own.as_deref())?;
            Ok((workload, deeds, r.first_team_op()?))
        };
        let (mut workload, deeds, first) = self.ctx.read(read).await?;
        for member in members.iter().filter(|m| m.active) {
            let id = Some(member.member.to_string());
            let none = || blank(weeks.len());
            workload.members.entry(id).or_insert_with(none);
        }
        let by_member = workload.members.iter();
        Ok(TeamAnalytics {
            members: by_member
                .map(|(id, of)| member_work(id.as_deref(), of))
                .collect(),
            team: member_work(None, &workload.team),
            weeks,
            own: deeds.into_iter().map(Into::into).collect(),
            known_since: first.and_then(|at| Timestamp::from_nanosecond(i128::from(at)).ok()),
        })
    }

    /// How long the answer `sent` just now took: since the last mail of somebody outside came. `None` where nobody outside wrote,
    /// and where that mail has an answer already, from here or from a colleague: what follows it is no answer to it.
    ///
    /// # Errors
    /// When there is no such thread.
    pub(super) async fn answered_after(&self, thread: ThreadId, sent: &str) -> Result<Option<u32>> {
        let accounts = self.accounts().await?.into_iter();
        let members = self.shared(Collab::members).await?;
        let ours: Vec<String> = accounts
            .map(|a| a.account.email.to_lowercase())
            .chain(members.into_iter().map(|m| m.email.to_lowercase()))
            .collect();
        let (_, mut messages) = self.conversation(thread).await?;
        // The answer may lie there already, where the server files what it sends.
        messages.retain(|m| m.row.message_id.as_deref() != Some(sent));
        Ok(waited(&messages, &ours, self.ctx.clock.now().0))
    }
}

/// Seconds from the newest mail, where somebody outside wrote it, to `now`, milliseconds since 1970. What came after `now`
/// by the server's clock came now.
fn waited(messages: &[MessageDetail], ours: &[String], now: i64) -> Option<u32> {
    let settled = |m: &&MessageDetail| m.row.placement.flags.bits & Flags::DRAFT == 0;
    let from_us = |m: &MessageDetail| {
        let author = m.row.from.first();
        author.is_some_and(|a| ours.contains(&a.address.to_lowercase()))
    };
    let newest = messages
        .iter()
        .filter(settled)
        .max_by_key(|m| m.row.internal_date)
        .filter(|m| !from_us(m))?;
    let seconds = now.saturating_sub(newest.row.internal_date.0).max(0) / 1000;
    Some(u32::try_from(seconds).unwrap_or(u32::MAX))
}

fn blank(weeks: usize) -> TeamSpans {
    TeamSpans {
        spans: vec![TeamWork::default(); weeks],
        total: TeamWork::default(),
    }
}

fn member_work(id: Option<&str>, of: &TeamSpans) -> MemberWork {
    MemberWork {
        member: id.and_then(|id| id.parse().ok()),
        weeks: of.spans.iter().map(work).collect(),
        total: work(&of.total),
    }
}

fn work(of: &TeamWork) -> Work {
    Work {
        notes: of.notes,
        replies: of.replies,
        timed: u64::try_from(of.times.len()).unwrap_or(u64::MAX),
        median_seconds: median(&of.times),
    }
}

/// The middle of ascending numbers; of an even number of them, between the two in the middle.
fn median(times: &[u32]) -> Option<u64> {
    let upper = times.get(times.len() / 2)?;
    let lower = times.get(times.len().saturating_sub(1) / 2)?;
    Some(u64::from(*upper).saturating_add(u64::from(*lower)) / 2)
}

impl From<TeamDeed> for Deeds {
    fn from(deed: TeamDeed) -> Self {
        Self {
            what: deed.what,
            count: deed.count,
            titled: deed.titled,
        }
    }
}

/// The last `count` weeks up to and with the one of `now`, the oldest first, and their borders: one more than weeks,
/// nanoseconds since 1970. Days are 23 to 25 hours long: a week ends where the next one begins.
fn weeks_until(now: &Zoned, count: u32) -> (Vec<Week>, Vec<i64>) {
    let today = now.date();
    let back = i64::from(today.weekday().to_monday_zero_offset());
    let monday = |ago: i64| {
        let days = ago.saturating_mul(7).saturating_add(back);
        let begins = today.checked_sub(days.days()).ok()?;
        let at = begins.to_zoned(now.time_zone().clone()).ok()?.timestamp();
        let number = begins.iso_week_date().week();
        let week = Week { begins, number };
        Some((week, i64::try_from(at.as_nanosecond()).ok()?))
    };
    // The last border is the Monday after now.
    let mondays = (-1..i64::from(count)).rev().filter_map(monday);
    let (mut weeks, borders): (Vec<Week>, Vec<i64>) = mondays.unzip();
    weeks.pop();
    (weeks, borders)
}

#[cfg(test)]
mod tests {
    use kontor_model::{
        AccountId, Address, FolderId, MessageId, MessageRow, Millis, Placement, PlacementId,
    };
    use rstest::rstest;

    use super::*;

    #[test]
    fn weeks_begin_on_mondays_of_the_calendar() {
        let now: Zoned = "2026-11-02T00:30[Europe/Ljubljana]".parse().unwrap();
        let (weeks, borders) = weeks_until(&now, 3);
        let hours: Vec<i64> = borders
            .windows(2)
            .map(|pair| pair[1].saturating_sub(pair[0]) / 3_600_000_000_000)
            .collect();
        assert_eq!(
            hours,
            [169, 168, 168],
            "summer time ends on Sunday the 25th"
        );
        let found: Vec<_> = weeks
            .iter()
            .map(|w| (w.begins.to_string(), w.number))
            .collect();
        let want = [("2026-10-19", 43), ("2026-10-26", 44), ("2026-11-02", 45)];
        assert_eq!(found, want.map(|(day, number)| (day.to_owned(), number)));
    }

    #[test]
    fn the_first_days_of_a_year_may_belong_to_a_week_of_the_one_before() {
        let now: Zoned = "2027-01-03T12:00[Europe/Ljubljana]".parse().unwrap();
        let (weeks, borders) = weeks_until(&now, 1);
        assert_eq!((weeks[0].number, weeks[0].begins.year()), (53, 2026));
        assert_eq!(borders.len(), 2);
    }

    /// A mail from `from`, which came in second `at`.
    fn mail(from: &str, at: i64, bits: u8) -> MessageDetail {
        let placement = Placement {
            id: PlacementId(1),
            message: MessageId(at),
            folder: FolderId(1),
            uid: Some(1),
            flags: Flags {
                bits,
                keywords: Vec::new(),
            },
        };
        let author = Address {
            name: String::new(),
            address: from.into(),
        };
        MessageDetail {
            account: AccountId(1),
            row: MessageRow {
                id: MessageId(at),
                message_id: None,
                placement,
                subject: String::new(),
                from: vec![author],
                to: Vec::new(),
                cc: Vec::new(),
                date: Millis(0),
                internal_date: Millis(at.saturating_mul(1000)),
                size: 1,
                thread: ThreadId(1),
                has_attachment: None,
                body: true,
                preview: String::new(),
            },
            reply_to: Vec::new(),
            in_reply_to: Vec::new(),
            references: Vec::new(),
            placements: Vec::new(),
            body_failed: false,
        }
    }

    #[rstest]
    #[case::the_last_that_came(&[("Kovac@x.example", 100), ("kovac@x.example", 160)], Some(40))]
    #[case::whatever_was_answered_before(&[("maja@h.example", 100), ("kovac@x.example", 190)], Some(10))]
    #[case::answered_already(&[("kovac@x.example", 100), ("MAJA@h.example", 150)], None)]
    #[case::by_a_colleague(&[("kovac@x.example", 100), ("ana@h.example", 150)], None)]
    #[case::by_a_clock_that_is_ahead(&[("kovac@x.example", 300)], Some(0))]
    #[case::nobody_wrote(&[], None)]
    fn an_answer_took_as_long_as_somebody_waited(
        #[case] mails: &[(&str, i64)],
        #[case] want: Option<u32>,
    ) {
        let ours = ["maja@h.example".to_owned(), "ana@h.example".to_owned()];
        let mut mails: Vec<_> = mails.iter().map(|(who, at)| mail(who, *at, 0)).collect();
        mails.push(mail("maja@h.example", 199, Flags::DRAFT));
        assert_eq!(
            waited(&mails, &ours, 200_000),
            want,
            "drafts are no answers"
        );
    }

    #[rstest]
    #[case::none(&[], None)]
    #[case::one(&[9], Some(9))]
    #[case::odd(&[1, 2, 90], Some(2))]
    #[case::even(&[1, 2, 4, 90], Some(3))]
    #[case::the_longest(&[u32::MAX, u32::MAX], Some(4_294_967_295))]
    fn the_median_is_the_middle(#[case] times: &[u32], #[case] want: Option<u64>) {
        assert_eq!(median(times), want, "{times:?}");
    }
}
