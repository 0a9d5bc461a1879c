//! A note's document in memory: a Loro text, and where in the file it stands.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kontor_store::{NoteSnapshot, Read};
use loro::{
    ExportMode, LoroDoc, LoroText, Subscription, TextDelta, UpdateOptions, VersionVector,
    event::{Diff, DiffEvent},
};

use super::{Edit, EditProblem, Splice};
use crate::delta::{self, Delta, Part};
use crate::ids::Ids;
use crate::row::{self, Counted};

/// The name of the text in a note's document. Part of what desks agree on.
const TEXT: &str = "note";
/// A snapshot is due after this many edits, and after a sixty-fourth of those there are: what is read again at opening
/// stays a small part, and a long note is not written whole at every other key.
const TAIL: u64 = 64;
/// Texts up to this length, in characters, are written at every edit; longer ones with the snapshot.
const SHORT: usize = 16_384;
/// Replacing compares texts up to this length character by character, longer ones line by line.
const FINE: usize = 20_000;
/// How long comparing may take, in milliseconds, before it is done more coarsely.
const COMPARING: f64 = 50.0;
/// How much of what was added an excerpt shows, in characters.
const EXCERPT: usize = 120;

pub(crate) struct NoteDoc {
    doc: LoroDoc,
    text: LoroText,
    told: Arc<Mutex<Told>>,
    _counting: Subscription,
    /// See `kontor_store::NoteRow::generation`.
    pub(crate) generation: i64,
    /// How many edits are in it.
    pub(crate) version: u64,
    /// Row of the last edit in it, and that edit's id.
    pub(crate) head: i64,
    pub(crate) head_op: String,
    /// Edits since the last snapshot.
    tail: u64,
    /// An edit waits for one before it: snapshots leave it out, so none is taken.
    incomplete: bool,
    /// There may be an @ in the text.
    pub(crate) at_sign: bool,
}

impl std::fmt::Debug for NoteDoc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoteDoc")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// What the document told of its last change.
#[derive(Debug, Default)]
struct Told {
    counted: Counted,
    /// Each in the text the ones before it left.
    splices: Vec<Splice>,
}

/// An edit as the others get it.
pub(crate) struct Made {
    pub(crate) update: Vec<u8>,
    pub(crate) counted: Counted,
}

/// Bytes that are no update of this document.
pub(crate) struct NoUpdate;

impl NoteDoc {
    pub(crate) fn new(ids: &Ids) -> Self {
        Self::around(LoroDoc::new(), ids)
    }

    fn around(doc: LoroDoc, ids: &Ids) -> Self {
        // Never twice the same: two documents that write under one peer id destroy each other. The highest is reserved.
        if doc.set_peer_id(ids.number() >> 1).is_err() {
            tracing::warn!("A note's document keeps the peer id it made itself.");
        }
        let text = doc.get_text(TEXT);
        let told = Arc::<Mutex<Told>>::default();
        let hears = Arc::clone(&told);
        let counting = doc.subscribe_root(Arc::new(move |event| hear(&hears, &event)));
        Self {
            doc,
            text,
            told,
            _counting: counting,
            generation: 0,
            version: 0,
            head: 0,
            head_op: String::new(),
            tail: 0,
            incomplete: false,
            at_sign: false,
        }
    }

    /// A document of these updates alone.
    pub(crate) fn of(updates: &[Vec<u8>], ids: &Ids) -> Self {
        let doc = LoroDoc::new();
        let incomplete = import_all(&doc, updates);
        let mut note = Self::around(doc, ids);
        note.tail = u64::try_from(updates.len()).unwrap_or(u64::MAX);
        note.incomplete = incomplete;
        note.at_sign = note.text().contains('@');
        note
    }

    /// Reads a note's document: its last snapshot and the edits since then.
    pub(crate) fn load(read: &Read<'_>, subject: &str, ids: &Ids) -> kontor_store::Result<Self> {
        let Some((version, generation, _)) = read.note_state(subject)? else {
            return Ok(Self::new(ids));
        };
        let doc = LoroDoc::new();
        let mut head = 0;
        if let Some(snapshot) = read.note_snapshot(subject)? {
            match guarded(|| doc.import(&snapshot.document)) {
                Some(_) => head = snapshot.head,
                None => tracing::warn!("A note's snapshot cannot be read; its edits are."),
            }
        }
        if head == 0
            && let Some(base) = read.note_base(subject)?
        {
            drop(guarded(|| doc.import(&base.document)));
        }
        let ops = read.note_ops_after(subject, head)?;
        let updates: Vec<Vec<u8>> = ops.iter().filter_map(|op| row::update(&op.body)).collect();
        let incomplete = import_all(&doc, &updates);
        let mut note = Self::around(doc, ids);
        note.generation = generation;
        note.version = version;
        note.tail = u64::try_from(ops.len()).unwrap_or(u64::MAX);
        note.incomplete = incomplete;
        note.head = ops.last().map_or(head, |op| op.id);
        note.head_op = read.note_op_id(note.head)?.unwrap_or_default();
        note.at_sign = note.text().contains('@');
        Ok(note)
    }

