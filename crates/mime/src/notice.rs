//! What a message is besides a letter: an invitation, a bounce, a mailing that can be left, a verdict of the server.

mod auth;
mod bounce;
mod collect;
mod invite;
mod list;
mod prose;

use kontor_model::{Address, Millis};

use crate::walk::walk;

/// One thing to tell about a message.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// A calendar invitation or an answer to one (iMIP, RFC 6047).
    Invite(Invite),
    /// A delivery report (RFC 3464, or free text that says the same).
    Bounce(Bounce),
    /// The sender offers to be left (RFC 2369, RFC 8058).
    Unsubscribe(Unsubscribe),
    /// What the receiving server found out about the sender (RFC 8601), topmost header only.
    Authentication(Authentication),
    /// Sent by a machine (RFC 3834).
    AutoSubmitted {
        /// Which kind.
        by: AutoSubmitted,
    },
}

/// An invitation, enough of it to say it in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Invite {
    /// What is asked.
    pub method: InviteMethod,
    /// UID: the event over all its changes.
    pub uid: Option<String>,
    /// SEQUENCE: grows with each change.
    pub sequence: u32,
    /// SUMMARY.
    pub summary: Option<String>,
    /// LOCATION.
    pub location: Option<String>,
    /// DTSTART.
    pub start: Option<InviteTime>,
    /// DTEND, or DTSTART plus DURATION where that can be said exactly.
    pub end: Option<InviteTime>,
    /// ORGANIZER.
    pub organiser: Option<Address>,
    /// ATTENDEEs with their PARTSTAT in lower case (`accepted`, `declined`, `tentative`, `needs-action`).
    pub attendees: Vec<(Address, String)>,
    /// True when it repeats (RRULE or RDATE).
    pub repeats: bool,
}

/// METHOD of an invitation (RFC 5546).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteMethod {
    /// Come, or: it has changed.
    Request,
    /// Somebody answers.
    Reply,
    /// It does not take place.
    Cancel,
    /// Another time is proposed.
    Counter,
    /// For information; also a calendar part without METHOD.
    #[default]
    Publish,
    /// Any other method.
    Other,
}

/// A moment in a calendar.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum InviteTime {
    /// An exact moment, written in UTC.
    At {
        /// The moment.
        at: Millis,
    },
    /// A wall-clock time. Which moment that is only a zone table knows, and this room has none: it lies on disk.
    Local {
        /// `YYYY-MM-DDTHH:MM:SS`
        at: String,
        /// TZID as the sender wrote it (`Europe/Ljubljana`, `Central European Standard Time`); `None` for a time
        /// that is meant wherever the reader is.
        zone: Option<String>,
    },
    /// A whole day, `YYYY-MM-DD`.
    Day {
        /// The day.
        day: String,
    },
}

/// A delivery report.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Bounce {
    /// One entry a recipient; empty when the report names none.
    pub failures: Vec<Failure>,
    /// Message-ID of the mail it is about, where the report carries it.
    pub original_message_id: Option<String>,
    /// Its subject.
    pub original_subject: Option<String>,
    /// Original-Envelope-Id (RFC 3461).
    pub envelope_id: Option<String>,
    /// True when it was recognised from free text, not from an RFC 3464 part.
    pub guessed: bool,
}

/// What happened with one recipient (RFC 3464 §2.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Failure {
    /// Final-Recipient, else Original-Recipient, without its type; `None` when unnamed.
    pub recipient: Option<String>,
    /// Action.
    pub action: BounceAction,
    /// Status (RFC 3463), `5.1.1`.
    pub status: Option<String>,
    /// Diagnostic-Code without its type, unfolded.
    pub diagnostic: Option<String>,
}

/// Action of a delivery report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceAction {
    /// It did not and will not arrive.
    #[default]
    Failed,
    /// It has not arrived yet, the server goes on trying.
    Delayed,
    /// It arrived.
    Delivered,
    /// Handed on to a server that sends no reports.
    Relayed,
    /// Handed to a list.
    Expanded,
}

/// Ways to leave a mailing.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Unsubscribe {
    /// https address; plain http is left out.
    pub https: Option<String>,
    /// `mailto:` address.
    pub mailto: Option<String>,
    /// True when a POST to `https` is enough (RFC 8058); whether DKIM covers both fields is for the caller to ask.
    pub one_click: bool,
    /// List-Id without angle brackets (RFC 2919).
    pub list_id: Option<String>,
}

/// Result words of RFC 8601 §2.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Checked and right.
    Pass,
    /// Checked and wrong.
    Fail,
    /// Probably wrong.
    Softfail,
    /// The owner says nothing.
    Neutral,
    /// Right, but not by the server's policy.
    Policy,
    /// Nothing to check.
    None,
    /// Could not be checked this time.
    Temperror,
    /// Could not be checked at all.
    Permerror,
}

/// One Authentication-Results header.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Authentication {
    /// Who says so; trust only the name of the account's own server.
    pub authserv_id: String,
    /// SPF.
    pub spf: Option<Verdict>,
    /// DKIM; of several signatures the best.
    pub dkim: Option<Verdict>,
    /// DMARC.
    pub dmarc: Option<Verdict>,
    /// `header.d` (else the domain of `header.i`) of the signature `dkim` speaks of.
    pub dkim_domain: Option<String>,
    /// Domain of `smtp.mailfrom`.
    pub spf_domain: Option<String>,
    /// `header.from`.
    pub from_domain: Option<String>,
}

/// Who sent it, if not a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoSubmitted {
    /// `auto-generated`, or Precedence bulk, list or junk.
    Generated,
    /// `auto-replied`: an out-of-office note and the like.
    Replied,
    /// `auto-notified` (RFC 5436).
    Notified,
    /// Another word than `no`.
    Other,
}

/// Returns what is to be told about a message, in the order of [`Notice`]'s variants.
#[must_use]
pub fn notices(raw: &[u8]) -> Vec<Notice> {
    let mut reader = collect::Reader::new(raw);
    walk(raw, &mut reader);
    reader.finish()
}

/// Returns what this server found out about the sender; names are compared without case.
///
/// Headers of other names are whatever the sender wrote.
#[must_use]
pub fn authentication(raw: &[u8], authserv_id: &str) -> Option<Authentication> {
    auth::of_server(raw, authserv_id)
}
