//! What a server says it can do.

use std::collections::BTreeSet;

use crate::quirks::Quirks;
use kontor_mail::provider::Capabilities;

/// The words of a CAPABILITY answer, in capitals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caps(BTreeSet<String>);

impl Caps {
    pub(crate) fn read<'a>(words: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self(
            words
                .into_iter()
                .map(|w| String::from_utf8_lossy(w).to_ascii_uppercase())
                .collect(),
        )
    }

    /// True when the word was said. Ask in capitals.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True when a literal of this size may be sent without waiting (RFC 7888).
    pub(crate) fn literal_at_once(&self, size: usize) -> bool {
        size <= 4096 && (self.has("LITERAL+") || self.has("LITERAL-"))
    }
}

/// What the engine plans by: what is offered, less what is known not to work (docs/provider-quirks.md).
pub(crate) fn plan(caps: &Caps, quirks: &Quirks, qresync_enabled: bool) -> Capabilities {
    let modseq = (caps.has("CONDSTORE") || caps.has("QRESYNC")) && !quirks.no_modseq;
    Capabilities {
        push: caps.has("IDLE"),
        push_all: caps.has("NOTIFY") && caps.has("IDLE") && !quirks.no_notify,
        status_of_all: caps.has("LIST-STATUS"),
        modseq,
        vanished: modseq && qresync_enabled,
        files_sent: quirks.files_sent,
    }
}
