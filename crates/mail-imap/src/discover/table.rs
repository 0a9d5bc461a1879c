//! Providers we know by heart, so that the most common addresses need no network at all.
//!
//! Hosts agree with the ISPDB and with the providers' own pages of 2024–2026 (a corpus test compares); an entry that
//! could not be compared is not `sure` and is offered only when its servers answer.

use kontor_model::Security::{self, Starttls, Tls};

use super::{Auth, Candidate, Person, Source, endpoint};

/// One provider.
#[derive(Debug)]
pub(super) struct Provider {
    name: &'static str,
    /// Address domains.
    domains: &'static [&'static str],
    /// Endings of the names of its mail exchangers, for domains of its customers.
    mx: &'static [&'static str],
    imap: (&'static str, u16, Security),
    smtp: (&'static str, u16, Security),
    auth: &'static [Auth],
    hint: Option<&'static str>,
    /// False: ask the servers before offering them.
    pub(super) sure: bool,
}

impl Provider {
    /// What it means for one person.
    pub(super) fn candidate(&self, person: &Person, source: Source) -> Candidate {
        let at = |(host, port, security): (&str, u16, Security)| endpoint(host, port, security);
        Candidate {
            imap: at(self.imap),
            smtp: Some(at(self.smtp)),
            username: person.email.clone(),
            auth: self.auth.to_vec(),
            source,
            provider: Some(self.name.to_owned()),
            confirm: None,
            hint: self.hint.map(str::to_owned),
        }
    }
}

/// The provider of an address domain (lower case).
pub(super) fn by_domain(domain: &str) -> Option<&'static Provider> {
    TABLE
        .iter()
        .find(|provider| provider.domains.contains(&domain))
}

/// The provider a mail exchanger (lower case) belongs to.
pub(super) fn by_mx(exchanger: &str) -> Option<&'static Provider> {
    let ends = |ending: &&str| {
        exchanger == *ending
            || exchanger
                .strip_suffix(ending)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    TABLE.iter().find(|provider| provider.mx.iter().any(ends))
}

const PASSWORD: &[Auth] = &[Auth::Password];
const EITHER: &[Auth] = &[Auth::OAuth2, Auth::Password];
const OAUTH: &[Auth] = &[Auth::OAuth2];

const GOOGLE: &str = "Google wants an app password here: switch on 2-Step Verification and make one at \
                      myaccount.google.com/apppasswords.";
const MICROSOFT: &str = "Microsoft does not let mail programs sign in with a password any more; this account needs \
                         the Microsoft sign-in.";
const APPLE: &str = "Apple wants an app-specific password here: make one at account.apple.com.";
const YAHOO: &str =
    "Yahoo wants an app password here: make one under Account Security on its web site.";
const SWITCH_ON: &str =
    "IMAP must be switched on in the settings on the provider's web site first.";
const FASTMAIL: &str =
    "Fastmail wants an app password here: make one under Settings, Privacy & Security.";

