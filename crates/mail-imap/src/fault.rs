//! Refusals and broken lines, sorted by what one can do about them.

use std::io;

use kontor_mail::provider::Fault;

use crate::answer::{Answer, Code, Condition};

/// How a command ended, or what a status answer said, kept after the answer's bytes are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) condition: Condition,
    /// The response code's word in capitals, empty where there is none.
    pub(crate) code: String,
    pub(crate) args: String,
    pub(crate) text: String,
}

impl Outcome {
    pub(crate) fn new(condition: Condition, code: Option<Code<'_>>, text: &[u8]) -> Self {
        let (name, args) = code.map_or((&[][..], &[][..]), |c| (c.name, c.args));
        Self {
            condition,
            code: String::from_utf8_lossy(name).to_ascii_uppercase(),
            args: String::from_utf8_lossy(args).into_owned(),
            text: String::from_utf8_lossy(text).trim().to_owned(),
        }
    }

    /// Keeps a tagged or untagged condition; `None` for any other answer.
    pub(crate) fn of(answer: &Answer<'_>) -> Option<Self> {
        match answer {
            Answer::Tagged(_, condition, code, text) | Answer::Status(condition, code, text) => {
                Some(Self::new(*condition, *code, text))
            }
            _ => None,
        }
    }

    pub(crate) fn is_ok(&self) -> bool {
        self.condition == Condition::Ok
    }

    /// Turns NO and BAD into the fault they stand for; `doing` completes "The server refused to …".
    pub(crate) fn ok(self, doing: &str) -> Result<Self, Fault> {
        if self.is_ok() {
            Ok(self)
        } else {
            Err(self.fault(doing))
        }
    }

    /// The fault this refusal stands for (RFC 5530 and the codes of the extensions).
    pub(crate) fn fault(&self, doing: &str) -> Fault {
        if self.wants_a_pause() {
            return Fault::Busy(format!(
                "The mail server asks for a pause{}. Kontor tries again by itself.",
                self.said()
            ));
        }
        match self.code.as_str() {
            "AUTHENTICATIONFAILED" | "AUTHORIZATIONFAILED" | "EXPIRED" => self.sign_in(),
            "PRIVACYREQUIRED" => Fault::Tls(format!(
                "The mail server wants a protected connection{}. Choose TLS or STARTTLS for this account.",
                self.said()
            )),
            "NONEXISTENT" | "TRYCREATE" => Fault::Gone(format!(
                "The server refused to {doing}: the folder is not there any more{}.",
                self.said()
            )),
            "OVERQUOTA" => Fault::Refused(format!(
                "The server refused to {doing}: the mailbox is full{}. Delete mail or ask for more space.",
                self.said()
            )),
            "NOPERM" => Fault::Refused(format!(
                "The server refused to {doing}: this account is not allowed to{}.",
                self.said()
            )),
            _ if self.condition == Condition::Bye => Fault::Offline(format!(
                "The mail server closed the connection{}.",
                self.said()
            )),
            _ if says_missing(&self.text) => Fault::Gone(format!(
                "The server refused to {doing}: the folder is not there any more{}.",
                self.said()
            )),
            _ => Fault::Refused(format!("The server refused to {doing}{}.", self.said())),
        }
    }

    /// A refusal met while signing in: unless it asks for a pause, only the person can help.
    pub(crate) fn sign_in_fault(&self) -> Fault {
        if self.wants_a_pause()
            || self.code == "PRIVACYREQUIRED"
            || self.condition == Condition::Bye
        {
            return self.fault("sign in");
        }
        self.sign_in()
    }

    fn sign_in(&self) -> Fault {
        Fault::SignIn(format!(
            "The mail server does not accept this name and password{}. Check both; some providers want an app password.",
            self.said()
        ))
    }

