//! How fast mail comes in: connects over TLS, reads everything of every folder, throws it away, prints one JSON line.
//!
//! `drain PORT CA.pem full|envelope|newest|async-imap [USER PASSWORD]`, server on localhost. `async-imap` reads whole
//! messages through that crate's own session over the same TLS, for comparison (docs/adr/0003-imap-session.md).

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_imap::types::NameAttribute;
use futures::StreamExt as _;
use kontor_mail::provider::{Content, Cursor, Depth, Fault, Fetched, Provider as _};
use kontor_mail_imap::{ImapProvider, TlsConfig, dial, tls};
use kontor_model::{Endpoint, Millis, Security, ServerSettings};
use tokio::sync::mpsc;

#[derive(Default)]
struct Sum {
    messages: u64,
    bytes: u64,
}

impl Sum {
    fn add(&mut self, fetched: &Fetched) {
        let bytes = match &fetched.content {
            Content::Envelope { header, .. } => header.len(),
            Content::Raw(raw) => raw.len(),
        };
        self.add_bytes(bytes);
    }

    fn add_bytes(&mut self, bytes: usize) {
        self.messages = self.messages.saturating_add(1);
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

type Anything = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Anything> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let arg = |n: usize, default: &str| args.get(n).cloned().unwrap_or_else(|| default.to_owned());
    let settings = ServerSettings {
        imap: Endpoint {
            host: "localhost".to_owned(),
            port: arg(0, "15144").parse()?,
            security: Security::Tls,
        },
        smtp: None,
        username: arg(3, "bench"),
        ca_pem: Some(std::fs::read_to_string(arg(1, "cert.pem"))?),
    };
    let (mode, password) = (arg(2, "full"), arg(4, "bench"));
    let start = Instant::now();
    let sum = match mode.as_str() {
        "async-imap" => by_async_imap(&settings, &password).await?,
        "newest" => newest(&settings, &password).await?,
        "envelope" => all(&settings, &password, Depth::Envelope).await?,
        _ => all(&settings, &password, Depth::Full).await?,
    };
    let (wall, (cpu, peak)) = (start.elapsed(), used()?);
    writeln!(
        std::io::stdout(),
        r#"{{"mode":"{mode}","messages":{},"bytes":{},"seconds":{:.3},"cpu_s":{:.2},"peak_mb":{}}}"#,
        sum.messages,
        sum.bytes,
        wall.as_secs_f64(),
        cpu.as_secs_f64(),
        peak
    )?;
    Ok(())
}

async fn connect(settings: &ServerSettings, password: &str) -> Result<ImapProvider, Fault> {
    let start = Instant::now();
    let clock =
        Arc::new(move || Millis(i64::try_from(start.elapsed().as_millis()).unwrap_or_default()));
    ImapProvider::connect(settings, password, &TlsConfig::system(), clock).await
}

async fn newest(settings: &ServerSettings, password: &str) -> Result<Sum, Anything> {
    let mut provider = connect(settings, password).await?;
    let (_, found) = provider.newest("INBOX", 200).await?;
    let mut sum = Sum::default();
    found.iter().for_each(|f| sum.add(f));
    Ok(sum)
}

async fn all(settings: &ServerSettings, password: &str, depth: Depth) -> Result<Sum, Anything> {
    let mut provider = connect(settings, password).await?;
    let mut sum = Sum::default();
    for folder in provider.folders(true).await? {
        if !folder.selectable {
            continue;
        }
        let changes = provider
            .changes(&folder.wire, &Cursor::default(), false)
            .await?;
        let (sink, mut received) = mpsc::channel(64);
        let fetching = async {
            let fetched = provider
                .fetch(&folder.wire, &changes.new, depth, &sink)
                .await;
            drop(sink);
            fetched
        };
        let counting = async {
            while let Some(fetched) = received.recv().await {
                sum.add(&fetched);
            }
        };
        let (fetched, ()) = tokio::join!(fetching, counting);
        fetched?;
    }
    provider.logout().await;
    Ok(sum)
}

async fn by_async_imap(settings: &ServerSettings, password: &str) -> Result<Sum, Anything> {
    let config = TlsConfig::system().client(settings.ca_pem.as_deref())?;
    let tcp = dial::tcp(&settings.imap.host, settings.imap.port).await?;
    let stream = tls::protect(tcp, &settings.imap.host, config).await?;
    let mut client = async_imap::Client::new(stream);
    client.read_response().await?;
    let login = client.login(&settings.username, password).await;
    let mut session = login.map_err(|(e, _)| e)?;
    let mut names = Vec::new();
    let mut listed = session.list(None, Some("*")).await?;
    while let Some(name) = listed.next().await {
        let name = name?;
        if !name.attributes().contains(&NameAttribute::NoSelect) {
            names.push(name.name().to_owned());
        }
    }
    drop(listed);
    let mut sum = Sum::default();
    for name in names {
        if session.select(&name).await?.exists == 0 {
            continue;
        }
        let mut found = session
            .uid_fetch("1:*", "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])")
            .await?;
        while let Some(fetch) = found.next().await {
            sum.add_bytes(fetch?.body().map_or(0, <[u8]>::len));
        }
    }
    Ok(sum)
}

/// CPU time and peak memory (MB) of this process, from /proc.
fn used() -> Result<(Duration, u64), Anything> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // utime and stime, the 14th and 15th field, in ticks of 10 ms; the second field ends with a bracket.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after
        .split_ascii_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|t| t.parse::<u64>().ok())
        .fold(0, u64::saturating_add);
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .and_then(|l| l.split_ascii_whitespace().next()?.parse::<u64>().ok())
        .unwrap_or_default();
    Ok((Duration::from_millis(ticks.saturating_mul(10)), peak / 1024))
}
