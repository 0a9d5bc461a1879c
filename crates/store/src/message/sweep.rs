//! Deleting messages no folder holds any more.

use std::collections::BTreeSet;

use kontor_model::{AccountId, BlobId, MessageId, Millis, ThreadId};
use rusqlite::params;

use crate::{Result, Write};

impl Write<'_> {
    /// Deletes up to `limit` messages that no folder has held since `before`, with their text, search rows and bytes;
    /// for idle time. Returns how many; less than `limit` means that nothing is left.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn sweep(&mut self, before: Millis, limit: u32) -> Result<usize> {
        self.sweep_where("places = 0 AND orphaned_at < ?1", before.0, limit)
    }

    pub(crate) fn sweep_account(&mut self, account: AccountId, limit: u32) -> Result<bool> {
        Ok(self.sweep_where("places = 0 AND account_id = ?1", account.0, limit)? > 0)
    }

    fn sweep_where(&mut self, condition: &str, bind: i64, limit: u32) -> Result<usize> {
        let gone: Vec<(i64, i64, i64, Option<i64>)> = {
            let mut statement = self.tx.prepare_cached(&format!(
                "SELECT id, doc, thread_id, blob_id FROM message m WHERE {condition}
                   AND NOT EXISTS (SELECT 1 FROM placement p WHERE p.message_id = m.id) LIMIT ?2"
            ))?;
            let rows = statement.query_map(params![bind, limit], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
            })?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        let mut threads = BTreeSet::new();
        for (id, doc, thread, blob) in &gone {
            self.delete_message_row(MessageId(*id), *doc, blob.map(BlobId))?;
            threads.insert(ThreadId(*thread));
        }
        self.tally.threads.extend(threads);
        Ok(gone.len())
    }

    /// Deletes a message's own rows. Its placements must be gone, its thread is counted anew by the caller.
    pub(crate) fn delete_message_row(
        &mut self,
        id: MessageId,
        doc: i64,
        blob: Option<BlobId>,
    ) -> Result<()> {
        self.forget_text(id, doc)?;
        for sql in [
            "DELETE FROM paper_number WHERE message_id = ?1",
            "DELETE FROM paper_read WHERE message_id = ?1",
            "DELETE FROM message WHERE id = ?1",
            "DELETE FROM ruled WHERE message_id = ?1",
        ] {
            self.tx.prepare_cached(sql)?.execute([id.0])?;
        }
        if let Some(blob) = blob {
            self.drop_blob_if_unused(blob)?;
        }
        Ok(())
    }

    /// Deletes what a message is found by and snippets are cut from.
    pub(crate) fn forget_text(&mut self, id: MessageId, doc: i64) -> Result<()> {
        self.tx
            .prepare_cached("DELETE FROM message_text WHERE id = ?1")?
            .execute([id.0])?;
        self.tally.index.remove(&doc);
        self.tally.unindex.insert(doc);
        Ok(())
    }
}
