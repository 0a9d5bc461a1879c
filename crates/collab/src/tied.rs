//! One field over many addresses or customers: what lists ask.

use std::collections::{BTreeMap, BTreeSet};

use kontor_store::Read;

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
        let named = |r: &Read<'_>| r.subjects_with_field(ADDRESSES, field);
        let values = self.of_many(ADDRESSES, named, |name| name == field, among)?;
        Ok(of_one(values))
    }

    /// Returns the values of a field of customers, by the ERP's id; those without one are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of_customers(&self, field: &str) -> Result<BTreeMap<String, String>> {
        let named = |r: &Read<'_>| r.subjects_with_field(CUSTOMERS, field);
        let values = self.of_many(CUSTOMERS, named, |name| name == field, None)?;
        Ok(of_one(values))
    }

    /// Returns the values of all fields of customers whose names begin so, by the ERP's id and the field's name; those
    /// without one are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn all_of_customers(&self, name: &str) -> Result<BTreeMap<(String, String), String>> {
        let named = |r: &Read<'_>| r.subjects_with_fields(CUSTOMERS, name);
        self.of_many(CUSTOMERS, named, |field| field.starts_with(name), None)
    }

    fn of_many(
        &self,
        prefix: &str,
        named: impl Fn(&Read<'_>) -> kontor_store::Result<Vec<String>>,
        is: impl Fn(&str) -> bool,
        among: Option<&BTreeSet<String>>,
    ) -> Result<BTreeMap<(String, String), String>> {
        let values = self.store().read(|r| {
            let cursor = active(r)?.map_or(0, |team| team.cursor);
            let mut subjects: BTreeSet<String> = named(r)?.into_iter().collect();
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
                for (name, shown) in shown(r, &subject)? {
                    let value = shown.field.current.and_then(|set| set.value);
                    if let Some(value) = value.filter(|_| is(&name)) {
                        values.insert((id.to_owned(), name), value);
                    }
                }
            }
            Ok(values)
        })?;
        Ok(values)
    }
}

/// Where one field only was asked for.
fn of_one(values: BTreeMap<(String, String), String>) -> BTreeMap<String, String> {
    values
        .into_iter()
        .map(|((id, _), value)| (id, value))
        .collect()
}
