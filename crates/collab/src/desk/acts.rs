//! Acts: what somebody wants written into the ERP, told to the server when they look or say yes, never by itself.
//!
//! What is to be told stands in the store, so that another process of this profile tells by writing there. A line that
//! begins asks what became of what was said yes to before it, and sends none of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use kontor_protocol::{
    ACT_FILES, ACTS, Act, ActAsk, ActFile, ActOutcome, ActState, ActStep, ActTold, ClientFrame,
    MAX_INLINE_FILE_BYTES, Welcome,
};
use kontor_store::{ActRow, Read};

use super::{Desk, Side};
use crate::Result;

/// Acts looked through at once: more than wait for their files at a time.
const AT_ONCE: u32 = 64;

/// What is under way on this connection.
#[derive(Debug, Default)]
pub(super) struct Asking {
    /// The server knows acts, and what earlier lines left open was looked through.
    able: bool,
    /// It knows files by their content.
    files: bool,
    /// The life of its store, and whose it is.
    epoch: String,
    org: String,
    /// What was asked of each and not answered yet.
    asked: BTreeMap<String, String>,
}

impl Desk {
    /// The next question about something to be written into the ERP; `None` when none waits.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_act(&mut self) -> Result<Option<ClientFrame>> {
        if !self.acts.able {
            return Ok(None);
        }
        let rows = self.collab.store().read(|r| r.wanted_acts(AT_ONCE))?;
        for row in rows {
            if self.acts.asked.get(&row.id) == Some(&row.wants) {
                continue;
            }
            let Some(mut ask) = ask(&row) else {
                tracing::error!(id = row.id, "A planned act is not understood; it stays.");
                continue;
            };
            if !self.has_file(&mut ask)? {
                continue;
            }
            self.acts.asked.insert(row.id, row.wants);
            return Ok(Some(ClientFrame::ErpAct(Box::new(ask))));
        }
        Ok(None)
    }

    /// Ends acts whose file this server cannot take.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn refuse_acts(&mut self, now: Timestamp) -> Result<()> {
        if !self.acts.able || self.acts.files {
            return Ok(());
        }
        let rows = self.collab.store().read(|r| r.wanted_acts(AT_ONCE))?;
        for row in rows {
            let Some(ask) = ask(&row) else { continue };
            let file = ask.act.as_ref().and_then(Act::file);
            if file.is_none_or(|file| file.size <= MAX_INLINE_FILE_BYTES) {
                continue;
            }
            let outcome = ActOutcome {
                state: ActState::Refused,
                why: "The team's server takes files of at most 2.5 MB until it is updated. Ask whoever looks after it, or attach the file in Metakocka.".to_owned(),
                ..ActOutcome::default()
            };
            // As if it had been asked and had said so.
            self.acts.asked.insert(row.id, row.wants);
            self.act_told(
                ActTold {
                    id: ask.id,
                    outcome,
                },
                now,
            )
            .await?;
        }
        Ok(())
    }

    /// Whether the act's file may be spoken of: the server has it, or it is small and goes along.
    fn has_file(&self, ask: &mut ActAsk) -> Result<bool> {
        let Some(Act::AttachFile { data, file, .. }) = &mut ask.act else {
            return Ok(true);
        };
        let Some(known) = *file else {
            return Ok(true);
        };
        let store = self.collab.store();
        if self.acts.files {
            let row = store.read(|r| r.note_file(known.hash.0))?;
            let here = |row: &kontor_store::NoteFileRow| {
                row.whole
                    && row.org.as_ref() == Some(&self.acts.org)
                    && row.epoch.as_ref() == Some(&self.acts.epoch)
            };
            // Within this program it is handed over with the frame.
            return Ok(self.side == Side::Within || row.as_ref().is_some_and(here));
        }
        if known.size > MAX_INLINE_FILE_BYTES {
            return Ok(false);
        }
        *data = store.read(|r| text_of(r, &known))?;
        *file = None;
        Ok(true)
    }

    /// A line has begun.
    pub(super) async fn resume_acts(&mut self, welcome: &Welcome, now: Timestamp) -> Result<()> {
        let resumed = self.collab.store().write(now.into(), |w| w.resume_acts());
        resumed.await?;
        self.acts.asked.clear();
        let can = |what| welcome.capabilities.iter().any(|word| word == what);
        (self.acts.able, self.acts.files) = (can(ACTS), can(ACT_FILES));
        self.acts.epoch.clone_from(&welcome.epoch);
        self.acts.org = welcome.org.id.to_string();
        Ok(())
    }

    /// The server says how an act stands.
    pub(super) async fn act_told(&mut self, mut told: ActTold, now: Timestamp) -> Result<()> {
        let id = told.id.to_string();
        let asked = self.acts.asked.remove(&id).unwrap_or_default();
        if asked == "ask" && told.outcome.state == ActState::Planned {
            // It does not know of the yes: what is shown for the next one is looked at anew.
            told.outcome.preview = None;
        }
        let state = told.outcome.state.as_str();
        let Ok(outcome) = serde_json::to_string(&told.outcome) else {
            return Ok(());
        };
        let write = self.collab.store().write(now.into(), move |w| {
            w.tell_act(&id, state, &outcome, &asked)
        });
        Ok(write.await?)
    }
}

fn ask(row: &ActRow) -> Option<ActAsk> {
    let step = match row.wants.as_str() {
        "preview" => ActStep::Preview,
        "do" => ActStep::Do,
        "ask" => ActStep::Ask,
        _ => return None,
    };
    let act = match step {
        ActStep::Ask => None,
        ActStep::Preview | ActStep::Do => Some(serde_json::from_str(&row.act).ok()?),
    };
    Some(ActAsk {
        id: row.id.parse().ok()?,
        step,
        act,
        seen: row.seen.clone(),
    })
}

/// A file's bytes as Base64.
fn text_of(r: &Read<'_>, file: &ActFile) -> kontor_store::Result<String> {
    let mut bytes = Vec::new();
    loop {
        let at = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let piece = r.note_file_bytes(file.hash.0, at)?;
        if piece.is_empty() {
            return Ok(STANDARD.encode(bytes));
        }
        bytes.extend_from_slice(&piece);
    }
}
