//! Images: where they come from, whether they are shown, which of them only report that a mail was opened.

use ammonia::url::Url;

use super::{Options, Remote};

/// What becomes of an image address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Shown from this address.
    Shown(String),
    /// On another computer; the address as it would be fetched.
    Remote(String),
    /// In this mail, but nobody said where its parts are served.
    Inline,
    /// No image address we know; the scheme, empty for relative ones.
    Unknown(String),
}

/// Longest `data:` address that is kept: larger ones are attachments in disguise.
const LONGEST_DATA: usize = 4 * 1024 * 1024;

/// Judges an address before the options on remote images are asked.
pub(crate) fn judge(address: &str, options: &Options) -> Fate {
    let clean: String = address
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let clean = clean.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if let Some(prefix) = &options.cid_prefix
        && let Some(rest) = clean.strip_prefix(prefix.as_str())
        && rest.bytes().all(|b| is_unreserved(b) || b == b'%')
    {
        return Fate::Shown(clean.to_owned());
    }
    if let Remote::Through(prefix) = &options.remote
        && let Some(rest) = clean.strip_prefix(prefix.as_str())
    {
        // Our own answer, read again: the address behind it decides.
        return match Url::parse(&percent_decode(rest)) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => {
                Fate::Remote(percent_decode(rest))
            }
            _ => Fate::Unknown(String::new()),
        };
    }
    let lower = clean.get(..5).unwrap_or(clean).to_ascii_lowercase();
    if lower.starts_with("data:") {
        return if is_raster(clean) {
            Fate::Shown(clean.to_owned())
        } else {
            Fate::Unknown("data".to_owned())
        };
    }
    if lower.starts_with("cid:") {
        let id = percent_decode(clean.get(4..).unwrap_or(""));
        return match &options.cid_prefix {
            Some(prefix) if !id.is_empty() => {
                Fate::Shown(format!("{prefix}{}", percent_encode(&id)))
            }
            _ => Fate::Inline,
        };
    }
    let full = if clean.starts_with("//") || clean.starts_with("\\\\") {
        format!("https:{clean}")
    } else {
        clean.to_owned()
    };
    match Url::parse(&full) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            let as_written = full.chars().all(|c| {
                !c.is_control()
                    && !c.is_whitespace()
                    && !matches!(c, '\\' | '"' | '\'' | '<' | '>' | '`' | '(' | ')')
            });
            Fate::Remote(if as_written { full } else { url.to_string() })
        }
        Ok(url) => Fate::Unknown(url.scheme().to_owned()),
        Err(_) => Fate::Unknown(String::new()),
    }
}

/// The address a remote image is shown from, if at all.
pub(crate) fn shown(address: &str, options: &Options) -> Option<String> {
    match &options.remote {
        Remote::Blocked => None,
        Remote::Kept => Some(address.to_owned()),
        Remote::Through(prefix) => Some(format!("{prefix}{}", percent_encode(address))),
    }
}

/// True when an address that came out of [`judge`] and [`shown`] may stand in the answer: the gate's own look.
pub(crate) fn may_stand(address: &str, options: &Options) -> bool {
    match judge(address, options) {
        Fate::Shown(same) => same == address,
        Fate::Remote(url) => shown(&url, options).is_some_and(|s| s == address),
        Fate::Inline | Fate::Unknown(_) => false,
    }
}

/// `data:` with a raster type; SVG can carry script and fetch.
fn is_raster(address: &str) -> bool {
    const TYPES: &[&str] = &[
        "png",
        "jpeg",
        "jpg",
        "gif",
        "webp",
        "bmp",
        "avif",
        "x-icon",
        "vnd.microsoft.icon",
    ];
    let Some((head, body)) = address.split_once(',') else {
        return false;
    };
    let head = head.to_ascii_lowercase();
    let Some(kind) = head.strip_prefix("data:image/") else {
        return false;
    };
    let mut parts = kind.split(';');
    let known = parts.next().is_some_and(|t| TYPES.contains(&t.trim()));
    let coded = parts.all(|p| p.trim() == "base64" || p.trim().starts_with("charset="));
    let plain = body.bytes().all(|b| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'+' | b'/' | b'=' | b'%' | b'-' | b'_' | b'.' | b'~')
    });
    known && coded && plain && address.len() <= LONGEST_DATA
}

/// Addresses in a `srcset`.
pub(crate) fn candidates(srcset: &str) -> impl Iterator<Item = &str> {
    srcset
        .split([',', ' ', '\n', '\t'])
        .map(str::trim)
        .filter(|c| c.contains("//"))
}

