//! `kontor-server admin crm …`: the company's Metakocka.

use std::io::IsTerminal as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kontor_protocol::{ErpConnected, ErpDisconnected, ErpRequest, FactsState, MirrorState, OrgId};
use kontor_server::core::connecting::{connect, disconnect};
use kontor_server::core::sealing::Keys;
use kontor_server::core::storage::Storage;
use serde_json::{Value, json};

use super::{Admin, Answer, line_of_stdin, time};
use crate::failure::Failure;
use crate::settings::CrmCommand;

/// How often the mirror is asked whether it has looked.
const GLANCE: Duration = Duration::from_millis(100);

impl<S: Storage> Admin<S> {
    pub(super) async fn crm(&self, keys: &Keys, command: CrmCommand) -> Result<Answer, Failure> {
        match command {
            CrmCommand::Connect {
                org,
                base_url,
                company,
                key_stdin,
            } => {
                let org = self.find(&org).await?;
                let key = secret("company's key", key_stdin)?;
                self.connect(keys, org.id, (&base_url, &company), &key)
                    .await
            }
            CrmCommand::Disconnect { org, anyway } => {
                let org = self.find(&org).await?;
                self.disconnect(org.id, anyway).await
            }
            CrmCommand::Webhook {
                org,
                secret_stdin,
                off,
            } => {
                let org = self.find(&org).await?;
                let secret = if off {
                    None
                } else {
                    Some(secret("webhook's secret", secret_stdin)?)
                };
                self.webhook(keys, org.id, secret).await
            }
            CrmCommand::Status { org } => {
                let org = self.find(&org).await?;
                let state = self.storage.facts_state(org.id).await?;
                Ok(self.told(&state))
            }
            CrmCommand::Poll { org, wait } => {
                let org = self.find(&org).await?;
                self.poll(org.id, wait).await
            }
        }
    }

    /// Keeps a key only when Metakocka takes it.
    async fn connect(
        &self,
        keys: &Keys,
        org: OrgId,
        (base_url, company): (&str, &str),
        key: &str,
    ) -> Result<Answer, Failure> {
        let request = ErpRequest {
            base_url: base_url.to_owned(),
            company: company.to_owned(),
            key: key.to_owned(),
        };
        let to = (&self.storage, &self.clock);
        let ErpConnected {
            base_url,
            company,
            renewed,
        } = connect(to, keys, (org, None), &request).await?;
        let state = word(self.storage.facts_state(org).await?.state);
        let text = if renewed {
            format!("the new key of company {company} at {base_url} is kept")
        } else {
            format!("company {company} at {base_url} is connected; a running server reads it now")
        };
        Ok(Answer::new(
            json!({ "org": org, "base_url": base_url, "company": company, "state": state }),
            text,
        ))
    }

    async fn disconnect(&self, org: OrgId, anyway: bool) -> Result<Answer, Failure> {
        let from = (&self.storage, &self.clock);
        let ErpDisconnected { base_url, company } = disconnect(from, (org, None), anyway).await?;
        let text = format!(
            "company {company} at {base_url} is disconnected: its key and all facts are forgotten"
        );
        Ok(Answer::new(
            json!({ "org": org, "base_url": base_url, "company": company }),
            text,
        ))
    }

    /// Keeps what news are signed with, and says where they are to be sent.
    async fn webhook(
        &self,
        keys: &Keys,
        org: OrgId,
        secret: Option<String>,
    ) -> Result<Answer, Failure> {
        let sealed = match &secret {
            Some(secret) => Some(keys.seal(org, secret.trim())?),
            None => None,
        };
        let on = sealed.is_some();
        if !self.storage.keep_webhook(org, sealed).await? {
            return Err(Failure::not_found(
                "no Metakocka is connected here: kontor-server admin crm connect",
            ));
        }
        let detail = if on { "on" } else { "off" };
        self.identity
            .note(org, None, "webhook", detail.to_owned())
            .await?;
        let path = format!("/api/v1/erp/{org}/webhook");
        let text = if on {
            format!(
                "news of stock are taken at {path} behind this server's public URL: enter that in Metakocka"
            )
        } else {
            "no news of stock are taken any more".to_owned()
        };
        Ok(Answer::new(
            json!({ "org": org, "path": path, "on": on }),
            text,
        ))
    }

