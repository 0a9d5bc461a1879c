//! Hands a message to a server the way another mail server would (RFC 2033).

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// Delivers `raw` to each of `to` over LMTP on `127.0.0.1:port`; returns once every recipient has it.
///
/// # Errors
/// When the server is not there or refuses a recipient; its reply is in the message.
pub fn deliver(port: u16, from: &str, to: &[&str], raw: &[u8]) -> Result<()> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("LMTP on port {port}"))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut talk = BufReader::new(stream);
    expect(&mut talk, "220")?;
    say(&mut talk, "LHLO localhost")?;
    expect(&mut talk, "250")?;
    say(&mut talk, &format!("MAIL FROM:<{from}>"))?;
    expect(&mut talk, "250")?;
    for rcpt in to {
        say(&mut talk, &format!("RCPT TO:<{rcpt}>"))?;
        expect(&mut talk, "250").with_context(|| format!("recipient {rcpt}"))?;
    }
    say(&mut talk, "DATA")?;
    expect(&mut talk, "354")?;
    talk.get_mut().write_all(&stuffed(raw))?;
    for rcpt in to {
        expect(&mut talk, "250").with_context(|| format!("delivery to {rcpt}"))?;
    }
    say(&mut talk, "QUIT")
}

/// The bytes of DATA: CRLF line ends, leading dots doubled, the final dot (RFC 5321 section 4.5.2).
#[must_use]
pub fn stuffed(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len().saturating_add(64));
    for line in raw.split_inclusive(|&b| b == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        out.extend_from_slice(text.strip_suffix(b"\r").unwrap_or(text));
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

fn say(talk: &mut BufReader<TcpStream>, line: &str) -> Result<()> {
    Ok(talk.get_mut().write_all(format!("{line}\r\n").as_bytes())?)
}

/// Reads one reply, continuation lines included, and wants it to start with `code`.
fn expect(talk: &mut BufReader<TcpStream>, code: &str) -> Result<()> {
    loop {
        let mut line = String::new();
        if talk.read_line(&mut line)? == 0 {
            bail!("the LMTP server closed the connection");
        }
        if line.as_bytes().get(3) == Some(&b'-') {
            continue;
        }
        if line.starts_with(code) {
            return Ok(());
        }
        bail!("the LMTP server answered {}", line.trim_end());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn data_is_dot_stuffed() {
        for (raw, want) in [
            ("a\nb", "a\r\nb\r\n.\r\n"),
            (".x\r\n..\r\n", "..x\r\n...\r\n.\r\n"),
            ("", ".\r\n"),
        ] {
            assert_eq!(super::stuffed(raw.as_bytes()), want.as_bytes(), "{raw:?}");
        }
    }
}
