//! What conversations began with: a team knows them by names made from that.

use kontor_model::MessageId;

use super::parse_refs;
use crate::{Read, Result};

impl Read<'_> {
    /// Returns at most `limit` messages behind `after`, in the order they were stored, each with the Message-ID its
    /// conversation began with: the first it refers to, else its own. `None` where it has neither.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn roots_after(
        &self,
        after: MessageId,
        limit: u32,
    ) -> Result<Vec<(MessageId, Option<String>)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, message_id, refs FROM message WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?;
        let mut rows = statement.query([after.0, i64::from(limit)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let refs = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            let (_, references) = parse_refs(refs);
            let root = match references.into_iter().next() {
                Some(first) => Some(first),
                None => row.get(1)?,
            };
            found.push((MessageId(row.get(0)?), root));
        }
        Ok(found)
    }

    /// Returns the newest message there is, shown or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_message(&self) -> Result<MessageId> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT coalesce(max(id), 0) FROM message")?;
        Ok(statement.query_row([], |r| r.get(0).map(MessageId))?)
    }
}
