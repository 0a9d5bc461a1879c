//! From a mail address to the servers behind it, so that nobody has to know what a port is.
//!
//! Asked at once, believed in this order (`Source`): the built-in table, the domain's own autoconfig file, Mozilla's
//! ISPDB, SRV records, the domain's own autodiscover, the MX records' owner, and guessing by knocking. The first good
//! answer by that order wins; the others that came in time are further candidates.
//!
//! What is never done: asking over plain http; sending the whole address to anyone but the domain's own hosts; offering
//! a connection without TLS; offering a server outside the address's domain without saying so, unless the table or the
//! ISPDB names it (DNS answers are not signed, and a password would go where they point).

mod autoconfig;
mod autodiscover;
mod dns;
mod knock;
mod net;
mod table;
mod web;
mod xml;

use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use kontor_model::{Endpoint, Security, ServerSettings};

use crate::smtp::address;

pub use autoconfig::{ClientConfig, MailServer, Socket};
pub use net::{Net, Simulated};

/// Who said so, in the order they are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Kontor's own table of well-known providers.
    Table,
    /// The domain's own autoconfig file, over https.
    Autoconfig,
    /// Mozilla's database of providers.
    Ispdb,
    /// SRV records of the domain (RFC 6186, RFC 8314).
    Srv,
    /// The domain's own Microsoft autodiscover, over https.
    Autodiscover,
    /// Whoever receives the domain's mail (MX), by the table or by their autoconfig.
    Mx,
    /// Nobody: servers that answered where one would put them.
    Guess,
}

impl Source {
    /// Returns the stable name, as printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Autoconfig => "autoconfig",
            Self::Ispdb => "ispdb",
            Self::Srv => "srv",
            Self::Autodiscover => "autodiscover",
            Self::Mx => "mx",
            Self::Guess => "guess",
        }
    }
}

/// A way of signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// A password, inside TLS.
    Password,
    /// OAuth 2.
    OAuth2,
    /// Anything else, by the source's own word.
    Other(String),
}

/// One complete set of servers that may be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Where mail is read.
    pub imap: Endpoint,
    /// Where mail is submitted, where the source says.
    pub smtp: Option<Endpoint>,
    /// The login name.
    pub username: String,
    /// Ways of signing in, best first; empty when the source does not say.
    pub auth: Vec<Auth>,
    /// Who said so.
    pub source: Source,
    /// The provider's name, where the source gives one.
    pub provider: Option<String>,
    /// A sentence the person must agree to before a password is sent there: a server lies outside the domain.
    pub confirm: Option<String>,
    /// A sentence about signing in at this provider (app passwords and the like).
    pub hint: Option<String>,
}

impl Candidate {
    /// The settings as an account keeps them.
    #[must_use]
    pub fn settings(&self, ca_pem: Option<String>) -> ServerSettings {
        ServerSettings {
            imap: self.imap.clone(),
            smtp: self.smtp.clone(),
            username: self.username.clone(),
            ca_pem,
        }
    }

    /// True when a password may do; false when the source offers other ways only.
    #[must_use]
    pub fn takes_password(&self) -> bool {
        self.auth.is_empty() || self.auth.contains(&Auth::Password)
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Best first; empty when nothing was found.
    pub candidates: Vec<Candidate>,
    /// A sentence for the person, where there is something to say.
    pub note: Option<String>,
    /// Nothing was found because nobody could be asked: there is no network.
    pub offline: bool,
}

/// The person whose servers are looked for.
#[derive(Clone, Debug)]
struct Person {
    /// The whole address, its domain in ASCII.
    email: String,
    local: String,
    /// Lower case, ASCII.
    domain: String,
}

impl Person {
    fn read(email: &str) -> Result<Self, String> {
        let address = address::wire(email.trim())?;
        let domain = address.domain().to_ascii_lowercase();
        if !is_host(&domain) {
            return Err(format!(
                "\"{email}\" is not an address: there is no such domain name"
            ));
        }
        Ok(Self {
            email: format!("{}@{domain}", address.user()),
            local: address.user().to_owned(),
            domain,
        })
    }

