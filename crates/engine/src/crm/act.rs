//! Writing into the ERP: planned here, looked at and confirmed by a person, told to the server over the line.
//!
//! Offline an act stays planned, and somebody has to look at it again and say yes; nothing is sent by itself.

use std::time::Duration;

use jiff::Timestamp;
use kontor_collab::DocumentBody;
use kontor_model::MessageId;
use kontor_protocol::{
    Act, ActFile, ActId, ActOutcome, ActState, DocumentName, MAX_ACT_FILE_BYTES, NewPartner,
    ProductRow,
};
use kontor_store::{ActRow, number_key};
use uuid::Uuid;

use super::dossier::moment;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::team::TeamState;

/// Acts shown at most.
const SHOWN: u32 = 200;

/// Something to be written into the ERP, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActView {
    /// Its id; also the trace in the ERP.
    pub id: String,
    /// What is to be written.
    pub act: Act,
    /// The conversation it came from; may be empty.
    pub about: String,
    /// How far it is: `planned` where somebody has to look and say yes.
    pub state: ActState,
    /// The server was or will be asked, and has not answered yet.
    pub waiting: bool,
    /// What the server told last.
    pub outcome: ActOutcome,
    /// When it was planned.
    pub made_at: Timestamp,
    /// When anything of it changed last.
    pub changed_at: Timestamp,
}

impl Engine {
    /// Plans something to be written into the ERP and asks the server for its preview; offline it is asked later. Nothing
    /// is written before somebody confirms the preview.
    ///
    /// # Errors
    /// [`Code::Usage`] for what no ERP could take, or where none is connected and there is no team.
    pub async fn plan_act(&self, act: Act, about: Option<String>) -> Result<ActView> {
        act.check().map_err(|e| Error::usage(e.to_string()))?;
        let alone = self.ctx.collab.team()?.is_none();
        if alone && self.crm_status().await?.state.life.is_empty() {
            return Err(Error::usage(
                "No Metakocka is connected. Connect it in Settings, Metakocka, or join a team that has one.",
            ));
        }
        let id = ActId(Uuid::now_v7()).to_string();
        let text = serde_json::to_string(&act).map_err(|e| unreadable(&e))?;
        let kept = id.clone();
        self.ctx
            .write(move |w| w.plan_act(&kept, &text, &about.unwrap_or_default()))
            .await?;
        self.erp_act(&id).await
    }

    /// Asks the server once more what would be written.
    ///
    /// # Errors
    /// [`Code::NotNow`] where it is under way or over.
    pub async fn look_at_act(&self, id: &str) -> Result<ActView> {
        self.want(id, "preview", String::new()).await
    }

    /// Says yes to a preview, named by its token: exactly that is written, or nothing.
    ///
    /// # Errors
    /// [`Code::NotNow`] where it is under way or over, or another preview was shown meanwhile; [`Code::Offline`] without a
    /// line to the server: a yes is never sent later by itself.
    pub async fn confirm_act(&self, id: &str, token: &str) -> Result<ActView> {
        let known = self.erp_act(id).await?;
        let shown = known.outcome.preview.map(|preview| preview.token);
        if token.is_empty() || shown.as_deref() != Some(token) {
            return Err(Error::new(
                Code::NotNow,
                "Something else is to be written by now. Look at it again and confirm it.",
            ));
        }
        self.line_stands().await?;
        self.want(id, "do", token.to_owned()).await
    }

    /// Somebody is there to be told a yes.
    async fn line_stands(&self) -> Result<()> {
        let status = self.team_status().await?;
        let (stands, why) = if status.team.is_some() {
            (
                status.link.state == TeamState::Live,
                "There is no line to the team's server. The change stays planned; confirm it when the line is back.",
            )
        } else {
            // The server inside the program that holds the line.
            (
                !self.ctx.profile.team_claim_is_free()?,
                "Nothing runs that talks to Metakocka. The change stays planned; confirm it when Kontor runs.",
            )
        };
        stands
            .then_some(())
            .ok_or_else(|| Error::new(Code::Offline, why))
    }

    /// Forgets an act that is not under way.
    ///
    /// # Errors
    /// [`Code::NotNow`] where it may be under way.
    pub async fn drop_act(&self, id: &str) -> Result<()> {
        self.erp_act(id).await?;
        let gone = id.to_owned();
        if self.ctx.write(move |w| w.drop_act(&gone)).await? {
            return Ok(());
        }
        Err(under_way())
    }

    /// Returns an act.
    ///
    /// # Errors
    /// [`Code::NotFound`] where there is none.
    pub async fn erp_act(&self, id: &str) -> Result<ActView> {
        let wanted = id.to_owned();
        let row = self.ctx.read(move |r| r.act(&wanted)).await?;
        let row =
            row.ok_or_else(|| Error::not_found(format!("No change {id} is planned here.")))?;
        view(row)
    }

