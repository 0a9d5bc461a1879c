//! Submission of mail (RFC 6409) with an exact answer to the one question that matters: was it sent?
//!
//! ```text
//! connect, TLS, EHLO, AUTH   -> Fault            nothing was sent
//! MAIL, RCPT…, DATA          -> Refused, Fault   nothing was sent
//!   (on_data: the caller commits "sending")
//! content, without its end   -> Refused, Fault   nothing was sent: the server never saw the end
//! "." CRLF                   == the point of no return ==
//! the reply                  -> Accepted, Refused, or Unknown when it never came
//! ```
//!
//! The wire words (addresses, commands, SASL) are lettre's; the line and the order are ours, because lettre's client
//! does not tell "lost before the end" from "lost after it", and takes no certificate verifier. See
//! `docs/adr/0004-smtp-submission.md`.

pub(crate) mod address;
pub(crate) mod connect;
mod content;
mod hello;
mod line;

use std::time::Duration;

use kontor_auth::Secret;
use kontor_mail::provider::Fault;
use kontor_model::ServerSettings;
use lettre::Address;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter};
use tokio::io::{AsyncRead, AsyncWrite};

use hello::Hello;
pub(crate) use line::Line;
use line::{Broken, Reply};

use crate::dial;
use crate::tls::TlsConfig;

/// How long each step may take, once the TCP connection is made ([`dial::PATIENCE`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// TLS handshake.
    pub tls: Duration,
    /// The reply to a command, and the greeting.
    pub command: Duration,
    /// Writing one block of content (16 KiB) to a slow line (RFC 5321 §4.5.3.2.5).
    pub block: Duration,
    /// The reply to the end of the content: the server may be scanning it (RFC 5321 §4.5.3.2.6).
    pub after_data: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            tls: dial::PATIENCE,
            command: Duration::from_secs(60),
            block: Duration::from_secs(180),
            after_data: Duration::from_secs(600),
        }
    }
}

/// One mail and its envelope. The envelope decides who gets it; the header's To, Cc and Bcc are not looked at.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'a> {
    /// Return path; empty for the null path (`<>`) of receipts and other automatic replies.
    pub from: &'a str,
    /// Who gets it, Bcc included. Named twice, sent once.
    pub recipients: &'a [String],
    /// The message. Bare CR and bare LF become CRLF (a bare one is what SMTP smuggling is made of); not a byte else is
    /// changed. The caller has taken Bcc out.
    pub raw: &'a [u8],
}

/// What became of a submission, once the server had let us in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took responsibility for every recipient.
    Accepted {
        /// Its reply, for the log ("250 2.0.0 Ok: queued as …").
        reply: String,
    },
    /// Nothing was sent, to anyone: one refused recipient stops the whole mail.
    Refused {
        /// True: the same mail will be refused again (5xx, or it cannot go through this server). False: try later (4xx).
        permanent: bool,
        /// The server's reply, or our own sentence when the mail could not even be offered.
        reply: String,
        /// The recipient the refusal was about, where it was about one.
        recipient: Option<String>,
    },
    /// The content went out whole and no reply came back: it may or may not have been sent. Never send again by itself.
    Unknown {
        /// What happened, a sentence.
        why: String,
    },
}

impl Outcome {
    /// Says what happened in a sentence for the person who sent the mail.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Accepted { .. } => "The mail was accepted for delivery.".to_owned(),
            Self::Refused {
                permanent,
                reply,
                recipient,
            } => {
                let about = recipient
                    .as_ref()
                    .map_or(String::new(), |r| format!(" for {r}"));
                let next = match (permanent, hello::hint(reply)) {
                    (_, Some(hint)) => hint,
                    (true, None) => "Change the mail and send it again.",
                    (false, None) => "It will be tried again.",
                };
                format!("The mail was not sent to anyone; it was refused{about}: {reply} {next}")
            }
            Self::Unknown { why } => {
                format!(
                    "It is not known whether the mail was sent. {why} Look in Sent before sending it again."
                )
            }
        }
    }
}

/// An account's sending half: where it is, and how one gets in. Holds no connection.
#[derive(Clone, Copy, Debug)]
pub struct Smtp<'a> {
    /// The account's servers and username.
    pub settings: &'a ServerSettings,
    /// Its password.
    pub password: &'a Secret,
    /// Whom we trust.
    pub tls: &'a TlsConfig,
    /// How long each step may take.
    pub timeouts: Timeouts,
}

impl<'a> Smtp<'a> {
    /// Takes what a submission needs, with the default [`Timeouts`].
    #[must_use]
    pub fn new(settings: &'a ServerSettings, password: &'a Secret, tls: &'a TlsConfig) -> Self {
        Self {
            settings,
            password,
            tls,
            timeouts: Timeouts::default(),
        }
    }

