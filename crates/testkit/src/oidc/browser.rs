//! A browser without a window.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

/// A browser gives up after so many.
const REDIRECTS: usize = 10;
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens a page on this computer and goes where it is sent; answers the last page's URL, status and text.
///
/// # Errors
/// When a URL leads away from `http://127.0.0.1`, nobody listens there, or it goes round in circles.
pub fn browse(url: &str) -> Result<(String, u16, String)> {
    let mut url = url.to_owned();
    for _ in 0..REDIRECTS {
        let (status, head, body) = get(&url).with_context(|| format!("open {url}"))?;
        let location = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("location"));
        match location {
            Some((_, to)) if (300..400).contains(&status) => to.trim().clone_into(&mut url),
            _ => return Ok((url, status, body)),
        }
    }
    anyhow::bail!("sent on and on, at last to {url}")
}

fn get(url: &str) -> Result<(u16, String, String)> {
    let rest = url.strip_prefix("http://127.0.0.1:");
    let rest = rest.context("it is not on this computer")?;
    let (port, path) = rest.split_once('/').unwrap_or((rest, ""));
    let port: u16 = port.parse()?;
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // In one piece: who answers after the first line may close before the rest comes.
    let request =
        format!("GET /{path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    ensure!(status != 0, "no status");
    Ok((status, head.to_owned(), body.to_owned()))
}
