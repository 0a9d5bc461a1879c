//! What must always hold, checked: for tests and `kontorctl doctor`.

use crate::{Read, Result, Store};

/// Each statement finds rows that contradict a rule; the text says which.
const RULES: &[(&str, &str)] = &[
    (
        "folders whose counts differ from their placements",
        "SELECT f.id FROM folder f WHERE f.total <> (SELECT count(*) FROM placement p WHERE p.folder_id = f.id AND p.hidden = 0)
           OR f.unread <> (SELECT count(*) FROM placement p WHERE p.folder_id = f.id AND p.hidden = 0 AND p.flags & 1 = 0)",
    ),
    (
        "accounts whose counts differ from their messages",
        "SELECT a.id FROM account a LEFT JOIN (
           SELECT account_id, count(*) AS n, sum(body = 1) AS here, sum(body = 2) AS failed FROM message WHERE places > 0 GROUP BY account_id
         ) m ON m.account_id = a.id
         WHERE a.messages <> coalesce(m.n, 0) OR a.bodies <> coalesce(m.here, 0) OR a.failed <> coalesce(m.failed, 0)",
    ),
    (
        "messages whose number of placements is wrong",
        "SELECT m.id FROM message m WHERE m.places <> (SELECT count(*) FROM placement p WHERE p.message_id = m.id AND p.hidden = 0)",
    ),
    (
        "messages without a placement that no clean-up will find",
        "SELECT id FROM message WHERE places = 0 AND orphaned_at IS NULL",
    ),
    (
        "placements that sort differently from their message",
        "SELECT p.id FROM placement p JOIN message m ON m.id = p.message_id WHERE p.doc <> m.doc",
    ),
    (
        "days whose count is wrong",
        "SELECT d.id FROM day d WHERE d.messages <> (SELECT count(*) FROM message m
           WHERE m.places > 0 AND m.doc >= (d.id * 86400) << 6 AND m.doc < ((d.id + 1) * 86400) << 6)",
    ),
    (
        "threads whose number of messages is wrong",
        "SELECT t.id FROM thread t WHERE t.messages <> (SELECT count(*) FROM message m WHERE m.thread_id = t.id AND m.places > 0)",
    ),
    (
        "threads without messages",
        "SELECT t.id FROM thread t WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.thread_id = t.id)",
    ),
    (
        "thread rows that differ from the messages they stand for",
        "SELECT coalesce(tf.thread_id, r.thread_id) FROM thread_folder tf FULL JOIN (
           SELECT p.folder_id, m.thread_id, max(p.doc) AS newest, count(*) AS count, sum(p.flags & 1 = 0) AS unread,
             sum(p.flags & 4 <> 0) AS flagged, sum(p.flags & 2 <> 0) AS answered, sum(m.has_attachment IS 1) AS attachments
           FROM placement p JOIN message m ON m.id = p.message_id WHERE p.hidden = 0 GROUP BY p.folder_id, m.thread_id
         ) r ON r.folder_id = tf.folder_id AND r.thread_id = tf.thread_id
         WHERE tf.newest IS NOT r.newest OR tf.count IS NOT r.count OR tf.unread IS NOT r.unread OR tf.flagged IS NOT r.flagged
           OR tf.answered IS NOT r.answered OR tf.attachments IS NOT r.attachments",
    ),
    (
        "messages marked as stored whose bytes are not here",
        "SELECT id FROM message WHERE body = 1 AND (blob_id IS NULL OR blob_id NOT IN (SELECT id FROM blob))",
    ),
    (
        "stored bytes nothing refers to",
        "SELECT b.id FROM blob b WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.blob_id = b.id)
           AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.blob_id = b.id)",
    ),
    (
        "blobs without their chunks",
        "SELECT b.id FROM blob b WHERE b.pack_id IS NULL AND NOT EXISTS (SELECT 1 FROM blob_chunk c WHERE c.id = b.id * 4096)",
    ),
    (
        "chunks without their blob",
        "SELECT c.id FROM blob_chunk c WHERE c.id / 4096 NOT IN (SELECT id FROM blob WHERE pack_id IS NULL)",
    ),
    (
        "packs whose live bytes are miscounted",
        "SELECT p.id FROM pack p WHERE p.live <> (SELECT coalesce(sum(b.pack_length), 0) FROM blob b WHERE b.pack_id = p.id)",
    ),
    (
        "blobs beyond their pack's end",
        "SELECT b.id FROM blob b JOIN pack p ON p.id = b.pack_id WHERE b.pack_offset + b.pack_length > p.length",
    ),
    (
        "messages whose text is said to stand beyond their bytes",
        "SELECT m.id FROM message m JOIN blob b ON b.id = m.blob_id
         WHERE m.text_form IS NOT NULL AND NOT (0 <= m.text_start AND m.text_start < m.text_end AND m.text_end <= min(b.size, 16384))",
    ),
    (
        "stored bodies that search does not know",
        "SELECT m.id FROM message m WHERE m.body = 1 AND m.doc NOT IN (SELECT id FROM search_docsize)",
    ),
    (
        "search rows without a stored body",
        "SELECT s.id FROM search_docsize s WHERE s.id NOT IN (SELECT doc FROM message WHERE body = 1)",
    ),
    (
        "operations of accounts that are gone",
        "SELECT o.id FROM operation o WHERE o.account_id NOT IN (SELECT id FROM account)",
    ),
];

impl Store {
    /// Checks the file and every rule the tables must keep. Returns what does not hold, a sentence each; empty is good.
    /// Reads everything: seconds for a large profile.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    pub fn check(&self) -> Result<Vec<String>> {
        self.read(|r| r.check())
    }
}

impl Read<'_> {
    /// As [`Store::check`], within a snapshot.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    pub fn check(&self) -> Result<Vec<String>> {
        let mut problems = Vec::new();
        // FTS5's own check goes by what this connection knew of the index, perhaps long ago, and takes deletions since for
        // damage; a search looks anew.
        self.conn
            .prepare("SELECT 1 FROM search WHERE search MATCH 'a' LIMIT 1")?
            .exists([])?;
        let mut statement = self.conn.prepare("PRAGMA quick_check(20)")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let line: String = row.get(0)?;
            if line != "ok" {
                problems.push(format!("the file is damaged: {line}"));
            }
        }
        let mut statement = self.conn.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let table: String = row.get(0)?;
            let parent: String = row.get(2)?;
            problems.push(format!(
                "a row of {table} refers to a row of {parent} that is gone"
            ));
        }
        for (what, sql) in RULES {
            let mut statement = self.conn.prepare(sql)?;
            let ids = statement.query_map([], |r| r.get::<_, i64>(0))?;
            problems.extend(problem(what, &ids.collect::<rusqlite::Result<Vec<_>>>()?));
        }
        let broken: Vec<i64> = self.broken_in_packs()?.iter().map(|blob| blob.0).collect();
        problems.extend(problem("mails whose bytes in a pack are damaged", &broken));
        Ok(problems)
    }
}

fn problem(what: &str, ids: &[i64]) -> Option<String> {
    let some: Vec<String> = ids.iter().take(5).map(ToString::to_string).collect();
    (!ids.is_empty()).then(|| format!("{} {what} (first: {})", ids.len(), some.join(", ")))
}
