//! The slow sweep: all day a page now and then, so that nothing is older than an hour or two, and looks and people's own
//! calls have the ERP for themselves in between.

use std::time::Duration;

use jiff::Timestamp;
use kontor_metakocka as mk;

use super::translate;
use super::worker::{Next, Problem, Worker};
use crate::core::storage::{FactsBatch, FoundCustomer, Storage};

/// Customers asked for in a step while nothing but documents tells of them.
const FILLED_AT_ONCE: usize = 10;
/// Customers asked for again in a turn: there is no list of all, and no word of who changed or went.
const CHECKED_AT_ONCE: usize = 5;

/// What a turn of the sweep does, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// A page of documents.
    Page,
    /// A few customers.
    Cards,
    /// A page of products, where it is time for them.
    Goods,
}

impl<S: Storage> Worker<S> {
    /// Does the next part of a turn, where it is time for one.
    pub(super) async fn sweep(&mut self, now: Timestamp) -> Result<Next, Problem> {
        if self.turns.is_empty() {
            if !is_due(self.turned, self.house.pace.sweep, now) {
                return Ok(Next::Rest);
            }
            self.turned = Some(now);
            self.turns = vec![Turn::Goods, Turn::Cards, Turn::Page];
        }
        match self.turns.pop() {
            Some(Turn::Page) => self.sweep_page(now).await?,
            Some(Turn::Cards) => self.check_cards(now).await?,
            Some(Turn::Goods) => self.goods(now).await?,
            None => {}
        }
        // What is due meanwhile goes before the rest of the turn.
        Ok(if self.turns.is_empty() {
            Next::Rest
        } else {
            Next::Go
        })
    }

    /// Reads on in the round that is under way, or begins one where it is time.
    async fn sweep_page(&mut self, now: Timestamp) -> Result<(), Problem> {
        if self.memo.walk.whole {
            if !is_due(self.memo.walk.began, self.house.pace.round, now) {
                return Ok(());
            }
            self.begin_walk().await?;
        }
        self.walk().await
    }

    /// Asks for the customers that were not asked for longest: renamed, moved, or gone.
    async fn check_cards(&mut self, now: Timestamp) -> Result<(), Problem> {
        let storage = &self.house.storage;
        let stalest = storage.stalest_customers(self.org, CHECKED_AT_ONCE).await?;
        let round = self.house.pace.round;
        let due = stalest
            .into_iter()
            .filter(|(_, at)| is_due(Some(*at), round, now));
        let due: Vec<String> = due.map(|(id, _)| id).collect();
        if !due.is_empty() {
            self.ask_for(due).await?;
        }
        // Only now: the next look says who was not asked for longest, not the one after another turn.
        let stalest = self.house.storage.stalest_customers(self.org, 1).await?;
        self.memo.cards = stalest.first().map(|(_, at)| *at);
        Ok(())
    }

    /// Asks who some customers are of whom only documents told.
    pub(super) async fn fill(&mut self) -> Result<Next, Problem> {
        let storage = &self.house.storage;
        let bare = storage.bare_customers(self.org, FILLED_AT_ONCE).await?;
        if bare.is_empty() {
            return Ok(Next::Rest);
        }
        self.ask_for(bare).await?;
        Ok(Next::Go)
    }

    async fn ask_for(&mut self, ids: Vec<String>) -> Result<(), Problem> {
        let mut batch = FactsBatch::default();
        for id in ids {
            let seen_at = self.house.clock.now();
            let found = match self.partner(&id).await? {
                Some(partner) => translate::customer(&partner, seen_at),
                None => self.missing(id, seen_at).await?,
            };
            batch.customers.push(found);
        }
        self.keep(batch).await.map(drop)
    }

    /// What the register says of a customer.
    pub(super) async fn partner(&self, id: &str) -> Result<Option<mk::Partner>, Problem> {
        let id = mk::MkId::new(id);
        let key = mk::PartnerKey::Id(id.clone());
        let page = self.line()?.client.get_partner(&key).await?;
        Ok(page.items.into_iter().find(|partner| partner.mk_id == id))
    }

    /// A customer on documents that the register does not have by its id. Before it is said to be gone it is looked for by
    /// its name: an installation that does not know the id of one it has would lose all of them.
    async fn missing(&self, id: String, seen_at: Timestamp) -> Result<FoundCustomer, Problem> {
        let storage = &self.house.storage;
        let (card, _) = storage.dossier_after(self.org, id.clone(), 0, 0).await?;
        let mut card = card.unwrap_or_default();
        if !card.name.is_empty() {
            let key = mk::PartnerKey::Name(card.name.clone());
            let named = self.line()?.client.get_partner(&key).await?;
            let mut named = named.items.into_iter();
            if let Some(partner) = named.find(|partner| partner.mk_id.as_str() == id) {
                return Ok(translate::customer(&partner, seen_at));
            }
        }
        card.seen_at = seen_at;
        Ok(FoundCustomer {
            id,
            addresses: translate::addresses(&card.contacts),
            card,
            bare: false,
            gone: true,
        })
    }
}

/// Whether something that happened then is to happen again.
pub(super) fn is_due(before: Option<Timestamp>, every: Duration, now: Timestamp) -> bool {
    let age = before.map(|at| Duration::try_from(now.duration_since(at)).unwrap_or_default());
    age.is_none_or(|age| age >= every)
}
