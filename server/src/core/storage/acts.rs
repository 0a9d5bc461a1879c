//! What the storage keeps of acts: intentions to write into the ERP, until it is told what became of them.
//!
//! A row is changed by compare and set on its `rev`, so that of two nodes, or a node and a desk, one goes on and the other
//! looks again. What changes is told as facts are ([`super::Facts::fact_news`]).

use jiff::Timestamp;
use kontor_protocol::{Act, ActId, ActOutcome, ActState, DocumentName, MemberId, NewKind, OrgId};
use serde::{Deserialize, Serialize};

use super::{Answer, AuditEntry, Result, StorageError};
use crate::core::acts::memo::Memo;

/// An act to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAct {
    /// Made by the desk.
    pub id: ActId,
    /// From the token.
    pub member: MemberId,
    /// JSON of the protocol's `Act`.
    pub act: String,
    /// When; also when the mirror's node is to look at it.
    pub now: Timestamp,
}

/// An act as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRow {
    /// Made by the desk.
    pub id: ActId,
    /// Whose it is.
    pub member: MemberId,
    /// As in [`NewAct`].
    pub act: String,
    /// Counts the changes, from 1.
    pub rev: u64,
    /// When the mirror's node is to look at it; `None`: nothing is to be done.
    pub due: Option<Timestamp>,
    /// How it stands, as desks are told.
    pub outcome: ActOutcome,
    /// What the node that writes wants to know after a new start: its own text, empty at first.
    pub memo: String,
}

/// A row's next form.
#[derive(Clone, Debug)]
pub struct ActChange {
    /// The row it follows.
    pub after: u64,
    /// As in [`ActRow`].
    pub due: Option<Timestamp>,
    /// As in [`ActRow`].
    pub outcome: ActOutcome,
    /// As in [`ActRow`].
    pub memo: String,
    /// A line of the audit log, in the same transaction.
    pub audit: Option<AuditEntry>,
    /// When.
    pub now: Timestamp,
}

/// The part of a [`super::Storage`] that keeps acts. Every call is one transaction.
pub trait Acts: Send + Sync {
    /// Keeps an act, due at once, where its id is new; answers the row that is there.
    ///
    /// # Errors
    /// When nothing was stored.
    fn plan_act(&self, org: OrgId, act: NewAct) -> impl Answer<ActRow>;

    /// An act; `None` where there is none.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn act(&self, org: OrgId, id: ActId) -> impl Answer<Option<ActRow>>;

    /// At most `limit` acts that are due, the longest due first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn due_acts(&self, org: OrgId, now: Timestamp, limit: usize) -> impl Answer<Vec<ActRow>>;

    /// Changes an act; the new `rev`, or `None`, and nothing is stored, where somebody was faster.
    ///
    /// # Errors
    /// When nothing was stored.
    fn change_act(&self, org: OrgId, id: ActId, change: ActChange) -> impl Answer<Option<u64>>;
}

/// Acts, and how each goes on.
type Ended = Vec<(ActId, ActChange)>;

/// How acts that are due end when their ERP is connected no longer, and what was on its way among them. What nobody has
/// said yes to is refused; what may have left is kept waiting for, unless `anyway`: then nobody can tell.
///
/// # Errors
/// [`StorageError::UnderWay`].
pub(super) fn leave_behind(
    due: Vec<ActRow>,
    anyway: bool,
    now: Timestamp,
) -> Result<(Ended, Vec<String>)> {
    let on_their_way = due.iter().filter(|row| row.outcome.state.is_under_way());
    let left: Vec<String> = on_their_way.map(words).collect();
    if !left.is_empty() && !anyway {
        return Err(StorageError::UnderWay(format!(
            "Not done: something is on its way into Metakocka, and nobody knows yet whether it arrived ({}). Wait until each says what became of it.",
            left.join(", ")
        )));
    }
    let ended = due.into_iter().map(|row| {
        let (state, why) = if row.outcome.state.is_under_way() {
            (ActState::CannotTell, "Metakocka was disconnected before anybody could look whether this was written. Look there before you plan it anew.")
        } else {
            (ActState::Refused, "Metakocka was disconnected. Nothing was sent.")
        };
        let change = ActChange {
            after: row.rev,
            due: None,
            outcome: ActOutcome {
                state,
                why: why.to_owned(),
                ..row.outcome
            },
            memo: row.memo,
            audit: None,
            now,
        };
        (row.id, change)
    });
    Ok((ended.collect(), left))
}