    /// Returns all acts here, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn erp_acts(&self) -> Result<Vec<ActView>> {
        let rows = self.ctx.read(|r| r.acts(SHOWN)).await?;
        // One that a newer program planned is that program's to show.
        Ok(rows.into_iter().filter_map(|row| view(row).ok()).collect())
    }

    /// Stays until the server has answered what is asked of an act and works on it no more, at most so long, holding the
    /// line where nobody does.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn await_act(&self, id: &str, wait: Duration) -> Result<ActView> {
        let hold = self.hold_line();
        let settled = async {
            let mut glances = hold.glances();
            loop {
                let act = self.erp_act(id).await?;
                if !act.waiting && !act.state.is_under_way() {
                    return Ok(act);
                }
                glances.next().await;
            }
        };
        let done = tokio::time::timeout(wait, settled).await;
        hold.release().await;
        match done {
            Ok(act) => act,
            Err(_late) => self.erp_act(id).await,
        }
    }

    /// Looks at an act, waits for the preview, confirms it where it can be done, and waits for what became of it.
    ///
    /// # Errors
    /// [`Code::Offline`] without a line to the server.
    pub async fn do_act(&self, id: &str, wait: Duration) -> Result<ActView> {
        let hold = self.hold_line();
        let done = async {
            let mut seen = self.await_act(id, wait).await?;
            if seen.state == ActState::Planned && seen.outcome.preview.is_none() {
                // The server has forgotten what it showed, or a yes to it.
                self.look_at_act(id).await?;
                seen = self.await_act(id, wait).await?;
            }
            let token = seen.outcome.preview.as_ref().map(|p| p.token.clone());
            match token.filter(|token| !token.is_empty()) {
                Some(token) if seen.state != ActState::Written => {
                    self.confirm_act(id, &token).await?;
                    self.await_act(id, wait).await
                }
                _ => Ok(seen),
            }
        };
        let done = done.await;
        hold.release().await;
        done
    }

    /// The document of this number, or of this id, for an act about it.
    ///
    /// # Errors
    /// [`Code::NotFound`] where none is here, [`Code::Usage`] where several are.
    pub async fn document_for_act(&self, named: &str) -> Result<DocumentName> {
        let (id, key) = (named.to_owned(), number_key(named));
        let rows = self
            .ctx
            .read(move |r| {
                let mut rows = r.documents_numbered(&key)?;
                rows.extend(r.document_with_id(&id)?);
                Ok(rows)
            })
            .await?;
        let mut rows = rows.into_iter();
        let (first, more) = (rows.next(), rows.next());
        let first = first
            .ok_or_else(|| Error::not_found(format!("No document is known here as “{named}”.")))?;
        if let Some(other) = more.filter(|other| other.id != first.id) {
            return Err(Error::usage(format!(
                "Several documents have the number “{named}”. Name one by its id: {} or {}.",
                first.id, other.id
            )));
        }
        let body: DocumentBody = serde_json::from_str(&first.body).map_err(|e| unreadable(&e))?;
        Ok(DocumentName {
            id: first.id,
            doc_type: body.doc_type,
        })
    }

    /// A new customer as a mail's sender has it: their name and address, to be completed by a person.
    ///
    /// # Errors
    /// When there is no such mail, or it names no sender.
    pub async fn partner_of_sender(&self, message: MessageId) -> Result<NewPartner> {
        let detail = self.message(message).await?;
        let sender = detail.row.from.first();
        let sender = sender.ok_or_else(|| Error::usage("The message names no sender."))?;
        let person = sender.name.clone();
        Ok(NewPartner {
            name: person.clone(),
            contact: person,
            email: sender.key(),
            country: "Slovenija".to_owned(),
            ..NewPartner::default()
        })
    }

    /// A mail's attachment to be put beside a document; `n` from 1. Its bytes are kept, and sent to the server piece by
    /// piece once there is a line.
    ///
    /// # Errors
    /// When there is no such attachment, or it is larger than 25 MB; nothing is kept or sent then.
    pub async fn file_of_mail(
        &self,
        message: MessageId,
        n: u32,
        document: DocumentName,
    ) -> Result<Act> {
        let (attachment, bytes) = self.attachment(message, n).await?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_ACT_FILE_BYTES {
            return Err(Error::usage(
                "A file for Metakocka has at most 25 MB. Attach it there.",
            ));
        }
        let name = attachment.name.unwrap_or_else(|| format!("attachment-{n}"));
        let (hash, size) = self.keep_for_act(&name, bytes).await?;
        Ok(Act::AttachFile {
            document,
            name,
            data: String::new(),
            file: Some(ActFile { hash, size }),
        })
    }

    /// Products whose code, number or name has all these words, or beginnings of them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn find_products(&self, text: &str, limit: u32) -> Result<Vec<ProductRow>> {
        let text = text.to_owned();
        let rows = self
            .ctx
            .read(move |r| r.products_named(&text, limit))
            .await?;
        let read = |row: &kontor_store::ProductRow| serde_json::from_str(&row.body).ok();
        Ok(rows.iter().filter_map(read).collect())
    }

    async fn want(&self, id: &str, wants: &'static str, seen: String) -> Result<ActView> {
        self.erp_act(id).await?;
        let wanted = id.to_owned();
        let taken = self
            .ctx
            .write(move |w| w.want_act(&wanted, wants, &seen))
            .await?;
        if taken {
            self.erp_act(id).await
        } else {
            Err(under_way())
        }
    }
}

fn view(row: ActRow) -> Result<ActView> {
    let outcome: ActOutcome = if row.outcome.is_empty() {
        ActOutcome::default()
    } else {
        serde_json::from_str(&row.outcome).map_err(|e| unreadable(&e))?
    };
    let state = serde_json::from_value(serde_json::Value::String(row.state));
    Ok(ActView {
        id: row.id,
        act: serde_json::from_str(&row.act).map_err(|e| unreadable(&e))?,
        about: row.about,
        state: state.map_err(|e| unreadable(&e))?,
        waiting: !row.wants.is_empty(),
        outcome,
        made_at: moment(row.made_at),
        changed_at: moment(row.changed_at),
    })
}

fn unreadable(e: &serde_json::Error) -> Error {
    Error::new(
        Code::Internal,
        format!("This planned change cannot be read ({e}). Plan it anew."),
    )
}

fn under_way() -> Error {
    Error::new(
        Code::NotNow,
        "This change is under way or over. See what became of it.",
    )
}
