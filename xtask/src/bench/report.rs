//! Figures with what they must and should be: shown, kept as JSON, written as a page.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use serde_json::{Value, json};

use super::Bench;
use crate::shell;

/// One figure.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// What was measured.
    what: String,
    measured: f64,
    /// Of what kind the figure is: "× drain", "ms", "MB".
    unit: &'static str,
    /// The floor, and what to keep going for. `None`: shown beside the others, judged by nobody.
    goal: Option<(f64, f64)>,
    /// True where more is better.
    more_is_better: bool,
    /// How it came about: absolute figures, size of the corpus.
    note: String,
}

impl Row {
    /// A figure that must stay below one number and aims below another.
    pub(super) fn at_most(what: &str, measured: f64, unit: &'static str, goal: (f64, f64)) -> Self {
        Self {
            what: what.to_owned(),
            measured,
            unit,
            goal: Some(goal),
            more_is_better: false,
            note: String::new(),
        }
    }

    /// A figure that must reach a number.
    pub(super) fn at_least(
        what: &str,
        measured: f64,
        unit: &'static str,
        goal: (f64, f64),
    ) -> Self {
        Self {
            more_is_better: true,
            ..Self::at_most(what, measured, unit, goal)
        }
    }

    /// A figure to compare with: a peer's, or one that explains another.
    pub(super) fn beside(what: &str, measured: f64, unit: &'static str) -> Self {
        Self {
            goal: None,
            ..Self::at_most(what, measured, unit, (0.0, 0.0))
        }
    }

    /// Says how the figure came about.
    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    fn verdict(&self) -> &'static str {
        let reaches = |goal: f64| {
            if self.more_is_better {
                self.measured >= goal
            } else {
                self.measured <= goal
            }
        };
        match self.goal {
            None => "",
            Some((_, aim)) if reaches(aim) => "aim reached",
            Some((must, _)) if reaches(must) => "must kept",
            Some(_) => "MISSED",
        }
    }

    fn cells(&self) -> [String; 6] {
        let sign = if self.more_is_better { "≥" } else { "≤" };
        let goal = |n: Option<f64>| n.map_or_else(String::new, |n| format!("{sign} {}", figure(n)));
        [
            self.what.clone(),
            goal(self.goal.map(|g| g.0)),
            goal(self.goal.map(|g| g.1)),
            format!("{} {}", figure(self.measured), self.unit),
            self.verdict().to_owned(),
            self.note.clone(),
        ]
    }
}

/// Three digits that count, no more.
fn figure(n: f64) -> String {
    let size = n.abs();
    if size >= 100.0 || n.fract() == 0.0 {
        format!("{n:.0}")
    } else if size >= 10.0 {
        format!("{n:.1}")
    } else if size >= 0.1 {
        format!("{n:.2}")
    } else {
        format!("{n:.3}")
    }
}

const HEADS: [&str; 6] = ["what", "must", "aim", "measured", "verdict", "how"];

/// All suites' figures: those of this run, and of earlier runs for suites that do not run.
pub(super) struct Report {
    file: PathBuf,
    machine: String,
    suites: BTreeMap<String, Value>,
    now: Option<(String, Vec<Row>, Vec<String>)>,
}

impl Report {
    /// Loads what earlier runs measured.
    pub(super) fn load(bench: &Bench) -> Self {
        let file = bench.harness.work.join("results.json");
        let suites = std::fs::read_to_string(&file)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let rounds = match bench.rounds {
            1 => "one round".to_owned(),
            n => format!("medians of {n} rounds"),
        };
        let quick = if bench.quick {
            "quick run on small corpora, "
        } else {
            ""
        };
        Self {
            file,
            machine: format!("{quick}{rounds}; {}", machine()),
            suites,
            now: None,
        }
    }

    /// Starts a suite.
    pub(super) fn begin(&mut self, suite: &str) {
        println!("\n== {suite}");
        self.now = Some((suite.to_owned(), Vec::new(), Vec::new()));
    }

    /// Adds a figure.
    pub(super) fn add(&mut self, row: Row) {
        let [what, _, _, measured, verdict, _] = row.cells();
        println!("  {what}: {measured} {verdict}");
        if let Some((_, rows, _)) = &mut self.now {
            rows.push(row);
        }
    }

