//! Keystrokes put together: what one person wrote into one note without a long pause is one thing they did.

use jiff::Timestamp;
use kontor_collab::{Activity, ActivityDetail};

/// A longer pause between two edits begins a new line.
pub(super) const PAUSE_SECONDS: i64 = 600;

/// What an edit is that names somebody, see [`kontor_collab::ActivityFilter::what`].
const MENTION: &str = "mention";

/// How much of what was added is shown, in characters.
const EXCERPT: usize = 120;

/// Neighbouring edits of a note become one line, which stands where its newest edit stood.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    lines: Vec<Activity>,
    /// When the oldest edit of the last line was made.
    began: Option<Timestamp>,
}

impl Gathering {
    /// Takes the next one; newest first, as they come.
    pub(super) fn take(&mut self, older: Activity) {
        let at = older.occurred_at;
        let close = self
            .began
            .is_some_and(|began| began.duration_since(at).as_secs().abs() <= PAUSE_SECONDS);
        self.began = Some(at);
        match self.lines.last_mut() {
            Some(line) if close && belongs(line, &older) => join(line, older),
            _ => self.lines.push(older),
        }
    }

    /// What there is so far; the last one may still grow.
    pub(super) fn lines(&self) -> impl Iterator<Item = &Activity> {
        self.lines.iter()
    }

    /// All of them.
    pub(super) fn end(self) -> Vec<Activity> {
        self.lines
    }
}

fn belongs(line: &Activity, older: &Activity) -> bool {
    let notes = matches!(
        (&line.detail, &older.detail),
        (ActivityDetail::Note { .. }, ActivityDetail::Note { .. })
    );
    notes
        && line.member == older.member
        && line.subject == older.subject
        && line.state == older.state
}

/// Adds an older edit to a line: its words come before. One that names somebody makes the line one that does.
fn join(line: &mut Activity, older: Activity) {
    if older.what == MENTION {
        line.what = older.what;
    }
    if let (
        ActivityDetail::Note {
            added,
            removed,
            excerpt,
            mentions,
        },
        ActivityDetail::Note {
            added: more,
            removed: less,
            excerpt: before,
            mentions: also,
        },
    ) = (&mut line.detail, older.detail)
    {
        *added = added.saturating_add(more);
        *removed = removed.saturating_add(less);
        *excerpt = before
            .chars()
            .chain(excerpt.chars())
            .take(EXCERPT)
            .collect();
        mentions.extend(
            also.into_iter()
                .filter(|who| !mentions.contains(who))
                .collect::<Vec<_>>(),
        );
    }
}

#[cfg(test)]
mod tests {
    use kontor_collab::TeamOpState;
    use kontor_protocol::{MemberId, OpId};

    use super::*;

    fn gathered(rows: Vec<Activity>) -> Vec<Activity> {
        let mut gathering = Gathering::default();
        rows.into_iter().for_each(|row| gathering.take(row));
        gathering.end()
    }

    /// An edit by person `who`, in second `at`.
    fn edit(who: u128, subject: &str, at: i64, excerpt: &str) -> Activity {
        Activity {
            row: at,
            seq: None,
            op_id: OpId(uuid::Uuid::from_u128(7)),
            what: "note".into(),
            subject: subject.parse().unwrap(),
            member: Some(MemberId(uuid::Uuid::from_u128(who))),
            name: None,
            occurred_at: Timestamp::from_second(at).unwrap(),
            received_at: None,
            state: TeamOpState::Accepted,
            reason: String::new(),
            detail: ActivityDetail::Note {
                added: 1,
                removed: 0,
                excerpt: excerpt.into(),
                mentions: Vec::new(),
            },
        }
    }

    #[test]
    fn what_one_person_types_is_one_line() {
        let rows = vec![
            edit(1, "customer:1", 2000, "i"),
            edit(1, "customer:1", 1500, "d"),
            edit(2, "customer:1", 1400, "x"),
            edit(1, "customer:1", 1300, "u"),
            edit(1, "customer:2", 1200, "t"),
            edit(1, "customer:2", 100, "a"),
        ];
        let lines: Vec<(i64, String)> = gathered(rows)
            .into_iter()
            .map(|line| match line.detail {
                ActivityDetail::Note { excerpt, .. } => (line.row, excerpt),
                other => panic!("{other:?}"),
            })
            .collect();
        let want = [
            (2000, "di"),
            (1400, "x"),
            (1300, "u"),
            (1200, "t"),
            (100, "a"),
        ];
        let want: Vec<(i64, String)> = want.map(|(at, text)| (at, text.to_owned())).into();
        assert_eq!(
            lines, want,
            "another person, note or a long pause begins a line"
        );
    }

    #[test]
    fn a_mention_among_keystrokes_is_part_of_the_line() {
        let mention = Activity {
            what: "mention".into(),
            ..edit(1, "customer:1", 12, "@Ana")
        };
        let rows = vec![
            edit(1, "customer:1", 13, " ja"),
            mention,
            edit(1, "customer:1", 11, "Vprašaj "),
        ];
        let lines = gathered(rows);
        let [line] = lines.as_slice() else {
            panic!("one line, not {}", lines.len())
        };
        let ActivityDetail::Note { excerpt, .. } = &line.detail else {
            panic!("a note")
        };
        assert_eq!((&*line.what, &**excerpt), ("mention", "Vprašaj @Ana ja"));
    }

    #[test]
    fn a_long_line_shows_its_beginning() {
        let rows = (0..200)
            .rev()
            .map(|n| edit(1, "customer:1", n, "č"))
            .collect();
        let lines = gathered(rows);
        let [line] = lines.as_slice() else {
            panic!("one line, not {}", lines.len())
        };
        let ActivityDetail::Note { added, excerpt, .. } = &line.detail else {
            panic!("a note")
        };
        assert_eq!((*added, excerpt.chars().count()), (200, EXCERPT));
    }
}
