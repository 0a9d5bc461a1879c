//! message/delivery-status (RFC 3464): groups of fields, the first about the message, then one a recipient.

use super::{Bounce, BounceAction, Failure};
use crate::flaws::Flaws;
use crate::header::{Field, Fields, words};
use crate::scan::is;

/// No report names more recipients than this; the rest is left out.
const MAX_FAILURES: usize = 1000;

/// Reads a delivery-status part.
pub(super) fn read(part: &[u8]) -> Bounce {
    let mut bounce = Bounce::default();
    let mut rest = part;
    while !rest.trim_ascii().is_empty() && bounce.failures.len() < MAX_FAILURES {
        let mut fields = Fields::new(rest);
        let mut failure = Failure::default();
        let mut named = false;
        for field in &mut fields {
            named |= take(field, &mut failure, &mut bounce);
        }
        let tail = fields.body();
        if tail.len() == rest.len() {
            break; // prose: nothing was read
        }
        rest = tail;
        if named {
            bounce.failures.push(failure);
        }
    }
    bounce
}

/// Takes one field; true when it is one about a recipient.
fn take(field: Field<'_>, failure: &mut Failure, bounce: &mut Bounce) -> bool {
    let Field { name, value } = field;
    let text = words::decode(value, &mut Flaws::default());
    if is(name, b"original-envelope-id") {
        bounce.envelope_id = Some(text);
        return false;
    }
    if is(name, b"x-original-message-id") {
        bounce.original_message_id = crate::header::ids::one(value);
        return false;
    }
    if is(name, b"final-recipient") {
        failure.recipient = untyped(&text).map(address);
    } else if is(name, b"original-recipient") || is(name, b"x-actual-recipient") {
        failure.recipient = failure
            .recipient
            .take()
            .or_else(|| untyped(&text).map(address));
    } else if is(name, b"action") {
        failure.action = action(&text);
    } else if is(name, b"status") {
        failure.status = status(&text);
    } else if is(name, b"diagnostic-code") {
        failure.diagnostic = untyped(&text).map(str::to_owned);
    } else {
        return false;
    }
    true
}

/// Cuts off the type: `rfc822; a@b`, `smtp; 550 no`.
fn untyped(text: &str) -> Option<&str> {
    let value = match text.split_once(';') {
        Some((kind, value)) if !kind.trim().contains([' ', '@']) => value,
        _ => text,
    };
    Some(value.trim()).filter(|v| !v.is_empty())
}

fn address(text: &str) -> String {
    text.trim_start_matches('<')
        .trim_end_matches('>')
        .to_owned()
}

fn action(text: &str) -> BounceAction {
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    match word.to_ascii_lowercase().as_str() {
        "delayed" => BounceAction::Delayed,
        "delivered" => BounceAction::Delivered,
        "relayed" => BounceAction::Relayed,
        "expanded" => BounceAction::Expanded,
        _ => BounceAction::Failed,
    }
}

/// Finds a status of RFC 3463 in a text: class 2, 4 or 5, two numbers of up to three digits.
pub(super) fn status(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|word| word.trim_matches('.'))
        .find_map(|word| {
            let mut parts = word.split('.');
            let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
            let number = |part: &str| (1..=3).contains(&part.len());
            let fits = matches!(class, "2" | "4" | "5")
                && number(subject)
                && number(detail)
                && parts.next().is_none();
            fits.then(|| word.to_owned())
        })
}
