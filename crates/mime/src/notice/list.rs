//! List-Unsubscribe (RFC 2369, 8058), List-Id (RFC 2919), Auto-Submitted (RFC 3834).

use super::collect::Signs;
use super::{AutoSubmitted, Unsubscribe};
use crate::header::ids;

/// Reads the ways to leave a mailing; `None` when it offers none.
pub(super) fn unsubscribe(signs: &Signs) -> Option<Unsubscribe> {
    let field = signs.unsubscribe.as_deref()?;
    let mut found = Unsubscribe::default();
    let bare = !field.contains('<');
    let bracketed = field
        .split('<')
        .skip(1)
        .filter_map(|part| part.split('>').next());
    let uris = bracketed.chain(bare.then(|| field.split(',')).into_iter().flatten());
    for uri in uris.take(16) {
        let uri: String = uri.chars().filter(|c| !c.is_whitespace()).collect();
        let starts = |scheme: &str| {
            uri.get(..scheme.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        };
        if starts("https://") {
            found.https = found.https.or(Some(uri));
        } else if starts("mailto:") {
            found.mailto = found.mailto.or(Some(uri));
        }
    }
    if found.https.is_none() && found.mailto.is_none() {
        return None;
    }
    let post = signs.unsubscribe_post.as_deref().unwrap_or_default();
    found.one_click = found.https.is_some()
        && post
            .trim()
            .eq_ignore_ascii_case("List-Unsubscribe=One-Click");
    found.list_id = signs.list_id.as_deref().and_then(|id| {
        let id = if id.contains('<') {
            ids::one(id.as_bytes())?
        } else {
            id.trim().to_owned()
        };
        Some(id).filter(|id| !id.is_empty())
    });
    Some(found)
}

/// Tells who sent it, if not a person; `None` for a letter.
pub(super) fn auto_submitted(signs: &Signs) -> Option<AutoSubmitted> {
    if let Some(field) = &signs.auto_submitted {
        let word = field
            .split([';', ' ', '('])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        return match word.as_str() {
            "no" | "" => None,
            "auto-generated" => Some(AutoSubmitted::Generated),
            "auto-replied" => Some(AutoSubmitted::Replied),
            "auto-notified" => Some(AutoSubmitted::Notified),
            _ => Some(AutoSubmitted::Other),
        };
    }
    let precedence = signs
        .precedence
        .as_deref()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match precedence.as_str() {
        "auto_reply" | "auto-reply" => Some(AutoSubmitted::Replied),
        _ if signs.auto_reply => Some(AutoSubmitted::Replied),
        "bulk" | "list" | "junk" => Some(AutoSubmitted::Generated),
        _ => None,
    }
}
