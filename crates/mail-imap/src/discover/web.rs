//! Settings files over https.

use futures::future::join_all;
use reqwest::header::{CONTENT_TYPE, HOST, LOCATION};
use reqwest::{Method, StatusCode, Url};

use super::{Candidate, ClientConfig, Net, Person, Source, autodiscover as pox};

/// The largest answer that is read; what is larger is no settings file.
const LIMIT: usize = 256 << 10;
/// Providers redirect to their hosting company, which redirects to its file.
const REDIRECTS: usize = 3;

/// The domain's own autoconfig file, from either of its two places.
///
/// Only the first place gets the whole address, as the draft has it: a host of the domain may answer per mailbox.
pub(super) async fn autoconfig(person: &Person, net: &Net) -> Vec<Candidate> {
    let domain = &person.domain;
    let mut with_address = Url::parse(&format!("https://autoconfig.{domain}/mail/config-v1.1.xml"));
    if let Ok(url) = &mut with_address {
        url.query_pairs_mut()
            .append_pair("emailaddress", &person.email);
    }
    let well_known = Url::parse(&format!(
        "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"
    ));
    first_config(
        [with_address, well_known].into_iter().flatten().collect(),
        person,
        Source::Autoconfig,
        net,
    )
    .await
}

/// Mozilla's database, by domain.
pub(super) async fn ispdb(person: &Person, net: &Net) -> Vec<Candidate> {
    let url = Url::parse(&format!("{}{}", net.ispdb, person.domain));
    first_config(url.into_iter().collect(), person, Source::Ispdb, net).await
}

/// The autoconfig file and the ISPDB entry of whoever receives the domain's mail. They learn the domain, not the address.
pub(super) async fn of_mx_owner(person: &Person, owner: &str, net: &Net) -> Vec<Candidate> {
    let urls = [
        Url::parse(&format!("https://autoconfig.{owner}/mail/config-v1.1.xml")),
        Url::parse(&format!("{}{owner}", net.ispdb)),
    ];
    first_config(
        urls.into_iter().flatten().collect(),
        person,
        Source::Mx,
        net,
    )
    .await
}

/// The domain's own autodiscover, from either of its two places.
pub(super) async fn autodiscover(person: &Person, net: &Net) -> Vec<Candidate> {
    let domain = &person.domain;
    let urls = [
        Url::parse(&format!(
            "https://autodiscover.{domain}/autodiscover/autodiscover.xml"
        )),
        Url::parse(&format!("https://{domain}/autodiscover/autodiscover.xml")),
    ];
    let asked = urls
        .into_iter()
        .flatten()
        .map(|url| fetch(url, Some(pox::request(person)), net));
    for answer in join_all(asked).await.into_iter().flatten() {
        let candidates = pox::candidates(&answer, person);
        if !candidates.is_empty() {
            return candidates;
        }
    }
    Vec::new()
}

/// Fetches all at once and takes the first, in this order, that offers something.
async fn first_config(
    urls: Vec<Url>,
    person: &Person,
    source: Source,
    net: &Net,
) -> Vec<Candidate> {
    let answers = join_all(urls.into_iter().map(|url| fetch(url, None, net))).await;
    answers
        .into_iter()
        .flatten()
        .filter_map(|answer| ClientConfig::read(&answer))
        .map(|config| config.candidates(person, source))
        .find(|candidates| !candidates.is_empty())
        .unwrap_or_default()
}

/// One answer with status 200, redirects followed. Whatever goes wrong is nothing found: the next source is asked anyway.
async fn fetch(mut url: Url, post: Option<String>, net: &Net) -> Option<Vec<u8>> {
    for _hop in 0..=REDIRECTS {
        // A redirect to http would show the request to everyone on the way; one with a password is somebody's trick.
        if url.scheme() != "https" || !url.username().is_empty() {
            return None;
        }
        let answer = send(&url, post.as_deref(), net).await;
        let mut answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                tracing::debug!(host = url.host_str(), error = %error.without_url(), "no settings here");
                return None;
            }
        };
        if answer.status() == StatusCode::OK {
            return body(&mut answer).await;
        }
        // A POST carries the address: it is not repeated to where somebody points.
        if !answer.status().is_redirection() || post.is_some() {
            return None;
        }
        url = url
            .join(answer.headers().get(LOCATION)?.to_str().ok()?)
            .ok()?;
    }
    None
}

async fn send(
    url: &Url,
    post: Option<&str>,
    net: &Net,
) -> Result<reqwest::Response, reqwest::Error> {
    let mut target = url.clone();
    let mut host = None;
    if let Some(simulated) = &net.simulated {
        host = url.host_str().map(str::to_owned);
        let local = format!("http://{}{}", simulated.web, url.path());
        if let Ok(local) = Url::parse(&local) {
            target = local;
            target.set_query(url.query());
        }
    }
    let mut request = match post {
        Some(body) => net
            .client
            .request(Method::POST, target)
            .header(CONTENT_TYPE, "text/xml; charset=utf-8")
            .body(body.to_owned()),
        None => net.client.request(Method::GET, target),
    };
    if let Some(host) = host {
        request = request.header(HOST, host);
    }
    request.timeout(net.step).send().await
}

async fn body(answer: &mut reqwest::Response) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if bytes.len().saturating_add(chunk.len()) > LIMIT {
            return None;
        }
        bytes.extend_from_slice(&chunk);
    }
    Some(bytes)
}
