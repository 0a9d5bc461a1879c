//! Hosts in links: where one goes, what its text claims, and whether the two agree.

use ammonia::url::{Host, Url};

/// A link's target, allowed or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// May stay, written like this.
    Kept(String),
    /// An address within the mail or relative to nothing: no target at all.
    Nowhere,
    /// Must go; the scheme, to name it.
    Forbidden(String),
}

/// Judges an `href`.
pub(crate) fn target(href: &str) -> Target {
    // Browsers drop tabs and line breaks inside addresses and control characters around them.
    let clean: String = href
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let clean = clean.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let lower = clean.get(..4).unwrap_or("").to_ascii_lowercase();
    let full = if clean.starts_with("//") {
        format!("https:{clean}")
    } else if lower == "www." {
        format!("http://{clean}")
    } else {
        clean.to_owned()
    };
    let Ok(url) = Url::parse(&full) else {
        // A scheme in front of something unreadable is still a scheme.
        let scheme = full.split_once(':').map_or("", |(s, _)| s).trim();
        let named = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'+';
        return if scheme.is_empty() || !scheme.bytes().all(named) {
            Target::Nowhere
        } else {
            Target::Forbidden(scheme.to_ascii_lowercase())
        };
    };
    if !matches!(url.scheme(), "http" | "https" | "mailto" | "tel") {
        return Target::Forbidden(url.scheme().to_owned());
    }
    let as_written = full.chars().all(|c| {
        !c.is_control() && !c.is_whitespace() && !matches!(c, '\\' | '"' | '<' | '>' | '`')
    });
    Target::Kept(if as_written { full } else { url.to_string() })
}

/// True when `text` names another host than `href` goes to, or the address itself pretends.
pub(crate) fn lies(text: &str, href: &str) -> bool {
    let Ok(url) = Url::parse(href) else {
        return false;
    };
    let goes = match url.scheme() {
        "mailto" => host_of_address(url.path()),
        "http" | "https" => url.host_str().map(str::to_owned),
        _ => return false,
    };
    let Some(goes) = goes else { return false };
    if pretends(&url) || is_look_alike(&goes) {
        return true;
    }
    let Some(says) = claim(text) else {
        return false;
    };
    if same_site(&says, &goes) || hides_target(&goes) {
        return false;
    }
    // A redirector we know that carries its target: honest when that is where the text points.
    !redirected(&url).is_some_and(|to| same_site(&says, &to))
}

/// `https://bank.si@evil.example/`: a user part, which no honest mail writes and few readers can tell from a host.
fn pretends(url: &Url) -> bool {
    url.scheme() != "mailto" && (!url.username().is_empty() || url.password().is_some())
}

/// The host a link's text names, in ASCII form, when it names one.
pub(crate) fn claim(text: &str) -> Option<String> {
    text.split(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '<' | '>' | '(' | ')' | '[' | ']' | '„' | '“' | '”' | '«' | '»' | ',' | ';'
            )
    })
    .take(40)
    .find_map(claim_of_word)
}

