//! What is asked of the server inside this program, by any process of this profile, and answered by the one that holds the
//! line: it alone has the server's file open. Question and answer lie in the profile's store, a secret in the keychain.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kontor_auth::{Keychain, Secret};
use kontor_protocol::{AuditRow, ErpConnected, ErpDisconnected, OrgId};
use kontor_server::core::sealing::{Cabinet, SealProblem};
use kontor_store::{Read, Write};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::{Context, blocking};
use crate::crm;
use crate::engine::Engine;
use crate::error::{Code, Error, Result, sentence};

const ASKED: &str = "inside.asked";
const ANSWERED: &str = "inside.answered";

/// Nobody waits longer: the ERP may be asked several times before it counts as silent.
const PATIENCE: Duration = Duration::from_secs(90);

/// Who asked has given up or is gone: the next one may ask.
const OVER: i64 = 120;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Question {
    id: Uuid,
    at: Timestamp,
    pub(super) what: What,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum What {
    /// Connect the company's Metakocka; its key lies in the keychain.
    Connect { base_url: String, company: String },
    /// Disconnect it, also while changes are on their way there.
    Disconnect { anyway: bool },
    /// The newest lines of the audit log.
    Audit { limit: u32 },
}

/// What is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Told {
    Connected(ErpConnected),
    Disconnected(ErpDisconnected),
    Audit(Vec<AuditRow>),
}

/// Why it was not done, as far as it makes a difference to who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Why {
    /// What was entered is at fault.
    Refused,
    /// It did not answer.
    Offline,
    Keychain,
    Internal,
}

/// A question that failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Failed {
    why: Why,
    message: String,
}

#[derive(Serialize, Deserialize)]
struct Answer {
    id: Uuid,
    answer: std::result::Result<Told, Failed>,
}

impl Failed {
    pub(super) fn new(why: Why, words: &str) -> Self {
        let message = sentence(words);
        Self { why, message }
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        let code = match failed.why {
            Why::Refused => Code::Refused,
            Why::Offline => Code::Offline,
            Why::Keychain => Code::Keychain,
            Why::Internal => Code::Internal,
        };
        Self::new(code, failed.message)
    }
}

impl Engine {
    /// Asks, holding the line where nobody does.
    pub(super) async fn ask_inside(&self, what: What, secret: Option<Secret>) -> Result<Told> {
        let id = Uuid::new_v4();
        let question = Question {
            id,
            at: self.ctx.moment(),
            what,
        };
        let with_secret = secret.is_some();
        if with_secret {
            self.ctx.keep_secret(handed(id), secret).await?;
        }
        let hold = self.hold_line();
        let asked = tokio::time::timeout(PATIENCE, self.wait_for(question, &hold)).await;
        hold.release().await;
        // Whatever became of it, nothing of it stays.
        if with_secret {
            self.ctx.forget_handed(id).await;
        }
        self.ctx.write(move |w| withdraw(w, id)).await?;
        asked.unwrap_or_else(|_time_is_up| {
            Err(Error::new(
                Code::Offline,
                "There was no answer in time; try again.",
            ))
        })
    }

    async fn wait_for(&self, question: Question, hold: &super::LineHold) -> Result<Told> {
        let id = question.id;
        let mut glances = hold.glances();
        while !self.ctx.put_question(question.clone()).await? {
            glances.next().await;
        }
        loop {
            let answer = self.ctx.read(|r| said::<Answer>(r, ANSWERED)).await?;
            if let Some(answer) = answer.filter(|answer| answer.id == id) {
                let told = answer.answer?;
                // Who shows what is known next must not meet facts that are about to go.
                while matches!(told, Told::Disconnected(_)) && self.still_connected().await? {
                    glances.next().await;
                }
                return Ok(told);
            }
            if self.ctx.collab.team()?.is_some() {
                return Err(Error::new(
                    Code::NotNow,
                    "This profile belongs to a team now; its server is asked from here on.",
                ));
            }
            glances.next().await;
        }
    }

    async fn still_connected(&self) -> Result<bool> {
        let ctx = Arc::clone(&self.ctx);
        blocking(move || crm::is_connected(&ctx)).await
    }
}

