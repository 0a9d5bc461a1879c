//! What can go wrong, sorted by what one can do about it.

use std::time::Duration;

/// Why a call has no answer. Every variant prints as a sentence for a person and never holds the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// What was given to [`Client::new`](crate::Client::new) or to a request cannot be used: correct it.
    #[error("{0}")]
    Settings(String),
    /// The company number or the key is wrong or was withdrawn: an admin enters them again.
    #[error(
        "Metakocka does not accept this company number and key{}. Look them up in Metakocka under Settings, API, and enter them again.",
        bracketed(.said)
    )]
    Credentials {
        /// The service's words, may be empty.
        said: String,
    },
    /// The service understood and said no: correct what it names. A write did not happen.
    #[error(
        "Metakocka refused this: {message} (code {code}). Correct what it names and try again."
    )]
    Refused {
        /// The service's code; there is no published list of them.
        code: String,
        /// The service's words without HTML, in English or Slovenian.
        message: String,
    },
    /// What was asked for is not there (any more).
    #[error("Metakocka does not have this{}. It may have been deleted there.", bracketed(.message))]
    NotFound {
        /// The service's words without HTML.
        message: String,
    },
    /// No connection, or the service is out of order: try later. A write did not happen.
    #[error("Metakocka cannot be reached ({why}). Try again later.")]
    Unreachable {
        /// The innermost reason.
        why: String,
    },
    /// No answer within the time allowed. Only for reads: a write becomes [`Error::UnknownOutcome`].
    #[error("Metakocka has not answered within {} s. Try again later.", .after.as_secs())]
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// A write left and its answer did not come: look for what it wrote before anything is written again.
    #[error(
        "Nobody knows whether Metakocka has done this ({why}). Look there first; doing it again could do it twice."
    )]
    UnknownOutcome {
        /// What happened instead of an answer.
        why: String,
    },
    /// Something else answers at this address: correct the address.
    #[error(
        "This address is not Metakocka's: {found}. Correct the address; it usually is https://main.metakocka.si."
    )]
    NotMetakocka {
        /// What was found there.
        found: String,
    },
    /// An answer nobody can read: try later, and tell the vendor if it stays so.
    #[error("Metakocka's answer cannot be read ({why}). Try again later.")]
    Garbled {
        /// What is wrong with it.
        why: String,
    },
    /// The service has failed too often in a row and is left alone for a while; nothing was sent.
    #[error(
        "Metakocka has failed several times in a row and is asked again in {} s.",
        .wait.as_secs().max(1)
    )]
    BreakerOpen {
        /// How long from now.
        wait: Duration,
    },
}

impl Error {
    /// True where the same call may succeed later without anybody doing anything. Never for a write's unknown outcome.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Garbled { .. }
            | Self::BreakerOpen { .. } => true,
            Self::Settings(_)
            | Self::Credentials { .. }
            | Self::Refused { .. }
            | Self::NotFound { .. }
            | Self::UnknownOutcome { .. }
            | Self::NotMetakocka { .. } => false,
        }
    }
}

/// Words in brackets, or nothing.
fn bracketed(words: &str) -> String {
    match words.trim().trim_end_matches('.') {
        "" => String::new(),
        words => format!(" ({words})"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Error;

    #[test]
    fn every_error_is_a_sentence() {
        let word = || "x".to_owned();
        let after = Duration::from_secs(30);
        for error in [
            Error::Credentials {
                said: String::new(),
            },
            Error::Credentials { said: word() },
            Error::Refused {
                code: "2".to_owned(),
                message: word(),
            },
            Error::NotFound {
                message: String::new(),
            },
            Error::Unreachable { why: word() },
            Error::TimedOut { after },
            Error::UnknownOutcome { why: word() },
            Error::NotMetakocka { found: word() },
            Error::Garbled { why: word() },
            Error::BreakerOpen {
                wait: Duration::ZERO,
            },
        ] {
            let said = error.to_string();
            assert!(said.ends_with('.'), "{said}");
            assert!(!said.contains("()"), "no empty brackets: {said}");
        }
    }
}
