//! One build of everything, in which every warning of our own code is an error.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::shell;

/// Builds programs, tests and lints of the whole workspace; the artefacts are those the tests run from.
///
/// `-D warnings` in RUSTFLAGS would rebuild every dependency, and in CLIPPY_ARGS every member, each time it comes and
/// goes. So the build is left as it is and its messages are read: cargo repeats the warnings of what was fresh.
pub(crate) fn build() -> Result<()> {
    let mut cargo = shell::cargo();
    cargo
        .arg("build")
        .args(shell::WORKSPACE)
        .args(["--all-targets", "--message-format=json"]);
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .context("start cargo")?;
    let stdout = child.stdout.take().context("cargo's output")?;
    let mut warnings = BTreeSet::new();
    let mut errors = BTreeSet::new();
    for line in BufReader::new(stdout).lines() {
        match finding(&line?) {
            Some((true, text)) => errors.insert(text),
            Some((false, text)) => warnings.insert(text),
            None => false,
        };
    }
    let built = child.wait()?.success();
    for text in errors.iter().chain(&warnings) {
        println!("{text}");
    }
    if !built {
        bail!("the code does not build");
    }
    if !warnings.is_empty() {
        bail!("{} warnings; each is an error here", warnings.len());
    }
    Ok(())
}

/// The rendered text of a diagnostic in our own code, and whether it is an error.
///
/// Other packages' warnings are capped by cargo; an error there (a missing system library) must be seen, too.
fn finding(line: &str) -> Option<(bool, String)> {
    let message: Value = serde_json::from_str(line).ok()?;
    if message.get("reason")? != "compiler-message" {
        return None;
    }
    let diagnostic = message.get("message")?;
    let text = |key| {
        diagnostic
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let is_error = text("level").starts_with("error");
    if !is_error && text("level") != "warning" {
        return None;
    }
    // Summaries ("3 warnings emitted", "aborting due to …") have no place in the code; nor have the linker's errors.
    let placed = !diagnostic.get("spans")?.as_array()?.is_empty();
    let summary = !is_error || text("message").starts_with("aborting due to");
    (placed || !summary).then(|| (is_error, text("rendered").to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(level: &str, spans: &str, want: Option<bool>) {
        let line = format!(
            r#"{{"reason":"compiler-message","message":{{"level":"{level}","spans":{spans},"rendered":"x"}}}}"#
        );
        assert_eq!(finding(&line).map(|(e, _)| e), want, "{line}");
    }

    #[test]
    fn findings_are_told_from_chatter() {
        check("warning", "[{}]", Some(false));
        check("error", "[{}]", Some(true));
        check("warning", "[]", None);
        check("error", "[]", Some(true));
        check("note", "[{}]", None);
        assert_eq!(
            finding(r#"{"reason":"compiler-artifact"}"#),
            None,
            "no message"
        );
        assert_eq!(finding("Compiling x"), None, "no JSON");
    }
}
