//! SRV and MX records. DNS answers are not signed here, so what they name outside the domain must be confirmed.

use futures::future::join;
use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::RData;
use kontor_model::Security;

use super::{Candidate, Net, Person, Source, endpoint, host, table, web};

/// SRV records (RFC 6186, RFC 8314): TLS before STARTTLS, then by priority and weight.
pub(super) async fn srv(person: &Person, net: &Net) -> Vec<Candidate> {
    let Some(resolver) = &net.resolver else {
        return Vec::new();
    };
    let ask = async |implicit: &str, starttls: &str| {
        let (implicit, starttls) = join(
            records(resolver, implicit, &person.domain),
            records(resolver, starttls, &person.domain),
        )
        .await;
        let implicit = implicit
            .into_iter()
            .map(|(host, port)| endpoint(host, port, Security::Tls));
        let starttls = starttls
            .into_iter()
            .map(|(host, port)| endpoint(host, port, Security::Starttls));
        implicit.chain(starttls).collect::<Vec<_>>()
    };
    let (imap, smtp) = join(
        ask("_imaps._tcp", "_imap._tcp"),
        ask("_submissions._tcp", "_submission._tcp"),
    )
    .await;
    let smtp = smtp.into_iter().next();
    let candidate = |imap| Candidate {
        imap,
        smtp: smtp.clone(),
        username: person.email.clone(), // RFC 6186 §4: the whole address is tried first
        auth: Vec::new(),
        source: Source::Srv,
        provider: None,
        confirm: None,
        hint: None,
    };
    imap.into_iter().map(candidate).collect()
}

async fn records(resolver: &TokioResolver, service: &str, domain: &str) -> Vec<(String, u16)> {
    // The final dot: the search list of this computer has no say in it.
    let Ok(answer) = resolver.srv_lookup(format!("{service}.{domain}.")).await else {
        return Vec::new();
    };
    let mut found: Vec<(u16, u16, String, u16)> = Vec::new();
    for record in answer.answers() {
        let RData::SRV(srv) = &record.data else {
            continue;
        };
        // The target "." means "not offered here" (RFC 2782); it is no host name, so it falls away.
        if let Some(host) = host(&srv.target.to_ascii()).filter(|_| srv.port != 0) {
            found.push((
                srv.priority,
                u16::MAX.saturating_sub(srv.weight),
                host,
                srv.port,
            ));
        }
    }
    found.sort();
    found
        .into_iter()
        .map(|(_, _, host, port)| (host, port))
        .collect()
}

/// Whoever receives the domain's mail mostly keeps it too.
pub(super) async fn mx(person: &Person, net: &Net) -> Vec<Candidate> {
    let Some(resolver) = &net.resolver else {
        return Vec::new();
    };
    let Ok(answer) = resolver.mx_lookup(format!("{}.", person.domain)).await else {
        return Vec::new();
    };
    let mut found: Vec<(u16, String)> = Vec::new();
    for record in answer.answers() {
        let RData::MX(mx) = &record.data else {
            continue;
        };
        if let Some(host) = host(&mx.exchange.to_ascii()) {
            found.push((mx.preference, host));
        }
    }
    let Some((_, first)) = found.into_iter().min() else {
        return Vec::new();
    };
    if let Some(provider) = table::by_mx(&first) {
        return vec![provider.candidate(person, Source::Mx)];
    }
    for owner in owners(&first) {
        if owner == person.domain {
            continue; // asked already
        }
        let candidates = web::of_mx_owner(person, &owner, net).await;
        if !candidates.is_empty() {
            return candidates;
        }
    }
    Vec::new()
}

/// True when no name server answers at all, not even that there is no such name: this computer is offline.
pub(super) async fn is_silent(person: &Person, net: &Net) -> bool {
    let Some(resolver) = &net.resolver else {
        return false;
    };
    let answer = resolver.mx_lookup(format!("{}.", person.domain)).await;
    answer.is_err_and(|e| !e.is_no_records_found() && !e.is_nx_domain())
}

/// Domains a mail exchanger may belong to: its name without the first label, and the registrable one.
///
/// The public suffix list would say it exactly; two labels, three below endings such as `co.uk`, are right for hosting
/// companies, and a wrong one only costs a request that finds nothing.
fn owners(mx: &str) -> Vec<String> {
    let labels: Vec<&str> = mx.split('.').collect();
    let keep: usize = match labels.as_slice() {
        [.., second, top]
            if top.len() == 2
                && matches!(
                    *second,
                    "co" | "com" | "net" | "org" | "gov" | "ac" | "edu" | "or" | "ne"
                ) =>
        {
            3
        }
        _ => 2,
    };
    let last = |count: usize| -> Option<String> {
        let start = labels.len().checked_sub(count)?;
        labels.get(start..).map(|rest| rest.join("."))
    };
    let mut owners = Vec::new();
    if labels.len() > keep.saturating_add(1) {
        owners.extend(last(labels.len().saturating_sub(1)));
    }
    owners.extend(last(keep));
    owners
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::owners;

    #[rstest]
    #[case("mx1.hosting.si", &["hosting.si"])]
    #[case("mx.mail.hosting.si", &["mail.hosting.si", "hosting.si"])]
    #[case("mx1.hosting.co.uk", &["hosting.co.uk"])]
    #[case("hosting.si", &["hosting.si"])]
    #[case("co.uk", &[])]
    fn who_owns_an_exchanger(#[case] mx: &str, #[case] want: &[&str]) {
        assert_eq!(owners(mx), want, "the nearest first, never a bare ending");
    }
}
