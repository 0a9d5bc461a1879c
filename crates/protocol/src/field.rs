//! Shared fields: what may be written, and who wins when two people write at once (the table of DESIGN.md section 6).
//!
//! Every desk folds the same events in the order of their `seq`; the rules below look at nothing else, so all desks agree.
//! A set that names the current value's operation as its `base` has seen it and always replaces it, whatever the clocks
//! say. Only sets that did not see each other are *concurrent*, and only for those is there a policy.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::critical::{self, CRITICAL_FIELDS, CriticalFields};
use crate::{Body, Mark, MemberId, Op, OpId, SubjectKind};

/// The field that says who looks after a subject: a member's id.
pub const ASSIGNEE: &str = "assignee";
/// The field that says where a thread stands: `open`, `waiting`, `done` or `snoozed`.
pub const STATUS: &str = "status";
/// The value of [`STATUS`] that a stale desk never undoes.
pub const DONE: &str = "done";

const STATES: &[&str] = &["open", "waiting", DONE, "snoozed"];
const MAX_NAME_BYTES: usize = 64;
const MAX_VALUE_BYTES: usize = 4096;

/// Who wins among concurrent sets of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// The one made last, by the desks' clocks.
    Newest,
    /// A completion stands; among others the one made last.
    Completion,
    /// Nobody: both are shown, what was there before holds until a person chooses.
    Critical,
}

impl Policy {
    /// As on the wire and in tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Completion => "completion",
            Self::Critical => "critical",
        }
    }
}

impl std::str::FromStr for Policy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "newest" => Ok(Self::Newest),
            "completion" => Ok(Self::Completion),
            "critical" => Ok(Self::Critical),
            _ => Err(format!("there is no policy “{text}”")),
        }
    }
}

/// Why a field cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// Not a name.
    #[error(
        "a field's name has 1 to 64 small letters, digits, “_”, “-” or “.”, and begins with a letter"
    )]
    Name,
    /// Too long, or control characters in it.
    #[error(
        "a field's value has at most 4096 bytes and no control characters besides line breaks and tabs"
    )]
    Value,
    /// A status that is none.
    #[error("a status is open, waiting, done or snoozed")]
    Status,
    /// An assignee that is no member's id.
    #[error("an assignee is a member's id")]
    Assignee,
    /// A critical field that has a rule of its own.
    #[error(
        "“{0}” has a rule of its own for when two people set it at once: it cannot be critical"
    )]
    NeverCritical(String),
    /// More than anybody would decide about.
    #[error("at most 50 fields can be critical")]
    TooManyCritical,
}

/// One set of a field, as accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Set {
    /// The operation.
    pub op: OpId,
    /// What the person saw when setting; see [`crate::Body::Record`].
    pub base: Option<OpId>,
    /// The value; `None` empties the field.
    pub value: Option<String>,
    /// Who.
    pub member: MemberId,
    /// When, by their desk's clock.
    pub occurred_at: Timestamp,
}

/// A field after some events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What holds; `None` when it was never set.
    pub current: Option<Set>,
    /// What held before `current`: the floor of a conflict.
    pub before: Option<Set>,
    /// How often what holds has changed.
    pub version: u64,
    /// Open question to the people.
    pub conflict: Option<Conflict>,
}

/// Concurrent values of a critical field. While it is open, [`Field::current`] is what held before either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The set that came second.
    pub id: OpId,
    /// All values to choose from, oldest `seq` first; two or more.
    pub values: Vec<Set>,
}

/// The policy of a field where admins have said nothing else ([`CriticalFields`]).
#[must_use]
pub fn policy(field: &str) -> Policy {
    if critical::is_standard(field) {
        Policy::Critical
    } else if field == STATUS || matches!(Mark::of(field), Some(Mark::TaskDone(_))) {
        Policy::Completion
    } else {
        Policy::Newest
    }
}

/// Whether a field of this name may hold this value.
///
/// # Errors
/// Says what may stand there.
pub fn check(field: &str, value: Option<&str>) -> Result<(), FieldProblem> {
    check_name(field)?;
    let Some(value) = value else { return Ok(()) };
    let control = |c: char| c.is_control() && c != '\n' && c != '\t';
    if value.len() > MAX_VALUE_BYTES || value.contains(control) {
        return Err(FieldProblem::Value);
    }
    match field {
        STATUS if !STATES.contains(&value) => Err(FieldProblem::Status),
        ASSIGNEE if value.parse::<MemberId>().is_err() => Err(FieldProblem::Assignee),
        CRITICAL_FIELDS => value.parse::<CriticalFields>().map(drop),
        _ => Ok(()),
    }
}