    /// True while what is in it stands in the file.
    pub(crate) fn is_valid(&self, read: &Read<'_>, subject: &str) -> kontor_store::Result<bool> {
        Ok(match read.note_state(subject)? {
            None => self.head == 0,
            Some((_, generation, _)) => {
                self.generation == generation
                    && self.head > 0
                    && read.note_op_id(self.head)?.as_deref() == Some(&self.head_op)
            }
        })
    }

    /// Takes in what other processes have added.
    pub(crate) fn catch_up(&mut self, read: &Read<'_>, subject: &str) -> kontor_store::Result<()> {
        for op in read.note_ops_after(subject, self.head)? {
            if let Some(update) = row::update(&op.body)
                && self.import(&update).is_err()
            {
                tracing::error!("An edit of a note that was read before cannot be read.");
            }
            self.advance(op.id, op.op_id);
        }
        Ok(())
    }

    /// Notes that the edit of this row is in it now.
    pub(crate) fn advance(&mut self, head: i64, op: String) {
        self.head = head;
        self.head_op = op;
        self.version = self.version.saturating_add(1);
        self.tail = self.tail.saturating_add(1);
    }

    /// Takes in an update and says what it changed; [`Self::take_splices`] has it, too.
    pub(crate) fn import(&mut self, update: &[u8]) -> Result<Counted, NoUpdate> {
        self.forget_told();
        let status = guarded(|| self.doc.import(update)).ok_or(NoUpdate)?;
        if self.incomplete || status.pending.is_some() {
            self.incomplete = is_waiting(&self.doc);
        }
        let counted = self.take_counted();
        self.at_sign |= counted.excerpt.contains('@') || counted.added > EXCERPT as u64;
        Ok(counted)
    }

    /// Edits the text. `None` when that changes nothing.
    pub(crate) fn edit(&mut self, edit: &Edit) -> Result<Option<Made>, EditProblem> {
        self.forget_told();
        let before = self.doc.oplog_vv();
        self.apply(edit)?;
        self.doc.commit();
        let update = self.since(&before)?;
        let counted = self.take_counted();
        let has_at = |text: &String| text.contains('@');
        self.at_sign |= match edit {
            Edit::Append(text) | Edit::Replace(text) | Edit::Splice { insert: text, .. } => {
                has_at(text)
            }
            Edit::Several(splices) => splices.iter().any(|(_, _, text)| has_at(text)),
        };
        // Not by what was counted: an insertion taken back at once counts nothing, and later edits build on it all the same.
        let changed = self.doc.oplog_vv() != before;
        Ok(changed.then_some(Made { update, counted }))
    }

    /// Where the document stands.
    pub(crate) fn state(&self) -> VersionVector {
        self.doc.oplog_vv()
    }

    /// What has come since then, as others get it.
    pub(crate) fn since(&self, before: &VersionVector) -> Result<Vec<u8>, EditProblem> {
        self.doc
            .export(ExportMode::updates(before))
            .map_err(|e| EditProblem::Document(e.to_string()))
    }

    fn apply(&self, edit: &Edit) -> Result<(), EditProblem> {
        let len = self.text.len_unicode();
        match edit {
            Edit::Append(text) => self.splice(len, 0, text),
            Edit::Splice { at, delete, insert } => {
                left(len, *at, *delete)?;
                self.splice(*at, *delete, insert)
            }
            Edit::Several(splices) => {
                // All or none: half an edit would be nobody's.
                splices.iter().try_fold(len, |len, (at, delete, insert)| {
                    let left = left(len, *at, *delete)?;
                    Ok::<_, EditProblem>(left.saturating_add(insert.chars().count()))
                })?;
                splices
                    .iter()
                    .try_for_each(|(at, delete, insert)| self.splice(*at, *delete, insert))
            }
            Edit::Replace(text) => self.replace(text, len),
        }
    }

    /// Comparing may take long where little is alike. The writer must not stand still for it: after a while it is done line
    /// by line, and then as one piece. What an attempt has changed already brought the text nearer.
    fn replace(&self, to: &str, len: usize) -> Result<(), EditProblem> {
        let patience = || UpdateOptions {
            timeout_ms: Some(COMPARING),
            ..UpdateOptions::default()
        };
        let fine = len <= FINE && to.len() <= FINE;
        if fine && self.text.update(to, patience()).is_ok() {
            return Ok(());
        }
        if self.text.update_by_line(to, patience()).is_ok() {
            return Ok(());
        }
        let now: Vec<char> = self.text().chars().collect();
        let to: Vec<char> = to.chars().collect();
        let alike = |(a, b): &(&char, &char)| a == b;
        let head = now.iter().zip(&to).take_while(alike).count();
        let (now, to) = (
            now.get(head..).unwrap_or(&[]),
            to.get(head..).unwrap_or(&[]),
        );
        let tail = now
            .iter()
            .rev()
            .zip(to.iter().rev())
            .take_while(alike)
            .count();
        let delete = now.len().saturating_sub(tail);
        let insert: String = to.iter().take(to.len().saturating_sub(tail)).collect();
        self.splice(head, delete, &insert)
    }

