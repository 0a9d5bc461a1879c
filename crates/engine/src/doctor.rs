//! How everything fares, and what to do where it does not.

use kontor_model::{AccountState, Layer, Millis};
use kontor_store::StoreStatus;

use crate::context::blocking;
use crate::engine::Engine;
use crate::error::Result;
use crate::lists::AccountView;

/// Why an account stands still.
const NOBODY_LOOKS: &str =
    "Nothing runs on this profile now; start Kontor, or `kontorctl sync --watch`.";

/// When a layer last looked, and what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerLook {
    /// Which.
    pub layer: Layer,
    /// When; `None` before the first look.
    pub last_at: Option<Millis>,
    /// How much it has found since the account was added.
    pub found: u64,
}

/// An account's health.
#[derive(Clone, Debug)]
pub struct AccountHealth {
    /// The account, its state and backlog.
    pub view: AccountView,
    /// The three layers.
    pub layers: Vec<LayerLook>,
}

/// The health of everything.
#[derive(Clone, Debug)]
pub struct Health {
    /// Account by account.
    pub accounts: Vec<AccountHealth>,
    /// The profile in numbers.
    pub status: StoreStatus,
    /// Where secrets are kept, in words.
    pub keychain: String,
    /// The database.
    pub path: String,
}

/// One finding of the doctor.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Finding {
    /// What was looked at: store, index, keychain, clock, network, account.
    pub what: String,
    /// All well?
    pub ok: bool,
    /// What was found.
    pub message: String,
    /// What to do; empty when all is well.
    pub advice: String,
}

impl Finding {
    fn well(what: &str, message: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ok: true,
            message: message.into(),
            advice: String::new(),
        }
    }

    fn ill(what: &str, message: impl Into<String>, advice: &str) -> Self {
        Self {
            what: what.into(),
            ok: false,
            message: message.into(),
            advice: advice.into(),
        }
    }
}

/// What checking the store came to.
fn look(what: &str, well: &str, problems: &[String]) -> Finding {
    if problems.is_empty() {
        return Finding::well(what, well);
    }
    Finding::ill(
        what,
        problems.join("; "),
        "Your mail is safe at the server. Remove the account here and add it again to rebuild the store.",
    )
}

impl Engine {
    /// Returns how everything fares.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn health(&self) -> Result<Health> {
        let overview = self.overview().await?;
        // Nobody holds the claim: whatever a program that ended last wrote about the account is not true any more.
        let idle = !self.is_owner() && self.ctx.profile.claim()?.is_some();
        let mut accounts = Vec::new();
        for mut view in overview.accounts {
            if idle
                && matches!(
                    view.row.state,
                    AccountState::Connecting | AccountState::Live
                )
            {
                view.row.state = AccountState::Polling;
                view.row.why = NOBODY_LOOKS.into();
            }
            let id = view.row.account.id;
            let stats = self.ctx.read(move |r| r.layer_stats(id)).await?;
            let layers = [Layer::Push, Layer::Poll, Layer::Reconcile].map(|layer| {
                let stat = stats.iter().find(|s| s.layer == layer);
                LayerLook {
                    layer,
                    last_at: stat.map(|s| s.last_at),
                    found: stat.map_or(0, |s| s.found),
                }
            });
            accounts.push(AccountHealth {
                view,
                layers: layers.to_vec(),
            });
        }
        let path = self.ctx.store.path().display().to_string();
        Ok(Health {
            accounts,
            status: overview.status,
            keychain: self.ctx.keychain.describe(),
            path,
        })
    }

    /// Checks store, index, keychain, clock, network and accounts.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    pub async fn doctor(&self) -> Result<Vec<Finding>> {
        let store = self.ctx.store.clone();
        let problems = blocking(move || Ok(store.check()?)).await?;
        let (index, rows): (Vec<String>, Vec<String>) =
            problems.into_iter().partition(|p| p.contains("search"));
        let mut found = vec![
            look("store", "The mail store is consistent.", &rows),
            look("index", "Search knows every mail that is here.", &index),
        ];
        found.push(self.look_at_keychain().await);
        found.push(self.look_at_clock().await);
        let accounts = self.accounts().await?;
        if accounts.is_empty() {
            found.push(Finding::well(
                "network",
                "There is no account to try it with.",
            ));
        }
        for line in accounts {
            let id = line.account.id;
            let email = line.account.email;
            let tested = match self.test_kept(id).await {
                Ok(lines) => lines
                    .into_iter()
                    .find_map(|l| if l.warning { None } else { l.answer.err() })
                    .map(|f| f.to_string()),
                Err(e) => Some(e.message),
            };
            found.push(match tested {
                None => Finding::well(
                    "network",
                    format!("{email}: the server answers and the sign-in works."),
                ),
                Some(why) if line.state == AccountState::NeedsYou => {
                    Finding::ill("account", format!("{email}: {why}"), "Sign in again.")
                }
                Some(why) => Finding::ill(
                    "network",
                    format!("{email}: {why}"),
                    "Check the network and the server's name; what you do meanwhile is kept.",
                ),
            });
        }
        Ok(found)
    }

    async fn look_at_keychain(&self) -> Finding {
        let keychain = self.ctx.keychain.clone();
        let words = keychain.describe();
        match blocking(move || Ok(keychain.get("kontor-doctor")?)).await {
            Ok(_) => Finding::well("keychain", words),
            Err(e) => Finding::ill(
                "keychain",
                e.message,
                "Unlock the keychain, or set KONTOR_KEYCHAIN=file:PATH.",
            ),
        }
    }

    /// The clock against the newest change: time that went back breaks "newest first".
    async fn look_at_clock(&self) -> Finding {
        let now = self.ctx.clock.now();
        let newest = self
            .overview()
            .await
            .ok()
            .and_then(|o| o.accounts.iter().filter_map(|a| a.looked_at).max());
        match newest {
            Some(at) if at.since(now) > 60_000 => Finding::ill(
                "clock",
                format!("The clock says {now}, but the store was written at {at}."),
                "Set the computer's clock.",
            ),
            _ => Finding::well("clock", format!("The clock says {now}.")),
        }
    }
}
