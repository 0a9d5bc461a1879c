//! Tables `thread`, `thread_node` and `thread_folder`: who talks with whom about what, and where it lies.
//!
//! A thread is a connected component: messages are joined by the ids in Message-ID, References and In-Reply-To, whatever
//! the order they arrive in, across folders and accounts. Two threads become one when a message links them; the smaller
//! moves into the larger. Subjects join only with guards: see [`Write::join_by_subject`].
//!
//! `thread_folder` is the thread list of a folder: a page of it is one range of one index, whatever the mailbox's size.

use std::collections::BTreeSet;

use kontor_model::subject::{self, Base};
use kontor_model::{Change, Envelope, Millis, ThreadId};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use crate::message::{parse_people, subject_key};
use crate::placement::Place;
use crate::{Read, Result, Write, identity};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 thread",
    sql: "
CREATE TABLE thread (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  messages INTEGER NOT NULL DEFAULT 0,          -- with a visible placement
  oldest INTEGER NOT NULL DEFAULT 0,            -- doc of the message the subject is of
  subject TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE thread_node (
  id INTEGER PRIMARY KEY,                       -- hash of a Message-ID seen or referred to
  thread_id INTEGER NOT NULL REFERENCES thread(id)
) STRICT;
CREATE INDEX thread_node_thread ON thread_node (thread_id);
CREATE TABLE thread_folder (
  folder_id INTEGER NOT NULL REFERENCES folder(id),
  thread_id INTEGER NOT NULL REFERENCES thread(id),
  newest INTEGER NOT NULL,                      -- doc of the newest message here: the order of the list
  count INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  flagged INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  attachments INTEGER NOT NULL,
  PRIMARY KEY (folder_id, thread_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_folder_list ON thread_folder (folder_id, newest);
CREATE INDEX thread_folder_thread ON thread_folder (thread_id);
",
};

/// How far apart in time a subject may join two messages.
const SUBJECT_WINDOW: i64 = 7 * 86_400_000;

/// Messages of one subject looked at; beyond, the subject is a form letter and joins nothing more.
const SUBJECT_CANDIDATES: u32 = 64;

impl Read<'_> {
    fn thread_of_node(&self, node: i64) -> Result<Option<ThreadId>> {
        Ok(self
            .conn
            .prepare_cached("SELECT thread_id FROM thread_node WHERE id = ?1")?
            .query_row([node], |r| r.get(0).map(ThreadId))
            .optional()?)
    }

    fn thread_size(&self, thread: ThreadId) -> Result<i64> {
        Ok(self
            .conn
            .prepare_cached("SELECT count(*) FROM message WHERE thread_id = ?1")?
            .query_row([thread.0], |r| r.get(0))?)
    }
}

impl Write<'_> {
    /// Returns the thread a message belongs to by its ids, making or merging threads as needed.
    pub(crate) fn join_by_ids(&mut self, envelope: &Envelope, doc: i64) -> Result<ThreadId> {
        let nodes: BTreeSet<i64> = envelope
            .message_id
            .iter()
            .chain(&envelope.references)
            .chain(&envelope.in_reply_to)
            .filter(|id| !id.is_empty())
            .map(|id| identity::hash64(id))
            .collect();
        let mut known = BTreeSet::new();
        let mut new = Vec::new();
        for node in nodes {
            match self.thread_of_node(node)? {
                Some(thread) => {
                    known.insert(thread);
                }
                None => new.push(node),
            }
        }
        let mut threads = known.into_iter();
        let thread = match threads.next() {
            Some(first) => {
                let mut thread = first;
                for other in threads {
                    thread = self.merge_threads(thread, other)?;
                }
                thread
            }
            None => self.new_thread(envelope, doc)?,
        };
        for node in new {
            self.tx
                .prepare_cached("INSERT INTO thread_node (id, thread_id) VALUES (?1, ?2)")?
                .execute([node, thread.0])?;
        }
        Ok(thread)
    }

    fn new_thread(&mut self, envelope: &Envelope, doc: i64) -> Result<ThreadId> {
        self.tx
            .prepare_cached("INSERT INTO thread (oldest, subject) VALUES (?1, ?2)")?
            .execute(params![doc, envelope.subject])?;
        Ok(ThreadId(self.tx.last_insert_rowid()))
    }

    /// Joins a message to others of its subject: only when one of the two is a reply that names no other message,
    /// the reply is the later one by at most a week, and they share a person besides the account's owner.
    ///
    /// Every message that fulfils this is joined, not the best one, so that the order of arrival does not matter.
    pub(crate) fn join_by_subject(
        &mut self,
        thread: ThreadId,
        envelope: &Envelope,
        date: Millis,
        owner: &str,
    ) -> Result<ThreadId> {
        let Base {
            text: base,
            answer: reply,
            ..
        } = subject::base(&envelope.subject);
        let Some(key) = subject_key(&base) else {
            return Ok(thread);
        };
        let loose = reply && envelope.in_reply_to.is_empty() && envelope.references.is_empty();
        let people = others(&[&envelope.from, &envelope.to, &envelope.cc], owner);
        if people.is_empty() {
            return Ok(thread);
        }
        let from = identity::first_doc(date.plus(-SUBJECT_WINDOW));
        let until = identity::end_of_second(identity::first_doc(date.plus(SUBJECT_WINDOW)));
        // Two statements, because most mails only ask for the few loose replies, which have an index of their own.
        let sql = if loose {
            "SELECT thread_id, date, loose, people FROM message
             WHERE subject_key = ?1 AND doc >= ?2 AND doc < ?3 LIMIT ?4"
        } else {
            "SELECT thread_id, date, loose, people FROM message
             WHERE subject_key = ?1 AND doc >= ?2 AND doc < ?3 AND loose = 1 LIMIT ?4"
        };
        let found: Vec<(i64, i64, bool, String)> = {
            let mut statement = self.tx.prepare_cached(sql)?;
            let rows = statement.query_map(params![key, from, until, SUBJECT_CANDIDATES], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
            })?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        let mut joined = thread;
        let mut seen = BTreeSet::from([thread.0]);
        for (other, at, other_loose, json) in found {
            let apart = date.since(Millis(at));
            let fits = (loose && (0..=SUBJECT_WINDOW).contains(&apart))
                || (other_loose && (0..=SUBJECT_WINDOW).contains(&apart.saturating_neg()));
            if !fits || seen.contains(&other) {
                continue;
            }
            let [a, b, c, _] = parse_people(&json);
            if others(&[&a, &b, &c], owner).is_disjoint(&people) {
                continue;
            }
            seen.insert(other);
            joined = self.merge_threads(joined, ThreadId(other))?;
        }
        Ok(joined)
    }

    /// Makes one thread of two and says which number it kept: the larger one's, of equals the older one's.
    pub(crate) fn merge_threads(&mut self, a: ThreadId, b: ThreadId) -> Result<ThreadId> {
        if a == b {
            return Ok(a);
        }
        let (older, newer) = (a.min(b), a.max(b));
        let (kept, gone) = if self.thread_size(newer)? > self.thread_size(older)? {
            (newer, older)
        } else {
            (older, newer)
        };
        for sql in [
            "UPDATE message SET thread_id = ?1 WHERE thread_id = ?2",
            "UPDATE thread_node SET thread_id = ?1 WHERE thread_id = ?2",
            "INSERT INTO thread_folder (folder_id, thread_id, newest, count, unread, flagged, answered, attachments)
               SELECT folder_id, ?1, newest, count, unread, flagged, answered, attachments FROM thread_folder WHERE thread_id = ?2
               ON CONFLICT (folder_id, thread_id) DO UPDATE SET newest = max(newest, excluded.newest),
                 count = count + excluded.count, unread = unread + excluded.unread, flagged = flagged + excluded.flagged,
                 answered = answered + excluded.answered, attachments = attachments + excluded.attachments",
            "UPDATE thread SET messages = thread.messages + o.messages,
               subject = iif(o.oldest < thread.oldest, o.subject, thread.subject), oldest = min(thread.oldest, o.oldest)
               FROM thread o WHERE thread.id = ?1 AND o.id = ?2",
        ] {
            self.tx.prepare_cached(sql)?.execute([kept.0, gone.0])?;
        }
        for sql in [
            "DELETE FROM thread_folder WHERE thread_id = ?1",
            "DELETE FROM thread WHERE id = ?1",
        ] {
            self.tx.prepare_cached(sql)?.execute([gone.0])?;
        }
        if self.tally.threads.remove(&gone) {
            self.tally.threads.insert(kept);
        }
        self.log(&Change::Thread { thread: gone })?;
        self.log(&Change::Thread { thread: kept })?;
        Ok(kept)
    }

    /// Counts a message that became visible in its thread; the oldest one gives the subject.
    pub(crate) fn thread_gains(&mut self, place: &Place) -> Result<()> {
        self.tx
            .prepare_cached(
                "UPDATE thread SET messages = messages + 1,
                   subject = iif(?2 < oldest, (SELECT subject FROM message WHERE id = ?3), subject), oldest = min(oldest, ?2)
                 WHERE id = ?1",
            )?
            .execute([place.thread.0, place.doc, place.message.0])?;
        Ok(())
    }

    /// Counts threads anew that lost something, once a transaction; a thread without messages goes.
    pub(crate) fn settle_threads(&mut self) -> Result<()> {
        for thread in std::mem::take(&mut self.tally.threads) {
            self.tx
                .prepare_cached("DELETE FROM thread_folder WHERE thread_id = ?1")?
                .execute([thread.0])?;
            self.tx
                .prepare_cached(
                    "INSERT INTO thread_folder (folder_id, thread_id, newest, count, unread, flagged, answered, attachments)
                     SELECT p.folder_id, ?1, max(p.doc), count(*), sum(p.flags & 1 = 0), sum(p.flags & 4 <> 0),
                       sum(p.flags & 2 <> 0), sum(m.has_attachment IS 1)
                     FROM message m JOIN placement p ON p.message_id = m.id
                     WHERE m.thread_id = ?1 AND p.hidden = 0 GROUP BY p.folder_id",
                )?
                .execute([thread.0])?;
            let oldest: Option<(i64, String)> = self
                .tx
                .prepare_cached(
                    "SELECT doc, subject FROM message WHERE thread_id = ?1 ORDER BY doc LIMIT 1",
                )?
                .query_row([thread.0], |r| Ok((r.get(0)?, r.get(1)?)))
                .optional()?;
            if let Some((oldest, subject)) = oldest {
                self.tx
                    .prepare_cached(
                        "UPDATE thread SET oldest = ?2, subject = ?3, messages =
                           (SELECT count(*) FROM message WHERE thread_id = ?1 AND places > 0) WHERE id = ?1",
                    )?
                    .execute(params![thread.0, oldest, subject])?;
            } else {
                for sql in [
                    "DELETE FROM thread_node WHERE thread_id = ?1",
                    "DELETE FROM thread WHERE id = ?1",
                ] {
                    self.tx.prepare_cached(sql)?.execute([thread.0])?;
                }
            }
        }
        Ok(())
    }
}

/// The addresses of a message besides the owner's.
fn others(lists: &[&Vec<kontor_model::Address>], owner: &str) -> BTreeSet<String> {
    lists
        .iter()
        .flat_map(|l| l.iter())
        .map(kontor_model::Address::key)
        .filter(|a| !a.is_empty() && a != owner)
        .collect()
}
