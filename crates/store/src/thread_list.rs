//! Lists of threads: of a folder, or merged over the folders of a role.

use std::collections::{BTreeSet, VecDeque};

use kontor_model::{Address, FolderId, MessageId, Millis, ThreadId};
use rusqlite::{OptionalExtension as _, params};

use crate::message::parse_people;
use crate::{Error, Page, Read, Result};

/// One line of a thread list, as seen from the folders asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadRow {
    /// The thread.
    pub id: ThreadId,
    /// Subject of its oldest message.
    pub subject: String,
    /// Who wrote, newest first; the accounts' own addresses last. Of long threads the newest writers.
    pub people: Vec<Address>,
    /// To whom the accounts' own mails of it went, newest first, who wrote themselves left out; only the first few.
    pub recipients: Vec<Address>,
    /// To whom the newest message in these folders goes, To before Cc; only the first few.
    pub to: Vec<Address>,
    /// Messages of the whole thread, wherever they lie.
    pub count: u64,
    /// Unread messages in these folders.
    pub unread: u64,
    /// A message in these folders is flagged.
    pub flagged: bool,
    /// A message in these folders is answered.
    pub answered: bool,
    /// A message in these folders has an attachment.
    pub has_attachment: bool,
    /// Date of the newest message in these folders: the order of the list.
    pub date: Millis,
    /// First words of that message.
    pub snippet: String,
    /// That message.
    pub newest: MessageId,
    /// The folder it lies in.
    pub folder: FolderId,
}

/// Newest messages whose writers are shown.
const WRITERS: u32 = 8;
/// Recipients told of a thread: enough to find the customer among them.
const RECIPIENTS: usize = 4;

/// What a thread's rows in the folders asked for add up to.
#[derive(Default)]
pub(crate) struct Sum {
    newest: i64,
    folder: i64,
    unread: u64,
    flagged: u64,
    answered: u64,
    attachments: u64,
}

/// One folder's list, read a page's worth at a time.
struct Stream {
    folder: FolderId,
    before: i64,
    rows: VecDeque<(i64, ThreadId)>,
    done: bool,
}

