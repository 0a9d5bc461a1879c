//! Bounces that only a person can read: qmail, Exim, Exchange, Domino and the many others that never learnt RFC 3464.

use std::collections::BTreeSet;

use kontor_model::Envelope;

use super::collect::Signs;
use super::{Bounce, BounceAction, Failure, bounce};

/// No prose names more recipients than this.
const MAX_RECIPIENTS: usize = 100;

/// A diagnosis is shown on a line or two.
const MAX_DIAGNOSTIC: usize = 300;

/// Senders of bounces.
const DAEMONS: [&str; 7] = [
    "mailer-daemon",
    "mailer_daemon",
    "mail-daemon",
    "postmaster",
    "mail delivery",
    "mail deliver",
    "mdaemon",
];

/// What bounces say in their subjects.
const SUBJECTS: [&str; 24] = [
    "undeliver",
    "returned mail",
    "returned to sender",
    "returning message",
    "delivery failure",
    "delivery failed",
    "delivery status notification",
    "delivery notification",
    "delivery problem",
    "delivery error",
    "failure notice",
    "failure delivery",
    "failed delivery",
    "mail failure",
    "mail failed",
    "delivery has failed",
    "message you sent",
    "could not send",
    "could not be delivered",
    "nondeliverable",
    "non-deliverable",
    "non remis",
    "nedostav",
    "unzustellbar",
];

/// What else only machines write above a returned mail.
const PHRASES: [&str; 12] = [
    "could not be delivered",
    "was not delivered",
    "unable to deliver",
    "wasn't able to deliver",
    "undeliverable",
    "did not reach the following recipient",
    "delivery to the following recipient",
    "permanent fatal error",
    "delivery errors",
    "user unknown",
    "mailbox is full",
    "no valid recipients",
];

/// Lines after which the returned mail follows.
const ORIGINALS: [&str; 13] = [
    "original message",
    "copy of the message",
    "copy of your message",
    "returned message",
    "unsent message",
    "message text follows",
    "message headers",
    "header of the original",
    "below this line",
    "message header follows",
    "returned mail follows",
    "original mail",
    "message follows",
];

/// Recognises a bounce by who sent it and what it says; `None` when it is a letter.
pub(super) fn bounce(text: &str, envelope: &Envelope, signs: &Signs) -> Option<Bounce> {
    let subject = envelope.subject.to_lowercase();
    let sender = envelope.from.iter().any(|person| {
        let (name, address) = (person.name.to_lowercase(), person.key());
        let local = address.split('@').next().unwrap_or_default();
        DAEMONS
            .iter()
            .any(|daemon| name.contains(daemon) || local.starts_with(daemon))
    });
    let subject_says = SUBJECTS.iter().any(|word| subject.contains(word));
    let body = before_original(text).to_lowercase();
    let text_says = PHRASES.iter().any(|phrase| body.contains(phrase));
    let delayed = is_delay(&subject, &body);
    // Two of: a daemon wrote it, the subject says so, the text says so, it has no way back.
    let score = [
        sender,
        subject_says,
        text_says || delayed,
        signs.null_return_path,
    ]
    .iter()
    .filter(|sign| **sign)
    .count();
    if !signs.delivery_report && signs.failed_recipients.is_none() && score < 2 {
        return None;
    }
    let mut failures = failures(text, envelope);
    for address in signs
        .failed_recipients
        .iter()
        .flat_map(|list| addresses(list))
    {
        if !failures.iter().any(|f| {
            f.recipient
                .as_deref()
                .is_some_and(|r| r.eq_ignore_ascii_case(address))
        }) {
            failures.insert(
                0,
                Failure {
                    recipient: Some(address.to_owned()),
                    ..Failure::default()
                },
            );
        }
    }
    if delayed {
        for failure in &mut failures {
            failure.action = BounceAction::Delayed;
        }
    }
    Some(Bounce {
        failures,
        guessed: true,
        ..Bounce::default()
    })
}

