//! Guessing: where one would put a mail server, is there one, and is its certificate good?

use futures::stream::{FuturesOrdered, StreamExt as _};
use kontor_mail::provider::Fault;
use kontor_model::{Endpoint, Security};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::table::Provider;
use super::{Candidate, Net, Person, Source, endpoint};
use crate::smtp::{self, Line, Timeouts};
use crate::tls;

/// Which language is spoken.
#[derive(Clone, Copy)]
enum Kind {
    Imap,
    Smtp,
}

/// The domain's likely hosts, TLS before STARTTLS.
pub(super) async fn guess(person: &Person, net: &Net) -> Vec<Candidate> {
    let places = |hosts: [String; 3], tls: u16, starttls: u16| {
        let first = hosts.clone().map(|host| endpoint(host, tls, Security::Tls));
        let then = hosts.map(|host| endpoint(host, starttls, Security::Starttls));
        first.into_iter().chain(then).collect::<Vec<_>>()
    };
    let domain = &person.domain;
    let hosts = |first: &str| {
        [
            format!("{first}.{domain}"),
            format!("mail.{domain}"),
            domain.clone(),
        ]
    };
    let (imap, smtp) = futures::join!(
        first_open(places(hosts("imap"), 993, 143), Kind::Imap, net),
        first_open(places(hosts("smtp"), 465, 587), Kind::Smtp, net),
    );
    let candidate = |imap| Candidate {
        imap,
        smtp,
        username: person.email.clone(),
        auth: Vec::new(),
        source: Source::Guess,
        provider: None,
        confirm: None,
        hint: None,
    };
    imap.map(candidate).into_iter().collect()
}

/// A table entry that may be out of date: offered only when its servers answer.
pub(super) async fn known(person: &Person, provider: &Provider, net: &Net) -> Vec<Candidate> {
    let mut candidate = provider.candidate(person, Source::Table);
    let smtp = candidate.smtp.take();
    let (imap, smtp) = futures::join!(
        first_open(vec![candidate.imap.clone()], Kind::Imap, net),
        first_open(smtp.into_iter().collect(), Kind::Smtp, net),
    );
    candidate.smtp = smtp;
    imap.map(|_| candidate).into_iter().collect()
}

/// Knocks everywhere at once; the first in order that opens wins, without waiting for those after it.
async fn first_open(places: Vec<Endpoint>, kind: Kind, net: &Net) -> Option<Endpoint> {
    let mut knocks: FuturesOrdered<_> = places
        .into_iter()
        .map(|place| async move {
            let opened = timeout(net.step, knock(&place, kind, net)).await;
            matches!(opened, Ok(Ok(()))).then_some(place)
        })
        .collect();
    while let Some(answer) = knocks.next().await {
        if answer.is_some() {
            return answer;
        }
    }
    None
}

/// Succeeds when the right kind of server is there with a good certificate. Nothing of the person is said.
async fn knock(place: &Endpoint, kind: Kind, net: &Net) -> Result<(), Fault> {
    let tcp = net.connect(&place.host, place.port).await?;
    match kind {
        Kind::Smtp => {
            let timeouts = Timeouts {
                tls: net.step,
                command: net.step,
                ..Timeouts::default()
            };
            let (mut line, _hello) =
                smtp::connect::open_on(tcp, place, net.config.clone(), &timeouts).await?;
            line.goodbye().await;
            Ok(())
        }
        Kind::Imap => knock_imap(tcp, place, net).await,
    }
}

async fn knock_imap(tcp: TcpStream, place: &Endpoint, net: &Net) -> Result<(), Fault> {
    match place.security {
        Security::Tls => {
            let mut line = Line::new(
                tls::protect(tcp, &place.host, net.config.clone()).await?,
                &place.host,
            );
            imap_greeting(&mut line, net).await
        }
        Security::Starttls => {
            let mut line = Line::new(tcp, &place.host);
            imap_greeting(&mut line, net).await?;
            line.say(b"k STARTTLS\r\n", net.step)
                .await
                .map_err(|broken| broken.fault())?;
            loop {
                let answer = line.text(net.step).await.map_err(|broken| broken.fault())?;
                match answer.strip_prefix("k ") {
                    Some(rest) if rest.to_ascii_uppercase().starts_with("OK") => break,
                    Some(_) => {
                        return Err(Fault::Tls(format!(
                            "{} does not offer protection.",
                            place.host
                        )));
                    }
                    None => {}
                }
            }
            let (tcp, unread) = line.into_parts();
            if !unread.is_empty() {
                return Err(Fault::Tls(format!(
                    "Somebody slipped text into the connection to {}.",
                    place.host
                )));
            }
            tls::protect(tcp, &place.host, net.config.clone())
                .await
                .map(drop)
        }
    }
}

async fn imap_greeting<S: AsyncRead + AsyncWrite + Unpin>(
    line: &mut Line<S>,
    net: &Net,
) -> Result<(), Fault> {
    let greeting = line.text(net.step).await.map_err(|broken| broken.fault())?;
    if greeting.to_ascii_uppercase().starts_with("* OK") {
        return Ok(());
    }
    Err(Fault::Protocol(format!(
        "{} does not speak IMAP.",
        line.host()
    )))
}