fn claim_of_word(word: &str) -> Option<String> {
    let invisible = |c: char| {
        matches!(
            c,
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
        )
    };
    let word: String = word.chars().filter(|c| !invisible(*c)).collect();
    let word = word
        .trim_matches(|c: char| matches!(c, '.' | ':' | '!' | '?' | '\'' | '*' | '→' | '»' | '|'));
    let lower = word.to_lowercase();
    let (rest, sure) = match lower.split_once("://") {
        Some(("http" | "https", rest)) => (rest, true),
        Some(_) => return None,
        None => (lower.as_str(), lower.starts_with("www.")),
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    let host = host.split(':').next().unwrap_or("");
    let (_, top) = host.rsplit_once('.')?;
    let labels_ok = host
        .split('.')
        .all(|l| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-'));
    let address = sure && host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !labels_ok
        || !(address || (top.chars().count() >= 2 && top.chars().any(char::is_alphabetic)))
    {
        return None;
    }
    // A bare word is a host only when its end is one: "Racun.pdf" and "t.i." are not.
    if !sure && !is_top_level(top) {
        return None;
    }
    match Host::parse(host) {
        Ok(host) => Some(host.to_string()),
        Err(_) => None,
    }
}

/// Ends of host names in texts without `http` or `www`.
fn is_top_level(top: &str) -> bool {
    const FILES: &[&str] = &["ai", "md", "ps", "py", "rs", "sh", "pl", "so"];
    const LONG: &[&str] = &[
        "com", "net", "org", "info", "biz", "edu", "gov", "mil", "int", "shop", "app", "dev",
        "online", "store", "site", "cloud", "agency", "blog", "club", "email", "group", "life",
        "live", "media", "news", "one", "pro", "space", "tech", "today", "top", "website", "work",
        "xyz",
    ];
    LONG.contains(&top)
        || (top.chars().count() == 2 && top.is_ascii() && !FILES.contains(&top))
        || top.starts_with("xn--")
        || !top.is_ascii()
}

fn host_of_address(address: &str) -> Option<String> {
    let domain = address.rsplit_once('@')?.1;
    Host::parse(domain).ok().map(|h| h.to_string())
}

/// True when one host belongs to the other's site: the same, a part of it, or under the same registered name.
pub(crate) fn same_site(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    a == b || (site(&a) == site(&b) && a.contains('.') && !is_number(&a) && !is_number(&b))
}

fn is_number(host: &str) -> bool {
    host.bytes().all(|b| b.is_ascii_digit() || b == b'.') || host.starts_with('[')
}

/// The registered name: two labels, three under second-level registries such as `co.uk`.
fn site(host: &str) -> &str {
    const SECOND: &[&str] = &[
        "co", "com", "org", "net", "gov", "ac", "edu", "or", "ne", "go", "gob", "gouv", "mil",
        "ltd",
    ];
    let mut ends = host.rmatch_indices('.').map(|(at, _)| at);
    let (Some(first), Some(second)) = (ends.next(), ends.next()) else {
        return host;
    };
    let top = host.get(first.saturating_add(1)..).unwrap_or("");
    let middle = host.get(second.saturating_add(1)..first).unwrap_or("");
    let from = if top.len() == 2 && SECOND.contains(&middle) {
        match ends.next() {
            Some(third) => third.saturating_add(1),
            None => 0,
        }
    } else {
        second.saturating_add(1)
    };
    host.get(from..).unwrap_or(host)
}

/// Click counters of bulk senders that do not show their target: their links say nothing about honesty.
fn hides_target(host: &str) -> bool {
    const COUNTERS: &[&str] = &[
        "list-manage.com",
        "infusionsoft.com",
        "keap-link001.com",
        "hubspotlinksstarter.com",
        "mailchi.mp",
        "mandrillapp.com",
        "sendgrid.net",
        "sendgrid.com",
        "hubspotlinks.com",
        "hubspotemail.net",
        "hs-sites.com",
        "klclick.com",
        "klclick1.com",
        "cmail19.com",
        "cmail20.com",
        "createsend.com",
        "createsend1.com",
        "rs6.net",
        "exct.net",
        "exacttarget.com",
        "sparkpostmail.com",
        "mjt.lu",
        "mailjet.com",
        "sendibt2.com",
        "sendibm1.com",
        "sibautomation.com",
        "brevo.com",
        "customeriomail.com",
        "intercom-clicks.com",
        "mlsend.com",
        "mailerlite.com",
        "getresponse.com",
        "activehosted.com",
        "mailgun.org",
        "mailgun.net",
        "pardot.com",
        "mktoweb.com",
        "mimecast.com",
        "mimecastprotect.com",
        "squalomail.com",
        "mailersend.net",
    ];
    COUNTERS
        .iter()
        .any(|c| host == *c || host.strip_suffix(c).is_some_and(|h| h.ends_with('.')))
}

/// Where a redirector that carries its target leads.
fn redirected(url: &Url) -> Option<String> {
    const CARRIERS: &[&str] = &[
        "google.com",
        "safelinks.protection.outlook.com",
        "urldefense.com",
        "urldefense.proofpoint.com",
        "facebook.com",
        "linkedin.com",
        "link.nylas.com",
        "youtube.com",
        "slack-redir.net",
        "awstrack.me",
        "pstmrk.it",
        "vk.com",
        "yahoo.com",
        "bing.com",
        "steamcommunity.com",
        "duckduckgo.com",
        "yamm-track.appspot.com",
        "mail.ru",
        "getmailspring.com",
        "instagram.com",
    ];
    let host = url.host_str()?;
    let known = CARRIERS.iter().any(|c| {
        host == *c
            || host
                .strip_suffix(c)
                .is_some_and(|h| h.ends_with(['.', '-']))
    });
    if !known {
        return None;
    }
    let named = url
        .query_pairs()
        .filter(|(key, _)| {
            matches!(
                &**key,
                "u" | "url" | "q" | "target" | "redirect" | "link" | "to" | "dest" | "z"
            )
        })
        .find_map(|(_, value)| host_in(&value));
    named.or_else(|| {
        // The target as a part of the path, percent-encoded or not.
        let path = url
            .path()
            .replace("%2F", "/")
            .replace("%2f", "/")
            .replace("%3A", ":")
            .replace("%3a", ":");
        let at = path.find("http")?;
        host_in(path.get(at..)?)
    })
}

fn host_in(text: &str) -> Option<String> {
    let full = if text.starts_with("http") {
        // Proofpoint writes `-3A` for `:` and `_` for `/`.
        text.replacen("-3A__", "://", 1)
            .replacen("__", "//", usize::from(!text.contains("://")))
    } else {
        format!("http://{text}")
    };
    Url::parse(&full)
        .ok()?
        .host_str()
        .filter(|h| h.contains('.'))
        .map(str::to_owned)
}

/// `xn--…` that reads as another name: a label of mixed scripts, or one all of letters that look Latin.
fn is_look_alike(host: &str) -> bool {
    if !host.contains("xn--") {
        return false;
    }
    let (unicode, _) = idna::domain_to_unicode(host);
    unicode.split('.').any(|label| {
        let foreign = |c: &char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}' | '\u{530}'..='\u{58f}');
        let latin = |c: &char| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}');
        let letters: Vec<char> = label.chars().filter(|c| c.is_alphabetic()).collect();
        let any_foreign = letters.iter().any(foreign);
        let mixed = any_foreign && letters.iter().any(latin);
        let disguised = any_foreign && letters.iter().all(|c| "асеорхуіјѕһԁԛԝӏьвкмнтгΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανικρτυχ".contains(*c));
        mixed || disguised
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        for (href, want) in [
            (
                "https://x.si/a?b=c&d",
                Target::Kept("https://x.si/a?b=c&d".into()),
            ),
            (" HTTPS://X.si/ \n", Target::Kept("HTTPS://X.si/".into())),
            ("www.x.si", Target::Kept("http://www.x.si".into())),
            ("//x.si/a", Target::Kept("https://x.si/a".into())),
            (
                "mailto:a@x.si?subject=b%20c",
                Target::Kept("mailto:a@x.si?subject=b%20c".into()),
            ),
            ("tel:+38631123456", Target::Kept("tel:+38631123456".into())),
            (
                "https://x.si/a b",
                Target::Kept("https://x.si/a%20b".into()),
            ),
            ("#top", Target::Nowhere),
            ("page.html", Target::Nowhere),
            ("{{action_url}}", Target::Nowhere),
            (
                "javascript:alert(1)",
                Target::Forbidden("javascript".into()),
            ),
            (
                "java\nscript:alert(1)",
                Target::Forbidden("javascript".into()),
            ),
            (
                "\u{1}javascript:alert(1)",
                Target::Forbidden("javascript".into()),
            ),
            ("data:text/html,x", Target::Forbidden("data".into())),
            ("file:///etc/passwd", Target::Forbidden("file".into())),
        ] {
            assert_eq!(target(href), want, "{href:?}");
        }
    }

    #[test]
    fn honest_links() {
        for (text, href) in [
            ("tukaj", "https://evil.example/"),
            ("www.nlb.si", "https://www.nlb.si/prijava"),
            ("nlb.si", "https://klik.nlb.si/"),
            ("https://a.example.com/x", "https://b.example.com/y"),
            ("ana@hrast.si", "mailto:ana@hrast.si"),
            ("Račun.pdf", "https://files.example.org/1"),
            ("Verzija 1.2", "https://example.org/"),
            (
                "https://nlb.si",
                "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.nlb.si%2Fa&data=1",
            ),
            (
                "nlb.si",
                "https://www.google.com/url?q=https://nlb.si/&sa=D",
            ),
            (
                "www.hrast.si",
                "https://hrast.us1.list-manage.com/track/click?u=1",
            ),
            (
                "theknot.com/us",
                "https://x-dot-yamm-track.appspot.com/Redirect?link=http%3A%2F%2Ftheknot.com%2Fus",
            ),
            (
                "nylas.com",
                "https://awstrack.me/L0/https:%2F%2Fnylas.com%2Fx/1/0",
            ),
            ("čebela.si", "https://xn--ebela-gya.si/"),
            ("example.co.uk", "https://shop.example.co.uk/"),
        ] {
            assert!(!lies(text, href), "{text} → {href}");
        }
    }

    #[test]
    fn lying_links() {
        for (text, href) in [
            ("https://www.nlb.si/klik", "https://nlb-si.example.net/"),
            ("www.paypal.com", "http://192.0.2.7/paypal"),
            ("paypal.com", "https://paypal.com.evil.example/"),
            ("Odprite nlb.si/klik zdaj", "https://evil.example/"),
            ("klik", "https://www.nlb.si@evil.example/"),
            ("klik", "https://uporabnik@evil.example/"),
            ("klik", "https://xn--pple-43d.com/"),
            ("info@nlb.si", "mailto:info@evil.example"),
            ("nlb.si", "https://evil.example/?url=https://nlb.si"),
            ("n\u{200b}lb.si", "https://evil.example/"),
            ("other.co.uk", "https://example.co.uk/"),
        ] {
            assert!(lies(text, href), "{text} → {href}");
        }
    }
}
