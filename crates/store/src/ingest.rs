//! Mail coming in: envelopes, bodies, or both at once, many in one transaction.
//!
//! One message = the same bytes in one account. A message is recognised
//! - by its bytes, when they are here: a second placement of what we hold is only a placement;
//! - by Message-ID, size and internal date, before its bytes are here: but only where it has just left another folder
//!   (a move by another program), was moved here by the person, or lost its UID with UIDVALIDITY. Two deliveries of one
//!   mail differ in their Received fields and stay two messages.

mod batch;
mod filing;
mod uniting;

use std::collections::BTreeSet;

use kontor_model::{
    AccountId, BlobId, Change, Envelope, Flags, FolderId, Layer, MessageId, Millis, PlacementId,
    ThreadId,
};
use rusqlite::{OptionalExtension as _, params};

use batch::Batch;

use crate::blob::Kept;
use crate::message::NewRow;
use crate::placement::Place;
use crate::{PreparedMail, Result, Write, identity};

/// A message of which the envelope is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEnvelope {
    /// Its UID.
    pub uid: u32,
    /// Its flags at the server.
    pub flags: Flags,
    /// INTERNALDATE.
    pub internal_date: Millis,
    /// RFC822.SIZE.
    pub size: u64,
    /// The envelope.
    pub envelope: Envelope,
    /// From the structure, where it is known.
    pub has_attachment: Option<bool>,
}

/// A message with its body, not seen before.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// The envelope and the rest.
    pub head: NewEnvelope,
    /// The body.
    pub body: PreparedMail,
}

/// The body of a message whose envelope is stored.
#[derive(Clone, Debug)]
pub struct NewBody {
    /// Which message.
    pub message: MessageId,
    /// The body.
    pub body: PreparedMail,
}

/// How news of arriving mail reached us; goes to the change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Which layer saw it.
    pub layer: Layer,
    /// When the announcing bytes were read from the socket.
    pub announced_at: Millis,
}

/// What became of an incoming message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its UID.
    pub uid: u32,
    /// The message, perhaps one that was here already.
    pub message: MessageId,
    /// The placement.
    pub placement: PlacementId,
    /// Its conversation.
    pub thread: ThreadId,
    /// True when the placement is new to this folder; false when it was known, moved here, or came back.
    pub fresh: bool,
    /// True when the raw message is here.
    pub body: bool,
}