    /// Submits one mail over a connection of its own.
    ///
    /// `on_data` is called once, after the last recipient was accepted and before `DATA` is said: the caller commits
    /// there that the mail is being sent. Its error stops the submission and is returned as it is; nothing was sent then.
    ///
    /// Cancel-safe up to `on_data`; a future dropped after it leaves the same doubt as [`Outcome::Unknown`].
    ///
    /// # Errors
    /// A [`Fault`] means that nothing was sent and says what to do: reconnect, wait, ask the person.
    pub async fn submit<F, C>(&self, mail: &Submission<'_>, on_data: F) -> Result<Outcome, Fault>
    where
        F: FnOnce() -> C,
        C: Future<Output = Result<(), Fault>>,
    {
        let envelope = match Envelope::read(mail) {
            Ok(envelope) => envelope,
            Err(refused) => return Ok(refused),
        };
        let content = content::crlf(mail.raw);
        let (mut line, hello) = connect::open(self).await?;
        connect::sign_in(&mut line, &hello, self).await?;
        let outcome = Session {
            line: &mut line,
            hello: &hello,
            timeouts: &self.timeouts,
        }
        .send(&envelope, &content, on_data)
        .await;
        // After the point of no return every further second is one in which a crash would leave doubt: say goodbye,
        // but do not wait for an answer. A line of unknown state is just dropped.
        if matches!(
            outcome,
            Ok(Outcome::Accepted { .. } | Outcome::Refused { .. })
        ) {
            line.goodbye().await;
        }
        outcome
    }

    /// Connects, signs in and says goodbye: the test of an account's sending half.
    ///
    /// # Errors
    /// The [`Fault`] a submission would meet.
    pub async fn probe(&self) -> Result<(), Fault> {
        let (mut line, hello) = connect::open(self).await?;
        connect::sign_in(&mut line, &hello, self).await?;
        line.goodbye().await;
        Ok(())
    }
}

/// The envelope, checked: no address in it can break out of its command.
struct Envelope {
    from: Option<Address>,
    /// As on the wire, and as the person wrote it.
    recipients: Vec<(Address, String)>,
}

impl Envelope {
    fn read(mail: &Submission<'_>) -> Result<Self, Outcome> {
        let refuse = |reply: String, recipient: Option<&str>| Outcome::Refused {
            permanent: true,
            reply,
            recipient: recipient.map(str::to_owned),
        };
        let from = match mail.from {
            "" => None,
            text => Some(
                address::wire(text).map_err(|why| refuse(format!("The sender {why}."), None))?,
            ),
        };
        let mut recipients: Vec<(Address, String)> = Vec::new();
        for text in mail.recipients {
            let address = address::wire(text)
                .map_err(|why| refuse(format!("The recipient {why}."), Some(text)))?;
            if !recipients.iter().any(|(known, _)| *known == address) {
                recipients.push((address, text.clone()));
            }
        }
        if recipients.is_empty() {
            return Err(refuse("The mail has no recipient.".to_owned(), None));
        }
        Ok(Self { from, recipients })
    }

    /// The first address that only SMTPUTF8 can carry: after IDNA, one with letters before the `@`.
    fn beyond_ascii(&self) -> Option<&str> {
        let wire = self
            .from
            .iter()
            .chain(self.recipients.iter().map(|(a, _)| a));
        wire.map(AsRef::<str>::as_ref).find(|a| !a.is_ascii())
    }
}

/// Why the dialogue ended before the point of no return.
enum Stop {
    Refused(Outcome),
    Fault(Fault),
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self::Fault(broken.fault())
    }
}

