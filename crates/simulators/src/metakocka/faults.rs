//! What goes wrong on demand.

use std::collections::BTreeSet;
use std::time::Duration;

use super::spoiled::Spoiled;

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This HTTP status with a HTML page, nothing done: 500, 502, 503.
    Status(u16),
    /// The connection is cut before the call is carried out.
    DropBefore,
    /// The call is carried out, then the connection is cut without an answer: a timeout in the middle of a write.
    DropAfter,
    /// The call is carried out, and half of the answer arrives.
    HalfBody,
    /// A page of HTML under HTTP 200, nothing done, as from a proxy that asks somebody to sign in.
    HtmlPage,
    /// This is said instead, nothing done.
    Says(&'static Spoiled),
}

/// The moods of the service.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Every call takes at least so long.
    pub(crate) slow: Duration,
    /// Names of calls that are not answered.
    pub(crate) held: BTreeSet<String>,
    /// Whatever key is sent is the wrong one.
    pub(crate) wrong_key: bool,
    /// Before so many more searches something changes in what is searched; see [`Totals`].
    pub(crate) totals: Option<Totals>,
    /// Document types and names of calls that are refused.
    pub(crate) refused: BTreeSet<String>,
    /// Document types that discovery does not name.
    pub(crate) hidden: BTreeSet<String>,
    /// `get_partner` finds nobody by id.
    pub(crate) no_partner_ids: bool,
    planned: Vec<Planned>,
}

/// Results that change under the feet of who pages through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) searches: u32,
    /// A document comes, or the newest one goes.
    pub(crate) grow: bool,
}

#[derive(Debug)]
struct Planned {
    fault: Fault,
    left: u32,
    /// The name of a call; every call when there is none.
    call: Option<String>,
}

impl Faults {
    /// The next so many calls, of this name if one is given, go wrong like this.
    pub(crate) fn plan(&mut self, fault: Fault, times: u32, call: Option<&str>) {
        self.planned.push(Planned {
            fault,
            left: times,
            call: call.map(str::to_owned),
        });
    }

    /// Forgets everything that was planned, and is quick and honest again.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// How this call goes wrong, if it does; uses it up.
    pub(crate) fn next(&mut self, call: &str) -> Option<Fault> {
        let planned = self
            .planned
            .iter_mut()
            .find(|p| p.left > 0 && p.call.as_deref().is_none_or(|c| c == call))?;
        planned.left = planned.left.saturating_sub(1);
        let fault = planned.fault;
        self.planned.retain(|p| p.left > 0);
        Some(fault)
    }

    /// What happens before this search; uses it up.
    pub(crate) fn before_search(&mut self) -> Option<Totals> {
        let totals = self.totals.as_mut()?;
        totals.searches = totals.searches.checked_sub(1)?;
        Some(*totals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_used_up_by_the_calls_it_is_meant_for() {
        let mut faults = Faults::default();
        faults.plan(Fault::Status(503), 2, Some("search"));
        faults.plan(Fault::DropAfter, 1, None);
        assert_eq!(
            faults.next("search"),
            Some(Fault::Status(503)),
            "the first search"
        );
        assert_eq!(
            faults.next("put_document"),
            Some(Fault::DropAfter),
            "any call"
        );
        assert_eq!(
            faults.next("search"),
            Some(Fault::Status(503)),
            "the second search"
        );
        assert_eq!(faults.next("search"), None, "all is well again");
    }
}
