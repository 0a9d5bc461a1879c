//! Where submitted mail goes: an SMTP server that remembers everything and delivers what is ours.
//!
//! Dovecot's submission service relays here. Recipients who live on the same Dovecot get the message by LMTP, so that
//! "it lies at the other user" can be looked up there; all others are remembered only.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;

use crate::{Imap, dovecot::PASSWORD, lmtp};

/// One message the server took over, as it stood after DATA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relayed {
    /// Envelope sender.
    pub from: String,
    /// Envelope recipients, in order, Bcc included.
    pub to: Vec<String>,
    /// The bytes, dots unstuffed.
    pub raw: Vec<u8>,
}

#[derive(Debug, Default)]
struct State {
    relayed: Vec<Relayed>,
    local: BTreeSet<String>,
    refused: BTreeMap<String, String>,
    lmtp_port: u16,
    /// IMAP port and folder for the sender's own copy, where the server files it.
    copies: Option<(u16, String)>,
    closed: bool,
}

/// The SMTP end of the world. Ends with its owner.
#[derive(Debug)]
pub(crate) struct Sink {
    port: u16,
    shared: Arc<(Mutex<State>, Condvar)>,
}

impl Sink {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let for_thread = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("smtp-sink".into())
            .spawn(move || {
                for stream in listener.incoming().flatten() {
                    if lock(&for_thread).closed {
                        break;
                    }
                    let shared = Arc::clone(&for_thread);
                    // A conversation that breaks off concerns its client alone.
                    let _unnamed =
                        std::thread::Builder::new().spawn(move || converse(&stream, &shared).ok());
                }
            })?;
        Ok(Self { port, shared })
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Recipients among `users` are delivered on by LMTP.
    pub(crate) fn know(&self, users: impl IntoIterator<Item = String>) {
        lock(&self.shared).local.extend(users);
    }

    /// Where to deliver, and where to file the sender's copy.
    pub(crate) fn serve(&self, lmtp_port: u16, copies: Option<(u16, String)>) {
        let mut state = lock(&self.shared);
        state.lmtp_port = lmtp_port;
        state.copies = copies;
    }

    /// From now on RCPT TO this address gets `reply`, e.g. `550 5.1.1 no such user`.
    pub(crate) fn refuse(&self, address: &str, reply: &str) {
        lock(&self.shared)
            .refused
            .insert(address.to_owned(), reply.to_owned());
    }

    pub(crate) fn relayed(&self) -> Vec<Relayed> {
        lock(&self.shared).relayed.clone()
    }

    /// Waits until `count` messages came; returns what came by then.
    pub(crate) fn wait(&self, count: usize, limit: Duration) -> Vec<Relayed> {
        let waited = self
            .shared
            .1
            .wait_timeout_while(lock(&self.shared), limit, |s| s.relayed.len() < count);
        waited
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .relayed
            .clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        lock(&self.shared).closed = true;
        // Wakes the accepting thread, which then sees that it is over.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
    }
}

fn lock(shared: &Arc<(Mutex<State>, Condvar)>) -> MutexGuard<'_, State> {
    shared.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One SMTP conversation, from greeting to QUIT or the end of the stream.
fn converse(stream: &TcpStream, shared: &Arc<(Mutex<State>, Condvar)>) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    let mut envelope = Relayed {
        from: String::new(),
        to: Vec::new(),
        raw: Vec::new(),
    };
    writer.write_all(b"220 sink ESMTP\r\n")?;
    let mut line = String::new();
    while {
        line.clear();
        reader.read_line(&mut line)?
    } > 0
    {
        let verb = line
            .split([' ', ':', '\r', '\n'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" | "HELO" | "LHLO" => {
                "250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING".to_owned()
            }
            "MAIL" => {
                path(&line).clone_into(&mut envelope.from);
                "250 2.1.0 ok".to_owned()
            }
            "RCPT" => accept_recipient(&line, &mut envelope, shared),
            "DATA" if envelope.to.is_empty() => "503 5.5.1 no recipients".to_owned(),
            "DATA" => {
                writer.write_all(b"354 go on\r\n")?;
                envelope.raw = read_data(&mut reader)?;
                finish(&mut envelope, shared)
            }
            "RSET" => {
                envelope.to.clear();
                "250 2.0.0 ok".to_owned()
            }
            "QUIT" => {
                writer.write_all(b"221 2.0.0 bye\r\n")?;
                stream.shutdown(Shutdown::Both)?;
                break;
            }
            _ => "250 2.0.0 ok".to_owned(),
        };
        writer.write_all(format!("{reply}\r\n").as_bytes())?;
    }
    Ok(())
}

