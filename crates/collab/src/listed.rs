//! All subjects of one kind that have a field: what a list of them shows.

use std::collections::BTreeSet;

use kontor_protocol::Subject;

use crate::record::shown;
use crate::row::active;
use crate::{Collab, Result};

impl Collab {
    /// Returns the subjects with this prefix (`template:`) that have the field now, sorted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn having(&self, prefix: &str, field: &str) -> Result<Vec<Subject>> {
        let names = self.store().read(|r| {
            let cursor = active(r)?.map_or(0, |team| team.cursor);
            let mut names: BTreeSet<String> =
                r.subjects_with_field(prefix, field)?.into_iter().collect();
            let waiting = r.unfolded_record_ops(None, cursor)?.into_iter();
            names.extend(waiting.map(|op| op.op.subject));
            names.retain(|name| name.starts_with(prefix));
            let mut having = Vec::new();
            for name in names {
                let current = shown(r, &name)?
                    .remove(field)
                    .and_then(|shown| shown.field.current);
                if current.is_some_and(|set| set.value.is_some()) {
                    having.push(name);
                }
            }
            Ok(having)
        })?;
        Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
    }
}
