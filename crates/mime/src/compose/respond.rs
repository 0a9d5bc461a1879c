//! The draft a reply starts from.

use jiff::Timestamp;
use jiff::tz::Offset;
use kontor_model::subject::strip_answer;
use kontor_model::{Address, Envelope, MONTHS};

use super::Draft;

/// The mail that is answered.
#[derive(Clone, Copy, Debug)]
pub struct Original<'a> {
    /// Its header fields.
    pub envelope: &'a Envelope,
    /// Its Mail-Followup-To addresses: where a list member wants answers to all; empty when absent.
    pub followup_to: &'a [Address],
    /// Its readable text, see [`crate::html::to_text`] for HTML.
    pub text: &'a str,
    /// Where its date is told: minutes east of UTC.
    pub utc_offset_minutes: i32,
}

/// The language of the attribution line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// "On 21 November 2025 at 09:00, Ana Kovač wrote:"
    #[default]
    English,
    /// "Dne 21. 11. 2025 ob 9.00 je Ana Kovač napisal/a:"
    Slovenian,
}

/// Starts a reply: recipients, subject, conversation, quoted text. Message-ID and date are the caller's.
///
/// `me` are the person's own addresses: the one the mail was sent to becomes From (else the first), and none of them
/// becomes a recipient. A reply goes to Reply-To, else From; with `all` also to the other To (in To) and Cc (in Cc),
/// or to Mail-Followup-To alone where the author set it. Answering one's own mail goes to its recipients again.
#[must_use]
pub fn reply_to(original: &Original<'_>, me: &[Address], all: bool, language: Language) -> Draft {
    let envelope = original.envelope;
    let mine = |a: &Address| me.iter().any(|m| m.key() == a.key());
    let own = !envelope.from.is_empty() && envelope.from.iter().all(mine);
    let first: &[Address] = if own {
        &envelope.to
    } else if all && !original.followup_to.is_empty() {
        original.followup_to
    } else if envelope.reply_to.iter().any(|a| !mine(a)) {
        &envelope.reply_to
    } else {
        &envelope.from
    };
    let mut taken: Vec<String> = Vec::new();
    let mut pick = |from: &[Address]| -> Vec<Address> {
        let mut picked = Vec::new();
        for address in from {
            let key = address.key();
            if !key.is_empty() && !mine(address) && !taken.contains(&key) {
                taken.push(key);
                picked.push(address.clone());
            }
        }
        picked
    };
    let mut to = pick(first);
    let mut cc = Vec::new();
    if all && (own || original.followup_to.is_empty()) {
        to.extend(pick(&envelope.to));
        cc = pick(&envelope.cc);
    }
    if to.is_empty() {
        // A note to oneself is answered to oneself; with others only in Cc they are whom one means.
        if cc.is_empty() {
            to = first.iter().take(1).cloned().collect();
        } else {
            std::mem::swap(&mut to, &mut cc);
        }
    }
    Draft {
        from: sender(envelope, me),
        to,
        cc,
        subject: reply_subject(&envelope.subject),
        text: quoted(original, language),
        in_reply_to: envelope.message_id.clone(),
        references: conversation(envelope),
        ..Draft::default()
    }
}

/// The own address the mail was sent to, else the first.
fn sender(envelope: &Envelope, me: &[Address]) -> Address {
    let addressed = envelope
        .to
        .iter()
        .chain(&envelope.cc)
        .chain(&envelope.from)
        .find_map(|a| me.iter().find(|m| m.key() == a.key()));
    addressed.or(me.first()).cloned().unwrap_or_default()
}

/// RFC 5322 §3.6.4: the parent's References, else its In-Reply-To when that is one id, then its Message-ID.
fn conversation(envelope: &Envelope) -> Vec<String> {
    let mut ids = if !envelope.references.is_empty() {
        envelope.references.clone()
    } else if envelope.in_reply_to.len() == 1 {
        envelope.in_reply_to.clone()
    } else {
        Vec::new()
    };
    if let Some(id) = &envelope.message_id {
        ids.retain(|i| i != id);
        ids.push(id.clone());
    }
    ids
}

/// Returns the subject of a reply: one `Re: ` in front, whatever marks of other clients and languages went before.
#[must_use]
pub fn reply_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some(after) = strip_answer(rest) {
        rest = after;
    }
    if rest.is_empty() {
        "Re:".to_owned()
    } else {
        format!("Re: {rest}")
    }
}

/// The text to type above, the attribution line and the original with `>` before each line.
fn quoted(original: &Original<'_>, language: Language) -> String {
    let mut out = String::from("\n\n");
    out.push_str(&attribution(original, language));
    out.push('\n');
    for line in original.text.trim_end().lines() {
        let line = line.trim_end();
        out.push('>');
        // RFC 3676 §4.5: depth marks stand together, one space follows them.
        if !line.is_empty() && !line.starts_with('>') {
            out.push(' ');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn attribution(original: &Original<'_>, language: Language) -> String {
    let envelope = original.envelope;
    let who = envelope.from.first().map_or("", |a| a.label()).trim();
    let when = envelope
        .date
        .and_then(|ms| Timestamp::from_millisecond(ms.0).ok())
        .map(|at| {
            let seconds = original.utc_offset_minutes.saturating_mul(60);
            Offset::from_seconds(seconds)
                .unwrap_or(Offset::UTC)
                .to_datetime(at)
        });
    match (language, when) {
        (Language::English, Some(t)) => {
            let month = usize::try_from(t.month())
                .ok()
                .and_then(|m| MONTHS.get(m.saturating_sub(1)))
                .unwrap_or(&"");
            format!(
                "On {} {month} {} at {:02}:{:02}, {who} wrote:",
                t.day(),
                t.year(),
                t.hour(),
                t.minute()
            )
        }
        (Language::English, None) => format!("{who} wrote:"),
        (Language::Slovenian, Some(t)) => format!(
            "Dne {}. {}. {} ob {}.{:02} je {who} napisal/a:",
            t.day(),
            t.month(),
            t.year(),
            t.hour(),
            t.minute()
        ),
        (Language::Slovenian, None) => format!("{who} je napisal/a:"),
    }
}