fn is_delay(subject: &str, body: &str) -> bool {
    let says = |word: &str| subject.contains(word);
    says("delayed")
        || says("warning") && (says("could not send") || says("not delivered"))
        || body.contains("not yet been delivered")
        || body.contains("will continue to try")
        || body.contains("delivery attempts will continue")
}

/// Returns the recipients a text names, each with what is said after it.
pub(super) fn failures(text: &str, envelope: &Envelope) -> Vec<Failure> {
    let text = before_original(text);
    // The mail came back to its sender and from a daemon: neither is who it failed for.
    let mut seen: BTreeSet<String> = envelope
        .to
        .iter()
        .chain(&envelope.from)
        .map(kontor_model::Address::key)
        .collect();
    let mut failures = Vec::new();
    for leading in [true, false] {
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            for address in addresses(line) {
                let key = address.to_lowercase();
                let daemon = DAEMONS.iter().any(|daemon| key.starts_with(daemon));
                if daemon
                    || (leading && !leads(line, address))
                    || failures.len() >= MAX_RECIPIENTS
                    || !seen.insert(key)
                {
                    continue;
                }
                failures.push(failure(address, line, lines.clone()));
            }
        }
        if !failures.is_empty() {
            break;
        }
    }
    failures
}

fn failure<'a>(address: &str, line: &'a str, lines: impl Iterator<Item = &'a str>) -> Failure {
    let rest = line
        .find(address)
        .and_then(|at| line.get(at.saturating_add(address.len())..))
        .unwrap_or_default();
    let mut said = rest
        .trim_start_matches(['>', ':', ',', '.', ';', ')', ' ', '\t'])
        .to_owned();
    for next in lines.take_while(|next| {
        addresses(next)
            .next()
            .is_none_or(|other| !leads(next, other) || other == address)
    }) {
        let next = next.trim();
        if said.len() > MAX_DIAGNOSTIC || (next.is_empty() && !said.is_empty()) {
            break;
        }
        if !next.is_empty() && !said.is_empty() {
            said.push(' ');
        }
        said.push_str(next);
    }
    let said: String = said.chars().take(MAX_DIAGNOSTIC).collect();
    Failure {
        recipient: Some(address.to_owned()),
        action: BounceAction::Failed,
        status: bounce::status(&said),
        diagnostic: Some(said).filter(|said| !said.is_empty()),
    }
}

/// True when a line begins with the address, but for brackets, marks and reply codes.
fn leads(line: &str, address: &str) -> bool {
    let before = line
        .find(address)
        .and_then(|at| line.get(..at))
        .unwrap_or_default();
    before.chars().all(|c| {
        matches!(c, ' ' | '\t' | '<' | '>' | '(' | '"' | '-' | '*')
            || c.is_ascii_digit()
            || c == '.'
    })
}

/// Cuts off the mail that came back.
fn before_original(text: &str) -> &str {
    let mut end = 0_usize;
    for line in text.split_inclusive('\n') {
        let lower = line.trim().to_lowercase();
        let marker = lower.len() < 100 && ORIGINALS.iter().any(|mark| lower.contains(mark));
        // Also without a marker a header gives the returned mail away.
        if end > 0
            && (marker && !lower.contains("was received")
                || lower.starts_with("return-path:")
                || lower.starts_with("received: "))
        {
            break;
        }
        end = end.saturating_add(line.len());
    }
    text.get(..end).unwrap_or(text)
}

/// Finds addresses in a line of prose.
fn addresses(line: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.@".contains(c);
    line.split(move |c: char| !part(c)).filter_map(|word| {
        let word =
            word.trim_matches(|c: char| matches!(c, '.' | '\'' | '`' | '@' | '*' | '=' | '-'));
        let (local, domain) = word.rsplit_once('@')?;
        let fits = !local.is_empty()
            && domain.contains('.')
            && domain
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '.');
        fits.then_some(word)
    })
}
