//! Which filters an installation knows.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::dialect::{Defects, Reader};
use crate::id::DocType;

/// Which filters each type of document knows on this installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// The filters, by type.
    pub filters: BTreeMap<DocType, Vec<KnownFilter>>,
}

/// A filter of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFilter {
    /// Its name, as [`Filter::name`](crate::Filter::name) has it.
    pub name: String,
    /// What people call it there.
    pub label: Option<String>,
    /// What its value looks like.
    pub value_desc: Option<String>,
}

impl Discovery {
    /// True when documents of this type can be searched by the filter with this name.
    #[must_use]
    pub fn knows(&self, doc_type: &DocType, filter: &str) -> bool {
        let mut known = self.filters.get(doc_type).into_iter().flatten();
        known.any(|known| known.name == filter)
    }

    pub(crate) fn read(answer: &Map<String, Value>) -> Self {
        let defects = Defects::default();
        let types = answer.iter().filter_map(|(word, list)| {
            let holds = Map::from_iter([("list".to_owned(), list.clone())]);
            let filters: Vec<KnownFilter> = Reader::new(&holds, &defects)
                .many("list")
                .filter_map(KnownFilter::read)
                .collect();
            (!filters.is_empty()).then(|| (DocType::from(word.as_str()), filters))
        });
        Self {
            filters: types.collect(),
        }
    }
}

impl KnownFilter {
    fn read(row: Reader<'_>) -> Option<Self> {
        Some(Self {
            name: row.text("type")?,
            label: row.text("label"),
            value_desc: row.text("value_desc"),
        })
    }
}
