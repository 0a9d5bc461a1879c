//! One field over many addresses: what lists ask.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::shown;
use crate::row::active;
use crate::{Collab, Result};

/// How addresses are named.
const PREFIX: &str = "address:";

impl Collab {
    /// Returns the values of a field of addresses, by the address (lower case); those without one are left out. Of these
    /// addresses only, where some are given.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of_addresses(
        &self,
        field: &str,
        among: Option<&BTreeSet<String>>,
    ) -> Result<BTreeMap<String, String>> {
        let values = self.store().read(|r| {
            let cursor = active(r)?.map_or(0, |team| team.cursor);
            let mut subjects: BTreeSet<String> =
                r.subjects_with_field(PREFIX, field)?.into_iter().collect();
            let waiting = r.unfolded_record_ops(None, cursor)?.into_iter();
            subjects.extend(waiting.map(|op| op.op.subject));
            let mut values = BTreeMap::new();
            for subject in subjects {
                let Some(id) = subject.strip_prefix(PREFIX) else {
                    continue;
                };
                if among.is_some_and(|ids| !ids.contains(id)) {
                    continue;
                }
                let value = shown(r, &subject)?
                    .remove(field)
                    .and_then(|shown| shown.field.current)
                    .and_then(|set| set.value);
                values.extend(value.map(|value| (id.to_owned(), value)));
            }
            Ok(values)
        })?;
        Ok(values)
    }
}
