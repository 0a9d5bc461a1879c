//! An account: where it is, how it is reached, how it fares.

use serde::{Deserialize, Serialize};

use crate::AccountId;

/// How a connection is protected. There is no unprotected choice (DESIGN.md §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// STARTTLS after the greeting; a server that does not offer it is refused.
    Starttls,
}

/// A server's host, port and protection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Host name or address, as certificates name it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
}

/// Everything needed to reach an account's servers, except the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerSettings {
    /// Where mail is read.
    pub imap: Endpoint,
    /// Where mail is submitted; `None` for an account that only reads.
    pub smtp: Option<Endpoint>,
    /// The login name, often the address itself.
    pub username: String,
    /// PEM of certificates trusted besides the system's (KONTORCTL.md `--ca`).
    #[serde(default)]
    pub ca_pem: Option<String>,
}

/// One mailbox login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The row.
    pub id: AccountId,
    /// The person's own address in this account.
    pub email: String,
    /// What the window calls it and mail is sent as; empty when never given.
    pub name: String,
    /// Its servers.
    pub settings: ServerSettings,
}

/// How an account fares, in words a person understands (DESIGN.md §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// A connection is being made.
    Connecting,
    /// Push works: new mail is here within seconds.
    Live,
    /// Push does not work; looks every 30 seconds.
    Polling,
    /// No network or no server.
    Offline,
    /// Nothing goes on until the person acts (password, certificate).
    NeedsYou,
}

/// Which of the three layers found something (DESIGN.md §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The server said so by itself.
    Push,
    /// The 30-second look.
    Poll,
    /// The full comparison.
    Reconcile,
}

macro_rules! as_str {
    ($ty:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $ty {
            /// Returns the stable name, as stored and as printed.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads the stable name back; `None` for a word of another version.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use as_str;

as_str!(AccountState { Connecting = "connecting", Live = "live", Polling = "polling", Offline = "offline", NeedsYou = "needs_you" });
as_str!(Layer { Push = "push", Poll = "poll", Reconcile = "reconcile" });
as_str!(Security { Tls = "tls", Starttls = "starttls" });