    /// Asks for a look, and waits until one that began after that has ended.
    async fn poll(&self, org: OrgId, wait: u64) -> Result<Answer, Failure> {
        let asked = self.clock.now();
        if !self.storage.ask_look(org, asked).await? {
            return Err(Failure::not_found(
                "no Metakocka is connected here: kontor-server admin crm connect",
            ));
        }
        let looking = async {
            loop {
                let state = self.storage.facts_state(org).await?;
                if state.last_at >= Some(asked) {
                    return Ok::<FactsState, Failure>(state);
                }
                tokio::time::sleep(GLANCE).await;
            }
        };
        match tokio::time::timeout(Duration::from_secs(wait), looking).await {
            Ok(looked) => Ok(self.told(&looked?)),
            Err(_elapsed) => {
                let state = self.storage.facts_state(org).await?;
                let said = if state.why.is_empty() {
                    String::new()
                } else {
                    format!("; the mirror said last: {}", state.why)
                };
                Err(Failure::unreachable(format!(
                    "nobody has looked within {wait} s: no server runs on this data, or Metakocka does not answer it{said}"
                )))
            }
        }
    }

    /// The words of `kontorctl crm status`.
    fn told(&self, state: &FactsState) -> Answer {
        let now = self.clock.now();
        let age = state.last_at.map(|at| seconds(now.duration_since(at)));
        let counts = &state.counts;
        let json = json!({
            "state": word(state.state),
            "why": (!state.why.is_empty()).then_some(&state.why),
            "last_at": state.last_at.map(time),
            "age_seconds": age,
            "progress": state.progress,
            "calls": counts.calls,
            "errors": counts.errors,
            "breaker": counts.breaker_open,
            "partners": counts.customers,
            "documents": counts.documents,
            "products": counts.products,
            "drift": counts.drift,
            "fresh": state.fresh,
        });
        Answer::new(json, shown(state, now))
    }
}

fn seconds(age: SignedDuration) -> i64 {
    age.as_secs().max(0)
}

/// As in JSON.
fn word(state: MirrorState) -> Value {
    json!(state)
}

fn shown(state: &FactsState, now: Timestamp) -> String {
    let mut text = match state.state {
        MirrorState::Off => return "no Metakocka is connected".to_owned(),
        MirrorState::First => "reading everything for the first time".to_owned(),
        MirrorState::Live => "all is here; changes come by themselves".to_owned(),
        MirrorState::Behind => "Metakocka does not answer just now; tried again".to_owned(),
        MirrorState::NeedsYou => "somebody has to do something".to_owned(),
    };
    if !state.why.is_empty() {
        text = format!("{text}: {}", state.why);
    }
    if let Some(progress) = &state.progress {
        let (done, total) = (progress.done, progress.total);
        text = format!("{text}\n{done} of {total} documents");
        if let Some(left) = progress.seconds_left {
            text = format!("{text}, about {left} s left");
        }
    }
    if let Some(at) = state.last_at {
        let age = seconds(now.duration_since(at));
        text = format!("{text}\nlooked at {}, {age} s ago", time(at));
    }
    let counts = &state.counts;
    let breaker = if counts.breaker_open {
        ", calls are held back"
    } else {
        ""
    };
    format!(
        "{text}\n{} customers, {} documents, {} products\n{} calls, {} failed, {} differences found by sweeps{breaker}",
        counts.customers,
        counts.documents,
        counts.products,
        counts.calls,
        counts.errors,
        counts.drift
    )
}

/// A secret: one line of stdin, or asked for on a terminal.
fn secret(what: &str, from_stdin: bool) -> Result<String, Failure> {
    let secret = if from_stdin {
        line_of_stdin()?
    } else if std::io::stdin().is_terminal() {
        rpassword::prompt_password(format!("The {what}: "))?
    } else {
        return Err(Failure::usage(format!(
            "there is no terminal to ask for the {what}: have it read from stdin (--help)"
        )));
    };
    if secret.trim().is_empty() {
        return Err(Failure::usage(format!("the {what} is empty")));
    }
    Ok(secret)
}
