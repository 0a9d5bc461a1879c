//! One field over many addresses or customers: what lists ask.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::shown;
use crate::row::active;
use crate::{Collab, Result};

/// How addresses are named.
const ADDRESSES: &str = "address:";
/// How customers are named.
const CUSTOMERS: &str = "customer:";

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
        self.of_many(ADDRESSES, field, among)
    }

    /// Returns the values of a field of customers, by the ERP's id; those without one are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of_customers(&self, field: &str) -> Result<BTreeMap<String, String>> {
        self.of_many(CUSTOMERS, field, None)
    }

    fn of_many(
        &self,
        prefix: &str,
        field: &str,
        among: Option<&BTreeSet<String>>,
    ) -> Result<BTreeMap<String, String>> {
        let values = self.store().read(|r| {
            let cursor = active(r)?.map_or(0, |team| team.cursor);
            let mut subjects: BTreeSet<String> =
                r.subjects_with_field(prefix, field)?.into_iter().collect();
            let waiting = r.unfolded_record_ops(None, cursor)?.into_iter();
            subjects.extend(waiting.map(|op| op.op.subject));
            let mut values = BTreeMap::new();
            for subject in subjects {
                let Some(id) = subject.strip_prefix(prefix) else {
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