/// Names the tracker behind an address, if it is a known one.
pub(crate) fn tracker(address: &str) -> Option<&'static str> {
    let lower = address.to_ascii_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, r)| r);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or(host);
    let host = host.split(':').next().unwrap_or(host);
    TRACKERS
        .iter()
        .find(|(_, h, p)| {
            let on_host = host == *h
                || (host.ends_with(h)
                    && (h.starts_with('.')
                        || host
                            .strip_suffix(h)
                            .is_some_and(|r| r.ends_with(['.', '-']))));
            on_host && (p.is_empty() || path.contains(p))
        })
        .map(|(name, _, _)| *name)
}

/// Name, host (with its parts), something in the path.
#[rustfmt::skip]
static TRACKERS: &[(&str, &str, &str)] = &[
    ("ActiveCampaign", "activehosted.com", "open"), ("ActiveCampaign", "acemlna.com", "lt.php"), ("ActiveCampaign", "emlnk.com", "open"),
    ("Adobe Campaign", "neolane.net", "/r/"), ("Amazon SES", "awstrack.me", "i0/"), ("Apollo", "apollo.io", "/o/"),
    ("Bananatag", "bl-1.com", ""), ("Blueshift", "getblueshift.com", "track"), ("Boomerang", "mailstat.us", "/t/"),
    ("Boomerang", "mailstat.us", "tr/"), ("Brevo", "sendibt2.com", "tr/op"), ("Brevo", "sendibt3.com", "tr/op"), ("Brevo", "sendibm1.com", "/op"),
    ("Campaign Monitor", "cmail19.com", "/t/"), ("Campaign Monitor", "cmail20.com", "/t/"), ("Campaign Monitor", "createsend.com", "/t/"),
    ("Campaign Monitor", "createsend1.com", "/t/"), ("Cirrus Insight", "cirrusinsight.com", ""), ("Close", "close.com", "email_opened"), ("Close", "close.io", "email_opened"),
    ("Constant Contact", "rs6.net", "on.jsp"), ("ContactMonkey", "contactmonkey.com", "tracker"), ("ConvertKit", "convertkit-mail.com", "/o/"), ("ConvertKit", "convertkit-mail2.com", "/o/"),
    ("Customer.io", "customeriomail.com", "/e/o/"), ("Customer.io", "track.customer.io", "/e/o/"), ("Drip", "getdrip.com", "/o/"), ("Email Bison", "emailbison.com", ""), ("Emltrk", "emltrk.com", ""), ("Eloqua", "eloqua.com", "/e/fooi"),
    ("Facebook", "facebook.com", "email_open_log_pic"), ("Facebook", "facebook.com", "tr?"), ("Freshworks", "freshmail.com", "/o/"), ("Front", "app.frontapp.com", "/seen"), ("Front", "web.frontapp.com", "/seen"),
    ("GetResponse", "getresponse.com", "open.html"), ("Gmass", "gmass.co", ""), ("Gmass", "gmtrack.net", ""), ("Google Analytics", "google-analytics.com", "collect"), ("Google", "notifications.google.com", "img/"), ("Google", "notifications.googleapis.com", "email"), ("DoubleClick", "doubleclick.net", ""),
    ("HubSpot", "hubspot.com", "/e2t/o/"), ("HubSpot", "hubspotemail.net", "/e1t/o/"), ("HubSpot", "signaux.com", ""), ("HubSpot", "getsidekick.com", ""), ("HubSpot", "t.hubspotfree.net", ""),
    ("Intercom", "via.intercom.io", "/o"), ("Intercom", "intercom-mail.com", "/o"), ("Klaviyo", "klaviyomail.com", "/o/"), ("Klaviyo", "trk.klclick.com", "/o/"), ("Lemlist", "lemlist.com", "open"), ("LinkedIn", "linkedin.com", "emimp"), ("Litmus", "emltrk.com", ""),
    ("Mailchimp", "list-manage.com", "track/open"), ("Mailchimp", "mandrillapp.com", "track/open"), ("Mailgun", "mailgun.org", "/o/"), ("Mailgun", "mailgun.net", "/o/"), ("Mailjet", "mjt.lu", "/oo/"), ("MailerLite", "mlsend.com", "/o/"), ("Mailtrack", "mailtrack.io", ""), ("Mailspring", "getmailspring.com", "open"),
    ("Marketo", "mktoresp.com", ""), ("Mixmax", "mixmax.com", "track"), ("Nylas", "link.nylas.com", "open"), ("Outreach", "outreach.io", "opened"), ("Pardot", "pardot.com", "/r/"), ("Postmark", "pstmrk.it", "open"), ("Reply", "reply.io", "open"), ("Salesforce", "exct.net", "open.aspx"), ("Salesforce", "exacttarget.com", "open.aspx"),
    ("Salesloft", "salesloft.com", "email_trackers"), ("SendGrid", "sendgrid.net", "wf/open"), ("SendGrid", "sendgrid.com", "wf/open"), ("SparkPost", "sparkpostmail.com", "/q/"), ("Streak", "mailfoogae.appspot.com", ""), ("Superhuman", "superhuman.com", ""),
    ("X", "twitter.com", "scribe/ibis"), ("Yamm", "yamm-track.appspot.com", "firebase"), ("Yesware", "yesware.com", ""), ("Zendesk", "futuresimple.com", ""),
];

