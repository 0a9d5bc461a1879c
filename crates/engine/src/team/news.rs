//! What the line brought a moment ago, for a window that shows a note: a colleague's key need not wait until the window has
//! read the change log and asked. Told after it is stored; who misses it learns all of it from the change log.

use std::sync::{Mutex, PoisonError};

use kontor_collab::{Collab, Written};
use tokio::sync::broadcast;

use crate::context::Context;
use crate::engine::Engine;
use crate::error::Result;

/// Others wrote, or the server has what was written here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteNews {
    /// What others wrote.
    pub written: Vec<Written>,
    /// What the team's server does not have yet.
    pub waiting: Waiting,
}

/// How many changes the team's server does not have yet; alone nothing waits for anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// So many.
    pub changes: u64,
    /// The number of this count: news and answers cross on their way to a window, and the later count is right.
    pub count: u64,
}

/// Tells news, and counts.
#[derive(Debug)]
pub(crate) struct NewsDesk {
    out: broadcast::Sender<NoteNews>,
    counts: Mutex<u64>,
}

impl Default for NewsDesk {
    fn default() -> Self {
        Self {
            out: broadcast::Sender::new(64),
            counts: Mutex::default(),
        }
    }
}

impl NewsDesk {
    fn count(&self, collab: &Collab) -> kontor_collab::Result<Waiting> {
        // Held while the store is read: a later number never has an earlier count.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = match collab.team()? {
            Some(_) => collab.queue()?.length,
            None => 0,
        };
        *counts = counts.wrapping_add(1);
        let count = *counts;
        drop(counts);
        Ok(Waiting { changes, count })
    }
}

impl Engine {
    /// What the line brings into notes, from now on; nothing where another process has the line.
    #[must_use]
    pub fn note_news(&self) -> broadcast::Receiver<NoteNews> {
        self.ctx.news.out.subscribe()
    }

    /// How much waits for the team's server.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn waiting_changes(&self) -> Result<Waiting> {
        let ctx = std::sync::Arc::clone(&self.ctx);
        self.shared(move |c| ctx.news.count(c)).await
    }
}

impl Context {
    pub(super) fn tell_notes(&self, written: Vec<Written>) {
        if self.news.out.receiver_count() == 0 {
            return;
        }
        match self.news.count(&self.collab) {
            // Whoever listened a moment ago may be gone.
            Ok(waiting) => drop(self.news.out.send(NoteNews { written, waiting })),
            Err(e) => tracing::warn!("what waits for the team's server cannot be counted: {e}"),
        }
    }
}
