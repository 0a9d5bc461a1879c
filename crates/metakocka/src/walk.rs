//! Reading on through pages that move under one's feet.

use std::collections::{BTreeMap, VecDeque};

use crate::client::Client;
use crate::dialect::Defect;
use crate::document::Document;
use crate::error::Error;
use crate::id::MkId;
use crate::page::Page;
use crate::product::{Product, ProductQuery};
use crate::search::{Light, Search};

/// Ids remembered to tell rows that come again. Rows that moved farther than this come twice; nothing else happens.
const REMEMBERED: usize = 5000;
/// Pages gone back in a row before rows are taken as they come.
const BACK: u32 = 16;
/// Pages in a row without a new row before the service is taken to turn in circles.
const IDLE: u32 = 5;

/// Rows that can be walked through: [`Document`], [`Light`], [`Product`].
pub trait Row: sealed::Row {}

impl Row for Document {}
impl Row for Light {}
impl Row for Product {}

mod sealed {
    use super::{Client, Error, MkId, Page};

    pub trait Row: Sized + Send {
        type Query: Clone + Send + Sync;
        fn mk_id(&self) -> &MkId;
        fn offset(query: &Self::Query) -> u64;
        fn limit(query: &Self::Query) -> u64;
        fn page(
            client: &Client,
            query: &Self::Query,
            offset: u64,
        ) -> impl Future<Output = Result<Page<Self>, Error>> + Send;
    }
}

/// A walk through all pages of a query.
///
/// Pages are counted by rows, and rows come and go meanwhile: after a deletion the next page would begin one row too far
/// on. So every page begins with the last row of the one before; where that is not there any more, the walk goes back
/// until it stands on a row it knows. A row that was there all the time is never missed, none is given twice. It costs one
/// row in a hundred.
#[derive(Debug)]
pub struct Walk<T: Row> {
    client: Client,
    query: T::Query,
    cursor: Cursor,
}

/// One page of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<T> {
    /// Rows not given before.
    pub items: Vec<T>,
    /// What could not be read.
    pub defects: Vec<Defect>,
    /// Rows there are, where the service says so.
    pub total: Option<u64>,
    /// Rows came or went since the last page.
    pub shifted: bool,
    /// Where to begin a new walk that goes on after this page, after a restart. Oldest first, begin a page or two earlier:
    /// what was deleted meanwhile has drawn the rest nearer.
    pub resume: u64,
}

impl<T: Row> Walk<T> {
    pub(crate) fn new(client: Client, query: T::Query) -> Self {
        let cursor = Cursor::new(T::offset(&query), T::limit(&query));
        Self {
            client,
            query,
            cursor,
        }
    }

    /// The next page; `None` after the last. After an error the same page can be asked for again.
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn next(&mut self) -> Result<Option<Step<T>>, Error> {
        let Some(offset) = self.cursor.next else {
            return Ok(None);
        };
        let page = T::page(&self.client, &self.query, offset).await?;
        let fresh = page
            .items
            .into_iter()
            .filter(|item| self.cursor.note(item.mk_id()));
        let items: Vec<T> = fresh.collect();
        let shifted = self.cursor.take(&Seen {
            offset,
            returned: page.returned,
            total: page.total,
            first: page.first,
            last: page.last,
            fresh: !items.is_empty(),
        });
        Ok(Some(Step {
            items,
            defects: page.defects,
            total: page.total,
            shifted,
            resume: self.cursor.reached,
        }))
    }
}

impl Client {
    /// Walks through all pages of a query: `client.walk::<Document>(Search::of(DocType::SalesOrder))`.
    #[must_use]
    pub fn walk<T: Row>(&self, query: T::Query) -> Walk<T> {
        Walk::new(self.clone(), query)
    }
}

/// What matters of a page for where the next one begins.
struct Seen {
    offset: u64,
    returned: u64,
    total: Option<u64>,
    first: Option<MkId>,
    last: Option<MkId>,
    fresh: bool,
}

/// Where a walk stands. Decides without asking anybody.
#[derive(Debug)]
struct Cursor {
    begin: u64,
    limit: u64,
    /// Where the next page begins; `None` at the end.
    next: Option<u64>,
    /// The farthest row that is joined to all before it.
    reached: u64,
    /// The farthest row looked at.
    farthest: u64,
    total: Option<u64>,
    /// Ids of the last rows before the page being taken; true for rows that are joined to all before them.
    known: BTreeMap<MkId, bool>,
    order: VecDeque<MkId>,
    /// Ids of the page being taken.
    current: Vec<MkId>,
    back: u32,
    idle: u32,
}