/// Whether a field may have this name.
pub(crate) fn check_name(field: &str) -> Result<(), FieldProblem> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.".contains(c);
    let begins = field.starts_with(|c: char| c.is_ascii_lowercase());
    if begins && field.len() <= MAX_NAME_BYTES && field.chars().all(plain) {
        Ok(())
    } else {
        Err(FieldProblem::Name)
    }
}

/// Applies a set or a choice, the next in order of `seq`. Other operations change no field.
///
/// `stamp` is the policy the server names in the event ([`crate::Event::policy`]); for what waits here, the one the desk
/// expects. What admins say about the organisation holds as they say it: the last word, in order of `seq`.
pub fn fold(state: &mut Field, op: &Op, member: MemberId, stamp: Option<Policy>) {
    let set = |value: &Option<String>, base: Option<OpId>| Set {
        op: op.op_id,
        base,
        value: value.clone(),
        member,
        occurred_at: op.occurred_at,
    };
    match &op.body {
        Body::Record { value, base, .. } if op.subject.kind() == SubjectKind::Org => {
            state.replace(set(value, *base));
        }
        Body::Record { field, value, base } => {
            let policy = stamp.unwrap_or_else(|| policy(field));
            state.set(policy, set(value, *base));
        }
        Body::Resolve {
            conflict, value, ..
        } => state.resolve(*conflict, set(value, None)),
        Body::Note { .. } | Body::Replied { .. } | Body::Member { .. } => {}
    }
}

impl Field {
    /// The operations that made what is here.
    pub fn ops(&self) -> impl Iterator<Item = OpId> {
        let conflict = self.conflict.iter();
        let values = conflict.clone().flat_map(|c| &c.values);
        let sets = self.current.iter().chain(&self.before).chain(values);
        sets.map(|set| set.op).chain(conflict.map(|c| c.id))
    }

    /// Takes the next set in order of `seq`.
    pub fn set(&mut self, policy: Policy, set: Set) {
        if let Some(conflict) = &mut self.conflict {
            conflict.join(set);
            return;
        }
        let seen = self.current.as_ref().map(|c| c.op) == set.base;
        match (&self.current, policy) {
            (Some(held), Policy::Newest) if !seen => {
                if newer(&set, held) {
                    self.replace(set);
                }
            }
            (Some(held), Policy::Completion) if !seen => {
                let done = |s: &Set| s.value.as_deref() == Some(DONE);
                if done(&set) || (!done(held) && newer(&set, held)) {
                    self.replace(set);
                }
            }
            (Some(held), Policy::Critical) if !seen && held.value != set.value => {
                let values = vec![held.clone(), set.clone()];
                self.conflict = Some(Conflict { id: set.op, values });
                self.current = self.before.take();
            }
            _ => self.replace(set),
        }
    }

    /// Takes a person's choice. One that comes after another's, or for another conflict, changes nothing.
    pub fn resolve(&mut self, conflict: OpId, choice: Set) {
        if self.conflict.as_ref().is_some_and(|c| c.id == conflict) {
            self.conflict = None;
            self.replace(choice);
        }
    }

    fn replace(&mut self, set: Set) {
        self.version = self.version.saturating_add(1);
        self.before = self.current.replace(set);
    }
}

impl Conflict {
    /// A later set by somebody who had not heard of the conflict: one more value, or another one in place of their own.
    fn join(&mut self, set: Set) {
        if let Some(own) = self.values.iter_mut().find(|v| set.base == Some(v.op)) {
            *own = set;
        } else if !self.values.iter().any(|v| v.value == set.value) {
            self.values.push(set);
        }
    }
}

