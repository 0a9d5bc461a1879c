//! The PDFs of published mail. Runs where the corpora are found; says so where they are not.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "where the corpora lie is a setting of the test run, and a test tells what it did not run"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Files of a folder and those below it.
fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn pdfs_of_published_mail_are_read_or_left() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora");
    let root =
        std::env::var_os("KONTOR_CORPORA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if !root.is_dir() {
        println!(
            "NOT RUN: no corpora at {} (set KONTOR_CORPORA)",
            root.display()
        );
        return;
    }
    let mut mails = Vec::new();
    files(&root, &mut mails);
    let (mut pdfs, mut texts) = (Vec::new(), Vec::new());
    for mail in mails {
        let raw = fs::read(&mail).unwrap();
        if !raw
            .windows(15)
            .any(|word| word.eq_ignore_ascii_case(b"application/pdf"))
        {
            continue;
        }
        for attachment in kontor_mime::parse(&raw).attachments {
            let found = kontor_mime::attachment(&raw, attachment.n);
            let Some((_, bytes)) = found.filter(|_| attachment.content_type == "application/pdf")
            else {
                continue;
            };
            texts.extend(kontor_pdf::text(&bytes).map(|text| (mail.clone(), text.len())));
            pdfs.push(bytes.len());
        }
    }
    let bytes: usize = pdfs.iter().sum();
    println!("{} PDFs, {bytes} bytes; with text: {texts:?}", pdfs.len());
    assert!(!pdfs.is_empty(), "the corpora have mails with PDFs");
}
