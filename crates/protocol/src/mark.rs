//! Tags and tasks: fields whose names say what they are, so that they merge, wait for the server and leave a history as all
//! fields do.
//!
//! A tag is the field `tag.NAME` holding the words people read; each tag merges by itself, so two people who tag at once
//! both get theirs. A task is the field `task.ID` ([`Task`]), and `task.ID.done` says that it is finished, whatever stands
//! in it. Scripts set them as they set all fields, so any value is taken for what it can mean.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::MemberId;

/// Longest words of a tag, in characters.
pub const MAX_TAG_CHARS: usize = 40;
/// Longest words of a task, in characters.
pub const MAX_TASK_CHARS: usize = 500;

const TAG: &str = "tag.";
const TASK: &str = "task.";
const DONE: &str = ".done";
/// Longest name of a field, in bytes.
const MAX_NAME_BYTES: usize = 64;
const MAX_ID_BYTES: usize = 32;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What.
    pub text: String,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Who is to do it; `None`: whoever sees it.
    #[serde(rename = "for", default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
}

/// What a field is by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark<'a> {
    /// A tag.
    Tag,
    /// The task of this id.
    Task(&'a str),
    /// Whether the task of this id is finished.
    TaskDone(&'a str),
}

/// Returns the field of a tag. Small and capital letters make one tag; `None` for words that cannot be one: none, too many,
/// or more than one line.
#[must_use]
pub fn tag_field(words: &str) -> Option<String> {
    let words = words.trim();
    if words.is_empty()
        || words.chars().count() > MAX_TAG_CHARS
        || words.chars().any(char::is_control)
    {
        return None;
    }
    let mut field = TAG.to_owned();
    for c in words.to_lowercase().chars() {
        match c {
            'a'..='z' | '0'..='9' => field.push(c),
            c if c.is_whitespace() => field.push('-'),
            // Names of fields have no other letters.
            c => field.push_str(&format!("_{:x}.", u32::from(c))),
        }
    }
    (field.len() <= MAX_NAME_BYTES).then_some(field)
}

/// The words of a tag's field: its value where that makes this field, else the field's own name.
#[must_use]
pub fn tag_words<'a>(field: &'a str, value: &'a str) -> &'a str {
    if tag_field(value).as_deref() == Some(field) {
        return value;
    }
    field.strip_prefix(TAG).unwrap_or(field)
}

/// Returns the field of a task. `None` where the id is none: 1 to 32 small letters and digits.
#[must_use]
pub fn task_field(id: &str) -> Option<String> {
    is_id(id).then(|| format!("{TASK}{id}"))
}

/// Returns the field that says whether a task is finished.
#[must_use]
pub fn task_done_field(id: &str) -> Option<String> {
    is_id(id).then(|| format!("{TASK}{id}{DONE}"))
}

fn is_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    !id.is_empty() && id.len() <= MAX_ID_BYTES && id.bytes().all(plain)
}

impl<'a> Mark<'a> {
    /// What a field is; `None` for all others.
    #[must_use]
    pub fn of(field: &'a str) -> Option<Self> {
        if field.starts_with(TAG) {
            return Some(Self::Tag);
        }
        let id = field.strip_prefix(TASK)?;
        match id.strip_suffix(DONE) {
            Some(id) if is_id(id) => Some(Self::TaskDone(id)),
            None if is_id(id) => Some(Self::Task(id)),
            _ => None,
        }
    }
}

impl Task {
    /// Reads a field's value; what is no task in JSON is taken for its words.
    #[must_use]
    pub fn read(value: &str) -> Self {
        let task = serde_json::from_str(value).ok().filter(Self::is_good);
        task.unwrap_or_else(|| Self {
            text: value.to_owned(),
            due: None,
            member: None,
        })
    }

    /// The field's value; `None` where the words are none, too many, or more than one line.
    #[must_use]
    pub fn value(&self) -> Option<String> {
        if !self.is_good() {
            return None;
        }
        serde_json::to_string(self).ok()
    }

    fn is_good(&self) -> bool {
        !self.text.trim().is_empty()
            && self.text.chars().count() <= MAX_TASK_CHARS
            && !self.text.chars().any(char::is_control)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Mark, Task, tag_field, tag_words};

    #[rstest]
    #[case::plain("VIP", Some("tag.vip"))]
    #[case::spaces(" Ključna  stranka ", Some("tag.klju_10d.na--stranka"))]
    #[case::signs("a&b", Some("tag.a_26.b"))]
    #[case::none("  ", None)]
    #[case::two_lines("a\nb", None)]
    #[case::long("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx", None)]
    #[case::long_in_fields("ččččččččččččččč", None)]
    fn a_tag_has_one_field(#[case] words: &str, #[case] want: Option<&str>) {
        assert_eq!(tag_field(words).as_deref(), want, "{words:?}");
    }

    #[rstest]
    #[case::tag("tag.vip", Some(Mark::Tag))]
    #[case::task("task.7f", Some(Mark::Task("7f")))]
    #[case::done("task.7f.done", Some(Mark::TaskDone("7f")))]
    #[case::no_id("task.", None)]
    #[case::part_of_none("task.7f.due", None)]
    #[case::other("phone", None)]
    fn a_name_says_what_it_is(#[case] field: &str, #[case] want: Option<Mark<'_>>) {
        assert_eq!(Mark::of(field), want, "{field}");
    }

    #[rstest]
    #[case::as_people_write_it("tag.vip", "VIP", "VIP")]
    #[case::as_scripts_do("tag.vip", "yes", "vip")]
    fn a_tag_is_read(#[case] field: &str, #[case] value: &str, #[case] want: &str) {
        assert_eq!(tag_words(field, value), want, "{field}={value}");
    }

    #[rstest]
    #[case::words(r#"{"text":"Pokliči Ano"}"#, "Pokliči Ano", None)]
    #[case::due(r#"{"text":"x","due":"2026-12-01"}"#, "x", Some("2026-12-01"))]
    #[case::a_later_version(r#"{"text":"x","colour":"red"}"#, "x", None)]
    #[case::no_day(
        r#"{"text":"x","due":"2026-13-01"}"#,
        r#"{"text":"x","due":"2026-13-01"}"#,
        None
    )]
    #[case::plain("call Ana", "call Ana", None)]
    fn a_task_is_read(#[case] value: &str, #[case] text: &str, #[case] due: Option<&str>) {
        let task = Task::read(value);
        let day = task.due.map(|day| day.to_string());
        assert_eq!((task.text.as_str(), day.as_deref()), (text, due), "{value}");
        let again = task.value().map(|value| Task::read(&value));
        assert_eq!(again, Some(task), "what is written is read");
    }

    #[rstest]
    #[case::no_words(" ")]
    #[case::two_lines("a\nb")]
    fn what_is_no_task_is_not_written(#[case] text: &str) {
        assert_eq!(Task::read(text).value(), None, "{text:?}");
    }
}