    fn splice(&self, at: usize, delete: usize, insert: &str) -> Result<(), EditProblem> {
        let refused = |e: loro::LoroError| EditProblem::Document(e.to_string());
        if delete > 0 {
            self.text.delete(at, delete).map_err(refused)?;
        }
        if insert.is_empty() {
            return Ok(());
        }
        self.text.insert(at, insert).map_err(refused)
    }

    pub(crate) fn doc(&self) -> &LoroDoc {
        &self.doc
    }

    pub(crate) fn text(&self) -> String {
        self.text.to_string()
    }

    /// True when the text is short enough to be written at every edit.
    pub(crate) fn is_short(&self) -> bool {
        self.text.len_unicode() <= SHORT
    }

    /// The document to be written, when it is time.
    pub(crate) fn due_snapshot(&mut self) -> Option<NoteSnapshot> {
        let due = TAIL.max(self.version.checked_div(64).unwrap_or(0));
        if self.incomplete || self.tail < due {
            return None;
        }
        let document = self.doc.export(ExportMode::Snapshot).ok()?;
        self.tail = 0;
        Some(NoteSnapshot {
            head: self.head,
            document,
        })
    }

    /// True when an update was taken in that waits for one before it.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// What the last update or edit did to the text.
    pub(crate) fn take_splices(&self) -> Vec<Splice> {
        std::mem::take(&mut self.lock_told().splices)
    }

    /// Forgets the splices of the change before: they are of the last one alone.
    fn forget_told(&self) {
        drop(std::mem::take(&mut *self.lock_told()));
    }

    fn take_counted(&self) -> Counted {
        std::mem::take(&mut self.lock_told().counted)
    }

    fn lock_told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a text is when this was taken out of it.
fn left(len: usize, at: usize, delete: usize) -> Result<usize, EditProblem> {
    let fits = at.checked_add(delete).is_some_and(|end| end <= len);
    let range = EditProblem::Range { at, delete, len };
    len.checked_sub(delete).filter(|_| fits).ok_or(range)
}

/// Takes in many updates at once; one that is none leaves the others alone. True when one waits for another before it.
fn import_all(doc: &LoroDoc, updates: &[Vec<u8>]) -> bool {
    match updates {
        [] => false,
        updates => match guarded(|| doc.import_batch(updates)) {
            Some(status) => status.pending.is_some(),
            None => {
                for update in updates {
                    drop(guarded(|| doc.import(update)));
                }
                is_waiting(doc)
            }
        },
    }
}

fn is_waiting(doc: &LoroDoc) -> bool {
    !matches!(doc.export_pending_updates(), Ok(None))
}

/// Bytes of others go through here: what Loro cannot read must not end the writer.
fn guarded<T>(import: impl FnOnce() -> loro::LoroResult<T>) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(import)) {
        Ok(Ok(status)) => Some(status),
        Ok(Err(e)) => {
            tracing::warn!("An update of a note is none: {e}.");
            None
        }
        Err(_) => {
            tracing::error!("An update of a note made its document fail.");
            None
        }
    }
}

fn hear(hears: &Mutex<Told>, event: &DiffEvent<'_>) {
    let mut told = hears.lock().unwrap_or_else(PoisonError::into_inner);
    for change in &event.events {
        if let Diff::Text(deltas) = &change.diff {
            told.take_in(deltas);
        }
    }
}

impl Told {
    fn take_in(&mut self, deltas: &[TextDelta]) {
        let walk: Delta = deltas.iter().map(delta::part).collect();
        let splices = delta::splices(&walk).into_iter();
        self.splices.extend(splices.map(Splice::from));
        let counted = &mut self.counted;
        for part in walk {
            match part {
                Part::Put(insert) => {
                    let length = u64::try_from(insert.chars().count()).unwrap_or(u64::MAX);
                    counted.added = counted.added.saturating_add(length);
                    let room = EXCERPT.saturating_sub(counted.excerpt.chars().count());
                    counted.excerpt.extend(insert.chars().take(room));
                }
                Part::Drop(delete) => {
                    let length = u64::try_from(delete).unwrap_or(u64::MAX);
                    counted.removed = counted.removed.saturating_add(length);
                }
                Part::Keep(_) => {}
            }
        }
    }
}
