//! Tells desks how the mirror of the ERP stands: read once a room, however many desks sit there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kontor_protocol::{FactsState, MirrorState};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::core::hub::room::Room;
use crate::core::storage::Storage;

/// Between two reads: what changes together is told once.
const GATHER: Duration = Duration::from_millis(250);
/// The same while a mirror reads everything for the first time: page after page, and each desk writes down what it is told.
const GATHER_FIRST: Duration = Duration::from_secs(2);

/// What a room tells of its facts.
#[derive(Debug, Default)]
pub(super) struct Telling {
    news: watch::Sender<News>,
    /// Counts the desks that wanted to hear.
    wanted: AtomicU64,
    moved: Notify,
    /// A desk has come.
    came: Notify,
}

#[derive(Clone, Debug, Default)]
struct News {
    /// Read after so many desks had asked.
    wanted: u64,
    state: Arc<FactsState>,
}

/// How a desk hears of it. Drops what was read before the desk came: another life by then would cost it its facts.
#[derive(Debug)]
pub(crate) struct Ear {
    news: watch::Receiver<News>,
    since: u64,
    told: Option<Arc<FactsState>>,
}

impl Ear {
    /// Resolves with the next state that is another than the one before. May be dropped and asked again.
    pub(crate) async fn next(&mut self) -> Arc<FactsState> {
        loop {
            if self.news.changed().await.is_err() {
                // The room is no more; nor is the session, in a moment.
                return std::future::pending().await;
            }
            let News { wanted, state } = self.news.borrow_and_update().clone();
            if wanted >= self.since && self.told.as_ref() != Some(&state) {
                self.told = Some(Arc::clone(&state));
                return state;
            }
        }
    }
}

impl<S: Storage> Room<S> {
    /// For a desk that wants to be told from now on.
    pub(crate) fn listen_to_facts(&self) -> Ear {
        let news = self.facts.news.subscribe();
        let before = self.facts.wanted.fetch_add(1, Ordering::SeqCst);
        self.facts.moved.notify_one();
        self.facts.came.notify_one();
        Ear {
            news,
            since: before.saturating_add(1),
            told: None,
        }
    }

    /// Changes when something to be written into the ERP may have got on.
    pub(crate) fn listen_to_acts(&self) -> watch::Receiver<u64> {
        self.acts.subscribe()
    }

    /// Facts or their state changed, or may have.
    pub(crate) fn facts_moved(&self) {
        self.acts
            .send_modify(|count| *count = count.wrapping_add(1));
        self.facts.moved.notify_one();
    }

    /// The loop that reads and tells.
    pub(crate) async fn tell_facts(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = self.facts.moved.notified() => {}
                () = stop.cancelled() => return,
            }
            // The next desk that comes asks again.
            if self.facts.news.receiver_count() == 0 {
                continue;
            }
            let wanted = self.facts.wanted.load(Ordering::SeqCst);
            let mut longer = Duration::ZERO;
            match self.storage.facts_state(self.org).await {
                Ok(state) => {
                    if state.state == MirrorState::First {
                        longer = GATHER_FIRST.saturating_sub(GATHER);
                    }
                    self.facts.tell(wanted, state);
                }
                // The next recheck tries again.
                Err(e) => tracing::warn!(org = %self.org, "reading how the mirror stands: {e}"),
            }
            // What moves meanwhile is told after: the notice of it waits.
            let gather = async {
                tokio::time::sleep(GATHER).await;
                // A desk that comes is told at once.
                tokio::select! {
                    () = tokio::time::sleep(longer) => {}
                    () = self.facts.came.notified() => {}
                }
            };
            tokio::select! {
                () = gather => {}
                () = stop.cancelled() => return,
            }
        }
    }
}

impl Telling {
    /// Wakes desks only where there is something new for one of them.
    fn tell(&self, wanted: u64, state: FactsState) {
        self.news.send_if_modified(|news| {
            let other = *news.state != state;
            let asked = news.wanted != wanted;
            news.wanted = wanted;
            if other {
                news.state = Arc::new(state);
            }
            other || asked
        });
    }
}
