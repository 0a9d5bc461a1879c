//! Pages of lists: a page must cost the same whatever lies behind it.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::Result;

use super::Bench;
use super::kontor;
use super::report::{Report, Row};
use crate::shell;

/// Rows of the smallest store.
const FEW: usize = 1000;

/// What is no page: work done once for all pages that follow, and a search's.
const BESIDE: [&str; 4] = [
    "status",
    "all threads weighed, once",
    "first contacts, never asked before",
    "first contacts, a flag having changed",
];

/// Each store is asked so often, in turn; a busy machine only ever adds to a time, so the least median counts.
const ROUNDS: usize = 3;

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let (mut few, mut many) = (BTreeMap::new(), BTreeMap::new());
    for _ in 0..ROUNDS {
        least(&mut few, &store_speed(bench, FEW, "pages")?);
        least(&mut many, &store_speed(bench, bench.rows, "pages")?);
    }
    for (what, few) in few {
        let Some(many) = many.get(&what) else {
            continue;
        };
        let row = if BESIDE.contains(&what.as_str()) {
            Row::beside(&what, many / few, "×")
        } else {
            Row::at_most(&what, many / few, "×", (1.2, 1.0))
        };
        report.add(row.note(format!(
            "p50 {few:.3} ms at {FEW} rows, {many:.3} ms at {} rows",
            bench.rows
        )));
    }
    Ok(())
}

/// Runs the store's own speed example; the store it fills is kept, so that the next suite need not fill it again.
pub(super) fn store_speed(bench: &Bench, rows: usize, only: &str) -> Result<String> {
    let program = kontor::example(bench, "kontor-store", "store_speed")?;
    println!("  {only} of a store of {rows} rows …");
    shell::output(
        Command::new(program)
            .arg(rows.to_string())
            .args(["--only", only])
            .arg("--keep")
            .arg(bench.harness.work.join("rows")),
    )
}

/// Keeps of each kind of page the lesser median.
fn least(known: &mut BTreeMap<String, f64>, out: &str) {
    for (what, ms) in medians(out) {
        let least = known.entry(what).or_insert(ms);
        *least = least.min(ms);
    }
}

/// The median of each kind of page the example names.
fn medians(out: &str) -> BTreeMap<String, f64> {
    out.lines()
        .filter(|l| !l.starts_with(' ') && !l.starts_with("search"))
        .filter_map(|line| {
            let (what, times) = line.split_once(" p50 ")?;
            let ms = times.split_whitespace().next()?.parse().ok()?;
            Some((what.trim().to_owned(), ms))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read_from_the_examples_lines() {
        let out = "50 threads, first page           p50   0.512 ms  p95   0.610 ms\n\
                   \u{20} the                    total 3 first 1.0 ms  again p50 1.0 p95 2.0 ms\n\
                   search, twenty queries: asked once p50 1.00 p95 2.00 ms";
        let all = medians(out);
        assert_eq!(all.len(), 1, "queries are no pages: {all:?}");
        assert!(
            all.get("50 threads, first page")
                .is_some_and(|ms| (ms - 0.512).abs() < 1e-9),
            "{all:?}"
        );
    }
}