fn accept_recipient(
    line: &str,
    envelope: &mut Relayed,
    shared: &Arc<(Mutex<State>, Condvar)>,
) -> String {
    let address = path(line).to_owned();
    if let Some(reply) = lock(shared).refused.get(&address) {
        return reply.clone();
    }
    envelope.to.push(address);
    "250 2.1.5 ok".to_owned()
}

/// Remembers the message, then hands it to those who live here.
fn finish(envelope: &mut Relayed, shared: &Arc<(Mutex<State>, Condvar)>) -> String {
    let message = std::mem::replace(
        envelope,
        Relayed {
            from: String::new(),
            to: Vec::new(),
            raw: Vec::new(),
        },
    );
    if let Err(e) = hand_on(&message, shared) {
        return format!("451 4.3.0 {}", e.to_string().replace(['\r', '\n'], " "));
    }
    lock(shared).relayed.push(message);
    shared.1.notify_all();
    "250 2.0.0 kept".to_owned()
}

/// Delivers to recipients on this server, and files the sender's copy where the server does that.
fn hand_on(message: &Relayed, shared: &Arc<(Mutex<State>, Condvar)>) -> Result<()> {
    let (port, local, copies) = {
        let state = lock(shared);
        let local: Vec<String> = message
            .to
            .iter()
            .filter(|t| state.local.contains(*t))
            .cloned()
            .collect();
        (
            state.lmtp_port,
            local,
            state
                .copies
                .clone()
                .filter(|_| state.local.contains(&message.from)),
        )
    };
    let local: Vec<&str> = local.iter().map(String::as_str).collect();
    if !local.is_empty() {
        lmtp::deliver(port, &message.from, &local, &message.raw)?;
    }
    if let Some((imap_port, folder)) = copies {
        Imap::login(imap_port, &message.from, PASSWORD)?.append(&folder, "\\Seen", &message.raw)?;
    }
    Ok(())
}

/// Reads up to the lone dot and takes the doubled dots back.
fn read_data(reader: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut raw = Vec::new();
    loop {
        let mut line = Vec::new();
        anyhow::ensure!(
            reader.read_until(b'\n', &mut line)? > 0,
            "cut off inside DATA"
        );
        if line == b".\r\n" || line == b".\n" {
            return Ok(raw);
        }
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

/// The address between the angle brackets of MAIL FROM and RCPT TO.
fn path(line: &str) -> &str {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or("", |(address, _)| address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_real_clients() {
        for (line, want) in [
            (
                "MAIL FROM:<ana@hrastvijak.example> SIZE=100",
                "ana@hrastvijak.example",
            ),
            ("RCPT TO:<bor@x.example>\r\n", "bor@x.example"),
            ("MAIL FROM:<>", ""),
            ("RCPT TO:nobody", ""),
        ] {
            assert_eq!(path(line), want, "{line}");
        }
    }

    #[test]
    fn remembers_and_refuses() {
        let sink = Sink::start().unwrap();
        sink.refuse("gone@x.example", "550 5.1.1 no such user");
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, sink.port())).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut say = |text: &str, lines: usize| {
            (&stream).write_all(text.as_bytes()).unwrap();
            let mut last = String::new();
            for _ in 0..lines {
                last.clear();
                reader.read_line(&mut last).unwrap();
            }
            last
        };
        say("", 1);
        say("EHLO me\r\n", 4);
        say("MAIL FROM:<a@x.example>\r\n", 1);
        assert!(
            say("RCPT TO:<gone@x.example>\r\n", 1).starts_with("550"),
            "the refusal is passed on"
        );
        assert!(
            say("DATA\r\n", 1).starts_with("503"),
            "nobody left to send to"
        );
        say("RCPT TO:<b@x.example>\r\n", 1);
        say("DATA\r\n", 1);
        assert!(
            say("Subject: x\r\n\r\n..dot\r\n.\r\n", 1).starts_with("250"),
            "taken"
        );
        let got = sink.wait(1, Duration::from_secs(5));
        assert_eq!(got.len(), 1, "one message");
        assert_eq!(got[0].raw, b"Subject: x\r\n\r\n.dot\r\n", "dots unstuffed");
        assert_eq!(
            got[0].to,
            ["b@x.example"],
            "the refused one is not in the envelope"
        );
    }
}
