//! Table `outbox`: messages on their way out. One Message-ID leaves this profile at most once.

pub(crate) mod asking;

use kontor_model::{AccountId, Address, BlobId, Change, MessageId, Millis, OutboxId, OutboxState};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::{Error, PreparedRaw, Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 outbox",
    sql: "
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,         -- never reused: a retry must not find another mail
  account_id INTEGER NOT NULL REFERENCES account(id),
  message_id TEXT NOT NULL UNIQUE,              -- without angle brackets; kept after the mail was sent
  blob_id INTEGER REFERENCES blob(id),          -- NULL once forgotten
  sender TEXT NOT NULL,
  recipients TEXT NOT NULL,                     -- JSON: addresses of the SMTP envelope, Bcc included
  subject TEXT NOT NULL DEFAULT '',
  shown_to TEXT NOT NULL DEFAULT '[]',          -- JSON of model::Address
  answers INTEGER,                              -- message.id that gets \\Answered
  draft_id INTEGER,
  state TEXT NOT NULL DEFAULT 'queued',
  attempts INTEGER NOT NULL DEFAULT 0,
  due INTEGER NOT NULL,
  error TEXT NOT NULL DEFAULT '',
  sent_copy TEXT NOT NULL DEFAULT 'none',       -- none, needed, filed
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_blob ON outbox (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX outbox_waiting ON outbox (due) WHERE state = 'queued';
CREATE INDEX outbox_account ON outbox (account_id);
",
};

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct NewOutgoing {
    /// From which account.
    pub account: AccountId,
    /// Its Message-ID without angle brackets.
    pub message_id: String,
    /// The exact bytes.
    pub raw: PreparedRaw,
    /// MAIL FROM.
    pub sender: String,
    /// RCPT TO, Bcc included.
    pub recipients: Vec<String>,
    /// Shown in the outbox.
    pub subject: String,
    /// Shown in the outbox.
    pub to: Vec<Address>,
    /// The message it answers.
    pub answers: Option<MessageId>,
    /// The draft it was.
    pub draft: Option<i64>,
    /// Not before this moment (undo window, send later).
    pub due: Millis,
}

/// What became of a wish to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enqueued {
    /// The row, of the first one with this Message-ID.
    pub id: OutboxId,
    /// Where that one stands.
    pub state: OutboxState,
    /// True when the Message-ID was here already and nothing was queued.
    pub duplicate: bool,
}

/// Whether the account's Sent folder needs a copy from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentCopy {
    /// No: not sent yet, or the server files it itself.
    None,
    /// Yes, and it is not there yet.
    Needed,
    /// It is there.
    Filed,
}

impl SentCopy {
    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Needed => "needed",
            Self::Filed => "filed",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "needed" => Self::Needed,
            "filed" => Self::Filed,
            _ => Self::None,
        }
    }
}

/// A message on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The row.
    pub id: OutboxId,
    /// From which account.
    pub account: AccountId,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// The exact bytes, see [`Read::blob`]; `None` once forgotten.
    pub blob: Option<BlobId>,
    /// MAIL FROM.
    pub sender: String,
    /// RCPT TO.
    pub recipients: Vec<String>,
    /// Subject.
    pub subject: String,
    /// To, as shown.
    pub to: Vec<Address>,
    /// The message it answers.
    pub answers: Option<MessageId>,
    /// The draft it was.
    pub draft: Option<i64>,
    /// Where it stands.
    pub state: OutboxState,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before this moment.
    pub due: Millis,
    /// Why the last try failed; empty otherwise.
    pub error: String,
    /// Whether Sent needs a copy.
    pub sent_copy: SentCopy,
    /// When it was queued.
    pub created_at: Millis,
    /// When its state last changed.
    pub changed_at: Millis,
    /// What colleagues had answered until then its author knew; `None`: it leaves without asking.
    pub asked_at: Option<Millis>,
    /// It did not leave because a colleague answered meanwhile; its author decides.
    pub held: bool,
}

const SELECT: &str = "SELECT id, account_id, message_id, blob_id, sender, recipients, subject, shown_to, answers, draft_id, state,
  attempts, due, error, sent_copy, created_at, changed_at, asked_at, held FROM outbox";

/// Sent messages are listed for 30 days.
const SHOWN_FOR: i64 = 30 * 86_400_000;

fn read(row: &Row<'_>) -> Result<Outgoing> {
    let recipients: String = row.get(5)?;
    let to: String = row.get(7)?;
    let state: String = row.get(10)?;
    let copy: String = row.get(14)?;
    Ok(Outgoing {
        id: OutboxId(row.get(0)?),
        account: AccountId(row.get(1)?),
        message_id: row.get(2)?,
        blob: row.get::<_, Option<i64>>(3)?.map(BlobId),
        sender: row.get(4)?,
        recipients: serde_json::from_str(&recipients)
            .map_err(|e| Error::unreadable("an outgoing message", e))?,
        subject: row.get(6)?,
        to: serde_json::from_str(&to).unwrap_or_default(),
        answers: row.get::<_, Option<i64>>(8)?.map(MessageId),
        draft: row.get(9)?,
        // A state of a newer version must not be sent by this one.
        state: OutboxState::parse(&state).unwrap_or(OutboxState::Unknown),
        attempts: row.get(11)?,
        due: Millis(row.get(12)?),
        error: row.get(13)?,
        sent_copy: SentCopy::parse(&copy),
        created_at: Millis(row.get(15)?),
        changed_at: Millis(row.get(16)?),
        asked_at: row.get::<_, Option<i64>>(17)?.map(Millis),
        held: row.get(18)?,
    })
}

