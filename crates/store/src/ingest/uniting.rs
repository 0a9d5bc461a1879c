//! One mail that came as two rows, because its bytes came last.

use kontor_model::{MessageId, ThreadId};

use crate::placement::Place;
use crate::{Result, Write};

impl Write<'_> {
    /// Two rows turned out to be the same bytes: the placements of one go to the other.
    pub(super) fn unite(&mut self, place: &Place, into: MessageId) -> Result<()> {
        let (thread, doc, has_attachment): (i64, i64, bool) = self
            .tx
            .prepare_cached(
                "SELECT thread_id, doc, has_attachment IS 1 FROM message WHERE id = ?1",
            )?
            .query_row([into.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        for old in self.places("WHERE p.message_id = ?1", [place.message.0])? {
            if !old.hidden {
                self.count_out(&old)?;
            }
            self.tx
                .prepare_cached("UPDATE placement SET message_id = ?2, doc = ?3 WHERE id = ?1")?
                .execute([old.id.0, into.0, doc])?;
            self.tx
                .prepare_cached("UPDATE operation SET message_id = ?2 WHERE placement_id = ?1 AND state = 'pending'")?
                .execute([old.id.0, into.0])?;
            if !old.hidden {
                let moved = Place {
                    message: into,
                    thread: ThreadId(thread),
                    doc,
                    has_attachment,
                    body: 1,
                    ..old
                };
                self.count_in(&moved)?;
            }
        }
        self.tally.threads.insert(place.thread);
        self.delete_message_row(place.message, place.doc, None)
    }
}
