//! Critical fields: which fields wait for a person when two people set them at once is for the organisation's admins to say.
//!
//! The list is a field itself, [`CRITICAL_FIELDS`] of `org:ID`. Desks hear of a change at different times, and a fold must
//! come to the same value everywhere; so it is the server that goes by the list, as it stands where it numbers a set, and
//! says so in the event wherever that is not what the standard list would give ([`crate::Event::policy`]).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::facts::{APART, CUSTOMER_OF, SAME_AS};
use crate::field::{self, ASSIGNEE, FieldProblem, Policy, STATUS};
use crate::{Body, Mark};

/// The field of an organisation that holds its critical fields; emptied, the standard ones are meant.
pub const CRITICAL_FIELDS: &str = "critical_fields";

/// DESIGN.md section 6.
const STANDARD: &[&str] = &["credit_limit", "delivery_promise", "price_agreement"];
/// So that a list stays one that a person reads, and fits into a field.
const MOST: usize = 50;

/// The critical fields of an organisation. Written as names with commas between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriticalFields(BTreeSet<String>);

impl Default for CriticalFields {
    fn default() -> Self {
        Self(STANDARD.iter().map(|&name| name.to_owned()).collect())
    }
}

impl CriticalFields {
    /// What a value of [`CRITICAL_FIELDS`] means; the standard list where there is none that can be read.
    #[must_use]
    pub fn of(value: Option<&str>) -> Self {
        value
            .and_then(|value| value.parse().ok())
            .unwrap_or_default()
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The policy of a field in this organisation.
    #[must_use]
    pub fn policy(&self, field: &str) -> Policy {
        if self.0.contains(field) {
            Policy::Critical
        } else {
            match field::policy(field) {
                Policy::Critical => Policy::Newest,
                own @ (Policy::Newest | Policy::Completion) => own,
            }
        }
    }

    /// What an event of this operation has to say about its policy: nothing where the standard list says the same.
    #[must_use]
    pub fn stamp(&self, body: &Body) -> Option<Policy> {
        let Body::Record { field, .. } = body else {
            return None;
        };
        let policy = self.policy(field);
        (policy != field::policy(field)).then_some(policy)
    }
}

/// Whether the standard list has the field.
pub(crate) fn is_standard(field: &str) -> bool {
    STANDARD.contains(&field)
}

impl FromStr for CriticalFields {
    type Err = FieldProblem;

    fn from_str(text: &str) -> Result<Self, FieldProblem> {
        let names = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let names: BTreeSet<String> = names.map(str::to_owned).collect();
        if names.len() > MOST {
            return Err(FieldProblem::TooManyCritical);
        }
        for name in &names {
            field::check_name(name)?;
            let has_own_rule = [STATUS, ASSIGNEE, CUSTOMER_OF, SAME_AS].contains(&name.as_str());
            if has_own_rule || name.starts_with(APART) || Mark::of(name).is_some() {
                return Err(FieldProblem::NeverCritical(name.clone()));
            }
        }
        Ok(Self(names))
    }
}

impl fmt::Display for CriticalFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, name) in self.names().enumerate() {
            if n > 0 {
                f.write_str(",")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{CriticalFields, FieldProblem};
    use crate::Body;
    use crate::field::Policy;

    fn set(field: &str) -> Body {
        Body::Record {
            field: field.to_owned(),
            value: Some("1".to_owned()),
            base: None,
        }
    }

    #[rstest]
    #[case::never_set(None, "credit_limit,delivery_promise,price_agreement")]
    #[case::one_more(Some("discount, credit_limit"), "credit_limit,discount")]
    #[case::none_at_all(Some(""), "")]
    #[case::unreadable(Some("Discount!"), "credit_limit,delivery_promise,price_agreement")]
    fn a_list_is_what_the_field_says(#[case] value: Option<&str>, #[case] want: &str) {
        assert_eq!(CriticalFields::of(value).to_string(), want);
    }

    #[rstest]
    #[case::added("discount", Some(Policy::Critical))]
    #[case::taken_off("credit_limit", Some(Policy::Newest))]
    #[case::in_both("price_agreement", None)]
    #[case::in_neither("phone", None)]
    #[case::own_rule("status", None)]
    fn an_event_says_what_the_standard_list_does_not(
        #[case] field: &str,
        #[case] want: Option<Policy>,
    ) {
        let list: CriticalFields = "discount,price_agreement".parse().unwrap();
        assert_eq!(list.stamp(&set(field)), want);
        assert_eq!(CriticalFields::default().stamp(&set(field)), None);
    }

    #[rstest]
    #[case::no_name("Credit", FieldProblem::Name)]
    #[case::status("discount,status", FieldProblem::NeverCritical("status".into()))]
    #[case::not_the_same("apart.1600", FieldProblem::NeverCritical("apart.1600".into()))]
    #[case::tag("tag.vip", FieldProblem::NeverCritical("tag.vip".into()))]
    fn not_everything_can_be_critical(#[case] text: &str, #[case] want: FieldProblem) {
        assert_eq!(text.parse::<CriticalFields>(), Err(want));
    }

    #[test]
    fn a_list_has_an_end() {
        let names: Vec<_> = (0..51).map(|n| format!("f{n}")).collect();
        let problem = names.join(",").parse::<CriticalFields>();
        assert_eq!(problem, Err(FieldProblem::TooManyCritical));
    }
}