    fn wants_a_pause(&self) -> bool {
        matches!(
            self.code.as_str(),
            "UNAVAILABLE" | "LIMIT" | "THROTTLED" | "INUSE"
        ) || {
            let text = self.text.to_ascii_lowercase();
            [
                "too many",
                "try again later",
                "temporarily",
                "throttled",
                "rate limit",
                "connection limit",
                "maximum number of connections",
            ]
            .iter()
            .any(|t| text.contains(t))
        }
    }

    fn said(&self) -> String {
        match (self.text.trim_end_matches('.'), self.code.as_str()) {
            ("", "") => String::new(),
            ("", code) => format!(" ({code})"),
            (text, _) => format!(" ({})", shorten(text)),
        }
    }
}

/// Refusals without a code from servers older than RFC 5530.
fn says_missing(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    [
        "doesn't exist",
        "does not exist",
        "no such mailbox",
        "mailbox not found",
        "unknown mailbox",
        "nonexistent mailbox",
    ]
    .iter()
    .any(|t| text.contains(t))
}

/// A server's words are shown to people: one line, not a page.
fn shorten(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect();
    line
}

/// The fault of a line that broke while reading or writing.
pub(crate) fn broken(error: &io::Error) -> Fault {
    if let Some(fault) = crate::tls::fault_within(error) {
        return fault;
    }
    match error.kind() {
        io::ErrorKind::TimedOut => silent(),
        io::ErrorKind::UnexpectedEof => closed(),
        _ => Fault::Offline(format!(
            "The connection to the mail server broke ({error})."
        )),
    }
}

pub(crate) fn silent() -> Fault {
    Fault::Offline("The mail server has not answered for too long.".to_owned())
}

pub(crate) fn closed() -> Fault {
    Fault::Offline("The mail server closed the connection without a word.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn fault(line: &str) -> Fault {
        Outcome::of(&Answer::parse(line.as_bytes()))
            .expect("a condition")
            .fault("move the message")
    }

    #[rstest]
    #[case::auth("A1 NO [AUTHENTICATIONFAILED] Authentication failed.", "SignIn")]
    #[case::expired("A1 NO [EXPIRED] That password is old", "SignIn")]
    #[case::unavailable("A1 NO [UNAVAILABLE] User's backend is down", "Busy")]
    #[case::limit("A1 NO [LIMIT] x", "Busy")]
    #[case::throttled("A1 NO [THROTTLED] x", "Busy")]
    #[case::inuse("A1 NO [INUSE] Mailbox in use", "Busy")]
    #[case::too_many("* BYE Too many connections from your IP", "Busy")]
    #[case::dovecot_limit("A1 NO Maximum number of connections from user+IP exceeded", "Busy")]
    #[case::bye("* BYE Disconnected for inactivity.", "Offline")]
    #[case::nonexistent("A1 NO [NONEXISTENT] Unknown Mailbox: x", "Gone")]
    #[case::old_server("A1 NO Mailbox doesn't exist: x", "Gone")]
    #[case::quota("A1 NO [OVERQUOTA] full", "Refused")]
    #[case::bad("A1 BAD Error in IMAP command", "Refused")]
    #[case::privacy("A1 NO [PRIVACYREQUIRED] x", "Tls")]
    fn refusals_are_sorted(#[case] line: &str, #[case] kind: &str) {
        let got = fault(line);
        assert!(
            format!("{got:?}").starts_with(kind),
            "{line:?} becomes {got:?}"
        );
        assert!(got.to_string().ends_with('.'), "a sentence: {got}");
    }

    #[test]
    fn a_plain_no_to_a_sign_in_is_a_sign_in_matter() {
        let no = Outcome::of(&Answer::parse(b"A1 NO LOGIN failed.")).expect("a condition");
        assert!(
            matches!(no.sign_in_fault(), Fault::SignIn(_)),
            "Exchange gives no code"
        );
        let bad = Outcome::of(&Answer::parse(b"A1 NO [UNAVAILABLE] later")).expect("a condition");
        assert!(matches!(bad.sign_in_fault(), Fault::Busy(_)));
    }
}
