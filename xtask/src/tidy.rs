//! Tidiness no compiler looks at: sizes, forgotten files, the weight of the dependencies.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// A file longer than this is two files.
const LINES: usize = 500;

/// Packages in Cargo.lock. Every one is compiled, audited and updated by somebody: raising this is a decision of its
/// own commit. 680 for the window and mail; 110 more with the team: Loro's family, axum, sqlx for PostgreSQL (ADR 0009, 0010);
/// 40 with the company's sign-in, most of them RustCrypto's signatures (ADR 0011); 4 with customers and what their papers say, rooms of our own.
const PACKAGES: usize = 834;

/// Where our sources are.
const PLACES: &[&str] = &[
    "src-tauri",
    "crates",
    "cli",
    "server",
    "tests",
    "xtask",
    "ui/src",
    "ui/test",
    "ui/dev",
    "fuzz",
];

/// One source file of ours.
#[derive(Debug)]
pub(crate) struct Source {
    /// From the workspace's folder, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Fails with a line for everything that is not in order.
pub(crate) fn check() -> Result<()> {
    let sources = sources(shell::root())?;
    let mut problems: Vec<String> = sources
        .iter()
        .flat_map(shape)
        .chain(orphans(&sources))
        .collect();
    let lock = fs::read_to_string(shell::root().join("Cargo.lock")).context("read Cargo.lock")?;
    let packages = lock.lines().filter(|l| *l == "[[package]]").count();
    if packages > PACKAGES {
        problems.push(format!(
            "Cargo.lock: {packages} packages, {PACKAGES} allowed (xtask/src/tidy.rs)"
        ));
    }
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    Ok(())
}

/// All Rust, TypeScript and CSS of ours, in order; nothing installed, built or generated.
pub(crate) fn sources(root: &Path) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    for place in PLACES.iter().filter(|p| root.join(p).is_dir()) {
        walk(root, &root.join(place), &mut found)?;
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(root: &Path, dir: &Path, found: &mut Vec<Source>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("read {}", dir.display()))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if !matches!(
                name.as_str(),
                "node_modules" | "dist" | "target" | "gen" | "corpus" | "artifacts" | "fixtures"
            ) {
                walk(root, &path, found)?;
            }
        } else if matches!(
            path.extension().and_then(|e| e.to_str()),
            Some("rs" | "ts" | "tsx" | "css")
        ) {
            let text =
                fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
            let path = path.strip_prefix(root)?.to_string_lossy().into_owned();
            found.push(Source { path, text });
        }
    }
    Ok(())
}

fn shape(source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    let lines = source.text.lines().count();
    let generated = source.text.starts_with("// Generated")
        || source.text.starts_with("// This file has been generated");
    if lines > LINES && !generated {
        problems.push(format!("{}: {lines} lines, {LINES} allowed", source.path));
    }
    if source.path.ends_with("/mod.rs") {
        problems.push(format!(
            "{}: write foo.rs beside foo/, not foo/mod.rs",
            source.path
        ));
    }
    problems
}

/// Rust files no `mod` leads to: the compiler never sees them, their tests never run.
fn orphans(sources: &[Source]) -> Vec<String> {
    let rust = |path: &str| sources.iter().find(|s| s.path == path);
    let mut problems = Vec::new();
    for source in sources {
        let Some((dir, name)) = source
            .path
            .strip_suffix(".rs")
            .and_then(|p| p.rsplit_once('/'))
        else {
            continue;
        };
        if is_root(dir, name) {
            continue;
        }
        let beside = format!("{dir}.rs");
        let parents = [
            beside,
            format!("{dir}/lib.rs"),
            format!("{dir}/main.rs"),
            format!("{dir}/mod.rs"),
        ];
        let named = parents
            .iter()
            .filter_map(|p| rust(p))
            .any(|parent| declares(&parent.text, name))
            || sources
                .iter()
                .any(|s| s.path.ends_with(".rs") && s.text.contains(&format!("/{name}.rs\"")))
            || sources.iter().any(|s| {
                s.path.starts_with(dir) && s.text.contains(&format!("#[path = \"{name}.rs\"]"))
            });
        if !named {
            problems.push(format!("{}: no `mod {name};` leads here", source.path));
        }
    }
    problems
}

/// Files cargo finds by itself, or that a manifest names.
fn is_root(dir: &str, name: &str) -> bool {
    let place = dir.rsplit('/').next().unwrap_or_default();
    matches!(name, "lib" | "main" | "build")
        || matches!(place, "bin" | "examples" | "benches" | "fuzz_targets")
        || (place == "tests" && dir.starts_with("crates/")
            || dir == "cli/tests"
            || dir == "tests/e2e")
}

fn declares(text: &str, name: &str) -> bool {
    let wanted = format!("mod {name}");
    text.lines()
        .filter_map(|l| l.trim().split_once(&*wanted))
        .any(|(before, after)| {
            after.starts_with([';', ' ']) && (before.is_empty() || before.ends_with(' '))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.into(),
            text: text.into(),
        }
    }

    #[test]
    fn long_files_are_named() {
        let long = "x\n".repeat(LINES.saturating_add(1));
        assert_eq!(
            shape(&source("crates/a/src/b.rs", &long)).len(),
            1,
            "one line too long"
        );
        assert_eq!(
            shape(&source(
                "ui/src/api/bindings.ts",
                &format!("// Generated\n{long}")
            ))
            .len(),
            0,
            "generated"
        );
        assert_eq!(
            shape(&source("crates/a/src/b/mod.rs", "")).len(),
            1,
            "mod.rs"
        );
    }

    #[test]
    fn forgotten_files_are_named() {
        let all = [
            source("crates/a/src/lib.rs", "pub mod b;\nmod bc;"),
            source("crates/a/src/b.rs", "mod deep;"),
            source("crates/a/src/b/deep.rs", ""),
            source("crates/a/src/c.rs", ""),
            source("crates/a/src/bc.rs", ""),
            source("crates/a/tests/story.rs", ""),
        ];
        assert_eq!(
            orphans(&all),
            ["crates/a/src/c.rs: no `mod c;` leads here"],
            "only the forgotten one"
        );
    }

    #[test]
    fn declarations_are_whole_words() {
        for (text, want) in [
            ("mod b;", true),
            ("pub(crate) mod b;", true),
            ("mod bc;", false),
            ("mod b {", true),
            ("commod b;", false),
        ] {
            assert_eq!(declares(text, "b"), want, "{text}");
        }
    }
}