    /// True when the host belongs to the address's own domain.
    fn owns(&self, host: &str) -> bool {
        host == self.domain
            || host
                .strip_suffix(self.domain.as_str())
                .is_some_and(|rest| rest.ends_with('.'))
    }
}

/// Looks for the servers of an address. Takes at most some ten seconds; never fails, at worst finds nothing.
pub async fn discover(email: &str, net: &Net) -> Discovery {
    let person = match Person::read(email) {
        Ok(person) => person,
        Err(why) => {
            return Discovery {
                candidates: Vec::new(),
                note: Some(format!("The text {why}.")),
                offline: false,
            };
        }
    };
    let known = table::by_domain(&person.domain);
    if let Some(provider) = known.filter(|provider| provider.sure) {
        return finish(&person, vec![provider.candidate(&person, Source::Table)]);
    }
    let who = &person;
    let mut asked: Vec<(Source, BoxFuture<'_, Vec<Candidate>>)> = vec![
        (Source::Autoconfig, Box::pin(web::autoconfig(who, net))),
        (Source::Ispdb, Box::pin(web::ispdb(who, net))),
        (Source::Srv, Box::pin(dns::srv(who, net))),
        (Source::Autodiscover, Box::pin(web::autodiscover(who, net))),
        (Source::Mx, Box::pin(dns::mx(who, net))),
        (Source::Guess, Box::pin(knock::guess(who, net))),
    ];
    if let Some(provider) = known {
        asked.push((Source::Table, Box::pin(knock::known(who, provider, net))));
    }
    let candidates = first_good(asked, net.total).await;
    if candidates.is_empty() && dns::is_silent(who, net).await {
        return Discovery {
            candidates,
            note: Some(
                "There is no network here, so nobody could be asked for the mail servers. Try again when there is one, or \
                 enter the names of the IMAP and SMTP servers by hand."
                    .to_owned(),
            ),
            offline: true,
        };
    }
    finish(&person, candidates)
}

/// Asks all at once, until the best possible answer is in: one whose betters have all answered with nothing.
async fn first_good(
    asked: Vec<(Source, BoxFuture<'_, Vec<Candidate>>)>,
    limit: Duration,
) -> Vec<Candidate> {
    let mut waiting: Vec<Source> = asked.iter().map(|(source, _)| *source).collect();
    let mut answers: FuturesUnordered<_> = asked
        .into_iter()
        .map(|(source, answer)| async move { (source, answer.await) })
        .collect();
    let mut found: Vec<Candidate> = Vec::new();
    let collect = async {
        while let Some((source, candidates)) = answers.next().await {
            waiting.retain(|other| *other != source);
            found.extend(candidates);
            // A candidate that cannot send is not what one wants while a complete one may still come.
            let complete = found.iter().filter(|c| c.smtp.is_some());
            let best = complete.map(|c| c.source).min();
            if best.is_some_and(|best| waiting.iter().all(|other| *other > best)) {
                break;
            }
        }
    };
    // Time is up: what has come by now is what there is.
    drop(tokio::time::timeout(limit, collect).await);
    found
}

/// Sorts, drops doubles, marks what must be confirmed, and says what is worth saying.
fn finish(person: &Person, mut candidates: Vec<Candidate>) -> Discovery {
    candidates.sort_by_key(|c| (c.smtp.is_none(), c.source));
    let mut unique: Vec<Candidate> = Vec::new();
    for mut candidate in candidates {
        let known = |u: &Candidate| {
            u.imap == candidate.imap
                && u.username == candidate.username
                && (u.smtp == candidate.smtp || candidate.smtp.is_none())
        };
        if unique.iter().any(known) {
            continue;
        }
        if candidate.confirm.is_none() {
            candidate.confirm = outside(person, &candidate);
        }
        if candidate.hint.is_none() && !candidate.takes_password() {
            candidate.hint = Some(format!(
                "{} does not let mail programs sign in with the usual password. Look on its web site for an app password.",
                candidate
                    .provider
                    .as_deref()
                    .unwrap_or(&candidate.imap.host)
            ));
        }
        unique.push(candidate);
    }
    let note = match unique.first() {
        None => Some(format!(
            "No mail servers were found for {}. Ask your provider for the names of its IMAP and SMTP servers and enter \
             them by hand.",
            person.domain
        )),
        Some(first) if first.source == Source::Guess => Some(format!(
            "{} publishes no settings; these servers answered where one would look for them.",
            person.domain
        )),
        Some(_) => None,
    };
    Discovery {
        candidates: unique,
        note,
        offline: false,
    }
}

fn outside(person: &Person, candidate: &Candidate) -> Option<String> {
    if matches!(candidate.source, Source::Table | Source::Ispdb) {
        return None;
    }
    let smtp = candidate.smtp.as_ref().map(|e| e.host.as_str());
    let mut hosts: Vec<&str> = [Some(candidate.imap.host.as_str()), smtp]
        .into_iter()
        .flatten()
        .filter(|host| !person.owns(host))
        .collect();
    hosts.dedup();
    (!hosts.is_empty()).then(|| {
        format!(
            "{} does not belong to {}. Enter your password only if you know that your mail is kept there.",
            hosts.join(" and "),
            person.domain
        )
    })
}

/// True for a full host name: letters, digits and inner hyphens, at least one dot, no address.
fn is_host(name: &str) -> bool {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(label)
        && name
            .rsplit('.')
            .next()
            .is_some_and(|last| !last.bytes().all(|b| b.is_ascii_digit()))
}

/// A host as a source wrote it, brought into the form everything else compares; `None` when it is none.
fn host(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    let ascii = if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        idna::domain_to_ascii(text).ok()?
    };
    is_host(&ascii).then_some(ascii)
}

fn endpoint(host: impl Into<String>, port: u16, security: Security) -> Endpoint {
    Endpoint {
        host: host.into(),
        port,
        security,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Person, host, is_host};

    #[rstest]
    #[case("imap.example.com", true)]
    #[case("a_b.example.com", true)]
    #[case("localhost", false)]
    #[case("127.0.0.1", false)]
    #[case("-a.example.com", false)]
    #[case("a..example.com", false)]
    #[case("exam ple.com", false)]
    #[case("", false)]
    fn host_names(#[case] name: &str, #[case] want: bool) {
        assert_eq!(
            is_host(name),
            want,
            "only full public-looking names are ever asked"
        );
    }

    #[test]
    fn hosts_are_brought_into_one_form() {
        assert_eq!(
            host(" IMAP.Example.COM. ").as_deref(),
            Some("imap.example.com")
        );
        assert_eq!(
            host("imap.čebela.si").as_deref(),
            Some("imap.xn--ebela-gya.si")
        );
    }

    #[rstest]
    #[case("example.com", true)]
    #[case("imap.example.com", true)]
    #[case("imap.notexample.com", false)]
    #[case("example.com.evil.net", false)]
    fn whose_host_it_is(#[case] host: &str, #[case] want: bool) {
        let person = Person::read("ana@Example.com").unwrap();
        assert_eq!(
            person.owns(host),
            want,
            "a look-alike is not the domain itself"
        );
    }
}
