//! What tests may leave behind: nothing. No process, no file in the person's own folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::shell;

/// Every process started below carries this in its environment.
const MARK: &str = "KONTOR_TEST_RUN";

/// A home of its own for one test run.
#[derive(Debug)]
pub(crate) struct Home {
    dir: PathBuf,
    mark: String,
}

impl Home {
    /// Makes it, empty.
    pub(crate) fn new() -> Result<Self> {
        let dir = shell::target().join("test-home");
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("empty {}", dir.display()))?;
        }
        for sub in ["data", "config", "cache", "state"] {
            fs::create_dir_all(dir.join(sub))?;
        }
        Ok(Self {
            dir,
            mark: std::process::id().to_string(),
        })
    }

    /// Lets a program and all it starts live there. Cargo and rustup keep their own places.
    pub(crate) fn move_in(&self, command: &mut Command) {
        let real = std::env::var_os("HOME")
            .map(PathBuf::from)
            .unwrap_or_default();
        for (name, default) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            command.env(
                name,
                std::env::var_os(name).unwrap_or_else(|| real.join(default).into_os_string()),
            );
        }
        for (name, sub) in [
            ("HOME", ""),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
        ] {
            command.env(name, self.dir.join(sub));
        }
        command.env(MARK, &self.mark);
    }

    /// Fails when a test wrote where a person's data would be. Caches of fonts and drivers are nobody's data.
    pub(crate) fn must_be_untouched(&self) -> Result<()> {
        let mut found = Vec::new();
        for sub in ["data", "config", "state"] {
            files(&self.dir.join(sub), &mut found)?;
        }
        let ours = |p: &PathBuf| {
            p.strip_prefix(&self.dir)
                .map(|p| p.display().to_string())
                .unwrap_or_default()
        };
        let names: Vec<String> = found.iter().map(ours).collect();
        anyhow::ensure!(
            names.is_empty(),
            "a test wrote into the person's folders instead of a temporary one: {}",
            names.join(", ")
        );
        Ok(())
    }

    /// Ends processes of this run that outlived it, and returns their names.
    pub(crate) fn end_processes(&self) -> Result<Vec<String>> {
        let left = self.processes()?;
        for (pid, _) in &left {
            // By number, one by one: gone already is fine.
            shell::quiet(Command::new("kill").args(["-KILL", pid])).ok();
        }
        Ok(left
            .into_iter()
            .map(|(pid, name)| format!("{name} ({pid})"))
            .collect())
    }

    fn processes(&self) -> Result<Vec<(String, String)>> {
        let wanted = format!("{MARK}={}", self.mark);
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc")?.flatten() {
            let pid = entry.file_name().to_string_lossy().into_owned();
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            if environment
                .split(|&b| b == 0)
                .any(|v| v == wanted.as_bytes())
            {
                let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
                found.push((pid, name.trim().to_owned()));
            }
        }
        Ok(found)
    }
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}
