//! The twenty queries of the corpus on real profiles, and twenty like them on a store of made-up rows.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::harness::Home;
use super::kontor::{self, Kontor};
use super::report::{Report, Row};
use super::spent::percentile;
use super::sync::Peer;
use super::{Bench, pages};
use crate::shell;

/// How often each query is asked.
const TIMES: usize = 15;

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let programs = kontor::programs(bench)?;
    for (count, goal) in [(bench.count, (5.0, 3.0)), (bench.large, (10.0, 5.0))] {
        profile(bench, count, goal, &programs, report)?;
    }
    million(bench, report)?;
    notmuch(bench, report)
}

/// Searches a profile of the corpus; uses the one the last first sync left, makes one where there is none.
fn profile(
    bench: &Bench,
    count: usize,
    goal: (f64, f64),
    programs: &Path,
    report: &mut Report,
) -> Result<()> {
    let corpus = bench.harness.corpus(count)?;
    let name = format!("profile-{count}");
    let dir = bench.harness.work.join(&name);
    let kontor = if dir.join("profile/store.db").is_file() {
        Kontor::at(&dir, programs)?
    } else {
        let homes = [Home::Folders("bench", &corpus)];
        let server = bench.harness.server("search", &homes)?;
        let kontor = Kontor::at(&bench.harness.fresh(&name)?, programs)?;
        kontor.account(&server, "bench")?;
        kontor.sync_once(&[])?;
        kontor
    };
    let queries = queries(&corpus)?;
    let asked: Vec<String> = (0..TIMES)
        .flat_map(|_| &queries)
        .map(|(id, query)| json!({ "id": id, "query": query, "limit": 50 }).to_string())
        .collect();
    let lines = format!("{}\n", asked.join("\n"));
    // The system takes files out of its cache when it likes: the first run brings them back, the second counts.
    let (before, again) = (ask(&kontor, &lines)?, ask(&kontor, &lines)?);
    report.add(
        Row::at_most(
            &format!("search, newest 50 with snippets and exact total, {count} mails, p95"),
            percentile(&again.times, 95),
            "ms",
            goal,
        )
        .note(format!(
            "p50 {:.2} ms; slowest {} {:.1} ms; {} queries × {TIMES}; in the run before, p95 {:.2} ms",
            percentile(&again.times, 50),
            again.worst.0,
            again.worst.1,
            queries.len(),
            percentile(&before.times, 95),
        )),
    );
    Ok(())
}

/// What one process answered.
struct Asked {
    /// Milliseconds of each query.
    times: Vec<f64>,
    /// The slowest.
    worst: (String, f64),
}

/// Asks all queries of one new process.
fn ask(kontor: &Kontor, lines: &str) -> Result<Asked> {
    let mut asked = Asked {
        times: Vec::new(),
        worst: (String::new(), 0.0),
    };
    let mut found = 0_u64;
    for answer in kontor.ctl(&["search", "--jsonl"], lines)? {
        let ms = answer
            .get("ms")
            .and_then(Value::as_f64)
            .with_context(|| format!("a search failed: {answer}"))?;
        asked.times.push(ms);
        found = found.saturating_add(answer.get("total").and_then(Value::as_u64).unwrap_or(0));
        if ms > asked.worst.1 {
            let id = answer.get("id").and_then(Value::as_str).unwrap_or_default();
            asked.worst = (id.to_owned(), ms);
        }
    }
    anyhow::ensure!(
        found > 0,
        "the queries found nothing at all in {}",
        kontor.dir().display()
    );
    Ok(asked)
}

/// The corpus' queries in our words.
fn queries(corpus: &Path) -> Result<Vec<(String, String)>> {
    let file = corpus.with_file_name("Maildir.queries.json");
    let all: Vec<Vec<Value>> = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    all.iter()
        .map(|query| {
            let word = |n: usize| query.get(n).and_then(Value::as_str).unwrap_or_default();
            let last_second = query.last().and_then(|l| l.as_array()?.last()?.as_i64());
            Ok((word(0).to_owned(), ours(word(1), last_second)?))
        })
        .collect()
}

