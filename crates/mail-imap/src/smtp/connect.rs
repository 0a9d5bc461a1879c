//! From a host name to a line that is encrypted, greeted and signed in.

use std::sync::Arc;

use kontor_auth::Secret;
use kontor_mail::provider::Fault;
use kontor_model::{Endpoint, Security};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::{Auth, Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use zeroize::Zeroizing;

use super::hello::Hello;
use super::line::{Line, Reply};
use super::{Smtp, Timeouts};
use crate::{dial, tls};

/// Connects, encrypts and greets. Nothing but EHLO and STARTTLS is ever said in the clear.
pub(super) async fn open(smtp: &Smtp<'_>) -> Result<(Line<TlsStream<TcpStream>>, Hello), Fault> {
    let Some(endpoint) = &smtp.settings.smtp else {
        return Err(Fault::Refused(
            "This account only reads mail: no server for sending is set in its settings."
                .to_owned(),
        ));
    };
    let config = smtp.tls.client(smtp.settings.ca_pem.as_deref())?;
    let tcp = dial::tcp(&endpoint.host, endpoint.port).await?;
    open_on(tcp, endpoint, config, &smtp.timeouts).await
}

/// [`open`] on a stream that is connected already.
pub(crate) async fn open_on(
    tcp: TcpStream,
    endpoint: &Endpoint,
    config: Arc<ClientConfig>,
    timeouts: &Timeouts,
) -> Result<(Line<TlsStream<TcpStream>>, Hello), Fault> {
    let host = endpoint.host.as_str();
    let mut line = match endpoint.security {
        Security::Tls => {
            let mut line = Line::new(protect(tcp, host, config, timeouts).await?, host);
            greeting(&mut line, timeouts).await?;
            line
        }
        Security::Starttls => {
            let mut line = Line::new(tcp, host);
            greeting(&mut line, timeouts).await?;
            let hello = ehlo(&mut line, timeouts).await?;
            let tcp = starttls(line, &hello, timeouts).await?;
            Line::new(protect(tcp, host, config, timeouts).await?, host)
        }
    };
    // What was said before STARTTLS is forgotten: anybody could have said it (RFC 3207 §4.2).
    let hello = ehlo(&mut line, timeouts).await?;
    Ok((line, hello))
}

/// Signs in by PLAIN, or by LOGIN where that is all there is.
pub(super) async fn sign_in<S: AsyncRead + AsyncWrite + Unpin>(
    line: &mut Line<S>,
    hello: &Hello,
    smtp: &Smtp<'_>,
) -> Result<(), Fault> {
    let host = line.host().to_owned();
    let (user, password, timeouts) = (
        smtp.settings.username.as_str(),
        smtp.password,
        &smtp.timeouts,
    );
    if user.contains('\0') || password.expose().contains('\0') {
        return Err(Fault::SignIn(format!(
            "The username or password for {host} holds a NUL character, which no sign-in can carry. Enter it again."
        )));
    }
    let offered: Vec<Mechanism> = [Mechanism::Plain, Mechanism::Login]
        .into_iter()
        .filter(|mechanism| hello.offers(&mechanism.to_string()))
        .collect();
    if offered.is_empty() {
        let instead = if hello.auth.is_empty() {
            "nothing".to_owned()
        } else {
            hello.auth.join(", ")
        };
        return Err(Fault::SignIn(format!(
            "{host} offers no sign-in by password (PLAIN or LOGIN); it offers {instead}. Check the server's name and \
             port, or ask your provider how mail programs sign in."
        )));
    }
    let mut refused = None;
    for mechanism in offered {
        let reply = authenticate(line, mechanism, user, password, timeouts).await?;
        match reply.code() {
            code if code / 100 == 2 => return Ok(()),
            // "Not this mechanism": another one may do. Any other refusal is about the password, and asking twice
            // would only count twice against a lock-out.
            500..=504 | 534 => refused = Some(reply),
            _ => return Err(sign_in_fault(&host, user, &reply)),
        }
    }
    Err(refused.map_or_else(
        || Fault::Protocol(format!("{host} ended the sign-in without an answer.")),
        |reply| sign_in_fault(&host, user, &reply),
    ))
}

async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
    line: &mut Line<S>,
    mechanism: Mechanism,
    user: &str,
    password: &Secret,
    timeouts: &Timeouts,
) -> Result<Reply, Fault> {
    let credentials = Credentials::new(user.to_owned(), password.expose().to_owned());
    // LOGIN's two challenges come in many spellings; their order never varies, so only the order is looked at.
    let answers: &[Option<&str>] = match mechanism {
        Mechanism::Login => &[None, Some("Username:"), Some("Password:")],
        _ => &[None],
    };
    let mut reply = None;
    for challenge in answers {
        let command = Auth::new(mechanism, credentials.clone(), challenge.map(str::to_owned))
            .map_err(|e| Fault::Protocol(format!("The sign-in could not be written ({e}).")))?;
        let command = Zeroizing::new(command.to_string());
        let answer = line
            .ask(command.as_bytes(), timeouts.command)
            .await
            .map_err(|broken| broken.fault())?;
        let goes_on = answer.code() == 334;
        reply = Some(answer);
        if !goes_on {
            break;
        }
    }
    match reply {
        // A challenge more than the mechanism has: cancel it (RFC 4954 §4), the server answers 501.
        Some(reply) if reply.code() == 334 => line
            .ask(b"*\r\n", timeouts.command)
            .await
            .map_err(|broken| broken.fault()),
        Some(reply) => Ok(reply),
        None => Err(Fault::Protocol("The sign-in had no step.".to_owned())),
    }
}