static TABLE: &[Provider] = &[
    Provider {
        name: "Gmail",
        domains: &["gmail.com", "googlemail.com"],
        mx: &["google.com", "googlemail.com"],
        imap: ("imap.gmail.com", 993, Tls),
        smtp: ("smtp.gmail.com", 465, Tls),
        auth: EITHER,
        hint: Some(GOOGLE),
        sure: true,
    },
    Provider {
        name: "Outlook.com",
        domains: &[
            "outlook.com",
            "hotmail.com",
            "live.com",
            "msn.com",
            "outlook.de",
            "outlook.fr",
            "outlook.it",
            "outlook.es",
            "outlook.at",
            "hotmail.de",
            "hotmail.fr",
            "hotmail.it",
            "hotmail.es",
            "hotmail.co.uk",
            "live.co.uk",
            "live.de",
            "live.fr",
            "live.it",
        ],
        mx: &["olc.protection.outlook.com"],
        imap: ("outlook.office365.com", 993, Tls),
        smtp: ("smtp-mail.outlook.com", 587, Starttls),
        auth: OAUTH,
        hint: Some(MICROSOFT),
        sure: true,
    },
    Provider {
        name: "Microsoft 365",
        domains: &["office365.com", "onmicrosoft.com"],
        mx: &["mail.protection.outlook.com", "mx.microsoft"],
        imap: ("outlook.office365.com", 993, Tls),
        smtp: ("smtp.office365.com", 587, Starttls),
        auth: OAUTH,
        hint: Some(MICROSOFT),
        sure: true,
    },
    Provider {
        name: "iCloud",
        domains: &["icloud.com", "me.com", "mac.com"],
        mx: &["mail.icloud.com"],
        imap: ("imap.mail.me.com", 993, Tls),
        smtp: ("smtp.mail.me.com", 587, Starttls),
        auth: PASSWORD,
        hint: Some(APPLE),
        sure: true,
    },
    Provider {
        name: "Yahoo",
        domains: &[
            "yahoo.com",
            "ymail.com",
            "rocketmail.com",
            "myyahoo.com",
            "yahoo.de",
            "yahoo.it",
            "yahoo.fr",
            "yahoo.es",
            "yahoo.co.uk",
        ],
        mx: &["yahoodns.net"],
        imap: ("imap.mail.yahoo.com", 993, Tls),
        smtp: ("smtp.mail.yahoo.com", 465, Tls),
        auth: EITHER,
        hint: Some(YAHOO),
        sure: true,
    },
    Provider {
        name: "AOL",
        domains: &["aol.com", "aim.com"],
        mx: &[],
        imap: ("imap.aol.com", 993, Tls),
        smtp: ("smtp.aol.com", 465, Tls),
        auth: EITHER,
        hint: Some(AOL),
        sure: true,
    },
    Provider {
        name: "GMX",
        domains: &[
            "gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.eu", "gmx.org", "gmx.info", "gmx.biz",
        ],
        mx: &["gmx.net"],
        imap: ("imap.gmx.net", 993, Tls),
        smtp: ("mail.gmx.net", 465, Tls),
        auth: PASSWORD,
        hint: Some(SWITCH_ON),
        sure: true,
    },
    Provider {
        name: "WEB.DE",
        domains: &["web.de"],
        mx: &["web.de"],
        imap: ("imap.web.de", 993, Tls),
        smtp: ("smtp.web.de", 465, Tls),
        auth: PASSWORD,
        hint: Some(SWITCH_ON),
        sure: true,
    },
    Provider {
        name: "Posteo",
        domains: &[
            "posteo.de",
            "posteo.net",
            "posteo.org",
            "posteo.eu",
            "posteo.at",
            "posteo.ch",
        ],
        mx: &["posteo.de"],
        imap: ("posteo.de", 993, Tls),
        smtp: ("posteo.de", 465, Tls),
        auth: PASSWORD,
        hint: None,
        sure: true,
    },
    Provider {
        name: "T-Online",
        domains: &["t-online.de"],
        mx: &["t-online.de"],
        imap: ("secureimap.t-online.de", 993, Tls),
        smtp: ("securesmtp.t-online.de", 465, Tls),
        auth: PASSWORD,
        hint: Some("T-Online wants its own e-mail password here, made in the customer centre."),
        sure: true,
    },
    Provider {
        name: "Zoho Mail",
        domains: &["zoho.com", "zohomail.com"],
        mx: &["zoho.com"],
        imap: ("imap.zoho.com", 993, Tls),
        smtp: ("smtp.zoho.com", 465, Tls),
        auth: PASSWORD,
        hint: Some(SWITCH_ON),
        sure: true,
    },
    Provider {
        name: "Zoho Mail (EU)",
        domains: &["zoho.eu", "zohomail.eu"],
        mx: &["zoho.eu"],
        imap: ("imap.zoho.eu", 993, Tls),
        smtp: ("smtp.zoho.eu", 465, Tls),
        auth: PASSWORD,
        hint: Some(SWITCH_ON),
        sure: true,
    },
    Provider {
        name: "Fastmail",
        domains: &[
            "fastmail.com",
            "fastmail.fm",
            "fastmail.net",
            "fastmail.org",
            "fastmail.de",
            "fastmail.co.uk",
        ],
        mx: &["messagingengine.com"],
        imap: ("imap.fastmail.com", 993, Tls),
        smtp: ("smtp.fastmail.com", 465, Tls),
        auth: EITHER,
        hint: Some(FASTMAIL),
        sure: true,
    },
    Provider {
        name: "Arnes",
        domains: &["arnes.si", "guest.arnes.si"],
        mx: &[],
        imap: ("mail.arnes.si", 993, Tls),
        smtp: ("mail.arnes.si", 465, Tls),
        auth: PASSWORD,
        hint: None,
        sure: false,
    },
    Provider {
        name: "Siol (Telekom Slovenije)",
        domains: &["siol.net", "siol.com", "siol.si"],
        mx: &["siol.net"],
        imap: ("mail.siol.net", 993, Tls),
        smtp: ("mail.siol.net", 465, Tls),
        auth: PASSWORD,
        hint: None,
        sure: false,
    },
    Provider {
        name: "T-2",
        domains: &["t-2.net", "t-2.si"],
        mx: &["t-2.net"],
        imap: ("mail.t-2.net", 993, Tls),
        smtp: ("mail.t-2.net", 465, Tls),
        auth: PASSWORD,
        hint: None,
        sure: false,
    },
    Provider {
        name: "Telemach",
        domains: &["telemach.net", "telemach.si", "amis.net"],
        mx: &["telemach.net", "amis.net"],
        imap: ("mail.telemach.net", 993, Tls),
        smtp: ("mail.telemach.net", 465, Tls),
        auth: PASSWORD,
        hint: None,
        sure: false,
    },
];

const AOL: &str =
    "AOL wants an app password here: make one under Account Security on its web site.";

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
