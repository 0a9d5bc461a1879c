//! Running other programs, and where things lie.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The workspace's folder.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Where cargo builds: `CARGO_TARGET_DIR`, else `target`.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program of the debug build.
pub(crate) fn built(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// Cargo, with the lints built in.
///
/// clippy-driver stands in for rustc on the members of the workspace, so that one build gives programs, tests and
/// lints. `cargo clippy` and `cargo check` would compile every dependency a second time: minutes on a small machine.
/// Not for release builds: clippy-driver switches some of the optimiser off.
pub(crate) fn cargo() -> Command {
    let mut command = plain_cargo();
    if let Some(driver) = find("clippy-driver") {
        command.env("RUSTC_WORKSPACE_WRAPPER", driver);
    }
    command
}

/// Cargo as it is, for release builds.
pub(crate) fn plain_cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(root())
        .env_remove("RUSTC_WORKSPACE_WRAPPER");
    // What `cargo run` told xtask about itself. Build scripts watch these names: were they passed on, a cargo started
    // by hand and one started here would undo each other's work and compile ring and all above it every time.
    let told = std::env::vars_os().map(|(name, _)| name);
    for name in told.filter(|n| is_about_xtask(&n.to_string_lossy())) {
        command.env_remove(name);
    }
    command
}

/// True for variables cargo sets for the program it runs.
fn is_about_xtask(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"]
        .iter()
        .any(|p| variable.starts_with(p))
        || matches!(variable, "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE")
}

/// What every build of the workspace selects. Always the same, because cargo gives dependencies another set of
/// features, and compiles them again, when other members are selected.
pub(crate) const WORKSPACE: [&str; 3] = ["--workspace", "--features", "kontor/custom-protocol"];

/// A program in the folder of the window's code.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(args).current_dir(root().join("ui"));
    command
}

/// Runs it, output to the terminal; fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = command.status().with_context(|| format!("start {shown}"))?;
    if !status.success() {
        bail!("{shown}: {status}");
    }
    Ok(())
}

/// Runs it quietly; its output comes only with the error.
pub(crate) fn quiet(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let out = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("start {shown}"))?;
    if !out.status.success() {
        let (stdout, stderr) = (
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr),
        );
        bail!(
            "{shown}: {}\n{}\n{}",
            out.status,
            stdout.trim_end(),
            stderr.trim_end()
        );
    }
    Ok(())
}

/// Runs it and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let out = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("start {shown}"))?;
    if !out.status.success() {
        bail!("{shown}: {}", out.status);
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// The program's path, looked for where a shell would look, and among the tools installed by xtask.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let tools = ["bin", "python/bin"].map(|d| target().join("tools").join(d));
    let sbin = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(tools)
        .chain(sbin)
        .map(|dir| dir.join(program))
        .find(|p| p.is_file())
}

/// The command line for eyes.
fn show(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let args = command.get_args().map(|a| a.to_string_lossy().into_owned());
    std::iter::once(program)
        .chain(args)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_shown_as_typed() {
        let mut command = Command::new("/usr/bin/apt-get");
        command.args(["install", "dovecot-imapd"]);
        assert_eq!(
            show(&command),
            "apt-get install dovecot-imapd",
            "no path, all words"
        );
    }

    #[test]
    fn what_cargo_said_of_xtask_is_told_from_what_a_person_sets() {
        for (name, want) in [
            ("CARGO_PKG_VERSION_MAJOR", true),
            ("CARGO_MANIFEST_DIR", true),
            ("CARGO_HOME", false),
            ("CARGO_TARGET_DIR", false),
            ("CARGO_BUILD_JOBS", false),
        ] {
            assert_eq!(is_about_xtask(name), want, "{name}");
        }
    }

    #[test]
    fn a_failure_carries_the_output() {
        let error = quiet(Command::new("sh").args(["-c", "echo why >&2; exit 3"]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("why") && error.contains('3'), "{error}");
    }
}
