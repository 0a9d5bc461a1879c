//! Writes the sample company's mail below a folder, one `.eml` each: `cargo run -p kontor-testkit --example company DIR`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use kontor_testkit::company;

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let dir = PathBuf::from(
        words
            .next()
            .context("the folder to write into is missing")?,
    );
    // Thursday, 19 November 2026, 09:50 in Ljubljana: the moment of the pictures.
    let now = words.next().map_or(Ok(1_795_078_200), |n| n.parse())?;
    for (address, mails) in company::mail(now) {
        for (n, mail) in mails.iter().enumerate() {
            let folder = dir.join(address).join(&mail.folder);
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join(format!("{n:04}.eml")), &mail.raw)?;
        }
    }
    Ok(())
}