impl Read<'_> {
    fn outgoing_where(&self, tail: &str, bind: impl rusqlite::Params) -> Result<Vec<Outgoing>> {
        let mut statement = self.conn.prepare_cached(&format!("{SELECT} {tail}"))?;
        let mut rows = statement.query(bind)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// Returns one outgoing message.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub fn outgoing(&self, id: OutboxId) -> Result<Outgoing> {
        let mut found = self.outgoing_where("WHERE id = ?1", [id.0])?;
        found
            .pop()
            .ok_or_else(|| Error::Missing(format!("outgoing message {id}")))
    }

    /// Returns the outbox, newest first; with `all` also what was sent or cancelled in the last 30 days.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outbox(&self, all: bool, now: Millis) -> Result<Vec<Outgoing>> {
        self.outgoing_where(
            "WHERE state NOT IN ('sent', 'cancelled') OR (?1 AND changed_at >= ?2) ORDER BY id DESC",
            params![all, now.0.saturating_sub(SHOWN_FOR)],
        )
    }

    /// Returns what is to be sent by now, in the order of its time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn due_outgoing(&self, now: Millis) -> Result<Vec<Outgoing>> {
        self.outgoing_where(
            "WHERE state = 'queued' AND due <= ?1 ORDER BY due, id",
            [now.0],
        )
    }

    /// Returns when the next message is due.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_due(&self) -> Result<Option<Millis>> {
        Ok(self
            .conn
            .prepare_cached("SELECT min(due) FROM outbox WHERE state = 'queued'")?
            .query_row([], |r| r.get::<_, Option<i64>>(0))?
            .map(Millis))
    }

    /// Returns what was found in a state: `Sending` after a crash means that nobody knows whether it was sent.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outgoing_in(&self, state: OutboxState) -> Result<Vec<Outgoing>> {
        self.outgoing_where("WHERE state = ?1 ORDER BY id", [state.as_str()])
    }

    /// Returns the sent messages of an account whose copy is not in Sent yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sent_copies_needed(&self, account: AccountId) -> Result<Vec<Outgoing>> {
        self.outgoing_where(
            "WHERE account_id = ?1 AND state = 'sent' AND sent_copy = 'needed' AND blob_id IS NOT NULL ORDER BY id",
            [account.0],
        )
    }
}

