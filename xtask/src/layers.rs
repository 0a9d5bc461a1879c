//! The arrows between the rooms, and the invariants that can be searched for in their code.

mod arrows;
mod words;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::shell;

/// Checks both and prints what is wrong, one line each.
pub(crate) fn run() -> Result<()> {
    let problems = problems()?;
    if problems.is_empty() {
        println!("The house stands as drawn.");
        return Ok(());
    }
    bail!("{}", problems.join("\n"))
}

/// All violations, sorted.
pub(crate) fn problems() -> Result<Vec<String>> {
    let metadata = shell::output(shell::plain_cargo().args([
        "metadata",
        "--no-deps",
        "--format-version=1",
        "--offline",
        "--locked",
    ]))?;
    let mut problems = arrows::problems(&serde_json::from_str::<Value>(&metadata)?);
    for file in crate::tidy::sources(shell::root())? {
        problems.extend(words::problems(&file.path, &file.text));
    }
    problems.sort();
    Ok(problems)
}