/// notmuch's `date:A..B`, both days included, is our `after:A before:C`, C being the day after B.
fn ours(query: &str, last_second: Option<i64>) -> Result<String> {
    let Some((range, rest)) = query
        .strip_prefix("date:")
        .map(|q| q.split_once(' ').unwrap_or((q, "")))
    else {
        return Ok(query.to_owned());
    };
    let from = range.split("..").next().unwrap_or_default();
    let until = last_second
        .context("a range of dates without seconds")?
        .saturating_add(1);
    let day = shell::output(Command::new("date").args(["-u", "+%F", "-d", &format!("@{until}")]))?;
    Ok(format!("after:{from} before:{} {rest}", day.trim())
        .trim_end()
        .to_owned())
}

/// Two processes one after the other, as for the other sizes: the first brings the file into the system's cache.
fn million(bench: &Bench, report: &mut Report) -> Result<()> {
    let (_, before) = times_of(&pages::store_speed(bench, bench.rows, "searches")?)?;
    let (once, often) = times_of(&pages::store_speed(bench, bench.rows, "searches")?)?;
    report.add(
        Row::at_most(
            &format!("search, {} made-up rows, p95", bench.rows),
            often,
            "ms",
            (40.0, 15.0),
        )
        .note(format!(
            "crates/store's example store_speed, twenty queries × 15; each asked once, cold: p95 {once:.1} ms; in the run before, p95 {before:.1} ms"
        )),
    );
    Ok(())
}

/// The p95 of queries asked once, and of all, as the store's example says them.
fn times_of(out: &str) -> Result<(f64, f64)> {
    let line = out
        .lines()
        .find(|l| l.starts_with("search, twenty queries"))
        .context("the store's example names no search times")?;
    let numbers: Vec<f64> = line
        .split(' ')
        .filter_map(|w| w.trim_end_matches(';').parse().ok())
        .collect();
    let &[_, once, _, often] = numbers.as_slice() else {
        anyhow::bail!("the store's example says {line:?}");
    };
    Ok((once, often))
}

/// notmuch over the same mails, where it is installed and mbsync's copy is indexed.
fn notmuch(bench: &Bench, report: &mut Report) -> Result<()> {
    if shell::find("notmuch").is_none() || shell::find("mbsync").is_none() {
        report.missing("notmuch or mbsync is not installed");
        return Ok(());
    }
    let corpus = bench.harness.corpus(bench.count)?;
    let dir = bench.harness.work.join("mbsync");
    let config = dir.join("notmuch");
    if !dir.join("mail/.notmuch").is_dir() {
        let homes = [Home::Folders("bench", &corpus)];
        let server = bench.harness.server("search", &homes)?;
        let peer = Peer::at(&bench.harness, &server, "bench")?;
        peer.sync(false)?;
        peer.index()?;
    }
    let out = shell::output(
        Command::new("/usr/bin/python3")
            .arg(bench.harness.scripts.join("bench_search.py"))
            .arg("--queries")
            .arg(corpus.with_file_name("Maildir.queries.json"))
            .arg("--work")
            .arg(bench.harness.fresh("notmuch-search")?)
            .arg("--notmuch-config")
            .arg(config),
    )?;
    for (name, what) in [
        (
            "notmuch newest 50 ids (in-process)",
            "notmuch in-process, newest 50 ids, no snippets, p95",
        ),
        (
            "notmuch search --limit=50 (process)",
            "notmuch as a process, p95",
        ),
    ] {
        let p95 = out.lines().find(|l| l.starts_with(name)).and_then(|l| {
            l.split("p95")
                .nth(1)?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        });
        match p95 {
            Some(ms) => {
                report.add(Row::beside(what, ms, "ms").note(format!("{} mails", bench.count)));
            }
            None => report.missing(&format!("{what} (python3-notmuch2?)")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_said_in_our_words() {
        for (theirs, last, want) in [
            ("from:nordwind invoice", None, "from:nordwind invoice"),
            (
                "date:2024-03-01..2024-03-31 invoice",
                Some(1_711_929_599),
                "after:2024-03-01 before:2024-04-01 invoice",
            ),
            (
                "date:2025-06-01..2025-06-30",
                Some(1_751_327_999),
                "after:2025-06-01 before:2025-07-01",
            ),
        ] {
            assert_eq!(ours(theirs, last).unwrap(), want, "{theirs}");
        }
    }
}