impl Write<'_> {
    /// Queues a message. A Message-ID that is in the outbox or was sent from this profile queues nothing and answers
    /// the first one; a cancelled one is queued anew under its number.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn enqueue(&mut self, new: &NewOutgoing) -> Result<Enqueued> {
        let known: Option<(i64, String)> = self
            .tx
            .query_row(
                "SELECT id, state FROM outbox WHERE message_id = ?1",
                [&new.message_id],
                |r| Ok((r.get(0)?, r.get(1)?)),
            )
            .optional()?;
        if let Some((id, state)) = &known
            && let state = OutboxState::parse(state).unwrap_or(OutboxState::Unknown)
            && state != OutboxState::Cancelled
        {
            return Ok(Enqueued {
                id: OutboxId(*id),
                state,
                duplicate: true,
            });
        }
        let blob = self.put_blob(&new.raw)?.id;
        let json = |e| Error::unreadable("an outgoing message", e);
        let recipients = serde_json::to_string(&new.recipients).map_err(json)?;
        let to = serde_json::to_string(&new.to).map_err(json)?;
        let old_blob = match &known {
            Some((id, _)) => self.outgoing(OutboxId(*id))?.blob,
            None => None,
        };
        let id: i64 = self.tx.query_row(
            "INSERT INTO outbox (account_id, message_id, blob_id, sender, recipients, subject, shown_to, answers, draft_id, due, created_at, changed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)
             ON CONFLICT (message_id) DO UPDATE SET account_id = excluded.account_id, blob_id = excluded.blob_id,
               sender = excluded.sender, recipients = excluded.recipients, subject = excluded.subject,
               shown_to = excluded.shown_to, answers = excluded.answers, draft_id = excluded.draft_id, state = 'queued',
               attempts = 0, due = excluded.due, error = '', sent_copy = 'none', asked_at = NULL, held = 0, changed_at = excluded.changed_at
             RETURNING id",
            params![
                new.account.0,
                new.message_id,
                blob.0,
                new.sender,
                recipients,
                new.subject,
                to,
                new.answers.map(|m| m.0),
                new.draft,
                new.due.0,
                self.now.0
            ],
            |r| r.get(0),
        )?;
        if let Some(old) = old_blob.filter(|old| *old != blob) {
            self.drop_blob_if_unused(old)?;
        }
        let id = OutboxId(id);
        self.log(&Change::Outbox { outbox: id })?;
        Ok(Enqueued {
            id,
            state: OutboxState::Queued,
            duplicate: false,
        })
    }

    /// Takes a due message for sending: `Sending` must be committed before the first byte of DATA. `None` when it is
    /// not queued any more, or not due yet.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn claim_outgoing(&mut self, id: OutboxId) -> Result<Option<Outgoing>> {
        let claimed = self.tx.execute(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, changed_at = ?2
             WHERE id = ?1 AND state = 'queued' AND due <= ?2",
            params![id.0, self.now.0],
        )?;
        if claimed == 0 {
            return Ok(None);
        }
        self.log(&Change::Outbox { outbox: id })?;
        self.outgoing(id).map(Some)
    }

    /// The server has accepted it. `copy` says whether Sent needs one from us.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn mark_sent(&mut self, id: OutboxId, copy: SentCopy) -> Result<()> {
        self.tx.execute(
            "UPDATE outbox SET sent_copy = ?2 WHERE id = ?1",
            params![id.0, copy.as_str()],
        )?;
        self.mark(id, OutboxState::Sent, "")
    }

    /// Nobody knows whether it was sent; a person decides.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn mark_unknown(&mut self, id: OutboxId, why: &str) -> Result<()> {
        self.mark(id, OutboxState::Unknown, why)
    }

    /// The server refused it for good.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn mark_failed(&mut self, id: OutboxId, why: &str) -> Result<()> {
        self.mark(id, OutboxState::Failed, why)
    }

    /// Surely not sent; tried again at `due`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn retry_later(&mut self, id: OutboxId, due: Millis, why: &str) -> Result<()> {
        self.tx.execute(
            "UPDATE outbox SET due = ?2 WHERE id = ?1",
            params![id.0, due.0],
        )?;
        self.mark(id, OutboxState::Queued, why)
    }

    /// The person wants it sent (again), now.
    ///
    /// # Errors
    /// [`Error::NotNow`] when it was sent, is being sent, or its bytes are forgotten.
    pub fn retry_outgoing(&mut self, id: OutboxId) -> Result<()> {
        let outgoing = self.outgoing(id)?;
        match outgoing.state {
            OutboxState::Sent => {
                return Err(Error::NotNow(
                    "this message has already been sent".to_owned(),
                ));
            }
            OutboxState::Sending => {
                return Err(Error::NotNow(
                    "this message is being sent just now".to_owned(),
                ));
            }
            OutboxState::Queued
            | OutboxState::Unknown
            | OutboxState::Failed
            | OutboxState::Cancelled => {}
        }
        if outgoing.blob.is_none() {
            return Err(Error::NotNow(
                "the text of this message is no longer kept; write it anew".to_owned(),
            ));
        }
        self.retry_later(id, self.now, "")?;
        self.asked(id)
    }

    /// The person takes it back.
    ///
    /// # Errors
    /// [`Error::NotNow`] when it was sent or is being sent.
    pub fn cancel_outgoing(&mut self, id: OutboxId) -> Result<Outgoing> {
        let outgoing = self.outgoing(id)?;
        match outgoing.state {
            OutboxState::Sent => Err(Error::NotNow(
                "this message has already been sent".to_owned(),
            )),
            OutboxState::Sending => Err(Error::NotNow(
                "this message is being sent just now".to_owned(),
            )),
            OutboxState::Queued
            | OutboxState::Unknown
            | OutboxState::Failed
            | OutboxState::Cancelled => {
                self.mark(id, OutboxState::Cancelled, "")?;
                self.outgoing(id)
            }
        }
    }

    /// The copy lies in Sent.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn mark_copy_filed(&mut self, id: OutboxId) -> Result<()> {
        self.tx.execute(
            "UPDATE outbox SET sent_copy = 'filed' WHERE id = ?1",
            [id.0],
        )?;
        Ok(())
    }

    /// Forgets the bytes of what was sent or cancelled before a moment; the Message-IDs are kept. For idle time.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn forget_outgoing(&mut self, before: Millis) -> Result<()> {
        let old = self.outgoing_where(
            "WHERE state IN ('sent', 'cancelled') AND sent_copy <> 'needed' AND changed_at < ?1 AND blob_id IS NOT NULL",
            [before.0],
        )?;
        for outgoing in old {
            self.tx.execute(
                "UPDATE outbox SET blob_id = NULL WHERE id = ?1",
                [outgoing.id.0],
            )?;
            if let Some(blob) = outgoing.blob {
                self.drop_blob_if_unused(blob)?;
            }
        }
        Ok(())
    }

    fn mark(&mut self, id: OutboxId, state: OutboxState, error: &str) -> Result<()> {
        self.tx.execute(
            "UPDATE outbox SET state = ?2, error = ?3, held = 0, changed_at = ?4 WHERE id = ?1",
            params![id.0, state.as_str(), error, self.now.0],
        )?;
        self.log(&Change::Outbox { outbox: id })
    }
}