    /// Says what was not measured, and why.
    pub(super) fn missing(&mut self, what: &str) {
        println!("  NOT MEASURED: {what}");
        if let Some((_, _, missing)) = &mut self.now {
            missing.push(what.to_owned());
        }
    }

    /// Ends the suite: shows its table, keeps it as JSON.
    pub(super) fn end(&mut self) -> Result<()> {
        let Some((suite, rows, missing)) = self.now.take() else {
            return Ok(());
        };
        print!("\n{}", table(&rows));
        let figures: Vec<Value> = rows
            .iter()
            .map(|r| json!({ "what": r.what, "measured": r.measured, "unit": r.unit, "must": r.goal.map(|g| g.0), "aim": r.goal.map(|g| g.1), "verdict": r.verdict(), "how": r.note }))
            .collect();
        let cells: Vec<[String; 6]> = rows.iter().map(Row::cells).collect();
        self.suites.insert(
            suite,
            json!({ "figures": figures, "cells": cells, "missing": missing, "machine": self.machine, "at": date() }),
        );
        std::fs::write(&self.file, serde_json::to_string_pretty(&self.suites)?)?;
        println!("  (as JSON: {})", self.file.display());
        Ok(())
    }

    /// Writes docs/BENCHMARKS.md.
    pub(super) fn write_page(&self) -> Result<()> {
        let mut page = include_str!("page.md").to_owned();
        for (name, _) in super::SUITES {
            let suite = self.suites.get(*name);
            let section = suite.map_or_else(|| "Not measured yet.\n".to_owned(), section);
            page = page.replace(&format!("<!-- {name} -->\n"), &section);
        }
        let file = shell::root().join("docs/BENCHMARKS.md");
        std::fs::write(&file, page)?;
        println!("\nwritten: {}", file.display());
        Ok(())
    }
}

fn section(suite: &Value) -> String {
    let words = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let list = |name: &str| {
        suite
            .get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let mut out = format!("| {} |\n|---|---|---|---|---|---|\n", HEADS.join(" | "));
    for row in list("cells") {
        let cells: Vec<String> = row
            .as_array()
            .map(|c| c.iter().map(words).collect())
            .unwrap_or_default();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    for missing in list("missing") {
        out.push_str(&format!("\nNot measured: {}\n", words(&missing)));
    }
    let stamp = |name: &str| suite.get(name).map(words).unwrap_or_default();
    out.push_str(&format!(
        "
*{}, {}.*
",
        stamp("at"),
        stamp("machine")
    ));
    out
}

fn table(rows: &[Row]) -> String {
    let mut lines = vec![HEADS.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    let widths: Vec<usize> = (0..HEADS.len())
        .map(|n| {
            let cells = lines.iter().filter_map(|l| l.get(n));
            cells.map(|c| c.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for line in lines {
        for (cell, width) in line.iter().zip(&widths) {
            out.push_str(&format!("  {cell:width$}"));
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out
}

/// The machine in a few words: figures mean little without it.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    format!(
        "{cores} cores, load {load} at the start, client and server on one machine over loopback"
    )
}

fn date() -> String {
    shell::output(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"]))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_say_what_was_reached() {
        for (row, want) in [
            (Row::at_most("a", 3.9, "×", (6.5, 4.0)), "aim reached"),
            (Row::at_most("a", 6.0, "×", (6.5, 4.0)), "must kept"),
            (Row::at_most("a", 6.6, "×", (6.5, 4.0)), "MISSED"),
            (Row::at_least("a", 0.9, "×", (0.85, 0.85)), "aim reached"),
            (Row::at_least("a", 0.8, "×", (0.85, 0.85)), "MISSED"),
            (Row::beside("a", 0.8, "×"), ""),
        ] {
            assert_eq!(row.verdict(), want, "{row:?}");
        }
    }

    #[test]
    fn figures_have_the_digits_that_count() {
        for (n, want) in [
            (14.66, "14.7"),
            (0.0123, "0.012"),
            (372.4, "372"),
            (4.0, "4"),
            (0.85, "0.85"),
        ] {
            assert_eq!(figure(n), want, "{n}");
        }
    }
}
