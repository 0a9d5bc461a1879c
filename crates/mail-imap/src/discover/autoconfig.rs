//! Mozilla's autoconfig format, clientConfig 1.1 (draft-ietf-mailmaint-autoconfig).

use kontor_model::{Endpoint, Security};

use super::{Auth, Candidate, Person, Source, endpoint, host, xml};

/// How a server is protected, as the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Socket {
    /// `SSL`: TLS from the first byte.
    Ssl,
    /// `STARTTLS`.
    Starttls,
    /// `plain`, or anything unknown: read, and never offered.
    Plain,
}

/// One server of a file, as it says, placeholders and all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    /// `imap`, `pop3`, `smtp`, `exchange`, …
    pub kind: String,
    /// Host name.
    pub hostname: String,
    /// TCP port, 0 when the file gives none that can be read.
    pub port: u16,
    /// Protection.
    pub socket: Socket,
    /// Login name with placeholders such as `%EMAILADDRESS%`.
    pub username: String,
    /// `authentication` entries in order, the file's own words.
    pub authentication: Vec<String>,
}

/// A provider file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientConfig {
    /// `displayName`, the full one before the short one.
    pub display_name: Option<String>,
    /// `domain` entries.
    pub domains: Vec<String>,
    /// `incomingServer` entries in order of preference.
    pub incoming: Vec<MailServer>,
    /// `outgoingServer` entries in order of preference.
    pub outgoing: Vec<MailServer>,
}

impl ClientConfig {
    /// Reads a file; `None` when it is no clientConfig. Unknown elements are passed over, DTDs and entities refused.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let root = xml::read(bytes).filter(|root| root.name == "clientConfig")?;
        let provider = root.child("emailProvider")?;
        let name = [
            provider.text_of("displayName"),
            provider.text_of("displayShortName"),
        ];
        Some(Self {
            display_name: name
                .into_iter()
                .find(|text| !text.is_empty())
                .map(str::to_owned),
            domains: provider
                .all("domain")
                .map(|domain| domain.text.clone())
                .collect(),
            incoming: provider.all("incomingServer").map(server).collect(),
            outgoing: provider.all("outgoingServer").map(server).collect(),
        })
    }

    /// What the file means for one person: an entry for each protected IMAP server, in the file's order.
    pub(super) fn candidates(&self, person: &Person, source: Source) -> Vec<Candidate> {
        let outgoing: Vec<(Endpoint, String)> = self
            .outgoing
            .iter()
            .filter(|server| server.kind == "smtp" && server.wants_sign_in())
            .filter_map(|server| Some((server.endpoint(person)?, server.username(person))))
            .collect();
        let mut candidates = Vec::new();
        for server in self.incoming.iter().filter(|server| server.kind == "imap") {
            let Some(imap) = server.endpoint(person) else {
                continue;
            };
            let username = server.username(person);
            let same_name = outgoing.iter().find(|(_, name)| *name == username);
            let smtp = same_name.or_else(|| outgoing.first());
            // An account has one username. Where the two halves differ it is the local part against the whole
            // address, and servers that want the local part take the whole address too (iCloud).
            let username = match smtp {
                Some((_, name)) if *name != username && *name == person.email => name.clone(),
                _ => username,
            };
            candidates.push(Candidate {
                imap,
                smtp: smtp.map(|(endpoint, _)| endpoint.clone()),
                username,
                auth: server
                    .authentication
                    .iter()
                    .map(|word| auth(word))
                    .collect(),
                source,
                provider: self.display_name.clone(),
                confirm: None,
                hint: None,
            });
        }
        candidates
    }
}

impl MailServer {
    /// Where it is for this person; `None` when unprotected or not a usable name.
    fn endpoint(&self, person: &Person) -> Option<Endpoint> {
        let security = match self.socket {
            Socket::Ssl => Security::Tls,
            Socket::Starttls => Security::Starttls,
            Socket::Plain => return None,
        };
        let host = host(&fill(&self.hostname, person)?)?;
        (self.port != 0).then(|| endpoint(host, self.port, security))
    }

    fn username(&self, person: &Person) -> String {
        // Nothing, or a placeholder we cannot fill (%REALNAME%): the address is what most servers want.
        fill(&self.username, person)
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| person.email.clone())
    }

    /// False for servers that know their customers by network address only.
    fn wants_sign_in(&self) -> bool {
        self.authentication.is_empty()
            || self
                .authentication
                .iter()
                .any(|word| !matches!(word.as_str(), "none" | "client-IP-address"))
    }
}

fn server(element: &xml::Element) -> MailServer {
    MailServer {
        kind: element.attribute("type").to_ascii_lowercase(),
        hostname: element.text_of("hostname").to_owned(),
        port: element.text_of("port").parse().unwrap_or(0),
        socket: match element.text_of("socketType") {
            "SSL" => Socket::Ssl,
            "STARTTLS" => Socket::Starttls,
            _ => Socket::Plain,
        },
        username: element.text_of("username").to_owned(),
        authentication: element
            .all("authentication")
            .map(|auth| auth.text.clone())
            .collect(),
    }
}

/// The file's words; `plain` and `secure` are those of version 1.0.
fn auth(word: &str) -> Auth {
    match word {
        "password-cleartext" | "plain" => Auth::Password,
        "OAuth2" => Auth::OAuth2,
        other => Auth::Other(other.to_owned()),
    }
}

/// Fills in the placeholders; `None` when one is left.
fn fill(text: &str, person: &Person) -> Option<String> {
    let filled = text
        .replace("%EMAILADDRESS%", &person.email)
        .replace("%EMAILLOCALPART%", &person.local)
        .replace("%EMAILDOMAIN%", &person.domain);
    // A local part may hold a % of its own; only what looks like a placeholder counts.
    let left = ["%REALNAME%", "%EMAIL"]
        .iter()
        .any(|word| text.contains(word) && filled.contains(word));
    (!left).then_some(filled)
}

#[cfg(test)]
#[path = "autoconfig_tests.rs"]
mod tests;
