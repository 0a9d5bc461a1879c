//! Somebody named the person in a note: who, and where in words; the note's own words where the person wants text.

use kontor_engine::collab::{Activity, ActivityDetail};
use kontor_engine::protocol::{MemberId, Subject, SubjectKind};
use kontor_engine::{Engine, Settings};

use super::{Toast, together};
use crate::events::Open;

/// Changes looked at after a while offline; what is beyond is in the activity.
const LOOKED_AT: u32 = 1000;

/// The language of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    English,
    Slovenian,
}

/// The mentions that came to be known behind `row`, which then is where they end.
pub(super) async fn toasts(engine: &Engine, row: &mut i64) -> Vec<Toast> {
    let Ok(news) = engine.activity_after(*row, LOOKED_AT).await else {
        return Vec::new();
    };
    if !news.iter().any(|activity| !named(activity).is_empty()) {
        // Keys, mostly: nothing more is asked for.
        row_of(&news, row);
        return Vec::new();
    }
    let Ok(status) = engine.team_status().await else {
        return Vec::new();
    };
    row_of(&news, row);
    let Some(me) = status.team.map(|team| team.member) else {
        return Vec::new();
    };
    let settings = engine.settings().await.ok();
    let text = settings.as_ref().is_some_and(|s| s.notification_text);
    let voice = voice(settings.as_ref());
    let mut toasts = Vec::new();
    for activity in news.iter().filter(|a| names(a, me)) {
        let thread = engine.thread_here(&activity.subject).await.ok().flatten();
        let mut toast = toast(activity, voice, text);
        toast.opens = Some(Open {
            thread: thread.map(|t| t.to_string()),
            note: Some(activity.subject.to_string()),
        });
        toasts.push(toast);
    }
    together(toasts)
}

fn row_of(news: &[Activity], row: &mut i64) {
    if let Some(last) = news.last() {
        *row = last.row;
    }
}

/// Whom a change names.
fn named(activity: &Activity) -> &[MemberId] {
    match &activity.detail {
        ActivityDetail::Note { mentions, .. } => mentions,
        _ => &[],
    }
}

/// Whether somebody else named a member.
fn names(activity: &Activity, me: MemberId) -> bool {
    activity.member != Some(me) && named(activity).contains(&me)
}

fn toast(activity: &Activity, voice: Voice, text: bool) -> Toast {
    let name = activity.name.as_deref();
    let title = match voice {
        Voice::English => format!("{} mentioned you", name.unwrap_or("A colleague")),
        Voice::Slovenian => format!("{} vas omenja", name.unwrap_or("Sodelavec")),
    };
    let place = place(&activity.subject, voice);
    let body = match &activity.detail {
        // A keystroke that completed the name says nothing.
        ActivityDetail::Note { excerpt, .. } if text && excerpt.trim().contains(' ') => {
            format!("{place}\n{}", excerpt.trim())
        }
        _ => place,
    };
    Toast {
        title,
        body,
        opens: None,
    }
}

/// Where a note stands, in words: an id or a thread's name means nothing to a person.
fn place(subject: &Subject, voice: Voice) -> String {
    let (english, slovenian) = match subject.kind() {
        SubjectKind::Address => {
            let who = subject.id();
            return match voice {
                Voice::English => format!("In the note on {who}"),
                Voice::Slovenian => format!("V zapisku o {who}"),
            };
        }
        SubjectKind::Thread => ("In the note on a conversation", "V zapisku o pogovoru"),
        SubjectKind::Customer => ("In the note on a customer", "V zapisku o stranki"),
        SubjectKind::Template | SubjectKind::Org => ("In a note", "V zapisku"),
    };
    let words = match voice {
        Voice::English => english,
        Voice::Slovenian => slovenian,
    };
    words.to_owned()
}

/// The window's language: the one chosen, else the desktop's.
fn voice(settings: Option<&Settings>) -> Voice {
    match settings.map(|s| s.language.as_str()) {
        Some("sl") => Voice::Slovenian,
        Some("system") => desktop(),
        _ => Voice::English,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge: the desktop tells its language in the environment only"
)]
fn desktop() -> Voice {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    if said.is_some_and(|value| value.starts_with("sl")) {
        Voice::Slovenian
    } else {
        Voice::English
    }
}

#[cfg(test)]
mod tests {
    use kontor_engine::store::TeamOpState;

    use super::*;

    const ME: &str = "00000000-0000-0000-0000-000000000001";
    const ANA: &str = "00000000-0000-0000-0000-000000000002";

    fn edit(by: &str, subject: &str, named: &[&str]) -> Activity {
        Activity {
            row: 1,
            seq: Some(1),
            op_id: ME.parse().unwrap(),
            what: "mention".into(),
            subject: subject.parse().unwrap(),
            member: Some(by.parse().unwrap()),
            name: (by == ANA).then(|| "Ana Zupančič".to_owned()),
            occurred_at: "2026-11-19T09:00:00Z".parse().unwrap(),
            received_at: None,
            state: TeamOpState::Accepted,
            reason: String::new(),
            detail: ActivityDetail::Note {
                added: 5,
                removed: 0,
                excerpt: " @Maja poglej ".into(),
                mentions: named.iter().map(|who| who.parse().unwrap()).collect(),
            },
        }
    }

    #[test]
    fn only_colleagues_mention_and_only_the_person_is_told() {
        let me = ME.parse().unwrap();
        for (by, named, want) in [
            (ANA, &[ME][..], true),
            (ANA, &[ANA][..], false),
            (ANA, &[][..], false),
            (ME, &[ME][..], false),
        ] {
            let edit = edit(by, "customer:1", named);
            assert_eq!(names(&edit, me), want, "{by} names {named:?}");
        }
    }

    #[test]
    fn a_mention_says_who_and_where_in_words() {
        let thread = format!("thread:{}", "ab".repeat(32));
        for (subject, english, slovenian) in [
            (
                "address:tomaz@kovac.example",
                "In the note on tomaz@kovac.example",
                "V zapisku o tomaz@kovac.example",
            ),
            (
                thread.as_str(),
                "In the note on a conversation",
                "V zapisku o pogovoru",
            ),
            (
                "customer:7",
                "In the note on a customer",
                "V zapisku o stranki",
            ),
        ] {
            let edit = edit(ANA, subject, &[ME]);
            let told = toast(&edit, Voice::English, true);
            assert_eq!(told.title, "Ana Zupančič mentioned you");
            assert_eq!(told.body, format!("{english}\n@Maja poglej"), "{subject}");
            let told = toast(&edit, Voice::Slovenian, true);
            assert_eq!(told.title, "Ana Zupančič vas omenja");
            assert_eq!(told.body, format!("{slovenian}\n@Maja poglej"), "{subject}");
            let told = toast(&edit, Voice::English, false);
            assert_eq!(told.body, english, "without the note's words");
        }
    }
}