fn sign_in_fault(host: &str, user: &str, reply: &Reply) -> Fault {
    if reply.class() == 4 {
        return Fault::Busy(format!(
            "{host} cannot check the sign-in just now ({reply}). Kontor tries again by itself."
        ));
    }
    Fault::SignIn(format!(
        "{host} refused the sign-in of {user} ({reply}). Check username and password; some providers want an app \
         password made on their web site."
    ))
}

async fn protect(
    tcp: TcpStream,
    host: &str,
    config: Arc<ClientConfig>,
    timeouts: &Timeouts,
) -> Result<TlsStream<TcpStream>, Fault> {
    timeout(timeouts.tls, tls::protect(tcp, host, config))
        .await
        .unwrap_or_else(|_elapsed| {
            Err(Fault::Offline(format!(
                "{host} did not agree on protection within {} seconds.",
                timeouts.tls.as_secs()
            )))
        })
}

async fn greeting<S: AsyncRead + AsyncWrite + Unpin>(
    line: &mut Line<S>,
    timeouts: &Timeouts,
) -> Result<(), Fault> {
    let reply = line
        .reply(timeouts.command)
        .await
        .map_err(|broken| broken.fault())?;
    match reply.class() {
        2 => Ok(()),
        // Also 554: a server that will not talk to us now says nothing about the mail.
        _ => Err(Fault::Busy(format!(
            "{} does not take connections now ({reply}). Kontor tries again by itself.",
            line.host()
        ))),
    }
}

async fn ehlo<S: AsyncRead + AsyncWrite + Unpin>(
    line: &mut Line<S>,
    timeouts: &Timeouts,
) -> Result<Hello, Fault> {
    // The default id is [127.0.0.1]: neither this computer's name nor its address is the server's business.
    let command = Ehlo::new(ClientId::default()).to_string();
    let reply = line
        .ask(command.as_bytes(), timeouts.command)
        .await
        .map_err(|broken| broken.fault())?;
    match reply.class() {
        2 => Ok(Hello::read(&reply)),
        4 => Err(Fault::Busy(format!(
            "{} is busy ({reply}). Kontor tries again by itself.",
            line.host()
        ))),
        _ => Err(Fault::Protocol(format!(
            "{} refused our greeting ({reply}).",
            line.host()
        ))),
    }
}

/// Asks for encryption on a clear line and gives its stream back, ready for the handshake.
async fn starttls(
    mut line: Line<TcpStream>,
    hello: &Hello,
    timeouts: &Timeouts,
) -> Result<TcpStream, Fault> {
    let host = line.host().to_owned();
    if !hello.starttls {
        return Err(Fault::Tls(format!(
            "{host} does not offer encryption (STARTTLS). Either the settings are wrong or somebody on the network \
             removed it. No password was sent. Try port 465 with TLS, or another network."
        )));
    }
    let reply = line
        .ask(Starttls.to_string().as_bytes(), timeouts.command)
        .await
        .map_err(|broken| broken.fault())?;
    if reply.class() == 4 {
        return Err(Fault::Busy(format!(
            "{host} cannot encrypt just now ({reply}). Kontor tries again by itself."
        )));
    }
    if reply.class() != 2 {
        return Err(Fault::Tls(format!(
            "{host} offered encryption and then refused it ({reply}). No password was sent."
        )));
    }
    let (tcp, unread) = line.into_parts();
    if !unread.is_empty() {
        // Text that came in the clear behind the OK would otherwise be taken for the encrypted server's words.
        return Err(Fault::Tls(format!(
            "Somebody slipped text into the connection to {host} before it was encrypted. No password was sent. Try \
             another network, and tell whoever runs this one."
        )));
    }
    Ok(tcp)
}
