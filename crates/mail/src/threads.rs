//! Conversation trees by RFC 5256 REFERENCES, which is JWZ's algorithm written down.
//!
//! The store groups messages into conversations as they come (connected by ids); this module draws the
//! tree inside one, and answers `kontorctl mime threads` for a whole mailbox.

use std::collections::BTreeMap;

use kontor_model::{Millis, subject};

/// What threading needs of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Message-ID without brackets.
    pub id: Option<String>,
    /// References, oldest first.
    pub references: Vec<String>,
    /// In-Reply-To; only the first counts, and only without References.
    pub in_reply_to: Vec<String>,
    /// Decoded subject.
    pub subject: String,
    /// The date siblings are sorted by.
    pub date: Millis,
}

/// A message, or the place of a missing parent, with its answers in date order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Index into the entries; `None` for a parent nobody has.
    pub entry: Option<usize>,
    /// Answers.
    pub children: Vec<Self>,
}

/// How roots are joined beyond ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// Ids only.
    Ids,
    /// Also roots of equal base subject (RFC 5256 §3 step 5).
    Subjects,
}

/// Draws the trees of `entries`: every entry exactly once, roots and siblings by date, then by position.
///
/// A second message with the same id is a message of its own. Loops and absurd References cannot recurse or hang:
/// a link that would close a loop is not made, and depth is walked with an explicit stack.
#[must_use]
pub fn threads(entries: &[Entry], merge: Merge) -> Vec<Node> {
    let mut forest = Forest::link(entries);
    let mut roots = forest.prune();
    if merge == Merge::Subjects {
        roots = forest.merge_subjects(&roots, entries);
    }
    forest.build(roots, entries)
}

/// At most this many ids of one References field are followed: the first and the newest of a longer one say the same.
const MAX_REFERENCES: usize = 200;

#[derive(Debug, Default)]
struct Container {
    entry: Option<usize>,
    parent: Option<usize>,
    children: Vec<usize>,
}

/// Containers by index; an index out of range is answered with nothing, so no arithmetic on foreign input can panic.
#[derive(Debug, Default)]
struct Forest {
    boxes: Vec<Container>,
}

impl Forest {
    /// Steps 1 and 2: containers by id, linked by references.
    fn link(entries: &[Entry]) -> Self {
        let mut forest = Self::default();
        let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
        for (n, entry) in entries.iter().enumerate() {
            let me = match entry.id.as_deref() {
                Some(id) => match by_id.get(id) {
                    // A placeholder made by somebody's References becomes this message; a second copy stands alone.
                    Some(&at) if forest.entry(at).is_none() => at,
                    Some(_) => forest.push(),
                    None => {
                        let at = forest.push();
                        by_id.insert(id, at);
                        at
                    }
                },
                None => forest.push(),
            };
            if let Some(container) = forest.boxes.get_mut(me) {
                container.entry = Some(n);
            }
            let ids = if entry.references.is_empty() {
                entry.in_reply_to.get(..1).unwrap_or_default()
            } else {
                &entry.references
            };
            let skip = ids.len().saturating_sub(MAX_REFERENCES);
            let mut parent = None;
            for id in ids.iter().skip(skip) {
                let at = *by_id.entry(id).or_insert_with(|| forest.push());
                if let Some(parent) = parent {
                    forest.adopt(parent, at, false);
                }
                parent = Some(at);
            }
            forest.unparent(me);
            if let Some(parent) = parent {
                forest.adopt(parent, me, true);
            }
        }
        forest
    }

    fn push(&mut self) -> usize {
        self.boxes.push(Container::default());
        self.boxes.len().saturating_sub(1)
    }

    fn entry(&self, at: usize) -> Option<usize> {
        self.boxes.get(at).and_then(|b| b.entry)
    }

    fn children(&self, at: usize) -> &[usize] {
        self.boxes
            .get(at)
            .map(|b| b.children.as_slice())
            .unwrap_or_default()
    }

    /// Links parent and child unless that closes a loop; without `force` an existing parent stays.
    fn adopt(&mut self, parent: usize, child: usize, force: bool) {
        let has_parent = self.boxes.get(child).is_some_and(|b| b.parent.is_some());
        // Who has no answers is nobody's ancestor: the usual case, and what keeps a long chain linear.
        let loops = child == parent
            || (!self.children(child).is_empty() && self.is_ancestor(child, parent));
        if (has_parent && !force) || loops {
            return;
        }
        self.unparent(child);
        if let Some(b) = self.boxes.get_mut(child) {
            b.parent = Some(parent);
        }
        if let Some(b) = self.boxes.get_mut(parent) {
            b.children.push(child);
        }
    }

    fn unparent(&mut self, child: usize) {
        if let Some(old) = self.boxes.get_mut(child).and_then(|b| b.parent.take())
            && let Some(b) = self.boxes.get_mut(old)
        {
            b.children.retain(|c| *c != child);
        }
    }

    /// True when `above` is `below` or one of its ancestors.
    fn is_ancestor(&self, above: usize, below: usize) -> bool {
        let mut at = Some(below);
        while let Some(now) = at {
            if now == above {
                return true;
            }
            at = self.boxes.get(now).and_then(|b| b.parent);
        }
        false
    }

