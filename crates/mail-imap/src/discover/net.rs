//! The outside world as discovery sees it: who is asked, and how long it may take.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use kontor_mail::provider::Fault;
use rustls::ClientConfig;
use tokio::net::TcpStream;

use crate::dial;
use crate::tls::TlsConfig;

/// One question (a file, a record, a knock) may take this long.
const STEP: Duration = Duration::from_secs(5);
/// All of them together: a person is looking at a spinner.
const TOTAL: Duration = Duration::from_secs(12);
/// Mozilla's database (the domain is appended, never an address).
const ISPDB: &str = "https://autoconfig.thunderbird.net/v1.1/";

/// The network discovery asks: the real one, or a simulated one on loopback.
#[derive(Clone)]
pub struct Net {
    pub(super) client: reqwest::Client,
    pub(super) resolver: Option<TokioResolver>,
    pub(super) config: Arc<ClientConfig>,
    pub(super) ispdb: String,
    pub(super) step: Duration,
    pub(super) total: Duration,
    pub(super) simulated: Option<Simulated>,
}

/// Stand-ins for the whole internet, all on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// Answers every https request, in plain HTTP; the real host is in the `Host` header.
    pub web: SocketAddr,
    /// Answers every DNS question, by UDP.
    pub dns: SocketAddr,
    /// Mail servers by host name and port. Every other one refuses the connection.
    pub servers: BTreeMap<(String, u16), SocketAddr>,
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Net")
            .field("simulated", &self.simulated)
            .finish_non_exhaustive()
    }
}

impl Net {
    /// The real network. `ca_pem` is what the person trusts besides the system's roots (KONTORCTL.md `--ca`).
    ///
    /// Without a readable DNS configuration SRV and MX are passed over; everything else works.
    ///
    /// # Errors
    /// [`Fault::Tls`] when `ca_pem` cannot be read or TLS cannot be set up.
    pub fn system(tls: &TlsConfig, ca_pem: Option<&str>) -> Result<Self, Fault> {
        let config = tls.client(ca_pem)?;
        let resolver = TokioResolver::builder_tokio().and_then(|mut builder| {
            let options = builder.options_mut();
            options.timeout = Duration::from_secs(2);
            options.attempts = 2;
            builder.build()
        });
        if let Err(error) = &resolver {
            tracing::debug!(%error, "no DNS configuration: SRV and MX are not asked");
        }
        Ok(Self {
            client: client(&config, true)?,
            resolver: resolver.ok(),
            config,
            ispdb: ISPDB.to_owned(),
            step: STEP,
            total: TOTAL,
            simulated: None,
        })
    }

    /// A network of stand-ins, for tests. Certificates of mail servers are checked as on the real one.
    ///
    /// # Errors
    /// [`Fault::Refused`] when one of them is not on loopback: plain HTTP never leaves this computer.
    pub fn simulated(
        tls: &TlsConfig,
        ca_pem: Option<&str>,
        simulated: Simulated,
    ) -> Result<Self, Fault> {
        let mut all = [simulated.web, simulated.dns]
            .into_iter()
            .chain(simulated.servers.values().copied());
        if !all.all(|address| address.ip().is_loopback()) {
            return Err(Fault::Refused(
                "A simulated network must be on loopback.".to_owned(),
            ));
        }
        let config = tls.client(ca_pem)?;
        let mut server = NameServerConfig::udp(simulated.dns.ip());
        for connection in &mut server.connections {
            connection.port = simulated.dns.port();
        }
        let mut builder = TokioResolver::builder_with_config(
            ResolverConfig::from_name_servers(vec![server]),
            TokioRuntimeProvider::default(),
        );
        builder.options_mut().timeout = Duration::from_secs(2);
        builder.options_mut().attempts = 1;
        Ok(Self {
            client: client(&config, false)?,
            resolver: builder.build().ok(),
            config,
            ispdb: ISPDB.to_owned(),
            step: STEP,
            total: TOTAL,
            simulated: Some(simulated),
        })
    }

    /// Waits no longer than `step` for one answer and `total` for all; the defaults are 5 and 12 seconds.
    #[must_use]
    pub fn with_patience(mut self, step: Duration, total: Duration) -> Self {
        self.step = step;
        self.total = total;
        self
    }

    /// Connects to a mail server.
    pub(super) async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Fault> {
        let Some(simulated) = &self.simulated else {
            return dial::tcp(host, port).await;
        };
        match simulated.servers.get(&(host.to_owned(), port)) {
            Some(address) => dial::tcp(&address.ip().to_string(), address.port()).await,
            None => Err(Fault::Offline(format!(
                "{host} does not take connections on port {port}."
            ))),
        }
    }
}

fn client(config: &ClientConfig, https_only: bool) -> Result<reqwest::Client, Fault> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(config.clone())
        .https_only(https_only)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("Kontor/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| Fault::Tls(format!("The network cannot be asked for settings ({e}).")))
}
