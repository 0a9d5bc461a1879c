//! One page of whatever comes in pages.

use serde_json::{Map, Value};

use crate::dialect::{Defect, Defects, Reader, scalar};
use crate::error::Error;
use crate::id::MkId;

/// The most rows of products or stock the service gives at once.
pub const REGISTER_LIMIT: u32 = 1000;

/// One page of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows that could be read, in the service's order.
    pub items: Vec<T>,
    /// What could not be read. The page is good all the same.
    pub defects: Vec<Defect>,
    /// Rows left out before this page.
    pub offset: u64,
    /// Rows the service sent, the defective ones among them.
    pub returned: u64,
    /// Rows there are on all pages, where the service says so. Changes while one reads on.
    pub total: Option<u64>,
    /// The id of the very first row, by which [`Walk`](crate::Walk) sees that rows moved.
    pub(crate) first: Option<MkId>,
    /// The id of the very last row.
    pub(crate) last: Option<MkId>,
    /// Rows asked for.
    pub(crate) limit: u64,
}

/// Refuses an answer that cannot be a page of `field`: nothing in it says how much there is, or what stands there is no
/// list of anything. Taken for an empty page it would make what is only unknown look as if it were gone. `also` are the
/// fields that stand for an empty list.
pub(crate) fn holds(answer: &Map<String, Value>, field: &str, also: &[&str]) -> Result<(), Error> {
    let garbled = |why: String| Err(Error::Garbled { why });
    if !answer.contains_key(field) && !also.iter().any(|name| answer.contains_key(*name)) {
        return garbled(format!("it has no {field}"));
    }
    let defects = Defects::default();
    let mut rows = Reader::new(answer, &defects).elements(field).peekable();
    if rows.peek().is_some() && !rows.any(Value::is_object) {
        return garbled(format!("its {field} is no list of rows"));
    }
    Ok(())
}

impl<T> Page<T> {
    /// Where the next page begins; `None` after the last one.
    #[must_use]
    pub fn next_offset(&self) -> Option<u64> {
        let end = self.offset.saturating_add(self.returned);
        let more = match self.total {
            Some(total) => end < total && self.returned > 0,
            None => self.returned >= self.limit,
        };
        more.then_some(end)
    }

    pub(crate) fn read(
        answer: &Map<String, Value>,
        field: &'static str,
        asked: (u64, u32),
        read: impl Fn(Reader<'_>, MkId) -> T,
    ) -> Self {
        let defects = Defects::default();
        let reader = Reader::new(answer, &defects);
        let items = reader.rows(field, read);
        let total = reader.count("result_all_records");
        let id = |row: &Value| scalar(row.as_object()?.get("mk_id")?).map(MkId::new);
        let first = reader.elements(field).next().and_then(id);
        let last = reader.elements(field).last().and_then(id);
        let returned = reader.len(field);
        Self {
            items,
            offset: asked.0,
            returned,
            total,
            first,
            last,
            limit: u64::from(asked.1),
            defects: defects.into_vec(),
        }
    }

    /// A page of an answer that says that there is nothing.
    pub(crate) fn empty(offset: u64, limit: u32) -> Self {
        Self {
            items: Vec::new(),
            defects: Vec::new(),
            offset,
            returned: 0,
            total: Some(0),
            first: None,
            last: None,
            limit: u64::from(limit),
        }
    }
}
