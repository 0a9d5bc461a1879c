//! Tags and tasks on a customer, an address or a conversation, and the words activity has for fields.

use jiff::Timestamp;
use kontor_collab::{ActivityDetail, Record, RecordField};
use kontor_protocol::field::{ASSIGNEE, DONE, STATUS};
use kontor_protocol::{
    APART, Mark, MemberId, SAME_AS, Subject, Task, tag_field, tag_words, task_done_field,
    task_field,
};
use uuid::Uuid;

use crate::engine::Engine;
use crate::error::{Code, Error, Result};

/// What a subject is marked with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Its tags, in the order of the alphabet.
    pub tags: Vec<String>,
    /// Its tasks: open ones first, those due soonest before the others, then the oldest.
    pub tasks: Vec<MarkedTask>,
}

/// A task as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedTask {
    /// Names it among the subject's tasks.
    pub id: String,
    /// What is to be done, by whom and until when.
    pub task: Task,
    /// Whether it is finished.
    pub done: bool,
    /// Who wrote it, or finished it; `None` before any team was joined.
    pub member: Option<MemberId>,
    /// When, by their clock.
    pub at: Option<Timestamp>,
    /// True while something of it waits for the server.
    pub waiting: bool,
}

impl Engine {
    /// Returns what a subject is marked with.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn marks(&self, subject: &Subject) -> Result<Marks> {
        Ok(marks(&self.record(subject).await?))
    }

    /// Puts a tag on a subject or takes it away; the same words in other letters are the same tag.
    ///
    /// # Errors
    /// [`Code::Usage`] for words that cannot be a tag.
    pub async fn set_tag(&self, subject: &Subject, words: &str, on: bool) -> Result<()> {
        let words = words.trim();
        let record = self.record(subject).await?;
        // One that a script set may have another field than its words make.
        let held = record.fields.into_iter().find(|of| {
            let value = of.value.as_deref();
            Mark::of(&of.field) == Some(Mark::Tag)
                && value.is_some_and(|value| tag_words(&of.field, value) == words)
        });
        let field = match held {
            Some(_) if on => return Ok(()),
            Some(held) => Some(held.field),
            None => tag_field(words),
        };
        let field = field
            .ok_or_else(|| Error::new(Code::Usage, "a tag has 1 to 40 characters on one line"))?;
        let value = on.then(|| words.to_owned());
        self.set_fields(subject, vec![(field, value)]).await?;
        Ok(())
    }

    /// Writes a task down, or changes the one of this id; answers its id.
    ///
    /// # Errors
    /// [`Code::Usage`] for words that cannot be a task.
    pub async fn save_task(
        &self,
        subject: &Subject,
        id: Option<String>,
        task: &Task,
    ) -> Result<String> {
        let id = id.unwrap_or_else(|| Uuid::now_v7().simple().to_string());
        let value = task
            .value()
            .ok_or_else(|| Error::new(Code::Usage, "a task has 1 to 500 characters on one line"))?;
        self.set_fields(subject, vec![(known(task_field(&id))?, Some(value))])
            .await?;
        Ok(id)
    }

    /// Says that a task is finished, or that it is not.
    ///
    /// # Errors
    /// [`Code::Usage`] for what is no task's id.
    pub async fn finish_task(&self, subject: &Subject, id: &str, done: bool) -> Result<()> {
        let value = done.then(|| DONE.to_owned());
        self.set_fields(subject, vec![(known(task_done_field(id))?, value)])
            .await?;
        Ok(())
    }

    /// Takes a task away; it stays in the history.
    ///
    /// # Errors
    /// [`Code::Usage`] for what is no task's id.
    pub async fn remove_task(&self, subject: &Subject, id: &str) -> Result<()> {
        self.set_fields(subject, vec![(known(task_field(id))?, None)])
            .await?;
        Ok(())
    }

    /// What exactly was done, in a few words: the value of a field people know by its kind, the words of a tag or a task,
    /// else the field's name and its value.
    pub(super) async fn detail(&self, subject: &Subject, of: &ActivityDetail) -> Option<String> {
        if let ActivityDetail::Field { field, .. } = of
            && let Some(Mark::TaskDone(id) | Mark::Task(id)) = Mark::of(field)
            && plain_detail(of).is_none()
        {
            // What is said is only that: the words stand in another field.
            let record = self.record(subject).await.ok()?;
            return task(&record, id).map(|(task, _)| task.text);
        }
        if let ActivityDetail::Field { field, value } = of
            && let Some(said) = self.of_twins(field, value.as_deref()).await
        {
            return Some(said);
        }
        plain_detail(of)
    }

    /// What was said of customers the ERP may have twice, with the other's name where the directory has it: `same_as: NAME`,
    /// `apart: NAME`, or `not_apart: NAME` where that is taken back.
    async fn of_twins(&self, field: &str, value: Option<&str>) -> Option<String> {
        let (word, id) = match field.strip_prefix(APART) {
            Some(id) if value.is_some() => ("apart", id),
            Some(id) => ("not_apart", id),
            None if field == SAME_AS => (SAME_AS, value?),
            None => return None,
        };
        let name = self.customer_name(id).await;
        Some(named(word, Some(name.as_deref().unwrap_or(id))))
    }

    /// What the directory calls a customer.
    pub(super) async fn customer_name(&self, id: &str) -> Option<String> {
        let id = id.to_owned();
        let found = self.ctx.read(move |r| r.customer(&id)).await.ok()?;
        found.map(|row| row.name)
    }
}

