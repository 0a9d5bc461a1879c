//! What threads weigh, in memory, in the order of the lists: a page costs what it shows, however many threads there are.

use std::collections::{BTreeMap, BTreeSet};

use kontor_model::{FolderId, ThreadId};

/// The place of a thread in a folder's list: its weight, then its newest mail there.
type Place = (i64, i64, ThreadId);

/// What each thread weighs, and where it stands in the list of each of its folders; those that weigh nothing are left out.
///
/// It is as old as the last time it was told: a page shows the threads in the order known here, each as it is now.
#[derive(Clone, Debug, Default)]
pub struct ThreadWeights {
    of: BTreeMap<ThreadId, Weighed>,
    lists: BTreeMap<FolderId, BTreeSet<Place>>,
}

/// What one thread weighs, and its newest mail (key) in each of its folders.
#[derive(Clone, Debug, Default)]
struct Weighed {
    weight: i64,
    newest: Vec<(FolderId, i64)>,
}

impl Weighed {
    fn newest_in(&self, scope: &BTreeSet<FolderId>) -> Option<i64> {
        let within = self.newest.iter().filter(|(f, _)| scope.contains(f));
        within.map(|(_, newest)| *newest).max()
    }
}

impl ThreadWeights {
    /// Returns what a thread weighs; 0 for nothing.
    #[must_use]
    pub fn weight(&self, thread: ThreadId) -> i64 {
        self.of.get(&thread).map_or(0, |weighed| weighed.weight)
    }

    /// Returns how many threads weigh something.
    #[must_use]
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Returns whether none does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Puts a thread where it belongs now; one that weighs nothing, or is in no folder, goes.
    pub(super) fn set(&mut self, thread: ThreadId, weight: i64, newest: Vec<(FolderId, i64)>) {
        if let Some(was) = self.of.remove(&thread) {
            for (folder, newest) in was.newest {
                if let Some(list) = self.lists.get_mut(&folder) {
                    list.remove(&(was.weight, newest, thread));
                }
            }
        }
        if weight <= 0 || newest.is_empty() {
            return;
        }
        for (folder, newest) in &newest {
            let list = self.lists.entry(*folder).or_default();
            list.insert((weight, *newest, thread));
        }
        self.of.insert(thread, Weighed { weight, newest });
    }

    /// Whether a thread that weighs something stands in the list of these folders.
    pub(super) fn stands_in(&self, thread: ThreadId, scope: &BTreeSet<FolderId>) -> bool {
        let weighed = self.of.get(&thread);
        weighed.is_some_and(|weighed| weighed.newest_in(scope).is_some())
    }

    /// The threads of these folders behind a weight and a newest mail, heaviest first, of equals the newest; one in several of
    /// them once, at its newest.
    pub(super) fn before<'w>(
        &'w self,
        scope: &'w BTreeSet<FolderId>,
        (weight, newest): (i64, i64),
    ) -> impl Iterator<Item = Place> + 'w {
        let behind = ..(weight, newest, ThreadId(i64::MIN));
        let lists = scope.iter().filter_map(|folder| self.lists.get(folder));
        let mut lists: Vec<_> = lists.map(|list| list.range(behind)).collect();
        let merged = std::iter::from_fn(move || {
            let heaviest = lists
                .iter_mut()
                .max_by_key(|list| (**list).clone().next_back().copied())?;
            heaviest.next_back().copied()
        });
        // Its newest mail may lie in several of the folders.
        let mut last = None;
        merged.filter(move |place| {
            let (_, newest, thread) = *place;
            let weighed = self.of.get(&thread);
            last.replace(*place) != Some(*place)
                && weighed.and_then(|weighed| weighed.newest_in(scope)) == Some(newest)
        })
    }
}

impl FromIterator<(ThreadId, i64, FolderId, i64)> for ThreadWeights {
    /// From each thread's weight, folder and newest mail there.
    fn from_iter<I: IntoIterator<Item = (ThreadId, i64, FolderId, i64)>>(rows: I) -> Self {
        let mut of: BTreeMap<ThreadId, Weighed> = BTreeMap::new();
        let mut lists: BTreeMap<FolderId, Vec<Place>> = BTreeMap::new();
        for (thread, weight, folder, newest) in rows {
            let weighed = of.entry(thread).or_default();
            weighed.weight = weight;
            weighed.newest.push((folder, newest));
            lists
                .entry(folder)
                .or_default()
                .push((weight, newest, thread));
        }
        let lists = lists.into_iter();
        Self {
            of,
            lists: lists
                .map(|(folder, places)| (folder, places.into_iter().collect()))
                .collect(),
        }
    }
}