impl Cursor {
    fn new(begin: u64, limit: u64) -> Self {
        Self {
            begin,
            limit,
            next: Some(begin),
            reached: begin,
            farthest: begin,
            total: None,
            known: BTreeMap::new(),
            order: VecDeque::new(),
            current: Vec::new(),
            back: 0,
            idle: 0,
        }
    }

    /// Notes a row of the page being taken; true when it is new.
    fn note(&mut self, id: &MkId) -> bool {
        let fresh = !self.known.contains_key(id) && !self.current.contains(id);
        self.current.push(id.clone());
        fresh
    }

    /// Takes a page and decides where the next one begins; true when rows moved since the last one.
    fn take(&mut self, page: &Seen) -> bool {
        // A page of one row has no room for the row before.
        let joined = page.offset <= self.begin
            || self.limit <= 1
            || match &page.first {
                Some(first) => self.known.get(first) == Some(&true),
                // A first row without an id cannot say; a page without rows is behind the end.
                None => page.returned > 0,
            };
        let moved = self.total.is_some() && page.total.is_some() && self.total != page.total;
        self.total = page.total.or(self.total);
        // A last row that could not be read is where the next page begins all the same.
        self.current.extend(page.last.clone());
        self.remember(joined);
        let end = page.offset.saturating_add(page.returned);
        // Pages gone back over are old by nature; only new ground without a new row is suspicious.
        self.idle = match (page.fresh, end > self.farthest) {
            (true, _) => 0,
            (false, true) => self.idle.saturating_add(1),
            (false, false) => self.idle,
        };
        self.farthest = self.farthest.max(end);
        if !joined && self.back < BACK {
            self.back = self.back.saturating_add(1);
            let step = self.limit.saturating_sub(1).max(1);
            self.next = Some(page.offset.saturating_sub(step).max(self.begin));
            return true;
        }
        self.back = 0;
        self.reached = end;
        let last = match page.total {
            Some(total) => end >= total || page.returned == 0,
            None => page.returned < self.limit,
        };
        // Begins with the last row of this page, where pages are long enough for that.
        let next = match self.limit {
            0 | 1 => end,
            _ => end.saturating_sub(1).max(page.offset.saturating_add(1)),
        };
        self.next = (!last && self.idle < IDLE).then_some(next);
        moved || !joined
    }

    fn remember(&mut self, joined: bool) {
        for id in self.current.drain(..) {
            match self.known.get_mut(&id) {
                Some(was) => *was |= joined,
                None => {
                    self.order.push_back(id.clone());
                    self.known.insert(id, joined);
                }
            }
        }
        while self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}

impl sealed::Row for Document {
    type Query = Search;

    fn mk_id(&self) -> &MkId {
        &self.mk_id
    }

    fn offset(query: &Search) -> u64 {
        query.offset
    }

    fn limit(query: &Search) -> u64 {
        u64::from(query.limit())
    }

    async fn page(client: &Client, query: &Search, offset: u64) -> Result<Page<Self>, Error> {
        client.search(&query.clone().from(offset)).await
    }
}

impl sealed::Row for Light {
    type Query = Search;

    fn mk_id(&self) -> &MkId {
        &self.mk_id
    }

    fn offset(query: &Search) -> u64 {
        query.offset
    }

    fn limit(query: &Search) -> u64 {
        u64::from(query.limit())
    }

    async fn page(client: &Client, query: &Search, offset: u64) -> Result<Page<Self>, Error> {
        client.search_light(&query.clone().from(offset)).await
    }
}

impl sealed::Row for Product {
    type Query = ProductQuery;

    fn mk_id(&self) -> &MkId {
        &self.mk_id
    }

    fn offset(query: &ProductQuery) -> u64 {
        query.offset
    }

    fn limit(query: &ProductQuery) -> u64 {
        u64::from(query.limit())
    }

    async fn page(client: &Client, query: &ProductQuery, offset: u64) -> Result<Page<Self>, Error> {
        let query = ProductQuery {
            offset,
            ..query.clone()
        };
        client.product_list(&query).await
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
