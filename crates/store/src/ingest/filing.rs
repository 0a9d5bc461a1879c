//! Mail the person brings along (an import): here at once, at the server when the journal is carried out.

use kontor_model::{Action, FolderId, MessageId, OperationId, PlacementId, ThreadId};

use super::{NewMail, Stored};
use crate::placement::Place;
use crate::{Result, Write, identity};

impl Write<'_> {
    /// Puts messages into a folder without a UID and journals their filing at the server; the UIDs in `mails` are not
    /// looked at. One whose bytes the folder holds already is
    /// passed over; where bytes are not here yet, Message-ID and size tell. Returns the operations.
    ///
    /// # Errors
    /// [`crate::Error::Missing`] when the folder is gone.
    pub fn journal_filing(
        &mut self,
        folder: FolderId,
        mails: Vec<NewMail>,
    ) -> Result<Vec<OperationId>> {
        let batch = self.batch(folder, None, [].into_iter())?;
        let (mut operations, mut stored) = (Vec::new(), Vec::new());
        for mut mail in mails {
            if self.waits_for_body(folder, &mail)? {
                continue;
            }
            let kept = self.put_blob(&mail.body.raw)?;
            let blob = kept.id;
            let known = self.message_of_blob(batch.account, kept)?;
            if let Some((message, ..)) = known
                && self.placements(message)?.iter().any(|p| p.folder == folder)
            {
                continue;
            }
            let mut place = Place {
                id: PlacementId(0),
                folder,
                account: batch.account,
                message: MessageId(0),
                thread: ThreadId(0),
                uid: None,
                doc: 0,
                shown: mail.head.flags.clone(),
                server: mail.head.flags.clone(),
                hidden: false,
                has_attachment: false,
                body: 0,
            };
            match known {
                Some(known) => {
                    place.shows(known);
                    self.add_placement(&mut place)?;
                }
                None => {
                    let key = identity::message_key(&mail.head.envelope);
                    let body = Some((blob, &mut mail.body));
                    self.new_message(&batch, &mail.head, (key, body), &mut place)?;
                }
            }
            if place.body != 1 {
                self.attach_body(&place, blob, &mut mail.body)?;
                place.body = 1;
            }
            operations.push(self.insert_operation(&Action::File, &place, ("file", None))?);
            stored.push(Stored {
                uid: 0,
                message: place.message,
                placement: place.id,
                thread: place.thread,
                fresh: true,
                body: true,
            });
        }
        self.finish(&batch, &stored)?;
        Ok(operations)
    }

    /// True when the folder has a message that is this one as far as can be told before its bytes are here.
    fn waits_for_body(&self, folder: FolderId, mail: &NewMail) -> Result<bool> {
        let Some(id) = &mail.head.envelope.message_id else {
            return Ok(false);
        };
        for message in self.messages_by_mid(id)? {
            let row = self.message(message)?;
            if !row.row.body
                && row.row.size == mail.head.size
                && row.placements.iter().any(|p| p.folder == folder)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