impl Context {
    /// False while another question waits.
    async fn put_question(&self, question: Question) -> Result<bool> {
        let text = json(&question)?;
        let put = self.write(move |w| {
            if open_question(w, question.at)?.is_some_and(|open| open.id != question.id) {
                return Ok(false);
            }
            w.set_setting(ASKED, &text)?;
            Ok(true)
        });
        put.await
    }

    /// The question that waits for an answer.
    pub(super) fn question_inside(&self) -> Option<Question> {
        let now = self.moment();
        let read = self.store.read(|r| {
            let answered = said::<Answer>(r, ANSWERED)?.map(|answer| answer.id);
            Ok(open_question(r, now)?.filter(|open| Some(open.id) != answered))
        });
        read.unwrap_or_default()
    }

    /// Answers it.
    pub(super) async fn answer_inside(
        &self,
        question: &Question,
        answer: std::result::Result<Told, Failed>,
    ) {
        let id = question.id;
        let kept = async {
            let text = json(&Answer { id, answer })?;
            self.write(move |w| w.set_setting(ANSWERED, &text)).await
        };
        if let Err(e) = kept.await {
            tracing::warn!("an answer of the server inside cannot be kept: {e}");
            return;
        }
        if matches!(question.what, What::Connect { .. }) {
            // Who asked may be gone.
            self.forget_handed(id).await;
        }
    }

    async fn forget_handed(&self, id: Uuid) {
        if let Err(e) = self.keep_secret(handed(id), None).await {
            tracing::warn!("a key that was handed over stays in the keychain: {e}");
        }
    }

    /// The secret that was handed over with a question.
    pub(super) async fn handed_over(
        self: &Arc<Self>,
        question: &Question,
    ) -> Result<Option<Secret>> {
        let (keychain, key) = (self.keychain.clone(), handed(question.id));
        blocking(move || Ok(keychain.get(&key)?)).await
    }
}

/// Where the secret of a question lies until it is answered.
fn handed(id: Uuid) -> String {
    format!("inside/asked/{id}")
}

fn open_question(r: &Read<'_>, now: Timestamp) -> kontor_store::Result<Option<Question>> {
    let open = said::<Question>(r, ASKED)?;
    Ok(open.filter(|open| now.duration_since(open.at).as_secs() < OVER))
}

fn withdraw(w: &mut Write<'_>, id: Uuid) -> kontor_store::Result<()> {
    if said::<Question>(w, ASKED)?.is_some_and(|open| open.id == id) {
        w.set_setting(ASKED, "")?;
        w.set_setting(ANSWERED, "")?;
    }
    Ok(())
}

/// What another version wrote says nothing.
fn said<T: serde::de::DeserializeOwned>(
    r: &Read<'_>,
    name: &str,
) -> kontor_store::Result<Option<T>> {
    let text = r.setting(name)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::new(Code::Internal, e.to_string()))
}

/// The keychain, as the place of the key that the server inside this program seals with.
#[derive(Debug)]
pub(super) struct SealKey {
    keychain: Keychain,
    entry: String,
}

impl SealKey {
    /// Nothing is sealed any more.
    pub(super) fn forget(&self) -> Result<()> {
        Ok(self.keychain.delete(&self.entry)?)
    }

    /// Of this server: two profiles of one person do not share it.
    pub(super) fn of(keychain: Keychain, org: OrgId) -> Self {
        let entry = format!("inside/{org}");
        Self { keychain, entry }
    }
}

impl Cabinet for SealKey {
    fn read(&self) -> std::result::Result<Option<String>, SealProblem> {
        let key = self.keychain.get(&self.entry).map_err(|e| shut(&e))?;
        Ok(key.map(|key| key.expose().to_owned()))
    }

    fn keep(&self, key: &str) -> std::result::Result<(), SealProblem> {
        let key = Secret::new(key);
        self.keychain.set(&self.entry, &key).map_err(|e| shut(&e))
    }

    fn missing(&self) -> SealProblem {
        SealProblem::Lost
    }

    fn name(&self) -> String {
        self.keychain.describe()
    }
}

fn shut(e: &kontor_auth::KeychainError) -> SealProblem {
    SealProblem::Keychain(sentence(&e.to_string()))
}