impl Read<'_> {
    /// Returns the threads of these folders, newest first; a thread in several of them is one row, at its newest.
    /// `after` is a page's `next`.
    ///
    /// # Errors
    /// When the store cannot be read. A cursor that makes no sense begins at the newest.
    pub fn threads(
        &self,
        folders: &[FolderId],
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<ThreadRow>> {
        let before = after.and_then(|c| c.parse().ok()).unwrap_or(i64::MAX);
        self.threads_before(folders, before, limit, |_| true)
    }

    /// As [`Self::threads`], of the threads that are wanted, from behind a search key.
    pub(crate) fn threads_before(
        &self,
        folders: &[FolderId],
        before: i64,
        limit: u32,
        wanted: impl Fn(ThreadId) -> bool,
    ) -> Result<Page<ThreadRow>> {
        let scope: BTreeSet<FolderId> = folders.iter().copied().collect();
        let own = self.own_addresses()?;
        let mut streams: Vec<Stream> = scope
            .iter()
            .map(|folder| Stream {
                folder: *folder,
                before,
                rows: VecDeque::new(),
                done: false,
            })
            .collect();
        let mut page = Page {
            rows: Vec::new(),
            next: None,
        };
        let mut last = before;
        while let Some((newest, thread)) = self.next_of(&mut streams, limit)? {
            if !wanted(thread) {
                continue;
            }
            let sum = self.thread_sum(thread, &scope)?;
            if sum.newest != newest || newest == last {
                continue; // its row came earlier, from a folder that holds its newest message
            }
            if page.rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
                page.next = Some(last.to_string());
                break;
            }
            last = newest;
            page.rows.extend(self.thread_row(thread, &sum, &own)?);
        }
        Ok(page)
    }

    /// Returns the rows of these threads as seen from these folders; a thread that is not in them (any more) is absent.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn thread_rows(
        &self,
        threads: &[ThreadId],
        folders: &[FolderId],
    ) -> Result<Vec<ThreadRow>> {
        let scope: BTreeSet<FolderId> = folders.iter().copied().collect();
        let own = self.own_addresses()?;
        let mut rows = Vec::new();
        for thread in threads {
            let sum = self.thread_sum(*thread, &scope)?;
            rows.extend(self.thread_row(*thread, &sum, &own)?);
        }
        Ok(rows)
    }

    /// Returns a thread's messages that some folder shows, oldest first, and its subject.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such thread.
    pub fn thread(&self, thread: ThreadId) -> Result<(String, Vec<MessageId>)> {
        let subject: String = self
            .conn
            .prepare_cached("SELECT subject FROM thread WHERE id = ?1 AND messages > 0")?
            .query_row([thread.0], |r| r.get(0))
            .optional()?
            .ok_or_else(|| Error::Missing(format!("thread {thread}")))?;
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM message WHERE thread_id = ?1 AND places > 0 ORDER BY doc",
        )?;
        let rows = statement.query_map([thread.0], |r| r.get(0).map(MessageId))?;
        Ok((subject, rows.collect::<rusqlite::Result<_>>()?))
    }

    /// Returns the messages of a thread that lie in one of these folders, oldest first: what acting on a row means.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn thread_placements(
        &self,
        thread: ThreadId,
        folders: &[FolderId],
    ) -> Result<Vec<kontor_model::Placement>> {
        let scope: BTreeSet<FolderId> = folders.iter().copied().collect();
        let places = self.places(
            "WHERE m.thread_id = ?1 AND p.hidden = 0 ORDER BY p.doc",
            [thread.0],
        )?;
        let within = places.into_iter().filter(|p| scope.contains(&p.folder));
        Ok(within
            .map(|p| kontor_model::Placement {
                id: p.id,
                message: p.message,
                folder: p.folder,
                uid: p.uid,
                flags: p.shown,
            })
            .collect())
    }

    /// Takes the newest row of all streams.
    fn next_of(&self, streams: &mut [Stream], limit: u32) -> Result<Option<(i64, ThreadId)>> {
        for stream in streams.iter_mut() {
            if stream.rows.is_empty() && !stream.done {
                self.refill(stream, limit)?;
            }
        }
        let best = streams
            .iter_mut()
            .max_by_key(|s| s.rows.front().map(|(newest, _)| *newest));
        Ok(best.and_then(|s| s.rows.pop_front()))
    }

    fn refill(&self, stream: &mut Stream, limit: u32) -> Result<()> {
        // The usual page is one query: as many rows as asked for, and the one that tells whether there are more. Few are
        // asked for also where many are passed over.
        let wanted = limit.clamp(50, 500).saturating_add(1);
        let mut statement = self.conn.prepare_cached(
            "SELECT newest, thread_id FROM thread_folder WHERE folder_id = ?1 AND newest < ?2 ORDER BY newest DESC LIMIT ?3",
        )?;
        let rows = statement.query_map(params![stream.folder.0, stream.before, wanted], |r| {
            Ok((r.get(0)?, ThreadId(r.get(1)?)))
        })?;
        stream.rows = rows.collect::<rusqlite::Result<_>>()?;
        stream.done = stream.rows.len() < usize::try_from(wanted).unwrap_or(usize::MAX);
        if let Some((newest, _)) = stream.rows.back() {
            stream.before = *newest;
        }
        Ok(())
    }

    pub(crate) fn thread_sum(&self, thread: ThreadId, scope: &BTreeSet<FolderId>) -> Result<Sum> {
        let mut statement = self.conn.prepare_cached(
            "SELECT folder_id, newest, unread, flagged, answered, attachments FROM thread_folder WHERE thread_id = ?1",
        )?;
        let mut rows = statement.query([thread.0])?;
        let mut sum = Sum {
            newest: i64::MIN,
            ..Sum::default()
        };
        while let Some(row) = rows.next()? {
            let folder: i64 = row.get(0)?;
            if !scope.contains(&FolderId(folder)) {
                continue;
            }
            let newest: i64 = row.get(1)?;
            if newest > sum.newest {
                sum.newest = newest;
                sum.folder = folder;
            }
            sum.unread = sum.unread.saturating_add(row.get(2)?);
            sum.flagged = sum.flagged.saturating_add(row.get(3)?);
            sum.answered = sum.answered.saturating_add(row.get(4)?);
            sum.attachments = sum.attachments.saturating_add(row.get(5)?);
        }
        Ok(sum)
    }

    pub(crate) fn thread_row(
        &self,
        thread: ThreadId,
        sum: &Sum,
        own: &BTreeSet<String>,
    ) -> Result<Option<ThreadRow>> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT t.subject, t.messages, m.id, m.date, m.preview, m.people FROM message m JOIN thread t ON t.id = m.thread_id
                 WHERE m.doc = ?1 AND t.id = ?2",
            )?
            .query_row([sum.newest, thread.0], |r| {
                let people: String = r.get(5)?;
                let row = (r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?);
                Ok((row, people))
            })
            .optional()?;
        let Some(((subject, count, newest, date, snippet), newest_people)) = found else {
            return Ok(None);
        };
        let [_, to, copies, _] = parse_people(&newest_people);
        let (people, recipients) = self.people_of(thread, own)?;
        Ok(Some(ThreadRow {
            id: thread,
            subject,
            people,
            recipients,
            to: to.into_iter().chain(copies).take(RECIPIENTS).collect(),
            count,
            unread: sum.unread,
            flagged: sum.flagged > 0,
            answered: sum.answered > 0,
            has_attachment: sum.attachments > 0,
            date: Millis(date),
            snippet,
            newest: MessageId(newest),
            folder: FolderId(sum.folder),
        }))
    }

    /// Who wrote the newest messages of a thread, each once, other people before oneself; and to whom one wrote.
    fn people_of(
        &self,
        thread: ThreadId,
        own: &BTreeSet<String>,
    ) -> Result<(Vec<Address>, Vec<Address>)> {
        let mut statement = self.conn.prepare_cached(
            "SELECT people FROM message WHERE thread_id = ?1 AND places > 0 ORDER BY doc DESC LIMIT ?2",
        )?;
        let mut rows = statement.query(params![thread.0, WRITERS])?;
        let mut seen = BTreeSet::new();
        let (mut theirs, mut ours, mut to) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let people = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            let [from, recipients, copies, _] = parse_people(people);
            if from.iter().any(|person| own.contains(&person.key())) {
                to.extend(recipients.into_iter().chain(copies));
            }
            for person in from {
                let key = person.key();
                if !seen.insert(key.clone()) {
                    continue;
                }
                if own.contains(&key) {
                    ours.push(person);
                } else {
                    theirs.push(person);
                }
            }
        }
        theirs.append(&mut ours);
        let others = to.into_iter().filter(|person| {
            let key = person.key();
            !key.is_empty() && !own.contains(&key) && seen.insert(key)
        });
        Ok((theirs, others.take(RECIPIENTS).collect()))
    }

    /// The accounts' own addresses, lower case.
    pub(crate) fn own_addresses(&self) -> Result<BTreeSet<String>> {
        let mut statement = self.conn.prepare_cached("SELECT email FROM account")?;
        let rows = statement.query_map([], |r| r.get::<_, String>(0))?;
        let mut own = BTreeSet::new();
        for email in rows {
            own.insert(email?.to_lowercase());
        }
        Ok(own)
    }
}
