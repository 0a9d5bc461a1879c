//! Ids of the team: UUIDs with a type each, so that none can stand in for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// An organisation: one team and everything it shares. Leads every key on the server.
    OrgId,
    /// A person in an organisation.
    MemberId,
    /// One signed-in profile on one computer; what a token belongs to.
    DeviceId,
    /// One operation, made by the desk it was written on (UUIDv7, so ids of one desk sort by time).
    OpId,
    /// One intention to write into the ERP, made by the desk it was planned on (UUIDv7); also the trace the ERP keeps.
    ActId,
}
