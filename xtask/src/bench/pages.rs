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

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let (few, many) = (
        medians(&store_speed(bench, FEW)?),
        medians(&store_speed(bench, bench.rows)?),
    );
    for (what, few) in few {
        let Some(many) = many.get(&what) else {
            continue;
        };
        let row = if what == "status" {
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
pub(super) fn store_speed(bench: &Bench, rows: usize) -> Result<String> {
    let program = kontor::example(bench, "kontor-store", "store_speed")?;
    println!("  a store of {rows} rows …");
    shell::output(
        Command::new(program)
            .arg(rows.to_string())
            .arg("--keep")
            .arg(bench.harness.work.join("rows")),
    )
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
