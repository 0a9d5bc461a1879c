//! `cargo xtask bench`: Kontor beside its peers (docs/BENCHMARKS.md says how to read it).
//!
//! Never a timed test: a busy machine may make a figure worse, not red. Programs are built for release; corpora, servers
//! and profiles lie in `target/bench`; every server started here ends here, also when a suite fails.

mod crm;
mod harness;
mod hocuspocus;
mod idle;
mod kontor;
mod large;
mod mime;
mod notes;
mod pages;
mod push;
mod report;
mod search;
mod spent;
mod sync;
mod team;

use anyhow::{Result, bail};

use harness::Harness;
use report::Report;

const HELP: &str = "\
cargo xtask bench [SUITE…]: measures Kontor beside its peers; without a SUITE all of them

  sync     first sync, nothing changed, a hundred changes, disk: beside the raw drain, mbsync and notmuch
  large    the newest 200 of a small and a large INBOX, all envelopes, memory of a large first sync
  search   twenty queries on real profiles, and on a million rows; beside notmuch
  pages    pages of lists from a thousand to a million rows
  push     from the server's announcement to the commit, and to the row in the real window
  idle     CPU while three accounts wait for news
  mime     a full parse beside bare mail-parser
  team     the team's server: operations, fan-out, connections, catching up, a key to a colleague's screen; beside Hocuspocus
  notes    recordings of people writing, beside yrs and automerge; conflicts found and settled
  crm      dossiers beside a large directory, offline; changes in Metakocka; calls of a first mirror

  --built      takes the release programs as they lie in the target folder, builds nothing
  --quick      small corpora, one round: figures in two minutes, to be compared with each other only
  --count N    mails of the corpus (20000)
  --large N    mails of the large corpus (100000)
  --rows N     rows of the largest store (1000000)
  --rounds N   rounds; medians are shown (3)
  --write      writes docs/BENCHMARKS.md from this run, suites that did not run from the last run that had them

The harness is looked for at KONTOR_BENCH, else ../shared/bench. Peers that are not installed are named and left out.
";

type Suite = fn(&Bench, &mut Report) -> Result<()>;

const SUITES: &[(&str, Suite)] = &[
    ("sync", sync::run),
    ("large", large::run),
    ("search", search::run),
    ("pages", pages::run),
    ("push", push::run),
    ("idle", idle::run),
    ("mime", mime::run),
    ("team", team::run),
    ("notes", notes::run),
    ("crm", crm::run),
];

/// What all suites share.
pub(crate) struct Bench {
    /// Corpora, servers, peers.
    harness: Harness,
    /// Mails of the corpus.
    count: usize,
    /// Mails of the large corpus.
    large: usize,
    /// Rows of the largest store.
    rows: usize,
    rounds: usize,
    quick: bool,
    /// Nothing is built.
    built: bool,
}

/// Runs the named suites, or all.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let (mut names, mut write, mut built) = (Vec::new(), false, false);
    let (mut count, mut large, mut rows, mut rounds, mut quick) = (None, None, None, None, false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut number = || match words.next().map(|n| n.parse::<usize>()) {
            Some(Ok(n)) if n > 0 => Ok(Some(n)),
            _ => bail!("{word} wants a number above zero"),
        };
        match word.as_str() {
            "--quick" => quick = true,
            "--built" => built = true,
            "--write" => write = true,
            "--count" => count = number()?,
            "--large" => large = number()?,
            "--rows" => rows = number()?,
            "--rounds" => rounds = number()?,
            "help" => {
                print!("{HELP}");
                return Ok(());
            }
            name if SUITES.iter().any(|(n, _)| *n == name) => names.push(name),
            other => bail!("no suite or option is called {other}\n\n{HELP}"),
        }
    }
    let Some(harness) = Harness::find()? else {
        println!(
            "NOT MEASURED: the harness with corpus and peers is not here. Point KONTOR_BENCH at its folder (it holds gen_corpus.py and dovecot_up.sh)."
        );
        return Ok(());
    };
    let size = |wish: Option<usize>, full: usize, small: usize| {
        wish.unwrap_or(if quick { small } else { full })
    };
    let bench = Bench {
        harness,
        count: size(count, 20_000, 2_000),
        large: size(large, 100_000, 20_000),
        rows: size(rows, 1_000_000, 20_000),
        rounds: size(rounds, 3, 1),
        quick,
        built,
    };
    let mut report = Report::load(&bench);
    for (name, suite) in SUITES {
        if names.is_empty() || names.contains(name) {
            report.begin(name);
            if let Err(error) = suite(&bench, &mut report) {
                report.missing(&format!("the suite broke off: {error:#}"));
                println!("{name}: {error:#}");
            }
            report.end()?;
        }
    }
    if write {
        report.write_page()?;
    }
    Ok(())
}