/// What an act is, for people; of a document the number where somebody has looked.
fn words(row: &ActRow) -> String {
    let Ok(act) = serde_json::from_str::<Act>(&row.act) else {
        return format!("change {}", row.id);
    };
    let fields = row.outcome.preview.iter().flat_map(|p| &p.fields);
    let number = fields.filter(|field| field.name == "number");
    let number = number.map(|field| field.value.as_str()).next();
    let of = |document: &DocumentName| number.unwrap_or(&document.id).to_owned();
    match &act {
        Act::AddPartner(new) => format!("customer {}", new.name),
        Act::AddContact(new) if new.name.is_empty() => format!("contact {}", new.email),
        Act::AddContact(new) => format!("contact {}", new.name),
        Act::AddDocument(new) => match new.what {
            NewKind::Offer => format!("offer of {}", new.date),
            NewKind::Order => format!("order of {}", new.date),
        },
        Act::SetStatus { document, .. } => format!("state of {}", of(document)),
        Act::AddPayment(new) => format!("payment for {}", of(&new.document)),
        Act::AttachFile { document, .. } => format!("file of {}", of(document)),
    }
}

/// A row as either database has it.
pub(super) struct RawAct {
    pub(super) id: ActId,
    pub(super) member: MemberId,
    pub(super) act: String,
    pub(super) rev: u64,
    pub(super) due: Option<i64>,
    pub(super) outcome: String,
    pub(super) memo: String,
}

impl RawAct {
    pub(super) fn read(self) -> Result<ActRow> {
        let outcome = read_outcome(self.id, &self.outcome)?;
        let due = self.due.map(Timestamp::from_millisecond).transpose();
        let due = due.map_err(|_beyond| {
            StorageError::Damaged(format!("act {}: it is due at no moment there is", self.id))
        })?;
        Ok(ActRow {
            id: self.id,
            member: self.member,
            act: self.act,
            rev: self.rev,
            due,
            outcome,
            memo: self.memo,
        })
    }
}

/// A row in a backup: columns exactly as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptAct {
    pub(super) id: ActId,
    pub(super) member: MemberId,
    pub(super) act: String,
    pub(super) state: String,
    pub(super) rev: u64,
    pub(super) due_at: Option<i64>,
    pub(super) outcome: String,
    pub(super) memo: String,
    pub(super) planned_at: String,
    pub(super) changed_at: String,
}

impl KeptAct {
    /// As it is put into another database. What was about to be sent may have been sent since the backup was taken: it is
    /// restored as sent, so that it is looked for and never sent. A file that was only planned may have been attached since,
    /// and nothing at its document says whose it is: it has to be looked at anew, with that said.
    pub(super) fn restored(mut self) -> Result<Self> {
        if self.state == ActState::Confirmed.as_str() {
            let mut outcome = read_outcome(self.id, &self.outcome)?;
            outcome.state = ActState::Sent;
            self.outcome = outcome_text(&outcome)?;
            state_word(&outcome).clone_into(&mut self.state);
        }
        if self.state == ActState::Planned.as_str() && self.is_file() {
            let mut outcome = read_outcome(self.id, &self.outcome)?;
            outcome.preview = None;
            self.outcome = outcome_text(&outcome)?;
            self.memo = Memo::from_backup(&self.memo).to_text();
        }
        Ok(self)
    }

    fn is_file(&self) -> bool {
        matches!(serde_json::from_str(&self.act), Ok(Act::AttachFile { .. }))
    }
}

fn read_outcome(id: ActId, text: &str) -> Result<ActOutcome> {
    if text.is_empty() {
        return Ok(ActOutcome::default());
    }
    serde_json::from_str(text)
        .map_err(|e| StorageError::Damaged(format!("act {id}: how it stands cannot be read: {e}")))
}

/// How an act stands, as text for a column.
pub(super) fn outcome_text(outcome: &ActOutcome) -> Result<String> {
    serde_json::to_string(outcome)
        .map_err(|e| StorageError::Damaged(format!("how an act stands cannot be written: {e}")))
}

/// The column that people and programs may search by.
pub(super) fn state_word(outcome: &ActOutcome) -> &'static str {
    let state: ActState = outcome.state;
    state.as_str()
}
