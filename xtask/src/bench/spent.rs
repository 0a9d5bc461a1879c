//! What a program cost: wall time, CPU, memory.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

/// The cost of one run of a program, its children included.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    /// Seconds by the clock, start of the process included.
    pub(super) wall: f64,
    /// Seconds on a processor, user and system.
    pub(super) cpu: f64,
    /// Largest resident set, megabytes (10^6).
    pub(super) rss: f64,
}

/// Runs a program under GNU time and returns its cost and what it printed.
pub(super) fn measured(command: &Command) -> Result<(Spent, String)> {
    let scratch = std::env::temp_dir().join(format!("kontor-bench-{}", std::process::id()));
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["-f", "%U %S %M", "-o"]).arg(&scratch);
    timed.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => timed.env(name, value),
            None => timed.env_remove(name),
        };
    }
    let started = Instant::now();
    let out = timed
        .stdin(Stdio::null())
        .output()
        .context("start /usr/bin/time (Debian package `time`)")?;
    let wall = started.elapsed().as_secs_f64();
    if !out.status.success() {
        bail!(
            "{}: {}\n{}{}",
            command.get_program().to_string_lossy(),
            out.status,
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
    }
    let text = std::fs::read_to_string(&scratch)?;
    std::fs::remove_file(&scratch)?;
    let numbers: Vec<f64> = text
        .lines()
        .last()
        .unwrap_or_default()
        .split(' ')
        .filter_map(|n| n.parse().ok())
        .collect();
    let &[user, system, kib] = numbers.as_slice() else {
        bail!("GNU time answered {text:?}");
    };
    let spent = Spent {
        wall,
        cpu: user + system,
        rss: kib * 1024.0 / 1e6,
    };
    Ok((spent, String::from_utf8_lossy(&out.stdout).into_owned()))
}

/// Space a folder takes on the disk, megabytes: whole blocks, as `du` counts.
pub(super) fn disk(dir: &Path) -> Result<f64> {
    let out = crate::shell::output(
        Command::new("du")
            .args(["-s", "--block-size=1", "--"])
            .arg(dir),
    )?;
    let bytes = out.split_whitespace().next().unwrap_or_default();
    Ok(bytes.parse::<f64>().context("read du's answer")? / 1e6)
}

/// The middle of some figures; zero of none.
pub(super) fn median(figures: &[f64]) -> f64 {
    percentile(figures, 50)
}

/// The figure `percent` of all do not exceed; zero of none.
pub(super) fn percentile(figures: &[f64], percent: usize) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let at = last.saturating_mul(percent).saturating_add(50) / 100;
    sorted.get(at.min(last)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_figures_that_occurred() {
        let figures = [5.0, 1.0, 3.0, 2.0, 4.0];
        assert!(
            (median(&figures) - 3.0).abs() < f64::EPSILON,
            "the middle one"
        );
        assert!(
            (percentile(&figures, 95) - 5.0).abs() < f64::EPSILON,
            "the last one"
        );
        assert!(percentile(&[], 95).abs() < f64::EPSILON, "none");
    }

    #[test]
    fn a_program_is_measured() {
        if !Path::new("/usr/bin/time").exists() {
            println!("not run: GNU time is not installed");
            return;
        }
        let (spent, out) = measured(Command::new("echo").arg("here")).unwrap();
        assert_eq!(out, "here\n", "its answer is kept");
        assert!(spent.rss > 0.1, "its memory is known: {spent:?}");
    }
}