impl Write<'_> {
    /// Stores messages of which only the envelope is here. A UID that is known gets its flags. Without `arrival` (first
    /// sync) one change "folders" is logged instead of one a message.
    ///
    /// UIDs whose move or deletion waits for the server are passed over, so the answer may be shorter than `mails`.
    ///
    /// # Errors
    /// [`Error::Missing`] when the folder is gone.
    pub fn put_envelopes(
        &mut self,
        folder: FolderId,
        mails: &[NewEnvelope],
        arrival: Option<Arrival>,
    ) -> Result<Vec<Stored>> {
        let mut batch = self.batch(folder, arrival, mails.iter().map(|mail| mail.uid))?;
        let mut stored = Vec::with_capacity(mails.len());
        for mail in mails {
            if let Some((place, fresh)) = self.put(&mut batch, mail, None)? {
                stored.push(self.finish_one(&batch, &place, mail.uid, fresh)?);
            }
        }
        self.finish(&batch, &stored)?;
        Ok(stored)
    }

    /// Stores messages with their bodies at once: arrivals, and backfill without a pass for envelopes.
    /// Otherwise as [`Self::put_envelopes`].
    ///
    /// # Errors
    /// [`Error::Missing`] when the folder is gone.
    pub fn put_mails(
        &mut self,
        folder: FolderId,
        mails: Vec<NewMail>,
        arrival: Option<Arrival>,
    ) -> Result<Vec<Stored>> {
        let uids = mails.iter().map(|mail| mail.head.uid);
        let mut batch = self.batch(folder, arrival, uids)?;
        let mut stored = Vec::with_capacity(mails.len());
        for NewMail { head, mut body } in mails {
            let kept = match arrival {
                Some(_) => self.put_blob(&body.raw)?,
                None => self.put_fetched(&body.raw)?,
            };
            let Some((mut place, fresh)) = self.put(&mut batch, &head, Some((kept, &mut body)))?
            else {
                self.drop_blob_if_unused(kept.id)?;
                continue;
            };
            if place.body != 1 {
                self.attach_body(&place, kept.id, &mut body)?;
                place.body = 1;
            }
            stored.push(self.finish_one(&batch, &place, head.uid, fresh)?);
        }
        self.finish(&batch, &stored)?;
        Ok(stored)
    }

    /// Stores bodies of messages that are here; a message that is gone meanwhile is passed over. A message whose bytes
    /// turn out to be those of another one of the account becomes one with it. Returns under which number each lives.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_bodies(&mut self, bodies: Vec<NewBody>) -> Result<Vec<MessageId>> {
        let mut stored = Vec::with_capacity(bodies.len());
        let mut threads = BTreeSet::new();
        for mut new in bodies {
            let tail = "WHERE m.id = ?1 LIMIT 1";
            let Some(place) = self.places(tail, [new.message.0])?.into_iter().next() else {
                continue;
            };
            if place.body == 1 {
                stored.push(place.message);
                continue;
            }
            let kept = self.put_fetched(&new.body.raw)?;
            let twin = self.message_of_blob(place.account, kept)?;
            let thread = match twin {
                Some((id, ..)) => {
                    self.unite(&place, id)?;
                    stored.push(id);
                    self.thread_of(id)?
                }
                None => {
                    self.attach_body(&place, kept.id, &mut new.body)?;
                    stored.push(place.message);
                    place.thread
                }
            };
            threads.insert(thread);
        }
        for thread in threads {
            self.log(&Change::Thread { thread })?;
        }
        Ok(stored)
    }

    /// Finds or makes the placement of one incoming message; `None` when it is on its way out of this folder.
    fn put(
        &mut self,
        batch: &mut Batch,
        mail: &NewEnvelope,
        body: Option<(Kept, &mut PreparedMail)>,
    ) -> Result<Option<(Place, bool)>> {
        let kept = body.as_ref().map(|(kept, _)| *kept);
        let blob = kept.map(|kept| kept.id);
        let body = body.map(|(kept, body)| (kept.id, body));
        if batch.departing.contains_key(&mail.uid)
            || (batch.departing_unknown && self.recognise_departing(batch.folder, mail)?)
        {
            return Ok(None);
        }
        if batch.may_hold(mail.uid)
            && let Some(place) = self.place_by_uid(batch.folder, mail.uid)?
        {
            self.set_server_flags(&place, &mail.flags)?;
            return Ok(Some((place, false)));
        }
        let key = identity::message_key(&mail.envelope);
        if batch.awaiting
            && let Some(place) = self.awaiting_place(batch, mail, (key, blob))?
        {
            self.tx
                .prepare_cached("UPDATE placement SET uid = ?2, stale = 0 WHERE id = ?1")?
                .execute(params![place.id.0, mail.uid])?;
            self.tell_operations(place.id, batch.folder, mail.uid)?;
            self.set_server_flags(&place, &mail.flags)?;
            return Ok(Some((place, false)));
        }
        let known = match kept {
            Some(kept) => self.message_of_blob(batch.account, kept)?,
            None => None,
        };
        let known = match known {
            None if batch.orphans => self.orphan(batch, mail, (key, blob))?,
            known => known,
        };
        let mut place = Place {
            id: PlacementId(0),
            folder: batch.folder,
            account: batch.account,
            message: MessageId(0),
            thread: ThreadId(0),
            uid: Some(mail.uid),
            doc: 0,
            shown: mail.flags.clone(),
            server: mail.flags.clone(),
            hidden: false,
            has_attachment: mail.has_attachment == Some(true),
            body: 0,
        };
        match known {
            Some(known) => {
                place.shows(known);
                self.add_placement(&mut place)?;
            }
            None => self.new_message(batch, mail, (key, body), &mut place)?,
        }
        Ok(Some((place, true)))
    }

    /// Stores a message nobody has seen, with its placement and all that came of it.
    fn new_message(
        &mut self,
        batch: &Batch,
        mail: &NewEnvelope,
        (key, body): (i64, Option<(BlobId, &mut PreparedMail)>),
        place: &mut Place,
    ) -> Result<()> {
        let date = mail.envelope.date.unwrap_or(mail.internal_date);
        place.doc = self.free_doc(date)?;
        let thread = self.join_by_ids(&mail.envelope, place.doc)?;
        place.thread = self.join_by_subject(thread, &mail.envelope, date, &batch.owner)?;
        place.message = self.insert_message(&NewRow {
            account: batch.account,
            thread: place.thread,
            doc: place.doc,
            date,
            internal_date: mail.internal_date,
            size: mail.size,
            key,
            envelope: &mail.envelope,
            has_attachment: match &body {
                Some((_, body)) => Some(body.has_attachment),
                None => mail.has_attachment,
            },
            body: body.as_ref().map(|(blob, body)| (*blob, &**body)),
        })?;
        if let Some((_, body)) = body {
            place.body = 1;
            place.has_attachment = body.has_attachment;
            self.make_searchable(place, body)?;
        }
        self.add_first_placement(place)
    }

    /// A placement of this folder that waits for its UID and is this message.
    fn awaiting_place(
        &self,
        batch: &Batch,
        mail: &NewEnvelope,
        (key, blob): (i64, Option<BlobId>),
    ) -> Result<Option<Place>> {
        let found = self.places(
            "WHERE m.key = ?1 AND m.account_id = ?2 AND m.size = ?3 AND m.internal_date = ?4
               AND p.folder_id = ?5 AND p.uid IS NULL AND p.hidden = 0
               AND (?6 IS NULL OR m.blob_id IS NULL OR m.blob_id = ?6) ORDER BY p.id LIMIT 1",
            params![
                key,
                batch.account.0,
                mail.size,
                mail.internal_date.0,
                batch.folder.0,
                blob.map(|b| b.0)
            ],
        )?;
        Ok(found.into_iter().next())
    }

    /// A message no folder holds just now that is this one: it was moved by another program.
    fn orphan(
        &self,
        batch: &Batch,
        mail: &NewEnvelope,
        (key, blob): (i64, Option<BlobId>),
    ) -> Result<Option<Known>> {
        Ok(self
            .tx
            .prepare_cached(
                "SELECT id, thread_id, doc, body, has_attachment IS 1 FROM message m
                 WHERE key = ?1 AND account_id = ?2 AND size = ?3 AND internal_date = ?4 AND places = 0
                   AND (?5 IS NULL OR blob_id IS NULL)
                   AND NOT EXISTS (SELECT 1 FROM placement p WHERE p.message_id = m.id) ORDER BY id LIMIT 1",
            )?
            .query_row(
                params![key, batch.account.0, mail.size, mail.internal_date.0, blob.map(|b| b.0)],
                read_known,
            )
            .optional()?)
    }

    fn message_of_blob(&self, account: AccountId, kept: Kept) -> Result<Option<Known>> {
        if kept.new {
            return Ok(None);
        }
        Ok(self
            .tx
            .prepare_cached(
                "SELECT id, thread_id, doc, body, has_attachment IS 1 FROM message WHERE blob_id = ?1 AND account_id = ?2",
            )?
            .query_row([kept.id.0, account.0], read_known)
            .optional()?)
    }

    fn thread_of(&self, message: MessageId) -> Result<ThreadId> {
        Ok(self
            .tx
            .prepare_cached("SELECT thread_id FROM message WHERE id = ?1")?
            .query_row([message.0], |r| r.get(0).map(ThreadId))?)
    }

    /// Ties a body to its message: bytes, text, search row, counts.
    fn attach_body(&mut self, place: &Place, blob: BlobId, body: &mut PreparedMail) -> Result<()> {
        let span = body.text.span();
        let places: i64 = self
            .tx
            .prepare_cached(
                "UPDATE message SET blob_id = ?2, body = 1, has_attachment = ?3, preview = ?4,
                   text_form = ?5, text_start = ?6, text_end = ?7 WHERE id = ?1 RETURNING places",
            )?
            .query_row(
                params![
                    place.message.0,
                    blob.0,
                    body.has_attachment,
                    body.preview,
                    span.map(|s| s.form),
                    span.map(|s| s.start),
                    span.map(|s| s.end),
                ],
                |r| r.get(0),
            )?;
        if places > 0 {
            let failed = if place.body == 2 { -1 } else { 0 };
            self.tally_account(place.account, (0, 1, failed));
        }
        if body.has_attachment != place.has_attachment {
            let delta = if body.has_attachment { 1 } else { -1 };
            self.tx
                .prepare_cached(
                    "UPDATE thread_folder SET attachments = attachments + ?3 *
                       (SELECT count(*) FROM placement p WHERE p.message_id = ?2 AND p.folder_id = thread_folder.folder_id AND p.hidden = 0)
                     WHERE thread_id = ?1",
                )?
                .execute(params![place.thread.0, place.message.0, delta])?;
        }
        self.make_searchable(place, body)
    }

    /// Keeps a body's text and search row.
    fn make_searchable(&mut self, place: &Place, body: &mut PreparedMail) -> Result<()> {
        self.put_message_text(place.message, &body.text)?;
        self.tally
            .index
            .insert(place.doc, std::mem::take(&mut body.index));
        Ok(())
    }

    fn finish_one(
        &mut self,
        batch: &Batch,
        place: &Place,
        uid: u32,
        fresh: bool,
    ) -> Result<Stored> {
        if let Some(arrival) = batch.arrival
            && fresh
        {
            self.log(&Change::Arrived {
                account: batch.account,
                folder: batch.folder,
                message: place.message,
                thread: place.thread,
                layer: arrival.layer,
                announced_at: arrival.announced_at,
            })?;
        }
        Ok(Stored {
            uid,
            message: place.message,
            placement: place.id,
            thread: place.thread,
            fresh,
            body: place.body == 1,
        })
    }

    fn finish(&mut self, batch: &Batch, stored: &[Stored]) -> Result<()> {
        if batch.arrival.is_none() && stored.iter().any(|s| s.fresh) {
            self.log(&Change::Folders {
                account: batch.account,
            })?;
        }
        Ok(())
    }
}

/// Message, thread, doc, body, attachment.
type Known = (MessageId, ThreadId, i64, i64, bool);

impl Place {
    /// Makes this a placement of a message that is here.
    fn shows(&mut self, (message, thread, doc, body, has_attachment): Known) {
        self.message = message;
        self.thread = thread;
        self.doc = doc;
        self.body = body;
        self.has_attachment = has_attachment;
    }
}

fn read_known(row: &rusqlite::Row<'_>) -> rusqlite::Result<Known> {
    Ok((
        MessageId(row.get(0)?),
        ThreadId(row.get(1)?),
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
    ))
}