    /// Step 3: placeholders without answers go, those with answers give them to their parent; a root placeholder stays
    /// only to hold two or more together. Returns the roots.
    fn prune(&mut self) -> Vec<usize> {
        // Deepest first, so that one pass is enough.
        let mut order: Vec<usize> = (0..self.boxes.len())
            .filter(|i| self.boxes.get(*i).is_some_and(|b| b.parent.is_none()))
            .collect();
        let mut next = 0;
        while let Some(&at) = order.get(next) {
            order.extend_from_slice(self.children(at));
            next = next.saturating_add(1);
        }
        let mut gone = vec![false; self.boxes.len()];
        for &at in order.iter().rev() {
            let Some(container) = self.boxes.get(at) else {
                continue;
            };
            let parent = container.parent;
            let keep =
                container.entry.is_some() || (parent.is_none() && container.children.len() > 1);
            if keep {
                continue;
            }
            let children = container.children.clone();
            self.unparent(at);
            for child in children {
                self.unparent(child);
                if let Some(parent) = parent {
                    self.adopt(parent, child, true);
                }
            }
            if let Some(mark) = gone.get_mut(at) {
                *mark = true;
            }
        }
        (0..self.boxes.len())
            .filter(|i| {
                !gone.get(*i).copied().unwrap_or(true)
                    && self.boxes.get(*i).is_some_and(|b| b.parent.is_none())
            })
            .collect()
    }

    /// The message a root is judged by: itself, or a placeholder's first answer by date.
    fn face<'e>(&self, root: usize, entries: &'e [Entry]) -> Option<&'e Entry> {
        let of = |at: usize| self.entry(at).and_then(|n| entries.get(n).map(|e| (n, e)));
        of(root)
            .or_else(|| {
                self.children(root)
                    .iter()
                    .filter_map(|c| of(*c))
                    .min_by_key(|(n, e)| (e.date, *n))
            })
            .map(|(_, e)| e)
    }

    /// Step 5: roots of equal base subject become one.
    fn merge_subjects(&mut self, roots: &[usize], entries: &[Entry]) -> Vec<usize> {
        let mut table: BTreeMap<String, (usize, bool)> = BTreeMap::new();
        let bases: Vec<(usize, subject::Base)> = roots
            .iter()
            .filter_map(|r| {
                self.face(*r, entries)
                    .map(|e| (*r, subject::base(&e.subject)))
            })
            .filter(|(_, b)| !b.text.is_empty())
            .collect();
        for (root, base) in &bases {
            let key = base.text.to_lowercase();
            let better = match table.get(&key) {
                None => true,
                // A placeholder is the better holder; of two messages the one that is not an answer.
                Some((held, held_reply)) => {
                    (self.entry(*root).is_none() && self.entry(*held).is_some())
                        || (*held_reply && !base.marked && self.entry(*held).is_some())
                }
            };
            if better {
                table.insert(key, (*root, base.marked));
            }
        }
        let mut kept: Vec<usize> = roots.to_vec();
        for (root, base) in &bases {
            let Some((held, held_reply)) = table.get(&base.text.to_lowercase()).copied() else {
                continue;
            };
            if held == *root {
                continue;
            }
            kept.retain(|r| r != root);
            match (self.entry(*root).is_none(), self.entry(held).is_none()) {
                (true, true) => {
                    for child in self.children(*root).to_vec() {
                        self.adopt(held, child, true);
                    }
                }
                (_, true) => self.adopt(held, *root, true),
                _ if base.marked && !held_reply => self.adopt(held, *root, true),
                _ => {
                    let holder = self.push();
                    kept.retain(|r| *r != held);
                    kept.push(holder);
                    self.adopt(holder, held, true);
                    self.adopt(holder, *root, true);
                    table.insert(base.text.to_lowercase(), (holder, false));
                }
            }
        }
        kept
    }

    /// Steps 4 and 6: everything sorted by date, as a tree of values.
    fn build(&self, mut roots: Vec<usize>, entries: &[Entry]) -> Vec<Node> {
        let key = |at: &usize| self.sort_key(*at, entries);
        roots.sort_by_key(key);
        // An explicit stack: a chain of a hundred thousand answers must not need a hundred thousand stack frames.
        let mut order = roots.clone();
        let mut next = 0;
        while let Some(&at) = order.get(next) {
            order.extend_from_slice(self.children(at));
            next = next.saturating_add(1);
        }
        let mut done: BTreeMap<usize, Node> = BTreeMap::new();
        for &at in order.iter().rev() {
            let mut children = self.children(at).to_vec();
            children.sort_by_key(key);
            let children = children.iter().filter_map(|c| done.remove(c)).collect();
            done.insert(
                at,
                Node {
                    entry: self.entry(at),
                    children,
                },
            );
        }
        roots.iter().filter_map(|r| done.remove(r)).collect()
    }

    fn sort_key(&self, at: usize, entries: &[Entry]) -> (Millis, usize) {
        let own = |at: usize| {
            self.entry(at)
                .and_then(|n| entries.get(n).map(|e| (e.date, n)))
        };
        own(at)
            .or_else(|| self.children(at).iter().filter_map(|c| own(*c)).min())
            .unwrap_or((Millis(i64::MAX), usize::MAX))
    }
}

impl Drop for Node {
    /// Takes deep chains apart in a loop: the derived drop would recurse once per answer.
    fn drop(&mut self) {
        let mut heap = std::mem::take(&mut self.children);
        while let Some(mut node) = heap.pop() {
            heap.append(&mut node.children);
        }
    }
}

#[cfg(test)]
#[path = "threads/tests.rs"]
mod tests;
