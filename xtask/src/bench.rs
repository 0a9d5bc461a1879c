//! `cargo xtask bench`: Kontor beside its peers.

use anyhow::{Result, bail};

/// The suites there are, each with what it measures.
const SUITES: &[(&str, &str)] = &[];

/// Lists the suites, or runs the named ones.
pub(crate) fn run(names: &[String]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|n| !SUITES.iter().any(|(s, _)| s == n)) {
        bail!("no suite is called {unknown}");
    }
    if SUITES.is_empty() {
        println!("No suites yet.");
    }
    for (name, what) in SUITES {
        println!("{name:<12} {what}");
    }
    Ok(())
}
