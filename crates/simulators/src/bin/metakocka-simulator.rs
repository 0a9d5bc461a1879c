//! Metakocka, simulated, as a program: prints where it listens and runs until it is told to end.

use std::io::Write as _;
use std::net::SocketAddr;

use anyhow::Result;
use clap::Parser;
use kontor_simulators::{Metakocka, Options};

/// Metakocka's REST contract with the books of the sample company.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where randomness starts.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Partners.
    #[arg(long, default_value_t = 2_000)]
    partners: u32,
    /// Documents.
    #[arg(long, default_value_t = 20_000)]
    documents: u32,
    /// Products.
    #[arg(long, default_value_t = 3_000)]
    products: u32,
    /// The newest day of the books; today's date with --clock, else the day of the pictures.
    #[arg(long)]
    today: Option<String>,
    /// The service's clock is this computer's. Otherwise it stands, and moves on with every write.
    #[arg(long)]
    clock: bool,
    /// Documents cannot be searched by their partner.
    #[arg(long)]
    no_partner_filter: bool,
    /// Orders cannot be searched by their last change.
    #[arg(long)]
    no_last_change_filter: bool,
    /// Lanes of searches beside the first one (the header `searchGroup`), at most 2.
    #[arg(long, default_value_t = 0)]
    search_groups: u8,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let day = arguments.today.or_else(|| {
        let today = || jiff::Zoned::now().date().to_string();
        arguments.clock.then(today)
    });
    let service = Metakocka::start(Options {
        listen: arguments.listen,
        seed: arguments.seed,
        partners: arguments.partners,
        documents: arguments.documents,
        products: arguments.products,
        today: day.unwrap_or_else(|| Options::default().today),
        partner_filter: !arguments.no_partner_filter,
        last_change_filter: !arguments.no_last_change_filter,
        search_groups: arguments.search_groups,
        clock: arguments.clock.then_some(now as fn() -> i64),
    })?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on {}", service.base_url())?;
    writeln!(out, "company_id {}", service.company_id())?;
    writeln!(out, "secret_key {}", service.secret_key())?;
    out.flush()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(told_to_end())
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[cfg(unix)]
async fn told_to_end() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut ended = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = ended.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn told_to_end() -> Result<()> {
    tokio::signal::ctrl_c().await?;
    Ok(())
}
