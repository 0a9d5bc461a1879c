//! Authentication-Results (RFC 8601).

use super::{Authentication, Verdict};
use crate::flaws::Flaws;
use crate::header::{Fields, start, words};
use crate::scan::is;
use crate::walk::line_ends;

/// Returns what the server nearest to the reader found out: its headers stand on top, before those of any other.
pub(super) fn topmost(header: &[u8]) -> Option<Authentication> {
    let mut found: Option<Authentication> = None;
    for field in Fields::new(header) {
        if is(field.name, b"received") && found.is_some() {
            break; // what follows was there when the mail came in
        }
        if is(field.name, b"authentication-results") {
            let next = read(field.value);
            match &mut found {
                None => found = Some(next),
                Some(first) if first.authserv_id.eq_ignore_ascii_case(&next.authserv_id) => {
                    first.add(next);
                }
                Some(_) => break,
            }
        }
    }
    found
}

/// Returns what the named server found out.
pub(super) fn of_server(raw: &[u8], authserv_id: &str) -> Option<Authentication> {
    let raw = line_ends(raw);
    let headers =
        Fields::new(start(&raw)).filter(|field| is(field.name, b"authentication-results"));
    headers
        .map(|field| read(field.value))
        .find(|found| found.authserv_id.eq_ignore_ascii_case(authserv_id))
}

impl Authentication {
    /// Adds what another header of the same server says: its checkers write one each.
    fn add(&mut self, other: Self) {
        self.spf = self.spf.or(other.spf);
        self.dkim = self.dkim.or(other.dkim);
        self.dmarc = self.dmarc.or(other.dmarc);
        self.dkim_domain = self.dkim_domain.take().or(other.dkim_domain);
        self.spf_domain = self.spf_domain.take().or(other.spf_domain);
        self.from_domain = self.from_domain.take().or(other.from_domain);
    }
}

fn read(value: &[u8]) -> Authentication {
    let text = uncommented(&words::decode(value, &mut Flaws::default()));
    let mut segments = text.split(';').map(str::trim);
    let mut found = Authentication::default();
    let first = segments.next().unwrap_or_default();
    // Exchange Online writes no authserv-id at all.
    let unnamed = first.contains('=').then_some(first);
    if unnamed.is_none() {
        found.authserv_id = first
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
    }
    for segment in unnamed.into_iter().chain(segments) {
        result(segment, &mut found);
    }
    found
}

/// Reads `dkim=pass header.d=example.com …`.
fn result(segment: &str, found: &mut Authentication) {
    let mut words = segment.split_whitespace();
    let Some((method, word)) = words.next().and_then(|first| first.split_once('=')) else {
        return;
    };
    let Some(verdict) = verdict(word) else {
        return;
    };
    let property = |name: &str| {
        let mut pairs = segment
            .split_whitespace()
            .filter_map(|word| word.split_once('='));
        pairs
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_matches('"'))
    };
    let domain = |value: &str| {
        value
            .rsplit('@')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    match method
        .split('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "spf" if found.spf.is_none() => {
            found.spf = Some(verdict);
            found.spf_domain = property("smtp.mailfrom")
                .or_else(|| property("smtp.mail"))
                .map(domain);
        }
        "dkim"
            if found.dkim.is_none()
                || (verdict == Verdict::Pass && found.dkim != Some(Verdict::Pass)) =>
        {
            found.dkim = Some(verdict);
            found.dkim_domain = property("header.d")
                .or_else(|| property("header.i"))
                .map(domain);
        }
        "dmarc" if found.dmarc.is_none() => {
            found.dmarc = Some(verdict);
            found.from_domain = property("header.from").map(domain);
        }
        _ => {}
    }
}

fn verdict(word: &str) -> Option<Verdict> {
    Some(match word.to_ascii_lowercase().as_str() {
        "pass" => Verdict::Pass,
        "fail" | "hardfail" => Verdict::Fail,
        "softfail" => Verdict::Softfail,
        "neutral" => Verdict::Neutral,
        "policy" => Verdict::Policy,
        "none" => Verdict::None,
        "temperror" => Verdict::Temperror,
        "permerror" => Verdict::Permerror,
        _ => return None,
    })
}

/// Drops comments, which may nest; a `;` in one ends nothing.
fn uncommented(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| {
            match c {
                '(' => depth = depth.saturating_add(1),
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}
