//! How fast a folder of mails is read: `cargo run --release -p kontor-mime --example parse_speed -- DIR [ROUNDS]`.
//!
//! Compares, over the same bytes in memory, bare `mail_parser::MessageParser::parse` with [`kontor_mime::parse`] (which
//! also hashes every leaf and fills owned strings), [`kontor_mime::digest`] and [`kontor_mime::headers`]. Each round
//! runs all four in turn, and the best round counts, so that a busy machine disturbs none of them more than the others.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the answer")]
#![allow(clippy::cast_precision_loss, reason = "mega and milli")]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs, io};

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let Some(dir) = args.next() else {
        eprintln!("Name a folder of mails: parse_speed DIR [ROUNDS]");
        return ExitCode::from(2);
    };
    let rounds = args.next().and_then(|n| n.parse().ok()).unwrap_or(5_u32);
    let mut mails = Vec::new();
    if let Err(why) = gather(Path::new(&dir), &mut mails) {
        eprintln!("{dir} cannot be read: {why}");
        return ExitCode::FAILURE;
    }
    let bytes: usize = mails.iter().map(Vec::len).sum();
    println!(
        "{} mails, {:.1} MB, best of {rounds} rounds",
        mails.len(),
        bytes as f64 / 1e6
    );
    let mut best = [Duration::MAX; 4];
    for _ in 0..rounds {
        let times = [
            time(&mails, |raw| {
                mail_parser::MessageParser::new()
                    .parse(raw)
                    .map_or(0, |m| m.parts.len())
            }),
            time(&mails, |raw| kontor_mime::parse(raw).attachments.len()),
            time(&mails, |raw| kontor_mime::digest(raw).text.len()),
            time(&mails, |raw| kontor_mime::headers(raw).subject.len()),
        ];
        for (best, time) in best.iter_mut().zip(times) {
            *best = time.min(*best);
        }
    }
    let names = [
        "mail-parser parse",
        "kontor parse + hashes",
        "kontor digest",
        "kontor headers",
    ];
    let [bare, ..] = best;
    for (name, time) in names.iter().zip(best) {
        let seconds = time.as_secs_f64();
        let (rate, ratio) = (bytes as f64 / 1e6 / seconds, bare.as_secs_f64() / seconds);
        println!(
            "{name:24} {:8.1} ms {rate:8.0} MB/s {ratio:6.2} x mail-parser",
            seconds * 1e3
        );
    }
    ExitCode::SUCCESS
}

fn time(mails: &[Vec<u8>], read: impl Fn(&[u8]) -> usize) -> Duration {
    let start = Instant::now();
    let mut sum = 0_usize;
    for mail in mails {
        sum = sum.wrapping_add(std::hint::black_box(read(mail)));
    }
    std::hint::black_box(sum);
    start.elapsed()
}

fn gather(dir: &Path, mails: &mut Vec<Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, mails)?;
        } else {
            mails.push(fs::read(path)?);
        }
    }
    Ok(())
}