fn newer(set: &Set, than: &Set) -> bool {
    (set.occurred_at, set.op) > (than.occurred_at, than.op)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rstest::rstest;
    use uuid::Uuid;

    use super::{Field, FieldProblem, Policy, Set, check};
    use crate::{MemberId, OpId};

    fn id(n: u128) -> OpId {
        OpId(Uuid::from_u128(n))
    }

    /// Operation `n`, made at second `at`, by a person who saw operation `base`.
    fn set(n: u128, base: u128, at: i64, value: &str) -> Set {
        Set {
            op: id(n),
            base: (base > 0).then(|| id(base)),
            value: Some(value.into()),
            member: MemberId(Uuid::from_u128(n)),
            occurred_at: Timestamp::from_second(at).unwrap(),
        }
    }

    fn folded(policy: Policy, sets: &[Set]) -> Field {
        let mut field = Field::default();
        for one in sets {
            field.set(policy, one.clone());
        }
        field
    }

    fn held(field: &Field) -> &str {
        field.current.as_ref().unwrap().value.as_deref().unwrap()
    }

    #[rstest]
    #[case::later_clock_wins(&[set(1, 0, 5, "a"), set(2, 0, 6, "b")], "b")]
    #[case::earlier_clock_loses(&[set(1, 0, 6, "a"), set(2, 0, 5, "b")], "a")]
    #[case::who_saw_it_wins_with_a_slow_clock(&[set(1, 0, 6, "a"), set(2, 1, 5, "b")], "b")]
    #[case::same_second_higher_id(&[set(2, 0, 5, "b"), set(1, 0, 5, "a")], "b")]
    fn newest_edit_wins(#[case] sets: &[Set], #[case] want: &str) {
        assert_eq!(held(&folded(Policy::Newest, sets)), want);
    }

    #[rstest]
    #[case::stale_reopening(&[set(1, 0, 1, "open"), set(2, 1, 2, "done"), set(3, 1, 9, "waiting")], "done")]
    #[case::completion_comes_late(&[set(1, 0, 1, "open"), set(2, 1, 9, "waiting"), set(3, 1, 2, "done")], "done")]
    #[case::reopened_by_one_who_saw(&[set(1, 0, 1, "done"), set(2, 1, 2, "open")], "open")]
    #[case::no_completion_newest(&[set(1, 0, 9, "waiting"), set(2, 0, 2, "snoozed")], "waiting")]
    fn a_completion_stands(#[case] sets: &[Set], #[case] want: &str) {
        assert_eq!(held(&folded(Policy::Completion, sets)), want);
    }

    #[test]
    fn nobody_wins_a_critical_field_until_a_person_chooses() {
        let mut field = folded(
            Policy::Critical,
            &[
                set(1, 0, 1, "5000"),
                set(2, 1, 2, "8000"),
                set(3, 1, 3, "6000"),
            ],
        );
        assert_eq!(held(&field), "5000", "what both had seen holds");
        let conflict = field.conflict.clone().unwrap();
        let values: Vec<_> = conflict.values.iter().map(|v| v.value.as_deref()).collect();
        assert_eq!(values, [Some("8000"), Some("6000")]);

        field.resolve(id(99), set(4, 0, 4, "1"));
        assert!(field.conflict.is_some(), "a choice for another conflict");
        field.resolve(conflict.id, set(5, 0, 5, "6000"));
        field.resolve(conflict.id, set(6, 0, 6, "8000"));
        assert_eq!(held(&field), "6000", "the first choice holds");
        assert!(field.conflict.is_none());
    }

    #[rstest]
    #[case::third_value(&[set(4, 1, 4, "7000")], &["8000", "6000", "7000"])]
    #[case::own_later_edit(&[set(4, 3, 4, "6500")], &["8000", "6500"])]
    #[case::same_value(&[set(4, 1, 4, "6000")], &["8000", "6000"])]
    fn later_values_join_an_open_conflict(#[case] more: &[Set], #[case] want: &[&str]) {
        let mut sets = vec![
            set(1, 0, 1, "5000"),
            set(2, 1, 2, "8000"),
            set(3, 1, 3, "6000"),
        ];
        sets.extend_from_slice(more);
        let conflict = folded(Policy::Critical, &sets).conflict.unwrap();
        let values: Vec<_> = conflict
            .values
            .iter()
            .filter_map(|v| v.value.as_deref())
            .collect();
        assert_eq!(values, want);
    }

    #[test]
    fn agreeing_by_chance_is_no_conflict() {
        let field = folded(
            Policy::Critical,
            &[
                set(1, 0, 1, "5000"),
                set(2, 1, 2, "8000"),
                set(3, 1, 3, "8000"),
            ],
        );
        assert_eq!((held(&field), field.conflict.is_none()), ("8000", true));
    }

    #[rstest]
    #[case::plain("phone", Some("+386 1"), Ok(()))]
    #[case::tag("tag.vip", Some("1"), Ok(()))]
    #[case::emptied("status", None, Ok(()))]
    #[case::capital("Phone", Some("1"), Err(FieldProblem::Name))]
    #[case::empty_name("", Some("1"), Err(FieldProblem::Name))]
    #[case::bell("phone", Some("\u{7}"), Err(FieldProblem::Value))]
    #[case::status("status", Some("finished"), Err(FieldProblem::Status))]
    #[case::assignee("assignee", Some("ana"), Err(FieldProblem::Assignee))]
    fn fields_are_checked(
        #[case] field: &str,
        #[case] value: Option<&str>,
        #[case] want: Result<(), FieldProblem>,
    ) {
        assert_eq!(check(field, value), want);
    }
}