/// As [`Engine::detail`], as far as the operation itself says it.
pub(super) fn plain_detail(of: &ActivityDetail) -> Option<String> {
    match of {
        ActivityDetail::Note { excerpt, .. } => Some(excerpt.clone()).filter(|e| !e.is_empty()),
        ActivityDetail::Field { field, value } if field == ASSIGNEE || field == STATUS => {
            value.clone()
        }
        ActivityDetail::Field { field, value } => match Mark::of(field) {
            Some(Mark::Tag) => Some(tag_words(field, value.as_deref()?).to_owned()),
            Some(Mark::Task(_)) => Some(Task::read(value.as_deref()?).text),
            Some(Mark::TaskDone(_)) => None,
            None => Some(named(field, value.as_deref())),
        },
        ActivityDetail::Resolve { field, value, .. } => Some(named(field, value.as_deref())),
        ActivityDetail::Reply { title } => title.clone(),
        ActivityDetail::Member { name, .. } => Some(name.clone()),
    }
}

fn named(field: &str, value: Option<&str>) -> String {
    format!("{field}: {}", value.unwrap_or("–"))
}

fn known(field: Option<String>) -> Result<String> {
    field.ok_or_else(|| Error::new(Code::Usage, "there is no such task"))
}

fn task<'r>(record: &'r Record, id: &str) -> Option<(Task, &'r RecordField)> {
    let name = task_field(id)?;
    let field = record.fields.iter().find(|f| f.field == name)?;
    Some((Task::read(field.value.as_deref()?), field))
}

fn marks(record: &Record) -> Marks {
    let mut marks = Marks::default();
    for field in &record.fields {
        let Some(value) = field.value.as_deref() else {
            continue;
        };
        match Mark::of(&field.field) {
            Some(Mark::Tag) => marks.tags.push(tag_words(&field.field, value).to_owned()),
            Some(Mark::Task(id)) => {
                let name = task_done_field(id);
                let done = record
                    .fields
                    .iter()
                    .find(|f| Some(&f.field) == name.as_ref());
                let done = done.filter(|f| f.value.is_some());
                let last = done.unwrap_or(field);
                marks.tasks.push(MarkedTask {
                    id: id.to_owned(),
                    task: Task::read(value),
                    done: done.is_some(),
                    member: last.member,
                    at: last.at,
                    waiting: field.waiting || last.waiting,
                });
            }
            Some(Mark::TaskDone(_)) | None => {}
        }
    }
    marks.tags.sort_by_key(|tag| tag.to_lowercase());
    let due = |task: &MarkedTask| task.task.due.map_or((true, None), |day| (false, Some(day)));
    marks
        .tasks
        .sort_by(|a, b| (a.done, due(a), &a.id).cmp(&(b.done, due(b), &b.id)));
    marks
}

#[cfg(test)]
mod tests {
    use kontor_collab::{ActivityDetail, Record, RecordField};
    use rstest::rstest;

    use super::{marks, plain_detail};

    fn record(fields: &[(&str, &str)]) -> Record {
        let field = |(field, value): &(&str, &str)| RecordField {
            field: (*field).to_owned(),
            value: Some((*value).to_owned()),
            version: 1,
            member: None,
            at: None,
            waiting: false,
            conflict: None,
        };
        Record {
            subject: "customer:7".parse().unwrap(),
            fields: fields.iter().map(field).collect(),
        }
    }

    #[test]
    fn open_tasks_come_first_and_those_due_soonest_before_the_others() {
        let marks = marks(&record(&[
            ("phone", "+386 1"),
            ("tag.vip", "VIP"),
            ("tag.export", "yes"),
            ("task.1", r#"{"text":"later"}"#),
            ("task.2", r#"{"text":"finished","due":"2026-01-01"}"#),
            ("task.2.done", "done"),
            ("task.3", r#"{"text":"soon","due":"2026-12-01"}"#),
            ("task.4", r#"{"text":"sooner","due":"2026-11-24"}"#),
            ("task.5.done", "done"),
            ("task.6", "from a script"),
        ]));
        assert_eq!(marks.tags, ["export", "VIP"]);
        let told: Vec<_> = marks
            .tasks
            .iter()
            .map(|t| (t.task.text.as_str(), t.done))
            .collect();
        let want = [
            ("sooner", false),
            ("soon", false),
            ("later", false),
            ("from a script", false),
            ("finished", true),
        ];
        assert_eq!(told, want);
    }

    #[rstest]
    #[case::tag("tag.vip", Some("VIP"), Some("VIP"))]
    #[case::tag_taken_away("tag.vip", None, None)]
    #[case::task("task.1", Some(r#"{"text":"call Ana"}"#), Some("call Ana"))]
    #[case::finished("task.1.done", Some("done"), None)]
    #[case::field("credit_limit", Some("5000"), Some("credit_limit: 5000"))]
    #[case::emptied("phone", None, Some("phone: –"))]
    fn a_field_is_told_in_a_few_words(
        #[case] field: &str,
        #[case] value: Option<&str>,
        #[case] want: Option<&str>,
    ) {
        let detail = ActivityDetail::Field {
            field: field.to_owned(),
            value: value.map(str::to_owned),
        };
        assert_eq!(plain_detail(&detail).as_deref(), want, "{field}");
    }
}
