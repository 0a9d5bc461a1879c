//! Table `ruled`: the mails that arrived while a view had a rule, so that each is looked at once however often it turns up.

use std::collections::BTreeSet;

use kontor_model::{MessageId, Millis, ThreadId};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use crate::message::parse_people;
use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 ruled",
    sql: "
CREATE TABLE ruled (
  message_id INTEGER PRIMARY KEY,               -- its row goes with the message
  waits INTEGER NOT NULL                        -- 1: its body is not here, so it was not looked at
) STRICT;
CREATE INDEX ruled_waits ON ruled (message_id) WHERE waits = 1;
",
};

/// A received mail no rule has looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnruledMail {
    /// Which.
    pub message: MessageId,
    /// Its conversation.
    pub thread: ThreadId,
    /// When the server received it.
    pub received_at: Millis,
    /// False until its body is here: no search finds it before.
    pub searchable: bool,
}

impl Read<'_> {
    /// Returns the id of the newest message, 0 where there is none; later ones are larger.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn newest_message(&self) -> Result<MessageId> {
        let id: Option<i64> = self
            .conn
            .prepare_cached("SELECT max(id) FROM message")?
            .query_row([], |r| r.get(0))?;
        Ok(MessageId(id.unwrap_or(0)))
    }

    /// Returns those of the arrived mails, and of those that waited for their bodies, that no rule has looked at; each once.
    /// Left out is what was not received: mail of our own, and what lies only among sent mail, drafts, spam and trash.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unruled(&self, arrived: &BTreeSet<MessageId>) -> Result<Vec<UnruledMail>> {
        let mut wanted = arrived.clone();
        let mut waiting = self.conn.prepare_cached(
            "SELECT r.message_id FROM ruled r JOIN message m ON m.id = r.message_id
             WHERE r.waits = 1 AND m.body <> 0",
        )?;
        for id in waiting.query_map([], |r| r.get(0).map(MessageId))? {
            wanted.insert(id?);
        }
        let own = self.own_addresses()?;
        let mut statement = self.conn.prepare_cached(
            "SELECT m.thread_id, m.internal_date, m.body, m.people FROM message m
             WHERE m.id = ?1
               AND NOT EXISTS (SELECT 1 FROM ruled r WHERE r.message_id = m.id AND r.waits = 0)
               AND EXISTS (
                 SELECT 1 FROM placement p JOIN folder f ON f.id = p.folder_id
                 WHERE p.message_id = m.id AND p.hidden = 0
                   AND coalesce(f.role, '') NOT IN ('sent', 'drafts', 'junk', 'trash'))",
        )?;
        let mut mails = Vec::new();
        for message in wanted {
            let found = statement.query_row([message.0], |r| {
                let mail = UnruledMail {
                    message,
                    thread: ThreadId(r.get(0)?),
                    received_at: Millis(r.get(1)?),
                    searchable: r.get::<_, i64>(2)? != 0,
                };
                Ok((mail, r.get::<_, String>(3)?))
            });
            let Some((mail, people)) = found.optional()? else {
                continue;
            };
            let [from, ..] = parse_people(&people);
            if !from.iter().any(|person| own.contains(&person.key())) {
                mails.push(mail);
            }
        }
        Ok(mails)
    }
}

impl Write<'_> {
    /// Notes that the rules have looked at a mail, or (`waits`) that they will when its body is here; false when they have
    /// looked at it before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_ruled(&mut self, message: MessageId, waits: bool) -> Result<bool> {
        let noted = self
            .tx
            .prepare_cached(
                "INSERT INTO ruled (message_id, waits) VALUES (?1, ?2)
                 ON CONFLICT (message_id) DO UPDATE SET waits = excluded.waits WHERE waits = 1",
            )?
            .execute(params![message.0, waits])?;
        Ok(noted > 0)
    }
}
