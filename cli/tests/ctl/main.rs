//! The real `kontorctl` against a real Dovecot: what KONTORCTL.md promises, word for word.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on says why; its numbers are small and known"
)]

mod accounts;
mod acting;
mod alone;
mod answering;
mod company;
mod connecting;
mod customers;
mod desk;
mod doors;
mod faults;
mod files;
mod leaving;
mod mime;
mod note_files;
mod reading;
mod ruling;
mod searching;
mod sending;
mod team;
mod together;
mod views;
mod watching;
mod writing;

use kontor_testkit::Mail;

/// The person at the desk.
pub(crate) const MAJA: &str = "maja@hrastvijak.example";

/// Somebody on the same server.
pub(crate) const ANA: &str = "ana@hrastvijak.example";

/// A plain message whose Message-ID is `NAME@example.org`.
pub(crate) fn letter(name: &str, body: &str) -> Vec<u8> {
    format!(
        "From: Ana Kos <ana@example.org>\r\nTo: Maja Hrast <{MAJA}>\r\nSubject: {name}\r\n\
         Message-ID: <{name}@example.org>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}

/// `count` messages named `NAME-1` …, a minute apart, oldest first.
pub(crate) fn letters(name: &str, count: i64) -> Vec<Mail> {
    (1..=count)
        .map(|n| {
            let raw = dated(&format!("{name}-{n}"), n, "Pozdrav iz Ljubljane.");
            Mail::new(raw).received(1_767_225_600 + n * 60)
        })
        .collect()
}

/// A message whose Date header is `minutes` after the start of 2026.
pub(crate) fn dated(name: &str, minutes: i64, body: &str) -> Vec<u8> {
    let (day, hour, minute) = (1 + minutes / 1440, minutes / 60 % 24, minutes % 60);
    format!(
        "From: Ana Kos <ana@example.org>\r\nTo: {MAJA}\r\nSubject: {name}\r\nMessage-ID: <{name}@example.org>\r\n\
         Date: {day} Jan 2026 {hour:02}:{minute:02}:00 +0000\r\n\r\n{body}\r\n"
    )
    .into_bytes()
}