fn is_unreserved(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~')
}

/// RFC 3986: all but unreserved characters as `%XX`.
pub(crate) fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if is_unreserved(b) {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

/// Undoes `%XX`; what is not UTF-8 then becomes replacement characters.
pub(crate) fn percent_decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0_usize;
    while let Some(b) = bytes.get(at) {
        let hex = |n: usize| {
            bytes
                .get(at.saturating_add(n))
                .and_then(|h| char::from(*h).to_digit(16))
        };
        if *b == b'%'
            && let (Some(high), Some(low)) = (hex(1), hex(2))
            && let Ok(value) = u8::try_from(high.saturating_mul(16).saturating_add(low))
        {
            out.push(value);
            at = at.saturating_add(3);
        } else {
            out.push(*b);
            at = at.saturating_add(1);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fates() {
        let served = Options {
            cid_prefix: Some("kontor-part://localhost/7/cid/".into()),
            remote: Remote::Through("kontor-part://localhost/remote?u=".into()),
        };
        let plain = Options::default();
        let remote = |u: &str| Fate::Remote(u.to_owned());
        for (address, options, want) in [
            ("https://x.si/a.png", &plain, remote("https://x.si/a.png")),
            ("//x.si/a.png", &plain, remote("https://x.si/a.png")),
            ("ht\ntp://x.si/a b", &plain, remote("http://x.si/a%20b")),
            ("cid:logo@x", &plain, Fate::Inline),
            (
                "CID:logo%40x",
                &served,
                Fate::Shown("kontor-part://localhost/7/cid/logo%40x".into()),
            ),
            (
                "kontor-part://localhost/7/cid/a",
                &served,
                Fate::Shown("kontor-part://localhost/7/cid/a".into()),
            ),
            (
                "kontor-part://localhost/8/cid/a",
                &served,
                Fate::Unknown("kontor-part".into()),
            ),
            (
                "kontor-part://localhost/remote?u=https%3A%2F%2Fx.si%2F",
                &served,
                remote("https://x.si/"),
            ),
            (
                "kontor-part://localhost/remote?u=file%3A%2F%2Fx",
                &served,
                Fate::Unknown(String::new()),
            ),
            (
                "data:image/png;base64,AAAA",
                &plain,
                Fate::Shown("data:image/png;base64,AAAA".into()),
            ),
            (
                "data:image/svg+xml;base64,AAAA",
                &plain,
                Fate::Unknown("data".into()),
            ),
            ("data:text/html,<p>", &plain, Fate::Unknown("data".into())),
            ("javascript:x", &plain, Fate::Unknown("javascript".into())),
            ("logo.png", &plain, Fate::Unknown(String::new())),
        ] {
            assert_eq!(judge(address, options), want, "{address}");
        }
        let through = shown("https://x.si/a?b", &served).expect("shown through the application");
        assert_eq!(
            through,
            "kontor-part://localhost/remote?u=https%3A%2F%2Fx.si%2Fa%3Fb"
        );
        assert!(
            may_stand(&through, &served),
            "the gate lets our own answer pass"
        );
        assert!(
            !may_stand("https://x.si/a", &served),
            "and nothing fetched directly"
        );
    }

    #[test]
    fn trackers() {
        assert_eq!(
            tracker("https://sdr.salesloft.com/email_trackers/1/open.gif"),
            Some("Salesloft")
        );
        assert_eq!(
            tracker("https://hrast.us1.list-manage.com/track/open.php?u=1"),
            Some("Mailchimp")
        );
        assert_eq!(
            tracker("https://x-dot-yamm-track.appspot.com/FireBase?ukey=1"),
            Some("Yamm")
        );
        assert_eq!(
            tracker("https://notsalesloft.com/email_trackers/"),
            None,
            "another host"
        );
        assert_eq!(tracker("https://hrast.si/logo.png"), None);
    }
}