/// A signed-in line and what its server said of itself.
struct Session<'a, S> {
    line: &'a mut Line<S>,
    hello: &'a Hello,
    timeouts: &'a Timeouts,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<'_, S> {
    async fn send<F, C>(
        &mut self,
        envelope: &Envelope,
        content: &[u8],
        on_data: F,
    ) -> Result<Outcome, Fault>
    where
        F: FnOnce() -> C,
        C: Future<Output = Result<(), Fault>>,
    {
        let written = async {
            self.envelope(envelope, content).await?;
            on_data().await.map_err(Stop::Fault)?;
            self.data(content).await
        };
        match written.await {
            Ok(()) => Ok(self.verdict().await),
            Err(Stop::Refused(outcome)) => Ok(outcome),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }

    /// MAIL and RCPT. On return every recipient is accepted and nothing is sent.
    async fn envelope(&mut self, envelope: &Envelope, content: &[u8]) -> Result<(), Stop> {
        let parameters = self.parameters(envelope, content)?;
        let mail = Mail::new(envelope.from.clone(), parameters).to_string();
        let reply = self
            .line
            .ask(mail.as_bytes(), self.timeouts.command)
            .await?;
        if matches!(reply.code(), 530 | 535 | 538) {
            return Err(Stop::Fault(Fault::SignIn(format!(
                "{} wants a sign-in before it takes mail ({reply}).",
                self.line.host()
            ))));
        }
        positive(&reply, 2, None)?;
        for (address, text) in &envelope.recipients {
            let rcpt = Rcpt::new(address.clone(), Vec::new()).to_string();
            let reply = self
                .line
                .ask(rcpt.as_bytes(), self.timeouts.command)
                .await?;
            positive(&reply, 2, Some(text))?;
        }
        Ok(())
    }

    /// What MAIL must announce, or why this server cannot carry this mail.
    fn parameters(&self, envelope: &Envelope, content: &[u8]) -> Result<Vec<MailParameter>, Stop> {
        let host = self.line.host();
        let refuse = |reply: String| {
            Stop::Refused(Outcome::Refused {
                permanent: true,
                reply,
                recipient: None,
            })
        };
        let mut parameters = Vec::new();
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        match self.hello.size {
            Some(Some(limit)) if size > limit => {
                return Err(refuse(format!(
                    "The mail has {} and {host} takes at most {}; make its attachments smaller.",
                    megabytes(size),
                    megabytes(limit)
                )));
            }
            Some(_) => parameters.push(MailParameter::Size(content.len())),
            None => {}
        }
        let (in_header, anywhere) = content::eight_bit(content);
        if anywhere {
            if !self.hello.eight_bit {
                return Err(refuse(format!(
                    "The mail holds letters outside ASCII in raw form and {host} takes 7-bit mail only (no 8BITMIME); \
                     it must be encoded as quoted-printable or base64."
                )));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        match (envelope.beyond_ascii(), self.hello.smtputf8) {
            (Some(address), false) => {
                return Err(refuse(format!(
                    "The address {address} has letters outside ASCII before the @ and {host} does not take such \
                     addresses (no SMTPUTF8); use another address of this person, or another account."
                )));
            }
            // A raw header without SMTPUTF8 has always travelled as 8-bit mail; refusing it would help nobody.
            (Some(_), true) => parameters.push(MailParameter::SmtpUtfEight),
            (None, true) if in_header => parameters.push(MailParameter::SmtpUtfEight),
            (None, _) => {}
        }
        Ok(parameters)
    }

    /// DATA, the content and its end. `Ok` is the point of no return: the end was handed whole to the network.
    async fn data(&mut self, content: &[u8]) -> Result<(), Stop> {
        let reply = self
            .line
            .ask(Data.to_string().as_bytes(), self.timeouts.command)
            .await?;
        positive(&reply, 3, None)?;
        let wire = content::stuff(content);
        // The end is a write of its own, so that "written whole" is a fact about these three bytes: they travel in
        // one TLS record, and a record that was not written to its last byte cannot be read by the server.
        for block in wire.chunks(16 << 10).chain([b".\r\n".as_slice()]) {
            if let Err(broken) = self.line.say(block, self.timeouts.block).await {
                // A server that hangs up in the middle often says why first ("552 too big").
                return match self.line.last_words().await {
                    Some(reply) if reply.class() >= 4 => Err(refused(&reply, None)),
                    _ => Err(broken.into()),
                };
            }
        }
        Ok(())
    }

    /// The reply to the end of the content.
    async fn verdict(&mut self) -> Outcome {
        match self.line.reply(self.timeouts.after_data).await {
            Ok(reply) if reply.class() == 2 => Outcome::Accepted {
                reply: reply.to_string(),
            },
            Ok(reply) if reply.class() >= 4 => match refused(&reply, None) {
                Stop::Refused(outcome) => outcome,
                Stop::Fault(fault) => Outcome::Unknown {
                    why: fault.to_string(),
                },
            },
            Ok(reply) => Outcome::Unknown {
                why: format!(
                    "{} answered the whole mail with \"{reply}\".",
                    self.line.host()
                ),
            },
            Err(broken) => Outcome::Unknown {
                why: broken.fault().to_string(),
            },
        }
    }
}

/// Passes a reply of the wanted class; sorts every other.
fn positive(reply: &Reply, class: u16, recipient: Option<&str>) -> Result<(), Stop> {
    match reply.class() {
        found if found == class => Ok(()),
        4 | 5 => Err(refused(reply, recipient)),
        _ => Err(Stop::Fault(Fault::Protocol(format!(
            "The mail server answered out of turn ({reply})."
        )))),
    }
}

fn refused(reply: &Reply, recipient: Option<&str>) -> Stop {
    Stop::Refused(Outcome::Refused {
        permanent: reply.class() == 5,
        reply: reply.to_string(),
        recipient: recipient.map(str::to_owned),
    })
}

/// Bytes as a person counts them, one decimal, so that 25.1 is not shown as 25.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
