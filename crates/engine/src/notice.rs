//! Sentences for the person that are not a state: a server's alert, an operation that was undone.

use kontor_model::AccountId;

/// How loud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Good to know.
    Info,
    /// Look at it when there is time.
    Warning,
    /// Something was not done.
    Error,
}

/// One sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How loud.
    pub level: Level,
    /// What happened, what is safe, what to do.
    pub text: String,
    /// About which account.
    pub account: Option<AccountId>,
}
